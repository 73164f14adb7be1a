"""What should happen, and between which days: a pathway's steps and one journey's facts give dates. No clock."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from fotspor.kit.dates import add_months, corrected_birth, pregnancy_start
from fotspor.kit.definitions import Byline, Evidence

SCHOOL_STARTS_AT_AGE = 6  # in the calendar year a child turns six


class Anchor(StrEnum):
    """From which day a step is counted."""

    BOOKING = "booking"  # the day the pregnancy was registered
    DUE = "due"  # pregnancy weeks: week 0 is 280 days before the due date
    BIRTH = "birth"
    CORRECTED_BIRTH = "corrected_birth"  # the due date, for a child born at least three weeks early
    SCHOOL_START = "school_start"


@dataclass(frozen=True, slots=True)
class Offset:
    """A distance from the anchor: months first, then weeks and days, as «2 months and 15 days» is said."""

    months: int = 0
    weeks: int = 0
    days: int = 0


@dataclass(frozen=True, slots=True)
class Evidences:
    """How sure we are of each fact of a step."""

    age: Evidence
    window: Evidence = Evidence.DEFAULT
    doctor: Evidence | None = None
    group: Evidence | None = None
    instruments: Evidence | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One contact that a pathway expects."""

    key: str
    title: str
    short: str  # beside the footprint
    anchor: Anchor
    earliest: Offset
    due: Offset
    latest: Offset
    evidence: Evidences
    late_until: Offset | None = None  # none: may be held late without limit
    instruments: tuple[str, ...] = ()
    risk: int = 1  # weight of a day past the window
    is_newborn: bool = False
    may_be_group: bool = False
    may_be_in_kindergarten: bool = False
    has_doctor: bool = False
    sentence: str = ""  # what else is to be known about it


