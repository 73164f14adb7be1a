"""How every form is answered: done and redirected, or shown again with what was typed and why not."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from fotspor.kit import forms, phrases
from fotspor.kit.errors import Refused, Stale
from fotspor.kit.htmx import page


@dataclass(frozen=True, slots=True)
class Now:
    """What stands there after somebody else has saved. `words` are other names for fields than the form's own."""

    version: int | str
    values: Mapping[str, Any] = field(default_factory=dict)
    who: str = ""
    at: datetime | None = None
    words: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that says something else now than what was typed."""

    label: str
    now: str
    typed: str


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """What somebody else saved while this was being written: who, when, and each field that differs."""

    who: str
    at: datetime | None
    rows: tuple[Difference, ...]


def typed(request: HttpRequest) -> QueryDict | None:
    """What a form is made from: what was sent, else a draft being fetched, or nothing when the page is only opened."""
    return request.POST if request.method == "POST" else getattr(request, "fetched", None)


def answered(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[], Any],
    *,
    done: str | Callable[[Any], str] = "",
    now: Callable[[], Now] | None = None,
) -> bool:
    """Run the action for a filled-in form. False when it must be shown again; the reason then stands in the form.

    `done` is the receipt, or makes it from the result. `now` says what stands there after somebody else saved.
    """
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        form.result = act()
    except Refused as refused:
        refuse(form, refused)
        _tell_why(form, now)
        return False
    except Stale:
        tell_what_changed(form, now() if now else None)
        return False
    receipt = done(form.result) if callable(done) else done
    if receipt:
        messages.success(request, receipt)
    return True


def when_refused(request: HttpRequest, write: Callable[[], Any]) -> None:
    """What is to be written although nothing is saved, such as that the refusal itself showed somebody's name.

    It is done after what the form would have done has been taken back, and not at all when the form is done.
    """
    request.when_refused = [*getattr(request, "when_refused", ()), write]


def refuse(form: forms.Form, refused: Refused) -> None:
    """Put the reason in the form, at the field it is about when it names one."""
    form.refused = refused
    name = getattr(refused, "field", None)
    form.add_error(name if name in form.fields else None, refused.message)


def _tell_why(form: forms.Form, now: Callable[[], Now] | None) -> None:
    """A refusal may come of what somebody else saved meanwhile: then that is shown too."""
    if now is None or "version" not in form.cleaned_data:
        return
    stands = now()
    if str(stands.version) != str(form.cleaned_data["version"]):
        form.meanwhile = _meanwhile(form, stands)


def tell_what_changed(form: forms.Form, now: Now | None) -> None:
    """Keep what was typed, show what stands there now, and let the next press of the button save over it."""
    form.data = form.data.copy()
    form.data[form.add_prefix("version")] = "" if now is None else now.version
    if now is not None:
        form.meanwhile = _meanwhile(form, now)
    form.add_error(
        None, _("Somebody else saved this while you were writing. What you typed is kept. Save again to use it.")
    )


def _meanwhile(form: forms.Form, now: Now) -> Meanwhile:
    return Meanwhile(now.who, now.at, tuple(_differences(form, now)))


def _differences(form: forms.Form, now: Now) -> Iterator[Difference]:
    for name, value in now.values.items():
        box = form.fields.get(name)
        if box is None or box.widget.is_hidden or name not in form.cleaned_data:
            continue
        mine = form.cleaned_data[name]
        if not _same(mine, value):
            yield Difference(str(now.words.get(name, box.label)), _said(box, value), _said(box, mine))


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return sorted(one) == sorted(other)
    return one == other or (one in (None, "") and other in (None, ""))


def _said(box: Any, value: Any) -> str:
    if value in (None, "", [], ()):
        return _("Nothing")
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, date):
        return phrases.day(value, year=True)
    if isinstance(value, time):
        return phrases.clock(value)
    words = {str(key): word for key, word in getattr(box, "choices", ())}
    if isinstance(value, list | tuple):
        return ", ".join(str(words.get(str(each), each)) for each in value)
    return str(words.get(str(value), value))


def form_page(
    request: HttpRequest, form: forms.Form, *, template: str, partial: str = "", **context: Any
) -> HttpResponse:
    """The page of one form; 422 when it was refused. `reasons` are what a refusal says stands in the way."""
    reasons = getattr(form.refused, "reasons", ())
    context = {"form": form, "reasons": reasons, **context}
    return page(request, template, context, partial=partial, status=422 if request.method == "POST" else 200)
