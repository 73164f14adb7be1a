"""Does an appointment fit: into its window, the calendar, and beside what is booked already?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from fotspor.kit.dates import is_working_day


class Concern(StrEnum):
    """Why somebody should look twice before booking. None of them forbids it."""

    STAFF_BUSY = "staff_busy"
    PLACE_BUSY = "place_busy"
    BEFORE_WINDOW = "before_window"
    AFTER_WINDOW = "after_window"
    DAY_OFF = "day_off"
    STAFF_AWAY = "staff_away"


@dataclass(frozen=True, slots=True)
class Slot:
    """An appointment: a day, perhaps a time, who holds it and where. `group` tells those of one group apart."""

    on: date
    at: time | None
    staff_id: int | None
    place: str
    group_id: int | None = None


def overlaps(one: Slot, other: Slot, minutes: int) -> bool:
    """Do the two run into each other, each lasting so many minutes? Without a time nothing is known, so no."""
    if one.on != other.on or one.at is None or other.at is None:
        return False
    if one.group_id is not None and one.group_id == other.group_id:
        return False
    first, second = (datetime.combine(one.on, slot.at) for slot in (one, other) if slot.at is not None)
    return abs(first - second) < timedelta(minutes=minutes)


def concerns(
    slot: Slot, *, opens_on: date, closes_on: date, others: Iterable[Slot], minutes: int, staff_is_away: bool = False
) -> tuple[Concern, ...]:
    """What should somebody look at before booking this?"""
    found = set()
    for other in others:
        if overlaps(slot, other, minutes):
            if slot.staff_id is not None and slot.staff_id == other.staff_id:
                found.add(Concern.STAFF_BUSY)
            if slot.place and slot.place.strip().casefold() == other.place.strip().casefold():
                found.add(Concern.PLACE_BUSY)
    if slot.on < opens_on:
        found.add(Concern.BEFORE_WINDOW)
    if slot.on > closes_on:
        found.add(Concern.AFTER_WINDOW)
    if not is_working_day(slot.on):
        found.add(Concern.DAY_OFF)
    if staff_is_away:
        found.add(Concern.STAFF_AWAY)
    return tuple(concern for concern in Concern if concern in found)


class Trouble(StrEnum):
    """Why an outcome cannot be recorded like this."""

    FUTURE = "future"
    BEFORE_BIRTH = "before_birth"
    NEEDS_LATE_REASON = "needs_late_reason"
    NEEDS_REASON = "needs_reason"
    TOO_LATE = "too_late"


def recording_troubles(
    *,
    is_held: bool,
    outcome_on: date,
    closes_on: date,
    late_until_on: date | None,
    born_on: date | None,
    has_reason: bool,
    has_late_reason: bool,
    today: date,
) -> tuple[Trouble, ...]:
    """What stops this outcome from being recorded? A contact can be held late, with its true day and a reason."""
    found = []
    if outcome_on > today:
        found.append(Trouble.FUTURE)
    if born_on is not None and outcome_on < born_on:
        found.append(Trouble.BEFORE_BIRTH)
    if is_held and late_until_on is not None and outcome_on > late_until_on:
        found.append(Trouble.TOO_LATE)
    elif is_held and outcome_on > closes_on and not has_late_reason:
        found.append(Trouble.NEEDS_LATE_REASON)
    if not is_held and not has_reason:
        found.append(Trouble.NEEDS_REASON)
    return tuple(found)
