"""Putting a copy back: only a whole one, only with the keys it needs, only while nothing is served.

The database is replaced in one step (a renamed file, or one transaction), so a restore that is killed leaves it as it
was. A note beside it says what was begun, until it is done.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fotspor.config import backup
from fotspor.config.backup import LOG, Manifest

NOTE = "restore-begun.json"


class NoRestore(Exception):
    """The copy was not put back. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class Missing:
    """What is in the database now and not in the copy: lines of the log since, and tables with another count."""

    events: int
    first_at: str
    last_at: str
    staff: int
    people: int
    rows: dict[str, tuple[int, int]]  # table: (in the copy, now)


def read(copy: Path) -> Manifest:
    """What does the copy say it holds? Errors: NoRestore when it does not say, or when the file is not what it says."""
    path = backup.manifest_path(copy)
    if not copy.exists():
        raise NoRestore(f"There is no file {copy}.")
    if not path.exists():
        raise NoRestore(f"{path.name} is missing beside the copy: without it nobody can tell whether the keys fit.")
    try:
        manifest = Manifest(**json.loads(path.read_text()))
    except (ValueError, TypeError) as error:
        raise NoRestore(f"{path.name} cannot be read: {error}") from error
    if backup.digest(copy) != manifest.sha256:
        raise NoRestore(f"{copy.name} is not the file that {path.name} describes: it is cut off, or changed.")
    return manifest


def refuse(manifest: Manifest, *, engine: str, known: Iterable[str], field_fits: bool, index_fits: bool) -> None:
    """Why may this copy not be put back here? Errors: NoRestore; silent when it may."""
    if manifest.engine != engine:
        raise NoRestore(f"The copy is of {manifest.engine}, and this installation runs on {engine}.")
    if not field_fits:
        raise NoRestore("None of FOTSPOR_FIELD_KEYS opens this copy. Find the keys that were in use when it was taken.")
    if not index_fits:
        raise NoRestore("FOTSPOR_INDEX_KEY is not the one this copy was made with: nobody would be found by number.")
    if newer := sorted(set(manifest.migrations) - set(known)):
        raise NoRestore(f"The copy is from a newer version of Fotspor ({newer[0]} ...). Install that version first.")


def missing_since(manifest: Manifest, ask: Callable[[str], list[tuple]], rows: dict[str, int]) -> Missing:
    """What would be lost? From the log and the counts of the database as it stands now."""
    since = f"FROM {LOG} WHERE id > {int(manifest.last_event)}"
    counted = f"SELECT count(*), min(at), max(at), count(DISTINCT staff) {since}"
    events, first_at, last_at, staff = ask(counted)[0]
    ((people,),) = ask(f"SELECT count(DISTINCT person) {since} AND person <> ''")
    names = {*rows, *manifest.rows} - {LOG}
    differing = {
        name: (manifest.rows.get(name, 0), rows.get(name, 0))
        for name in sorted(names)
        if manifest.rows.get(name, 0) != rows.get(name, 0)
    }
    return Missing(events, str(first_at or ""), str(last_at or ""), staff, people, differing)


def unfinished(home: Path) -> dict[str, Any] | None:
    """Was a restore begun and not finished? What the note says."""
    path = home / NOTE
    return json.loads(path.read_text()) if path.exists() else None


