"""What the rows of a register file say taken together: who lives where, who is whose, and whether rows are lost."""

from dataclasses import replace
from datetime import date

import pytest

from fotspor.pathways.rules import register, register_rows
from fotspor.pathways.rules.register import Guardian, RowFault, Status
from fotspor.pathways.rules.register_files import BadFile, FileFault, read
from fotspor.pathways.tests.test_register_rules import (
    BORN,
    CHILD,
    FATHER,
    GROWN,
    LAYOUT,
    MOTHER,
    RULES,
    TODAY,
    TWIN,
    as_csv,
    as_xlsx,
    cells,
    record,
    records,
)

MOTHERS = {"guardians": (Guardian(MOTHER, "mother"),)}


def test_the_number_of_rows_that_was_said_must_be_the_number_there_is():
    content = as_csv(cells(), cells(identity_number=TWIN))
    assert len(read(content, LAYOUT, rows=2)) == 2
    with pytest.raises(BadFile) as caught:
        read(content, LAYOUT, rows=3)
    assert (caught.value.fault, caught.value.detail) == (FileFault.ROWS, "2/3")


def test_a_spreadsheet_says_in_its_last_row_how_many_rows_it_has():
    def read_with(count):
        last = {"identity_number": "#rows", "given_name": count}
        return read(as_xlsx(cells(), cells(identity_number=TWIN), last), LAYOUT)

    assert (len(read_with(2)), read_with(2).is_counted) == (2, True)
    with pytest.raises(BadFile) as caught:
        read_with(3)
    assert caught.value.fault is FileFault.CUT


def test_a_file_with_nothing_but_its_end_mark_is_empty():
    content = as_csv() + b"#rows;0\r\n"
    with pytest.raises(BadFile) as caught:
        read(content, LAYOUT)
    assert caught.value.fault is FileFault.EMPTY


# --- where somebody lives ------------------------------------------------------------------------------------

GROWN_UP = {"identity_number": MOTHER, "birth_date": GROWN.isoformat(), "guardian_1_number": "", "guardian_1_kind": ""}
PLACES = [
    # what the row says                                      postcode  district
    ({}, "7991", "01"),
    ({"district_code": "1"}, "7991", "01"),  # a spreadsheet has dropped the nought
    ({**GROWN_UP, "district_code": "99"}, "7991", ""),  # a guardian may live in another municipality
    ({**GROWN_UP, "district_code": ""}, "7991", ""),
    ({"status": "utflyttet", "district_code": "99"}, "7991", ""),
    ({"status": "utflyttet", "postcode": "SE-831 30"}, "", ""),  # and in another country
]


@pytest.mark.parametrize(("changed", "postcode", "district"), PLACES)
def test_where_a_row_says_that_somebody_lives(changed, postcode, district):
    (found,), refused = records(cells(**changed))
    assert not refused
    assert (found.postcode, found.district) == (postcode, district)


def test_a_short_code_that_fits_two_districts_is_neither():
    rules = replace(RULES, districts=frozenset({"01", "001"}))
    _found, (refusal,) = register_rows.records(read(as_csv(cells(district_code="1")), LAYOUT), rules)
    assert (refusal.fault, refusal.field) == (RowFault.DISTRICT, "district")


@pytest.mark.parametrize(
    ("changed", "elsewhere"),
    [
        ({}, False),
        ({"district": ""}, True),
        ({"district": "", "protection": "strict"}, False),  # where a graded person lives is not said
        ({"district": "", "status": Status.MOVED_OUT}, False),
    ],
)
def test_whoever_lives_here_outside_our_districts_lives_elsewhere(changed, elsewhere):
    assert record(MOTHER, GROWN, **changed).is_elsewhere is elsewhere


# --- who is whose --------------------------------------------------------------------------------------------


def test_guardians_of_the_children_we_follow_are_marked_and_no_others():
    grown_child = record(TWIN, date(2012, 1, 1), guardians=(Guardian(FATHER, "father"),))
    found = [record(MOTHER, GROWN), record(FATHER, GROWN), record(CHILD, **MOTHERS), grown_child]
    assert [r.number for r in register.with_guardians(found, TODAY) if r.is_guardian] == [MOTHER]


def test_births_are_the_days_of_those_who_name_her_as_their_mother():
    sister_on = date(2026, 1, 9)
    found = [
        record(CHILD, guardians=(Guardian(MOTHER, "mother"), Guardian(FATHER, "father"))),
        record(TWIN, sister_on, **MOTHERS),
        record(MOTHER, GROWN),
    ]
    assert register.births(found) == {MOTHER: (BORN, sister_on)}


# --- is the file cut? ----------------------------------------------------------------------------------------

GUARDIANS = [
    # named by children, found nowhere: cut?
    (100, 25, False),
    (100, 26, True),
    (9, 9, False),  # too few to tell
    (10, 3, True),
    (0, 0, False),
]
SIZES = [
    # rows in the file, rows in the whole one before: cut?
    (80, 100, False),
    (79, 100, True),
    (120, 100, False),
    (1, 9, False),  # too few to tell
    (7, 10, True),
]


@pytest.mark.parametrize(("named", "nowhere", "is_cut"), GUARDIANS)
def test_a_file_where_a_quarter_of_the_guardians_have_no_row_is_taken_to_be_cut(named, nowhere, is_cut):
    assert register.too_many_guardians_missing(named, nowhere, LAYOUT) is is_cut


@pytest.mark.parametrize(("rows", "before", "is_cut"), SIZES)
def test_a_file_that_has_lost_a_fifth_of_its_rows_is_taken_to_be_cut(rows, before, is_cut):
    assert register.has_shrunk(rows, before, LAYOUT) is is_cut
