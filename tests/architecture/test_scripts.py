"""What our scripts never do: make code or pages of text, or write a property that somebody else has named."""

import re

import pytest

from tests.architecture.tree import PACKAGE

SCRIPTS = [path for path in sorted(PACKAGE.rglob("*.js")) if "built" not in path.parts]
MADE = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "srcdoc")
PROTOTYPES = ("__proto__", ".prototype", "Object.assign", "Object.fromEntries", "Reflect.", "structuredClone")
NAMED_BY_OTHERS = re.compile(r"[\w)]\[(?!\d|\"|\')[^\]]+\]\s*=(?![=>])")
READ = {"JSON.parse(": 1, ".json(": 1}  # our own token in the page, and our own answer: read by name, never walked


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_nothing_is_made_of_text_and_no_property_is_named_by_it(script):
    text = script.read_text(encoding="utf-8")
    assert [word for word in (*MADE, *PROTOTYPES) if word in text] == []
    assert NAMED_BY_OTHERS.findall(text) == []


def test_what_is_read_from_outside_is_read_in_two_places():
    text = "".join(script.read_text(encoding="utf-8") for script in SCRIPTS)
    assert {word: text.count(word) for word in READ} == READ


def test_the_search_finds_what_it_looks_for():
    assert NAMED_BY_OTHERS.findall("target[key] = value")
    assert not NAMED_BY_OTHERS.findall("all[0] = x; const [a] = b; if (a[b] == c) {} x[y] => z")
