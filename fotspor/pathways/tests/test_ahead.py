"""A slip in the year: refused wherever it would stand for decades, with the last day that can be meant."""

from datetime import date, time, timedelta

import pytest

from fotspor.pathways import actions
from fotspor.pathways.actions.ahead import TooFarAhead
from fotspor.pathways.models import Contact
from fotspor.pathways.rules.appointments import last_expected_day
from fotspor.pathways.tests.world import AT, TODAY
from fotspor.worklist.models import Task

SLIP = TODAY.replace(year=2066)


@pytest.fixture
def visit(world):
    journey = world.child(born_on=TODAY - timedelta(days=9))
    return journey.contacts.get(step="H-01")


def test_a_school_start_that_is_put_off_is_counted_in():
    assert last_expected_day(date(2026, 2, 3)) == date(2033, 12, 31)


def test_a_contact_outside_the_plan_ends_before_school(world, visit):
    said = {"journey": visit.journey, "kind": "extra", "opens_on": TODAY, "due_on": TODAY, "by": world.nurse, "at": AT}
    with pytest.raises(TooFarAhead) as refused:
        actions.add_contact(closes_on=SLIP, **said)
    assert refused.value.field == "closes_on"
    assert "31. desember 2033" in str(refused.value.message)
    assert actions.add_contact(closes_on=date(2033, 12, 31), **said)


def test_before_birth_it_is_counted_from_the_due_date(world):
    said = {"journey": world.pregnancy(), "kind": "phone", "opens_on": TODAY, "due_on": TODAY, "at": AT}
    with pytest.raises(TooFarAhead):
        actions.add_contact(closes_on=SLIP, by=world.midwife, **said)


def test_an_appointment_is_not_booked_in_another_lifetime(world, visit):
    with pytest.raises(TooFarAhead) as refused:
        actions.book_contact(
            contact=visit, version=visit.version, on=SLIP, time=None, confirmed=True, by=world.nurse, at=AT
        )
    assert refused.value.field == "on"


def test_a_group_is_planned_within_a_year(world, visit):
    with pytest.raises(TooFarAhead) as refused:
        actions.plan_group(
            title="Barselgruppe", held_on=SLIP, starts_at=time(10), place="", leader_id=None,
            contacts=[visit], confirmed=True, by=world.nurse, at=AT,
        )  # fmt: skip
    assert refused.value.field == "held_on"
    assert not Contact.objects.filter(booked_on__isnull=False).exists()


def test_the_form_keeps_what_was_typed_and_says_which_day(browser, visit):
    page = browser.enter("nurse").post(
        "pathways:contact_new", visit.journey.key, kind="extra", opens_on="2026-11-24", due_on="2026-11-24",
        closes_on="2066-11-24",
    )  # fmt: skip
    assert page.status_code == 422
    assert "2066-11-24" in page.content.decode()
    assert "31. desember 2033" in page.content.decode()


# --- what a new appointment answers, until it is cancelled -----------------------------------------------


def booked(visit, world, on):
    visit.refresh_from_db()
    return actions.book_contact(
        contact=visit, version=visit.version, on=on, time=None, confirmed=True, by=world.nurse, at=AT
    )


def missed(visit, world, on):
    visit.refresh_from_db()
    actions.mark_absent(
        contact=visit, version=visit.version, missed_on=on, reason=actions.NOT_KNOWN, by=world.nurse, at=AT
    )


def asked(visit):
    return set(Task.objects.open().filter(ref__startswith=f"absence:{visit.key}:").values_list("ref", flat=True))


def cancel(visit, world):
    visit.refresh_from_db()
    actions.cancel_booking(contact=visit, version=visit.version, by=world.nurse, at=AT)


def test_cancelling_the_new_appointment_asks_for_one_again(world, visit):
    missed(visit, world, TODAY)
    first = asked(visit)
    assert len(first) == 1
    booked(visit, world, TODAY + timedelta(days=1))
    assert asked(visit) == set()
    cancel(visit, world)
    assert asked(visit) == first
    assert visit.missed.get().answered_on is None
    assert list(actions.rebuild(check=True, at=AT)) == []
    booked(visit, world, TODAY + timedelta(days=2))
    assert asked(visit) == set()


def test_what_was_answered_in_words_stays_answered(world):
    visit = world.child(born_on=TODAY - timedelta(days=9), at=AT - timedelta(days=7)).contacts.get(step="H-01")
    missed(visit, world, TODAY - timedelta(days=1))
    missed(visit, world, TODAY)
    actions.answer_absence(missed=visit.missed.standing().last(), answer="Ringt, alt vel", by=world.nurse, at=AT)
    booked(visit, world, TODAY + timedelta(days=1))
    cancel(visit, world)
    assert asked(visit) == set()
