"""The screen in a shared room: locked, unlocked, and told ahead when the session ends."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.sessions.backends.base import UpdateError

from fotspor.services import rules
from fotspor.services.session_store import SessionStore
from fotspor.services.tests.builders import AT, PASSWORD, events, with_password

pytestmark = [pytest.mark.django_db, pytest.mark.urls("fotspor.services.tests.urls")]
SIGN_IN, LOCKED = "/konto/inn/", "/last/"
QUIET = {"X-Fotspor-Poll": "1"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def nurse(town):
    return with_password(town.nurse)


@pytest.fixture
def inside(client, nurse):
    client.post(SIGN_IN, {"login": nurse.email, "password": PASSWORD})
    client.get("/desk/")
    return client


def lock(client, back="/innstillinger/"):
    return client.post("/las/", {"back": back})


# --- locked


def test_the_lock_shows_who_locked_it_and_nothing_else(inside, nurse):
    assert lock(inside).url == LOCKED
    page = inside.get(LOCKED)
    said = page.content.decode()
    assert said.count("<h1") == 1
    assert nurse.name in said
    assert 'type="password"' in said
    assert "fs-rail" not in said
    assert nurse.email not in said
    assert events("services.session.locked")[0].staff == nurse.key


@pytest.mark.parametrize(
    "path", ["/", "/desk/", "/desk/sok/?q=ola", "/innstillinger/", "/kolleger/", "/finnes/ikke/", "/okt/", "/hjelp/"]
)
def test_nothing_else_is_opened_while_it_is_locked(inside, path):
    lock(inside)
    assert inside.get(path).url == LOCKED
    assert inside.get(path, headers={"HX-Request": "true"})["HX-Redirect"] == LOCKED
    assert inside.get(path, headers={"HX-Request": "true", **QUIET})["HX-Redirect"] == LOCKED
    assert inside.get(path, headers=QUIET).status_code == 286


@pytest.mark.parametrize("path", ["/stilling/", "/innstillinger/", "/okt/forleng/", "/las/", "/konto/passord/"])
def test_nothing_is_done_while_it_is_locked(inside, path, town):
    lock(inside)
    before = events("services.settings.changed") + events("services.post.chosen")
    sent = {"post": town.posts["nurse"].key, "language": "en", "scheme": "light", "version": 1}
    assert inside.post(path, sent).url == LOCKED
    assert events("services.settings.changed") + events("services.post.chosen") == before
    assert inside.get(LOCKED).status_code == 200
    assert len(events("services.session.locked")) == 1


def test_a_request_under_way_does_not_take_the_lock_away(inside):
    """It saves the session as it was when it came."""
    under_way = SessionStore(inside.cookies["sessionid"].value)
    under_way["drafts"] = True
    lock(inside)
    with pytest.raises(UpdateError):
        under_way.save()
    assert inside.get("/desk/").url == LOCKED


def test_the_cookie_from_before_the_lock_opens_nothing(inside):
    before = inside.cookies["sessionid"].value
    lock(inside)
    inside.cookies["sessionid"] = before
    assert inside.get("/innstillinger/").url.startswith(SIGN_IN)


def test_the_password_leads_back_to_where_she_was(inside, nurse):
    lock(inside, "/innstillinger/?a=1")
    assert inside.post(LOCKED, {"password": PASSWORD}).url == "/innstillinger/?a=1"
    assert inside.get("/desk/").status_code == 200
    assert inside.get(LOCKED).status_code == 302
    assert events("services.session.unlocked")[0].facts == {"how": "password"}


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example", "", "javascript:alert(1)"])
def test_never_back_to_a_stranger(inside, back):
    lock(inside, back)
    assert inside.post(LOCKED, {"password": PASSWORD}).url == "/desk/"


def test_a_wrong_password_is_refused_logged_and_throttled_as_at_the_door(inside, clock):
    lock(inside)
    for _try in range(5):
        assert inside.post(LOCKED, {"password": "feil passord her"}).status_code == 422
    assert inside.post(LOCKED, {"password": PASSWORD}).status_code == 422
    assert [e.facts["step"] for e in events("services.session.refused")] == ["password"] * 5 + ["throttled"]
    assert inside.get("/desk/").url == LOCKED
    clock.shift(timedelta(minutes=6))
    assert inside.post(LOCKED, {"password": PASSWORD}).status_code == 302
    assert inside.get("/desk/").status_code == 200


def test_an_empty_password_opens_nothing(inside):
    lock(inside)
    assert inside.post(LOCKED, {}).status_code == 422
    assert inside.post(LOCKED, {"password": ""}).status_code == 422
    assert inside.get("/desk/").url == LOCKED


def test_somebody_else_signs_in_and_the_lock_is_gone_with_its_session(inside, town):
    lock(inside)
    assert inside.post("/konto/ut/").url == SIGN_IN
    leader = with_password(town.leader)
    inside.post(SIGN_IN, {"login": leader.email, "password": PASSWORD})
    assert inside.get("/desk/").wsgi_request.user == leader
    assert inside.get(LOCKED).status_code == 302


def test_a_locked_screen_is_signed_out_when_its_time_is_over(inside, clock):
    lock(inside)
    clock.shift(timedelta(minutes=20))
    assert inside.get(LOCKED).status_code == 200  # no activity: it only shows itself
    clock.shift(timedelta(minutes=10))
    assert inside.post(LOCKED, {"password": PASSWORD}).url.startswith(SIGN_IN)
    assert "_auth_user_id" not in inside.session


def test_in_practice_there_is_no_password_to_ask_for(client, town):
    client.post("/demo/", {"post": town.posts["nurse"].key})
    lock(client)
    assert 'type="password"' not in client.get(LOCKED).content.decode()
    assert client.post(LOCKED).url == "/innstillinger/"
    assert events("services.session.unlocked")[0].facts == {"how": "demo"}


def test_in_production_nobody_without_a_password_unlocks_by_a_press(client, town, settings):
    client.post("/demo/", {"post": town.posts["nurse"].key})
    lock(client)
    settings.MODE = "production"
    assert client.post(LOCKED).status_code == 422
    assert client.post(LOCKED, {"password": ""}).status_code == 422
    assert client.post(LOCKED, {"password": "!"}).status_code == 422
    assert client.get("/desk/").url == LOCKED


def test_receipts_that_wait_are_not_shown_on_the_lock(inside):
    inside.post("/innstillinger/", {"language": "nb", "scheme": "light", "uses_shortcuts": "on", "version": 1})
    lock(inside)
    assert "fs-toast" not in inside.get(LOCKED).content.decode()


@pytest.mark.parametrize("path", ["/las/", "/okt/forleng/", "/utkast/"])
def test_locking_prolonging_and_keeping_are_presses(inside, path):
    assert inside.get(path).status_code == 405


def test_nobody_locks_or_asks_from_outside(client, town):
    for path in ("/las/", "/okt/forleng/", "/utkast/"):
        assert client.post(path).url.startswith(SIGN_IN)
    for path in ("/okt/", LOCKED):
        assert client.get(path).url.startswith(SIGN_IN)


# --- how long is left


def left(client):
    return client.get("/okt/", headers=QUIET).json()


def test_asking_how_long_is_left_does_not_keep_the_session(inside, clock):
    assert (left(inside)["seconds"], left(inside)["why"]) == (1800, "idle")
    clock.shift(timedelta(minutes=28))
    said = left(inside)
    assert said["seconds"] == 120
    assert "10.30" in said["says"] or "10:30" in said["says"]
    clock.shift(timedelta(minutes=2))
    assert inside.get("/okt/", headers=QUIET).status_code == 286
    assert "_auth_user_id" not in inside.session


def test_going_on_keeps_it(inside, clock):
    clock.shift(timedelta(minutes=29))
    assert inside.post("/okt/forleng/").url == "/okt/"
    assert left(inside)["seconds"] == 1800
    clock.shift(timedelta(minutes=29))
    assert inside.get("/desk/").status_code == 200


def test_what_is_done_in_one_window_counts_in_the_others(inside, clock):
    clock.shift(timedelta(minutes=29))
    inside.get("/desk/")
    assert left(inside)["seconds"] == 1800


def test_the_longest_day_cannot_be_prolonged(inside, clock):
    for _quarter in range(39):
        clock.shift(timedelta(minutes=15))
        inside.get("/desk/")
    said = left(inside)
    assert (said["seconds"], said["why"]) == (15 * 60, "longest")
    inside.post("/okt/forleng/")
    assert left(inside)["seconds"] == 15 * 60


def test_every_page_says_so_when_the_day_is_about_to_end(inside, clock):
    warned = "long day"
    inside.cookies["django_language"] = "en"
    for _half in range(19):
        clock.shift(timedelta(minutes=29))
        assert warned not in inside.get("/innstillinger/").content.decode()
    clock.shift(timedelta(minutes=29))
    inside.get("/innstillinger/")
    clock.shift(timedelta(minutes=10))
    page = inside.get("/innstillinger/").content.decode()
    assert warned in page
    assert page.count("<h1") == 1


def test_a_form_says_until_when_it_can_be_saved(inside):
    inside.cookies["django_language"] = "en"
    page = inside.get("/innstillinger/").content.decode()
    assert "opened at 10:00, and can be saved until 10:30" in page


@pytest.mark.parametrize(
    ("began", "seen", "expected"),
    [
        (0, 0, rules.Left(1800, "idle")),
        (0, 1000, rules.Left(1800, "idle")),
        (-35_000, 0, rules.Left(1000, "longest")),
        (-36_000, 0, rules.Left(0, "longest")),
        (-40_000, -2000, rules.Left(0, "longest")),
        (0, -1800, rules.Left(0, "idle")),
        (0, -9999, rules.Left(0, "idle")),
    ],
)
def test_the_nearest_limit_counts(began, seen, expected):
    at = datetime(2026, 11, 24, 9, tzinfo=UTC)
    found = rules.session_left(
        at + timedelta(seconds=began),
        at + timedelta(seconds=seen),
        at if seen <= 0 else at + timedelta(seconds=seen),
        idle=timedelta(minutes=30),
        longest=timedelta(hours=10),
    )
    assert found == expected


@pytest.mark.parametrize(
    ("posted", "kept"),
    [
        ({}, {}),
        ({"name": [""], "note": ["  "]}, {}),
        ({"version": ["3"], "seen": ["2"], "_once": ["x"]}, {}),
        ({"version": ["3"], "note": ["Ringe"]}, {"version": ["3"], "note": ["Ringe"]}),
        ({"note": ["x" * 100_001]}, {}),
        ({"boxes": ["a", "b"], "password": ["x"]}, {"boxes": ["a", "b"]}),
    ],
)
def test_what_may_be_kept(posted, kept):
    assert rules.keepable(posted) == kept
