"""The day's page, on screen and on paper."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRedirect

from fotspor.access.actions import log_list
from fotspor.access.queries import NotVisible
from fotspor.access.rules import Permission, Purpose
from fotspor.access.views import needs
from fotspor.desk import actions, labels
from fotspor.desk.context import first_place
from fotspor.desk.queries import day as queries
from fotspor.desk.queries.paper import paper
from fotspor.desk.queries.rows import class_of
from fotspor.kit import clock
from fotspor.kit.htmx import is_poll, page
from fotspor.kit.printing import may_print, paper_ordered

FLAT, UNIT = "flat", "enheten"
LIST, SEEN = ("vis", "hvem", "klasse", "side"), "sett"  # which list it was, and when it was shown


def number(request, name="side"):
    """A page number from the address; nonsense is the first page."""
    text = request.GET.get(name, "1")
    return int(text) if text.isdecimal() and len(text) < 6 else 1


def address(request, **changes):
    """This address with some parts changed, the page number left out unless it is among them."""
    parts = {name: request.GET.get(name) for name in ("vis", "hvem", "klasse")} | changes
    query = urlencode({name: value for name, value in parts.items() if value})
    return f"{request.path}?{query}" if query else request.path


def filters(request, counts, chosen, own=labels.FILTERS):
    """The five classes and all of them, with counts that add up."""
    url = address(request, klasse=None)
    everything = {"label": labels.ALL, "url": url, "count": counts.all, "current": chosen is None}
    return [everything] + [
        {
            "label": word,
            "url": address(request, klasse=labels.SLUGS[name]),
            "count": counts[name],
            "current": chosen == name,
        }
        for name, word in own.items()
    ]


def pages(request, current, count):
    """Links to the pages of a list, as `kit/pagination.html` takes them."""

    def to(n):
        return address(request, side=n) if 1 <= n <= count else ""

    numbers = [{"number": n, "url": to(n), "current": n == current} for n in range(1, count + 1)]
    return {"pages": numbers, "previous": to(current - 1), "next": to(current + 1)}


@needs(*Permission)
def day(request):
    """Everybody starts here; those whose role has no day page are led to their own place."""
    if not request.viewer.may(Permission.SEE_DAY):
        return redirect(first_place(request.viewer))
    context = day_context(request)
    return page(request, "desk/day.html", context, partial="tasks")


def day_context(request):
    viewer, at = request.viewer, clock.now()
    chosen, whole = class_of(request.GET.get("klasse", "")), request.GET.get("hvem") == UNIT
    hides = request.user.hides_details
    found = queries.day(viewer=viewer, at=at, chosen=chosen, page=number(request), whole_unit=whole, hides=hides)
    beside = {} if request.htmx else _beside(viewer, at)
    log_list(
        viewer=viewer, type="desk.day.listed", people={*found.people, *_named(**beside)}, at=at, purpose=Purpose.CARE,
        unit=whole, chosen=labels.SLUGS.get(chosen, ""),
    )  # fmt: skip
    return {
        "day": found,
        **beside,
        "filters": filters(request, found.counts, chosen),
        "chosen": labels.FILTERS.get(chosen, ""),
        "is_flat": request.GET.get("vis") == FLAT,
        "is_unit": whole,
        "to": _ways(request),
        "all_url": address(request, klasse=None),
        "paging": pages(request, found.page, found.pages),
        "seen": seen_now(request, found.page, at),
        "hides": hides,
        "may_write": viewer.may(Permission.RECORD_CONTACT),
        "active": "day",
    }


def _beside(viewer, at):
    return {"agenda": queries.agenda(viewer=viewer, at=at), "sent": queries.sent_batons(viewer=viewer, at=at)}


def _named(agenda=(), sent=()):
    """Whom what stands beside the list names, for the log."""
    return {one.person for one in agenda if one.person} | {row.subject.key for row in sent if row.shows_name}


def _ways(request):
    """The same list in other ways."""
    return {
        "flat": address(request, vis=FLAT),
        "grouped": address(request, vis=None),
        "unit": address(request, hvem=UNIT, klasse=None),
        "mine": address(request, hvem=None, klasse=None),
    }


# --- a row that a colleague took while the list stood on the screen ------------------------------------------


def seen_now(request, page, at):
    """What a row's address carries: when the list was shown, and which list it was."""
    parts = {name: request.GET.get(name) for name in LIST} | {"side": page, SEEN: int(at.timestamp() * 1000)}
    return urlencode({name: value for name, value in parts.items() if value})


def seen_at(request):
    """When was the list shown? Now, when the address does not say."""
    text = request.GET.get(SEEN, "")
    said = int(text) if text.isascii() and text.isdecimal() and len(text) < 15 else 0
    return datetime.fromtimestamp(said / 1000, UTC) if said else clock.now()


@needs(Permission.SEE_DAY)
@require_GET
def day_task(request, key):
    """Leads on to what is to be done; says so instead when a colleague has taken, done or ended it meanwhile."""
    viewer, at = request.viewer, clock.now()
    try:
        row, people = queries.row(
            viewer=viewer, at=at, key=key, since=seen_at(request), hides=request.user.hides_details
        )
    except NotVisible:
        if request.htmx and not is_poll(
            request
        ):  # whoever had it on the list gets the list as it is now; a stranger learns nothing from that
            return HttpResponseClientRedirect(reverse("desk:day"))
        raise
    if not row.receipt and not is_poll(request):
        return HttpResponseClientRedirect(row.action_url) if request.htmx else redirect(row.action_url)
    log_list(viewer=viewer, type="desk.day.listed", people=people, at=at, purpose=Purpose.CARE, task=key)
    if request.htmx:
        row = replace(row, has_focus=not is_poll(request))
        return page(request, "kit/task.html", {"task": row, "seen": request.GET.urlencode()})
    messages.info(request, f"{row.title}, {row.who}: {row.receipt}")
    return redirect(f"{reverse('desk:day')}?{urlencode({n: request.GET[n] for n in LIST if n in request.GET})}")


@needs(Permission.SEE_DAY)
@require_GET
def day_taken(request):
    """Which rows ask again how they stand: an event for each, which only a row on the screen hears."""
    keys = queries.taken(viewer=request.viewer, at=clock.now(), since=seen_at(request))
    answer = HttpResponse(status=204)
    if keys:
        answer["HX-Trigger"] = json.dumps({f"taken-{key}": {} for key in keys})
    return answer


@require_POST
@needs(Permission.SEE_DAY)
def day_print(request):
    viewer, at = request.viewer, clock.now()
    found = paper(viewer=viewer, at=at)
    actions.note_print(what="day", people=found.people, by=viewer, at=at)
    return paper_ordered(request, "day", reverse("desk:day_paper"), at=clock.now())


@needs(Permission.SEE_DAY)
def day_paper(request):
    if not may_print(request, "day", at=clock.now()):
        return redirect("desk:day")
    found = paper(viewer=request.viewer, at=clock.now())
    return page(request, "desk/day_paper.html", {"day": found, "active": "day"})
