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

    guardianships   every row about the person, and about those the person answers for or is answered for by: what
                    family is, two steps away.
    shared          people who share, or shared, a pregnancy or its child with this person.
    household       digest of the registered address; empty when there is none.
    own_person_id   the person whom the asking member of staff is, when that is known, and where that person lives.
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
    household: str = ""
    own_person_id: int | None = None
    own_household: str = ""


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
    """Is the record the viewer's own, or that of somebody near her?

    Near are child and parent, grandchild and grandparent, brother and sister, co-parent, whoever shares a pregnancy
    with her, and those registered at her address. Family does not end when parental responsibility does: a guardianship
    that has begun counts for ever.
    """
    own, person = ask.person.own_person_id, ask.person
    if own is None:
        return False
    lives_with = person.household != "" and person.household == person.own_household
    return lives_with or own in {person.person_id} | person.shared | _kin(person, ask.on)


def _kin(person: PersonFacts, on: date) -> set[int]:
    """Those one or two guardianships away: down, up, and back again by way of a ward or a guardian."""
    begun = [(g.child_id, g.guardian_id) for g in person.guardianships if g.from_on <= on]
    wards = {child for child, guardian in begun if guardian == person.person_id}
    guardians = {guardian for child, guardian in begun if child == person.person_id}
    grandchildren = {child for child, guardian in begun if guardian in wards}
    grandparents = {guardian for child, guardian in begun if child in guardians}
    siblings = {child for child, guardian in begun if guardian in guardians}
    co_guardians = {guardian for child, guardian in begun if child in wards}
    return wards | guardians | grandchildren | grandparents | siblings | co_guardians
