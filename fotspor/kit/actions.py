"""What the installation itself writes: that a command ran, and columns under a new key."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from fotspor.kit import encryption
from fotspor.kit.models import Run

BATCH = 200


@contextmanager
def noted(name: str, *, clock: Callable[[], datetime]) -> Iterator[dict[str, Any]]:
    """Note that a command ran: begun before, ended after, with what went wrong. What is put in the dict is kept.

    Shape   the note stands in its own transactions, so that a run that is killed stands there as not ended.
    """
    run = Run.objects.create(name=name, began_at=clock())
    facts: dict[str, Any] = {}
    try:
        yield facts
    except BaseException as error:
        failed = str(error)[:300] or type(error).__name__
        Run.objects.filter(pk=run.pk).update(ended_at=clock(), failed=failed, facts=facts)
        raise
    Run.objects.filter(pk=run.pk).update(ended_at=clock(), facts=facts)


def encrypted_columns() -> list[tuple[str, str, str]]:
    """Which columns stand encrypted? Shape: (table, primary key's column, column)."""
    return [
        (model._meta.db_table, model._meta.pk.column, field.column)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, encryption.EncryptedTextField)
    ]


def rotate(*, progress: Callable[[int], None] = lambda rows: None) -> int:
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
