"""Many rows at once: written as they are, in one statement for each table, and numbered before they are written.

Rows are made ready outside the transaction, so that what holds the database is the writing alone.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection, models, transaction

from fotspor.kit.encryption import EncryptedTextField

Table = type[models.Model]
Values = list[Any]  # of one row, as the database takes them, in the order of the table's columns
PLAIN = frozenset({str, int, bool, type(None)})  # what a driver takes as it stands
TURNED = (models.JSONField, EncryptedTextField)  # never stored as what they hold


def insert_statement(table: Table, *, with_id: bool = True) -> str:
    """Which statement writes one row of the table, given the values of its columns in order?"""
    quote = connection.ops.quote_name
    columns = [quote(column.column) for column in _columns(table, with_id)]
    marks = ", ".join(["%s"] * len(columns))
    return f"INSERT INTO {quote(table._meta.db_table)} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608


def values_of(rows: Sequence[models.Model]) -> list[Values]:
    """What stands in these unsaved rows of one table, ready to be written? Without an id when the first has none.

    Shape   what rows point to must have its id by now: ids of rows that are written together are reserved.
    """
    if not rows:
        return []
    columns = _columns(type(rows[0]), with_id=rows[0].pk is not None)
    readers = [(column.attname, isinstance(column, TURNED), column.get_db_prep_save, {}) for column in columns]
    ready = []
    for row in rows:
        here = row.__dict__
        values = []
        for name, is_turned, turn, known in readers:
            value = here[name]
            if is_turned and (value or type(value) is str):
                values.append(turn(value, connection))
            elif type(value) in PLAIN and not is_turned:
                values.append(value)
            else:  # dates, instants, choices and what is empty: few, and each of them often
                key = type(value) if is_turned else value
                if key not in known:
                    known[key] = turn(value, connection)
                values.append(known[key])
        ready.append(values)
    return ready


def write(table: Table, rows: Sequence[Values]) -> None:
    """Write rows that `values_of` made ready, in the caller's transaction."""
    if rows:
        with_id = len(rows[0]) == len(table._meta.concrete_fields)
        with connection.cursor() as cursor:
            cursor.executemany(insert_statement(table, with_id=with_id), rows)


def update(table: Table, names: Sequence[str], rows: Sequence[Values], *, while_empty: str) -> int:
    """Set these columns of single rows, where another column is still empty. How many rows were changed?

    Shape   of each row the values, as `values_of` gives them, and last its id.
    """
    quote, column = connection.ops.quote_name, table._meta.get_field
    places = ", ".join(f"{quote(column(name).column)} = %s" for name in names)
    where = f"{quote(table._meta.pk.column)} = %s AND {quote(column(while_empty).column)} IS NULL"
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {quote(table._meta.db_table)} SET {places} WHERE {where}", rows)  # noqa: S608
        return cursor.rowcount


def reserve(table: Table, count: int) -> list[int]:
    """Which ids may so many new rows of the table have? Nobody else gets them, also when they are never used."""
    if not count:
        return []
    name = table._meta.db_table
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sql = "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)"
            cursor.execute(sql, [connection.ops.quote_name(name), table._meta.pk.column, count])
            return [number for (number,) in cursor.fetchall()]
        cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s WHERE name = %s", [count, name])
        if not cursor.rowcount:  # the table has never had a row
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [name, count])
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [name])
        (last,) = cursor.fetchone()
    return list(range(last - count + 1, last + 1))


def _columns(table: Table, with_id: bool) -> list[models.Field]:
    return [column for column in table._meta.concrete_fields if with_id or not column.primary_key]


class Block:
    """New rows of several tables that are written together. The caller's transaction makes it whole or not there."""

    def __init__(self) -> None:
        self._rows: dict[Table, list[models.Model]] = {}
        self._ready: dict[Table, list[Values]] = {}

    def add(self, *rows: models.Model) -> None:
        """Rows of each table are written in the order in which they come."""
        for row in rows:
            self._rows.setdefault(type(row), []).append(row)

    def make_ready(self) -> None:
        """Do what can be done before the transaction."""
        self._ready = {table: values_of(rows) for table, rows in self._rows.items()}

    def write(self) -> None:
        """Write what was ready, in the caller's transaction."""
        for table, rows in self._ready.items():
            write(table, rows)


class Reserved:
    """Ids that are reserved some hundred at a time and dealt out, so that few transactions are needed for them."""

    AT_A_TIME = 500

    def __init__(self) -> None:
        self._left: dict[Table, list[int]] = {}

    def prepare(self, table: Table, count: int) -> None:
        """There are to be so many at least."""
        left = self._left.setdefault(table, [])
        if len(left) < count:
            left += reserve(table, max(count - len(left), self.AT_A_TIME))

    def take(self, table: Table) -> int:
        """The next one."""
        return self._left[table].pop(0)
