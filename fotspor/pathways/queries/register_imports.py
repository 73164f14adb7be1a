"""Register imports as an administrator sees them, and people as they are compared with a register."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.db.models import Count, Max, Sum
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from fotspor.access.rules import Permission, Viewer
from fotspor.kit.definitions import load
from fotspor.kit.encryption import blind_index
from fotspor.pathways.models import RegisterImport, RegisterRow
from fotspor.pathways.rules.register import Change, Known
from fotspor.pathways.rules.register_files import Layout
from fotspor.people.models import Departure, Guardianship, Journey, Person, Pregnancy

CHUNK = 500
DEFAULT_LAYOUT = Path(__file__).resolve().parents[1] / "definitions" / "register" / "default.toml"


@cache
def default_layout() -> Layout:
    """The documented layout: docs/how-to/import-people.md."""
    return load(Layout, DEFAULT_LAYOUT)


# --- what a row is compared with -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """One person we have, as the register's rules look at her."""

    person: Person
    known: Known


def known_numbers(numbers: Sequence[str]) -> tuple[frozenset[str], frozenset[str]]:
    """Which of these numbers do we have, and which are of entries that were joined into others? Looks at nobody."""
    kept: set[str] = set()
    joined: set[str] = set()
    for chunk in _chunks(list(numbers)):
        by_index = {blind_index(number): number for number in chunk}
        found = Person.objects.filter(identity_index__in=by_index).values_list("identity_index", "merged_into")
        for index, merged_into in found:
            (kept if merged_into is None else joined).add(by_index[index])
    return frozenset(kept), frozenset(joined)


def known_people(numbers: Sequence[str], on: date) -> dict[str, KnownPerson]:
    """Which of these numbers do we have? Asks no permission: only for the import, which logs what it does."""
    found: dict[str, KnownPerson] = {}
    for chunk in _chunks(list(numbers)):
        by_index = {blind_index(number): number for number in chunk}
        people = list(
            Person.objects.filter(identity_index__in=by_index, merged_into=None).select_related("district", "journey")
        )
        ids = [person.pk for person in people]
        guardians = _guardians(ids, on)
        ongoing = Pregnancy.objects.filter(mother_id__in=ids, outcome=Pregnancy.Outcome.ONGOING)
        expecting = set(ongoing.values_list("mother_id", flat=True))
        lived = _lived_at(ids)
        for person in people:
            known = _known(person, guardians.get(person.pk, {}), expecting, lived.get(person.pk))
            found[by_index[person.identity_index]] = KnownPerson(person, known)
    return found


