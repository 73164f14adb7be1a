"""Reconciling, typing, assigning; who sees which task; and that the SQL says what the rules say."""

from datetime import timedelta

import pytest
from django.db import transaction

from fotspor.access.models import AuditEvent
from fotspor.access.rules import Purpose
from fotspor.kit.errors import Refused
from fotspor.kit.facts import Fact, Kind, announce
from fotspor.pathways.tests.world import AT, TODAY, noon
from fotspor.worklist import actions, queries
from fotspor.worklist.models import Task
from fotspor.worklist.tests.made import day, reconcile, typed, wanted


def tasks():
    return {t.ref: t for t in Task.objects.order_by("pk")}


# --- reconcile -------------------------------------------------------------------------------------------


def test_wanted_tasks_come_change_close_and_end_with_a_reason(world):
    reconcile(world, wanted("x:1"), wanted("x:2"), wanted("x:3"))
    first = tasks()
    reconcile(
        world,
        wanted("x:1", due_on=day(3)),
        wanted("x:2", done_on=day(0), done_by_id=world.colleague.staff_id),
        at=noon(day(1)),
    )
    after = tasks()
    assert after["x:1"].pk == first["x:1"].pk
    assert (after["x:1"].due_on, after["x:1"].derived_at) == (day(3), noon(day(1)))
    assert (after["x:2"].done_on, after["x:2"].done_by_id) == (day(0), world.colleague.staff_id)
    assert (after["x:3"].ended_on, after["x:3"].end_reason) == (day(1), "Not any more.")
    assert len(after) == 3


def test_what_has_not_changed_is_not_written(world):
    reconcile(world, wanted(facts={"on": "2026-01-01"}))
    reconcile(world, wanted(facts={"on": "2026-01-01"}), at=noon(day(3)))
    assert tasks()["x:1"].derived_at == AT


def test_a_task_that_was_done_comes_back_as_a_new_row_when_the_fact_is_taken_back(world):
    reconcile(world, wanted())
    reconcile(world, wanted(done_on=day(0)))
    reconcile(world, wanted(done_on=day(0)))
    reconcile(world, wanted())
    assert [bool(t.done_on) for t in Task.objects.filter(ref="x:1").order_by("pk")] == [True, False]


def test_only_the_scope_and_the_source_are_touched(world):
    reconcile(world, wanted("x:1"), scope="x:")
    reconcile(world, wanted("y:1"), scope="y:")
    reconcile(world, scope="y:")
    assert (tasks()["x:1"].ended_on, tasks()["y:1"].ended_on) == (None, TODAY)


def test_a_colleague_chosen_by_hand_stays_until_the_task_changes_unit(world):
    centre, south = world.units["centre"].pk, world.units["centre_south"].pk
    reconcile(world, wanted(unit_id=centre))
    Task.objects.update(staff=world.staff["colleague"])
    reconcile(world, wanted(unit_id=centre, due_on=day(4)))
    assert tasks()["x:1"].staff == world.staff["colleague"]
    reconcile(world, wanted(unit_id=south, due_on=day(4)))
    assert tasks()["x:1"].staff is None


def test_a_leaders_task_is_marked_by_its_ref(world):
    reconcile(world, wanted("x:1:leader:7"), wanted("x:2"))
    assert {ref: t.for_leader for ref, t in tasks().items()} == {"x:1:leader:7": True, "x:2": False}


@pytest.mark.django_db(transaction=True)
def test_reconciling_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError):
        actions.reconcile(source="contact", scope="x:", wanted=[], by=None, at=AT, end_reason="")


def test_differences_say_what_a_rebuild_would_do(world):
    reconcile(world, wanted("x:1"), wanted("x:2"), wanted("x:3"))
    found = queries.differences(
        source="contact", scope="x:",
        wanted=[wanted("x:1", due_on=day(1)), wanted("x:2", done_on=day(0)), wanted("x:4")],
    )  # fmt: skip
    assert sorted(found) == [
        "x:1: differs", "x:2: open, though done", "x:3: open, though nothing asks for it", "x:4: missing",
    ]  # fmt: skip
    assert tasks()["x:1"].due_on == day(2)


# --- tasks that somebody writes --------------------------------------------------------------------------


def test_a_typed_task_stands_with_the_unit_until_somebody_says_done(world, person):
    task = typed(world, person)
    assert (task.unit_id, task.staff, task.note) == (world.nurse.unit_id, None, "Ring om time")
    actions.finish_typed(task=task, by=world.colleague, at=noon(day(1)))
    task.refresh_from_db()
    assert (task.done_on, task.done_by_id) == (day(1), world.colleague.staff_id)
    assert list(AuditEvent.objects.filter(type__startswith="worklist.").values_list("type", flat=True)) == [
        "worklist.task.written", "worklist.task.finished",
    ]  # fmt: skip
    with pytest.raises(actions.AlreadyClosed):
        actions.finish_typed(task=task, by=world.nurse, at=AT)


def test_a_typed_task_is_refused_for_the_past_a_stranger_or_a_leader(world, person):
    with pytest.raises(Refused):
        typed(world, person, due_on=day(-1))
    with pytest.raises(Refused):
        typed(world, person, staff_id=world.nurse_south.staff_id)
    with pytest.raises(actions.NotAllowed):
        typed(world, person, by=world.leader)
    assert not Task.objects.exists()


