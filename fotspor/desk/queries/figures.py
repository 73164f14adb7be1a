"""Figures for those who lead: counts of whole units, small ones hidden. No person is looked at."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q

from fotspor.access.rules import Permission, Viewer
from fotspor.kit.dates import add_months
from fotspor.kit.disclosure import suppress_table
from fotspor.pathways.models import Baton
from fotspor.pathways.queries.ledger import standings_of
from fotspor.pathways.queries.units import HANDED_OVER_AHEAD, kinds_at
from fotspor.pathways.rules.handovers import SCHOOL_YEAR
from fotspor.services.models import Unit
from fotspor.worklist.models import Task


@dataclass(frozen=True, slots=True)
class Line:
    """One unit. None is a hidden number; the viewer's own unit hides nothing from its leader."""

    name: str
    cells: tuple[int | None, ...]
    is_own: bool = False
    is_total: bool = False


@dataclass(frozen=True, slots=True)
class Figures:
    """The tables, each with its sums."""

    journeys: list[Line]
    tasks: list[Line]
    standings: list[Line]  # the leader's own unit, one cell per `Standing` and their sum; nobody else's
    on: date


def figures(*, viewer: Viewer, on: date) -> Figures:
    """How many journeys and tasks has each unit, and where do the children stand?

    Shape   counts under 5 are hidden, and one more in each row and column, so that the sums do not tell; a unit leader
            sees her own unit whole, and the others are hidden as if her row were known to everybody.
    """
    if not viewer.may(Permission.SEE_FIGURES):
        return Figures([], [], [], on)
    units = list(Unit.objects.in_force(on).filter(signs_in=True).order_by("name"))
    names = {unit.pk: unit.name for unit in units}
    year_ago = add_months(on, -12)
    held = Baton.objects.filter(until_at=None, journey__closed_on=None, unit__isnull=False).order_by()
    young = Q(journey__child__born_on__gt=year_ago)
    journeys = held.values_list("unit_id").annotate(
        expecting=Count("id", filter=Q(journey__child=None)),
        under_one=Count("id", filter=young),
        older=Count("id", filter=Q(journey__child__isnull=False) & ~young),
    )
    waiting = Task.objects.visible_from(on).filter(unit__isnull=False, for_leader=False).order_by()
    within, overdue = Count("id", filter=Q(closes_on__gte=on)), Count("id", filter=Q(closes_on__lt=on))
    tasks = waiting.values_list("unit_id").annotate(within=within, overdue=overdue)
    own = viewer.unit_id if viewer.may(Permission.SEE_UNIT) else None
    nobody = {(unit.pk, column) for unit in units for column in columns_without(unit.kind, on=on)}
    return Figures(
        _table(journeys, names, own, nobody), _table(tasks, names, own), _standings(viewer, own, names, on), on
    )


def _standings(viewer: Viewer, own: int | None, names: dict[int, str], on: date) -> list[Line]:
    """Of other units only the table by age is shown: what one of two tables of the same sums hides, the other tells."""
    cells = standings_of(viewer=viewer, unit_id=own, on=on) if own in names else ()
    return [Line(names[own], (*cells, sum(cells)), is_own=True)] if sum(cells) else []


def columns_without(kind: str, *, on: date) -> list[int]:
    """In which columns of journeys can this kind of unit hold nobody, as everybody knows who knows what it is for?"""
    under_one = [on, on - timedelta(days=364)]
    older = [add_months(on, -12), add_months(on, -12 * SCHOOL_YEAR)]
    ages: tuple[list[date | None], ...] = ([None], [*under_one], [*older])
    return [
        column
        for column, born in enumerate(ages)
        if not any(kind in kinds_at(born_on=born_on, on=on, ahead_years=HANDED_OVER_AHEAD) for born_on in born)
    ]


def _table(rows, names: dict, own: int | None, nobody: Collection[tuple[int, int]] = ()) -> list[Line]:
    """In the order of the names. `nobody`: unit and column of zeros that everybody knows, and that hide no one."""
    found = {unit: tuple(cells) for unit, *cells in rows if unit in names}
    if not found:
        return []
    others = {unit: cells for unit, cells in found.items() if unit != own}
    shown, sums = suppress_table(others, always_zero=nobody) if others else ({}, ())
    if own in found:
        mine = (*found[own], sum(found[own]))
        shown[own] = mine
        sums = tuple(None if n is None else n + m for n, m in zip(sums, mine, strict=True)) if others else mine
    lines = [Line(names[unit], shown[unit], is_own=unit == own) for unit in names if unit in found]
    return [*lines, Line("", sums, is_total=True)]
