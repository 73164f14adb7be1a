"""The leader's page, the kindergarten's page, figures, and where to turn with a concern."""

from fotspor.access.actions import log_list
from fotspor.access.rules import Permission, Purpose
from fotspor.access.views import needs
from fotspor.desk import labels
from fotspor.desk.queries import concern as concerns
from fotspor.desk.queries import figures as sums
from fotspor.desk.queries import kindergarten as shared
from fotspor.desk.queries import unit as led
from fotspor.desk.queries.rows import class_of
from fotspor.desk.views.day import address, filters, number, pages
from fotspor.kit import clock
from fotspor.kit.htmx import page


@needs(Permission.SEE_UNIT)
def unit(request):
    viewer, at = request.viewer, clock.now()
    chosen = class_of(request.GET.get("klasse", ""))
    found = led.unit(viewer=viewer, at=at, chosen=chosen, page=number(request))
    log_list(
        viewer=viewer, type="desk.unit.listed", people=found.people, at=at, purpose=Purpose.LEADERSHIP,
        chosen=labels.SLUGS.get(chosen, ""), page=found.page,
    )  # fmt: skip
    context = {
        "unit": found,
        "filters": filters(request, found.counts, chosen),
        "paging": pages(request, found.page, found.pages),
        "chosen": labels.FILTERS.get(chosen, ""),
        "all_url": address(request, klasse=None),
        "active": "unit",
    }
    return page(request, "desk/unit.html", context, partial="tasks")


@needs(Permission.SEE_SHARED)
def kindergarten(request):
    viewer, at = request.viewer, clock.now()
    children = shared.enrolled(viewer=viewer, at=at)
    keys = [child.key for child in children]
    log_list(viewer=viewer, type="desk.kindergarten.listed", people=keys, at=at, purpose=Purpose.CARE)
    return page(request, "desk/kindergarten.html", {"children": children, "active": "kindergarten"})


@needs(Permission.SEE_FIGURES)
def figures(request):
    found = sums.figures(viewer=request.viewer, on=clock.today())
    return page(request, "desk/figures.html", {"figures": found, "active": "figures"})


@needs(*Permission)
def concern(request):
    return page(request, "desk/concern.html", {"places": concerns.places(on=clock.today())})
