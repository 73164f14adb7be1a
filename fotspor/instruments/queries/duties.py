"""What results demand: one duty, and those that wait."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fotspor.access import queries as access
from fotspor.access.models import CareRelation
from fotspor.access.rules import Decision, Part, Permission, Purpose, Viewer
from fotspor.instruments import labels, rules
from fotspor.instruments.models import Duty, DutyOutcome, Response
from fotspor.instruments.queries.definitions import instrument, routine_of
from fotspor.instruments.queries.responses import READ, current_of, is_told, response_by_key
from fotspor.instruments.queries.results import why
from fotspor.kit.labels import Label
from fotspor.people import queries as people
from fotspor.people.labels import display_name
from fotspor.services.models import Absence
from fotspor.services.queries import viewers_at
from fotspor.worklist import queries as worklist

Text = str | Promise
SEEN = "seen"  # in the ref of a task: somebody sees why an alarm was withdrawn


def open_duties(*, viewer: Viewer, at: datetime, step: str = "") -> QuerySet[Duty]:
    """Which duties wait in the viewer's unit, for people the viewer may see? The most urgent first."""
    seen = access.may_be_seen("response__subject", viewer=viewer, at=at, **READ)
    found = Duty.objects.open().filter(seen, unit_id=viewer.unit_id)
    if step:
        found = found.filter(step=step)
    return found.select_related("response__subject", "unit").order_by("due_on", "id")


def colleague_for(*, duty: Duty, unit_id: int | None, at: datetime) -> tuple[int, int] | None:
    """Which colleague sees why an alarm was withdrawn, and at which unit? Never whoever withdrew it, in turn.

    Shape   (unit, staff): at the unit, else at the one that holds the baton, else at another that follows the person.
            Somebody at work who may open the form. None when there is nobody.
    """
    on, person_id = timezone.localdate(at), duty.response.subject_id
    baton = people.answering_unit_id(person_id=person_id, journey_id=duty.response.journey_id)
    related = CareRelation.objects.in_force(on).filter(person_id=person_id).order_by("unit_id")
    away = set(Absence.objects.in_force(on).values_list("staff_id", flat=True))
    for each in dict.fromkeys((unit_id, baton, *related.values_list("unit_id", flat=True))):
        others = {
            staff.pk
            for staff, viewer in viewers_at(unit_id=each, on=on)
            if staff.pk not in (duty.withdrawn_by_id, *away) and viewer.may(Permission.SCREEN)
            if access.decision_for(viewer=viewer, person_id=person_id, at=at, **READ).allowed
        }
        if each is not None and others:
            return each, sorted(others)[duty.pk % len(others)]
    return None


def duty_by_key(*, viewer: Viewer, key: str, at: datetime) -> Duty:
    """Which duty is it? Errors: NotVisible."""
    duty = (
        Duty.objects.filter(key=key)
        .select_related("response__subject", "response__unit", "unit", "withdrawn_by")
        .prefetch_related("outcomes__recorded_by", "outcomes__taken_back_by", "outcomes__consent")
        .first()
    )
    if duty is None:
        raise access.NotVisible
    access.require(viewer=viewer, person_id=duty.response.subject_id, at=at, **READ)
    return duty


@dataclass(frozen=True, slots=True)
class WithdrawalPage:
    """Why an alarm was withdrawn, without any answer: for a leader, when no colleague may open the form."""

    duty: Duty
    decision: Decision
    name: str
    may_confirm: bool


def withdrawal_page(*, viewer: Viewer, key: str, at: datetime) -> WithdrawalPage:
    """What does the leader read about this withdrawal? Errors: NotVisible when it does not wait for her."""
    today = timezone.localdate(at)
    hers = worklist.tasks(viewer=viewer, purpose=Purpose.LEADERSHIP, today=today).open()
    waits = hers.filter(for_leader=True, hides_person=False, ref__contains=f":{SEEN}:{key}:", subject_key=key)
    duty = Duty.objects.filter(key=key).select_related("response__subject", "withdrawn_by").first()
    if duty is None or duty.withdrawn_at is None or not waits.exists():
        raise access.NotVisible
    person = duty.response.subject
    where = {"person_id": person.pk, "purpose": Purpose.LEADERSHIP, "part": Part.TASKS}
    decision = access.decision_for(viewer=viewer, at=at, **where)
    return WithdrawalPage(duty, decision, display_name(person), duty.withdrawn_by_id != viewer.staff_id)


