"""A disk that can be filled: a tmpfs of a few megabytes, where this machine lets us mount one."""

import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

SIZE = 48  # megabytes


@contextmanager
def small_disk(owner: str = ""):
    """Mounted while it is used. Where nobody may mount, what needs it is skipped and named."""
    folder = Path(tempfile.mkdtemp(prefix="fotspor-disk-"))  # where another user's server can reach it
    folder.chmod(0o755)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}m", "tmpfs", str(folder)]
    done = subprocess.run(mount, capture_output=True, text=True, check=False) if not os.getuid() else None
    if done is None or done.returncode:
        folder.rmdir()
        pytest.skip("this machine lets nobody mount a small disk")
    try:
        if owner:
            shutil.chown(folder, owner)
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        folder.rmdir()


def fill(folder: Path, leaving: int = 0) -> None:
    """Fill it to the last byte, or but for so many."""
    with (folder / "filler").open("ab", buffering=0) as filler:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    filler.write(b"x" * size)
            except OSError:
                continue
        if leaving:
            filler.truncate(max(0, filler.tell() - leaving))


def make_room(folder: Path) -> None:
    (folder / "filler").unlink(missing_ok=True)
