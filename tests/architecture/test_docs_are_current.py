"""Paths named in comments and docs exist, and decision records are numbered once, in the file name only."""

import re

from tests.architecture.tree import PACKAGE, ROOT

NAMED = re.compile(
    r"`((?:fotspor|docs|tests|front|benchmarks|requirements)/[\w./-]+?\.(?:py|md|toml|html|mjs|txt|sh|css|js))`"
)


def test_every_path_mentioned_exists():
    files = [
        *PACKAGE.rglob("*.py"),
        *(ROOT / "docs").rglob("*.md"),
        *ROOT.glob("*.md"),
        *(ROOT / "tests").rglob("*.py"),
    ]
    missing = [
        f"{path.relative_to(ROOT)} names {name}"
        for path in files
        for name in NAMED.findall(path.read_text(encoding="utf-8"))
        if not (ROOT / name).exists()
    ]
    assert missing == []


def test_decision_records_are_numbered_once():
    records = sorted((ROOT / "docs" / "adr").glob("*.md"))
    numbers = [re.match(r"(\d{4})-", p.name).group(1) for p in records]
    assert len(records) >= 10
    assert numbers == sorted(set(numbers))
    for path in records:
        text = path.read_text(encoding="utf-8")
        assert not re.match(r"#\s*\d", text), f"{path.name}: the number stands in the file name only"
        for part in ("## Context", "## Decision", "## Consequences", "## How we will notice"):
            assert part in text, f"{path.name} lacks {part}"
