"""The districts of a large municipality: their units and staff, opened by the actions, and how a life moves between."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import product
from math import ceil

from fotspor.access.rules import SYSTEM
from fotspor.services import actions as services
from fotspor.services.models import District, Membership, Staff, Unit
from fotspor.simulation.lives import Table
from fotspor.simulation.municipality import KINDS, give_post, open_unit
from fotspor.simulation.people import PLANTS, QUALITIES
from fotspor.simulation.population import Place
from fotspor.simulation.pressing import Move

# How many children under six one employee or one kindergarten is there for.
CHILDREN_FOR = {"nurse": 350, "midwife": 1500, "school nurse": 1500, "kindergarten": 80}
POSTS = (
    (Unit.Kind.HEALTH_STATION, "nurse", "nurse"),
    (Unit.Kind.MIDWIFERY, "midwife", "midwife"),
    (Unit.Kind.SCHOOL_HEALTH, "nurse", "school nurse"),
)


@dataclass(slots=True)
class Here:
    """One district as a life meets it: its units by kind and its staff by kind and role, each in order."""

    district: District
    units: dict[str, list[Unit]] = field(default_factory=dict)
    crews: dict[tuple[str, str], list[Staff]] = field(default_factory=dict)


def open_district(place: Place, names: Iterator[str], *, on: date, at: datetime) -> None:
    """Units and staff enough for the place's children; what is there already stays."""
    here = districts(on=on).get(place.district) if District.objects.filter(code=place.district).exists() else None
    if here is None:
        here = Here(services.create_district(code=place.district, name=place.name, by=SYSTEM, at=at))
        leader = next(names)
        for kind, called in KINDS:
            unit = open_unit(kind, called.format(place.name), on, at, district=here.district)
            give_post(leader, unit, "unit_leader", on, at)
            here.units[kind] = [unit]
    for kind, role, what in POSTS:
        there = len(here.crews.get((kind, role), ()))
        for _ in range(there, ceil(place.total / CHILDREN_FOR[what])):
            give_post(next(names), here.units[kind][0], role, on, at)
    there = len(here.units.get(Unit.Kind.KINDERGARTEN, ()))
    for number in range(there, max(1, ceil(place.total / CHILDREN_FOR["kindergarten"]))):
        unit = open_unit(Unit.Kind.KINDERGARTEN, f"{place.name} barnehage {number + 1}", on, at, district=here.district)
        give_post(next(names), unit, "kindergarten", on, at)


def employees() -> Iterator[str]:
    """Made-up names for those who work there, each once; none of the families is called so."""
    for one, other, quality in product(PLANTS, PLANTS, QUALITIES):
        if one != other:
            yield f"{quality} {one}-{other.lower()}"


def districts(*, on: date) -> dict[str, Here]:
    """The districts that have units, by their code."""
    found: dict[str, Here] = {}
    for unit in Unit.objects.in_force(on).filter(district__isnull=False).select_related("district").order_by("pk"):
        here = found.setdefault(unit.district.code, Here(unit.district))
        here.units.setdefault(unit.kind, []).append(unit)
    posts = Membership.objects.counting(on).filter(unit__district__isnull=False)
    for post in posts.select_related("staff", "unit__district").order_by("pk"):
        here = found[post.unit.district.code]
        here.crews.setdefault((post.unit.kind, post.role), []).append(post.staff)
    return found


def named(here: Here) -> set[str]:
    """By which words, other than ids, may a life say where it is lived?"""
    units = [unit for each in here.units.values() for unit in each]
    staff = [one for crew in here.crews.values() for one in crew]
    return {here.district.key, *(u.key for u in units), *(u.name for u in units), *(one.key for one in staff)}


def move(there: Here, here: Here, turn: int = 0) -> Move:
    """Whom and what does a life of `there` meet when it is lived here? Another turn, other colleagues of the kind."""
    ids: dict[tuple[Table, int], int] = {(District, there.district.pk): here.district.pk}
    names = {there.district.key: here.district.key}
    for kind, units in there.units.items():
        for place, unit in enumerate(units):
            other = here.units[kind][(place + turn) % len(here.units[kind])]
            ids[(Unit, unit.pk)] = other.pk
            names |= {unit.key: other.key, unit.name: other.name}
    for post, crew in there.crews.items():
        for place, staff in enumerate(crew):
            colleague = here.crews[post][(place + turn) % len(here.crews[post])]
            ids[(Staff, staff.pk)] = colleague.pk
            names[staff.key] = colleague.key
    return Move(ids, names)
