"""Who sees which task; and that the SQL says what the rules say."""

from datetime import time, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fotspor.access.queries import NotVisible
from fotspor.access.rules import Purpose
from fotspor.pathways.tests.world import AT, TODAY
from fotspor.services.models import Absence
from fotspor.worklist import actions, labels, queries, rules
from fotspor.worklist.models import Task
from fotspor.worklist.rules import DayClass, Urgency
from fotspor.worklist.tests.made import day, reconcile, typed, wanted

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
    plan = found.explain()
    assert "task_shown_by_unit" in plan
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


def test_what_others_took_since_is_known_and_what_one_took_oneself_is_not_news(world, person):
    mine, theirs, before = (typed(world, person) for _ in range(3))
    since, later = AT, AT + timedelta(minutes=5)
    actions.finish_typed(task=before, by=world.colleague, at=since)
    actions.finish_typed(task=mine, by=world.nurse, at=later)
    actions.assign(task=theirs, staff_id=world.colleague.staff_id, by=world.colleague, at=later)
    assert queries.taken_since(viewer=world.nurse, since=since, today=TODAY) == [theirs.key]
    assert queries.taken_since(viewer=world.colleague, since=since, today=TODAY) == [mine.key]
    assert queries.taken_since(viewer=world.nurse_south, since=since, today=TODAY) == []


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "Ingen har tatt den"),
        ({"done_on": TODAY}, "Allerede gjort"),
        ({"ended_on": TODAY, "end_reason": "The pregnancy has ended."}, "Svangerskapet er avsluttet."),
        ({"ended_on": TODAY}, "Ikke lenger nødvendig"),
        ({"taken_by": "colleague"}, "Tatt av Colleague Prøve kl. 12.00"),
        ({"taken_by": "colleague", "done_on": TODAY}, "Gjort av Colleague Prøve kl. 12.00"),
        ({"taken_by": "nurse", "done_on": TODAY}, "Gjort av deg kl. 12.00"),
    ],
)
def test_a_receipt_says_what_has_become_of_it(world, person, values, said):
    task = typed(world, person)
    for name, value in values.items():
        setattr(task, name, world.staff[value] if name == "taken_by" else value)
    task.taken_at = AT if task.taken_by_id else None
    assert labels.receipt(task, world.nurse.staff_id) == said


def test_a_new_task_may_be_about_those_on_the_list_each_once(world, person, django_assert_max_num_queries):
    other = world.mother(by=world.nurse, family_name="Aune")
    for whom in (person, person, other):
        typed(world, whom)
    typed(world, world.mother(by=world.nurse_south), by=world.nurse_south)
    with django_assert_max_num_queries(4):
        assert queries.about_whom(viewer=world.nurse, today=TODAY) == [other, person]
