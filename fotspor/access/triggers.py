# ruff: noqa: S608 (every statement is made of the constants below)
"""The database itself refuses to change the log. The one place that must know which database it is.

A later migration that rebuilds the table (SQLite rebuilds on most changes) must call `create` again; the system check
finds it when that was forgotten, and nothing starts.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from django.core.checks import CheckMessage, Error
from django.db import DatabaseError, connections, transaction
from django.db.migrations.recorder import MigrationRecorder

TABLE, SEALS, REVIEWS = "access_auditevent", "access_auditseal", "access_lookreview"
NAMES = {TABLE: "access_log", SEALS: "access_seal", REVIEWS: "access_review"}
# Every column but the encrypted one, which a rotation of keys writes anew.
FIXED = {REVIEWS: " OF id, key, reason, staff, person, upto, outcome, reviewed_at, reviewed_by_id"}
MIGRATION = ("access", "0002_log_is_append_only")
REFUSAL = "The log is append-only."

POSTGRESQL_FUNCTION = (
    "CREATE OR REPLACE FUNCTION access_log_refuses() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
)


def _postgresql(table: str) -> dict[str, tuple[str, ...]]:
    """ALWAYS: they fire in replica mode too, so that a session setting cannot switch them off."""
    names = {word: f"{NAMES[table]}_no_{word.lower()}" for word in ("UPDATE", "DELETE", "TRUNCATE")}
    then = "FOR EACH STATEMENT EXECUTE FUNCTION access_log_refuses()"
    what = {"UPDATE": f"UPDATE{FIXED.get(table, '')}"}
    return {
        name: (
            POSTGRESQL_FUNCTION,
            f"CREATE TRIGGER {name} BEFORE {what.get(word, word)} ON {table} {then}",
            f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
        )
        for word, name in names.items()
    }


def _sqlite(table: str) -> dict[str, tuple[str, ...]]:
    """SQLite has no TRUNCATE. Its REPLACE deletes without asking the delete trigger, so such an insert is refused."""
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    same = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"
    name = f"{NAMES[table]}_no"
    return {
        f"{name}_update": (f"CREATE TRIGGER {name}_update BEFORE UPDATE{FIXED.get(table, '')} ON {table} {refuse}",),
        f"{name}_delete": (f"CREATE TRIGGER {name}_delete BEFORE DELETE ON {table} {refuse}",),
        f"{name}_replace": (f"CREATE TRIGGER {name}_replace BEFORE INSERT ON {table} {same} {refuse}",),
    }


# An insert that would replace another line by `once` is dropped: the line that stands there stays.
KEEPS_FIRST = {
    "access_log_keeps_first": (
        f"CREATE TRIGGER access_log_keeps_first BEFORE INSERT ON {TABLE} "
        f"WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE once = NEW.once) BEGIN SELECT RAISE(IGNORE); END",
    ),
}
WANTED = {
    "postgresql": {TABLE: _postgresql(TABLE), SEALS: _postgresql(SEALS), REVIEWS: _postgresql(REVIEWS)},
    "sqlite": {TABLE: _sqlite(TABLE) | KEEPS_FIRST, SEALS: _sqlite(SEALS), REVIEWS: _sqlite(REVIEWS)},
}
DROP = {"postgresql": "DROP TRIGGER IF EXISTS {name} ON {table}", "sqlite": "DROP TRIGGER IF EXISTS {name}"}
PRESENT = {
    "postgresql": "SELECT t.tgname FROM pg_trigger t WHERE t.tgrelid = to_regclass(%s) AND t.tgenabled = 'A'",
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s",
}


def wanted(connection) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Which triggers should there be, on the tables that are there? Shape: name: (table, statements)."""
    tables = set(connection.introspection.table_names())
    return {
        name: (table, statements)
        for table, triggers in WANTED[connection.vendor].items()
        if table in tables
        for name, statements in triggers.items()
    }


def create(connection) -> None:
    """Put every trigger in place that is not there, or is switched off."""
    names = missing(connection)
    drop(connection, names)
    with connection.cursor() as cursor:
        for name in names:
            for statement in wanted(connection)[name][1]:
                cursor.execute(statement)


def drop(connection, names: Collection[str] | None = None) -> None:
    """Take triggers away, all when none is named: for the migration's way back, and the fixture that empties tables."""
    with connection.cursor() as cursor:
        for name, (table, _statements) in wanted(connection).items():
            if names is None or name in names:
                cursor.execute(DROP[connection.vendor].format(name=name, table=table))


def present(connection) -> set[str]:
    """Which triggers are in place, and switched on?"""
    found = set()
    with connection.cursor() as cursor:
        for table in NAMES:
            cursor.execute(PRESENT[connection.vendor], [table])
            found |= {name for (name,) in cursor.fetchall()}
    return found


def missing(connection) -> list[str]:
    """Which triggers should be there and are not?"""
    return sorted(wanted(connection).keys() - present(connection))


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
