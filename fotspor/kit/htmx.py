"""One address, two renderings: the whole page, or the named partial of the same template for htmx."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, partial: str = "", status: int = 200
) -> HttpResponse:
    """Render `template`, or only its `partial` when htmx asked for it."""
    name = f"{template}#{partial}" if partial and request.htmx and not request.htmx.boosted else template
    return render(request, name, dict(context), status=status)


def refused(request: HttpRequest, template: str, context: Mapping[str, Any], *, partial: str = "") -> HttpResponse:
    """The page again with what was typed and what must be put right. Nothing is stored."""
    return page(request, template, context, partial=partial, status=422)


POLLS = "X-Fotspor-Poll"  # sent by what asks by itself at intervals, so that nobody is signed in because of it


def is_poll(request: HttpRequest) -> bool:
    """Does the page ask by itself, without anybody having done anything?"""
    return request.method == "GET" and POLLS in request.headers
