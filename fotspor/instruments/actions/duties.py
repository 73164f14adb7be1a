"""Taking back an alarm that came from a slip of the pen, and what all that is done with a duty shares."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from fotspor.access import actions as access
from fotspor.access.queries import NotVisible
from fotspor.access.rules import Purpose, Viewer
from fotspor.instruments import queries
from fotspor.instruments.actions.responses import _reason, _require
from fotspor.instruments.actions.routine import ALERT_WITHDRAWN, reconcile
from fotspor.instruments.models import Duty
from fotspor.instruments.rules import RoutineStep
from fotspor.kit.errors import Refused


class AlreadyAnswered(Refused):
    """The duty is done, ended or withdrawn."""


class StillStands(Refused):
    """The answer that raised the alarm still stands."""


class SeenByTheSame(Refused):
    """Whoever withdrew an alarm cannot be the colleague who sees it."""


def _lock(duty: Duty) -> Duty:
    return Duty.objects.select_for_update(of=("self",)).select_related("response__subject", "unit").get(pk=duty.pk)


def _open(duty: Duty) -> Duty:
    found = _lock(duty)
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
    return _seen(duty, by, at)


@transaction.atomic
def confirm_as_leader(*, duty: Duty, by: Viewer, at: datetime) -> Duty:
    """Say, as the unit's leader, that the reason has been seen: when no colleague may open the form.

    Errors  SeenByTheSame; AlreadyAnswered; NotVisible when it does not wait for this leader.
    """
    queries.withdrawal_page(viewer=by, key=duty.key, at=at)
    return _seen(duty, by, at)


def _seen(duty: Duty, by: Viewer, at: datetime) -> Duty:
    duty = _lock(duty)
    if duty.withdrawn_at is None or duty.seen_at is not None:
        raise AlreadyAnswered(_("This has been answered already. Nothing was changed."))
    if duty.withdrawn_by_id == by.staff_id:
        raise SeenByTheSame(_("Somebody other than you must see it."))
    duty.seen_at, duty.seen_by_id = at, by.staff_id
    duty.save(update_fields=["seen_at", "seen_by"])
    reconcile(response=queries.current_of(duty.response), by=by, at=at)
    _log("withdrawal_seen", duty, by, at)
    return duty
