"""Writing in turns: a long run writes little at a time, and lets others in between."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

# SQLite has one writer at a time. Those who wait look again, at most 25 ms apart for the first 128 ms (its own busy
# handler), so that whoever waits gets in during a pause that is longer than that.
PAUSE = 0.027
LONG, SHORT = 0.06, 0.03  # seconds of one turn: less is written in the next, or more


class Turns:
    """The transactions of one run. On SQLite none begins before the others have had a pause since the one before.

    `most` is how much is to be written in the next turn, from one to as much as the run asked for: less when the
    machine is slow or busy.
    """

    def __init__(self, most: int = 1) -> None:
        self.most, self._most = most, most
        self._free_since = 0.0

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One transaction."""
        if connection.vendor == "sqlite" and not connection.in_atomic_block:
            time.sleep(max(0.0, self._free_since + PAUSE - time.perf_counter()))
        try:
            with transaction.atomic():
                since = time.perf_counter()
                yield
        finally:
            self._free_since = time.perf_counter()
        self._pace(self._free_since - since)

    def _pace(self, took: float) -> None:
        if took > LONG:
            self.most = max(1, self.most // 2)
        elif took < SHORT:
            self.most = min(self._most, self.most + max(1, self.most // 4))
