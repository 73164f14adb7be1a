"""May I see this part of this person, for this purpose, now? Read from the top: the first clause that applies decides.

`queries.visible_person_ids` is the set form; `tests/architecture/test_policy_worlds.py` proves them equal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from fotspor.access.rules.consents import consent_stands
from fotspor.access.rules.facts import (
    CONFIDENTIAL,
    ENROLLED,
    HEALTH,
    NO_GRADE,
    STRICT,
    Ask,
    Decision,
    care_basis,
    has_emergency_access,
    is_enrolled,
    is_named,
    is_own_or_family,
    unit_relations,
)
from fotspor.access.rules.roles import Part, Permission, Purpose, _, role_of

EMERGENCY = "emergency"
AGREED_STEPS = "agreed_steps"
EMERGENCY_HOURS = 3
CARE_PARTS = frozenset({Part.LISTED, Part.RECORD, Part.ADDRESS, Part.FORMS, Part.TASKS})
# Emergency access opens the record, and puts nobody on a list.
EMERGENCY_PARTS = frozenset({Part.RECORD, Part.ADDRESS, Part.FORMS})
# Where a name stands in a list. A kindergarten's page is one, for everybody who works there.
LIST_PARTS = frozenset({Part.LISTED, Part.TASKS, Part.INVITATIONS, Part.AGREED_STEPS})


class Doing(StrEnum):
    """What somebody is about to do with a record that is open to her."""

    READ = "read"
    CONTACT = "contact"  # say what came of a contact
    ANSWERS = "answers"  # fill in a form, and answer what it sets off
    NOTE = "note"
    CHANGE = "change"  # everything else: facts, family, deaths, consents, batons, plans


# What an emergency may need. The rest waits for somebody with a relation, or for a taking in.
EMERGENCY_DOINGS = frozenset({Doing.READ, Doing.CONTACT, Doing.ANSWERS, Doing.NOTE})


@dataclass(frozen=True, slots=True)
class Clause:
    """One line of the policy. `basis` tells what stands in the log; a clause without one says no."""

    key: str
    sentence: str  # English message id; shown translated
    applies: Callable[[Ask], bool]
    basis: Callable[[Ask], str] | None = None

    @property
    def allows(self) -> bool:
        """Is this a yes?"""
        return self.basis is not None

    def decision(self, ask: Ask) -> Decision:
        """What follows when the clause applies?"""
        if self.basis is None:
            return Decision(allowed=False, reason=self.key)
        return Decision(allowed=True, basis=self.basis(ask))


def _is_nobody(ask: Ask) -> bool:
    return ask.viewer.staff_id is None or ask.viewer.unit_id is None


def _role_lacks_part(ask: Ask) -> bool:
    return ask.part not in role_of(ask.viewer.role).parts.get(ask.purpose, frozenset())


def _is_dead_in_a_list(ask: Ask) -> bool:
    return ask.part is Part.LISTED and ask.person.died_on is not None and ask.person.died_on <= ask.on


def _is_graded_address(ask: Ask) -> bool:
    grades = {ask.person.protection, ask.person.address_protection}
    return ask.part is Part.ADDRESS and grades != {NO_GRADE}


def _is_form_outside_health(ask: Ask) -> bool:
    return ask.part is Part.FORMS and ask.viewer.sector != HEALTH


def _emergency(ask: Ask) -> bool:
    return (
        ask.part in EMERGENCY_PARTS
        and ask.purpose is Purpose.CARE
        and ask.viewer.may(Permission.BREAK_GLASS)
        and has_emergency_access(ask)
    )


def _is_strict_and_unnamed(ask: Ask) -> bool:
    return ask.person.protection == STRICT and not is_named(ask)


def _is_closed_by_grade(ask: Ask) -> bool:
    return _is_strict_and_unnamed(ask) and not _emergency(ask)


def _is_open_by_emergency_alone(ask: Ask) -> bool:
    return _emergency(ask) and (_is_strict_and_unnamed(ask) or not care_basis(ask))


def _is_confidential_in_a_list(ask: Ask) -> bool:
    return ask.person.protection == CONFIDENTIAL and ask.part in LIST_PARTS and not is_named(ask)


def _consented_steps(ask: Ask) -> bool:
    return (
        ask.part is Part.AGREED_STEPS
        and is_enrolled(ask)
        and consent_stands(ask.person, what=AGREED_STEPS, to_unit_id=ask.viewer.unit_id, at=ask.at, on=ask.on)
    )


def _leads_the_unit(ask: Ask) -> bool:
    return ask.purpose is Purpose.LEADERSHIP and ask.part is Part.TASKS and bool(unit_relations(ask))


def _gives_care(ask: Ask) -> bool:
    return ask.purpose is Purpose.CARE and ask.part in CARE_PARTS and bool(care_basis(ask))


POLICY: tuple[Clause, ...] = (
    Clause("nobody", _("Nobody without a post sees anyone."), _is_nobody),
    Clause("role", _("The role does not have this part for this purpose."), _role_lacks_part),
    Clause("family", _("Nobody opens their own or their own family's record."), is_own_or_family),
    Clause("merged", _("A record joined with another is read there."), lambda ask: ask.person.is_merged),
    Clause(
        "log",
        _("The data-protection officer sees who has looked."),
        lambda ask: ask.part is Part.LOG,
        lambda ask: "privacy",
    ),
    Clause("died", _("The dead stand in no list."), _is_dead_in_a_list),
    Clause("address", _("The address of a protected person is shown to nobody."), _is_graded_address),
    Clause("sector", _("Answers and scores are seen in the health sector only."), _is_form_outside_health),
    Clause(
        "strict",
        _("Strictly confidential: only named staff, or emergency access by two."),
        _is_closed_by_grade,
    ),
    Clause(
        "confidential",
        _("Confidential: in lists only for named staff."),
        _is_confidential_in_a_list,
    ),
    Clause(
        "emergency",
        _("Emergency access with a written reason, for three hours."),
        _is_open_by_emergency_alone,
        lambda ask: EMERGENCY,
    ),
    Clause(
        "enrolled",
        _("A kindergarten sees the invitations of children enrolled with it."),
        lambda ask: ask.part is Part.INVITATIONS and is_enrolled(ask),
        lambda ask: ENROLLED,
    ),
    Clause(
        "consented",
        _("A kindergarten sees agreed steps when everyone who must has consented."),
        _consented_steps,
        lambda ask: "consent",
    ),
    Clause(
        "leadership",
        _("A unit leader sees the tasks of people her unit has a relation to."),
        _leads_the_unit,
        lambda ask: "leadership",
    ),
    Clause("relation", _("A care relation in force opens the record."), _gives_care, care_basis),
)


def decide(ask: Ask) -> Decision:
    """May this viewer see this part of this person, for this purpose, now? The first clause that applies; else no."""
    for clause in POLICY:
        if clause.applies(ask):
            return clause.decision(ask)
    return Decision(allowed=False, reason="no_relation")


def may_do(decision: Decision, doing: Doing) -> bool:
    """May this be done in a record that stands open so? What emergency access opens is read, and little is written."""
    return decision.allowed and (decision.basis != EMERGENCY or doing in EMERGENCY_DOINGS)
