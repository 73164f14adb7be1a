"""Press a life that has been lived through the actions into many like it: other people, elsewhere, the same history.

Nothing of what the actions do is done again here, and no table is named that need not be. A row is copied as it
stands but for what says who and where: primary and foreign keys, opaque keys wherever they are written, names, numbers
and addresses, units and staff, and the running numbers of the register's files.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models

from fotspor.access.models import AuditEvent
from fotspor.kit.bulk import write
from fotspor.kit.encryption import EncryptedTextField, blind_index
from fotspor.kit.models import new_key
from fotspor.pathways.models import Contact, RegisterImport, RegisterRow
from fotspor.people import identifiers
from fotspor.people.models import Departure, Person
from fotspor.people.rules import household_text
from fotspor.services.models import Unit
from fotspor.simulation.families import Address, Family
from fotspor.simulation.lives import AROUND, KEY, Life, Table
from fotspor.simulation.people import Made
from fotspor.worklist.actions import LEADER_MARK

APPLIED = "pathways.register.household_applied"


class CannotPress(ValueError):
    """The life holds something that a copy of it would not know what to do with."""


@dataclass(frozen=True, slots=True)
class Move:
    """From one district to another: whom and what is met there instead, by id and by whatever else names it."""

    ids: Mapping[tuple[Table, int], int]
    names: Mapping[str, str]  # keys of units and staff, and names of units


@dataclass(slots=True)
class Copy:
    """One life that is being pressed: what its slots are filled from."""

    first: dict[Table, int]  # id of its first row in each table
    keys: list[str]
    move: Move
    people: list[dict[str, Any]]
    households: dict[int, int]  # by file of the register: number of its first household there
    rows: dict[int, int]


Slot = Callable[[Copy], Any]


@dataclass(slots=True)
class Row:
    """One row to press: its values as the database takes them, and which of them are filled in for each copy."""

    values: list[Any]
    slots: list[tuple[int, Slot]] = field(default_factory=list)

    def press(self, copy: Copy) -> list[Any]:
        values = self.values.copy()
        for place, fill in self.slots:
            values[place] = fill(copy)
        return values


class Pattern:
    """A life made ready to be pressed again and again."""

    def __init__(self, life: Life, named: Collection[str]) -> None:
        """`named` are the names and keys that a move replaces."""
        self.family, self.size, self._named = life.family, life.size, named
        self._places = {
            (table, row["id"]): place for table, rows in life.rows.items() for place, row in enumerate(rows)
        }
        keys = [row["key"] for rows in life.rows.values() for row in rows if "key" in row]
        self._keys = {key: place for place, key in enumerate(keys)}
        self._households, self._file_rows = _numbered(life)
        self._members = _members(life)
        words = [re.escape(name) for name in sorted(named, key=len, reverse=True) if not KEY.fullmatch(name)]
        self._token = re.compile("|".join([KEY.pattern, *words, rf"{LEADER_MARK}\d+"]))
        self.rows = {table: [self._row(table, row) for row in rows] for table, rows in life.rows.items()}
        self.households = {source: len(numbers) for source, numbers in self._households.items()}
        self.file_rows = {source: len(numbers) for source, numbers in self._file_rows.items()}
        open_ = [row for row in life.rows.get(Contact, ()) if row["booked_staff_id"] and not row["outcome"]]
        self.booked = [(row["booked_staff_id"], row["booked_on"], row["booked_time"]) for row in open_]
        self.children = sum(self._members.get(row["id"], 0) >= _adults(life.family) for row in life.rows[Person])

    @property
    def key_count(self) -> int:
        return len(self._keys)

    def _row(self, table: Table, row: dict[str, Any]) -> Row:
        made = Row([])
        for place, column in enumerate(table._meta.concrete_fields):
            value = row[column.attname]
            fill = self._slot(table, column, value, row)
            if fill is not None:
                made.slots.append((place, fill))
            made.values.append(None if fill else column.get_db_prep_save(value, connection))
        return made

    def _slot(self, table: Table, column: models.Field, value: Any, row: dict[str, Any]) -> Slot | None:
        """What is filled in here for each copy? None when every copy has the same."""
        if table is Person and column.attname in PERSONAL:
            return self._personal(column.attname, row, row["id"])
        if table is Departure and column.attname in ADDRESS:
            return self._personal(column.attname, row, row["person_id"])
        if value is None:
            return None
        if column.primary_key:
            return self._id(table, value)
        if isinstance(column, models.ForeignKey):
            return self._foreign(column.related_model, value)
        if table is RegisterRow and column.name in ("row", "household"):
            return self._running_number(column.name, row["source_id"], value)
        if table is AuditEvent and column.name == "facts" and row["type"] == APPLIED:
            return self._household_applied(row)
        if table is AuditEvent and column.name == "once":
            raise CannotPress("A look is logged once; a copy of it would be another's look.")
        if isinstance(column, EncryptedTextField):
            if column.name == "record" or self._text(value) is not None:
                raise CannotPress("What stands encrypted says who it is about.")
            return None
        if isinstance(column, models.JSONField):
            return self._json(column, value)
        return self._text(value) if isinstance(value, str) else None

    # --- keys ----------------------------------------------------------------------------------------------

    def _id(self, table: Table, pk: int) -> Slot:
        place = self._places[(table, pk)]
        return lambda copy: copy.first[table] + place

    def _foreign(self, table: Table, pk: int) -> Slot | None:
        if (table, pk) in self._places:
            return self._id(table, pk)
        if table not in AROUND:
            raise CannotPress(f"{table._meta.label} is not of this life, and not of what surrounds it.")
        return None if table is RegisterImport else lambda copy: copy.move.ids.get((table, pk), pk)

    def _text(self, text: str) -> Slot | None:
        """Text in which a key, or the name of a unit, is written."""
        parts: list[str | Slot] = []
        end = 0
        for found in self._token.finditer(text):
            fill = self._word(found[0])
            if fill is not None:
                parts += [text[end : found.start()], fill]
                end = found.end()
        if not parts:
            return None
        parts.append(text[end:])
        return lambda copy: "".join(part if isinstance(part, str) else part(copy) for part in parts)

    def _word(self, word: str) -> Slot | None:
        if word in self._keys:
            place = self._keys[word]
            return lambda copy: copy.keys[place]
        if word in self._named:
            return lambda copy: copy.move.names.get(word, word)
        if word.startswith(LEADER_MARK):
            pk = int(word.removeprefix(LEADER_MARK))
            return lambda copy: f"{LEADER_MARK}{copy.move.ids.get((Unit, pk), pk)}"
        return None

    def _json(self, column: models.JSONField, value: Any) -> Slot | None:
        fill = self._text(json.dumps(value, cls=column.encoder, ensure_ascii=False))
        if fill is None:
            return None
        if _is_in_order(value):  # the actions store keys in order; other keys have another
            return lambda copy: json.dumps(sorted(json.loads(fill(copy))))
        return lambda copy: fill(copy)

    # --- the register's files ------------------------------------------------------------------------------

    def _running_number(self, name: str, source: int, number: int) -> Slot:
        if name == "row":
            place = self._file_rows[source].index(number)
            return lambda copy: copy.rows[source] + place
        place = self._households[source].index(number)
        return lambda copy: copy.households[source] + place

    def _household_applied(self, row: dict[str, Any]) -> Slot | None:
        source = RegisterImport.objects.get(key=row["object"].partition(":")[2]).pk
        place = self._households[source].index(row["facts"]["household"])
        return lambda copy: json.dumps({**row["facts"], "household": copy.households[source] + place})

    # --- people --------------------------------------------------------------------------------------------

    def _personal(self, name: str, row: dict[str, Any], person_id: int) -> Slot | None:
        who = self._members.get(person_id)
        if who is None:
            raise CannotPress("Somebody in this life is none of the family.")
        if name in ADDRESS and not row["street"]:
            return None  # nobody gets an address who has none
        return lambda copy: copy.people[who][name]


# --- what a life says of itself ------------------------------------------------------------------------------

ADDRESS = {"street", "dwelling", "postcode", "household"}
PERSONAL = ADDRESS | {
    "identity_number",
    "identity_index",
    "identity_kind",
    "given_name",
    "family_name",
    "search_name",
    "sort_name",
    "born_on",
}


def people_of(family: Family) -> list[tuple[Made, Address]]:
    """Who belongs to the family, in the order in which a copy's people are numbered, and where do they live?"""
    adults = [made for made in (family.mother, family.other) if made is not None]
    children = [
        Made(child.given_name, family.mother.family_name, family.born_on, child.sex, child.number)
        for child in family.children
    ]
    return [(made, family.home_of(made)) for made in adults] + [(made, family.home) for made in children]


