"""Passkeys on the server's side: where there are none, and what is refused. The browser's journey shows the rest."""

import json
import re

import pytest
import time_machine

from fotspor.config.readiness import has_name
from fotspor.services import queries
from fotspor.services.tests.builders import AT, PASSWORD, events, with_password

pytestmark = pytest.mark.urls("fotspor.services.tests.urls")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.mark.parametrize(
    ("host", "named"),
    [
        ("fotspor.example", True),
        (".fotspor.example", True),
        ("10.0.0.5", False),
        ("[::1]", False),
        ("*", False),
        ("localhost", False),
        ("fotspor", False),
        ("", False),
    ],
)
def test_a_passkey_belongs_to_a_host_name(host, named):
    assert has_name(host, may_be_local=False) is named


def test_only_tests_have_them_on_this_machine():
    assert has_name("localhost", may_be_local=True)


@pytest.mark.django_db
@pytest.mark.parametrize("credential", ["", "null", "{}", "[]", '{"id": "x"}', "not json", json.dumps({"response": 1})])
def test_nobody_comes_in_by_something_made_up(client, town, credential):
    client.get("/konto/nokkel/inn/", headers={"Accept": "application/json"})
    answer = client.post("/konto/nokkel/inn/", {"credential": credential})
    assert (answer.status_code, answer.url) == (302, "/konto/inn/")
    assert "_auth_user_id" not in client.session
    assert [event.facts["step"] for event in events("services.session.refused")] == ["passkey"]


@pytest.mark.django_db
def test_the_door_offers_it_and_the_device_is_asked_who_holds_it(client, town):
    assert 'id="passkey-go"' in client.get("/konto/inn/").content.decode()
    asked = client.get("/konto/nokkel/inn/", headers={"Accept": "application/json"}).json()["request_options"]
    assert asked["publicKey"]["userVerification"] == "required"
    assert asked["publicKey"]["rpId"] == "testserver"
    assert not asked["publicKey"].get("allowCredentials")


@pytest.mark.django_db
def test_a_made_up_passkey_is_not_added(client, town):
    nurse = with_password(town.nurse)
    client.post("/konto/inn/", {"login": nurse.email, "password": PASSWORD})
    page = client.get("/konto/nokkel/ny/").content.decode()
    assert page.count("<h1") == 1
    assert 'data-allauth-onload="allauth.webauthn.forms.signupForm"' in page
    assert client.post("/konto/nokkel/ny/", {"name": "Min", "credential": '{"id": "x"}'}).status_code == 422
    assert client.post("/konto/nokkel/ny/", {"name": "Min"}).status_code == 422
    assert queries.passkeys_of(staff=nurse) == []
    assert not events("services.session.passkey_added")


@pytest.mark.django_db
def test_the_device_is_asked_for_keys_that_hold(client, town):
    """ECDSA, EdDSA, RSA with SHA-256 and longer, ML-DSA; never SHA-1. Each asking has its own 256 bits by chance."""
    nurse = with_password(town.nurse)
    client.post("/konto/inn/", {"login": nurse.email, "password": PASSWORD})
    challenges = set()
    for _each in range(3):
        page = client.get("/konto/nokkel/ny/").content.decode()
        options = json.loads(re.search(r'id="passkey-data" type="application/json">(.*?)</script>', page)[1])
        asked = options["creation_options"]["publicKey"]
        assert {each["alg"] for each in asked["pubKeyCredParams"]} <= {-7, -8, -35, -36, -37, -257, -47, -48, -49, -50}
        assert asked["authenticatorSelection"]["userVerification"] == "required"
        challenges.add(asked["challenge"])
    assert len(challenges) == 3
    assert min(map(len, challenges)) >= 43


MADE_UP = ["", "null", "{}", "[]", '{"id": "x"}', "not json", json.dumps({"response": 1})]


@pytest.fixture
def locked(client, town):
    """The nurse's screen, locked."""
    nurse = with_password(town.nurse)
    client.post("/konto/inn/", {"login": nurse.email, "password": PASSWORD})
    client.post("/las/", {"back": "/innstillinger/"})
    return client


@pytest.mark.django_db
@pytest.mark.parametrize("credential", MADE_UP)
def test_nobody_unlocks_by_something_made_up(locked, credential):
    asked = locked.get("/last/nokkel/").json()["request_options"]["publicKey"]
    assert (asked["userVerification"], asked["rpId"]) == ("required", "testserver")
    locked.cookies["django_language"] = "en"
    assert locked.post("/last/nokkel/", {"credential": credential}).url == "/last/"
    assert "did not unlock the screen" in locked.get("/last/").content.decode()
    assert locked.get("/innstillinger/").url == "/last/"
    assert [event.facts["step"] for event in events("services.session.refused")] == ["passkey"]


@pytest.mark.django_db
def test_a_screen_that_is_not_locked_is_not_unlocked(locked, client):
    locked.post("/last/", {"password": PASSWORD})
    assert locked.get("/last/nokkel/").status_code == 302
    assert locked.post("/last/nokkel/", {"credential": "{}"}).status_code == 302
    assert not events("services.session.refused")


@pytest.mark.django_db
def test_whoever_has_no_passkey_is_offered_none(locked):
    assert "passkey-go" not in locked.get("/last/").content.decode()


@pytest.mark.django_db
def test_nobody_removes_what_is_not_theirs(client, town):
    nurse = with_password(town.nurse)
    client.post("/konto/inn/", {"login": nurse.email, "password": PASSWORD})
    assert client.post("/konto/nokkel/999/fjern/").status_code == 404
    assert not events("services.session.passkey_removed")
