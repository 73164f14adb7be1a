"""The same facts with every slice listening: one baton per open journey, nothing expected of those who are gone."""

from datetime import timedelta

import pytest
from django.conf import settings as configured

from fotspor.access import actions as access
from fotspor.pathways.actions import open_journey
from fotspor.pathways.models import Baton, Contact
from fotspor.people import actions
from fotspor.people.models import Journey, Person
from fotspor.people.tests.made import AT, DUE, TODAY, make_person
from fotspor.worklist.models import Task

HANDLERS = list(configured.FACT_HANDLERS)
BEFORE = AT - timedelta(days=150)


@pytest.fixture(autouse=True)
def everybody_listens(settings, announced):
    settings.FACT_HANDLERS = HANDLERS


@pytest.fixture
def journey(house):
    house.midwifery.serves.add(house.district)
    house.station.serves.add(house.district)
    mother = make_person(house.midwife, at=BEFORE, street="Storgata 1", postcode="7000", district=house.district)
    return open_journey(mother=mother, due_on=DUE, due_source="ultrasound", by=house.midwife, at=BEFORE)


def born(house, journey, *sexes, **more):
    children = [actions.Newborn(sex=sex) for sex in sexes]
    return actions.record_birth(journey=journey, born_on=DUE, children=children, by=house.midwife, at=AT, **more)


def holds():
    """The invariants that no fact may break."""
    for journey in Journey.objects.all():
        held = Baton.objects.filter(journey=journey, until_at=None).count()
        assert held == (1 if journey.closed_on is None else 0), journey.close_reason
        if journey.closed_on is not None:
            assert not Contact.objects.expected().filter(journey=journey).exists(), journey.close_reason
    people = Task.objects.filter(done_on=None, ended_on=None).exclude(person=None)
    assert not people.exclude(person__merged_into=None).exists()


def test_twins_of_whom_one_did_not_live(house, journey):
    first, second = born(house, journey, "female", "male", stillborn=1)
    assert Contact.objects.expected().filter(journey=first).count() > 5
    assert Contact.objects.expected().filter(journey=second).count() > 5
    holds()


def test_a_loss(house, journey):
    actions.record_loss(journey=journey, outcome="loss", ended_on=TODAY, by=house.midwife, at=AT)
    holds()
    open_tasks = Task.objects.filter(done_on=None, ended_on=None, journey=journey)
    assert [task.source for task in open_tasks] == ["loss"]


def test_out_of_the_municipality_and_back_and_a_death(house, journey):
    first, second = born(house, journey, "female", "male")
    home = actions.Home("Ny vei 1", "7010", "Byen", house.district)
    actions.record_move(person=first.child, home=home, moved_on=TODAY, outside=True, by=house.midwife, at=AT)
    holds()
    child = Person.objects.get(pk=first.child_id)
    actions.record_move(person=child, home=home, moved_on=TODAY, by=house.midwife, at=AT)
    holds()
    assert Contact.objects.expected().filter(journey=first).exists()
    actions.record_death(person=Person.objects.get(pk=second.child_id), died_on=TODAY, by=house.midwife, at=AT)
    holds()


def test_an_adoption(house, journey):
    (only,) = born(house, journey, "female")
    new = make_person(house.midwife, "Nye", district=house.district)
    actions.adopt(
        child=only.child,
        guardians=[actions.NewGuardian(new, "mother", "mother")],
        on=TODAY,
        reason="Vedtak om adopsjon",
        by=house.midwife,
        at=AT,
    )
    holds()


def test_two_entries_of_one_child_with_a_journey_each(house, journey):
    (only,) = born(house, journey, "female")
    twice = make_person(house.midwife, "Sofie", born_on=DUE, district=house.district)
    actions.open_child_journey(child=twice, opened_on=TODAY, by=house.midwife, at=AT)
    holds()
    access.open_relation(
        person_id=twice.id, unit_id=house.station.id, basis="baton", from_on=TODAY, by=house.nurse, at=AT
    )
    keep, drop = Person.objects.get(pk=twice.pk), Person.objects.get(pk=only.child_id)
    actions.merge_people(keep=keep, drop=drop, reason="Samme barn", by=house.midwife, at=AT)
    holds()
    assert Journey.objects.open().get().child == keep


def test_two_entries_of_one_mother(house, journey):
    other = make_person(house.midwife, "Kari", "Nordman")
    born(house, journey, "female")
    drop = Person.objects.get(pk=journey.subject.pk)
    actions.merge_people(keep=other, drop=drop, reason="Samme kvinne", by=house.midwife, at=AT)
    holds()


def test_corrected_dates(house, journey):
    pregnancy = journey.pregnancy
    actions.correct_due(
        pregnancy=pregnancy,
        due_on=DUE + timedelta(days=10),
        due_source="ultrasound",
        reason="Ultralyd",
        by=house.midwife,
        at=BEFORE,
    )
    (only,) = born(house, journey, "female")
    before = set(Contact.objects.filter(journey=only).values_list("step", flat=True))
    actions.correct_birth(
        person=only.child, born_on=DUE - timedelta(days=1), reason="Feil dag", by=house.midwife, at=AT
    )
    assert before == set(Contact.objects.filter(journey=only).values_list("step", flat=True))
    holds()
