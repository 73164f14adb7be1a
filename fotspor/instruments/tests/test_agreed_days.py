"""How late a conversation may be agreed, and what the words say of a day in another year."""

from datetime import date, timedelta

import pytest
from django.db import transaction

from fotspor.instruments import actions, queries
from fotspor.instruments.models import Duty
from fotspor.instruments.rules import agreed_by
from fotspor.instruments.tests.test_actions import signed
from fotspor.instruments.tests.test_duties import answer
from fotspor.instruments.tests.world import AT, DAY, answers

DEADLINE = DAY + timedelta(days=14)


def refused(world, outcome, **more):
    with pytest.raises(actions.OutcomeIncomplete) as found, transaction.atomic():
        answer(world, "support", outcome, **more)
    return found.value.field


@pytest.mark.django_db
def test_a_day_after_the_deadline_needs_a_reason_also_after_not_reached(world):
    signed(world, answers(12))
    answer(world, "support", "not_reached", tried="Ringte to ganger")
    late = DEADLINE + timedelta(days=1)
    assert refused(world, "agreed", next_on=late) == "note"
    answer(world, "support", "agreed", next_on=late, note="Hun er bortreist")
    assert refused(world, "agreed", next_on=late + timedelta(days=3)) == "note"  # the deadline has not moved
    answer(world, "support", "agreed", next_on=DEADLINE)


@pytest.mark.django_db
@pytest.mark.parametrize("outcome", ["agreed", "held_again"])
def test_no_day_is_agreed_beyond_the_routines_limit_with_or_without_a_reason(world, outcome):
    signed(world, answers(12))
    answer(world, "support", "not_reached", tried="Ringte to ganger")
    for day in (date(2062, 11, 22), DEADLINE + timedelta(days=61)):
        assert refused(world, outcome, next_on=day, note="Lenge til") == "next_on"
    answer(world, "support", outcome, next_on=DEADLINE + timedelta(days=60), note="Bortreist", confirmed=True)
    assert Duty.objects.get(step="support").due_on == DEADLINE + timedelta(days=60)


def test_once_one_is_held_the_next_needs_no_reason_and_still_has_a_limit():
    step = queries.routine_of("epds").step("support")
    agreed, again = step.outcome("agreed"), step.outcome("held_again")
    today = DEADLINE + timedelta(days=30)
    assert agreed_by(step, again, [], due_on=DEADLINE, today=DAY).reason_after is None
    assert agreed_by(step, agreed, ["held_again"], due_on=DEADLINE, today=DAY).reason_after is None
    assert agreed_by(step, agreed, ["not_reached"], due_on=DEADLINE, today=DAY).reason_after == DEADLINE
    assert agreed_by(step, agreed, [], due_on=DEADLINE, today=today).latest == today + timedelta(days=60)


@pytest.mark.django_db
def test_the_words_say_the_year_when_it_is_not_this_one(world):
    response = signed(world, answers(12))
    answer(world, "support", "agreed", next_on=date(2027, 1, 4), note="Hun er bortreist")
    page = queries.response_page(viewer=world.nurse, key=response.key, at=AT)
    assert "2027" in next(step.when for step in page.steps if "2027" in str(step.when))
    assert not any(str(DAY.year) in str(step.when) for step in page.steps)
