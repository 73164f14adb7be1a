"""The door: password, code, throttling, and how a session ends."""

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.urls import NoReverseMatch, reverse

from fotspor.access.rules import SYSTEM
from fotspor.services import actions
from fotspor.services.models import Session, Staff
from fotspor.services.tests.builders import AT, PASSWORD, events, make_post, make_staff, with_password

pytestmark = [pytest.mark.django_db, pytest.mark.urls("fotspor.services.tests.urls")]
SIGN_IN = "/konto/inn/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def nurse(town):
    return with_password(town.nurse)


def sign_in(client, staff, password=PASSWORD, **more):
    return client.post(SIGN_IN, {"login": staff.email, "password": password, **more})


def code_for(secret):
    return totp.format_hotp_value(totp.hotp_value(secret, next(iter(totp.yield_hotp_counters_from_time()))))


def with_codes(client, staff):
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(staff, secret)
    return secret


def signed_in(client):
    return "_auth_user_id" in client.session


# --- by password


def test_the_door_says_what_it_asks_for(client, town):
    page = client.get(SIGN_IN).content.decode()
    assert page.count("<h1") == 1
    assert 'autocomplete="current-password"' in page
    assert "signup" not in page


def test_a_right_password_leads_to_the_day_and_stands_in_the_log(client, nurse):
    response = sign_in(client, nurse)
    assert (response.status_code, response.url) == (302, "/desk/")
    event = events("services.session.signed_in")[0]
    assert (event.staff, event.facts) == (nurse.key, {"how": "password"})
    assert len(event.session) == 64
    assert client.session.session_key not in str(event.__dict__)


def test_the_address_may_be_written_in_any_case(client, nurse):
    client.post(SIGN_IN, {"login": " ROLIG.DAL@Example.org ", "password": PASSWORD})
    assert signed_in(client)


def test_back_to_where_one_was_going_but_never_to_a_stranger(client, nurse):
    assert sign_in(client, nurse, next="/desk/sok/").url == "/desk/sok/"
    client.logout()
    assert sign_in(client, nurse, next="https://evil.example/").url == "/desk/"


@pytest.mark.parametrize("known", [True, False])
def test_a_wrong_password_and_an_unknown_address_look_the_same(client, nurse, known):
    response = client.post(
        SIGN_IN, {"login": nurse.email if known else "ingen@example.org", "password": "feil passord her"}
    )
    assert response.status_code == 422
    assert "do not go together" in response.content.decode() or "hører ikke sammen" in response.content.decode()
    assert not signed_in(client)
    event = events("services.session.refused")[0]
    assert event.facts["step"] == "password"
    assert "example.org" not in str(event.facts)


def test_the_refused_try_is_logged_even_with_a_token_against_double_posting(client, nurse):
    """The page carries no such token: what a refused form wrote is rolled back with it."""
    assert "_once" not in client.get(SIGN_IN).content.decode()


def test_five_tries_and_then_a_wait(client, nurse, clock):
    for _try in range(5):
        assert sign_in(client, nurse, "feil passord her").status_code == 422
    response = sign_in(client, nurse)
    assert response.status_code == 422
    assert not signed_in(client)
    assert [e.facts["step"] for e in events("services.session.refused")] == ["password"] * 5 + ["throttled"]
    clock.shift(timedelta(minutes=6))
    sign_in(client, nurse)
    assert signed_in(client)


def test_somebody_without_a_password_cannot_guess_one(client, town):
    for password in ("", "!", town.nurse.password):
        sign_in(client, town.nurse, password)
    assert not signed_in(client)


def test_somebody_who_left_is_told_so_only_with_the_right_password(client, nurse):
    Staff.objects.filter(pk=nurse.pk).update(is_active=False)
    response = sign_in(client, nurse)
    assert (response.status_code, response.url) == (302, SIGN_IN)
    assert not signed_in(client)


