"""Writing the log. There is no other way into it, and no way to change what stands there."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from fotspor.access import triggers
from fotspor.access.models import AuditEvent, EmergencyAccess
from fotspor.access.queries.visibility import decision_for
from fotspor.access.rules import EMERGENCY, ROLES, SYSTEM, Decision, Part, Purpose, Viewer

READ = "access.record.read"


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def _digest(*parts: Any) -> str:
    return hashlib.sha256(json.dumps(parts, cls=DjangoJSONEncoder, sort_keys=True).encode()).hexdigest()


def _event(*, type: str, by: Viewer, at: datetime, **values: Any) -> AuditEvent:
    return AuditEvent(
        type=type, at=at, staff=by.staff_key, role=by.role, unit=by.unit_key, session=by.session, **values
    )


def line(
    *,
    type: str,
    by: Viewer,
    at: datetime,
    person: str = "",
    people: Iterable[str] = (),
    purpose: str = "",
    basis: str = "",
    object: str = "",
    **facts: Any,
) -> AuditEvent:
    """What would `log` write? For many at once, written by `kit.bulk` with the rows that they tell of."""
    return _event(
        type=type,
        by=by,
        at=at,
        person=person,
        people=sorted(set(people)),
        purpose=purpose,
        basis=basis,
        object=object,
        facts=_plain(facts) if facts else {},
    )


def log(*, type: str, by: Viewer, at: datetime, **about: Any) -> AuditEvent:
    """Write one line: who did what, to whom, why.

    Shape   `about` as `line` takes it: `person` and `people` are keys, `object` «app.thing:key», with `purpose` and
            `basis`; the rest are facts, which are codes, dates, counts: no free text. What is written in a record that
            only emergency access opens has that basis, whoever writes the line.
    """
    event = line(type=type, by=by, at=at, **about)
    if event.person and not event.basis and _is_by_emergency(event.person, by, at):
        event.basis = EMERGENCY
    event.save(force_insert=True)
    return event


def _is_by_emergency(person_key: str, by: Viewer, at: datetime) -> bool:
    """Does the record stand open to her by emergency access alone? Asked further of those few who have taken one."""
    if by.staff_id is None:
        return False
    mine = EmergencyAccess.objects.filter(staff_id=by.staff_id, unit_id=by.unit_id, opened_at__lte=at, until__gt=at)
    person_id = mine.filter(person__key=person_key).values_list("person_id", flat=True).first()
    if person_id is None:
        return False
    decision = decision_for(viewer=by, person_id=person_id, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    return decision.basis == EMERGENCY


def log_read(
    *,
    viewer: Viewer,
    person_key: str,
    purpose: str,
    decision: Decision,
    at: datetime,
) -> None:
    """Write that a record was opened: once per viewer, post, person, purpose, basis and session.

    Errors  ValueError when the decision was no: a page that logs a look has shown it.
    """
    if not decision.allowed:
        raise ValueError("A refused look is not a look.")
    event = _event(type=READ, by=viewer, at=at, person=person_key, purpose=purpose, basis=decision.basis)
    if viewer.session:
        event.once = _digest(
            READ, viewer.session, viewer.staff_key, viewer.unit_key, viewer.role, person_key, purpose, decision.basis
        )
    _write_once(event)


def log_list(
    *, viewer: Viewer, type: str, people: Iterable[str], at: datetime, purpose: str = "", **filter: Any
) -> None:
    """Write that people were listed or searched: one line per filter, distinct set of people, session and day.

    Shape   the purpose is the role's own when it is not given; an empty list is a look too.
    """
    keys = sorted(set(people))
    role = ROLES.get(viewer.role)
    purpose = purpose or next(iter(role.parts if role else ()), "")
    event = _event(type=type, by=viewer, at=at, people=keys, purpose=purpose, facts=_plain(filter))
    if viewer.session:
        event.once = _digest(
            type,
            viewer.session,
            viewer.staff_key,
            viewer.unit_key,
            viewer.role,
            purpose,
            timezone.localdate(at),  # the day of those who look, not that of the server
            keys,
            filter,
        )
    _write_once(event)


def log_look_at_log(*, viewer: Viewer, shown: Iterable[str], at: datetime, **filter: Any) -> None:
    """Write that the log itself was looked at: whose lines were named, and with which filter."""
    log_list(viewer=viewer, type="access.log.read", people=shown, at=at, **filter)


def log_print_of_log(*, viewer: Viewer, person_key: str, at: datetime, **period: Any) -> None:
    """Write that the log of one person was printed for her."""
    log(type="access.log.printed", by=viewer, at=at, person=person_key, purpose=Purpose.PRIVACY, **period)


def log_export_of_log(*, viewer: Viewer, person_key: str, at: datetime, **period: Any) -> None:
    """Write that the log of one person was saved as a file for her."""
    log(type="access.log.exported", by=viewer, at=at, person=person_key, purpose=Purpose.PRIVACY, **period)


def _write_once(event: AuditEvent) -> None:
    AuditEvent.objects.bulk_create([event], ignore_conflicts=True)


@transaction.atomic
def lock_log(*, connection: Any, at: datetime) -> list[str]:
    """Put back the triggers that are missing, and write which. For the command of that name."""
    were_missing = triggers.missing(connection)
    if were_missing:
        triggers.create(connection)
        log(type="access.log.locked", by=SYSTEM, at=at, triggers=were_missing)
    return were_missing
