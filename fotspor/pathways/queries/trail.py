"""The whole way of one journey, drawn as footprints: who held the baton, what was expected, what came of it."""

from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from fotspor.access.models import CareRelation
from fotspor.kit import phrases
from fotspor.kit.dates import age_years
from fotspor.kit.subqueries import fetched_once
from fotspor.kit.trail import Arena, Pass, Trail
from fotspor.pathways.models import Baton, Contact, Handover, Stop
from fotspor.pathways.queries import seals
from fotspor.pathways.queries.batons import UNANSWERED
from fotspor.pathways.queries.definitions import pathway
from fotspor.pathways.queries.footprints import ARENAS, BIRTH, Stretch, Way, pass_of, step_of, summary_of, with_week
from fotspor.pathways.rules.trail import (
    MOST_COLUMNS,
    Expected,
    cells_of,
    collapse_oldest_year,
    columns_beside,
    first_now,
    mark_now,
)
from fotspor.people.labels import municipality
from fotspor.people.models import Journey
from fotspor.services.models import Unit

ORDER = (ARENAS.PREGNANCY, ARENAS.HEALTH_STATION, ARENAS.SCHOOL)
ICONS = {
    ARENAS.PREGNANCY: "PersonPregnant",
    ARENAS.BIRTH: "Hospital",
    ARENAS.HEALTH_STATION: "HouseHeart",
    ARENAS.KINDERGARTEN: "TeddyBear",
    ARENAS.SCHOOL: "Backpack",
}
ARENA_OF_KIND = {
    Unit.Kind.MIDWIFERY: ARENAS.PREGNANCY,
    Unit.Kind.HEALTH_STATION: ARENAS.HEALTH_STATION,
    Unit.Kind.SCHOOL_HEALTH: ARENAS.SCHOOL,
}
MOVED_IN_AFTER = timedelta(days=28)


def trail(*, journey: Journey, at: datetime, list_url: str = "") -> Trail:
    """Which way has this journey gone, and where does it lead?

    Shape   the caller has the journey from `people.queries`, which narrowed it and logged the reading; what came before
            an adoption's seal is left out.
    """
    return drawn(read(journey=journey, at=at), list_url=list_url)


def drawn(way: Way, *, list_url: str = "") -> Trail:
    """The trail of a way that has been read already."""
    road = _road(way)
    beside = [c for c in way.contacts.values() if _is_beside(way, c)]
    now = None
    if way.journey.closed_on is None:
        now = first_now([s for stretch in road for s in stretch.steps], way.today)
        now = now or first_now([_expected(c) for c in beside], way.today)
    for stretch in road:
        stretch.cells = mark_now(cells_of(stretch.steps, way.today), now)
    _make_room(way, road)
    parts, columns, places = _lay_out(way, road)
    lane = _lane_two(way, beside, places, now)
    pregnant = [s for s in road if s.arena == ARENAS.PREGNANCY]
    narrow = sum(max(1, len(s.cells)) for s in pregnant) if columns > 24 else 0
    return Trail((*parts, *lane), columns, narrow, summary_of(way, road, lane), list_url)


# --- reading ---------------------------------------------------------------------------------------------


def read(*, journey: Journey, at: datetime) -> Way:
    """Everything that stands on one journey's way, in five questions. The caller has narrowed it, as for `trail`."""
    today = timezone.localdate(at)
    shared = journey.split_from_id if journey.split_from_id and not journey.is_sealed else None
    about = {"journey_id": journey.pk, "shared_id": shared or journey.pk, "is_sealed": journey.is_sealed}
    is_closed = journey.closed_on is not None
    found, rows, handovers = _contacts(**about, is_closed=is_closed), _batons(**about), _handovers(**about)
    if is_closed:
        rows = [b for b in rows if timezone.localdate(b.since_at) <= journey.closed_on]
    contacts = {c.key: c for c in found if _is_own(journey, c.journey_id, _arena_of(c))}
    batons = [b for b in rows if _is_own(journey, b.journey_id, arena_of_unit(b.unit) if b.unit_id else "")]
    child = journey.child_id
    return Way(
        journey=journey,
        contacts=contacts,
        stops={s.key: s for s in _stops(journey_id=journey.pk, is_sealed=journey.is_sealed)},
        batons=batons,
        accepted={h.accepted_at: h for h in handovers if h.accepted_at},
        handovers=[h for h in handovers if h.journey_id == journey.pk],
        waiting=next((h for h in handovers if h.journey_id == journey.pk and _waits(h)), None),
        enrolled=_enrolled(child_id=child, today=today) if child else [],
        today=today,
    )


