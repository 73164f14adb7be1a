"""From a pregnancy to births, twins and loss: each way out, who sees what afterwards, and the line in the log."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from fotspor.access import actions as access
from fotspor.access.models import CareRelation
from fotspor.access.queries import NotVisible
from fotspor.access.rules import Part, Purpose
from fotspor.kit.facts import Kind
from fotspor.people import actions, queries
from fotspor.people.actions import Newborn
from fotspor.people.models import Guardianship, Journey, Person, Pregnancy
from fotspor.people.tests.made import (
    AT,
    DUE,
    TODAY,
    logged,
    make_birth,
    make_person,
    make_pregnancy,
    number_of,
)


def journeys_seen(viewer):
    return list(queries.visible_journeys(viewer=viewer, purpose=Purpose.CARE, part=Part.RECORD, at=AT))


def test_a_pregnancy_opens_a_journey_and_the_midwives_relation(house):
    journey = make_pregnancy(house.midwife)
    assert (journey.child, journey.opened_on, journey.closed_on) == (None, TODAY, None)
    bases = set(CareRelation.objects.filter(person=journey.subject).values_list("basis", flat=True))
    assert bases == {"registered", "pregnancy"}
    assert logged("people.pregnancy.registered")[0].person == journey.subject.key


def test_a_woman_has_one_ongoing_pregnancy(house):
    journey = make_pregnancy(house.midwife)
    with pytest.raises(actions.AlreadyExpecting):
        make_pregnancy(house.midwife, journey.subject)
    with pytest.raises(IntegrityError), transaction.atomic():
        Pregnancy.objects.create(mother=journey.subject, due_on=DUE, due_source="ultrasound", registered_at=AT)


def test_the_dead_expect_nobody(house):
    mother = make_person(house.midwife)
    actions.record_death(person=mother, died_on=TODAY, by=house.midwife, at=AT)
    with pytest.raises(actions.AlreadyExpecting):
        make_pregnancy(house.midwife, mother)


def test_a_due_date_out_of_reach_is_refused(house):
    with pytest.raises(actions.BadDate):
        make_pregnancy(house.midwife, due_on=TODAY + timedelta(days=400))
    assert not Pregnancy.objects.exists()


def test_birth_continues_the_journey(house, announced):
    journey = make_pregnancy(house.midwife)
    (born,) = make_birth(house.midwife, "female", journey=journey)
    assert (born.id, born.pregnancy.outcome, born.pregnancy.ended_on) == (journey.id, "born", DUE)
    assert (born.child.born_on, born.child.sex, born.child.household) == (DUE, "female", journey.subject.household)
    mother = Guardianship.objects.get(child=born.child)
    assert (mother.guardian_id, mother.kind, mother.custody, mother.from_on) == (
        born.pregnancy.mother_id, "mother", "unknown", DUE
    )  # fmt: skip
    (fact,) = announced
    assert (fact.kind, fact.journey_id, fact.person_id) == (Kind.BORN, journey.id, born.child_id)
    assert fact.facts == {"born_on": DUE, "split_from_id": None}
    assert logged("people.birth.recorded")[0].person == born.child.key


def test_the_other_parent_becomes_a_guardian_of_the_right_kind(house):
    for sex, kind in [("male", "father"), ("female", "co_mother"), ("unknown", "other")]:
        other = make_person(house.midwife, "Ola", sex=sex)
        journey = make_pregnancy(house.midwife, make_person(house.midwife), other_parent=other)
        (born,) = make_birth(house.midwife, journey=journey)
        assert Guardianship.objects.get(child=born.child, guardian=other).kind == kind


def test_units_with_a_relation_through_the_pregnancy_see_the_child_too(house):
    journey = make_pregnancy(house.midwife)
    access.open_relation(
        person_id=journey.subject.id, unit_id=house.station.id, basis="baton", from_on=TODAY, by=house.midwife, at=AT
    )
    (born,) = make_birth(house.midwife, journey=journey)
    assert set(CareRelation.objects.filter(person=born.child).values_list("unit_id", "basis")) == {
        (house.midwifery.id, "pregnancy"),
        (house.station.id, "baton"),
    }
    assert journeys_seen(house.nurse) == [born]
    assert journeys_seen(house.stranger) == []


def test_twins_split_the_journey_in_the_order_they_were_born(house, announced):
    first, second, third = make_birth(house.midwife, "female", "male", "female")
    assert (first.split_from, second.split_from, third.split_from) == (None, first, first)
    assert [j.child.birth_order for j in (first, second, third)] == [1, 2, 3]
    assert [j.child.sex for j in (first, second, third)] == ["female", "male", "female"]
    assert [fact.facts["split_from_id"] for fact in announced] == [None, first.id, first.id]
    assert Person.objects.filter(household=first.child.household).count() == 4


def test_a_stillborn_twin_leaves_a_journey_only_the_midwives_see(house, announced):
    journey = make_pregnancy(house.midwife)
    access.open_relation(
        person_id=journey.subject.id, unit_id=house.station.id, basis="baton", from_on=TODAY, by=house.midwife, at=AT
    )
    (living,) = make_birth(house.midwife, journey=journey, stillborn=1)
    lost = Journey.objects.get(close_reason="loss")
    assert (lost.split_from, lost.child, living.closed_on) == (living, None, None)
    assert {fact.kind for fact in announced} == {Kind.BORN, Kind.PREGNANCY_ENDED}
    assert lost in journeys_seen(house.midwife)
    assert journeys_seen(house.nurse) == [living]


def test_a_child_of_a_protected_mother_is_protected_and_seen_by_the_named_only(house):
    mother = make_person(house.midwife, protection="strict")
    (born,) = make_birth(house.midwife, journey=make_pregnancy(house.midwife, mother))
    assert (born.child.protection, born.child.street) == ("strict", "")
    assert journeys_seen(house.midwife) == [born]
    assert journeys_seen(house.colleague) == []


def test_a_birth_without_a_living_child_is_recorded_as_what_it_was(house):
    journey = make_pregnancy(house.midwife)
    with pytest.raises(actions.NoOneBorn):
        actions.record_birth(journey=journey, born_on=DUE, children=[], by=house.midwife, at=AT)


@pytest.mark.parametrize("born_on", [TODAY + timedelta(days=1), DUE - timedelta(days=150), DUE - timedelta(days=365)])
def test_a_birth_date_that_cannot_be_is_refused_and_nothing_is_stored(house, born_on):
    journey = make_pregnancy(house.midwife)
    with pytest.raises(actions.BadDate):
        make_birth(house.midwife, journey=journey, born_on=born_on)
    journey.refresh_from_db()
    assert journey.child is None


def test_a_birth_is_recorded_once(house):
    journey = make_pregnancy(house.midwife)
    make_birth(house.midwife, journey=journey)
    with pytest.raises(actions.NotExpecting):
        make_birth(house.midwife, journey=journey)
    assert Journey.objects.count() == 1


def test_a_stranger_records_no_birth_and_no_loss(house):
    journey = make_pregnancy(house.midwife)
    with pytest.raises(NotVisible):
        make_birth(house.stranger, journey=journey)
    with pytest.raises(NotVisible):
        actions.record_loss(journey=journey, outcome="loss", ended_on=TODAY, by=house.stranger, at=AT)


def test_the_child_the_register_sent_first_is_the_child_that_is_born(house):
    number = number_of(DUE)
    sent = make_person(house.midwife, "Sofie", born_on=DUE, number=number)
    journey = make_pregnancy(house.midwife)
    newborn = Newborn(sex="female", number=number)
    (born,) = actions.record_birth(journey=journey, born_on=DUE, children=[newborn], by=house.midwife, at=AT)
    assert born.child == sent
    assert Person.objects.filter(born_on=DUE).count() == 1


def test_a_child_with_a_record_of_its_own_is_not_born_again(house):
    number = number_of(DUE)
    child = make_person(house.midwife, "Sofie", born_on=DUE, number=number)
    actions.open_child_journey(child=child, opened_on=TODAY, by=house.midwife, at=AT)
    with pytest.raises(actions.AlreadyRegistered) as refused:
        actions.record_birth(
            journey=make_pregnancy(house.midwife),
            born_on=DUE,
            children=[Newborn(sex="female", number=number)],
            by=house.midwife,
            at=AT,
        )
    assert refused.value.key == child.key


# --- loss --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outcome", ["loss", "stillbirth"])
def test_loss_ends_the_journey_gently(house, announced, outcome):
    journey = make_pregnancy(house.midwife)
    actions.record_loss(journey=journey, outcome=outcome, ended_on=TODAY, by=house.midwife, at=AT)
    journey = Journey.objects.get()
    assert (journey.close_reason, journey.closed_on) == ("loss", TODAY)
    assert (journey.pregnancy.outcome, journey.pregnancy.ended_on) == (outcome, TODAY)
    (fact,) = announced
    assert (fact.kind, fact.journey_id, fact.person_id) == (
        Kind.PREGNANCY_ENDED, journey.id, journey.pregnancy.mother_id
    )  # fmt: skip
    assert logged("people.pregnancy.lost")[0].person == journey.pregnancy.mother.key


def test_after_a_loss_only_midwives_with_a_relation_see_the_journey_and_the_mother_is_as_before(house):
    journey = make_pregnancy(house.midwife)
    mother = journey.subject
    access.open_relation(
        person_id=mother.id, unit_id=house.station.id, basis="baton", from_on=TODAY, by=house.midwife, at=AT
    )
    assert journeys_seen(house.nurse) == [journey]
    actions.record_loss(journey=journey, outcome="loss", ended_on=TODAY, by=house.midwife, at=AT)
    assert journeys_seen(house.midwife) == [journey]
    assert journeys_seen(house.nurse) == []
    with pytest.raises(NotVisible):
        queries.journey_by_key(viewer=house.nurse, key=journey.key, purpose=Purpose.CARE, part=Part.RECORD, at=AT)
    assert queries.person_page(viewer=house.nurse, key=mother.key, at=AT).pregnancies == []
    (hit,) = queries.search(viewer=house.midwife, text="Kari Nordmann", at=AT)
    assert (hit.person, hit.journeys) == (mother, ())


def test_a_midwife_who_has_taken_in_nobody_sees_no_loss_by_emergency_access(house):
    journey = make_pregnancy(house.midwife)
    mother = journey.subject
    actions.record_loss(journey=journey, outcome="loss", ended_on=TODAY, by=house.midwife, at=AT)
    access.end_relations(person_id=mother.id, by=house.midwife, at=AT)
    access.break_glass(person_id=mother.id, reason="Akutt spørsmål fra sykehuset nå", by=house.midwife, at=AT)
    later = AT + timedelta(minutes=5)
    seen = queries.visible_journeys(viewer=house.midwife, purpose=Purpose.CARE, part=Part.RECORD, at=later)
    assert list(seen) == []


@pytest.mark.parametrize("ended_on", [TODAY + timedelta(days=1), DUE - timedelta(days=281)])
def test_a_loss_is_dated_from_the_beginning_of_the_pregnancy_to_today(house, ended_on):
    journey = make_pregnancy(house.midwife)
    with pytest.raises(actions.BadDate):
        actions.record_loss(journey=journey, outcome="loss", ended_on=ended_on, by=house.midwife, at=AT)


def test_what_is_no_loss_is_a_fault_in_the_house(house):
    with pytest.raises(ValueError, match="born"):
        actions.record_loss(
            journey=make_pregnancy(house.midwife), outcome="born", ended_on=TODAY, by=house.midwife, at=AT
        )


def test_a_pregnant_minor_has_a_record_of_her_own(house):
    """Her own journey and her child's are two, and her guardians have no part in hers."""
    girl = make_person(house.nurse, "Ung", born_on=date(2010, 5, 4))
    own = actions.open_child_journey(child=girl, opened_on=TODAY, by=house.nurse, at=AT)
    access.open_relation(
        person_id=girl.id, unit_id=house.midwifery.id, basis="taken_in", from_on=TODAY, by=house.midwife, at=AT
    )
    journey = make_pregnancy(house.midwife, girl)
    assert journey.subject == girl
    assert set(journeys_seen(house.midwife)) == {own, journey}
    parent = make_person(house.nurse, "Mor")
    actions.add_guardian(
        child=girl, guardian=parent, kind="mother", custody="mother", from_on=TODAY, by=house.nurse, at=AT
    )
    page = queries.person_page(viewer=house.nurse, key=parent.key, at=AT)
    assert page.pregnancies == []
    (born,) = make_birth(house.midwife, journey=journey)
    assert [g.guardian for g in queries.guardians_of(child_id=born.child_id, on=TODAY)] == [girl]
