"""Answering what a result demands: each outcome, what it leaves open, and who is told."""

from datetime import time, timedelta

import pytest
from django.db import IntegrityError, transaction

from fotspor.access.queries import NotVisible
from fotspor.instruments import actions, forms, queries
from fotspor.instruments.models import Duty, DutyOutcome, Response
from fotspor.instruments.tests.test_actions import draft, events, open_refs, open_steps, signed
from fotspor.instruments.tests.world import AT, CALM, DAY, answers
from fotspor.worklist.labels import explanation
from fotspor.worklist.models import Task
from fotspor.worklist.rules import Urgency

pytestmark = pytest.mark.django_db

HELD = {"note": "Vi ringer i morgen"}
TRIED = {"tried": "Ringte kl. 10 og 12", "handed_to": "gp"}


def answer(world, step, outcome, *, by=None, at=AT, **more):
    duty = Duty.objects.standing().get(step=step)
    return actions.record_outcome(duty=duty, outcome=outcome, by=by or world.nurse, at=at, **more)


def leader_tasks():
    return Task.objects.open().filter(for_leader=True)


@pytest.mark.parametrize("outcome", ["no_danger", "needs_others_today", "acute_113"])
def test_a_held_conversation_closes_the_task_and_the_leaders(world, outcome):
    response = signed(world, answers(3, item10=1))
    answer(world, "safety", outcome, **HELD)
    assert Duty.objects.get(step="safety").closed_on == DAY
    follows = [] if outcome == "no_danger" else ["follow_up"]
    assert open_steps(response) == sorted(["talk", *follows])
    assert open_refs(response) == sorted(["talk", *follows])
    assert Task.objects.get(ref=f"response:{response.key}:safety").done_by_id == world.nurse.staff_id
    event = events("instruments.duty.answered").get()
    assert (event.facts["outcome"], event.person) == (outcome, world.mother.key)
    assert HELD["note"] not in str(event.facts)


@pytest.mark.parametrize(("outcome", "more"), [("declines", HELD), ("not_reached", TRIED)])
def test_not_held_stays_open_and_tells_the_leader_at_once(world, outcome, more):
    response = signed(world, answers(3, item10=1))
    waiting = leader_tasks().get()
    assert (waiting.due_before, waiting.opens_on, waiting.unit) == (time(15, 30), DAY, world.unit)
    assert waiting.facts["route_title"] == "Legevakta 116 117"
    answer(world, "safety", outcome, **more)
    assert "safety" in open_steps(response)
    told = leader_tasks().get()
    assert (told.due_before, told.opens_on) == (None, DAY)
    assert "Legevakta 116 117" in explanation(told)
    assert Task.objects.open().get(ref=f"response:{response.key}:safety").due_on == DAY


def test_the_leader_gets_it_at_closing_time_without_anything_having_run(world):
    response = draft(world, {"epds10": 2})
    task = leader_tasks().get()
    assert task.ref == f"response:{response.key}:safety:leader:{world.unit.pk}"
    assert (task.due_on, task.due_before, task.done_on) == (DAY, world.unit.closes_at_time, None)


def test_a_unit_without_a_route_names_the_national_ones(world):
    world.unit.out_of_hours = ""
    world.unit.save()
    draft(world, {"epds10": 2})
    assert "116 117" in explanation(leader_tasks().get())


def test_one_who_was_not_reached_is_held_by_others_and_that_closes_it(world):
    response = signed(world, answers(3, item10=1))
    with pytest.raises(actions.OutcomeIncomplete), transaction.atomic():
        answer(world, "safety", "others_held", handed_to="gp")
    answer(world, "safety", "not_reached", **TRIED)
    answer(world, "safety", "others_held", by=world.colleague, at=AT + timedelta(days=1), handed_to="gp")
    assert "safety" not in open_steps(response)
    assert not leader_tasks().exists()
    assert [o.outcome for o in DutyOutcome.objects.all()] == ["not_reached", "others_held"]


@pytest.mark.parametrize(
    ("outcome", "more", "field"),
    [
        ("no_danger", {}, "note"),
        ("declines", {"note": " "}, "note"),
        ("not_reached", {"handed_to": "gp"}, "tried"),
        ("not_reached", {"tried": "Ringte"}, "handed_to"),
        ("not_reached", {"tried": "Ringte", "handed_to": "naboen"}, "handed_to"),
        ("dance", {}, "outcome"),
        ("no_danger", {**HELD, "outcome_on": DAY + timedelta(days=1)}, "outcome_on"),
        ("no_danger", {**HELD, "outcome_on": DAY - timedelta(days=1)}, "outcome_on"),
    ],
)
def test_an_outcome_that_says_too_little_is_refused_where_it_is_missing(world, outcome, more, field):
    draft(world, {"epds10": 1})
    with pytest.raises(actions.OutcomeIncomplete) as refused, transaction.atomic():
        answer(world, "safety", outcome, **more)
    assert refused.value.field == field
    assert not DutyOutcome.objects.exists()


