"""The day's list on paper: all of it, without names, and everybody it is about stands in the log."""

import re

import pytest
from django.urls import reverse

from fotspor.access.models import AuditEvent
from fotspor.desk.queries import day as queries
from fotspor.desk.queries.paper import paper
from fotspor.desk.tests.test_day import a_full_day
from fotspor.pathways.tests.world import AT


@pytest.fixture
def two_a_page(monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 2)


def test_every_household_is_printed_however_many_pages_the_screen_has(world, two_a_page):
    a_full_day(world)
    screen = queries.day(viewer=world.nurse, at=AT)
    assert screen.pages > 1
    assert len(screen.households) == 2
    found = paper(viewer=world.nurse, at=AT)
    assert (found.pages, len(found.households)) == (1, screen.household_count)
    assert sum(len(house.tasks) for house in found.households) == screen.counts.all
    ids = [house.id for house in found.households]
    assert len(set(ids)) == len(ids)
    assert [house.name for house in found.households][-1] == f"Husstand {len(ids)}"


def test_the_order_is_the_screens_and_nobody_stands_twice(world, two_a_page):
    a_full_day(world)
    keys = [
        {row.key for row in house.tasks}
        for number in (1, 2)
        for house in queries.day(viewer=world.nurse, at=AT, page=number).households
    ]
    found = paper(viewer=world.nurse, at=AT)
    assert [{row.key for row in house.tasks} for house in found.households][: len(keys)] == keys
    assert len(set(found.people)) == len(found.people)


def test_the_log_holds_everybody_on_the_paper(world, two_a_page, enter):
    a_full_day(world)
    whole = {key for number in (1, 2, 3) for key in queries.day(viewer=world.nurse, at=AT, page=number).people}
    browser = enter("nurse")
    browser.post(reverse("desk:day_print"))
    assert set(AuditEvent.objects.get(type="desk.day.printed").people) == whole
    said = browser.get(reverse("desk:day_paper")).content.decode()
    count = queries.day(viewer=world.nurse, at=AT).household_count
    assert len(re.findall(r'<section class="fs-house"', said)) == count
    assert f"{count} husstander" in said


@pytest.mark.parametrize("name", ["day", "unit", "people"])
def test_a_page_with_people_is_closed_to_the_browsers_own_printing(world, enter, name):
    role = "leader" if name == "unit" else "nurse"
    said = enter(role).get(reverse(f"desk:{name}")).content.decode()
    assert 'data-paper="closed"' in said
    assert "Bruk «Skriv ut»-knappen" in said


def test_paper_opens_only_through_the_button_and_figures_have_no_people(world, enter):
    a_full_day(world)
    browser = enter("nurse")
    browser.post(reverse("desk:day_print"))
    assert 'data-paper="logged"' in browser.get(reverse("desk:day_paper")).content.decode()
    assert 'data-paper="open"' in enter("leader").get(reverse("desk:figures")).content.decode()
