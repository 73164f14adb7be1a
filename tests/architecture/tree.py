"""What the fitness tests look at: the product's own files, without migrations and tests."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "fotspor"
APPS = sorted(p.name for p in PACKAGE.iterdir() if (p / "apps.py").exists())


def product_files(*, elsewhere: frozenset[str] = frozenset({"migrations", "tests"})) -> Iterator[Path]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if not elsewhere & set(path.relative_to(PACKAGE).parts):
            yield path


def kind_of(path: Path) -> str:
    """Which of the eight kinds a file is: its own name, or that of the package it was split into."""
    parts = path.relative_to(PACKAGE).parts
    return parts[1].removesuffix(".py") if len(parts) > 1 else parts[0]


def calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield node


def where(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{node.lineno}"
