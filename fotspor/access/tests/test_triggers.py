"""The database refuses to change the log, and nothing starts when it would not."""

from io import StringIO

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import DatabaseError, connection, transaction

from fotspor.access import triggers
from fotspor.access.actions import log, log_read
from fotspor.access.models import AuditEvent
from fotspor.access.rules import SYSTEM, Decision
from fotspor.access.tests.made import AT

pytestmark = pytest.mark.django_db

ATTEMPTS = [
    "UPDATE access_auditevent SET staff = 'somebody else'",
    "DELETE FROM access_auditevent",
    "DELETE FROM access_auditevent WHERE id = (SELECT min(id) FROM access_auditevent)",
    "INSERT OR REPLACE INTO access_auditevent SELECT * FROM access_auditevent",
    "INSERT INTO access_auditevent SELECT * FROM access_auditevent WHERE true "
    "ON CONFLICT (id) DO UPDATE SET staff = 'somebody else'",
    "TRUNCATE access_auditevent",
]


@pytest.fixture
def line():
    return log(type="access.tested", by=SYSTEM, at=AT)


@pytest.mark.parametrize("statement", ATTEMPTS)
def test_no_statement_changes_the_log(line, statement):
    # TRUNCATE is a syntax error on SQLite and OR REPLACE one on PostgreSQL: refused all the same.
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEvent.objects.values_list("type", "staff").get() == ("access.tested", "")


def test_the_refusal_is_the_triggers_own_and_not_another_error(line):
    for attempt in (lambda: AuditEvent.objects.update(staff="x"), lambda: AuditEvent.objects.all().delete(), line.save):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            attempt()


def test_a_line_of_the_same_look_keeps_the_first():
    yes = Decision(allowed=True, basis="first")
    values = {"person_key": "p", "purpose": "care", "decision": yes, "at": AT}
    viewer = SYSTEM.__class__(**{**{f: getattr(SYSTEM, f) for f in SYSTEM.__slots__}, "session": "s"})
    log_read(viewer=viewer, **values)
    first = AuditEvent.objects.get()
    log_read(viewer=viewer, **{**values, "at": AT.replace(year=2027)})
    assert AuditEvent.objects.get().at == first.at


def test_every_trigger_is_in_place_and_tried():
    assert triggers.missing(connection) == []
    assert triggers.refuses_change(connection)
    assert AuditEvent.objects.count() == 0


def test_nothing_starts_when_a_trigger_is_missing():
    assert run_checks(databases=["default"], tags=["database"]) == []
    with transaction.atomic():
        triggers.drop(connection)
        found = triggers.check_log_is_append_only(databases=["default"])
        assert len(found) == len(triggers.wanted(connection))
        assert {error.id for error in found} == {"access.E001"}
        assert not triggers.refuses_change(connection)
        with pytest.raises(SystemCheckError, match="audit log can be changed"):
            call_command("check", databases=["default"])
        transaction.set_rollback(True)
    call_command("check", databases=["default"], stdout=StringIO())


def test_before_the_migration_there_is_nothing_to_miss(monkeypatch):
    with transaction.atomic():
        triggers.drop(connection)
        monkeypatch.setattr(triggers, "MIGRATION", ("access", "0002_to_come"))
        assert triggers.check_log_is_append_only(databases=["default"]) == []
        assert triggers.check_log_is_append_only() == []
        transaction.set_rollback(True)


def test_they_are_put_back_and_that_is_in_the_log():
    out = StringIO()
    call_command("lock_log", stdout=out)
    assert "Nothing was missing" in out.getvalue()
    with transaction.atomic():
        triggers.drop(connection)
        call_command("lock_log", stdout=StringIO())
        assert triggers.missing(connection) == []
        event = AuditEvent.objects.get()
        assert (event.type, event.facts["triggers"]) == (
            "access.log.locked",
            sorted(triggers.wanted(connection)),
        )
        transaction.set_rollback(True)


def test_dropped_for_a_moment_they_come_back_whatever_happens():
    class Broken(Exception):
        pass

    def break_something():
        with triggers.dropped(connection):
            assert triggers.missing(connection) != []
            raise Broken

    with pytest.raises(Broken):
        break_something()
    assert triggers.missing(connection) == []


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_test_that_flushes_leaves_the_triggers_in_place(line):
    """The fixture `log_can_be_flushed` drops them for the flush after this test, and tries them when they are back."""
    assert triggers.missing(connection) == []


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="PostgreSQL alone can switch triggers off")
def test_a_trigger_that_is_switched_off_counts_as_missing():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {triggers.TABLE} DISABLE TRIGGER access_log_no_update")
        assert triggers.missing(connection) == ["access_log_no_update"]
        triggers.create(connection)
        assert triggers.missing(connection) == []
        transaction.set_rollback(True)
