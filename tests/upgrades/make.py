"""Keep a small dump of this version: `python -m tests.upgrades.make NAME`, in the commit that changes the schema.

The dump holds made-up people only, and no keys: what is encrypted in it stays unreadable.
"""

import gzip
import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
# What any installation makes anew, or what belongs to one browser.
LEFT_OUT = ("services_session", "cache_entries")


def main(name: str) -> None:
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "FOTSPOR_MODE": "demo", "FOTSPOR_HOME": home}
        environment.pop("DATABASE_URL", None)
        for command in (["migrate", "-v0"], ["build_municipality", "--size", "tiny", "--seed", "1"]):
            subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True)
        with sqlite3.connect(Path(home) / "fotspor.sqlite3") as database:
            for table in LEFT_OUT:
                if database.execute("select 1 from sqlite_master where name = ?", [table]).fetchone():
                    database.execute(f"delete from {table}")
            database.commit()
            sql = "\n".join(database.iterdump())
    with gzip.GzipFile(FOLDER / f"{name}.sql.gz", "wb", mtime=0) as file:
        file.write(sql.encode())


if __name__ == "__main__":
    main(sys.argv[1])
