"""Flats in a register's file: who is a household, what is a move, and a file that does not say."""

from dataclasses import replace
from datetime import timedelta

import pytest

from fotspor.access.models import AuditEvent
from fotspor.access.rules import Purpose
from fotspor.pathways.queries.register_imports import default_layout
from fotspor.pathways.rules import register
from fotspor.pathways.rules.register import Change, RowFault, Status
from fotspor.pathways.rules.register_files import read
from fotspor.pathways.rules.register_rows import records
from fotspor.pathways.tests.register_world import (
    AT,
    LATER,
    TODAY,
    adult,
    kinds,
    logged,
    one_by_one,
    take_in,
    town,
)
from fotspor.pathways.tests.test_register_rules import (
    CHILD,
    FATHER,
    GROWN,
    KNOWN,
    MOTHER,
    RULES,
    TWIN,
    as_csv,
    cells,
    record,
)
from fotspor.people import actions as people
from fotspor.people.models import Person
from fotspor.people.queries import find_by_number
from fotspor.worklist import queries as worklist

__all__ = ["town"]
HOUSE = {"street": "Skissegata 1"}
COLUMN = default_layout().optional_columns["dwelling"]


def two_families(first="H0101", second="H0102", **more):
    """Strangers in one house: a mother with a child, and a father with another."""
    kept = {**HOUSE, **more}
    return (
        adult(**kept, dwelling_number=first),
        cells(**kept, dwelling_number=first),
        adult(FATHER, **kept, dwelling_number=second, sex="M"),
        cells(**kept, identity_number=TWIN, guardian_1_number=FATHER, guardian_1_kind="far", dwelling_number=second),
    )


def without_the_column(*rows) -> bytes:
    """The same rows from a register whose file has no such column."""
    heads = [head for head in rows[0] if head != COLUMN]
    lines = [";".join(heads), *(";".join(row[head] for head in heads) for row in rows)]
    return ("\r\n".join(lines) + "\r\n").encode()


def flats(*numbers) -> list[str]:
    return [find_by_number(number).dwelling for number in numbers]


# --- what a row says, without a database ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "status", "said"),
    [("H0101", "bosatt", "H0101"), ("u 0102", "bosatt", "U0102"), ("", "bosatt", ""), ("Lägenhet 1", "utflyttet", "")],
)
def test_a_row_says_the_flat(written, status, said):
    (found,), refused = records(read(as_csv(cells(dwelling_number=written, status=status)), RULES.layout), RULES)
    assert not refused
    assert found.dwelling == said


def test_a_flat_that_is_none_refuses_the_row_and_a_file_without_the_column_says_nothing():
    found, (refusal,) = records(read(as_csv(cells(dwelling_number="1. etasje")), RULES.layout), RULES)
    assert (found, refusal.fault, refusal.field) == ((), RowFault.VALUE, "dwelling")
    (found,), _refused = records(read(without_the_column(cells()), RULES.layout), RULES)
    assert found.dwelling is None
    assert register.from_json(register.to_json(found)) == found
    staged_before = register.to_json(found)
    del staged_before["dwelling"]
    assert register.from_json(staged_before) == found


def known(**changed):
    return replace(KNOWN, **changed)


@pytest.mark.parametrize(
    ("said", "had", "change"),
    [
        (None, "H0101", Change.SAME),  # no such column
        (None, "", Change.SAME),
        ("H0101", "H0101", Change.SAME),
        ("H0101", "", Change.CHANGED),  # written down for the first time is no move
        ("", "H0101", Change.CHANGED),
        ("H0102", "H0101", Change.MOVED),  # another door
    ],
)
def test_another_flat_is_a_move_and_a_flat_for_the_first_time_is_none(said, had, change):
    assert register.change(record(CHILD, dwelling=said), known(dwelling=had), keeps_guardians=False) is change


def test_of_graded_people_no_flat_is_compared():
    hidden = record(CHILD, dwelling="H0101", protection="strict")
    assert register.change(hidden, known(protection="strict", street=""), keeps_guardians=False) is Change.SAME


@pytest.mark.parametrize(
    ("said", "change"), [("H0101", Change.STAYED), (None, Change.STAYED), ("", Change.STAYED), ("H0102", Change.MOVED)]
)
def test_somebody_who_was_recorded_as_gone_stayed_only_behind_the_same_door(said, change):
    away = known(has_moved_out=True, street="Ute 1", lived_at=("Prøvegata 1", "7991", "Øving", "H0101", "01"))
    assert register.change(record(CHILD, dwelling=said), away, keeps_guardians=False) is change


