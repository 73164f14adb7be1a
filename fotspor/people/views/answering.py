"""How every form here is answered: saved and redirected, or shown again with what was typed and why not."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from fotspor.access.rules import Part, Purpose
from fotspor.access.views import note_look
from fotspor.kit import clock, forms
from fotspor.kit.errors import Refused, Stale
from fotspor.people import labels, queries


def answered(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[], Any],
    *,
    done: str = "",
    now: Callable[[], dict[str, Any]] | None = None,
) -> bool:
    """Run the action for a filled-in form. False when it must be shown again; the reason then stands in the form.

    `now` gives the values as they are after somebody else saved, so that the second writer sees what changed.
    """
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        form.result = act()
    except Refused as refused:
        form.refused = refused
        form.add_error(None, refused.message)
        return False
    except Stale:
        _tell_what_changed(form, now() if now else {})
        return False
    if done:
        messages.success(request, done)
    return True


def _tell_what_changed(form: forms.Form, theirs: dict[str, Any]) -> None:
    form.meanwhile = [
        (form.fields[name].label, dict(getattr(form.fields[name], "choices", ())).get(value, value) or _("Nothing"))
        for name, value in theirs.items()
        if name in form.fields and name != "version" and form.cleaned_data.get(name) != value
    ]
    form.data = form.data.copy()
    form.data["version"] = theirs.get("version", "")
    form.add_error(
        None, _("Somebody else saved this while you were writing. What you typed is kept. Save again to use it.")
    )


def form_page(
    request: HttpRequest, form: forms.Form, *, template: str = "people/form.html", **context: Any
) -> HttpResponse:
    """The page of one form. `crumbs` are pairs of word and address; `danger` makes the button red."""
    status = 422 if request.method == "POST" else 200
    return render(request, template, {"active": "people", "form": form, **context}, status=status)


def typed(request: HttpRequest):
    """What was posted, or nothing when the page is only opened."""
    return request.POST if request.method == "POST" else None


def opened(request: HttpRequest, key: str):
    """The person, if the viewer may see her record; the look is logged."""
    viewer, at = request.viewer, clock.now()
    person = queries.person_by_key(viewer=viewer, key=key, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    note_look(request, person)
    return person


def opened_journey(request: HttpRequest, key: str):
    """The journey, if the viewer may see it; the look is logged."""
    viewer, at = request.viewer, clock.now()
    journey = queries.journey_by_key(viewer=viewer, key=key, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    note_look(request, journey.subject)
    return journey


def crumbs(person) -> list[tuple[str, str]]:
    """The way back to the person."""
    return [(labels.display_name(person), person_url(person))]


def person_url(person) -> str:
    return reverse("people:person", args=[person.key])
