"""Who is named for a protected person, by whom, and whose consents an adoption hides."""

import pytest

from fotspor.access import actions, queries
from fotspor.access.models import AuditEvent, CareRelation, Consent
from fotspor.access.tests.made import AT, LONG_AGO, ON, make_guardian, make_person, make_unit, viewer_in
from fotspor.people.models import Journey, Person
from fotspor.services.models import Staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def child(unit, nurse):
    child = make_person()
    actions.open_relation(person_id=child.pk, unit_id=unit.pk, basis="baton", from_on=LONG_AGO, by=nurse, at=AT)
    return child


def last():
    return AuditEvent.objects.latest("id")


def open_for(person, unit, by, basis):
    return actions.open_relation(person_id=person.pk, unit_id=unit.pk, basis=basis, from_on=ON, by=by, at=AT)


def test_only_those_who_meet_families_in_the_unit_are_named_and_never_family(unit, nurse):
    person, colleague, leader = make_person(protection="strict"), viewer_in(unit), viewer_in(unit, "unit_leader")
    open_for(person, unit, nurse, basis="registered")
    number = {"identity_number": "01810199999", "identity_kind": "synthetic", "identity_index": "own"}
    Person.objects.filter(pk=person.pk).update(**number)
    Staff.objects.filter(pk=colleague.staff_id).update(identity_index="own")
    for one in (colleague, leader, viewer_in(make_unit())):
        with pytest.raises(actions.MayNotName):
            actions.name_staff(person_id=person.pk, staff_id=one.staff_id, from_on=ON, by=nurse, at=AT)
    assert not CareRelation.objects.filter(staff_id__in=[colleague.staff_id, leader.staff_id]).exists()


def test_a_leader_names_for_leadership_and_a_colleague_for_care(unit, nurse):
    person, leader = make_person(protection="strict"), viewer_in(unit, "unit_leader")
    open_for(person, unit, nurse, basis="registered")
    for by, purpose in ((nurse, "care"), (leader, "leadership")):
        actions.name_staff(person_id=person.pk, staff_id=viewer_in(unit).staff_id, from_on=ON, by=by, at=AT)
        assert last().purpose == purpose


def test_a_leader_answers_for_whom_the_unit_holds_the_baton_of(unit, nurse):
    person, leader = make_person(protection="strict"), viewer_in(unit, "unit_leader")
    assert not queries.answers_for(viewer=leader, person_id=person.pk, at=AT)
    journey = Journey.objects.begin(child=person, opened_on=ON, by_id=nurse.staff_id, at=AT)
    baton = journey.batons.create(unit=unit, since_at=AT)
    assert queries.answers_for(viewer=leader, person_id=person.pk, at=AT)
    assert not queries.answers_for(viewer=nurse, person_id=person.pk, at=AT)
    assert not queries.answers_for(viewer=viewer_in(make_unit(), "unit_leader"), person_id=person.pk, at=AT)
    baton.until_at, baton.until_by_id = AT, nurse.staff_id
    baton.save()
    assert not queries.answers_for(viewer=leader, person_id=person.pk, at=AT)


def test_after_an_adoption_consents_of_former_parents_are_not_shown(unit, nurse, child):
    former, new = make_guardian(child), make_guardian(child)
    for giver in (former, new):
        Consent.objects.create(
            person=child, given_by_id=giver.pk, what="agreed_steps", purpose="p", from_on=ON, recorded_at=AT,
            recorded_by_id=nurse.staff_id,
        )  # fmt: skip
    child.guardianships.filter(guardian=former).update(until_on=ON)

    def givers():
        page = queries.consents_of(viewer=nurse, person_key=child.key, at=AT)
        return {row.given_by for card in page.cards for row in card.given}

    assert givers() == {f"{former.name} (mor)", f"{new.name} (mor)"}
    journey = Journey.objects.begin(child=child, opened_on=ON, by_id=nurse.staff_id, at=AT)
    Journey.objects.filter(pk=journey.pk).update(is_sealed=True)
    assert givers() == {f"{new.name} (mor)"}
