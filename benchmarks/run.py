"""`make bench`: the table of speed, each figure with a reference measured in the same run, and JSON beside it.

`make bench` measures a small made-up municipality on SQLite and on PostgreSQL. A bigger one is built first and named:
`.venv/bin/python benchmarks/run.py --size city`, or `--home FOLDER` for one that stands already.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
TARGET = ROOT / "build" / "bench"


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="tiny", choices=["tiny", "small", "city", "nation"])
    parser.add_argument("--database", choices=["sqlite", "postgresql"], help="Only this one.")
    parser.add_argument("--home", type=Path, help="FOTSPOR_HOME of a municipality that has been built already.")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)  # measure in this process
    return parser.parse_args()


def measure(size: str, is_built: bool) -> list:
    """The rows of the table, for the database that the environment names."""
    import django

    django.setup()
    from django.core.management import call_command

    from benchmarks import pages, rules, saving, volume

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    if not is_built:
        call_command("build_municipality", size=size, seed=1)
    rows = [rules.expected_steps(), saving.rebuild(), pages.worklist_page(), rules.score_epds(), pages.child_page(),
            saving.sign_form(), saving.re_plan(), saving.import_people(), pages.first_page()]  # fmt: skip
    return [*rows, volume.pressing()] if size == "tiny" else rows


def one(size: str, database: str, home: Path | None, url: str = "") -> int:
    """One size on one database, in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="fotspor-bench-") as folder:
        own = {"FOTSPOR_MODE": "test", "FOTSPOR_HOME": str(home or folder), "DJANGO_SETTINGS_MODULE": "tests.settings"}
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | own
        environment["DATABASE_URL"] = url or f"sqlite:///{home or folder}/fotspor.sqlite3"
        built = ["--home", str(home)] if home else []
        command = [sys.executable, __file__, "--here", "--size", size, "--database", database, *built]
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 (this very file)


def main() -> int:
    options = asked()
    if options.here:
        from benchmarks.measure import as_json, as_table

        rows = measure(options.size, options.home is not None)
        print(f"\n{options.size}, {options.database}\n{as_table(rows)}")
        TARGET.mkdir(parents=True, exist_ok=True)
        (TARGET / f"{options.size}-{options.database}.json").write_text(json.dumps(as_json(rows), indent=1))
        return 0
    codes = []
    if options.database != "postgresql":
        codes.append(one(options.size, "sqlite", options.home))
    if options.database != "sqlite" and options.home is None:
        from tests.postgres import NoPostgres, server

        try:
            with server() as url:
                codes.append(one(options.size, "postgresql", None, url))
        except NoPostgres as missing:
            print(f"PostgreSQL: left out, {missing}")
    print(f"\n{TARGET.relative_to(ROOT)} written. Timings are this machine's, today; compare ratios.")
    return max(codes, default=1)


if __name__ == "__main__":
    sys.exit(main())
