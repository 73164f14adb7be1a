"""The database goes away under a running server and comes back: people and machines are told, nothing is half stored.

Real workers serve the pages over HTTP. No worker is started anew: what they answer afterwards is what counts.
"""

import http.client
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit

import psycopg
import pytest
from django.conf import settings

from tests import postgres
from tests.fire.invariants import broken
from tests.fire.own import EVERYTHING, Own, _server, contents, wait_for
from tests.fire.posts import POSTS

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]
ON_SQLITE = pytest.mark.skipif("DATABASE_URL" in os.environ, reason="about a file")
ON_POSTGRESQL = pytest.mark.skipif("DATABASE_URL" not in os.environ, reason="about a server")
SAYS = {"nb": "Systemet svarer ikke akkurat nå", "nn": "Systemet svarar ikkje akkurat no"}
WORKERS = 2


class Pages:
    """The running pages, and somebody who is signed in to them."""

    def __init__(self, own: Own, port: int):
        self.own, self.port = own, port

    def ask(self, path, *, who="nurse", language="nb", form=None):
        asked = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Accept-Language": language, "Host": "127.0.0.1"}
        headers |= {"Cookie": f"sessionid={self.own.cookies[who]}"} if who else {}
        body = None
        if form is not None:
            token = "t" * 32
            headers["Cookie"] += f"; csrftoken={token}"
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode({**form, "csrfmiddlewaretoken": token})
        asked.request("GET" if form is None else "POST", path, body, headers)
        answer = asked.getresponse()
        text = answer.read().decode()
        asked.close()
        return answer.status, text

    def health(self):
        status, text = self.ask("/healthz", who="")
        return status, json.loads(text)["status"]

    def everybody(self, path="/", **more):
        """Asked so often that every worker has answered."""
        return {self.ask(path, **more)[0] for _time in range(4 * WORKERS)}


@contextmanager
def served(own: Own, **options):
    """By two workers, as in earnest."""
    port = _free_port()

    def serve():
        from django.core.wsgi import get_wsgi_application
        from gunicorn.app.base import BaseApplication

        signal.alarm(0)
        database = settings.DATABASES["default"]
        database["CONN_MAX_AGE"] = options.pop("conn_max_age", database["CONN_MAX_AGE"])
        database["OPTIONS"] = {**database.get("OPTIONS", {}), **options}

        class Application(BaseApplication):
            def load_config(self):
                self.cfg.set("bind", f"127.0.0.1:{port}")
                self.cfg.set("workers", WORKERS)
                self.cfg.set("graceful_timeout", 1)

            def load(self):
                return get_wsgi_application()

        try:
            Application().run()
        except SystemExit:  # of the one who watches the workers, and of each of them
            os._exit(0)

    running = own.start(serve)
    pages = Pages(own, port)
    try:
        assert wait_for(lambda: _answers(pages)), running.said.read_text()
        yield pages
    finally:
        os.kill(running.pid, signal.SIGTERM)
        ended = running.end()
        assert "Traceback" not in ended.said, "an error is told by kind and place"


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _answers(pages):
    try:
        return pages.health()[0] == 200
    except OSError:
        return False


def form_of(own: Own, name: str):
    """Somebody has opened a page: where it is sent, and all that is in it."""
    sent = {}

    def note(_own, _who, url, values):
        sent.update(url=url, values=values)

    from tests.fire import posts

    real, posts.posted = posts.posted, note
    try:
        POSTS[name].open(own)
    finally:
        posts.posted = real
    return sent["url"], sent["values"]


def told_plainly(pages, url, form):
    for language, said in SAYS.items():
        status, text = pages.ask(url, form=form, language=language)
        assert (status, said in text) == (503, True), text[-600:]
        assert not any(word in text for word in ("Traceback", "OperationalError", "sqlite", "psycopg", "SELECT"))