@dataclass(frozen=True, slots=True)
class Place:
    """What an address of a task leads to."""

    kind: str  # duty | response
    key: str


def place_of(*, viewer: Viewer, key: str, at: datetime) -> Place:
    """Is this the key of a duty or of a form? Errors: NotVisible."""
    if Duty.objects.filter(key=key).exists():
        return Place("duty", duty_by_key(viewer=viewer, key=key, at=at).key)
    return Place("response", response_by_key(viewer=viewer, key=key, at=at).key)


@dataclass(frozen=True, slots=True)
class DutyPage:
    """One duty with what was recorded and what may be recorded now."""

    duty: Duty
    response: Response  # the one that stands now
    decision: Decision
    step: rules.RoutineStep
    title: Text
    sentence: Text
    label: Label
    outcomes: tuple[rules.Outcome, ...]
    recorded: tuple[tuple[str, DutyOutcome], ...]
    folders: tuple[rules.Folder, ...]
    languages: tuple[rules.Language, ...]
    consent: Any  # of the parent, for the letter: the newest, also when it is taken back
    unit_name: str
    out_of_hours: str
    may_withdraw: bool
    may_confirm: bool
    is_past: bool  # the deadline, by the hour
    is_told: bool  # the leader, before that
    put_right: int | None  # the number of the question whose answer opened it, and which no longer has that answer

    @property
    def taken_back(self) -> bool:
        """Was the newest outcome taken back, so that the duty is open again?"""
        return self.is_open and self.duty.taken_back is not None

    @property
    def may_take_back(self) -> bool:
        over = self.duty.ended_on or self.duty.withdrawn_at or self.response.withdrawn_at
        return not over and bool(self.duty.standing_outcomes)

    @property
    def with_sum(self) -> bool:
        """Does her yes hold for the sum too?"""
        return any(o.with_sum for _word, o in self.recorded if self.consent and o.consent_id == self.consent.pk)

    @property
    def consent_stands(self) -> bool:
        return self.consent is not None and self.consent.withdrawn_at is None

    @property
    def is_open(self) -> bool:
        return not (self.duty.closed_on or self.duty.ended_on or self.duty.withdrawn_at)

    @property
    def is_safety(self) -> bool:
        return self.step.is_safety

    @property
    def may_write(self) -> bool:
        return self.is_open and bool(self.outcomes)


def duty_page(*, viewer: Viewer, key: str, at: datetime) -> DutyPage:
    """What does one duty ask for, and what has been recorded? Errors: NotVisible."""
    duty = duty_by_key(viewer=viewer, key=key, at=at)
    response = current_of(duty.response)
    decision = access.decision_for(viewer=viewer, person_id=duty.response.subject_id, at=at, **READ)
    routine = routine_of(duty.response.instrument)
    step, recorded = routine.step(duty.step), list(duty.outcomes.all())
    rule, facts = why(step, response)
    form = instrument(response.instrument, response.instrument_version)
    is_open = not (duty.closed_on or duty.ended_on or duty.withdrawn_at)
    return DutyPage(
        duty=duty,
        response=response,
        decision=decision,
        step=step,
        title=_(step.title),
        sentence=_(rule) % facts if facts else _(rule),
        label=labels.duty_label(duty, is_safety=step.is_safety, today=timezone.localdate(at)),
        outcomes=rules.open_outcomes(step, [o.outcome for o in duty.standing_outcomes]),
        recorded=tuple((labels.outcome_word(step, o.outcome), o) for o in recorded),
        folders=routine.folders if step.hands_out else (),
        languages=form.languages,
        consent=next((o.consent for o in reversed(recorded) if o.consent_id), None),
        unit_name=duty.unit.name if duty.unit else "",
        out_of_hours=duty.unit.out_of_hours if duty.unit else "",
        may_withdraw=step.is_safety and is_open and step.is_put_right(response),
        may_confirm=duty.withdrawn_at is not None and duty.seen_at is None and duty.withdrawn_by_id != viewer.staff_id,
        is_past=is_open and rules.is_past(duty.due_on, duty.due_before, timezone.localtime(at)),
        is_told=is_open and is_told(duty, step),
        put_right=form.alerted_by(step.when.alert).number if step.is_put_right(response) else None,
    )
