"""Taking in the population register: choose a file, look at what it would change, apply it, answer for newborns."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from fotspor.access.rules import Permission
from fotspor.access.views import needs
from fotspor.kit import clock
from fotspor.kit.answering import answered, form_page, typed
from fotspor.kit.errors import Refused
from fotspor.kit.htmx import page
from fotspor.pathways.actions import register_import as actions
from fotspor.pathways.actions.register_proposals import answer_proposal
from fotspor.pathways.forms.register_imports import ProposalAnswer, RegisterFile
from fotspor.pathways.queries import register_imports as queries

ACTIVE = "register"
AT_A_TIME = 40  # households in one answer; the page says how many are left
SAID = {
    True: gettext_lazy("The number is written down."),
    False: gettext_lazy("Answered: it is another one."),
}
HELP = (
    gettext_lazy("The file is compared with what is here. Nothing changes before you apply it."),
    gettext_lazy("Each household is taken in whole or not at all. If it is broken off, go on from where it stopped."),
    gettext_lazy("You see counts and rows, never who it is about. Look the row up in the file itself."),
)


@needs(Permission.IMPORT)
def register_imports(request):
    form = RegisterFile(typed(request), request.FILES or None)
    if answered(request, form, lambda: _stage(request, form.cleaned_data)):
        return redirect("pathways:register_import", form.result.key)
    rows = queries.register_imports(viewer=request.viewer)
    return form_page(request, form, template="pathways/register_imports.html", active=ACTIVE, rows=rows, help=HELP)


def _stage(request, clean):
    name, content = clean["file"]
    return actions.stage_register(
        content=content,
        file_name=name,
        layout=clean["mapping"] or queries.default_layout(),
        rows=clean["rows"],
        accepts_missing=clean["accepts_missing"],
        by=request.viewer,
        at=clock.now(),
    )


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
    form = ProposalAnswer(typed(request))

    def act():
        return answer_proposal(row=found, is_same=form.is_same, by=request.viewer, at=clock.now())

    if not answered(request, form, act, done=lambda _person: SAID[form.is_same]):
        messages.error(request, " ".join(message for words in form.errors.values() for message in words))
    return redirect("pathways:register_import", key)
