"""Apply a staged register import, one household in one transaction, so that a killed run leaves whole ones and resumes.

What the register says of people is written by the system itself: those who may import may not see a record.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from fotspor.access.actions import log
from fotspor.access.rules import SYSTEM, Viewer
from fotspor.kit.errors import Refused
from fotspor.pathways.actions.register_staging import (
    CannotUse,
    MayNotImport,
    _match,
    _may_be_ours,
    _require_import,
    stage_register,
)
from fotspor.pathways.actions.register_tasks import ask_about
from fotspor.pathways.models import RegisterImport, RegisterRow
from fotspor.pathways.queries.register_imports import KnownPerson, is_superseded, known_people
from fotspor.pathways.rules import register
from fotspor.pathways.rules.register import Change, Record, RowFault
from fotspor.people import actions as people
from fotspor.people import queries
from fotspor.people.models import Guardianship, Journey, Person
from fotspor.services.models import District

CORRECTED = gettext_noop("The population register has another birth date.")


class Superseded(Refused):
    """A newer file has been taken in while this one waited."""

    def __init__(self):
        super().__init__(_("A newer file has been taken in since. Compare this one again. Nothing was changed."))


def apply_households(*, source: RegisterImport, by: Viewer, at: datetime, most: int | None = None) -> Iterator[int]:
    """Apply the households that wait, at most so many, and yield the number of each when it is stored.

    Shape   broken off anywhere, the households yielded are whole and the rest wait; run again, it goes on with them.
            A household that the records refuse is stored as refused, whole, and the others go on.
    Errors  MayNotImport; Superseded.
    """
    _require_import(by)
    if is_superseded(source):
        raise Superseded
    waiting = source.rows.waiting().values_list("household", flat=True).distinct().order_by("household")
    for household in list(waiting[:most] if most is not None else waiting):
        try:
            _apply_household(source, household, by, at)
        except Refused:
            _refuse_household(source, household, by, at)
        yield household
    if source.finished_on is None and not source.rows.waiting().exists():
        _finish(source, by, at)


@transaction.atomic
def _apply_household(source: RegisterImport, household: int, by: Viewer, at: datetime) -> None:
    rows = list(source.rows.waiting().select_for_update().filter(household=household).order_by("pk"))
    staged = [(row, register.from_json(json.loads(row.record))) for row in rows]
    known = known_people([record.number for _row, record in staged], timezone.localdate(at))
    found = Staged(register.births([record for _row, record in staged]), _open_proposals(source, household))
    applied = [_apply_row(row, record, known.get(record.number), found, at) for row, record in staged]
    log(
        type="pathways.register.household_applied",
        by=by,
        at=at,
        people=[person.key for person in applied if person is not None],
        object=f"pathways.register:{source.key}",
        household=household,
        rows=len(rows),
    )


@transaction.atomic
def _refuse_household(source: RegisterImport, household: int, by: Viewer, at: datetime) -> None:
    waiting = source.rows.waiting().filter(household=household)
    refused = waiting.update(change=Change.REFUSED, fault=RowFault.NOT_APPLIED, record=None)
    log(
        type="pathways.register.household_refused",
        by=by,
        at=at,
        object=f"pathways.register:{source.key}",
        household=household,
        rows=refused,
    )


@dataclass(frozen=True, slots=True)
class Staged:
    """What the other rows of the household say of a row."""

    births: Mapping[str, Collection[date]]  # of those who name the number as their mother's
    proposed: dict[str, Person]  # who may have the number, and nobody has said so yet


def _open_proposals(source: RegisterImport, household: int) -> dict[str, Person]:
    """Who in the household may be somebody we have without a number, until somebody has said?"""
    rows = source.rows.filter(household=household, change=Change.PROPOSED, applied_on=None, person__isnull=False)
    return {json.loads(row.record)["number"]: row.person for row in rows.select_related("person")}


def _apply_row(
    row: RegisterRow, record: Record, known: KnownPerson | None, staged: Staged, at: datetime
) -> Person | None:
    """Bring one person to what the row says, judged anew: things may have changed since the file was staged."""
    today = timezone.localdate(at)
    is_child = register.is_under_school_age(record.born_on, today)
    change = register.change(record, known.known if known else None, keeps_guardians=is_child)
    person = known.person if known else None
    if change is Change.NEW:
        match = _match(record, staged.births.get(record.number, ()))
        match = None if match in staged.proposed.values() else match  # nobody is two rows
        if match is not None or (is_child and _may_be_ours(record, staged.proposed)):
            _propose(row, record, match, staged)
            return None
    if change in DOES:
        person = DOES[change](person, record, at)
    if person is not None and is_child and record.is_resident and person.died_on is None:
        _follow_child(person, record, today, at)
    waits = is_child and any(guardian.number in staged.proposed for guardian in record.guardians)
    _mark(row, change, person, today, keeps_record=waits)
    return person


def _propose(row: RegisterRow, record: Record, match: Person | None, staged: Staged) -> None:
    """Somebody must say whether it is one we have; the row waits for that, and the import goes on."""
    row.change, row.person = Change.PROPOSED, match
    row.save(update_fields=["change", "person"])
    if match is not None:
        staged.proposed[record.number] = match


def _mark(row: RegisterRow, change: Change, person: Person | None, today: date, *, keeps_record: bool = False) -> None:
    """The row is done. What it says of guardians is kept while one of them may be somebody we have."""
    row.change, row.person, row.applied_on = change, person, today
    row.record = row.record if keeps_record else None
    row.save(update_fields=["change", "person", "record", "applied_on"])


# --- one person ------------------------------------------------------------------------------------------------


def _register(_person: None, record: Record, at: datetime) -> Person:
    return people.register_person(
        given_name=record.given_name,
        family_name=record.family_name,
        born_on=record.born_on,
        sex=record.sex,
        number=record.number,
        birth_order=record.birth_order,
        street=record.street,
        postcode=record.postcode,
        city=record.city,
        district=_district(record),
        protection=record.protection,
        address_protection=record.address_protection,
        by=SYSTEM,
        at=at,
    )


def _change(person: Person, record: Record, at: datetime) -> Person:
    known = known_people([record.number], timezone.localdate(at))[record.number].known
    differing = {name: getattr(record, name) for name in register.differing(record, known)}
    if "born_on" in differing:
        people.correct_birth(person=person, born_on=differing.pop("born_on"), reason=CORRECTED, by=SYSTEM, at=at)
    if differing:
        people.change_person(person=person, version=person.version, by=SYSTEM, at=at, **differing)
    return person


def _move(person: Person, record: Record, at: datetime) -> Person:
    today, outside = timezone.localdate(at), not record.is_resident
    home = people.Home(record.street, record.postcode, record.city, None if outside else _district(record))
    moved_on = record.status_on or today
    people.record_move(person=person, home=home, moved_on=moved_on, outside=outside, by=SYSTEM, at=at)
    person.refresh_from_db()
    return _change(person, record, at)


def _die(person: Person, record: Record, at: datetime) -> Person:
    return people.record_death(person=person, died_on=record.status_on or timezone.localdate(at), by=SYSTEM, at=at)


DOES: dict[Change, Callable[..., Person]] = {
    Change.NEW: _register,
    Change.CHANGED: _change,
    Change.MOVED: _move,
    Change.DEAD: _die,
}


def _district(record: Record) -> District | None:
    return District.objects.filter(code=record.district).first() if record.district else None


def _follow_child(child: Person, record: Record, today: date, at: datetime) -> None:
    """Guardians as the register has them, and then a journey: its unit is let see those who are guardians by then."""
    _settle_guardians(child, record, today, at)
    if not Journey.objects.filter(child=child).exists():
        people.open_child_journey(child=child, opened_on=today, by=SYSTEM, at=at)


def _settle_guardians(child: Person, record: Record, today: date, at: datetime) -> None:
    if not record.guardians:
        return
    named = {person.pk: g for g in record.guardians if (person := queries.find_by_number(g.number)) is not None}
    kept = set()
    for row in Guardianship.objects.filter(child=child, until_on=None).select_related("guardian", "child"):
        said = named.get(row.guardian_id)
        if said is not None and (said.kind, record.custody) == (row.kind, row.custody):
            kept.add(row.guardian_id)
        elif row.guardian.identity_index is not None:  # one whom the register cannot know is left alone
            people.end_guardian(guardianship=row, until_on=max(today, row.from_on), by=SYSTEM, at=at)
    for guardian_id, said in named.items():
        if guardian_id not in kept:
            people.add_guardian(
                child=child,
                guardian=Person.objects.get(pk=guardian_id),
                kind=said.kind,
                custody=record.custody,
                from_on=today,
                by=SYSTEM,
                at=at,
            )


# --- afterwards -----------------------------------------------------------------------------------------------------


@transaction.atomic
def _finish(source: RegisterImport, by: Viewer, at: datetime) -> None:
    """Every household is in: what the file leaves open becomes tasks."""
    source.finished_on = timezone.localdate(at)
    source.save(update_fields=["finished_on"])
    ask_about(source=source, at=at)
    log(type="pathways.register.finished", by=by, at=at, object=f"pathways.register:{source.key}")


__all__ = ["CannotUse", "MayNotImport", "Superseded", "apply_households", "stage_register"]
