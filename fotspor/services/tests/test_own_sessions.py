"""Where one is signed in: seen by its owner alone, ended one by one or all at once, and never too many."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from fotspor.access.rules import SYSTEM
from fotspor.services import actions, queries, rules
from fotspor.services.models import Session
from fotspor.services.tests.builders import AT, PASSWORD, events, with_password

pytestmark = [pytest.mark.django_db, pytest.mark.urls("fotspor.services.tests.urls")]
IN, PAGE, END = "/konto/inn/", "/innlogget/", "/innlogget/avslutt/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPAD = "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148 Safari/604.1"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def nurse(town):
    return with_password(town.nurse)


def enter(staff, said="", page="/desk/"):
    browser = Client(headers={"user-agent": said})
    assert browser.post(IN, {"login": staff.email, "password": PASSWORD}).status_code == 302
    if page:
        browser.get(page)
    return browser


def is_in(browser):
    return browser.get("/innstillinger/").status_code == 200


def browsers(staff, browser=None):
    key = browser.session.session_key if browser else None
    return queries.browsers_of(staff=staff, session_key=key, at=AT)


def test_the_page_lists_each_browser_and_says_which_is_this(nurse, town, clock):
    away = enter(nurse, IPAD)
    enter(with_password(town.leader), FIREFOX)
    clock.shift(timedelta(minutes=3))
    here = enter(nurse, FIREFOX)
    here.cookies["django_language"] = "en"
    page = here.get(PAGE).content.decode()
    assert page.count("<h1") == 1
    assert page.count("<tr>") == 3  # the head, and two lines
    assert "Firefox, Linux" in page
    assert "Safari, iPad" in page
    assert page.count("This browser") == 1
    for browser in (here, away):
        assert browser.session.session_key not in page


def test_one_of_them_is_ended_and_is_out_at_once(nurse):
    here, away, third = enter(nurse), enter(nurse, IPAD), enter(nurse)
    (digest,) = [each.digest for each in browsers(nurse, here) if each.family == "Safari, iPad"]
    assert here.post(END, {"which": digest}).url == PAGE
    assert [is_in(each) for each in (here, away, third)] == [True, False, True]
    (event,) = events("services.session.ended")
    assert (event.staff, event.facts) == (nurse.key, {"why": "asked", "sessions": [digest]})


def test_all_others_are_ended(nurse, town):
    here, away, third = enter(nurse), enter(nurse), enter(nurse)
    leader = enter(with_password(town.leader))
    assert here.post(END, {"which": "others"}).url == PAGE
    assert [is_in(each) for each in (here, away, third, leader)] == [True, False, False, True]
    assert len(events("services.session.ended")[0].facts["sessions"]) == 2
    here.post(END, {"which": "others"})
    assert len(events("services.session.ended")) == 1, "nothing was ended, so nothing is written"


@pytest.mark.parametrize("which", ["", "x", "a" * 64])
def test_what_is_not_there_ends_nothing(nurse, which):
    here, away = enter(nurse), enter(nurse)
    assert here.post(END, {"which": which}).url == PAGE
    assert is_in(here)
    assert is_in(away)
    assert events("services.session.ended") == []


def test_nobody_ends_this_very_one_nor_somebody_elses(nurse, town):
    here, leader = enter(nurse), enter(with_password(town.leader))
    for browser in (here, leader):
        digest = queries.session_digest(browser.session.session_key)
        here.post(END, {"which": digest})
        with pytest.raises(actions.NotSignedInThere):
            actions.end_session(staff=nurse, digest=digest, session_key=here.session.session_key, at=AT)
    assert is_in(here)
    assert is_in(leader)


def test_it_is_a_press_and_for_those_signed_in(nurse, client):
    assert enter(nurse).get(END).status_code == 405
    assert client.get(PAGE).url.startswith(IN)
    assert client.post(END, {"which": "others"}).url.startswith(IN)


def test_one_that_is_locked_is_said_to_be_and_keeps_its_owner(nurse):
    here, away = enter(nurse), enter(nurse, IPAD)
    away.post("/las/", {"back": "/desk/"})  # under a new key
    here.cookies["django_language"] = "en"
    assert "The screen is locked" in here.get(PAGE).content.decode()
    here.post(END, {"which": "others"})
    assert not is_in(away)


def test_those_that_have_run_out_are_not_listed_and_are_cleared_away_in_time(nurse, clock):
    enter(nurse, IPAD)
    clock.shift(timedelta(minutes=31))
    here = enter(nurse)
    found = queries.browsers_of(staff=nurse, session_key=here.session.session_key, at=AT + timedelta(minutes=31))
    assert [each.is_here for each in found] == [True]
    clock.shift(timedelta(hours=11))
    enter(nurse)
    assert Session.objects.filter(staff=nurse).count() == 1


def test_one_that_has_just_begun_has_a_time_too(nurse):
    enter(nurse, page="")
    (only,) = browsers(nurse)
    assert (only.began_at, only.seen_at, only.family) == (AT, AT, "")


def test_the_sixth_ends_the_one_left_alone_longest(nurse, clock):
    entered = []
    for _each in range(5):
        entered.append(enter(nurse))
        clock.shift(timedelta(minutes=2))
    entered[0].get("/desk/")  # used again: the second is now the one left alone
    clock.shift(timedelta(minutes=2))
    entered.append(enter(nurse))
    assert [is_in(each) for each in entered] == [True, False, True, True, True, True]
    assert events("services.session.ended")[0].facts["why"] == "too_many"


def test_whoever_has_left_is_nowhere(nurse):
    browser = enter(nurse)
    actions.leave(staff=nurse, by=SYSTEM, at=AT)
    assert not is_in(browser)
    assert browsers(nurse) == []


@pytest.mark.parametrize(
    ("said", "family"),
    [
        (FIREFOX, "Firefox, Linux"),
        (IPAD, "Safari, iPad"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/141.0 Safari/537.36 Edg/141", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 16) AppleWebKit/537.36 Chrome/141.0 Mobile Safari/537.36", "Chrome, Android"),
        ("<script>alert(1)</script>", ""),
        ("", ""),
    ],
)  # fmt: skip
def test_a_browser_is_called_by_its_family(said, family):
    assert rules.browser_family(said) == family


def test_the_least_used_are_more_than_there_may_be():
    seen = {"a": AT, "b": AT - timedelta(minutes=5), "c": AT - timedelta(minutes=9), "d": AT}
    assert rules.left_alone_longest(seen, 2) == ["c", "b"]
    assert rules.left_alone_longest(seen, 4) == rules.left_alone_longest({}, 0) == []
