"""Recovery codes on paper: asked for, logged, and only by whoever they belong to."""

import pytest
import time_machine
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp

from fotspor.services.tests.builders import AT, PASSWORD, events, with_password

pytestmark = [pytest.mark.django_db, pytest.mark.urls("fotspor.services.tests.urls")]
CODES, PRINT, PAPER = "/konto/reservekoder/", "/konto/reservekoder/skriv-ut/", "/konto/reservekoder/papir/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(AT, tick=False) as traveller:
        yield traveller


@pytest.fixture
def nurse(town, client):
    """Signed in a moment ago, with codes on her phone and recovery codes."""
    staff = with_password(town.nurse)
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(staff, secret)
    RecoveryCodes.activate(staff)
    client.post("/konto/inn/", {"login": staff.email, "password": PASSWORD})
    [counter] = totp.yield_hotp_counters_from_time()
    client.post("/konto/kode/", {"code": totp.format_hotp_value(totp.hotp_value(secret, counter))})
    return staff


def test_printing_is_logged_and_leads_to_a_page_that_prints_itself(client, nurse):
    codes = client.get(CODES).context["unused_codes"]
    assert "Skriv ut kodene" in client.get(CODES).content.decode()
    assert client.post(PRINT).url == PAPER
    text = client.get(PAPER).content.decode()
    assert all(code in text for code in codes)
    assert "data-print" in text
    assert [event.staff for event in events("services.session.codes_printed")] == [nurse.key]
    assert not any(codes[0] in str(event.__dict__) for event in events("services.session.codes_printed"))


def test_the_paper_is_not_opened_without_asking(client, nurse):
    assert client.get(PAPER).url == CODES
    assert client.get(PRINT).status_code == 405
    assert events("services.session.codes_printed") == []


def test_after_a_while_it_asks_who_it_is_before_it_shows_the_codes(client, nurse, clock):
    client.post(PRINT)
    clock.shift(301)
    assert client.get(PAPER).url.startswith("/konto/bekreft/")
    clock.shift(600)
    assert client.get(PAPER).url == CODES


def test_somebody_outside_is_led_to_the_door(client, town):
    for answer in (client.post(PRINT), client.get(PAPER)):
        assert answer.url.startswith("/konto/inn/")


def test_whoever_has_just_set_up_codes_goes_on_to_the_day_and_others_back_to_their_settings(client, nurse):
    assert client.get(CODES).context["onward"] == "/innstillinger/"
    session = client.session
    session["codes_new"] = True
    session.save()
    assert client.get(CODES).context["onward"] == "/desk/"
