"""To whom a task may be given: those who would see it themselves, and nobody's own family."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from fotspor.access import actions as access
from fotspor.access.queries import NotInEmergency
from fotspor.desk.queries import day
from fotspor.pathways.tests.world import AT, TODAY, is_the_same, protect
from fotspor.worklist import actions, queries
from fotspor.worklist.models import Task
from fotspor.worklist.rules import Urgency
from fotspor.worklist.tests.made import reconcile, typed, wanted

REASON = "Barnet er her med høy feber og ingen svarer"


@pytest.fixture
def task(world):
    journey = world.child()
    return typed(world, journey.child, due_on=TODAY + timedelta(days=2))


def names(task):
    return {staff.given_name for staff in queries.receivers(task=task, today=TODAY)}


def refused(task, staff_id, by):
    with pytest.raises(actions.CannotReceive) as refusal:
        actions.assign(task=task, staff_id=staff_id, by=by, at=AT)
    assert refusal.value.field == "staff"
    task.refresh_from_db()
    return task.staff_id is None


def test_a_task_is_not_given_to_family(world, task):
    assert names(task) >= {"Nurse", "Colleague"}
    is_the_same(task.person, world.staff["colleague"])
    assert "Colleague" not in names(task)
    assert refused(task, world.colleague.staff_id, world.nurse)
    assert refused(task, world.colleague.staff_id, world.leader)


def test_a_protected_persons_task_is_not_given_to_somebody_who_is_not_named(world, task):
    protect(task.person, "confidential")
    access.open_relation(
        person_id=task.person_id, unit_id=task.unit_id, staff_id=world.nurse.staff_id, basis="named", from_on=TODAY,
        by=world.nurse, at=AT,
    )  # fmt: skip
    assert names(task) == {"Nurse"}
    assert refused(task, world.colleague.staff_id, world.nurse)
    assert actions.assign(task=task, staff_id=world.nurse.staff_id, by=world.nurse, at=AT).staff_id


def test_the_choices_are_those_who_may_have_it(world, task, client):
    is_the_same(task.person, world.staff["colleague"])
    with time_machine.travel(AT, tick=False):
        client.force_login(world.staff["nurse"])
        form = client.get(reverse("worklist:task", args=[task.key])).context["form"]
        keys = {key for key, _name in form.fields["staff"].choices}
        assert world.staff["colleague"].key not in keys
        assert world.staff["nurse"].key in keys
        new = client.get(reverse("worklist:task_new", args=[task.person.key])).context["form"]
        assert world.staff["colleague"].key not in {key for key, _name in new.fields["staff"].choices}
        answer = client.post(reverse("worklist:task_assign", args=[task.key]), {"staff": world.staff["colleague"].key})
        assert answer.status_code == 422
    assert not Task.objects.get(pk=task.pk).staff_id


def test_a_new_task_is_not_written_for_family_or_by_emergency_access(world, task):
    is_the_same(task.person, world.staff["colleague"])
    with pytest.raises(actions.CannotReceive):
        typed(world, task.person, staff_id=world.colleague.staff_id)
    access.break_glass(person_id=task.person_id, reason=REASON, by=world.nurse_south, at=AT)
    with pytest.raises(NotInEmergency):
        typed(world, task.person, by=world.nurse_south)
    assert Task.objects.filter(source="typed").count() == 1


def test_a_leaders_task_goes_to_leaders_alone(world):
    task = Task.objects.create(
        source="baton", ref="x:leader:1", title="x", rule="x", rule_version="1", facts={}, urgency=1, opens_on=TODAY,
        due_on=TODAY, closes_on=TODAY, unit=world.units["centre"], for_leader=True, derived_at=AT,
    )  # fmt: skip
    assert names(task) == {"Leader"}


def alarm(world):
    """An alarm about somebody whom the nurse's unit follows."""
    person = world.child().child
    unit_id = world.nurse.unit_id
    reconcile(world, wanted(unit_id=unit_id, person_id=person.pk, subject_key="x", urgency=Urgency.SAFETY))
    return Task.objects.open().get(ref="x:1")


def test_what_asks_for_care_is_not_given_to_a_leader_who_meets_no_family(world, task):
    assert "Leader" not in names(task)
    assert refused(task, world.leader.staff_id, world.leader)
    assert refused(alarm(world), world.leader.staff_id, world.leader)


def test_an_alarm_stays_at_the_top_for_all_whoever_has_taken_it(world):
    task = alarm(world)
    for staff_id in (None, world.nurse.staff_id, world.colleague.staff_id):
        actions.assign(task=task, staff_id=staff_id, by=world.leader, at=AT)
        for viewer in (world.nurse, world.colleague):
            page = day.day(viewer=viewer, at=AT)
            assert [row.key for row in page.safety] == [task.key]
            assert page.counts.all == day.badge(viewer=viewer, today=TODAY) == len(page.flat)
    Task.objects.filter(pk=task.pk).update(staff=world.staff["leader"])  # as it was possible before
    assert [row.key for row in day.day(viewer=world.nurse, at=AT).safety] == [task.key]
    actions.answer(source="contact", scope="x:", by=world.colleague, at=AT)
    assert not day.day(viewer=world.nurse, at=AT).safety


def test_other_tasks_leave_a_colleagues_day_when_somebody_takes_them(world, task):
    actions.assign(task=task, staff_id=world.colleague.staff_id, by=world.nurse, at=AT)
    assert task not in queries.personal(viewer=world.nurse, today=TODAY)
    assert task in queries.personal(viewer=world.colleague, today=TODAY)
