"""New keys for what stands encrypted, while the system runs."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cryptography.fernet import Fernet

from fotspor.kit.processes import in_turn

NAME = "FOTSPOR_FIELD_KEYS"
LOCK = "keys.lock"


class NoNewKey(Exception):
    """The keys are not in a file that this command may write. Nothing was changed."""


NAMES = ("FOTSPOR_SECRET_KEY", NAME, "FOTSPOR_INDEX_KEY")


def make_missing(folder: Path) -> list[str]:
    """Make each key that is missing in the folder, for its owner only. What is there is never written over.

    Shape   the names of those made.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = [name for name in NAMES if not (folder / name.lower()).exists()]
    for name in made:
        make(name, folder / name.lower())
    return made


def make(name: str, path: Path) -> str:
    """Make one key, for its owner only; when another was first, that one stands. The key that stands."""
    key = Fernet.generate_key().decode() if name == NAME else secrets.token_urlsafe(50)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(key)
    except FileExistsError:  # another worker was first
        return path.read_text().strip()
    return key


def key_file(home: Path) -> Path:
    """In which file do the field keys stand? Errors: NoNewKey when they come from the environment or are not there."""
    if os.environ.get(NAME):
        raise NoNewKey(
            f"{NAME} comes from the environment. Put a new key first there, start every worker anew, and run "
            "`fotspor keys rotate --keep`."
        )
    path = Path(os.environ.get("FOTSPOR_KEYS", home / "keys")) / NAME.lower()
    if not path.exists():
        raise NoNewKey(f"There is no {path}.")
    return path


def put_new_key_first(home: Path) -> Path:
    """Make a key and put it before the others, in one step: a reader of the file gets the old list or the new one."""
    path = key_file(home)
    _write(path, f"{Fernet.generate_key().decode()},{path.read_text().strip()}")
    return path


def keep_first_only(home: Path) -> int:
    """Take away the keys that nothing in the database needs any more; how many were they?"""
    path = key_file(home)
    first, *others = path.read_text().strip().split(",")
    _write(path, first)
    return len(others)


@contextmanager
def one_at_a_time(home: Path) -> Iterator[None]:
    """A second rotation waits: each would write its own list of keys, and one drop the key the other writes under."""
    home.mkdir(parents=True, exist_ok=True)
    with in_turn(home / LOCK):
        yield


def _write(path: Path, keys: str) -> None:
    """In one step: whoever reads gets the old list or the new one, also after the machine has lost its power."""
    part = path.with_name(path.name + ".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(keys)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
