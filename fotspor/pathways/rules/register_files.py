"""A population register extract as bytes: CSV or XLSX into a table, or a reason why nothing of it can be used.

A file that is cut, spoiled or too large is refused whole, since half a register would make children look as if they had
moved. Nothing here knows what a column means.
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import IO, Final, overload

from openpyxl import load_workbook  # type: ignore[import-untyped]

from fotspor.kit.definitions import Byline

MOST_BYTES: Final = 60_000_000
MOST_UNPACKED_BYTES: Final = 400_000_000
MOST_TIMES_PACKED: Final = 200
MOST_PARTS: Final = 1_000
MOST_BETWEEN_ROWS: Final = 5_000_000  # bytes: the parser holds a whole row, and a whole part that has no rows
ROW_STARTS: Final = {"xl/worksheets/": b"<row", "xl/sharedStrings": b"<si"}
MOST_ROWS: Final = 400_000
MOST_COLUMNS: Final = 200  # what stands further out has no heading of ours
MOST_IN_A_CELL: Final = 1_000
POSTCODE_DIGITS: Final = 4
ZIP_START: Final = b"PK\x03\x04"


class FileFault(StrEnum):
    """Why a file as a whole cannot be used. Nothing of it is stored."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    ENCODING = "encoding"
    CUT = "cut"
    CUT_SHEET = "cut_sheet"
    ROWS = "rows"
    UNCOUNTED = "uncounted"
    COLUMNS = "columns"
    SPOILED = "spoiled"
    MISSING_MANY = "missing_many"
    MISSING_GUARDIANS = "missing_guardians"
    SHRUNK = "shrunk"


class BadFile(Exception):
    """The file cannot be used. `detail` names a row or columns, never a person."""

    def __init__(self, fault: FileFault, detail: str = "") -> None:
        super().__init__(f"{fault.value}: {detail}" if detail else fault.value)
        self.fault = fault
        self.detail = detail


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

    def __init__(self, lines: Sequence[tuple[int, list[str]]], places: Mapping[str, int], *, is_sheet: bool) -> None:
        self._lines, self._places, self._is_sheet = lines, places, is_sheet

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
    if not content.strip():
        raise BadFile(FileFault.EMPTY)
    if len(content) > MOST_BYTES:
        raise BadFile(FileFault.TOO_LARGE, f"{MOST_BYTES // 1_000_000} MB")
    is_sheet = content.startswith(ZIP_START)
    lines = _xlsx(content, layout) if is_sheet else _csv(content, layout)
    found = _named(_checked_end(list(lines), layout), layout, is_sheet=is_sheet)
    if rows is not None and rows != len(found):
        raise BadFile(FileFault.ROWS, f"{len(found)}/{rows}")
    return found


def _csv(content: bytes, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    encoding = "utf-8-sig" if layout.file.encoding.lower() in ("utf-8", "utf8") else layout.file.encoding
    try:
        text = content.decode(encoding)
    except (ValueError, LookupError) as error:  # some encodings fail in ways of their own
        where = content[: error.start].count(b"\n") + 1 if isinstance(error, UnicodeDecodeError) else 0
        raise BadFile(FileFault.ENCODING, str(where) if where else layout.file.encoding) from None
    if "\x00" in text:
        raise BadFile(FileFault.ENCODING, str(text[: text.index(chr(0))].count(chr(10)) + 1))
    if not text.endswith(("\n", "\r")):
        raise BadFile(FileFault.CUT, str(text.count(chr(10)) + 1))
    del text  # what is read from here on is decoded in parts
    stream = io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
    reader = csv.reader(stream, delimiter=layout.file.delimiter, strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error:
        raise BadFile(FileFault.CUT, str(reader.line_num)) from None


def _xlsx(content: bytes, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    _check_archive(content)
    number = 0
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        sheet = book[layout.file.sheet] if layout.file.sheet else book.worksheets[0]
        rows = sheet.iter_rows(max_row=MOST_ROWS + 2, max_col=MOST_COLUMNS, values_only=True)  # whatever it says itself
        for number, cells in enumerate(rows, start=1):
            if cells.count(None) == len(cells):
                continue  # a file of a few kilobytes may say that it has millions of rows
            line = [_text(cell) for cell in cells]
            while line and not line[-1]:
                line.pop()
            if line:
                yield number, line
    except Exception:  # openpyxl raises whatever a spoiled part made it stumble on
        if number:
            raise BadFile(FileFault.CUT, str(number + 1)) from None
        raise BadFile(FileFault.SPOILED) from None
    if number > MOST_ROWS + 1:
        raise BadFile(FileFault.TOO_LARGE, f"{MOST_ROWS}")


def _check_archive(content: bytes) -> None:
    """Refuse an archive that is cut, that unpacks to far more than it weighs, or that defines entities of its own."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            if unpacked > min(MOST_UNPACKED_BYTES, max(len(content), 10_000) * MOST_TIMES_PACKED):
                raise BadFile(FileFault.TOO_LARGE, f"{unpacked // 1_000_000} MB")
            if len(parts) > MOST_PARTS:
                raise BadFile(FileFault.SPOILED)
            for part in parts:
                with archive.open(part) as opened:
                    _check_part(part.filename, opened)
    except (zipfile.BadZipFile, EOFError, OSError, RuntimeError, NotImplementedError):
        raise BadFile(FileFault.CUT_SHEET) from None


def _check_part(name: str, opened: IO[bytes]) -> None:
    """Refuse a part with entities of its own, or so large without a row that the parser would hold all of it."""
    mark = next((mark for start, mark in ROW_STARTS.items() if name.startswith(start)), b"")
    since, tail = 0, b""
    while chunk := opened.read(1_000_000):
        if b"<!DOCTYPE" in tail + chunk:
            raise BadFile(FileFault.SPOILED, name)
        last = (tail + chunk).rfind(mark) if mark else -1
        since = since + len(chunk) if last < 0 else len(tail) + len(chunk) - last
        if since > MOST_BETWEEN_ROWS:
            raise BadFile(FileFault.TOO_LARGE, f"{MOST_BETWEEN_ROWS // 1_000_000} MB")
        tail = chunk[-10:]


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)


def _checked_end(lines: list[tuple[int, list[str]]], layout: Layout) -> list[tuple[int, list[str]]]:
    """The lines without the end mark. With a mark agreed, a file without it, or with another count, is cut."""
    mark = layout.file.end_mark
    if not mark:
        return lines
    if not lines or lines[-1][1][0].strip() != mark:
        raise BadFile(FileFault.CUT, str(lines[-1][0]) if lines else "1")
    number, last = lines.pop()
    said = last[1].strip() if len(last) > 1 else ""
    if said != str(len(lines) - 1):
        raise BadFile(FileFault.CUT, str(number))
    return lines


def _named(lines: Sequence[tuple[int, list[str]]], layout: Layout, *, is_sheet: bool) -> Rows:
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
    return Rows(lines[1:], places, is_sheet=is_sheet)
