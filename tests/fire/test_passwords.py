"""What may be a password, as somebody chooses one on the page."""

import os
import subprocess
import sys

import pytest
from django.test import Client
from django.urls import reverse

from tests.fire.town import PASSWORD

URL = "account_change_password"


@pytest.fixture
def browser(town):
    entered = Client()
    entered.post("/konto/inn/", {"login": town.staff["nurse"].email, "password": PASSWORD})
    return entered


def choose(browser, password, old=PASSWORD):
    return browser.post(reverse(URL), {"oldpassword": old, "password1": password, "password2": password})


COMMON = ["123456789123456789", "1q2w3e4r5t6y7u8i9o0p", "telechargement", "TELECHARGEMENT"]


@pytest.mark.parametrize("password", ["", "kort", "tretten tegn", *COMMON])
def test_what_is_refused(town, browser, password):
    """Shorter than fourteen, and those that everybody guesses first."""
    answer = choose(browser, password)
    town.staff["nurse"].refresh_from_db()
    assert answer.status_code == 422
    assert town.staff["nurse"].check_password(PASSWORD)


@pytest.mark.parametrize(
    "password",
    ["bare små bokstaver her", "ÆØÅ sámi gollegiella ✓", "x y" * 40, "4711 4712 4713 9", "'; DROP TABLE <b>\"&"],
)
def test_what_is_taken(town, browser, password):
    """Any letters, without rules for kinds of them, and more than 64."""
    assert choose(browser, password).status_code == 302
    town.staff["nurse"].refresh_from_db()
    assert town.staff["nurse"].check_password(password)


def test_it_is_kept_as_it_was_typed(town, browser):
    """Nothing is cut off or folded: neither a long tail nor a capital letter."""
    long = "En lang setning om fjorden " * 5
    assert choose(browser, f"{long}!").status_code == 302
    town.staff["nurse"].refresh_from_db()
    assert town.staff["nurse"].check_password(f"{long}!")
    assert not town.staff["nurse"].check_password(long)
    assert not town.staff["nurse"].check_password(f"{long}!".lower())


def test_the_old_one_is_asked_for(town, browser):
    assert choose(browser, "en helt ny setning her", old="feil, men langt nok").status_code == 422


def test_the_box_hides_it(browser):
    for page in (Client().get("/konto/inn/"), browser.get(reverse(URL))):
        words = page.content.decode()
        assert 'type="password"' in words
        assert "onpaste" not in words


def test_production_keeps_them_slowly(tmp_path):
    """Asked in a process of its own, since tests use a quick way."""
    code = (
        "import django; django.setup(); from django.contrib.auth.hashers import get_hasher as g; "
        "print(g().algorithm, g().iterations)"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "fotspor.config.settings", "FOTSPOR_MODE": "demo",
             "FOTSPOR_HOME": str(tmp_path)},
    ).stdout.split()  # fmt: skip
    assert said[0] == "pbkdf2_sha256"
    assert int(said[1]) >= 600_000
