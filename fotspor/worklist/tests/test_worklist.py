"""Reconciling, typing, assigning; who sees which task; and that the SQL says what the rules say."""

from datetime import date, time, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fotspor.access.models import AuditEvent
from fotspor.access.queries import NotVisible
from fotspor.access.rules import Purpose
from fotspor.kit.errors import Refused
from fotspor.kit.facts import Fact, Kind, announce
from fotspor.pathways.tests.world import AT, TODAY, build, noon
from fotspor.services.models import Absence
from fotspor.worklist import actions, labels, queries, rules
from fotspor.worklist.actions import Wanted
from fotspor.worklist.models import Task
from fotspor.worklist.rules import DayClass, Urgency


@pytest.fixture
def world(db):
    return build()


@pytest.fixture
def person(world):
    return world.mother(by=world.nurse)


def day(number):
    return TODAY + timedelta(days=number)


def wanted(ref="x:1", **values):
    chosen = {
        "title": "Home visit", "rule": "Because.", "rule_version": "1", "facts": {}, "opens_on": day(0),
        "due_on": day(2), "closes_on": day(5), "urgency": Urgency.WINDOW,
    }  # fmt: skip
    return Wanted(ref=ref, **chosen | values)


def reconcile(world, *wants, scope="x:", at=AT, **more):
    with transaction.atomic():
        actions.reconcile(
            source="contact", scope=scope, wanted=wants, by=world.nurse, at=at, end_reason="Not any more.", **more
        )


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
    found = actions.differences(
        source="contact", scope="x:", at=AT,
        wanted=[wanted("x:1", due_on=day(1)), wanted("x:2", done_on=day(0)), wanted("x:4")],
    )  # fmt: skip
    assert sorted(found) == [
        "x:1: differs", "x:2: open, though done", "x:3: open, though nothing asks for it", "x:4: missing",
    ]  # fmt: skip
    assert tasks()["x:1"].due_on == day(2)


# --- tasks that somebody writes --------------------------------------------------------------------------


def typed(world, person, by=None, **values):
    chosen = {"kind": "call", "note": "Ring om time", "due_on": day(2)} | values
    return actions.type_task(person=person, by=by or world.nurse, at=AT, **chosen)


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


# --- who sees what ---------------------------------------------------------------------------------------


def seen(viewer, purpose=Purpose.CARE, today=TODAY):
    return set(
        queries.shown(queries.tasks(viewer=viewer, purpose=purpose, today=today), today).values_list("ref", flat=True)
    )


def test_a_unit_sees_its_own_tasks_about_people_it_may_see(world, person):
    mine, theirs = world.units["centre"].pk, world.units["centre_south"].pk
    stranger = world.mother(by=world.nurse_south)
    reconcile(
        world,
        wanted("x:mine", unit_id=mine, person_id=person.pk),
        wanted("x:another-unit", unit_id=theirs, person_id=person.pk),
        wanted("x:a-stranger", unit_id=mine, person_id=stranger.pk),
        wanted("x:not-yet", unit_id=mine, person_id=person.pk, opens_on=day(1)),
        wanted("x:booked-before-it-opens", unit_id=mine, person_id=person.pk, opens_on=day(1), booked_on=TODAY),
        wanted("x:1:leader:1", unit_id=mine, person_id=person.pk),
    )
    assert seen(world.nurse) == {"x:mine", "x:booked-before-it-opens"}
    assert seen(world.leader, Purpose.LEADERSHIP) == {"x:mine", "x:booked-before-it-opens", "x:1:leader:1"}
    assert seen(world.leader, Purpose.CARE) == set()
    assert seen(world.educator) == set()
    assert seen(world.nurse, Purpose.ADMINISTRATION) == set()


def test_tasks_of_somebody_away_show_to_the_substitute_and_the_whole_unit(world, person):
    reconcile(world, wanted(unit_id=world.nurse.unit_id, person_id=person.pk, staff_id=world.colleague.staff_id))

    def personal(viewer):
        return set(queries.personal(viewer=viewer, today=TODAY).values_list("ref", flat=True))

    assert (personal(world.nurse), personal(world.colleague)) == (set(), {"x:1"})
    Absence.objects.create(
        staff=world.staff["colleague"], substitute=world.staff["midwife"], from_on=TODAY, until_on=day(1),
        recorded_at=AT, recorded_by=world.staff["nurse"],
    )  # fmt: skip
    assert personal(world.nurse) == {"x:1"}
    assert personal(world.midwife) == set()  # the substitute works elsewhere and has no relation to her
    from fotspor.access.actions import open_relation

    open_relation(
        person_id=person.pk, unit_id=world.midwife.unit_id, basis="taken_in", from_on=TODAY, by=world.midwife, at=AT
    )
    assert personal(world.midwife) == {"x:1"}
    Absence.objects.update(until_on=TODAY, from_on=day(-2))
    assert (personal(world.nurse), personal(world.midwife)) == (set(), set())


def test_a_loss_shows_to_midwives_only(world):
    mother = world.mother()
    with transaction.atomic():
        actions.reconcile(
            source="loss", scope="loss:", by=world.midwife, at=AT, end_reason="",
            wanted=[wanted("loss:1", unit_id=world.midwife.unit_id, person_id=mother.pk)],
        )  # fmt: skip
    assert seen(world.midwife) == {"loss:1"}
    world.add_staff("midwife_leader", "midwives", "unit_leader")
    assert seen(world.midwife_leader, Purpose.LEADERSHIP) == set()