def test_strangers_in_one_house_are_taken_in_apart():
    behind_one, behind_other = record(MOTHER, GROWN, dwelling="H0101"), record(FATHER, GROWN, dwelling="H0102")
    assert len(register.households([behind_one, behind_other])) == 2
    unsaid = [replace(each, dwelling=None) for each in (behind_one, behind_other)]
    assert len(register.households(unsaid)) == 1
    assert record(MOTHER, GROWN, status=Status.MOVED_OUT).is_graded is False


# --- taken in ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("by_the_actions", [False, True])
def test_two_families_in_one_house_are_two_households_on_a_nurses_day(town, monkeypatch, by_the_actions):
    if by_the_actions:
        one_by_one(monkeypatch)
    take_in(*two_families())
    assert flats(MOTHER, CHILD, FATHER, TWIN) == ["H0101", "H0101", "H0102", "H0102"]
    on = TODAY + timedelta(days=14)
    found = worklist.shown(worklist.tasks(viewer=town["nurse"], purpose=Purpose.CARE, today=on), on)
    houses = [{task.person_id for task in tasks} for tasks in worklist.households(found).values()]
    assert len(houses) == 2
    assert {Person.objects.get(pk=pk).identity_number for pk in houses[0] & houses[1]} == set()


@pytest.mark.django_db
def test_a_file_without_the_column_leaves_the_flats_and_nobody_moves(town):
    take_in(*two_families())
    source = take_in(content=without_the_column(*two_families()), at=LATER)
    assert kinds(source) == {"same": 4}
    assert flats(MOTHER, TWIN) == ["H0101", "H0102"]


@pytest.mark.django_db
def test_the_first_file_with_the_column_writes_the_flats_and_nobody_moves(town):
    take_in(content=without_the_column(*two_families()))
    assert {p.household for p in Person.objects.all()} == {find_by_number(MOTHER).household}
    source = take_in(*two_families(), at=LATER)
    assert kinds(source) == {"changed": 4}
    assert flats(MOTHER, CHILD, FATHER, TWIN) == ["H0101", "H0101", "H0102", "H0102"]
    assert find_by_number(CHILD).household == find_by_number(MOTHER).household != find_by_number(TWIN).household
    assert logged("people.person.moved") == 0
    assert kinds(take_in(*two_families(), at=LATER + timedelta(days=1))) == {"same": 4}


@pytest.mark.django_db
def test_another_flat_in_the_same_house_is_a_move_within(town):
    take_in(*two_families())
    source = take_in(*two_families(first="H0301"), at=LATER)
    assert kinds(source) == {"moved": 2, "same": 2}
    assert flats(MOTHER, CHILD) == ["H0301", "H0301"]
    assert AuditEvent.objects.filter(type="people.person.moved", facts__outside=False).count() == 2


@pytest.mark.django_db
def test_another_house_by_a_file_without_the_column_leaves_the_flat_behind(town):
    take_in(*two_families())
    take_in(content=without_the_column(*two_families(street="Lissomvegen 9")), at=LATER)
    assert flats(MOTHER, CHILD, FATHER, TWIN) == ["", "", "", ""]


@pytest.mark.django_db
def test_another_district_by_a_file_without_the_column_keeps_the_flat(town):
    take_in(*two_families())
    source = take_in(content=without_the_column(*two_families(district_code="02")), at=LATER)
    assert kinds(source) == {"moved": 4}
    assert flats(MOTHER, TWIN) == ["H0101", "H0102"]


@pytest.mark.django_db
def test_of_a_graded_family_no_flat_is_taken_in(town):
    take_in(*two_families(protection_grade="fortrolig"))
    assert set(Person.objects.values_list("street", "dwelling", "household")) == {("", "", "")}


@pytest.mark.django_db
@pytest.mark.parametrize(("typed", "is_proposed"), [("", True), ("H0101", True), ("L0901", False)])
def test_somebody_without_a_number_is_known_again_also_when_her_flat_was_left_out(town, typed, is_proposed):
    people.register_person(
        given_name="Varm", family_name="Lyng", born_on=GROWN, sex="female", street="Skissegata 1", postcode="7991",
        city="Øving", dwelling=typed, district=town["district"], by=town["midwife"], at=AT - timedelta(days=1),
    )  # fmt: skip
    found = kinds(take_in(*two_families()))
    assert ("proposed" in found) is is_proposed
