"""An appointment that the former unit made: its room and colleague stay there, and the new holder keeps or moves it."""

from datetime import time, timedelta

import pytest
from django.urls import reverse

from fotspor.desk.queries.rows import next_step
from fotspor.pathways import actions
from fotspor.pathways.models import Contact, Handover
from fotspor.pathways.tests.world import AT, TODAY
from fotspor.worklist.models import Task

LATER = AT + timedelta(hours=1)
NEXT_WEEK = TODAY + timedelta(days=7)


@pytest.fixture
def contact(world):
    journey = world.child(born_on=TODAY - timedelta(days=20))
    contact = journey.contacts.expected().order_by("due_on").first()
    return book(contact, world.nurse, AT)


def book(contact, by, at, place="Rom 2", on=NEXT_WEEK):
    contact.refresh_from_db()
    values = {"on": on, "time": time(10), "place": place, "staff_id": by.staff_id, "confirmed": True}
    return actions.book_contact(contact=contact, version=contact.version, by=by, at=at, **values)


def hand_over(world, contact):
    sent = actions.hand_over(
        journey=contact.journey, to_unit_id=world.units["centre_south"].pk, reason="Flyttet", summary="",
        by=world.nurse, at=AT,
    )  # fmt: skip
    actions.accept_handover(handover=sent, by=world.nurse_south, at=LATER)
    contact.refresh_from_db()
    return contact


def told():
    return Task.objects.open().filter(source="plan", ref__startswith="place:")


def test_the_time_stands_and_the_room_and_the_colleague_do_not(world, contact):
    before = Contact.objects.expected().filter(journey=contact.journey).count()
    taken = hand_over(world, contact)
    assert (taken.booked_on, taken.booked_time) == (NEXT_WEEK, time(10))
    assert (taken.place, taken.booked_staff, taken.unit) == ("", None, world.units["centre_south"])
    assert Contact.objects.expected().filter(journey=contact.journey).count() == before


def test_the_receiver_is_asked_to_keep_it_or_move_it_and_saving_it_answers(world, contact):
    hand_over(world, contact)
    task = told().get()
    assert (task.unit, task.subject_key) == (world.units["centre_south"], contact.key)
    assert (task.opens_on, task.closes_on <= NEXT_WEEK) == (TODAY, True)
    assert next_step(task, TODAY)[1] == reverse("pathways:contact_book", args=[contact.key])
    assert list(actions.rebuild(check=True, at=LATER)) == []
    book(contact, world.nurse_south, LATER + timedelta(hours=1), place="Rom 7")
    assert not told().exists()


@pytest.mark.parametrize("end", ["cancelled", "recorded"])
def test_it_is_asked_no_more_when_there_is_nothing_to_keep(world, contact, end):
    taken, said = hand_over(world, contact), {"by": world.nurse_south, "at": LATER}
    if end == "cancelled":
        actions.cancel_booking(contact=taken, version=taken.version, **said)
    else:
        values = {
            "outcome": "not_needed",
            "outcome_on": TODAY,
            "reason": "Gjort hos fastlegen",
            "late_reason": "Avtalt",
        }
        actions.record_contact(contact=taken, version=taken.version, **values, **said)
    assert not told().exists()


def test_what_is_booked_in_the_childs_kindergarten_stays_there(world):
    journey = world.child(born_on=TODAY - timedelta(days=730))
    actions.enrol_in_kindergarten(
        journey=journey, unit=world.units["kindergarten"], from_on=TODAY, by=world.nurse, at=AT
    )
    contact = book(journey.contacts.expected().order_by("due_on").first(), world.nurse, AT, "kindergarten Nord")
    assert hand_over(world, contact).place == "kindergarten Nord"


def test_nothing_is_asked_before_it_is_taken_over(world, contact):
    actions.hand_over(
        journey=contact.journey, to_unit_id=world.units["centre_south"].pk, reason="Flyttet", summary="",
        by=world.nurse, at=AT,
    )  # fmt: skip
    contact.refresh_from_db()
    assert contact.place == "Rom 2"
    assert not told().exists()


def test_a_withdrawn_newborns_baton_asks_for_a_centre_again_and_not_for_the_address(world):
    handover = Handover.objects.get(journey=world.birth()[0])
    actions.withdraw_handover(handover=handover, by=world.midwife, at=LATER)
    asked = Task.objects.open().get(ref=f"centre:{handover.journey.key}")
    assert asked.title == "Choose a health centre again"
    journey = world.birth(world.pregnancy(district=None, due_on=TODAY))[0]
    assert Task.objects.open().get(ref=f"centre:{journey.key}").title == "Find the address, and choose a health centre"
