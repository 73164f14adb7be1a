"""The page on running in earnest, followed word by word as far as this machine allows, on either database."""

import configparser
import http.client
import os
import re
import shlex
import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from urllib.parse import urlencode

import pytest

from tests.architecture.tree import ROOT
from tests.config.installation import BEGIN, installation
from tests.config.test_restore import USER

pytestmark = pytest.mark.slow
PAGE = (ROOT / "docs" / "how-to" / "install.md").read_text(encoding="utf-8")
HOST = "fotspor.municipality.example"
APPROVE = """
from fotspor.instruments import actions, queries
from fotspor.kit import clock
from fotspor.services.models import Staff
from fotspor.services.queries import viewer_for
by = viewer_for(staff=Staff.objects.get(), membership_key="", session_key=None, on=clock.today())
for page in queries.definitions(viewer=by):
    actions.approve(kind=page.kind, slug=page.definition.slug, digest=page.digest, by=by, at=clock.now())
"""
PASSWORD = "en lang setning om fjorden"
NOT_FOLLOWED = "<!-- not followed by the test"


def blocks(language):
    """The page's blocks in one language, in order, but those that say they are not followed."""
    found = re.findall(rf"([^\n]*)\n```{language}\n(.*?)```", PAGE, re.S)
    return [text for before, text in found if not before.startswith(NOT_FOLLOWED)]


def commands():
    return [line for block in blocks("sh") for line in block.splitlines() if line and not line.startswith("cd ")]


@contextmanager
def a_machine(folder):
    """The page's own paths, in a folder of the test's; the database the page names, made for the test."""
    with installation(folder / "var") as own:
        (settings,) = blocks("env")
        database = own.database_url or f"sqlite:///{folder / 'fotspor.sqlite3'}"
        text = settings.replace("postgres://fotspor:…@127.0.0.1:5432/fotspor", database)
        assert text != settings, "the page names the database as the test expects it"
        environment = dict(line.split("=", 1) for line in here(text, folder).splitlines())
        plain = {k: v for k, v in os.environ.items() if not k.startswith(("FOTSPOR_", "DATABASE_URL", "DJANGO_"))}
        yield folder, {**plain, **environment}


@pytest.fixture(scope="module")
def machine(tmp_path_factory, django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), a_machine(tmp_path_factory.mktemp("machine")) as made:
        yield made


@pytest.fixture
def new_machine(tmp_path, django_db_setup, django_db_blocker):
    """One that nobody has been at before: the page begins there."""
    with django_db_blocker.unblock(), a_machine(tmp_path) as made:
        yield made


def here(text, folder):
    for there, place in (
        ("/etc/fotspor", folder / "etc"),
        ("/var/lib/fotspor", folder / "var"),
        ("/srv/fotspor", ROOT),
    ):
        text = text.replace(there, str(place))
    return text


def run(machine, line, code=0):
    folder, environment = machine
    done = subprocess.run(shlex.split(here(line, folder)), cwd=ROOT, env=environment, capture_output=True, text=True,
                          check=False)  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode == code, f"{line}\n{said}"
    assert "Traceback" not in said
    return said


@contextmanager
def served(machine, line):
    """The pages, served by this line of the page, on a free port instead of the page's."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    folder, environment = machine
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
    command = [*shlex.split(here(line, folder)), "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, **quiet)
    try:
        for _ in range(150):
            if process.poll() is not None or _answers(port):
                break
            time.sleep(0.2)
        yield port
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def _answers(port):
    try:
        return ask(port, "/healthz")[0] == 200
    except OSError:
        return False


def ask(port, path, *, host=HOST, proto="https", typed=None, **more):
    """What the pages answer behind the proxy of the page; `typed` is sent as a form."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {"Host": host, "X-Forwarded-Proto": proto, "X-Forwarded-For": "192.0.2.1", **more}
    if typed is None:
        connection.request("GET", path, headers=headers)
    else:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("POST", path, urlencode(typed), headers)
    answer = connection.getresponse()
    return answer.status, dict(answer.getheaders()), answer.read().decode(errors="replace")


def test_the_commands_of_the_page_work_in_its_order_and_the_pages_are_served(new_machine):
    lines = commands()
    serve = next(line for line in lines if line.endswith("fotspor serve"))
    before, after = lines[: lines.index(serve)], lines[lines.index(serve) + 1 :]
    for line in before:
        if line.endswith("fotspor check"):  # nothing but what the page says comes later
            said = run(new_machine, line, code=1)
            assert {each.rsplit("(", 1)[-1] for each in said.splitlines() if each.startswith("  - ")} == {
                "instruments.W001)"
            }
        else:
            said = run(new_machine, line)
    (code,) = re.findall(r"[A-Z]{4}(?:-[A-Z]{4}){3}", said)  # `fotspor setup` is the last before the pages
    with served(new_machine, serve) as port:
        assert ask(port, "/healthz")[0] == 200
        status, headers, text = ask(port, "/konto/inn/")
        assert status == 200
        assert "Practice" not in text
        assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
        assert headers["X-Frame-Options"] == "DENY"
        assert "unsafe-inline" not in headers["Content-Security-Policy"]
        style = re.search(r'href="(/static/[^"]+\.css)"', text).group(1)
        assert "immutable" in ask(port, style)[1]["Cache-Control"], "static files come with the pages, for a year"
        assert ask(port, "/konto/inn/", proto="http")[0] == 301, "never without TLS"
        assert ask(port, "/konto/inn/", host="other.example")[0] == 400
        assert ask(port, "/demo/")[0] == 404, "nobody signs in by role"
        set_up(port, code)
    for line in after:
        run(new_machine, line)
    assert "administrator already" in run(new_machine, ".venv/bin/fotspor setup", code=1)


