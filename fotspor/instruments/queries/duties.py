"""What results demand: one duty, and those that wait."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fotspor.access import queries as access
from fotspor.access.rules import ROLES, Decision, Permission, Viewer
from fotspor.instruments import labels, rules
from fotspor.instruments.models import Duty, DutyOutcome, Response
from fotspor.instruments.queries.definitions import instrument, routine_of
from fotspor.instruments.queries.responses import READ, current_of, is_told, response_by_key
from fotspor.kit.labels import Label
from fotspor.services.models import Absence, Membership

Text = str | Promise


def open_duties(*, viewer: Viewer, at: datetime, step: str = "") -> QuerySet[Duty]:
    """Which duties wait in the viewer's unit, for people the viewer may see? The most urgent first."""
    seen = access.visible_person_ids(viewer=viewer, at=at, **READ)
    found = Duty.objects.open().filter(unit_id=viewer.unit_id, response__subject_id__in=seen)
    if step:
        found = found.filter(step=step)
    return found.select_related("response__subject", "unit").order_by("due_on", "id")


def colleague_for(*, duty: Duty, unit_id: int | None, on: date) -> int | None:
    """Which colleague at the unit sees why an alarm was withdrawn? One at work, never whoever withdrew it, in turn.

    Shape   None when there is nobody else.
    """
    screens = [role.key for role in ROLES.values() if Permission.SCREEN in role.permissions]
    posts = Membership.objects.counting(on).filter(unit_id=unit_id, role__in=screens)
    away = Absence.objects.in_force(on).values("staff_id")
    posts = posts.exclude(staff_id=duty.withdrawn_by_id).exclude(staff_id__in=away)
    others = sorted(set(posts.values_list("staff_id", flat=True)))
    return others[duty.pk % len(others)] if others else None


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
    is_open = not (duty.closed_on or duty.ended_on or duty.withdrawn_at)
    return DutyPage(
        duty=duty,
        response=response,
        decision=decision,
        step=step,
        title=_(step.title),
        sentence=_(step.sentence),
        label=labels.duty_label(duty, is_safety=step.is_safety, today=timezone.localdate(at)),
        outcomes=rules.open_outcomes(step, [o.outcome for o in duty.standing_outcomes]),
        recorded=tuple((labels.outcome_word(step, o.outcome), o) for o in recorded),
        folders=routine.folders if step.hands_out else (),
        languages=instrument(response.instrument, response.instrument_version).languages,
        consent=next((o.consent for o in reversed(recorded) if o.consent_id), None),
        unit_name=duty.unit.name if duty.unit else "",
        out_of_hours=duty.unit.out_of_hours if duty.unit else "",
        may_withdraw=step.is_safety and is_open and step.when.alert not in response.alerts,
        may_confirm=duty.withdrawn_at is not None and duty.seen_at is None and duty.withdrawn_by_id != viewer.staff_id,
        is_past=is_open and rules.is_past(duty.due_on, duty.due_before, timezone.localtime(at)),
        is_told=is_open and is_told(duty, step),
    )
