"""Lists as they are saved to a file: every row of them, in the order of the screen."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext

from fotspor.access.rules import Purpose, Viewer
from fotspor.desk.queries import figures as sums
from fotspor.desk.queries import people as families_of
from fotspor.desk.queries import unit as led
from fotspor.desk.queries.every_page import every_page
from fotspor.desk.queries.people import Chosen
from fotspor.kit.spreadsheets import Cell
from fotspor.worklist.rules import DayClass

HIDDEN = "·"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is written, and whom the log says it is about."""

    title: str
    head: list[str]
    rows: list[list[Cell]]
    people: list[str]  # Person.keys
    purpose: Purpose | str = ""


def families(*, viewer: Viewer, chosen: Chosen, at: datetime) -> Sheet:
    """Which open journeys may the viewer see? As the list of children and families, whole."""
    asked = {"viewer": viewer, "chosen": chosen, "at": at}
    found = [row for part in every_page(lambda page: families_of.families(**asked, page=page)) for row in part.rows]
    head = [gettext("Name"), gettext("Age"), gettext("Holds the baton"), gettext("Past the deadline")]
    rows: list[list[Cell]] = [[row.name, row.age, row.holder, row.overdue] for row in found]
    return Sheet(gettext("Children and families"), head, rows, [row.person_key for row in found], Purpose.CARE)


def unit(*, viewer: Viewer, chosen: DayClass | None, at: datetime) -> Sheet:
    """What waits in the leader's own unit, and with whom? As her list, whole."""
    head = [gettext("Name"), gettext("Kind"), gettext("Deadline"), gettext("Holder"), gettext("Status")]
    rows: list[list[Cell]] = []
    people: set[str] = set()
    for found in every_page(lambda page: led.unit(viewer=viewer, at=at, chosen=chosen, page=page)):
        rows += [
            [row.name, row.kind, row.closes_on, row.holder, str(row.status or row.label.word)] for row in found.rows
        ]
        people |= set(found.people)
    return Sheet(gettext("The unit's tasks"), head, rows, sorted(people), Purpose.LEADERSHIP)


def figures(*, viewer: Viewer, on: date) -> Sheet:
    """How many journeys and tasks has each unit, and where do the children stand? Hidden as on the page."""
    found = sums.figures(viewer=viewer, on=on)
    journeys, tasks = gettext("Journeys by who holds the baton"), gettext("Open tasks by unit")
    first = [gettext("Pregnant"), gettext("Under 1 year"), gettext("1 year and over"), gettext("In all")]
    second = [gettext("Within the deadline"), gettext("Past the deadline"), gettext("In all")]
    third = [gettext("Past the deadline"), gettext("Something now"), gettext("Something later")]
    third += [gettext("Nothing planned"), gettext("In all")]
    stand = _table(gettext("Where the children stand"), third, found.standings)
    rows = [*_table(journeys, first, found.journeys), *_table(tasks, second, found.tasks), *stand]
    return Sheet(gettext("Figures"), [gettext("Table"), gettext("Unit"), gettext("What"), gettext("Number")], rows, [])


def _table(name: str, heads: list[str], lines: list[sums.Line]) -> Iterator[list[Cell]]:
    for line in lines:
        for head, number in zip(heads, line.cells, strict=True):
            yield [name, line.name or gettext("In all"), head, HIDDEN if number is None else number]
