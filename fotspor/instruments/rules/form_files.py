"""A file of forms as bytes: text into rows, or a reason why nothing of it can be used.

Half a row reads like a form with fewer answers, and could leave out the one that rings. So a file that is cut is
refused whole.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from fotspor.kit.tables import MOST_BYTES, BadFile, FileFault, require_size, text_lines

__all__ = ["MOST_BYTES", "BadFile", "FileFault", "TableRow", "read_table"]


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line by its headings. `number` is what a spreadsheet shows beside it."""

    number: int
    cells: dict[str, str]


def read_table(content: bytes, columns: Iterable[str], rows: int | None = None) -> tuple[TableRow, ...]:
    """Which rows does the file hold?

    Shape   `columns` are those it must have; `rows` is how many rows whoever made it says there are.
    Errors  BadFile.
    """
    require_size(content, MOST_BYTES)
    lines = list(text_lines(content))
    heads = [head.strip() for head in lines[0][1]]
    missing = [column for column in columns if column not in heads]
    if missing:
        raise BadFile(FileFault.COLUMNS, ", ".join(missing))
    twice = {head for head in heads if heads.count(head) > 1}
    if twice:
        raise BadFile(FileFault.COLUMNS, ", ".join(f"{head} ×2" for head in sorted(twice)))
    if len(lines) == 1:
        raise BadFile(FileFault.EMPTY)
    for number, cells in lines[1:]:
        if len(cells) != len(heads):
            raise BadFile(FileFault.CUT, str(number))
    if rows is not None and rows != len(lines) - 1:
        raise BadFile(FileFault.ROWS, f"{len(lines) - 1}/{rows}")
    return tuple(TableRow(number, dict(zip(heads, cells, strict=True))) for number, cells in lines[1:])
