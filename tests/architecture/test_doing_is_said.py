"""An action that lets somebody into a record says what is going to be done there: emergency access is not for all."""

import ast

from tests.architecture.tree import kind_of, product_files, where

ASKS = {"require"}


def test_every_action_says_what_it_does_in_the_record():
    silent = []
    for path in product_files():
        if kind_of(path) != "actions":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if name in ASKS and "doing" not in {keyword.arg for keyword in node.keywords}:
                silent.append(where(path, node))
    assert silent == [], "say doing=Doing.CHANGE, or what an emergency may need"
