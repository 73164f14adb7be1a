"""A list as a file that a spreadsheet opens, and that makes no spreadsheet do anything."""

import csv
import io
from collections.abc import Iterable, Sequence

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
BYTE_ORDER_MARK = "\ufeff"  # without it some spreadsheets read æ, ø and å as something else


def safe_cell(text: str) -> str:
    """How does this stand in a cell without being taken for a formula?"""
    return f"'{text}" if text.lstrip(" ").startswith(STARTS_A_FORMULA) else text


def as_csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The rows as a file, with semicolons as Norwegian spreadsheets expect."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in (head, *rows):
        writer.writerow([safe_cell(cell) for cell in row])
    return BYTE_ORDER_MARK + written.getvalue()