@dataclass(frozen=True, slots=True, kw_only=True)
class Pathway:
    """A version of a pathway: its steps in order, and who says so."""

    slug: str
    title: str
    holder: str  # kind of unit that usually holds it
    school_start_month: int = 8
    school_start_day: int = 20
    steps: tuple[Step, ...]
    byline: Byline

    @property
    def version(self) -> str:
        return self.byline.version

    def step(self, key: str) -> Step | None:
        """Which step has this key? None when this version has it no more."""
        return next((step for step in self.steps if step.key == key), None)


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about one journey. `arrived_on` is set for those who came to the municipality on the way."""

    booked_on: date | None = None
    due_on: date | None = None
    born_on: date | None = None
    arrived_on: date | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """One step with its days for one journey. `closes_on` is the last day that is not late."""

    step: Step
    opens_on: date
    due_on: date
    closes_on: date
    late_until_on: date | None = field(default=None)


class BadPathway(ValueError):
    """A definition that contradicts itself."""


def check(pathway: Pathway) -> Pathway:
    """Is the definition sound? Errors: BadPathway for a key used twice, or a window that runs backwards."""
    keys = [step.key for step in pathway.steps]
    if len(set(keys)) != len(keys):
        raise BadPathway(f"{pathway.slug}: two steps have the same key")
    anchor = date(2024, 2, 29)
    for step in pathway.steps:
        if not shift(anchor, step.earliest) <= shift(anchor, step.due) <= shift(anchor, step.latest):
            raise BadPathway(f"{pathway.slug} {step.key}: earliest, due and latest are not in order")
        if step.late_until is not None and shift(anchor, step.late_until) < shift(anchor, step.latest):
            raise BadPathway(f"{pathway.slug} {step.key}: may be late until a day before its last day")
    return pathway


def shift(day: date, by: Offset) -> date:
    """Which day is that far from `day`? Months on the calendar (29 February to the 28th), then weeks and days."""
    if by.months:
        day = add_months(day, by.months)
    days = by.weeks * 7 + by.days
    return day + timedelta(days) if days else day


def school_start(pathway: Pathway, born_on: date) -> date:
    """When does school start for a child born that day? In the year it turns six."""
    return date(born_on.year + SCHOOL_STARTS_AT_AGE, pathway.school_start_month, pathway.school_start_day)


def anchors(pathway: Pathway, facts: Facts) -> dict[Anchor, date]:
    """From which days are steps counted? An anchor that nothing is known about is left out."""
    found: dict[Anchor, date] = {}
    if facts.booked_on is not None:
        found[Anchor.BOOKING] = facts.booked_on
    if facts.due_on is not None:
        found[Anchor.DUE] = pregnancy_start(facts.due_on)
    if facts.born_on is not None:
        found[Anchor.BIRTH] = facts.born_on
        found[Anchor.CORRECTED_BIRTH] = corrected_birth(facts.born_on, facts.due_on)
        found[Anchor.SCHOOL_START] = school_start(pathway, facts.born_on)
    return found


def _dated(pathway: Pathway, facts: Facts) -> Iterator[Expected]:
    found = anchors(pathway, facts)
    for step in pathway.steps:
        day = found.get(step.anchor)
        if day is not None:
            late = None if step.late_until is None else shift(day, step.late_until)
            yield Expected(step, shift(day, step.earliest), shift(day, step.due), shift(day, step.latest), late)


def _is_past(expected: Expected, facts: Facts) -> bool:
    """Had the window closed before the family came to us?"""
    came_on = facts.arrived_on or (facts.booked_on if expected.step.anchor is Anchor.DUE else None)
    return came_on is not None and expected.closes_on < came_on


def expected_steps(pathway: Pathway, facts: Facts) -> tuple[Expected, ...]:
    """What should happen on this journey, and between which days?

    Shape   in the pathway's order; a step whose anchor is unknown, or whose window had closed before the family came,
            is left out (see `passed_over`). What has been held is not known here.
    """
    return tuple(expected for expected in _dated(pathway, facts) if not _is_past(expected, facts))


def passed_over(pathway: Pathway, facts: Facts) -> tuple[Expected, ...]:
    """Which steps are not expected because their window had closed before the family came?"""
    return tuple(expected for expected in _dated(pathway, facts) if _is_past(expected, facts))


# --- somebody did not come -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rung:
    """What follows the n-th time somebody did not come to the same contact."""

    count: int
    key: str
    title: str
    working_days: int
    needs_answer: bool  # a new appointment answers the first; the others are answered in words
    outlives_contact: bool = False  # stays to be answered when the contact has been held after all


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """What follows when somebody does not come: the routine `definitions/routines/missed.toml`."""

    slug: str
    title: str
    rungs: tuple[Rung, ...]
    byline: Byline
    is_approved: bool = True  # False: nobody has, and somebody is asked each time instead

    @property
    def version(self) -> str:
        return self.byline.version

    def rung(self, count: int) -> Rung:
        """Which rung is the n-th time? The last one stands for every time after it."""
        return self.rungs[min(count, len(self.rungs)) - 1]


@dataclass(frozen=True, slots=True)
class Call:
    """A personal call, and within how many working days."""

    title: str
    due_working_days: int
    latest_working_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What follows a loss: the routine `definitions/routines/loss.toml`."""

    slug: str
    title: str
    call: Call
    byline: Byline
    is_approved: bool = True

    @property
    def version(self) -> str:
        return self.byline.version


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """What an appointment usually is: the routine `definitions/routines/booking.toml`."""

    slug: str
    title: str
    minutes: int | None  # None: nobody has approved how long one lasts
    byline: Byline
    is_approved: bool = True

    @property
    def version(self) -> str:
        return self.byline.version


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that a contact is about. What is said about it is the worker's own."""

    topic: str


@dataclass(frozen=True, slots=True)
class About:
    """What one contact of a pathway is about, and how sure we are that it belongs there."""

    step: str
    evidence: Evidence
    about: tuple[Topic, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Topics:
    """What each contact is about: the routine `definitions/routines/topics.toml`."""

    slug: str
    title: str
    always: tuple[Topic, ...]  # at every contact with a child
    contacts: tuple[About, ...]
    byline: Byline
    is_approved: bool = True

    @property
    def version(self) -> str:
        return self.byline.version

    def of(self, step: str, *, is_child: bool) -> tuple[tuple[str, bool], ...]:
        """What is this contact about: each topic, and whether it is verified that it belongs there?"""
        own = next((each for each in self.contacts if each.step == step), None)
        rows = [(topic.topic, own.evidence is Evidence.VERIFIED) for topic in own.about] if own is not None else []
        return (*rows, *((topic.topic, True) for topic in (self.always if is_child else ())))
