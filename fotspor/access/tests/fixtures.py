"""Tests that flush tables meet a log that refuses. The triggers are away for the flush alone, and tried when back."""

import pytest


@pytest.fixture(autouse=True, scope="session")
def log_can_be_flushed():
    """The only place where the log's triggers are dropped: around the flush after a transactional test."""
    from django.db import connections
    from django.test import TransactionTestCase

    from fotspor.access import triggers

    flush = TransactionTestCase._fixture_teardown

    def flush_without_triggers(case):
        connection = connections["default"]
        with triggers.dropped(connection):
            flush(case)
        assert triggers.missing(connection) == []
        assert triggers.refuses_change(connection)

    patch = pytest.MonkeyPatch()
    patch.setattr(TransactionTestCase, "_fixture_teardown", flush_without_triggers)
    yield
    patch.undo()
