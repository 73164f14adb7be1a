"""Newcomers who are taken in many at once become what the actions make of them one by one, in every table."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.http import Http404

from fotspor.access.models import AuditEvent
from fotspor.access.rules import SYSTEM
from fotspor.kit.errors import Refused
from fotspor.pathways.actions import register_import, register_newcomers, register_staging
from fotspor.pathways.actions.register_import import ComparedAnew, apply_households
from fotspor.pathways.actions.register_refusals import Overtaken
from fotspor.pathways.models import Contact, RegisterImport
from fotspor.pathways.queries import approvals
from fotspor.pathways.queries.register_imports import preview, register_imports
from fotspor.pathways.tests.register_world import (
    AT,
    FAMILY,
    LATER,
    NEW_NUMBER,
    OTHERS,
    adult,
    everything,
    expecting,
    kinds,
    newborn,
    one_by_one,
    stage,
    take_in,
    town,
)
from fotspor.pathways.tests.test_register_rules import CHILD, FATHER, GROWN, MOTHER, TWIN, cells
from fotspor.people import actions as people
from fotspor.people.identifiers import synthetic_numbers
from fotspor.people.models import Journey, Person
from fotspor.people.queries import find_by_number
from fotspor.services.models import Membership, Unit
from fotspor.simulation.tests.pictures import Picture, differences

pytestmark = pytest.mark.django_db
__all__ = ["expecting", "town"]

INFANT, FIVE, GROWN_OTHER = date(2026, 9, 1), date(2021, 5, 17), date(1990, 2, 3)
INFANTS, FIVES = list(synthetic_numbers(INFANT))[:3], list(synthetic_numbers(FIVE))[:3]
OTHER_MOTHERS = list(synthetic_numbers(GROWN_OTHER))[:4]


def mother(number, **changed):
    return adult(number) | {"birth_date": GROWN_OTHER.isoformat()} | changed


def child(number, born_on, guardian, **changed):
    return cells(identity_number=number, birth_date=born_on.isoformat(), guardian_1_number=guardian, **changed)


AWAY = {"street": "Rue 1", "postcode": "F-75001", "city": "Fremmed", "status": "utvandret"}
HOUSEHOLDS = {
    "a mother and a child": FAMILY,
    "a father and a child": OTHERS,
    "two guardians, one of them elsewhere": (
        adult(),
        adult(FATHER, sex="M", **AWAY),
        cells(guardian_2_number=FATHER, guardian_2_kind="far", custody="felles"),
    ),
    "a guardian who has died": (
        adult(),
        adult(FATHER, sex="M", status="død"),
        cells(guardian_2_number=FATHER, guardian_2_kind="far"),
    ),
    "a guardian found nowhere": (cells(guardian_1_number=OTHER_MOTHERS[3]),),
    "no guardian": (cells(guardian_1_number="", guardian_1_kind="", custody=""),),
    "twins and a newborn without a name": (
        mother(OTHER_MOTHERS[0]),
        child(FIVES[0], FIVE, OTHER_MOTHERS[0]),
        child(FIVES[1], FIVE, OTHER_MOTHERS[0], birth_order="2"),
        child(INFANTS[0], INFANT, OTHER_MOTHERS[0], given_name="", family_name=""),
    ),
    "brothers in two districts, and one that nobody serves": (
        mother(OTHER_MOTHERS[1], district_code="02"),
        child(FIVES[0], FIVE, OTHER_MOTHERS[1]),
        child(INFANTS[0], INFANT, OTHER_MOTHERS[1], street="Gata 9", district_code="02"),
    ),
    "a strictly protected child": (
        mother(OTHER_MOTHERS[2]),
        child(INFANTS[1], INFANT, OTHER_MOTHERS[2], protection_grade="strengtFortrolig"),
    ),
    "protected people, with and without a district": (
        mother(OTHER_MOTHERS[2], protection_grade="fortrolig", district_code=""),
        child(INFANTS[1], INFANT, OTHER_MOTHERS[2], address_protection_grade="klientadresse"),
        child(FIVES[2], FIVE, OTHER_MOTHERS[2], protection_grade="fortrolig", district_code=""),
    ),
}


def taken_in(rows, *, at_once, monkeypatch):
    """A picture of the whole database with the file taken in, which is then taken back."""
    stored = []
    real = register_newcomers.Newcomers.write

    def write(self):
        real(self)
        stored.extend(household.number for household in self.households)

    with transaction.atomic(), monkeypatch.context() as patch:
        patch.setattr(register_newcomers.Newcomers, "write", write)
        if not at_once:
            one_by_one(patch)
        source = take_in(*rows, accepts_missing=True)
        picture, counts = Picture(), kinds(source)
        lines = list(AuditEvent.objects.order_by("pk").values_list("type", "facts__household"))
        transaction.set_rollback(True)
    return picture, counts, lines, stored


def compare(rows, monkeypatch, *, at_once):
    apart, kinds_then, lines_then, none = taken_in(rows, at_once=False, monkeypatch=monkeypatch)
    together, kinds_now, lines_now, stored = taken_in(rows, at_once=True, monkeypatch=monkeypatch)
    assert list(differences(apart, together)) == []
    assert (together.counts, kinds_now, lines_now) == (apart.counts, kinds_then, lines_then)
    assert (none, len(stored)) == ([], at_once)


@pytest.mark.parametrize("rows", HOUSEHOLDS.values(), ids=HOUSEHOLDS)
def test_a_household_of_newcomers_is_the_same_in_every_table_and_in_the_log(town, monkeypatch, rows):
    compare(rows, monkeypatch, at_once=1)


def test_it_is_the_same_when_nobody_leads_a_unit_and_there_is_no_administration(town, monkeypatch):
    Membership.objects.filter(role="unit_leader").delete()
    Unit.objects.filter(kind="administration").update(from_on=date(2099, 1, 1))
    compare(HOUSEHOLDS["brothers in two districts, and one that nobody serves"], monkeypatch, at_once=1)


def test_it_is_the_same_where_no_pathway_is_approved(town, monkeypatch):
    monkeypatch.setattr(approvals, "may_be_followed", lambda *_version: False)
    compare(FAMILY, monkeypatch, at_once=1)


def test_several_households_are_the_same_in_one_transaction(town, monkeypatch):
    twins = [row | {"street": "Gata 7"} for row in HOUSEHOLDS["twins and a newborn without a name"]]
    rows = [*FAMILY, *OTHERS, *twins]
    compare(rows, monkeypatch, at_once=3)


def test_households_of_somebody_we_have_go_the_ordinary_way_beside_the_others(town, expecting, monkeypatch):
    unnumbered = people.register_person(
        given_name="Uten", family_name="Nummer", born_on=GROWN_OTHER, sex="female", street="Gata 5", postcode="7991",
        by=SYSTEM, at=AT,
    )  # fmt: skip
    rows = [
        adult(), newborn(NEW_NUMBER), *OTHERS,
        mother(OTHER_MOTHERS[0], given_name="Uten", family_name="Nummer", street="Gata 5"),
        child(INFANTS[0], INFANT, OTHER_MOTHERS[0], street="Gata 5"),
    ]  # fmt: skip
    compare(rows, monkeypatch, at_once=1)
    assert unnumbered.identity_index is None


# --- what does not go through at once ----------------------------------------------------------------------


def test_a_run_that_is_killed_leaves_whole_households_and_goes_on_where_it_was(town, monkeypatch):
    monkeypatch.setattr(register_import, "WRITTEN_AT_ONCE", 1)
    source = stage(*FAMILY, *OTHERS)
    real = register_newcomers.Newcomers.write

    def killed(self):
        real(self)
        if find_by_number(TWIN) is not None:
            raise KeyboardInterrupt

    monkeypatch.setattr(register_newcomers.Newcomers, "write", killed)
    run = apply_households(source=source, by=SYSTEM, at=AT)
    assert next(run) == 1
    with pytest.raises(KeyboardInterrupt):
        next(run)
    assert (find_by_number(CHILD).journey.batons.count(), find_by_number(FATHER)) == (1, None)
    seen = preview(viewer=SYSTEM, key=source.key)
    assert (seen.households_done, seen.households_left, seen.is_finished) == (1, 1, False)
    monkeypatch.undo()
    assert list(apply_households(source=source, by=SYSTEM, at=AT)) == [2]
    assert (Person.objects.count(), Journey.objects.count()) == (4, 2)


def test_somebody_who_was_registered_while_the_block_was_made_is_found_and_nobody_is_made_twice(town, monkeypatch):
    mine = people.register_person(
        given_name="Varm", family_name="Lyng", born_on=GROWN, sex="female", number=MOTHER, by=SYSTEM, at=AT
    )
    monkeypatch.setattr(register_import, "known_among", lambda _households: set())
    source = stage(*FAMILY, *OTHERS)
    source.rows.update(change="new")
    assert sorted(apply_households(source=source, by=SYSTEM, at=AT)) == [1, 2]
    assert find_by_number(MOTHER) == mine
    assert find_by_number(CHILD).guardianships.get().guardian == mine
    assert Person.objects.count() == 4


def test_a_unit_that_took_the_area_over_while_the_block_was_made_gets_the_baton(town, monkeypatch):
    stale = register_import.around

    def before(households, on):
        found = stale(households, on)
        Unit.objects.filter(pk=town["station"].pk).update(until_on=AT.date() + timedelta(days=1))
        return found

    monkeypatch.setattr(register_import, "around", before)
    take_in(*FAMILY)
    assert find_by_number(CHILD).journey.batons.get().unit is None


def test_a_household_that_cannot_be_made_goes_the_ordinary_way_and_the_others_at_once(town, monkeypatch):
    real = register_newcomers.Newcomers.add

    def add(self, household):
        if household.number == 1:
            raise Refused("no")
        real(self, household)

    monkeypatch.setattr(register_newcomers.Newcomers, "add", add)
    source = stage(*FAMILY, *OTHERS)
    assert list(apply_households(source=source, by=SYSTEM, at=AT)) == [2, 1]
    assert kinds(source) == {"new": 4}
    assert find_by_number(CHILD).journey.batons.count() == 1


def test_a_household_that_another_run_has_applied_is_not_applied_once_more(town):
    source = stage(*FAMILY)
    households = register_import._staged_households(source, [1])
    take_in(*FAMILY)
    before, lines = everything(), AuditEvent.objects.count()
    list(register_import.Run(source, SYSTEM, AT).apply(households))
    assert (everything(), AuditEvent.objects.count()) == (before, lines)


def test_a_file_that_is_compared_anew_is_not_applied_as_it_was(town):
    old = stage(*FAMILY)
    assert stage(*FAMILY, at=LATER) == old
    with pytest.raises(ComparedAnew):
        list(apply_households(source=old, by=SYSTEM, at=LATER))
    old.rows.update(change="changed")  # which goes the ordinary way
    with pytest.raises(ComparedAnew):
        list(apply_households(source=old, by=SYSTEM, at=LATER))
    assert not Person.objects.exists()


def test_rows_are_counted_as_before_when_the_next_row_is_made_by_hand(town):
    take_in(*FAMILY)
    made = people.register_person(given_name="Ny", family_name="Ny", born_on=INFANT, sex="male", by=SYSTEM, at=AT)
    journey = people.open_child_journey(child=made, opened_on=AT.date(), by=SYSTEM, at=AT)
    assert made.pk not in Person.objects.exclude(key=made.key).values_list("pk", flat=True)
    assert Journey.objects.get(child__identity_index__isnull=False).pk != journey.pk
    assert Contact.objects.filter(journey=journey).exists()


# --- staging in parts --------------------------------------------------------------------------------------


@pytest.fixture
def in_parts(monkeypatch):
    monkeypatch.setattr(register_staging, "CHUNK", 1)


def killed_at(monkeypatch, part):
    """The run is killed when that part of the rows is written."""
    written, real = [], register_staging.write

    def write(table, rows):
        written.append(rows)
        if len(written) == part:
            raise KeyboardInterrupt
        real(table, rows)

    with monkeypatch.context() as patch:
        patch.setattr(register_staging, "write", write)
        yield
    assert len(written) == part


def test_a_comparison_that_is_killed_is_seen_by_nobody_and_begun_anew_by_the_same_file(town, monkeypatch, in_parts):
    for _ in killed_at(monkeypatch, 3):
        with pytest.raises(KeyboardInterrupt):
            stage(*FAMILY, *OTHERS)
    half = RegisterImport.objects.get()
    assert (half.rows.count(), half.is_whole) == (2, False)
    assert register_imports(viewer=SYSTEM) == []
    with pytest.raises(Http404):
        preview(viewer=SYSTEM, key=half.key)
    with pytest.raises(ComparedAnew):
        list(apply_households(source=half, by=SYSTEM, at=AT))
    assert not Person.objects.exists()
    again = take_in(*FAMILY, *OTHERS, at=LATER)
    assert (again, again.is_whole, kinds(again)) == (half, True, {"new": 4})


def test_what_had_been_applied_is_known_after_the_comparison_was_killed_too(town, monkeypatch, in_parts):
    source = stage(*FAMILY, *OTHERS)
    assert list(apply_households(source=source, most=1, by=SYSTEM, at=AT)) == [1]
    for _ in killed_at(monkeypatch, 2):
        with pytest.raises(KeyboardInterrupt):
            stage(*FAMILY, *OTHERS, at=LATER)
    again = stage(*FAMILY, *OTHERS, at=LATER)
    seen = preview(viewer=SYSTEM, key=again.key)
    assert (again, kinds(again)) == (source, {"new": 4})
    assert (seen.households_done, seen.households_left) == (1, 1)
    assert again.rows.count() == 4


def test_children_who_were_missing_are_looked_up_anew(town, in_parts):
    take_in(*FAMILY, *OTHERS)
    source = stage(*FAMILY, at=LATER, accepts_missing=True)
    assert kinds(source) == {"same": 2, "unmatched": 1}
    child = find_by_number(TWIN)
    people.record_death(person=child, died_on=AT.date(), by=SYSTEM, at=AT)
    assert kinds(stage(*FAMILY, at=LATER + timedelta(days=1))) == {"same": 2}


def test_two_who_compare_the_same_file_do_not_mix_their_rows(town, monkeypatch, in_parts):
    real = register_staging.values_of

    def made_ready(rows):
        monkeypatch.setattr(register_staging, "values_of", real)
        stage(*FAMILY, at=LATER)
        return real(rows)

    monkeypatch.setattr(register_staging, "values_of", made_ready)
    with pytest.raises(Overtaken):
        stage(*FAMILY)
    (source,) = register_imports(viewer=SYSTEM)
    assert (source.staged_at, kinds(source)) == (LATER, {"new": 2})


def test_whoever_waits_is_told_how_far_the_comparison_has_come(town, in_parts):
    heard = []
    stage(*FAMILY, cells(identity_number="1"), told=lambda done, of: heard.append((done, of)))
    assert heard == [(1, 3), (2, 3), (3, 3)]
