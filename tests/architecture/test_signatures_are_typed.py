"""Queries and actions say what they take and what they give back: that is what a reader of another slice sees."""

import ast

from tests.architecture.tree import kind_of, product_files, where

SPOKEN = ("queries", "actions")


def public_functions():
    for path in product_files():
        if kind_of(path) in SPOKEN:
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                    yield path, node


def test_every_public_query_and_action_says_its_types():
    silent = []
    for path, node in public_functions():
        taken = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        lacking = [one.arg for one in taken if one.annotation is None]
        if node.returns is None:
            lacking.append("what it gives back")
        if lacking:
            silent.append(f"{where(path, node)} {node.name}() — say the type of {', '.join(lacking)}")
    assert silent == []


def test_there_are_many():
    assert len(list(public_functions())) > 400
