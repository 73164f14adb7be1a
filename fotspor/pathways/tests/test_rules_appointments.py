"""What to look at before booking, and what stops a record. No database."""

from datetime import date, time, timedelta

import pytest

from fotspor.pathways.rules.appointments import Concern, Slot, Trouble, concerns, recording_troubles

TUESDAY = date(2026, 11, 24)
SLOT = Slot(TUESDAY, time(10), 7, "Room 2")


def look(slot, *others, **more):
    window = {"opens_on": TUESDAY - timedelta(days=5), "closes_on": TUESDAY + timedelta(days=5)} | more
    return concerns(slot, others=others, minutes=30, **window)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (Slot(TUESDAY, time(10), 7, "Elsewhere"), (Concern.STAFF_BUSY,)),
        (Slot(TUESDAY, time(10, 29), 7, ""), (Concern.STAFF_BUSY,)),
        (Slot(TUESDAY, time(9, 31), 7, ""), (Concern.STAFF_BUSY,)),
        (Slot(TUESDAY, time(10, 30), 7, "Room 2"), ()),
        (Slot(TUESDAY, time(9, 30), 7, "Room 2"), ()),
        (Slot(TUESDAY, time(10), 8, " room 2 "), (Concern.PLACE_BUSY,)),
        (Slot(TUESDAY, time(10), 7, "Room 2"), (Concern.STAFF_BUSY, Concern.PLACE_BUSY)),
        (Slot(TUESDAY, None, 7, "Room 2"), ()),
        (Slot(TUESDAY + timedelta(days=1), time(10), 7, "Room 2"), ()),
        (Slot(TUESDAY, time(10), 8, ""), ()),
    ],
)
def test_a_double_booking_is_seen(other, expected):
    assert look(SLOT, other) == expected


def test_families_of_one_group_do_not_collide():
    assert look(Slot(TUESDAY, time(10), 7, "Hall", 3), Slot(TUESDAY, time(10), 7, "Hall", 3)) == ()
    assert look(Slot(TUESDAY, time(10), 7, "Hall", 3), Slot(TUESDAY, time(10), 7, "Hall", 4)) != ()


def test_the_window_and_the_calendar_are_looked_at():
    assert look(SLOT, opens_on=TUESDAY + timedelta(days=1)) == (Concern.BEFORE_WINDOW,)
    assert look(SLOT, closes_on=TUESDAY - timedelta(days=1)) == (Concern.AFTER_WINDOW,)
    assert look(SLOT, opens_on=TUESDAY, closes_on=TUESDAY) == ()
    assert look(Slot(date(2026, 11, 28), None, None, "")) == (Concern.DAY_OFF,)
    assert look(SLOT, staff_is_away=True) == (Concern.STAFF_AWAY,)


FINE = {
    "is_held": True,
    "outcome_on": TUESDAY,
    "closes_on": TUESDAY,
    "late_until_on": None,
    "born_on": None,
    "has_reason": False,
    "has_late_reason": False,
    "today": TUESDAY,
}
YESTERDAY = TUESDAY - timedelta(days=1)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ()),
        ({"outcome_on": TUESDAY + timedelta(days=1), "closes_on": TUESDAY + timedelta(days=9)}, (Trouble.FUTURE,)),
        ({"born_on": TUESDAY + timedelta(days=1)}, (Trouble.BEFORE_BIRTH,)),
        ({"closes_on": YESTERDAY}, (Trouble.NEEDS_LATE_REASON,)),
        ({"closes_on": YESTERDAY, "has_late_reason": True}, ()),
        ({"closes_on": YESTERDAY, "late_until_on": YESTERDAY, "has_late_reason": True}, (Trouble.TOO_LATE,)),
        ({"is_held": False}, (Trouble.NEEDS_REASON,)),
        ({"is_held": False, "has_reason": True}, ()),
        ({"is_held": False, "has_reason": True, "closes_on": YESTERDAY, "late_until_on": YESTERDAY}, ()),
    ],
)
def test_what_stops_a_record(changes, expected):
    assert recording_troubles(**FINE | changes) == expected
