"""What a register file and its rows say. No database."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from fotspor.kit.definitions import load
from fotspor.pathways.rules import register, register_files, register_rows
from fotspor.pathways.rules.register import Change, Guardian, Known, Record, RowFault, Status
from fotspor.pathways.rules.register_files import BadFile, FileFault, Layout, read
from fotspor.pathways.rules.register_rows import Rules
from fotspor.people.identifiers import synthetic_numbers

TODAY = date(2026, 11, 24)
LAYOUT = load(Layout, Path(register.__file__).parents[1] / "definitions" / "register" / "default.toml")
HEADS = [*LAYOUT.columns.values(), *LAYOUT.optional_columns.values()]
BORN, GROWN = date(2024, 3, 5), date(1994, 2, 1)
CHILD, TWIN = list(synthetic_numbers(BORN))[:2]
MOTHER, FATHER = list(synthetic_numbers(GROWN))[:2]
RULES = Rules(LAYOUT, frozenset({"01", "02"}), production=False, today=TODAY)


def cells(**changed) -> dict[str, str]:
    found = {
        "identity_number": CHILD,
        "given_name": "Lita",
        "family_name": "Lyng",
        "birth_date": BORN.isoformat(),
        "sex": "K",
        "street": "Prøvegata 1",
        "postcode": "7991",
        "city": "Øving",
        "district_code": "01",
        "status": "bosatt",
        "guardian_1_number": MOTHER,
        "guardian_1_kind": "mor",
        "custody": "mor",
    }
    return {head: (found | changed).get(head, "") for head in HEADS}


def as_csv(*rows: dict[str, str], encoding="utf-8", end="\r\n") -> bytes:
    lines = [";".join(HEADS), *(";".join(row[head] for head in HEADS) for row in rows)]
    return (end.join(lines) + end).encode(encoding)


def as_xlsx(*rows: dict[str, object], heads=HEADS) -> bytes:
    book = Workbook()
    book.active.append(heads)
    for row in rows:
        book.active.append([row.get(head) or None for head in heads])
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def fault_of(content: bytes, layout: Layout = LAYOUT) -> FileFault:
    with pytest.raises(BadFile) as caught:
        read(content, layout)
    return caught.value.fault


def with_file(**changed) -> Layout:
    return replace(LAYOUT, file=replace(LAYOUT.file, **changed))


# --- the file as a whole ---------------------------------------------------------------------------------


def test_csv_and_spreadsheet_say_the_same():
    written = read(as_csv(cells(), cells(identity_number=TWIN)), LAYOUT)
    sheet = read(as_xlsx(cells(), cells(identity_number=TWIN)), LAYOUT)
    assert [row.cells for row in written] == [row.cells for row in sheet]
    assert [row.number for row in written] == [row.number for row in sheet] == [2, 3]


def test_a_spreadsheet_gives_dates_and_numbers_as_it_keeps_them():
    row = cells(birth_date=BORN, postcode=7991)
    (found,) = read(as_xlsx(row), LAYOUT)
    assert (found.cells["born_on"], found.cells["postcode"]) == ("2024-03-05", "7991")


def repacked(content: bytes, change) -> bytes:
    """The same spreadsheet with its first sheet written otherwise."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(stream, "w") as after:
        for name in before.namelist():
            part = before.read(name)
            after.writestr(name, change(part) if name == "xl/worksheets/sheet1.xml" else part)
    return stream.getvalue()


def test_a_day_without_a_clock_and_a_number_with_a_power_of_ten_are_read_as_they_are_meant():
    def otherwise(sheet: bytes) -> bytes:
        sheet, numbers = re.subn(rb"<v>7991</v>", b"<v>7.991E3</v>", sheet)
        text = rb'<c r="(\w+)" t="inlineStr"><is><t>2024-03-05</t></is></c>'
        sheet, days = re.subn(text, rb'<c r="\1" t="d"><v>2024-03-05</v></c>', sheet)
        assert (numbers, days) == (1, 1)
        return sheet

    (found,) = read(repacked(as_xlsx(cells(postcode=7991)), otherwise), LAYOUT)
    assert (found.cells["born_on"], found.cells["postcode"]) == ("2024-03-05", "7991")


