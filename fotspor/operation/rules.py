"""Whether what should run by itself has run: from what is expected, what ran last, and the clock that is handed in."""

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
    """Everything that is expected of an installation, from `definitions/upkeep.toml`."""

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


def is_short_of_room(limit: DiskLimit, *, free: int, total: int) -> bool:
    """Is there too little room on the disk? Units: bytes."""
    return free < limit.least_free_gigabytes * GIGABYTE or free * 100 < limit.least_free_percent * total
