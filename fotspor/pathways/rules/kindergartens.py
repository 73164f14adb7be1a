"""Places in a kindergarten: one at a time, from after birth until school."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

LAST_YEAR = 7  # school begins in the year the child turns six, seven when it is put off


class PlaceFault(StrEnum):
    """Why a place cannot begin like that."""

    BEFORE_BIRTH = "before_birth"
    AFTER_SCHOOL = "after_school"
    BACKWARDS = "backwards"
    CLOSED = "closed"
    THERE_ALREADY = "there_already"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Period:
    """A place in one kindergarten; the end is exclusive. One that ends as it begins never was."""

    unit_id: int
    from_on: date
    until_on: date | None

    def holds(self, day: date) -> bool:
        """Has the child the place that day?"""
        return self.from_on <= day and (self.until_on is None or day < self.until_on)

    def overlaps(self, other: "Period") -> bool:
        """Is there a day that both hold?"""
        begins_in_time = other.until_on is None or self.from_on < other.until_on
        ends_too_late = self.until_on is None or self.until_on > other.from_on
        return begins_in_time and ends_too_late and not (self._is_nothing or other._is_nothing)

    @property
    def _is_nothing(self) -> bool:
        return self.until_on == self.from_on


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a kindergarten by its name, with the day somebody last wrote about it."""

    name: str
    period: Period
    written_on: date


def left_behind(booked_on: date | None, where: str, places: Iterable[Place]) -> Place | None:
    """In which kindergarten does an appointment stand, where the child has no place that day? None when all is well.

    Shape   `places` are all that the child had, has and will have. A kindergarten the child never had a place in is
            somewhere to meet, like any other.
    """
    there = [place for place in places if place.name.casefold() == where.strip().casefold()]
    if booked_on is None or not there or any(place.period.holds(booked_on) for place in there):
        return None
    return max(there, key=lambda place: place.written_on)


def place_fault(
    wished: Period, *, born_on: date, others: Iterable[Period], open_from: date, open_until: date | None, today: date
) -> PlaceFault | None:
    """What stands in the way of this place? `open_from` and `open_until` are the kindergarten's own period.

    A kindergarten that was set up here after the child began counts from today.
    """
    if wished.from_on < born_on:
        return PlaceFault.BEFORE_BIRTH
    if wished.from_on.year > born_on.year + LAST_YEAR:
        return PlaceFault.AFTER_SCHOOL
    if wished.until_on is not None and wished.until_on <= wished.from_on:
        return PlaceFault.BACKWARDS
    first = max(wished.from_on, today)
    if first < open_from or (open_until is not None and first >= open_until):
        return PlaceFault.CLOSED
    for other in others:
        if wished.overlaps(other):
            return PlaceFault.THERE_ALREADY if other.unit_id == wished.unit_id else PlaceFault.ELSEWHERE
    return None
