"""Which process is this, does one that was noted still run, and whose turn is it? Known on their own machine alone."""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

BOOT = Path("/proc/sys/kernel/random/boot_id")


def this() -> str:
    """What tells this process from every other, also from a later one with the same number. Empty when nothing does."""
    started = _started(os.getpid())
    return f"{_here()} {os.getpid()} {started}" if started else ""


def is_gone(mark: str) -> bool | None:
    """Has the process ended? None when that cannot be known here."""
    host, _space, rest = mark.partition(" ")
    boot, pid, started = rest.split() if len(rest.split()) == 3 else ("", "", "")
    here, _space, now = _here().partition(" ")
    if not started or host != here:
        return None
    return boot != now or _started(int(pid)) != started


@contextmanager
def in_turn(path: Path) -> Iterator[None]:
    """Wait until nobody else on this machine is in turn at this file or folder. One that is killed lets the next in."""
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _here() -> str:
    boot = BOOT.read_text().strip() if BOOT.exists() else "-"
    return f"{socket.gethostname()} {boot}"


def _started(pid: int) -> str:
    """When did it start, in the machine's own ticks? Empty when there is none, or this machine does not say."""
    try:
        state, *others = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if state in "ZX" else others[18]  # dead, and not yet taken away by whoever started it
