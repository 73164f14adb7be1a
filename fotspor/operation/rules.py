"""Whether what should run by itself has run, and what an installation lacks before it can be used in earnest."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from fotspor.kit.definitions import Byline

GIGABYTE = 1_000_000_000


class State(StrEnum):
    """How a run stands."""

    FINE = "fine"
    WAITS = "waits"  # has not run yet, and need not have
    LATE = "late"
    FAILED = "failed"  # the last one that ended went wrong


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """One command that should run by itself. `every`, `late_after`: hours. `command` is what to put in cron."""

    name: str
    every: float
    late_after: float
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskLimit:
    """How little room is too little: less than either of the two."""

    least_free_percent: int
    least_free_gigabytes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Upkeep:
    """Everything that is expected of an installation, from `definitions/upkeep.toml`. `ends_within`: hours."""

    ends_within: float
    runs: tuple[Expected, ...]
    disk: DiskLimit
    byline: Byline


@dataclass(frozen=True, slots=True)
class Ran:
    """What is known of one command's runs."""

    succeeded_at: datetime | None  # when the latest that went well ended
    failed_at: datetime | None  # when the latest that went wrong ended
    unended_since: datetime | None  # when one that has not ended began: it goes on, or was killed
    failure: str = ""
    is_cut_off: bool = False  # the one that has not ended: it was killed, and does not go on


def late_from(expected: Expected, ran: Ran, installed_at: datetime) -> datetime:
    """From when is this run late? Counted from the last that went well, else from the installation."""
    return (ran.succeeded_at or installed_at) + timedelta(hours=expected.late_after)


def standing(expected: Expected, ran: Ran, *, installed_at: datetime, now: datetime) -> State:
    """How does this run stand? One that went wrong has failed until the next goes well, however new the last good."""
    if ran.failed_at is not None and (ran.succeeded_at is None or ran.failed_at > ran.succeeded_at):
        return State.FAILED
    if now >= late_from(expected, ran, installed_at):
        return State.LATE
    return State.WAITS if ran.succeeded_at is None else State.FINE


def was_cut_off(*, began_at: datetime, is_gone: bool | None, ends_within: float, now: datetime) -> bool:
    """Was a run that has not ended cut off, or does it go on? Units: hours. `is_gone` is None when nobody can tell."""
    return is_gone is True or (is_gone is None and now - began_at >= timedelta(hours=ends_within))


def is_short_of_room(limit: DiskLimit, *, free: int, total: int) -> bool:
    """Is there too little room on the disk? Units: bytes."""
    return free < limit.least_free_gigabytes * GIGABYTE or free * 100 < limit.least_free_percent * total


class Need(StrEnum):
    """What an installation needs before a municipality can work in it, in the order in which it is done."""

    MUNICIPALITY = "municipality"
    CODES = "codes"
    DISTRICTS = "districts"
    UNITS = "units"
    SERVED = "served"
    STAFF = "staff"
    LEADERS = "leaders"
    NURSES = "nurses"
    MIDWIVES = "midwives"
    OFFICER = "officer"
    REGISTER = "register"
    INSTRUMENT = "instrument"
    ROUTINE = "routine"
    PATHWAY = "pathway"
    COPY = "copy"
    TRIED = "tried"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What was counted, and nobody's name. Each says how much is there, or how much is lacking."""

    has_number: bool
    without_codes: int | None  # administrators; None where codes are not asked for
    districts: int
    kinds_missing: int
    unserved: int
    at_work: int
    without_leader: int
    health_centres_missing: int
    midwiferies_missing: int
    officers: int
    register_taken_in: bool
    unapproved: Mapping[str, int]  # by kind of definition
    copied: bool
    tried: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is needed, and how much of it is left. Nothing left: done."""

    need: Need
    left: int

    @property
    def is_done(self) -> bool:
        return self.left == 0


_LEFT: Mapping[Need, Callable[[Counted], int]] = {
    Need.MUNICIPALITY: lambda counted: not counted.has_number,
    Need.CODES: lambda counted: counted.without_codes or 0,
    Need.DISTRICTS: lambda counted: not counted.districts,
    Need.UNITS: lambda counted: counted.kinds_missing,
    Need.SERVED: lambda counted: counted.unserved if counted.districts else 1,
    Need.STAFF: lambda counted: not counted.at_work,
    Need.LEADERS: lambda counted: counted.without_leader if counted.at_work else max(1, counted.without_leader),
    Need.NURSES: lambda counted: counted.health_centres_missing,
    Need.MIDWIVES: lambda counted: counted.midwiferies_missing,
    Need.OFFICER: lambda counted: not counted.officers,
    Need.REGISTER: lambda counted: not counted.register_taken_in,
    Need.INSTRUMENT: lambda counted: counted.unapproved.get("instrument", 0),
    Need.ROUTINE: lambda counted: counted.unapproved.get("routine", 0),
    Need.PATHWAY: lambda counted: counted.unapproved.get("pathway", 0),
    Need.COPY: lambda counted: not counted.copied,
    Need.TRIED: lambda counted: not counted.tried,
}


def steps(counted: Counted) -> tuple[Step, ...]:
    """What is needed, and how much of each is left? Second factors are left out where they are not asked for."""
    asked = [need for need in Need if need is not Need.CODES or counted.without_codes is not None]
    return tuple(Step(need, int(_LEFT[need](counted))) for need in asked)


def is_ready(found: tuple[Step, ...]) -> bool:
    """Is nothing left?"""
    return all(step.is_done for step in found)


LOOKS_LIKE_A_NUMBER = re.compile(r"(?<!\d)\d{6}[ .-]?\d{5}(?!\d)")


def may_name_somebody(text: str) -> bool:
    """Does the text hold something written as an identity number, valid or not?"""
    return LOOKS_LIKE_A_NUMBER.search(text) is not None
