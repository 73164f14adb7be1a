"""A picture of a whole database without what chance decides: ids, opaque keys, order and ciphertext.

Every table there is stands in it. A row is shown by its values and by the pictures of the rows it points to, so two
pictures are the same exactly when the databases are, but for what those rows are called.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models

KEY = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{16}(?![A-Za-z0-9_-])")
UNIT = re.compile(r"(?<=:leader:)\d+")
ROUNDS = 7  # no row is further than that from those it says something of
BY_CHANCE = {"services.Staff.password"}
OF_THE_FILE = {"pathways.RegisterImport.digest"}  # a file with more people is another file
STAGED = "pathways.register.staged"

Node = tuple[str, Any]


class Picture:
    """What stands in the database now."""

    def __init__(self) -> None:
        tables = apps.get_models(include_auto_created=True)
        self.rows = {table._meta.label: list(table._default_manager.values()) for table in tables}
        self.counts = {label: len(rows) for label, rows in self.rows.items()}
        keyed = [(label, row) for label, rows in self.rows.items() for row in rows if "key" in row]
        self._keys = {row["key"]: (label, row["id"]) for label, row in keyed}
        self._said: dict[Node, str] = {}
        self._pointed: dict[Node, list[tuple[str, Node]]] = {}
        for table in tables:
            for row in self.rows[table._meta.label]:
                self._look_at(table, row)
        self.shown = self._refined()

    def table(self, label: str) -> Counter[str]:
        """The rows of one table, each by what it shows."""
        return Counter(shown for (table, _pk), shown in self.shown.items() if table == label)

    def said(self, label: str) -> Counter[str]:
        """The rows of one table by their own values only, to be read."""
        return Counter(said for (table, _pk), said in self._said.items() if table == label)

    def _look_at(self, table: type[models.Model], row: dict[str, Any]) -> None:
        node = (table._meta.label, row[table._meta.pk.attname])
        said, pointed = [], []
        for column in table._meta.concrete_fields:
            value = row[column.attname]
            name = f"{table._meta.label}.{column.name}"
            if column.primary_key or name in BY_CHANCE | OF_THE_FILE or column.name == "key":
                continue
            if isinstance(column, models.ForeignKey):
                said.append(f"{column.name}={'-' if value is None else 'one'}")
                pointed += [] if value is None else [(name, (column.related_model._meta.label, value))]
                continue
            if name == "access.AuditEvent.facts" and row["type"] == STAGED:
                value = {key: each for key, each in value.items() if key not in ("digest", "rows")}
            text, nodes = self._read(value)
            said.append(f"{column.name}={text}")
            pointed += [(name, other) for other in nodes]
        self._said[node], self._pointed[node] = " ".join(said), pointed

    def _read(self, value: Any) -> tuple[str, list[Node]]:
        """Text without keys, and what the keys in it lead to."""
        text = str(value)
        nodes = [self._keys[key] for key in KEY.findall(text) if key in self._keys]
        nodes += [("services.Unit", int(pk)) for pk in UNIT.findall(text)]
        return UNIT.sub("#", KEY.sub(lambda found: "#" if found[0] in self._keys else found[0], text)), nodes

    def _refined(self) -> dict[Node, str]:
        shown = {node: str(hash(said)) for node, said in self._said.items()}
        for _ in range(ROUNDS):
            shown = {
                node: str(hash((said, tuple(sorted((name, shown[other]) for name, other in self._pointed[node])))))
                for node, said in self._said.items()
            }
        return shown


def differences(one: Picture, other: Picture) -> Iterator[str]:
    """What stands in one database and not in the other, table by table?"""
    for label in sorted(one.rows | other.rows):
        here, there = one.table(label), other.table(label)
        if here == there:
            continue
        yield f"{label}: {(here - there).total()} of {here.total()}, {(there - here).total()} of {there.total()}"
        here, there = one.said(label), other.said(label)
        for sign, rows in (("-", here - there), ("+", there - here)):
            yield from (f"  {sign} {count} {said}" for said, count in list(rows.items())[:5])
