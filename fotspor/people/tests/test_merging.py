"""Joining two entries: nothing is left behind, one journey goes on, and two people are never joined."""

from datetime import date, timedelta

import pytest

from fotspor.access.models import CareRelation
from fotspor.access.queries import NotVisible
from fotspor.kit.facts import Kind
from fotspor.people import actions, queries
from fotspor.people.actions import merging
from fotspor.people.models import Correction, Guardianship, Journey, Person
from fotspor.people.tests.made import AT, DUE, TODAY, logged, make_birth, make_person, make_pregnancy, number_of

BORN = date(1994, 6, 12)


def merge(house, keep, drop, by=None):
    keep, drop = (Person.objects.get(pk=person.pk) for person in (keep, drop))
    return actions.merge_people(
        keep=keep, drop=drop, reason="Samme barn, to innføringer", by=by or house.midwife, at=AT
    )


def test_every_column_that_points_to_a_person_is_listed():
    """A new table with a person in it is added to people.queries.references.MOVED, and its slice says how it moves."""
    assert set(queries.MOVED) == set(queries.columns_to_person())


def test_everything_moves_and_nothing_points_to_the_joined_entry(house, announced):
    keep, drop = make_person(house.midwife), make_person(house.midwife, "Kari", "Nordman")
    journey = make_pregnancy(house.midwife, drop)
    child = make_person(house.midwife, "Barn", born_on=DUE)
    actions.add_guardian(
        child=child, guardian=drop, kind="mother", custody="mother", from_on=TODAY, by=house.midwife, at=AT
    )
    announced.clear()
    merge(house, keep, drop)
    drop.refresh_from_db()
    journey.refresh_from_db()
    assert drop.merged_into == keep
    assert journey.pregnancy.mother == keep
    assert [g.guardian for g in queries.guardians_of(child_id=child.id, on=TODAY)] == [keep]
    for name, relation in queries.columns_to_person().items():
        rows = relation.related_model._base_manager.filter(**{relation.field.name: drop})
        assert not rows.exists() or name == "access.CareRelation.person", name
    assert not CareRelation.objects.filter(person=drop, until_on=None).exists()
    (fact,) = [fact for fact in announced if fact.kind == Kind.MERGED]
    assert (fact.person_id, fact.facts["into_id"]) == (drop.id, keep.id)


def test_it_stands_in_the_log_of_both_and_the_reason_beside_the_kept_one(house):
    keep, drop = make_person(house.midwife), make_person(house.midwife, "Kari", "Nordman")
    merge(house, keep, drop)
    assert {event.person for event in logged("people.person.merged")} == {keep.key, drop.key}
    assert Correction.objects.get().reason == "Samme barn, to innføringer"


def test_the_old_address_and_the_old_number_lead_to_the_kept_entry(house):
    keep = make_person(house.midwife)
    drop = make_person(house.midwife, "Kari", "Nordman", number=number_of(BORN))
    merge(house, keep, drop)
    assert queries.find_by_number(number_of(BORN)) == keep
    assert queries.person_page(viewer=house.midwife, key=drop.key, at=AT).person == keep
    assert [hit.person for hit in queries.search(viewer=house.midwife, text="kari", at=AT)] == [keep]


def test_a_d_number_gives_way_to_a_birth_number_and_both_lead_to_the_person(house):
    from fotspor.people import identifiers

    d_number = next(identifiers.synthetic_numbers(BORN, d_number=True))
    keep = make_person(house.midwife, number=d_number)
    drop = make_person(house.midwife, "Kari", "Nordman", number=number_of(BORN))
    merge(house, keep, drop)
    keep.refresh_from_db()
    assert (keep.identity_number, keep.identity_kind) == (number_of(BORN), "tnr")
    assert queries.find_by_number(d_number) == queries.find_by_number(number_of(BORN)) == keep


def test_an_entry_joined_into_one_that_is_joined_later_leads_all_the_way(house):
    first, second, third = (make_person(house.midwife, f"Kari{n}") for n in range(3))
    merge(house, second, first)
    merge(house, third, second)
    assert Person.objects.get(pk=first.pk).merged_into == third


