"""The status page of the installation, and whether it answers at all."""

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from fotspor.access.rules import Permission
from fotspor.access.views import needs, open_to_all
from fotspor.kit import clock
from fotspor.kit.htmx import page
from fotspor.operation import labels, queries
from fotspor.worklist import labels as words

HEALTH = "A machine asks whether the pages can be served. It is told yes or no, and nothing of anybody."


@needs(Permission.OPERATE)
@require_GET
def status(request: HttpRequest) -> HttpResponse:
    found = queries.status(viewer=request.viewer, at=clock.now())
    lines = [
        {"line": each, "name": labels.RUNS[each.expected.name], "label": labels.STATES[each.state]}
        for each in found.lines
    ]
    tasks = [{"title": words.title(each), "why": words.explanation(each), "task": each} for each in found.tasks]
    needs = [
        {"step": step, "words": labels.NEEDS[step.need], "label": labels.DONE if step.is_done else labels.LEFT}
        for step in found.steps
    ]
    context = {
        "needs": needs,
        "status": found,
        "lines": lines,
        "tasks": tasks,
        "little_room": labels.LITTLE_ROOM,
        "active": "status",
    }
    return page(request, "operation/status.html", context)


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
