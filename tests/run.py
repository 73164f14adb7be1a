"""`make test`: every test on SQLite, then on PostgreSQL; browser journeys on the first. What is skipped is named."""

import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from postgres import NoPostgres, server

# `make test-all`: longer lives in the state machine, and worlds that no run has seen before.
LONGER = {"FOTSPOR_LIVES": "25", "FOTSPOR_WORLDS": "150"} if os.environ.get("FOTSPOR_TEST_ALL") else {}
PYTEST = [sys.executable, "-m", "pytest", "-q"]


def run(title: str, *arguments: str, **environment: str) -> int:
    print(f"\n=== {title}", flush=True)
    return subprocess.run([*PYTEST, *arguments], env={**os.environ, **LONGER, **environment}, check=False).returncode


def main() -> int:
    codes = [
        run("SQLite", "-m", "not browser", "-rs"),
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
