"""The rows of a population register's file: what each says of one person, or why it cannot be used."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from fotspor.pathways.rules.register import Guardian, Record, Refusal, RowFault, Status, is_under_school_age
from fotspor.pathways.rules.register_files import MOST_IN_A_CELL, Layout, Row
from fotspor.people import identifiers
from fotspor.people.rules import dwelling_number

LONGEST = {"given_name": 200, "family_name": 200, "street": 200, "city": 100}
CONTROL: Final = re.compile("[\x00-\x1f\x7f-\x9f]")  # Unicode's own class of them, Cc
ISO: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")


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
    is_child = is_under_school_age(born_on, rules.today)
    return Record(
        row=row.number,
        number=number,
        given_name=names["given_name"],
        family_name=names["family_name"],
        born_on=born_on,
        sex=_value("sex", cells["sex"], rules),
        street=cells["street"],
        dwelling=_dwelling(cells.get("dwelling"), status),
        postcode=_postcode(cells["postcode"], status),
        city=cells["city"],
        district=_district(cells["district"], status, rules, must=is_child and protection == "none"),
        status=status,
        status_on=_day(cells["status_on"], "status_on", rules) if cells.get("status_on") else None,
        birth_order=_order(cells.get("birth_order", "")),
        protection=protection,
        address_protection=_value("address_protection", cells.get("address_protection", ""), rules),
        guardians=_guardians(cells, number, rules),
        custody=_value("custody", cells.get("custody", ""), rules),
    )


def _postcode(text: str, status: Status) -> str:
    """Four digits; of an address outside the municipality, another country's is left out."""
    if not text or re.fullmatch(r"[0-9]{4}", text):
        return text
    if status is Status.RESIDENT:
        raise _Fault(RowFault.VALUE, "postcode")
    return ""


def _dwelling(text: str | None, status: Status) -> str | None:
    """The flat; None when the file has no such column. Of an address elsewhere, one that is none is left out."""
    if text is None:
        return None
    try:
        return dwelling_number(text)
    except ValueError:
        if status is Status.RESIDENT:
            raise _Fault(RowFault.VALUE, "dwelling") from None
        return ""


def _district(code: str, status: Status, rules: Rules, *, must: bool) -> str:
    """Which of our districts is it? None for those who live elsewhere, as a child's guardian may.

    Shape   `must`: a child that is to be followed here is refused instead, since no unit would serve it.
    """
    if status is not Status.RESIDENT:
        return ""
    if code in rules.districts:
        return code
    # Spreadsheets drop the nought in front of a code too.
    shortened = [each for each in rules.districts if code and each.isdigit() and each.lstrip("0") == code]
    if len(shortened) == 1:
        return shortened[0]
    if must:
        raise _Fault(RowFault.DISTRICT, "district")
    return ""


def _check_text(cells: Mapping[str, str]) -> None:
    for name, text in cells.items():
        if len(text) > LONGEST.get(name, MOST_IN_A_CELL):
            raise _Fault(RowFault.LONG, name)
        # A name that a spreadsheet would run as a formula is not a name; nothing here hands it on.
        if text.startswith(FORMULA_STARTS) or CONTROL.search(text):
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
            day = _read_day(text, pattern)
        except ValueError:
            continue
        if day > rules.today:
            raise _Fault(RowFault.FUTURE, name)
        if day.year < 1890:
            break
        return day
    raise _Fault(RowFault.BAD_DATE, name)


def _read_day(text: str, pattern: str) -> date:
    """Errors: ValueError."""
    if pattern == "%Y-%m-%d" and ISO.fullmatch(text):
        return date.fromisoformat(text)  # ten times as fast
    return datetime.strptime(text, pattern).date()  # noqa: DTZ007 - a date has no zone


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
