"""A file of forms as bytes: text into rows, or a reason why nothing of it can be used.

Half a row reads like a form with fewer answers, and could leave out the one that rings. So a file that is cut is
refused whole.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MOST_BYTES: Final = 60_000_000


class FileFault(StrEnum):
    """Why a file as a whole cannot be used. Nothing of it is stored."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    ENCODING = "encoding"
    CUT = "cut"
    COLUMNS = "columns"
    ROWS = "rows"


class BadFile(Exception):
    """The file cannot be used. `detail` names a row or columns, never an answer."""

    def __init__(self, fault: FileFault, detail: str = "") -> None:
        super().__init__(f"{fault.value}: {detail}" if detail else fault.value)
        self.fault, self.detail = fault, detail


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
    lines = _lines(content)
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


def _lines(content: bytes) -> list[tuple[int, list[str]]]:
    if not content.strip():
        raise BadFile(FileFault.EMPTY)
    if len(content) > MOST_BYTES:
        raise BadFile(FileFault.TOO_LARGE, f"{MOST_BYTES // 1_000_000} MB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadFile(FileFault.ENCODING, str(content[: error.start].count(b"\n") + 1)) from None
    if "\x00" in text:
        raise BadFile(FileFault.ENCODING, str(text[: text.index("\x00")].count("\n") + 1))
    if not text.strip():
        raise BadFile(FileFault.EMPTY)
    if not text.endswith(("\n", "\r")):
        raise BadFile(FileFault.CUT, str(text.count("\n") + 1))
    found, number = [], 0
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), start=1):
            if any(cell.strip() for cell in cells):
                found.append((number, cells))
    except csv.Error:
        raise BadFile(FileFault.CUT, str(number + 1)) from None
    return found
