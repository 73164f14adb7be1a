"""Who has looked? The log as the data-protection officer, the person and a unit's leader may read it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.core.paginator import Page, Paginator
from django.db.models import BooleanField, Case, CharField, Q, QuerySet, Value, When
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext

from fotspor.access import labels
from fotspor.access.models import AuditEvent
from fotspor.access.queries.people import person_by_key, staff_names, staff_who_may_be_asked_about, unit_names
from fotspor.access.queries.visibility import NotVisible, require, table, visible_person_ids
from fotspor.access.rules import EMERGENCY, Part, Permission, Purpose, Viewer
from fotspor.access.rules.facts import NO_GRADE
from fotspor.kit.clock import start_of
from fotspor.kit.labels import Label

PAGE = 100
PRINTED_ROWS = 5000
NAMED_FIRST = 3  # in a line; the others are folded away
LOST = ("people.pregnancy.lost", "people.pregnancy.loss_taken_back")
JOURNEY = "people.journey:"  # how a line says that it is about one
NEUTRAL = "people.person.changed"  # the commonest words, so that they do not tell what they stand in for


@dataclass(frozen=True, slots=True)
class Look:
    """One line: who, in which role and unit, did what with whom, for what purpose, on what basis, when."""

    at: datetime
    staff: str
    role: str | Promise
    unit: str
    deed: Label
    type: str
    event: str | Promise
    people: tuple[str, ...]  # names the viewer may see
    protected: int  # how many more are protected: named only when asked for by their number
    others: int  # how many more, whose names she may not see
    purpose: str | Promise
    basis: str | Promise
    is_emergency: bool = False

    @property
    def first_people(self) -> tuple[str, ...]:
        return self.people[:NAMED_FIRST]

    @property
    def more_people(self) -> tuple[str, ...]:
        return self.people[NAMED_FIRST:]


@dataclass(frozen=True, slots=True)
class Looks:
    """A page of the log, whom it is about when it is about one, and which people it names."""

    page: Page
    rows: list[Look]
    person_key: str
    person_name: str
    shown: frozenset[str]  # keys of the people named: for the log of the look at the log


def who_has_looked(
    *,
    viewer: Viewer,
    from_on: date,
    to_on: date,
    at: datetime,
    person_key: str = "",
    staff_key: str = "",
    page: int | str = 1,
    size: int = PAGE,
    by_number: bool = False,
) -> Looks:
    """Who has looked, at one person, by one employee, or at all, in a period whose both days count? Newest first.

    Shape   a protected person has a name only when the viewer has asked for her by number.
    Errors  NotVisible for a role that may not ask, for a leader who asks about a person or about somebody else's staff,
            and for one's own or own family's record.
    """
    asks_all = viewer.may(Permission.SEE_LOG)
    if not (asks_all or viewer.may(Permission.SEE_UNIT)) or (person_key and not asks_all):
        raise NotVisible
    allowed = dict(staff_who_may_be_asked_about(viewer=viewer))
    if staff_key and staff_key not in allowed:
        raise NotVisible
    events = AuditEvent.objects.filter(at__gte=start_of(from_on), at__lt=start_of(to_on + timedelta(days=1)))
    if not asks_all:
        events = events.filter(unit=viewer.unit_key, staff__in=allowed)
    if staff_key:
        events = events.filter(staff=staff_key)
    name = ""
    if person_key:
        person = person_by_key(person_key)
        require(viewer=viewer, person_id=person.id, purpose=Purpose.PRIVACY, part=Part.LOG, at=at)
        person_key = person.key
        name = person.name if by_number or person.protection == NO_GRADE else str(labels.PROTECTED)
        events = _about(events, person.id, person.key)
    found = Paginator(events.order_by("-at", "-id"), size).get_page(page)
    rows, shown = _rows(list(found.object_list), viewer=viewer, at=at, only=person_key)
    return Looks(page=found, rows=rows, person_key=person_key, person_name=name, shown=shown)


def _about(events: QuerySet, person_id: int, person_key: str) -> QuerySet:
    """Events that name the person, also under the key of an entry that was joined into hers.

    Lists keep many keys in one column; keys are long and random, so that finding one as text finds that one alone.
    """
    joined = table("people.Person").objects.filter(merged_into=person_id).values_list("key", flat=True)
    wanted = Q()
    for key in (person_key, *joined):
        wanted |= Q(person=key) | Q(people_text__contains=f'"{key}"')
    return events.annotate(people_text=Cast("people", CharField())).filter(wanted)


def _rows(events: list[AuditEvent], *, viewer: Viewer, at: datetime, only: str) -> tuple[list[Look], frozenset[str]]:
    hidden = set() if viewer.may(Permission.SEE_LOG) else _about_a_loss(events)
    keys = set() if only else {key for event in events if event.pk not in hidden for key in _keys(event)}
    names, protected = names_in_log(keys, viewer, at) if keys else ({}, set())
    staff = staff_names(keys={e.staff for e in events if e.staff})
    units = unit_names(keys={e.unit for e in events if e.unit})
    rows = [
        Look(
            at=event.at,
            staff=staff.get(event.staff, event.staff) or str(labels.role_name("system")),
            role=labels.role_name(event.role),
            unit=units.get(event.unit, event.unit),
            deed=labels.deed(kind),
            type=kind,
            event=labels.event_name(kind),
            people=tuple(known[key] for key in _keys(event) if key in known),
            protected=sum(key in protected for key in _keys(event)),
            others=0 if only else sum(key not in known and key not in protected for key in _keys(event)),
            purpose=labels.PURPOSES.get(event.purpose, event.purpose),
            basis=labels.BASES.get(event.basis, event.basis),
            is_emergency=event.basis == EMERGENCY,
        )
        for event in events
        for kind, known in [(NEUTRAL, {}) if event.pk in hidden else (event.type, names)]
    ]
    return rows, frozenset(names) | ({only} if only else set())


def _about_a_loss(events: list[AuditEvent]) -> set[int]:
    """Which lines would tell a leader that somebody lost a pregnancy: what was written when it ended, and after."""
    refs = {event.object.removeprefix(JOURNEY) for event in events if event.object.startswith(JOURNEY)}
    lost = table("people.Journey").objects.filter(key__in=refs, close_reason="loss")
    since = {f"{JOURNEY}{key}": closed_at for key, closed_at in lost.values_list("key", "closed_at")}
    return {
        event.pk
        for event in events
        if event.type in LOST or (event.object in since and event.at >= since[event.object])
    }


def _keys(event: AuditEvent) -> list[str]:
    return sorted({key for key in (event.person, *event.people) if key})


def names_in_log(keys: Iterable[str], viewer: Viewer, at: datetime) -> tuple[dict[str, str], set[str]]:
    """What are these people called, as far as this viewer may know, and which of them are protected?

    An officer sees names by the log, a leader by her own unit's tasks. Nobody protected is named in a list; that they
    are is told to the officer alone.
    """
    if viewer.may(Permission.SEE_LOG):
        visible = visible_person_ids(viewer=viewer, purpose=Purpose.PRIVACY, part=Part.LOG, at=at)
    else:
        visible = visible_person_ids(viewer=viewer, purpose=Purpose.LEADERSHIP, part=Part.TASKS, at=at)
    seen = Case(When(pk__in=visible, then=Value(True)), default=Value(False), output_field=BooleanField())
    people = table("people.Person").objects.filter(key__in=set(keys)).annotate(seen=seen)
    unnamed = gettext("A child without a name yet")
    names, protected = {}, set()
    for key, given, family, protection, is_seen in people.values_list(
        "key", "given_name", "family_name", "protection", "seen"
    ):
        if protection != NO_GRADE:
            protected |= {key} if viewer.may(Permission.SEE_LOG) else set()
        elif is_seen:
            names[key] = f"{given} {family}".strip() or unnamed
    return names, protected
