"""Which looks should somebody ask about, and what may come of it? Plain data, no clock."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from fotspor.kit.dates import is_working_day

LOOK = "access.record.read"  # the line that an opened record leaves
EMERGENCY_TAKEN = "access.emergency.opened"

# Nothing that a family has seen come of a look: changes to access and staff, and taking in, which only opens a door.
NO_ENTRY_BY = ("access.", "services.", "people.person.taken_in")


class Reason(StrEnum):
    """Why a look is worth a question. None of them says that anything is wrong."""

    KIN = "kin"  # same surname or same address as the employee
    NO_ENTRY = "no_entry"  # nothing was written about the family afterwards
    AFTER_HOURS = "after_hours"
    PROTECTED = "protected"
    EMERGENCY = "emergency"


class Outcome(StrEnum):
    """What came of going through it."""

    EXPLAINED = "explained"
    FOLLOW_UP = "follow_up"  # a task for the officer, until another outcome is written
    BREACH = "breach"


@dataclass(frozen=True, slots=True)
class Limits:
    """Where the lines are drawn. The municipality's own when somebody decides other ones."""

    entry_days: int = 14  # so long after a look, something should have been written
    opens_at: time = time(8, 0)  # for a look from no unit
    closes_at: time = time(15, 30)
    margin_minutes: int = 60  # the day is prepared before opening, notes are written after closing
    period_days: int = 31  # the longest period asked about at once


LIMITS = Limits()
SHORTEST_NAME = 3
PARTICLES = frozenset({"van", "von", "der", "den", "del", "dos", "das", "bin", "ibn", "las", "los"})
NOTE_LENGTH = 10


def surnames(name: str) -> frozenset[str]:
    """Which surnames are in it? Both of a double name; particles and initials are none."""
    words = name.casefold().replace("-", " ").split()
    return frozenset(word for word in words if len(word) >= SHORTEST_NAME and word not in PARTICLES)


def share_surname(one: str, other: str) -> bool:
    """Have these two a surname in common?"""
    return bool(surnames(one) & surnames(other))


def share_address(one: str, other: str) -> bool:
    """Are these two digests of one registered address? Nobody shares an address that is not known."""
    return bool(one) and one == other


def is_after_hours(at: datetime, opens_at: time, closes_at: time, limits: Limits = LIMITS) -> bool:
    """Is this outside the unit's hours, or on a day off? `at` as the clock on the wall shows it."""
    margin, day, wall = timedelta(minutes=limits.margin_minutes), at.date(), at.replace(tzinfo=None)
    earliest, latest = datetime.combine(day, opens_at) - margin, datetime.combine(day, closes_at) + margin
    return not is_working_day(day) or not earliest <= wall <= latest


def is_followed(looked_on: date, written_on: Sequence[date], limits: Limits = LIMITS) -> bool:
    """Was something written the same day or within the days after? Shape: `written_on` in order."""
    next_one = bisect_left(written_on, looked_on)
    return next_one < len(written_on) and written_on[next_one] <= looked_on + timedelta(days=limits.entry_days)


def needs_words(outcome: Outcome) -> bool:
    """Must it be said in words what was found? A look with a good reason may go without."""
    return outcome is not Outcome.EXPLAINED
