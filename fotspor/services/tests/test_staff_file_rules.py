"""A file of staff: what can be read, and what each line does, as tables."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fotspor.kit.identifiers import BadIdentifier, parse, synthetic_numbers
from fotspor.services.rules import staff_files
from fotspor.services.rules.staff_files import (
    BadFile,
    Does,
    FileFault,
    HeldPost,
    Known,
    KnownStaff,
    KnownUnit,
    RowFault,
    StaffLine,
    judged,
    read,
)

TODAY, LONG_AGO = date(2026, 11, 24), date(2020, 1, 1)
HEADS = "fornavn;etternavn;e-post;tittel;fødselsnummer;enhet;rolle;fra"
LINE = "Rolig;Dal;rolig@fjordvik.example;Helsesykepleier;;Granby helsestasjon;Helsesykepleier;01.12.2026"
SYNTHETIC = next(synthetic_numbers(date(1985, 3, 4)))
CENTRE, MIDWIVES, WARD, CLOSED = (
    KnownUnit(1, "health_station", True, LONG_AGO, None),
    KnownUnit(2, "midwifery", True, LONG_AGO, None),
    KnownUnit(3, "maternity_ward", False, LONG_AGO, None),
    KnownUnit(4, "health_station", True, LONG_AGO, date(2026, 12, 1)),
)
UNITS = {"granby helsestasjon": CENTRE, "jordmortjenesten": MIDWIVES, "føden": WARD, "gamle": CLOSED}
ROLES = {"helsesykepleier": "nurse", "nurse": "nurse", "jordmor": "midwife", "enhetsleder": "unit_leader"}


def known(production=False, **staff):
    return Known(UNITS, {f"{name}@fjordvik.example": each for name, each in staff.items()}, ROLES, TODAY, production)


def line(**more):
    written = {
        "number": 2, "given_name": "Rolig", "family_name": "Dal", "email": "rolig@fjordvik.example", "title": "",
        "identity_number": SYNTHETIC, "unit": "Granby helsestasjon", "role": "Helsesykepleier", "from_on": "",
    }  # fmt: skip
    return StaffLine(**{**written, **more})


# --- the file --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r\n\r\n"])
def test_a_file_from_any_spreadsheet_reads_alike(encoding, end):
    (found,) = read(f"{HEADS}{end}{LINE}{end}".encode(encoding))
    assert (found.given_name, found.unit, found.from_on) == ("Rolig", "Granby helsestasjon", "01.12.2026")
    assert found.number == (2 if end != "\r\n\r\n" else 3)


def test_comma_other_headings_and_another_order():
    content = b'unit,e-mail,given name,family name,role\n"Granby, nord",a@b.example,Rolig,Dal,nurse\n'
    (found,) = read(content)
    assert (found.unit, found.email, found.identity_number, found.from_on) == ("Granby, nord", "a@b.example", "", "")


def test_headings_that_nobody_asked_for_are_left_alone():
    (found,) = read(f"telefon;{HEADS}\n12345678;{LINE}\n".encode())
    assert found.given_name == "Rolig"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"", FileFault.EMPTY),
        (b"  \n \n", FileFault.EMPTY),
        (HEADS.encode(), FileFault.EMPTY),
        (b"a;b\n1;2\n", FileFault.COLUMNS),
        (f"{HEADS};rolle\n{LINE};x\n".encode(), FileFault.COLUMNS),
        (f"{HEADS}\n{LINE};more\n".encode(), FileFault.CUT),
        (f"{HEADS}\nRolig;Dal\n".encode(), FileFault.CUT),
        (f'{HEADS}\n"Rolig;Dal\n'.encode(), FileFault.CUT),
        (f"{HEADS}\n{LINE}\n".encode("utf-16"), FileFault.ENCODING),
        (b"PK\x03\x04\x00\x00" + HEADS.encode(), FileFault.ENCODING),
        (b"\x81\x8d" + HEADS.encode("cp1252"), FileFault.ENCODING),
        (b"x" * (staff_files.MOST_BYTES + 1), FileFault.TOO_LARGE),
        ((HEADS + "\n" + (LINE + "\n") * 5_001).encode(), FileFault.TOO_MANY),
    ],
)
def test_a_file_that_cannot_be_used_says_why(content, fault):
    with pytest.raises(BadFile) as refused:
        read(content)
    assert refused.value.fault is fault
    assert "Rolig" not in str(refused.value)


@given(st.binary(max_size=400))
def test_whatever_comes_it_is_read_or_refused(content):
    for each in (content, HEADS.encode() + b"\n" + content):
        with suppress(BadFile):
            assert all(isinstance(line, StaffLine) for line in read(each))


# --- the lines -------------------------------------------------------------------------------------------

NURSE = HeldPost(1, "nurse", LONG_AGO, None)
ENDED = HeldPost(1, "nurse", LONG_AGO, date(2026, 1, 1))


@pytest.mark.parametrize(
    ("written", "staff", "does"),
    [
        ({}, {}, Does.INVITES),
        ({"email": "Rolig@Fjordvik.Example"}, {"rolig": KnownStaff(has_number=True, posts=(NURSE,))}, Does.NOTHING),
        ({}, {"rolig": KnownStaff(has_number=True, posts=(ENDED,))}, Does.GIVES_POST),
        ({"unit": "JORDMORTJENESTEN", "role": "jordmor"},
         {"rolig": KnownStaff(has_number=True, posts=(NURSE,))}, Does.GIVES_POST),
        ({"identity_number": ""}, {"rolig": KnownStaff(has_number=True)}, Does.GIVES_POST),
        ({"role": "Enhetsleder"}, {}, Does.INVITES),
        ({"from_on": "1.1.2027"}, {}, Does.INVITES),
        ({"from_on": "2027-01-01"}, {}, Does.INVITES),
        ({"given_name": "=HYPERLINK(1)"}, {}, Does.INVITES),  # plain text, as any other name
    ],
)  # fmt: skip
def test_what_a_line_does(written, staff, does):
    (row,) = judged([line(**written)], known(**staff))
    assert (row.does, row.faults) == (does, ())
    assert row.email == "rolig@fjordvik.example"
    assert row.from_on is not None


@pytest.mark.parametrize(
    ("written", "staff", "faults"),
    [
        ({"given_name": ""}, {}, {RowFault.NAME}),
        ({"family_name": ""}, {}, {RowFault.NAME}),
        ({"family_name": "x" * 101}, {}, {RowFault.TOO_LONG}),
        ({"email": "rolig"}, {}, {RowFault.EMAIL}),
        ({"email": "a@b.example,c@d.example"}, {}, {RowFault.EMAIL}),
        ({}, {"rolig": KnownStaff(has_left=True, has_number=True)}, {RowFault.HAS_LEFT}),
        ({"unit": "Granby"}, {}, {RowFault.UNIT}),
        ({"unit": ""}, {}, {RowFault.UNIT}),
        ({"role": "Helsesøster"}, {}, {RowFault.ROLE}),
        ({"unit": "Jordmortjenesten"}, {}, {RowFault.ROLE_DOES_NOT_FIT}),
        ({"unit": "Føden", "role": "jordmor"}, {}, {RowFault.ROLE_DOES_NOT_FIT}),
        ({"unit": "Gamle", "from_on": "01.12.2026"}, {}, {RowFault.UNIT_NOT_OPEN}),
        ({"from_on": "31.12.2019"}, {}, {RowFault.UNIT_NOT_OPEN}),
        ({"from_on": "31.02.2027"}, {}, {RowFault.DAY}),
        ({"from_on": "in May"}, {}, {RowFault.DAY}),
        ({"identity_number": ""}, {}, {RowFault.NUMBER_MISSING}),
        ({"identity_number": "12345678901"}, {}, {RowFault.NUMBER}),
        ({"identity_number": "123"}, {}, {RowFault.NUMBER}),
        ({}, {"rolig": KnownStaff(has_number=False)}, {RowFault.NUMBER_MISSING}),  # a file changes nobody
        ({}, {"rolig": KnownStaff(has_number=True, is_oneself=True)}, {RowFault.ONESELF}),
        ({"email": "", "unit": "x", "role": "y", "from_on": "z", "identity_number": "1", "given_name": ""}, {},
         {RowFault.NAME, RowFault.EMAIL, RowFault.UNIT, RowFault.ROLE, RowFault.DAY, RowFault.NUMBER}),
    ],
)  # fmt: skip
def test_why_a_line_cannot_be_taken_in_all_of_it_at_once(written, staff, faults):
    (row,) = judged([line(**written)], known(**staff))
    assert row.does is None
    assert set(row.faults) == faults


def test_the_same_address_on_two_rows_is_refused_on_the_second_however_it_is_written():
    first, second = judged([line(), line(email="ROLIG@fjordvik.example", role="enhetsleder")], known())
    assert first.faults == ()
    assert second.faults == (RowFault.TWICE,)


def test_practice_takes_no_number_in_the_form_of_real_ones():
    real_form = next(n for n in (f"9{i:010}" for i in range(10_000)) if is_number(n))
    assert judged([line(identity_number=real_form)], known())[0].faults == (RowFault.NUMBER_REAL,)
    assert judged([line(identity_number=real_form)], known(production=True))[0].faults == ()


def is_number(text):
    try:
        return bool(parse(text))
    except BadIdentifier:
        return False


def test_production_takes_no_synthetic_number_and_practice_nothing_else():
    assert judged([line()], known(production=True))[0].faults == (RowFault.NUMBER_SYNTHETIC,)
    assert judged([line()], known())[0].faults == ()
