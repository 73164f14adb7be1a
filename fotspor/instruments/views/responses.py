"""Filling in a form from paper, signing, correcting, withdrawing, printing; and the forms of one person."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from fotspor.access.actions import log_read
from fotspor.access.queries import decision_for
from fotspor.access.rules import Part, Permission, Purpose
from fotspor.access.views import needs
from fotspor.instruments import actions, forms, queries
from fotspor.kit import clock
from fotspor.kit.errors import Refused, Stale
from fotspor.kit.htmx import page
from fotspor.people.queries import person_by_key


def opened(request, key):
    """The form as a page, if the viewer may see it; the look is logged."""
    found = queries.response_page(viewer=request.viewer, key=key, at=clock.now())
    log_read(
        viewer=request.viewer, person_key=found.response.subject.key, purpose=Purpose.CARE, decision=found.decision,
        at=clock.now(),
    )  # fmt: skip
    return found


def shown(request, found, *, form=None, problem="", status=200):
    """The entry page, or only the result for htmx."""
    response = found.response
    if form is None and found.is_draft:
        about = {name: getattr(response, name) for name in ("answered_on", "language", "occasion", "starts_routine")}
        form = forms.Answers(instrument=found.instrument, initial=about)
    safety = found.safety
    outcome = None
    if safety is not None:
        step = queries.duty_page(viewer=request.viewer, key=safety.duty.key, at=clock.now())
        outcome = forms.DutyOutcome(outcomes=step.outcomes, today=clock.today(), prefix="")
    context = {
        "page": found, "response": response, "form": form, "outcome": outcome, "problem": problem, "active": "day",
        "heads": [_("First"), _("Second"), _("Third"), _("Last")], "withdrawal": forms.AlertWithdrawal(),
    }  # fmt: skip
    template = "instruments/response.html" if found.is_draft else "instruments/response_signed.html"
    return page(request, template, context, partial="result" if found.is_draft else "", status=status)


@needs(Permission.SCREEN)
def response_new(request, person_key, slug):
    contact = request.POST.get("contact") or request.GET.get("contact", "")
    at, today = clock.now(), clock.today()
    start = queries.start(viewer=request.viewer, person_key=person_key, slug=slug, contact_key=contact, at=at)
    first = start.answerers[0].key if len(start.answerers) == 1 else None
    initial = {"answered_on": today, "language": "nb", "occasion": start.occasion, "answerer": first}
    form = forms.Start(request.POST or None, answerers=start.answerers, instrument=start.instrument, initial=initial)
    if form.is_valid():
        try:
            return redirect("instruments:response", begun(request, start, form.cleaned_data).key)
        except Refused as error:
            form.add_error(None, error.message)
    context = {"start": start, "form": form, "contact": contact, "active": "day"}
    return render(request, "instruments/response_new.html", context, status=422 if form.is_bound else 200)


def begun(request, start, clean):
    """Begin the draft in the record of whoever answered."""
    chosen = next(a for a in start.answerers if a.key == clean["answerer"])
    by, at = request.viewer, clock.now()
    return actions.begin(
        person=start.person, answerer=chosen, instrument=start.instrument.slug, journey=start.journey,
        contact=start.contact, language=clean["language"], occasion=clean["occasion"],
        answered_on=clean["answered_on"], by=by, at=at,
    )  # fmt: skip


@needs(Permission.SCREEN)
@require_GET
def response(request, key):
    return shown(request, opened(request, key))


def filled(request, found):
    """The form that was posted, bound to the instrument's own boxes."""
    return forms.Answers(request.POST, instrument=found.instrument)


def refused(request, key, form, error):
    """The page again with what was typed, and why nothing was saved."""
    found = opened(request, key)
    problem = error.message if isinstance(error, Refused) else error
    if isinstance(error, Stale):
        problem = _("Somebody else has saved this form. Your answers are shown here; save again to keep them.")
    return shown(request, queries.with_answers(found, form.answers()), form=form, problem=problem, status=422)


