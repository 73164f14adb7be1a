"""HTML in every text that somebody can write: on every page that shows it, it is text."""

import re

import pytest
from django.apps import apps
from django.db import models

from fotspor.kit.models import Addressed
from tests.fire.forms import pages

NAME = "<img src=x onerror=1>\"'&"
TAG = re.compile(r"<img\b[^>]*onerror|onerror=1[^&]*>(?!\")", re.IGNORECASE)
# Not words that a person writes: keys, codes, kinds and digests, and what the database holds to a form of its own.
NO_WORDS = re.compile(
    r"(^|_)(key|code|kind|index|digest|token|slug|basis|what|role|status|state|sex|protection|language|languages|email|"
    r"password|number|version|scheme|step|track|outcome|type|class|custody|instrument|layout|change|path|purpose|"
    r"source|postcode|pathway|occasion|reading|identity|material|layout_version|informant|place_kind|event|record|"
    r"ref|object|phone|from|to|study|session|post|key_id)(_|$)"
)
LEAST_PAGES = 25


def texts(model):
    """The fields of a table in which somebody's own words stand."""
    for each in model._meta.get_fields():
        is_text = isinstance(each, models.CharField | models.TextField) or "Encrypted" in type(each).__name__
        if is_text and not getattr(each, "choices", None) and not NO_WORDS.search(each.name):
            yield each


def spoil(model):
    """Put the tag in each such field of every row that has something there; of one row where two may not be the same.

    A field that is too short for it is left.
    """
    done = []
    for each in texts(model):
        most = getattr(each, "max_length", None)
        if each.primary_key or (most is not None and most < len(NAME)):
            continue
        rows = model._base_manager.exclude(**{each.name: None})
        if not hasattr(each, "from_db_value"):
            rows = rows.exclude(**{each.name: ""})
        if each.unique:
            rows = model._base_manager.filter(pk__in=rows.filter(name__startswith="Heimdal h").values("pk"))
        if rows.exists():
            rows.update(**{each.name: NAME})
            done.append(each.name)
    return done


@pytest.fixture
def spoilt(town):
    """The town with the tag in every text, where the tables let it be changed at all."""
    return {
        model._meta.label: done
        for model in apps.get_models()
        if issubclass(model, Addressed) and model._meta.app_label != "simulation" and (done := spoil(model))
    }


def test_every_page_shows_it_as_text(town, spoilt):
    """Every page of the house, as whoever may open it; the pages that show a name are many."""
    assert {"given_name", "family_name"} <= set(spoilt["people.Person"])
    assert {"given_name", "family_name"} <= set(spoilt["services.Staff"])
    assert "name" in spoilt["services.Unit"]
    opened, _closed = pages(town)
    showing, wrong = set(), []
    for name, _words, _who, _url, answer in opened:
        page = answer.content.decode(errors="replace")
        if "&lt;img src=x" in page:
            showing.add(name)
        if TAG.search(page) or NAME in page:
            wrong.append(name)
    assert wrong == []
    assert len(showing) >= LEAST_PAGES, sorted(showing)
    assert {"desk:child", "desk:day", "desk:people", "people:person", "services:staff", "services:unit"} <= showing


@pytest.mark.parametrize(
    "words", [NAME, "{{ 7*7 }}", "{% load x %}", "javascript:alert(1)", "</title><script>1</script>"]
)
def test_what_is_typed_and_refused_comes_back_as_text(town, words):
    """The form again with what was typed, in its boxes and in the message."""
    answer = town.browser("nurse").post(
        "/personer/ny/?kind=adult",
        {"given_name": words, "family_name": words, "born_on": words, "number": words, "street": words, "sex": words},
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<script>1" not in page
    assert not TAG.search(page)
    assert "49" not in re.findall(r'name="given_name"[^>]*value="([^"]*)"', page)


@pytest.mark.parametrize("words", [NAME, "<script>1</script>", "'><svg onload=1>"])
def test_what_stands_in_the_address_comes_back_as_text(town, words):
    for url in ("/barn/", "/enheten/", "/ansatte/", "/lop/kalender/", "/konto/inn/", f"/finnes/{words}/"):
        page = town.browser("administrator" if url == "/ansatte/" else "leader").get(
            url, dict.fromkeys(("q", "vis", "page", "next", "day", "klasse"), words)
        )
        text = page.content.decode()
        assert words not in text, url
        assert "<svg onload" not in text, url
