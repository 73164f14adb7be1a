"""Tests that flush tables meet a log that refuses. The triggers are away for the flush alone, and tried when back."""

from contextlib import contextmanager

import pytest


@contextmanager
def log_can_be_changed(connection):
    """The only place where a test goes past the log's triggers, their own tests aside. They are tried when back."""
    from fotspor.access import triggers

    with triggers.dropped(connection):
        yield
    assert triggers.missing(connection) == []
    assert triggers.refuses_change(connection)


@pytest.fixture(autouse=True, scope="session")
def log_can_be_flushed():
    """Around the flush after a transactional test the log's triggers are away."""
    from django.db import connections
    from django.test import TransactionTestCase

    flush = TransactionTestCase._fixture_teardown

    def flush_without_triggers(case):
        connection = connections["default"]
        with log_can_be_changed(connection):
            flush(case)

    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", flush_without_triggers)
    yield
    patch.undo()