def set_up(port, code):
    """The page that the code opens, to the authenticator app that production asks for before anything else."""
    status, headers, text = ask(port, "/oppsett/")
    assert status == 200
    assert "no-store" in headers["Cache-Control"]
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text).group(1)
    cookie = headers["Set-Cookie"].split(";")[0]
    typed = {
        "csrfmiddlewaretoken": token, "code": code, "municipality": "Øvingskommunen", "number": "4999",
        "given_name": "Ryddig", "family_name": "Stein", "email": "first@fotspor.example", "password": PASSWORD,
        "again": PASSWORD,
    }  # fmt: skip
    from_us = {"Referer": f"https://{HOST}/oppsett/", "Origin": f"https://{HOST}"}
    status, headers, text = ask(port, "/oppsett/", typed=typed, Cookie=cookie, **from_us)
    assert (status, headers["Location"]) == (302, "/"), text
    session = re.search(r"__Host-sessionid=[^;]+", headers["Set-Cookie"]).group(0)
    assert "Secure" in headers["Set-Cookie"]
    assert ask(port, "/drift/", Cookie=session)[1]["Location"] == "/konto/kode/ny/", "codes first"
    assert ask(port, "/konto/kode/ny/", Cookie=session)[0] == 200
    assert ask(port, "/oppsett/")[0] == 404, "it is gone once somebody keeps the installation"


def test_every_line_of_the_timetable_runs_as_it_stands(machine):
    (table,) = blocks("cron")
    lines = [line for line in table.splitlines() if not re.match(r"[A-Z_]+=", line)]
    assert len(lines) == 6
    run(machine, ".venv/bin/fotspor keys make /etc/fotspor/keys")
    run(machine, ".venv/bin/fotspor migrate")
    run(machine, shlex.join([".venv/bin/fotspor", *USER]))
    run(machine, shlex.join([".venv/bin/python", "-c", BEGIN + APPROVE]))  # on a page, by whoever reads them
    run(machine, ".venv/bin/fotspor check")
    for line in sorted(lines, key=lambda each: "try-restore" in each):  # there must be a copy to try
        minute, *_rest = line.split(None, 5)
        assert re.fullmatch(r"[\d*/]+", minute)
        command = line.split(None, 5)[5]
        _, _, fotspor = command.partition(" && ")
        assert command.startswith("cd /srv/fotspor")
        run(machine, fotspor)
    assert "Everything is in order." in run(machine, ".venv/bin/fotspor watch")


def test_the_service_starts_what_the_page_says_in_the_folder_it_says():
    (text,) = blocks("ini")
    unit = configparser.ConfigParser(strict=False)
    unit.optionxform = str
    unit.read_string(text)
    assert unit["Service"]["ExecStart"] == "/srv/fotspor/.venv/bin/fotspor serve"
    assert unit["Service"]["EnvironmentFile"] == "/etc/fotspor/environment"
    assert "/var/lib/fotspor" in unit["Service"]["ReadWritePaths"]


def test_the_health_check_of_the_container_works_against_the_pages(machine):
    run(machine, ".venv/bin/fotspor keys make /etc/fotspor/keys")
    run(machine, ".venv/bin/fotspor migrate")
    lines = (ROOT / "Containerfile").read_text().splitlines()
    (asks,) = [line.removeprefix("HEALTHCHECK CMD ") for line in lines if line.startswith("HEALTHCHECK CMD ")]
    with served(machine, ".venv/bin/fotspor serve") as port:
        asks = asks.replace(":8000", f":{port}")
        run(machine, asks)
    done = subprocess.run(shlex.split(asks), cwd=ROOT, env=machine[1], capture_output=True, check=False)
    assert done.returncode == 1, "nobody answers any more"


def test_keys_are_made_once_for_their_owner_only(machine):
    folder, _ = machine
    run(machine, ".venv/bin/fotspor keys make /etc/fotspor/keys")
    keys = {path: path.read_bytes() for path in (folder / "etc" / "keys").iterdir()}
    assert len(keys) == 3
    assert all(path.stat().st_mode & 0o077 == 0 for path in keys)
    assert "there already" in run(machine, ".venv/bin/fotspor keys make /etc/fotspor/keys")
    assert {path: path.read_bytes() for path in (folder / "etc" / "keys").iterdir()} == keys
