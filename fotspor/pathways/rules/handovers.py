"""Passing the baton on: which step is possible from where, by whom, and by when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from fotspor.kit.dates import add_working_days
from fotspor.kit.definitions import Byline


class Standing(StrEnum):
    """Where a handover stands, read from what has happened to it."""

    SENT = "sent"
    WITH_LEADER = "with_leader"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class Side(StrEnum):
    """Whose hand moves it."""

    SENDER = "sender"
    RECEIVER = "receiver"
    LEADER = "leader"  # the receiving unit's
    LATE_LEADER = "late_leader"  # the receiving unit's, when nobody has answered in time
    SYSTEM = "system"


class Verb(StrEnum):
    """What can be done with a handover."""

    ACCEPT = "accept"
    DECLINE = "decline"
    SEND_TO_LEADER = "send_to_leader"
    REDIRECT = "redirect"
    WITHDRAW = "withdraw"
    SUPERSEDE = "supersede"


# Kinds of unit where a role that may hand over can have a post. Others are stops on the way: a baton would stand still.
HOLDER_KINDS = ("midwifery", "health_station", "school_health")

SCHOOL_YEAR = 6  # school health takes over in the calendar year in which a child turns six

OPEN = frozenset({Standing.SENT, Standing.WITH_LEADER})

# One row per possible step: (verb, from, by whom) -> to. What is not here cannot be done.
TRANSITIONS: Mapping[tuple[Verb, Standing, Side], Standing] = {
    (Verb.ACCEPT, Standing.SENT, Side.RECEIVER): Standing.ACCEPTED,
    (Verb.ACCEPT, Standing.WITH_LEADER, Side.RECEIVER): Standing.ACCEPTED,
    (Verb.DECLINE, Standing.SENT, Side.RECEIVER): Standing.DECLINED,
    (Verb.SEND_TO_LEADER, Standing.SENT, Side.RECEIVER): Standing.WITH_LEADER,
    (Verb.REDIRECT, Standing.WITH_LEADER, Side.LEADER): Standing.SUPERSEDED,
    (Verb.REDIRECT, Standing.SENT, Side.LATE_LEADER): Standing.SUPERSEDED,
    (Verb.WITHDRAW, Standing.SENT, Side.SENDER): Standing.WITHDRAWN,
    (Verb.WITHDRAW, Standing.WITH_LEADER, Side.SENDER): Standing.WITHDRAWN,
    (Verb.WITHDRAW, Standing.SENT, Side.SYSTEM): Standing.WITHDRAWN,
    (Verb.WITHDRAW, Standing.WITH_LEADER, Side.SYSTEM): Standing.WITHDRAWN,
    (Verb.SUPERSEDE, Standing.SENT, Side.SENDER): Standing.SUPERSEDED,
    (Verb.SUPERSEDE, Standing.WITH_LEADER, Side.SENDER): Standing.SUPERSEDED,
    (Verb.SUPERSEDE, Standing.SENT, Side.SYSTEM): Standing.SUPERSEDED,
    (Verb.SUPERSEDE, Standing.WITH_LEADER, Side.SYSTEM): Standing.SUPERSEDED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """The numbers of `definitions/baton.toml`."""

    slug: str
    title: str
    newborn_working_days: int
    other_working_days: int
    newborn_age_days: int
    near_term_days: int
    confirm_working_days: int
    trace_days: int
    score_words: tuple[str, ...]
    byline: Byline
    is_approved: bool = True

    @property
    def version(self) -> str:
        return self.byline.version


def standing(*, accepted: bool, declined: bool, withdrawn: bool, superseded: bool, with_leader: bool) -> Standing:
    """Where does a handover stand, given which of its instants are set?"""
    if accepted:
        return Standing.ACCEPTED
    if declined:
        return Standing.DECLINED
    if withdrawn:
        return Standing.WITHDRAWN
    if superseded:
        return Standing.SUPERSEDED
    return Standing.WITH_LEADER if with_leader else Standing.SENT


def after(verb: Verb, now: Standing, sides: frozenset[Side]) -> Standing | None:
    """Where does the handover stand after this step? None when nobody on these sides can take it from here."""
    return next((to for side in Side if side in sides and (to := TRANSITIONS.get((verb, now, side)))), None)


def possible(now: Standing, sides: frozenset[Side]) -> frozenset[Verb]:
    """Which steps can somebody on these sides take from here?"""
    return frozenset(verb for (verb, start, side) in TRANSITIONS if start == now and side in sides)


def reads_on(now: Standing, *, is_sender: bool) -> bool:
    """Does this unit still read what was sent? Who was asked and did not take over sees that it was, no more."""
    return is_sender or now in OPEN or now is Standing.ACCEPTED


def holder_kinds(*, born_on: date | None, on: date, newborn_days: int, ahead_years: int = 0) -> tuple[str, ...]:
    """Which kinds of unit can be given the baton of a child of that age, or before birth?

    Shape   `ahead_years`: so many years before it is due a colleague may hand it over in good time.
    """
    kinds = ["health_station"]
    if born_on is None or (on - born_on).days < newborn_days:
        kinds.insert(0, "midwifery")
    if born_on is not None and on.year - born_on.year >= SCHOOL_YEAR - ahead_years:
        kinds.append("school_health")
    return tuple(kinds)


def is_newborn(deadlines: Deadlines, on: date, born_on: date | None, due_on: date | None) -> bool:
    """Is it a newborn, or an unborn child near term? Neither date known means no."""
    if born_on is not None:
        return (on - born_on).days < deadlines.newborn_age_days
    return due_on is not None and (due_on - on).days <= deadlines.near_term_days


def answer_by(deadlines: Deadlines, sent_on: date, born_on: date | None, due_on: date | None) -> date:
    """By which working day should the receiver have answered?"""
    newborn = is_newborn(deadlines, sent_on, born_on, due_on)
    return add_working_days(sent_on, deadlines.newborn_working_days if newborn else deadlines.other_working_days)


def trace_until(deadlines: Deadlines, accepted_on: date) -> date:
    """From which day does the sender no longer see the record? The trace itself stays."""
    return accepted_on + timedelta(days=deadlines.trace_days)
