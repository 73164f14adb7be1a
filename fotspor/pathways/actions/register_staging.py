"""Read a population register extract, and stage what it would change. Nothing about any person is changed here."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from fotspor.access.actions import log
from fotspor.access.rules import Viewer
from fotspor.kit.bulk import values_of, write
from fotspor.kit.encryption import blind_index
from fotspor.kit.turns import Turns
from fotspor.pathways.actions.register_refusals import CannotUse, Overtaken, _require_import
from fotspor.pathways.models import RegisterImport, RegisterRow
from fotspor.pathways.queries.register_imports import (
    KnownPerson,
    known_numbers,
    known_people,
    our_children,
    rows_before,
)
from fotspor.pathways.rules import register, register_rows
from fotspor.pathways.rules.register import Change, Record, Refusal, RowFault, Status
from fotspor.pathways.rules.register_files import BadFile, FileFault, Layout, read
from fotspor.people import queries as people
from fotspor.people.models import Person
from fotspor.people.rules import search_key
from fotspor.services.models import District

CHUNK = 500
# What applying a row may have done.
DONE = (Change.NEW, Change.CHANGED, Change.MOVED, Change.DEAD, Change.ALIVE, Change.STAYED)


@dataclass(frozen=True, slots=True)
class _Town:
    """What the rows of a file are compared with."""

    today: date
    known: frozenset[str]  # the numbers of those in the file, and of guardians that it names, whom we have
    findable: frozenset[str]  # those, and the numbers of entries that were joined into others
    ours: Mapping[str, Person]  # by the number of the row that may be theirs: we have them without one
    in_file: frozenset[str]
    alive: frozenset[str]  # of those in the file

    def is_found(self, number: str) -> bool:
        return number in self.in_file or number in self.known

    def may_be_guardian(self, number: str) -> bool:
        return number in self.alive or number in self.known


def stage_register(
    *,
    content: bytes,
    file_name: str,
    layout: Layout,
    rows: int | None = None,
    accepts_missing: bool = False,
    told: Callable[[int, int], None] | None = None,
    by: Viewer,
    at: datetime,
) -> RegisterImport:
    """What would this file change, as the records are now?

    Shape   the same file with the same mapping, broken off or never applied, is the same import, and is compared anew;
            what has been applied of it stands. One that is finished is a new import. `rows` is how many there should
            be: needed for a file whose last line does not say it. `accepts_missing` says that somebody knows that the
            file is whole, although it looks short. `told` hears how many rows are compared, of how many.
            The rows are stored some hundred at a time, so that nobody waits for the database. Until all are, nobody
            sees the import or applies it; broken off, the same file begins it anew.
    Errors  MayNotImport; CannotUse, and then nothing is stored; Overtaken.
    """
    _require_import(by)
    today = timezone.localdate(at)
    found, refused = _read(content, layout, rows, today)
    missing = _missing(found, refused, layout)
    town = _look(found, refused, today)
    if not accepts_missing:
        _require_whole(found, refused, missing, town, layout)
    found, expecting = _without_expecting(found, town)
    refused = (*refused, *expecting)
    digest = sha256(content + repr(layout).encode()).hexdigest()
    source, applied = _begin(digest, layout, file_name, len(found) + len(refused), by, at)
    staging = Staging(source, told)
    households = staging.stage(found, applied, town)
    staging.store(_refused_rows(source, refused))
    staging.store(RegisterRow(source=source, change=Change.UNMATCHED, person_id=pk) for pk, _index in missing)
    with staging.turn():
        source.households, source.is_whole = households, True
        source.save(update_fields=["households", "is_whole"])
        log(
            type="pathways.register.staged",
            by=by,
            at=at,
            object=f"pathways.register:{source.key}",
            digest=digest,
            rows=source.rows_read,
            refused=len(refused),
            missing=len(missing),
            is_resumed=bool(applied),
        )
    return source


Applied = Mapping[int, tuple[str, date]]  # by row: what it had changed, and when, before the import was broken off


@transaction.atomic
def _begin(
    digest: str, layout: Layout, file_name: str, rows: int, by: Viewer, at: datetime
) -> tuple[RegisterImport, Applied]:
    """The import that the file is, and what has been applied of it already."""
    source = RegisterImport.objects.select_for_update().filter(digest=digest, finished_on=None).first()
    applied: Applied = {}
    if source is None:
        source = RegisterImport(digest=digest, layout=layout.slug, is_complete=layout.file.is_complete)
    else:
        done = source.rows.filter(change__in=DONE, applied_on__isnull=False)
        applied = {row: (change, on) for row, change, on in done.values_list("row", "change", "applied_on")}
    source.file_name, source.layout_version = file_name[-200:], layout.byline.version
    source.staged_at, source.staged_by_id = _later_than_the_others(at), by.staff_id
    source.households, source.rows_read, source.is_whole = 0, rows, False
    source.save()
    return source, applied


def _later_than_the_others(at: datetime) -> datetime:
    """Which file is the newer is known by when it was compared: also when the clock has been set back since."""
    last = RegisterImport.objects.aggregate(last=Max("staged_at"))["last"]
    return at if last is None or at >= last else last + timedelta(microseconds=1)


class Staging:
    """The rows of one file on their way into the table, in turns with those who wait for the database."""

    def __init__(self, source: RegisterImport, told: Callable[[int, int], None] | None) -> None:
        self._source, self._told, self._stored = source, told, 0
        self._is_first = not source.rows.exists()
        self.turn = Turns().turn
        if not self._is_first:  # who was not in the file is looked up anew
            self._remove(row=None)

    def stage(self, found: Sequence[Record], applied: Applied, town: _Town) -> int:
        """Stage the rows by household. How many households are there?"""
        kept = register.needed(found, town.known | frozenset(town.ours), town.today)
        households = register.households([record for record in found if record.number in kept])
        self.store(
            RegisterRow(source=self._source, row=record.row, change=Change.NOT_NEEDED, applied_on=town.today)
            for record in found
            if record.number not in kept
        )
        numbered = ((number, record) for number, group in enumerate(households, start=1) for record in group)
        for some in _parts(numbered):
            known = known_people([record.number for _n, record in some if record.number in town.known], town.today)
            self.store(
                _staged(self._source, number, record, applied.get(record.row), known.get(record.number), town)
                for number, record in some
            )
        return len(households)

    def store(self, rows: Iterable[RegisterRow]) -> None:
        """Store these in the place of those that the file had when it was broken off."""
        for some in _parts(rows):
            ready = values_of(some)
            with self.turn():
                self._require_mine()
                if not self._is_first:
                    self._source.rows.filter(row__in=[row.row for row in some if row.row is not None]).delete()
                write(RegisterRow, ready)
            self._stored += len(some)
            if self._told is not None:
                self._told(self._stored, max(self._stored, self._source.rows_read))

    def _remove(self, **which: Any) -> None:
        while ids := list(self._source.rows.filter(**which).values_list("pk", flat=True)[:CHUNK]):
            with self.turn():
                self._source.rows.filter(pk__in=ids).delete()

    def _require_mine(self) -> None:
        """Is nobody else at it? Errors: Overtaken."""
        mine = RegisterImport.objects.filter(pk=self._source.pk, staged_at=self._source.staged_at, is_whole=False)
        if mine.select_for_update().first() is None:
            raise Overtaken


def _parts(every: Iterable[Any]) -> Iterator[list[Any]]:
    """Some hundred at a time."""
    left = iter(every)
    while some := list(islice(left, CHUNK)):
        yield some


def _read(
    content: bytes, layout: Layout, rows: int | None, today: date
) -> tuple[tuple[Record, ...], tuple[Refusal, ...]]:
    """What do the rows say, and which cannot be used? Errors: CannotUse."""
    districts = frozenset(District.objects.values_list("code", flat=True))
    rules = register_rows.Rules(layout, districts, settings.IS_PRODUCTION, today)
    try:
        table = read(content, layout, rows)
        if rows is None and not table.is_counted:  # cut between two lines, it would look whole
            raise BadFile(FileFault.UNCOUNTED, str(len(table)))
        found, refused = register_rows.records(table, rules)
    except BadFile as error:
        raise CannotUse(error.fault, error.detail) from None
    return register.with_guardians(found, today), refused


def _look(found: Sequence[Record], refused: Iterable[Refusal], today: date) -> _Town:
    in_file = frozenset(record.number for record in found)
    strangers = {g.number for record in found for g in record.guardians} - in_file
    known, joined = known_numbers([*in_file, *strangers])
    ours = _unnumbered(found, known)
    alive = frozenset(record.number for record in found if record.status is not Status.DEAD)
    return _Town(today, known, known | joined, ours, in_file | {refusal.number for refusal in refused}, alive)


def _missing(found: Iterable[Record], refused: Iterable[Refusal], layout: Layout) -> list[tuple[int, str]]:
    """Which of our children are not in the file? None when it is a list of changes."""
    if not layout.file.is_complete:
        return []
    read_numbers = {blind_index(row.number) for row in (*found, *refused) if row.number}
    return [(person_id, index) for person_id, index in our_children() if index not in read_numbers]


def _require_whole(
    found: Sequence[Record],
    refused: Sequence[Refusal],
    missing: Sequence[tuple[int, str]],
    town: _Town,
    layout: Layout,
) -> None:
    """Does it look whole? All its rows are here, but whoever made it may have been cut short. Errors: CannotUse."""
    ours = len(our_children()) if missing else 0
    if register.too_many_missing(len(missing), ours, layout):
        raise CannotUse(FileFault.MISSING_MANY, f"{len(missing)}/{ours}")
    rows = len(found) + len(refused)
    before = rows_before(layout.slug) if layout.file.is_complete else None
    if before is not None and register.has_shrunk(rows, before, layout):
        raise CannotUse(FileFault.SHRUNK, f"{rows}/{before}")
    named = register.guardians_of(found, town.today)
    nowhere = sum(not town.is_found(number) for number in named)
    if register.too_many_guardians_missing(len(named), nowhere, layout):
        raise CannotUse(FileFault.MISSING_GUARDIANS, f"{nowhere}/{len(named)}")


def _without_expecting(found: Sequence[Record], town: _Town) -> tuple[tuple[Record, ...], tuple[Refusal, ...]]:
    """A pregnant woman here must keep a district, or no unit would serve her: one that we do not have is refused."""
    elsewhere = [record.number for record in found if record.is_elsewhere and record.number in town.known]
    people = known_people(elsewhere, town.today)
    strays = {number for number, person in people.items() if person.known.is_expecting}
    if not strays:
        return tuple(found), ()
    return (
        tuple(record for record in found if record.number not in strays),
        tuple(
            Refusal(record.row, RowFault.DISTRICT, "district", record.number)
            for record in found
            if record.number in strays
        ),
    )


def _staged(
    source: RegisterImport,
    household: int,
    record: Record,
    before: tuple[str, date] | None,
    person: KnownPerson | None,
    town: _Town,
) -> RegisterRow:
    """The row as it is compared now. `before`: what the same row had changed when the import was broken off."""
    match = town.ours.get(record.number)
    is_child = register.is_under_school_age(record.born_on, town.today)
    reachable = tuple(each for each in record.guardians if town.may_be_guardian(each.number))
    compared = replace(record, guardians=reachable)  # one found nowhere is told of, and changes nothing
    change = register.change(compared, person.known if person else None, keeps_guardians=is_child)
    if change is Change.NEW and (match is not None or (is_child and _may_be_ours(record, town.ours, town.findable))):
        change = Change.PROPOSED
    is_done = change in (Change.SAME, Change.NOT_NEEDED)
    was_done = before is not None and change is Change.SAME
    return RegisterRow(
        source=source,
        row=record.row,
        household=household,
        record=None if is_done else json.dumps(register.to_json(record)),
        person=person.person if person else match if change is Change.PROPOSED else None,
        change=before[0] if was_done else change,
        missing_guardians=sum(not town.is_found(guardian.number) for guardian in record.guardians),
        applied_on=before[1] if was_done else town.today if is_done else None,
    )


def _unnumbered(found: Iterable[Record], known: Collection[str]) -> dict[str, Person]:
    """Whom do we have without a number, by the number of the row that may be theirs? Never one person for two rows."""
    keys, births = people.unnumbered_keys(), register.births(found)
    ours: dict[str, Person] = {}
    taken: set[int] = set()
    for record in found:
        if record.number in known or not record.is_resident:
            continue
        if (record.born_on, search_key(record.given_name, record.family_name)) not in keys:
            continue
        match = _match(record, births.get(record.number, ()))
        if match is not None and match.pk not in taken:
            ours[record.number] = match
            taken.add(match.pk)
    return ours


def _match(record: Record, births: Collection[date]) -> Person | None:
    """Whom do we have without a number that may be this one?"""
    return people.unnumbered_match(
        given_name=record.given_name,
        family_name=record.family_name,
        born_on=record.born_on,
        home=(record.street, record.postcode, record.dwelling or ""),
        births=births,
    )


def _may_be_ours(record: Record, ours: Mapping[str, Person], findable: Collection[str] | None = None) -> bool:
    """May the row be a child we have without a number, or one whose birth nobody has recorded?

    Shape   `ours` holds those who may be the mother, and have no number here yet. `findable` are the numbers that are
            in use here, where the caller knows them: nobody else is looked for.
    """
    about = {"born_on": record.born_on, "birth_order": record.birth_order}
    return any(
        people.newborn_matches(mother_number=g.number, mother=ours.get(g.number), **about)
        for g in record.guardians
        if g.kind == "mother" and (findable is None or g.number in findable or g.number in ours)
    )


def _refused_rows(source: RegisterImport, refused: Iterable[Refusal]) -> Iterator[RegisterRow]:
    for refusal in refused:
        yield RegisterRow(
            source=source, row=refusal.row, change=Change.REFUSED, fault=refusal.fault, field=refusal.field
        )
