"""An appointment in a kindergarten the child has left: on somebody's list, and seen by the kindergarten no more."""

from datetime import timedelta

import pytest
from django.urls import reverse

from fotspor.desk.queries.kindergarten import enrolled
from fotspor.desk.queries.rows import next_step
from fotspor.pathways import actions
from fotspor.pathways.queries import kindergartens as queries
from fotspor.pathways.queries.contacts import step_of
from fotspor.pathways.rules.kindergartens import Period, Place, left_behind
from fotspor.pathways.tests.world import AT, TODAY, noon
from fotspor.worklist import queries as worklist
from fotspor.worklist.models import Task

NEXT_WEEK, NEXT_MONTH = TODAY + timedelta(days=7), TODAY + timedelta(days=30)


@pytest.fixture
def two(world):
    world.add_unit("other", "kindergarten", "education", world.south)
    world.add_staff("other_educator", "other", "kindergarten")
    return world


@pytest.fixture
def journey(two):
    journey = two.child(born_on=TODAY - timedelta(days=730))
    enrol(two, journey)
    return journey


@pytest.fixture
def contact(two, journey):
    """One that is booked in the kindergarten in a month."""
    contact = next(c for c in journey.contacts.order_by("due_on") if step_of(c).may_be_in_kindergarten)
    return book(two, contact, "kindergarten Nord")


def enrol(world, journey, unit="kindergarten", from_on=TODAY, **more):
    return actions.enrol_in_kindergarten(
        journey=journey, unit=world.units[unit], from_on=from_on, by=world.nurse, at=AT, **more
    )


def book(world, contact, place, on=NEXT_MONTH):
    contact.refresh_from_db()
    values = {"on": on, "time": None, "place": place, "confirmed": True, "by": world.nurse, "at": AT}
    return actions.book_contact(contact=contact, version=contact.version, **values)


def end(world, journey, until_on=NEXT_WEEK, unit="kindergarten"):
    return actions.end_kindergarten(
        journey=journey, unit=world.units[unit], until_on=until_on, by=world.nurse, at=AT
    )  # fmt: skip


def told():
    return Task.objects.open().filter(source="plan", ref__startswith="place:")


def invitations(viewer, at=AT):
    return [invited.on for child in enrolled(viewer=viewer, at=at) for invited in child.invitations]


# --- the rule --------------------------------------------------------------------------------------------


def test_only_a_day_without_the_place_leaves_an_appointment_behind():
    place = Place("Lia", Period(1, TODAY, NEXT_WEEK), TODAY)
    assert left_behind(NEXT_WEEK - timedelta(days=1), "lia ", [place]) is None
    assert left_behind(NEXT_WEEK, "lia ", [place]) == place
    assert left_behind(TODAY - timedelta(days=1), "Lia", [place]) == place
    assert left_behind(NEXT_WEEK, "Rom 2", [place]) is None
    assert left_behind(None, "Lia", [place]) is None
    again = Place("Lia", Period(1, NEXT_WEEK, None), NEXT_WEEK)
    assert left_behind(NEXT_WEEK, "Lia", [place, again]) is None


# --- ending and changing ---------------------------------------------------------------------------------


def test_ending_the_place_puts_the_appointment_on_the_holders_list(two, journey, contact):
    assert not told().exists()
    assert invitations(two.educator) == [NEXT_MONTH]
    end(two, journey)
    task = told().get()
    assert (task.unit, task.person, task.subject_key) == (two.units["centre"], journey.child, contact.key)
    assert (task.opens_on, task.due_on) == (TODAY, TODAY + timedelta(days=3))
    assert task.facts["place"] == "kindergarten Nord"
    assert task.facts["appointment_on"] == NEXT_MONTH.isoformat()
    assert invitations(two.educator) == []  # though the child is still there this week
    contact.refresh_from_db()
    assert contact.booked_on == NEXT_MONTH  # what is agreed with the family stands until somebody moves it
    assert list(actions.rebuild(check=True, at=noon(TODAY + timedelta(days=2)))) == []


def test_an_appointment_before_the_last_day_stands(two, journey, contact):
    book(two, contact, "kindergarten Nord", on=NEXT_WEEK - timedelta(days=1))
    end(two, journey)
    assert not told().exists()
    assert invitations(two.educator) == [NEXT_WEEK - timedelta(days=1)]


def test_a_change_of_kindergarten_does_the_same_and_neither_sees_it(two, journey, contact):
    place = queries.places_of(viewer=two.nurse, journey=journey, at=AT)[0]
    actions.change_kindergarten(
        journey=journey, replaces=place.key, unit=two.units["other"], from_on=NEXT_WEEK, by=two.nurse, at=AT
    )
    assert told().get().subject_key == contact.key
    assert invitations(two.educator) == []
    assert invitations(two.other_educator, at=noon(NEXT_WEEK)) == []


@pytest.mark.parametrize("place", ["Rom 2", "kindergarten Sør"])
def test_moving_the_appointment_ends_the_task(two, journey, contact, place):
    end(two, journey)
    enrol(two, journey, "other", NEXT_WEEK)
    book(two, contact, place)
    assert not told().exists()
    assert invitations(two.other_educator, at=noon(NEXT_WEEK)) == ([NEXT_MONTH] if "Sør" in place else [])


def test_cancelling_it_or_recording_the_contact_ends_the_task_too(two, journey, contact):
    end(two, journey)
    contact.refresh_from_db()
    actions.cancel_booking(contact=contact, version=contact.version, by=two.nurse, at=AT)
    assert not told().exists()
    assert Task.objects.open().filter(source="contact", subject_key=contact.key).exists()
    book(two, contact, "kindergarten Nord")
    assert told().exists()
    contact.refresh_from_db()
    actions.record_contact(
        contact=contact, version=contact.version, outcome="not_needed", outcome_on=TODAY, reason="Tatt sammen",
        by=two.nurse, at=AT,
    )  # fmt: skip
    assert not told().exists()


def test_a_place_that_was_never_taken_and_one_that_begins_later(two, journey, contact):
    end(two, journey, TODAY)
    assert told().exists()
    enrol(two, journey, from_on=NEXT_WEEK)
    assert not told().exists()


def test_a_closed_journey_asks_for_nothing(two, journey, contact):
    end(two, journey)
    actions.close_by_mistake(journey=journey, reason="Registrert på feil barn", by=two.nurse, at=AT)
    assert not told().exists()


# --- the page --------------------------------------------------------------------------------------------


def test_the_page_and_the_day_say_what_stands_there(browser, two, journey, contact):
    browser.enter("nurse")
    url = reverse("pathways:contact_book", args=[contact.key])
    assert url not in browser.get("pathways:kindergarten", journey.key).content.decode()
    ending = {"step": "end", "end-place": two.units["kindergarten"].key, "end-until_on": NEXT_WEEK.isoformat()}
    assert browser.post("pathways:kindergarten", journey.key, **ending).status_code == 302
    page = browser.get("pathways:kindergarten", journey.key).content.decode()
    assert url in page
    assert page.count("<h1") == 1
    assert next_step(told().get(), TODAY)[1] == url
    assert told().get() in worklist.personal(viewer=two.nurse, today=TODAY)
