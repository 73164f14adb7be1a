"""Who may see whom, who has looked, what has been consented to."""

from fotspor.access.queries.consents import (
    ConsentPage,
    ConsentRow,
    consent_by_key,
    consent_state,
    consents_of,
    has_consented,
    ids_of,
)
from fotspor.access.queries.emergencies import (
    EmergencyRow,
    all_emergencies,
    emergencies_to_second,
    emergency_to_second,
    emergency_until,
    my_emergencies,
)
from fotspor.access.queries.following import (
    answers_for,
    caring_staff,
    followers_of,
    protected_person_ids,
    staff_at_work,
    unfollowed_person_ids,
)
from fotspor.access.queries.log import PRINTED_ROWS, Look, Looks, who_has_looked
from fotspor.access.queries.people import (
    PersonRow,
    person_by_key,
    person_by_number,
    person_row,
    privacy_unit_id,
    staff_who_may_be_asked_about,
    viewer_of,
)
from fotspor.access.queries.roles import RelationRow, RoleMatrix, relations_of, role_matrix
from fotspor.access.queries.visibility import (
    NotVisible,
    agreed_by_all,
    decision_for,
    facts_for,
    require,
    visible_person_ids,
)

__all__ = [
    "PRINTED_ROWS",
    "ConsentPage",
    "ConsentRow",
    "EmergencyRow",
    "Look",
    "Looks",
    "NotVisible",
    "PersonRow",
    "RelationRow",
    "RoleMatrix",
    "agreed_by_all",
    "all_emergencies",
    "answers_for",
    "caring_staff",
    "consent_by_key",
    "consent_state",
    "consents_of",
    "decision_for",
    "emergencies_to_second",
    "emergency_to_second",
    "emergency_until",
    "facts_for",
    "followers_of",
    "has_consented",
    "ids_of",
    "my_emergencies",
    "person_by_key",
    "person_by_number",
    "person_row",
    "privacy_unit_id",
    "protected_person_ids",
    "relations_of",
    "require",
    "role_matrix",
    "staff_at_work",
    "staff_who_may_be_asked_about",
    "unfollowed_person_ids",
    "viewer_of",
    "visible_person_ids",
    "who_has_looked",
]