def _lived_at(ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """Where did those live whose journey was closed by a move out that somebody here recorded?"""
    away = Departure.objects.filter(person__in=ids, recorded_by__isnull=False).values_list(
        "person", "recorded_at", "street", "postcode", "city", "dwelling", "district__code"
    )
    rows = {(pk, at): (*place, district or "") for pk, at, *place, district in away}
    who = Coalesce("child", "pregnancy__mother")
    closed = Journey.objects.filter(close_reason=Journey.CloseReason.MOVED, closed_at__in=[at for _pk, at in rows])
    pairs = set(closed.annotate(who=who).values_list("who", "closed_at")) if rows else set()
    return {pk: place for (pk, at), place in rows.items() if (pk, at) in pairs}


def _known(
    person: Person,
    guardians: dict[str, tuple[str, str]],
    expecting: Collection[int],
    lived_at: tuple[str, ...] | None,
) -> Known:
    journey = getattr(person, "journey", None)
    return Known(
        given_name=person.given_name,
        family_name=person.family_name,
        born_on=person.born_on,
        sex=person.sex,
        street=person.street,
        dwelling=person.dwelling,
        postcode=person.postcode,
        city=person.city,
        district=person.district.code if person.district_id else "",
        protection=person.protection,
        address_protection=person.address_protection,
        is_dead=person.died_on is not None,
        has_open_journey=journey is not None and journey.closed_on is None,
        has_moved_out=journey is not None and journey.close_reason == Journey.CloseReason.MOVED,
        is_expecting=person.pk in expecting,
        lived_at=lived_at,
        guardians=guardians,
    )


def _guardians(children: Sequence[int], on: date) -> dict[int, dict[str, tuple[str, str]]]:
    found: dict[int, dict[str, tuple[str, str]]] = {}
    rows = Guardianship.objects.in_force(on).filter(child_id__in=children, guardian__identity_index__isnull=False)
    for row in rows.select_related("guardian"):
        found.setdefault(row.child_id, {})[row.guardian.identity_number] = (row.kind, row.custody)
    return found


def our_children() -> list[tuple[int, str]]:
    """Which children have an open journey and a number: (person id, blind index)? For the import's own comparison."""
    rows = Journey.objects.open().filter(child__identity_index__isnull=False, child__died_on=None)
    return list(rows.values_list("child_id", "child__identity_index"))


def rows_before(layout: str) -> int | None:
    """How many rows had the newest whole file of this layout that was taken in? None: there has been none."""
    whole = RegisterImport.objects.filter(layout=layout, is_complete=True, finished_on__isnull=False).first()
    if whole is None:
        return None
    return whole.rows.exclude(row=None).count() if whole.rows_read is None else whole.rows_read


def is_superseded(source: RegisterImport) -> bool:
    """Has a newer file been taken in while this one waited?"""
    newer = RegisterImport.objects.filter(staged_at__gt=source.staged_at, finished_on__isnull=False)
    return source.finished_on is None and newer.exists()


def _chunks(numbers: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(numbers), CHUNK):
        yield numbers[start : start + CHUNK]


# --- what an administrator sees ------------------------------------------------------------------------------


COLUMNS = {
    "identity_number": _("Identity number"),
    "given_name": _("Given name"),
    "family_name": _("Family name"),
    "born_on": _("Birth date"),
    "sex": _("Sex"),
    "street": _("Street"),
    "dwelling": _("Dwelling number"),
    "postcode": _("Postcode"),
    "city": _("Postal town"),
    "district": _("District code"),
    "status": _("Status"),
    "status_on": _("Date of the status"),
    "birth_order": _("Birth order"),
    "protection": _("Protection grade"),
    "address_protection": _("Protection grade of the address"),
    "guardian_1_number": _("First guardian"),
    "guardian_2_number": _("Second guardian"),
    "guardian_kind": _("Kind of guardian"),
    "custody": _("Parental responsibility"),
}


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """One row that could not be used."""

    row: int
    column: Any  # its word, or nothing when it is about the whole row
    reason: str


@dataclass(frozen=True, slots=True)
class Preview:
    """One import: how many rows do what, which were refused, which somebody must say something about."""

    source: RegisterImport
    counts: tuple[tuple[str, str, int], ...]  # (change, its word, how many), in a fixed order
    refused: tuple[RefusedLine, ...]
    proposed: tuple[RegisterRow, ...]  # may be newborns
    people: tuple[RegisterRow, ...]  # may be somebody else who is here without a number
    households_left: int
    missing_guardians: int
    is_superseded: bool  # a newer file has been taken in while this one waited

    @property
    def may_apply(self) -> bool:
        return not self.is_superseded and (self.households_left > 0 or not self.is_finished)

    @property
    def households_done(self) -> int:
        return self.source.households - self.households_left

    @property
    def is_finished(self) -> bool:
        return self.source.finished_on is not None


MOST_SHOWN = 200


def register_imports(*, viewer: Viewer) -> list[RegisterImport]:
    """Which files have been taken in or staged, newest first? None for those who may not import."""
    if not viewer.may(Permission.IMPORT):
        return []
    return list(RegisterImport.objects.filter(is_whole=True).select_related("staged_by")[:50])


def last_applied_on() -> date | None:
    """When was a whole file from the register last taken in to the end? Asks no permission: no person is in it."""
    return RegisterImport.objects.aggregate(last=Max("finished_on"))["last"]


def register_import_by_key(*, viewer: Viewer, key: str) -> RegisterImport:
    """Which import is at this address? Errors: Http404, also for those who may not import."""
    found = RegisterImport.objects.filter(key=key, is_whole=True).first() if viewer.may(Permission.IMPORT) else None
    if found is None:
        raise Http404
    return found


def preview(*, viewer: Viewer, key: str) -> Preview:
    """What would this import change, or what has it changed? Rows and reasons, never names or numbers."""
    source = register_import_by_key(viewer=viewer, key=key)
    counted = Counter(dict(source.rows.order_by().values_list("change").annotate(Count("pk"))))
    shown = source.rows.defer("record").order_by("row")
    waiting = shown.filter(change=Change.PROPOSED, applied_on=None)
    return Preview(
        source=source,
        counts=tuple((kind.value, kind.label, counted[kind.value]) for kind in RegisterRow.Kind),
        refused=tuple(
            RefusedLine(row.row, COLUMNS.get(row.field, row.field), row.get_fault_display())
            for row in shown.filter(change=Change.REFUSED)[:MOST_SHOWN]
        ),
        proposed=tuple(waiting.filter(person=None)[:MOST_SHOWN]),
        people=tuple(waiting.filter(person__isnull=False)[:MOST_SHOWN]),
        households_left=source.rows.waiting().values("household").distinct().count(),
        missing_guardians=source.rows.aggregate(all=Sum("missing_guardians"))["all"] or 0,
        is_superseded=is_superseded(source),
    )


def proposal(*, viewer: Viewer, key: str, row: int) -> RegisterRow:
    """Which proposal is at this row? Errors: Http404 for another row, or one that has been answered."""
    source = register_import_by_key(viewer=viewer, key=key)
    found = source.rows.filter(row=row, change=Change.PROPOSED, applied_on=None).first()
    if found is None:
        raise Http404
    return found
