"""What stops a file of forms as a whole, and where it says so. No database."""

import pytest

from fotspor.instruments.rules import BadFile, FileFault, TableRow, form_files, read_table

WHOLE = "pid,epds1\na1,0\na2,3\n"
FAULTS = [
    # the file                            why nothing of it is used    where
    (b"", FileFault.EMPTY, ""),
    (b" \n\n", FileFault.EMPTY, ""),
    (b"\xef\xbb\xbf\n", FileFault.EMPTY, ""),
    (b"pid,epds1\n", FileFault.EMPTY, ""),
    (b"epds1\n0\n", FileFault.COLUMNS, "pid"),
    (b"pid,epds1,epds1\na1,0,3\n", FileFault.COLUMNS, "epds1 ×2"),
    (b"pid,epds1\na1,\xe6\n", FileFault.ENCODING, "2"),
    (b"pid,epds1\na1,\x00\n", FileFault.ENCODING, "2"),
    (b"pid,epds1\na1,0\na2,", FileFault.CUT, "3"),  # in the last line
    (b"pid,epds1\na1\na2,0\n", FileFault.CUT, "2"),  # too few values
    (b"pid,epds1\na1,0,0\n", FileFault.CUT, "2"),  # too many
    (b'pid,epds1\na1,"0\n', FileFault.CUT, "2"),  # a quote that is never closed
]


def fault_of(content: bytes, rows: int | None = None) -> tuple[FileFault, str]:
    with pytest.raises(BadFile) as caught:
        read_table(content, ["pid"], rows)
    return caught.value.fault, caught.value.detail


@pytest.mark.parametrize(("content", "fault", "where"), FAULTS)
def test_a_file_that_cannot_be_used_says_why_and_where(content, fault, where):
    assert fault_of(content) == (fault, where)


def test_a_whole_file_is_read_with_the_numbers_a_spreadsheet_shows():
    assert read_table(WHOLE.encode(), ["pid"]) == (
        TableRow(2, {"pid": "a1", "epds1": "0"}),
        TableRow(3, {"pid": "a2", "epds1": "3"}),
    )


def test_blank_lines_are_passed_over_and_counted():
    rows = read_table(b"pid,epds1\n\na1,0\n , \na2,3\n\n", ["pid"])
    assert [(row.number, row.cells["pid"]) for row in rows] == [(3, "a1"), (5, "a2")]


def test_the_number_of_rows_that_was_said_must_be_the_number_there_is():
    assert len(read_table(WHOLE.encode(), ["pid"], rows=2)) == 2
    assert fault_of(WHOLE.encode(), rows=3) == (FileFault.ROWS, "2/3")


def test_a_file_that_is_too_large_is_refused_unread(monkeypatch):
    monkeypatch.setattr(form_files, "MOST_BYTES", len(WHOLE))
    assert read_table(WHOLE.encode(), ["pid"])
    monkeypatch.setattr(form_files, "MOST_BYTES", len(WHOLE) - 1)
    assert fault_of(WHOLE.encode()) == (FileFault.TOO_LARGE, "0 MB")
