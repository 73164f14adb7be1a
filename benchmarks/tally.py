"""What was asked for, what came back and how quickly: counted while many ask at once, and said in words afterwards."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from threading import Lock

WRITES_PERCENT = 20
REFUSED = {404: "not found (has changed hands)", 409: "somebody else was first", 422: "not as the rules want it"}
# What a server writes in its log when the database could not take a write.
LOCKED = ("database is locked", "database table is locked")


def percentile(taken: Iterable[float], share: int) -> float:
    """The least of them that so many percent are no slower than; 0 of none."""
    ordered = sorted(taken)
    return ordered[max(0, ceil(len(ordered) * share / 100) - 1)] if ordered else 0.0


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of page: how often, and how many milliseconds."""

    name: str
    count: int
    p50: float
    p95: float
    p99: float


class Tally:
    """Filled by many threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.taken: dict[str, list[float]] = defaultdict(list)
        self.aside: list[float] = []  # seconds of the reference, which is no user's
        self.errors: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.writes = 0
        self.done: Counter[str] = Counter()

    def note(self, name: str, status: int, seconds: float, *, why: str = "", is_write: bool = False) -> None:
        with self._lock:
            self.taken[name].append(seconds)
            self.writes += is_write
            if status == 0 or status >= 500 or (status >= 400 and status not in REFUSED):
                self.errors[f"{name}: {status or why}"] += 1
            elif status >= 400:
                self.refused[f"{name}: {status} {REFUSED[status]}"] += 1
            elif is_write:
                self.done[name] += 1

    def note_aside(self, seconds: float) -> None:
        with self._lock:
            self.aside.append(seconds)

    def may_write(self) -> bool:
        """Is it a write's turn, so that one request in five is one?"""
        with self._lock:
            return self.writes * 100 < WRITES_PERCENT * self.requests

    @property
    def requests(self) -> int:
        return sum(map(len, self.taken.values()))

    @property
    def everything(self) -> list[float]:
        return [seconds for taken in self.taken.values() for seconds in taken]

    @property
    def share(self) -> float:
        """Writes in percent of all requests."""
        return 100 * self.writes / self.requests if self.requests else 0.0

    def lines(self) -> list[Line]:
        """Each kind of page, the slowest first, and all of them together last."""
        rows = [_line(name, taken) for name, taken in self.taken.items()]
        return [*sorted(rows, key=lambda row: -row.p95), _line("all", self.everything)]


def _line(name: str, taken: list[float]) -> Line:
    return Line(name, len(taken), *(round(percentile(taken, share) * 1000, 1) for share in (50, 95, 99)))


def locked_in(log: str) -> int:
    """How often does the server's log say that the database was locked?"""
    return sum(log.count(words) for words in LOCKED)


def as_table(lines: list[Line]) -> str:
    head = f"{'page':<28}{'requests':>9}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}"
    return "\n".join(
        [head, *(f"{row.name:<28}{row.count:>9}{row.p50:>9.1f}{row.p95:>9.1f}{row.p99:>9.1f}" for row in lines)]
    )