def test_a_derived_task_cannot_be_ticked_off(world, person):
    reconcile(world, wanted(person_id=person.pk, unit_id=world.nurse.unit_id))
    with pytest.raises(Refused):
        actions.finish_typed(task=tasks()["x:1"], by=world.nurse, at=AT)


def test_assigning_names_a_colleague_of_the_unit(world, person):
    task = typed(world, person)
    actions.assign(task=task, staff_id=world.colleague.staff_id, by=world.leader, at=AT)
    task.refresh_from_db()
    assert task.staff == world.staff["colleague"]
    actions.assign(task=task, staff_id=None, by=world.nurse, at=AT)
    with pytest.raises(Refused):
        actions.assign(task=task, staff_id=world.midwife.staff_id, by=world.nurse, at=AT)
    with pytest.raises(actions.NotAllowed):
        actions.assign(task=task, staff_id=None, by=world.nurse_south, at=AT)
    with pytest.raises(actions.NotAllowed):
        actions.assign(task=task, staff_id=None, by=world.officer, at=AT)
    assert AuditEvent.objects.filter(type="worklist.task.assigned").count() == 2
    actions.finish_typed(task=task, by=world.nurse, at=AT)
    with pytest.raises(actions.AlreadyClosed):
        actions.assign(task=task, staff_id=None, by=world.nurse, at=AT)


# --- news ------------------------------------------------------------------------------------------------


def news(kind, **values):
    with transaction.atomic():
        announce(Fact(kind, at=AT, **values))


def test_nothing_stays_only_with_somebody_who_left(world, person):
    task = typed(world, person, staff_id=world.colleague.staff_id)
    news(Kind.STAFF_LEFT, facts={"staff_id": world.colleague.staff_id})
    task.refresh_from_db()
    assert task.staff is None


def test_an_emergency_access_is_gone_through_by_the_privacy_officer_alone(world, person):
    facts = {"emergency_key": "abc", "until": AT.isoformat(), "unit_id": world.officer.unit_id}
    news(Kind.EMERGENCY_ACCESS, person_id=person.pk, facts=facts)
    task = Task.objects.get(source="emergency")
    assert list(queries.tasks(viewer=world.officer, purpose=Purpose.PRIVACY, today=TODAY)) == [task]
    for viewer, purpose in (
        (world.chief, Purpose.LEADERSHIP),
        (world.nurse, Purpose.CARE),
        (world.nurse, Purpose.PRIVACY),
    ):
        assert not queries.tasks(viewer=viewer, purpose=purpose, today=TODAY).exists()
    with pytest.raises(actions.NotAllowed):
        actions.finish_typed(task=task, by=world.nurse, at=AT)
    actions.finish_typed(task=task, by=world.officer, at=AT)


def test_what_colleagues_wrote_ends_when_the_person_has_died(world, person):
    task = typed(world, person)
    news(Kind.DIED, person_id=person.pk)
    task.refresh_from_db()
    assert (task.ended_on, task.end_reason) == (TODAY, "The person has died.")


def test_a_joined_record_takes_its_tasks_along(world, person):
    task, other = typed(world, person), world.mother(by=world.nurse)
    with transaction.atomic():
        actions.respond_to(Fact(Kind.MERGED, at=AT, person_id=person.pk, facts={"into_id": other.pk}))
    task.refresh_from_db()
    assert task.person == other


# --- who took it --------------------------------------------------------------------------------------------


def taken(task):
    task.refresh_from_db()
    return task.taken_by_id, task.taken_at


def test_who_took_did_or_ended_a_task_is_noted_with_the_hour(world, person):
    nurse, colleague = world.nurse, world.colleague
    task = typed(world, person)
    assert taken(task) == (None, None)
    actions.assign(task=task, staff_id=colleague.staff_id, by=nurse, at=AT)
    assert taken(task) == (colleague.staff_id, AT)
    actions.assign(task=task, staff_id=None, by=nurse, at=AT)
    assert taken(task) == (None, None)
    actions.finish_typed(task=task, by=nurse, at=AT)
    assert taken(task) == (nurse.staff_id, AT)


def test_a_derived_task_notes_who_did_or_ended_it_and_whose_it_became(world):
    nurse, colleague = world.nurse, world.colleague
    reconcile(world, *[wanted(f"x:{n}", unit_id=nurse.unit_id) for n in (1, 2, 3, 4)])
    later = noon(TODAY) + timedelta(hours=1)
    reconcile(
        world,
        wanted("x:1", unit_id=nurse.unit_id, done_on=TODAY, done_by_id=colleague.staff_id),
        wanted("x:2", unit_id=nurse.unit_id, staff_id=colleague.staff_id),
        wanted("x:3", unit_id=nurse.unit_id, risk=2),
        at=later,
    )
    found = {task.ref: (task.taken_by_id, task.taken_at) for task in Task.objects.all()}
    assert found == {
        "x:1": (colleague.staff_id, later),
        "x:2": (colleague.staff_id, later),
        "x:3": (None, None),
        "x:4": (nurse.staff_id, later),
    }


def test_a_task_is_not_written_for_a_day_more_than_a_year_ahead(world, person):
    with pytest.raises(actions.DayTooLate) as refused:
        typed(world, person, due_on=TODAY.replace(year=2062))
    assert refused.value.field == "due_on"
    assert typed(world, person, due_on=TODAY + timedelta(days=366)).pk
