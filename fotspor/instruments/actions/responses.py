"""One form: draft, signature, correction, withdrawal, print."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access import actions as access
from fotspor.access import queries as visibility
from fotspor.access.models import CareRelation
from fotspor.access.rules import Part, Permission, Purpose, Viewer
from fotspor.instruments import queries, rules
from fotspor.instruments.actions.approvals import _require_approved
from fotspor.instruments.actions.routine import WITHDRAWN, reconcile
from fotspor.instruments.models import Duty, Locked, Response
from fotspor.kit.dates import add_months
from fotspor.kit.errors import Refused, Stale
from fotspor.people.models import Journey, Person

LEAST_REASON = 5
DRAFTED = [
    "informant_kind", "language", "occasion", "answers", "answered_on", "total", "lowest", "highest", "band", "alerts",
    "saved_at", "saved_by",
]  # fmt: skip


class BadAnswers(Refused):
    """An answer, a date or an informant that the form cannot have."""


class ReasonMissing(Refused):
    """A reason must be written, so that somebody else can understand it."""


class NothingChanged(Refused):
    """The correction is the same as what stands."""


def _require(by: Viewer, person_id: int, at: datetime) -> None:
    if not by.may(Permission.SCREEN):
        raise visibility.NotVisible
    visibility.require(viewer=by, person_id=person_id, purpose=Purpose.CARE, part=Part.FORMS, at=at)


def _reason(text: str) -> str:
    if len(text.strip()) < LEAST_REASON:
        raise ReasonMissing(_("Write a reason, so that a colleague can understand it."))
    return text.strip()


def _not_in_the_future(answered_on: date, at: datetime) -> None:
    if answered_on > timezone.localdate(at):
        raise BadAnswers(_("The form cannot be answered in the future."))


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
    response: Response | None = None,
    version: int | None = None,
    by: Viewer,
    at: datetime,
) -> Response:
    """Keep what is filled in so far. An answer with an alert opens its duty now, whatever is missing.

    Shape   `subject` is whose record it is in: the parent's own. `version` is the one the page showed.
    Errors  BadAnswers; Locked for a signed form; Stale; NotApproved; NotVisible.
    """
    _require(by, subject.pk, at)
    _not_in_the_future(answered_on, at)
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
    elif response.is_signed or response.withdrawn_at is not None or response.subject_id != subject.pk:
        raise Locked
    response.informant_kind, response.language, response.occasion = informant_kind, language, occasion
    response.answered_on, response.saved_at, response.saved_by_id = answered_on, at, by.staff_id
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
    by: Viewer,
    at: datetime,
) -> Response:
    """Lock the form and begin what its result demands. Never blocked by an alert.

    Shape   `starts_routine`: the worker's own yes at any sum. Answers and facts that are given are saved with it.
    Errors  BadAnswers when nothing is answered; Locked; Stale; NotVisible.
    """
    _require(by, response.subject_id, at)
    if response.is_signed or response.withdrawn_at is not None:
        raise Locked
    for name, value in (("answered_on", answered_on), ("language", language), ("occasion", occasion)):
        if value is not None:
            setattr(response, name, value)
    _not_in_the_future(response.answered_on, at)
    _fill(response, response.answers if answers is None else answers)
    if not response.answers:
        raise BadAnswers(_("No question is answered. Fill in the form, or withdraw it."))
    response.saved_at, response.saved_by_id = at, by.staff_id
    response.signed_at, response.signed_by_id, response.starts_routine = at, by.staff_id, starts_routine
    response.save_if_unchanged(version, [*DRAFTED, "signed_at", "signed_by", "starts_routine"])
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
    by: Viewer,
    at: datetime,
) -> Response:
    """Put a new, signed form in the place of a signed one. The routine is derived again; what is done stays done.

    Errors  ReasonMissing, NothingChanged, BadAnswers; Locked when it is a draft, withdrawn, or corrected already.
    """
    _require(by, response.subject_id, at)
    current = Response.objects.select_for_update().get(pk=response.pk)
    if not current.is_signed or current.withdrawn_at is not None or hasattr(current, "corrected_by"):
        raise Locked
    day = answered_on or current.answered_on
    _not_in_the_future(day, at)
    if not answers:
        raise BadAnswers(_("No question is answered. Fill in the form, or withdraw it."))
    if dict(answers) == current.answers and day == current.answered_on:
        raise NothingChanged(_("Nothing is changed. Change an answer, or go back."))
    copied = (
        "instrument", "instrument_version", "subject_id", "informant_id", "informant_kind", "journey_id", "contact_id",
        "unit_id", "occasion", "language", "is_paper", "is_history", "starts_routine", "study_id",
    )  # fmt: skip
    corrected = Response(
        **{name: getattr(current, name) for name in copied},
        answered_on=day,
        corrects=current,
        first=current.root,
        correction_reason=_reason(reason),
        saved_at=at,
        saved_by_id=by.staff_id,
        signed_at=at,
        signed_by_id=by.staff_id,
    )
    _fill(corrected, answers)
    corrected.save()
    reconcile(response=corrected, by=by, at=at)
    _log("corrected", corrected, by, at, corrects=current.key)
    return corrected


@transaction.atomic
def withdraw(*, response: Response, version: int, reason: str, by: Viewer, at: datetime) -> Response:
    """Take a form out of use: begun by mistake, or on the wrong person. It stays readable, and is not counted.

    Shape   an open alert is withdrawn with it, and must be seen by a colleague.
    Errors  ReasonMissing; Locked when it is corrected or withdrawn already; Stale; NotVisible.
    """
    _require(by, response.subject_id, at)
    if response.withdrawn_at is not None or hasattr(response, "corrected_by"):
        raise Locked
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


@transaction.atomic
def answer_as_parent(*, person: Person, parent: Person, by: Viewer, at: datetime) -> None:
    """Open the unit's relation to a parent who answers about themselves, reached from the child's or mother's page.

    Shape   half a year; a relation that is there is kept.
    Errors  NotVisible when the parent is not one of those who may answer.
    """
    if not by.may(Permission.SCREEN) or by.unit_id is None:
        raise visibility.NotVisible
    visibility.require(viewer=by, person_id=person.pk, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    on = timezone.localdate(at)
    may_answer = queries.answerers_of(person=person, on=on)
    if parent.pk not in {a.person.pk for a in may_answer}:
        raise visibility.NotVisible
    may_see = visibility.decision_for(viewer=by, person_id=parent.pk, purpose=Purpose.CARE, part=Part.FORMS, at=at)
    if not may_see.allowed:
        access.open_relation(
            person_id=parent.pk,
            unit_id=by.unit_id,
            basis=CareRelation.Basis.INFORMANT,
            from_on=on,
            until_on=add_months(on, 6),
            by=by,
            at=at,
        )
        _require(by, parent.pk, at)
    access.log(type="instruments.parent.answers", by=by, at=at, person=parent.key, purpose=Purpose.CARE)


@transaction.atomic
def begin(
    *,
    person: Person,
    answerer: queries.Answerer,
    instrument: str,
    journey: Journey | None,
    contact: Any,
    language: str,
    occasion: str,
    answered_on: date,
    by: Viewer,
    at: datetime,
) -> Response:
    """Begin an empty form in the record of the parent who answered, reached from a child's or a parent's page."""
    if answerer.person.pk != person.pk:
        answer_as_parent(person=person, parent=answerer.person, by=by, at=at)
    return save_draft(
        subject=answerer.person,
        informant_kind=answerer.kind,
        instrument=instrument,
        answers={},
        answered_on=answered_on,
        contact=contact,
        journey=journey,
        language=language,
        occasion=occasion,
        by=by,
        at=at,
    )