def test_a_sheet_that_breaks_off_says_after_which_row():
    broken = repacked(as_xlsx(cells(), cells(identity_number=TWIN)), lambda sheet: sheet[: sheet.index(b'<row r="3"')])
    with pytest.raises(BadFile) as caught:
        read(broken, LAYOUT)
    assert (caught.value.fault, caught.value.detail) == (FileFault.CUT, "3")


def test_a_byte_order_mark_and_quoted_line_breaks_are_read():
    row = cells(given_name='"Lita ""Lill"""')
    (found,) = read(b"\xef\xbb\xbf" + as_csv(row), LAYOUT)
    assert found.cells["given_name"] == 'Lita "Lill"'


def test_sami_letters_survive_another_encoding_only_when_it_has_them():
    assert read(as_csv(cells(given_name="Ærlig"), encoding="cp1252"), with_file(encoding="cp1252"))
    assert fault_of(as_csv(cells(given_name="Ærlig"), encoding="cp1252")) is FileFault.ENCODING
    assert fault_of(as_csv(cells()), with_file(encoding="no-such")) is FileFault.ENCODING
    assert fault_of(as_csv(cells(given_name="a\x00b"))) is FileFault.ENCODING


def test_a_file_cut_anywhere_is_refused_or_whole():
    whole = as_csv(cells(), cells(identity_number=TWIN))
    header = whole.index(b"\r\n") + 2
    for length in range(header, len(whole) - 2):
        cut = whole[:length]
        if cut.endswith((b"\r\n", b"\r")) and length > header:  # at the end of a line only a count can tell
            assert (len(read(cut, LAYOUT)), read(cut, LAYOUT).is_counted) == (1, False)
        else:
            assert fault_of(cut) in {FileFault.CUT, FileFault.ENCODING, FileFault.EMPTY}


def test_an_end_mark_tells_a_file_that_is_cut_at_the_end_of_a_line():
    layout = with_file(end_mark="#rows")
    whole = as_csv(cells(), cells(identity_number=TWIN))
    assert len(read(whole + b"#rows;2\r\n", layout)) == 2
    assert [read(whole + end, layout).is_counted for end in (b"", b"#rows;2\r\n")] == [False, True]
    assert fault_of(whole + b"#rows;3\r\n", layout) is FileFault.CUT
    assert fault_of(whole + b"#rows\r\n", layout) is FileFault.CUT


def test_a_line_with_too_many_or_too_few_values_is_refused():
    assert fault_of(as_csv(cells()) + b"one;two\r\n") is FileFault.CUT
    assert fault_of(as_csv(cells(given_name="a;b"))) is FileFault.CUT


def test_an_unclosed_quote_is_refused():
    assert fault_of(as_csv(cells(given_name='"Lita'))) is FileFault.CUT


@pytest.mark.parametrize("content", [b"", b"\r\n \r\n", b"\xef\xbb\xbf\n"])
def test_an_empty_file_is_refused(content):
    assert fault_of(content) in {FileFault.EMPTY, FileFault.COLUMNS}


def test_a_file_of_headings_only_is_refused():
    assert fault_of(as_csv()) is FileFault.EMPTY


def test_missing_and_doubled_columns_are_named():
    with pytest.raises(BadFile) as caught:
        read(as_xlsx({}, heads=[head for head in HEADS if head not in {"status", "sex"}]), LAYOUT)
    assert (caught.value.fault, caught.value.detail) == (FileFault.COLUMNS, "sex, status")
    assert fault_of(as_csv(cells()).replace(b"custody", b"status", 1)) is FileFault.COLUMNS


