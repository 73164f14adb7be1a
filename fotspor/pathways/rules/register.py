"""What one row of the population register says, and what it changes here. No words, no database, no clock."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any, Final

from fotspor.pathways.rules.register_files import Layout
from fotspor.people.rules import household_text

SCHOOL_HEALTH_FROM_YEARS: Final = 7  # after the summer a child turns this old nobody starts a journey for it here


class Status(StrEnum):
    """What the register says of somebody."""

    RESIDENT = "resident"
    MOVED_OUT = "moved_out"
    DEAD = "dead"


class RowFault(StrEnum):
    """Why one row cannot be used. The others still can."""

    BAD_NUMBER = "bad_number"
    SYNTHETIC = "synthetic"
    NOT_SYNTHETIC = "not_synthetic"
    TWICE = "twice"
    BAD_DATE = "bad_date"
    FUTURE = "future"
    DISTRICT = "district"
    VALUE = "value"
    NO_NAME = "no_name"
    LONG = "long"
    FORMULA = "formula"
    GUARDIAN = "guardian"
    NOT_APPLIED = "not_applied"  # the records refused it when it was applied


class Change(StrEnum):
    """What a row does here."""

    NEW = "new"
    CHANGED = "changed"
    MOVED = "moved"
    DEAD = "dead"
    ALIVE = "alive"  # registered as dead here, and a resident in the register; somebody must find out
    STAYED = "stayed"  # moved out, somebody here wrote, and a resident where they lived in the register; the same
    SAME = "same"
    PROPOSED = "proposed"  # may be somebody we have without a number; somebody must say
    UNMATCHED = "unmatched"  # we have the child; the file has not
    REFUSED = "refused"
    NOT_NEEDED = "not_needed"  # neither a child under school age, nor the guardian of one, nor known here


@dataclass(frozen=True, slots=True)
class Guardian:
    """Who has a child in the register's eyes."""

    number: str
    kind: str


@dataclass(frozen=True, slots=True)
class Record:
    """One person as the register has it."""

    row: int
    number: str
    given_name: str
    family_name: str
    born_on: date
    sex: str
    street: str
    postcode: str
    city: str
    district: str
    status: Status
    status_on: date | None = None
    birth_order: int = 1
    protection: str = "none"
    address_protection: str = "none"
    guardians: tuple[Guardian, ...] = ()
    custody: str = "unknown"
    dwelling: str | None = None  # None: the file does not say, and what stands here stands
    is_guardian: bool = False  # of a child in the same file whom we follow

    @property
    def is_resident(self) -> bool:
        return self.status is Status.RESIDENT

    @property
    def is_graded(self) -> bool:
        """Is no address of this person kept?"""
        return self.protection != "none" or self.address_protection != "none"

    @property
    def is_elsewhere(self) -> bool:
        """Does the register have this person at an address outside our districts?"""
        return self.is_resident and not self.district and self.protection == "none"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row that cannot be used, and why. `field` names the column by the layout's own name."""

    row: int
    fault: RowFault
    field: str = ""
    number: str = ""  # when it could be read: whoever has it is not «not in the file»


@dataclass(frozen=True, slots=True)
class Known:
    """One person as we have them: what a record is compared with."""

    given_name: str
    family_name: str
    born_on: date | None
    sex: str
    street: str
    postcode: str
    city: str
    district: str
    protection: str
    address_protection: str
    is_dead: bool
    has_open_journey: bool
    has_moved_out: bool = False
    is_expecting: bool = False
    dwelling: str = ""
    lived_at: tuple[str, ...] | None = None  # WHERE, dwelling, district: before a move out that somebody here recorded
    guardians: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # number -> (kind, custody)


# --- who belongs together, who is needed -------------------------------------------------------------------


def is_under_school_age(born_on: date, today: date) -> bool:
    """Does the child still belong to the years up to and with the first school year?"""
    return today < date(born_on.year + SCHOOL_HEALTH_FROM_YEARS, 8, 1)


def guardians_of(found: Iterable[Record], today: date) -> frozenset[str]:
    """Who are the guardians of the children in the file whom we follow?"""
    children = (record for record in found if record.is_resident and is_under_school_age(record.born_on, today))
    return frozenset(guardian.number for child in children for guardian in child.guardians)


def with_guardians(found: Sequence[Record], today: date) -> tuple[Record, ...]:
    """The same records, each saying whether it is the guardian of a child we follow."""
    named = guardians_of(found, today)
    return tuple(replace(record, is_guardian=True) if record.number in named else record for record in found)


def needed(found: Sequence[Record], known: frozenset[str], today: date) -> frozenset[str]:
    """Which numbers may be kept? Children under school age, their guardians, and those we already have."""
    kept = {r.number for r in found if r.is_resident and is_under_school_age(r.born_on, today)}
    kept |= guardians_of(found, today)
    return frozenset(record.number for record in found if record.number in kept or record.number in known)


def births(found: Iterable[Record]) -> dict[str, tuple[date, ...]]:
    """When were the children born who name this number as their mother's?"""
    days: dict[str, tuple[date, ...]] = {}
    for record in found:
        for guardian in record.guardians:
            if guardian.kind == "mother":
                days[guardian.number] = (*days.get(guardian.number, ()), record.born_on)
    return days


