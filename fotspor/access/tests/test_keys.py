"""Columns under a new key: what is counted, what the log says, and what is left alone."""

import pytest
from cryptography.fernet import Fernet, InvalidToken

from fotspor.access.actions import keys
from fotspor.access.models import AuditEvent
from fotspor.access.queries.encrypted import encrypted_columns, encrypted_values
from fotspor.access.rules import SYSTEM
from fotspor.access.tests.made import AT, make_person
from fotspor.kit import encryption
from fotspor.people.models import Person

pytestmark = pytest.mark.django_db
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
NUMBERS = [f"2184901234{n}" for n in range(5)]


@pytest.fixture
def persons(settings):
    """Five with a number under the old key, and one with none; then the new key comes first."""
    settings.FIELD_KEYS = [OLD]
    found = [make_person(identity_number=n, identity_index=encryption.blind_index(n)) for n in NUMBERS]
    make_person()
    settings.FIELD_KEYS = [NEW, OLD]
    return found


def rotate(**more) -> int:
    return keys.rotate_keys(by=SYSTEM, at=AT, **more)


def logged() -> list[int]:
    return [event.facts["values"] for event in AuditEvent.objects.filter(type="access.keys.rotated").order_by("pk")]


def numbers() -> list[str]:
    return [p.identity_number for p in Person.objects.exclude(identity_number=None).order_by("pk")]


def test_all_that_stands_encrypted_is_known():
    columns = {(table, column) for table, _key, column in encrypted_columns()}
    assert {("people_person", "identity_number"), ("access_emergencyaccess", "reason")} <= columns
    assert encrypted_values() == 0


def test_every_value_is_written_under_the_new_key_and_the_log_says_how_many(persons, settings):
    assert encrypted_values() == len(NUMBERS), "an empty value is none"
    assert rotate() == len(NUMBERS)
    settings.FIELD_KEYS = [NEW]
    assert numbers() == NUMBERS, "the old key is not needed any more"
    assert rotate() == 0
    assert logged() == [len(NUMBERS), 0]


def test_those_under_the_new_key_already_are_passed_over(persons, settings):
    Person.objects.filter(pk=persons[0].pk).update(identity_number=NUMBERS[0])
    assert rotate() == len(NUMBERS) - 1
    settings.FIELD_KEYS = [NEW]
    assert numbers() == NUMBERS


def test_it_goes_in_small_steps_and_says_how_far_it_has_come(persons, monkeypatch):
    monkeypatch.setattr(keys, "BATCH", 2)
    steps = []
    rotate(progress=steps.append)
    assert steps == [2, 2, 1]


def test_what_somebody_writes_meanwhile_stands(persons, monkeypatch):
    under_first_key = encryption.under_first_key

    def written_meanwhile(sealed):
        Person.objects.filter(pk=persons[1].pk).update(identity_number="21849012399")
        return under_first_key(sealed)

    monkeypatch.setattr(keys.encryption, "under_first_key", written_meanwhile)
    assert rotate() == len(NUMBERS) - 1
    assert numbers() == [NUMBERS[0], "21849012399", *NUMBERS[2:]]


def test_a_value_that_no_key_opens_stops_it_and_is_not_lost(persons, settings):
    settings.FIELD_KEYS = [NEW]
    settings.FIELD_KEYS_NOW = lambda: [NEW]
    with pytest.raises(InvalidToken):
        rotate()
    assert logged() == []
    settings.FIELD_KEYS = [NEW, OLD]
    assert numbers() == NUMBERS
