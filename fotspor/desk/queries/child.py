"""The child's page: who, the whole way, who holds the baton, what is next."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext

from fotspor.access.queries import (
    ConsentCard,
    consent_cards,
    decision_on,
    emergency_until,
    facts_for,
    names_as_seen,
)
from fotspor.access.rules import EMERGENCY, Decision, Doing, Part, Permission, PersonFacts, Purpose, Viewer, may_do
from fotspor.desk.queries.colleagues import may_name
from fotspor.desk.queries.rows import Row, row_of
from fotspor.instruments.models import ReleasedSummary
from fotspor.instruments.queries import released_summary
from fotspor.kit import phrases
from fotspor.kit.labels import Label
from fotspor.kit.subqueries import fetched_once
from fotspor.kit.trail import Trail
from fotspor.pathways.models import Contact
from fotspor.pathways.queries import batons, seals
from fotspor.pathways.queries.kindergartens import Naming, naming
from fotspor.pathways.queries.trail import drawn, read
from fotspor.people import identifiers
from fotspor.people.labels import LANGUAGES, display_name, journey_label, municipality
from fotspor.people.models import Guardianship, Journey, Person
from fotspor.people.queries import (
    guardians_of,
    journey_by_key,
    visible_people,
)
from fotspor.services.queries import staff_names, substitute_for
from fotspor.worklist import queries as worklist
from fotspor.worklist.models import Task

ROWS = 3  # in a card


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a card."""

    title: str
    url: str = ""
    meta: str = ""
    label: Label | None = None
    status: str = ""


@dataclass(frozen=True, slots=True)
class Parent:
    """A guardian under the name; the address only for those who may open that record too."""

    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Note:
    """What was written at a contact."""

    on: date
    by: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Child:
    """One journey as a page."""

    journey: Journey
    person: Person
    decision: Decision
    name: str
    is_unborn: bool
    facts: list[str]
    parents: list[Parent]
    twins: list[Line]
    trail: Trail
    holding: batons.Holding
    substitute: str
    steps: list[Row]
    steps_count: int
    summaries: list
    consents: list[Line]
    notes: list[Note]
    closed: Label | None
    may_hand_over: bool
    may_record: bool
    now_url: str
    may_name: bool
    emergency_until: datetime | None
    may_change: bool  # not by emergency access
    naming: Naming | None
    may_plan: bool  # whose unit writes here, and something is still expected

    @property
    def is_over(self) -> bool:
        """Is there no child to follow: the pregnancy ended in loss, or the child has died?"""
        return self.journey.close_reason == "loss" or (not self.is_unborn and self.person.died_on is not None)


