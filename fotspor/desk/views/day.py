"""The day's page, on screen and on paper."""

from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from fotspor.access.actions import log_list
from fotspor.access.rules import Permission, Purpose
from fotspor.access.views import needs
from fotspor.desk import actions, labels
from fotspor.desk.context import first_place
from fotspor.desk.queries import day as queries
from fotspor.desk.queries.rows import class_of
from fotspor.desk.views.paper import may_print, paper_ordered
from fotspor.kit import clock
from fotspor.kit.htmx import page

FLAT, UNIT = "flat", "enheten"


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
    log_list(
        viewer=viewer, type="desk.day.listed", people=found.people, at=at, purpose=Purpose.CARE, unit=whole,
        chosen=labels.SLUGS.get(chosen, ""),
    )  # fmt: skip
    return {
        "day": found,
        **(_beside(viewer, at) if not request.htmx else {}),
        "filters": filters(request, found.counts, chosen),
        "chosen": labels.FILTERS.get(chosen, ""),
        "is_flat": request.GET.get("vis") == FLAT,
        "is_unit": whole,
        "to": _ways(request),
        "all_url": address(request, klasse=None),
        "paging": pages(request, found.page, found.pages),
        "hides": hides,
        "active": "day",
    }


def _beside(viewer, at):
    return {"agenda": queries.agenda(viewer=viewer, at=at), "sent": queries.sent_batons(viewer=viewer, at=at)}


def _ways(request):
    """The same list in other ways."""
    return {
        "flat": address(request, vis=FLAT),
        "grouped": address(request, vis=None),
        "unit": address(request, hvem=UNIT, klasse=None),
        "mine": address(request, hvem=None, klasse=None),
    }


@require_POST
@needs(Permission.SEE_DAY)
def day_print(request):
    viewer, at = request.viewer, clock.now()
    found = queries.day(viewer=viewer, at=at)
    actions.note_print(what="day", people=found.people, by=viewer, at=at)
    return paper_ordered(request, "day", reverse("desk:day_paper"))


@needs(Permission.SEE_DAY)
def day_paper(request):
    if not may_print(request, "day"):
        return redirect("desk:day")
    found = queries.printed(queries.day(viewer=request.viewer, at=clock.now(), hides=True))
    return page(request, "desk/day_paper.html", {"day": found, "active": "day"})
