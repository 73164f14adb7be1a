"""Recording what came of a duty, and taking back what was recorded wrongly."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access.rules import Viewer
from fotspor.instruments import queries, rules
from fotspor.instruments.actions.duties import AlreadyAnswered, _lock, _log, _open, _step
from fotspor.instruments.actions.letters import _consent_for, _withdraw_consents
from fotspor.instruments.actions.responses import _reason, _require
from fotspor.instruments.actions.routine import OUTCOME_TAKEN_BACK, _by_result, _own_deadline, reconcile
from fotspor.instruments.models import Duty, DutyOutcome, Response
from fotspor.kit import phrases
from fotspor.kit.errors import LookFirst, Refused

NOTE_MISSING = _("Write what you agreed, or why not.")
TRIED_MISSING = _("Write what was tried.")
HANDED_TO_MISSING = _("Choose who takes over.")
NEXT_MISSING = _("Write the day you have agreed. It cannot be past.")
ANSWERS_FIRST = _(
    "The same answers are still missing in the form. Choose «Correct the form» and put them in. "
    "Then this closes by itself."
)


class OutcomeIncomplete(Refused):
    """What the outcome must say is missing. `field` names where."""

    def __init__(self, message, field: str):
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class _Said:
    """What was written about one outcome."""

    note: str
    tried: str
    handed_to: str
    next_on: date | None
    next_time: time | None
    folder: str
    folder_language: str


@transaction.atomic
def record_outcome(
    *,
    duty: Duty,
    outcome: str,
    note: str = "",
    tried: str = "",
    handed_to: str = "",
    outcome_on: date | None = None,
    next_on: date | None = None,
    next_time: time | None = None,
    folder: str = "",
    folder_language: str = "",
    with_sum: bool = False,
    confirmed: bool = False,
    shown: str | None = None,
    by: Viewer,
    at: datetime,
) -> DutyOutcome:
    """Write what came of it. Some outcomes leave the duty open, and some tell the leader at once: the routine says.

    Shape   `note` is about the agreement, never the answers. Earlier outcomes stay. `next_on` is the day of the next
            conversation, which the duty waits for; `with_sum` says that the parent's yes holds for the sum too.
            `shown` is the `LookFirst.shown` that somebody confirmed; None where nobody was asked.
    Errors  OutcomeIncomplete with the field; AlreadyAnswered; CannotConsent; NotVisible; LookFirst when whoever has the
            conversation is booked, away or off that day, or the parent took back an earlier yes to the letter, unless
            `confirmed` for just that.
    """
    _require(by, duty.response.subject_id, at)
    duty, today = _open(duty), timezone.localdate(at)
    step, on, current = _step(duty), outcome_on or today, queries.current_of(duty.response)
    recorded, yes_to = [each.outcome for each in duty.standing_outcomes], shown if confirmed else ""
    chosen = next((o for o in rules.open_outcomes(step, recorded) if o.key == outcome), None)
    if chosen is None:
        raise OutcomeIncomplete(_("Choose what came of it."), "outcome")
    said = _Said(note.strip(), tried.strip(), handed_to, next_on, next_time, folder, folder_language)
    _require_whole(chosen, said, duty, today)
    if chosen.needs_correction and _still_asks(step, current):
        raise OutcomeIncomplete(ANSWERS_FIRST, "outcome")
    if chosen.needs_next:
        by_when = rules.agreed_by(step, chosen, recorded, due_on=_own_deadline(duty, current), today=today)
        _require_day(duty, said, by_when, by, yes_to)
    if not current.answered_on <= on <= today:
        raise OutcomeIncomplete(_("The day is before the form was answered, or in the future."), "outcome_on")
    consent = _consent_for(duty, with_sum, yes_to, by, at) if chosen.gives_consent else None
    if step.writes_letter and chosen.closes and consent is None:
        _withdraw_consents(duty, by, at)
    written = DutyOutcome.objects.create(
        duty=duty,
        outcome=outcome,
        note=said.note or None,
        tried=said.tried or None,
        handed_to=handed_to,
        outcome_on=on,
        next_on=next_on if chosen.needs_next else None,
        next_time=next_time if chosen.needs_next else None,
        folder=folder if step.hands_out else "",
        folder_language=folder_language if step.hands_out and folder else "",
        consent=consent,
        with_sum=with_sum and consent is not None,
        recorded_at=at,
        recorded_by_id=by.staff_id,
    )
    duty.outcome, duty.closed_on = outcome, on if chosen.closes else None
    duty.save(update_fields=["outcome", "closed_on"])
    reconcile(response=current, by=by, at=at)
    _log("answered", duty, by, at, outcome=outcome, closes=chosen.closes, tells_leader=chosen.tells_leader)
    return written


def _still_asks(step: rules.RoutineStep, current: Response) -> bool:
    """Do the answers that stand still ask for this step?"""
    return any(want.step.key == step.key for want in _by_result(queries.routine_of(current.instrument), current))


def _require_whole(chosen: rules.Outcome, said: _Said, duty: Duty, today: date) -> None:
    if chosen.needs_note and not said.note:
        raise OutcomeIncomplete(NOTE_MISSING, "note")
    if chosen.needs_tried and not said.tried:
        raise OutcomeIncomplete(TRIED_MISSING, "tried")
    if chosen.needs_handed_to and said.handed_to not in DutyOutcome.HandedTo.values:
        raise OutcomeIncomplete(HANDED_TO_MISSING, "handed_to")
    if chosen.needs_next and (said.next_on is None or said.next_on < today):
        raise OutcomeIncomplete(NEXT_MISSING, "next_on")
    if said.folder:
        routine, form = queries.routine_of(duty.response.instrument), queries.instrument(duty.response.instrument)
        if said.folder not in {f"{each.key} {each.version}" for each in routine.folders}:
            raise OutcomeIncomplete(_("Choose one of the folders."), "folder")
        if said.folder_language not in {language.key for language in form.languages}:
            raise OutcomeIncomplete(_("Choose the language of the folder."), "folder_language")


def _require_soon_enough(said: _Said, by_when: rules.AgreedBy) -> None:
    """Is the day that is agreed within the limit, and is it said why when it is after the deadline?"""
    if said.next_on > by_when.latest:
        latest = {"day": phrases.day(by_when.latest, year=True)}
        raise OutcomeIncomplete(_("The day is too far ahead. The latest is %(day)s.") % latest, "next_on")
    if by_when.reason_after is not None and said.next_on > by_when.reason_after and not said.note:
        raise OutcomeIncomplete(_("The day is after the deadline. Write why."), "note")


def _require_day(duty: Duty, said: _Said, by_when: rules.AgreedBy, by: Viewer, shown: str | None) -> None:
    """Is it soon enough, and has somebody looked at what stands in its way? A yes holds for just what was shown.

    Errors  OutcomeIncomplete; LookFirst.
    """
    _require_soon_enough(said, by_when)
    found = queries.in_the_way(duty=duty, on=said.next_on, at_time=said.next_time, by_id=by.staff_id)
    if found.reasons and shown not in (None, found.shown):
        message = _("Look at this before you agree on the day. Nothing has been stored yet.")
        raise LookFirst(message, found.reasons, found.shown)


@transaction.atomic
def take_back(*, duty: Duty, recorded: int, reason: str, by: Viewer, at: datetime) -> Duty:
    """Take back the newest outcome, which was recorded wrongly. It stays readable; the duty opens again.

    Shape   `recorded` is how many outcomes the page showed. A safety conversation is due the same day again, and the
            leader is told at once; a yes that was recorded with it is taken back too.
    Errors  AlreadyAnswered when there is nothing to take back or somebody has written since; ReasonMissing; NotVisible.
    """
    _require(by, duty.response.subject_id, at)
    duty, current = _lock(duty), queries.current_of(duty.response)
    standing = duty.standing_outcomes
    if duty.ended_on or duty.withdrawn_at or current.withdrawn_at or not standing or duty.outcomes.count() != recorded:
        raise AlreadyAnswered(
            _("Somebody has written here since, or there is nothing to take back. Nothing was changed.")
        )
    wrong, text, step = standing.pop(), _reason(reason), _step(duty)
    wrong.taken_back_at, wrong.taken_back_by_id, wrong.taken_back_reason = at, by.staff_id, text
    wrong.save(update_fields=["taken_back_at", "taken_back_by", "taken_back_reason"])
    if wrong.consent_id and all(each.consent_id != wrong.consent_id for each in standing):
        _withdraw_consents(duty, by, at)
    last = standing[-1] if standing else None
    duty.outcome = last.outcome if last else ""
    duty.closed_on = last.outcome_on if last and step.outcome(last.outcome).closes else None
    if step.is_safety:
        duty.due_on = timezone.localdate(at)
    duty.save(update_fields=["outcome", "closed_on", "due_on"])
    reconcile(response=current, by=by, at=at, end_reason=OUTCOME_TAKEN_BACK)
    _log("outcome_taken_back", duty, by, at, outcome=wrong.outcome)
    return duty
