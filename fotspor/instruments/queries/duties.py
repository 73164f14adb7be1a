"""What results demand: one duty, those that wait, and what keeps a contact from being closed."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fotspor.access import queries as access
from fotspor.access.rules import Decision, Viewer
from fotspor.instruments import labels, rules
from fotspor.instruments.models import Duty, DutyOutcome, Response
from fotspor.instruments.queries.definitions import routine_of
from fotspor.instruments.queries.responses import READ, current_of, response_by_key
from fotspor.kit.labels import Label

Text = str | Promise
BLOCKING = ("safety", "talk")  # steps whose outcome must be recorded before the contact is closed


@dataclass(frozen=True, slots=True)
class BlocksClosing:
    """One reason why a contact cannot be closed yet, and where to put it right."""

    reason: Text
    url_key: str


def may_close(contact_id: int) -> list[BlocksClosing]:
    """What keeps this contact from being closed? Empty: nothing. Signing is never blocked."""
    found = []
    for response in Response.objects.filter(contact_id=contact_id, first=None, withdrawn_at=None):
        current = current_of(response)
        if not current.is_signed:
            found.append(BlocksClosing(_("A form is not signed."), current.key))
        for duty in response.duties.standing().filter(step__in=BLOCKING, outcome="").order_by("id"):
            word = {
                "safety": _("The safety conversation has no outcome."),
                "talk": _("It is not recorded whether the answers were talked over, or why not."),
            }[duty.step]
            found.append(BlocksClosing(word, duty.key))
    return found


def open_duties(*, viewer: Viewer, at: datetime, step: str = "") -> QuerySet[Duty]:
    """Which duties wait in the viewer's unit, for people the viewer may see? The most urgent first."""
    seen = access.visible_person_ids(viewer=viewer, at=at, **READ)
    found = Duty.objects.open().filter(unit_id=viewer.unit_id, response__subject_id__in=seen)
    if step:
        found = found.filter(step=step)
    return found.select_related("response__subject", "unit").order_by("due_on", "id")


def duty_by_key(*, viewer: Viewer, key: str, at: datetime) -> Duty:
    """Which duty is it? Errors: NotVisible."""
    duty = (
        Duty.objects.filter(key=key)
        .select_related("response__subject", "response__unit", "unit", "withdrawn_by")
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
    unit_name: str
    out_of_hours: str
    may_withdraw: bool
    may_confirm: bool

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
    step = routine_of(duty.response.instrument).step(duty.step)
    recorded = list(duty.outcomes.select_related("recorded_by"))
    is_open = not (duty.closed_on or duty.ended_on or duty.withdrawn_at)
    return DutyPage(
        duty=duty,
        response=response,
        decision=decision,
        step=step,
        title=_(step.title),
        sentence=_(step.sentence),
        label=labels.duty_label(duty, is_safety=step.is_safety, today=timezone.localdate(at)),
        outcomes=rules.open_outcomes(step, [o.outcome for o in recorded]),
        recorded=tuple((labels.outcome_word(step, o.outcome), o) for o in recorded),
        unit_name=duty.unit.name if duty.unit else "",
        out_of_hours=duty.unit.out_of_hours if duty.unit else "",
        may_withdraw=step.is_safety and is_open and step.when.alert not in response.alerts,
        may_confirm=duty.withdrawn_at is not None and duty.seen_at is None and duty.withdrawn_by_id != viewer.staff_id,
    )
