"""What happens to one family, by chance that the seed decides: who comes, when, and what a form says.

Marginals are those of `demo.toml`; a family's latent strain bends them, with mean effect one.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from math import exp
from random import Random
from statistics import NormalDist

from fotspor.kit.dates import add_working_days, is_working_day
from fotspor.simulation.demo import Calibration
from fotspor.simulation.families import Family

ITEMS = tuple(f"epds{number:02}" for number in range(1, 11))
PULL = 0.6  # how much of an answer the family's strain decides
NORMAL = NormalDist()


class Turn(StrEnum):
    """How an expected contact turns out."""

    HELD = "held"
    LATE = "late"
    DECLINED = "declined"
    MOVED = "moved"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, slots=True)
class Fate:
    """One contact's turn, on which day, after how many appointments that nobody came to."""

    turn: Turn
    on: date
    missed: int = 0


def fate(family: Family, step: str, opens_on: date, due_on: date, closes_on: date, share: Calibration) -> Fate:
    """How does this contact turn out?"""
    random = family.random("contact", step, opens_on)
    by_step = {
        "H-01": share.home_visit_percent,
        "H-03": share.six_weeks_percent,
        "H-13": share.two_years_percent,
        "H-14": share.four_years_percent,
    }
    fails = 1 - by_step.get(step, share.other_contact_percent) / 100
    missed = _is(random, share.no_show_percent / 100, family.z, strain=0.6)
    on = _day(random, opens_on, due_on, closes_on)
    if _is(random, fails, family.z, strain=0.5):
        turn = random.choice((Turn.DECLINED, Turn.MOVED, Turn.NOT_NEEDED, Turn.LATE))
        if turn is Turn.LATE:
            return Fate(turn, add_working_days(closes_on, random.randint(2, 8)))
        return Fate(turn, _working_day_by(closes_on, opens_on))
    twice = missed and random.random() < 0.25
    return Fate(Turn.HELD, on, missed=missed + twice)


def _is(random: Random, chance: float, z: float, *, strain: float) -> bool:
    return random.random() < min(0.7, chance * exp(strain * z - strain * strain / 2))


def _day(random: Random, opens_on: date, due_on: date, closes_on: date) -> date:
    spread = max(1.0, (closes_on - opens_on).days / 8)
    day = due_on + timedelta(days=round(random.gauss(0, spread)))
    return _working_day_by(min(max(day, opens_on), closes_on), opens_on)


def _working_day_by(day: date, not_before: date) -> date:
    """The day itself or a working day close to it, earlier when the window allows it."""
    earlier = day
    while not is_working_day(earlier) and earlier > not_before:
        earlier -= timedelta(days=1)
    return earlier if is_working_day(earlier) else add_working_days(day, 0)


def epds(
    family: Family, occasion: str, share: Calibration, *, total: int | None = None, alarm: bool = False
) -> dict[str, int]:
    """What does she answer? About one in ten sums to ten or more; the last item goes with the sum."""
    random = family.random("epds", occasion)
    strain = PULL * family.z + (1 - PULL**2) ** 0.5 * random.gauss(0, 1)
    limit = NORMAL.inv_cdf(1 - share.epds_ten_or_more_percent / 100)
    if total is None:
        total = min(24, 10 + int((strain - limit) * 7)) if strain > limit else max(0, min(9, round(4.2 + 2.6 * strain)))
    dark = PULL * strain + (1 - PULL**2) ** 0.5 * random.gauss(0, 1)
    alarm = alarm or dark > NORMAL.inv_cdf(1 - share.item_ten_percent / 100)
    return _spread(random, total, alarm)


def _spread(random: Random, total: int, alarm: bool) -> dict[str, int]:
    answers = dict.fromkeys(ITEMS, 0)
    if alarm:
        answers["epds10"], total = 1, max(total, 1) - 1
    others = list(ITEMS[:9])
    while total > 0:
        item = random.choice([item for item in others if answers[item] < 3])
        answers[item] += 1
        total -= 1
    return answers
