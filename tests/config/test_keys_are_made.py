"""Keys are made once, for their owner only; what may not be served says why; the newest copy is found. In process."""

import importlib
import sys

import pytest
from cryptography.fernet import Fernet
from django.core.management.base import SystemCheckError
from django.db import connection, transaction

from fotspor.access import triggers
from fotspor.config import backup, keys, start
from fotspor.config.backup import NoBackup

SQLITE = {"ENGINE": "django.db.backends.sqlite3"}


def test_only_the_keys_that_are_missing_are_made(tmp_path):
    folder = tmp_path / "keys"
    assert keys.make_missing(folder) == list(keys.NAMES)
    was = {path.name: path.read_text() for path in folder.iterdir()}
    assert all(path.stat().st_mode & 0o077 == 0 for path in (folder, *folder.iterdir()))
    Fernet(was["fotspor_field_keys"])
    (folder / "fotspor_secret_key").unlink()
    assert keys.make_missing(folder) == ["FOTSPOR_SECRET_KEY"]
    assert (folder / "fotspor_index_key").read_text() == was["fotspor_index_key"]


def test_the_key_of_whoever_was_first_stands(tmp_path):
    path = tmp_path / "fotspor_secret_key"
    path.write_text("first\n")
    assert keys.make("FOTSPOR_SECRET_KEY", path) == "first"
    assert path.read_text() == "first\n"


@pytest.fixture
def own_keys(tmp_path, monkeypatch):
    monkeypatch.delenv("FOTSPOR_FIELD_KEYS", raising=False)
    monkeypatch.setenv("FOTSPOR_KEYS", str(tmp_path / "keys"))
    keys.make_missing(tmp_path / "keys")
    return tmp_path


def test_a_new_key_comes_first_and_the_old_ones_can_be_taken_away(own_keys):
    path = keys.key_file(own_keys)
    old = path.read_text()
    assert keys.put_new_key_first(own_keys) == path
    first, second = path.read_text().split(",")
    assert second == old != first
    assert keys.keep_first_only(own_keys) == 1
    assert path.read_text() == first
    assert path.stat().st_mode & 0o077 == 0


def test_keys_from_the_environment_are_not_written(own_keys, monkeypatch):
    monkeypatch.setenv("FOTSPOR_FIELD_KEYS", "given")
    with pytest.raises(keys.NoNewKey, match="environment"):
        keys.put_new_key_first(own_keys)


def test_without_a_key_file_nothing_is_rotated(tmp_path, monkeypatch):
    monkeypatch.delenv("FOTSPOR_FIELD_KEYS", raising=False)
    monkeypatch.delenv("FOTSPOR_KEYS", raising=False)
    with pytest.raises(keys.NoNewKey, match="There is no"):
        keys.keep_first_only(tmp_path)


def test_the_newest_copy_is_the_one_taken_last_and_without_one_that_is_said(tmp_path):
    with pytest.raises(NoBackup, match="no copy"):
        backup.newest(tmp_path, SQLITE)
    for name in ("fotspor-20261122T0.sqlite3", "fotspor-20261123T0.sqlite3", "fotspor-20261124T0.dump"):
        (tmp_path / name).touch()
    assert backup.newest(tmp_path, SQLITE).name == "fotspor-20261123T0.sqlite3"


@pytest.mark.django_db
def test_production_is_not_served_with_anything_lacking(settings, monkeypatch):
    settings.IS_PRODUCTION = True
    monkeypatch.delenv("FOTSPOR_HOSTS", raising=False)
    with pytest.raises(start.NotReady, match="FOTSPOR_HOSTS"):
        start.refuse_to_start()


@pytest.mark.django_db
def test_a_database_of_another_version_is_not_served(monkeypatch):
    assert start.is_at_this_version()
    monkeypatch.setattr(start, "is_at_this_version", lambda: False)
    with pytest.raises(start.NotReady, match="fotspor migrate"):
        start.refuse_to_start()


@pytest.mark.django_db
def test_the_application_is_not_made_on_a_log_that_could_be_changed(monkeypatch):
    """What gunicorn loads is asked itself, not only the check that it asks."""
    monkeypatch.delitem(sys.modules, "fotspor.config.wsgi", raising=False)
    with transaction.atomic():
        triggers.drop(connection)
        with pytest.raises(SystemCheckError, match="audit log can be changed"):
            importlib.import_module("fotspor.config.wsgi")
        transaction.set_rollback(True)
