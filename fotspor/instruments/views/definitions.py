"""Reading and approving definitions."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from fotspor.access.rules import Permission
from fotspor.access.views import needs
from fotspor.instruments import actions, forms, queries
from fotspor.kit import clock
from fotspor.kit.errors import Refused


@needs(Permission.APPROVE_DEFINITIONS)
@require_GET
def definitions(request):
    context = {"rows": queries.definitions(viewer=request.viewer), "active": "definitions"}
    return render(request, "instruments/definitions.html", context)


@needs(Permission.APPROVE_DEFINITIONS)
def definition(request, kind, slug):
    found = queries.definition_page(viewer=request.viewer, kind=kind, slug=slug)
    form = forms.Approval(request.POST or None, initial={"digest": found.digest})
    if form.is_valid():
        try:
            digest = form.cleaned_data["digest"]
            actions.approve(kind=kind, slug=slug, digest=digest, by=request.viewer, at=clock.now())
            messages.success(request, _("Approved under your name."))
            return redirect("instruments:definition", kind, slug)
        except Refused as error:
            form.add_error(None, error.message)
    context = {"page": found, "form": form, "active": "definitions"}
    return render(request, "instruments/definition.html", context, status=422 if form.is_bound else 200)
