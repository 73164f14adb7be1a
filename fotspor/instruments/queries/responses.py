"""Forms: one, those of a person, and who may answer a new one."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from fotspor.access import queries as access
from fotspor.access.rules import Decision, Part, Purpose, Viewer
from fotspor.instruments import labels
from fotspor.instruments.models import Duty, Response
from fotspor.instruments.queries.definitions import instrument, may_be_used, routine_of
from fotspor.instruments.queries.results import ResultCard, Step, grid, result_card, routine_steps
from fotspor.instruments.rules import Instrument
from fotspor.kit import phrases
from fotspor.kit.labels import Label
from fotspor.people import queries as people
from fotspor.people.models import Guardianship, Journey, Person

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
    return found.select_related("unit", "signed_by", "corrected_by").order_by("-answered_on", "-id")


@dataclass(frozen=True, slots=True)
class Listed:
    """One form in a person's list."""

    title: str
    url: str
    meta: Text
    label: Label


@dataclass(frozen=True, slots=True)
class DutyRow:
    """One duty under a form, with where it stands."""

    duty: Duty
    title: Text
    label: Label
    is_safety: bool
    may_withdraw: bool
    may_confirm: bool


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
    alert_row: Any = None

    @property
    def rights(self) -> str:
        return _(self.instrument.rights.sentence)

    @property
    def child(self) -> Person | None:
        """The child whose page the parent may let say something."""
        return self.response.journey.child if self.response.journey_id else None

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
    form, root, today = (
        instrument(response.instrument, response.instrument_version),
        response.root,
        timezone.localdate(at),
    )
    routine = routine_of(response.instrument)
    duties = list(root.duties.filter(ended_on=None).select_related("withdrawn_by").order_by("id"))
    standing = [duty for duty in duties if duty.withdrawn_at is None]
    lines = grid(form, response.answers)
    return ResponsePage(
        response=response,
        root=root,
        decision=decision,
        instrument=form,
        rows=_rows(response, form),
        label=labels.response_label(response),
        card=result_card(response),
        lines=tuple(lines),
        steps=tuple(routine_steps(response, standing, today)),
        duties=tuple(_duty_row(duty, routine.step(duty.step), response, viewer, today) for duty in duties),
        routine_source=f"{_(routine.title)}, {routine.version}",
        chain=tuple(_chain(root)),
        may_be_used=may_be_used(response.instrument),
        alert_row=next((line for line in lines if line.alert), None),
    )


def _chain(root: Response) -> list[Response]:
    later = Response.objects.filter(first=root).select_related("signed_by").order_by("id")
    return [root, *later] if later else []


def _duty_row(duty: Duty, step: Any, response: Response, viewer: Viewer, today: date) -> DutyRow:
    is_open = duty.closed_on is None and duty.withdrawn_at is None
    return DutyRow(
        duty,
        _(step.title),
        labels.duty_label(duty, is_safety=step.is_safety, today=today),
        step.is_safety,
        may_withdraw=step.is_safety and is_open and step.when.alert not in response.alerts,
        may_confirm=duty.withdrawn_at is not None and duty.seen_at is None and duty.withdrawn_by_id != viewer.staff_id,
    )


def _rows(response: Response, form: Instrument) -> tuple[tuple[Text, Any], ...]:
    words = {**{i.key: i.label for i in form.informants}, **{o.key: o.label for o in form.occasions}}
    words.update({language.key: language.label for language in form.languages})

    def said(key: str) -> str:
        return str(_(words[key])) if key in words else key

    by = response.saved_by.name if response.saved_by else "–"
    return (
        (_("About"), f"{response.subject.name} ({said(response.informant_kind).lower()})"),
        (_("Language of the paper"), said(response.language)),
        (_("Written in by"), by),
        (_("Occasion"), said(response.occasion)),
    )


def with_answers(page: ResponsePage, answers: dict[str, int]) -> ResponsePage:
    """The page with boxes as they were posted, for a form that was refused. What is stored stays as it is."""
    return replace(page, lines=tuple(grid(page.instrument, answers)))