def test_what_is_answered_is_not_answered_again(world):
    signed(world, answers(12))
    answer(world, "letter", "asked_no")
    with pytest.raises(actions.AlreadyAnswered), transaction.atomic():
        answer(world, "letter", "asked_yes_sent")


@pytest.mark.parametrize(
    ("step", "outcome", "more", "closes"),
    [
        ("talk", "talked", {}, True),
        ("talk", "not_talked", {"note": "Tolk kom ikke, ny time fredag"}, True),
        ("support", "held", {"note": "Hun har det bra nå"}, True),
        ("support", "wants_no", {}, True),
        ("support", "not_reached", {"tried": "Ringte to ganger"}, False),
        ("letter", "asked_no", {}, True),
        ("letter", "asked_yes_sent", {}, True),
        ("letter", "asked_yes_not_sent", {}, False),
    ],
)
def test_each_outcome_closes_or_leaves_open_as_the_routine_says(world, step, outcome, more, closes):
    response = signed(world, answers(12))
    answer(world, step, outcome, **more)
    assert (step not in open_steps(response)) is closes
    assert (step not in open_refs(response)) is closes
    assert not leader_tasks().exists()


def test_strangers_and_leaders_answer_nothing(world):
    draft(world, {"epds10": 1})
    for who in (world.stranger, world.leader):
        with pytest.raises(NotVisible), transaction.atomic():
            answer(world, "safety", "no_danger", by=who, **HELD)


# --- a slip of the pen ------------------------------------------------------------------------------------


def mistyped(world):
    response = draft(world, answers(4, item10=1))
    return draft(world, answers(4), response=response, version=1)


def test_another_answer_never_ends_a_safety_conversation_by_itself(world):
    response = mistyped(world)
    assert open_steps(response) == ["safety"]
    late = actions.sign(response=response, version=response.version, by=world.nurse, at=AT)
    corrected = actions.correct(response=late, answers=CALM, reason="Feil rute i 4", by=world.nurse, at=AT)
    assert open_steps(corrected) == ["safety", "talk"]


