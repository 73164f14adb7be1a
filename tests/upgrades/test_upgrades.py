"""A database from every earlier landed version that changed the schema comes up to this one, and loses nothing."""

import gzip
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.upgrades.make import FOLDER, ROOT

DUMPS = sorted(FOLDER.glob("*.sql.gz"))
# Tables in which rows must be kept, one for each thing a family would miss.
KEPT = ("people_person", "people_journey", "pathways_contact", "pathways_baton", "worklist_task",
        "instruments_response", "instruments_duty", "access_carerelation", "access_auditevent")  # fmt: skip


def fotspor(home: Path, *arguments: str) -> subprocess.CompletedProcess:
    environment = {**os.environ, "FOTSPOR_MODE": "demo", "FOTSPOR_HOME": str(home)}
    environment.pop("DATABASE_URL", None)
    command = [sys.executable, "-c", "from fotspor.config.cli import main; main()", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def counts(path: Path) -> dict[str, int]:
    with sqlite3.connect(path) as database:
        found = {table: database.execute(f"select count(*) from {table}").fetchone()[0] for table in KEPT}
        opened = "select count(*) from access_carerelation where basis = 'result'"
        return found | {"access_carerelation": found["access_carerelation"] - database.execute(opened).fetchone()[0]}


WAITS = """select distinct r.subject_id, d.unit_id from instruments_duty d
    join instruments_response r on r.id = d.response_id
    where d.closed_on is null and d.ended_on is null and d.withdrawn_at is null and d.unit_id is not null"""
SEES = """select person_id, unit_id from access_carerelation
    where basis = 'result' and until_on is null and staff_id is null"""


@pytest.mark.slow
@pytest.mark.parametrize("dump", DUMPS, ids=lambda path: path.name.removesuffix(".sql.gz"))
def test_an_earlier_database_comes_up_to_this_version(dump, tmp_path):
    path = tmp_path / "fotspor.sqlite3"
    with sqlite3.connect(path) as database:
        database.executescript(gzip.decompress(dump.read_bytes()).decode())
    before = counts(path)
    assert all(before[table] for table in ("people_person", "people_journey", "worklist_task", "access_auditevent"))
    done = fotspor(tmp_path, "migrate")
    assert done.returncode == 0, done.stderr
    steps = "up to date" not in done.stdout
    assert steps == bool(list((tmp_path / "backups").glob("*.sqlite3")) if steps else []), "a copy is taken first"
    assert counts(path) == before
    with sqlite3.connect(path) as database:
        assert database.execute("pragma foreign_key_check").fetchall() == []
        waits = set(database.execute(WAITS).fetchall())
        assert waits <= set(database.execute(SEES).fetchall()), "whoever must answer a result sees whom it is about"
        with pytest.raises(sqlite3.DatabaseError):
            database.execute("delete from access_auditevent")
    again = fotspor(tmp_path, "migrate")
    assert "up to date" in again.stdout, again.stderr


@pytest.mark.slow
def test_an_absence_that_was_written_down_twice_for_a_day_counts_once_after_the_upgrade(tmp_path):
    path = tmp_path / "fotspor.sqlite3"
    with sqlite3.connect(path) as database:
        database.executescript(gzip.decompress(DUMPS[0].read_bytes()).decode())
        contact, staff = (
            database.execute(f"select min(id) from {t}").fetchone()[0] for t in ("pathways_contact", "services_staff")
        )
        for _ in range(3):
            database.execute(
                "insert into pathways_missedappointment (contact_id, missed_on, recorded_at, recorded_by_id)"
                " values (?, '2026-10-01', '2026-10-01 08:00:00', ?)",
                [contact, staff],
            )
    done = fotspor(tmp_path, "migrate")
    assert done.returncode == 0, done.stderr
    with sqlite3.connect(path) as database:
        standing = database.execute(
            "select withdrawn_at is null from pathways_missedappointment where contact_id = ? order by id", [contact]
        ).fetchall()
    assert standing[-3:] == [(1,), (0,), (0,)]


def test_there_is_a_dump_to_upgrade():
    assert DUMPS
