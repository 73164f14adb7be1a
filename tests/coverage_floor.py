"""Is as much of the code run by the tests as must be? `rules` and `access` whole, every app at its floor or over.

The floors stand in `tests/coverage.toml`. They are a ratchet: raised when the tests reach higher, never lowered.
"""

import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

FLOORS = Path(__file__).with_name("coverage.toml")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What must be mended, and what may be raised. A sentence each."""

    faults: tuple[str, ...]
    raises: tuple[str, ...]


def judge(report: Mapping, *, whole: Iterable[str], floors: Mapping[str, int], product: Iterable[str]) -> Verdict:
    """Which files and apps are covered less than they must be?

    Shape   `report` as coverage writes it in JSON, with branches; `whole` patterns of paths; `floors` percent for each
            app; `product` the paths that must stand in the report.
    """
    if not report["meta"]["branch_coverage"]:
        return Verdict(("branches were not measured",), ())
    files = report["files"]
    apps = sorted({app_of(path) for path in product})
    faults = [f"{path} was not measured" for path in product if path not in files]
    faults += [f"{path}: {gaps}" for path in files if is_whole(path, whole) and (gaps := gaps_in(files[path]))]
    faults += [f"{app} has no floor in {FLOORS.name}" for app in apps if app not in floors]
    faults += [f"{app} has a floor in {FLOORS.name} and is not there" for app in floors if app not in apps]
    shares = {app: share(report, app) for app in apps if app in floors}
    faults += [f"{app}: {shares[app]:.2f} % is under the floor of {floors[app]} %" for app in shares
               if shares[app] < floors[app]]  # fmt: skip
    raises = [f"{app} = {int(shares[app])} (now {floors[app]})" for app in shares if shares[app] >= floors[app] + 1]
    return Verdict(tuple(faults), tuple(raises))


def app_of(path: str) -> str:
    return PurePosixPath(path).parts[1]


def is_whole(path: str, whole: Iterable[str]) -> bool:
    return any(fnmatch(path, pattern) for pattern in whole)


def gaps_in(file: Mapping) -> str:
    """Which lines and branches does no test reach? A branch from or to a line that is named goes without saying."""
    lines = file["missing_lines"]
    branches = [(start, end) for start, end in file["missing_branches"] if start not in lines and end not in lines]
    found = [str(line) for line in lines]
    found += [f"{start} to {'the end' if end < 0 else end}" for start, end in branches]
    return f"no test reaches {', '.join(found)}" if found else ""


def share(report: Mapping, app: str) -> float:
    """How many percent of an app's lines and branches are run?"""
    own = [file["summary"] for path, file in report["files"].items() if app_of(path) == app]
    there = sum(each["num_statements"] + each["num_branches"] for each in own)
    run = sum(each["covered_lines"] + each["covered_branches"] for each in own)
    return 100 * run / there if there else 100.0


def product_paths(root: Path) -> list[str]:
    """Every module of the apps, as coverage names it; not their migrations and tests, nor the package's own."""
    paths = (path.relative_to(root) for path in sorted((root / "fotspor").glob("*/**/*.py")))
    return [path.as_posix() for path in paths if not {"migrations", "tests"} & set(path.parts)]


def main(report: Path, root: Path) -> int:
    """Say what is wrong, and what may be raised; 1 when something is wrong."""
    settings = tomllib.loads(FLOORS.read_text(encoding="utf-8"))
    found = json.loads(report.read_text(encoding="utf-8"))
    found["files"] = {path: file for path, file in found["files"].items() if len(PurePosixPath(path).parts) > 2}
    verdict = judge(found, whole=settings["whole"], floors=settings["floors"], product=product_paths(root))
    for fault in verdict.faults:
        print(f"FAIL  {fault}")
    for line in verdict.raises:
        print(f"raise {line} in tests/{FLOORS.name}")
    if not verdict.faults:
        print("ok    rules and access are covered whole, and every app is at its floor or over")
    return 1 if verdict.faults else 0
