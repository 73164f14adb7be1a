"""What leaves as a file: nothing in it is taken for a formula, a new cell or a new line, and its name is ours."""

import csv
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from fotspor.access.rules.files import STARTS_A_FORMULA, as_csv, safe_cell
from fotspor.kit.spreadsheets import as_xlsx
from fotspor.services.models import Staff
from tests.fire.town import NOBODY

FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "   +1", "=cmd|' /C calc'!A0", "|x", "%x", '=HYPERLINK("http://x")',
    "\u00a0=1", "\ufeff=1", "\u200b=1", "＝1", "＋1", "－1", "＠1",
]  # fmt: skip
INVISIBLE = " \u00a0\ufeff\u200b\u200c\u200d\u2060\t\r\n\v\f"


def read_back(text):
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";", strict=True))


@pytest.mark.parametrize("words", FORMULAS)
def test_no_cell_begins_a_formula(words):
    [[cell]] = read_back(as_csv([words], []))
    assert cell.startswith("'")
    assert cell == f"'{words}"


@given(st.text(max_size=30))
def test_whatever_is_written_stays_in_its_cell(words):
    [head, row] = read_back(as_csv(["A", "B"], [[words, "x"]]))
    assert (head, row[1]) == (["A", "B"], "x")
    assert row[0].removeprefix("'") == words.removeprefix("'") or row[0] == words
    assert not row[0].lstrip(INVISIBLE).startswith(STARTS_A_FORMULA)


@given(st.sampled_from(["", " ", "\u00a0", "\u200b \ufeff"]), st.sampled_from(STARTS_A_FORMULA), st.text(max_size=10))
def test_nothing_that_cannot_be_seen_hides_the_start_of_a_formula(before, start, after):
    assert safe_cell(before + start + after).startswith("'")


def test_a_name_that_is_a_formula_is_text_in_the_file_of_who_has_looked(town):
    """Through the page itself: what the employee is called, as the family gets it."""
    name = '=HYPERLINK("http://evil.example";"Se her")'
    Staff.objects.filter(pk=town.staff["nurse"].pk).update(given_name=name)
    town.browser("nurse").get(town.url("desk:person", ("key",)))
    answer = town.browser("officer").get(
        town.url("access:who_has_looked_file", ("person_key",), person_key=town.key("mother"))
    )
    assert answer.status_code == 200
    rows = read_back(answer.content.decode())
    assert [cell for row in rows for cell in row if "HYPERLINK" in cell and not cell.startswith(f"'{name}")] == []
    assert any(cell.startswith(f"'{name}") for row in rows for cell in row)
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="innsyn-20')


@pytest.mark.parametrize("words", ['x"; filename="y.exe', "x\r\nSet-Cookie: a=b", "../../x", "2026-01-01/../x"])
def test_nobody_names_the_file(town, words):
    url = town.url("access:who_has_looked_file", ("person_key",), person_key=town.key("mother"))
    answer = town.browser("officer").get(url, {"from_on": words, "to_on": words})
    assert answer.status_code == 302
    assert "Content-Disposition" not in answer.headers
    assert NOBODY not in answer.url


@pytest.mark.parametrize("words", [*FORMULAS, "a\x01b", "\x0bx", "x\x1f", "<f>1</f>"])
def test_a_spreadsheet_is_written_whatever_it_says_and_holds_no_formula(words):
    content = as_xlsx("Liste", [words], [[words]])
    [[head], [cell]] = load_workbook(io.BytesIO(content), data_only=False).active.iter_rows()
    assert head.data_type in ("s", "n")
    assert cell.data_type in ("s", "n")
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
