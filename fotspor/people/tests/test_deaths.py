"""A death that was recorded by mistake: the journey goes on, and a guardian is one again."""

from datetime import timedelta

import pytest

from fotspor.kit.facts import Kind
from fotspor.people import actions
from fotspor.people.models import Correction, Guardianship, Journey, Person
from fotspor.people.tests.made import AT, TODAY, logged, make_birth, make_person


def born(house):
    return make_birth(house.midwife)[0]


def test_a_death_taken_back_opens_the_journey_and_says_so(house, announced):
    journey = born(house)
    dead = actions.record_death(person=journey.child, died_on=TODAY, by=house.midwife, at=AT)
    assert (dead.death_recorded_at, dead.death_recorded_by_id) == (AT, house.midwife.staff_id)
    announced.clear()
    later = AT + timedelta(days=2)
    actions.take_back_death(person=journey.child, reason="Feil barn valgt", by=house.midwife, at=later)
    journey = Journey.objects.get()
    assert (journey.closed_on, journey.close_reason, journey.closed_by) == (None, "", None)
    assert (journey.child.died_on, journey.child.death_recorded_at, journey.child.death_recorded_by) == (None,) * 3
    (fact,) = announced
    assert (fact.kind, fact.journey_id, fact.facts["recorded_at"]) == (Kind.ALIVE, journey.id, AT)
    kept = Correction.objects.get(what="died_on")
    assert (kept.before, kept.after, kept.reason) == (TODAY.isoformat(), "", "Feil barn valgt")
    (event,) = logged("people.person.death_taken_back")
    assert (event.person, event.purpose, event.facts) == (journey.child.key, "care", {"is_reopened": True})


def test_a_death_that_stands_nowhere_is_not_taken_back(house):
    journey = born(house)
    with pytest.raises(actions.NotDead):
        actions.take_back_death(person=journey.child, reason="Feil barn valgt", by=house.midwife, at=AT)
    assert not Correction.objects.exists()


def test_a_guardian_who_lives_has_her_place_again_beside_what_has_changed_since(house):
    child = born(house).child
    mother = Person.objects.get(pk=child.guardianships.get().guardian_id)
    actions.record_death(person=mother, died_on=TODAY, by=house.midwife, at=AT)
    father = make_person(house.midwife, "Far", sex="male")
    actions.add_guardian(
        child=child, guardian=father, kind="father", custody="father", from_on=TODAY, by=house.midwife, at=AT
    )
    actions.take_back_death(person=mother, reason="Feil person valgt", by=house.midwife, at=AT)
    assert set(child.guardianships.filter(until_on=None).values_list("guardian", flat=True)) == {mother.pk, father.pk}


def test_a_guardianship_written_anew_meanwhile_is_not_doubled(house):
    child = born(house).child
    mother = Person.objects.get(pk=child.guardianships.get().guardian_id)
    actions.record_death(person=mother, died_on=TODAY, by=house.midwife, at=AT)
    actions.add_guardian(
        child=child, guardian=mother, kind="mother", custody="mother", from_on=TODAY, by=house.midwife, at=AT
    )
    actions.take_back_death(person=mother, reason="Feil person valgt", by=house.midwife, at=AT)
    assert Guardianship.objects.filter(child=child, until_on=None).count() == 1
