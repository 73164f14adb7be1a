"""What every form about places and people who work here shares: who is let in, and what it says was saved."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

from fotspor.access.views import saved_by
from fotspor.kit import answering
from fotspor.services import labels

# `crumbs` are pairs of word and address; `danger` makes the button red.
form_page = partial(answering.form_page, template="services/form.html")


def signed_in(view):
    """Lets in whoever is signed in, in any role and without a post: one's own things need no permission."""
    inner = login_required(view)
    inner.guard = "signed in"
    return inner


def safe(request: HttpRequest, url: str) -> str:
    """An address of our own to go on to, or none."""
    is_ours = url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure())
    return url if url.startswith("/") and is_ours else ""  # «x» alone would be taken for the name of a page


def now_of(request: HttpRequest, kind: str, row: Any, values: Mapping[str, Any], *deeds: str) -> answering.Now:
    """What stands there after somebody else saved. `kind` and `deeds` are words of the log: "unit", "changed"."""
    types = [f"services.{kind}.{deed}" for deed in deeds or ("changed",)]
    object = f"services.{kind}:{row.key}"
    return saved_by(request, object, *types, version=row.version, values=values, words=labels.FIELDS)
