"""Every public action writes an audit event: it calls `log`, or another action that does."""

import ast

from tests.architecture.tree import kind_of, product_files, where

LOGS = {"log", "log_read", "log_list"}


def public_actions():
    for path in product_files():
        if kind_of(path) == "actions":
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for node in tree.body:
                if isinstance(node, ast.FunctionDef):
                    yield path, node


def names_called(node):
    return {
        call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
    }


def test_every_public_action_logs_or_calls_one_that_does():
    calls = {}
    for _, node in public_actions():
        calls.setdefault(node.name, set()).update(names_called(node))
    traced = set(LOGS)
    while more := {name for name, called in calls.items() if called & traced} - traced:
        traced |= more
    silent = [
        f"{where(path, node)} {node.name}() — write access.actions.log(...) in the same transaction"
        for path, node in public_actions()
        if not node.name.startswith("_") and node.name not in traced and node.name not in QUIET
    ]
    assert silent == []


# Not acts of a user: derivations that follow from a fact whose own action is logged, and which forms stand open.
# What is kept while somebody types is no act either; fetching it or throwing it away is.
# A seal is its own trace: a line in the log for each would be a new line to seal, for ever.
# A line that is made and not yet written is written by `log`, or with the rows that it tells of.
QUIET = {
    *{"respond_to", "reconcile", "answer", "note_form_open", "note_form_left", "seal_log"},
    *{"keep_draft", "forget_draft", "forget_old_drafts"},
    *{"line"},
}


def test_actions_take_keywords_only_and_say_who_and_when():
    strays = [
        f"{where(path, node)} {node.name}() — keyword-only, with `by`/`viewer` and `at`"
        for path, node in public_actions()
        if not node.name.startswith("_")
        and node.name not in QUIET
        and (node.args.args or not {"at"} <= {a.arg for a in node.args.kwonlyargs})
    ]
    assert strays == []
