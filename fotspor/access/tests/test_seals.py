"""The log is sealed in stretches; a line changed, taken away or put in is found and named."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction

from fotspor.access.actions import seal_log
from fotspor.access.models import AuditEvent, AuditSeal
from fotspor.access.queries.seals import stands_as, verify
from fotspor.access.rules import seals
from fotspor.access.tests.fixtures import log_can_be_changed
from fotspor.access.tests.made import AT

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)


def lines(count, at=AT, **values):
    return [AuditEvent.objects.create(type="access.record.read", at=at, person=f"p{n}", **values) for n in range(count)]


def kinds(verdict):
    return [(finding.kind, finding.line) for finding in verdict.findings]


@contextmanager
def tampered():
    """What somebody with the database's own password could do: the triggers away, and the log rewritten."""
    with log_can_be_changed(connection), connection.cursor() as cursor:
        yield cursor


def test_nothing_is_sealed_before_it_is_a_minute_old():
    lines(2)
    assert seal_log(at=AT + timedelta(seconds=59)) is None
    assert seal_log(at=AT + timedelta(seconds=60)).count == 2
    assert seal_log(at=LATER) is None


def test_an_empty_log_has_nothing_to_seal():
    assert not AuditEvent.objects.exists()
    assert seal_log(at=LATER) is None
    assert not AuditSeal.objects.exists()


def test_the_seals_are_a_chain_over_every_line():
    first, second = lines(2), lines(3, at=LATER)
    one = seal_log(at=AT + timedelta(minutes=2))
    two = seal_log(at=LATER + timedelta(minutes=2))
    assert (one.first, one.last, one.count, one.previous) == (first[0].pk, first[-1].pk, 2, "")
    assert (two.first, two.last, two.count, two.previous) == (second[0].pk, second[-1].pk, 3, one.digest)
    lines(1, at=LATER)
    verdict = verify()
    assert verdict.stands
    assert (verdict.seals, verdict.sealed, verdict.unsealed) == (2, 5, 1)
    assert stands_as(f"2:{two.digest}")
    assert not stands_as(f"1:{two.digest}")
    assert not stands_as("x")


def test_a_young_gap_waits_and_an_old_one_is_named():
    first, *_ = lines(1)
    AuditEvent.objects.create(pk=first.pk + 3, type="access.record.read", at=AT)
    assert seal_log(at=AT + timedelta(minutes=5)).count == 1, "a transaction may still be writing numbers 2 and 3"
    sealed = seal_log(at=AT + timedelta(minutes=11))
    assert [list(gap) for gap in sealed.gaps] == [[first.pk + 1, first.pk + 2]]
    assert verify().stands
    assert verify().gaps == 2


def test_a_stretch_is_sealed_in_batches(monkeypatch):
    monkeypatch.setattr("fotspor.access.actions.seals.BATCH", 2)
    lines(5)
    sealed = []
    while seal := seal_log(at=LATER):
        sealed.append(seal.count)
    assert sealed == [2, 2, 1]
    assert verify().stands


COLUMNS = [("type", "x"), ("person", "another"), ("staff", "another"), ("purpose", "x"), ("people", '["x"]'),
           ("facts", '{"x": 1}'), ("at", "2020-01-01 00:00:00+00:00")]  # fmt: skip


@pytest.mark.parametrize(("column", "value"), COLUMNS)
def test_a_changed_line_is_found_whatever_was_changed(column, value):
    rows = lines(5)
    seal_log(at=LATER)
    with tampered() as cursor:
        cursor.execute(f"UPDATE access_auditevent SET {column} = %s WHERE id = %s", [value, rows[2].pk])
    assert kinds(verify()) == [("changed", rows[2].pk)]


def test_a_line_taken_away_and_one_put_in_are_found():
    rows = lines(4)
    seal_log(at=LATER)
    with tampered() as cursor:
        cursor.execute("DELETE FROM access_auditevent WHERE id = %s", [rows[1].pk])
    assert kinds(verify()) == [("removed", rows[1].pk)]
    AuditEvent.objects.create(pk=rows[1].pk, type="access.record.read", at=AT, person="somebody else")
    assert kinds(verify()) == [("changed", rows[1].pk)]


def test_a_line_put_into_a_gap_or_before_the_first_is_found():
    rows = lines(1)
    AuditEvent.objects.create(pk=rows[0].pk + 2, type="access.record.read", at=AT)
    seal_log(at=LATER)
    AuditEvent.objects.create(pk=rows[0].pk + 1, type="access.record.read", at=AT)
    AuditEvent.objects.create(pk=rows[0].pk - 1, type="access.record.read", at=AT)
    assert kinds(verify()) == [("inserted", rows[0].pk + 1), ("inserted", rows[0].pk - 1)]


@pytest.mark.parametrize("last", [False, True])
def test_a_seal_taken_away_or_changed_is_found(last):
    lines(2)
    seal_log(at=LATER)
    lines(2, at=LATER)
    two = seal_log(at=LATER + timedelta(hours=1))
    lines(2, at=LATER)
    kept = f"{two.number}:{two.digest}"
    with tampered() as cursor:
        if last:  # rewriting the last seal to fit a changed line is seen against the digest kept elsewhere
            cursor.execute("UPDATE access_auditseal SET digest = %s WHERE number = 2", ["0" * 64])
        else:
            cursor.execute("DELETE FROM access_auditseal WHERE number = 1")
    assert ("seal", None) in kinds(verify())
    assert stands_as(kept) is not last


@pytest.mark.parametrize("statement", ["UPDATE access_auditseal SET count = 9", "DELETE FROM access_auditseal"])
def test_the_database_refuses_to_change_a_seal(statement):
    lines(1)
    seal_log(at=LATER)
    with pytest.raises(Exception, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditSeal.objects.get().count == 1


@pytest.mark.parametrize(
    ("ids", "first", "gaps"),
    [
        ([1, 2, 3], 1, ()),
        ([2, 3], 1, ((1, 1),)),
        ([1, 4, 5, 9], 1, ((2, 3), (6, 8))),
    ],
)
def test_gaps_are_the_numbers_without_a_line(ids, first, gaps):
    assert seals.gaps_in(ids, first) == gaps
    sealed = seals.Seal(1, first, ids[-1], gaps, b"", "", "")
    assert seals.sealed_ids(sealed) == ids
