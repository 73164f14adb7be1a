"""Who writes about a contact, what is taken back, what is asked again, and what is not verified: on the pages."""

import re
from dataclasses import replace
from datetime import time, timedelta

import pytest
from django.urls import reverse

from fotspor.instruments import queries as instruments
from fotspor.instruments.actions import approve
from fotspor.pathways import actions
from fotspor.pathways.tests.world import AT, TODAY

TOMORROW = TODAY + timedelta(days=1)
MARK = 'data-color="warning"'


@pytest.fixture
def visit(world):
    journey = world.child(born_on=TODAY - timedelta(days=9), at=AT - timedelta(days=7))
    return journey.contacts.get(step="H-01")


def text(response):
    return response.content.decode()


def booking(visit, **values):
    chosen = {"on": TOMORROW.isoformat(), "time": "10:00", "place": "Rom 2", "staff": "", "version": visit.version}
    return chosen | values


def outcome(visit, **values):
    return {"outcome": "held", "outcome_on": TODAY.isoformat(), "version": visit.version} | values


def shown_in(response):
    """What the page carries of what it showed."""
    return re.search(r'name="shown"[^>]*value="([0-9a-f]+)"', text(response)).group(1)


def test_a_yes_does_not_hold_for_a_conflict_that_was_never_shown(browser, world, visit):
    browser.enter("nurse")
    values = booking(visit, on=(visit.closes_on + timedelta(days=1)).isoformat(), staff=world.nurse.staff_key)
    refused = browser.post("pathways:contact_book", visit.key, **values)  # after the window, and nothing else
    other = world.child().contacts.get(step="H-01")
    actions.book_contact(
        contact=other, version=other.version, on=visit.closes_on + timedelta(days=1), time=time(10),
        staff_id=world.nurse.staff_id, confirmed=True, by=world.colleague, at=AT,
    )  # fmt: skip
    tick = {"confirmed": "on", "shown": shown_in(refused)}
    again = browser.post("pathways:contact_book", visit.key, **tick, **values)
    assert again.status_code == 422
    tick["shown"] = shown_in(again)
    assert browser.post("pathways:contact_book", visit.key, **tick, **values).status_code == 302


@pytest.mark.parametrize("name", ["contact_book", "contact_record", "contact_absent"])
def test_a_form_about_what_is_over_shows_the_contact_before_anything_is_typed(browser, world, visit, name):
    browser.enter("nurse")
    assert browser.get(f"pathways:{name}", visit.key).status_code == 200
    held = actions.record_contact(
        contact=visit, version=visit.version, outcome="held", outcome_on=TODAY, by=world.colleague, at=AT
    )
    late = browser.get(f"pathways:{name}", visit.key)
    assert late["Location"] == reverse("pathways:contact", args=[visit.key])
    assert "ikke lenger forventet" in text(browser.get("pathways:contact", visit.key))
    values = booking(visit) | outcome(visit) | {"missed_on": TODAY.isoformat(), "why": "unknown"}
    values["version"] = held.version
    said = browser.post(f"pathways:{name}", visit.key, **values)
    assert said.status_code == 422, "what was typed meanwhile is kept, with why"
    assert "ikke lenger forventet" in text(said)


def test_a_wrong_absence_is_taken_back_on_the_page(browser, world, visit):
    actions.mark_absent(
        contact=visit, version=visit.version, missed_on=TODAY, reason=actions.NOT_KNOWN, by=world.nurse, at=AT
    )
    browser.enter("nurse")
    address = reverse("pathways:absence_take_back", args=[visit.key, TODAY.isoformat()])
    assert address in text(browser.get("pathways:contact", visit.key))
    assert browser.get("pathways:absence_take_back", visit.key, TOMORROW.isoformat()).status_code == 404
    assert browser.get("pathways:absence_take_back", visit.key, "not-a-day").status_code == 404
    assert browser.get("pathways:absence_take_back", visit.key, TODAY.isoformat()).status_code == 200
    assert browser.post("pathways:absence_take_back", visit.key, TODAY.isoformat(), reason="").status_code == 422
    short = browser.post("pathways:absence_take_back", visit.key, TODAY.isoformat(), reason="x")
    assert (short.status_code, "minst 10 tegn" in text(short)) == (422, True)
    done = browser.post("pathways:absence_take_back", visit.key, TODAY.isoformat(), reason="Feil familie")
    assert done.status_code == 302
    shown = text(browser.get("pathways:contact", visit.key))
    assert "Feil familie" in shown
    assert address not in shown
    stranger = browser.enter("nurse_south")
    assert stranger.get("pathways:absence_take_back", visit.key, TODAY.isoformat()).status_code == 404


def test_a_former_holder_reads_and_is_shown_no_way_to_write(browser, world, visit):
    sent = actions.hand_over(
        journey=visit.journey, to_unit_id=world.units["centre_south"].pk, reason="Flyttet", summary="",
        by=world.nurse, at=AT,
    )  # fmt: skip
    actions.accept_handover(handover=sent, by=world.nurse_south, at=AT)
    visit.refresh_from_db()
    browser.enter("nurse")
    shown = text(browser.get("pathways:contact", visit.key))
    assert reverse("pathways:contact_record", args=[visit.key]) not in shown
    assert world.units["centre_south"].name in shown
    for name in ("contact_book", "contact_record", "contact_absent"):
        assert browser.get(f"pathways:{name}", visit.key).status_code == 404
    assert browser.get("pathways:contact_new", visit.journey.key).status_code == 404
    assert browser.post("pathways:contact_record", visit.key, **outcome(visit)).status_code == 422
    visit.refresh_from_db()
    assert visit.outcome == ""


def test_what_is_from_memory_is_marked_beside_the_window_until_somebody_approves_it(browser, world):
    journey = world.pregnancy(due_on=TODAY + timedelta(days=200))
    contact, verified = journey.contacts.get(step="P-28"), journey.contacts.get(step="P-US1")
    browser.enter("midwife")
    assert MARK in text(browser.get("pathways:contact", contact.key))
    assert MARK not in text(browser.get("pathways:contact", verified.key))
    page = next(p for p in instruments.definitions(viewer=replace(world.chief, role="administrator"))
                if p.definition.slug == "pregnancy")  # fmt: skip
    approve(kind="pathway", slug="pregnancy", digest=page.digest, by=replace(world.chief, role="administrator"), at=AT)
    shown = text(browser.get("pathways:contact", contact.key))
    assert MARK not in shown
    assert "content.md" not in shown
