"""Which roles fit a place, which unit an address belongs to, and how long a session lasts. Plain Python, no clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from fotspor.access.rules import SYSTEM_ROLE, Permission, Viewer

# Kind of unit: (sector, arena). The sector is a wall between records, so it follows from the kind and is never chosen.
PLACES: Mapping[str, tuple[str, str]] = {
    "midwifery": ("health", "pregnancy"),
    "health_station": ("health", "health_station"),
    "school_health": ("health", "school"),
    "kindergarten": ("education", "kindergarten"),
    "school": ("education", "school"),
    "family_service": ("family", "other"),
    "child_protection": ("protection", "other"),
    "adult_service": ("adult", "other"),
    "administration": ("administration", "other"),
    "maternity_ward": ("specialist", "birth"),
    "general_practice": ("health", "other"),
    "outside": ("health", "other"),
}
# Stops on the trail. They never sign in, so they can never hold a baton.
OUTSIDERS = frozenset({"maternity_ward", "general_practice", "outside"})
# Which of a district's units the address rule may name for a child or a pregnancy.
BY_ADDRESS = ("midwifery", "health_station", "school_health")

ROLES_BY_KIND: Mapping[str, tuple[str, ...]] = {
    "midwifery": ("midwife", "unit_leader"),
    "health_station": ("nurse", "midwife", "unit_leader"),
    "school_health": ("nurse", "unit_leader"),
    "kindergarten": ("kindergarten", "unit_leader"),
    "administration": ("administrator", "privacy_officer", "director", "project_leader", "council", "unit_leader"),
}
LEADER_ONLY = ("unit_leader",)

INVITATION_DAYS = 7
NEW_POST_DAYS = 14  # how long the unit's leader sees that somebody has got a post
IDENTITY_CHECK_LENGTH = 10


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who is to be able to sign in."""

    email: str
    given_name: str
    family_name: str
    title: str = ""
    identity_number: str = ""  # kept only as a digest, so that nobody opens their own record
    language: str = ""


@dataclass(frozen=True, slots=True)
class UnitDetails:
    """What may be changed about a unit after it was made."""

    name: str
    district_id: int | None = None
    serves: frozenset[int] = field(default_factory=frozenset)  # ids of the districts whose addresses it serves
    signs_in: bool = True
    opens_at_time: time = time(8, 0)
    closes_at_time: time = time(15, 30)
    out_of_hours: str = ""
    phone: str = ""
    shares: bool = False  # a district it serves may have another unit of the kind: said once, and not kept


@dataclass(frozen=True, slots=True)
class Serving:
    """One unit that could serve an address, as the address rule sees it."""

    unit_id: int
    name: str


def may(by: Viewer, permission: Permission) -> bool:
    """May this post do it? A command on the server itself may keep units and staff, or nobody could be the first."""
    return by.role == SYSTEM_ROLE.key or by.may(permission)


def may_sign_in(kind: str) -> bool:
    """Can people of such a unit sign in, and so hold a baton?"""
    return kind not in OUTSIDERS


def roles_for(kind: str) -> tuple[str, ...]:
    """Which roles can a post in such a unit have?"""
    return ROLES_BY_KIND.get(kind, LEADER_ONLY) if may_sign_in(kind) else ()


ORGANISATION_WEIGHTS = (3, 2, 7, 6, 5, 4, 3, 2, 1)


def is_organisation_number(text: str) -> bool:
    """Is it the number of an organisation: nine digits, the last one a control digit of the others?

    Source  the register of legal entities: weights 3 2 7 6 5 4 3 2, modulo 11.
    """
    if len(text) != len(ORGANISATION_WEIGHTS) or not text.isascii() or not text.isdigit():
        return False
    return sum(weight * int(digit) for weight, digit in zip(ORGANISATION_WEIGHTS, text, strict=True)) % 11 == 0


def chosen_for_area(candidates: Iterable[Serving]) -> int | None:
    """Which unit does the address rule name, of those that serve the district?

    When several do, the first by name: the same answer every time, shown on the page of districts, and the receiver
    can still send the child on. None when nobody serves it; the baton then waits on the unassigned list.
    """
    return min(((c.name.casefold(), c.unit_id) for c in candidates), default=("", None))[1]


def overlaps(from_on: date, until_on: date | None, other_from: date, other_until: date | None) -> bool:
    """Do two periods share a day? Ends are exclusive; no end means still going on."""
    return (other_until is None or from_on < other_until) and (until_on is None or other_from < until_on)


def substitute(away: Mapping[int, int], staff_id: int) -> int | None:
    """Who answers for this person, when `away` maps those who are away to their substitutes?

    Follows a substitute who is away as well. None when nobody is left: the unit then answers.
    """
    seen = {staff_id}
    answers = away.get(staff_id)
    while answers is not None and answers in away:
        if answers in seen:
            return None
        seen.add(answers)
        answers = away[answers]
    return None if answers in seen else answers


def invitation_ends(sent_on: date) -> date:
    """From which day can an invitation no longer be used?"""
    return sent_on + timedelta(days=INVITATION_DAYS)


def session_ended(
    began_at: datetime, seen_at: datetime, at: datetime, *, idle: timedelta, longest: timedelta
) -> str | None:
    """Has a session lasted long enough? "idle", "longest", or None while it goes on."""
    if at - began_at >= longest:
        return "longest"
    return "idle" if at - seen_at >= idle else None


def changed(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[str, ...]:
    """Which fields differ between two versions of the same thing?"""
    return tuple(name for name in after if before.get(name) != after[name])
