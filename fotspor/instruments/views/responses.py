"""Filling in a form from paper, signing, correcting, withdrawing, printing; and the forms of one person."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from fotspor.access.actions import log_list
from fotspor.access.rules import Part, Permission, Purpose
from fotspor.access.views import edits, needs, note_look
from fotspor.instruments import actions, forms, queries
from fotspor.instruments.views.duties import outcome_form
from fotspor.kit import clock
from fotspor.kit.answering import Now, answered, form_page, typed
from fotspor.kit.errors import Refused
from fotspor.kit.htmx import page
from fotspor.kit.printing import may_print, paper_ordered
from fotspor.people.queries import person_by_key

HEADS = (gettext_lazy("First"), gettext_lazy("Second"), gettext_lazy("Third"), gettext_lazy("Last"))


def opened(request, key):
    """The form as a page, if the viewer may see it; the look is logged."""
    found = queries.response_page(viewer=request.viewer, key=key, at=clock.now())
    note_look(request, found.response.subject, decision=found.decision)
    return found


def shown(request, found, *, form=None, problem="", status=200):
    """The entry page, or only the result for htmx."""
    response = found.response
    if form is None and found.is_draft:
        names = ("answered_on", "late_reason", "language", "occasion", "starts_routine")
        about = {name: getattr(response, name) for name in names}
        form = forms.Answers(instrument=found.instrument, has_occasion=found.tells_occasion, initial=about)
    outcome = None
    if found.safety is not None:
        outcome = outcome_form(queries.duty_page(viewer=request.viewer, key=found.safety.duty.key, at=clock.now()))
    context = {
        "page": found, "response": response, "form": form, "outcome": outcome, "problem": problem, "active": "day",
        "heads": HEADS, "withdrawal": forms.AlertWithdrawal(), **versions(request, response, form),
    }  # fmt: skip
    template = "instruments/response.html" if found.is_draft else "instruments/response_signed.html"
    return page(request, template, context, partial="result" if found.is_draft else "", status=status)


def versions(request, response, form):
    """Which version is saved next? After a colleague has saved, none by itself: only by pressing a button.

    What saves itself goes on being refused, since it sends the version it began from; the buttons send `seen` as well,
    the version whose differences are on the screen.
    """
    if form is None or form.meanwhile is None:
        return {"version": response.version}
    return {"version": request.POST.get("version", ""), "seen": response.version, "waits": True}


@needs(Permission.SCREEN)
def response_new(request, person_key, slug):
    contact = request.POST.get("contact") or request.GET.get("contact", "")
    at, today = clock.now(), clock.today()
    start = queries.start(viewer=request.viewer, person_key=person_key, slug=slug, contact_key=contact, at=at)
    note_look(request, start.person)
    parents = [answerer.key for answerer in start.answerers]
    log_list(viewer=request.viewer, type="instruments.answerers.listed", people=parents, at=at, purpose=Purpose.CARE)
    first = start.answerers[0].key if len(start.answerers) == 1 else None
    initial = {"answered_on": today, "language": "nb", "occasion": start.occasion, "answerer": first}
    form = forms.Start(
        typed(request), answerers=start.answerers, instrument=start.instrument, is_begun=bool(start.begun),
        initial=initial,
    )  # fmt: skip
    if answered(request, form, lambda: begun(request, start, form.cleaned_data)):
        return redirect("instruments:response", form.result.key)
    return form_page(
        request, form, template="instruments/response_new.html", active="day", start=start, contact=contact
    )


def begun(request, start, clean):
    """Begin the draft in the record of whoever answered."""
    chosen = next(a for a in start.answerers if a.key == clean["answerer"])
    by, at = request.viewer, clock.now()
    return actions.begin(
        person=start.person, answerer=chosen, instrument=start.instrument.slug, journey=start.journey,
        contact=start.contact, language=clean["language"], occasion=clean["occasion"],
        answered_on=clean["answered_on"], late_reason=clean["late_reason"], another=clean.get("another", False),
        by=by, at=at,
    )  # fmt: skip


@needs(Permission.SCREEN)
@require_GET
def response(request, key):
    found = opened(request, key)
    return (entry if found.is_draft else shown)(request, found)


@edits()
def entry(request, found):
    return shown(request, found)


def filled(request, found):
    """The form that was posted, bound to the instrument's own boxes. A button saves over what it showed."""
    data = request.POST
    if data.get("seen") and not request.htmx:
        data = data.copy()
        data["version"] = data["seen"]
    return forms.Answers(data, instrument=found.instrument, has_occasion=found.tells_occasion)


def now_of(request, key):
    """What stands in the form after somebody else saved, question by question."""
    now = opened(request, key)
    found = now.response
    about = {name: getattr(found, name) for name in ("answered_on", "language")}
    about |= {"occasion": found.occasion} if now.tells_occasion else {}
    points = {name: str(value) for name, value in found.answers.items()}
    return Now(found.version, about | points, who=found.saved_by.name if found.saved_by else "", at=found.saved_at)


def refused(request, key, form, problem):
    """The page again with what was typed, and why nothing was saved: in the summary, or beside the result for htmx."""
    found = opened(request, key)
    said = " ".join(form.non_field_errors())
    if said:
        problem = said if request.htmx else ""
    return shown(request, queries.with_answers(found, form.answers()), form=form, problem=problem, status=422)


