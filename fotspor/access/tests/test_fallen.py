"""When no leader of the unit may see it, a task about a protected person falls to the leader above, without a name."""

from datetime import date

import pytest
from django.urls import reverse

from fotspor.access import queries
from fotspor.access.actions import name_staff
from fotspor.access.actions.relations import MayNotName
from fotspor.access.models import AuditEvent, CareRelation
from fotspor.desk.queries import unit as led
from fotspor.kit.encryption import blind_index
from fotspor.pathways.tests.conftest import Browser, browser, world
from fotspor.pathways.tests.world import AT, TODAY, is_the_same, protect
from fotspor.people import identifiers
from fotspor.people.models import Guardianship, Person
from fotspor.services.models import Membership, Staff, Unit
from fotspor.worklist.models import Task

__all__ = ["Browser", "browser", "world"]


def waiting(world, person, unit="centre", **values):
    values = {
        "source": "typed", "ref": f"typed:{person.key}", "title": "Call", "rule": "r", "person": person,
        "unit": world.units[unit], "opens_on": TODAY, "due_on": TODAY, "closes_on": TODAY, "derived_at": AT, **values,
    }  # fmt: skip
    return Task.objects.create(**values)


@pytest.fixture
def person(world):
    """A protected person in the unit's care, whom nobody in the unit is named for."""
    found = world.mother(world.nurse, given_name="Hemmelig", family_name="Navnesen")
    protect(found, "strict")
    CareRelation.objects.filter(person=found, staff__isnull=False).delete()
    return found


@pytest.fixture
def task(world, person):
    return waiting(world, person)


@pytest.fixture
def family(world, person):
    """The unit's only leader is the person's own child's other guardian."""
    child = world.child().child
    number = next(identifiers.synthetic_numbers(date(1990, 2, 3)))
    leader = Person.objects.create(
        given_name="Leder", family_name="Selv", born_on=date(1990, 2, 3), identity_number=number,
        identity_index=blind_index(number), identity_kind="synthetic", registered_at=AT,
    )  # fmt: skip
    Staff.objects.filter(pk=world.staff["leader"].pk).update(identity_index=blind_index(number))
    for guardian in (person, leader):
        Guardianship.objects.create(
            child=child, guardian=guardian, kind="other", from_on=TODAY, recorded_at=AT
        )  # fmt: skip
    return leader


def keys(viewer):
    return set(led.led(viewer=viewer, at=AT).visible_from(TODAY).values_list("key", flat=True))


def test_a_leader_who_is_no_family_keeps_it(world, task):
    assert task.key in keys(world.leader)
    assert task.key not in keys(world.chief)
    assert queries.fallen(viewer=world.chief, at=AT) == []


def test_it_falls_to_the_leader_above_without_a_name(world, browser, person, family, task):
    assert task.key not in keys(world.leader)
    assert task.key in keys(world.chief)
    page = browser.enter("chief").get("desk:unit").content.decode()
    assert reverse("desk:name_colleagues", args=[task.key]) in page
    assert world.units["centre"].name in page
    for word in (person.given_name, person.family_name, person.key):
        assert word not in page
    assert browser.get("worklist:task", task.key).status_code == 404
    for stranger in ("nurse_south", "educator", "officer"):
        assert browser.enter(stranger).get("desk:name_colleagues", task.key).status_code == 404


def test_list_count_and_badge_agree_for_the_leader_above(world, person, family, task):
    waiting(world, person, ref="x:leader:1", for_leader=True)
    found = led.unit(viewer=world.chief, at=AT)
    assert len(found.rows) == found.counts.all == found.shown == 2
    assert len(found.for_me) == led.badge(viewer=world.chief, at=AT) == 1
    assert {row.is_nameless for row in found.rows} == {True}


def test_the_leader_above_chooses_who_follows_up_in_the_unit(world, browser, person, family, task):
    browser.enter("chief")
    answer = browser.post("desk:name_colleagues", task.key, staff=world.staff["nurse"].key)
    assert answer.status_code == 302
    relation = CareRelation.objects.get(person=person, basis="named")
    assert (relation.unit, relation.staff) == (world.units["centre"], world.staff["nurse"])
    event = AuditEvent.objects.filter(type="access.relation.opened", person=person.key).latest("id")
    assert (event.staff, event.purpose) == (world.staff["chief"].key, "leadership")
    assert task.key not in keys(world.chief)


def test_nobody_names_staff_in_a_unit_that_has_its_own_leader(world, person, task):
    with pytest.raises(MayNotName):
        name_staff(
            person_id=person.pk, staff_id=world.staff["nurse"].pk, from_on=TODAY,
            unit_id=world.units["centre"].pk, by=world.chief, at=AT,
        )  # fmt: skip
    assert not CareRelation.objects.filter(person=person, basis="named").exists()


def test_somebody_named_and_at_work_is_enough(world, person, family, task):
    CareRelation.objects.create(
        person=person, unit=world.units["centre"], staff=world.staff["nurse"], basis="named", from_on=TODAY,
        opened_at=AT, opened_by=world.staff["nurse"],
    )  # fmt: skip
    assert task.key not in keys(world.chief)


def test_a_unit_without_a_leader_is_the_same(world, person):
    task = waiting(world, person, "centre_south")
    assert task.key in keys(world.chief)
    assert task.key not in keys(world.leader)


def test_without_an_administration_it_falls_to_another_units_leader(world, person, family, task):
    world.staff["chief"].memberships.update(until_on=TODAY)
    world.add_staff("leader_south", "centre_south", "unit_leader")
    assert task.key in keys(world.leader_south)


def test_when_every_leader_is_family_the_officer_is_told_where_and_not_about_whom(world, browser, person, task):
    is_the_same(person, world.staff["leader"])
    Membership.objects.filter(role="unit_leader").exclude(staff=world.staff["leader"]).update(until_on=TODAY)
    assert queries.leaderless(viewer=world.officer, at=AT) == [(world.units["centre"].name, 1)]
    page = browser.enter("officer").get("access:emergencies").content.decode()
    assert world.units["centre"].name in page
    for word in (person.given_name, person.family_name, person.key, task.key):
        assert word not in page
    for other in (world.leader, world.nurse):
        assert queries.leaderless(viewer=other, at=AT) == []
    assert queries.leaderless(viewer=world.officer, at=AT)
    world.add_staff("leader_south", "centre_south", "unit_leader")
    assert queries.leaderless(viewer=world.officer, at=AT) == []


def test_what_is_left_in_a_closed_unit_is_seen_too(world):
    ordinary = world.mother(world.nurse)
    task = waiting(world, ordinary, "centre_south")
    assert task.key not in keys(world.chief)
    Unit.objects.filter(pk=world.units["centre_south"].pk).update(until_on=TODAY)
    assert task.key in keys(world.chief)
    assert {row.is_nameless for row in led.unit(viewer=world.chief, at=AT).rows} == {True}
