"""Staff from a file: choose it, look at what it does, take it in, and print the links."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fotspor.access.rules import Permission
from fotspor.access.views import needs
from fotspor.kit import clock
from fotspor.kit.answering import answered, form_page, typed
from fotspor.services import actions, forms, labels, queries
from fotspor.services.rules.staff_files import BadFile

ACTIVE = "staff"
LINKS = "invitation_links"  # in the session until they have been shown once


@needs(Permission.MANAGE_STAFF)
def staff_import(request: HttpRequest) -> HttpResponse:
    form = forms.StaffFile(typed(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        name, content = form.cleaned_data["file"]
        today = clock.today()
        try:
            file = queries.staff_file(viewer=request.viewer, name=name, content=content, at=clock.now(), on=today)
        except BadFile as bad:
            form.add_error("file", labels.FILE_FAULTS[bad.fault] % {"detail": bad.detail})
        else:
            return _seen(request, file)
    return _choose(request, form)


@needs(Permission.MANAGE_STAFF)
@require_POST
def staff_import_apply(request: HttpRequest) -> HttpResponse:
    form = forms.StaffFileSeen(typed(request))

    def act():
        sealed, at = form.cleaned_data["sealed"], clock.now()
        content = queries.opened_staff_file(viewer=request.viewer, sealed=sealed, at=at)
        return actions.take_in_staff(content=content, by=request.viewer, at=at)

    if not answered(request, form, act, done=_taken_in):
        messages.error(request, " ".join(message for words in form.errors.values() for message in words))
        return _choose(request, forms.StaffFile())
    if not form.result.links:
        return redirect("services:staff_list")
    request.session[LINKS] = [token for _invitation, token in form.result.links]
    return redirect("services:staff_links")


@needs(Permission.MANAGE_STAFF)
def staff_links(request: HttpRequest) -> HttpResponse:
    tokens = request.session.pop(LINKS, [])
    found = queries.invited_links(viewer=request.viewer, tokens=tokens, on=clock.today())
    links = [
        {"link": each, "url": request.build_absolute_uri(reverse("services:invitation", args=[each.token]))}
        for each in found
    ]
    context = {"active": ACTIVE, "links": links, "crumbs": _crumbs(), "help": labels.HELP["staff_links"]}
    return render(request, "services/staff_links.html", context)


def _choose(request: HttpRequest, form: forms.StaffFile) -> HttpResponse:
    about = {"active": ACTIVE, "crumbs": _crumbs(), "columns": labels.COLUMNS, "help": labels.HELP["staff_import"]}
    return form_page(request, form, template="services/staff_import.html", **about)


def _seen(request: HttpRequest, file: queries.StaffFile) -> HttpResponse:
    crumbs = [*_crumbs(), (_("Staff from a file"), reverse("services:staff_import"))]
    form = forms.StaffFileSeen(initial={"sealed": file.sealed})
    context = {"active": ACTIVE, "file": file, "form": form, "crumbs": crumbs, "help": labels.HELP["staff_import"]}
    return render(request, "services/staff_import_seen.html", context)


def _taken_in(done: actions.TakenIn) -> str:
    counts = {"invited": len(done.links), "posts": done.posts, "same": done.same}
    return _("New: %(invited)s. Got a post: %(posts)s. Nothing changed: %(same)s.") % counts


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Staff"), reverse("services:staff_list"))]
