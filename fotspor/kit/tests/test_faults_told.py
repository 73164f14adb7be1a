"""What is answered when something goes wrong: the database gone, no room, or a fault of our own."""

import errno
import sqlite3

import psycopg
import pytest
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError
from django.utils import translation

from fotspor.kit import views


def full_file():
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return error


def caused_by(error):
    outer = OperationalError("told by Django")
    outer.__cause__ = error
    return outer


def answer_to(rf, error):
    try:
        raise error
    except Exception:
        return views.fault(rf.post("/"))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (caused_by(full_file()), 507),
        (caused_by(psycopg.errors.DiskFull("no room")), 507),
        (OSError(errno.ENOSPC, "No space left on device"), 507),
        (OperationalError("database is locked"), 503),
        (InterfaceError("connection already closed"), 503),
        (DatabaseError("file is not a database"), 503),
        (IntegrityError("twice"), 500),
        (OSError(errno.EACCES, "no"), 500),
        (KeyError("ours"), 500),
    ],
)
def test_each_fault_has_its_answer(rf, error, status):
    answer = answer_to(rf, error)
    assert answer.status_code == status
    assert str(error) not in answer.content.decode()
    assert ("Retry-After" in answer) == (status == 503)


@pytest.mark.parametrize(
    ("language", "words"),
    [("nb", "Systemet svarer ikke akkurat nå"), ("nn", "Systemet svarar ikkje akkurat no"), ("en", "does not answer")],
)
def test_it_is_said_in_the_language_of_the_page(rf, language, words):
    with translation.override(language):
        assert words in answer_to(rf, OperationalError("gone")).content.decode()


def test_errors_that_come_of_each_other_are_gone_through_once(rf):
    first, second = OperationalError("one"), KeyError("two")
    first.__cause__, second.__cause__ = second, first
    assert answer_to(rf, second).status_code == 503
