"""`make test`: every test on SQLite, then on PostgreSQL; browser journeys on the first. What is skipped is named.

The part on SQLite also measures which lines and branches are run, and fails when they are fewer than they must be.
"""

import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import coverage_floor
from postgres import NoPostgres, server

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / "build" / "coverage.json"
# `make test-all`: longer lives in the state machine, and worlds that no run has seen before.
LONGER = {"FOTSPOR_LIVES": "25", "FOTSPOR_WORLDS": "150"} if os.environ.get("FOTSPOR_TEST_ALL") else {}
PYTEST = [sys.executable, "-m", "pytest", "-q"]


def run(title: str, *arguments: str, **environment: str) -> int:
    print(f"\n=== {title}", flush=True)
    return subprocess.run([*PYTEST, *arguments], env={**os.environ, **LONGER, **environment}, check=False).returncode


def covered() -> int:
    """The part on SQLite, measured. A red run says nothing about what its tests cover, so it is not judged."""
    code = run("SQLite", "-m", "not browser", "-rs", "--cov", f"--cov-report=json:{REPORT}")
    if code:
        return code
    print("\n=== Coverage", flush=True)
    return coverage_floor.main(REPORT, ROOT)


def main() -> int:
    codes = [
        covered(),
        run("In the browser", "-m", "browser", "-rs", "-n", "2"),
    ]
    try:
        with server() as url:
            codes.append(run("PostgreSQL", "-m", "not browser", "-rs", DATABASE_URL=url))
    except NoPostgres as missing:
        print(f"\n=== PostgreSQL: SKIPPED, {missing}")
        codes.append(1 if os.environ.get("FOTSPOR_REQUIRE_POSTGRES") else 0)
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
