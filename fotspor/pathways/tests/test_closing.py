"""A journey that was opened by mistake: nothing more is expected, nobody holds it, and results are still answered."""

from datetime import timedelta

import pytest
from django.urls import reverse

from fotspor.access.models import AuditEvent
from fotspor.access.queries import NotVisible
from fotspor.pathways import actions
from fotspor.pathways.actions.batons import NotYours
from fotspor.pathways.models import Baton, Enrolment, Handover
from fotspor.pathways.queries.trail import trail
from fotspor.pathways.tests.world import AT, TODAY
from fotspor.people.actions import AlreadyClosed
from fotspor.people.models import Correction
from fotspor.people.queries.permissions import NotAllowed
from fotspor.worklist.actions import type_task
from fotspor.worklist.models import Task
from fotspor.worklist.rules import Urgency

REASON = "Registrert på feil barn"
PAGE = "pathways:journey_close"


@pytest.fixture
def journey(world):
    return world.child()


def close(world, journey, by="nurse", reason=REASON):
    return actions.close_by_mistake(journey=journey, reason=reason, by=getattr(world, by), at=AT)


def told(world, journey, unit="centre"):
    return f"closed:{journey.key}:leader:{world.units[unit].pk}"


def test_nothing_more_is_expected_and_nobody_holds_the_baton(world, journey):
    contact = journey.contacts.get(step="H-01")
    actions.mark_absent(
        contact=contact, version=contact.version, missed_on=TODAY, reason=actions.NOT_KNOWN, by=world.nurse, at=AT
    )
    type_task(kind="call", note="Ring", person=journey.child, journey=journey, due_on=TODAY, by=world.nurse, at=AT)
    actions.hand_over(
        journey=journey, to_unit_id=world.units["centre_south"].pk, reason="Flytter", summary="", by=world.nurse, at=AT
    )
    count = journey.contacts.expected().count()
    closed = close(world, journey)
    assert (closed.closed_on, closed.close_reason, closed.closed_by_id) == (TODAY, "mistake", world.nurse.staff_id)
    assert not journey.contacts.expected().exists()
    assert set(journey.contacts.values_list("cancel_reason", flat=True)) == {"The journey was opened by mistake."}
    assert not Baton.objects.filter(journey=journey, until_at=None).exists()
    assert not Enrolment.objects.filter(journey=journey, ended_on=None).exists()
    assert Handover.objects.get(journey=journey).withdrawn_at is not None
    assert [task.ref for task in Task.objects.open().filter(journey=journey)] == [told(world, journey)]
    event = AuditEvent.objects.get(type="pathways.journey.closed_by_mistake")
    assert (event.person, event.object) == (journey.child.key, journey.in_log)
    assert event.facts == {"cancelled": count, "held": 0}
    assert REASON not in str(AuditEvent.objects.values_list("facts", flat=True))
    kept = Correction.objects.get(journey=journey, what="mistake")
    assert (kept.reason, kept.person_id, kept.recorded_by_id) == (REASON, journey.child_id, world.nurse.staff_id)


def test_what_a_result_demands_stays_and_so_does_what_was_held(world, journey):
    contact = journey.contacts.get(step="H-01")
    actions.record_contact(
        contact=contact, version=contact.version, outcome="held", outcome_on=TODAY, by=world.nurse, at=AT
    )
    result = Task.objects.create(
        source=Task.Source.ROUTINE, ref="response:x:safety", title="Safety", rule="r", facts={}, urgency=Urgency.SAFETY,
        opens_on=TODAY, due_on=TODAY, closes_on=TODAY, person=journey.child, journey=journey,
        unit=world.units["centre"], derived_at=AT,
    )  # fmt: skip
    close(world, journey)
    assert result in Task.objects.open().filter(journey=journey)
    assert Task.objects.open().filter(journey=journey).count() == 2  # and the leader is told
    contact.refresh_from_db()
    assert (contact.outcome, contact.cancelled_on) == ("held", None)


