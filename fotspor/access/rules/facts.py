"""What a decision stands on: a person's relations, consents, guardians, grade, and who asks. Plain data, no clock."""

from dataclasses import dataclass
from datetime import date, datetime

from fotspor.access.rules.roles import Part, Purpose, Viewer
from fotspor.kit.dates import covers

ENROLLED = "enrolled"
HEALTH = "health"
NO_GRADE = "none"
CONFIDENTIAL = "confidential"
STRICT = "strict"


@dataclass(frozen=True, slots=True)
class RelationFacts:
    """A unit's reason to see a person, or that of one named member of it."""

    unit_id: int
    staff_id: int | None
    basis: str
    from_on: date
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class ConsentFacts:
    """One person's yes."""

    given_by_id: int
    to_unit_id: int | None
    what: str
    from_on: date
    until_on: date | None = None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class GuardianFacts:
    """One row of who answers for a child, with the register's code of parental responsibility."""

    child_id: int
    guardian_id: int
    kind: str
    custody: str
    from_on: date
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class EmergencyFacts:
    """Three hours' access that somebody took with a written reason."""

    staff_id: int
    unit_id: int
    opened_at: datetime
    until: datetime
    needs_second: bool = False
    seconded_by_id: int | None = None
    seconded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """One person, as far as access goes.

    guardianships   every row about the person as child, about the children the person answers for, and about those
                    children's other guardians: what family is.
    shared          people who share, or shared, a pregnancy or its child with this person.
    own_person_id   the person whom the asking member of staff is, when that is known.
    """

    person_id: int
    born_on: date | None = None
    died_on: date | None = None
    protection: str = NO_GRADE
    address_protection: str = NO_GRADE
    is_merged: bool = False
    relations: tuple[RelationFacts, ...] = ()
    emergencies: tuple[EmergencyFacts, ...] = ()
    guardianships: tuple[GuardianFacts, ...] = ()
    consents: tuple[ConsentFacts, ...] = ()
    shared: frozenset[int] = frozenset()
    own_person_id: int | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """Who wants to see what of whom, for what purpose, and when. `on` is Oslo's date of `at`."""

    viewer: Viewer
    person: PersonFacts
    purpose: Purpose
    part: Part
    at: datetime
    on: date


@dataclass(frozen=True, slots=True)
class Decision:
    """Yes or no, and why. `basis` stands in the log when yes; `reason` when no."""

    allowed: bool
    basis: str = ""
    reason: str = ""


def instant_is_before(at: datetime, until: datetime | None) -> bool:
    """Is `at` before the end? No end means still going on."""
    return until is None or at < until


def unit_relations(ask: Ask) -> tuple[RelationFacts, ...]:
    """Which relations has the viewer's unit today, its own and those of its named staff?"""
    return tuple(
        r for r in ask.person.relations if r.unit_id == ask.viewer.unit_id and covers(r.from_on, r.until_on, ask.on)
    )


def own_relations(ask: Ask) -> tuple[RelationFacts, ...]:
    """Which relations may this viewer stand on: the whole unit's, and those that name her?"""
    return tuple(r for r in unit_relations(ask) if r.staff_id is None or r.staff_id == ask.viewer.staff_id)


def is_named(ask: Ask) -> bool:
    """Is the viewer herself named in a relation of her unit?"""
    return any(r.staff_id == ask.viewer.staff_id for r in unit_relations(ask))


def is_enrolled(ask: Ask) -> bool:
    """Is the child enrolled with the viewer's unit today?"""
    return any(r.basis == ENROLLED for r in own_relations(ask))


def care_basis(ask: Ask) -> str:
    """On which relation may the viewer give care? Empty when there is none; enrolment is never one."""
    return next((r.basis for r in own_relations(ask) if r.basis != ENROLLED), "")


def has_emergency_access(ask: Ask) -> bool:
    """Has the viewer emergency access now, agreed to by a second one where that is needed?"""
    return any(_emergency_counts(e, ask) for e in ask.person.emergencies)


def _emergency_counts(emergency: EmergencyFacts, ask: Ask) -> bool:
    if (emergency.staff_id, emergency.unit_id) != (ask.viewer.staff_id, ask.viewer.unit_id):
        return False
    if not (emergency.opened_at <= ask.at < emergency.until):
        return False
    if emergency.needs_second or ask.person.protection == STRICT:
        return _is_seconded(emergency, ask.at)
    return True


def _is_seconded(emergency: EmergencyFacts, at: datetime) -> bool:
    return (
        emergency.seconded_at is not None
        and emergency.seconded_at <= at
        and emergency.seconded_by_id not in (None, emergency.staff_id)
    )


def is_own_or_family(ask: Ask) -> bool:
    """Is the record the viewer's own, or that of her child, parent, co-parent or somebody she shares a pregnancy with?

    Family does not end when parental responsibility does: a guardianship that has begun counts for ever.
    """
    own, person = ask.person.own_person_id, ask.person
    if own is None:
        return False
    begun = [g for g in person.guardianships if g.from_on <= ask.on]
    wards = {g.child_id for g in begun if g.guardian_id == person.person_id}
    guardians = {g.guardian_id for g in begun if g.child_id == person.person_id}
    co_guardians = {g.guardian_id for g in begun if g.child_id in wards}
    return own in {person.person_id} | person.shared | wards | guardians | co_guardians
