"""The disk is full: it is said in the user's own language, nothing is half stored, and with room again all goes on.

The disk is a real one of a few megabytes, and really full. Where nobody may mount one, those tests are skipped, and the
database's own limit and the machine's limit for files stand in for it.
"""

import os
import resource
import uuid
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pytest
from django.db import connection

from tests.fire.invariants import broken
from tests.fire.own import Own, _server, command, contents
from tests.fire.posts import POSTS
from tests.fire.small_disk import fill, make_room, small_disk
from tests.fire.test_killed_commands import copies, forms, register, taken_in, write_something

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]
__all__ = ["forms", "register"]
FULL = {
    "nb": "Det er ikke plass til noe nytt",
    "nn": "Det er ikkje plass til noko nytt",
    "en": "There is no room for anything new",
}


@pytest.fixture
def filled(place):
    """The same installation on a small disk: `filled(act)` is the act on a disk that is full when it begins."""
    with small_disk(owner="" if connection.vendor == "sqlite" else "postgres") as disk, _on(disk, place) as own:
        own.disk = disk
        yield own


@contextmanager
def _on(disk: Path, place: Own):
    if connection.vendor == "sqlite":
        own = Own(disk, str(disk / "fotspor.sqlite3"), place.template, place.cookies)
        own.anew()
        yield own
        return
    name = f"small_{uuid.uuid4().hex[:10]}"
    own = Own(place.home, f"own_{name}", place.template, place.cookies)
    with _server() as server:
        server.execute(f"CREATE TABLESPACE {name} LOCATION '{disk}'")
        server.execute(f'CREATE DATABASE "{own.name}" TEMPLATE "{own.template}" TABLESPACE {name}')
        try:
            yield own
        finally:
            make_room(disk)
            server.execute(f'DROP DATABASE IF EXISTS "{own.name}" WITH (FORCE)')
            server.execute(f"DROP TABLESPACE {name}")


def when_full(own, act):
    """The disk is filled when the process has opened its database, as one that has served pages all day has."""

    def on_a_full_disk():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM kit_run")
        fill(own.disk)
        return act()

    return on_a_full_disk


@pytest.mark.parametrize(
    ("name", "language"),
    [("a form is signed", "nb"), ("a child is born", "nn"), ("a contact is recorded", "en")],
)
def test_a_form_is_not_stored_and_the_page_says_why(filled, name, language):
    post = POSTS[name]
    act = post.open(filled)
    before, was = filled.ask(lambda: [contents(), post.stands()])
    status, said = filled.ask(when_full(filled, partial(act, language=language)))
    assert (status, FULL[language] in said) == (507, True), said
    assert filled.ask(lambda: [contents(), broken()]) == [before, []]
    make_room(filled.disk)
    assert filled.ask(act)[0] == 302, "the same form, sent once more"
    assert filled.ask(lambda: [post.stands(), broken()]) == [[each + 1 for each in was], []]


def test_a_register_that_does_not_fit_leaves_whole_households_and_goes_on(filled, register, place):
    arguments = ("import", "people", register, "--apply", "--rows", "4")
    before = filled.ask(taken_in)
    code, said = filled.ask(when_full(filled, command(*arguments)))
    assert code == 1
    assert any(word in said for word in ("full", "No space left")), said
    assert filled.ask(broken) == []
    make_room(filled.disk)
    assert filled.ask(command(*arguments))[0] == 0
    assert filled.ask(lambda: [taken_in()[0], broken()]) == [before[0] + 3, []]


def test_a_copy_that_does_not_fit_is_no_copy(place):
    with small_disk() as disk:
        (place.home / "backups").symlink_to(disk)
        assert place.ask(command("backup"))[0] == 0
        [whole] = copies(place)
        before = place.ask(contents)
        for leaving in (0, 4096, whole.stat().st_size // 2, whole.stat().st_size + 8192):
            make_room(disk)
            fill(disk, leaving)
            code, said = place.ask(command("backup"))
            assert (code, "Nothing was changed" in said, "Traceback" in said) == (1, True, False), (leaving, said)
            make_room(disk)
            assert {path.name for path in disk.iterdir()} == {whole.name, whole.with_suffix(".json").name}, leaving
        assert place.ask(command("backup"))[0] == 0
        assert len(copies(place)) == 2
        assert place.ask(contents) == before


def test_a_copy_that_cannot_be_put_back_for_lack_of_room_leaves_what_stands(filled):
    home = filled.home
    assert filled.ask(command("backup"))[0] == 0
    copy = copies(filled)[-1]
    filled.ask(write_something)
    before = filled.ask(contents)
    code, said = filled.ask(when_full(filled, command("restore", copy, "--yes")))
    assert (code, "The database is as it was" in said) == (1, True), said
    make_room(filled.disk)
    assert filled.ask(lambda: [contents(), broken()]) == [before, []]
    assert not (home / "restore-begun.json").exists()
    assert filled.ask(command("restore", copy, "--yes"))[0] == 0


# --- where nobody may mount a disk ----------------------------------------------------------------------------------


@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="the limit is SQLite's own")
@pytest.mark.parametrize("name", ["a child is born", "the baton is taken over"])
def test_a_database_that_may_grow_no_more_stores_nothing_of_a_form(place, name):
    post = POSTS[name]
    act = post.open(place)
    before = place.ask(contents)
    for more in (0, 1, 3):
        status, said = place.ask(partial(with_so_many_pages_more, act, more))
        assert (status, FULL["nb"] in said) == (507, True) or status == 302, said
        if status == 302:
            break
        assert place.ask(lambda: [contents(), broken()]) == [before, []]
    assert more or status == 507, "a full file refuses at first"


def with_so_many_pages_more(act, more):
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        (pages,) = cursor.fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages + more}")
    return act()


def test_a_copy_larger_than_a_file_may_be_is_no_copy(place):
    def limited():
        resource.setrlimit(resource.RLIMIT_FSIZE, (64 * 1024, resource.RLIM_INFINITY))
        from django.conf import settings

        from fotspor.config import backup
        from fotspor.kit import clock

        try:
            backup.take(settings.DATABASES["default"], settings.HOME / "backups", clock.now())
        except backup.NoBackup as error:
            return str(error)

    assert "Nothing was changed" in place.ask(limited)
    assert list((place.home / "backups").iterdir()) == []
