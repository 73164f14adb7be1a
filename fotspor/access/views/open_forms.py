"""A page with a form on something that others may be changing says who else has it open."""

from dataclasses import dataclass
from functools import wraps

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from fotspor.access import actions, queries
from fotspor.kit import clock
from fotspor.kit.answering import Now
from fotspor.kit.htmx import is_poll

RECORD_PAGE = "people:person"  # a page of the layer above, named as a string foreign key is
STOP_ASKING = 286  # htmx asks no more


@dataclass(frozen=True, slots=True)
class AlsoOpen:
    """What `kit/also_open.html` shows: who else, and where to ask again."""

    url: str
    rows: tuple[queries.OpenWith, ...]


def edits(form: str = ""):
    """Notes who has the form open until it is saved, and lets the page name the others.

    Shape   goes under `needs`. `form` is the name of the address where the form is read, when another one takes it.
            The view itself decides who is let in: nobody is named to, or noted for, whoever it turns away.
    """

    def guard(view):
        @wraps(view)
        def edited(request, *args, **kwargs):
            where = _where(request, form)
            request.also_open = AlsoOpen(
                _url(request, where["form"]), queries.also_open(viewer=request.viewer, at=clock.now(), **where)
            )
            try:
                response = view(request, *args, **kwargs)
                return _noted(request, response, where)
            except queries.NotInEmergency as refused:
                return _turned_back(request, refused)
            finally:
                request.also_open = None

        return edited

    return guard


def _turned_back(request: HttpRequest, refused: queries.NotInEmergency) -> HttpResponse:
    """Emergency access does not reach this form: the record instead, before anything is typed."""
    messages.info(request, refused.message)
    return redirect(RECORD_PAGE, refused.person_key)


def _where(request: HttpRequest, form: str) -> dict[str, str]:
    match = request.resolver_match
    return {"form": form or match.view_name, "about": " ".join(str(part) for part in match.kwargs.values())}


def _url(request: HttpRequest, form: str) -> str:
    url = reverse(form, kwargs=request.resolver_match.kwargs)
    query = request.META.get("QUERY_STRING", "")
    return f"{url}?{query}" if query else url


def _noted(request: HttpRequest, response: HttpResponse, where: dict[str, str]) -> HttpResponse:
    """What the page answers, or for a poll the line about the others alone."""
    about = {**where, "by": request.viewer, "at": clock.now()}
    if response.status_code in (200, 422):
        actions.note_form_open(**about)
    elif request.method == "POST":
        actions.note_form_left(**about)
    if not is_poll(request):
        return response
    if response.status_code != 200:
        return HttpResponse(status=STOP_ASKING)
    return render(request, "kit/also_open.html#lines", {"also_open": request.also_open})


def saved_by(request: HttpRequest, object: str, *types: str, version: int, values=None, **more) -> Now:
    """What stands there now, with the name of whoever saved it: for `kit.answering.answered`."""
    saved = queries.last_saved(viewer=request.viewer, object=object, types=types, at=clock.now())
    who = {"who": saved.who, "at": saved.at} if saved else {}
    return Now(version, values or {}, **who, **more)
