"""An installation of its own, in a folder and a database nobody else uses, worked by the `fotspor` command."""

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.db import connection

from tests.architecture.tree import ROOT

RUN = [sys.executable, "-c", "from fotspor.config.cli import main; main()"]
BEGIN = "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'fotspor.config.settings'; django.setup()\n"


@dataclass
class Installation:
    home: Path
    database_url: str = ""
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        plain = {k: v for k, v in os.environ.items() if not k.startswith(("FOTSPOR_", "DATABASE_URL", "DJANGO_"))}
        chosen = {"DATABASE_URL": self.database_url} if self.database_url else {}
        return {**plain, "FOTSPOR_MODE": "demo", "FOTSPOR_HOME": str(self.home), **chosen, **self.extra}

    def run(self, *arguments: str, code: int = 0) -> str:
        """What the command says. The exit code is as expected, or the test fails with what was said."""
        done = subprocess.run([*RUN, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True,
                              check=False)  # fmt: skip
        said = done.stdout + done.stderr
        assert done.returncode == code, said
        assert "Traceback" not in said
        return said

    def start(self, *arguments: str, **options) -> subprocess.Popen:
        return subprocess.Popen([*RUN, *arguments], cwd=ROOT, env=self.environment, **options)

    def python(self, code: str) -> str:
        """What a line of Python prints inside the installation."""
        done = subprocess.run([sys.executable, "-c", BEGIN + code], cwd=ROOT, env=self.environment,
                              capture_output=True, text=True, check=False)  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def contents(self) -> str:
        """A digest of every row of every table, but the sessions and the notes of runs."""
        digest = hashlib.sha256()
        with closing(self._connect()) as database:
            for table in sorted(name for (name,) in database.execute(TABLES[connection.vendor]).fetchall()):
                if table in ("kit_run", "services_session", "cache_entries"):
                    continue
                digest.update(table.encode())
                for row in database.execute(f'SELECT * FROM "{table}" ORDER BY 1'):
                    digest.update(repr([bytes(v) if isinstance(v, memoryview) else v for v in row]).encode())
        return digest.hexdigest()

    def _connect(self):
        if not self.database_url:
            return sqlite3.connect(self.home / "fotspor.sqlite3")
        return psycopg.connect(self.database_url)

    def copies(self) -> list[Path]:
        return sorted(p for p in (self.home / "backups").glob("fotspor-*") if p.suffix in {".sqlite3", ".dump"})


TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'sqlite_sequence'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
}


@contextmanager
def installation(home: Path, like: Installation | None = None) -> Iterator[Installation]:
    """On the database the tests run on: a file of its own, or a database of its own on the same server.

    It is empty, or holds what another holds that nobody is connected to.
    """
    if like is not None:
        shutil.copytree(like.home, home, dirs_exist_ok=True)
    if connection.vendor == "sqlite":
        yield Installation(home)
        return
    url = urlsplit(os.environ["DATABASE_URL"])
    name = f"own_{uuid.uuid4().hex[:12]}"
    template = "template1" if like is None else urlsplit(like.database_url).path.removeprefix("/")
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    try:
        yield Installation(home, urlunsplit(url._replace(path=f"/{name}")))
    finally:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
