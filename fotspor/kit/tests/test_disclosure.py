"""Small numbers are hidden, and what is shown beside them does not tell them."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from fotspor.kit.disclosure import FEWEST, suppress, suppress_table

counts = st.lists(st.integers(0, 40), min_size=1, max_size=8)
tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 12), min_size=width, max_size=width), min_size=1, max_size=6)
)


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


def test_a_table_without_small_numbers_is_shown_whole():
    assert suppress_table({"a": [10, 20], "b": [30, 40]}) == ({"a": (10, 20, 30), "b": (30, 40, 70)}, (40, 60, 100))


def test_a_single_row_hides_its_sum_as_well():
    shown, sums = suppress_table({"a": [2, 30]})
    assert shown["a"][0] is None
    assert sums[0] is None


def determined(cells, equations):
    """Which unknowns have one value only, whatever else? By elimination; each equation is a set of unknown cells."""
    unknown = sorted(cells)
    matrix = [[Fraction(signs.get(cell, 0)) for cell in unknown] for signs in equations]
    pivots, row = [], 0
    for column in range(len(unknown)):
        pick = next((r for r in range(row, len(matrix)) if matrix[r][column]), None)
        if pick is None:
            continue
        matrix[row], matrix[pick] = matrix[pick], matrix[row]
        matrix[row] = [value / matrix[row][column] for value in matrix[row]]
        for r in range(len(matrix)):
            if r != row and matrix[r][column]:
                matrix[r] = [a - matrix[r][column] * b for a, b in zip(matrix[r], matrix[row], strict=True)]
        pivots.append((row, column))
        row += 1
    return {unknown[c] for r, c in pivots if not any(value for k, value in enumerate(matrix[r]) if k != c)}


def told(table, always_zero=()):
    """Which small numbers can be worked out by whoever knows where nobody can be? Checks what is hidden on the way."""
    shown, sums = suppress_table(dict(enumerate(table)), always_zero=always_zero)
    grid = [list(shown[r]) for r in range(len(table))] + [list(sums)]
    true = [[*row, sum(row)] for row in table]
    true.append([sum(column) for column in zip(*true, strict=True)])
    hidden = {(r, c) for r, row in enumerate(grid) for c, value in enumerate(row) if value is None}
    small = {(r, c) for r, row in enumerate(true) for c, value in enumerate(row) if 0 < value < FEWEST}
    assert small <= hidden
    last_row, last_column = len(grid) - 1, len(grid[0]) - 1
    equations = [
        {(r, c): (-1 if c == last_column else 1) for c in range(last_column + 1) if (r, c) in hidden}
        for r in range(last_row + 1)
    ]
    equations += [
        {(r, c): (-1 if r == last_row else 1) for r in range(last_row + 1) if (r, c) in hidden}
        for c in range(last_column + 1)
    ]
    assert not hidden & {cell for cell in always_zero if true[cell[0]][cell[1]] == 0}
    return determined(hidden, equations) & small


@given(tables)
def test_no_small_number_of_a_table_can_be_worked_out(table):
    assert not told(table)


@given(tables, st.data())
def test_nor_by_one_who_knows_where_nobody_can_be(table, data):
    cells = [(r, c) for r, row in enumerate(table) for c in range(len(row))]
    always_zero = data.draw(st.sets(st.sampled_from(cells)))
    counted = [[0 if (r, c) in always_zero else count for c, count in enumerate(row)] for r, row in enumerate(table)]
    assert not told(counted, always_zero)


def test_a_zero_that_everybody_knows_hides_nobody():
    rows = {"midwives": [9, 1, 0], "centre": [25, 30, 40], "school": [0, 0, 30]}
    known = {("midwives", 2), ("school", 0), ("school", 1)}
    shown, sums = suppress_table(rows, always_zero=known)
    assert shown["school"][:2] == (0, 0)
    assert shown["midwives"] == (None, None, 0, 10)
    assert None in (shown["centre"][1], sums[1])


def test_a_known_zero_that_counts_somebody_is_a_cell_as_others():
    shown, _sums = suppress_table({"a": [2, 30], "b": [30, 40]}, always_zero={("a", 0)})
    assert shown["a"][0] is None
