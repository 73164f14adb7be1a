"""May I, for what purpose? One policy: `decide` for one person; `queries.visible_person_ids` is its set form."""

from fotspor.access.rules.consents import (
    KIND_OF_CODE,
    consent_demanded_of,
    consent_is_given,
    consent_stands,
    latest_birth_of_age,
)
from fotspor.access.rules.facts import (
    Ask,
    ConsentFacts,
    Decision,
    EmergencyFacts,
    GuardianFacts,
    PersonFacts,
    RelationFacts,
    instant_is_before,
)
from fotspor.access.rules.policy import (
    AGREED_STEPS,
    CARE_PARTS,
    EMERGENCY,
    EMERGENCY_HOURS,
    EMERGENCY_PARTS,
    LIST_PARTS,
    POLICY,
    Clause,
    decide,
)
from fotspor.access.rules.roles import ROLES, SYSTEM, SYSTEM_ROLE, Part, Permission, Purpose, Role, Viewer, role_of
from fotspor.kit.dates import covers

__all__ = [
    "AGREED_STEPS",
    "CARE_PARTS",
    "EMERGENCY",
    "EMERGENCY_HOURS",
    "EMERGENCY_PARTS",
    "KIND_OF_CODE",
    "LIST_PARTS",
    "POLICY",
    "ROLES",
    "SYSTEM",
    "SYSTEM_ROLE",
    "Ask",
    "Clause",
    "ConsentFacts",
    "Decision",
    "EmergencyFacts",
    "GuardianFacts",
    "Part",
    "Permission",
    "PersonFacts",
    "Purpose",
    "RelationFacts",
    "Role",
    "Viewer",
    "consent_demanded_of",
    "consent_is_given",
    "consent_stands",
    "covers",
    "decide",
    "instant_is_before",
    "latest_birth_of_age",
    "role_of",
]
