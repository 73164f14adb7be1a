"""A copy is put back and compared; wrong keys, a cut file, a newer version or a running system are refused."""

import json
import os
import shutil
import signal
import time

import pytest
from cryptography.fernet import Fernet

from fotspor.config import restore, serving
from fotspor.config.backup import Manifest
from tests.config.installation import installation

pytestmark = pytest.mark.slow

LEARN = """
from fotspor.services.models import Staff
from fotspor.access.actions import log
from fotspor.access.rules import SYSTEM
from fotspor.kit import clock
for n in range({count}):
    log(type="access.record.read", by=SYSTEM, at=clock.now(), person="person%d" % n)
"""
LINES = "from fotspor.access.models import AuditEvent as E; print(list(E.objects.values_list('type', flat=True)))"
USER = ("user", "first@example.invalid", "--given-name", "Prøve", "--family-name", "Person", "--municipality", "Prøve")


@pytest.fixture(scope="module")
def filled(tmp_path_factory, migrated, django_db_blocker):
    """One installation with something in it, and a copy taken of that."""
    with django_db_blocker.unblock(), installation(tmp_path_factory.mktemp("home"), like=migrated) as own:
        own.run(*USER)
        own.python(LEARN.format(count=3))
        said = own.run("backup")
        taken, own.was = own.copies()[-1], own.contents()
        assert taken.name in said
        own.copy = tmp_path_factory.mktemp("elsewhere") / taken.name  # each restore takes a copy, and ten are kept
        for path in (taken, taken.with_suffix(".json")):
            shutil.copy2(path, own.copy.with_suffix(path.suffix))
        yield own


def test_a_copy_and_its_manifest_are_for_the_owner_only_and_hold_no_key(filled):
    manifest = restore.manifest = filled.copy.with_suffix(".json")
    assert filled.copy.stat().st_mode & 0o077 == 0
    assert manifest.stat().st_mode & 0o077 == 0
    for name in ("fotspor_field_keys", "fotspor_index_key", "fotspor_secret_key"):
        key = (filled.home / "keys" / name).read_bytes()
        assert key not in filled.copy.read_bytes()
        assert key not in manifest.read_bytes()


def test_what_is_missing_since_is_said_and_the_rest_comes_back(filled):
    filled.python(LEARN.format(count=4))
    assert filled.contents() != filled.was
    last = json.loads(filled.copy.with_suffix(".json").read_text())["last_event"]
    after = f"from fotspor.access.models import AuditEvent as E; print(E.objects.filter(pk__gt={last}).count())"
    lost = filled.python(after)  # the four, and what other tests of this module have done to the same installation
    said = filled.run("restore", str(filled.copy), "--yes")
    assert f"Missing since: {lost} lines of the log" in said
    assert "about 4 people" in said
    assert "What stood there before" in said
    kept = filled.python(LINES)
    assert kept.count("access.record.read") == 3
    assert kept.endswith("'access.database.restored']")
    assert "restore" in filled.python("from fotspor.kit.models import Run; print(*Run.objects.values_list('name'))")
    filled.run("check")
    again = filled.run("restore", str(filled.copies()[-1]), "--yes")  # what stood there before is not lost
    assert "access.record.read" in filled.python(LINES), again
    assert filled.python(LINES).count("access.record.read") == 7
    filled.run("restore", str(filled.copy), "--yes")


def test_without_a_yes_nothing_is_changed(filled):
    before = filled.contents()
    assert "Aborted" in filled.run("restore", str(filled.copy), code=1)
    assert filled.contents() == before


def wrong_keys(own):
    return {"FOTSPOR_FIELD_KEYS": Fernet.generate_key().decode()}, "None of FOTSPOR_FIELD_KEYS opens this copy"


def wrong_index(own):
    return {"FOTSPOR_INDEX_KEY": "another"}, "FOTSPOR_INDEX_KEY is not the one"


@pytest.mark.parametrize("wrong", [wrong_keys, wrong_index])
def test_wrong_keys_are_refused(filled, wrong):
    before = filled.contents()
    filled.extra, expected = wrong(filled)
    try:
        assert expected in filled.run("restore", str(filled.copy), "--yes", code=1)
    finally:
        filled.extra = {}
    assert filled.contents() == before


def cut(copy):
    copy.write_bytes(copy.read_bytes()[:-100])
    return "cut off, or changed"


def alone(copy):
    copy.with_suffix(".json").unlink()
    return "missing beside the copy"


def newer(copy):
    path = copy.with_suffix(".json")
    told = json.loads(path.read_text())
    path.write_text(json.dumps({**told, "migrations": [*told["migrations"], "people.9999_to_come"]}))
    return "newer version"


def other_engine(copy):
    path = copy.with_suffix(".json")
    path.write_text(json.dumps({**json.loads(path.read_text()), "engine": "another"}))
    return "runs on"


def other_rows(copy):
    path = copy.with_suffix(".json")
    told = json.loads(path.read_text())
    path.write_text(json.dumps({**told, "rows": {**told["rows"], "people_person": 999}}))
    return "The database is as it was."


@pytest.mark.parametrize("spoil", [cut, alone, newer, other_engine, other_rows])
def test_a_copy_that_is_not_what_it_says_is_refused(filled, spoil, tmp_path):
    before = filled.contents()
    copy = tmp_path / filled.copy.name
    copy.write_bytes(filled.copy.read_bytes())
    copy.with_suffix(".json").write_bytes(filled.copy.with_suffix(".json").read_bytes())
    expected = spoil(copy)
    assert expected in filled.run("restore", str(copy), "--yes", code=1)
    assert filled.contents() == before
    assert restore.unfinished(filled.home) is None


def test_while_the_pages_are_served_nothing_is_replaced(filled):
    lock = serving.hold(filled.home)
    try:
        assert "Fotspor is running" in filled.run("restore", str(filled.copy), "--yes", code=1)
    finally:
        os.close(lock)


@pytest.mark.parametrize("wait", [0.9, 1.3, 1.7])
def test_a_restore_that_is_killed_leaves_one_whole_database(filled, wait):
    filled.python(LEARN.format(count=2))
    now = filled.contents()
    process = filled.start("restore", str(filled.copy), "--yes")
    time.sleep(wait)
    process.send_signal(signal.SIGKILL)
    process.wait()
    time.sleep(0.3)  # PostgreSQL takes a moment to see that the other end is gone
    runs = (
        "from fotspor.access.models import AuditEvent as E; print(E.objects.filter(type='access.record.read').count())"
    )
    assert filled.contents() == now or filled.python(runs) == "3"
    filled.run("check")
    filled.run("restore", str(filled.copy), "--yes")


def test_the_next_start_says_that_a_restore_did_not_end(filled):
    (filled.home / restore.NOTE).write_text(json.dumps({"copy": "a.sqlite3", "taken_at": "x", "last_event": -1}))
    said = filled.python("from fotspor.config.upkeep import tell_of_unfinished_restore as t; t(); t()")
    assert said == "A restore of a.sqlite3 was begun and did not end. The database holds what it held before."


def test_lost_lines_are_counted_by_who_and_about_whom():
    manifest = Manifest("sqlite", "", "", "", [], {"a": 2, "gone": 1, "access_auditevent": 5}, 5, "", "")
    answers = iter([[(4, "08:00", "09:00", 2)], [(3,)]])
    found = restore.missing_since(manifest, lambda sql: next(answers), {"a": 3, "access_auditevent": 9})
    assert found == restore.Missing(4, "08:00", "09:00", 2, 3, {"a": (2, 3), "gone": (1, 0)})
