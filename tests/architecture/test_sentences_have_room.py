"""What a task says is kept as a sentence of the code. PostgreSQL refuses one without room; SQLite does not count."""

import ast

from fotspor.worklist.models import Task
from tests.architecture.tree import ROOT

ROOM = Task._meta.get_field("rule").max_length


def kept_sentences():
    """Every sentence that is marked to be kept and translated later, with its file."""
    for path in sorted((ROOT / "fotspor").rglob("*.py")):
        if "tests" in path.parts or "gettext_noop" not in (text := path.read_text(encoding="utf-8")):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "gettext_noop":
                yield path.relative_to(ROOT).as_posix(), ast.literal_eval(node.args[0])


def test_there_are_such_sentences():
    assert len(list(kept_sentences())) > 20


def test_a_sentence_that_a_task_may_keep_has_room():
    assert [(path, sentence) for path, sentence in kept_sentences() if len(sentence) > ROOM] == []
