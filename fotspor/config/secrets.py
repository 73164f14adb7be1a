"""Where secrets come from: the environment, else a key file outside the tree. Demo and tests make their own."""

import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from fotspor.config.keys import make


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
    return make(name, path)
