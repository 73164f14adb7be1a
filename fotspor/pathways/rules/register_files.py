"""A population register extract as bytes: a table into rows by field, or a reason why nothing of it can be used.

Half a register would make children look as if they had moved. Nothing here knows what a field means.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, overload

from fotspor.kit.definitions import Byline
from fotspor.kit.tables import (
    MOST_BYTES,
    UTF_8,
    BadFile,
    FileFault,
    Line,
    is_sheet,
    require_size,
    sheet_lines,
    text_lines,
)

__all__ = ["MOST_BYTES", "BadFile", "FileFault", "Layout", "Row", "Rows", "read"]

MOST_ROWS: Final = 400_000
MOST_IN_A_CELL: Final = 1_000
POSTCODE_DIGITS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLayout:
    """How the file is written."""

    delimiter: str = ";"
    encoding: str = "utf-8"
    sheet: str = ""
    date_formats: tuple[str, ...] = ("%Y-%m-%d",)
    is_complete: bool = True
    end_mark: str = ""
    missing_percent: int = 10
    guardians_percent: int = 25
    shrunk_percent: int = 20

    def __post_init__(self) -> None:
        """What nothing could be read by is refused with the mapping. Errors: ValueError."""
        if len(self.delimiter) != 1 or self.delimiter in '\r\n"\x00':
            raise ValueError("delimiter: one character, not a quotation mark")
        for pattern in self.date_formats:
            try:
                datetime.strptime(date(2000, 1, 1).strftime(pattern), pattern)  # noqa: DTZ007 - a date has no zone
            except (ValueError, re.error):
                raise ValueError("date_formats: each part of a date once, as %d.%m.%Y") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Which column is what, and which word means what: one mapping file."""

    slug: str
    title: str
    byline: Byline
    file: FileLayout
    columns: dict[str, str]
    optional_columns: dict[str, str]
    values: dict[str, dict[str, str]]


@dataclass(frozen=True, slots=True)
class Row:
    """One line, by the layout's field names. `number` is what a spreadsheet shows beside it."""

    number: int
    cells: dict[str, str]


class Rows(Sequence[Row]):
    """The rows of a file. Each is made when it is asked for: by name, a row takes far more room than as it stands."""

    def __init__(
        self, lines: Sequence[Line], places: Mapping[str, int], *, is_sheet: bool, is_counted: bool = False
    ) -> None:
        self._lines, self._places, self._is_sheet = lines, places, is_sheet
        self.is_counted = is_counted  # the file's own last line says how many rows there are, and so many there are

    def __len__(self) -> int:
        return len(self._lines)

    @overload
    def __getitem__(self, place: int) -> Row: ...
    @overload
    def __getitem__(self, place: slice) -> "Rows": ...
    def __getitem__(self, place: int | slice) -> "Row | Rows":
        if isinstance(place, slice):
            return Rows(self._lines[place], self._places, is_sheet=self._is_sheet)
        number, cells = self._lines[place]
        # A sheet leaves out empty cells at the end.
        named = {name: cells[at].strip() if at < len(cells) else "" for name, at in self._places.items()}
        if self._is_sheet and named["postcode"].isdigit():
            named["postcode"] = named["postcode"].zfill(POSTCODE_DIGITS)  # a number has lost its noughts in front
        return Row(number, named)


def read(content: bytes, layout: Layout, rows: int | None = None) -> Rows:
    """Which rows does the file hold? `rows` is how many whoever made it says there are. Errors: BadFile."""
    require_size(content, MOST_BYTES)
    file = layout.file
    if is_sheet(content):
        lines = list(sheet_lines(content, sheet=file.sheet, most_rows=MOST_ROWS))
    else:
        encoding = UTF_8 if file.encoding.lower() in ("utf-8", "utf8") else file.encoding
        lines = list(text_lines(content, delimiter=file.delimiter, encodings=[encoding]))
    is_counted = _takes_end_mark(lines, layout)
    found = _named(lines, layout, is_sheet=is_sheet(content), is_counted=is_counted)
    if rows is not None and rows != len(found):
        raise BadFile(FileFault.ROWS, f"{len(found)}/{rows}")
    return found


def _takes_end_mark(lines: list[Line], layout: Layout) -> bool:
    """Take the end mark off the lines; whether there was one. With another count than there are rows, it is cut."""
    mark = layout.file.end_mark
    if not mark or not lines or not lines[-1][1] or lines[-1][1][0].strip() != mark:
        return False
    number, last = lines.pop()
    said = last[1].strip() if len(last) > 1 else ""
    if said != str(len(lines) - 1):
        raise BadFile(FileFault.CUT, str(number))
    return True


def _named(lines: Sequence[Line], layout: Layout, *, is_sheet: bool, is_counted: bool) -> Rows:
    """The rows by field name. A text line with too few values is cut; a sheet leaves out empty cells at the end."""
    if not lines:
        raise BadFile(FileFault.EMPTY)
    heads = [head.strip() for head in lines[0][1]]
    missing = [column for column in layout.columns.values() if column not in heads]
    if missing or len(set(heads)) < len(heads):
        raise BadFile(FileFault.COLUMNS, ", ".join(missing) or "×2")
    if len(lines) == 1:
        raise BadFile(FileFault.EMPTY)
    if len(lines) > MOST_ROWS:
        raise BadFile(FileFault.TOO_LARGE, f"{MOST_ROWS}")
    wanted = {**layout.columns, **layout.optional_columns}
    places = {name: heads.index(column) for name, column in wanted.items() if column in heads}
    for number, cells in lines[1:]:
        if len(cells) > len(heads) or (len(cells) < len(heads) and not is_sheet):
            raise BadFile(FileFault.CUT, str(number))
    return Rows(lines[1:], places, is_sheet=is_sheet, is_counted=is_counted)
