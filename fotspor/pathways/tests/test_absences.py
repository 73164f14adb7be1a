"""Somebody did not come: the ladder, what answers it, what is taken back, and what cannot have been."""

from datetime import timedelta

import pytest

from fotspor.kit.errors import Refused
from fotspor.pathways import actions
from fotspor.pathways.models import MissedAppointment
from fotspor.pathways.rules.appointments import Trouble
from fotspor.pathways.tests.test_contacts import TOMORROW, book, logged, newborn, record, task_of
from fotspor.pathways.tests.world import AT, TODAY, noon
from fotspor.worklist.models import Task


@pytest.fixture
def visit(world):
    return newborn(world)


def miss(visit, world, days=0, **values):
    visit.refresh_from_db()
    on = TODAY + timedelta(days=days)
    return actions.mark_absent(
        contact=visit,
        version=visit.version,
        missed_on=on,
        by=world.nurse,
        at=noon(on),
        **{"reason": actions.NOT_KNOWN} | values,
    )


def absence_tasks(visit):
    return list(
        Task.objects.open()
        .filter(source="absence", subject_key=visit.key)
        .order_by("ref")
        .values_list("title", flat=True)
    )


def test_the_ladder_asks_for_a_new_appointment_then_a_call_then_an_assessment(visit, world):
    book(visit, world, on=TODAY)
    miss(visit, world, reason="Ringte ikke")
    visit.refresh_from_db()
    assert visit.booked_on is None
    assert absence_tasks(visit) == ["Make a new appointment"]
    book(visit, world)
    assert absence_tasks(visit) == []
    miss(visit, world, days=1)
    assert absence_tasks(visit) == ["Call the family"]
    miss(visit, world, days=2)
    titles = absence_tasks(visit)
    assert titles == ["Call the family", "Assess together with a colleague whether there is cause for concern"]
    assert task_of(visit).done_on is None  # the contact itself is still expected
    assert logged("missed", visit) == 3


def test_a_call_is_answered_in_words(visit, world):
    miss(visit, world, days=-2)
    second = miss(visit, world, days=-1)
    with pytest.raises(Refused):
        actions.answer_absence(missed=second, answer=" ", by=world.nurse, at=AT)
    answered = actions.answer_absence(missed=second, answer="Syk, ny time avtalt", by=world.nurse, at=AT)
    assert (answered.answered_on, answered.answer) == (TODAY, "Syk, ny time avtalt")
    done = Task.objects.get(ref=f"absence:{visit.key}:2")
    assert (done.done_on, done.done_by_id) == (TODAY, world.nurse.staff_id)
    assert logged("absence_answered", visit) == 1
    with pytest.raises(Refused):
        actions.answer_absence(missed=second, answer="Igjen", by=world.nurse, at=AT)


def test_holding_the_contact_answers_all_but_the_assessment(visit, world):
    for days in (-3, -2, -1):
        miss(visit, world, days=days)
    visit.refresh_from_db()
    record(visit, world)
    assert absence_tasks(visit) == ["Assess together with a colleague whether there is cause for concern"]


def test_it_was_not_held_before_the_day_on_which_they_were_waited_for(visit, world):
    missed = miss(visit, world, days=-1)
    visit.refresh_from_db()
    with pytest.raises(actions.CannotRecord) as refusal:
        record(visit, world, outcome_on=TODAY - timedelta(days=2))
    assert (refusal.value.troubles, refusal.value.field) == ((Trouble.BEFORE_ABSENCE,), "outcome_on")
    visit.refresh_from_db()
    assert visit.outcome == ""
    actions.take_back_absence(missed=missed, reason="Feil familie", by=world.nurse, at=AT)
    visit.refresh_from_db()
    assert record(visit, world, outcome_on=TODAY - timedelta(days=2)).outcome == "held"


def test_who_came_later_the_same_day_was_met(visit, world):
    miss(visit, world)
    visit.refresh_from_db()
    assert record(visit, world).outcome_on == TODAY


def test_what_was_held_elsewhere_may_have_been_before_they_were_waited_for(visit, world):
    miss(visit, world)
    visit.refresh_from_db()
    on = TODAY - timedelta(days=1)
    assert record(visit, world, outcome="moved", reason="Legevakten", outcome_on=on).outcome_on == on


def test_the_same_day_is_not_missed_twice_and_not_in_the_future(visit, world):
    miss(visit, world)
    with pytest.raises(Refused):
        miss(visit, world)
    with pytest.raises(Refused):
        actions.mark_absent(
            contact=visit, version=visit.version, missed_on=TOMORROW, reason=actions.NOT_KNOWN, by=world.nurse, at=AT
        )
    assert MissedAppointment.objects.count() == 1


@pytest.mark.parametrize("reason", ["", "  "])
def test_why_is_always_said_if_only_that_it_is_not_known(visit, world, reason):
    with pytest.raises(actions.CannotRecord):
        miss(visit, world, reason=reason)
    assert not MissedAppointment.objects.exists()
    assert miss(visit, world).reason == "Not known"


def test_a_later_appointment_stands_when_an_earlier_one_was_missed(visit, world):
    book(visit, world)
    visit.refresh_from_db()
    actions.mark_absent(
        contact=visit, version=visit.version, missed_on=TODAY, reason=actions.NOT_KNOWN, by=world.nurse, at=AT
    )
    visit.refresh_from_db()
    assert visit.booked_on == TOMORROW
    assert absence_tasks(visit) == []
