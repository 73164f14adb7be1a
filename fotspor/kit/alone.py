"""One at a time: a second run of the same command waits for the first, and one that is killed lets the next in."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

from fotspor.kit.processes import in_turn


@contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Wait for the turn. PostgreSQL serves many machines and knows whose it is; with SQLite a file beside it does."""
    turn = _in_the_database if connection.vendor == "postgresql" else _in_a_file
    with turn(name):
        yield


@contextmanager
def _in_the_database(name: str) -> Iterator[None]:  # no cover: coverage is measured on SQLite
    number = zlib.crc32(f"fotspor {name}".encode())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [number])
    try:
        yield
    finally:
        if connection.is_usable():  # else it was let go with the connection
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


@contextmanager
def _in_a_file(name: str) -> Iterator[None]:
    home = Path(settings.HOME)
    home.mkdir(parents=True, exist_ok=True)
    with in_turn(home / f"{name}.lock"):
        yield
