"""A database of its own for what kills, fills, locks or moves the clock, and children that do the real thing in it.

A child is a fork of the tests: a process of its own, with a connection of its own, and with nothing to load. What it
does is killed with SIGKILL at one point of many: before a statement, before a commit, or just after one.
"""

import hashlib
import io
import json
import os
import re
import shutil
import signal
import sqlite3
import time
import traceback
import uuid
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import time_machine
from click.testing import CliRunner
from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection, connections
from django.template.loader import get_template
from django.test import Client

from tests.fire.forms import _Reader as FormsOfPage
from tests.fire.town import addresses
from tests.journeys import world as world_of_journeys
from tests.journeys.world import EMAILS, NOW

EVERYTHING = os.environ.get("FOTSPOR_TEST_ALL") == "1"
KEPT = []  # the connections of a parent, which a child must neither use nor close
PASSWORD = "en lang setning om fjorden"
PATIENCE = 60  # seconds: a child that takes longer hangs


@dataclass
class Ended:
    """How a child ended: killed, or with what it gave back, and what it said."""

    signal: int = 0
    code: int = 0
    result: object = None
    said: str = ""

    @property
    def was_killed(self) -> bool:
        return self.signal == signal.SIGKILL


@dataclass
class Running:
    """A child that has not been waited for."""

    pid: int
    read: int
    said: Path

    def end(self) -> Ended:
        with os.fdopen(self.read) as pipe:
            text = pipe.read()
        _pid, status = os.waitpid(self.pid, 0)
        ended = Ended(said=self.said.read_text(errors="replace"), result=json.loads(text) if text else None)
        if os.WIFSIGNALED(status):
            ended.signal = os.WTERMSIG(status)
        else:
            ended.code = os.WEXITSTATUS(status)
        return ended


@dataclass
class Own:
    """A folder and a database that nobody else uses. `template` is what it is made from, and made anew from."""

    home: Path
    name: str
    template: str = ""
    cookies: dict[str, str] = field(default_factory=dict)
    at: object = NOW
    port: int = 0  # of another server than the tests' own

    # --- children -----------------------------------------------------------------------------------------------

    def start(self, act, *, at=None, wrapped=nullcontext) -> Running:
        """Begin to do it in a child. `wrapped` is put round it there."""
        at = at or self.at
        read, write = os.pipe()
        said = self.home / f"said-{uuid.uuid4().hex}"
        pid = os.fork()
        if pid:
            os.close(write)
            return Running(pid, read, said)
        code = 70
        try:
            signal.alarm(PATIENCE)
            os.close(read)
            _write_to(said)
            self._enter()
            with time_machine.travel(at, tick=True), wrapped():
                result = act()
            connections.close_all()
            os.write(write, json.dumps(result).encode())
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)

    def do(self, act, *, at=None, wrapped=nullcontext) -> Ended:
        """Do it in a child, and say how that ended."""
        return self.start(act, at=at, wrapped=wrapped).end()

    def ask(self, act, *, at=None):
        """What does it say? The child must end well."""
        ended = self.do(act, at=at)
        assert (ended.signal, ended.code) == (0, 0), ended.said
        return ended.result

    def _enter(self):
        """In the child: the tests' connection is left alone, and everything from here on is in this database."""
        KEPT.append(connections["default"])
        del connections["default"]  # the next one is made from the settings
        settings.DATABASES["default"]["NAME"] = connections.settings["default"]["NAME"] = self.name
        if self.port:
            settings.DATABASES["default"]["PORT"] = connections.settings["default"]["PORT"] = self.port
        settings.HOME = self.home

    # --- the database itself ------------------------------------------------------------------------------------

    def anew(self):
        """As the template stands."""
        if connection.vendor == "sqlite":
            for ending in ("-wal", "-shm"):
                Path(self.name + ending).unlink(missing_ok=True)
            shutil.copyfile(self.template, self.name)
        else:
            with _server() as server:
                server.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')
                server.execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{self.template}"')

    def become_template(self):
        """From here on it is made anew as it stands now."""
        if connection.vendor == "sqlite":
            self.ask(checkpoint)
            self.template = shutil.copyfile(self.name, f"{self.name}.template")
        else:
            self.template = f"{self.name}_as_it_was"
            with _server() as server:
                server.execute(f'DROP DATABASE IF EXISTS "{self.template}" WITH (FORCE)')
                server.execute(f'CREATE DATABASE "{self.template}" TEMPLATE "{self.name}"')

    def settle(self):
        """PostgreSQL takes a moment to see that the other end is gone."""
        if connection.vendor == "sqlite":
            return
        others = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s"
        with _server() as server:
            assert wait_for(lambda: server.execute(others, [self.name]).fetchone() == (0,))

    def browser(self, who) -> Client:
        """In a child: a browser in which somebody has been signed in since before."""
        browser = Client(raise_request_exception=False)
        browser.cookies["sessionid"] = self.cookies[who]
        return browser