@fetched_once("journey_id", "shared_id")
def _contacts(*, journey_id: int, shared_id: int, is_sealed: bool, is_closed: bool) -> QuerySet[Contact]:
    found = Contact.objects.filter(journey_id__in=[journey_id, shared_id], cancelled_on=None)
    found = found.exclude(seals.contacts()) if is_sealed else found
    found = found.exclude(outcome="") if is_closed else found  # nothing is to come; a living twin keeps what is shared
    return found.select_related("unit", "enrolment").defer("note", "late_reason").order_by("due_on", "id")


@fetched_once("journey_id", "shared_id")
def _batons(*, journey_id: int, shared_id: int, is_sealed: bool) -> QuerySet[Baton]:
    found = Baton.objects.filter(journey_id__in=[journey_id, shared_id])
    found = found.exclude(seals.batons()) if is_sealed else found
    return found.select_related("unit", "staff").order_by("since_at", "id")


@fetched_once("journey_id", "shared_id")
def _handovers(*, journey_id: int, shared_id: int, is_sealed: bool) -> QuerySet[Handover]:
    found = Handover.objects.filter(journey_id__in=[journey_id, shared_id])
    found = found.exclude(seals.handovers()) if is_sealed else found
    return found.select_related("from_unit", "to_unit")


@fetched_once("journey_id")
def _stops(*, journey_id: int, is_sealed: bool) -> QuerySet[Stop]:
    found = Stop.objects.filter(journey=journey_id)
    found = found.exclude(seals.stops()) if is_sealed else found
    return found.select_related("unit").order_by("from_on", "id")


@fetched_once("child_id")
def _enrolled(*, child_id: int, today: date) -> QuerySet[CareRelation]:
    found = CareRelation.objects.filter(person_id=child_id, basis=CareRelation.Basis.ENROLLED, staff=None)
    found = found.exclude(until_on=None, from_on__gt=today + timedelta(days=365))
    return found.select_related("unit").order_by("from_on")


def _waits(handover: Handover) -> bool:
    return all(getattr(handover, name) is None for name in UNANSWERED)


def _is_own(journey: Journey, of_id: int, arena: str) -> bool:
    """A twin shares the way before birth. What an adoption seals has been left out already."""
    return of_id == journey.pk or arena == ARENAS.PREGNANCY


def _arena_of(contact: Contact) -> str:
    if contact.enrolment_id:
        found = pathway(contact.enrolment.pathway, contact.enrolment.pathway_version)
        return ARENA_OF_KIND.get(found.holder, ARENAS.OTHER)
    return arena_of_unit(contact.unit) if contact.unit_id else ARENAS.OTHER


def arena_of_unit(unit: Unit) -> str:
    """In which arena does this unit meet the family?"""
    return ARENA_OF_KIND.get(unit.kind, unit.arena)


def _is_beside(way: Way, contact: Contact) -> bool:
    """Is it held in the kindergarten: given to it, or booked with its name as the place?"""
    if contact.unit_id is not None and contact.unit.kind == Unit.Kind.KINDERGARTEN:
        return True
    return contact.place.casefold() in {relation.unit.name.casefold() for relation in way.enrolled}


def _expected(contact: Contact) -> Expected:
    on = contact.outcome_on or contact.due_on
    return Expected(contact.key, on, contact.opens_on, contact.closes_on, contact.outcome, contact.outcome_on)


# --- the road: who holds the baton, one arena after the other ---------------------------------------------


