"""Dates, ages and numbers as they are said, in the language of the page. No clock: `today` is passed in."""

from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache

from babel.dates import format_date
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

from fotspor.kit import dates

NARROW = "\u202f"  # no-break space inside numbers
EN_DASH = "–"
LOCALES = {"nb": "nb", "nn": "nn", "en": "en_GB"}


def _locale() -> str:
    return LOCALES.get((get_language() or "nb")[:2], "nb")


def _english() -> bool:
    return _locale() == "en_GB"


def _local(moment: date | datetime) -> date:
    """The date in Oslo of an instant, or the date itself."""
    if isinstance(moment, datetime):
        return (timezone.localtime(moment) if timezone.is_aware(moment) else moment).date()
    return moment


@lru_cache(maxsize=256)
def _month(month: int, pattern: str, locale: str) -> str:
    if (locale, pattern, month) == ("en_GB", "MMM", 9):
        return "Sep"
    return format_date(date(2000, month, 1), pattern, locale).rstrip(".")


def _said(on: date, pattern: str, locale: str, year: bool = False) -> str:
    stop = "" if locale == "en_GB" else "."
    return f"{on.day}{stop} {_month(on.month, pattern, locale)}" + (f" {on.year}" if year else "")


def _number_of_day(day: date) -> str:
    return str(day.day) if _english() else f"{day.day}."


def day(moment: date | datetime, *, year: bool = False) -> str:
    """«24. november», or with the year «24. november 2026»."""
    return _said(_local(moment), "MMMM", _locale(), year)


def short_day(moment: date | datetime, *, year: bool = False) -> str:
    """«24. nov»"""
    return _said(_local(moment), "MMM", _locale(), year)


def near_day(moment: date | datetime, today: date) -> str:
    """«24. nov», and of another year than today's «10. jan 2000»: a day alone would be read as the next one."""
    return short_day(moment, year=_local(moment).year != today.year)


def near_range(from_on: date, to_on: date, today: date) -> str:
    """«17. nov–12. des», with the years when one of them is not today's."""
    return day_range(from_on, to_on, year={from_on.year, to_on.year} != {today.year})


def weekday(moment: date | datetime) -> str:
    """«Tirsdag 24. november»"""
    on = _local(moment)
    name = format_date(on, "EEEE", _locale())
    return f"{name[:1].upper()}{name[1:]} {day(on)}"


def clock(moment: datetime | time) -> str:
    """«09.42», in English «09:42»"""
    if isinstance(moment, datetime) and timezone.is_aware(moment):
        moment = timezone.localtime(moment)
    return moment.strftime("%H:%M" if _english() else "%H.%M")


def instant(moment: datetime, *, year: bool = False) -> str:
    """«24. nov kl. 09.42»"""
    return gettext("%(day)s at %(time)s") % {"day": short_day(moment, year=year), "time": clock(moment)}


def day_range(from_on: date, to_on: date, *, year: bool = False) -> str:
    """«17. nov–12. des», within a month «8.–15. nov». Both days are included."""
    if from_on == to_on:
        return short_day(from_on, year=year)
    if (from_on.year, from_on.month) == (to_on.year, to_on.month):
        return f"{_number_of_day(from_on)}{EN_DASH}{short_day(to_on, year=year)}"
    return f"{short_day(from_on, year=year and from_on.year != to_on.year)}{EN_DASH}{short_day(to_on, year=year)}"


def days(count: int) -> str:
    """«1 dag», «3 dager»"""
    return ngettext("%(count)s day", "%(count)s days", count) % {"count": grouped(count)}


def weeks(count: int) -> str:
    return ngettext("%(count)s week", "%(count)s weeks", count) % {"count": grouped(count)}


def months(count: int) -> str:
    return ngettext("%(count)s month", "%(count)s months", count) % {"count": grouped(count)}


def years(count: int) -> str:
    return ngettext("%(count)s year", "%(count)s years", count) % {"count": grouped(count)}


def age(born_on: date, on: date) -> str:
    """«11 dager», «6 uker», «5 md», «2 år 1 md», «7 år»: as fine as it matters at that age."""
    lived = (on - born_on).days
    whole = dates.age_months(born_on, on)
    if lived < 0:
        return gettext("not born yet")
    if lived < 14:
        return days(lived)
    if whole < 3:
        return weeks(lived // 7)
    if whole < 24:
        return months(whole)
    if whole < 7 * 12 and whole % 12:
        return f"{years(whole // 12)} {months(whole % 12)}"
    return years(whole // 12)


def pregnancy_week(due_on: date, on: date) -> str:
    """«uke 31»: completed weeks."""
    return gettext("week %(week)s") % {"week": dates.weeks_pregnant(due_on, on)[0]}


def grouped(number: int | Decimal | float) -> str:
    """«12 486», «3,5»: narrow no-break space between thousands, decimals after a comma (in English a point)."""
    text = f"{number:,}".replace(",", NARROW)
    return text if _english() else text.replace(".", ",")
