"""Drafts, signatures, corrections: each way out, and the line in the log."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from fotspor.access.models import AuditEvent, CareRelation
from fotspor.access.queries import NotVisible
from fotspor.instruments import actions, queries
from fotspor.instruments.models import Duty, NoLongerStands, NotSigned, Response
from fotspor.instruments.tests.world import AT, CALM, DAY, answers, make_person
from fotspor.kit.errors import Stale
from fotspor.worklist.models import Task

pytestmark = pytest.mark.django_db


def draft(world, filled, *, by=None, at=AT, **more):
    values = {
        "subject": world.mother, "informant_kind": "mother", "instrument": "epds", "answers": filled,
        "answered_on": DAY, "occasion": "six_weeks", "by": by or world.nurse, "at": at,
    }  # fmt: skip
    return actions.save_draft(**{**values, **more})


def signed(world, filled, **more):
    response = draft(world, filled, **more)
    return actions.sign(response=response, version=response.version, by=world.nurse, at=AT)


def open_steps(response):
    return sorted(Duty.objects.open().filter(response=response.root).values_list("step", flat=True))


def open_refs(response):
    """What the lists show of this form, without its key."""
    tasks = Task.objects.open().filter(ref__startswith=f"response:{response.root.key}:")
    return sorted(t.ref.split(":", 2)[2] for t in tasks)


def events(kind):
    return AuditEvent.objects.filter(type=kind)


def test_a_draft_is_kept_scored_and_logged(world):
    response = draft(world, answers(12))
    assert (response.total, response.band, response.signed_at, response.unit) == (12, "over", None, world.unit)
    assert response.informant == world.mother
    event = events("instruments.response.draft_saved").get()
    assert (event.person, event.facts["answered"]) == (world.mother.key, 10)
    assert "epds01" not in str(event.facts)


def test_an_unsigned_form_is_on_the_list_until_it_is_signed(world):
    response = draft(world, answers(4))
    assert open_refs(response) == ["sign"]
    actions.sign(response=response, version=response.version, by=world.nurse, at=AT)
    assert open_refs(response) == ["talk"]


def test_a_draft_with_item_ten_opens_safety_before_it_is_signed_and_with_items_missing(world):
    response = draft(world, {"epds10": 1})
    duty = Duty.objects.get(response=response)
    assert (duty.step, duty.due_on, duty.due_before.hour, duty.unit) == ("safety", DAY, 15, world.unit)
    assert open_refs(response) == ["safety", f"safety:leader:{world.unit.pk}", "sign"]
    task = Task.objects.get(ref=f"response:{response.key}:safety")
    assert (task.urgency, task.person, task.journey, task.subject_key) == (0, world.mother, None, duty.key)


def test_saving_again_needs_the_version_that_was_shown(world):
    response = draft(world, answers(3))
    draft(world, answers(4), response=response, version=1)
    with pytest.raises(Stale), transaction.atomic():
        draft(world, answers(5), response=Response.objects.get(), version=1)
    with pytest.raises(Stale), transaction.atomic():
        draft(world, answers(5), response=Response.objects.get())
    assert Response.objects.get().total == 4


@pytest.mark.parametrize(
    "wrong",
    [
        {"answers": {"epds11": 1}},
        {"answers": {"epds01": 4}},
        {"answers": {"epds01": True}},
        {"informant_kind": "uncle"},
        {"language": "xx"},
        {"occasion": "never"},
        {"answered_on": DAY + timedelta(days=1)},
    ],
)
def test_what_the_form_cannot_hold_is_refused_and_nothing_is_stored(world, wrong):
    with pytest.raises(actions.BadAnswers), transaction.atomic():
        draft(world, **{"filled": CALM, **({"filled": wrong.pop("answers")} if "answers" in wrong else {}), **wrong})
    assert not Response.objects.exists()


@pytest.mark.parametrize("who", ["stranger", "leader"])
def test_strangers_and_leaders_cannot_write_a_form(world, who):
    with pytest.raises(NotVisible), transaction.atomic():
        draft(world, CALM, by=getattr(world, who))
    response = draft(world, CALM)
    with pytest.raises(NotVisible), transaction.atomic():
        actions.sign(response=response, version=1, by=getattr(world, who), at=AT)


def test_signing_locks_and_begins_the_routine(world):
    response = signed(world, answers(12))
    assert open_steps(response) == ["letter", "support", "talk"]
    due = dict(Duty.objects.values_list("step", "due_on"))
    assert due == {"talk": DAY, "support": DAY + timedelta(days=14), "letter": DAY + timedelta(days=14)}
    assert events("instruments.response.signed").count() == 1
    with pytest.raises(actions.Locked), transaction.atomic():
        response.save()
    with pytest.raises(actions.Locked), transaction.atomic():
        draft(world, CALM, response=response, version=response.version)
    with pytest.raises(actions.Locked), transaction.atomic():
        actions.sign(response=response, version=response.version, by=world.nurse, at=AT)


def test_thirteen_points_shorten_the_deadline(world):
    response = signed(world, answers(13))
    assert Duty.objects.get(response=response, step="support").due_on == DAY + timedelta(days=7)


def test_an_alert_never_keeps_a_form_from_being_signed(world):
    response = signed(world, answers(3, item10=1))
    assert response.is_signed
    assert open_steps(response) == ["safety", "talk"]


def test_a_form_without_answers_is_not_signed(world):
    response = draft(world, {})
    with pytest.raises(actions.BadAnswers), transaction.atomic():
        actions.sign(response=response, version=response.version, by=world.nurse, at=AT)


def test_the_worker_may_start_the_routine_at_any_sum(world):
    response = draft(world, answers(2))
    actions.sign(response=response, version=response.version, starts_routine=True, by=world.nurse, at=AT)
    assert open_steps(response) == ["letter", "support", "talk"]


def test_missing_answers_that_decide_are_asked_for_again(world):
    response = signed(world, answers(8, missing=("epds08", "epds09")))
    assert (response.total, response.lowest, response.highest, response.band) == (None, 8, 14, "")
    assert open_steps(response) == ["ask_again", "talk"]


def test_a_deadline_counts_from_the_day_of_the_answer_but_is_never_before_the_signature(world):
    response = draft(world, answers(12), answered_on=DAY - timedelta(days=20), late_reason="Lå i posten")
    actions.sign(response=response, version=response.version, by=world.nurse, at=AT)
    assert Duty.objects.get(step="support").due_on == DAY


def test_a_correction_is_a_new_signed_form_and_what_is_done_stays_done(world):
    first = signed(world, answers(14))
    talk = Duty.objects.get(step="talk")
    actions.record_outcome(duty=talk, outcome="talked", by=world.nurse, at=AT)
    second = actions.correct(response=first, answers=answers(10), reason="Feil rute i 4", by=world.colleague, at=AT)
    assert (second.corrects, second.first, second.total, second.is_signed) == (first, first, 10, True)
    assert Response.objects.counted().get() == second
    assert open_steps(second) == ["letter", "support"]
    assert Duty.objects.get(step="support").due_on == DAY + timedelta(days=14)
    assert Duty.objects.filter(step="talk").count() == 1
    assert open_refs(second) == ["letter", "support"]
    assert events("instruments.response.corrected").get().facts["corrects"] == first.key


def test_a_correction_under_the_limit_ends_what_is_no_longer_asked_for_and_leaves_no_orphan(world):
    first = signed(world, answers(12))
    second = actions.correct(response=first, answers=answers(4), reason="Feil rute i 4", by=world.nurse, at=AT)
    assert open_steps(second) == ["talk"] == open_refs(second)
    assert set(Duty.objects.filter(ended_on=DAY).values_list("step", flat=True)) == {"letter", "support"}
    third = actions.correct(response=second, answers=answers(12), reason="Likevel rett", by=world.nurse, at=AT)
    assert third.first == first
    assert open_steps(third) == ["letter", "support", "talk"]
    assert Task.objects.open().filter(ref=f"response:{first.key}:support").count() == 1


def test_a_correction_needs_a_reason_a_change_and_the_form_that_stands(world):
    first = signed(world, answers(12))
    with pytest.raises(actions.ReasonMissing), transaction.atomic():
        actions.correct(response=first, answers=CALM, reason=" ", by=world.nurse, at=AT)
    with pytest.raises(actions.NothingChanged), transaction.atomic():
        actions.correct(response=first, answers=answers(12), reason="Ingenting", by=world.nurse, at=AT)
    actions.correct(response=first, answers=CALM, reason="Feil form", by=world.nurse, at=AT)
    with pytest.raises(NoLongerStands), transaction.atomic():
        actions.correct(response=first, answers=answers(3), reason="En gang til", by=world.nurse, at=AT)
    with pytest.raises(NotSigned), transaction.atomic():
        actions.correct(response=draft(world, CALM), answers=answers(3), reason="Utkast", by=world.nurse, at=AT)


def test_a_form_on_the_wrong_person_is_withdrawn_and_its_alarm_must_be_seen(world):
    response = signed(world, answers(14, item10=2))
    gone = actions.withdraw(response=response, version=response.version, reason="Feil person", by=world.nurse, at=AT)
    assert Response.objects.counted().count() == 0
    assert open_steps(gone) == []
    safety = Duty.objects.get(step="safety")
    assert open_refs(gone) == [f"seen:{safety.key}"]
    actions.confirm_withdrawal(duty=safety, by=world.colleague, at=AT)
    assert open_refs(gone) == []
    assert events("instruments.response.withdrawn").count() == 1
    with pytest.raises(NoLongerStands), transaction.atomic():
        actions.withdraw(response=gone, version=gone.version, reason="Feil person", by=world.nurse, at=AT)


def test_a_draft_begun_by_mistake_is_withdrawn_with_a_reason(world):
    response = draft(world, {})
    with pytest.raises(actions.ReasonMissing), transaction.atomic():
        actions.withdraw(response=response, version=1, reason="", by=world.nurse, at=AT)
    response.refresh_from_db()
    gone = actions.withdraw(response=response, version=1, reason="Begynt ved en feil", by=world.nurse, at=AT)
    assert open_refs(response) == []
    with pytest.raises(NoLongerStands), transaction.atomic():
        draft(world, CALM, response=gone, version=gone.version)
    with pytest.raises(NoLongerStands), transaction.atomic():
        actions.sign(response=gone, version=gone.version, by=world.nurse, at=AT)


def test_a_father_answers_in_his_own_record_and_his_relation_is_opened_by_that(world):
    with pytest.raises(NotVisible), transaction.atomic():
        draft(world, CALM, subject=world.father, informant_kind="father")
    actions.answer_as_parent(person=world.child, parent=world.father, by=world.nurse, at=AT)
    response = draft(world, CALM, subject=world.father, informant_kind="father", journey=world.journey)
    assert response.subject == world.father
    relation = CareRelation.objects.get(person=world.father, basis="informant")
    assert relation.unit == world.unit
    assert events("instruments.parent.answers").get().person == world.father.key
    with pytest.raises(NotVisible), transaction.atomic():
        actions.answer_as_parent(person=world.child, parent=make_person("En annen"), by=world.nurse, at=AT)


def test_a_printed_sheet_stands_in_the_log(world):
    response = signed(world, answers(12))
    actions.print_sheet(response=response, by=world.nurse, at=AT)
    assert events("instruments.response.printed").get().object.endswith(response.key)


def test_the_database_keeps_a_total_that_is_the_interval(world):
    response = draft(world, answers(4))
    with pytest.raises(IntegrityError), transaction.atomic():
        Response.objects.filter(pk=response.pk).update(total=5)


def test_a_form_that_is_open_when_its_contact_closes_is_said(world):
    response = draft(world, answers(3, item10=1))
    Response.objects.filter(pk=response.pk).update(contact=None)
    assert queries.may_close(0) == []