def test_the_journey_that_began_with_the_pregnancy_is_kept(house, announced):
    (born,) = make_birth(house.midwife)
    twice = make_person(house.midwife, "Sofie", born_on=DUE, number=number_of(DUE))
    by_register = actions.open_child_journey(child=twice, opened_on=TODAY, by=house.midwife, at=AT)
    announced.clear()
    merge(house, twice, born.child)
    born.refresh_from_db()
    by_register.refresh_from_db()
    assert (born.child, born.closed_on) == (twice, None)
    assert (by_register.close_reason, by_register.child.merged_into) == ("merged", twice)
    assert announced[-1].facts["into_journey_id"] == born.id
    assert announced[-1].journey_id == by_register.id
    assert [hit.journeys for hit in queries.search(viewer=house.midwife, text="sofie", at=AT)] == [(born,)]


def test_a_kept_entry_without_a_journey_takes_over_the_other_ones(house):
    (born,) = make_birth(house.midwife)
    keep = make_person(house.midwife, "Sofie", born_on=DUE)
    merge(house, keep, born.child)
    assert Journey.objects.get().child == keep


def test_a_closed_journey_goes_on_when_the_joined_one_was_in_use(house):
    (born,) = make_birth(house.midwife)
    actions.close_journey(journey=born, reason="mistake", on=TODAY, by=house.midwife, at=AT)
    twice = make_person(house.midwife, "Sofie", born_on=DUE)
    actions.open_child_journey(child=twice, opened_on=TODAY, by=house.midwife, at=AT)
    merge(house, twice, born.child)
    assert Journey.objects.open().get() == born


def test_a_guardianship_both_had_becomes_one(house):
    (born,) = make_birth(house.midwife)
    twice = make_person(house.midwife, "Sofie", born_on=DUE)
    actions.add_guardian(
        child=twice, guardian=born.pregnancy.mother, kind="mother", custody="mother", from_on=DUE,
        by=house.midwife, at=AT,
    )  # fmt: skip
    merge(house, born.child, twice)
    rows = Guardianship.objects.filter(child=born.child, guardian=born.pregnancy.mother)
    assert rows.filter(until_on=None).count() == 1
    assert not Guardianship.objects.filter(child=twice).exists()


def test_two_people_are_never_joined(house):
    (born,) = make_birth(house.midwife)
    mother = born.pregnancy.mother
    other = make_person(house.midwife, "Anne", number=number_of(BORN))
    numbered = make_person(house.midwife, "Kari", number=number_of(BORN, 1))
    first, second = make_person(house.midwife, "En"), make_person(house.midwife, "To")
    for expecting in (first, second):
        make_pregnancy(house.midwife, expecting)
    for keep, drop in [
        (mother, born.child),
        (born.child, mother),
        (other, numbered),
        (first, second),
        (mother, mother),
    ]:
        with pytest.raises(actions.CannotMerge):
            merge(house, keep, drop)
    assert not logged("people.person.merged")


def test_an_entry_is_joined_once(house):
    keep, drop, third = (make_person(house.midwife, f"Kari{n}") for n in range(3))
    merge(house, keep, drop)
    with pytest.raises(NotVisible):
        merge(house, third, drop)


def test_both_entries_must_be_open_to_the_one_who_joins_them(house):
    mine, theirs = make_person(house.midwife), make_person(house.stranger)
    with pytest.raises(NotVisible):
        merge(house, mine, theirs)


def test_a_table_nobody_listed_stops_the_joining_and_nothing_is_stored(house, monkeypatch):
    keep, drop = make_person(house.midwife), make_person(house.midwife, "Kari", "Nordman")
    make_pregnancy(house.midwife, drop, due_on=DUE + timedelta(days=7))
    monkeypatch.delitem(queries.MOVED, "people.Pregnancy.mother")
    with pytest.raises(merging.LeftBehind):
        merge(house, keep, drop)
    drop.refresh_from_db()
    assert drop.merged_into is None
