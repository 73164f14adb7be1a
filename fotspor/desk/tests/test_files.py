"""Lists saved to a file: every row, for those who see the list, written in the log each time, and never a formula."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from fotspor.access.models import AuditEvent
from fotspor.desk.queries import people as families
from fotspor.desk.queries import unit as led
from fotspor.kit.spreadsheets import as_xlsx
from fotspor.pathways.tests.world import AT, TODAY, noon
from fotspor.people.models import Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(world):
    """Children of two ages at the nurse's, one with something past the deadline."""
    world.child(born_on=TODAY - timedelta(days=900), at=noon(TODAY - timedelta(days=800)))
    world.child(born_on=TODAY - timedelta(days=60))
    world.child()
    return world


def opened(answer):
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    sheet = load_workbook(BytesIO(answer.content)).active
    return [list(row) for row in sheet.iter_rows(values_only=True)], sheet


def test_the_families_of_the_screen_and_no_others_stand_in_the_file(enter, world):
    found = families.families(viewer=world.nurse, chosen=families.Chosen.ALL, page=1, at=AT)
    rows, _sheet = opened(enter("nurse").get(reverse("desk:people_file")))
    assert rows[0] == ["Navn", "Alder", "Har stafettpinnen", "Over fristen"]
    assert [row[0] for row in rows[1:]] == [row.name for row in found.rows]
    assert len(rows) > 2


def test_the_filter_of_the_screen_counts_and_nonsense_is_everything(enter, world):
    every, _sheet = opened(enter("nurse").get(reverse("desk:people_file"), {"vis": "tull"}))
    young, _sheet = opened(enter("nurse").get(reverse("desk:people_file"), {"vis": "under-1"}))
    assert 1 < len(young) < len(every)


def test_every_page_of_the_list_is_in_the_file(enter, world, monkeypatch):
    whole, _sheet = opened(enter("nurse").get(reverse("desk:people_file")))
    monkeypatch.setattr(families, "PAGE", 1)
    monkeypatch.setattr(led, "PAGE", 1)
    paged, _sheet = opened(enter("nurse").get(reverse("desk:people_file")))
    assert paged == whole
    tasks, _sheet = opened(enter("leader").get(reverse("desk:unit_file")))
    found = led.unit(viewer=world.leader, at=AT)
    assert len(tasks) - 1 == found.shown == found.pages


def test_a_leaders_file_holds_what_her_list_shows_and_dates_as_dates(enter, world):
    rows, sheet = opened(enter("leader").get(reverse("desk:unit_file")))
    shown = led.unit(viewer=world.leader, at=AT).rows
    assert [row[0] for row in rows[1:]] == [row.name for row in shown]
    assert [cell.value.date() for cell in sheet["C"][1:]] == [row.closes_on for row in shown]


def test_figures_are_hidden_in_the_file_as_on_the_page(enter, world):
    rows, _sheet = opened(enter("leader").get(reverse("desk:figures_file")))
    page = enter("leader").get(reverse("desk:figures")).content.decode()
    assert {row[3] for row in rows[1:]} <= {"·", *range(0, 10_000)}
    assert ("·" in {row[3] for row in rows[1:]}) == ("<td data-num data-label" in page and ">·<" in page)
    assert AuditEvent.objects.filter(type="desk.figures.exported").count() == 1


def test_each_file_is_in_the_log_with_the_people_in_it(enter, world):
    for _time in (1, 2):
        enter("nurse").get(reverse("desk:people_file"))
    events = AuditEvent.objects.filter(type="desk.people.exported")
    assert events.count() == 2, "once for each file, not once a day"
    found = families.families(viewer=world.nurse, chosen=families.Chosen.ALL, page=1, at=AT)
    assert set(events[0].people) == {row.person_key for row in found.rows}
    assert events[0].purpose == "care"


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("nurse", "unit_file"),
        ("nurse", "figures_file"),
        ("leader", "people_file"),
        ("educator", "people_file"),
        ("educator", "unit_file"),
        ("officer", "people_file"),
        ("officer", "figures_file"),
    ],
)
def test_who_has_no_such_list_gets_no_file_and_nothing_is_logged(enter, name, address):
    before = AuditEvent.objects.filter(type__endswith=".exported").count()
    assert enter(name).get(reverse(f"desk:{address}")).status_code == 404
    assert AuditEvent.objects.filter(type__endswith=".exported").count() == before


def test_somebody_signed_out_is_led_to_the_sign_in(client, world):
    assert client.get(reverse("desk:people_file")).status_code == 302


def test_a_name_that_looks_like_a_formula_is_text(enter, world):
    found = families.families(viewer=world.nurse, chosen=families.Chosen.ALL, page=1, at=AT)
    Person.objects.filter(key=found.rows[0].person_key).update(given_name="=1+1", sort_name="")
    rows, sheet = opened(enter("nurse").get(reverse("desk:people_file")))
    assert rows[1][0].startswith("=1+1")
    assert sheet["A2"].data_type == "s"


@pytest.mark.parametrize("value", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1", "=HYPERLINK(1)"])
def test_no_text_becomes_a_formula(value):
    sheet = load_workbook(
        BytesIO(as_xlsx("A: list [of] names/that is far too long for a sheet", ["x"], [[value]]))
    ).active
    assert (sheet["A2"].value, sheet["A2"].data_type) == (value, "s")
    assert len(sheet.title) <= 31
