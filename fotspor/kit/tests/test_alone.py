"""A second run of a command waits for the first, and goes on when the first has ended or failed."""

import fcntl

import pytest
from django.db import connection

from fotspor.kit.alone import one_at_a_time

pytestmark = pytest.mark.django_db


def is_free(home):
    """Could another process have its turn now?"""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
            return cursor.fetchone() == (0,)
    with (home / "import.lock").open() as other:
        try:
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def test_while_one_has_its_turn_nobody_else_has_and_afterwards_they_have(settings, tmp_path):
    settings.HOME = tmp_path / "home"
    with one_at_a_time("import"):
        assert not is_free(settings.HOME)
    assert is_free(settings.HOME)


def test_one_that_fails_lets_the_next_in(settings, tmp_path):
    settings.HOME = tmp_path

    def failing():
        with one_at_a_time("import"):
            raise KeyError

    with pytest.raises(KeyError):
        failing()
    assert is_free(tmp_path)
