"""How far ahead somebody may write a day: a slip in the year would stand on no list for a working life."""

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.kit import phrases
from fotspor.kit.dates import add_months
from fotspor.kit.errors import Refused
from fotspor.pathways.rules.appointments import last_expected_day
from fotspor.people.models import Journey

MONTHS_AHEAD = 12  # nobody agrees on a day with a ward, or plans a group, further ahead than a year


class TooFarAhead(Refused):
    """Nobody means a day so far ahead. `field` is the one it was written in."""

    def __init__(self, latest: date, field: str):
        self.field = field
        super().__init__(
            _("The day is too far ahead. It can be %(day)s at the latest.") % {"day": phrases.day(latest, year=True)}
        )


def _require_near(at: datetime, **days: date) -> None:
    """Are these days, by field, within a year? Errors: TooFarAhead."""
    _require_until(add_months(timezone.localdate(at), MONTHS_AHEAD), days)


def _require_before_school(journey: Journey, at: datetime, **days: date) -> None:
    """Are these days, by field, before the school has taken over? Errors: TooFarAhead."""
    begun_on = journey.child.born_on if journey.child_id else journey.pregnancy.due_on
    near = add_months(timezone.localdate(at), MONTHS_AHEAD)
    _require_until(near if begun_on is None else max(near, last_expected_day(begun_on)), days)


def _require_until(latest: date, days: dict[str, date]) -> None:
    for field, day in days.items():
        if day > latest:
            raise TooFarAhead(latest, field)
