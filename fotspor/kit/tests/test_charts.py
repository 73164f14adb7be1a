"""Where things stand in a drawing."""

from datetime import date, timedelta

import pytest

from fotspor.kit import charts

TODAY = date(2026, 11, 24)


def bar(opens, due, closes):
    return charts.window_bar(*(TODAY + timedelta(d) for d in (opens, due, closes)), TODAY)


def test_an_open_window_has_its_days_in_order():
    drawn = bar(-7, -2, 18)
    assert not drawn.late
    assert 0 < drawn.opens < drawn.due < drawn.today < drawn.closes < drawn.width


def test_past_the_window_the_needle_stands_outside_it():
    drawn = bar(-6, -2, -2)
    assert drawn.late
    assert drawn.due == drawn.closes < drawn.today < drawn.width


def test_the_last_day_of_a_window_is_not_late():
    assert not bar(-5, 0, 0).late


def test_a_window_of_one_day_today_can_be_drawn():
    drawn = bar(0, 0, 0)
    assert drawn.opens == drawn.due == drawn.closes == drawn.today == 60


@pytest.mark.parametrize(("highest", "top"), [(0, 4), (4, 4), (5, 8), (9, 20), (61, 80), (193, 200), (2001, 4000)])
def test_axes_end_on_round_numbers(highest, top):
    assert charts.nice_top(highest) == top


def test_bars_start_at_zero_and_are_as_high_as_their_values():
    drawn = charts.bar_chart([charts.Bar("a", 5), charts.Bar("b", 10), charts.Bar("c", 0)])
    a, b, c = drawn.bars
    assert b.height == pytest.approx(2 * a.height, abs=0.2)
    assert c.height == 0
    assert {round(x.y + x.height, 1) for x in drawn.bars} == {drawn.base}
    assert a.x + a.width < b.x
    assert a.x < a.middle < a.x + a.width


def test_a_limit_stands_left_of_the_first_bar_that_reaches_it():
    drawn = charts.bar_chart([charts.Bar(str(i), 1) for i in range(31)], [charts.Cut(10, "10")])
    assert drawn.bars[9].x + drawn.bars[9].width < drawn.cuts[0].at < drawn.bars[10].x


def test_crowded_labels_are_thinned_and_no_bar_is():
    drawn = charts.bar_chart([charts.Bar(str(i), 1) for i in range(31)])
    assert len(drawn.bars) == 31
    assert [b.label for b in drawn.bars if b.shown][:3] == ["0", "2", "4"]


def test_an_empty_chart_is_still_a_chart():
    assert charts.bar_chart([]).marks[-1].value == 4
    assert charts.line_chart([]).labels == ()


def test_lines_skip_what_is_missing_and_the_table_says_so():
    home = charts.Series("home", (charts.Point("6", 20), charts.Point("12", 40)))
    other = charts.Series("other", (charts.Point("12", None),), mark=2)
    drawn = charts.line_chart([home, other], [charts.Cut(50, "limit")])
    assert drawn.series[0].path.startswith("M")
    assert drawn.series[1].path == ""
    assert drawn.series[1].points[0].value is None
    assert drawn.series[0].points[0].y > drawn.series[0].points[1].y > drawn.cuts[0].at
    assert drawn.rows == [("6", [20, None]), ("12", [40, None])]


def test_a_scale_has_a_band_more_than_limits_and_a_needle_on_the_sum():
    drawn = charts.scale(0, 30, (10, 13), 14, 14)
    assert [b.kind for b in drawn.bands] == [0, 1, 2]
    assert drawn.needle == 140
    assert drawn.bands[-1].x + drawn.bands[-1].width == 300


def test_with_answers_missing_the_sum_is_a_stretch_and_without_any_there_is_none():
    drawn = charts.scale(0, 30, (10, 13), 11, 14)
    assert drawn.needle is None
    assert (drawn.low_at, drawn.high_at) == (110, 140)
    assert charts.scale(0, 30, (10,), None, None).low_at is None
