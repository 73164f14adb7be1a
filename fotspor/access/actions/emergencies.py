"""Emergency access: a written reason, three hours, and a task for the data-protection officer."""

import re
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access.actions.audit import log
from fotspor.access.models import EmergencyAccess
from fotspor.access.queries import NotVisible, decision_for, facts_for, person_row, privacy_unit_id
from fotspor.access.rules import EMERGENCY_HOURS, Ask, Part, Permission, Purpose, Viewer
from fotspor.access.rules.facts import STRICT, is_own_or_family
from fotspor.kit.errors import Refused
from fotspor.kit.facts import Fact, Kind, announce

REASON_LENGTH = 20  # characters; shorter than a sentence explains nothing afterwards
REASON_WORDS = 3  # different ones: one word over and over explains nothing either
WORD = re.compile(r"[^\W\d_]{2,}")


class ReasonTooShort(Refused):
    """The reason does not explain anything."""


class OwnRecord(Refused):
    """Nobody opens their own or their own family's record, not in an emergency either."""


class AlreadyVisible(Refused):
    """The record is open to this viewer as it is."""


class CannotSecond(Refused):
    """Not another person, not in time, or not needed."""


@transaction.atomic
def break_glass(*, person_id: int, reason: str, by: Viewer, at: datetime) -> EmergencyAccess:
    """Open a record for three hours, with a written reason. A strictly protected person's opens when a second agrees.

    Errors  ReasonTooShort, OwnRecord, AlreadyVisible; NotVisible for a role without emergency access.
    """
    if not by.may(Permission.BREAK_GLASS) or by.staff_id is None or by.unit_id is None:
        raise NotVisible
    reason = " ".join(reason.split())
    if len(reason) < REASON_LENGTH or len(set(WORD.findall(reason.casefold()))) < REASON_WORDS:
        raise ReasonTooShort(_("Write the reason in a sentence, at least 20 characters. Nothing was opened."))
    facts, on = facts_for(viewer=by, person_id=person_id, at=at, consents=False), timezone.localdate(at)
    if facts.is_merged:
        raise NotVisible
    if is_own_or_family(Ask(by, facts, Purpose.CARE, Part.RECORD, at, on)):
        raise OwnRecord(_("Nobody opens their own or their own family's record. Ask a colleague. Nothing was opened."))
    if decision_for(viewer=by, person_id=person_id, purpose=Purpose.CARE, part=Part.RECORD, at=at).allowed:
        raise AlreadyVisible(_("You can already open this record. Find the person by search."))
    emergency = EmergencyAccess.objects.create(
        person_id=person_id,
        staff_id=by.staff_id,
        unit_id=by.unit_id,
        reason=reason,
        needs_second=facts.protection == STRICT,
        opened_at=at,
        opened_by_id=by.staff_id,
        until=at + timedelta(hours=EMERGENCY_HOURS),
    )
    _log("access.emergency.opened", emergency, by, at)
    announce(
        Fact(
            Kind.EMERGENCY_ACCESS,
            at=at,
            by_id=by.staff_id,
            person_id=person_id,
            facts={
                "emergency_key": emergency.key,
                "until": emergency.until.isoformat(),
                "unit_id": privacy_unit_id(on=on),
            },
        )
    )
    return emergency


@transaction.atomic
def second_emergency(*, emergency: EmergencyAccess, by: Viewer, at: datetime) -> EmergencyAccess:
    """Agree, as a second one of the same unit, that a strictly protected record may be opened. Errors: CannotSecond."""
    if not by.may(Permission.BREAK_GLASS) or by.unit_id != emergency.unit_id:
        raise NotVisible
    if by.staff_id == emergency.staff_id:
        raise CannotSecond(_("Somebody else must agree. Ask a colleague in the unit."))
    facts = facts_for(viewer=by, person_id=emergency.person_id, at=at, consents=False)
    if is_own_or_family(Ask(by, facts, Purpose.CARE, Part.RECORD, at, timezone.localdate(at))):
        raise CannotSecond(_("You cannot agree to this one. Ask another colleague."))
    waiting = EmergencyAccess.objects.filter(pk=emergency.pk, needs_second=True, seconded_by=None, until__gt=at)
    if not waiting.update(seconded_at=at, seconded_by_id=by.staff_id):
        raise CannotSecond(_("The three hours are over, or somebody has already agreed."))
    emergency.refresh_from_db()
    _log("access.emergency.seconded", emergency, by, at)
    return emergency


def _log(type: str, emergency: EmergencyAccess, by: Viewer, at: datetime) -> None:
    log(
        type=type,
        by=by,
        at=at,
        person=person_row(emergency.person_id).key,
        purpose=Purpose.CARE,
        basis="emergency",
        object=f"access.emergency:{emergency.key}",
        until=emergency.until,
        needs_second=emergency.needs_second,
    )