def listed(*, viewer: Viewer, person_id: int, at: datetime) -> list[Listed]:
    """Which forms are in this person's own record, newest first, ready to show? Errors: NotVisible."""
    return [
        Listed(
            title=f"{_(instrument(r.instrument, r.instrument_version).title)}, {phrases.day(r.answered_on, year=True)}",
            url=reverse("instruments:response", args=[r.key]),
            meta=r.unit.name if r.unit else "",
            label=labels.response_label(r),
        )
        for r in responses_of(viewer=viewer, person_id=person_id, at=at)
    ]


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


# --- who may answer a new form ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answerer:
    """A parent who may answer about themselves."""

    person: Person
    kind: str

    @property
    def key(self) -> str:
        return self.person.key


@dataclass(frozen=True, slots=True)
class Start:
    """What is known before a form is filled in."""

    person: Person
    instrument: Instrument
    answerers: tuple[Answerer, ...]
    journey: Journey | None
    contact: Any
    occasion: str
    may_be_used: bool


def start(*, viewer: Viewer, person_key: str, slug: str, contact_key: str = "", at: datetime) -> Start:
    """Who may answer, and on which occasion? `person_key` is a child's or a parent's. Errors: NotVisible."""
    person = people.person_by_key(viewer=viewer, key=person_key, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    form, on = instrument(slug), timezone.localdate(at)
    journey = _journey_of(person)
    return Start(
        person=person,
        instrument=form,
        answerers=answerers(person=person, journey=journey, on=on),
        journey=journey,
        contact=_contact(contact_key, journey),
        occasion=_occasion(form, journey, on),
        may_be_used=may_be_used(slug),
    )


def answerers(*, person: Person, journey: Journey | None, on: date) -> tuple[Answerer, ...]:
    """Which parents may answer about themselves, seen from this person's page? The person first when an adult."""
    if journey is not None and journey.child_id == person.pk:
        held = Guardianship.objects.filter(child=person, from_on__lte=on).exclude(until_on__lte=on)
        kinds = {Guardianship.Kind.MOTHER, Guardianship.Kind.FATHER, Guardianship.Kind.CO_MOTHER}
        found = held.filter(kind__in=kinds).select_related("guardian")
        return tuple(sorted((Answerer(g.guardian, g.kind) for g in found), key=lambda a: a.kind != "mother"))
    others = []
    if journey is not None and journey.pregnancy and journey.pregnancy.other_parent_id:
        other = journey.pregnancy.other_parent
        others.append(Answerer(other, "father" if other.sex == Person.Sex.MALE else "co_mother"))
    own = "father" if person.sex == Person.Sex.MALE else _own_kind(person)
    return (Answerer(person, own), *others)


def answerers_of(*, person: Person, on: date) -> tuple[Answerer, ...]:
    """Which parents may answer about themselves, seen from this person's page?"""
    return answerers(person=person, journey=_journey_of(person), on=on)


def _own_kind(person: Person) -> str:
    held = Guardianship.objects.filter(guardian=person).order_by("-from_on").first()
    return "co_mother" if held is not None and held.kind == Guardianship.Kind.CO_MOTHER else "mother"


def _journey_of(person: Person) -> Journey | None:
    """The person's own journey, or the open one of an ongoing pregnancy."""
    found = Journey.objects.select_related("child", "pregnancy__other_parent", "pregnancy__mother")
    own = found.filter(child=person).first()
    return own or found.open().filter(pregnancy__mother=person, child=None, is_sealed=False).order_by("-id").first()


def _contact(key: str, journey: Journey | None) -> Any:
    """The contact a form belongs to. Contacts stand above this slice, so they are reached by the key to them."""
    if not key or journey is None:
        return None
    contacts = Response._meta.get_field("contact").related_model._default_manager
    return contacts.filter(key=key, journey=journey).first()


def _occasion(form: Instrument, journey: Journey | None, on: date) -> str:
    born_on = journey.child.born_on if journey is not None and journey.child_id else None
    for occasion in form.occasions:
        if occasion.anchor == "pregnancy" and journey is not None and born_on is None:
            return occasion.key
        if (
            occasion.anchor == "birth"
            and born_on
            and occasion.from_week <= (on - born_on).days // 7 < occasion.until_week
        ):
            return occasion.key
    return form.occasions[-1].key
