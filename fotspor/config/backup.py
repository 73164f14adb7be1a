"""A copy of the database, and beside it what it holds: when, which version, how many rows, and which keys it needs.

A copy never holds the keys: they lie outside the database. Without them it reveals no identity number.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from fotspor import __version__
from fotspor.kit.processes import in_turn

KEPT = 10
ENDINGS = {"sqlite": ".sqlite3", "postgresql": ".dump"}
LOG = "access_auditevent"
PART = ".part"
STAMP = "%Y%m%dT%H%M%S%f"


class NoBackup(Exception):
    """A copy could not be taken, so nothing was changed."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a copy holds. `field_seal` and `index_seal` show whether a key fits, and reveal none."""

    engine: str
    taken_at: str
    fotspor: str
    sha256: str
    migrations: list[str]
    rows: dict[str, int]
    last_event: int
    field_seal: str
    index_seal: str


def engine_of(database: dict) -> str:
    return "sqlite" if database["ENGINE"].endswith("sqlite3") else "postgresql"


def manifest_path(copy: Path) -> Path:
    return copy.with_suffix(".json")


def take(
    database: dict, folder: Path, at: datetime, *, seals: tuple[str, str] = ("", ""), keep: Path | None = None
) -> Path | None:
    """Copy the database to `folder` and give the file's path; None when there is nothing yet to copy.

    Shape   `seals` are the field keys' and the index key's, for the manifest beside the copy; `keep` is an older copy
            that must stay although there are newer ones, since it is about to be put back.
    Errors  NoBackup when the copy fails, is empty, or PostgreSQL's `pg_dump` is not on this machine.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with in_turn(folder):
            _clear_away_what_was_cut_off(folder)
            target = folder / _next_name(folder, ENDINGS[engine_of(database)], at)
            try:
                if not _take(database, target, at, seals):
                    return None
            finally:
                _clear_away_what_was_cut_off(folder)
            _keep_newest(folder, ENDINGS[engine_of(database)], keep)
            return target
    except (OSError, sqlite3.Error) as error:
        raise NoBackup(f"The copy failed: {error}. Nothing was changed.") from error


def _take(database: dict, target: Path, at: datetime, seals: tuple[str, str]) -> bool:
    """Under another name until it is whole, with what it holds beside it. False when there is nothing to copy."""
    engine, part = engine_of(database), target.with_name(target.name + PART)
    counted = _copy_sqlite(Path(database["NAME"]), part) if engine == "sqlite" else _dump_postgres(database, part)
    if counted is None:
        return False
    os.chmod(part, 0o600)
    _write_manifest(target, part, engine, at, counted, seals)
    part.replace(target)
    return True


def _clear_away_what_was_cut_off(folder: Path) -> None:
    """Parts of copies, and what was written beside a copy that never came. Nobody else is at work here now."""
    for part in folder.glob(f"fotspor-*{PART}*"):
        part.unlink(missing_ok=True)
    for manifest in folder.glob("fotspor-*.json"):
        if not any(manifest.with_suffix(ending).exists() for ending in ENDINGS.values()):
            manifest.unlink(missing_ok=True)


def _next_name(folder: Path, ending: str, at: datetime) -> str:
    """The order of the names is the order in which copies were taken, also when the clock has been set back.

    Else a copy taken after that would be cleared away at once as the oldest, and an older one be taken for the newest.
    """
    taken = sorted(path.stem for path in folder.glob(f"fotspor-*{ending}"))
    name = f"fotspor-{at:{STAMP}}"
    if taken and name <= taken[-1]:
        try:
            last = datetime.strptime(taken[-1], f"fotspor-{STAMP}")  # noqa: DTZ007 (only counted on from)
        except ValueError:  # somebody else's file
            return name + ending
        name = f"fotspor-{last + timedelta(microseconds=1):{STAMP}}"
    return name + ending


def newest(folder: Path, database: dict) -> Path:
    """Which copy was taken last? Errors: NoBackup when there is none."""
    copies = sorted(folder.glob(f"fotspor-*{ENDINGS[engine_of(database)]}"))
    if not copies:
        raise NoBackup(f"There is no copy in {folder}.")
    return copies[-1]


def _write_manifest(target: Path, part: Path, engine: str, at: datetime, counted: dict, seals: tuple[str, str]) -> None:
    manifest = Manifest(
        engine=engine,
        taken_at=at.isoformat(),
        fotspor=__version__,
        sha256=digest(part),
        field_seal=seals[0],
        index_seal=seals[1],
        **counted,
    )
    path = manifest_path(target)
    path.write_text(json.dumps(asdict(manifest), indent=1, sort_keys=True))
    os.chmod(path, 0o600)


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def what_it_holds(ask: Callable[[str], Iterable[tuple]], tables: Iterable[str]) -> dict[str, Any]:
    """How many rows in each table, which migrations, and which line of the log came last?"""
    names = sorted(tables)
    rows = {name: next(iter(ask(f'SELECT count(*) FROM "{name}"')))[0] for name in names}  # noqa: S608 (own tables)
    applied = ask("SELECT app || '.' || name FROM django_migrations ORDER BY 1") if "django_migrations" in rows else ()
    last = next(iter(ask(f"SELECT max(id) FROM {LOG}")))[0] if LOG in rows else 0  # noqa: S608 (a constant)
    return {"rows": rows, "migrations": [name for (name,) in applied], "last_event": last or 0}


def _copy_sqlite(source: Path, target: Path) -> dict[str, Any] | None:
    if not source.exists() or source.stat().st_size == 0:
        return None
    with sqlite3.connect(source) as there, sqlite3.connect(target) as here:
        there.backup(here)
        (verdict,) = here.execute("PRAGMA integrity_check").fetchone()
        if verdict != "ok":
            raise NoBackup(f"The copy {target} is not whole: {verdict}. Nothing was changed.")
        return sqlite_holds(here)


def sqlite_holds(connection: sqlite3.Connection) -> dict[str, Any]:
    """What does this SQLite database hold?"""
    found = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    return what_it_holds(lambda sql: connection.execute(sql), [name for (name,) in found])


def postgres_command(program: str, database: dict, *arguments: str) -> list[str]:
    """How is PostgreSQL's own program called for this database? Errors: NoBackup when it is not on this machine."""
    if shutil.which(program) is None:
        raise NoBackup(f"{program} is not on this machine. Nothing was changed.")
    where = ["--no-password", "--host", database["HOST"] or "", "--port", str(database["PORT"] or 5432)]
    return [program, *where, "--username", database["USER"], *arguments]


