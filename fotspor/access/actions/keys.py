# ruff: noqa: S608 (the names are those of our own tables, quoted)
"""Columns under a new key, while the system runs."""

from collections.abc import Callable
from datetime import datetime

from django.db import connection, transaction

from fotspor.access.actions.audit import log
from fotspor.access.queries.encrypted import encrypted_columns
from fotspor.access.rules import Viewer
from fotspor.kit import encryption

BATCH = 200


def rotate_keys(*, by: Viewer, at: datetime, progress: Callable[[int], None] = lambda rows: None) -> int:
    """Write every encrypted value under the first key; how many were under another?

    Each value is replaced only if nobody has written it meanwhile, in small transactions: the system runs on. Killed
    and run again, it goes on with what is left.
    """
    changed = 0
    for table, key, column in encrypted_columns():
        last = 0
        while rows := _batch(table, key, column, last):
            last = rows[-1][0]
            old = [(pk, bytes(sealed)) for pk, sealed in rows if not encryption.is_under_first_key(bytes(sealed))]
            changed += _replace(table, key, column, old)
            progress(len(rows))
    log(type="access.keys.rotated", by=by, at=at, values=changed)
    return changed


def _batch(table: str, key: str, column: str, last: int) -> list[tuple[int, bytes]]:
    names = [connection.ops.quote_name(name) for name in (key, column, table)]
    sql = "SELECT {0}, {1} FROM {2} WHERE {0} > %s AND {1} IS NOT NULL ORDER BY {0} LIMIT %s".format(*names)
    with connection.cursor() as cursor:
        cursor.execute(sql, [last, BATCH])
        return cursor.fetchall()


def _replace(table: str, key: str, column: str, old: list[tuple[int, bytes]]) -> int:
    names = [connection.ops.quote_name(name) for name in (table, column, key)]
    sql = "UPDATE {0} SET {1} = %s WHERE {2} = %s AND {1} = %s".format(*names)
    changed = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for pk, sealed in old:
            cursor.execute(sql, [encryption.under_first_key(sealed), pk, sealed])
            changed += cursor.rowcount
    return changed
