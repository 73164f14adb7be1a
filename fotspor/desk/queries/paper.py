"""The day's list as it goes to paper: every household, however many pages the screen shows them on."""

from dataclasses import replace
from datetime import datetime

from fotspor.access.rules import Viewer
from fotspor.desk.queries.day import Day, day, printed
from fotspor.desk.queries.every_page import every_page


def paper(*, viewer: Viewer, at: datetime) -> Day:
    """Who needs the viewer today, whole, with initials for names?

    Shape   as `day`, with one page: all households in the screen's order, and in `people` everybody they are about.
    """
    parts = list(every_page(lambda page: day(viewer=viewer, at=at, hides=True, page=page)))
    households = [house for part in parts for house in part.households]
    people = dict.fromkeys(key for part in parts for key in part.people)
    numbered = [replace(house, id=f"household-{number}") for number, house in enumerate(households)]
    return printed(replace(parts[0], households=numbered, pages=1, people=list(people)))
