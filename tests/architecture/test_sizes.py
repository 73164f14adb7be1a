"""Files one can read in a sitting: 400 lines a file, 40 a function, 25 a view."""

import ast

from tests.architecture.tree import PACKAGE, ROOT, kind_of, product_files, where

FILE, FUNCTION, VIEW = 400, 40, 25


def test_files_are_short():
    files = [*PACKAGE.rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
    long = [
        f"{p.relative_to(ROOT)}: {n}"
        for p in files
        if "migrations" not in p.parts and (n := len(p.read_text().splitlines())) > FILE
    ]
    assert long == [], "split by noun into a package of the same name"


def test_functions_are_short():
    long = []
    for path in product_files():
        limit = VIEW if kind_of(path) == "views" else FUNCTION
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                body = (
                    node.body[1:]
                    if isinstance(node.body[0], ast.Expr)
                    and isinstance(getattr(node.body[0], "value", None), ast.Constant)
                    else node.body
                )
                lines = node.end_lineno - body[0].lineno + 1 if body else 0
                if lines > limit:
                    long.append(f"{where(path, node)} {node.name}: {lines} > {limit}")
    assert long == []