def test_a_task_has_a_page_for_those_who_see_it(world, person):
    task = typed(world, person)
    assert queries.task_by_key(viewer=world.nurse, purpose=Purpose.CARE, key=task.key, today=TODAY) == task
    for viewer in (world.nurse_south, world.educator, world.officer):
        with pytest.raises(NotVisible):
            queries.task_by_key(viewer=viewer, purpose=Purpose.CARE, key=task.key, today=TODAY)


def test_a_leader_reads_the_kind_of_an_answer_and_no_more(world):
    task = Task(source="routine", title="Safety conversation", rule="Item 10 was %(value)s.", facts={"value": 2})
    assert labels.explanation(task) == "Item 10 was 2."
    assert "2" not in labels.explanation(task, Purpose.LEADERSHIP)
    assert labels.title(task, Purpose.LEADERSHIP) == task.get_source_display()


def test_an_explanation_says_dates_as_dates_and_survives_missing_facts():
    assert "2026" in labels.fill("From %(opens_on)s.", {"opens_on": "2026-11-24"})
    assert labels.fill("From %(opens_on)s.", {"other": 1}) == "From %(opens_on)s."


# --- the rules' tables, compiled -------------------------------------------------------------------------

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "urgency": st.sampled_from([0, 1, 2, 3, 5]),
            "source": st.sampled_from(["contact", "routine", "baton", "stop", "unassigned", "typed"]),
            "risk": st.integers(1, 3),
            "opens": st.integers(-30, 0),
            "due": st.integers(0, 6),
            "closes": st.integers(0, 6),
            "before": st.none() | st.sampled_from([time(12), time(15, 30)]),
            "booked": st.none() | st.integers(-1, 1),
        }
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_the_list_in_sql_has_the_classes_and_the_order_of_the_rules(world, rows):
    Task.objects.all().delete()
    for number, row in enumerate(rows):
        opens = day(row["opens"])
        due = opens + timedelta(days=row["due"] * 4)
        Task.objects.create(
            source=row["source"], ref=f"x:{number}", title="t", rule="r", urgency=row["urgency"], risk=row["risk"],
            opens_on=opens, due_on=due, closes_on=due + timedelta(days=row["closes"]), due_before=row["before"],
            booked_on=None if row["booked"] is None else day(row["booked"]), unit=world.units["centre"], derived_at=AT,
        )  # fmt: skip
    every = queries.tasks(viewer=world.nurse, purpose=Purpose.CARE, today=TODAY)
    found = list(queries.shown(every, TODAY))
    assert len(found) == len(rows)
    assert [t.pk for t in found] == [t.pk for t in sorted(found, key=lambda task: rules.order(task, TODAY))]
    assert [t.day_class for t in found] == [rules.day_class(t, TODAY) for t in found]
    counts = queries.counts(viewer=world.nurse, purpose=Purpose.CARE, today=TODAY)
    assert counts.all == len(found)
    assert {name: counts[name] for name in DayClass} == {
        name: sum(t.day_class == name for t in found) for name in DayClass
    }
    late = set(queries.overdue(viewer=world.nurse, purpose=Purpose.CARE, today=TODAY).values_list("pk", flat=True))
    assert (
        late
        == {t.pk for t in found if rules.is_overdue(t.closes_on, TODAY)}
        == {t.pk for t in found if t.day_class == DayClass.OVERDUE}
    )


def test_households_group_what_stands_at_one_address(world):
    mother = world.mother(by=world.nurse, street="Felles 1")
    sister = world.mother(by=world.nurse, street="Felles 1")
    father = world.mother(by=world.nurse, street="Annen vei 2")
    unit = world.nurse.unit_id
    reconcile(
        world,
        wanted("x:1", unit_id=unit, person_id=father.pk),
        wanted("x:2", unit_id=unit, person_id=mother.pk, urgency=Urgency.SAFETY),
        wanted("x:3", unit_id=unit, person_id=sister.pk, due_on=day(5)),
    )
    rows = queries.shown(queries.tasks(viewer=world.nurse, purpose=Purpose.CARE, today=TODAY), TODAY)
    grouped = [[t.ref for t in group] for group in queries.households(rows).values()]
    assert grouped == [["x:2", "x:3"], ["x:1"]]


def test_the_units_worklist_is_found_by_index(world, person):
    reconcile(world, *[wanted(f"x:{n}", unit_id=world.nurse.unit_id, person_id=person.pk) for n in range(30)])
    found = queries.shown(queries.tasks(viewer=world.nurse, purpose=Purpose.CARE, today=TODAY), TODAY)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    plan = found.filter(unit_id=world.nurse.unit_id).explain()
    assert "task_open_by" in plan or "task_one_open_per_ref" in plan
    assert "SCAN worklist_task " not in plan
    assert "Seq Scan on worklist_task" not in plan


def test_the_list_costs_the_same_however_long(world, person, django_assert_num_queries):
    reconcile(world, *[wanted(f"x:{n}", unit_id=world.nurse.unit_id, person_id=person.pk) for n in range(20)])
    viewer = world.nurse
    with django_assert_num_queries(1):
        rows = queries.shown(queries.tasks(viewer=viewer, purpose=Purpose.CARE, today=TODAY), TODAY)
        assert len(queries.households(rows)) == 1
    with django_assert_num_queries(1):
        queries.counts(viewer=viewer, purpose=Purpose.CARE, today=TODAY)


def test_today_is_a_day_and_not_a_clock():
    assert queries.start_of(date(2026, 10, 25)).isoformat() == "2026-10-25T00:00:00+02:00"