def child(*, viewer: Viewer, key: str, at: datetime, list_url: str, hides: bool = False) -> Child:
    """What does the page of this journey show? Before birth the record is the mother's. Errors: NotVisible."""
    journey = journey_by_key(viewer=viewer, key=key, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    person, today = journey.subject, timezone.localdate(at)
    known, decision = _known(viewer, person, at)
    guardians = guardians_of(child_id=person.pk, on=today) if journey.child_id else []
    way = read(journey=journey, at=at)
    drawing = drawn(way, list_url=list_url)
    held = batons.holding(
        viewer=viewer, journey=journey, batons=way.batons, handovers=way.handovers, stops=list(way.stops.values())
    )
    steps, count = _steps(viewer, journey, at, hides)
    may_change = may_do(decision, Doing.CHANGE)
    return Child(
        journey=journey,
        person=person,
        decision=decision,
        name=name_of(journey),
        is_unborn=journey.child_id is None,
        facts=_facts(journey, guardians, today),
        parents=_parents(viewer, journey, guardians, at),
        twins=_twins(viewer, journey, at),
        trail=drawing,
        holding=held,
        substitute=_substitute(held, today),
        steps=steps,
        steps_count=count,
        summaries=_summaries(viewer, journey, at),
        consents=[_consent(card) for card in _shown(known, viewer, at)],
        notes=_notes(journey),
        closed=journey_label(journey) if journey.closed_on else None,
        may_record=viewer.may(Permission.RECORD_CONTACT),
        may_hand_over=held.is_ours and may_change and viewer.may(Permission.HAND_OVER) and journey.closed_on is None,
        now_url=_turn_of(drawing, [contact.key for contact in way.contacts.values()]),
        may_name=may_name(viewer=viewer, person=person, at=at),
        emergency_until=open_until(viewer, person, decision, at),
        may_change=may_change,
        naming=naming(viewer=viewer, journey=journey, at=at),
        may_plan=_may_plan(viewer, journey, held),
    )


def _known(viewer: Viewer, person: Person, at: datetime) -> tuple[PersonFacts, Decision]:
    """What the page stands on. Consents are among it where there are any: few have, and the rest is asked only then."""
    known = facts_for(viewer=viewer, person_id=person.pk, at=at, consents=None)
    return known, decision_on(known, viewer=viewer, purpose=Purpose.CARE, part=Part.RECORD, at=at)


def _may_plan(viewer: Viewer, journey: Journey, held: batons.Holding) -> bool:
    is_here = held.is_ours or held.baton is None or held.baton.unit_id is None
    return is_here and viewer.may(Permission.BOOK) and journey.closed_on is None


def _turn_of(drawing: Trail, contacts: list[str]) -> str:
    """Which contact's turn is it: the first that is late, else the one that is now? Empty when there is none."""
    urls = {reverse("pathways:contact", args=[key]) for key in contacts}
    steps = [step for part in drawing.parts if not part.is_pass for step in part.steps if step.url in urls]
    late = sorted((step for step in steps if step.state == "late"), key=lambda step: step.on)
    return next((step.url for step in (*late, *(step for step in steps if step.state == "now"))), "")


def open_until(viewer: Viewer, person: Person, decision: Decision, at: datetime) -> datetime | None:
    """Until when is the record open, when it is by emergency access alone?"""
    if decision.basis != EMERGENCY:
        return None
    return emergency_until(viewer=viewer, person_id=person.pk, at=at)


def name_of(journey: Journey) -> str:
    """What is the page called?"""
    name = display_name(journey.subject)
    return name if journey.child_id or journey.closed_on else gettext("Pregnancy: %(name)s") % {"name": name}


# --- head ------------------------------------------------------------------------------------------------


def _facts(journey: Journey, guardians: list[Guardianship], today: date) -> list[str]:
    person, facts = journey.subject, []
    if journey.child_id is None:
        facts += _expected(journey, today)
    elif person.born_on is not None and person.died_on is not None:
        days = {"born": phrases.day(person.born_on, year=True), "died": phrases.day(person.died_on, year=True)}
        facts.append(gettext("Born %(born)s, died %(died)s") % days)
    elif person.born_on is not None:
        sex = {"female": gettext("girl"), "male": gettext("boy")}.get(person.sex, gettext("sex not known"))
        facts.append(f"{phrases.age(person.born_on, today)} · {sex}")
    if person.moved_from:
        facts.append(gettext("Moved here from %(place)s") % {"place": municipality(person.moved_from)})
    if person.identity_number:
        facts.append(gettext("Identity no. %(number)s") % {"number": identifiers.masked(person.identity_number)})
    if guardians:
        facts.append(_custody(guardians))
    names = {code: language_name(word) for code, word in LANGUAGES}
    spoken = [names.get(code, code) for code in person.languages]
    if spoken:
        facts.append(gettext("Languages at home: %(names)s") % {"names": _listed(spoken)})
    if person.interpreter_language:
        code = person.interpreter_language
        facts.append(gettext("Interpreter: %(name)s") % {"name": names.get(code, code)})
    if person.gp_name:
        facts.append(gettext("GP: %(name)s") % {"name": person.gp_name})
    return facts


def language_name(word: object) -> str:
    """A language inside a sentence: with a small letter in Norwegian, a capital in English."""
    return str(word) if (get_language() or "").startswith("en") else str(word).lower()


def _expected(journey: Journey, today: date) -> list[str]:
    """The week and the day. Neither counts on after the pregnancy has ended."""
    if journey.closed_on is not None:
        return []
    due = journey.pregnancy.due_on
    week = phrases.pregnancy_week(due, today).capitalize()
    return [week, gettext("Due %(day)s") % {"day": phrases.day(due, year=True)}]


def _listed(words: list[str]) -> str:
    if len(words) == 1:
        return words[0]
    return gettext("%(some)s and %(last)s") % {"some": ", ".join(words[:-1]), "last": words[-1]}


def _custody(guardians: list[Guardianship]) -> str:
    codes = {g.custody for g in guardians}
    known = next(iter(codes)) if len(codes) == 1 else Guardianship.Custody.UNKNOWN
    return str(Guardianship.Custody(known).label)


def _parents(viewer: Viewer, journey: Journey, guardians: list[Guardianship], at: datetime) -> list[Parent]:
    people = [(g.guardian, str(Guardianship.Kind(g.kind).label).lower()) for g in guardians]
    if journey.child_id is None:
        people = [(journey.pregnancy.mother, gettext("her own page"))]
    found = visible_people(viewer=viewer, purpose=Purpose.CARE, part=Part.RECORD, at=at, few=True)
    seen = set(found.filter(id__in=[p.pk for p, _kind in people]).values_list("id", flat=True)) if people else set()
    parents = [person for person, _kind in people]
    names = names_as_seen(viewer=viewer, ids=[p.pk for p in parents], at=at, read=parents)
    shown = []
    for person, kind in people:
        name = names[person.pk]
        url = reverse("desk:person", args=[person.key]) if person.pk in seen else ""
        shown.append(Parent(f"{name} ({kind})", url))
    return shown


def _twins(viewer: Viewer, journey: Journey, at: datetime) -> list[Line]:
    if journey.child_id is None or journey.pregnancy_id is None or journey.is_sealed:
        return []
    others = Journey.objects.filter(pregnancy=journey.pregnancy_id, is_sealed=False, child__isnull=False)
    found = visible_people(viewer=viewer, purpose=Purpose.CARE, part=Part.LISTED, at=at, few=True)
    rows = others.exclude(pk=journey.pk).filter(child__in=found.values("id")).select_related("child").order_by("id")
    return [Line(display_name(j.child), reverse("desk:child", args=[j.key])) for j in rows]


# --- cards -----------------------------------------------------------------------------------------------


def _substitute(held: batons.Holding, today: date) -> str:
    if held.baton is None or held.baton.staff_id is None:
        return ""
    staff_id = substitute_for(staff_id=held.baton.staff_id, on=today)
    return staff_names([staff_id]).get(staff_id, "") if staff_id else ""


@fetched_once("journey_id")
def _open_tasks(*, viewer: Viewer, today: date, journey_id: int) -> QuerySet[Task]:
    found = worklist.tasks(viewer=viewer, purpose=Purpose.CARE, today=today)
    return worklist.shown(found.filter(worklist.of_the_child(), journey=journey_id), today).exclude(source="routine")


def _steps(viewer: Viewer, journey: Journey, at: datetime, hides: bool) -> tuple[list[Row], int]:
    """What waits for the viewer's unit on this journey, most urgent first. A parent's results are never among it."""
    today = timezone.localdate(at)
    tasks = _open_tasks(viewer=viewer, today=today, journey_id=journey.pk)
    now = timezone.localtime(at).time()
    keys = [t.subject_key for t in tasks[:ROWS] if t.ref.startswith("handover:")]
    sent = batons.handovers_by_keys(viewer=viewer, keys=keys, at=at)
    rows = [row_of(t, today=today, sent=sent.get(t.subject_key), hides=hides, now=now) for t in tasks[:ROWS]]
    return rows, len(tasks)


def _summaries(viewer: Viewer, journey: Journey, at: datetime) -> list:
    """What the parents have released to this page. Few have, so that the rest of the question is asked only then."""
    if journey.child_id is None or not ReleasedSummary.objects.filter(child=journey.child_id).exists():
        return []
    return released_summary(viewer=viewer, person_id=journey.child_id, at=at)


def _shown(known: PersonFacts, viewer: Viewer, at: datetime) -> list[ConsentCard]:
    """What is shared with whom, the first few."""
    return consent_cards(known, viewer=viewer, at=at)[:ROWS] if known.consents else []


def _consent(card: ConsentCard) -> Line:
    said = [str(card.what)]
    if ends := [row.until_on for row in card.given if row.until_on]:
        said.append(gettext("until %(day)s") % {"day": phrases.day(min(ends), year=True)})
    said += [f"{name}: {str(label.word).lower()}" for name, label in card.waits_for]
    return Line(card.to_unit or said[0], "", " · ".join(said), card.state)


def _notes(journey: Journey) -> list[Note]:
    rows = _noted(journey_id=journey.pk)
    return [Note(c.outcome_on, c.recorded_by.name, gettext(c.title), c.note) for c in rows if c.outcome_on]


@fetched_once("journey_id")
def _noted(*, journey_id: int) -> QuerySet[Contact]:
    found = Contact.objects.filter(journey=journey_id, note__isnull=False, recorded_at__isnull=False)
    found = found.exclude(seals.contacts()).select_related("recorded_by").defer("outcome_reason", "late_reason")
    return found.order_by("-outcome_on", "-pk")[:ROWS]