def works_again(own, pages, url, form, before, was):
    assert wait_for(lambda: pages.health() == (200, "ok"))
    assert own.ask(lambda: [contents(), broken()]) == [before, []], "nothing of it was stored"
    assert pages.ask(url, form=form)[0] == 302, "the same form, sent once more"
    assert pages.ask(url, form=form)[0] == 302
    stands = POSTS["a form is signed"].stands
    assert own.ask(lambda: [stands(), broken()]) == [[each + 1 for each in was], []]
    assert pages.everybody() == {200}


@ON_SQLITE
def test_a_file_that_somebody_else_keeps_locked(place):
    url, form = form_of(place, "a form is signed")
    before, was = place.ask(lambda: [contents(), POSTS["a form is signed"].stands()])
    with served(place, timeout=0.3) as pages:
        other = sqlite3.connect(place.name, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        told_plainly(pages, url, form)
        assert pages.health() == (200, "ok"), "what only reads goes on"
        other.execute("ROLLBACK")
        other.close()
        works_again(place, pages, url, form, before, was)


@ON_SQLITE
def test_a_file_that_is_gone_and_comes_back(place):
    url, form = form_of(place, "a form is signed")
    before, was = place.ask(lambda: [contents(), POSTS["a form is signed"].stands()])
    place.become_template()  # and with it everything is in the one file
    with served(place, conn_max_age=0) as pages:
        away = Path(place.name).with_name("elsewhere")
        Path(place.name).rename(away)
        told_plainly(pages, url, form)
        assert pages.health() == (503, "no database")
        for each in Path(place.name).parent.glob(f"{Path(place.name).name}*"):
            if each.suffix != ".template":
                each.unlink()  # an empty one that has come in its place
        shutil.move(away, place.name)
        works_again(place, pages, url, form, before, was)


@ON_POSTGRESQL
def test_a_server_that_lets_nobody_in_any_more(place):
    url, form = form_of(place, "a form is signed")
    with served(place) as pages, _server() as server:
        assert pages.everybody() == {200}
        before, was = place.ask(lambda: [contents(), POSTS["a form is signed"].stands()])
        server.execute(f'ALTER DATABASE "{place.name}" ALLOW_CONNECTIONS false')
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [place.name])
        told_plainly(pages, url, form)
        assert pages.health() == (503, "no database")
        assert pages.everybody() == {503}
        server.execute(f'ALTER DATABASE "{place.name}" ALLOW_CONNECTIONS true')
        works_again(place, pages, url, form, before, was)


@ON_POSTGRESQL
@pytest.mark.skipif(not EVERYTHING, reason="a server of its own takes its time: make test-all")
def test_a_server_that_is_stopped_at_once_and_started(place):
    url, form = form_of(place, "a form is signed")
    with postgres.server() as address:
        own = replace(place, port=urlsplit(address).port)
        _move(place.name, address)
        with psycopg.connect(address) as there:
            data = there.execute("SHOW data_directory").fetchone()[0]
        command = (Path(data) / "postmaster.opts").read_text()
        with served(own) as pages:
            assert pages.everybody() == {200}
            before, was = own.ask(lambda: [contents(), POSTS["a form is signed"].stands()])
            stop = [f"{postgres._binaries()}/pg_ctl", "-D", data, "-m", "immediate", "stop"]
            subprocess.run(postgres._unprivileged(stop), check=True, capture_output=True)
            told_plainly(pages, url, form)
            assert pages.health() == (503, "no database")
            begin = [f"{command.strip()} >{data}/../log2 2>&1 </dev/null &"]
            subprocess.run(postgres._unprivileged(begin) if not os.getuid() else ["sh", "-c", *begin], check=True)
            works_again(own, pages, url, form, before, was)


def _move(name: str, address: str) -> None:
    """The same database on another server."""
    with psycopg.connect(address, autocommit=True) as there:
        there.execute(f'CREATE DATABASE "{name}"')
    here, there = (
        urlunsplit(urlsplit(each)._replace(path=f"/{name}")) for each in (os.environ["DATABASE_URL"], address)
    )
    with subprocess.Popen(["pg_dump", "--no-owner", here], stdout=subprocess.PIPE) as dump:
        subprocess.run(
            ["psql", "-q", "-v", "ON_ERROR_STOP=1", there], stdin=dump.stdout, check=True, capture_output=True
        )
