"""The data-protection officer's papers: the record of processing, and one person's log as a file for that person."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from fotspor.access import actions, queries
from fotspor.access.rules import Permission
from fotspor.access.rules.files import as_csv
from fotspor.access.views.guards import freshly_signed_in, needs
from fotspor.access.views.log import filter_of, was_found
from fotspor.kit import clock, phrases


@needs(Permission.SEE_LOG)
@require_GET
def processing(request: HttpRequest) -> HttpResponse:
    record = queries.processing_record(viewer=request.viewer)
    return render(request, "access/processing.html", {"record": record, "active": "processing", "at": clock.now()})


@needs(Permission.SEE_LOG)
@freshly_signed_in
@require_GET
def who_has_looked_file(request: HttpRequest, person_key: str) -> HttpResponse:
    """Nothing but what the paper says: who, in which post, what, why and when. Being asked for is what is logged."""
    form = filter_of(request)
    if not form.is_valid():
        return redirect("access:who_has_looked")
    at, period = clock.now(), {name: form.cleaned_data[name] for name in ("from_on", "to_on")}
    looks = queries.who_has_looked(
        viewer=request.viewer, person_key=person_key, at=at, size=queries.PRINTED_ROWS,
        by_number=was_found(request, person_key), **period,
    )  # fmt: skip
    actions.log_export_of_log(viewer=request.viewer, person_key=looks.person_key, at=at, **period)
    head = [_("When"), _("Who"), _("Role"), _("Unit"), _("What"), _("Why"), _("On what basis")]
    answer = HttpResponse(as_csv(head, map(_cells, looks.rows)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="innsyn-{period["from_on"]}-{period["to_on"]}.csv"'
    return answer


def _cells(row: queries.Look) -> list[str]:
    when = phrases.instant(row.at, year=True)
    return [
        str(each) for each in (when, row.staff, row.role, row.unit, row.event or row.deed.word, row.purpose, row.basis)
    ]
