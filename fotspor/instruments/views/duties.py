"""Answering what a result demands; taking back an alarm; seeing that it was taken back."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from fotspor.access.rules import Permission, Purpose
from fotspor.access.views import edits, needs, note_look
from fotspor.instruments import actions, forms, queries
from fotspor.kit import clock
from fotspor.kit.answering import answered, typed
from fotspor.kit.errors import LookFirst, Refused
from fotspor.kit.htmx import page
from fotspor.kit.printing import may_print, paper_ordered


def opened(request, key):
    """The duty as a page, if the viewer may see it; the look is logged."""
    found = queries.duty_page(viewer=request.viewer, key=key, at=clock.now())
    note_look(request, found.response.subject, decision=found.decision)
    return found


@needs(Permission.SCREEN)
def duty(request, key):
    place = queries.place_of(viewer=request.viewer, key=key, at=clock.now())
    if place.kind == "response":
        return redirect("instruments:response", place.key)
    found = opened(request, key)
    return (edits()(outcome) if found.may_write else outcome)(request, found)


def outcome(request, found):
    given = typed(request)
    form = outcome_form(found, given, asks=given is not None and "confirmed" in given)

    def act():
        return actions.record_outcome(duty=found.duty, by=request.viewer, at=clock.now(), **form.cleaned_data)

    if answered(request, form, act, done=_("Saved. The list is up to date.")):
        return redirect("instruments:response", found.response.key)
    if isinstance(form.refused, LookFirst):
        form.ask_again(form.refused.shown)
    return page_of(request, found, form=form)


def outcome_form(found, given=None, *, asks=False):
    """What may be recorded about the duty now; `asks` when somebody says yes to what stood in the way."""
    return forms.DutyOutcome(
        given, outcomes=found.outcomes, today=clock.today(), folders=found.folders, languages=found.languages, asks=asks
    )


def page_of(request, found, *, form=None, withdrawal=None, wrong=None):
    """The duty's page with the things that may be written on it."""
    bound = any(each is not None and each.is_bound for each in (form, withdrawal, wrong))
    context = {
        "page": found,
        "form": form or outcome_form(found),
        "withdrawal": withdrawal or forms.AlertWithdrawal(),
        "wrong": wrong or forms.TakeBack(initial={"recorded": len(found.recorded)}, auto_id="wrong_%s"),
        "active": "day",
    }
    return render(request, "instruments/duty.html", context, status=422 if bound else 200)


@needs(Permission.SCREEN)
@require_POST
def duty_withdraw(request, key):
    found = opened(request, key)
    form = forms.AlertWithdrawal(request.POST)

    def act():
        return actions.withdraw_alert(duty=found.duty, by=request.viewer, at=clock.now(), **form.cleaned_data)

    if answered(request, form, act, done=_("The alarm is withdrawn. A colleague will see the reason.")):
        return redirect("instruments:response", found.response.key)
    return page_of(request, found, withdrawal=form)


@needs(Permission.SCREEN)
@require_POST
def duty_take_back(request, key):
    found = opened(request, key)
    form = forms.TakeBack(request.POST, auto_id="wrong_%s")

    def act():
        return actions.take_back(duty=found.duty, by=request.viewer, at=clock.now(), **form.cleaned_data)

    if answered(request, form, act, done=_("Taken back. It stays readable, and the task is open again.")):
        return redirect("instruments:duty", key)
    return page_of(request, found, wrong=form)


@needs(Permission.SCREEN)
@require_POST
def letter_print(request, key):
    opened(request, key)
    actions.print_letter(key=key, by=request.viewer, at=clock.now())
    return paper_ordered(request, f"letter:{key}", reverse("instruments:letter", args=[key]), at=clock.now())


@needs(Permission.SCREEN)
@require_GET
def letter(request, key):
    opened(request, key)
    found = queries.letter_page(viewer=request.viewer, key=key, at=clock.now())
    prints = may_print(request, f"letter:{key}", at=clock.now())
    context = {"letter": found, "page": found.page, "prints": prints, "active": "day"}
    return render(request, "instruments/letter.html", context)


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


@needs(Permission.SEE_UNIT)
def withdrawal(request, key):
    """Why an alarm was withdrawn, for a leader whom it waits for. No answers."""
    found = queries.withdrawal_page(viewer=request.viewer, key=key, at=clock.now())
    note_look(request, found.duty.response.subject, purpose=Purpose.LEADERSHIP, decision=found.decision)
    if request.method == "POST":
        try:
            actions.confirm_as_leader(duty=found.duty, by=request.viewer, at=clock.now())
            messages.success(request, _("Seen. Your name and the time are kept with it."))
            return redirect("desk:unit")
        except Refused as error:
            messages.error(request, error.message)
            return redirect("instruments:withdrawal", key)
    return page(request, "instruments/withdrawal.html", {"page": found, "active": "unit"})
