"""Where somebody lived is kept while they are away: a move out by mistake is taken back, and no grade is told on."""

from datetime import timedelta

import pytest

from fotspor.kit.facts import Kind
from fotspor.people import actions
from fotspor.people.models import Correction, Departure, Journey, Person, Pregnancy
from fotspor.people.tests.made import AT, TODAY, logged, make_birth, make_person, make_pregnancy

AWAY = actions.Home(street="Ute 1", postcode="0150", city="Oslo")
REASON = "Feil familie valgt"


def lived(house, **more):
    """Somebody with an address and a district here."""
    return make_person(
        house.midwife, street="Gamleveien 1", postcode="7991", city="Øving", district=house.district,
        moved_from="Øvre Øving", **more,
    )  # fmt: skip


def leave(house, person, at=AT, home=AWAY, **more):
    person = Person.objects.get(pk=person.pk)
    return actions.record_move(person=person, home=home, moved_on=TODAY, outside=True, by=house.midwife, at=at, **more)


def stay(house, person, at=AT):
    return actions.take_back_move(person=person, reason=REASON, by=house.midwife, at=at)


def home_of(person):
    person = Person.objects.get(pk=person.pk)
    return (person.street, person.postcode, person.city, person.moved_from, person.district, person.household)


def test_the_address_the_district_and_the_household_are_what_they_were(house):
    person = lived(house)
    before = home_of(person)
    leave(house, person)
    assert home_of(person)[:3] == ("Ute 1", "0150", "Oslo")
    stay(house, person, AT + timedelta(days=2))
    assert home_of(person) == before
    assert not Departure.objects.exists()


def test_the_journey_that_it_closed_goes_on_and_it_is_said_and_kept_why(house, announced):
    journey = make_birth(house.midwife)[0]
    leave(house, journey.child)
    announced.clear()
    stay(house, journey.child)
    journey = Journey.objects.get()
    assert (journey.closed_on, journey.close_reason, journey.closed_by) == (None, "", None)
    (fact,) = announced
    assert (fact.kind, fact.facts) == (Kind.STAYED, {"recorded_at": AT, "journey_ids": [journey.pk]})
    kept = Correction.objects.get(what="moved_on")
    assert (kept.journey, kept.before, kept.reason) == (journey, TODAY.isoformat(), REASON)
    (event,) = logged("people.person.move_taken_back")
    assert (event.person, event.purpose, event.facts) == (journey.child.key, "care", {"is_reopened": True})


def test_a_pregnancy_is_ongoing_again_unless_another_has_begun(house):
    journey = make_pregnancy(house.midwife)
    leave(house, journey.pregnancy.mother)
    assert Pregnancy.objects.get().outcome == "moved"
    stay(house, journey.pregnancy.mother)
    assert (Pregnancy.objects.get().outcome, Pregnancy.objects.get().ended_on) == ("ongoing", None)
    leave(house, journey.pregnancy.mother)
    Pregnancy.objects.create(
        mother=journey.pregnancy.mother, due_on=journey.pregnancy.due_on, due_source="ultrasound", registered_at=AT
    )
    stay(house, journey.pregnancy.mother)
    assert Journey.objects.get(pk=journey.pk).close_reason == "moved"


def test_what_was_closed_before_the_move_stays_closed(house):
    journey = make_birth(house.midwife)[0]
    actions.close_journey(journey=journey, reason="school", on=TODAY, by=house.midwife, at=AT)
    leave(house, journey.child)
    stay(house, journey.child)
    assert Journey.objects.get().close_reason == "school"


def test_only_a_move_that_stands_is_taken_back_and_only_once(house):
    person = lived(house)
    with pytest.raises(actions.NotMoved):
        stay(house, person)
    leave(house, person)
    stay(house, person)
    with pytest.raises(actions.NotMoved):
        stay(house, person)
    leave(house, person)
    actions.record_death(person=Person.objects.get(pk=person.pk), died_on=TODAY, by=house.midwife, at=AT)
    with pytest.raises(actions.NotMoved):
        stay(house, person)


def test_who_comes_back_has_nothing_to_take_back_and_a_move_on_from_elsewhere_keeps_the_home_here(house):
    person = lived(house)
    leave(house, person)
    leave(house, person, AT + timedelta(days=1), actions.Home("Borte 2", "5003", "Bergen"))
    assert Departure.objects.get().street == "Gamleveien 1"
    person = Person.objects.get(pk=person.pk)
    actions.record_move(person=person, home=actions.Home("Ny 1"), moved_on=TODAY, by=house.midwife, at=AT)
    assert not Departure.objects.exists()


@pytest.mark.parametrize("grade", [{"protection": "confidential"}, {"address_protection": "client"}])
def test_of_somebody_graded_while_away_only_the_district_is_kept_and_restored(house, grade):
    person = lived(house)
    leave(house, person)
    person = Person.objects.get(pk=person.pk)
    actions.change_person(person=person, version=person.version, by=house.midwife, at=AT, **grade)
    left = Departure.objects.get()
    assert (left.street, left.postcode, left.city, left.moved_from) == ("", "", "", "")
    stay(house, person)
    assert home_of(person) == ("", "", "", "", house.district, "")


def test_two_entries_that_are_joined_live_where_the_kept_one_lives(house):
    keep, drop = lived(house), make_person(house.midwife, "Prøv", street="Bortegata 3")
    leave(house, drop)
    actions.merge_people(keep=keep, drop=Person.objects.get(pk=drop.pk), reason="Samme person", by=house.midwife, at=AT)
    assert not Departure.objects.exists()
    assert home_of(keep)[0] == "Gamleveien 1"


def test_nobody_moves_after_death(house):
    person = lived(house)
    actions.record_death(person=person, died_on=TODAY, by=house.midwife, at=AT)
    before = home_of(person)
    for outside in (True, False):
        moving = Person.objects.get(pk=person.pk)
        with pytest.raises(actions.HasDied):
            actions.record_move(
                person=moving, home=AWAY, moved_on=TODAY, outside=outside, by=house.midwife, at=AT
            )  # fmt: skip
    assert home_of(person) == before
    assert not Departure.objects.exists()
