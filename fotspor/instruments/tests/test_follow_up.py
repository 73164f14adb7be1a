"""What follows from a form over time: closing a contact, taking back, starting later, agreeing, asking for a letter."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils.translation import override

from fotspor.access.actions import withdraw_consent
from fotspor.access.models import Consent
from fotspor.access.queries import NotVisible
from fotspor.instruments import actions, queries
from fotspor.instruments.models import Duty, DutyOutcome, NoLongerStands, NotSigned, Response
from fotspor.instruments.tests.test_actions import draft, events, open_refs, open_steps, signed
from fotspor.instruments.tests.test_duties import HELD, TRIED, answer, leader_tasks, mistyped
from fotspor.instruments.tests.world import AT, CALM, DAY, answers, make_person, make_unit, relate
from fotspor.kit.dates import TERM_DAYS
from fotspor.pathways.models import Contact
from fotspor.people.models import Guardianship, Journey, Pregnancy
from fotspor.worklist.labels import explanation
from fotspor.worklist.models import Task
from fotspor.worklist.queries import personal

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=3)


def blocked(contact):
    return {block.url_key for block in queries.may_close(contact.pk)}


def another(contact, **values):
    return Contact.objects.create(
        **{"journey": contact.journey, "unit": contact.unit, "title": "Another", **values},
        opens_on=DAY, due_on=DAY, closes_on=DAY,
    )  # fmt: skip


# --- closing a contact ------------------------------------------------------------------------------------


def test_a_form_begun_without_a_contact_keeps_the_contact_open(world, contact):
    response = draft(world, answers(3, item10=1), journey=world.journey)
    assert blocked(contact) == {response.key, Duty.objects.get().key}
    actions.sign(response=response, version=response.version, by=world.nurse, at=AT)
    answer(world, "talk", "talked")
    assert blocked(contact) == {Duty.objects.get(step="safety").key}
    answer(world, "safety", "no_danger", **HELD)
    assert blocked(contact) == set()


def test_a_form_reached_from_the_mothers_own_page_keeps_her_childs_contact_open(world, contact):
    draft(world, {"epds10": 1})
    assert len(blocked(contact)) == 2


def test_a_pregnancys_contact_waits_for_her_form_and_for_the_other_parents(world, contact):
    other = make_person("Medmor")
    relate(other, world.unit)
    pregnancy = Pregnancy.objects.create(
        mother=world.mother, other_parent=other, due_on=DAY, due_source="ultrasound", registered_at=AT
    )
    journey = Journey.objects.create(pregnancy=pregnancy, opened_on=DAY, opened_at=AT)
    ours = another(contact, journey=journey)
    mine = draft(world, CALM)
    hers = draft(world, CALM, subject=other, informant_kind="co_mother")
    assert blocked(ours) == {mine.key, hers.key}


def test_each_form_waits_at_its_own_contact_while_that_one_can_be_closed(world, contact):
    response = draft(world, {"epds10": 1}, contact=contact)
    next_one = another(contact)
    assert blocked(next_one) == set()
    Contact.objects.filter(pk=contact.pk).update(cancelled_on=DAY, cancel_reason="Planen ble endret")
    assert blocked(next_one) == {response.key, Duty.objects.get().key}


def test_forms_of_other_parents_and_other_units_keep_no_contact_open(world, contact):
    stranger = make_person("Annen mor")
    relate(stranger, world.unit)
    draft(world, {"epds10": 1}, subject=stranger)
    draft(world, {"epds10": 1}, unit_id=make_unit("En annen").pk)
    assert blocked(contact) == set()


def test_after_an_adoption_a_former_parents_form_is_not_spoken_of(world, contact):
    draft(world, {"epds10": 1})
    Guardianship.objects.filter(guardian=world.mother).update(until_on=DAY)
    Journey.objects.filter(pk=world.journey.pk).update(is_sealed=True)
    assert blocked(contact) == set()


# --- taking back ------------------------------------------------------------------------------------------


def take_back(world, step, *, at=LATER, by=None, reason="Ført på feil person", recorded=1):
    duty = Duty.objects.standing().get(step=step)
    return actions.take_back(duty=duty, recorded=recorded, reason=reason, by=by or world.colleague, at=at)


def test_a_safety_conversation_recorded_wrongly_is_due_the_same_day_again_and_the_leader_is_told(world, contact):
    response = signed(world, answers(3, item10=1), contact=contact)
    answer(world, "safety", "acute_113", **HELD)
    answer(world, "talk", "talked")
    assert (leader_tasks().count(), blocked(contact)) == (0, set())
    duty = take_back(world, "safety")
    later = DAY + timedelta(days=3)
    assert (duty.outcome, duty.closed_on) == ("", None)
    assert Duty.objects.get(step="safety").due_on == later
    assert open_steps(response) == ["safety"]  # and what the wrong outcome asked for has ended
    task = Task.objects.open().get(ref=f"response:{response.key}:safety")
    assert (task.due_on, task.urgency) == (later, 0)
    told = leader_tasks().get()
    assert (told.opens_on, told.due_before) == (later, None)
    assert "Legevakta 116 117" in explanation(told)
    assert blocked(contact) == {duty.key}
    wrong = DutyOutcome.objects.get(outcome="acute_113")
    assert (wrong.note, wrong.taken_back_reason) == (HELD["note"], "Ført på feil person")
    assert (wrong.recorded_by_id, wrong.taken_back_by_id) == (world.nurse.staff_id, world.colleague.staff_id)
    event = events("instruments.duty.outcome_taken_back").get()
    assert (event.person, event.facts["outcome"]) == (world.mother.key, "acute_113")
    answer(world, "safety", "no_danger", at=LATER, **HELD)
    assert not leader_tasks().exists()


@pytest.mark.parametrize(
    ("step", "outcome", "more"),
    [("support", "wants_no", {}), ("letter", "asked_yes_sent", {}), ("letter", "asked_no", {}), ("talk", "talked", {})],
)
def test_any_outcome_recorded_wrongly_is_taken_back_and_the_deadline_is_the_old_one(world, step, outcome, more):
    response = signed(world, answers(12))
    due_on = Duty.objects.get(step=step).due_on
    answer(world, step, outcome, **more)
    take_back(world, step)
    assert step in open_steps(response)
    assert step in open_refs(response)
    assert Duty.objects.get(step=step).due_on == due_on
    assert not Consent.objects.filter(withdrawn_at=None).exists()


def test_the_outcome_before_stands_again(world):
    signed(world, answers(3, item10=1))
    answer(world, "safety", "not_reached", **TRIED)
    answer(world, "safety", "others_held", handed_to="gp")
    take_back(world, "safety", recorded=2)
    assert Duty.objects.get(step="safety").outcome == "not_reached"
    assert "others_held" in {o.key for o in queries.duty_page(
        viewer=world.nurse, key=Duty.objects.get(step="safety").key, at=AT).outcomes}  # fmt: skip


def test_taking_back_needs_a_reason_and_what_the_page_showed(world):
    signed(world, answers(12))
    with pytest.raises(actions.AlreadyAnswered), transaction.atomic():
        take_back(world, "talk", recorded=0)
    answer(world, "talk", "talked")
    for wrong in ({"reason": "?"}, {"recorded": 2}, {"by": world.stranger}):
        with pytest.raises((actions.ReasonMissing, actions.AlreadyAnswered, NotVisible)), transaction.atomic():
            take_back(world, "talk", **wrong)
    take_back(world, "talk")
    with pytest.raises(actions.AlreadyAnswered), transaction.atomic():
        take_back(world, "talk")


# --- days -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "field"),
    [(-1, "answered_on"), (15, "late_reason"), (42 + TERM_DAYS + 15, "answered_on"), (15000, "answered_on")],
)
def test_a_day_that_cannot_be_or_was_long_ago_is_refused_where_it_stands(world, days, field):
    with pytest.raises(actions.BadAnswers) as refused, transaction.atomic():
        draft(world, CALM, answered_on=DAY - timedelta(days=days), journey=world.journey)
    assert refused.value.field == field
    assert not Response.objects.exists()


def test_a_late_form_is_entered_with_a_reason_and_kept_with_it(world):
    response = draft(world, CALM, answered_on=DAY - timedelta(days=30), late_reason="Lå i posten")
    response = draft(world, CALM, response=response, version=1, answered_on=DAY - timedelta(days=30))
    actions.sign(response=response, version=2, by=world.nurse, at=AT)
    assert Response.objects.get().late_reason == "Lå i posten"
    corrected = actions.correct(response=response, answers=answers(4), reason="Feil rute", by=world.nurse, at=AT)
    assert corrected.late_reason == "Lå i posten"


def test_a_draft_that_waited_is_signed_without_a_reason(world):
    response = draft(world, answers(3))
    signed_at = AT + timedelta(days=40)
    assert actions.sign(response=response, version=1, answered_on=DAY, by=world.nurse, at=signed_at).is_signed


def test_a_sealed_journey_does_not_tell_when_the_pregnancy_began(world):
    pregnancy = Pregnancy.objects.create(
        mother=make_person("Ukjent"), due_on=DAY - timedelta(days=45), due_source="ultrasound", registered_at=AT
    )
    Journey.objects.filter(pk=world.journey.pk).update(pregnancy=pregnancy, is_sealed=True)
    world.journey.refresh_from_db()
    early = DAY - timedelta(days=45 + TERM_DAYS + 1)
    assert draft(world, CALM, answered_on=early, late_reason="Funnet igjen", journey=world.journey).answered_on == early


# --- the worker's own yes afterwards ----------------------------------------------------------------------


def test_the_routine_is_started_on_a_signed_form_once(world):
    response = signed(world, answers(2))
    for _ in range(2):
        actions.start_routine(response=response, by=world.colleague, at=LATER)
    assert open_steps(response) == ["letter", "support", "talk"]
    assert Duty.objects.get(step="support").due_on == DAY + timedelta(days=3 + 14)
    assert events("instruments.response.routine_started").count() == 1
    response.refresh_from_db()
    assert (response.started_by_id, response.total) == (world.colleague.staff_id, 2)
    corrected = actions.correct(response=response, answers=answers(3), reason="Feil rute", by=world.nurse, at=LATER)
    assert open_steps(corrected) == ["letter", "support", "talk"]
    with pytest.raises(NoLongerStands), transaction.atomic():
        actions.start_routine(response=response, by=world.nurse, at=LATER)


def test_only_a_signed_form_that_stands_starts_the_routine_and_not_for_strangers(world):
    with pytest.raises(NotSigned), transaction.atomic():
        actions.start_routine(response=draft(world, CALM), by=world.nurse, at=AT)
    with pytest.raises(NotVisible), transaction.atomic():
        actions.start_routine(response=signed(world, CALM), by=world.stranger, at=AT)


# --- asking again about what decides the deadline ----------------------------------------------------------


def test_a_sum_that_is_over_ten_and_may_be_over_thirteen_is_asked_about(world):
    response = signed(world, answers(12, missing=("epds08",)))
    assert (response.lowest, response.highest) == (12, 15)
    assert open_steps(response) == ["ask_again_upper", "letter", "support", "talk"]
    task = Task.objects.open().get(ref=f"response:{response.key}:ask_again_upper")
    assert "13" in explanation(task)
    whole = actions.correct(response=response, answers=answers(12), reason="Spurt på nytt", by=world.nurse, at=AT)
    assert open_steps(whole) == ["letter", "support", "talk"]


# --- one conversation after another -----------------------------------------------------------------------


def test_a_conversation_is_agreed_and_the_task_waits_for_the_day(world):
    response = signed(world, answers(12))
    on = DAY + timedelta(days=9)
    answer(world, "support", "agreed", next_on=on)
    task = Task.objects.open().get(ref=f"response:{response.key}:support")
    assert (task.due_on, task.booked_on) == (on, on)
    answer(world, "support", "held_again", at=AT + timedelta(days=9), next_on=DAY + timedelta(days=30))
    assert Duty.objects.get(step="support").due_on == DAY + timedelta(days=30)
    answer(world, "support", "held", note="Hun klarer seg fint nå", at=AT + timedelta(days=30))
    assert "support" not in open_steps(response)
    assert [o.outcome for o in DutyOutcome.objects.all()] == ["agreed", "held_again", "held"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({}, "next_on"),
        ({"next_on": DAY - timedelta(days=1)}, "next_on"),
        ({"next_on": DAY + timedelta(days=15)}, "note"),
    ],
)
def test_an_agreement_names_a_day_and_says_why_it_is_after_the_deadline(world, more, field):
    signed(world, answers(12))
    with pytest.raises(actions.OutcomeIncomplete) as refused, transaction.atomic():
        answer(world, "support", "agreed", **more)
    assert refused.value.field == field


# --- folder and letter ------------------------------------------------------------------------------------


def test_which_folder_was_handed_out_and_in_which_language_is_kept(world):
    signed(world, CALM)
    folder = "mental_health 2026"
    for wrong in ({"folder": "moon"}, {"folder": folder}, {"folder": folder, "folder_language": "xx"}):
        with pytest.raises(actions.OutcomeIncomplete), transaction.atomic():
            answer(world, "talk", "talked", **wrong)
    outcome = answer(world, "talk", "talked", folder=folder, folder_language="nn")
    assert (outcome.folder, outcome.folder_language) == (folder, "nn")


def letter(world, viewer=None):
    key = Duty.objects.get(step="letter").key
    return " ".join(queries.letter_page(viewer=viewer or world.nurse, key=key, at=AT).paragraphs)


def test_no_letter_is_written_before_a_yes_and_none_after_it_is_taken_back(world):
    signed(world, answers(14, item10=1))
    with pytest.raises(NotVisible):
        letter(world)
    answer(world, "letter", "asked_yes_not_sent")
    consent = Consent.objects.get()
    assert (consent.what, consent.person, consent.given_by) == ("letter_to_gp", world.mother, world.mother)
    assert world.mother.name in letter(world)
    assert "14" not in letter(world).replace(str(DAY.year), "")
    with pytest.raises(NotVisible):
        letter(world, world.stranger)
    withdraw_consent(consent=consent, by=world.nurse, at=AT)
    with pytest.raises(NotVisible):
        letter(world)
    assert "letter" in open_steps(Response.objects.get())


def test_the_sum_is_in_the_letter_only_on_her_own_yes_to_that(world):
    signed(world, answers(14))
    answer(world, "letter", "asked_yes_not_sent", with_sum=True)
    assert "14 av 30" in letter(world)
    with override("en"):  # whatever language the sender's screen has
        assert "14 av 30" in letter(world)
    answer(world, "letter", "asked_yes_sent", with_sum=True)
    assert Consent.objects.count() == 1
    actions.print_letter(key=Duty.objects.get(step="letter").key, by=world.nurse, at=AT)
    assert events("instruments.duty.letter_printed").get().person == world.mother.key


def test_a_yes_to_less_takes_the_place_of_a_yes_to_more_and_a_no_of_both(world):
    signed(world, answers(14))
    answer(world, "letter", "asked_yes_not_sent", with_sum=True)
    answer(world, "letter", "asked_yes_not_sent")
    assert Consent.objects.filter(withdrawn_at=None).count() == 1
    assert "av 30" not in letter(world)
    answer(world, "letter", "asked_no")
    assert not Consent.objects.filter(withdrawn_at=None).exists()


# --- who sees what ----------------------------------------------------------------------------------------


def test_whoever_withdrew_an_alarm_does_not_get_it_on_her_own_list(world):
    mistyped(world)
    duty = Duty.objects.get(step="safety")
    actions.withdraw_alert(duty=duty, reason="Krysset sto i ruta ved siden av", by=world.nurse, at=AT)

    def has(viewer):
        return personal(viewer=viewer, today=DAY).visible_from(DAY).filter(subject_key=duty.key).exists()

    assert (has(world.nurse), has(world.colleague)) == (False, True)
    task = Task.objects.open().get(subject_key=duty.key)
    actions.save_draft(
        subject=world.mother, informant_kind="mother", instrument="epds", answers=answers(5), answered_on=DAY,
        response=Response.objects.get(), version=Response.objects.get().version, by=world.nurse, at=AT,
    )  # fmt: skip
    assert Task.objects.open().get(subject_key=duty.key).staff_id == task.staff_id == world.colleague.staff_id


def test_a_form_that_is_begun_is_gone_on_with_or_another_is_meant(world):
    first = draft(world, {})
    start = queries.start(viewer=world.nurse, person_key=world.child.key, slug="epds", at=AT)
    assert [row.url.split("/")[-2] for row in start.begun] == [first.key]
    about = {
        "person": world.child, "answerer": start.answerers[0], "instrument": "epds", "journey": world.journey,
        "contact": None, "language": "nb", "occasion": "six_weeks", "answered_on": DAY, "by": world.nurse, "at": AT,
    }  # fmt: skip
    with pytest.raises(actions.AlreadyBegun), transaction.atomic():
        actions.begin(**about)
    assert Response.objects.count() == 1
    assert actions.begin(**about, another=True).pk != first.pk


def test_a_contact_lists_the_forms_begun_at_it_for_those_who_may_open_them(world, contact):
    response = draft(world, {}, contact=contact)
    rows = queries.forms_at(viewer=world.nurse, contact_id=contact.pk, at=AT)
    assert [row.url.split("/")[-2] for row in rows] == [response.key]
    assert queries.forms_at(viewer=world.stranger, contact_id=contact.pk, at=AT) == []


def test_a_correction_puts_the_facts_right_too(world):
    Guardianship.objects.filter(guardian=world.mother).update(kind="co_mother")
    first = signed(world, answers(12))
    facts = {"informant_kind": "co_mother", "language": "other", "occasion": "other"}
    second = actions.correct(
        response=first, answers=answers(12), reason="Feil språk", answered_on=DAY - timedelta(days=2), by=world.nurse,
        at=AT, **facts,
    )  # fmt: skip
    assert {name: getattr(second, name) for name in facts} == facts
    assert second.answered_on == DAY - timedelta(days=2)
    with pytest.raises(actions.BadAnswers), transaction.atomic():
        actions.correct(response=second, answers=CALM, reason="Feil språk", language="xx", by=world.nurse, at=AT)
