"""Every database write lives in actions, or in the model's own module."""

import ast

from tests.architecture.tree import calls, kind_of, product_files, where

WRITES = {"create", "bulk_create", "update", "bulk_update", "delete", "get_or_create", "update_or_create", "save"}
# The log's triggers and the once-only token are the database's own promises, kept where they are made.
HOMES = {"actions", "models", "simulation", "middleware"}


def stray_writes():
    for path in product_files(elsewhere=frozenset({"migrations", "tests", "simulation"})):
        if kind_of(path) in HOMES:
            continue
        for node in calls(path):
            if isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
                call = ast.unparse(node.func)
                if ".objects" in call or node.func.attr in {"save", "delete"}:
                    yield f"{where(path, node)} {call}() — move this into actions.py"


def test_every_write_is_in_actions_or_models():
    assert list(stray_writes()) == []
