"""Where secrets come from: the environment, else a key file outside the tree. Demo and tests make their own."""

import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured


def secret_from_environment_or_file(name: str, home: Path, *, may_create: bool) -> str:
    if value := os.environ.get(name):
        return value
    folder = Path(os.environ.get("FOTSPOR_KEYS", home / "keys"))
    path = folder / name.lower()
    if path.exists():
        return path.read_text().strip()
    if not may_create:
        raise ImproperlyConfigured(f"{name} is not set, and {path} does not exist. `docs/how-to/install.md` says how.")
    folder.mkdir(parents=True, exist_ok=True)
    made = Fernet.generate_key().decode() if name.endswith("KEYS") else secrets.token_urlsafe(50)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(made)
    except FileExistsError:  # another worker was first
        return path.read_text().strip()
    return made
