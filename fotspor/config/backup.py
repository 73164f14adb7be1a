"""A copy of the database, taken before every migration. It never holds the keys: those lie outside the database."""

import os
import shutil
import sqlite3
import subprocess
from datetime import datetime
from pathlib import Path

KEPT = 10


class NoBackup(Exception):
    """A copy could not be taken, so nothing was changed."""


def take(database: dict, folder: Path, at: datetime) -> Path | None:
    """Copy the database to `folder` and give the file's path; None when there is nothing yet to copy.

    Errors  NoBackup when the copy fails, is empty, or PostgreSQL's `pg_dump` is not on this machine.
    """
    folder.mkdir(parents=True, exist_ok=True)
    name = f"fotspor-{at:%Y%m%dT%H%M%S%f}"
    if database["ENGINE"].endswith("sqlite3"):
        return _copy_sqlite(Path(database["NAME"]), folder / f"{name}.sqlite3")
    return _dump_postgres(database, folder / f"{name}.dump")


def _copy_sqlite(source: Path, target: Path) -> Path | None:
    if not source.exists() or source.stat().st_size == 0:
        return None
    with sqlite3.connect(source) as there, sqlite3.connect(target) as here:
        there.backup(here)
        (verdict,) = here.execute("PRAGMA integrity_check").fetchone()
    os.chmod(target, 0o600)
    if verdict != "ok":
        raise NoBackup(f"The copy {target} is not whole: {verdict}. Nothing was changed.")
    _keep_newest(target.parent, ".sqlite3")
    return target


def _dump_postgres(database: dict, target: Path) -> Path:
    if shutil.which("pg_dump") is None:
        raise NoBackup("pg_dump is not on this machine, so no copy could be taken. Nothing was changed.")
    command = [
        "pg_dump",
        "--format=custom",
        f"--file={target}",
        "--no-password",
        "--host",
        database["HOST"],
        "--port",
        str(database["PORT"] or 5432),
        "--username",
        database["USER"],
        database["NAME"],
    ]
    done = subprocess.run(  # noqa: S603 - a fixed program with our own settings
        command, env={**os.environ, "PGPASSWORD": database["PASSWORD"] or ""}, capture_output=True, check=False
    )
    if done.returncode or not target.exists() or target.stat().st_size == 0:
        target.unlink(missing_ok=True)
        raise NoBackup(f"pg_dump failed: {done.stderr.decode(errors='replace')[:300]} Nothing was changed.")
    os.chmod(target, 0o600)
    _keep_newest(target.parent, ".dump")
    return target


def _keep_newest(folder: Path, ending: str) -> None:
    for old in sorted(folder.glob(f"fotspor-*{ending}"))[:-KEPT]:
        old.unlink()
