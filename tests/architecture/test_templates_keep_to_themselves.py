"""A template includes and extends only `kit/…` and its own app; `desk` alone may include another app's panels."""

import re

from tests.architecture.tree import APPS, PACKAGE, ROOT

REFERENCE = re.compile(r"{%\s*(?:include|extends)\s+[\"']([^\"']+)[\"']")
LIMIT = 120


def templates():
    for app in APPS:
        for path in sorted((PACKAGE / app / "templates").rglob("*.html")):
            yield app, path


def test_templates_include_only_kit_and_their_own():
    strays = [
        f"{path.relative_to(ROOT)} uses {name} — make it a kit component or a panel shown by desk"
        for app, path in templates()
        for name in REFERENCE.findall(path.read_text(encoding="utf-8"))
        if (owner := name.split("/")[0]) not in {"kit", app}
        and not (app == "desk" and "/panels/" in name and owner in APPS)
        and not (path.parent.name in {"account", "mfa"} and owner in {"account", "mfa", "services"})
    ]
    assert strays == []


def test_templates_are_short_enough_to_read():
    long = [
        f"{p.relative_to(ROOT)}: {n} lines" for _, p in templates() if (n := len(p.read_text().splitlines())) > LIMIT
    ]
    assert long == []


def test_no_inline_style_or_script():
    inline = re.compile(
        r"\sstyle=|<script(?![^>]*(\bsrc=|application/json))|\son(click|load|change|submit|input)=", re.I
    )
    strays = [str(p.relative_to(ROOT)) for _, p in templates() if inline.search(p.read_text(encoding="utf-8"))]
    assert strays == []


def test_every_posted_form_carries_its_token():
    form = re.compile(r"<form\b[^>]*method=[\"']post[\"'].*?</form>", re.I | re.S)
    strays = [
        f"{path.relative_to(ROOT)} — add {{% csrf_token %}} and {{% include 'kit/once.html' %}}"
        for _, path in templates()
        for found in form.findall(path.read_text(encoding="utf-8"))
        if "csrf_token" not in found or ("kit/once.html" not in found and "data-every-time" not in found)
    ]
    assert strays == []
