"""Which looks are worth a question, and what stands in the record of processing: rules, without a database."""

from datetime import date, datetime, time

import pytest

from fotspor.access import labels
from fotspor.access.actions import READ
from fotspor.access.models import LookReview
from fotspor.access.rules import LIMITS, Outcome, Permission, Reason
from fotspor.access.rules.files import BYTE_ORDER_MARK, as_csv, safe_cell
from fotspor.access.rules.processing import (
    OF_SLICE,
    OF_TABLE,
    PROCESSINGS,
    Law,
    Standing,
    not_verified,
    processing_of,
)
from fotspor.access.rules.reviews import (
    EMERGENCY_TAKEN,
    LOOK,
    Limits,
    is_after_hours,
    is_followed,
    needs_words,
    share_address,
    share_surname,
    surnames,
)

FOUR = time(15, 30)
EIGHT = time(8, 0)
MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Hansen", "hansen", True),
        ("Berg Hansen", "Hansen", True),
        ("Berg-Hansen", "Lund Berg", True),
        ("Hansen", "Hanssen", False),
        ("van der Berg", "van der Lund", False),
        ("Li", "Li", False),  # too short to tell anything
        ("", "", False),
        ("Øye", "ØYE", True),
    ],
)
def test_surnames_are_compared_word_by_word(one, other, expected):
    assert share_surname(one, other) is expected
    assert share_surname(other, one) is expected


def test_particles_and_initials_are_no_surnames():
    assert surnames("A. von Tindved-Ås bin Moe") == {"tindved", "moe"}


@pytest.mark.parametrize(("one", "other", "expected"), [("x", "x", True), ("x", "y", False), ("", "", False)])
def test_nobody_shares_an_address_that_is_not_known(one, other, expected):
    assert share_address(one, other) is expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (datetime(2026, 11, 23, 6, 59), True),
        (datetime(2026, 11, 23, 7, 0), False),  # opens 8:00, and an hour before for those who prepare
        (datetime(2026, 11, 23, 12, 0), False),
        (datetime(2026, 11, 23, 16, 30), False),  # closes 15:30, and an hour for the notes
        (datetime(2026, 11, 23, 16, 31), True),
        (datetime(2026, 11, 22, 12, 0), True),  # Sunday
        (datetime(2026, 12, 25, 12, 0), True),  # a public holiday on a Friday
    ],
)
def test_after_hours_is_before_opening_after_closing_or_a_day_off(at, expected):
    assert is_after_hours(at, EIGHT, FOUR) is expected


def test_the_hours_are_data():
    wide = Limits(margin_minutes=300)
    assert not is_after_hours(datetime(2026, 11, 23, 3, 0), EIGHT, FOUR, wide)
    assert not is_after_hours(datetime(2026, 11, 23, 20, 0), EIGHT, FOUR, wide)
    assert is_after_hours(datetime(2026, 11, 23, 2, 59), EIGHT, FOUR, wide)


def test_an_evening_unit_is_open_until_the_margin_has_passed_midnight():
    late = time(23, 30)
    assert not is_after_hours(datetime(2026, 11, 23, 23, 59), time(14), late)
    assert is_after_hours(datetime(2026, 11, 23, 12, 59), time(14), late)
    assert LIMITS.entry_days == 14


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ([], False),
        ([date(2026, 11, 22)], False),  # the day before
        ([MONDAY], True),
        ([date(2026, 12, 7)], True),  # fourteen days after
        ([date(2026, 12, 8)], False),
        ([date(2026, 1, 1), date(2026, 11, 30), date(2027, 1, 1)], True),
    ],
)
def test_a_look_is_followed_by_something_written_within_the_days(written, expected):
    assert is_followed(MONDAY, written) is expected


def test_a_good_reason_needs_no_words_and_the_others_do():
    assert [needs_words(outcome) for outcome in Outcome] == [False, True, True]


def test_the_words_of_the_log_are_those_that_are_written():
    assert READ == LOOK
    assert EMERGENCY_TAKEN in labels.EVENTS


def test_every_reason_outcome_and_permission_has_its_words():
    assert set(labels.REVIEW_REASONS) == set(labels.REVIEW_SENTENCES) == {*Reason} == {*LookReview.Reason.values}
    assert set(labels.REVIEW_OUTCOMES) == {*Outcome} == {*LookReview.Outcome.values}
    assert set(labels.PERMISSION_NAMES) == {*Permission}
    assert set(labels.STANDINGS) == {*Standing}


# --- the file --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["=1+1", "+47", "-1", "@sum", "\tx", "\rx", "  =1", "|cmd", "%x", "\n=1"])
def test_what_a_spreadsheet_would_run_is_made_text(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Kari", "1+1", "a=b", "«=»", "24.11.2026"])
def test_what_it_would_not_run_is_left_alone(text):
    assert safe_cell(text) == text


def test_a_file_has_a_head_semicolons_and_every_cell_in_quotes():
    written = as_csv(["Når", "Hvem"], [["1", '=HYPERLINK("x")'], ["2", "a;b"]])
    assert written == f'{BYTE_ORDER_MARK}"Når";"Hvem"\r\n"1";"\'=HYPERLINK(""x"")"\r\n"2";"a;b"\r\n'


# --- the record of processing ----------------------------------------------------------------------------


def test_each_table_belongs_to_one_processing_that_there_is():
    keys = {processing.key for processing in PROCESSINGS}
    assert {*OF_SLICE.values(), *OF_TABLE.values()} <= keys
    assert processing_of("people.Person") == "record"
    assert processing_of("access.Consent") == "cooperation"
    assert processing_of("kit.Run") == "operations"


def test_what_is_not_seen_in_a_source_is_not_verified():
    laws = [Law("a", Standing.VERIFIED), Law("b", Standing.SECONDARY), Law("c", Standing.RECALLED)]
    assert [law.text for law in not_verified(laws)] == ["b", "c"]


def test_each_processing_says_why_whom_and_on_what_basis():
    for each in PROCESSINGS:
        assert each.title, each.key
        assert each.purpose, each.key
        assert each.subjects, each.key
        assert each.recipients, each.key
        assert each.laws, each.key
        for law in each.laws:
            assert law.source or law.standing is Standing.RECALLED, law.text
