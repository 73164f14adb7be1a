"""Dates as the trade counts them, each awkward case by name."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fotspor.kit import dates

DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),  # the 31st becomes the last day of a shorter month
        (date(2024, 1, 31), 1, date(2024, 2, 29)),  # in a leap year the 29th
        (date(2024, 2, 29), 12, date(2025, 2, 28)),  # born on a leap day: turns one on the 28th
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),  # over the turn of the year
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 5, 15), 0, date(2026, 5, 15)),
    ],
)
def test_months_are_added_as_a_calendar_counts_them(day, months, expected):
    assert dates.add_months(day, months) == expected


def test_months_come_before_days_in_a_window():
    assert dates.months_and_days(date(2026, 1, 31), 1, 15) == date(2026, 3, 15)


@pytest.mark.parametrize(
    ("born_on", "on", "months"),
    [
        (date(2024, 2, 29), date(2025, 2, 27), 11),
        (date(2024, 2, 29), date(2025, 2, 28), 12),
        (date(2026, 1, 31), date(2026, 2, 27), 0),
        (date(2026, 1, 31), date(2026, 2, 28), 1),
        (date(2026, 6, 15), date(2026, 6, 14), -1),
    ],
)
def test_age_in_whole_months(born_on, on, months):
    assert dates.age_months(born_on, on) == months


@given(DAYS, st.integers(0, 240))
def test_a_person_is_as_many_months_old_as_were_added(born_on, months):
    assert dates.age_months(born_on, dates.add_months(born_on, months)) >= months
    assert dates.age_months(born_on, dates.add_months(born_on, months) - timedelta(days=1)) < months or months == 0


def test_age_in_years_turns_on_the_birthday():
    assert dates.age_years(date(2020, 11, 22), date(2026, 11, 21)) == 5
    assert dates.age_years(date(2020, 11, 22), date(2026, 11, 22)) == 6


@pytest.mark.parametrize(
    ("on", "weeks"),
    [
        (date(2026, 3, 15), (0, 0)),
        (date(2026, 9, 27), (28, 0)),
        (date(2026, 12, 20), (40, 0)),
        (date(2026, 12, 27), (41, 0)),
        (date(2026, 12, 21), (40, 1)),
    ],
)
def test_pregnancy_weeks_count_from_280_days_before_the_due_date(on, weeks):
    assert dates.weeks_pregnant(date(2026, 12, 20), on) == weeks


@pytest.mark.parametrize(
    ("days_early", "is_corrected"), [(0, False), (20, False), (21, True), (70, True), (-10, False)]
)
def test_age_is_corrected_from_three_weeks_early(days_early, is_corrected):
    due_on = date(2026, 6, 30)
    born_on = due_on - timedelta(days=days_early)
    assert dates.corrected_birth(born_on, due_on) == (due_on if is_corrected else born_on)


def test_without_a_due_date_nothing_is_corrected():
    assert dates.corrected_birth(date(2026, 1, 1), None) == date(2026, 1, 1)


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        (date(2026, 11, 22), False),  # a Sunday
        (date(2026, 11, 21), False),  # a Saturday
        (date(2026, 11, 23), True),
        (date(2026, 5, 17), False),
        (date(2027, 5, 17), False),  # Constitution Day on a Monday
        (date(2026, 4, 2), False),  # Maundy Thursday
        (date(2026, 4, 3), False),  # Good Friday
        (date(2026, 4, 6), False),  # Easter Monday
        (date(2026, 5, 14), False),  # Ascension Day
        (date(2026, 5, 25), False),  # Whit Monday
        (date(2026, 12, 25), False),
        (date(2026, 12, 24), True),  # Christmas Eve is no public holiday
    ],
)
def test_norwegian_working_days(day, is_working):
    assert dates.is_working_day(day) is is_working


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 11, 20), 1, date(2026, 11, 23)),  # Friday to Monday
        (date(2026, 4, 1), 1, date(2026, 4, 7)),  # over Easter
        (date(2026, 11, 21), 0, date(2026, 11, 23)),  # nothing falls due on a Saturday
        (date(2026, 11, 23), 3, date(2026, 11, 26)),
        # Friday, Saturday and Sunday lead to the same days: days off are not counted
        (date(2026, 11, 20), 0, date(2026, 11, 20)),
        (date(2026, 11, 20), 3, date(2026, 11, 25)),
        (date(2026, 11, 21), 1, date(2026, 11, 23)),
        (date(2026, 11, 21), 3, date(2026, 11, 25)),
        (date(2026, 11, 22), 0, date(2026, 11, 23)),
        (date(2026, 11, 22), 1, date(2026, 11, 23)),
        (date(2026, 11, 22), 3, date(2026, 11, 25)),
        (date(2026, 4, 2), 0, date(2026, 4, 7)),  # Maundy Thursday
        (date(2026, 4, 2), 1, date(2026, 4, 7)),
        (date(2026, 4, 2), 3, date(2026, 4, 9)),
        (date(2026, 5, 17), 1, date(2026, 5, 18)),  # Constitution Day on a Sunday
    ],
)
def test_working_days_are_counted_past_weekends_and_holidays(day, count, expected):
    assert dates.add_working_days(day, count) == expected


@given(DAYS, st.integers(0, 15))
def test_a_working_day_deadline_is_a_working_day_and_never_before(day, count):
    due_on = dates.add_working_days(day, count)
    assert dates.is_working_day(due_on)
    assert due_on >= day + timedelta(days=count)


@pytest.mark.parametrize(
    ("until_on", "on", "is_in_force"),
    [
        (None, date(2026, 1, 1), True),
        (None, date(2025, 12, 31), False),
        (date(2026, 2, 1), date(2026, 1, 31), True),
        (date(2026, 2, 1), date(2026, 2, 1), False),  # the end is exclusive
    ],
)
def test_a_period_covers_its_first_day_and_not_its_last(until_on, on, is_in_force):
    assert dates.covers(date(2026, 1, 1), until_on, on) is is_in_force