@pytest.mark.parametrize(
    "name",
    [
        "account_signup",
        "account_email",
        "account_reset_password",
        "account_set_password",
        "account_confirm_email",
        "account_inactive",
        "mfa_deactivate_totp",
        "mfa_index",
        "mfa_download_recovery_codes",
        "socialaccount_connections",
    ],
)
def test_what_is_not_in_use_has_no_address(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_a_personal_language_follows_from_the_door_and_the_buttons_still_work(client, nurse):
    Staff.objects.filter(pk=nurse.pk).update(language="nn")
    assert sign_in(client, nurse).cookies["django_language"].value == "nn"
    assert 'lang="nn"' in client.get("/innstillinger/").content.decode()
    client.cookies["django_language"] = "en"
    assert 'lang="en"' in client.get("/innstillinger/").content.decode()
    del client.cookies["django_language"]
    assert 'lang="nn"' in client.get("/innstillinger/").content.decode()


# --- by code


def test_a_code_is_asked_for_after_the_password(client, nurse):
    secret = with_codes(client, nurse)
    assert sign_in(client, nurse).url == "/konto/kode/"
    assert not signed_in(client)
    assert not events("services.session.signed_in")
    wrong = client.post("/konto/kode/", {"code": "000000"})
    assert wrong.status_code == 422
    assert [e.facts["step"] for e in events("services.session.refused")] == ["code"]
    assert client.post("/konto/kode/", {"code": code_for(secret)}).url == "/desk/"
    assert signed_in(client)


def test_a_code_is_used_once(client, nurse):
    code = code_for(with_codes(client, nurse))
    sign_in(client, nurse)
    client.post("/konto/kode/", {"code": code})
    client.logout()
    sign_in(client, nurse)
    assert client.post("/konto/kode/", {"code": code}).status_code == 422


def test_the_page_for_codes_needs_a_password_first(client, town):
    assert client.get("/konto/kode/").url == SIGN_IN


def test_a_reset_while_the_code_is_asked_for_does_not_go_in_a_circle(client, nurse):
    with_codes(client, nurse)
    sign_in(client, nurse)
    _invitation, token = actions.reset_access(
        staff=nurse, identity_checked_how="ringte tilbake på kjent nummer", by=SYSTEM, at=AT
    )
    assert client.get("/konto/kode/").url == SIGN_IN
    assert client.get(SIGN_IN).status_code == 200
    response = client.post(f"/invitasjon/{token}/", {"password": PASSWORD, "again": PASSWORD})
    assert response.url == SIGN_IN
    sign_in(client, nurse)
    assert signed_in(client)


def test_somebody_who_leaves_between_password_and_code_stays_outside(client, nurse):
    secret = with_codes(client, nurse)
    sign_in(client, nurse)
    Staff.objects.filter(pk=nurse.pk).update(is_active=False)
    client.post("/konto/kode/", {"code": code_for(secret)})
    assert not signed_in(client)


def test_secrets_of_the_second_factor_are_not_readable_in_the_database(nurse):
    secret = with_codes(None, nurse)
    stored = Authenticator.objects.get(user=nurse).data["secret"]
    assert secret not in stored
    assert Authenticator.objects.get(user=nurse).wrap().validate_code(code_for(secret))


@pytest.fixture
def production(settings):
    settings.IS_PRODUCTION = True


def test_in_production_codes_come_before_anything_else(client, nurse, production):
    sign_in(client, nurse)
    for path in ("/desk/", "/innstillinger/", "/stilling/", "/konto/passord/"):
        assert client.get(path).url == "/konto/kode/ny/"
    assert client.post("/stilling/", {}).url == "/konto/kode/ny/"
    assert client.get("/accessibility/").status_code in (200, 404)
    page = client.get("/konto/kode/ny/")
    assert page.status_code == 200
    assert "data:image/svg+xml" in page.content.decode()


def test_codes_are_set_up_once_and_recovery_codes_shown(client, nurse, production):
    sign_in(client, nurse)
    secret = client.get("/konto/kode/ny/").context["form"].secret
    assert client.post("/konto/kode/ny/", {"code": "123"}).status_code == 422
    response = client.post("/konto/kode/ny/", {"code": code_for(secret)})
    assert response.url == "/konto/reservekoder/"
    page = client.get("/konto/reservekoder/")
    assert len(page.context["unused_codes"]) == 10
    assert page.context["unused_codes"][0] in page.content.decode()
    assert client.get("/desk/").status_code == 200
    assert client.get("/konto/kode/ny/").url == "/innstillinger/"
    assert events("services.session.codes_set_up")[0].staff == nurse.key


def test_recovery_codes_ask_again_after_five_minutes(client, nurse, clock):
    secret = with_codes(client, nurse)
    sign_in(client, nurse)
    client.post("/konto/kode/", {"code": code_for(secret)})
    totp_again = client.get("/konto/reservekoder/nye/")
    assert totp_again.status_code == 200
    client.post("/konto/reservekoder/nye/")
    assert client.get("/konto/reservekoder/").status_code == 200
    clock.shift(timedelta(minutes=6))
    asked = client.get("/konto/reservekoder/")
    assert asked.url.startswith("/konto/bekreft/")
    assert client.get(asked.url).status_code == 200
    assert client.get("/konto/kode/bekreft/").status_code == 200
    assert client.post(asked.url, {"password": "feil passord her"}).status_code == 422
    client.post(asked.url, {"password": PASSWORD})
    assert client.get("/konto/reservekoder/").status_code == 200


def test_without_codes_there_are_no_recovery_codes(client, nurse):
    sign_in(client, nurse)
    assert client.get("/konto/reservekoder/").url == "/konto/kode/ny/"


# --- out again


def test_signing_out_is_logged_and_says_so(client, nurse):
    sign_in(client, nurse)
    assert client.get("/konto/ut/").status_code == 200
    assert client.post("/konto/ut/").url == SIGN_IN
    assert not signed_in(client)
    assert events("services.session.signed_out")[0].facts == {"why": "asked"}


def test_an_idle_session_ends(client, nurse, clock):
    sign_in(client, nurse)
    client.get("/desk/")
    clock.shift(timedelta(minutes=29))
    assert client.get("/desk/").status_code == 200
    clock.shift(timedelta(minutes=29))
    assert client.get("/desk/").status_code == 200
    clock.shift(timedelta(minutes=30))
    response = client.get("/desk/?dag=1")
    assert response.url == f"{SIGN_IN}?next=/desk/%3Fdag%3D1"
    assert not signed_in(client)
    assert events("services.session.signed_out")[0].facts == {"why": "idle"}


def test_a_long_day_ends_too(client, nurse, clock):
    sign_in(client, nurse)
    client.get("/desk/")
    for _quarter in range(39):
        clock.shift(timedelta(minutes=15))
        assert client.get("/desk/").status_code == 200
    clock.shift(timedelta(minutes=15))
    assert client.get("/desk/").status_code == 302
    assert events("services.session.signed_out")[0].facts == {"why": "longest"}


def test_an_ended_session_sends_htmx_to_the_door_whole(client, nurse, clock):
    sign_in(client, nurse)
    client.get("/desk/")
    clock.shift(timedelta(minutes=31))
    response = client.get("/desk/", headers={"HX-Request": "true"})
    assert response["HX-Redirect"].startswith(SIGN_IN)


def test_a_leavers_open_session_ends_at_the_next_click(client, nurse):
    sign_in(client, nurse)
    assert client.get("/innstillinger/").status_code == 200
    actions.leave(staff=nurse, by=SYSTEM, at=AT)
    assert client.get("/innstillinger/").status_code == 302
    assert not any(s.get_decoded().get("_auth_user_id") == str(nurse.pk) for s in Session.objects.all())


def test_a_reset_ends_open_sessions(client, nurse):
    sign_in(client, nurse)
    actions.reset_access(staff=nurse, identity_checked_how="viste førerkort i resepsjonen", by=SYSTEM, at=AT)
    assert client.get("/innstillinger/").status_code == 302


def test_a_demo_session_without_password_ends_as_well(client, town):
    client.post("/demo/", {"post": town.posts["nurse"].key})
    actions.leave(staff=town.nurse, by=SYSTEM, at=AT)
    assert client.get("/innstillinger/").status_code == 302


def test_a_post_that_ended_closes_every_door_at_the_next_click(client, nurse, town):
    sign_in(client, nurse)
    assert client.get("/desk/").status_code == 200
    actions.end_membership(membership=town.posts["nurse"], until_on=AT.date(), by=SYSTEM, at=AT)
    assert client.get("/desk/").url == "/uten-stilling/"
    assert client.get("/uten-stilling/").status_code == 200
    make_post(nurse, town.station, from_on=AT.date())
    assert client.get("/uten-stilling/").url == "/desk/"


def test_a_password_is_changed_by_its_owner_and_signs_out_everywhere(client, nurse):
    sign_in(client, nurse)
    new = "en annen setning om fjellet"
    wrong = client.post("/konto/passord/", {"oldpassword": "feil", "password1": new, "password2": new})
    assert wrong.status_code == 422
    unlike = client.post("/konto/passord/", {"oldpassword": PASSWORD, "password1": new, "password2": "x"})
    assert unlike.status_code == 422
    done = client.post("/konto/passord/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert done.url == SIGN_IN
    assert not signed_in(client)
    sign_in(client, nurse, new)
    assert signed_in(client)
    assert len(events("services.session.password_changed")) == 1


def test_somebody_who_came_without_a_password_has_none_to_change(client, town):
    client.post("/demo/", {"post": town.posts["nurse"].key})
    assert client.get("/konto/passord/").url == "/innstillinger/"


# --- the demo's door


def test_the_demo_lists_roles_with_a_sentence_and_lets_one_in(client, town):
    page = client.get("/demo/").content.decode()
    assert "Orden Berg" in page
    assert page.count("<h1") == 1
    response = client.post("/demo/", {"post": town.posts["midwife"].key})
    assert response.url == "/desk/"
    assert events("services.session.signed_in")[0].facts == {"how": "demo"}
    assert client.get("/desk/").wsgi_request.viewer.role == "midwife"


def test_the_demo_knows_where_one_was_going(client, town):
    assert client.post("/demo/", {"post": town.posts["nurse"].key, "next": "/desk/sok/"}).url == "/desk/sok/"
    assert client.post("/demo/", {"post": town.posts["nurse"].key, "next": "//evil.example"}).url == "/desk/"


def test_the_demo_lets_nobody_in_who_is_not_there(client, town):
    gone = make_staff("Borte Vekk")
    post = make_post(gone, town.station)
    actions.leave(staff=gone, by=SYSTEM, at=AT)
    assert client.post("/demo/", {"post": post.key}).status_code == 404
    assert client.post("/demo/", {}).status_code == 404


def test_outside_demo_and_tests_the_door_does_not_exist(client, town, settings):
    settings.MODE = "production"
    assert client.get("/demo/").status_code == 404
    assert client.post("/demo/", {"post": town.posts["nurse"].key}).status_code == 404
    assert not signed_in(client)


def test_in_the_demo_the_door_leads_to_the_choice_of_role(client, town, settings):
    settings.IS_DEMO = True
    assert client.get(SIGN_IN + "?next=/desk/sok/").url == "/demo/?next=%2Fdesk%2Fsok%2F"
    assert client.get(SIGN_IN + "?password=1").status_code == 200
