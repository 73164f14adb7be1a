"""One state, one overdue, one order: every list, count, badge, trail and report asks here."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import IntEnum, StrEnum
from typing import Any, Final, Protocol, TypeVar


class Urgency(IntEnum):
    """How a task ranks before dates are looked at. Lower comes first."""

    SAFETY = 0
    RESULT = 1
    NEWBORN = 2
    BATON = 3
    APPOINTMENT = 4  # computed for the day, never stored
    WINDOW = 5


class State(StrEnum):
    """What a task is, as a function of today."""

    DONE = "done"
    ENDED = "ended"
    NOT_YET = "not_yet"
    OPEN = "open"
    OVERDUE = "overdue"


class DayClass(StrEnum):
    """Where a task stands on the day's page: exactly one, the first that fits."""

    OVERDUE = "overdue"
    RESULT = "result"
    BATON = "baton"
    TODAY = "today"
    WINDOW = "window"


class Dated(Protocol):
    """Anything with a task's dates."""

    opens_on: date
    due_on: date
    closes_on: date
    done_on: date | None
    ended_on: date | None


class Listed(Protocol):
    """What the order and the classes look at."""

    source: str
    urgency: int
    risk: int
    opens_on: date
    due_on: date
    closes_on: date
    due_before: time | None
    booked_on: date | None
    booked_time: time | None
    id: int


@dataclass(frozen=True, slots=True)
class Window:
    """Earliest, best and last day of something that should happen."""

    opens_on: date
    due_on: date
    closes_on: date


def is_overdue(closes_on: date, today: date) -> bool:
    """Is the last day past? The only definition of overdue in the house; `TaskQuerySet.overdue` is its set form."""
    return closes_on < today


def state(task: Dated, today: date) -> State:
    """What is this task today?"""
    if task.done_on is not None:
        return State.DONE
    if task.ended_on is not None:
        return State.ENDED
    if is_overdue(task.closes_on, today):
        return State.OVERDUE
    return State.NOT_YET if today < task.opens_on else State.OPEN


class Held(Protocol):
    """Anything that somebody can take, do or end while another looks at it."""

    done_on: date | None
    ended_on: date | None
    staff_id: int | None
    taken_at: datetime | None
    taken_by_id: int | None


def is_gone(task: Held, *, since: datetime, staff_id: int) -> bool:
    """Has it been done, ended, or taken by a colleague since this member of staff saw it on a list?"""
    if task.done_on is not None or task.ended_on is not None:
        return True
    if task.staff_id in (None, staff_id) or task.taken_at is None:
        return False
    return task.taken_at > since and task.taken_by_id != staff_id


def days_over(closes_on: date, today: date) -> int:
    """How many days past the last day? 0 when it is not past."""
    return max(0, (today - closes_on).days)


# --- order and classes as data ---------------------------------------------------------------------------
# `queries.py` compiles these same tables to SQL; a test holds that both give the same order.


class Operator(StrEnum):
    """How a field is compared."""

    IS = "is"
    IN = "in"
    BEFORE = "before"


class Moment(StrEnum):
    """A value that is known only when somebody looks."""

    TODAY = "today"


@dataclass(frozen=True, slots=True)
class Comparison:
    """One field compared with one value; a value may be `Moment.TODAY`."""

    field: str
    operator: Operator
    value: int | str | tuple[str, ...] | Moment


@dataclass(frozen=True, slots=True)
class Clause:
    """A name for the tasks that fulfil the comparison. Without one it takes the rest."""

    name: str
    when: Comparison | None = None


_OVERDUE: Final = Comparison("closes_on", Operator.BEFORE, Moment.TODAY)
_BOOKED_TODAY: Final = Comparison("booked_on", Operator.IS, Moment.TODAY)

RANKS: Final[tuple[Clause, ...]] = (
    Clause("safety", Comparison("urgency", Operator.IS, Urgency.SAFETY)),
    Clause("result", Comparison("urgency", Operator.IS, Urgency.RESULT)),
    Clause("newborn", Comparison("urgency", Operator.IS, Urgency.NEWBORN)),
    Clause("overdue", _OVERDUE),
    Clause("baton", Comparison("urgency", Operator.IS, Urgency.BATON)),
    Clause("appointment", _BOOKED_TODAY),
    Clause("window"),
)

CLASSES: Final[tuple[Clause, ...]] = (
    Clause(DayClass.OVERDUE, _OVERDUE),
    Clause(DayClass.RESULT, Comparison("source", Operator.IN, ("routine",))),
    Clause(DayClass.BATON, Comparison("source", Operator.IN, ("baton", "stop", "unassigned"))),
    Clause(DayClass.TODAY, _BOOKED_TODAY),
    Clause(DayClass.WINDOW),
)

