"""Forms: one, those of a person, and who may answer a new one."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fotspor.access import queries as access
from fotspor.access.rules import Decision, Part, Purpose, Viewer
from fotspor.instruments import labels
from fotspor.instruments.models import Duty, Response
from fotspor.instruments.queries.definitions import instrument, may_be_used, routine_of
from fotspor.instruments.queries.parents import children_of, held_by
from fotspor.instruments.queries.results import ResultCard, Step, grid, result_card, routine_steps
from fotspor.instruments.rules import Instrument, Routine, RoutineStep, has_told_leader, is_past
from fotspor.kit import phrases
from fotspor.kit.labels import Label
from fotspor.people.labels import display_name
from fotspor.people.models import Journey, Person
from fotspor.people.queries.journeys import LOST, visible_journeys

Text = str | Promise
READ = {"purpose": Purpose.CARE, "part": Part.FORMS}


def response_by_key(*, viewer: Viewer, key: str, at: datetime) -> Response:
    """Which form is it? Errors: NotVisible."""
    found = (
        Response.objects.filter(key=key)
        .select_related(
            "subject",
            "unit",
            "saved_by",
            "signed_by",
            "first__unit",
            "first__subject",
            "corrected_by",
            "journey__child",
        )
        .first()
    )
    if found is None:
        raise access.NotVisible
    access.require(viewer=viewer, person_id=found.subject_id, at=at, **READ)
    return found


def current_of(root: Response) -> Response:
    """Which form of a chain of corrections stands now?"""
    chain = Response.objects.filter(first=root, corrected_by=None).first()
    return chain or root


def responses_of(*, viewer: Viewer, person_id: int, at: datetime) -> QuerySet[Response]:
    """Which forms are in this person's own record, newest first? Errors: NotVisible."""
    access.require(viewer=viewer, person_id=person_id, at=at, **READ)
    found = Response.objects.filter(subject_id=person_id, is_history=False)
    return found.select_related("subject", "unit", "signed_by", "corrected_by").order_by("-answered_on", "-id")


@dataclass(frozen=True, slots=True)
class DutyRow:
    """One duty under a form, with where it stands."""

    duty: Duty
    title: Text
    label: Label
    is_safety: bool
    may_withdraw: bool
    may_confirm: bool
    link: Text
    is_past: bool  # the deadline, by the hour
    is_told: bool  # the leader, before that


@dataclass(frozen=True, slots=True)
class ResponsePage:
    """One form with its result, its duties and what may be done with it."""

    response: Response
    root: Response
    decision: Decision
    instrument: Instrument
    rows: tuple[tuple[Text, Any], ...]
    label: Label
    card: ResultCard
    lines: tuple[Any, ...]
    steps: tuple[Step, ...]
    duties: tuple[DutyRow, ...]
    routine_source: str
    chain: tuple[Response, ...]
    may_be_used: bool
    child: Person | None  # whom it is about, and the viewer may open
    children: tuple[tuple[str, str], ...]  # key and name: those whose pages the parent may let say something
    may_start: bool  # the routine, which the result alone does not begin
    tells_occasion: bool = True  # not where it would tell somebody of a pregnancy that was lost
    alert_row: Any = None

    @property
    def rights(self) -> str:
        return _(self.instrument.rights.sentence)

    @property
    def is_draft(self) -> bool:
        return not self.response.is_signed and self.response.withdrawn_at is None

    @property
    def is_current(self) -> bool:
        return self.response.withdrawn_at is None and not hasattr(self.response, "corrected_by")

    @property
    def safety(self) -> DutyRow | None:
        """The safety conversation that waits, if any."""
        return next((d for d in self.duties if d.is_safety and not d.duty.closed_on and not d.duty.withdrawn_at), None)

    @property
    def unseen(self) -> DutyRow | None:
        """The withdrawal that a colleague has not seen, if any."""
        return next((d for d in self.duties if d.duty.withdrawn_at and not d.duty.seen_at), None)


def response_page(*, viewer: Viewer, key: str, at: datetime) -> ResponsePage:
    """What does one form say, and what does it demand? Errors: NotVisible."""
    response = response_by_key(viewer=viewer, key=key, at=at)
    decision = access.decision_for(viewer=viewer, person_id=response.subject_id, at=at, **READ)
    form, root = instrument(response.instrument, response.instrument_version), response.root
    routine, child = routine_of(response.instrument), child_of(viewer=viewer, response=response, at=at)
    duties = root.duties.filter(ended_on=None).select_related("withdrawn_by").prefetch_related("outcomes")
    duties = list(duties.order_by("id"))
    standing = [duty for duty in duties if duty.withdrawn_at is None]
    lines = grid(form, response.answers)
    tells = _tells_occasion(viewer, response, form, at)
    return ResponsePage(
        response=response,
        root=root,
        decision=decision,
        instrument=form,
        rows=_rows(response, form, child, tells_occasion=tells),
        tells_occasion=tells,
        label=labels.response_label(response),
        card=result_card(response),
        lines=tuple(lines),
        steps=tuple(routine_steps(response, standing, timezone.localdate(at))),
        duties=tuple(_duty_row(duty, routine.step(duty.step), response, viewer, at) for duty in duties),
        routine_source=f"{_(routine.title)}, {routine.version}",
        chain=tuple(_chain(root)),
        may_be_used=may_be_used(response.instrument),
        child=child,
        children=tuple((c.key, display_name(c)) for c in children_of(viewer=viewer, response=response, at=at)),
        may_start=_may_start(response, routine, standing),
        alert_row=next((line for line in lines if line.alert), None),
    )


