"""How often has each asked in the window that goes on? Counted in this process alone; no clock, no database."""

from collections.abc import Hashable
from dataclasses import dataclass

MOST_KEPT = 10_000


@dataclass(slots=True)
class _Window:
    began: float
    count: int = 0


class Meter:
    """Counts askings, and says how long whoever has asked too often must wait."""

    def __init__(self) -> None:
        self._windows: dict[Hashable, _Window] = {}

    def wait(self, who: Hashable, *, most: int, seconds: float, now: float) -> float:
        """Somebody asks once more: how many seconds must they wait? 0 when they need not."""
        window = self._windows.get(who)
        if window is None or now - window.began >= seconds:
            self._forget(seconds, now)
            window = self._windows[who] = _Window(now)
        window.count += 1
        return 0 if window.count <= most else window.began + seconds - now

    def _forget(self, seconds: float, now: float) -> None:
        if len(self._windows) >= MOST_KEPT:
            self._windows = {who: each for who, each in self._windows.items() if now - each.began < seconds}
