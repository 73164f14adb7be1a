"""P11 and P13: fifty people at work at once against the application server, and what a worker then takes of memory.

`.venv/bin/python benchmarks/load.py --home FOLDER --minutes 10` on a municipality that has been built there; for
PostgreSQL with DATABASE_URL. It starts `fotspor serve` on a free port of this machine, and stops it.
"""

import argparse
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.browser import Browser, Page  # noqa: E402 - found by the line above
from benchmarks.measure import Row  # noqa: E402
from benchmarks.tally import Tally, as_table, locked_in, percentile  # noqa: E402
from benchmarks.users import User  # noqa: E402

FOTSPOR = ROOT / ".venv" / "bin" / "fotspor"
# Fifty at work, and how long each looks at a page before pressing the next thing, in seconds.
AT_WORK = {"nurse": 28, "midwife": 12, "unit_leader": 5, "kindergarten": 3, "director": 2}
LOOKS_SECONDS = (2.0, 6.0)
SECONDS = 60
HEALTH = "/healthz"
ASIDE_EVERY_SECONDS = 0.5
REQUESTS_PER_WORKER = 500
P95_SECONDS, WORKER_MB, SECOND_START_SECONDS = 0.15, 200, 3.0


class DidNotStart(Exception):
    """The application server did not answer. What it said is printed."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running one."""

    port: int
    process: subprocess.Popen
    log: Path
    started_in: float  # seconds until it answered

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(child) for child in children]

    def processor_seconds(self) -> float:
        """What the server and its workers have used of the processors so far."""
        all_of_them = [self.process.pid, *self.workers()]
        used = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13] for pid in all_of_them)
        return sum(int(ticks) for both in used for ticks in both) / os.sysconf("SC_CLK_TCK")

    def megabytes(self) -> float:
        """Resident memory of the biggest worker."""
        found = [re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text()) for pid in self.workers()]
        return max(int(one[1]) for one in found if one) / 1024


@dataclass(frozen=True, slots=True)
class Spent:
    """Processor time while the load went on: a figure that does not follow from what else the machine does."""

    by_workers: float
    by_everybody: float  # this program, the database and whatever else runs here among them
    seconds: float

    def said(self, requests: int) -> str:
        busy = 100 * self.by_everybody / (self.seconds * (os.cpu_count() or 1))
        ours = 100 * self.by_workers / self.by_everybody if self.by_everybody else 0
        each = 1000 * self.by_workers / max(requests, 1)
        return (
            f"{each:.0f} ms of processor time a request; the processors were {busy:.0f} % busy, {ours:.0f} % of it here"
        )


def busy_seconds() -> float:
    """How long have all processors of the machine been busy?"""
    user, nice, system = (int(n) for n in Path("/proc/stat").read_text().split()[1:4])
    return (user + nice + system) / os.sysconf("SC_CLK_TCK")


