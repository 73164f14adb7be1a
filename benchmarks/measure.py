"""Timing two things in one run, taking turns, so that their ratio can be compared from day to day."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import quantiles


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
    against: str = ""  # what the reference is
    milliseconds: float | None = None  # the figure, where it is a time that is drawn from size to size
    limit_milliseconds: float | None = None  # the target, where it is one time

    @property
    def verdict(self) -> str:
        return {True: "met", False: "NOT MET", None: "no target at this size"}[self.met]


def seconds(work: Callable[[], object], repeats: int) -> list[float]:
    taken = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return taken


def side_by_side(ours: Callable[[], object], reference: Callable[[], object], rounds: int = 7) -> tuple[float, float]:
    """The fewest seconds of each, in turns: whatever else the machine does can only make a round slower."""
    ours(), reference()
    mine, theirs = [], []
    for _ in range(rounds):
        mine += seconds(ours, 1)
        theirs += seconds(reference, 1)
    return min(mine), min(theirs)


def p95(taken: list[float]) -> float:
    return quantiles(taken, n=20)[18]


def bare_statements(work: Callable[[], object]) -> Callable[[], object]:
    """The statements that the work sends to the database, sent again without anything around them.

    The work takes back what it writes, and so does this.
    """
    from django.db import connection, transaction

    sent = []

    def note(execute, sql, params, many, context):
        sent.append((sql, params, many))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        work()
    sent = [each for each in sent if not each[0].startswith("BEGIN")]  # one is begun below

    def again():
        with transaction.atomic():
            with connection.cursor() as cursor:
                for sql, params, many in sent:
                    (cursor.executemany if many else cursor.execute)(sql, params)
                    if cursor.description:
                        cursor.fetchall()
            transaction.set_rollback(True)

    return again


def as_json(rows: list[Row]) -> list[dict]:
    return [asdict(row) | {"verdict": row.verdict} for row in rows]


def in_words(row: Row) -> str:
    """The figure, what it is held against, and whether the target is met."""
    said = [row.figure]
    if row.reference:
        said.append(f"reference {row.reference}" + (f" ({row.against})" if row.against else ""))
    if row.ratio is not None:
        said.append(f"ratio {row.ratio:.2f}")
    said.append(f"target {row.target or 'none'}: {row.verdict}")
    return "; ".join(said)


def as_table(rows: list[Row]) -> str:
    return "\n".join(f"{row.id:<5}{row.what}\n     {in_words(row)}" for row in rows)
