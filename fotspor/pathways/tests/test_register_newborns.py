"""Newborns in a register's file: proposed, answered by somebody, and never a second child."""

from datetime import timedelta

import pytest

from fotspor.access.rules import SYSTEM
from fotspor.pathways.actions.register_proposals import NoProposal, answer_proposal
from fotspor.pathways.tests.register_world import (
    AT,
    NEW_NUMBER,
    NEW_TWIN,
    NEWBORN,
    TODAY,
    adult,
    expecting,
    kinds,
    logged,
    newborn,
    take_in,
    town,
)
from fotspor.pathways.tests.test_register_rules import as_xlsx, cells
from fotspor.people import actions as people
from fotspor.people.identifiers import synthetic_numbers
from fotspor.people.models import Person
from fotspor.people.queries import find_by_number
from fotspor.worklist.models import Task

pytestmark = pytest.mark.django_db
__all__ = ["expecting", "town"]


def test_a_newborn_without_a_number_is_proposed_and_never_a_second_child(town, expecting):
    (journey,) = people.record_birth(
        journey=expecting, born_on=NEWBORN, children=[people.Newborn(sex="female")], by=town["midwife"],
        at=AT - timedelta(days=13),
    )  # fmt: skip
    source = take_in(adult(), newborn())
    assert kinds(source) == {"same": 1, "proposed": 1}
    assert source.finished_on == TODAY
    assert Person.objects.count() == 2
    row = source.rows.get(change="proposed")
    child = answer_proposal(row=row, is_same=True, by=town["administrator"], at=AT)
    assert child == journey.child
    child.refresh_from_db()
    assert (child.identity_number, child.given_name) == (NEW_NUMBER, "Lita")
    assert Person.objects.count() == 2
    assert child.guardianships.filter(until_on=None).get().custody == "mother"
    assert logged("pathways.register.proposal_answered") == 1
    with pytest.raises(NoProposal):
        answer_proposal(row=row, is_same=True, by=town["administrator"], at=AT)


def test_another_child_of_hers_is_a_new_one(town, expecting):
    people.record_birth(
        journey=expecting, born_on=NEWBORN, children=[people.Newborn(sex="female")], by=town["midwife"],
        at=AT - timedelta(days=13),
    )  # fmt: skip
    source = take_in(adult(), newborn())
    child = answer_proposal(row=source.rows.get(change="proposed"), is_same=False, by=town["administrator"], at=AT)
    assert Person.objects.count() == 3
    assert child.journey.batons.filter(until_at=None).count() == 1
    assert kinds(source)["new"] == 1


def test_a_birth_nobody_has_recorded_continues_the_pregnancy_with_every_twin(town, expecting):
    rows = [adult(), newborn(NEW_TWIN, given_name="To", birth_order="2"), newborn(birth_order="1")]
    source = take_in(*rows)
    assert kinds(source) == {"same": 1, "proposed": 2}
    child = answer_proposal(
        row=source.rows.get(change="proposed", row=4), is_same=True, by=town["administrator"], at=AT
    )
    expecting.refresh_from_db()
    assert expecting.child == child == find_by_number(NEW_NUMBER)
    twin = find_by_number(NEW_TWIN)
    assert (twin.journey.split_from, twin.birth_order) == (expecting, 2)
    assert kinds(source) == {"same": 1, "changed": 2}
    assert not source.rows.filter(change="proposed").exists()


def test_a_child_without_a_number_for_two_weeks_is_asked_about_until_it_has_one(town, expecting):
    born = NEWBORN - timedelta(days=5)
    people.record_birth(
        journey=expecting, born_on=born, children=[people.Newborn(sex="female")], by=town["midwife"],
        at=AT - timedelta(days=13),
    )  # fmt: skip
    take_in(adult())
    task = Task.objects.open().get(source="register")
    assert (task.person.born_on, task.unit.kind) == (born, "midwifery")
    number = next(synthetic_numbers(born))
    row = cells(identity_number=number, birth_date=born.isoformat())
    source = take_in(adult(), row, at=AT + timedelta(days=1))
    answer_proposal(row=source.rows.get(change="proposed"), is_same=True, by=SYSTEM, at=AT + timedelta(days=1))
    take_in(content=as_xlsx(adult(), row), at=AT + timedelta(days=2))
    assert not Task.objects.open().filter(source="register").exists()
