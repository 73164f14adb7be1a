"""Text into lines of cells: which encoding, which line, and where it is cut. Plain Python."""

import pytest

from fotspor.kit.tables import BadFile, FileFault, is_sheet, require_size, text_lines


def lines(content: bytes, **how) -> list:
    return list(text_lines(content, **how))


def refused(work, *args, **how) -> tuple[FileFault, str]:
    with pytest.raises(BadFile) as caught:
        work(*args, **how)
    return caught.value.fault, caught.value.detail


def test_lines_are_numbered_as_a_spreadsheet_does_also_after_a_cell_of_two_lines():
    assert lines(b'a,b\n\n"x\ny",z\n , \nlast,one\n') == [(1, ["a", "b"]), (3, ["x\ny", "z"]), (5, ["last", "one"])]


def test_the_first_encoding_that_fits_is_used():
    both = ("utf-8-sig", "cp1252")
    assert lines("æ;ø\n".encode(), delimiter=";", encodings=both) == [(1, ["æ", "ø"])]
    assert lines("æ;ø\n".encode("cp1252"), delimiter=";", encodings=both) == [(1, ["æ", "ø"])]
    assert lines(b"\xef\xbb\xbfa\n") == [(1, ["a"])]
    assert refused(lines, b"a\n\x81\n", encodings=both) == (FileFault.ENCODING, "2")
    assert refused(lines, b"a\n", encodings=["klingon"]) == (FileFault.ENCODING, "klingon")


def test_a_last_line_that_does_not_end_is_cut_unless_nobody_promised_it():
    assert refused(lines, b"a\nb") == (FileFault.CUT, "2")
    assert lines(b"a\nb", ends=False) == [(1, ["a"]), (2, ["b"])]


@pytest.mark.parametrize(
    ("content", "fault", "where"),
    [
        (b"\xef\xbb\xbf\n", FileFault.EMPTY, ""),
        (b"a\n\x00\n", FileFault.ENCODING, "2"),
        (b'a\n"b\n', FileFault.CUT, "2"),
        (b'a\n"b"c\n', FileFault.CUT, "2"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_row(content, fault, where):
    assert refused(lines, content) == (fault, where)


def test_what_is_empty_or_too_large_is_refused_unread():
    assert refused(require_size, b" \n", 10) == (FileFault.EMPTY, "")
    assert refused(require_size, b"x" * 3_000_001, 3_000_000) == (FileFault.TOO_LARGE, "3 MB")
    require_size(b"x", 1)
    assert [is_sheet(b"PK\x03\x04rest"), is_sheet(b"a;b\n")] == [True, False]