def _adults(family: Family) -> int:
    return 1 if family.other is None else 2


def columns_of(made: Made, home: Address) -> dict[str, Any]:
    """What says, in a person's row, who it is and where she lives? As the database takes it."""
    person = Person(
        identity_number=made.number,
        identity_index=blind_index(made.number),
        identity_kind=identifiers.parse(made.number).kind.value,
        given_name=made.given_name,
        family_name=made.family_name,
        born_on=made.born_on,
        street=home.street,
        dwelling=home.dwelling,
        postcode=home.postcode,
        household=blind_index(f"household:{household_text(home.street, home.postcode, home.dwelling)}"),
    )
    person.be_found_as(made.given_name, made.family_name)
    columns = (Person._meta.get_field(name) for name in PERSONAL)
    return {c.attname: c.get_db_prep_save(getattr(person, c.attname), connection) for c in columns}


def _members(life: Life) -> dict[int, int]:
    """Which of the family is each person's row?"""
    places = {blind_index(made.number): place for place, (made, _home) in enumerate(people_of(life.family))}
    return {row["id"]: places[row["identity_index"]] for row in life.rows[Person] if row["identity_index"] in places}


def _numbered(life: Life) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Which households and rows are the life's in each file of the register, in order?"""
    households: dict[int, set[int]] = {}
    rows: dict[int, set[int]] = {}
    for row in life.rows.get(RegisterRow, ()):
        for numbers, number in ((households, row["household"]), (rows, row["row"])):
            numbers.setdefault(row["source_id"], set()).update([] if number is None else [number])
    return {s: sorted(n) for s, n in households.items()}, {s: sorted(n) for s, n in rows.items()}


