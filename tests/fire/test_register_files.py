"""Files made to break the reading of the population register: refused with a sentence, in bounded time and memory.

What bounds them is counted (rows walked, bytes unpacked), never timed.
"""

import io
import tracemalloc
import zipfile
from dataclasses import replace

import pytest
from openpyxl import load_workbook

from fotspor.kit import tables
from fotspor.kit.definitions import BadDefinition, validate
from fotspor.pathways.actions.register_refusals import SAYS
from fotspor.pathways.forms.register_imports import RegisterFile
from fotspor.pathways.queries.register_imports import default_layout
from fotspor.pathways.rules import register_files
from fotspor.pathways.rules.register_files import BadFile, FileFault, FileLayout, read
from fotspor.pathways.tests.test_register_rules import as_csv, as_xlsx, cells

SHEET, STRINGS, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"
HEAD = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
BOMB = '<!DOCTYPE lolz [<!ENTITY a "lol">' + "".join(
    f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
MOST_MEMORY = 120_000_000  # bytes, for files of some kilobytes


def packed(parts, *, kind=zipfile.ZIP_DEFLATED, whole=True):
    """A spreadsheet as a spreadsheet program writes it, with some of its parts put in place of its own."""
    stream, made = io.BytesIO(), io.BytesIO(as_xlsx(cells()))
    with zipfile.ZipFile(made) as before, zipfile.ZipFile(stream, "w", kind) as after:
        for name in before.namelist() if whole else ():
            if name not in parts:
                after.writestr(name, before.read(name))
        for name, part in parts.items():
            after.writestr(name, part)
    return stream.getvalue()


def sheet(rows, dimension="A1:B2"):
    return f'{HEAD}<dimension ref="{dimension}"/><sheetData>{rows}</sheetData></worksheet>'


def lying():
    """An archive whose list of parts says that a part is small."""
    whole = bytearray(packed({SHEET: sheet("<row/>" * 200_000)}))
    with zipfile.ZipFile(io.BytesIO(bytes(whole))) as archive:
        size = archive.getinfo(SHEET).file_size
    return bytes(whole).replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))