def environment() -> dict[str, str]:
    """As the measuring process, but with the application's own settings: those of the tests are quick, not real."""
    left_out = {"DJANGO_SETTINGS_MODULE", "FOTSPOR_TEST_ALL"}
    return {name: value for name, value in os.environ.items() if name not in left_out} | {"FOTSPOR_MODE": "demo"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(verb: str = "serve") -> Iterator[Server]:
    """`fotspor serve` (or `demo`) on this environment's database, until the block ends."""
    with tempfile.NamedTemporaryFile(prefix="fotspor-load-", suffix=".log") as said:
        yield from _serving(verb, free_port(), said)


def _serving(verb: str, port: int, said) -> Iterator[Server]:
    began = time.perf_counter()
    process = subprocess.Popen(  # noqa: S603 - our own command
        [FOTSPOR, verb, "--port", str(port)], env=environment(), stdout=said, stderr=subprocess.STDOUT, cwd=ROOT
    )
    try:
        browser = Browser(port)
        while browser.get(HEALTH).status != 200:
            if process.poll() is not None:
                print(Path(said.name).read_text()[-2000:])
                raise DidNotStart
            time.sleep(0.05)
        yield Server(port, process, Path(said.name), time.perf_counter() - began)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def sessions() -> list[tuple[str, str]]:
    """Role and session of each of the fifty: people of the municipality, signed in, some at two screens."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.db import connection

    from fotspor.config.settings import AUTHENTICATION_BACKENDS
    from fotspor.kit import clock
    from fotspor.services.models import Membership
    from fotspor.services.session_store import SessionStore

    opened = []
    for role, count in AT_WORK.items():
        found = Membership.objects.in_force(clock.today()).filter(role=role)
        posts = list(found.select_related("staff").order_by("pk"))
        random.Random(1).shuffle(posts)  # noqa: S311 - not the first unit alone
        for number in range(count if posts else 0):
            staff, session = posts[number % len(posts)].staff, SessionStore()
            session[SESSION_KEY] = str(staff.pk)
            session[BACKEND_SESSION_KEY] = AUTHENTICATION_BACKENDS[0]
            session[HASH_SESSION_KEY] = staff.get_session_auth_hash()
            session.create()
            opened.append((role, session.session_key))
    connection.close()
    return opened


def mixed(port: int, *, seconds: float, users: list[tuple[str, str]], looks=LOOKS_SECONDS) -> Tally:
    """Let them work for so long. Ends by itself; a request that has begun is waited for."""
    from fotspor.kit import clock

    tally, ends, today = Tally(), time.monotonic() + seconds, clock.today()

    def work(number: int, role: str, session: str) -> None:
        user = User(role=role, browser=Browser(port, session), tally=tally, today=today, seed=number)
        time.sleep(min(user.dice.uniform(0, looks[1]), seconds))
        while time.monotonic() < ends:
            user.act()
            time.sleep(user.dice.uniform(*looks))

    def look_aside() -> None:
        while time.monotonic() < ends:
            tally.note_aside(Browser(port).get(HEALTH).seconds)
            time.sleep(ASIDE_EVERY_SECONDS)

    threads = [threading.Thread(target=work, args=(i, *user)) for i, user in enumerate(users)]
    threads.append(threading.Thread(target=look_aside))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tally


def broken_after() -> list[str]:
    """What ought to hold whatever was pressed, and does not: the plan, and one holder for each open journey."""
    from django.db import connection
    from django.db.models import Count, Q

    from fotspor.people.models import Journey

    connection.close()
    said = subprocess.run([FOTSPOR, "plan", "--check"], env=environment(), capture_output=True, text=True, check=False)  # noqa: S603
    broken = [f"plan --check: {(said.stdout + said.stderr).strip()[-300:]}"] if said.returncode else []
    held = Count("batons", filter=Q(batons__until_at=None))
    strays = Journey.objects.open().annotate(held=held).exclude(held=1).count()
    return [*broken, *([f"{strays} open journeys without exactly one holder"] if strays else [])]


def under_load(*, seconds: float = SECONDS) -> list[Row]:
    """P11 and the worker's part of P13, on the database that the environment names."""
    from django.db import connection

    users = sessions()
    with serving() as server:
        fresh = server.megabytes()
        # What a page needs once (templates, definitions) is fetched before anything is counted.
        warm = mixed(server.port, seconds=2, users=users[:4], looks=(0, 0))
        before, everybody = server.processor_seconds(), busy_seconds()
        began = time.monotonic()
        tally = mixed(server.port, seconds=seconds, users=users)
        spent = Spent(server.processor_seconds() - before, busy_seconds() - everybody, time.monotonic() - began)
        enough = REQUESTS_PER_WORKER * len(server.workers())
        beside = warm.requests
        while tally.requests + beside < enough:
            beside += mixed(server.port, seconds=5, users=users[:4], looks=(0, 0)).requests
        memory, log = server.megabytes(), server.log.read_text(errors="replace")
    broken = broken_after()
    print(_told(tally, log, broken, spent, connection.vendor))
    row = _load_row(tally, log, broken, spent.seconds, connection.vendor, len(users))
    return [row, _memory_row(memory, fresh, connection.vendor)]


def _memory_row(memory: float, fresh: float, vendor: str) -> Row:
    return Row(
        "P13",
        f"memory of a worker after {REQUESTS_PER_WORKER} requests ({vendor})",
        f"{memory:.0f} MB",
        f"{fresh:.0f} MB",
        memory / fresh,
        f"<= {WORKER_MB} MB",
        memory <= WORKER_MB,
        against="when it had just begun",
    )


def _load_row(tally: Tally, log: str, broken: list[str], seconds: float, vendor: str, users: int) -> Row:
    p95, aside = percentile(tally.everything, 95), percentile(tally.aside, 95)
    errors, locked = tally.errors.total(), locked_in(log)
    return Row(
        "P11",
        f"{users} at work {seconds:.0f} s, {tally.share:.0f} % writes, p95 ({vendor})",
        f"{p95 * 1000:.0f} ms",
        f"{aside * 1000:.0f} ms",
        p95 / aside if aside else None,
        f"p95 <= 150 ms, 0 errors (were {errors}), 0 locked (were {locked})",
        p95 <= P95_SECONDS and not errors and not locked and not broken,
        against=f"{HEALTH} beside them",
        milliseconds=p95 * 1000,
        limit_milliseconds=P95_SECONDS * 1000,
    )


def _told(tally: Tally, log: str, broken: list[str], spent: Spent, vendor: str) -> str:
    def listed(found) -> str:
        return "\n".join(f"  {count} x {what}" for what, count in found.most_common()) or "  none"

    pace = tally.requests / spent.seconds
    return "\n".join(
        [
            f"\n{vendor}: {tally.requests} requests in {spent.seconds:.0f} s, {pace:.1f} a second,"
            f" {tally.share:.1f} % writes",
            spent.said(tally.requests),
            as_table(tally.lines()),
            f"reference beside them ({HEALTH}): p50 {percentile(tally.aside, 50) * 1000:.1f} ms,"
            f" p95 {percentile(tally.aside, 95) * 1000:.1f} ms",
            f"saved\n{listed(tally.done)}",
            f"errors\n{listed(tally.errors)}",
            f"refused in words\n{listed(tally.refused)}",
            f"«database is locked» in the server's log: {locked_in(log)}",
            *(f"BROKEN AFTERWARDS: {each}" for each in broken),
            *([] if broken else ["afterwards the plan is what follows from the facts, one holder per open journey"]),
        ]
    )


def second_start() -> Row:
    """P13: `fotspor demo` on a municipality that stands already, until the first page is answered."""
    with serving("demo") as server:
        opened: Page = Browser(server.port).get("/demo/")
        assert opened.status == 200, f"the sign-in page answered {opened.status}"
        taken, processor = server.started_in + opened.seconds, server.processor_seconds()
    with serving("serve") as server:
        reference = server.started_in
    return Row(
        "P13",
        f"second start of the demo, to its first page ({processor:.1f} s of processor time)",
        f"{taken:.1f} s",
        f"{reference:.1f} s",
        taken / reference,
        f"<= {SECOND_START_SECONDS:.0f} s",
        taken <= SECOND_START_SECONDS,
        against="`fotspor serve`",
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=SECONDS / 60)
    parser.add_argument("--home", type=Path, required=True, help="FOTSPOR_HOME of a municipality that has been built.")
    parser.add_argument("--url", default="", help="DATABASE_URL, when it is not the SQLite file there.")
    asked = parser.parse_args()
    os.environ |= {"FOTSPOR_HOME": str(asked.home), "FOTSPOR_MODE": "demo"}
    os.environ["DATABASE_URL"] = asked.url or f"sqlite:///{asked.home}/fotspor.sqlite3"
    os.environ["DJANGO_SETTINGS_MODULE"] = "fotspor.config.settings"
    import django

    django.setup()
    from django.core.management import call_command

    from benchmarks.measure import as_table as rows_as_table

    call_command("migrate", verbosity=0)
    rows = under_load(seconds=asked.minutes * 60)
    print(f"\n{rows_as_table(rows)}")
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
