"""Emergency access: take it, agree to it, go through it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from fotspor.access import actions, queries
from fotspor.access.forms import Emergency
from fotspor.access.rules import EMERGENCY_HOURS, Permission
from fotspor.access.views.guards import freshly_signed_in, needs
from fotspor.kit import clock
from fotspor.kit.answering import typed
from fotspor.kit.errors import Refused

RECORD_PAGE = "people:person"  # a page of the layer above, named as a string foreign key is


def _record_url(person_key: str) -> str:
    return reverse(RECORD_PAGE, args=[person_key]) if person_key else ""


@needs(Permission.BREAK_GLASS)
@freshly_signed_in
@require_http_methods(["GET", "POST"])
def break_glass(request: HttpRequest) -> HttpResponse:
    form = Emergency(typed(request))
    if request.method == "POST" and form.is_valid():
        try:
            emergency = _open(request, form)
        except Refused as refusal:
            form.add_error(None, str(refusal.message))
        else:
            if emergency is not None:
                _say(request, emergency)
                return redirect("access:emergencies")
    status = 422 if form.errors else 200
    return render(request, "access/break_glass.html", {"form": form, "hours": EMERGENCY_HOURS}, status=status)


def _open(request: HttpRequest, form: Emergency):
    person = queries.person_by_number(form.cleaned_data["number"])
    if person is None:
        form.add_error("number", _("Nobody here has this identity number. Check the digits."))
        return None
    reason = form.cleaned_data["reason"]
    return actions.break_glass(person_id=person.id, reason=reason, by=request.viewer, at=clock.now())


def _say(request: HttpRequest, emergency) -> None:
    if emergency.needs_second:
        messages.info(request, _("The record opens when a colleague in the unit has agreed. Ask one now."))
    else:
        messages.success(request, _("The record is open for three hours. The data-protection officer has been told."))


@needs(Permission.BREAK_GLASS, Permission.SEE_LOG)
@require_GET
def emergencies(request: HttpRequest) -> HttpResponse:
    viewer, at = request.viewer, clock.now()
    context = {"may_open": viewer.may(Permission.BREAK_GLASS), "active": "emergencies"}
    if viewer.may(Permission.SEE_LOG):
        context["everyones"] = queries.all_emergencies(viewer=viewer, at=at)
        context["reviews"] = [row for row in context["everyones"] if row.review and row.review.is_open]
        context["leaderless"] = queries.leaderless(viewer=viewer, at=at)
        keys = [row.person_key for row in context["everyones"]]
        actions.log_list(viewer=viewer, type="access.emergency.listed", people=keys, at=at)
    else:
        mine = queries.my_emergencies(viewer=viewer, at=at)
        context["mine"] = [(row, _record_url(row.person_key)) for row in mine]
        context["waiting"] = waiting = queries.emergencies_to_second(viewer=viewer, at=at)
        keys = [row.in_log for row in (*mine, *waiting)]
        actions.log_list(viewer=viewer, type="access.emergency.listed", people=keys, at=at)
    return render(request, "access/emergencies.html", context)


@needs(Permission.BREAK_GLASS)
@freshly_signed_in
@require_POST
def emergency_second(request: HttpRequest, key: str) -> HttpResponse:
    emergency = queries.emergency_to_second(viewer=request.viewer, key=key, at=clock.now())
    try:
        actions.second_emergency(emergency=emergency, by=request.viewer, at=clock.now())
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("You have agreed. Your colleague can open the record now."))
    return redirect("access:emergencies")
