"""Which day can a form have been answered?"""

from datetime import date, timedelta
from enum import StrEnum


class DayTrouble(StrEnum):
    """Why a form cannot have been answered that day, or not without a reason."""

    FUTURE = "future"
    BEFORE_BIRTH = "before_birth"
    BEFORE_PREGNANCY = "before_pregnancy"
    NEEDS_REASON = "needs_reason"


LONGEST_PREGNANCY_DAYS = 294


def earliest_answer(pregnancy_start_on: date | None, child_born_on: date | None) -> date | None:
    """From which day on can a form about this pregnancy or child have been answered? None: it is about neither."""
    if pregnancy_start_on is not None:
        return pregnancy_start_on
    return child_born_on - timedelta(days=LONGEST_PREGNANCY_DAYS) if child_born_on is not None else None


def day_trouble(
    answered_on: date,
    *,
    today: date,
    born_on: date | None,
    earliest_on: date | None,
    reason_after_days: int,
    has_reason: bool,
) -> DayTrouble | None:
    """What is wrong with this day? None: nothing. `born_on` is the birth of the one who answered."""
    if answered_on > today:
        return DayTrouble.FUTURE
    if born_on is not None and answered_on < born_on:
        return DayTrouble.BEFORE_BIRTH
    if earliest_on is not None and answered_on < earliest_on:
        return DayTrouble.BEFORE_PREGNANCY
    if not has_reason and (today - answered_on).days > reason_after_days:
        return DayTrouble.NEEDS_REASON
    return None
