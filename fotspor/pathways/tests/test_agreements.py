"""A conversation that was agreed after a form stands beside the contacts: in the calendar, today, and when booking."""

from datetime import time, timedelta

import pytest
from django.urls import reverse

from fotspor.desk.queries.day import agenda
from fotspor.instruments import actions as instruments
from fotspor.instruments.models import Duty
from fotspor.instruments.tests.world import answers
from fotspor.pathways import actions
from fotspor.pathways.queries.agreements import agreed
from fotspor.pathways.queries.contacts import concerns_of
from fotspor.pathways.rules.appointments import Concern, Slot
from fotspor.pathways.tests.world import AT, TODAY
from fotspor.worklist import actions as worklist
from fotspor.worklist.models import Task

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def mother(world):
    """Pregnant, and followed by a midwife."""
    return world.pregnancy(due_on=TODAY + timedelta(days=60)).pregnancy.mother


def agree(world, mother, on=TODAY, at_time=time(14), by="midwife"):
    by = getattr(world, by)
    form = instruments.save_draft(
        subject=mother, informant=mother, informant_kind="mother", instrument="epds", answers=answers(14),
        answered_on=TODAY, unit_id=by.unit_id, journey=None, by=by, at=AT,
    )  # fmt: skip
    instruments.sign(response=form, version=form.version, by=by, at=AT)
    duty = Duty.objects.open().get(step="support")
    instruments.record_outcome(
        duty=duty, outcome="agreed", note="Avtalt på telefon", next_on=on, next_time=at_time, by=by, at=AT
    )
    return duty


def seen(viewer, *, only_mine=True, days=7):
    until_on = TODAY + timedelta(days=days)
    return agreed(viewer=viewer, from_on=TODAY, until_on=until_on, only_mine=only_mine, at=AT)


def test_it_stands_with_whoever_agreed_it(world, mother):
    duty = agree(world, mother)
    (row,) = seen(world.midwife)
    assert (row.duty_key, row.person, row.on, row.at) == (duty.key, mother, TODAY, time(14))
    assert (row.staff, row.is_done) == (world.staff["midwife"], False)


def test_given_to_a_colleague_it_is_hers(world, mother):
    agree(world, mother)
    other = world.add_staff("midwife_two", "midwives", "midwife")
    task = Task.objects.open().get(ref__endswith=":support")
    worklist.assign(task=task, staff_id=other.pk, by=world.midwife, at=AT)
    assert seen(world.midwife) == []
    (row,) = seen(world.midwife, only_mine=False)
    assert row.staff == other
    assert [each.staff for each in seen(world.midwife_two)] == [other]


def test_held_it_stays_in_view_and_on_another_day_it_moves(world, mother):
    duty = agree(world, mother)
    instruments.record_outcome(duty=duty, outcome="agreed", note="Ny dag", next_on=TOMORROW, by=world.midwife, at=AT)
    (row,) = seen(world.midwife)
    assert (row.on, row.at) == (TOMORROW, None)
    instruments.record_outcome(duty=duty, outcome="held", note="Hun har det bra", by=world.midwife, at=AT)
    assert [each.is_done for each in seen(world.midwife, only_mine=False)] in ([], [True])


@pytest.mark.parametrize("name", ["nurse_south", "midwife_south", "educator"])
def test_strangers_see_nothing(world, mother, name):
    agree(world, mother)
    assert seen(getattr(world, name), only_mine=False) == []


# --- today ------------------------------------------------------------------------------------------------


def test_it_stands_in_todays_appointments_without_what_it_is_about(world, mother):
    duty = agree(world, mother)
    (row,) = agenda(viewer=world.midwife, at=AT)
    assert (row.at, row.title, row.meta, row.past) == (time(14), mother.name, "Samtale", False)
    assert row.url == reverse("instruments:duty", args=[duty.key])
    assert agenda(viewer=world.midwife_south, at=AT) == []


def test_todays_appointments_come_in_order_of_time(world, mother):
    agree(world, mother, at_time=time(9))
    contact = mother.pregnancies.get().journeys.get().contacts.expected().order_by("opens_on").first()
    book(world, contact, time(8))
    assert [row.at for row in agenda(viewer=world.midwife, at=AT)] == [time(8), time(9)]


# --- the calendar -----------------------------------------------------------------------------------------


def test_the_calendar_shows_it_to_the_unit_and_to_nobody_else(browser, world, mother):
    duty = agree(world, mother, on=TOMORROW)
    page = browser.enter("midwife").get("pathways:calendar").content.decode()
    assert reverse("instruments:duty", args=[duty.key]) in page
    assert mother.name in page
    assert "EPDS" not in page
    assert mother.name in browser.get("pathways:calendar", whose="mine").content.decode()
    assert mother.name not in browser.enter("midwife_south").get("pathways:calendar").content.decode()


# --- two at once ------------------------------------------------------------------------------------------


def book(world, contact, at_time, **more):
    return actions.book_contact(
        contact=contact, version=contact.version, on=TODAY, time=at_time, staff_id=world.midwife.staff_id,
        by=world.midwife, at=AT, **{"confirmed": True, **more},
    )  # fmt: skip


def test_booking_a_contact_at_the_same_time_warns(world, mother):
    agree(world, mother)
    contact = mother.pregnancies.get().journeys.get().contacts.expected().order_by("opens_on").first()
    with pytest.raises(actions.NeedsConfirmation) as refused:
        book(world, contact, time(14, 10), confirmed=False)
    assert Concern.STAFF_BUSY in refused.value.concerns
    contact.refresh_from_db()
    assert contact.booked_on is None


def test_another_time_another_colleague_or_no_time_is_no_collision(world, mother):
    agree(world, mother)
    contact = mother.pregnancies.get().journeys.get().contacts.expected().order_by("opens_on").first()
    mine, other = world.midwife.staff_id, world.nurse.staff_id
    for at_time, staff_id in ((time(10), mine), (time(14), other), (time(14), None), (None, mine)):
        assert Concern.STAFF_BUSY not in concerns_of(contact, Slot(TODAY, at_time, staff_id, ""))
    assert Concern.STAFF_BUSY in concerns_of(contact, Slot(TODAY, time(14), mine, ""))
