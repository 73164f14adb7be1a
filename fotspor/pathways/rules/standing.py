"""Where one child or one pregnancy stands today: exactly one place, so that sums can be held against the register."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Protocol

from fotspor.worklist.rules import is_overdue


class Standing(StrEnum):
    """In the order in which they are asked: the first that fits."""

    OVERDUE = "overdue"  # something is past its last day
    NOW = "now"  # something can be done now, or is booked
    LATER = "later"  # the next window has not opened
    NOTHING = "nothing"  # nothing is on the plan


class Open(Protocol):
    """A task that is neither done nor ended."""

    @property
    def opens_on(self) -> date: ...
    @property
    def closes_on(self) -> date: ...
    @property
    def booked_on(self) -> date | None: ...


def standing(tasks: Iterable[Open], today: date) -> Standing:
    """Where does the journey stand that has these open tasks? The set form is `queries.ledger`."""
    found = list(tasks)
    if any(is_overdue(task.closes_on, today) for task in found):
        return Standing.OVERDUE
    if any(task.opens_on <= today or (task.booked_on is not None and task.booked_on <= today) for task in found):
        return Standing.NOW
    return Standing.LATER if found else Standing.NOTHING
