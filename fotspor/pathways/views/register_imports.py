"""Taking in the population register: choose a file, look at what it would change, apply it, answer for newborns."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from fotspor.access.rules import Permission
from fotspor.access.views import needs
from fotspor.kit import clock
from fotspor.kit.errors import Refused
from fotspor.kit.htmx import page
from fotspor.pathways.actions import register_import as actions
from fotspor.pathways.actions.register_proposals import answer_proposal
from fotspor.pathways.forms.register_imports import RegisterFile
from fotspor.pathways.queries import register_imports as queries
from fotspor.pathways.rules.register_files import FileFault

ACTIVE = "register"
AT_A_TIME = 40  # households in one answer; the page says how many are left
HELP = (
    gettext_lazy("The file is compared with what is here. Nothing changes before you apply it."),
    gettext_lazy("Each household is taken in whole or not at all. If it is broken off, go on from where it stopped."),
    gettext_lazy("You see counts and rows, never who it is about. Look the row up in the file itself."),
)


@needs(Permission.IMPORT)
def register_imports(request):
    form = RegisterFile(request.POST, request.FILES) if request.method == "POST" else RegisterFile()
    if request.method == "POST" and form.is_valid():
        name, content = form.cleaned_data["file"]
        try:
            source = actions.stage_register(
                content=content,
                file_name=name,
                layout=form.cleaned_data["mapping"] or queries.default_layout(),
                rows=form.cleaned_data["rows"],
                accepts_missing=form.cleaned_data["accepts_missing"],
                by=request.viewer,
                at=clock.now(),
            )
        except Refused as refused:
            form.add_error(_field_of(refused), refused.message)
        else:
            return redirect("pathways:register_import", source.key)
    rows = queries.register_imports(viewer=request.viewer)
    context = {"form": form, "rows": rows, "active": ACTIVE, "help": HELP}
    return page(request, "pathways/register_imports.html", context, status=422 if form.is_bound else 200)


def _field_of(refused: Refused) -> str:
    """Which field does the answer stand in?"""
    return "rows" if getattr(refused, "fault", None) in (FileFault.UNCOUNTED, FileFault.ROWS) else "file"


@needs(Permission.IMPORT)
def register_import(request, key):
    found = queries.preview(viewer=request.viewer, key=key)
    return page(request, "pathways/register_import.html", {"page": found, "active": ACTIVE, "help": HELP})


@needs(Permission.IMPORT)
@require_POST
def register_import_apply(request, key):
    source = queries.register_import_by_key(viewer=request.viewer, key=key)
    how = {"source": source, "most": AT_A_TIME, "by": request.viewer, "at": clock.now()}
    try:
        done = sum(1 for _each in actions.apply_households(**how))
    except Refused as refused:
        messages.error(request, refused.message)
        return redirect("pathways:register_import", key)
    left = queries.preview(viewer=request.viewer, key=key).households_left
    if left:
        messages.info(
            request, _("%(done)s households are taken in. %(left)s are left: go on.") % {"done": done, "left": left}
        )
    else:
        messages.success(request, _("Every household in the file is taken in."))
    return redirect("pathways:register_import", key)


@needs(Permission.IMPORT)
@require_POST
def register_proposal(request, key, row):
    found = queries.proposal(viewer=request.viewer, key=key, row=row)
    is_same = request.POST.get("answer") == "same"
    try:
        answer_proposal(row=found, is_same=is_same, by=request.viewer, at=clock.now())
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("The number is written down.") if is_same else _("Answered: it is another one."))
    return redirect("pathways:register_import", key)
