"""What is covered less than it must be is found, and what may be raised is said."""

import json
import tomllib
from fnmatch import fnmatch

import pytest

from tests import coverage_floor
from tests.architecture.tree import APPS, PACKAGE, ROOT
from tests.coverage_floor import judge

WHOLE = ["fotspor/*/rules.py", "fotspor/access/*"]
FLOORS = {"access": 100, "people": 90}
RULES, VIEWS, LOG = "fotspor/people/rules.py", "fotspor/people/views.py", "fotspor/access/actions/log.py"


def file(statements=10, branches=0, *, lines=(), arcs=()):
    return {
        "missing_lines": list(lines),
        "missing_branches": [list(arc) for arc in arcs],
        "summary": {
            "num_statements": statements,
            "covered_lines": statements - len(lines),
            "num_branches": branches,
            "covered_branches": branches - len(arcs),
        },
    }


def found(floors=FLOORS, product=None, branches=True, **changed):
    files = {RULES: file(), VIEWS: file(), LOG: file()} | {
        {"rules": RULES, "views": VIEWS, "log": LOG}[name]: each for name, each in changed.items()
    }
    report = {"meta": {"branch_coverage": branches}, "files": files}
    return judge(report, whole=WHOLE, floors=floors, product=product or list(files))


def test_all_of_it_covered_is_no_fault():
    assert found(floors={"access": 100, "people": 100}) == coverage_floor.Verdict((), ())


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"rules": file(100, lines=[7])}, f"{RULES}: no test reaches 7"),
        ({"log": file(100, lines=[7, 9])}, f"{LOG}: no test reaches 7, 9"),
        ({"rules": file(100, 4, arcs=[(3, 5), (8, -6)])}, f"{RULES}: no test reaches 3 to 5, 8 to the end"),
        ({"rules": file(100, 4, lines=[5], arcs=[(3, 5), (5, 6)])}, f"{RULES}: no test reaches 5"),
    ],
)
def test_a_line_or_branch_of_rules_or_access_that_no_test_reaches_is_named(changed, fault):
    assert found(**changed).faults[0] == fault


def test_elsewhere_a_line_may_be_missing_down_to_the_floor():
    assert found(views=file(lines=[1, 2])) == coverage_floor.Verdict((), ()), "18 of 20 is 90 %"
    assert found(views=file(lines=[1, 2, 3])).faults == ("people: 85.00 % is under the floor of 90 %",)


def test_branches_count_as_much_as_lines():
    assert found(views=file(10, 10, arcs=[(1, 2)] * 3)).faults == (), "27 of 30 is 90 %"
    assert found(views=file(10, 10, arcs=[(1, 2)] * 4)).faults == ("people: 86.67 % is under the floor of 90 %",)


def test_a_floor_that_can_be_raised_by_a_whole_percent_is_said_and_is_no_fault():
    whole = found(views=file(90, lines=[1] * 8))
    assert whole == coverage_floor.Verdict((), ("people = 92 (now 90)",))
    assert found(floors={"access": 100, "people": 92}, views=file(90, lines=[1] * 8)).raises == ()


def test_what_was_not_measured_is_a_fault():
    assert found(product=[RULES, VIEWS, LOG, "fotspor/people/urls.py"]).faults == (
        "fotspor/people/urls.py was not measured",
    )
    assert found(branches=False).faults == ("branches were not measured",)


def test_an_app_without_a_floor_and_a_floor_without_an_app_are_faults():
    assert found(floors={"access": 100}).faults == ("people has no floor in coverage.toml",)
    assert found(floors={**FLOORS, "gone": 5}).faults == ("gone has a floor in coverage.toml and is not there",)


def test_the_whole_check_fails_on_a_file_below_and_says_which(tmp_path, capsys):
    report, product = tmp_path / "coverage.json", coverage_floor.product_paths(ROOT)
    files = {"fotspor/__init__.py": file(0), **{path: file() for path in product}}
    report.write_text(json.dumps({"meta": {"branch_coverage": True}, "files": files}))
    assert coverage_floor.main(report, ROOT) == 0
    files["fotspor/worklist/rules.py"] = file(lines=[3])
    report.write_text(json.dumps({"meta": {"branch_coverage": True}, "files": files}))
    assert coverage_floor.main(report, ROOT) == 1
    assert "FAIL  fotspor/worklist/rules.py: no test reaches 3" in capsys.readouterr().out


def test_every_app_has_a_floor_and_every_pattern_means_something():
    settings = tomllib.loads(coverage_floor.FLOORS.read_text())
    product = coverage_floor.product_paths(ROOT)
    assert set(settings["floors"]) == {coverage_floor.app_of(path) for path in product}
    assert set(APPS) <= set(settings["floors"])
    assert all(any(fnmatch(path, pattern) for path in product) for pattern in settings["whole"])
    rules = [p for p in PACKAGE.rglob("*.py") if p.stem == "rules" or p.parent.name == "rules"]
    assert rules
    for path in rules:
        assert coverage_floor.is_whole(path.relative_to(ROOT).as_posix(), settings["whole"]), path
