"""Read a population register extract, and stage what it would change. Nothing about any person is changed here."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access.actions import log
from fotspor.access.rules import Permission, Viewer
from fotspor.kit.encryption import blind_index
from fotspor.kit.errors import Refused
from fotspor.pathways.models import RegisterImport, RegisterRow
from fotspor.pathways.queries.register_imports import KnownPerson, known_people, our_children, rows_before
from fotspor.pathways.rules import register, register_rows
from fotspor.pathways.rules.register import Change, Record, Refusal, RowFault, Status
from fotspor.pathways.rules.register_files import BadFile, FileFault, Layout, read
from fotspor.people import queries as people
from fotspor.people.models import Person
from fotspor.people.rules import search_key
from fotspor.services.models import District

CHUNK = 500
DONE = (Change.NEW, Change.CHANGED, Change.MOVED, Change.DEAD, Change.ALIVE)  # what applying a row may have done
SAYS = {
    FileFault.EMPTY: _("The file has no rows. Nothing was stored."),
    FileFault.TOO_LARGE: _("The file is too large (%(detail)s). Nothing was stored."),
    FileFault.ENCODING: _(
        "The file is not written in the encoding that the mapping names (%(detail)s). Nothing was stored."
    ),
    FileFault.CUT: _("The file seems to be cut off or broken at row %(detail)s. Nothing was stored: fetch it again."),
    FileFault.CUT_SHEET: _(
        "The spreadsheet is cut off or broken: its end, where the list of its parts stands, cannot be read. "
        "Nothing was stored: fetch it again."
    ),
    FileFault.ROWS: _("The file has another number of rows than was said: %(detail)s. Nothing was stored."),
    FileFault.UNCOUNTED: _(
        "This is the first whole file, with %(detail)s rows, and nothing tells whether it is cut off. "
        "Say how many rows it should have, or that it is whole. Nothing was stored."
    ),
    FileFault.SHRUNK: _(
        "The file has far fewer rows than the one before it (%(detail)s), so it may be cut off. Nothing was stored. "
        "Fetch it again, say how many rows it should have, or that it is whole."
    ),
    FileFault.MISSING_GUARDIANS: _(
        "%(detail)s of the guardians that the file names are found nowhere, so it may be cut off. Nothing was stored. "
        "Fetch it again, say how many rows it should have, or that it is whole."
    ),
    FileFault.COLUMNS: _("The file lacks columns, or has one twice: %(detail)s. Nothing was stored."),
    FileFault.SPOILED: _("The file cannot be opened as a spreadsheet. Nothing was stored."),
    FileFault.MISSING_MANY: _(
        "%(detail)s of the children here are not in the file, so it may be cut off. Nothing was stored. "
        "Fetch it again, or say that the file is whole."
    ),
}


class CannotUse(Refused):
    """The file as a whole cannot be used."""

    def __init__(self, fault: FileFault, detail: str = ""):
        self.fault, self.detail = fault, detail
        self.field = "rows" if fault in (FileFault.UNCOUNTED, FileFault.ROWS) else "file"
        super().__init__(SAYS[fault] % {"detail": detail})


class MayNotImport(Refused):
    """Only those who may import."""

    def __init__(self):
        super().__init__(_("Your post does not allow this. Nothing was saved."))


def _require_import(by: Viewer) -> None:
    """May this post take in a register? Errors: MayNotImport."""
    if not by.may(Permission.IMPORT):
        raise MayNotImport


@dataclass(frozen=True, slots=True)
class _Town:
    """What the rows of a file are compared with."""

    today: date
    known: Mapping[str, KnownPerson]  # those in the file, and guardians that it names, whom we have
    ours: Mapping[str, Person]  # by the number of the row that may be theirs: we have them without one
    in_file: frozenset[str]
    alive: frozenset[str]  # of those in the file

    def is_found(self, number: str) -> bool:
        return number in self.in_file or number in self.known

    def may_be_guardian(self, number: str) -> bool:
        return number in self.alive or number in self.known


@transaction.atomic
def stage_register(
    *,
    content: bytes,
    file_name: str,
    layout: Layout,
    rows: int | None = None,
    accepts_missing: bool = False,
    by: Viewer,
    at: datetime,
) -> RegisterImport:
    """What would this file change, as the records are now?

    Shape   the same file with the same mapping, broken off or never applied, is the same import, and is compared anew;
            what has been applied of it stands. One that is finished is a new import. `rows` is how many there should
            be; `accepts_missing` says that somebody knows that the file is whole, although it looks short.
    Errors  MayNotImport; CannotUse, and then nothing is stored.
    """
    _require_import(by)
    today = timezone.localdate(at)
    found, refused = _read(content, layout, rows, today)
    missing = _missing(found, refused, layout)
    town = _look(found, refused, today)
    if not accepts_missing:
        _require_whole(found, refused, missing, town, layout, is_counted=rows is not None)
    found, expecting = _without_expecting(found, town)
    refused = (*refused, *expecting)
    digest = sha256(content + repr(layout).encode()).hexdigest()
    source = RegisterImport.objects.select_for_update().filter(digest=digest, finished_on=None).first()
    applied = {} if source is None else {row.row: row for row in source.rows.filter(change__in=DONE) if row.applied_on}
    if source is None:
        source = RegisterImport(digest=digest, layout=layout.slug, is_complete=layout.file.is_complete)
    else:
        source.rows.all().delete()
    source.file_name, source.layout_version = file_name[-200:], layout.byline.version
    source.staged_at, source.staged_by_id = at, by.staff_id
    source.households, source.rows_read = 0, len(found) + len(refused)
    source.save()
    source.households = _stage_rows(source, found, applied, town)
    source.save(update_fields=["households"])
    _stage_refused(source, refused)
    RegisterRow.objects.bulk_create(
        (RegisterRow(source=source, change=Change.UNMATCHED, person_id=person_id) for person_id, _index in missing),
        CHUNK,
    )
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


def _read(
    content: bytes, layout: Layout, rows: int | None, today: date
) -> tuple[tuple[Record, ...], tuple[Refusal, ...]]:
    """What do the rows say, and which cannot be used? Errors: CannotUse."""
    districts = frozenset(District.objects.values_list("code", flat=True))
    rules = register_rows.Rules(layout, districts, settings.IS_PRODUCTION, today)
    try:
        found, refused = register_rows.records(read(content, layout, rows), rules)
    except BadFile as error:
        raise CannotUse(error.fault, error.detail) from None
    return register.with_guardians(found, today), refused


def _look(found: Sequence[Record], refused: Iterable[Refusal], today: date) -> _Town:
    in_file = frozenset(record.number for record in found)
    strangers = {g.number for record in found for g in record.guardians} - in_file
    known = known_people([*in_file, *strangers], today)
    ours = _unnumbered(found, frozenset(known))
    alive = frozenset(record.number for record in found if record.status is not Status.DEAD)
    return _Town(today, known, ours, in_file | {refusal.number for refusal in refused}, alive)


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
    *,
    is_counted: bool,
) -> None:
    """Does everything say that the file is whole? Errors: CannotUse.

    Shape   a file whose rows somebody has counted, or with an end mark, may only lack children whom we have.
    """
    ours = len(our_children()) if missing else 0
    if register.too_many_missing(len(missing), ours, layout):
        raise CannotUse(FileFault.MISSING_MANY, f"{len(missing)}/{ours}")
    if is_counted or layout.file.end_mark:
        return
    rows = len(found) + len(refused)
    if layout.file.is_complete:
        before = rows_before(layout.slug)
        if before is None:
            raise CannotUse(FileFault.UNCOUNTED, str(rows))
        if register.has_shrunk(rows, before, layout):
            raise CannotUse(FileFault.SHRUNK, f"{rows}/{before}")
    named = register.guardians_of(found, town.today)
    nowhere = sum(not town.is_found(number) for number in named)
    if register.too_many_guardians_missing(len(named), nowhere, layout):
        raise CannotUse(FileFault.MISSING_GUARDIANS, f"{nowhere}/{len(named)}")


def _without_expecting(found: Sequence[Record], town: _Town) -> tuple[tuple[Record, ...], tuple[Refusal, ...]]:
    """A pregnant woman here must keep a district, or no unit would serve her: one that we do not have is refused."""
    strays = {
        record.number
        for record in found
        if record.is_elsewhere and record.number in town.known and town.known[record.number].known.is_expecting
    }
    return (
        tuple(record for record in found if record.number not in strays),
        tuple(
            Refusal(record.row, RowFault.DISTRICT, "district", record.number)
            for record in found
            if record.number in strays
        ),
    )


def _stage_rows(
    source: RegisterImport, found: Sequence[Record], applied: Mapping[int, RegisterRow], town: _Town
) -> int:
    """Stage the rows by household. How many households are there?"""
    kept = register.needed(found, frozenset(town.known) | frozenset(town.ours), town.today)
    households = register.households([record for record in found if record.number in kept])
    rows = [
        RegisterRow(source=source, row=record.row, change=Change.NOT_NEEDED, applied_on=town.today)
        for record in found
        if record.number not in kept
    ]
    for number, household in enumerate(households, start=1):
        rows += [_staged(source, number, record, applied.get(record.row), town) for record in household]
    RegisterRow.objects.bulk_create(rows, CHUNK)
    return len(households)


def _staged(
    source: RegisterImport, household: int, record: Record, before: RegisterRow | None, town: _Town
) -> RegisterRow:
    """The row as it is compared now. `before`: what the same row had changed when the import was broken off."""
    person, match = town.known.get(record.number), town.ours.get(record.number)
    is_child = register.is_under_school_age(record.born_on, town.today)
    reachable = tuple(each for each in record.guardians if town.may_be_guardian(each.number))
    compared = replace(record, guardians=reachable)  # one found nowhere is told of, and changes nothing
    change = register.change(compared, person.known if person else None, keeps_guardians=is_child)
    if change is Change.NEW and (match is not None or (is_child and _may_be_ours(record, town.ours))):
        change = Change.PROPOSED
    is_done = change in (Change.SAME, Change.NOT_NEEDED)
    was_done = before is not None and change is Change.SAME
    return RegisterRow(
        source=source,
        row=record.row,
        household=household,
        record=None if is_done else json.dumps(register.to_json(record)),
        person=person.person if person else match if change is Change.PROPOSED else None,
        change=before.change if was_done else change,
        missing_guardians=sum(not town.is_found(guardian.number) for guardian in record.guardians),
        applied_on=before.applied_on if was_done else town.today if is_done else None,
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
        street=record.street,
        postcode=record.postcode,
        births=births,
    )


def _may_be_ours(record: Record, ours: Mapping[str, Person]) -> bool:
    """May the row be a child we have without a number, or one whose birth nobody has recorded?

    Shape   `ours` holds those who may be the mother, and have no number here yet.
    """
    about = {"born_on": record.born_on, "birth_order": record.birth_order}
    return any(
        people.newborn_matches(mother_number=g.number, mother=ours.get(g.number), **about)
        for g in record.guardians
        if g.kind == "mother"
    )


def _stage_refused(source: RegisterImport, refused: Iterable[Refusal]) -> None:
    RegisterRow.objects.bulk_create(
        (
            RegisterRow(source=source, row=refusal.row, change=Change.REFUSED, fault=refusal.fault, field=refusal.field)
            for refusal in refused
        ),
        CHUNK,
    )
