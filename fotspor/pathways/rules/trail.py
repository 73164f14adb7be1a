"""How the trail is laid out: which columns, what is collapsed, what state a footprint has. No words, no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from fotspor.worklist.rules import is_overdue

MOST_COLUMNS = 32


class Print(StrEnum):
    """What a footprint looks like."""

    DONE = "done"
    DONE_LATE = "done-late"
    NOW = "now"
    LATE = "late"
    FUTURE = "future"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Expected:
    """One thing on the way: the dates it has, and what came of it."""

    key: str
    on: date  # where in time it stands
    opens_on: date
    closes_on: date
    outcome: str = ""  # "", held, moved, declined, not_needed
    outcome_on: date | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of an arena: one footprint, or a finished year as one double print."""

    keys: tuple[str, ...]
    state: Print
    on: date
    year: int | None = None  # set when collapsed


def print_of(step: Expected, today: date) -> Print:
    """Which footprint is this today? An open window is FUTURE here; `first_now` marks the one that is now."""
    if step.outcome in ("declined", "not_needed"):
        return Print.DECLINED
    if step.outcome:
        late = step.outcome_on is not None and is_overdue(step.closes_on, step.outcome_on)
        return Print.DONE_LATE if late else Print.DONE
    return Print.LATE if is_overdue(step.closes_on, today) else Print.FUTURE


def cells_of(steps: Sequence[Expected], today: date) -> tuple[Cell, ...]:
    """One cell per step, in time order; of the same day, in the order of the plan."""
    in_order = sorted(steps, key=lambda s: (s.on, s.opens_on, s.key))
    return tuple(Cell((s.key,), print_of(s, today), s.on) for s in in_order)


def first_now(steps: Sequence[Expected], today: date) -> str | None:
    """Which step is «now»: the earliest that is open today and not yet late? None when nothing is open."""
    opened = [s for s in steps if not s.outcome and s.opens_on <= today and not is_overdue(s.closes_on, today)]
    return min(opened, key=lambda s: (s.on, s.key)).key if opened else None


def collapse_oldest_year(cells: Sequence[Cell], years: Mapping[str, int]) -> tuple[Cell, ...] | None:
    """The same cells with the oldest finished year as one print. None when no year can be collapsed.

    Shape   `years` tells of each step's key which year of life it stands in, counted from 0.
    """
    for year in sorted(set(years.values())):
        found = [c for c in cells if c.year is None and years.get(c.keys[0]) == year]
        if len(found) < 2 or any(c.state not in (Print.DONE, Print.DONE_LATE) for c in found):
            continue
        one = Cell(tuple(key for c in found for key in c.keys), Print.DONE, found[0].on, year)
        return tuple(sorted([*(c for c in cells if c not in found), one], key=lambda c: c.on))
    return None


def mark_now(cells: Sequence[Cell], key: str | None) -> tuple[Cell, ...]:
    """The same cells with the current one marked."""
    return tuple(replace(c, state=Print.NOW) if key in c.keys else c for c in cells)


def columns_beside(days: Sequence[date], road: Sequence[tuple[int, date]], first: int, last: int) -> list[int]:
    """In which columns do the steps of lane 2 stand? Each beside the first step of lane 1 that is not earlier.

    Shape   `road` is (column, day) of lane 1, in order. Never two in a column; those without room stand last.
    """
    found: list[int] = []
    for left, day in zip(range(len(days) - 1, -1, -1), days, strict=True):
        beside = next((column for column, on in road if on >= day and first <= column <= last), last)
        found.append(min(max(beside, found[-1] + 1 if found else first), last - left))
    return found
