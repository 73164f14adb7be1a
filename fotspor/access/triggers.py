# ruff: noqa: S608 (every statement is made of the constants below)
"""The database itself refuses to change the log. The one place that must know which database it is.

A later migration that rebuilds the table (SQLite rebuilds on most changes) must call `create` again; the system check
finds it when that was forgotten, and nothing starts.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.core.checks import CheckMessage, Error
from django.db import DatabaseError, connections, transaction
from django.db.migrations.recorder import MigrationRecorder

TABLE = "access_auditevent"
MIGRATION = ("access", "0002_log_is_append_only")
REFUSAL = "The log is append-only."

POSTGRESQL_FUNCTION = (
    "CREATE OR REPLACE FUNCTION access_log_refuses() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
)
# ALWAYS: they fire in replica mode too, so that a session setting cannot switch them off.
POSTGRESQL = {
    f"access_log_no_{word.lower()}": (
        POSTGRESQL_FUNCTION,
        f"CREATE TRIGGER access_log_no_{word.lower()} BEFORE {word} ON {TABLE} "
        "FOR EACH STATEMENT EXECUTE FUNCTION access_log_refuses()",
        f"ALTER TABLE {TABLE} ENABLE ALWAYS TRIGGER access_log_no_{word.lower()}",
    )
    for word in ("UPDATE", "DELETE", "TRUNCATE")
}
# SQLite has no TRUNCATE. Its REPLACE deletes without asking the delete trigger, so an insert that would replace is
# stopped: by id it is refused, and by `once` the line that stands there stays.
SQLITE = {
    "access_log_no_update": (
        f"CREATE TRIGGER access_log_no_update BEFORE UPDATE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    ),
    "access_log_no_delete": (
        f"CREATE TRIGGER access_log_no_delete BEFORE DELETE ON {TABLE} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    ),
    "access_log_no_replace": (
        f"CREATE TRIGGER access_log_no_replace BEFORE INSERT ON {TABLE} "
        f"WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    ),
    "access_log_keeps_first": (
        f"CREATE TRIGGER access_log_keeps_first BEFORE INSERT ON {TABLE} "
        f"WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE once = NEW.once) BEGIN SELECT RAISE(IGNORE); END",
    ),
}
WANTED = {"postgresql": POSTGRESQL, "sqlite": SQLITE}
DROP = {"postgresql": f"DROP TRIGGER IF EXISTS {{}} ON {TABLE}", "sqlite": "DROP TRIGGER IF EXISTS {}"}
PRESENT = {
    "postgresql": "SELECT t.tgname FROM pg_trigger t WHERE t.tgrelid = to_regclass(%s) AND t.tgenabled = 'A'",
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
}


def create(connection) -> None:
    """Put every trigger in place that is not there, or is switched off."""
    names = missing(connection)
    drop(connection, names)
    with connection.cursor() as cursor:
        for name in names:
            for statement in WANTED[connection.vendor][name]:
                cursor.execute(statement)


def drop(connection, names: Iterable[str] | None = None) -> None:
    """Take triggers away, all when none is named: for the migration's way back, and the fixture that empties tables."""
    with connection.cursor() as cursor:
        for name in WANTED[connection.vendor] if names is None else names:
            cursor.execute(DROP[connection.vendor].format(name))


def present(connection) -> set[str]:
    """Which triggers are in place, and switched on?"""
    with connection.cursor() as cursor:
        cursor.execute(PRESENT[connection.vendor], [TABLE])
        return {name for (name,) in cursor.fetchall()}


def missing(connection) -> list[str]:
    """Which triggers should be there and are not?"""
    return sorted(WANTED[connection.vendor].keys() - present(connection))


@contextmanager
def dropped(connection) -> Iterator[None]:
    """Away for a moment; back afterwards whatever happens."""
    drop(connection)
    try:
        yield
    finally:
        create(connection)


def refuses_change(connection) -> bool:
    """Does the database refuse, when tried on a line written for the purpose and taken back?"""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} (at, type, staff, role, unit, session, person, people, purpose, basis, object, facts)"
            " VALUES ('2020-01-01 00:00:00+00:00', 'access.log.tried', '', '', '', '', '', '[]', '', '', '', '{}')"
        )
        refusals = [
            _is_refused(connection, f"UPDATE {TABLE} SET type = 'x'"),
            _is_refused(connection, f"DELETE FROM {TABLE}"),
        ]
        transaction.set_rollback(True, using=connection.alias)
    return all(refusals)


def _is_refused(connection, statement: str) -> bool:
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute(statement)
    except DatabaseError:
        return True
    return False


def check_log_is_append_only(databases=None, **_) -> list[CheckMessage]:
    """System check, run with the database: nothing starts on a log that could be changed."""
    return [
        Error(
            f"The audit log can be changed: the trigger {name} is missing or switched off in database «{alias}».",
            hint="Find out who removed it and when, then run `manage.py lock_log`, which writes that in the log.",
            id="access.E001",
        )
        for alias in databases or []
        if _is_set_up(connections[alias])
        for name in missing(connections[alias])
    ]


def _is_set_up(connection) -> bool:
    """Has the migration run that puts the triggers there? Before it there is nothing to miss."""
    return MIGRATION in MigrationRecorder(connection).applied_migrations()
