"""Whose yes is needed, and does it stand? Parental responsibility as the register codes it.

Sources: content.md 4.3, L-12, L-33. That from twelve one may consent oneself, and that parents are not always told, is
recalled from pbrl § 3-4 and § 4-3: a municipality's lawyer confirms it (docs/explanation/access.md).
"""

from collections.abc import Iterable
from datetime import date, datetime

from fotspor.access.rules.facts import ConsentFacts, GuardianFacts, PersonFacts, instant_is_before
from fotspor.kit.dates import add_months, covers

CONSENT_AGE_YEARS = 16  # health majority, pbrl § 4-3
OWN_FORM_AGE_YEARS = 12
# What is said yes to about a form that one has answered about oneself. Only parents answer forms: under sixteen it is a
# girl who is or was pregnant, or the child's other parent, and her record is her own, not her guardians'.
OWN_FORM = frozenset({"form_summary", "letter_to_gp"})
JOINT = "joint"
# Which kind of guardian a code speaks of. Joint speaks of all; a code that is not here (unknown) of nobody.
KIND_OF_CODE = {"mother": "mother", "father": "father", "co_mother": "co_mother", "others": "other"}


def latest_birth_of_age(on: date, what: str = "") -> date:
    """Born on this day or before, one consents to this for oneself."""
    years = OWN_FORM_AGE_YEARS if what in OWN_FORM else CONSENT_AGE_YEARS
    return add_months(on, -12 * years)


def consent_demanded_of(person: PersonFacts, on: date, what: str = "") -> frozenset[int]:
    """Whose consent to this must there be? Nobody in the set means that it cannot be had: it never stands.

    Rows that contradict each other count as not known, and so does joint responsibility with one guardian on record.
    """
    if person.born_on is not None and person.born_on <= latest_birth_of_age(on, what):
        return frozenset({person.person_id})
    guardians = [
        g for g in person.guardianships if g.child_id == person.person_id and covers(g.from_on, g.until_on, on)
    ]
    codes = {g.custody for g in guardians}
    if len(codes) != 1:
        return frozenset()
    return _demanded_by(codes.pop(), guardians)


def _demanded_by(code: str, guardians: Iterable[GuardianFacts]) -> frozenset[int]:
    if code == JOINT:
        everyone = frozenset(g.guardian_id for g in guardians)
        return everyone if len(everyone) > 1 else frozenset()
    return frozenset(g.guardian_id for g in guardians if g.kind == KIND_OF_CODE.get(code))


def consent_is_given(consent: ConsentFacts, *, at: datetime, on: date) -> bool:
    """Does this one yes stand: begun, not run out, not withdrawn?"""
    return covers(consent.from_on, consent.until_on, on) and instant_is_before(at, consent.withdrawn_at)


def consent_stands(person: PersonFacts, *, what: str, to_unit_id: int | None, at: datetime, on: date) -> bool:
    """Has everyone whose consent is demanded said yes to this, for this unit, and not taken it back?"""
    demanded = consent_demanded_of(person, on, what)
    given = {
        c.given_by_id
        for c in person.consents
        if c.what == what and c.to_unit_id == to_unit_id and consent_is_given(c, at=at, on=on)
    }
    return bool(demanded) and demanded <= given