def test_a_pregnancy_opened_by_mistake_is_closed_too(world):
    journey = world.pregnancy()
    close(world, journey, by="midwife")
    assert not journey.contacts.expected().exists()
    assert Correction.objects.get(journey=journey).person_id == journey.pregnancy.mother_id
    assert set(Task.objects.open().filter(journey=journey).values_list("for_leader", flat=True)) == {True}


def test_it_stays_closed_when_the_plan_is_made_again(world, journey):
    close(world, journey)
    assert list(actions.rebuild(check=True, at=AT + timedelta(days=1))) == []


@pytest.mark.parametrize("reason", ["", "   kort   ", "ni tegn.x "])
def test_a_reason_is_demanded(world, journey, reason):
    with pytest.raises(actions.NeedsReason):
        close(world, journey, reason=reason)
    journey.refresh_from_db()
    assert journey.closed_on is None


def test_who_may_not_and_what_is_closed_already(world, journey):
    for who in ("leader", "educator"):
        with pytest.raises(NotAllowed):
            close(world, journey, by=who)
    with pytest.raises(NotVisible):
        close(world, journey, by="nurse_south")
    close(world, journey)
    with pytest.raises(AlreadyClosed):
        close(world, journey)
    assert Correction.objects.count() == 1


# --- who may, who is told, and taking it back -------------------------------------------------------------


def handed_over(world, journey):
    sent = actions.hand_over(
        journey=journey, to_unit_id=world.units["centre_south"].pk, reason="Flyttet", summary="", by=world.nurse, at=AT
    )
    actions.accept_handover(handover=sent, by=world.nurse_south, at=AT)


def test_a_former_holder_cannot_close_it(world, journey):
    handed_over(world, journey)
    with pytest.raises(NotYours):
        close(world, journey)
    journey.refresh_from_db()
    assert journey.closed_on is None
    assert journey.contacts.expected().exists()


def test_the_contact_person_and_the_leader_are_told_when_a_colleague_closes_it(world, journey):
    actions.confirm_baton(journey=journey, by=world.colleague, at=AT)
    close(world, journey)
    tasks = {task.ref: task for task in Task.objects.open().filter(journey=journey)}
    assert set(tasks) == {told(world, journey), f"closed:{journey.key}:holder"}
    assert tasks[f"closed:{journey.key}:holder"].staff_id == world.colleague.staff_id
    actions.note_closing(journey=journey, by=world.colleague, at=AT)
    assert [task.ref for task in Task.objects.open().filter(journey=journey)] == [told(world, journey)]
    actions.note_closing(journey=journey, by=world.leader, at=AT)
    assert not Task.objects.open().filter(journey=journey).exists()
    for stranger in ("nurse_south", "chief", "midwife", "educator", "officer"):
        with pytest.raises(NotVisible):
            actions.note_closing(journey=journey, by=getattr(world, stranger), at=AT)


def test_who_closes_her_own_tells_the_leader_alone(world, journey):
    actions.confirm_baton(journey=journey, by=world.nurse, at=AT)
    close(world, journey)
    assert [task.ref for task in Task.objects.open().filter(journey=journey)] == [told(world, journey)]


def test_a_leader_takes_it_up_again_and_nothing_is_lost(world, journey):
    actions.confirm_baton(journey=journey, by=world.nurse, at=AT)
    visit = journey.contacts.get(step="H-01")
    actions.book_contact(
        contact=visit, version=visit.version, on=TODAY + timedelta(days=1), time=None, by=world.nurse, at=AT
    )
    before = set(journey.contacts.expected().values_list("key", "closes_on", "booked_on"))
    close(world, journey)
    later = AT + timedelta(days=40)  # windows have closed meanwhile: what slipped is late, not forgotten
    with pytest.raises(actions.NeedsReason):
        actions.undo_closing(journey=journey, reason="kort", by=world.leader, at=later)
    with pytest.raises(actions.NotTheLeader):
        actions.undo_closing(journey=journey, reason=REASON, by=world.colleague, at=later)
    with pytest.raises(NotVisible):
        actions.undo_closing(journey=journey, reason=REASON, by=world.chief, at=later)
    actions.undo_closing(journey=journey, reason=REASON, by=world.leader, at=later)
    journey.refresh_from_db()
    assert (journey.closed_on, journey.close_reason) == (None, "")
    assert set(journey.contacts.expected().values_list("key", "closes_on", "booked_on")) == before
    baton = Baton.objects.get(journey=journey, until_at=None)
    assert (baton.unit, baton.staff) == (world.units["centre"], world.staff["nurse"])
    assert not Task.objects.open().filter(ref__startswith="closed:").exists()
    assert Task.objects.open().filter(ref=f"contact:{visit.key}").exists()
    assert list(actions.rebuild(check=True, at=later)) == []
    assert [row.before for row in Correction.objects.filter(journey=journey)] == ["", str(TODAY)]
    assert AuditEvent.objects.filter(type="pathways.journey.closing_undone").count() == 1
    with pytest.raises(NotVisible):
        actions.undo_closing(journey=journey, reason=REASON, by=world.leader, at=later)


