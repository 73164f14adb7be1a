"""Whether chance keeps to the figures it is calibrated to. No database."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from fotspor.kit.dates import is_working_day
from fotspor.simulation.chance import ITEMS, Turn, epds, fate
from fotspor.simulation.demo import demo
from fotspor.simulation.families import families

BUILT = date(2026, 11, 24)
SHARE = demo().calibration
MANY = 4000
OPENS, DUE, CLOSES = date(2026, 3, 2), date(2026, 3, 20), date(2026, 4, 10)


@pytest.fixture(scope="module")
def crowd():
    """Many families who differ in nothing but chance."""
    one, random = next(families(seed=1, size="tiny", built_on=BUILT, until=BUILT)), Random(1)
    return [replace(one, index=index, z=random.gauss(0, 1), story=None) for index in range(MANY)]


def percent(truths) -> float:
    found = list(truths)
    return 100 * sum(found) / len(found)


def correlation(xs, ys) -> float:
    n, mx, my = len(xs), sum(xs) / len(xs), sum(ys) / len(ys)
    cov = sum((x - mx) * (y - my) for x, y in zip(xs, ys, strict=True)) / n
    sx = (sum((x - mx) ** 2 for x in xs) / n) ** 0.5
    sy = (sum((y - my) ** 2 for y in ys) / n) ** 0.5
    return cov / (sx * sy)


def test_about_one_in_ten_sums_to_ten_or_more_and_the_last_item_goes_with_the_sum(crowd):
    forms = [epds(family, "H-03", SHARE) for family in crowd]
    high = [sum(form.values()) >= 10 for form in forms]
    dark = [form["epds10"] > 0 for form in forms]
    assert percent(high) == pytest.approx(SHARE.epds_ten_or_more_percent, abs=1.5)
    assert percent(dark) == pytest.approx(SHARE.item_ten_percent, abs=1.2)
    assert percent(d for d, h in zip(dark, high, strict=True) if h) > 3 * percent(dark)
    assert 0.2 < correlation([f.z for f in crowd], [sum(form.values()) for form in forms]) < 0.75


def test_a_form_is_whole_and_within_its_codes(crowd):
    for family in crowd[:300]:
        form = epds(family, "P-28", SHARE)
        assert set(form) == set(ITEMS)
        assert all(0 <= value <= 3 for value in form.values())


@pytest.mark.parametrize(("total", "alarm"), [(0, False), (12, False), (14, True), (1, True), (24, False)])
def test_a_scripted_form_comes_to_what_the_script_says(crowd, total, alarm):
    form = epds(crowd[5], "scripted", SHARE, total=total, alarm=alarm)
    assert sum(form.values()) == total
    assert not alarm or form["epds10"] >= 1


@pytest.mark.parametrize(
    ("step", "share"),
    [
        ("H-01", SHARE.home_visit_percent),
        ("H-03", SHARE.six_weeks_percent),
        ("H-13", SHARE.two_years_percent),
        ("H-14", SHARE.four_years_percent),
        ("H-07", SHARE.other_contact_percent),
    ],
)
def test_contacts_are_held_in_their_window_as_often_as_the_figures_say(crowd, step, share):
    found = [fate(family, step, OPENS, DUE, CLOSES, SHARE) for family in crowd]
    assert percent(f.turn is Turn.HELD for f in found) == pytest.approx(share, abs=1.5)


def test_those_under_strain_miss_more_appointments(crowd):
    missed = {True: [], False: []}
    for family in crowd:
        missed[family.z > 0].append(fate(family, "H-05", OPENS, DUE, CLOSES, SHARE).missed > 0)
    assert percent(missed[True]) > 1.4 * percent(missed[False])


def test_a_contact_is_held_on_a_working_day_of_its_window_or_late_after_it(crowd):
    for family in crowd[:600]:
        found = fate(family, "H-04", OPENS, DUE, CLOSES, SHARE)
        assert is_working_day(found.on)
        assert found.on >= OPENS
        assert (found.on > CLOSES) is (found.turn is Turn.LATE)


def test_chance_is_the_same_every_time(crowd):
    assert fate(crowd[3], "H-06", OPENS, DUE, CLOSES, SHARE) == fate(crowd[3], "H-06", OPENS, DUE, CLOSES, SHARE)
    assert epds(crowd[3], "H-03", SHARE) == epds(crowd[3], "H-03", SHARE)
    assert crowd[3].random("a").random() != crowd[4].random("a").random()


def test_a_window_that_is_one_holiday_is_held_on_the_next_working_day(crowd):
    day = date(2026, 12, 25)
    found = fate(crowd[0], "H-04", day, day, day + timedelta(days=1), SHARE)
    assert found.on == date(2026, 12, 28)
