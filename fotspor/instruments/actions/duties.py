"""Answering what a result demands, and taking back an alarm that came from a slip of the pen."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access import actions as access
from fotspor.access.queries import NotVisible
from fotspor.access.rules import Purpose, Viewer
from fotspor.instruments import queries, rules
from fotspor.instruments.actions.responses import _reason, _require
from fotspor.instruments.actions.routine import ALERT_WITHDRAWN, reconcile
from fotspor.instruments.models import Duty, DutyOutcome
from fotspor.instruments.rules import RoutineStep
from fotspor.kit.errors import Refused


class AlreadyAnswered(Refused):
    """The duty is done, ended or withdrawn."""


class OutcomeIncomplete(Refused):
    """What the outcome must say is missing. `field` names where."""

    def __init__(self, message, field: str):
        super().__init__(message)
        self.field = field


class StillStands(Refused):
    """The answer that raised the alarm still stands."""


class SeenByTheSame(Refused):
    """Whoever withdrew an alarm cannot be the colleague who sees it."""


def _open(duty: Duty) -> Duty:
    found = Duty.objects.select_for_update(of=("self",)).select_related("response__subject", "unit").get(pk=duty.pk)
    if found.closed_on or found.ended_on or found.withdrawn_at:
        raise AlreadyAnswered(_("This has been answered already. Nothing was changed."))
    return found


def _step(duty: Duty) -> RoutineStep:
    return queries.routine_of(duty.response.instrument).step(duty.step)


def _log(what: str, duty: Duty, by: Viewer, at: datetime, **facts) -> None:
    access.log(
        type=f"instruments.duty.{what}",
        by=by,
        at=at,
        person=duty.response.subject.key,
        purpose=Purpose.CARE,
        object=f"instruments.duty:{duty.key}",
        step=duty.step,
        **facts,
    )


@transaction.atomic
def record_outcome(
    *,
    duty: Duty,
    outcome: str,
    note: str = "",
    tried: str = "",
    handed_to: str = "",
    outcome_on: date | None = None,
    by: Viewer,
    at: datetime,
) -> DutyOutcome:
    """Write what came of it. Some outcomes leave the duty open, and some tell the leader at once: the routine says.

    Shape   `note` is about the agreement, never the answers. Earlier outcomes stay.
    Errors  OutcomeIncomplete with the field; AlreadyAnswered; NotVisible.
    """
    _require(by, duty.response.subject_id, at)
    duty, today = _open(duty), timezone.localdate(at)
    step, on = _step(duty), outcome_on or today
    recorded = duty.outcomes.values_list("outcome", flat=True)
    chosen = next((o for o in rules.open_outcomes(step, recorded) if o.key == outcome), None)
    if chosen is None:
        raise OutcomeIncomplete(_("Choose what came of it."), "outcome")
    _require_whole(chosen, note, tried, handed_to)
    if not duty.response.answered_on <= on <= today:
        raise OutcomeIncomplete(_("The day is before the form was answered, or in the future."), "outcome_on")
    written = DutyOutcome.objects.create(
        duty=duty,
        outcome=outcome,
        note=note.strip() or None,
        tried=tried.strip() or None,
        handed_to=handed_to,
        outcome_on=on,
        recorded_at=at,
        recorded_by_id=by.staff_id,
    )
    duty.outcome, duty.closed_on = outcome, on if chosen.closes else None
    duty.save(update_fields=["outcome", "closed_on"])
    reconcile(response=queries.current_of(duty.response), by=by, at=at)
    _log("answered", duty, by, at, outcome=outcome, closes=chosen.closes, tells_leader=chosen.tells_leader)
    return written


def _require_whole(chosen: rules.Outcome, note: str, tried: str, handed_to: str) -> None:
    if chosen.needs_note and not note.strip():
        raise OutcomeIncomplete(_("Write what you agreed, or why not."), "note")
    if chosen.needs_tried and not tried.strip():
        raise OutcomeIncomplete(_("Write what was tried."), "tried")
    if chosen.needs_handed_to and handed_to not in DutyOutcome.HandedTo.values:
        raise OutcomeIncomplete(_("Choose who takes over."), "handed_to")


@transaction.atomic
def withdraw_alert(*, duty: Duty, reason: str, by: Viewer, at: datetime) -> Duty:
    """Say that an alarm came from a mistyped answer, once the answer is put right. A colleague must see it.

    Errors  StillStands while the form that stands has the alert; ReasonMissing; AlreadyAnswered; NotVisible.
    """
    _require(by, duty.response.subject_id, at)
    duty = _open(duty)
    step, current = _step(duty), queries.current_of(duty.response)
    if not step.is_safety:
        raise NotVisible
    if step.when.alert in current.alerts:
        raise StillStands(
            _("The answer still stands in the form. Put the answer right first, then withdraw the alarm.")
        )
    duty.withdrawn_at, duty.withdrawn_by_id, duty.withdrawal_reason = at, by.staff_id, _reason(reason)
    duty.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_reason"])
    reconcile(response=current, by=by, at=at, end_reason=ALERT_WITHDRAWN)
    _log("withdrawn", duty, by, at)
    return duty


@transaction.atomic
def confirm_withdrawal(*, duty: Duty, by: Viewer, at: datetime) -> Duty:
    """Say, as a colleague, that the reason for a withdrawn alarm has been seen.

    Errors  SeenByTheSame; AlreadyAnswered when it is seen or was never withdrawn; NotVisible.
    """
    _require(by, duty.response.subject_id, at)
    duty = Duty.objects.select_for_update(of=("self",)).select_related("response__subject", "unit").get(pk=duty.pk)
    if duty.withdrawn_at is None or duty.seen_at is not None:
        raise AlreadyAnswered(_("This has been answered already. Nothing was changed."))
    if duty.withdrawn_by_id == by.staff_id:
        raise SeenByTheSame(_("Somebody other than you must see it."))
    duty.seen_at, duty.seen_by_id = at, by.staff_id
    duty.save(update_fields=["seen_at", "seen_by"])
    reconcile(response=queries.current_of(duty.response), by=by, at=at)
    _log("withdrawal_seen", duty, by, at)
    return duty
