"""What the benchmarks reckon themselves: shares of a hundred, words of a verdict, who may write, the drawing."""

import json
import re
import tomllib
import xml.etree.ElementTree as ElementTree

import pytest

from benchmarks import page
from benchmarks.measure import Row, as_json, as_table, in_words
from benchmarks.tally import Tally, locked_in, percentile
from benchmarks.tally import as_table as lines_as_table


@pytest.mark.parametrize(
    ("taken", "share", "least"),
    [
        ([], 95, 0.0),
        ([7.0], 50, 7.0),
        ([3.0, 1.0, 2.0], 50, 2.0),
        (list(range(1, 101)), 95, 95),
        (list(range(1, 101)), 99, 99),
        (list(range(1, 11)), 99, 10),
        ([1.0, 9.0], 50, 1.0),
    ],
)
def test_so_many_of_a_hundred_are_no_slower(taken, share, least):
    assert percentile(taken, share) == least


@pytest.mark.parametrize(("met", "word"), [(True, "met"), (False, "NOT MET"), (None, "no target at this size")])
def test_each_row_says_in_words_whether_it_is_met(met, word):
    row = Row("P0", "something", "3 ms", "1 ms", 3.0, "<= 2x", met, against="by hand")
    assert in_words(row) == f"3 ms; reference 1 ms (by hand); ratio 3.00; target <= 2x: {word}"
    assert as_table([row]).startswith("P0   something\n")
    assert as_json([row])[0]["verdict"] == word


def test_a_row_without_a_reference_says_only_what_it_knows():
    assert in_words(Row("P0", "x", "3 ms")) == "3 ms; target none: no target at this size"


def test_what_broke_is_told_from_what_was_refused():
    tally = Tally()
    for name, status in (
        ("day", 200),
        ("day", 302),
        ("book", 422),
        ("book", 404),
        ("day", 500),
        ("day", 403),
        ("day", 0),
    ):
        tally.note(name, status, 0.1, why="ConnectionResetError" if status == 0 else "")
    assert dict(tally.errors) == {"day: 500": 1, "day: 403": 1, "day: ConnectionResetError": 1}
    assert tally.refused.total() == 2
    assert tally.requests == 7


def test_one_request_in_five_is_a_write():
    tally = Tally()
    for _request in range(500):
        writes = tally.may_write()
        tally.note("book" if writes else "day", 302 if writes else 200, 0.01, is_write=writes)
    assert tally.share == pytest.approx(20, abs=0.5)
    assert tally.done["book"] == tally.writes


def test_what_was_refused_is_not_counted_as_saved():
    tally = Tally()
    tally.note("book", 422, 0.01, is_write=True)
    assert (tally.writes, tally.done.total()) == (1, 0)


def test_the_slowest_page_stands_first_and_all_of_them_last():
    tally = Tally()
    for name, seconds in (("day", 0.01), ("child", 0.05), ("child", 0.07)):
        tally.note(name, 200, seconds)
    assert [(line.name, line.count) for line in tally.lines()] == [("child", 2), ("day", 1), ("all", 3)]
    assert tally.lines()[0].p95 == 70.0
    assert len(lines_as_table(tally.lines()).splitlines()) == 4


def test_a_locked_database_is_found_in_the_servers_words():
    log = "django.db.utils.OperationalError: database is locked\n  x\nOperationalError: database table is locked\n"
    assert locked_in(log) == 2
    assert locked_in("all is well") == 0


# --- the page and its drawing ------------------------------------------------------------------------------


def run(size, database, children, milliseconds, met=True):
    row = Row("P4", "the ledger", f"{milliseconds} ms", "5 ms", 2.0, "<= 150 ms", met, "by hand", milliseconds, 150)
    other = Row("P1", "a rule", "1/s", target=">= 10,000/s", met=True)
    return {
        "size": size, "database": database, "children": children, "at": "2026-11-22T22:00+01:00", "commit": "abc1234",
        "machine": "2 cores", "waiting": "1.0", "rows": as_json([row, other]),
    }  # fmt: skip


@pytest.fixture
def left_behind(tmp_path):
    runs = [
        run("city", "sqlite", 12_600, 90.4), run("tiny", "postgresql", 14, 3), run("tiny", "sqlite", 14, 2),
        run("city", "postgresql", 12_600, 210, met=False),
    ]  # fmt: skip
    for one in runs:
        (tmp_path / f"{one['size']}-{one['database']}.json").write_text(json.dumps(one), encoding="utf-8")
    return tmp_path


def test_the_smallest_stands_first_whatever_the_files_are_called(left_behind):
    found = [(one["size"], one["database"]) for one in page.measured(left_behind)]
    assert found == [("tiny", "sqlite"), ("tiny", "postgresql"), ("city", "sqlite"), ("city", "postgresql")]


def test_each_point_of_the_drawing_is_said_and_stands_in_the_table(left_behind):
    charts = page.panels(page.measured(left_behind))
    drawn = ElementTree.fromstring(page.drawing(charts))
    name = "{http://www.w3.org/2000/svg}"
    assert drawn.get("role") == "img"
    assert "P4 the ledger, PostgreSQL: tiny: 14 3 ms, city: 12,600 210 ms." in drawn.find(f"{name}desc").text
    shapes = [each.get("class") for each in drawn.iter() if each.get("class") in ("p1", "p2")]
    assert shapes.count("p1") == shapes.count("p2") == 3, "two points each, and the key"
    table = page.growth_table(charts)
    assert table[0] == "| what, in ms | database | tiny: 14 | city: 12,600 |"
    assert "| P4 the ledger | PostgreSQL | 3 | 210 |" in table


def test_a_higher_figure_stands_higher_and_the_target_between(left_behind):
    [(_title, chart)] = page.panels(page.measured(left_behind))
    sqlite, postgresql = ([point.y for point in one.points] for one in chart.series)
    assert sqlite[1] < sqlite[0]
    assert postgresql[1] < chart.cuts[0].at < sqlite[1], "210 is over the target of 150, 90 is under it"


def test_what_was_not_measured_is_a_dash(left_behind):
    (left_behind / "city-postgresql.json").unlink()
    assert "| P4 the ledger | PostgreSQL | 3 | – |" in page.growth_table(page.panels(page.measured(left_behind)))


def test_the_page_holds_every_figure_with_its_verdict_and_a_reason_for_each_that_is_not_met(left_behind):
    to = left_behind / "speed.md"
    page.write(left_behind, to)
    written = to.read_text(encoding="utf-8")
    assert written.count("| P4 | the ledger |") == 4
    assert "| 210 ms | 5 ms (by hand) | 2.00 | <= 150 ms | NOT MET |" in written
    assert len(re.findall(r"^- \*\*P4\*\*: ", written, re.MULTILINE)) == 1
    assert "12,600 children and pregnancies" in written
    assert "commit abc1234" in written
    assert to.with_suffix(".svg").exists()


def test_each_reason_says_what_the_next_step_is():
    for key, found in tomllib.loads(page.REASONS.read_text(encoding="utf-8")).items():
        assert re.fullmatch(r"(P\d+|V1)", key)
        assert set(found) == {"reason", "next"}
        assert all(said.endswith(".") for said in found.values())
