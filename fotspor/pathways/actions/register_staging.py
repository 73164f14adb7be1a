"""Read a population register extract, and stage what it would change. Nothing about any person is changed here."""

import json
from collections.abc import Collection, Iterable, Mapping
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
from fotspor.pathways.queries.register_imports import known_people, our_children
from fotspor.pathways.rules import register
from fotspor.pathways.rules.register import Change, Record, Refusal
from fotspor.pathways.rules.register_files import BadFile, FileFault, Layout, read
from fotspor.people import queries as people
from fotspor.people.models import Person
from fotspor.people.rules import search_key
from fotspor.services.models import District

CHUNK = 500
SAYS = {
    FileFault.EMPTY: _("The file has no rows. Nothing was stored."),
    FileFault.TOO_LARGE: _("The file is too large (%(detail)s). Nothing was stored."),
    FileFault.ENCODING: _(
        "The file is not written in the encoding that the mapping names (%(detail)s). Nothing was stored."
    ),
    FileFault.CUT: _("The file seems to be cut off or broken at row %(detail)s. Nothing was stored: fetch it again."),
    FileFault.COLUMNS: _("The file lacks columns, or has one twice: %(detail)s. Nothing was stored."),
    FileFault.SPOILED: _("The file cannot be opened as a spreadsheet. Nothing was stored."),
    FileFault.MISSING_MANY: _(
        "%(detail)s of the children here are not in the file, so it may be cut off. Nothing was stored. "
        "Fetch it again, or say that so many have left."
    ),
}


class CannotUse(Refused):
    """The file as a whole cannot be used."""

    def __init__(self, fault: FileFault, detail: str = ""):
        self.fault, self.detail = fault, detail
        super().__init__(SAYS[fault] % {"detail": detail})


class MayNotImport(Refused):
    """Only those who may import."""

    def __init__(self):
        super().__init__(_("Your post does not allow this. Nothing was saved."))


def _require_import(by: Viewer) -> None:
    """May this post take in a register? Errors: MayNotImport."""
    if not by.may(Permission.IMPORT):
        raise MayNotImport


@transaction.atomic
def stage_register(
    *, content: bytes, file_name: str, layout: Layout, accepts_missing: bool = False, by: Viewer, at: datetime
) -> RegisterImport:
    """What would this file change? The same file with the same mapping is the same import, wherever it had come.

    Shape   `accepts_missing` says that somebody knows that many of our children are not in the file.
    Errors  MayNotImport; CannotUse, and then nothing is stored.
    """
    _require_import(by)
    digest = sha256(content + repr(layout).encode()).hexdigest()
    before = RegisterImport.objects.filter(digest=digest).first()
    if before is not None:
        return before
    today = timezone.localdate(at)
    rules = register.Rules(layout, _districts(), settings.IS_PRODUCTION, today)
    try:
        found, refused = register.records(read(content, layout), rules)
    except BadFile as error:
        raise CannotUse(error.fault, error.detail) from None
    missing = _missing(found, refused, layout, accepts_missing)
    source = RegisterImport.objects.create(
        file_name=file_name[-200:],
        digest=digest,
        layout=layout.slug,
        layout_version=layout.byline.version,
        is_complete=layout.file.is_complete,
        households=0,
        staged_at=at,
        staged_by_id=by.staff_id,
    )
    source.households = _stage_rows(source, found, today)
    source.save(update_fields=["households"])
    _stage_refused(source, refused)
    RegisterRow.objects.bulk_create(
        (RegisterRow(source=source, change=Change.UNMATCHED, person_id=person_id) for person_id in missing), CHUNK
    )
    log(
        type="pathways.register.staged",
        by=by,
        at=at,
        object=f"pathways.register:{source.key}",
        digest=digest,
        rows=len(found) + len(refused),
        refused=len(refused),
        missing=len(missing),
    )
    return source


def _districts() -> frozenset[str]:
    return frozenset(District.objects.values_list("code", flat=True))


def _missing(found: Iterable[Record], refused: Iterable[Refusal], layout: Layout, accepts_missing: bool) -> list[int]:
    """Which of our children are not in the file? Errors: CannotUse when they are so many that the file must be cut."""
    if not layout.file.is_complete:
        return []
    read_numbers = {blind_index(row.number) for row in (*found, *refused) if row.number}
    ours = our_children()
    missing = [person_id for person_id, index in ours if index not in read_numbers]
    if register.too_many_missing(len(missing), len(ours), layout) and not accepts_missing:
        raise CannotUse(FileFault.MISSING_MANY, f"{len(missing)}/{len(ours)}")
    return missing


def _stage_rows(source: RegisterImport, found: tuple[Record, ...], today: date) -> int:
    """Stage the rows by household. How many households are there?"""
    known = known_people([record.number for record in found], today)
    ours = _unnumbered(found, frozenset(known))
    kept = register.needed(found, frozenset(known) | frozenset(ours), today)
    in_file = {record.number for record in found}
    households = register.households([record for record in found if record.number in kept])
    rows = [
        RegisterRow(source=source, row=record.row, change=Change.NOT_NEEDED, applied_on=today)
        for record in found
        if record.number not in kept
    ]
    strangers = {g.number for record in found for g in record.guardians} - in_file
    elsewhere = known_people(list(strangers), today)
    for number, household in enumerate(households, start=1):
        for record in household:
            person, match = known.get(record.number), ours.get(record.number)
            is_child = register.is_under_school_age(record.born_on, today)
            change = register.change(record, person.known if person else None, keeps_guardians=is_child)
            if change is Change.NEW and (match is not None or (is_child and _may_be_ours(record, ours))):
                change = Change.PROPOSED
            is_done = change in (Change.SAME, Change.NOT_NEEDED)
            rows.append(
                RegisterRow(
                    source=source,
                    row=record.row,
                    household=number,
                    record=None if is_done else json.dumps(register.to_json(record)),
                    person=person.person if person else match if change is Change.PROPOSED else None,
                    change=change,
                    missing_guardians=sum(
                        g.number not in in_file and g.number not in elsewhere for g in record.guardians
                    ),
                    applied_on=today if is_done else None,
                )
            )
    RegisterRow.objects.bulk_create(rows, CHUNK)
    return len(households)


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