def _write_to(said: Path) -> None:
    file = os.open(said, os.O_WRONLY | os.O_CREAT, 0o600)
    for stream in (1, 2):
        os.dup2(file, stream)
    import sys

    sys.stdout = io.TextIOWrapper(os.fdopen(1, "wb", 0, closefd=False), write_through=True)
    sys.stderr = io.TextIOWrapper(os.fdopen(2, "wb", 0, closefd=False), write_through=True)


def checkpoint() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _server():
    import psycopg

    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        yield server


@contextmanager
def towns(folder: Path, blocker):
    """Makes databases with the families of the journeys in them: `make()` gives a new one. Built once, then copied."""
    with blocker.unblock():
        template = _template(folder)
    made = []

    def make() -> Own:
        home = folder / uuid.uuid4().hex[:8]
        home.mkdir()
        name = str(home / "fotspor.sqlite3") if connection.vendor == "sqlite" else f"own_{uuid.uuid4().hex[:12]}"
        own = Own(home, name, template.name, template.cookies)
        own.anew()
        made.append(own)
        return own

    try:
        yield make
    finally:
        if connection.vendor != "sqlite":
            with _server() as server:
                for own in (*made, template):
                    server.execute(f'DROP DATABASE IF EXISTS "{own.name}" WITH (FORCE)')
                    server.execute(f'DROP DATABASE IF EXISTS "{own.name}_as_it_was" WITH (FORCE)')


def _warm() -> None:
    """What every child would else load for itself: the children are copies of this process."""
    from fotspor.instruments.queries import instrument
    from fotspor.pathways.queries import definitions
    from tests.fire import invariants, posts  # noqa: F401

    [definitions.pathway(slug) for slug in definitions.SLUGS]
    instrument("epds")
    list(addresses())
    for app in apps.get_app_configs():
        folder = Path(app.path) / "templates"
        for path in sorted(folder.rglob("*.html")) if app.name.startswith("fotspor.") else ():
            get_template(str(path.relative_to(folder)))


def _template(folder: Path) -> Own:
    _warm()
    own = Own(folder, str(folder / "template.sqlite3"))
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        assert not connection.in_atomic_block, "ask for it in a fixture of the module, before a test has begun"
        file = sqlite3.connect(own.name)
        connection.connection.backup(file)
        file.close()
    else:
        own.name = f"town_{uuid.uuid4().hex[:12]}"
        tests, _closed = connection.settings_dict["NAME"], connection.close()
        with _server() as server:
            server.execute(f'CREATE DATABASE "{own.name}" TEMPLATE "{tests}"')
    own.cookies = own.ask(furnished)
    return own


