"""Timing two things in one run, taking turns, so that their ratio can be compared from day to day."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median, quantiles


@dataclass(frozen=True)
class Row:
    """One line of the table: the figure, the reference measured in the same run, the target."""

    id: str
    what: str
    figure: str
    reference: str = ""
    ratio: float | None = None
    target: str = ""
    met: bool | None = None


def seconds(work: Callable[[], object], repeats: int) -> list[float]:
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return taken


def side_by_side(ours: Callable[[], object], reference: Callable[[], object], rounds: int = 7) -> tuple[float, float]:
    """Median seconds of each, in turns: whatever else the machine does happens to both."""
    ours(), reference()
    mine, theirs = [], []
    for _ in range(rounds):
        mine += seconds(ours, 1)
        theirs += seconds(reference, 1)
    return median(mine), median(theirs)


def p95(taken: list[float]) -> float:
    return quantiles(taken, n=20)[18]


def as_json(rows: list[Row]) -> list[dict]:
    return [asdict(row) for row in rows]


def as_table(rows: list[Row]) -> str:
    lines = [f"{'id':<5}{'what':<52}{'figure':>16}{'reference':>18}{'ratio':>8}  target"]
    for row in rows:
        ratio = f"{row.ratio:.2f}" if row.ratio is not None else ""
        mark = {True: "met", False: "NOT MET", None: ""}[row.met]
        lines.append(f"{row.id:<5}{row.what:<52}{row.figure:>16}{row.reference:>18}{ratio:>8}  {row.target} {mark}")
    return "\n".join(lines)