@needs(Permission.SCREEN)
@require_POST
@edits("instruments:response")
def response_draft(request, key):
    found = opened(request, key)
    form = filled(request, found)

    def act():
        clean = form.cleaned_data
        return actions.save_draft(
            subject=found.response.subject, informant_kind=found.response.informant_kind,
            instrument=found.response.instrument, answers=form.answers(), answered_on=clean["answered_on"],
            language=clean["language"], occasion=clean.get("occasion", found.response.occasion),
            late_reason=clean["late_reason"], response=found.response, version=clean["version"], by=request.viewer,
            at=clock.now(),
        )  # fmt: skip

    done = "" if request.htmx else _("Draft saved. It is not counted before it is signed.")
    if not answered(request, form, act, done=done, now=lambda: now_of(request, key)):
        return refused(request, key, form, _("The draft was not saved. Look at the fields that are marked."))
    return shown(request, opened(request, key), form=form) if request.htmx else redirect("instruments:response", key)


@needs(Permission.SCREEN)
@require_POST
@edits("instruments:response")
def response_sign(request, key):
    found = opened(request, key)
    form = filled(request, found)

    def act():
        clean = form.cleaned_data
        return actions.sign(
            response=found.response, version=clean["version"], answers=form.answers(),
            answered_on=clean["answered_on"], language=clean["language"], occasion=clean.get("occasion"),
            late_reason=clean["late_reason"], starts_routine=clean["starts_routine"], by=request.viewer, at=clock.now(),
        )  # fmt: skip

    done = _("Signed. What the result asks for is on the list.")
    if answered(request, form, act, done=done, now=lambda: now_of(request, key)):
        return redirect("instruments:response", key)
    return refused(request, key, form, _("The form was not signed. Look at the fields that are marked."))


@needs(Permission.SCREEN)
@edits()
def response_correct(request, key):
    found = opened(request, key)
    response = found.response
    if typed(request) is None and (found.is_draft or not found.is_current):  # neither is corrected: its page says why
        return redirect("instruments:response", key)
    initial = {name: getattr(response, name) for name in ("answered_on", "informant_kind", "language", "occasion")}
    has_occasion = found.tells_occasion and not response.study_id
    form = forms.Correction(
        typed(request), instrument=found.instrument, kinds=queries.kinds_of(response), has_occasion=has_occasion,
        initial=initial,
    )  # fmt: skip

    def act():
        return actions.correct(
            response=response, answers=form.answers(), reason=form.cleaned_data["reason"], by=request.viewer,
            at=clock.now(), **form.facts(),
        )  # fmt: skip

    if answered(request, form, act, done=_("Corrected and signed. What was done stays done.")):
        return redirect("instruments:response", form.result.key)
    if form.is_bound:
        found = queries.with_answers(found, form.answers())
    return form_page(request, form, template="instruments/response_correct.html", active="day", page=found, heads=HEADS)


@needs(Permission.SCREEN)
@require_POST
def response_start(request, key):
    found = opened(request, key)
    try:
        actions.start_routine(response=found.response, by=request.viewer, at=clock.now())
        messages.success(request, _("The follow-up is started. What it asks for is on the list."))
    except Refused as error:
        messages.error(request, error.message)
    return redirect("instruments:response", key)


@needs(Permission.SCREEN)
@edits()
def response_withdraw(request, key):
    found = opened(request, key)
    if typed(request) is None and not found.is_current:
        return redirect("instruments:response", key)
    form = forms.Withdrawal(typed(request), initial={"version": found.response.version})

    def act():
        return actions.withdraw(response=found.response, by=request.viewer, at=clock.now(), **form.cleaned_data)

    done = _("Withdrawn. It is kept, and not counted.")
    if found.alert_row is not None:
        done = _("Withdrawn. It is kept, and not counted. Was it on the wrong person, write it on the right one today.")
    if answered(request, form, act, done=done, now=lambda: now_of(request, key)):
        return redirect("instruments:responses", found.response.subject.key)
    return form_page(request, form, template="instruments/response_withdraw.html", active="day", page=found)


@needs(Permission.SCREEN)
@require_POST
def response_print(request, key):
    found = opened(request, key)
    actions.print_sheet(response=found.response, by=request.viewer, at=clock.now())
    return paper_ordered(request, f"sheet:{key}", reverse("instruments:response_sheet", args=[key]), at=clock.now())


@needs(Permission.SCREEN)
@require_GET
def response_sheet(request, key):
    found = opened(request, key)
    if not may_print(request, f"sheet:{key}", at=clock.now()):
        return redirect("instruments:response", key)
    return render(request, "instruments/response_sheet.html", {"page": found, "sheet": queries.sheet(found)})


@needs(Permission.SCREEN)
@require_GET
def responses(request, person_key):
    viewer, at = request.viewer, clock.now()
    person = person_by_key(viewer=viewer, key=person_key, purpose=Purpose.CARE, part=Part.FORMS, at=at)
    note_look(request, person, part=Part.FORMS)
    rows = queries.listed(viewer=viewer, person_id=person.pk, at=at)
    context = {"person": person, "rows": rows, "instruments": queries.usable(), "active": "people"}
    return render(request, "instruments/responses.html", context)
