"""Households of a register's file in which nobody is known here, and what surrounds them.

No permission is asked: only for the import, which logs what it does.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from fotspor.pathways.queries import approvals, definitions
from fotspor.pathways.queries.batons import Keeper, deadlines, list_keeper
from fotspor.pathways.rules.handovers import Deadlines
from fotspor.pathways.rules.register import Record
from fotspor.people import queries as people
from fotspor.people.rules import search_key
from fotspor.services import queries as services
from fotspor.services.models import District, Unit


@dataclass(frozen=True, slots=True)
class Household:
    """One household of a file, as it was staged: the rows that wait, by id, with what each says."""

    number: int
    rows: tuple[tuple[int, Record], ...]
    is_new: bool  # by the file as it was compared: nobody in it is known, and nobody has to say anything first

    @property
    def records(self) -> list[Record]:
        return [record for _pk, record in self.rows]


@dataclass(frozen=True, slots=True)
class Around:
    """What the households of one block have in common."""

    districts: Mapping[str, District]  # by code
    units: Mapping[int, Unit]  # by district: the health centre that the address names
    keeper: Keeper | None  # of the list of journeys that nobody holds
    versions: Mapping[str, str]  # of the pathways that children follow
    routine: Deadlines  # of a baton
    approved: dict[tuple[str, str], bool] = field(default_factory=dict)


def known_among(households: Iterable[Household]) -> set[int]:
    """In which of the households is somebody known here after all, or may be somebody we have without a number?"""
    found = {household.number: household.records for household in households}
    every = [record for records in found.values() for record in records]
    named = {guardian.number for record in every for guardian in record.guardians}
    taken = people.numbers_in_use({record.number for record in every} | named)
    names = {record.row: search_key(record.given_name, record.family_name) for record in every}
    unnumbered = people.unnumbered_keys(set(names.values()))

    def is_known(record: Record) -> bool:
        numbers = {record.number, *(guardian.number for guardian in record.guardians)}
        return bool(numbers & taken) or (record.born_on, names[record.row]) in unnumbered

    return {number for number, records in found.items() if any(is_known(record) for record in records)}


def around(households: Iterable[Household], on: date) -> Around:
    """What surrounds these households today?"""
    codes = {record.district for household in households for record in household.records if record.district}
    districts = {district.code: district for district in District.objects.filter(code__in=codes)}
    units = units_of([district.pk for district in districts.values()], on)
    is_served = len(units) == len(districts) and all(
        record.district for household in households for record in household.records
    )
    keeper = None if is_served else list_keeper(on=on)
    versions = {slug: approvals.version_to_follow(slug) for slug in definitions.OF_CHILDREN}
    return Around(districts, units, keeper, versions, deadlines())


def units_of(district_ids: Collection[int], on: date) -> dict[int, Unit]:
    """Which health centre does each district's addresses name today?"""
    kind = Unit.Kind.HEALTH_STATION
    return services.units_for_areas(kind=kind, district_ids=district_ids, on=on, stays=True)
