"""A copy is taken before a migration, is whole, and a copy that cannot be taken stops the migration."""

import os
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from fotspor.config import backup
from tests.architecture.tree import ROOT

AT = datetime(2026, 11, 22, 9, tzinfo=UTC)


def sqlite(path):
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path)}


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "fotspor.sqlite3"
    with sqlite3.connect(path) as db:
        db.execute("create table footprint (n integer)")
        db.executemany("insert into footprint values (?)", [(n,) for n in range(500)])
    return path


def test_a_copy_holds_every_row_and_is_for_its_owner_only(database, tmp_path):
    copy = backup.take(sqlite(database), tmp_path / "backups", AT)
    with sqlite3.connect(copy) as db:
        assert db.execute("select count(*), sum(n) from footprint").fetchone() == (500, 124750)
    assert copy.stat().st_mode & 0o077 == 0


def test_a_new_database_has_nothing_to_copy(tmp_path):
    assert backup.take(sqlite(tmp_path / "none.sqlite3"), tmp_path / "backups", AT) is None


def test_only_the_newest_copies_are_kept(database, tmp_path):
    copies = [
        backup.take(sqlite(database), tmp_path / "backups", AT.replace(minute=minute))
        for minute in range(backup.KEPT + 3)
    ]
    manifests = [copy.with_suffix(".json") for copy in copies[3:]]
    assert sorted((tmp_path / "backups").iterdir()) == sorted([*copies[3:], *manifests])


def test_the_copy_that_is_being_put_back_is_not_cleared_away_by_the_one_taken_before(database, tmp_path):
    folder = tmp_path / "backups"
    oldest = backup.take(sqlite(database), folder, AT)
    for minute in range(1, backup.KEPT + 2):
        backup.take(sqlite(database), folder, AT.replace(minute=minute), keep=oldest)
    assert oldest.exists()
    assert oldest.with_suffix(".json").exists()
    backup.take(sqlite(database), folder, AT.replace(minute=30))
    assert not oldest.exists()


def test_without_pg_dump_nothing_is_changed(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    postgres = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "x",
        "USER": "x",
        "HOST": "127.0.0.1",
        "PORT": 1,
        "PASSWORD": "",
    }
    with pytest.raises(backup.NoBackup, match="Nothing was changed"):
        backup.take(postgres, tmp_path / "backups", AT)


def test_a_failed_dump_leaves_no_file_that_looks_like_one(tmp_path):
    postgres = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "x",
        "USER": "x",
        "HOST": "127.0.0.1",
        "PORT": 1,
        "PASSWORD": "",
    }
    with pytest.raises(backup.NoBackup):
        backup.take(postgres, tmp_path / "backups", AT)
    assert list((tmp_path / "backups").iterdir()) == []


def fotspor(*arguments, home):
    environment = {**os.environ, "FOTSPOR_MODE": "demo", "FOTSPOR_HOME": str(home)}
    environment.pop("DATABASE_URL", None)
    return subprocess.run(
        [sys.executable, "-c", "from fotspor.config.cli import main; main()", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
def test_migrate_twice_changes_nothing_the_second_time(tmp_path):
    first = fotspor("migrate", home=tmp_path)
    assert "A new database: nothing to copy." in first.stdout, first.stderr
    assert "up to date" in fotspor("migrate", home=tmp_path).stdout
    assert not (tmp_path / "backups").exists() or not list((tmp_path / "backups").iterdir())


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["demo"],
        ["serve"],
        ["migrate"],
        ["import"],
        ["import", "people"],
        ["import", "responses"],
        ["plan"],
        ["slipping"],
        ["user"],
        ["check"],
        ["backup"],
        ["restore"],
        ["keys", "rotate"],
        ["audit", "seal"],
        ["audit", "verify"],
    ],
)
def test_every_command_explains_itself(command):
    from click.testing import CliRunner

    from fotspor.config.cli import main

    shown = CliRunner().invoke(main, [*command, "--help"])
    assert shown.exit_code == 0
    assert shown.output.startswith("Usage:")
    assert len(shown.output.splitlines()) >= 5
