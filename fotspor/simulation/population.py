"""How many children of each age live where: `definitions/population.csv`, which says where the counts are from."""

import csv
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fotspor.simulation.demo import EVERYWHERE

TABLE = Path(__file__).with_name("definitions") / "population.csv"
AGES = range(6)


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality, or an urban district of one, with its children by age in whole years."""

    municipality: str
    district: str  # its code
    name: str  # nobody else has it
    children: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.children)


def places(of: str) -> tuple[Place, ...]:
    """Which places has that municipality, by its number, or the whole country for `EVERYWHERE`?"""
    return tuple(place for place in _table() if of in (EVERYWHERE, place.municipality))


@cache
def _table() -> tuple[Place, ...]:
    rows = list(_rows())
    shared = Counter(row["name"] for row in rows)
    return tuple(
        Place(
            row["municipality"],
            row["district"],
            row["name"] if shared[row["name"]] == 1 else f"{row['name']} ({row['municipality']})",
            tuple(int(row[f"age_{age}"]) for age in AGES),
        )
        for row in rows
    )


def _rows() -> Iterator[dict[str, str]]:
    with TABLE.open(encoding="utf-8") as file:
        yield from csv.DictReader(line for line in file if not line.startswith("#"))
