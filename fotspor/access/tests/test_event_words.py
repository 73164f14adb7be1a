"""Every event that is written has a word: the officer reads no codes."""

import ast
import re
from pathlib import Path

import pytest
from django.utils.translation import override

import fotspor
from fotspor.access import labels
from fotspor.access.models import CareRelation

PACKAGE = Path(fotspor.__file__).parent
APPS = "access|people|services|worklist|pathways|instruments|desk|simulation"
TYPE = re.compile(rf"^({APPS})\.[a-z_]+(\.[a-z_]+)?$")
# Functions that put a word into a type, by the type they make.
MADE = {
    "pathways.contact.%s": {"_log"},
    "pathways.kindergarten.%s": {"_log"},
    "pathways.handover.%s": {"_noted", "_move", "_answered_with_reason"},
    "instruments.duty.%s": {"_log"},
    "instruments.response.%s": {"_log"},
    "desk.%s.printed": {"note_print"},
    "people.%s.corrected": {"_write"},
}
WITHOUT_PAGE = {"access.log.tried"}  # a probe of the triggers, never kept


def trees(app=""):
    for path in sorted((PACKAGE / app).rglob("*.py")):
        if not {"tests", "migrations", "locale"} & set(path.parts):
            yield path, ast.parse(path.read_text(encoding="utf-8"))


def name_of(call):
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def plain_types():
    """Types that stand whole in the code, where something is written in the log."""
    found = set()
    for _path, tree in trees():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            given = [each.value for each in call.keywords if each.arg in {"type", "kind"}]
            given += call.args if name_of(call) in {"_log", "_told", "_note"} else []
            for node in (part for value in given for part in ast.walk(value)):
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and TYPE.match(node.value):
                    found.add(node.value)
        for node in ast.walk(tree):
            is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
            if is_text and TYPE.match(node.value) and node.value.endswith((".read", ".listed", ".searched", ".seen")):
                found.add(node.value)
    return found - WITHOUT_PAGE


def composed_types():
    """Types that a function completes: its app's calls to it carry the last word."""
    found = set()
    for pattern, functions in MADE.items():
        stems = pattern.split("%s")[0].rstrip(".")
        for path, tree in trees(pattern.split(".")[0]):
            text = path.read_text(encoding="utf-8")
            for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
                if name_of(call) not in functions:
                    continue
                if functions == {"_log"} and not uses(text, stems):
                    continue
                values = [*call.args, *(each.value for each in call.keywords if each.arg == "what")]
                words = [v.value for v in values if isinstance(v, ast.Constant) and isinstance(v.value, str)]
                found |= {pattern % word for word in words if re.fullmatch(r"[a-z_]+", word)}
    return found


def uses(text, stem):
    """Does this module write that kind of event: its own function does, or it borrows it from the one that does?"""
    noun = stem.rpartition(".")[2]
    borrowed = {"contact": "contacts import", "duty": "duties import", "response": "responses import"}
    borrows = noun in borrowed and re.search(rf"{borrowed[noun]}(?:[^\n]*|\s*\([^)]*)\b_log\b", text)
    return f'"{stem}.' in text or bool(borrows)


TYPES = sorted(plain_types() | composed_types())


def test_the_search_finds_what_is_known_to_be_written():
    known = {
        "access.record.read", "access.log.read", "desk.day.listed", "desk.day.printed", "desk.searched",
        "pathways.contact.recorded", "pathways.contact.missed", "pathways.handover.superseded",
        "pathways.handover.sent_to_leader", "instruments.duty.answered", "instruments.response.signed",
        "instruments.figures.seen", "people.person.looked_up", "services.session.signed_in", "worklist.task.assigned",
    }  # fmt: skip
    assert known <= set(TYPES)


@pytest.mark.parametrize("event_type", TYPES)
def test_every_event_has_a_word(event_type):
    assert event_type in labels.EVENTS


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_words_are_words_in_every_language(language):
    with override(language):
        words = {event_type: str(labels.event_name(event_type)) for event_type in labels.EVENTS}
    assert not {word for word in words.values() if not word or "." in word or "_" in word}
    if language != "en":
        with override("en"):
            english = {event_type: str(labels.event_name(event_type)) for event_type in labels.EVENTS}
        assert not {event_type for event_type, word in words.items() if word == english[event_type]}


def test_looking_at_figures_is_a_look():
    assert labels.deed("instruments.figures.seen") == labels.deed("access.record.read")
    assert labels.deed("services.session.signed_in") == labels.SESSION


def test_an_unknown_type_has_no_word():
    assert labels.event_name("older.thing.done") == ""


def bases():
    """Every word that is written in the log as the reason for a look."""
    found = {str(basis) for basis in CareRelation.Basis.values}
    for _path, tree in trees():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            given = [each.value for each in call.keywords if each.arg == "basis"]
            given += [each.body for each in call.args if name_of(call) == "Clause" and isinstance(each, ast.Lambda)]
            found |= {each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)}
    return found


def test_every_reason_for_a_look_has_a_word():
    assert {"handover", "closing", "death", "exact_number", "leadership", "consent"} <= bases()
    assert not bases() - set(labels.BASES)