def _road(way: Way) -> list[Stretch]:
    road = [_held(way, baton) for baton in way.batons]
    is_over = way.journey.closed_on is not None
    if not road:
        first = ARENAS.PREGNANCY if way.born_on is None else ARENAS.HEALTH_STATION
        road.append(Stretch(arena=first, state="done" if is_over else "now"))
    if way.waiting is not None:
        road.append(Stretch(arena=arena_of_unit(way.waiting.to_unit), state="future", unit=way.waiting.to_unit))
    for contact in way.contacts.values():
        if not _is_beside(way, contact):
            _place(road, contact).steps.append(_expected(contact))
    for stop in way.stops.values():
        if is_over and stop.done_on is None:
            continue  # nobody asks after it any more
        outcome = "held" if stop.done_on else ""
        step = Expected(f"stop:{stop.key}", stop.from_on, stop.from_on, stop.due_on, outcome, stop.done_on)
        _on_day(road, stop.from_on).steps.append(step)
    _add_birth(way, road)
    return [s for s in road if s.steps or s.baton is not None or s.unit is not None]


def _held(way: Way, baton: Baton) -> Stretch:
    """How long a unit held it. Nobody holds the baton of a journey that is closed."""
    closed_on = way.journey.closed_on
    until_on = timezone.localdate(baton.until_at) if baton.until_at else closed_on
    return Stretch(
        arena=arena_of_unit(baton.unit) if baton.unit_id else ARENAS.OTHER,
        state="now" if until_on is None else "done",
        unit=baton.unit,
        baton=baton,
        from_on=timezone.localdate(baton.since_at),
        until_on=until_on if closed_on is None else min(until_on, closed_on),
    )


def _place(road: list[Stretch], contact: Contact) -> Stretch:
    """In which arena does the footprint stand: the unit's own when it was held there, else that of its pathway."""
    arena = _arena_of(contact)
    if contact.outcome and contact.outcome_on:
        same = [s for s in road if s.unit is not None and s.unit.pk == contact.unit_id]
        return same[-1] if same else _on_day(road, contact.outcome_on)
    current = next((s for s in reversed(road) if s.state == "now"), road[-1])
    if arena == current.arena or arena not in ORDER or current.arena not in ORDER:
        return current
    if ORDER.index(arena) < ORDER.index(current.arena):
        return current
    for stretch in road:
        if stretch.state == "future" and stretch.arena == arena:
            return stretch
    new = Stretch(arena=arena, state="future")
    road.append(new)
    return new


def _on_day(road: list[Stretch], on: date) -> Stretch:
    held = [s for s in road if s.from_on is not None and s.from_on <= on]
    return held[-1] if held else road[0]


def _add_birth(way: Way, road: list[Stretch]) -> None:
    if way.journey.is_sealed or (way.born_on is None and way.due_on is None) or way.journey.pregnancy_id is None:
        return
    if way.born_on is None and way.journey.closed_on is not None:
        return  # no birth is expected any more
    if way.born_on is not None:
        step = Expected(BIRTH, way.born_on, way.born_on, way.born_on, "held", way.born_on)
    else:
        step = Expected(BIRTH, way.due_on, way.due_on, way.due_on + timedelta(days=21))
    first = [s for s in road if s.arena == ARENAS.PREGNANCY and (s.from_on is None or s.from_on <= step.on)]
    (first[-1] if first else road[0]).steps.append(step)


def _make_room(way: Way, road: list[Stretch]) -> None:
    """Collapse finished years, the oldest first, until the way fits."""
    if way.born_on is None:
        return
    held = [s for stretch in road for s in stretch.steps if s.key != BIRTH and s.on >= way.born_on]
    years = {s.key: age_years(way.born_on, s.on) for s in held}
    while sum(max(1, len(s.cells)) for s in road) + len(road) - 1 + _has_moved_in(way) > MOST_COLUMNS:
        for stretch in road:
            shorter = collapse_oldest_year(stretch.cells, years)
            if shorter is not None:
                stretch.cells = shorter
                break
        else:
            return


# --- columns ---------------------------------------------------------------------------------------------


