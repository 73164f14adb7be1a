"""Answering what a result demands; taking back an alarm; seeing that it was taken back."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fotspor.access.actions import log_read
from fotspor.access.rules import Permission, Purpose
from fotspor.access.views import needs
from fotspor.instruments import actions, forms, queries
from fotspor.instruments.actions import OutcomeIncomplete
from fotspor.kit import clock
from fotspor.kit.errors import Refused


def opened(request, key):
    """The duty as a page, if the viewer may see it; the look is logged."""
    found = queries.duty_page(viewer=request.viewer, key=key, at=clock.now())
    log_read(
        viewer=request.viewer, person_key=found.response.subject.key, purpose=Purpose.CARE, decision=found.decision,
        at=clock.now(),
    )  # fmt: skip
    return found


@needs(Permission.SCREEN)
def duty(request, key):
    place = queries.place_of(viewer=request.viewer, key=key, at=clock.now())
    if place.kind == "response":
        return redirect("instruments:response", place.key)
    found = opened(request, key)
    form = forms.DutyOutcome(request.POST or None, outcomes=found.outcomes, today=clock.today())
    if form.is_valid():
        try:
            actions.record_outcome(duty=found.duty, by=request.viewer, at=clock.now(), **form.cleaned_data)
            messages.success(request, _("Saved. The list is up to date."))
            return redirect("instruments:response", found.response.key)
        except OutcomeIncomplete as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        except Refused as error:
            form.add_error(None, error.message)
    return page_of(request, found, form=form)


def page_of(request, found, *, form=None, withdrawal=None):
    """The duty's page with the two things that may be written on it."""
    bound = bool((form and form.is_bound) or (withdrawal and withdrawal.is_bound))
    context = {
        "page": found,
        "form": form or forms.DutyOutcome(outcomes=found.outcomes, today=clock.today()),
        "withdrawal": withdrawal or forms.AlertWithdrawal(),
        "active": "day",
    }
    return render(request, "instruments/duty.html", context, status=422 if bound else 200)


@needs(Permission.SCREEN)
@require_POST
def duty_withdraw(request, key):
    found = opened(request, key)
    form = forms.AlertWithdrawal(request.POST)
    if form.is_valid():
        try:
            actions.withdraw_alert(duty=found.duty, by=request.viewer, at=clock.now(), **form.cleaned_data)
            messages.success(request, _("The alarm is withdrawn. A colleague will see the reason."))
            return redirect("instruments:response", found.response.key)
        except Refused as error:
            form.add_error(None, error.message)
    return page_of(request, found, withdrawal=form)


@needs(Permission.SCREEN)
@require_POST
def duty_confirm(request, key):
    found = opened(request, key)
    try:
        actions.confirm_withdrawal(duty=found.duty, by=request.viewer, at=clock.now())
        messages.success(request, _("Seen. Your name and the time are kept with it."))
    except Refused as error:
        messages.error(request, error.message)
    return redirect("instruments:duty", key)
