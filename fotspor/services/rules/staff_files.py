"""A file of staff: bytes into lines, and what each line would do here. Plain Python, no clock.

One line is one person and one post. Nothing here changes a person who is registered already.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final

from fotspor.access.rules import ROLES, sees_people
from fotspor.kit.identifiers import BadIdentifier, acceptable, parse
from fotspor.kit.tables import UTF_8, BadFile, FileFault, Line, require_size, text_lines
from fotspor.services.rules.places import overlaps, roles_for

MOST_BYTES: Final = 2_000_000
MOST_ROWS: Final = 5_000
LONGEST: Final = {"given_name": 100, "family_name": 100, "title": 100, "email": 254, "unit": 100}
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {  # the first is the documented heading
    "given_name": ("fornavn", "førenamn", "given name"),
    "family_name": ("etternavn", "etternamn", "family name"),
    "email": ("e-post", "epost", "e-mail", "email"),
    "title": ("tittel", "title"),
    "identity_number": ("fødselsnummer", "fødselsnummer eller d-nummer", "identity number"),
    "unit": ("enhet", "eining", "unit"),
    "role": ("rolle", "role"),
    "from_on": ("fra", "frå", "from"),
}
ENCODINGS: Final = (UTF_8, "cp1252")  # the second as a spreadsheet on Windows writes it
CONTROL: Final = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
OPTIONAL: Final = frozenset({"title", "identity_number", "from_on"})
ADDRESS: Final = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")
DAYS: Final = (
    re.compile(r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)"),
    re.compile(r"(?P<d>\d\d?)\.(?P<m>\d\d?)\.(?P<y>\d{4})"),
)


class RowFault(StrEnum):
    """Why one line cannot be taken in."""

    NAME = "name"
    EMAIL = "email"
    TOO_LONG = "too_long"
    TWICE = "twice"
    HAS_LEFT = "has_left"
    UNIT = "unit"
    ROLE = "role"
    ROLE_DOES_NOT_FIT = "role_does_not_fit"
    DAY = "day"
    UNIT_NOT_OPEN = "unit_not_open"
    NUMBER = "number"
    NUMBER_SYNTHETIC = "number_synthetic"
    NUMBER_REAL = "number_real"
    NUMBER_MISSING = "number_missing"
    ONESELF = "oneself"


class Does(StrEnum):
    """What a line does that may be taken in."""

    INVITES = "invites"  # somebody new: registered, given the post, and a link
    GIVES_POST = "gives_post"  # somebody registered already gets one more post
    NOTHING = "nothing"  # the person has the post


@dataclass(frozen=True, slots=True)
class StaffLine:
    """One line of the file, as it is written. `number` is what a spreadsheet shows beside it."""

    number: int
    given_name: str
    family_name: str
    email: str
    title: str
    identity_number: str
    unit: str
    role: str
    from_on: str


@dataclass(frozen=True, slots=True)
class HeldPost:
    """A post that somebody has, or has had."""

    unit_id: int
    role: str
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class KnownStaff:
    """Somebody who is registered already."""

    has_left: bool = False
    has_number: bool = False
    is_oneself: bool = False
    posts: tuple[HeldPost, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """A unit that a line may name."""

    unit_id: int
    kind: str
    signs_in: bool
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class Known:
    """What stands here already. Names and words in small letters; e-mail addresses as they are stored."""

    units: Mapping[str, KnownUnit]
    staff: Mapping[str, KnownStaff]
    roles: Mapping[str, str]  # from the word for a role, in any language, to its key
    today: date
    production: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """One line and what came of it: what it does, or every reason why it cannot."""

    line: StaffLine
    does: Does | None
    faults: tuple[RowFault, ...] = ()
    unit_id: int = 0
    role: str = ""
    from_on: date | None = None
    email: str = field(default="")


def read(content: bytes) -> tuple[StaffLine, ...]:
    """Which lines does the file hold? Comma or semicolon; UTF-8 or Windows-1252. Errors: BadFile."""
    require_size(content, MOST_BYTES)
    lines = _lines(content)
    if len(lines) < 2:
        raise BadFile(FileFault.EMPTY)
    if len(lines) - 1 > MOST_ROWS:
        raise BadFile(FileFault.TOO_MANY, str(MOST_ROWS))
    places = _places(lines[0][1])
    width = len(lines[0][1])
    found = []
    for number, cells in lines[1:]:
        if len(cells) != width:
            raise BadFile(FileFault.CUT, str(number))
        named = {name: " ".join(cells[places[name]].split()) if name in places else "" for name in COLUMNS}
        found.append(StaffLine(number=number, **named))
    return tuple(found)


def _lines(content: bytes) -> list[Line]:
    if CONTROL.search(content):  # a spreadsheet's own file, or another
        raise BadFile(FileFault.ENCODING)
    first = next(line for line in content.splitlines() if line.strip())
    delimiter = ";" if first.count(b";") >= first.count(b",") else ","
    return list(text_lines(content, delimiter=delimiter, encodings=ENCODINGS, ends=False))


def _places(heads: list[str]) -> dict[str, int]:
    """Where does each column stand? Errors: BadFile for one that is missing or stands twice."""
    names = {word: name for name, words in COLUMNS.items() for word in words}
    places: dict[str, int] = {}
    for place, head in enumerate(heads):
        name = names.get(" ".join(head.split()).lower())
        if name in places:
            raise BadFile(FileFault.COLUMNS, f"{COLUMNS[name][0]} ×2")
        if name is not None:
            places[name] = place
    missing = [words[0] for name, words in COLUMNS.items() if name not in places and name not in OPTIONAL]
    if missing:
        raise BadFile(FileFault.COLUMNS, ", ".join(missing))
    return places


def judged(lines: Iterable[StaffLine], known: Known) -> tuple[Judged, ...]:
    """What would each line do here, or why can it not be taken in? All the reasons, in the order of the columns."""
    seen: set[str] = set()
    found = []
    for line in lines:
        found.append(_judged(line, known, is_twice=line.email.lower() in seen))
        seen.add(line.email.lower())
    return tuple(found)


def _judged(line: StaffLine, known: Known, *, is_twice: bool) -> Judged:
    email, unit = line.email.lower(), known.units.get(line.unit.lower())
    role, from_on = known.roles.get(line.role.lower(), ""), _day(line.from_on, known.today)
    person = known.staff.get(email)
    faults = [
        *_about_the_person(line, person, is_twice=is_twice),
        *_about_the_post(unit, role, from_on),
        *_about_the_number(line, person, role, production=known.production),
    ]
    if faults or unit is None or from_on is None:
        return Judged(line, None, tuple(faults), email=email)
    does = Does.INVITES if person is None else Does.GIVES_POST
    if person and any(_is_same(post, unit.unit_id, role, from_on) for post in person.posts):
        does = Does.NOTHING
    return Judged(line, does, (), unit.unit_id, role, from_on, email)


def _about_the_person(line: StaffLine, person: KnownStaff | None, *, is_twice: bool) -> list[RowFault]:
    faults = []
    if not line.given_name or not line.family_name:
        faults.append(RowFault.NAME)
    if not ADDRESS.fullmatch(line.email):
        faults.append(RowFault.EMAIL)
    if any(len(getattr(line, name)) > most for name, most in LONGEST.items()):
        faults.append(RowFault.TOO_LONG)
    if is_twice:
        faults.append(RowFault.TWICE)
    if person and person.has_left:
        faults.append(RowFault.HAS_LEFT)
    return faults


def _about_the_post(unit: KnownUnit | None, role: str, from_on: date | None) -> list[RowFault]:
    faults = []
    if unit is None:
        faults.append(RowFault.UNIT)
    if not role:
        faults.append(RowFault.ROLE)
    elif unit and (not unit.signs_in or role not in roles_for(unit.kind)):
        faults.append(RowFault.ROLE_DOES_NOT_FIT)
    if from_on is None:
        faults.append(RowFault.DAY)
    elif unit and (unit.from_on > from_on or (unit.until_on is not None and unit.until_on <= from_on)):
        faults.append(RowFault.UNIT_NOT_OPEN)
    return faults


def _about_the_number(line: StaffLine, person: KnownStaff | None, role: str, *, production: bool) -> list[RowFault]:
    opens_records = role in ROLES and sees_people(role)
    if opens_records and person and person.is_oneself:
        return [RowFault.ONESELF]
    if not line.identity_number:
        has_number = person is not None and person.has_number
        return [RowFault.NUMBER_MISSING] if opens_records and not has_number else []
    try:
        identifier = parse(line.identity_number)
    except BadIdentifier:
        return [RowFault.NUMBER]
    if not acceptable(identifier, production=production):
        return [RowFault.NUMBER_SYNTHETIC if production else RowFault.NUMBER_REAL]
    # A person who is registered is never changed by a file, so her number is not taken from it.
    return [RowFault.NUMBER_MISSING] if opens_records and person and not person.has_number else []


def _day(written: str, today: date) -> date | None:
    """From which day is the post? Today when nothing is written; None when it is no date."""
    if not written:
        return today
    for form in DAYS:
        if match := form.fullmatch(written):
            try:
                day = date(int(match["y"]), int(match["m"]), int(match["d"]))
            except ValueError:
                return None
            return day if day.year >= 1900 else None
    return None


def _is_same(post: HeldPost, unit_id: int, role: str, from_on: date) -> bool:
    return (post.unit_id, post.role) == (unit_id, role) and overlaps(post.from_on, post.until_on, from_on, None)