@needs(Permission.SCREEN)
@require_POST
def response_draft(request, key):
    found = opened(request, key)
    form = filled(request, found)
    if not form.is_valid():
        return refused(request, key, form, _("The draft was not saved. Look at the fields that are marked."))
    clean = form.cleaned_data
    try:
        actions.save_draft(
            subject=found.response.subject, informant_kind=found.response.informant_kind,
            instrument=found.response.instrument, answers=form.answers(), answered_on=clean["answered_on"],
            language=clean["language"], occasion=clean["occasion"], response=found.response,
            version=clean["version"], by=request.viewer, at=clock.now(),
        )  # fmt: skip
    except (Refused, Stale) as error:
        return refused(request, key, form, error)
    if request.htmx:
        return shown(request, opened(request, key), form=form)
    messages.success(request, _("Draft saved. It is not counted before it is signed."))
    return redirect("instruments:response", key)


@needs(Permission.SCREEN)
@require_POST
def response_sign(request, key):
    found = opened(request, key)
    form = filled(request, found)
    if not form.is_valid():
        return refused(request, key, form, _("The form was not signed. Look at the fields that are marked."))
    clean = form.cleaned_data
    try:
        actions.sign(
            response=found.response, version=clean["version"], answers=form.answers(),
            answered_on=clean["answered_on"], language=clean["language"], occasion=clean["occasion"],
            starts_routine=clean["starts_routine"], by=request.viewer, at=clock.now(),
        )  # fmt: skip
    except (Refused, Stale) as error:
        return refused(request, key, form, error)
    messages.success(request, _("Signed. What the result asks for is on the list."))
    return redirect("instruments:response", key)


@needs(Permission.SCREEN)
def response_correct(request, key):
    found = opened(request, key)
    initial = {"answered_on": found.response.answered_on}
    form = forms.Correction(request.POST or None, instrument=found.instrument, initial=initial)
    if form.is_valid():
        clean = form.cleaned_data
        try:
            corrected = actions.correct(
                response=found.response, answers=form.answers(), reason=clean["reason"],
                answered_on=clean["answered_on"], by=request.viewer, at=clock.now(),
            )  # fmt: skip
            messages.success(request, _("Corrected and signed. What was done stays done."))
            return redirect("instruments:response", corrected.key)
        except Refused as error:
            form.add_error(None, error.message)
    if form.is_bound:
        found = queries.with_answers(found, form.answers())
    context = {"page": found, "form": form, "heads": [_("First"), _("Second"), _("Third"), _("Last")], "active": "day"}
    return render(request, "instruments/response_correct.html", context, status=422 if form.is_bound else 200)


@needs(Permission.SCREEN)
def response_withdraw(request, key):
    found = opened(request, key)
    form = forms.Withdrawal(request.POST or None, initial={"version": found.response.version})
    if form.is_valid():
        clean = form.cleaned_data
        try:
            actions.withdraw(response=found.response, by=request.viewer, at=clock.now(), **clean)
            messages.success(request, _("Withdrawn. It is kept, and not counted."))
            return redirect("instruments:responses", found.response.subject.key)
        except Stale:
            form.add_error(None, _("Somebody else has saved this form since you opened it. Read it again."))
        except Refused as error:
            form.add_error(None, error.message)
    context = {"page": found, "form": form, "active": "day"}
    return render(request, "instruments/response_withdraw.html", context, status=422 if form.is_bound else 200)


@needs(Permission.SCREEN)
@require_POST
def response_print(request, key):
    found = opened(request, key)
    actions.print_sheet(response=found.response, by=request.viewer, at=clock.now())
    return redirect("instruments:response_sheet", key)


@needs(Permission.SCREEN)
@require_GET
def response_sheet(request, key):
    found = opened(request, key)
    return render(request, "instruments/response_sheet.html", {"page": found, "sheet": queries.sheet(found)})


@needs(Permission.SCREEN)
@require_GET
def responses(request, person_key):
    viewer, at = request.viewer, clock.now()
    person = person_by_key(viewer=viewer, key=person_key, purpose=Purpose.CARE, part=Part.FORMS, at=at)
    decision = decision_for(viewer=viewer, person_id=person.pk, purpose=Purpose.CARE, part=Part.FORMS, at=at)
    log_read(viewer=viewer, person_key=person.key, purpose=Purpose.CARE, decision=decision, at=at)
    rows = queries.listed(viewer=viewer, person_id=person.pk, at=at)
    context = {"person": person, "rows": rows, "instruments": queries.usable(), "active": "people"}
    return render(request, "instruments/responses.html", context)