def _is_in_order(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value) and value == sorted(value)


# --- writing -------------------------------------------------------------------------------------------------


class Press:
    """Numbers the copies' rows on from what stands in the tables, and writes them in whole blocks."""

    def __init__(self, tables: Iterable[Table]) -> None:
        self._next = {
            table: (table._default_manager.aggregate(most=models.Max("pk"))["most"] or 0) + 1 for table in tables
        }
        files = RegisterRow.objects.values("source").annotate(row=models.Max("row"), household=models.Max("household"))
        self._households = {each["source"]: (each["household"] or 0) + 1 for each in files}
        self._rows = {each["source"]: (each["row"] or 1) + 1 for each in files}
        self._waiting: dict[Table, list[list[Any]]] = {table: [] for table in self._next}
        self._added: dict[int, list[int]] = {}
        self.written = 0

    def press(self, pattern: Pattern, family: Family, move: Move) -> None:
        """Make the pattern's life this family's. It is written with the block."""
        copy = Copy(
            first={table: self._next[table] for table in pattern.rows},
            keys=[new_key() for _ in range(pattern.key_count)],
            move=move,
            people=[columns_of(made, home) for made, home in people_of(family)],
            households={source: self._households[source] for source in pattern.households},
            rows={source: self._rows[source] for source in pattern.file_rows},
        )
        for table, rows in pattern.rows.items():
            self._waiting[table] += [row.press(copy) for row in rows]
            self._next[table] += len(rows)
        for source, count in pattern.households.items():
            added = self._added.setdefault(source, [0, 0])
            added[0] += count
            added[1] += pattern.file_rows[source]
            self._households[source] += count
            self._rows[source] += pattern.file_rows[source]

    def write(self) -> None:
        """Write what is waiting. The caller's transaction makes the block whole or not there."""
        written = [table for table, rows in self._waiting.items() if rows]
        for table in written:
            write(table, self._waiting[table])
            self.written += len(self._waiting[table])
            self._waiting[table] = []
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), written):
                cursor.execute(statement)
        for source, (households, rows) in self._added.items():
            RegisterImport.objects.filter(pk=source).update(
                households=models.F("households") + households, rows_read=models.F("rows_read") + rows
            )
        self._added = {}
