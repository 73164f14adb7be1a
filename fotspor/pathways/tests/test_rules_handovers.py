"""The table of what is possible, the deadlines, and how the trail is laid out."""

from datetime import date, timedelta

import pytest

from fotspor.pathways.queries.batons import deadlines
from fotspor.pathways.rules.handovers import (
    OPEN,
    TRANSITIONS,
    Side,
    Standing,
    Verb,
    after,
    answer_by,
    is_newborn,
    possible,
    trace_until,
)
from fotspor.pathways.rules.trail import (
    Expected,
    Print,
    cells_of,
    collapse_oldest_year,
    columns_beside,
    first_now,
    mark_now,
)

TUESDAY = date(2026, 11, 24)


def test_nothing_moves_a_handover_that_has_been_answered():
    for now in set(Standing) - OPEN:
        assert possible(now, frozenset(Side)) == frozenset()


def test_an_open_handover_can_always_be_taken_over_and_taken_back():
    for now in OPEN:
        assert after(Verb.ACCEPT, now, frozenset({Side.RECEIVER})) is Standing.ACCEPTED
        assert after(Verb.WITHDRAW, now, frozenset({Side.SENDER})) is Standing.WITHDRAWN


@pytest.mark.parametrize("side", [Side.SENDER, Side.LEADER, Side.SYSTEM])
def test_only_the_receiver_takes_over(side):
    assert after(Verb.ACCEPT, Standing.SENT, frozenset({side})) is None


def test_what_is_with_the_leader_cannot_be_declined():
    assert after(Verb.DECLINE, Standing.WITH_LEADER, frozenset(Side)) is None


def test_every_row_of_the_table_starts_from_an_open_handover():
    assert {now for _verb, now, _side in TRANSITIONS} <= OPEN


@pytest.mark.parametrize(
    ("born_on", "due_on", "newborn"),
    [
        (TUESDAY - timedelta(days=27), None, True),
        (TUESDAY - timedelta(days=28), None, False),
        (None, TUESDAY + timedelta(days=21), True),
        (None, TUESDAY + timedelta(days=22), False),
        (TUESDAY - timedelta(days=400), TUESDAY, False),
        (None, None, False),
    ],
)
def test_who_counts_as_newborn(born_on, due_on, newborn):
    assert is_newborn(deadlines(), TUESDAY, born_on, due_on) is newborn


@pytest.mark.parametrize(
    ("sent_on", "born_on", "by"),
    [
        (date(2026, 11, 24), date(2026, 11, 20), date(2026, 11, 25)),  # newborn: the next working day
        (date(2026, 11, 27), date(2026, 11, 20), date(2026, 11, 30)),  # Friday to Monday
        (date(2026, 11, 24), date(2024, 1, 1), date(2026, 11, 27)),
        (date(2026, 12, 23), date(2024, 1, 1), date(2026, 12, 29)),  # over Christmas: 24, 28, 29
    ],
)
def test_answer_by_counts_working_days(sent_on, born_on, by):
    assert answer_by(deadlines(), sent_on, born_on, None) == by


def test_the_trace_lasts_thirty_days():
    assert trace_until(deadlines(), TUESDAY) == TUESDAY + timedelta(days=30)


# --- the trail's layout ----------------------------------------------------------------------------------


def expected(key, on, outcome="", outcome_on=None):
    return Expected(key, on, on - timedelta(days=7), on + timedelta(days=7), outcome, outcome_on)


def test_footprints_by_what_has_happened():
    steps = [
        expected("a", date(2026, 9, 1), "held", date(2026, 9, 3)),
        expected("b", date(2026, 9, 20), "held", date(2026, 10, 3)),
        expected("c", date(2026, 10, 10), "declined", date(2026, 10, 10)),
        expected("d", date(2026, 11, 1)),
        expected("e", date(2026, 11, 25)),
        expected("f", date(2027, 1, 1)),
    ]
    cells = mark_now(cells_of(steps, TUESDAY), first_now(steps, TUESDAY))
    assert [c.state for c in cells] == [
        Print.DONE, Print.DONE_LATE, Print.DECLINED, Print.LATE, Print.NOW, Print.FUTURE,
    ]  # fmt: skip


def test_only_a_finished_year_is_collapsed_and_the_oldest_first():
    steps = [expected(str(n), date(2024, 1, 1) + timedelta(days=30 * n), "held", date(2024, 1, 1)) for n in range(24)]
    years = {str(n): n // 12 for n in range(24)}
    once = collapse_oldest_year(cells_of(steps, TUESDAY), years)
    assert len(once) == 13
    assert once[0].year == 0
    twice = collapse_oldest_year(once, years)
    assert [cell.year for cell in twice] == [0, 1]
    assert collapse_oldest_year(twice, years) is None


def test_a_year_with_something_open_is_never_collapsed():
    steps = [expected("a", date(2026, 1, 1), "held", date(2026, 1, 1)), expected("b", date(2026, 11, 24))]
    assert collapse_oldest_year(cells_of(steps, TUESDAY), {"a": 0, "b": 0}) is None


def test_lane_two_never_puts_two_in_a_column():
    road = [(column, date(2026, column, 1)) for column in range(1, 9)]
    assert columns_beside([date(2026, 3, 1), date(2026, 3, 1), date(2026, 6, 5)], road, 2, 8) == [3, 4, 7]
