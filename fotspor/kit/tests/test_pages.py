"""The kit's own pages, and how much the browser has to load."""

import gzip
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.urls import reverse

from fotspor.kit import messages

KIT = Path(messages.__file__).parent
ICONS = {*json.loads((KIT.parents[1] / "front" / "icons.json").read_text(encoding="utf-8")), "foot", "baton"}
FIRST_PAGE = [
    "kit/built/inter-latin.woff2",
    "kit/built/inter.css",
    "kit/built/fotspor-theme.css",
    "kit/built/designsystemet.css",
    "kit/built/trail.css",
    "kit/built/icons.svg",
    "kit/fotspor.css",
    "kit/fotspor.js",
    "kit/icon.svg",
    "django_htmx/htmx-2.min.js",
]
built = pytest.mark.skipif(not finders.find("kit/built/icons.svg"), reason="the front end is not built (npm run build)")


def packed(content: bytes) -> int:
    return len(gzip.compress(content, 9))


def static(name: str) -> bytes:
    return Path(finders.find(name)).read_bytes()


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["kit:gallery", "kit:accessibility", "kit:help"])
def test_pages_answer_and_allow_nothing_inline(client, name):
    answer = client.get(reverse(name))
    assert answer.status_code == 200
    html = answer.content.decode()
    assert " style=" not in html
    assert re.findall(r"<script(?![^>]*\bsrc=)", html) == []
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "no-store, private"
    assert html.count("<h1") == 1


@pytest.mark.django_db
def test_ids_on_the_gallery_are_unique(client):
    ids = re.findall(r'\sid="([^"]+)"', client.get(reverse("kit:gallery")).content.decode())
    assert [i for i in set(ids) if ids.count(i) > 1] == []


@pytest.mark.django_db
def test_the_language_is_kept_and_the_way_back_stays_at_home(client):
    answer = client.post(reverse("kit:language"), {"language": "nn", "next": "/hjelp/"})
    assert answer["Location"] == "/hjelp/"
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "nn"
    away = client.post(reverse("kit:language"), {"language": "nn", "next": "https://example.org/"})
    assert away["Location"] == "/"


def test_every_icon_named_in_a_template_or_a_label_is_built():
    used = {}
    for path in KIT.parent.rglob("*"):
        if path.suffix not in {".html", ".py"} or "tests" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r'{% icon(?:_url)? "(\w+)"|icon(?:_end)?="(\w+)"|\bLabel\([^()]*?, "(\w+)"', text):
            used[next(filter(None, name))] = path.name
    assert {name: where for name, where in used.items() if name not in ICONS} == {}


@built
def test_the_first_page_is_light():
    size = sum(packed(static(name)) if not name.endswith("woff2") else len(static(name)) for name in FIRST_PAGE)
    assert size + 12_000 <= 150_000, "12 kB are for the page itself"
    assert size + len(static("kit/built/inter-latin-ext.woff2")) + 12_000 <= 240_000, "with Sami letters"


def test_our_own_styles_are_small_and_name_no_colour():
    css = static("kit/fotspor.css")
    assert packed(css) <= 10_240
    assert set(re.findall(rb"#[0-9a-fA-F]{3,8}\b", css)) == set()
    assert b"!important" not in css


@built
def test_nothing_built_names_another_host():
    for name in FIRST_PAGE:
        if name.endswith((".css", ".svg", ".js")):
            found = re.findall(rb"(?:url\(|src=|import )[\"']?(https?:)?//[^\s)\"']+", static(name))
            assert found == [], name


def test_heather_is_the_batons_alone():
    css = static("kit/fotspor.css").decode()
    rules = [line for line in css.splitlines() if "stafett" in line and "--fs-baton:" not in line]
    assert all(re.search(r"fs-(baton|pass|holder|count)", line) for line in rules), rules


def test_the_lock_names_no_registry():
    assert '"resolved"' not in (KIT.parents[1] / "package-lock.json").read_text(encoding="utf-8")
