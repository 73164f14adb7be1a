"""What was typed and not saved: kept for the one who typed it, in that post, at that address, for a day."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client

from fotspor.access.rules import SYSTEM
from fotspor.kit.models import Draft, Submission
from fotspor.services import actions, queries, rules
from fotspor.services.models import Session, Unit
from fotspor.services.tests.builders import AT, PASSWORD, events, make_post, with_password

pytestmark = [pytest.mark.django_db, pytest.mark.urls("fotspor.services.tests.urls")]
SIGN_IN, FORM = "/konto/inn/", "/enheter/ny/"
TYPED = {"name": "Nyslått helsestasjon", "kind": "health_station", "phone": "73 00 00 00"}
QUIET = {"X-Fotspor-Poll": "1"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def admin(town):
    return with_password(town.administrator)


def enter(client, staff):
    client.post(SIGN_IN, {"login": staff.email, "password": PASSWORD})
    client.get("/desk/")
    return client


@pytest.fixture
def inside(client, admin):
    client.cookies["django_language"] = "en"
    return enter(client, admin)


def autosave(client, typed=TYPED, at=FORM, **more):
    return client.post("/utkast/", {**typed, "_at": at, **more}, headers=QUIET)


def offered(client, path=FORM):
    return "You had begun to write here" in client.get(path).content.decode()


def fetch(client):
    return client.post(f"/utkast/{Draft.objects.get().key}/hent/")


# --- kept while typing


def test_what_is_typed_is_kept_offered_and_put_back_in_the_form(inside, clock):
    assert not offered(inside)
    assert autosave(inside).status_code == 204
    clock.shift(timedelta(minutes=5))
    page = inside.get(FORM).content.decode()
    assert "You had begun to write here" in page
    assert "10:00" in page
    assert TYPED["name"] not in page
    assert fetch(inside).url == FORM
    page = inside.get(FORM).content.decode()
    assert f'value="{TYPED["name"]}"' in page
    assert re.search(r'<option value="health_station" selected|value="health_station"[^>]*checked', page)
    assert "data-errors" not in page
    assert "It is not saved yet" in page
    assert not Unit.objects.filter(name=TYPED["name"]).exists()


def test_a_fetched_draft_stands_until_it_is_saved(inside):
    autosave(inside)
    fetch(inside)
    inside.get(FORM)
    assert offered(inside)  # the window was closed without saving
    assert (
        inside.post(
            FORM, {**TYPED, "opens_at_time": "08:00", "closes_at_time": "15:30", "from_on": "2026-11-24"}
        ).status_code
        == 302
    )
    assert Unit.objects.filter(name=TYPED["name"]).exists()
    assert not Draft.objects.exists()
    assert not offered(inside)


def test_a_refused_form_keeps_its_draft(inside):
    autosave(inside)
    assert inside.post(FORM, {"name": ""}).status_code == 422
    assert Draft.objects.exists()


def test_it_is_thrown_away_by_a_press(inside):
    autosave(inside)
    assert inside.post(f"/utkast/{Draft.objects.get().key}/kast/").url == FORM
    assert not Draft.objects.exists()
    assert not offered(inside)


def test_the_last_typed_counts(inside):
    autosave(inside)
    autosave(inside, {**TYPED, "name": "Noe annet"})
    fetch(inside)
    assert 'value="Noe annet"' in inside.get(FORM).content.decode()


def test_keeping_what_is_typed_is_no_activity(inside, clock):
    clock.shift(timedelta(minutes=29))
    assert autosave(inside).status_code == 204
    clock.shift(timedelta(minutes=1))
    assert inside.get(FORM).url.startswith(SIGN_IN)


def test_only_the_keeping_itself_may_say_that_nobody_did_anything(inside, clock):
    clock.shift(timedelta(minutes=29))
    inside.post("/stilling/", {"post": "x"}, headers=QUIET)
    clock.shift(timedelta(minutes=1))
    assert inside.get(FORM).status_code == 200


def test_what_has_just_been_saved_is_not_kept_anew(inside, admin):
    """The keeping and the saving were on their way at once."""
    Submission.objects.create(token="t" * 32, user=admin, path=FORM)
    autosave(inside, _token="t" * 32)
    assert not Draft.objects.exists()


def test_who_fetched_and_who_threw_away_stands_in_the_log_without_a_word_of_it(inside, admin):
    autosave(inside)
    fetch(inside)
    key = Draft.objects.get().key
    inside.post(f"/utkast/{key}/kast/")
    for type in ("services.draft.fetched", "services.draft.discarded"):
        (event,) = events(type)
        assert (event.staff, event.object, event.facts) == (admin.key, f"kit.draft:{key}", {})


# --- what is never kept


def test_it_stands_encrypted_and_without_its_address(inside):
    autosave(inside)
    with connection.cursor() as cursor:
        cursor.execute("select content, place, post from kit_draft")
        stored = b"".join(bytes(each, "utf8") if isinstance(each, str) else bytes(each) for each in cursor.fetchone())
    assert b"Nysl" not in stored
    assert b"enheter" not in stored
    sessions = str([each.get_decoded() for each in Session.objects.all()])
    assert TYPED["name"] not in sessions


def test_secrets_and_the_sending_itself_are_left_out(inside):
    secrets = dict.fromkeys(rules.sessions.NEVER_KEPT, "hemmelig") | {"_token": "x", "_annet": "hemmelig"}
    autosave(inside, TYPED | secrets)
    assert set(queries.drafts._opened(Draft.objects.get()).values) == set(TYPED)


@pytest.mark.parametrize(
    "address",
    [
        "/konto/passord/",
        "/konto/inn/",
        "/invitasjon/abc/",
        "/utenfor/",
        "https://evil.example/finnes-ikke",
        "/hjelp/",
        "",
        "//",
        "javascript:alert(1)",
    ],
)
def test_what_is_typed_at_the_door_or_nowhere_is_not_kept(inside, address):
    assert autosave(inside, at=address).status_code == 204
    assert not Draft.objects.exists()


def test_a_strangers_host_is_never_led_to(inside):
    autosave(inside, at=f"//evil.example{FORM}?a=1")
    assert fetch(inside).url == f"{FORM}?a=1"


def test_forms_with_drafts_of_their_own_are_not_kept_twice(inside, settings):
    settings.FORMS_WITH_DRAFTS = ["services:unit_new"]
    autosave(inside)
    assert not Draft.objects.exists()


def test_nobody_fills_the_table(inside, admin):
    for number in range(rules.DRAFTS_EACH):
        kept = {"path": f"/{number}/", "address": "/x/", "posted": {"a": ["b"]}, "token": "", "at": AT}
        assert actions.keep_draft(staff_id=admin.pk, post="p", **kept)
    autosave(inside)
    assert Draft.objects.count() == rules.DRAFTS_EACH


# --- nobody else's


def test_another_user_of_the_same_machine_never_sees_that_it_is_there(inside, town):
    autosave(inside)
    key = Draft.objects.get().key
    inside.post("/konto/ut/")
    make_post(town.leader, town.hall, "administrator")
    leader = with_password(town.leader)
    inside.post(SIGN_IN, {"login": leader.email, "password": PASSWORD})
    inside.post("/stilling/", {"post": town.leader.memberships.get(role="administrator").key})
    assert inside.get(FORM).status_code == 200
    assert not offered(inside)
    for deed in ("hent", "kast"):
        assert inside.post(f"/utkast/{key}/{deed}/").status_code == 404
        assert inside.post(f"/utkast/finnesikke/{deed}/").status_code == 404
    assert Draft.objects.get().key == key
    assert not events("services.draft.fetched")


def test_what_was_typed_in_one_post_is_not_offered_in_another(inside, admin, town):
    autosave(inside)
    other = make_post(admin, town.station, "unit_leader")
    inside.post("/stilling/", {"post": other.key})
    assert inside.post(f"/utkast/{Draft.objects.get().key}/hent/").status_code == 404
    inside.post("/stilling/", {"post": town.posts["administrator"].key})
    assert offered(inside)


def test_it_waits_in_another_browser_too(inside, admin):
    autosave(inside)
    there = Client()
    there.cookies["django_language"] = "en"
    enter(there, admin)
    assert offered(there)


# --- sent too late


def expired(client, clock, minutes=31):
    clock.shift(timedelta(minutes=minutes))
    return client.post(FORM, TYPED)


def test_a_form_sent_too_late_is_kept_and_offered_after_signing_in(inside, admin, clock):
    clock.shift(timedelta(minutes=31))
    answer = inside.post(FORM, TYPED, headers={"Referer": f"http://testserver{FORM}"})
    assert answer.url == f"{SIGN_IN}?next={FORM}"
    assert "_auth_user_id" not in inside.session
    assert "is kept" in inside.get(answer.url).content.decode()
    assert not Unit.objects.filter(name=TYPED["name"]).exists()
    assert inside.post(SIGN_IN, {"login": admin.email, "password": PASSWORD, "next": FORM}).url == FORM
    assert offered(inside)
    fetch(inside)
    assert TYPED["name"] in inside.get(FORM).content.decode()


def test_also_when_the_page_had_noticed_the_end_before(inside, clock):
    clock.shift(timedelta(minutes=31))
    assert inside.get("/okt/", headers=QUIET).status_code == 286
    assert inside.post(FORM, TYPED).url.startswith(SIGN_IN)
    assert autosave(inside, {"name": "Lenger nå"}).status_code == 286
    assert queries.drafts._opened(Draft.objects.get()).values == {"name": ["Lenger nå"]}


def test_also_when_another_window_had_signed_out(inside, admin):
    inside.post("/konto/ut/")
    assert inside.post(FORM, TYPED).url.startswith(SIGN_IN)
    assert Draft.objects.get().user == admin


def test_also_when_the_screen_was_locked(inside):
    inside.post("/las/", {"back": FORM})
    assert inside.post(FORM, TYPED).url == "/last/"
    assert inside.post("/last/", {"password": PASSWORD}).url == FORM
    assert offered(inside)


def test_also_when_the_longest_day_was_over(inside, clock):
    for _quarter in range(39):
        clock.shift(timedelta(minutes=15))
        inside.get("/desk/")
    assert expired(inside, clock, 16).url.startswith(SIGN_IN)
    assert Draft.objects.count() == 1


def test_she_comes_back_to_the_post_she_wrote_in(inside, admin, town, clock):
    other = make_post(admin, town.station, "unit_leader")
    inside.post("/stilling/", {"post": other.key})
    clock.shift(timedelta(minutes=31))
    inside.get("/desk/")
    enter(inside, admin)
    assert inside.get("/desk/").wsgi_request.viewer.role == "unit_leader"


def test_the_browser_tells_us_and_nobody_else_where_a_form_was(inside):
    """Without it forms come with the origin «null», and are refused as forged."""
    assert inside.get(FORM)["Referrer-Policy"] == "same-origin"


def test_a_button_of_another_page_is_no_draft(inside, clock):
    clock.shift(timedelta(minutes=31))
    answer = inside.post(FORM, TYPED, headers={"Referer": "http://testserver/desk/"})
    assert answer.url == f"{SIGN_IN}?next=/"
    assert not Draft.objects.exists()


# --- what an ended session opens: nothing


def everything_of_the_ended(client):
    """Every address by GET and by POST, as a stranger with the cookie of the session that has ended."""
    for path in ("/innstillinger/", FORM, "/ansatte/", "/kolleger/", "/okt/", "/last/", "/konto/passord/"):
        answer = client.get(path)
        assert answer.status_code == 302, path
        assert answer.url.startswith(SIGN_IN), path
    for path in ("/innstillinger/", "/stilling/", "/ansatte/ny/", "/okt/forleng/", "/las/", "/last/"):
        answer = client.post(path, {"name": "x", "language": "en", "post": "x"})
        assert answer.status_code == 302, path
        assert answer.url.startswith(SIGN_IN), path


def test_an_ended_session_opens_nothing_and_does_nothing(inside, admin, clock):
    autosave(inside)
    key = Draft.objects.get().key
    old = inside.cookies["sessionid"].value
    clock.shift(timedelta(minutes=31))
    inside.get("/desk/")
    assert inside.cookies["sessionid"].value != old
    assert not Session.objects.filter(session_key=old).exists()
    everything_of_the_ended(inside)
    for deed in ("hent", "kast"):
        assert inside.post(f"/utkast/{key}/{deed}/").url.startswith(SIGN_IN)
    assert not events("services.draft.fetched")
    assert not events("services.draft.discarded")
    assert inside.get("/desk/").wsgi_request.user.is_anonymous


def test_a_forged_post_from_elsewhere_is_not_kept(admin, clock):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(admin)
    strict.get("/desk/")
    clock.shift(timedelta(minutes=31))
    assert strict.post(FORM, TYPED).status_code == 403
    assert not Draft.objects.exists()
    strict.force_login(admin)
    strict.get("/innstillinger/")
    assert strict.post("/utkast/", {**TYPED, "_at": FORM}, headers=QUIET).status_code == 403
    assert not Draft.objects.exists()


def test_whose_it_was_is_forgotten_after_half_a_day(inside, clock):
    clock.shift(timedelta(minutes=31))
    inside.get("/desk/")
    clock.shift(timedelta(hours=13))
    assert inside.post(FORM, TYPED).url.startswith(SIGN_IN)
    assert not Draft.objects.exists()


def test_whose_it_was_is_forgotten_when_anybody_signs_in(inside, town, clock):
    clock.shift(timedelta(minutes=31))
    inside.get("/desk/")
    assert "was" in inside.session
    enter(inside, with_password(town.leader))
    assert "was" not in inside.session
    inside.logout()
    inside.post(FORM, TYPED)
    assert not Draft.objects.exists()


def test_somebody_who_has_left_leaves_no_session_to_keep_for(inside, admin, town):
    make_post(town.leader, town.hall, "administrator")
    actions.leave(staff=admin, by=SYSTEM, at=AT)
    assert inside.post(FORM, TYPED).url.startswith(SIGN_IN)
    assert not Draft.objects.exists()


# --- no longer than a day


def test_after_a_day_it_is_gone(inside, admin, clock):
    autosave(inside)
    clock.shift(timedelta(hours=24))
    mine = {"staff_id": admin.pk, "post": Draft.objects.get().post, "path": FORM}
    assert queries.draft_at(**mine, at=AT + timedelta(days=1)) is None
    assert queries.draft_at(**mine, at=AT + timedelta(hours=23)) is not None
    assert actions.forget_old_drafts(at=AT + timedelta(hours=23, minutes=59)) == 0
    assert actions.forget_old_drafts(at=AT + timedelta(hours=24)) == 1
    assert not Draft.objects.exists()


def test_signing_in_clears_what_is_old_whoever_typed_it(inside, town, clock):
    autosave(inside)
    clock.shift(timedelta(hours=25))
    Client().post("/demo/", {"post": town.posts["nurse"].key})
    assert not Draft.objects.exists()
