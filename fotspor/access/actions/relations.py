"""Opening and ending the reasons to see a person."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access.actions.audit import log
from fotspor.access.models import CareRelation
from fotspor.access.queries import (
    answers_for,
    caring_staff,
    decision_for,
    facts_for,
    kindergarten_staff,
    person_row,
    require,
)
from fotspor.access.rules import Ask, Doing, Part, Purpose, Viewer
from fotspor.access.rules.facts import CONFIDENTIAL, STRICT, is_own_or_family
from fotspor.kit.errors import Refused

Basis = CareRelation.Basis


class MayNotName(Refused):
    """Only somebody who is named herself, or a leader of a unit with a relation, names staff for a protected person."""


@transaction.atomic
def open_relation(
    *,
    person_id: int,
    unit_id: int,
    basis: str,
    from_on: date,
    until_on: date | None = None,
    staff_id: int | None = None,
    note: str | None = None,
    purpose: str = "",
    by: Viewer,
    at: datetime,
) -> CareRelation:
    """Give a unit, or one named member of it, a reason to see a person. The same one twice is one.

    A protected person stands in lists for named staff only, so whoever opens the relation by real work is named with
    it. A strictly confidential person is never reached that way, except when she is registered here for the first time.
    """
    person = person_row(person_id)
    relation, is_new = _open(person_id, unit_id, staff_id, basis, from_on, until_on, note, by, at)
    if staff_id is None and unit_id == by.unit_id and _names_the_opener(person.protection, basis):
        _open(person_id, unit_id, by.staff_id, Basis.NAMED, from_on, until_on, None, by, at)
    if is_new:
        log(by=by, at=at, **_opened(relation, person.key, purpose))
    return relation


def _opened(relation: CareRelation, person_key: str, purpose: str = "") -> dict[str, Any]:
    """What the log says of a new relation."""
    return {
        "type": "access.relation.opened",
        "person": person_key,
        "purpose": purpose,
        "basis": relation.basis,
        "object": f"access.relation:{relation.key}",
        "from_on": relation.from_on,
        "until_on": relation.until_on,
        "is_named": relation.staff_id is not None,
    }


def _names_the_opener(protection: str, basis: str) -> bool:
    return protection == CONFIDENTIAL or (protection == STRICT and basis == Basis.REGISTERED)


def _open(
    person_id: int,
    unit_id: int,
    staff_id: int | None,
    basis: str,
    from_on: date,
    until_on: date | None,
    note: str | None,
    by: Viewer,
    at: datetime,
) -> tuple[CareRelation, bool]:
    same = {"person_id": person_id, "unit_id": unit_id, "staff_id": staff_id, "basis": basis, "until_on": until_on}
    values = {"from_on": from_on, "note": note, "opened_at": at, "opened_by_id": by.staff_id}
    if until_on is not None:  # the database keeps only open ones single
        relation = CareRelation.objects.filter(**same, from_on__lte=from_on).first()
        return (relation, False) if relation else (CareRelation.objects.create(**same, **values), True)
    relation, is_new = CareRelation.objects.get_or_create(**same, defaults=values)
    if not is_new and relation.from_on > from_on:  # one that was to begin later begins now
        relation.from_on, is_new = from_on, True
        relation.save(update_fields=["from_on"])
    return relation, is_new


@transaction.atomic
def name_staff(
    *,
    person_id: int,
    staff_id: int,
    from_on: date,
    until_on: date | None = None,
    unit_id: int | None = None,
    by: Viewer,
    at: datetime,
) -> CareRelation:
    """Name a colleague of the own unit for a protected person.

    Shape   `unit_id` is another unit when its own leaders cannot, and `by` answers for it.
    Errors  MayNotName unless `by` sees the record herself, or leads a unit that has the person's care; and for a
            colleague who does not meet families there, or to whom the record stays closed.
    """
    sees = decision_for(viewer=by, person_id=person_id, purpose=Purpose.CARE, part=Part.LISTED, at=at).allowed
    unit_id = unit_id or by.unit_id
    sees = sees and unit_id == by.unit_id
    if unit_id is None or not (sees or answers_for(viewer=by, person_id=person_id, at=at, unit_id=unit_id)):
        raise MayNotName(_("You may not name staff for this person."))
    if not caring_staff(unit_id=unit_id, on=timezone.localdate(at)).filter(pk=staff_id).exists():
        raise MayNotName(_("Choose a midwife or nurse who works at the unit."))
    purpose = Purpose.CARE if sees else Purpose.LEADERSHIP
    return _name(person_id, unit_id, staff_id, from_on, until_on, purpose, by, at)


@transaction.atomic
def name_in_kindergarten(*, person_id: int, unit_id: int, staff_id: int, by: Viewer, at: datetime) -> CareRelation:
    """Name somebody in the kindergarten of a protected child, so that she, and no colleague, sees the invitation.

    Errors  NotVisible for strangers; NotInEmergency; MayNotName for a unit where the child has no place, somebody who
            does not work there, and family.
    """
    on = timezone.localdate(at)
    require(viewer=by, person_id=person_id, purpose=Purpose.CARE, part=Part.RECORD, at=at, doing=Doing.CHANGE)
    places = CareRelation.objects.filter(person_id=person_id, unit_id=unit_id, basis=Basis.ENROLLED, staff=None)
    if not places.filter(Q(until_on=None) | Q(until_on__gt=on)).exists():
        raise MayNotName(_("The child has no place there. Nothing was saved."))
    if not kindergarten_staff(unit_id=unit_id, on=on).filter(pk=staff_id).exists():
        raise MayNotName(_("Choose somebody who works in the kindergarten."))
    return _name(person_id, unit_id, staff_id, on, None, Purpose.CARE, by, at)


def _name(
    person_id: int,
    unit_id: int,
    staff_id: int,
    from_on: date,
    until_on: date | None,
    purpose: str,
    by: Viewer,
    at: datetime,
) -> CareRelation:
    """Nobody is named for her own family, and nobody is told whose it is."""
    colleague = replace(by, staff_id=staff_id)
    facts = facts_for(viewer=colleague, person_id=person_id, at=at, consents=False)
    if is_own_or_family(Ask(colleague, facts, Purpose.CARE, Part.LISTED, at, timezone.localdate(at))):
        raise MayNotName(_("One of those chosen cannot follow this up. Choose somebody else. Nothing was saved."))
    return open_relation(
        person_id=person_id,
        unit_id=unit_id,
        staff_id=staff_id,
        basis=Basis.NAMED,
        from_on=from_on,
        until_on=until_on,
        purpose=purpose,
        by=by,
        at=at,
    )


@transaction.atomic
def end_relations(
    *,
    person_id: int | None = None,
    unit_id: int | None = None,
    staff_id: int | None = None,
    basis: str | None = None,
    by: Viewer,
    at: datetime,
    until_on: date | None = None,
) -> int:
    """End every relation that fits. How many were ended?

    Shape   the end is exclusive and is the day of `at` when not given: the same minute, nobody sees by them any more.
    Errors  ValueError without a person, a unit or a member of staff: nobody ends every relation there is.
    """
    asked = {"person_id": person_id, "unit_id": unit_id, "staff_id": staff_id, "basis": basis}
    chosen = {name: value for name, value in asked.items() if value is not None}
    if not chosen.keys() - {"basis"}:
        raise ValueError("Say whose relations end.")
    chosen_rows = CareRelation.objects.filter(**chosen)
    return end_each(relations=chosen_rows, until_on=until_on or timezone.localdate(at), by=by, at=at)


def end_each(*, relations: QuerySet, until_on: date, by: Viewer, at: datetime) -> int:
    """End these relations on that day, one line in the log for each person. How many were ended?"""
    relations = relations.filter(Q(until_on=None) | Q(until_on__gt=until_on))
    ending = list(relations.values_list("pk", "person__key", "basis"))
    if not ending:
        return 0
    # One that was to begin later ends as it begins.
    CareRelation.objects.filter(pk__in=[pk for pk, _person, _basis in ending]).update(
        until_on=Greatest(F("from_on"), Value(until_on)), ended_at=at, ended_by_id=by.staff_id
    )
    for person in sorted({person for _pk, person, _basis in ending}):
        bases = sorted({basis for _pk, key, basis in ending if key == person})
        log(type="access.relation.ended", by=by, at=at, person=person, until_on=until_on, bases=bases)
    return len(ending)
