"""New keys for what stands encrypted, while the system runs."""

import os
from pathlib import Path

from cryptography.fernet import Fernet

NAME = "FOTSPOR_FIELD_KEYS"


class NoNewKey(Exception):
    """The keys are not in a file that this command may write. Nothing was changed."""


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
    part = path.with_name(path.name + ".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(f"{Fernet.generate_key().decode()},{path.read_text().strip()}")
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    return path


def keep_first_only(home: Path) -> int:
    """Take away the keys that nothing in the database needs any more; how many were they?"""
    path = key_file(home)
    first, *others = path.read_text().strip().split(",")
    part = path.with_name(path.name + ".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(first)
    part.replace(path)
    return len(others)
