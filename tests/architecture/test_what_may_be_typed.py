"""The page of what may be typed names every field of every form, and what the database keeps."""

import re

from django import forms
from django.apps import apps

from docs.what_may_be_typed import _forms, _kind
from tests.architecture.tree import ROOT

PAGE = (ROOT / "docs" / "reference" / "what-may-be-typed.md").read_text(encoding="utf-8")
KINDS = {"text", "number", "date", "time", "one of", "some of", "e-mail address", "yes or no", "file", "carried"}


def fields():
    for app, found in _forms().items():
        for form in found:
            yield from ((f"{app}.{form.__name__}", name, field) for name, field in form.base_fields.items())


def on_the_page():
    """Form, field and kind of every row."""
    for part in PAGE.split("\n### ")[1:]:
        form = part.splitlines()[0]
        yield from ((form, name, kind) for name, kind in re.findall(r"^\| `(\w+)` \| ([^|]+?) \|", part, re.M))


def test_every_field_of_every_form_stands_on_the_page():
    found = {(form, name, _kind(field)) for form, name, field in fields()}
    assert set(on_the_page()) == found, "run `make docs`"
    assert len(set(on_the_page())) > 200


def test_every_kind_is_explained():
    assert {kind for _form, _name, kind in on_the_page()} <= KINDS
    for kind in KINDS:
        assert kind in PAGE.split("\n## ", 1)[0]


COUNTED = {"pathways.RegisterFile.rows"}  # compared with what is in the file


def test_a_number_has_a_least_and_a_most_or_is_carried_by_the_page():
    loose = {
        f"{form}.{name}"
        for form, name, field in fields()
        if isinstance(field, forms.IntegerField) and not field.widget.is_hidden
        if field.min_value is None or field.max_value is None
    }
    assert loose <= COUNTED


def test_what_the_database_keeps_stands_on_the_page():
    table = PAGE.split("\n## What must fit together\n", 1)[1]
    for model in apps.get_models():
        if model.__module__.startswith("fotspor."):
            for constraint in model._meta.constraints:
                assert constraint.name.replace("_", " ") in table, constraint.name
