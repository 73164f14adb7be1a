"""The page of limits says what the settings and the code say."""

import re

import pytest
from allauth.core.internal.ratelimit import parse_rates
from django.apps import apps
from django.conf import settings

from fotspor.config import limits
from fotspor.kit import tables
from fotspor.kit.encryption import EncryptedTextField
from fotspor.services import rules
from fotspor.services.rules import passwords
from tests.architecture.test_every_url_is_guarded import OPEN
from tests.architecture.tree import ROOT

PAGE = (ROOT / "docs" / "reference" / "security-limits.md").read_text(encoding="utf-8")
MINUTE, HOUR = 60, 3600


def section(title):
    return PAGE.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def table(title):
    """Each row of a section's tables, as its cells; heads and rulers left out."""
    lines = [line for line in section(title).splitlines() if line.startswith("|")]
    kept = [line for n, line in enumerate(lines) if not set(line) <= set("|-: ") and not _rules(lines, n + 1)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in kept]


def _rules(lines, place):
    return place < len(lines) and set(lines[place]) <= set("|-: ")


def span(seconds):
    """As the page says it."""
    for unit, word in ((HOUR, "hour"), (MINUTE, "minute")):
        if seconds % unit == 0:
            return f"{seconds // unit} {word}{'s' * (seconds != unit)}"
    return f"{seconds} seconds"


def named(title, value_at):
    return [(re.sub(r"`", "", row[1]), row[value_at]) for row in table(title)]


def test_the_ways_in_are_those_that_are_open():
    assert {row[0].strip("`") for row in table("Ways in")} == set(OPEN)


def test_the_rates_are_those_in_force():
    said = dict(named("How often one may ask", 2))
    assert said == {name: f"{most} in {span(seconds)}" for name, (most, seconds) in limits.RATES.items()}


def test_the_door_is_throttled_as_it_says():
    said = sorted(named("How guessing is stopped", 2))
    set_ = [
        (name, f"{rate.amount} in {span(int(rate.duration))}")
        for name, text in settings.ACCOUNT_RATE_LIMITS.items()
        for rate in parse_rates(text)
    ]
    assert said == sorted(set_)


@pytest.mark.parametrize(("name", "limit"), named("How long a session lasts", 2))
def test_sessions_last_as_long_as_it_says(name, limit):
    value = getattr(settings, name)
    assert limit == (str(value) if name == "SESSIONS_EACH" else span(value))


def test_what_is_typed_is_kept_as_long_as_it_says():
    assert f"kept for {rules.DRAFT_HOURS} hours" in section("How long a session lasts")


def test_files_are_as_large_as_it_says():
    for name, limit in named("Files that are taken in", 2):
        value = getattr(tables, name, None) or getattr(settings, name)
        number, _, unit = limit.partition(" ")
        assert int(number) * (1_000_000 if unit == "MB" else 1) == value, name


def test_passwords_are_judged_as_it_says():
    text = section("What may be a password")
    by_name = {each["NAME"].rpartition(".")[2]: each.get("OPTIONS", {}) for each in settings.AUTH_PASSWORD_VALIDATORS}
    assert f"At least {by_name['MinimumLengthValidator']['min_length']} characters" in text
    assert f"at least {passwords.REST} other letters" in text
    assert {"CommonPasswordValidator", "UserAttributeSimilarityValidator", "NotOurOwnWords", "NotLeaked"} <= set(
        by_name
    )


def test_the_encrypted_columns_are_these():
    rows = [row for row in table("What is encrypted, and how") if len(row) == 2]
    said = {(row[0], name) for row in rows for name in re.findall(r"`(\w+)`", row[1])}
    found = {
        (model._meta.label, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, EncryptedTextField)
    }
    assert said == found


def test_every_kind_of_data_has_a_line():
    kinds = [row[0].split("`")[1] for row in table("What each kind of data asks for")]
    assert kinds == ["special", "personal", "organisational", "technical"]


def test_how_soon_libraries_are_mended_is_said_in_days_that_grow():
    days = [int(row[1].split()[0]) for row in table("How soon libraries are mended")]
    assert days == sorted(days)
    assert len(days) >= 3
