"""Small numbers are hidden, and what is shown beside the sums does not tell them."""

from hypothesis import given
from hypothesis import strategies as st

from fotspor.kit.disclosure import FEWEST, suppress, suppress_table

counts = st.lists(st.integers(0, 40), min_size=1, max_size=8)


def test_a_row_without_small_numbers_is_shown_as_it_is():
    assert suppress([0, 12, 7]) == (0, 12, 7)


def test_one_small_number_takes_the_smallest_other_with_it():
    assert suppress([24, 3, 9, 0]) == (24, None, None, 0)


def test_two_small_numbers_that_hide_fewer_than_five_take_a_third():
    assert suppress([1, 2, 30, 9]) == (None, None, 30, None)


def test_a_zero_is_hidden_only_when_nothing_else_is_left():
    assert suppress([3, 0]) == (None, None)


@given(counts)
def test_what_is_hidden_cannot_be_told_from_the_sum(row):
    shown = suppress(row)
    assert all(value is None or value == count for value, count in zip(shown, row, strict=True))
    assert not any(value is not None and 0 < value < FEWEST for value in shown)
    hidden = [count for value, count in zip(shown, row, strict=True) if value is None]
    if hidden and len(row) > 1:
        assert len(hidden) >= 2
        assert sum(hidden) >= FEWEST or len(hidden) == len(row)


@given(
    st.integers(1, 5).flatmap(
        lambda width: st.lists(st.lists(st.integers(0, 40), min_size=width, max_size=width), min_size=1, max_size=6)
    )
)
def test_no_row_and_no_column_hides_a_single_cell(table):
    rows = dict(enumerate(table))
    shown = suppress_table(rows)
    lines = [(list(shown[r]), table[r]) for r in rows]
    lines += [([shown[r][c] for r in rows], [row[c] for row in table]) for c in range(len(table[0]))]
    for line, true in lines:
        hidden = [count for value, count in zip(line, true, strict=True) if value is None]
        assert not any(value is not None and 0 < value < FEWEST for value in line)
        if hidden and len(line) > 1:
            assert len(hidden) >= 2
            assert sum(hidden) >= FEWEST or len(hidden) == len(line)
