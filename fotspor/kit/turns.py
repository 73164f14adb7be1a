"""Writing in turns: a long run writes little at a time, and lets others in between."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

# SQLite has one writer at a time. Those who wait look again, at most 25 ms apart for the first 128 ms (its own busy
# handler), so that whoever waits gets in during a pause that is longer than that.
PAUSE = 0.027


class Turns:
    """The transactions of one run. On SQLite none begins before the others have had a pause since the one before."""

    def __init__(self) -> None:
        self._free_since = 0.0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One transaction."""
        if connection.vendor == "sqlite" and not connection.in_atomic_block:
            time.sleep(max(0.0, self._free_since + PAUSE - time.perf_counter()))
        try:
            with transaction.atomic():
                yield
        finally:
            self._free_since = time.perf_counter()
