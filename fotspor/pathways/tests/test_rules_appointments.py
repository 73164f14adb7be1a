"""What to look at before booking, and what stops a record. No database."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from fotspor.pathways.rules.appointments import (
    Concern,
    Slot,
    Trouble,
    absence_troubles,
    concerns,
    first_day,
    may_write,
    recording_troubles,
    shown_as,
)

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
    "opens_on": TUESDAY,
    "closes_on": TUESDAY,
    "not_before": TUESDAY,
    "born_on": None,
    "missed_on": None,
    "has_reason": False,
    "has_window_reason": False,
    "today": TUESDAY,
}
YESTERDAY, TOMORROW = TUESDAY - timedelta(days=1), TUESDAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ()),
        ({"outcome_on": TOMORROW, "closes_on": TOMORROW}, (Trouble.FUTURE,)),
        ({"born_on": TOMORROW, "not_before": TOMORROW}, (Trouble.BEFORE_BIRTH,)),
        ({"not_before": TOMORROW}, (Trouble.TOO_EARLY,)),
        ({"not_before": TOMORROW, "is_held": False, "has_reason": True}, (Trouble.TOO_EARLY,)),
        ({"missed_on": YESTERDAY}, ()),
        ({"missed_on": TUESDAY}, ()),
        ({"missed_on": TOMORROW}, (Trouble.BEFORE_ABSENCE,)),
        ({"missed_on": TOMORROW, "closes_on": YESTERDAY, "has_window_reason": True}, (Trouble.BEFORE_ABSENCE,)),
        ({"missed_on": TOMORROW, "is_held": False, "has_reason": True}, ()),
        ({"opens_on": TOMORROW, "closes_on": TOMORROW}, (Trouble.NEEDS_EARLY_REASON,)),
        ({"opens_on": TOMORROW, "closes_on": TOMORROW, "has_window_reason": True}, ()),
        ({"opens_on": TOMORROW, "closes_on": TOMORROW, "is_held": False, "has_reason": True}, ()),
        ({"closes_on": YESTERDAY, "opens_on": YESTERDAY}, (Trouble.NEEDS_LATE_REASON,)),
        ({"closes_on": YESTERDAY, "opens_on": YESTERDAY, "has_window_reason": True}, ()),
        ({"is_held": False}, (Trouble.NEEDS_REASON,)),
        ({"is_held": False, "has_reason": True}, ()),
        ({"is_held": False, "has_reason": True, "closes_on": YESTERDAY, "opens_on": YESTERDAY}, ()),
    ],
)
def test_what_stops_a_record(changes, expected):
    assert recording_troubles(**FINE | changes) == expected


EXPECTED = {
    "missed_on": TUESDAY, "booked_on": None, "opens_on": YESTERDAY, "closes_on": TUESDAY, "not_before": YESTERDAY,
    "today": TUESDAY,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ()),
        ({"missed_on": TOMORROW}, (Trouble.FUTURE,)),
        ({"not_before": TOMORROW}, (Trouble.TOO_EARLY,)),
        ({"closes_on": YESTERDAY}, (Trouble.NO_APPOINTMENT,)),
        ({"opens_on": TOMORROW, "closes_on": TOMORROW}, (Trouble.NO_APPOINTMENT,)),
        ({"closes_on": YESTERDAY, "booked_on": TUESDAY}, ()),
        ({"opens_on": TOMORROW, "closes_on": TOMORROW, "booked_on": TUESDAY}, ()),
        ({"closes_on": YESTERDAY, "booked_on": TOMORROW}, (Trouble.NO_APPOINTMENT,)),
    ],
)
def test_nobody_is_missed_who_was_not_expected(changes, expected):
    assert absence_troubles(**EXPECTED | changes) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"born_on": None, "pregnancy_on": YESTERDAY}, TUESDAY),
        ({"born_on": TOMORROW, "pregnancy_on": YESTERDAY}, TOMORROW),
        ({"born_on": YESTERDAY, "pregnancy_on": None}, TUESDAY),
        ({"born_on": YESTERDAY, "pregnancy_on": None, "was_here": False}, YESTERDAY),
        ({"born_on": None, "pregnancy_on": None, "was_here": False}, TUESDAY),
    ],
)
def test_nothing_happened_before_the_journey_the_pregnancy_or_the_birth(changes, expected):
    assert first_day(opened_on=TUESDAY, **changes) == expected


@pytest.mark.parametrize(
    ("unit", "contact_unit", "holder", "is_open", "may"),
    [
        (1, 1, 1, True, True),
        (1, 2, 2, True, False),  # a former holder reads
        (1, 1, 2, True, True),  # what it holds itself, such as what it recorded
        (2, 1, 2, True, True),
        (1, None, None, True, True),  # nobody holds it yet: who meets the family writes
        (1, None, None, False, False),
        (None, None, None, False, False),
        (None, None, 1, True, False),
    ],
)
def test_only_the_holder_writes(unit, contact_unit, holder, is_open, may):
    assert may_write(unit, contact_unit_id=contact_unit, holder_id=holder, is_open=is_open) is may


def test_a_yes_is_recognised_by_what_was_shown():
    busy, away = (Concern.STAFF_BUSY, Concern.PLACE_BUSY), (Concern.STAFF_AWAY,)
    assert shown_as(SLOT, busy) == shown_as(SLOT, busy[::-1])
    assert shown_as(SLOT, busy) != shown_as(SLOT, away)
    assert shown_as(SLOT, busy) != shown_as(replace(SLOT, at=time(23)), busy)
    assert shown_as(SLOT, busy) != shown_as(replace(SLOT, place="Another room"), busy)