def _may_start(response: Response, routine: Routine, standing: list[Duty]) -> bool:
    """Is there something of the routine that this signed form did not begin, and the worker may?"""
    if not response.is_signed or response.starts_routine or response.is_history or response.withdrawn_at is not None:
        return False
    begun = {duty.step for duty in standing}
    return any(step.worker_may_start and step.key not in begun for step in routine.steps)


def child_of(*, viewer: Viewer, response: Response, at: datetime) -> Person | None:
    """Which child of the parent is the form about? None also for a child whose page the viewer may not open."""
    child = response.journey.child if response.journey_id else None
    if child is None or not held_by(response.subject_id, timezone.localdate(at)).filter(child=child).exists():
        return None
    where = {"person_id": child.pk, "purpose": Purpose.CARE, "part": Part.RECORD}
    return child if access.decision_for(viewer=viewer, at=at, **where).allowed else None


def _chain(root: Response) -> list[Response]:
    later = Response.objects.filter(first=root).select_related("signed_by").order_by("id")
    return [root, *later] if later else []


def _duty_row(duty: Duty, step: RoutineStep, response: Response, viewer: Viewer, at: datetime) -> DutyRow:
    is_open = duty.closed_on is None and duty.withdrawn_at is None
    return DutyRow(
        duty,
        _(step.title),
        labels.duty_label(duty, is_safety=step.is_safety, today=timezone.localdate(at)),
        step.is_safety,
        may_withdraw=step.is_safety and is_open and step.when.alert not in response.alerts,
        may_confirm=duty.withdrawn_at is not None and duty.seen_at is None and duty.withdrawn_by_id != viewer.staff_id,
        link=_(step.label) if is_open else _("Read: %(title)s") % {"title": _(step.title)},
        is_past=is_open and is_past(duty.due_on, duty.due_before, timezone.localtime(at)),
        is_told=is_open and is_told(duty, step),
    )


def is_told(duty: Duty, step: RoutineStep) -> bool:
    """Has the leader been told of this duty already?"""
    recorded = [outcome.outcome for outcome in duty.standing_outcomes]
    return has_told_leader(step, recorded, is_reopened=duty.taken_back is not None)


def _tells_occasion(viewer: Viewer, response: Response, form: Instrument, at: datetime) -> bool:
    """May this viewer read on which occasion it was? «Pregnancy», when it was lost, is for those who see that journey.

    A form that names no journey may be of any pregnancy of hers.
    """
    if not any(each.key == response.occasion and each.anchor == "pregnancy" for each in form.occasions):
        return True
    lost = Journey.objects.filter(LOST)
    if response.journey_id is not None:
        lost = lost.filter(pk=response.journey_id)
    else:
        lost = lost.filter(pregnancy__mother=response.subject_id)
    seen = visible_journeys(viewer=viewer, purpose=Purpose.CARE, part=Part.RECORD, at=at, few=True)
    return not lost.exclude(pk__in=seen.filter(LOST).values("pk")).exists()


def _rows(
    response: Response, form: Instrument, child: Person | None, *, tells_occasion: bool
) -> tuple[tuple[Text, Any], ...]:
    """Whom it is about, who answered and in which language, who wrote it in, and when and why it was answered."""
    name, kind = response.subject.name, _word(form.informants, response.informant_kind).lower()
    about = {"name": name, "kind": kind, "child": display_name(child) if child else ""}
    language = _word(form.languages, response.language)
    language = language if get_language() == "en" else language.lower()
    when = {
        "occasion": _word(form.occasions, response.occasion) if tells_occasion else "",
        "day": phrases.day(response.answered_on, year=True),
    }
    said = _("%(occasion)s, answered %(day)s") if when["occasion"] else _("Answered %(day)s")
    return (
        (_("About"), (_("%(name)s, %(kind)s of %(child)s") if child else _("%(name)s (%(kind)s)")) % about),
        (_("Answered by"), _("%(name)s, on paper: %(language)s") % {"name": name, "language": language}),
        (_("Written in by"), response.saved_by.name if response.saved_by else "–"),
        (_("Occasion"), said % when),
    )


def _word(entries: Iterable[Any], key: str) -> str:
    """What this key is called among entries of its own kind; the same key may be in several kinds."""
    return next((_(entry.label) for entry in entries if entry.key == key), key)


def with_answers(page: ResponsePage, answers: dict[str, int]) -> ResponsePage:
    """The page with boxes as they were posted, for a form that was refused. What is stored stays as it is."""
    return replace(page, lines=tuple(grid(page.instrument, answers)))


@dataclass(frozen=True, slots=True)
class Sheet:
    """What may leave the room on paper: sum, band, what contributed, next steps. Not a word of an alerting answer."""

    initials: str
    card: ResultCard
    steps: tuple[Step, ...]


def sheet(page: ResponsePage) -> Sheet:
    """What does the conversation sheet say?"""
    routine = routine_of(page.response.instrument)
    hidden = {_(step.title) for step in routine.steps if step.is_safety or step.when.after_step}
    name = page.response.subject
    return Sheet(
        initials=f"{name.given_name[:1]}{name.family_name[:1]}",
        card=result_card(page.response, with_alerts=False),
        steps=tuple(step for step in page.steps if step.title not in hidden),
    )
