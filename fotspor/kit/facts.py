"""News goes up one way: a fact recorded low is announced here, and the slices above respond in the same transaction."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string


class Kind(StrEnum):
    """What may be announced. A slice answers the kinds it knows and leaves the rest."""

    BORN = "born"
    PREGNANCY_ENDED = "pregnancy_ended"  # stillbirth or loss
    EXPECTED_AGAIN = "expected_again"  # a loss recorded by mistake was taken back; `facts["recorded_at"]`, as below
    DIED = "died"
    ALIVE = "alive"  # a death recorded by mistake was taken back; `facts["recorded_at"]` is when it was recorded
    MOVED = "moved"  # new registered address; `facts["district_id"]`
    STAYED = "stayed"  # a move out recorded by mistake was taken back; `facts["recorded_at"]`, `["journey_ids"]`
    MERGED = "merged"  # `facts["into_id"]`
    CORRECTED = "corrected"  # birth date, due date, wrong child
    GUARDIAN_CHANGED = "guardian_changed"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    ADOPTED = "adopted"
    EMERGENCY_ACCESS = "emergency_access"  # `facts["emergency_key"]`, `["until"]`, `["unit_id"]`
    LOOKS_REVIEWED = "looks_reviewed"  # `facts["ref"]`, `["needs_follow_up"]`, `["emergencies"]`, `["unit_id"]`
    STAFF_LEFT = "staff_left"
    UNIT_CHANGED = "unit_changed"
    DEFINITION_APPROVED = "definition_approved"  # `facts["kind"]`, `["slug"]`, `["version"]`


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened to a person, a journey, a member of staff or a unit."""

    kind: Kind
    at: datetime
    by_id: int | None = None
    person_id: int | None = None
    journey_id: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


def announce(fact: Fact) -> None:
    """Tell every slice named in FACT_HANDLERS, lowest first, inside the caller's transaction."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("A fact is announced in the transaction that records it.")
    for name in settings.FACT_HANDLERS:
        import_string(name)(fact)
