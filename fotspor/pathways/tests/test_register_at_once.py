"""Newcomers who are taken in many at once become what the actions make of them one by one, in every table."""

from datetime import date

import pytest
from django.db import transaction

from fotspor.access.models import AuditEvent
from fotspor.access.rules import SYSTEM
from fotspor.pathways.actions import register_import, register_newcomers
from fotspor.pathways.tests.register_world import (
    AT,
    FAMILY,
    NEW_NUMBER,
    OTHERS,
    adult,
    expecting,
    kinds,
    newborn,
    one_by_one,
    take_in,
    town,
)
from fotspor.pathways.tests.test_register_rules import FATHER, cells
from fotspor.people import actions as people
from fotspor.people.identifiers import synthetic_numbers
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
    monkeypatch.setattr(register_newcomers.approvals, "may_be_followed", lambda *_version: False)
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
