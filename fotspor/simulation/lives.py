"""Which rows are whose: every table's rows, gathered life by life, as the actions have left them.

A life is all that hangs together: whoever is reached from a person by foreign keys, and what the log says of them. The
tables are found by walking the models, so that a table that is new is gathered too.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models

from fotspor.access.models import AuditEvent
from fotspor.kit.encryption import blind_index
from fotspor.pathways.models import RegisterImport
from fotspor.people.models import Person
from fotspor.services.models import District, Staff, Unit
from fotspor.simulation.families import Family

Table = type[models.Model]
Node = tuple[Table, int]

KEY = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{16}(?![A-Za-z0-9_-])")
AROUND = (Unit, Staff, District, RegisterImport)  # what lives share, and a copy of a life knows how to point to
ELSEWHERE: Node = (models.Model, 0)  # whatever else they share, such as a group: such a life is not alone


@dataclass(slots=True)
class Life:
    """One family's rows in every table, in order, each with its columns by name."""

    family: Family
    rows: dict[Table, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    @property
    def size(self) -> int:
        return sum(map(len, self.rows.values()))


def tables_of_lives() -> list[Table]:
    """Which tables hold rows that are about somebody: those from which foreign keys lead to a person, and the log."""
    every = [m for m in apps.get_models(include_auto_created=True) if m.__module__.startswith("fotspor.")]
    about: set[Table] = {Person}
    while True:
        more = {m for m in every if m not in about and any(f.related_model in about for f in _foreign_keys(m))}
        if not more:
            return [m for m in every if m in about] + [AuditEvent]
        about |= more


def lives(cast: Iterable[Family]) -> Iterator[Life]:
    """Each family's life, when it is whole and alone: not those that share a row with another family."""
    tables = tables_of_lives()
    found = {table: list(table._default_manager.order_by("pk").values()) for table in tables}
    joined = _Joined()
    keys = {row["key"]: (table, row["id"]) for table, rows in found.items() for row in rows if "key" in row}
    for table, rows in found.items():
        for row in rows:
            joined.join((table, row["id"]), _neighbours(table, row, tables, keys))
    members = list(_members(cast, found[Person]))
    for _family, people in members:
        joined.join((Person, people[0]), ((Person, other) for other in people[1:]))
    by_root: dict[Node, Life] = {}
    shared = {joined.root(ELSEWHERE)}
    for family, people in members:
        root = joined.root((Person, people[0]))
        if root in by_root:
            shared.add(root)
        by_root[root] = Life(family)
    for table, rows in found.items():
        for row in rows:
            life = by_root.get(joined.root((table, row["id"])))
            if life is not None:
                life.rows[table].append(row)
    del found, joined, keys  # a life that has been handed on is let go
    while by_root:
        root = next(iter(by_root))
        life = by_root.pop(root)
        if root not in shared:
            yield life


def _foreign_keys(table: Table) -> list[models.ForeignKey]:
    return [each for each in table._meta.concrete_fields if isinstance(each, models.ForeignKey)]


def _neighbours(table: Table, row: dict[str, Any], tables: Iterable[Table], keys: dict[str, Node]) -> Iterator[Node]:
    if table is AuditEvent:
        said = f"{row['person']} {row['people']} {row['object']} {row['facts']}"
        yield from (keys[key] for key in KEY.findall(said) if key in keys)
        return
    for column in _foreign_keys(table):
        target = row[column.attname]
        if target is None:
            continue
        if column.related_model in tables:
            yield (column.related_model, target)
        elif column.related_model not in AROUND:
            yield ELSEWHERE


def _members(cast: Iterable[Family], people: list[dict[str, Any]]) -> Iterator[tuple[Family, list[int]]]:
    """The ids of those of each family who are known here."""
    by_index = {row["identity_index"]: row["id"] for row in people if row["identity_index"]}
    for family in cast:
        adults = (family.mother, family.other, *family.adopters)
        numbers = [made.number for made in adults if made is not None] + [child.number for child in family.children]
        ids = [by_index.get(blind_index(number)) for number in numbers if number]
        known = [pk for pk in ids if pk is not None]
        if known:
            yield family, known


class _Joined:
    """Which rows hang together (union-find)."""

    def __init__(self) -> None:
        self._parents: dict[Node, Node] = {}

    def root(self, node: Node) -> Node:
        path = []
        while (parent := self._parents.setdefault(node, node)) != node:
            path.append(node)
            node = parent
        for each in path:
            self._parents[each] = node
        return node

    def join(self, node: Node, others: Iterable[Node]) -> None:
        root = self.root(node)
        for other in others:
            self._parents[self.root(other)] = root