def test_optional_columns_may_be_missing():
    heads = list(LAYOUT.columns.values())
    (found,) = read(as_xlsx(cells(), heads=heads), LAYOUT)
    assert "custody" not in found.cells


def test_a_spreadsheet_that_is_cut_or_spoiled_is_refused():
    whole = as_xlsx(cells())
    assert fault_of(whole[: len(whole) // 2]) is FileFault.CUT_SHEET
    assert fault_of(b"PK\x03\x04nonsense") is FileFault.CUT_SHEET
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("letter.txt", "not a spreadsheet")
    assert fault_of(stream.getvalue()) is FileFault.SPOILED
    assert fault_of(whole, with_file(sheet="Another")) is FileFault.SPOILED


def test_an_archive_that_swells_or_defines_entities_is_refused():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    assert fault_of(stream.getvalue()) is FileFault.TOO_LARGE
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("xl/workbook.xml", '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x/>')
    assert fault_of(stream.getvalue()) is FileFault.SPOILED


def test_a_file_that_is_too_large_is_refused(monkeypatch):
    monkeypatch.setattr(register_files, "MOST_BYTES", 100)
    assert fault_of(as_csv(cells())) is FileFault.TOO_LARGE
    monkeypatch.setattr(register_files, "MOST_BYTES", 100_000)
    monkeypatch.setattr(register_files, "MOST_ROWS", 2)
    assert fault_of(as_csv(*[cells()] * 3)) is FileFault.TOO_LARGE


# --- rows --------------------------------------------------------------------------------------------------


def records(*rows: dict[str, str], rules: Rules = RULES):
    return register_rows.records(read(as_xlsx(*rows), LAYOUT), rules)


def test_a_row_says_who_where_and_whose():
    (found,), refused = records(cells())
    assert not refused
    assert found == Record(
        row=2,
        number=CHILD,
        given_name="Lita",
        family_name="Lyng",
        born_on=BORN,
        sex="female",
        street="Prøvegata 1",
        postcode="7991",
        city="Øving",
        district="01",
        status=Status.RESIDENT,
        dwelling="",
        guardians=(Guardian(MOTHER, "mother"),),
        custody="mother",
    )
    assert register.from_json(register.to_json(found)) == found


FAULTS = [
    ({"identity_number": "12345678901"}, RowFault.BAD_NUMBER, "identity_number"),
    ({"identity_number": ""}, RowFault.BAD_NUMBER, "identity_number"),
    ({"identity_number": "30108299920"}, RowFault.NOT_SYNTHETIC, "identity_number"),
    ({"birth_date": "31.02.2024"}, RowFault.BAD_DATE, "born_on"),
    ({"birth_date": "1024-03-05"}, RowFault.BAD_DATE, "born_on"),
    ({"birth_date": "2026-11-25"}, RowFault.FUTURE, "born_on"),
    ({"status_date": "2026-13-25"}, RowFault.BAD_DATE, "status_on"),
    ({"district_code": "99"}, RowFault.DISTRICT, "district"),
    ({"district_code": ""}, RowFault.DISTRICT, "district"),
    ({"sex": "robot"}, RowFault.VALUE, "sex"),
    ({"status": "?"}, RowFault.VALUE, "status"),
    ({"status": ""}, RowFault.VALUE, "status"),
    ({"protection_grade": "kode 6"}, RowFault.VALUE, "protection"),
    ({"custody": "onkel"}, RowFault.VALUE, "custody"),
    ({"guardian_1_kind": ""}, RowFault.VALUE, "guardian_kind"),
    ({"postcode": "79"}, RowFault.VALUE, "postcode"),
    ({"postcode": "79911"}, RowFault.VALUE, "postcode"),
    ({"birth_order": "0"}, RowFault.VALUE, "birth_order"),
    ({"given_name": "", "family_name": ""}, RowFault.NO_NAME, "given_name"),
    ({"given_name": "L" * 201}, RowFault.LONG, "given_name"),
    ({"given_name": "=1+1"}, RowFault.FORMULA, "given_name"),
    ({"street": "@SUM(A1)"}, RowFault.FORMULA, "street"),
    ({"city": "Ø\u0007ving"}, RowFault.FORMULA, "city"),
    ({"guardian_1_number": CHILD}, RowFault.GUARDIAN, "guardian_1_number"),
    ({"guardian_1_number": "1"}, RowFault.GUARDIAN, "guardian_1_number"),
    ({"guardian_2_number": MOTHER, "guardian_2_kind": "far"}, RowFault.GUARDIAN, "guardian_2_number"),
]


@pytest.mark.parametrize(("changed", "fault", "field"), FAULTS)
def test_a_row_that_cannot_be_used_is_refused_with_its_reason_and_the_others_stand(changed, fault, field):
    rows = (cells(**changed), cells(identity_number=TWIN))
    found, (refusal,) = register_rows.records(read(as_csv(*rows), LAYOUT), RULES)
    assert (refusal.fault, refusal.field, refusal.row) == (fault, field, 2)
    assert [record.number for record in found] == [TWIN]


def test_the_second_row_of_one_number_is_refused():
    found, (refusal,) = records(cells(), cells(given_name="Andre"))
    assert (refusal.fault, refusal.number, len(found)) == (RowFault.TWICE, CHILD, 1)


def test_production_refuses_synthetic_numbers():
    _found, (refusal,) = records(cells(), rules=replace(RULES, production=True))
    assert refusal.fault is RowFault.SYNTHETIC


def test_a_graded_person_may_have_no_district_and_a_newborn_no_name():
    newborn = date(2026, 11, 20)
    number = next(synthetic_numbers(newborn))
    row = cells(
        identity_number=number, birth_date="2026-11-20", given_name="", family_name="", district_code="", street="",
        protection_grade="strengtFortrolig",
    )  # fmt: skip
    (found,), refused = records(row)
    assert not refused
    assert (found.protection, found.district, found.given_name) == ("strict", "", "")


def test_a_number_that_a_spreadsheet_shortened_gets_its_nought_back():
    born_on = date(2024, 3, 5)
    number = next(synthetic_numbers(born_on))
    assert number.startswith("0")
    (found,), _ = records(cells(identity_number=number[1:]))
    assert found.number == number


# --- who belongs together, who is needed ---------------------------------------------------------------------


def record(number: str, born_on: date = BORN, **changed) -> Record:
    base = Record(2, number, "Lita", "Lyng", born_on, "female", "Prøvegata 1", "7991", "Øving", "01", Status.RESIDENT)
    return replace(base, **changed)


def test_a_household_is_one_address_and_guardians_who_live_elsewhere_with_adults_first():
    mother = record(MOTHER, GROWN)
    father = record(FATHER, GROWN, street="Lissomvegen 2")
    child = record(CHILD, guardians=(Guardian(FATHER, "father"), Guardian(MOTHER, "mother")))
    stranger = record(TWIN, street="Papirgata 9")
    found = register.households([child, stranger, mother, father])
    assert [[r.number for r in group] for group in found] == [[MOTHER, FATHER, CHILD], [TWIN]]


def test_people_without_an_address_are_not_one_household_and_a_graded_one_shows_no_address():
    one, other = record(MOTHER, GROWN, street=""), record(FATHER, GROWN, street="")
    assert len(register.households([one, other])) == 2
    hidden = record(MOTHER, GROWN, protection="strict")
    assert len(register.households([hidden, record(FATHER, GROWN)])) == 2


def test_only_children_their_guardians_and_those_we_have_are_kept():
    neighbour, teenager = record(FATHER, GROWN), record(TWIN, date(2012, 1, 1))
    mother = record(MOTHER, GROWN)
    child = record(CHILD, guardians=(Guardian(MOTHER, "mother"),))
    found = [neighbour, teenager, mother, child]
    assert register.needed(found, frozenset(), TODAY) == {MOTHER, CHILD}
    assert register.needed(found, frozenset({TWIN}), TODAY) == {MOTHER, CHILD, TWIN}
    gone = replace(child, status=Status.MOVED_OUT)
    assert register.needed([mother, gone], frozenset(), TODAY) == frozenset()


def test_a_child_is_followed_until_the_summer_after_the_first_school_year():
    assert register.is_under_school_age(date(2020, 12, 31), date(2027, 7, 31))
    assert not register.is_under_school_age(date(2020, 1, 1), date(2027, 8, 1))


# --- what a record changes -----------------------------------------------------------------------------------

KNOWN = Known(
    given_name="Lita", family_name="Lyng", born_on=BORN, sex="female", street="Prøvegata 1", postcode="7991",
    city="Øving", district="01", protection="none", address_protection="none", is_dead=False, has_open_journey=True,
    guardians={MOTHER: ("mother", "joint")},
)  # fmt: skip
LIVED_AT = ("Prøvegata 1", "7991", "Øving", "", "01")
AWAY = replace(KNOWN, has_moved_out=True, street="Ute 1", postcode="0150", city="Oslo", district="", lived_at=LIVED_AT)
WITH_MOTHER = {"guardians": (Guardian(MOTHER, "mother"),), "custody": "joint"}

CHANGES = [
    ({}, None, Change.NEW),
    ({"status": Status.DEAD}, None, Change.NOT_NEEDED),
    ({"status": Status.MOVED_OUT}, None, Change.NOT_NEEDED),
    (WITH_MOTHER, KNOWN, Change.SAME),
    ({}, KNOWN, Change.SAME),
    ({"given_name": "Litt"}, KNOWN, Change.CHANGED),
    ({"born_on": date(2024, 3, 6)}, KNOWN, Change.CHANGED),
    ({**WITH_MOTHER, "custody": "mother"}, KNOWN, Change.CHANGED),
    ({"guardians": (Guardian(FATHER, "father"),)}, KNOWN, Change.CHANGED),
    ({"street": "Lissomvegen 2"}, KNOWN, Change.MOVED),
    ({"district": "02"}, KNOWN, Change.MOVED),
    ({"status": Status.MOVED_OUT}, KNOWN, Change.MOVED),
    ({"status": Status.MOVED_OUT}, replace(KNOWN, has_moved_out=True), Change.SAME),
    ({}, replace(KNOWN, has_moved_out=True), Change.MOVED),
    # Somebody here wrote that they moved out: the old address in the register is asked about, a new one is a move in.
    ({}, AWAY, Change.STAYED),
    ({"street": "Ny 1"}, AWAY, Change.MOVED),
    ({"status": Status.MOVED_OUT}, AWAY, Change.SAME),
    ({"protection": "strict"}, AWAY, Change.STAYED),
    ({"status": Status.DEAD}, KNOWN, Change.DEAD),
    ({"status": Status.DEAD}, replace(KNOWN, is_dead=True), Change.SAME),
    ({"protection": "strict", "street": "Ny 1"}, replace(KNOWN, protection="strict", street=""), Change.SAME),
    ({"protection": "strict", "district": "02"}, replace(KNOWN, protection="strict", street=""), Change.MOVED),
]


@pytest.mark.parametrize(("changed", "known", "change"), CHANGES)
def test_what_a_record_changes(changed, known, change):
    assert register.change(record(CHILD, **changed), known, keeps_guardians=True) is change


def test_guardians_of_an_adult_are_not_compared():
    other = record(CHILD, guardians=(Guardian(FATHER, "father"),))
    assert register.change(other, KNOWN, keeps_guardians=False) is Change.SAME


def test_a_file_that_lacks_many_of_our_children_is_taken_to_be_cut():
    assert register.too_many_missing(11, 100, LAYOUT)
    assert not register.too_many_missing(10, 100, LAYOUT)
    assert not register.too_many_missing(3, 5, LAYOUT)