def _lay_out(way: Way, road: list[Stretch]):
    parts: list[Arena | Pass] = []
    places: list[tuple[int, date]] = []
    column, least = 1, _least_span(way, road)
    if _has_moved_in(way):
        name = gettext("Before %(day)s") % {"day": phrases.short_day(way.journey.opened_on, year=True)}
        meta = municipality(_moved_from(way)) or gettext("elsewhere")
        span = _before(way, least)
        parts.append(Arena(name=name, icon="", state="before", start=1, span=span, steps=(), meta=meta))
        column += span
    for index, stretch in enumerate(road):
        if index:
            parts.append(pass_of(way, road[index - 1], stretch, column))
            column += 1
        steps = with_week(tuple(step_of(way, cell, place + 1) for place, cell in enumerate(stretch.cells)))
        span = max(least, len(steps))
        if stretch.arena != ARENAS.SCHOOL:
            places.extend((column + place, cell.on) for place, cell in enumerate(stretch.cells))
        parts.append(
            Arena(
                name=_name(stretch), icon=ICONS.get(stretch.arena, "House"), state=stretch.state, start=column,
                span=span, steps=steps, meta=_meta(stretch) if span > 3 else "", last=0 < index == len(road) - 1,
            )
        )  # fmt: skip
        column += span
    return parts, column - 1, places


def _least_span(way: Way, road: list[Stretch]) -> int:
    """Two columns have room for an arena's name; one is enough when the way is long."""
    wide = sum(max(2, len(s.cells)) for s in road) + len(road) - 1 + _before(way, 2)
    return 2 if wide <= MOST_COLUMNS else 1


def _before(way: Way, least: int) -> int:
    """How many columns has the way elsewhere? A place that is named needs more, where there is room."""
    if not _has_moved_in(way):
        return 0
    return least + (3 if least > 1 and _moved_from(way) else 1)


def _has_moved_in(way: Way) -> bool:
    opened, born = way.journey.opened_on, way.born_on
    if way.journey.pregnancy_id is not None or born is None:
        return False
    return opened - born >= MOVED_IN_AFTER or bool(_moved_from(way))


def _moved_from(way: Way) -> str:
    """Which municipality did the child come from? Empty when nobody knows, and for one who was born here."""
    return "" if way.journey.child is None else way.journey.child.moved_from


def _name(stretch: Stretch) -> str:
    if stretch.unit is None and stretch.baton is not None:
        return gettext("Nobody holds it")
    return str(ARENAS(stretch.arena).label)


def _meta(stretch: Stretch) -> str:
    unit = stretch.unit.name if stretch.unit is not None else ""
    if stretch.state == "now" and stretch.baton is not None and stretch.baton.unit_id:
        if stretch.baton.confirmed_at is None:
            return gettext("%(unit)s · not confirmed") % {"unit": unit}
        return gettext("%(unit)s · holds the baton now") % {"unit": unit}
    if stretch.state == "done" and stretch.from_on and stretch.until_on:
        return phrases.day_range(stretch.from_on, stretch.until_on, year=True)
    return unit


def _lane_two(way: Way, beside: list[Contact], places, now: str | None) -> tuple[Arena, ...]:
    """The kindergarten, beside the road."""
    if not places or not (beside or way.enrolled):
        return ()
    last = places[-1][0]
    from_on = min([r.from_on for r in way.enrolled] + [c.opens_on for c in beside])
    first = next((column for column, on in places if on >= from_on), last)
    steps = [_expected(c) for c in beside]
    steps += [
        Expected(f"start:{r.pk}", r.from_on, r.from_on, r.from_on, "held" if r.from_on <= way.today else "", r.from_on)
        for r in way.enrolled
    ]
    cells = mark_now(cells_of(steps, way.today), now)
    span = max(last - first + 1, len(cells))
    first = max(1, last - span + 1)
    columns = columns_beside([c.on for c in cells], places, first, last)
    unit = way.enrolled[-1].unit if way.enrolled else beside[-1].unit
    drawn = tuple(step_of(way, c, column - first + 1) for c, column in zip(cells, columns, strict=True))
    return (
        Arena(
            name=str(ARENAS.KINDERGARTEN.label), icon=ICONS[ARENAS.KINDERGARTEN],
            state="now" if way.journey.closed_on is None else "done", start=first, span=span,
            steps=drawn, meta=unit.name if span > 2 else "", lane=2,
        ),
    )  # fmt: skip
