"""One form: draft, signature, correction, withdrawal, print."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access import actions as access
from fotspor.access import queries as visibility
from fotspor.access.rules import Doing, Part, Permission, Purpose, Viewer
from fotspor.instruments import labels, queries, rules
from fotspor.instruments.actions.approvals import _require_approved
from fotspor.instruments.actions.routine import WITHDRAWN, reconcile
from fotspor.instruments.models import Duty, Locked, NoLongerStands, NotSigned, Response
from fotspor.kit.dates import pregnancy_start
from fotspor.kit.errors import Refused, Stale
from fotspor.people.models import Journey, Person

LEAST_REASON = 5
DRAFTED = [
    "informant_kind", "language", "occasion", "answers", "answered_on", "late_reason", "total", "lowest", "highest",
    "band", "alerts", "saved_at", "saved_by",
]  # fmt: skip
STARTED = ["starts_routine", "started_at", "started_by"]


class BadAnswers(Refused):
    """An answer, a date or an informant that the form cannot have. `field` names where, when it is one."""

    def __init__(self, message: Any, field: str = ""):
        super().__init__(message)
        self.field = field


class ReasonMissing(Refused):
    """A reason must be written, so that somebody else can understand it."""


class NothingChanged(Refused):
    """The correction is the same as what stands."""


def _require(by: Viewer, person_id: int, at: datetime, doing: Doing = Doing.ANSWERS) -> None:
    if not by.may(Permission.SCREEN):
        raise visibility.NotVisible
    asked = {"person_id": person_id, "purpose": Purpose.CARE, "part": Part.FORMS, "at": at}
    visibility.require(viewer=by, doing=doing, **asked)


def _reason(text: str) -> str:
    if len(text.strip()) < LEAST_REASON:
        raise ReasonMissing(_("Write a reason, so that a colleague can understand it."))
    return text.strip()


def _require_day(response: Response, at: datetime, *, has_reason: bool) -> None:
    """Can it have been answered that day: not before a birth or the pregnancy, and not long ago without a reason?"""
    form = queries.instrument(response.instrument, response.instrument_version)
    journey = response.journey
    pregnancy = journey.pregnancy if journey is not None and not journey.is_sealed else None
    trouble = rules.day_trouble(
        response.answered_on,
        today=timezone.localdate(at),
        born_on=response.subject.born_on,
        earliest_on=rules.earliest_answer(
            pregnancy_start(pregnancy.due_on) if pregnancy else None,
            journey.child.born_on if journey is not None and journey.child_id else None,
        ),
        reason_after_days=form.reason_after_days,
        has_reason=has_reason,
    )
    if trouble is not None:
        where = "late_reason" if trouble is rules.DayTrouble.NEEDS_REASON else "answered_on"
        raise BadAnswers(labels.day_words(trouble, form.reason_after_days), where)


def _log(what: str, response: Response, by: Viewer, at: datetime, **facts: Any) -> None:
    access.log(
        type=f"instruments.response.{what}",
        by=by,
        at=at,
        person=response.subject.key,
        purpose=Purpose.CARE,
        object=f"instruments.response:{response.key}",
        instrument=response.instrument,
        **facts,
    )


def _fill(response: Response, answers: Mapping[str, int]) -> None:
    """Put the answers and what they add up to on the form. Errors: BadAnswers."""
    form = queries.instrument(response.instrument, response.instrument_version)
    if response.informant_kind not in {i.key for i in form.informants}:
        raise BadAnswers(_("Choose who answered."))
    if response.language not in {language.key for language in form.languages}:
        raise BadAnswers(_("Choose the language of the paper."))
    if response.occasion and response.occasion not in {o.key for o in form.occasions} and not response.study_id:
        raise BadAnswers(_("Choose the occasion."))
    try:
        found = rules.score(form, answers)
    except (rules.NoSuchItem, rules.NoSuchCode):
        raise BadAnswers(_("An answer is not one the form has. Nothing was saved.")) from None
    response.answers = dict(answers)
    response.total, response.lowest, response.highest = found.total, found.lowest, found.highest
    response.band = found.band.key if found.band else ""
    response.alerts = list(found.alerts)


@transaction.atomic
def save_draft(
    *,
    subject: Person,
    informant: Person | None = None,
    informant_kind: str,
    instrument: str,
    answers: Mapping[str, int],
    answered_on: date,
    unit_id: int | None = None,
    contact: Any = None,
    journey: Journey | None = None,
    language: str = "nb",
    occasion: str = "",
    late_reason: str = "",
    response: Response | None = None,
    version: int | None = None,
    by: Viewer,
    at: datetime,
) -> Response:
    """Keep what is filled in so far. An answer with an alert opens its duty now, whatever is missing.

    Shape   `subject` is whose record it is in: the parent's own. `version` is the one the page showed. `late_reason`
            says why it is entered long after it was answered.
    Errors  BadAnswers; Locked for a signed form; Stale; NotApproved; NotVisible.
    """
    _require(by, subject.pk, at)
    is_new = response is None
    if response is None:
        _require_approved(instrument)
        response = Response(
            instrument=instrument,
            instrument_version=queries.instrument(instrument).version,
            subject=subject,
            informant=informant or subject,
            journey=journey,
            contact=contact,
            unit_id=unit_id or by.unit_id,
        )
    elif response.withdrawn_at is not None:
        raise NoLongerStands
    elif response.is_signed or response.subject_id != subject.pk:
        raise Locked
    is_same_day = response.answered_on == answered_on
    response.informant_kind, response.language, response.occasion = informant_kind, language, occasion
    response.answered_on, response.saved_at, response.saved_by_id = answered_on, at, by.staff_id
    response.late_reason = late_reason.strip() or response.late_reason
    _require_day(response, at, has_reason=is_same_day or bool(response.late_reason))
    _fill(response, answers)
    if is_new:
        response.save()
    else:
        if version is None:
            raise Stale
        response.save_if_unchanged(version, DRAFTED)
    reconcile(response=response, by=by, at=at)
    _log("draft_saved", response, by, at, answered=len(answers))
    return response


@transaction.atomic
def sign(
    *,
    response: Response,
    version: int,
    starts_routine: bool = False,
    answers: Mapping[str, int] | None = None,
    answered_on: date | None = None,
    language: str | None = None,
    occasion: str | None = None,
    late_reason: str = "",
    by: Viewer,
    at: datetime,
) -> Response:
    """Lock the form and begin what its result demands. Never blocked by an alert.

    Shape   `starts_routine`: the worker's own yes at any sum. Answers and facts that are given are saved with it.
    Errors  BadAnswers when nothing is answered; Locked; Stale; NotVisible.
    """
    _require(by, response.subject_id, at)
    if response.withdrawn_at is not None:
        raise NoLongerStands
    if response.is_signed:
        raise Locked
    is_same_day = answered_on in (None, response.answered_on)
    given = {"answered_on": answered_on, "language": language, "occasion": occasion, "late_reason": late_reason.strip()}
    for name, value in given.items():
        if value not in (None, "") or (name == "occasion" and value == ""):
            setattr(response, name, value)
    _require_day(response, at, has_reason=is_same_day or bool(response.late_reason))
    _fill(response, response.answers if answers is None else answers)
    if not response.answers:
        raise BadAnswers(_("No question is answered. Fill in the form, or withdraw it."))
    response.saved_at, response.saved_by_id = at, by.staff_id
    response.signed_at, response.signed_by_id = at, by.staff_id
    if starts_routine:
        response.starts_routine, response.started_at, response.started_by_id = True, at, by.staff_id
    response.save_if_unchanged(version, [*DRAFTED, "signed_at", "signed_by", *STARTED])
    reconcile(response=response, by=by, at=at)
    _log("signed", response, by, at, is_complete=response.total is not None, starts_routine=starts_routine)
    return response


@transaction.atomic
def correct(
    *,
    response: Response,
    answers: Mapping[str, int],
    reason: str,
    answered_on: date | None = None,
    informant_kind: str | None = None,
    language: str | None = None,
    occasion: str | None = None,
    by: Viewer,
    at: datetime,
) -> Response:
    """Put a new, signed form in the place of a signed one. The routine is derived again; what is done stays done.

    Shape   answers, day, who answered, language and occasion may be other than they were; None leaves one as it is.
    Errors  ReasonMissing, NothingChanged, BadAnswers; NotSigned; NoLongerStands.
    """
    _require(by, response.subject_id, at)
    current = Response.objects.select_for_update().get(pk=response.pk)
    _require_standing(current)
    if not current.is_signed:
        raise NotSigned
    day = answered_on or current.answered_on
    others = {"informant_kind": informant_kind, "language": language, "occasion": occasion}
    facts = {name: value for name, value in others.items() if value is not None}
    if informant_kind not in (None, current.informant_kind, *queries.kinds_of(current)):
        raise BadAnswers(labels.NOT_AS_THIS, "informant_kind")
    if not answers:
        raise BadAnswers(_("No question is answered. Fill in the form, or withdraw it."))
    is_same = dict(answers) == current.answers and day == current.answered_on
    if is_same and all(getattr(current, name) == value for name, value in facts.items()):
        raise NothingChanged(_("Nothing is changed. Change an answer, or go back."))
    return _put_in_place(current, answers, day, _reason(reason), by, at, **facts)


def _require_standing(response: Response) -> None:
    """Is it neither withdrawn nor corrected? Errors: NoLongerStands."""
    if response.withdrawn_at is not None or hasattr(response, "corrected_by"):
        raise NoLongerStands


def _put_in_place(
    current: Response, answers: Mapping[str, int], day: date, reason: str, by: Viewer, at: datetime, **facts: str
) -> Response:
    """The signed form that takes the place of this one, and what follows from it."""
    copied = (
        "instrument", "instrument_version", "subject_id", "informant_id", "informant_kind", "journey_id", "contact_id",
        "unit_id", "occasion", "language", "is_paper", "is_history", "late_reason", "study_id", "starts_routine",
        "started_at", "started_by_id",
    )  # fmt: skip
    corrected = Response(
        **{name: getattr(current, name) for name in copied} | facts,
        answered_on=day,
        corrects=current,
        first=current.root,
        correction_reason=reason,
        saved_at=at,
        saved_by_id=by.staff_id,
        signed_at=at,
        signed_by_id=by.staff_id,
    )
    if day != current.answered_on and not current.study_id:
        _require_day(corrected, at, has_reason=True)
    _fill(corrected, answers)
    corrected.save()
    reconcile(response=corrected, by=by, at=at)
    _log("corrected", corrected, by, at, corrects=current.key)
    return corrected


@transaction.atomic
def start_routine(*, response: Response, by: Viewer, at: datetime) -> Response:
    """Begin the routine of a signed form that did not begin it, on the worker's own yes. Pressed twice is one.

    Shape   deadlines count from today. The answers stay as they were signed.
    Errors  NotSigned; NoLongerStands; Locked for one read in as history; NotVisible.
    """
    _require(by, response.subject_id, at)
    current = Response.objects.select_for_update(of=("self",)).select_related("first", "unit", "subject")
    current = current.get(pk=response.pk)
    _require_standing(current)
    if not current.is_signed:
        raise NotSigned
    if current.is_history:
        raise Locked
    if not current.starts_routine:
        current.starts_routine, current.started_at, current.started_by_id = True, at, by.staff_id
        current.save_if_unchanged(current.version, STARTED)
        reconcile(response=current, by=by, at=at)
        _log("routine_started", current, by, at)
    return current


@transaction.atomic
def withdraw(*, response: Response, version: int, reason: str, by: Viewer, at: datetime) -> Response:
    """Take a form out of use: begun by mistake, or on the wrong person. It stays readable, and is not counted.

    Shape   an open alert is withdrawn with it, and must be seen by a colleague.
    Errors  ReasonMissing; NoLongerStands; Stale; NotVisible.
    """
    _require(by, response.subject_id, at)
    _require_standing(response)
    text = _reason(reason)
    response.withdrawn_at, response.withdrawn_by_id, response.withdrawal_reason = at, by.staff_id, text
    response.save_if_unchanged(version, ["withdrawn_at", "withdrawn_by", "withdrawal_reason"])
    safety = [step.key for step in queries.routine_of(response.instrument).steps if step.is_safety]
    for duty in Duty.objects.open().filter(response=response.root, step__in=safety):
        duty.withdrawn_at, duty.withdrawn_by_id, duty.withdrawal_reason = at, by.staff_id, text
        duty.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawal_reason"])
    reconcile(response=response, by=by, at=at, end_reason=WITHDRAWN)
    _log("withdrawn", response, by, at, was_signed=response.is_signed)
    return response


@transaction.atomic
def print_sheet(*, response: Response, by: Viewer, at: datetime) -> None:
    """Say that the conversation sheet is printed: paper leaves the room, so it stands in the log."""
    _require(by, response.subject_id, at)
    _log("printed", response, by, at)