def _note(path: Path, told: dict[str, Any]) -> None:
    """In one step: half a note could not be read, and the pages would not start."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(json.dumps(told))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def put_back(copy: Path, manifest: Manifest, database: dict, home: Path) -> None:
    """Replace the database by the copy. Errors: NoRestore; the database is then as it was."""
    note = home / NOTE
    try:
        _note(note, {"copy": copy.name, "taken_at": manifest.taken_at, "last_event": manifest.last_event})
        if manifest.engine == "sqlite":
            _replace_sqlite(copy, manifest, Path(database["NAME"]))
        else:
            _replace_postgres(copy, manifest, database)
    except (OSError, sqlite3.Error, backup.NoBackup) as error:
        note.unlink(missing_ok=True)
        raise NoRestore(f"{str(error).rstrip(chr(46))}. The database is as it was.") from error
    except NoRestore:
        note.unlink()
        raise
    note.unlink()


def try_out(copy: Path, manifest: Manifest, database: dict, home: Path) -> None:
    """Can the copy be put back? Into a place of its own, counted, taken away. Errors: NoRestore; nothing is left."""
    if manifest.engine == "sqlite":
        with tempfile.TemporaryDirectory(dir=home, prefix="try-restore-") as folder:
            _copy_and_count(copy, manifest, Path(folder) / "copy.sqlite3")
        return
    name = f"fotspor_try_{os.getpid()}"
    try:
        _sql(database, f'CREATE DATABASE "{name}"')
        try:
            scratch = {**database, "NAME": name}
            into = ("--no-owner", "--no-privileges", "--exit-on-error", "--dbname", name, str(copy))
            backup.run_postgres(backup.postgres_command("pg_restore", scratch, *into), scratch)
            _sql(scratch, _counted_as(manifest))
        finally:
            _sql(database, f'DROP DATABASE "{name}"')
    except backup.NoBackup as error:
        raise NoRestore(f"The copy could not be put back on trial: {error}") from error


def _sql(database: dict, sql: str) -> None:
    """Say one thing to PostgreSQL, outside every transaction. Errors: NoBackup with what it answered."""
    command = backup.postgres_command("psql", database, "--quiet", "--set=ON_ERROR_STOP=1", "--no-psqlrc",
                                      "--output=/dev/null", f"--command={sql}", database["NAME"])  # fmt: skip
    backup.run_postgres(command, database)


def _counted_as(manifest: Manifest) -> str:
    """SQL that fails unless every table holds as many rows as the copy says."""
    counted = " AND ".join(
        f'(SELECT count(*) FROM public."{name}") = {n}'  # noqa: S608 (the names and counts of our own manifest)
        for name, n in manifest.rows.items()
    )
    return f"DO $$ BEGIN IF NOT ({counted}) THEN RAISE EXCEPTION 'rows differ'; END IF; END $$;"


def _copy_and_count(copy: Path, manifest: Manifest, target: Path) -> None:
    shutil.copyfile(copy, target)
    os.chmod(target, 0o600)
    with sqlite3.connect(target) as db:
        (verdict,) = db.execute("PRAGMA integrity_check").fetchone()
        held = backup.sqlite_holds(db)["rows"] if verdict == "ok" else {}
    if held != manifest.rows:
        raise NoRestore("The copy does not hold the rows it says it holds. The database is as it was.")


def _replace_sqlite(copy: Path, manifest: Manifest, target: Path) -> None:
    part = target.with_name(target.name + ".part")
    try:
        _copy_and_count(copy, manifest, part)
        _empty_the_journal(target)
        part.replace(target)
    finally:
        for name in (part, part.with_name(part.name + "-wal"), part.with_name(part.name + "-shm")):
            name.unlink(missing_ok=True)
    for ending in ("-wal", "-shm"):
        target.with_name(target.name + ending).unlink(missing_ok=True)


def _empty_the_journal(target: Path) -> None:
    """Move what stands in the journal into the old file, so that nothing of it is read into the new one."""
    if not target.exists():
        return
    try:
        with sqlite3.connect(target, timeout=5) as db:
            (busy, *_) = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.DatabaseError:  # the old file is damaged, which is why somebody restores
        target.with_name(target.name + "-wal").unlink(missing_ok=True)
        return
    if busy:
        raise NoRestore("Something uses the database. Stop it first. The database is as it was.")


def _replace_postgres(copy: Path, manifest: Manifest, database: dict) -> None:
    """In one transaction: the old schema away, the copy in, counted, and only then committed."""
    psql = backup.postgres_command("psql", database, "--quiet", "--set=ON_ERROR_STOP=1", "--no-psqlrc",
                                   "--output=/dev/null", database["NAME"])  # fmt: skip
    backup.postgres_command("pg_restore", database)
    environment = {**os.environ, "PGPASSWORD": database["PASSWORD"] or ""}
    others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    free = f"DO $$ BEGIN IF ({others}) > 0 THEN RAISE EXCEPTION 'others are connected'; END IF; END $$;"
    with subprocess.Popen(psql, stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as into:  # noqa: S603
        try:
            _say(into, f"{free} BEGIN; DROP SCHEMA public CASCADE; CREATE SCHEMA public;")
            script = ["pg_restore", "--no-owner", "--no-privileges", "--file=-", str(copy)]
            done = subprocess.run(script, stdout=into.stdin, stderr=subprocess.PIPE, check=False)  # noqa: S603
            if done.returncode == 0:  # else the transaction ends with the connection, and nothing has happened
                _say(into, f"{_counted_as(manifest)} COMMIT;")
            into.stdin.close()
        except BrokenPipeError:
            done = None
        said = into.stderr.read().decode(errors="replace")
    if done is None or done.returncode or into.returncode:
        why = said or (done.stderr.decode(errors="replace") if done else "")
        raise NoRestore(f"PostgreSQL said: {why[:300].strip()}. The database is as it was.")


def _say(into: subprocess.Popen, sql: str) -> None:
    into.stdin.write(f"{sql}\n".encode())
    into.stdin.flush()