ATTACKS = {
    "swells a thousand times": lambda: packed({SHEET: b"0" * 30_000_000}),
    "says that it is small, and is not": lying,
    "has a row number of two milliards": lambda: packed({SHEET: sheet('<row r="2000000000"><c r="A1"/></row>')}),
    "has one row of millions of cells": lambda: packed(
        {SHEET: sheet("<row>" + "<c/>" * 1_500_000 + "</row>")}, kind=zipfile.ZIP_STORED
    ),
    "has a string of millions of parts": lambda: packed(
        {STRINGS: "<sst><si>" + "<r/>" * 1_500_000 + "</si></sst>"}, kind=zipfile.ZIP_STORED
    ),
    "has millions of styles": lambda: packed(
        {STYLES: "<styleSheet>" + "<x/>" * 1_500_000 + "</styleSheet>"}, kind=zipfile.ZIP_STORED
    ),
    "defines entities within entities": lambda: packed({SHEET: f'<?xml version="1.0"?>{BOMB}]><w>&i;</w>'}),
    "defines entities far down": lambda: packed(
        {SHEET: f'<?xml version="1.0"?><!--{"x" * 9_000}-->{BOMB}]><w>&i;</w>'}
    ),
    "asks for a file of the machine": lambda: packed(
        {SHEET: '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY e SYSTEM "file:///etc/passwd">]><w>&e;</w>'}
    ),
    "names its parts with a way out": lambda: packed({"../../../tmp/fotspor": "x", "/etc/passwd": "x"}, whole=False),
    "has ten thousand parts": lambda: packed({f"x{number}": "" for number in range(10_000)}, kind=zipfile.ZIP_STORED),
    "is another kind of archive": lambda: packed({"word/document.xml": "<x/>"}, whole=False),
    "begins as an archive and is none": lambda: b"PK\x03\x04" + b"\x00" * 5_000,
    "is a picture": lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20,
    "is an old spreadsheet": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 5_000,
    "is a page": lambda: b"<html><script>alert(1)</script></html>\n",
    "is one line without end": lambda: b";" * 3_000_000,
    "is a quotation without end": lambda: as_csv(cells()) + b'"' + b"x" * 500_000 + b"\r\n",
    "is nothing but line ends": lambda: b"\r\n" * 1_000_000,
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_it_is_refused_with_a_sentence_and_holds_little_memory(attack):
    content = ATTACKS[attack]()
    tracemalloc.start()
    try:
        with pytest.raises(BadFile) as caught:
            read(content, default_layout())
        held = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert str(SAYS[caught.value.fault] % {"detail": caught.value.detail})
    assert "Traceback" not in caught.value.detail
    assert held < MOST_MEMORY, f"{held // 1_000_000} MB for a file of {len(content) // 1_000} kB"


def test_a_sheet_that_says_it_is_as_wide_and_long_as_sheets_can_be_is_read_as_it_is():
    """A spreadsheet program may say so when a whole column has been given a colour."""
    whole = as_xlsx(cells())
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        said = archive.read(SHEET).decode()
    wide = said.replace(said.partition('<dimension ref="')[2].partition('"')[0], "A1:XFD1048576", 1)
    assert [row.cells for row in read(packed({SHEET: wide}), default_layout())] == [
        row.cells for row in read(whole, default_layout())
    ]


def test_cells_out_of_reach_cost_no_more_than_the_columns_we_know(monkeypatch):
    asked = []
    openpyxl = tables.load_workbook

    def watched(*args, **options):
        book = openpyxl(*args, **options)
        rows = book.worksheets[0].iter_rows
        book.worksheets[0].iter_rows = lambda **limits: asked.append(limits) or rows(**limits)
        return book

    monkeypatch.setattr(tables, "load_workbook", watched)
    with pytest.raises(BadFile):
        read(packed({SHEET: sheet('<row r="1"><c r="XFD1" t="n"><v>1</v></c></row>' * 1_000)}), default_layout())
    assert asked == [{"max_row": register_files.MOST_ROWS + 2, "max_col": tables.MOST_COLUMNS, "values_only": True}]


def test_sixty_megabytes_are_looked_at_and_one_more_is_not(monkeypatch):
    monkeypatch.setattr(register_files, "text_lines", lambda *_args, **_how: pytest.fail("the file was read"))
    with pytest.raises(BadFile) as caught:
        read(b"x" * (register_files.MOST_BYTES + 1), default_layout())
    assert caught.value.fault is FileFault.TOO_LARGE


@pytest.mark.parametrize("formula", ["=1+1", '=HYPERLINK("http://x")', "=cmd|' /C calc'!A0", "+1", "@SUM(1)"])
def test_a_formula_is_text_and_is_never_worked_out(formula):
    (row,) = read(as_xlsx(cells(given_name=formula)), default_layout())
    assert row.cells["given_name"] == formula
    (row,) = read(as_csv(cells(given_name=formula.replace('"', ""))), default_layout())
    assert row.cells["given_name"] == formula.replace('"', "")


def test_openpyxl_itself_would_have_walked_for_hours():
    """What the limit is there for: taken away by an upgrade, the file above must still end."""
    book = load_workbook(io.BytesIO(packed({SHEET: sheet('<row r="2000000000"/>')})), read_only=True)
    rows = book.worksheets[0].iter_rows(max_row=5, values_only=True)
    assert sum(1 for _row in rows) <= 6


# --- the mapping -----------------------------------------------------------------------------------------


class Sent:
    """A file as a form gets it."""

    def __init__(self, content, name="x.toml"):
        self.content, self.name, self.size = content, name, len(content)

    def read(self, most=-1):
        return self.content[: most if most >= 0 else None]


@pytest.mark.parametrize(
    "mapping",
    [
        b"a=" + b"[" * 50_000,
        b"\xff\xfe",
        b"x" * 200_000,
        b"[file]\ndelimiter=''",
        b"[file",
        b"a.b.c=1\na=2",
        b'a="\\ud800"',
        b"a=" + b"9" * 6_000,
    ],
    ids=str,
)
def test_a_mapping_that_is_none_is_refused_with_a_sentence(mapping):
    form = RegisterFile({}, {"file": Sent(b"x"), "mapping": Sent(mapping)})
    assert not form.is_valid()
    assert form.errors["mapping"]


@pytest.mark.parametrize("delimiter", ["", ";;", '"', "\n", "\x00"])
def test_a_delimiter_that_nothing_can_be_read_by_is_refused_with_the_mapping(delimiter):
    with pytest.raises(BadDefinition, match="delimiter"):
        validate(FileLayout, {"delimiter": delimiter}, "x.toml")


@pytest.mark.parametrize("pattern", ["%Y%Y", "%", "%!", "%Y-%m-%d%d"])
def test_a_date_that_cannot_be_written_so_is_refused_with_the_mapping(pattern):
    with pytest.raises(BadDefinition, match="date_formats"):
        validate(FileLayout, {"date_formats": (pattern,)}, "x.toml")


@pytest.mark.parametrize("encoding", ["idna", "undefined", "zlib", "utf-16", "no such", "a\x00b", "../etc/passwd"])
def test_an_encoding_that_does_not_read_the_file_is_refused_as_such(encoding):
    layout = default_layout()
    layout = replace(layout, file=replace(layout.file, encoding=encoding))
    with pytest.raises(BadFile) as caught:
        read("æøå;..;\n".encode() + b"." * 80 + b"\n", layout)
    assert caught.value.fault in {FileFault.ENCODING, FileFault.CUT}
