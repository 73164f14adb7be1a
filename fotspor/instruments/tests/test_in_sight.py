"""A result that demands an answer stays on the list of whoever must answer, however she came to see the person."""

from datetime import timedelta

import pytest

from fotspor.access.actions import break_glass, open_relation
from fotspor.access.models import AuditEvent, CareRelation
from fotspor.access.queries import decision_for
from fotspor.access.rules import Part, Purpose
from fotspor.instruments import actions
from fotspor.instruments.models import Duty
from fotspor.instruments.tests.test_actions import draft
from fotspor.instruments.tests.test_duties import HELD, answer
from fotspor.instruments.tests.world import AT, CALM, DAY, answers
from fotspor.worklist import queries as worklist

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=3)


def lost_from_sight(world):
    """The unit has no relation of its own to the mother any more."""
    CareRelation.objects.filter(person=world.mother).exclude(basis="result").delete()


def titles(viewer, at=AT, purpose=Purpose.CARE):
    today = at.date()
    found = worklist.tasks(viewer=viewer, purpose=purpose, today=today).visible_from(today + timedelta(days=60))
    return sorted(found.values_list("title", flat=True))


def sees(viewer, world, at=AT):
    asked = {"person_id": world.mother.pk, "purpose": Purpose.CARE, "part": Part.FORMS, "at": at}
    return decision_for(viewer=viewer, **asked).allowed


def relation(world):
    return CareRelation.objects.get(person=world.mother, unit=world.unit, basis="result")


def in_emergency(world):
    lost_from_sight(world)
    assert not sees(world.nurse, world)
    reason = "Moren sitter gråtende på venterommet nå"
    break_glass(person_id=world.mother.pk, reason=reason, by=world.nurse, at=AT)


def taken_in(world):
    lost_from_sight(world)
    open_relation(
        person_id=world.mother.pk, unit_id=world.unit.pk, basis="taken_in", from_on=DAY,
        until_on=DAY + timedelta(days=1), by=world.nurse, at=AT,
    )  # fmt: skip


@pytest.mark.parametrize("came", [in_emergency, taken_in])
def test_the_unit_sees_the_safety_conversation_after_her_access_has_run_out(world, came):
    came(world)
    response = draft(world, answers(14, item10=1))
    response = actions.sign(response=response, version=response.version, by=world.nurse, at=AT)
    for viewer in (world.nurse, world.colleague):
        assert "Safety conversation" in titles(viewer, LATER)
        assert "Support conversation" in titles(viewer, LATER)
        assert sees(viewer, world, LATER)
    answer(world, "safety", "not_reached", at=LATER, tried="Ringt", handed_to="gp")
    assert "A safety conversation is not done" in titles(world.leader, LATER, Purpose.LEADERSHIP)
    assert not sees(world.stranger, world, LATER)


def test_it_begins_and_ends_with_what_must_be_answered(world):
    taken_in(world)
    response = draft(world, answers(12, item10=1))
    kept = relation(world)
    assert (kept.from_on, kept.until_on, kept.staff) == (DAY, None, None)
    opened = AuditEvent.objects.filter(type="access.relation.opened", person=world.mother.key, basis="result")
    assert opened.count() == 1
    actions.sign(response=response, version=response.version, by=world.nurse, at=AT)
    answer(world, "safety", "no_danger", **HELD)
    assert relation(world).until_on is None, "the support conversation, the letter and the talk are left"
    answer(world, "talk", "talked")
    answer(world, "letter", "asked_no")
    assert relation(world).until_on is None
    answer(world, "support", "wants_no")
    assert relation(world).until_on == DAY + timedelta(days=1), "she may read today what she has just answered"
    assert opened.count() == 1
    actions.correct(response=response, answers=answers(13, item10=2), reason="Feil rute", by=world.nurse, at=AT)
    assert Duty.objects.open().exists() == CareRelation.objects.filter(basis="result", until_on=None).exists()


def test_a_draft_without_a_result_waits_for_its_signature(world):
    taken_in(world)
    response = draft(world, CALM)
    assert "Sign the form" in titles(world.nurse, LATER)
    actions.withdraw(response=response, version=response.version, reason="Begynt ved en feil", by=world.nurse, at=LATER)
    assert relation(world).until_on == LATER.date() + timedelta(days=1), "she may read the reason she gave, today"
    assert not sees(world.nurse, world, LATER + timedelta(days=1))
