"""A form sent again, forged, or with somebody else's token: one thing is done, and nobody learns anything."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from fotspor.kit.models import Submission
from fotspor.worklist.models import Task
from tests.fire.town import PASSWORD, addresses

ONCE = re.compile(r'name="_once" value="([^"]+)"')
NOTE = "Ringe om timen på torsdag"


def written(note=NOTE, **more):
    return {"kind": "call", "note": note, "due_on": "2026-11-30", "staff": "", **more}


@pytest.fixture
def task(town):
    """Where a task about the mother is written, and the token of the page."""
    url = reverse("worklist:task_new", args=[town.key("mother")])
    [token, *_others] = ONCE.findall(town.browser("nurse").get(url).content.decode())
    return url, token


def tasks(note=NOTE):
    return sum(each.note == note for each in Task.objects.all())


def test_sent_ten_times_it_is_done_once(town, task):
    url, token = task
    answers = [town.browser("nurse").post(url, written(_once=token)) for _time in range(10)]
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.url for answer in answers}) == 1
    assert tasks() == 1


def test_somebody_elses_token_stops_nobody_and_tells_nothing(town, task):
    """The same token from another post: her own form is taken, and she is sent where hers leads."""
    url, token = task
    first = town.browser("nurse").post(url, written(_once=token))
    other = reverse("worklist:task_new", args=[town.world.mother("expecting").key])
    second = town.browser("midwife").post(other, written("Hennes egen", _once=token))
    assert (first.status_code, second.status_code) == (302, 302)
    assert (tasks(), tasks("Hennes egen")) == (1, 1)


def test_a_strangers_token_leads_nowhere(town, task):
    """Whoever has seen a token but not the family is told that nothing is there, used or not."""
    url, token = task
    town.browser("nurse").post(url, written(_once=token))
    assert town.browser("nurse elsewhere").post(url, written(_once=token)).status_code == 404
    assert tasks() == 1


def test_a_token_of_another_form_stops_nothing(town, task):
    """Used at one address, it says nothing about what is sent to another."""
    url, token = task
    other = reverse("worklist:task_new", args=[town.key("child")])
    first = town.browser("nurse").post(url, written(_once=token))
    second = town.browser("nurse").post(other, written("Om en annen", _once=token))
    assert (first.status_code, second.status_code) == (302, 302)
    assert (tasks(), tasks("Om en annen")) == (1, 1)


@pytest.mark.parametrize("token", ["", " ", "x", "x" * 10_000, "../..", "<img>", "é" * 64])
def test_a_token_that_was_made_up_is_as_good_as_one_of_ours(town, task, token):
    """It is no key: it only tells two sendings of a form apart."""
    url, _token = task
    assert town.browser("nurse").post(url, written(_once=token)).status_code == 302
    assert tasks() == 1


def test_a_refused_form_does_not_use_up_its_token(town, task):
    url, token = task
    assert town.browser("nurse").post(url, written(kind="no such", _once=token)).status_code == 422
    assert town.browser("nurse").post(url, written(_once=token)).status_code == 302
    assert tasks() == 1


# --- forged from another page ---------------------------------------------------------------------------------


def test_no_form_is_taken_without_the_browsers_own_token(town):
    """Every address, with the session of somebody who may: 403 before the view is asked."""
    taken = []
    for name, words in addresses():
        browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
        who = "administrator" if name.startswith("services") else "nurse"
        browser.cookies["sessionid"] = town.browser(who).cookies["sessionid"].value
        answer = browser.post(town.url(name, words), {"csrfmiddlewaretoken": "x" * 64, "_once": "x"})
        if answer.status_code != 403:
            taken.append(f"{name}: {answer.status_code}")
    assert taken == []


@pytest.mark.parametrize("forged", ["", "x" * 32, "x" * 64, "é" * 64, "<script>"])
def test_a_forged_token_is_refused_in_words_that_say_what_to_do(town, task, forged):
    url, _token = task
    browser = Client(enforce_csrf_checks=True)
    browser.cookies["sessionid"] = town.browser("nurse").cookies["sessionid"].value
    browser.get(url)
    answer = browser.post(url, written(csrfmiddlewaretoken=forged))
    assert answer.status_code == 403
    assert "<h1" in answer.content.decode()
    assert forged not in answer.content.decode() or not forged
    assert tasks() == 0


def test_another_sessions_token_is_refused(town, task):
    url, _token = task
    other = Client()
    other.force_login(town.staff["midwife"])
    other.get(reverse("services:settings"))
    browser = Client(enforce_csrf_checks=True)
    browser.cookies["sessionid"] = town.browser("nurse").cookies["sessionid"].value
    browser.get(url)
    answer = browser.post(url, written(csrfmiddlewaretoken=other.cookies["csrftoken"].value))
    assert answer.status_code == 403
    assert tasks() == 0


def test_a_form_that_must_first_ask_who_it_is_asks(town):
    """With a token of ours too: the question is the library's, and is answered outside the form's transaction."""
    answer = town.browser("nurse").post(reverse("mfa_activate_totp"), {"code": "000000", "_once": "t"})
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_reauthenticate"))
    assert not Submission.objects.exists()
    again = town.browser("nurse").post(answer.url, {"password": PASSWORD, "_once": "u"})
    assert again.status_code in (200, 302, 422)
