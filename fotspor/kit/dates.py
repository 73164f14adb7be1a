"""Dates as the trade counts them: plain Python, no clock. Periods are `from_on`/`until_on`, end exclusive."""

from calendar import monthrange
from datetime import date, timedelta
from functools import cache

import holidays

EVERY_MONTH_HAS = 28  # days
TERM_DAYS = 280  # 40 weeks from the first day of the last menstrual period


def add_months(day: date, months: int) -> date:
    """Which date is so many months later? The 31st becomes the last day of a shorter month; 29 February, the 28th."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    in_month = day.day if day.day <= EVERY_MONTH_HAS else min(day.day, monthrange(year, month + 1)[1])
    return date(year, month + 1, in_month)


def months_and_days(day: date, months: int, days: int) -> date:
    """Which date is `months` and then `days` later? Months first, as windows such as 2m15d are written."""
    return add_months(day, months) + timedelta(days=days)


def age_months(born_on: date, on: date) -> int:
    """How many whole months old? Someone born on the 31st turns a month on the last day of a shorter month."""
    months = (on.year - born_on.year) * 12 + on.month - born_on.month
    return months if add_months(born_on, months) <= on else months - 1


def age_years(born_on: date, on: date) -> int:
    """How many whole years old?"""
    return age_months(born_on, on) // 12


def pregnancy_start(due_on: date) -> date:
    """From which day are pregnancy weeks counted? Day 0 is 280 days before the due date."""
    return due_on - timedelta(days=TERM_DAYS)


def weeks_pregnant(due_on: date, on: date) -> tuple[int, int]:
    """How far is the pregnancy, as (whole weeks, days)?"""
    return divmod((on - pregnancy_start(due_on)).days, 7)


def corrected_birth(born_on: date, due_on: date | None, *, early_weeks: int = 3) -> date:
    """From which date is corrected age counted? The due date when born at least `early_weeks` early, else birth."""
    if due_on is not None and (due_on - born_on).days >= early_weeks * 7:
        return due_on
    return born_on


@cache
def _public_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("NO", years=year, include_sundays=False)) if year else frozenset()


def is_working_day(day: date) -> bool:
    """Is it Monday to Friday and not a Norwegian public holiday?"""
    return day.weekday() < 5 and day not in _public_holidays(day.year)


def add_working_days(day: date, count: int) -> date:
    """Which working day is `count` working days later? 0 gives the day itself, or the next working day.

    A day off is not counted, also when the count starts on one: one working day from Sunday is Monday.
    """
    while count == 0 and not is_working_day(day):
        day += timedelta(days=1)
    for _ in range(count):
        day += timedelta(days=1)
        while not is_working_day(day):
            day += timedelta(days=1)
    return day


def covers(from_on: date, until_on: date | None, on: date) -> bool:
    """Is the period in force on that day? The end is exclusive; no end means still going on."""
    return from_on <= on and (until_on is None or on < until_on)
