"""Dates, ages and numbers in three languages."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.utils import translation

from fotspor.kit import phrases

DAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 8, 42, tzinfo=UTC)  # 09.42 in Oslo


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nb", ["24. november", "24. nov", "24. nov kl. 09.42", "09.42", "Tirsdag 24. november"]),
        ("nn", ["24. november", "24. nov", "24. nov kl. 09.42", "09.42", "Tysdag 24. november"]),
        ("en", ["24 November", "24 Nov", "24 Nov at 09:42", "09:42", "Tuesday 24 November"]),
    ],
)
def test_days_and_instants(language, said):
    with translation.override(language):
        assert said == [
            phrases.day(DAY),
            phrases.short_day(DAY),
            phrases.instant(AT),
            phrases.clock(AT),
            phrases.weekday(AT),
        ]


@pytest.mark.parametrize(
    ("language", "month", "said"),
    [("nb", 5, "1. mai"), ("nb", 12, "1. des"), ("nn", 6, "1. juni"), ("en", 9, "1 Sep"), ("en", 3, "1 Mar")],
)
def test_months_are_shortened_without_a_point(language, month, said):
    with translation.override(language):
        assert phrases.short_day(date(2026, month, 1)) == said


@pytest.mark.parametrize(
    ("first", "last", "nb", "en"),
    [
        (date(2026, 11, 17), date(2026, 12, 12), "17. nov–12. des", "17 Nov–12 Dec"),
        (date(2026, 11, 8), date(2026, 11, 15), "8.–15. nov", "8–15 Nov"),
        (date(2026, 11, 8), date(2026, 11, 8), "8. nov", "8 Nov"),
        (date(2026, 11, 8), date(2027, 11, 8), "8. nov–8. nov", "8 Nov–8 Nov"),
    ],
)
def test_ranges(first, last, nb, en):
    with translation.override("nb"):
        assert phrases.day_range(first, last) == nb
    with translation.override("en"):
        assert phrases.day_range(first, last) == en


def test_ranges_with_years_say_the_first_year_only_when_it_differs():
    with translation.override("nb"):
        assert phrases.day_range(date(2026, 9, 2), date(2027, 1, 2), year=True) == "2. sep 2026–2. jan 2027"
        assert phrases.day_range(date(2026, 9, 2), date(2026, 10, 2), year=True) == "2. sep–2. okt 2026"
        assert phrases.day(DAY, year=True) == "24. november 2026"


@pytest.mark.parametrize(
    ("born_on", "nb", "nn", "en"),
    [
        (DAY - timedelta(1), "1 dag", "1 dag", "1 day"),
        (DAY - timedelta(11), "11 dager", "11 dagar", "11 days"),
        (DAY - timedelta(14), "2 uker", "2 veker", "2 weeks"),
        (date(2026, 10, 13), "6 uker", "6 veker", "6 weeks"),
        (date(2026, 8, 25), "13 uker", "13 veker", "13 weeks"),
        (date(2026, 8, 24), "3 md", "3 md", "3 months"),
        (date(2024, 11, 25), "23 md", "23 md", "23 months"),
        (date(2024, 11, 24), "2 år", "2 år", "2 years"),
        (date(2024, 10, 2), "2 år 1 md", "2 år 1 md", "2 years 1 month"),
        (date(2019, 10, 2), "7 år", "7 år", "7 years"),
        (date(1995, 1, 1), "31 år", "31 år", "31 years"),
        (DAY + timedelta(1), "ikke født ennå", "ikkje fødd enno", "not born yet"),
    ],
)
def test_ages(born_on, nb, nn, en):
    for language, said in (("nb", nb), ("nn", nn), ("en", en)):
        with translation.override(language):
            assert phrases.age(born_on, DAY) == said


def test_pregnancy_week_is_completed_weeks():
    due_on = DAY + timedelta(280 - 31 * 7)
    for language, said in (("nb", "uke 31"), ("nn", "veke 31"), ("en", "week 31")):
        with translation.override(language):
            assert phrases.pregnancy_week(due_on, DAY) == said
            assert phrases.pregnancy_week(due_on + timedelta(1), DAY) == said.replace("31", "30")


@pytest.mark.parametrize(
    ("number", "nb", "en"),
    [
        (12486, "12\u202f486", "12\u202f486"),
        (0, "0", "0"),
        (1234567, "1\u202f234\u202f567", "1\u202f234\u202f567"),
        (Decimal("3.5"), "3,5", "3.5"),
        (-1200, "-1\u202f200", "-1\u202f200"),
    ],
)
def test_numbers(number, nb, en):
    with translation.override("nn"):
        assert phrases.grouped(number) == nb
    with translation.override("en"):
        assert phrases.grouped(number) == en


def test_a_time_of_day_needs_no_date():
    with translation.override("nb"):
        assert phrases.clock(time(9, 5)) == "09.05"


def test_an_instant_late_in_the_evening_is_oslos_next_day():
    with translation.override("nb"):
        assert phrases.instant(datetime(2026, 6, 30, 22, 30, tzinfo=UTC)) == "1. juli kl. 00.30"


@pytest.mark.parametrize(
    ("on", "said"),
    [(date(2026, 12, 1), "1. des"), (date(2027, 1, 10), "10. jan 2027"), (date(2000, 1, 10), "10. jan 2000")],
)
def test_a_day_of_another_year_is_said_with_its_year(on, said):
    with translation.override("nb"):
        assert phrases.near_day(on, date(2026, 11, 22)) == said


def test_a_range_into_another_year_is_said_with_its_years():
    with translation.override("nb"):
        assert phrases.near_range(date(2026, 11, 2), date(2026, 11, 9), date(2026, 11, 22)) == "2.–9. nov"
        assert phrases.near_range(date(2026, 12, 2), date(2027, 1, 9), date(2026, 11, 22)) == "2. des 2026–9. jan 2027"
