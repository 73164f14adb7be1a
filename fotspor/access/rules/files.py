"""A list as a file that a spreadsheet opens, and that makes no spreadsheet do anything."""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
NOT_SEEN = " \u00a0\ufeff\u200b\u200c\u200d\u2060"
BYTE_ORDER_MARK = "\ufeff"  # without it some spreadsheets read æ, ø and å as something else


def safe_cell(text: str) -> str:
    """How does this stand in a cell without being taken for a formula?"""
    seen = unicodedata.normalize("NFKC", text).lstrip(NOT_SEEN)  # some spreadsheets read «＝» as «=»
    return f"'{text}" if seen.startswith(STARTS_A_FORMULA) else text


def as_csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """The rows as a file, with semicolons as Norwegian spreadsheets expect."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in (head, *rows):
        writer.writerow([safe_cell(cell) for cell in row])
    return BYTE_ORDER_MARK + written.getvalue()
