"""Does an appointment fit: into its window, the calendar, and beside what is booked already?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256

from fotspor.kit.dates import is_working_day
from fotspor.pathways.rules.kindergartens import LAST_YEAR


class Concern(StrEnum):
    """Why somebody should look twice before booking. None of them forbids it."""

    STAFF_BUSY = "staff_busy"
    SAME_DAY = "same_day"  # how long an appointment lasts is not approved, so every one that day is looked at
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


def overlaps(one: Slot, other: Slot, minutes: int | None) -> bool:
    """Do the two run into each other, each lasting so many minutes? Without a time nothing is known, so no.

    Shape   `minutes` is None when nobody has said how long one lasts: then two of one day may.
    """
    if one.on != other.on or one.at is None or other.at is None:
        return False
    if one.group_id is not None and one.group_id == other.group_id:
        return False
    if minutes is None:
        return True
    first, second = (datetime.combine(one.on, slot.at) for slot in (one, other) if slot.at is not None)
    return abs(first - second) < timedelta(minutes=minutes)


def concerns(
    slot: Slot,
    *,
    opens_on: date,
    closes_on: date,
    others: Iterable[Slot],
    minutes: int | None,
    staff_is_away: bool = False,
) -> tuple[Concern, ...]:
    """What should somebody look at before booking this?"""
    found = set()
    staff_busy, place_busy = (Concern.STAFF_BUSY, Concern.PLACE_BUSY) if minutes is not None else [Concern.SAME_DAY] * 2
    for other in others:
        if overlaps(slot, other, minutes):
            if slot.staff_id is not None and slot.staff_id == other.staff_id:
                found.add(staff_busy)
            if slot.place and slot.place.strip().casefold() == other.place.strip().casefold():
                found.add(place_busy)
    if slot.on < opens_on:
        found.add(Concern.BEFORE_WINDOW)
    if slot.on > closes_on:
        found.add(Concern.AFTER_WINDOW)
    if not is_working_day(slot.on):
        found.add(Concern.DAY_OFF)
    if staff_is_away:
        found.add(Concern.STAFF_AWAY)
    return tuple(concern for concern in Concern if concern in found)


def shown_as(slot: Slot, found: Iterable[Concern]) -> str:
    """What a page carries of what it showed: the same appointment with the same concerns gives the same text."""
    said = (slot.on, slot.at, slot.staff_id, slot.place.strip(), *sorted(found))
    return sha256("|".join(map(str, said)).encode()).hexdigest()[:16]


# --- what came of it --------------------------------------------------------------------------------------


def may_write(unit_id: int | None, *, contact_unit_id: int | None, holder_id: int | None, is_open: bool) -> bool:
    """May this unit book and record? The one that holds the baton may, and the one that holds the contact.

    While nobody holds an open journey's baton, whoever may see the record writes: a family that comes is met.
    """
    if is_open and holder_id is None:
        return True
    return unit_id is not None and unit_id in (contact_unit_id, holder_id)


def first_day(*, opened_on: date, pregnancy_on: date | None, born_on: date | None, was_here: bool = True) -> date:
    """Before which day can nothing have happened on this journey?

    Shape   `pregnancy_on` is where the pregnancy's weeks are counted from, None when it is not known here; `was_here`
            is False for what was held elsewhere, which may have been before the family came to us.
    """
    began = [day for day in (pregnancy_on, born_on) if day is not None]
    return max([*began, *([opened_on] if was_here or not began else [])])


def last_expected_day(born_on: date) -> date:
    """Until when can a contact be expected here? To the end of the year in which a school start put off has been."""
    return date(born_on.year + LAST_YEAR, 12, 31)


class Trouble(StrEnum):
    """Why an outcome cannot be recorded like this."""

    FUTURE = "future"
    TOO_EARLY = "too_early"
    BEFORE_BIRTH = "before_birth"
    BEFORE_ABSENCE = "before_absence"
    NEEDS_EARLY_REASON = "needs_early_reason"
    NEEDS_LATE_REASON = "needs_late_reason"
    NEEDS_REASON = "needs_reason"
    NO_APPOINTMENT = "no_appointment"


def recording_troubles(
    *,
    is_held: bool,
    outcome_on: date,
    opens_on: date,
    closes_on: date,
    not_before: date,
    born_on: date | None,
    missed_on: date | None,
    has_reason: bool,
    has_window_reason: bool,
    today: date,
) -> tuple[Trouble, ...]:
    """What stops this outcome from being recorded? Outside its window it is held with its true day and a reason.

    Shape   `born_on` is None for a contact of the pregnancy, `missed_on` the last day on which nobody came, if any: who
            had been met already was not expected then. However late it is held, it can be recorded.
    """
    found = []
    if outcome_on > today:
        found.append(Trouble.FUTURE)
    if born_on is not None and outcome_on < born_on:
        found.append(Trouble.BEFORE_BIRTH)
    elif outcome_on < not_before:
        found.append(Trouble.TOO_EARLY)
    elif is_held and missed_on is not None and outcome_on < missed_on:
        found.append(Trouble.BEFORE_ABSENCE)
    elif is_held and outcome_on < opens_on and not has_window_reason:
        found.append(Trouble.NEEDS_EARLY_REASON)
    if is_held and outcome_on > closes_on and not has_window_reason:
        found.append(Trouble.NEEDS_LATE_REASON)
    if not is_held and not has_reason:
        found.append(Trouble.NEEDS_REASON)
    return tuple(found)


def absence_troubles(
    *, missed_on: date, booked_on: date | None, opens_on: date, closes_on: date, not_before: date, today: date
) -> tuple[Trouble, ...]:
    """What stops «nobody came» from being written down? Somebody must have been expected that day.

    Shape   expected is who had an appointment then, or whose window was open: a home visit is not always booked.
    """
    if missed_on > today:
        return (Trouble.FUTURE,)
    if missed_on < not_before:
        return (Trouble.TOO_EARLY,)
    if missed_on != booked_on and not opens_on <= missed_on <= closes_on:
        return (Trouble.NO_APPOINTMENT,)
    return ()
