"""Apply a staged register import, household by household, so that a killed run leaves whole ones and resumes.

Households in which nobody is known are taken in many at once, in one short transaction (`register_newcomers`); one of
them that cannot be, and every other household, by the actions in a transaction of its own. What the register says of
people is written by the system itself: those who may import may not see a record.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import itemgetter
from typing import TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_noop

from fotspor.access.actions import log
from fotspor.access.rules import SYSTEM, Viewer
from fotspor.kit.bulk import Reserved
from fotspor.kit.errors import Refused
from fotspor.kit.turns import Turns
from fotspor.pathways.actions.register_newcomers import Changed, Newcomers, _values_of
from fotspor.pathways.actions.register_refusals import (
    CannotUse,
    ComparedAnew,
    MayNotImport,
    Superseded,
    _require_import,
)
from fotspor.pathways.actions.register_staging import _match, _may_be_ours, stage_register
from fotspor.pathways.actions.register_tasks import ask_about
from fotspor.pathways.models import Enrolment, RegisterImport, RegisterRow
from fotspor.pathways.queries import definitions
from fotspor.pathways.queries.register_imports import KnownPerson, is_superseded, known_people
from fotspor.pathways.queries.register_newcomers import Around, Household, around, known_among
from fotspor.pathways.rules import register
from fotspor.pathways.rules.register import Change, Record, RowFault
from fotspor.people import actions as people
from fotspor.people import queries
from fotspor.people.models import Guardianship, Journey, Person
from fotspor.services.models import District

CORRECTED = gettext_noop("The population register has another birth date.")
READ_AT_ONCE = 200  # people
WRITTEN_AT_ONCE = 40  # newcomers in one transaction at the most: some hundred rows
Each = TypeVar("Each")


def apply_households(*, source: RegisterImport, by: Viewer, at: datetime, most: int | None = None) -> Iterator[int]:
    """Apply the households that wait, at most so many, and yield the number of each when it is stored.

    Shape   broken off anywhere, the households yielded are whole and the rest wait; run again, it goes on with them.
            A household that the records refuse is stored as refused, whole, and the others go on.
    Errors  MayNotImport; Superseded; ComparedAnew when the file is compared once more meanwhile.
    """
    _require_import(by)
    if is_superseded(source):
        raise Superseded
    waiting = source.rows.waiting().values_list("household").annotate(Count("pk")).order_by("household")
    run = Run(source, by, at)
    for block in _parts(list(waiting[:most]), READ_AT_ONCE, itemgetter(1)):
        yield from run.apply(_staged_households(source, [number for number, _rows in block]))
    if source.finished_on is None and not source.rows.waiting().exists():
        with run.turn():
            _finish(source, by, at)


def _parts(every: Iterable[Each], most: int, weight: Callable[[Each], int]) -> Iterator[list[Each]]:
    """As many together as weigh so much, and one at the least."""
    part: list[Each] = []
    weighs = 0
    for each in every:
        if part and weighs + weight(each) > most:
            yield part
            part, weighs = [], 0
        part.append(each)
        weighs += weight(each)
    if part:
        yield part


def _staged_households(source: RegisterImport, numbers: Collection[int]) -> list[Household]:
    """What was staged of these households?"""
    rows = source.rows.filter(household__in=numbers).order_by("household", "pk")
    staged = rows.values_list("household", "pk", "change", "applied_on", "record")
    found = []
    for number, group in groupby(staged, key=itemgetter(0)):
        household = list(group)
        waiting = [row for row in household if row[3] is None and row[2] == Change.NEW]
        others = [row for row in household if row not in waiting]
        is_new = all(change == Change.NOT_NEEDED and applied_on for _n, _pk, change, applied_on, _record in others)
        said = tuple((row[1], register.from_json(json.loads(row[4]))) for row in waiting) if is_new else ()
        found.append(Household(number, said, is_new))
    return found


class Run:
    """One run through the households: in turns with those who wait for the database."""

    def __init__(self, source: RegisterImport, by: Viewer, at: datetime) -> None:
        self._source, self._by, self._at = source, by, at
        self._reserved, self._turns = Reserved(), Turns(WRITTEN_AT_ONCE)
        self.turn = self._turns.turn

    def apply(self, households: Sequence[Household]) -> Iterator[int]:
        """Apply these, and yield the number of each when it is stored."""
        done = set()
        for number in self._take_in([household for household in households if household.is_new]):
            done.add(number)
            yield number
        for number in (household.number for household in households if household.number not in done):
            try:
                with self.turn():
                    _apply_household(self._source, number, self._by, self._at)
            except ComparedAnew:
                raise
            except Refused:
                with self.turn():
                    _refuse_household(self._source, number, self._by, self._at)
            yield number

    def _take_in(self, households: list[Household]) -> Iterator[int]:
        """Take in those in which nobody is known, some in one transaction. Yields the number of each that is stored."""
        known = known_among(households) if households else set()
        new = [household for household in households if household.number not in known]
        if not new:
            return
        people = sum(len(household.rows) for household in new)
        for table, most in ((Person, 1), (Journey, 1), (Enrolment, len(definitions.OF_CHILDREN))):
            self._reserved.prepare(table, most * people)
        surroundings = around(new, timezone.localdate(self._at))
        while new:
            some = next(_parts(new, self._turns.most, lambda household: len(household.rows)))
            new = new[len(some) :]
            yield from self._write(self._made(some, surroundings))

    def _made(self, households: Iterable[Household], surroundings: Around) -> Newcomers:
        newcomers = Newcomers(self._source, surroundings, self._reserved, by=self._by, at=self._at)
        for household in households:
            with suppress(Refused):  # by the actions it is refused again, and that is stored
                newcomers.add(household)
        newcomers.make_ready()
        return newcomers

    def _write(self, newcomers: Newcomers) -> list[int]:
        """Which households are stored?"""
        try:
            with self.turn():
                _require_standing(self._source)
                newcomers.write()
        except (Changed, IntegrityError):  # somebody wrote meanwhile: one at a time it is seen who, and judged anew
            return []
        return [household.number for household in newcomers.households]


def _require_standing(source: RegisterImport) -> None:
    """Is the file as it was compared when the run began? Errors: ComparedAnew."""
    if not RegisterImport.objects.filter(pk=source.pk, staged_at=source.staged_at, is_whole=True).exists():
        raise ComparedAnew


@transaction.atomic
def _apply_household(source: RegisterImport, household: int, by: Viewer, at: datetime) -> None:
    _require_standing(source)
    rows = list(source.rows.waiting().select_for_update().filter(household=household).order_by("pk"))
    if not rows:  # another run has applied it meanwhile
        return
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
    return people.register_person(**_values_of(record, _district(record)), born_on=record.born_on, by=SYSTEM, at=at)


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
    dwelling = register.dwelling_after(record, [getattr(person, name) for name in register.WHERE], person.dwelling)
    district = None if outside else _district(record)
    home = people.Home(record.street, record.postcode, record.city, district, dwelling)
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


__all__ = ["CannotUse", "ComparedAnew", "MayNotImport", "Superseded", "apply_households", "stage_register"]
