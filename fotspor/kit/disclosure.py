"""Small numbers that could name somebody. Plain Python: counts in, counts or «hidden» out."""

from collections.abc import Hashable, Mapping, Sequence

FEWEST = 5


def is_small(count: int, fewest: int = FEWEST) -> bool:
    """Could this count name somebody? Nobody at all names nobody."""
    return 0 < count < fewest


def suppress(counts: Sequence[int], fewest: int = FEWEST) -> tuple[int | None, ...]:
    """Which of these counts, that add up to a published sum, may be shown?

    Shape   None is hidden. When anything is hidden at least two are, and together they hide at least `fewest`
            people, so that the sum does not tell. The complementary ones are the smallest that are left, zeros
            only when nothing else remains.
    """
    hidden = {index for index, count in enumerate(counts) if is_small(count, fewest)}
    open_ones = (index for index in range(len(counts)) if index not in hidden)
    rest = sorted(open_ones, key=lambda index: (counts[index] == 0, counts[index], index))
    while hidden and rest and (len(hidden) < 2 or sum(counts[i] for i in hidden) < fewest):
        hidden.add(rest.pop(0))
    return tuple(None if index in hidden else count for index, count in enumerate(counts))


def suppress_table(
    rows: Mapping[Hashable, Sequence[int]], fewest: int = FEWEST
) -> dict[Hashable, tuple[int | None, ...]]:
    """Which cells of a table with published row and column sums may be shown? Rows have equal length.

    Shape   within each row and each column that hides anything, at least two cells are hidden, and together they hide
            at least `fewest` people; repeated until nothing more needs hiding.
    """
    keys = list(rows)
    hidden = {(r, c) for r, key in enumerate(keys) for c, count in enumerate(rows[key]) if is_small(count, fewest)}
    width = len(rows[keys[0]]) if keys else 0
    lines = [[(r, c) for c in range(width)] for r in range(len(keys))]
    lines += [[(r, c) for r in range(len(keys))] for c in range(width)]

    def count(cell: tuple[int, int]) -> int:
        return rows[keys[cell[0]]][cell[1]]

    while True:
        before = len(hidden)
        for line in lines:
            inside = [cell for cell in line if cell in hidden]
            open_ones = (cell for cell in line if cell not in hidden)
            rest = sorted(open_ones, key=lambda cell: (count(cell) == 0, count(cell)))
            while inside and rest and (len(inside) < 2 or sum(map(count, inside)) < fewest):
                inside.append(rest.pop(0))
            hidden.update(inside)
        if len(hidden) == before:
            break
    return {
        key: tuple(None if (r, c) in hidden else value for c, value in enumerate(rows[key]))
        for r, key in enumerate(keys)
    }