def test_a_closed_way_has_nothing_to_come(world):
    journey = world.pregnancy()
    close(world, journey, by="midwife")
    journey.refresh_from_db()
    way = trail(journey=journey, at=AT + timedelta(days=200))
    states = {step.state.value for part in way.parts if not part.is_pass for step in part.steps}
    assert not states & {"now", "late", "future"}
    assert {part.state for part in way.parts} == {"done"}


def test_the_leader_reads_it_and_takes_it_up_again_on_the_page(browser, world, journey):
    close(world, journey)
    address, undo = "pathways:journey_closed", "pathways:journey_undo"
    for stranger in ("nurse_south", "midwife", "educator", "officer", "chief"):
        assert browser.enter(stranger).get(address, journey.key).status_code == 404
        assert browser.get(undo, journey.key).status_code == 404
    browser.enter("leader")
    assert reverse(address, args=[journey.key]) in browser.get("desk:unit").content.decode()
    shown = browser.get(address, journey.key).content.decode()
    assert REASON in shown
    assert shown.count("<h1") == 1
    assert browser.post(address, journey.key).status_code == 302
    assert browser.get(undo, journey.key).status_code == 200
    assert browser.post(undo, journey.key, reason="kort").status_code == 422
    assert browser.post(undo, journey.key, reason=REASON).status_code == 302
    journey.refresh_from_db()
    assert journey.closed_on is None
    assert browser.get(address, journey.key).status_code == 404


# --- the page --------------------------------------------------------------------------------------------


def test_the_page_closes_the_journey(browser, journey):
    browser.enter("nurse")
    assert reverse(PAGE, args=[journey.key]) in browser.get("desk:child", journey.key).content.decode()
    page = browser.get(PAGE, journey.key)
    assert page.status_code == 200
    assert page.content.decode().count("<h1") == 1
    done = browser.post(PAGE, journey.key, reason=REASON)
    assert (done.status_code, done.url) == (302, reverse("desk:child", args=[journey.key]))
    shown = browser.get("desk:child", journey.key)
    assert shown.status_code == 200
    assert reverse(PAGE, args=[journey.key]) not in shown.content.decode()
    assert browser.get(PAGE, journey.key).status_code == 404
    facts = browser.get("people:person", journey.child.key).content.decode()
    assert REASON in facts


def test_strangers_find_nothing_and_a_short_reason_is_kept_on_the_page(browser, journey):
    for stranger in ("nurse_south", "leader", "educator", "officer", "chief"):
        assert browser.enter(stranger).get(PAGE, journey.key).status_code == 404
        assert browser.post(PAGE, journey.key, reason=REASON).status_code == 404
    refused = browser.enter("nurse").post(PAGE, journey.key, reason="Kort nå")
    assert refused.status_code == 422
    assert "Kort nå" in refused.content.decode()
    journey.refresh_from_db()
    assert journey.closed_on is None


def test_the_page_warns_when_something_is_recorded(browser, world, journey):
    browser.enter("nurse")
    assert 'data-color="warning"' not in browser.get(PAGE, journey.key).content.decode()
    contact = journey.contacts.get(step="H-01")
    actions.record_contact(
        contact=contact, version=contact.version, outcome="held", outcome_on=TODAY, by=world.nurse, at=AT
    )
    assert 'data-color="warning"' in browser.get(PAGE, journey.key).content.decode()
