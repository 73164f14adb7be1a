"""The status page of the installation, and whether it answers at all."""

from urllib.parse import urlsplit

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from fotspor import __version__
from fotspor.access.rules import Permission
from fotspor.access.views import needs, open_to_all
from fotspor.kit import clock
from fotspor.kit.answering import answered, typed
from fotspor.kit.htmx import page
from fotspor.operation import actions, forms, labels, queries
from fotspor.worklist import labels as words

NEWS_READ = "news"  # in the session: nothing is asked of the database again
HEALTH = "A machine asks whether the pages can be served. It is told yes or no, and nothing of anybody."


@needs(Permission.OPERATE)
@require_GET
def status(request: HttpRequest) -> HttpResponse:
    found = queries.status(viewer=request.viewer, at=clock.now())
    lines = [
        {"line": each, "name": _(labels.TITLES[each.expected.name]), "label": labels.STATES[each.state]}
        for each in found.lines
    ]
    tasks = [
        {"title": words.title(each), "why": words.explanation(each), "task": each, "url": _answered_at(each)}
        for each in found.tasks
    ]
    needs = [
        {"step": step, "words": labels.NEEDS[step.need], "label": labels.DONE if step.is_done else labels.LEFT}
        for step in found.steps
    ]
    context = {
        "needs": needs,
        "status": found,
        "lines": lines,
        "cut_off": [(run, _(labels.title_of(run.name)), labels.command_of(run.name)) for run in found.cut_off],
        "tasks": tasks,
        "little_room": labels.LITTLE_ROOM,
        "active": "status",
    }
    return page(request, "operation/status.html", context)


def _answered_at(task):
    """Where is it answered? What runs by itself is answered on the machine."""
    return reverse("operation:message", args=[task.subject_key]) if task.subject_key else ""


@open_to_all(HEALTH)
@never_cache
@require_GET
def health(request: HttpRequest) -> JsonResponse:
    """For the proxy or whatever watches the machine: 200 while the database answers, else 503."""
    try:
        answers = queries.is_answering()
    except DatabaseError:
        answers = False
    return JsonResponse({"status": "ok" if answers else "no database"}, status=200 if answers else 503)


@needs(*Permission)
def say(request: HttpRequest) -> HttpResponse:
    """Anybody at work tells the administrator something about the system, and sees what was answered."""
    form = forms.Say(typed(request), initial={"page": came_from(request)})

    def act():
        told = {"text": form.cleaned_data["text"], "page": name_of_page(form.cleaned_data["page"])}
        return actions.tell(**told, by=request.viewer, at=clock.now())

    if answered(request, form, act, done=_("Told. You will see the answer here.")):
        return redirect("operation:say")
    context = {"form": form, "told": queries.messages(viewer=request.viewer)}
    return page(request, "operation/say.html", context, status=422 if form.is_bound else 200)


def came_from(request: HttpRequest) -> str:
    """From which page did she come? The name of its address, as the browser says."""
    try:
        return resolve(urlsplit(request.headers.get("Referer", "")).path).view_name
    except (Resolver404, ValueError):
        return ""


def name_of_page(text: str) -> str:
    """The name of an address, which holds no key; anything else is left out."""
    return text if text.replace(":", "").replace("_", "").isalnum() and text.isascii() else ""


@needs(Permission.OPERATE)
def message(request: HttpRequest, key: str) -> HttpResponse:
    found = queries.message_by_key(viewer=request.viewer, key=key)
    form = forms.Answer(typed(request))

    def act():
        return actions.answer(key=key, text=form.cleaned_data["answer"], by=request.viewer, at=clock.now())

    if answered(request, form, act, done=_("Answered. The colleague sees it.")):
        return redirect("operation:status")
    context = {"message": found, "form": None if found.answered_at else form, "active": "status"}
    return page(request, "operation/message.html", context, status=422 if form.is_bound else 200)


@needs(*Permission)
@require_GET
def news(request: HttpRequest) -> HttpResponse:
    """What is new in this version. Opened, it is read."""
    actions.note_news_read(by=request.viewer, at=clock.now())
    request.session[NEWS_READ] = __version__
    context = {"version": __version__, "news": labels.NEWS.get(__version__, ())}
    return page(request, "operation/news.html", context)
