"""What must be put right before this installation is run in earnest, in words an operator can act on."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from cryptography.fernet import Fernet

NO_DATABASE = (
    "DATABASE_URL is not set, so no database is chosen. In production write postgres://USER:…@HOST/fotspor. "
    "To run on one SQLite file on purpose, say so: sqlite:////path/to/fotspor.sqlite3"
)
KEYS = {
    "FOTSPOR_SECRET_KEY": "It signs sessions. Make one: python -c 'import secrets; print(secrets.token_urlsafe(50))'",
    "FOTSPOR_FIELD_KEYS": (
        "They encrypt identity numbers and free text. Make one: "
        "python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'"
    ),
    "FOTSPOR_INDEX_KEY": (
        "It finds an identity number without reading it, and is never changed. "
        "Make one: python -c 'import secrets; print(secrets.token_urlsafe(50))'"
    ),
}
OTHERS_MAY_READ = 0o077
VERIFIED = ("verify-full", "verify-ca")  # «require» alone takes any certificate


def has_name(host: str, *, may_be_local: bool) -> bool:
    """Is it the name of a host, that a passkey can belong to? Not a number, not every host, not this machine."""
    name = host.strip("[].")
    if name == "localhost":
        return may_be_local
    return "." in name and not name.replace(".", "").isdigit() and ":" not in name and "*" not in name


def lacking(environment: Mapping[str, str], home: Path) -> Iterator[str]:
    """What do the settings lack for production? Read before they are loaded, so that all of it is said at once."""
    if not environment.get("DATABASE_URL"):
        yield NO_DATABASE
    folder = Path(environment.get("FOTSPOR_KEYS") or home / "keys")
    for name, how in KEYS.items():
        yield from _key(name, how, environment, folder)
    hosts = [host for host in environment.get("FOTSPOR_HOSTS", "").split(",") if host]
    if not hosts:
        yield "FOTSPOR_HOSTS is not set, so no page is answered. Write the host names, comma-separated."
    if "*" in hosts:
        yield "FOTSPOR_HOSTS lets in every host name. Write the ones that are yours."
    leaked = environment.get("FOTSPOR_LEAKED_PASSWORDS", "")
    if leaked and not os.access(leaked, os.R_OK):
        yield f"FOTSPOR_LEAKED_PASSWORDS names {leaked}, which cannot be read. Fetch the file again, or leave it out."


def _key(name: str, how: str, environment: Mapping[str, str], folder: Path) -> Iterator[str]:
    path, value = folder / name.lower(), environment.get(name, "")
    if not value and not path.exists():
        yield f"{name} is not set, and there is no file {path}. {how}"
        return
    if not value and os.stat(path).st_mode & OTHERS_MAY_READ:
        yield f"{path} can be read by others on this machine. Run: chmod 600 {path}"
    keys = (value or path.read_text().strip()).split(",")
    if name == "FOTSPOR_FIELD_KEYS" and not all(map(_is_fernet, keys)):
        yield f"{name} holds something that is no key. {how}"


def _is_fernet(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True


def in_the_clear(environment: Mapping[str, str]) -> Iterator[str]:
    """Does what is asked of the database go over the net for anybody to read, or to somebody who only says he is it?"""
    url = urlsplit(environment.get("DATABASE_URL", ""))
    host = parse_qs(url.query).get("host", [url.hostname or ""])[-1]
    is_here = host in ("", "localhost", "::1") or host.startswith(("127.", "/", "%2f", "%2F"))
    mode = parse_qs(url.query).get("sslmode", [""])[-1]
    if url.scheme.startswith("postgres") and not is_here and mode not in VERIFIED:
        yield (
            "The database is on another machine, and DATABASE_URL does not ask for TLS with a known certificate. "
            f"Add ?sslmode={VERIFIED[0]}&sslrootcert=/path/to/the/authority.pem"
        )


def found() -> Iterator[str]:
    """What do the system's own checks, and the database, say? Needs the settings to be loaded."""
    from django.conf import settings
    from django.core.checks import run_checks

    from fotspor.config.start import is_at_this_version

    if not is_at_this_version():
        yield "The database is not at this version of Fotspor. Run `fotspor migrate`."
        return  # the checks read tables that may not be there
    for each in run_checks(databases=["default"], include_deployment_checks=settings.IS_PRODUCTION):
        if not each.is_silenced():
            yield " ".join(filter(None, [str(each.msg), str(each.hint or ""), f"({each.id})"]))
    yield from in_the_clear(os.environ)