# Within a rank: the heaviest delay first (days past the last day, times risk), today's appointments by the clock, then
# the day it is due.
TIES: Final[tuple[str, ...]] = ("-weight", "clock", "due_on", "due_before", "closes_on", "id")


def fulfils(task: Any, comparison: Comparison | None, today: date) -> bool:
    """Does the task fulfil the comparison?"""
    if comparison is None:
        return True
    found = getattr(task, comparison.field)
    if found is None:
        return False
    value: Any = today if comparison.value is Moment.TODAY else comparison.value
    if comparison.operator is Operator.BEFORE:
        return bool(found < value)
    if comparison.operator is Operator.IN:
        return found in value
    return bool(found == value)


def first_that_fits(clauses: Sequence[Clause], task: Any, today: date) -> int:
    """Which clause, counted from 0, is the first that fits?"""
    return next(index for index, clause in enumerate(clauses) if fulfils(task, clause.when, today))


def day_class(task: Any, today: date, booked_today: bool = False) -> DayClass:
    """In which class of the day's page does this task stand? `booked_today` counts beside the task's own booking."""
    found = DayClass(CLASSES[first_that_fits(CLASSES, task, today)].name)
    return DayClass.TODAY if booked_today and found is DayClass.WINDOW else found


def weight(task: Listed, today: date) -> int:
    """How heavy is the delay? Days past the last day, times the risk of that kind of task."""
    return task.risk * days_over(task.closes_on, today)


def clock(task: Listed, today: date) -> time | None:
    """At what time is it today? None for what has no appointment today."""
    return task.booked_time if task.booked_on == today else None


def order(task: Listed, today: date) -> tuple[Any, ...]:
    """Sort key: urgency, then the heaviest delay, then the day it is due. The set form is `queries.in_order`."""
    return (
        first_that_fits(RANKS, task, today),
        -weight(task, today),
        clock(task, today) or time.max,
        task.due_on,
        task.due_before or time.max,
        task.closes_on,
        task.id,
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """One task that follows from facts.

    Shape   `title`, `rule` are message ids; `facts` fill the rule: keys ending in `_on` hold ISO dates, keys ending in
            `_title` message ids, other values stand as they are.
            `ref` is unique within its source while open; one with `:leader:` in it is the unit leader's.
    """

    ref: str
    title: str
    rule: str
    rule_version: str
    facts: Mapping[str, Any]
    opens_on: date
    due_on: date
    closes_on: date
    urgency: Urgency
    risk: int = 1
    due_before: time | None = None
    unit_id: int | None = None
    staff_id: int | None = None
    person_id: int | None = None
    journey_id: int | None = None
    subject_key: str = ""
    booked_on: date | None = None
    booked_time: time | None = None
    done_on: date | None = None
    done_by_id: int | None = None


COMPARED = (
    "title",
    "rule",
    "rule_version",
    "facts",
    "opens_on",
    "due_on",
    "closes_on",
    "urgency",
    "risk",
    "due_before",
    "unit_id",
    "person_id",
    "journey_id",
    "subject_key",
    "booked_on",
    "booked_time",
)


def differing(task: Any, want: Wanted) -> dict[str, Any]:
    """Which values of an open task are not what is wanted? A colleague chosen by hand stays within the unit."""
    wished = {name: getattr(want, name) for name in COMPARED}
    wished["facts"] = dict(want.facts)
    wished["staff_id"] = want.staff_id
    if want.staff_id is None and task.unit_id == want.unit_id:
        wished["staff_id"] = task.staff_id
    return {name: value for name, value in wished.items() if getattr(task, name) != value}


# --- households ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Living:
    """Where the person of a task and the child of its journey are registered; empty digests are unknown."""

    person_key: str
    person_household: str = ""
    child_household: str = ""
    is_protected: bool = False


def household_key(living: Living) -> str:
    """Under which household does the task stand?

    The child's registered address. A parent who lives elsewhere stands alone, and so does a protected person: a shared
    heading would tell who lives with whom.
    """
    if living.is_protected or not living.person_household:
        return f"person:{living.person_key}"
    if living.child_household and living.child_household != living.person_household:
        return f"person:{living.person_key}"
    return f"household:{living.person_household}"


Row = TypeVar("Row")


def by_household(rows: Iterable[tuple[str, Row]]) -> dict[str, list[Row]]:
    """Which rows stand together? Rows come in order; a household stands where its most urgent row does."""
    groups: dict[str, list[Row]] = {}
    for key, row in rows:
        groups.setdefault(key, []).append(row)
    return groups
