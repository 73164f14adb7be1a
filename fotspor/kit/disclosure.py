"""Small numbers that could name somebody. Plain Python: counts in, counts or «hidden» out."""

from collections.abc import Collection, Hashable, Mapping, Sequence

FEWEST = 5
Cell = tuple[int, int]


def is_small(count: int, fewest: int = FEWEST) -> bool:
    """Could this count name somebody? Nobody at all names nobody."""
    return 0 < count < fewest


def suppress(counts: Sequence[int], fewest: int = FEWEST) -> tuple[int | None, ...]:
    """Which of these counts, that add up to a published sum, may be shown?

    Shape   None is hidden. When anything is hidden at least two are, and together they hide at least `fewest`
            people, so that the sum does not tell. The complementary ones are the smallest that are left, zeros
            only when nothing else remains.
    """
    hidden = _complemented(range(len(counts)), {i for i, n in enumerate(counts) if is_small(n, fewest)}, counts, fewest)
    return tuple(None if index in hidden else count for index, count in enumerate(counts))


def _complemented(line, hidden: set, count_of, fewest: int) -> set:
    """The hidden ones of a line, and those that must be hidden with them."""
    inside = {place for place in line if place in hidden}
    open_ones = (place for place in line if place not in hidden)
    rest = sorted(open_ones, key=lambda place: (count_of[place] == 0, count_of[place], place))
    while inside and rest and (len(inside) < 2 or sum(count_of[place] for place in inside) < fewest):
        inside.add(rest.pop(0))
    return inside


def suppress_table(
    rows: Mapping[Hashable, Sequence[int]],
    fewest: int = FEWEST,
    *,
    always_zero: Collection[tuple[Hashable, int]] = (),
) -> tuple[dict[Hashable, tuple[int | None, ...]], tuple[int | None, ...]]:
    """Which cells of a table may be shown: those of its rows, each with its own sum last, and the sums of its columns?

    Shape   rows of equal length, without sums. None is hidden. Sums are cells like others: a small sum is hidden too.
            No line of the table lets a hidden small number be worked out from what is shown. `always_zero`: row and
            column of cells that everybody knows are 0. They are shown, and hide nobody; one that counts somebody after
            all is a cell as any other.
    """
    keys = list(rows)
    grid = [[*rows[key], sum(rows[key])] for key in keys]
    grid.append([sum(column) for column in zip(*grid, strict=True)] if grid else [])
    height, width = len(grid), len(grid[0])
    count_of = {(r, c): grid[r][c] for r in range(height) for c in range(width)}
    known = {cell for cell in count_of if _is_known(cell, count_of, keys, always_zero)}
    lines = [[(r, c) for c in range(width) if (r, c) not in known] for r in range(height)]
    lines += [[(r, c) for r in range(height) if (r, c) not in known] for c in range(width)]
    hidden = {cell for cell, count in count_of.items() if is_small(count, fewest)}
    while True:
        before = len(hidden)
        for line in lines:
            hidden |= _complemented(line, hidden, count_of, fewest)
        small = (cell for cell in sorted(hidden) if is_small(count_of[cell], fewest))
        told = next((cell for cell in small if _is_told(cell, hidden)), None)
        if told is not None and len(hidden) == before:
            hidden |= _more(told, lines, height, hidden)
        if len(hidden) == before:
            break
    shown = [tuple(None if (r, c) in hidden else grid[r][c] for c in range(width)) for r in range(height)]
    return dict(zip(keys, shown[:-1], strict=True)), shown[-1]


def _is_known(cell: Cell, count_of: Mapping[Cell, int], keys: list, always_zero: Collection) -> bool:
    """Is this a zero that everybody knows? Sums are never."""
    row, column = cell
    return count_of[cell] == 0 and row < len(keys) and (keys[row], column) in always_zero


def _more(told: Cell, lines: list[list[Cell]], height: int, hidden: set[Cell]) -> set[Cell]:
    """What else is hidden, since this one can be worked out? Its row, else its column, else the sums, else it all."""
    row, column = told
    everything = [cell for line in lines for cell in line]
    for line in (lines[row], lines[height + column], lines[height - 1], everything):
        if more := set(line) - hidden:
            return more
    return set()


def _is_told(cell: Cell, hidden: set[Cell]) -> bool:
    """Can this hidden cell be worked out from the others? Only when no ring of hidden cells goes through it.

    Rows and columns are points, hidden cells are the roads between them; a cell is free to vary exactly when its two
    points are joined by another way too.
    """
    row, column = ("row", cell[0]), ("column", cell[1])
    reached, waiting = {row}, [row]
    while waiting:
        point = waiting.pop()
        for r, c in hidden - {cell}:
            ends = (("row", r), ("column", c))
            if point in ends:
                other = ends[1] if point == ends[0] else ends[0]
                if other not in reached:
                    reached.add(other)
                    waiting.append(other)
    return column not in reached