def run_postgres(command: list[str], database: dict) -> None:
    """Run it. Errors: NoBackup with what the program said."""
    environment = {**os.environ, "PGPASSWORD": database["PASSWORD"] or ""}
    done = subprocess.run(command, env=environment, capture_output=True, check=False)  # noqa: S603 (fixed programs)
    if done.returncode:
        said = done.stderr.decode(errors="replace")[:300]
        raise NoBackup(f"{command[0]} failed: {said} Nothing was changed.")


def _dump_postgres(database: dict, target: Path) -> dict[str, Any]:
    """Dump and count in one snapshot, so that the manifest is about the copy and not about a minute later."""
    postgres_command("pg_dump", database)  # before anything is asked: is it there?
    import psycopg

    try:
        with psycopg.connect(**connection_parameters(database)) as connection:
            connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()[0]
            counted = postgres_holds(connection)
            command = postgres_command("pg_dump", database, "--format=custom", f"--file={target}",
                                       f"--snapshot={snapshot}", "--no-owner", database["NAME"])  # fmt: skip
            run_postgres(command, database)
    except psycopg.Error as error:
        raise NoBackup(f"The database does not answer: {error}. Nothing was changed.") from error
    if not target.exists() or target.stat().st_size == 0:
        raise NoBackup("pg_dump gave an empty file. Nothing was changed.")
    return counted


def connection_parameters(database: dict) -> dict[str, Any]:
    return {
        "dbname": database["NAME"],
        "user": database["USER"],
        "password": database["PASSWORD"] or "",
        "host": database["HOST"] or "",
        "port": database["PORT"] or 5432,
    }


def postgres_holds(connection: Any) -> dict[str, Any]:
    """What does this PostgreSQL database hold?"""
    found = connection.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
    ).fetchall()
    return what_it_holds(lambda sql: connection.execute(sql).fetchall(), [name for (name,) in found])


def _keep_newest(folder: Path, ending: str, keep: Path | None) -> None:
    for old in sorted(folder.glob(f"fotspor-*{ending}"))[:-KEPT]:
        if keep is None or old.resolve() != keep.resolve():
            old.unlink()
            manifest_path(old).unlink(missing_ok=True)
