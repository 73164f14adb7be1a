"""`make bench`: the table of speed, each figure with a reference measured in the same run, and JSON beside it.

`make bench` measures a small made-up municipality on SQLite and on PostgreSQL. A bigger one is built once and kept:

    .venv/bin/python benchmarks/run.py --size city --keep /srv/bench-city
    .venv/bin/python benchmarks/run.py --size nation --keep /srv/bench-nation

`--home FOLDER` measures one that stands already (`--url` names its PostgreSQL), `--minutes 10` lets the load last so
long, and `--page` writes docs/reference/speed.md with its drawing from what has been measured so far.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
TARGET = ROOT / "build" / "bench"
SIZES = ["tiny", "small", "city", "nation"]
DATABASES = ["sqlite", "postgresql"]


def asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="tiny", choices=SIZES)
    parser.add_argument("--database", choices=DATABASES, help="Only this one.")
    parser.add_argument(
        "--keep", type=Path, help="Build the municipalities in this folder, or use those that are there."
    )
    parser.add_argument("--home", type=Path, help="FOTSPOR_HOME of a municipality that has been built already.")
    parser.add_argument("--url", default="", help="DATABASE_URL of that one, when it is on PostgreSQL.")
    parser.add_argument("--minutes", type=float, default=1.0, help="How long the mixed load lasts.")
    parser.add_argument("--only-build", action="store_true", help="Build what is missing in --keep, and stop.")
    parser.add_argument("--page", action="store_true", help="Write the page and its drawing. Nothing is measured.")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)  # measure in this process
    return parser.parse_args()


# --- in the process that measures --------------------------------------------------------------------------


def built(size: str) -> bool:
    """Is that municipality here, built to its end? It is built when the database is empty."""
    from django.core.management import call_command

    from fotspor.simulation.models import Build

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    found = Build.objects.first()
    if found is None:
        call_command("build_municipality", size=size, seed=1)
        _gather_statistics()
        return True
    if found.size != size or found.played_to_on is None:
        print(f"Here stands a {found.size}, {'whole' if found.played_to_on else 'broken off'}. Take an empty folder.")
        return False
    return True


def _gather_statistics() -> None:
    """What PostgreSQL gathers by itself within minutes; SQLite's planner asks for none (nobody runs ANALYZE there)."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def measure(size: str, minutes: float) -> list:
    """The rows of the table, for the database that the environment names."""
    from benchmarks import counting, load, pages, rules, saving, volume

    rows = [
        rules.expected_steps(), saving.rebuild(size), pages.worklist_page(), counting.where_everybody_stands(size),
        rules.score_epds(), pages.child_page(), saving.sign_form(), saving.re_plan(), saving.import_people(),
        pages.first_page(),
    ]  # fmt: skip
    if size == "tiny":
        rows.append(volume.pressing())
    rows += load.under_load(seconds=minutes * 60)  # last: what the users write stays
    if size in ("tiny", "small"):  # the bigger ones stand still, and the demo is small
        rows.append(load.second_start())
    return sorted(rows, key=lambda row: (row.id[0], int(row.id[1:])))


def circumstances(size: str, database: str) -> dict:
    """What the figures belong to."""
    from django.utils import timezone

    from fotspor.people.models import Journey

    changed = " and changes not landed" if _git("status", "--porcelain", "fotspor") else ""
    return {
        "size": size,
        "database": database,
        "children": Journey.objects.open().count(),
        "at": timezone.localtime().isoformat(timespec="minutes"),
        "commit": _git("rev-parse", "--short", "HEAD") + changed,
        "machine": f"{os.cpu_count()} cores ({_processor()}), Python {platform.python_version()}",
        "waiting": f"{os.getloadavg()[1]:.1f}",  # processes that wanted a core, the last five minutes
    }


def _git(*words: str) -> str:
    asked = ["git", *words]
    return subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def here(options: argparse.Namespace) -> int:
    import django

    django.setup()
    from benchmarks.measure import as_json, as_table

    if not built(options.size):
        return 1
    if options.only_build:
        return 0
    rows = measure(options.size, options.minutes)
    print(f"\n{options.size}, {options.database}\n{as_table(rows)}")
    TARGET.mkdir(parents=True, exist_ok=True)
    kept = circumstances(options.size, options.database) | {"rows": as_json(rows)}
    (TARGET / f"{options.size}-{options.database}.json").write_text(json.dumps(kept, indent=1))
    return 0


# --- in the process that starts them -----------------------------------------------------------------------


def one(options: argparse.Namespace, database: str, home: Path, url: str) -> int:
    """One size on one database, in a process of its own."""
    own = {"FOTSPOR_MODE": "test", "FOTSPOR_HOME": str(home), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    own["DATABASE_URL"] = url or f"sqlite:///{home}/fotspor.sqlite3"
    command = [sys.executable, __file__, "--here", "--size", options.size, "--database", database]
    command += ["--minutes", str(options.minutes), *["--only-build"] * options.only_build]
    return subprocess.run(command, env=os.environ | own, check=False).returncode  # noqa: S603 (this very file)


@contextmanager
def place(options: argparse.Namespace, database: str) -> Iterator[tuple[Path, str]]:
    """Home and address of the database: what was named, what is kept, or a new one that goes away again."""
    if options.home is not None:
        yield options.home, options.url
        return
    with tempfile.TemporaryDirectory(prefix="fotspor-bench-") as folder:
        home = (options.keep or Path(folder)) / database
        home.mkdir(parents=True, exist_ok=True)
        if database == "sqlite":
            yield home, ""
            return
        from tests.postgres import server

        with server(options.keep and options.keep / "server", is_safe=True) as url:
            yield home, url


def main() -> int:
    options = asked()
    if options.page:
        from benchmarks.page import write

        write(TARGET)
        return 0
    if options.here:
        return here(options)
    from tests.postgres import NoPostgres

    chosen = [options.database] if options.database else DATABASES
    if options.home is not None:
        chosen = ["postgresql" if options.url else "sqlite"]
    codes = []
    for database in chosen:
        try:
            with place(options, database) as (home, url):
                codes.append(one(options, database, home, url))
        except NoPostgres as missing:
            print(f"PostgreSQL: left out, {missing}")
    if not options.only_build:
        print(f"\n{TARGET.relative_to(ROOT)} written. Timings are this machine's, today; compare ratios.")
    return max(codes, default=1)


if __name__ == "__main__":
    sys.exit(main())
