"""Lists saved to a file: after the password once more, and each time written in the log."""

from django.http import HttpResponse
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from fotspor.access.rules import Permission
from fotspor.access.views import freshly_signed_in, needs
from fotspor.desk import actions
from fotspor.desk.queries import sheets
from fotspor.desk.queries.people import Chosen
from fotspor.desk.queries.rows import class_of
from fotspor.kit import clock
from fotspor.kit.spreadsheets import TYPE, as_xlsx


def saved(request, what, sheet):
    """The file; what it holds is in the log before it leaves."""
    at = clock.now()
    actions.note_export(what=what, people=sheet.people, purpose=sheet.purpose, by=request.viewer, at=at)
    answer = HttpResponse(as_xlsx(sheet.title, sheet.head, sheet.rows), content_type=TYPE)
    name = f"{slugify(sheet.title)}-{clock.today():%Y-%m-%d}.xlsx"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@needs(Permission.SEE_PEOPLE)
@freshly_signed_in
@require_GET
def people_file(request):
    slug = request.GET.get("vis", "")
    chosen = Chosen(slug) if slug in set(Chosen) else Chosen.ALL
    return saved(request, "people", sheets.families(viewer=request.viewer, chosen=chosen, at=clock.now()))


@needs(Permission.SEE_UNIT)
@freshly_signed_in
@require_GET
def unit_file(request):
    chosen = class_of(request.GET.get("klasse", ""))
    return saved(request, "unit", sheets.unit(viewer=request.viewer, chosen=chosen, at=clock.now()))


@needs(Permission.SEE_FIGURES)
@freshly_signed_in
@require_GET
def figures_file(request):
    return saved(request, "figures", sheets.figures(viewer=request.viewer, on=clock.today()))
