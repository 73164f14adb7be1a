"""What one row of the population register says, and what it changes here. No words, no database, no clock."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from fotspor.pathways.rules.register_files import MOST_IN_A_CELL, Layout, Row
from fotspor.people import identifiers
from fotspor.people.rules import household_text

SCHOOL_HEALTH_FROM_YEARS: Final = 7  # after the summer a child turns this old nobody starts a journey for it here
LONGEST = {"given_name": 200, "family_name": 200, "street": 200, "city": 100, "postcode": 4}
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


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
    SAME = "same"
    PROPOSED = "proposed"  # may be a newborn we have without a number; somebody must say
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

    @property
    def is_resident(self) -> bool:
        return self.status is Status.RESIDENT


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
    guardians: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # number -> (kind, custody)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a row is judged by."""

    layout: Layout
    districts: frozenset[str]
    production: bool
    today: date


class _Fault(Exception):
    def __init__(self, fault: RowFault, name: str) -> None:
        self.fault, self.name = fault, name


def records(rows: Iterable[Row], rules: Rules) -> tuple[tuple[Record, ...], tuple[Refusal, ...]]:
    """What do the rows say, and which cannot be used? The second row with a number is refused, the first stands."""
    good: list[Record] = []
    bad: list[Refusal] = []
    seen: set[str] = set()
    for row in rows:
        number = ""
        try:
            number = _number(row.cells["identity_number"], "identity_number", rules)
            if number in seen:
                raise _Fault(RowFault.TWICE, "identity_number")
            seen.add(number)
            good.append(_record(row, number, rules))
        except _Fault as fault:
            bad.append(Refusal(row.number, fault.fault, fault.name, number))
    return tuple(good), tuple(bad)


def _record(row: Row, number: str, rules: Rules) -> Record:
    cells = row.cells
    _check_text(cells)
    born_on = _day(cells["born_on"], "born_on", rules)
    status = Status(_value("status", cells["status"], rules))
    protection = _value("protection", cells.get("protection", ""), rules)
    names = {name: unicodedata.normalize("NFC", cells[name]) for name in ("given_name", "family_name")}
    is_infant = (rules.today - born_on).days < 365
    if not any(names.values()) and not is_infant:
        raise _Fault(RowFault.NO_NAME, "given_name")
    district = cells["district"]
    if status is Status.RESIDENT and district not in rules.districts and (district or protection == "none"):
        raise _Fault(RowFault.DISTRICT, "district")
    if cells["postcode"] and not re.fullmatch(r"[0-9]{4}", cells["postcode"]):
        raise _Fault(RowFault.VALUE, "postcode")
    return Record(
        row=row.number,
        number=number,
        **names,
        born_on=born_on,
        sex=_value("sex", cells["sex"], rules),
        street=cells["street"],
        postcode=cells["postcode"],
        city=cells["city"],
        district=district,
        status=status,
        status_on=_day(cells["status_on"], "status_on", rules) if cells.get("status_on") else None,
        birth_order=_order(cells.get("birth_order", "")),
        protection=protection,
        address_protection=_value("address_protection", cells.get("address_protection", ""), rules),
        guardians=_guardians(cells, number, rules),
        custody=_value("custody", cells.get("custody", ""), rules),
    )


def _check_text(cells: Mapping[str, str]) -> None:
    for name, text in cells.items():
        if len(text) > LONGEST.get(name, MOST_IN_A_CELL):
            raise _Fault(RowFault.LONG, name)
        # A name that a spreadsheet would run as a formula is not a name; nothing here hands it on.
        if text.startswith(FORMULA_STARTS) or any(unicodedata.category(char) == "Cc" for char in text):
            raise _Fault(RowFault.FORMULA, name)


def _number(text: str, name: str, rules: Rules) -> str:
    # Spreadsheets drop the nought that every third number begins with.
    text = text.zfill(11) if text.isdigit() and len(text) == 10 else text
    try:
        found = identifiers.parse(text)
    except identifiers.BadIdentifier:
        raise _Fault(RowFault.BAD_NUMBER if name == "identity_number" else RowFault.GUARDIAN, name) from None
    if not identifiers.acceptable(found, production=rules.production):
        raise _Fault(RowFault.SYNTHETIC if found.is_synthetic else RowFault.NOT_SYNTHETIC, name)
    return found.number


