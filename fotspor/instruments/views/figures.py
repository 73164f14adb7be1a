"""How results fall."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from fotspor.access.actions import log
from fotspor.access.rules import Permission, Purpose
from fotspor.access.views import needs
from fotspor.instruments import queries
from fotspor.kit import clock


@needs(Permission.SEE_FIGURES, Permission.IMPORT)
@require_GET
def distribution(request, slug):
    found = queries.distribution(viewer=request.viewer, slug=slug, material=request.GET.get("material", ""))
    leads = request.viewer.may(Permission.SEE_FIGURES)
    log(
        type="instruments.figures.seen", by=request.viewer, at=clock.now(), object=f"instruments.distribution:{slug}",
        purpose=Purpose.LEADERSHIP if leads else Purpose.ADMINISTRATION, material=found.material,
        is_suppressed=found.is_suppressed,
    )  # fmt: skip
    return render(request, "instruments/distribution.html", {"page": found, "active": "figures"})
