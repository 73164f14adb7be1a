"""The only clock. Read at the edge (views, commands, field defaults) and passed down as `at` or `today`."""

from datetime import date, datetime, time

from django.utils import timezone


def now() -> datetime:
    """What instant is it, in UTC?"""
    return timezone.now()


def today() -> date:
    """What date is it in Oslo?"""
    return timezone.localdate()


def start_of(day: date) -> datetime:
    """When does this date begin in Oslo? Reads no clock."""
    return timezone.make_aware(datetime.combine(day, time.min))
