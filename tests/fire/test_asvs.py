"""The table of the security standard names tests that exist, and says something on every row."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "reference" / "asvs.md"
ROW = re.compile(r"^\| (\d+\.\d+\.\d+)(?:-(\d+\.\d+\.\d+))? \| ([^|]+) \| ([^|]+) \|$")
TEST = re.compile(r"`((?:tests|fotspor)/[\w/]+/test_\w+\.py)(?:::(\w+))?`")
REASON = re.compile(r"^(Does not apply|NOT MET): .{10,}")
# How many requirements of levels 1 and 2 each chapter has; chapters with none that apply are one row.
CHAPTERS = range(1, 18)
LEAST = {1: 27, 2: 11, 3: 19, 5: 9, 6: 26, 7: 15, 8: 7, 11: 12, 13: 10, 14: 9, 15: 13, 16: 16}


def rows():
    lines = TABLE.read_text(encoding="utf-8").splitlines()
    tabled = [line for line in lines if line.startswith("| ") and not line.startswith("| number")]
    return [(ROW.match(line), line) for line in tabled]


def test_every_row_has_a_number_a_topic_and_an_answer():
    assert [line for found, line in rows() if found is None] == []


@pytest.mark.parametrize(("found", "line"), rows(), ids=lambda each: each[1] if hasattr(each, "group") else "")
def test_the_answer_is_a_test_that_exists_or_a_reason(found, line):
    answer = found[4].strip()
    named = TEST.findall(answer)
    assert named or REASON.match(answer), line
    for path, name in named:
        text = (ROOT / path).read_text(encoding="utf-8")
        assert f"def {name or 'test_'}" in text, f"{path}::{name}"


def test_each_number_stands_once_and_in_order():
    numbers = [tuple(map(int, found[1].split("."))) for found, _line in rows()]
    assert [number for number, times in Counter(numbers).items() if times > 1] == []
    assert numbers == sorted(numbers)


def test_every_chapter_is_there_and_as_long_as_it_should_be():
    counts = Counter(int(found[1].split(".")[0]) for found, _line in rows())
    assert set(counts) == set(CHAPTERS)
    assert {chapter: counts[chapter] for chapter in LEAST if counts[chapter] < LEAST[chapter]} == {}


def test_what_is_not_met_says_what_is_missing():
    unmet = [found[4] for found, _line in rows() if "NOT MET" in found[4]]
    assert unmet, "nothing is perfect"
    assert [each for each in unmet if not re.match(r"\s*NOT MET: \S", each)] == []
