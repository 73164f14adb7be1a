"""How every form here is answered: saved and redirected, or shown again with what was typed and why not."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from fotspor.kit import forms
from fotspor.kit.errors import Refused, Stale
from fotspor.services import labels

Values = dict[str, Any]


def signed_in(view):
    """Lets in whoever is signed in, in any role and without a post: one's own things need no permission."""
    inner = login_required(view)
    inner.guard = "signed in"
    return inner


def typed(request: HttpRequest) -> Any:
    """What a form is made from: what was sent, also when it is nothing."""
    return request.POST if request.method == "POST" else None


def answered(request: HttpRequest, form: forms.Form, act: Callable[[], Any], *, now: Callable[[], tuple] | None = None):
    """Run the action for a filled-in form. False when it must be shown again; the reason then stands in the form.

    `now` gives (version, values) as they are after somebody else saved: the second writer sees what changed.
    """
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        form.result = act()
    except Refused as refused:
        form.add_error(None, refused.message)
        return False
    except Stale:
        version, theirs = now()
        form.meanwhile = list(changed_meanwhile(form, theirs))
        form.data = form.data.copy()
        form.data["version"] = version
        form.add_error(
            None, _("Somebody else saved this while you were writing. What you typed is kept. Save again to use it.")
        )
        return False
    return True


def changed_meanwhile(form: forms.Form, theirs: Values) -> Iterable[tuple[str, str]]:
    """Field by field: what does it say now, where it differs from what was typed?"""
    for name, value in theirs.items():
        if name in form.fields and form.cleaned_data.get(name) != value:
            yield str(labels.FIELDS.get(name, form.fields[name].label)), _said(form, name, value)


def _said(form: forms.Form, name: str, value: Any) -> str:
    choices = dict(getattr(form.fields[name], "choices", ()))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list | tuple):
        return ", ".join(str(choices.get(v, v)) for v in value) or _("Nothing")
    return str(choices.get(value, value)) or _("Nothing")


def form_page(
    request: HttpRequest, form: forms.Form, *, template: str = "services/form.html", **context: Any
) -> HttpResponse:
    """The page of one form. `crumbs` are pairs of word and address; `danger` makes the button red."""
    status = 422 if request.method == "POST" else 200
    return render(request, template, {"form": form, **context}, status=status)


def said(request: HttpRequest, text: str) -> None:
    messages.success(request, text)