def _day(text: str, name: str, rules: Rules) -> date:
    for pattern in ("%Y-%m-%d", *rules.layout.file.date_formats):
        try:
            day = datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a date has no zone
        except ValueError:
            continue
        if day > rules.today:
            raise _Fault(RowFault.FUTURE, name)
        if day.year < 1890:
            break
        return day
    raise _Fault(RowFault.BAD_DATE, name)


def _value(name: str, text: str, rules: Rules) -> str:
    try:
        return rules.layout.values[name][text]
    except KeyError:
        raise _Fault(RowFault.VALUE, name) from None


def _order(text: str) -> int:
    if text and not re.fullmatch(r"[1-9]", text):
        raise _Fault(RowFault.VALUE, "birth_order")
    return int(text or 1)


def _guardians(cells: Mapping[str, str], own: str, rules: Rules) -> tuple[Guardian, ...]:
    found: list[Guardian] = []
    for place in ("guardian_1", "guardian_2"):
        text = cells.get(f"{place}_number", "")
        if not text:
            continue
        number = _number(text, f"{place}_number", rules)
        if number == own or number in {guardian.number for guardian in found}:
            raise _Fault(RowFault.GUARDIAN, f"{place}_number")
        found.append(Guardian(number, _value("guardian_kind", cells.get(f"{place}_kind", ""), rules)))
    return tuple(found)


# --- who belongs together, who is needed -------------------------------------------------------------------


def is_under_school_age(born_on: date, today: date) -> bool:
    """Does the child still belong to the years up to and with the first school year?"""
    return today < date(born_on.year + SCHOOL_HEALTH_FROM_YEARS, 8, 1)


def needed(found: Sequence[Record], known: frozenset[str], today: date) -> frozenset[str]:
    """Which numbers may be kept? Children under school age, their guardians, and those we already have."""
    children = [record for record in found if record.is_resident and is_under_school_age(record.born_on, today)]
    kept = {record.number for record in children} | {g.number for child in children for g in child.guardians}
    return frozenset(record.number for record in found if record.number in kept or record.number in known)


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
        address = household_text(record.street, record.postcode) if record.protection == "none" else ""
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
        return Change.NEW if record.is_resident else Change.NOT_NEEDED
    if record.status is Status.DEAD:
        return Change.SAME if known.is_dead else Change.DEAD
    if record.status is Status.MOVED_OUT:
        return Change.SAME if known.has_moved_out else Change.MOVED
    if known.has_moved_out or has_moved(record, known):
        return Change.MOVED
    if differing(record, known) or (keeps_guardians and guardians_differ(record, known)):
        return Change.CHANGED
    return Change.SAME


def has_moved(record: Record, known: Known) -> bool:
    """Does the record name another place? Of graded people only the district is kept, so only it can differ."""
    if record.district != known.district:
        return True
    is_graded = record.protection != "none" or record.address_protection != "none"
    return not is_graded and any(getattr(record, name) != getattr(known, name) for name in WHERE)


def differing(record: Record, known: Known) -> tuple[str, ...]:
    """Which of the person's own fields differ?"""
    return tuple(name for name in COMPARED if getattr(record, name) != getattr(known, name))


def guardians_differ(record: Record, known: Known) -> bool:
    """Are the guardians, their kind or the custody others than we have? A record without any says nothing."""
    if not record.guardians:
        return False
    return {g.number: (g.kind, record.custody) for g in record.guardians} != dict(known.guardians)


def too_many_missing(missing: int, ours: int, layout: Layout) -> bool:
    """Are so many of our children not in the file that the file is more likely to be cut than they to have left?"""
    return ours >= 10 and missing * 100 > ours * layout.file.missing_percent


# --- staged rows ---------------------------------------------------------------------------------------------


def to_json(record: Record) -> dict[str, Any]:
    """The record as it is staged."""
    found = asdict(record)
    for name in ("born_on", "status_on"):
        found[name] = found[name].isoformat() if found[name] else None
    return found


def from_json(staged: Mapping[str, Any]) -> Record:
    """The record that was staged."""
    values = dict(staged)
    values["born_on"] = date.fromisoformat(values["born_on"])
    values["status_on"] = date.fromisoformat(values["status_on"]) if values["status_on"] else None
    values["status"] = Status(values["status"])
    values["guardians"] = tuple(Guardian(**guardian) for guardian in values["guardians"])
    return Record(**values)