def households(found: Sequence[Record]) -> tuple[tuple[Record, ...], ...]:
    """Who is taken in together? People at one address, and children with their guardians; adults before children."""
    chief: dict[str, str] = {}

    def head(name: str) -> str:
        chief.setdefault(name, name)
        while chief[name] != name:
            chief[name] = chief[chief[name]]
            name = chief[name]
        return name

    for record in found:
        address = household_text(record.street, record.postcode, record.dwelling or "")
        address = address if record.protection == "none" else ""
        for tie in ([f"at:{address}"] if address else []) + [guardian.number for guardian in record.guardians]:
            chief[head(tie)] = head(record.number)
    groups: dict[str, list[Record]] = {}
    for record in found:
        groups.setdefault(head(record.number), []).append(record)
    return tuple(tuple(sorted(group, key=lambda r: (r.born_on, r.row))) for group in groups.values())


# --- what a record changes -----------------------------------------------------------------------------------

COMPARED: Final = ("given_name", "family_name", "born_on", "sex", "protection", "address_protection")
WHERE: Final = ("street", "postcode", "city")  # of graded people no address is kept, so none is compared


def change(record: Record, known: Known | None, *, keeps_guardians: bool) -> Change:
    """What does this record change? `keeps_guardians`: it is a child whose guardians we follow."""
    if known is None:
        lives = record.status is not Status.DEAD
        return Change.NEW if record.is_resident or (lives and record.is_guardian) else Change.NOT_NEEDED
    if known.is_dead:
        return Change.ALIVE if record.is_resident else Change.SAME
    if record.status is Status.DEAD:
        return Change.DEAD
    if record.status is Status.MOVED_OUT:
        if not has_left(record, known):
            return Change.MOVED
        return Change.CHANGED if record.is_guardian and differing(record, known) else Change.SAME
    if known.lived_at is not None and lives_where(record, known.lived_at):
        return Change.STAYED
    if known.has_moved_out or has_moved(record, known):
        return Change.MOVED
    if differing(record, known) or (keeps_guardians and guardians_differ(record, known)):
        return Change.CHANGED
    return Change.SAME


def lives_where(record: Record, lived_at: tuple[str, ...]) -> bool:
    """Does the register have somebody where they lived before they left? Of graded people only the district counts."""
    *place, dwelling, district = lived_at
    same = [getattr(record, name) for name in WHERE] == place and not _is_other_flat(record.dwelling, dwelling)
    return record.district == district and (record.is_graded or same)


def has_left(record: Record, known: Known) -> bool:
    """Do we know already that somebody whom the register has as moved out has left?"""
    is_followed = known.has_open_journey or known.is_expecting
    return known.has_moved_out or not (is_followed or has_moved(record, known))


def has_moved(record: Record, known: Known) -> bool:
    """Does the record name another place? Of graded people only the district is kept, so only it can differ."""
    if record.district != known.district:
        return True
    is_same_house = all(getattr(record, name) == getattr(known, name) for name in WHERE)
    return not record.is_graded and (not is_same_house or _is_other_flat(record.dwelling, known.dwelling))


def _is_other_flat(said: str | None, had: str) -> bool:
    """Are two flats named? One that is written down for the first time is no move."""
    return bool(said and had) and said != had


def dwelling_after(record: Record, where: Sequence[str], dwelling: str) -> str:
    """Which flat stands when the record's address is taken over? A file that does not say leaves it, in one house."""
    if record.dwelling is not None:
        return record.dwelling
    return dwelling if [getattr(record, name) for name in WHERE] == list(where) else ""


def differing(record: Record, known: Known) -> tuple[str, ...]:
    """Which of the person's own fields differ? The flat too, in the house where we have them."""
    found = tuple(name for name in COMPARED if getattr(record, name) != getattr(known, name))
    is_here = not record.is_graded and all(getattr(record, name) == getattr(known, name) for name in WHERE)
    return (*found, "dwelling") if is_here and record.dwelling not in (None, known.dwelling) else found


def guardians_differ(record: Record, known: Known) -> bool:
    """Are the guardians, their kind or the custody others than we have? A record without any says nothing."""
    if not record.guardians:
        return False
    return {g.number: (g.kind, record.custody) for g in record.guardians} != dict(known.guardians)


def too_many_missing(missing: int, ours: int, layout: Layout) -> bool:
    """Are so many of our children not in the file that the file is more likely to be cut than they to have left?"""
    return ours >= 10 and missing * 100 > ours * layout.file.missing_percent


def too_many_guardians_missing(named: int, nowhere: int, layout: Layout) -> bool:
    """Are so many of the guardians that children name found nowhere that their rows must have been cut away?"""
    return named >= 10 and nowhere * 100 > named * layout.file.guardians_percent


def has_shrunk(rows: int, rows_before: int, layout: Layout) -> bool:
    """Has the file so many rows fewer than the whole one before it that it is more likely to be cut?"""
    return rows_before >= 10 and (rows_before - rows) * 100 > rows_before * layout.file.shrunk_percent


# --- staged rows ---------------------------------------------------------------------------------------------


NAMES: Final = tuple(each.name for each in fields(Record))


def to_json(record: Record) -> dict[str, Any]:
    """The record as it is staged."""
    found: dict[str, Any] = {name: getattr(record, name) for name in NAMES}
    for name in ("born_on", "status_on"):
        found[name] = found[name].isoformat() if found[name] else None
    found["guardians"] = [{"number": each.number, "kind": each.kind} for each in record.guardians]
    return found


def from_json(staged: Mapping[str, Any]) -> Record:
    """The record that was staged."""
    values = dict(staged)
    values["born_on"] = date.fromisoformat(values["born_on"])
    values["status_on"] = date.fromisoformat(values["status_on"]) if values["status_on"] else None
    values["status"] = Status(values["status"])
    values["guardians"] = tuple(Guardian(**guardian) for guardian in values["guardians"])
    return Record(**values)
