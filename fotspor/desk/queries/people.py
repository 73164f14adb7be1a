"""Children and families of the viewer's unit, and what a search found."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Case, Count, F, Q, QuerySet, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from fotspor.access.rules import Part, Purpose, Viewer
from fotspor.kit import phrases
from fotspor.kit.dates import add_months
from fotspor.kit.labels import Label
from fotspor.pathways.models import Baton
from fotspor.pathways.queries import batons
from fotspor.people import queries as people
from fotspor.people.identifiers import BadIdentifier, parse
from fotspor.people.labels import display_name, journey_label
from fotspor.people.models import Journey
from fotspor.worklist import queries as worklist

PAGE = 50


class Chosen(StrEnum):
    """The filters of the list; each is its address."""

    ALL = ""
    OURS = "vi-har-pinnen"
    EXPECTING = "gravide"
    UNDER_ONE = "under-1"
    OLDER = "fra-1"


@dataclass(frozen=True, slots=True)
class Family:
    """One journey in the list."""

    name: str
    url: str
    age: str
    holder: str
    is_ours: bool
    overdue: int
    person_key: str


@dataclass(frozen=True, slots=True)
class Families:
    """One page of the list, and how many each filter would show."""

    rows: list[Family]
    counts: dict[Chosen, int]
    chosen: Chosen
    page: int
    pages: int

    @property
    def total(self) -> int:
        return self.counts[self.chosen]

    @property
    def all(self) -> int:
        return self.counts[Chosen.ALL]


def _conditions(viewer: Viewer, today: date) -> dict[Chosen, Q]:
    ours = Baton.objects.filter(until_at=None, unit=viewer.unit_id).values("journey_id")
    year_ago = add_months(today, -12)
    return {
        Chosen.ALL: Q(),
        Chosen.OURS: Q(pk__in=ours),
        Chosen.EXPECTING: Q(child=None),
        Chosen.UNDER_ONE: Q(child__born_on__gt=year_ago),
        Chosen.OLDER: Q(child__born_on__lte=year_ago),
    }


def families(*, viewer: Viewer, chosen: Chosen, page: int, at: datetime) -> Families:
    """Which open journeys may the viewer see, in the order of the Norwegian alphabet?"""
    today = timezone.localdate(at)
    found = people.visible_journeys(viewer=viewer, purpose=Purpose.CARE, part=Part.LISTED, at=at).open()
    conditions = _conditions(viewer, today)
    named = {name.name.lower(): Count("pk", filter=q) if q else Count("pk") for name, q in conditions.items()}
    numbers = found.order_by().aggregate(**named)
    counts = {name: numbers[name.name.lower()] for name in Chosen}
    pages = max(1, -(-counts[chosen] // PAGE))
    page = min(max(1, page), pages)
    sort = Case(When(child=None, then=F("pregnancy__mother__sort_name")), default=F("child__sort_name"))
    rows = found.filter(conditions[chosen]).annotate(sort=sort).order_by("sort", "pk")
    rows = rows.prefetch_related(people.mothers("child"))[(page - 1) * PAGE : page * PAGE]
    return Families(_families(viewer, list(rows), at), counts, chosen, page, pages)


def _families(viewer: Viewer, journeys: list[Journey], at: datetime) -> list[Family]:
    today, ids = timezone.localdate(at), [j.pk for j in journeys]
    held = batons.holders(journey_ids=ids)
    overdue = _overdue(viewer, ids, today)
    rows = []
    for journey in journeys:
        baton = held.get(journey.pk)
        rows.append(
            Family(
                name=display_name(journey.subject),
                url=reverse("desk:child", args=[journey.key]),
                age=age_of(journey, today),
                holder=holder_name(baton),
                is_ours=baton is not None and baton.unit_id == viewer.unit_id,
                overdue=overdue.get(journey.pk, 0),
                person_key=journey.subject.key,
            )
        )
    return rows


def _overdue(viewer: Viewer, ids: list[int], today: date) -> dict[int, int]:
    late: QuerySet = worklist.overdue(viewer=viewer, purpose=Purpose.CARE, today=today).filter(journey_id__in=ids)
    late = late.filter(worklist.of_the_child())
    return dict(late.order_by().values_list("journey_id").annotate(Count("id")))


def age_of(journey: Journey, today: date) -> str:
    """How old, or how far? Nothing when it has ended before the birth, or by a death."""
    if journey.closed_on is not None and (journey.child_id is None or journey.child.died_on):
        return ""
    if journey.child_id is None:
        return gettext("pregnant, %(week)s") % {"week": phrases.pregnancy_week(journey.pregnancy.due_on, today)}
    return phrases.age(journey.child.born_on, today) if journey.child.born_on else ""


def holder_name(baton: Baton | None) -> str:
    """Which unit holds it?"""
    return baton.unit.name if baton is not None and baton.unit_id else gettext("nobody")


# --- search ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Found:
    """One person a search found."""

    name: str
    url: str
    meta: str
    label: Label | None
    person_key: str


@dataclass(frozen=True, slots=True)
class Search:
    """What a search found. `is_number` and nothing found: the person may be taken in."""

    text: str
    rows: list[Found]
    is_number: bool
    is_mistyped: bool  # only digits, and yet no identity number


def search(*, viewer: Viewer, text: str, at: datetime) -> Search:
    """Who did the viewer look for? Only people she may see; protected ones by exact identity number alone."""
    today = timezone.localdate(at)
    hits = people.search(viewer=viewer, text=text, at=at)
    held = batons.holders(journey_ids=[j.pk for hit in hits for j in hit.journeys])
    rows = []
    for hit in hits:
        own = [j for j in hit.journeys if j.child_id == hit.person.pk]
        url = reverse("desk:child", args=[own[0].key]) if own else reverse("desk:person", args=[hit.person.key])
        is_alive = hit.person.born_on and hit.person.died_on is None
        parts = [phrases.age(hit.person.born_on, today)] if is_alive else []
        for journey in (each for each in hit.journeys if each.closed_on is None):
            if journey.child_id is None:
                parts.append(age_of(journey, today))
            parts.append(holder_name(held.get(journey.pk)))
        label = journey_label(hit.journeys[0]) if hit.journeys else None
        rows.append(Found(display_name(hit.person), url, " · ".join(parts), label, hit.person.key))
    whole = is_number(text)
    return Search(text, rows, whole, not whole and "".join(text.split()).isdecimal())


def is_number(text: str) -> bool:
    """Is it a whole identity number?"""
    try:
        parse(text)
    except BadIdentifier:
        return False
    return True