def furnished() -> dict[str, str]:
    """In a child: the families, and everybody signed in. What each browser carries."""
    from fotspor.services.models import Staff
    from tests.fire import furniture

    world = world_of_journeys.build()
    furniture.put_in(world)
    Staff.objects.update(password=make_password(PASSWORD))
    cookies = {}
    for who in EMAILS:
        browser = Client()
        browser.force_login(Staff.objects.get(pk=world.staff[who].pk))
        cookies[who] = browser.cookies["sessionid"].value
    return cookies


# --- what a child does ----------------------------------------------------------------------------------------------


def opened(own: Own, who: str, page: str) -> dict[str, str]:
    """In a child: what a page hides in its forms, when somebody opens it."""
    reader = FormsOfPage(who, page)
    answer = own.browser(who).get(page)
    assert answer.status_code == 200, f"{page}: {answer.status_code} {answer.headers.get('Location', '')}"
    reader.feed(answer.content.decode())
    return {name: value for form in reader.found for name, kind, value in form.fields if kind == "hidden"}


def posted(own: Own, who: str, url: str, values: dict):
    """Sends a form, and says what is answered."""

    def act(language="nb"):
        answer = own.browser(who).post(url, values, headers={"Accept-Language": language})
        return [answer.status_code, answer.headers.get("Location", "") or words_of(answer)]

    return act


def words_of(answer) -> str:
    """What somebody reads in the page itself."""
    text = re.sub(r"(?s)<(script|style|svg)\b.*?</\1>|<[^>]+>", " ", answer.content.decode().partition("<main")[2])
    return " ".join(text.split())


def command(*arguments):
    """What `fotspor` says to these arguments, and its exit code."""

    def act():
        from fotspor.config.cli import main

        done = CliRunner().invoke(main, [str(each) for each in arguments])
        assert done.exception is None or isinstance(done.exception, SystemExit), traceback.format_exception(
            done.exception
        )
        return [done.exit_code, done.output]

    return act


# --- killing --------------------------------------------------------------------------------------------------------


class Points:
    """Counts the points where a child can be killed, and kills it at one of them."""

    def __init__(self, kill_at: int | None = None):
        self.kill_at, self.passed = kill_at, 0

    def point(self):
        if self.passed == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        self.passed += 1

    def before(self, execute, sql, parameters, many, context):
        if not sql.lstrip().startswith("SELECT"):  # what only reads has changed nothing since the last point
            self.point()
        return execute(sql, parameters, many, context)

    @contextmanager
    def watching(self):
        commit = connection._commit

        def committed():
            self.point()
            commit()
            self.point()

        connection._commit = committed
        with connection.execute_wrapper(self.before):
            yield


def counted(own: Own, act) -> tuple[int, object]:
    """How many points are there in it, and what did it give back? It is done to the end."""
    points = Points()

    def counting():
        with points.watching():
            result = act()
        return [points.passed, result]

    return tuple(own.ask(counting))


def killed(own: Own, act, point: int) -> Ended:
    return own.do(act, wrapped=lambda: Points(point).watching())


def sampled(count: int, most: int = 4) -> list[int]:
    """Which points are tried? All of them in the long tests; else the ends and some between, never by chance."""
    if EVERYTHING or count <= most:
        return list(range(count))
    between = [round(each * count / (most - 1)) for each in range(1, most - 1)]
    return sorted({0, *between, count - 1})


# --- what stands there ----------------------------------------------------------------------------------------------

NOT_COMPARED = {"services_session", "cache_entries", "kit_run"}


def contents() -> str:
    """In a child: a digest of every row of every table but the sessions, the throttle and the notes of runs."""
    digest = hashlib.sha256()
    with connection.cursor() as cursor:
        for table in sorted(connection.introspection.table_names(cursor)):
            if table not in NOT_COMPARED:
                cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
                rows = [[bytes(v) if isinstance(v, memoryview) else v for v in row] for row in cursor.fetchall()]
                digest.update(repr((table, rows)).encode())
    return digest.hexdigest()


def wait_for(holds, seconds: float = 15.0) -> bool:
    until = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True
