"""Everybody is counted, and once: the rule and the counted set agree, and the sum is the population."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from django.db import connection

from fotspor.access.rules import Permission
from fotspor.pathways.models import Baton, Contact
from fotspor.pathways.queries.ledger import NO_JOURNEY, NO_UNIT, journeys_by_standing, ledger, standings_of
from fotspor.pathways.rules.standing import Standing, standing
from fotspor.pathways.tests.world import AT, TODAY, build
from fotspor.people import actions as people
from fotspor.people.models import Journey, Person
from fotspor.worklist.models import Task

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Piece:
    opens_on: date
    closes_on: date
    booked_on: date | None = None


@pytest.mark.parametrize(
    ("tasks", "where"),
    [
        ([], Standing.NOTHING),
        ([Piece(TODAY + DAY, TODAY + 9 * DAY)], Standing.LATER),
        ([Piece(TODAY + DAY, TODAY + 9 * DAY, booked_on=TODAY)], Standing.NOW),
        ([Piece(TODAY + DAY, TODAY + 9 * DAY, booked_on=TODAY + DAY)], Standing.LATER),
        ([Piece(TODAY, TODAY)], Standing.NOW),
        ([Piece(TODAY - 9 * DAY, TODAY - DAY)], Standing.OVERDUE),
        ([Piece(TODAY, TODAY), Piece(TODAY - 9 * DAY, TODAY - DAY)], Standing.OVERDUE),
    ],
)
def test_the_first_that_fits_and_always_one(tasks, where):
    assert standing(tasks, TODAY) is where


def by_hand(on):
    """The ledger counted journey by journey, with the rule. A simulated municipality is held against it too."""
    tasks, counts = {}, {}
    for task in Task.objects.open().filter(for_leader=False):
        tasks.setdefault(task.journey_id, []).append(task)
    for journey in Journey.objects.open():
        unit = Baton.objects.get(journey=journey, until_at=None).unit_id
        counts.setdefault(NO_UNIT if unit is None else unit, Counter())[standing(tasks.get(journey.pk, []), on)] += 1
    return {unit: tuple(row[place] for place in Standing) for unit, row in counts.items()}


def total(counts):
    return sum(map(sum, counts.values()))


@pytest.fixture
def world(db):
    return build()


def test_each_place_is_reached_and_a_closed_journey_leaves_the_sum(world):
    newborn, later, done = world.child(), world.child(), world.child()
    Contact.objects.filter(journey=done).update(cancelled_on=TODAY)
    Task.objects.filter(journey=done).update(ended_on=TODAY)
    Task.objects.filter(journey=later).update(
        opens_on=TODAY + DAY, due_on=TODAY + 2 * DAY, closes_on=TODAY + 3 * DAY, booked_on=None
    )
    Task.objects.filter(journey=newborn).update(opens_on=TODAY, due_on=TODAY, closes_on=TODAY)
    centre = world.units["centre"].pk
    assert ledger(viewer=world.leader, on=TODAY)[centre] == (0, 1, 1, 1)
    assert ledger(viewer=world.leader, on=TODAY + DAY)[centre] == (1, 1, 0, 1)
    done.close(reason=Journey.CloseReason.MOVED, on=TODAY, by_id=world.nurse.staff_id, at=AT)
    assert ledger(viewer=world.leader, on=TODAY)[centre] == (0, 1, 1, 0)
    assert standings_of(viewer=world.leader, unit_id=centre, on=TODAY) == (0, 1, 1, 0)
    assert standings_of(viewer=world.nurse, unit_id=centre, on=TODAY) == ()


def test_what_only_a_leader_is_asked_moves_nobody(world):
    child = world.child()
    before = ledger(viewer=world.leader, on=TODAY)
    asked = Task.objects.filter(journey=child).first()
    asked.pk, asked.key, asked.ref, asked.for_leader = None, "nokkel-for-leder", "leader:x", True
    asked.opens_on = asked.due_on = asked.closes_on = TODAY - DAY
    asked.save(force_insert=True)
    assert ledger(viewer=world.leader, on=TODAY) == before


def test_nobodys_children_are_counted_too(world):
    child = world.child()
    Baton.objects.filter(journey=child).update(unit=None, staff=None)
    people.register_person(given_name="Uten", family_name="Løp", born_on=TODAY - 900 * DAY, sex="male",
                           by=world.nurse, at=AT)  # fmt: skip
    people.register_person(given_name="Stor", family_name="Nok", born_on=TODAY - 3000 * DAY, sex="male",
                           by=world.nurse, at=AT)  # fmt: skip
    found = ledger(viewer=world.leader, on=TODAY)
    assert found[NO_JOURNEY] == (0, 0, 0, 1)
    assert sum(found[NO_UNIT]) == 1
    assert total(found) == 2
    Person.objects.filter(given_name="Uten").update(died_on=TODAY)
    assert NO_JOURNEY not in ledger(viewer=world.leader, on=TODAY)


def test_the_counts_are_what_the_rule_says_of_each_journey(world):
    for number in range(5):
        world.child(born_on=TODAY - 70 * number * DAY)
    world.pregnancy()
    Baton.objects.filter(journey=Journey.objects.first()).update(unit=None, staff=None)
    for on in (TODAY - 30 * DAY, TODAY, TODAY + 300 * DAY):
        found = ledger(viewer=world.leader, on=on)
        assert found == by_hand(on)
        assert total(found) == Journey.objects.open().count() == 6


def test_who_may_not_see_figures_gets_none(world):
    world.child()
    assert not world.nurse.may(Permission.SEE_FIGURES)
    assert ledger(viewer=world.nurse, on=TODAY) == {}


def test_the_number_of_questions_to_the_database_does_not_grow(world, django_assert_num_queries):
    for _child in range(4):
        world.child()
    leader = world.leader
    with django_assert_num_queries(2):
        ledger(viewer=leader, on=TODAY)


def test_open_tasks_are_counted_from_an_index_without_reading_them(world):
    """Every child's tasks would have to be read otherwise, each time a leader looks."""
    child = world.child()
    task = Task.objects.filter(journey=child).first()
    copies = []
    for number in range(300):
        copy = Task.objects.get(pk=task.pk)
        copy.pk, copy.key, copy.ref, copy.journey_id = None, f"prove{number}", f"prove:{number}", child.pk
        copy.ended_on = None if number % 10 == 0 else TODAY
        copies.append(copy)
    Task.objects.bulk_create(copies)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # so few rows are quickest read through
    plan = journeys_by_standing(TODAY).explain()
    assert "task_open_by_journey" in plan or connection.vendor == "postgresql", "there any index is as good so early"
    assert "SCAN worklist_task " not in plan
    assert "Seq Scan on worklist_task" not in plan
