"""A table as bytes, CSV or XLSX: into lines of cells, or a reason why nothing of it can be used.

A file that is cut, spoiled or too large is refused whole: half of it would read like a file that says less. Nothing
here knows what a column means.
"""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import IO, Final

from openpyxl import load_workbook  # type: ignore[import-untyped]

MOST_BYTES: Final = 60_000_000
MOST_UNPACKED_BYTES: Final = 400_000_000
MOST_TIMES_PACKED: Final = 200
MOST_PARTS: Final = 1_000
MOST_BETWEEN_ROWS: Final = 5_000_000  # bytes: the parser holds a whole row, and a whole part that has no rows
ROW_STARTS: Final = {"xl/worksheets/": b"<row", "xl/sharedStrings": b"<si"}
MOST_COLUMNS: Final = 200  # what stands further out has no heading of ours
ZIP_START: Final = b"PK\x03\x04"
UTF_8: Final = "utf-8-sig"  # with the mark that spreadsheets put first, or without

Line = tuple[int, list[str]]  # as a spreadsheet numbers it


class FileFault(StrEnum):
    """Why a file as a whole cannot be used. Nothing of it is stored."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    TOO_MANY = "too_many"  # rows
    ENCODING = "encoding"
    CUT = "cut"
    CUT_SHEET = "cut_sheet"
    SPOILED = "spoiled"
    COLUMNS = "columns"
    ROWS = "rows"  # another number of them than was said
    UNCOUNTED = "uncounted"
    SHRUNK = "shrunk"
    MISSING_MANY = "missing_many"
    MISSING_GUARDIANS = "missing_guardians"


class BadFile(Exception):
    """The file cannot be used. `detail` names a row or columns, never a person or an answer."""

    def __init__(self, fault: FileFault, detail: str = "") -> None:
        super().__init__(f"{fault.value}: {detail}" if detail else fault.value)
        self.fault, self.detail = fault, detail


def require_size(content: bytes, most: int) -> None:
    """Is there something in the file, and not too much? Errors: BadFile."""
    if len(content) > most:
        raise BadFile(FileFault.TOO_LARGE, f"{most // 1_000_000} MB")
    if not content.strip():
        raise BadFile(FileFault.EMPTY)


def is_sheet(content: bytes) -> bool:
    """Is it a spreadsheet's own file?"""
    return content.startswith(ZIP_START)


def text_lines(
    content: bytes, *, delimiter: str = ",", encodings: Sequence[str] = (UTF_8,), ends: bool = True
) -> Iterator[Line]:
    """Which lines has a text file? Those without anything in them are passed over, and counted.

    Shape   `encodings`: the first that fits. `ends`: its last line ends too, or the file is cut.
    Errors  BadFile, with the row.
    """
    encoding, text = _decoded(content, encodings)
    if "\x00" in text:
        raise BadFile(FileFault.ENCODING, str(text[: text.index("\x00")].count("\n") + 1))
    if not text.strip():
        raise BadFile(FileFault.EMPTY)
    if ends and not text.endswith(("\n", "\r")):
        raise BadFile(FileFault.CUT, str(text.count("\n") + 1))
    del text  # what is read from here on is decoded in parts
    stream, number = io.TextIOWrapper(io.BytesIO(content), encoding, newline=""), 0
    try:
        for number, cells in enumerate(csv.reader(stream, delimiter=delimiter, strict=True), start=1):
            if any(cell.strip() for cell in cells):
                yield number, cells
    except csv.Error:
        raise BadFile(FileFault.CUT, str(number + 1)) from None


def _decoded(content: bytes, encodings: Sequence[str]) -> tuple[str, str]:
    """The text, and in which encoding it is. Errors: BadFile, with the row of the last one tried, or its name."""
    detail = ""
    for encoding in encodings:
        try:
            return encoding, content.decode(encoding)
        except UnicodeDecodeError as error:
            detail = str(content[: error.start].count(b"\n") + 1)
        except (ValueError, LookupError):  # some encodings fail in ways of their own
            detail = encoding
    raise BadFile(FileFault.ENCODING, detail)


def sheet_lines(content: bytes, *, sheet: str = "", most_rows: int) -> Iterator[Line]:
    """Which lines has a spreadsheet, the first unless another is named? Errors: BadFile, with the row."""
    _check_archive(content)
    number = 0
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        chosen = book[sheet] if sheet else book.worksheets[0]
        # Whatever it says itself of how wide and long it is.
        rows = chosen.iter_rows(max_row=most_rows + 2, max_col=MOST_COLUMNS, values_only=True)
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
    if number > most_rows + 1:
        raise BadFile(FileFault.TOO_LARGE, f"{most_rows}")


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
