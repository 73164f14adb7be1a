"""Reading and approving definitions."""

from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from fotspor.access.rules import Permission
from fotspor.access.views import needs
from fotspor.instruments import actions, forms, queries
from fotspor.kit import clock
from fotspor.kit.answering import answered, form_page, typed


@needs(Permission.APPROVE_DEFINITIONS)
@require_GET
def definitions(request):
    rows = queries.definitions(viewer=request.viewer)
    context = {"rows": rows, "missing": [row for row in rows if not row.is_approved], "active": "definitions"}
    return render(request, "instruments/definitions.html", context)


@needs(Permission.APPROVE_DEFINITIONS)
def definition(request, kind, slug):
    found = queries.definition_page(viewer=request.viewer, kind=kind, slug=slug)
    form = forms.Approval(typed(request), initial={"digest": found.digest})

    def act():
        digest = form.cleaned_data["digest"]
        return actions.approve(kind=kind, slug=slug, digest=digest, by=request.viewer, at=clock.now())

    if answered(request, form, act, done=_("Approved under your name.")):
        return redirect("instruments:definition", kind, slug)
    return form_page(request, form, template="instruments/definition.html", active="definitions", page=found)
