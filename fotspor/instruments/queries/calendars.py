"""What stands in the way of a day that is agreed. The calendar is above this slice: it is added at the start."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time

from django.utils.functional import Promise

from fotspor.instruments.models import Duty
from fotspor.worklist.models import Task


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation that is to be agreed: for which duty, with whom of the staff, and when."""

    duty_key: str
    staff_id: int | None
    on: date
    at: time | None


@dataclass(frozen=True, slots=True)
class InTheWay:
    """What somebody should look at first, and what a page carries of having shown just that."""

    reasons: tuple[str | Promise, ...]
    shown: str


CALENDARS: list[Callable[[Conversation], InTheWay]] = []


def add_calendar(calendar: Callable[[Conversation], InTheWay]) -> None:
    """Let a calendar of the slice above be looked into. Called once, when the house starts."""
    CALENDARS.append(calendar)


def in_the_way(*, duty: Duty, on: date, at_time: time | None, by_id: int | None) -> InTheWay:
    """What stands in the way of this day? Asks no permission: only that somebody has something else.

    Shape   the conversation is the colleague's whom it was given to, else whoever agrees it.
    """
    given = Task.objects.open().filter(source=Task.Source.ROUTINE, subject_key=duty.key, for_leader=False)
    staff_id = given.exclude(staff=None).values_list("staff_id", flat=True).first() or by_id
    found = [look(Conversation(duty.key, staff_id, on, at_time)) for look in CALENDARS]
    return InTheWay(tuple(reason for each in found for reason in each.reasons), " ".join(each.shown for each in found))