def test_a_mistyped_answer_is_withdrawn_with_a_reason_that_a_colleague_sees(world):
    response = mistyped(world)
    duty = Duty.objects.get(step="safety")
    actions.withdraw_alert(duty=duty, reason="Krysset sto i ruta ved siden av", by=world.nurse, at=AT)
    assert open_refs(response) == [f"seen:{duty.key}", "sign"]
    seen = Task.objects.open().get(subject_key=duty.key)
    assert (seen.unit, seen.due_on) == (world.unit, DAY + timedelta(days=1))
    with pytest.raises(actions.SeenByTheSame), transaction.atomic():
        actions.confirm_withdrawal(duty=duty, by=world.nurse, at=AT)
    actions.confirm_withdrawal(duty=duty, by=world.colleague, at=AT)
    assert open_refs(response) == ["sign"]
    assert events("instruments.duty.withdrawn").count() == events("instruments.duty.withdrawal_seen").count() == 1
    with pytest.raises(actions.AlreadyAnswered), transaction.atomic():
        actions.confirm_withdrawal(duty=duty, by=world.colleague, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Duty.objects.filter(pk=duty.pk).update(seen_by=world.nurse.staff_id)


def test_an_alarm_whose_answer_stands_is_not_withdrawn(world):
    draft(world, {"epds10": 1})
    duty = Duty.objects.get()
    with pytest.raises(actions.StillStands), transaction.atomic():
        actions.withdraw_alert(duty=duty, reason="Feil rute", by=world.nurse, at=AT)
    assert Duty.objects.get().withdrawn_at is None


def test_a_withdrawal_needs_a_reason_and_only_alarms_are_withdrawn(world):
    mistyped(world)
    with pytest.raises(actions.ReasonMissing), transaction.atomic():
        actions.withdraw_alert(duty=Duty.objects.get(), reason="?", by=world.nurse, at=AT)
    signed(world, CALM)
    with pytest.raises(NotVisible), transaction.atomic():
        actions.withdraw_alert(duty=Duty.objects.get(step="talk"), reason="Feil rute", by=world.nurse, at=AT)


def test_an_answer_over_zero_after_a_withdrawal_opens_the_conversation_again(world):
    response = mistyped(world)
    actions.withdraw_alert(duty=Duty.objects.get(), reason="Feil rute", by=world.nurse, at=AT)
    response.refresh_from_db()
    draft(world, answers(4, item10=1), response=response, version=response.version)
    assert open_steps(response) == ["safety"]
    assert Duty.objects.count() == 2


def test_a_mistyped_answer_in_a_signed_form_is_corrected_then_withdrawn_and_leaves_no_orphan(world):
    first = signed(world, answers(9, item10=1))
    second = actions.correct(response=first, answers=answers(9), reason="Feil rute", by=world.nurse, at=AT)
    duty = Duty.objects.get(step="safety")
    actions.withdraw_alert(duty=duty, reason="Feil rute", by=world.nurse, at=AT)
    assert open_refs(second) == [f"seen:{duty.key}", "talk"]
    assert open_steps(second) == ["talk"]


# --- what keeps a contact open, and what a unit sees ------------------------------------------------------


def test_a_contact_closes_when_form_talk_and_safety_have_been_answered(world, contact):
    response = draft(world, answers(3, item10=1), contact=contact, journey=world.journey)

    def blocks():
        return len(queries.may_close(contact.pk))

    assert blocks() == 2  # unsigned, no outcome
    actions.sign(response=response, version=response.version, by=world.nurse, at=AT)
    assert {b.url_key for b in queries.may_close(contact.pk)} == set(Duty.objects.values_list("key", flat=True))
    answer(world, "talk", "talked")
    assert blocks() == 1
    answer(world, "safety", "not_reached", **TRIED)
    assert blocks() == 0  # an outcome is recorded; the duty is still open
    assert Duty.objects.open().filter(step="safety").exists()


def test_a_withdrawn_form_keeps_no_contact_open(world, contact):
    response = draft(world, {}, contact=contact)
    actions.withdraw(response=response, version=1, reason="Feil person", by=world.nurse, at=AT)
    assert queries.may_close(contact.pk) == []


def test_the_unit_sees_what_waits_and_strangers_nothing(world):
    signed(world, answers(14, item10=1))
    assert [d.step for d in queries.open_duties(viewer=world.colleague, at=AT, step="safety")] == ["safety"]
    assert queries.open_duties(viewer=world.nurse, at=AT).count() == 4
    assert not queries.open_duties(viewer=world.stranger, at=AT).exists()
    assert not queries.open_duties(viewer=world.leader, at=AT).exists()
    with pytest.raises(NotVisible):
        queries.duty_by_key(viewer=world.stranger, key=Duty.objects.first().key, at=AT)
    with pytest.raises(NotVisible):
        queries.duty_by_key(viewer=world.nurse, key="x", at=AT)


def test_a_key_on_a_task_leads_to_a_duty_or_to_its_form(world):
    response = draft(world, {"epds10": 1})
    duty = Duty.objects.get()
    assert queries.place_of(viewer=world.nurse, key=duty.key, at=AT).kind == "duty"
    assert queries.place_of(viewer=world.nurse, key=response.key, at=AT).kind == "response"
    with pytest.raises(NotVisible):
        queries.place_of(viewer=world.stranger, key=response.key, at=AT)
    assert Response.objects.count() == 1


def test_a_leaders_list_shows_it_from_closing_time_and_on_every_day_after(world):
    from fotspor.worklist.queries import begun

    draft(world, {"epds10": 2})
    at_noon, at_half_past_three = AT.replace(hour=11), AT.replace(hour=14, minute=30)  # in Oslo 12.00 and 15.30
    assert not begun(leader_tasks(), at_noon).exists()
    assert begun(leader_tasks(), at_half_past_three).exists()
    assert begun(leader_tasks(), at_noon + timedelta(days=1)).exists()
    answer(world, "safety", "not_reached", **TRIED)
    assert begun(leader_tasks(), at_noon).exists()
    assert begun(Task.objects.open().filter(for_leader=False), at_noon).count() == 2


def test_the_leader_is_told_of_a_follow_up_as_what_it_is(world):
    signed(world, answers(3, item10=1))
    answer(world, "safety", "needs_others_today", **HELD)
    answer(world, "follow_up", "not_reached", **TRIED)
    told = leader_tasks().get()
    assert (told.urgency, told.due_before) == (Urgency.RESULT, None)
    assert told.title == "A follow-up has been tried and is still open"
    assert "safety" not in explanation(told).lower()
    answer(world, "follow_up", "we_follow_up", **HELD)
    assert not leader_tasks().exists()


def test_what_is_missing_is_not_answered_before_the_form_has_it(world):
    response = signed(world, answers(9, missing=("epds08",)))
    with pytest.raises(actions.OutcomeIncomplete) as refused, transaction.atomic():
        answer(world, "ask_again", "answered")
    assert refused.value.field == "outcome"
    assert "ask_again" in open_steps(response)
    whole = actions.correct(response=response, answers=answers(9), reason="Spurt på nytt", by=world.nurse, at=AT)
    assert "ask_again" not in open_steps(whole)


def test_a_duty_that_is_withdrawn_or_ended_has_no_deadline_any_more(world):
    from fotspor.instruments import labels

    mistyped(world)
    duty = Duty.objects.get(step="safety")
    actions.withdraw_alert(duty=duty, reason="Krysset sto i ruta ved siden av", by=world.nurse, at=AT)
    late = DAY + timedelta(days=9)
    duty.refresh_from_db()
    assert labels.duty_label(duty, is_safety=True, today=late) is labels.WITHDRAWN
    response = signed(world, answers(12))
    actions.correct(response=response, answers=answers(2), reason="Feil rute", by=world.nurse, at=AT)
    ended = Duty.objects.get(step="support")
    assert labels.duty_label(ended, is_safety=False, today=late) is labels.ENDED


def test_every_line_that_is_missing_is_said_at_once():
    step = queries.routine_of("epds").step("safety")
    form = forms.DutyOutcome({"outcome": "not_reached", "outcome_on": "2026-11-24"}, outcomes=step.outcomes, today=DAY)
    assert set(form.errors) == {"tried", "handed_to"}
