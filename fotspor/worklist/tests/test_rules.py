"""The order, the classes, the states and the households, as tables. No database."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fotspor.worklist import rules
from fotspor.worklist.rules import DayClass, Living, State, Urgency

TODAY = date(2026, 11, 24)


def day(number):
    return TODAY + timedelta(days=number)


@dataclass
class Row:
    name: str
    source: str = "contact"
    urgency: int = Urgency.WINDOW
    risk: int = 1
    opens_on: date = TODAY - timedelta(days=3)
    due_on: date = TODAY + timedelta(days=3)
    closes_on: date = TODAY + timedelta(days=7)
    due_before: time | None = None
    booked_on: date | None = None
    booked_time: time | None = None
    done_on: date | None = None
    ended_on: date | None = None
    id: int = field(default=1)


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (Row("done, though late", closes_on=day(-1), done_on=TODAY), State.DONE),
        (Row("ended", ended_on=TODAY), State.ENDED),
        (Row("last day was yesterday", closes_on=day(-1)), State.OVERDUE),
        (Row("last day is today", closes_on=TODAY), State.OPEN),
        (Row("opens today", opens_on=TODAY), State.OPEN),
        (Row("opens tomorrow", opens_on=day(1)), State.NOT_YET),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_a_state_is_a_function_of_today(row, expected):
    assert rules.state(row, TODAY) == expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (Row("overdue result is overdue", source="routine", urgency=0, closes_on=day(-1)), DayClass.OVERDUE),
        (Row("overdue baton is overdue", source="baton", urgency=3, closes_on=day(-1)), DayClass.OVERDUE),
        (Row("overdue though booked today", booked_on=TODAY, closes_on=day(-1)), DayClass.OVERDUE),
        (Row("answer to a result", source="routine", urgency=1), DayClass.RESULT),
        (Row("baton", source="baton", urgency=3), DayClass.BATON),
        (Row("stop", source="stop"), DayClass.BATON),
        (Row("unassigned", source="unassigned"), DayClass.BATON),
        (Row("booked today", booked_on=TODAY), DayClass.TODAY),
        (Row("booked tomorrow", booked_on=day(1)), DayClass.WINDOW),
        (Row("in the window"), DayClass.WINDOW),
        (Row("last day today", closes_on=TODAY), DayClass.WINDOW),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_a_task_is_in_the_first_class_that_fits(row, expected):
    assert rules.day_class(row, TODAY) == expected


def test_an_appointment_known_elsewhere_counts_only_where_nothing_weighs_more():
    assert rules.day_class(Row("window"), TODAY, booked_today=True) == DayClass.TODAY
    assert rules.day_class(Row("late", closes_on=day(-1)), TODAY, booked_today=True) == DayClass.OVERDUE


def test_urgency_comes_before_dates_and_the_heaviest_delay_first():
    rows = [
        Row("safety", urgency=Urgency.SAFETY),
        Row("result, late", urgency=Urgency.RESULT, closes_on=day(-1), due_on=day(-2)),
        Row("result", urgency=Urgency.RESULT),
        Row("newborn", urgency=Urgency.NEWBORN),
        Row("4 days late, risk 3", closes_on=day(-4), due_on=day(-4), risk=3),
        Row("10 days late, risk 1", closes_on=day(-10), due_on=day(-10)),
        Row("baton", urgency=Urgency.BATON),
        Row("booked today at nine", booked_on=TODAY, booked_time=time(9), due_on=day(6)),
        Row("booked today", booked_on=TODAY, due_on=day(5)),
        Row("due sooner", due_on=day(1)),
        Row("due before noon", due_on=day(2), due_before=time(12)),
        Row("due some time that day", due_on=day(2)),
    ]
    turned = [*reversed(rows)]
    assert [row.name for row in sorted(turned, key=lambda r: rules.order(r, TODAY))] == [r.name for r in rows]


def test_days_over_counts_from_the_day_after_the_last():
    assert [rules.days_over(day(n), TODAY) for n in (1, 0, -1, -5)] == [0, 0, 1, 5]
    assert rules.weight(Row("x", closes_on=day(-5), risk=3), TODAY) == 15


@given(
    closes=st.integers(-400, 400),
    booked=st.none() | st.integers(-3, 3),
    source=st.sampled_from(["contact", "routine", "baton", "typed"]),
    urgency=st.sampled_from([0, 1, 2, 3, 5]),
)
def test_every_task_is_in_exactly_one_class_and_one_rank(closes, booked, source, urgency):
    row = Row("x", source, urgency, closes_on=day(closes), booked_on=None if booked is None else day(booked))
    fitting = [c for c in rules.CLASSES if rules.fulfils(row, c.when, TODAY)]
    assert rules.day_class(row, TODAY) == fitting[0].name
    assert (rules.day_class(row, TODAY) == DayClass.OVERDUE) == rules.is_overdue(row.closes_on, TODAY)
    assert 0 <= rules.first_that_fits(rules.RANKS, row, TODAY) < len(rules.RANKS)


@pytest.mark.parametrize(
    ("living", "key"),
    [
        (Living("c", "home", "home"), "household:home"),
        (Living("mother", "home", "home"), "household:home"),
        (Living("father", "elsewhere", "home"), "person:father"),
        (Living("pregnant", "home"), "household:home"),
        (Living("unknown"), "person:unknown"),
        (Living("graded", "home", "home", is_protected=True), "person:graded"),
    ],
)
def test_a_household_is_the_childs_registered_address(living, key):
    assert rules.household_key(living) == key


def test_a_household_stands_where_its_most_urgent_row_does():
    grouped = rules.by_household([("b", 1), ("a", 2), ("b", 3)])
    assert list(grouped.items()) == [("b", [1, 3]), ("a", [2])]


# --- gone from a colleague's list --------------------------------------------------------------------------

SAW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ME, COLLEAGUE = 1, 2


@pytest.mark.parametrize(
    ("values", "gone"),
    [
        ({}, False),
        ({"done_on": date(2026, 11, 24)}, True),
        ({"ended_on": date(2026, 11, 24)}, True),
        ({"staff_id": COLLEAGUE, "taken_by_id": COLLEAGUE, "taken_at": SAW + timedelta(minutes=1)}, True),
        ({"staff_id": COLLEAGUE, "taken_by_id": COLLEAGUE, "taken_at": SAW}, False),
        ({"staff_id": COLLEAGUE}, False),
        ({"staff_id": ME, "taken_by_id": ME, "taken_at": SAW + timedelta(minutes=1)}, False),
        ({"staff_id": None, "taken_by_id": COLLEAGUE, "taken_at": SAW + timedelta(minutes=1)}, False),
    ],
)
def test_a_task_is_gone_when_it_is_closed_or_a_colleague_took_it_since_it_was_seen(values, gone):
    task = {"done_on": None, "ended_on": None, "staff_id": None, "taken_at": None, "taken_by_id": None}
    assert rules.is_gone(SimpleNamespace(**task | values), since=SAW, staff_id=ME) is gone
