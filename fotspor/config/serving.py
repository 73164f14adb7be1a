"""Who uses the installation now? A lock that the pages hold while they are served, and a restore wants alone."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

NAME = "serving.lock"


class IsServing(Exception):
    """The pages are being served, so the database may not be replaced under them."""


def _open(home: Path) -> int:
    home.mkdir(parents=True, exist_ok=True)
    return os.open(home / NAME, os.O_RDWR | os.O_CREAT, 0o600)


def hold(home: Path) -> int:
    """Say that the pages are served from now on, by this process and those that follow from it."""
    lock = _open(home)
    fcntl.flock(lock, fcntl.LOCK_SH)
    os.set_inheritable(lock, True)
    return lock


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """While this goes on, nothing is served. Errors: IsServing when something is."""
    lock = _open(home)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise IsServing("Fotspor is running. Stop it first; nothing was changed.") from error
    else:
        yield
    finally:
        os.close(lock)
