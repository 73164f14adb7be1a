"""The baton inbox, handing over, answering, stops, and the list of journeys that nobody holds."""

from datetime import timedelta

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fotspor.access.actions import log_list, log_read
from fotspor.access.queries import NotVisible, decision_for
from fotspor.access.rules import Decision, Part, Permission, Purpose
from fotspor.access.views import needs
from fotspor.kit import clock
from fotspor.kit.errors import Refused
from fotspor.kit.htmx import page
from fotspor.pathways.actions import handovers as actions
from fotspor.pathways.forms import batons as forms
from fotspor.pathways.queries import batons as queries
from fotspor.pathways.rules.handovers import HOLDER_KINDS
from fotspor.people.labels import display_name
from fotspor.people.queries import journey_by_key
from fotspor.services.queries import unit_by_key, unit_choices

SENT_SINCE = timedelta(days=30)


def purpose_of(viewer):
    return Purpose.CARE if viewer.may(Permission.HAND_OVER) else Purpose.LEADERSHIP


def opened(request, key):
    """The journey, if the viewer may see it; the look is logged."""
    viewer, at = request.viewer, clock.now()
    journey = journey_by_key(viewer=viewer, key=key, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    person = journey.subject
    decision = decision_for(viewer=viewer, person_id=person.pk, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    log_read(viewer=viewer, person_key=person.key, purpose=Purpose.CARE, decision=decision, at=at)
    return journey


def answered(request, form, do, done, to):
    """Do one thing with a valid form. The redirect on success; None when refused, with the reason in the form."""
    try:
        result = do(form.cleaned_data)
    except Refused as error:
        form.add_error(None, error.message)
        return None
    messages.success(request, done)
    return redirect(*to(result))


@needs(Permission.HAND_OVER, Permission.SEE_UNIT)
def batons(request):
    viewer, at = request.viewer, clock.now()
    received = queries.received(viewer=viewer, at=at)
    sent = queries.sent(viewer=viewer, at=at, since=clock.today() - SENT_SINCE)
    unassigned = queries.unassigned(viewer=viewer, on=clock.today())
    people = [row.subject.key for row in (*received, *sent)] + [row.journey.subject.key for row in unassigned]
    log_list(viewer=viewer, type="pathways.batons.listed", people=people, at=at, purpose=purpose_of(viewer))
    context = {"received": received, "sent": sent, "unassigned": unassigned, "active": "batons"}
    return page(request, "pathways/batons.html", context)


@needs(Permission.HAND_OVER)
def handover_new(request, key):
    journey = opened(request, key)
    units = holder_choices(request)
    form = forms.Handover(request.POST or None, units=units)
    if form.is_valid():
        response = answered(
            request,
            form,
            lambda clean: actions.hand_over(
                journey=journey, to_unit_id=unit_by_key(clean["unit"]).pk, reason=clean["reason"],
                summary=clean["summary"], by=request.viewer, at=clock.now(),
            ),
            _("Sent. You hold the baton until the receiver has taken over."),
            lambda handover: ("pathways:handover", handover.key),
        )  # fmt: skip
        if response:
            return response
    context = {"journey": journey, "name": display_name(journey.subject), "form": form, "active": "batons"}
    return page(request, "pathways/handover_new.html", context, status=422 if form.is_bound else 200)


def holder_choices(request):
    choices = unit_choices(viewer=request.viewer, kinds=HOLDER_KINDS, signs_in=True, on=clock.today())
    return [choice for choice in choices if choice[0] != request.viewer.unit_key]


@needs(Permission.HAND_OVER, Permission.SEE_UNIT)
def handover(request, key):
    viewer, at = request.viewer, clock.now()
    row = queries.handover_by_key(viewer=viewer, key=key, at=at)
    decision = Decision(allowed=True, basis="handover")
    log_read(viewer=viewer, person_key=row.subject.key, purpose=purpose_of(viewer), decision=decision, at=at)
    context = {"row": row, "active": "batons", "in_area": queries.lives_in_area(row.handover)}
    return page(request, "pathways/handover.html", context)


def row_for(request, key, verb):
    """The handover, if this viewer can take this step with it now, or has come too late; else 404."""
    row = queries.handover_by_key(viewer=request.viewer, key=key, at=clock.now())
    if verb not in row.verbs and row.is_open:
        raise NotVisible
    return row


@require_POST
@needs(Permission.HAND_OVER)
def handover_accept(request, key):
    row = row_for(request, key, "accept")
    try:
        baton = actions.accept_handover(handover=row.handover, by=request.viewer, at=clock.now())
    except Refused as error:
        messages.warning(request, error.message)
        return redirect("pathways:handover", key)
    messages.success(request, _("You hold the baton now."))
    return redirect("desk:child", baton.journey.key)


def with_reason(request, key, verb, action, done, template):
    row = row_for(request, key, verb)
    form = forms.Reason(request.POST or None)
    if form.is_valid():
        response = answered(
            request,
            form,
            lambda clean: action(handover=row.handover, reason=clean["reason"], by=request.viewer, at=clock.now()),
            done,
            lambda handover: ("pathways:batons",),
        )
        if response:
            return response
    context = {"row": row, "form": form, "active": "batons"}
    return page(request, template, context, status=422 if form.is_bound else 200)


@needs(Permission.HAND_OVER)
def handover_decline(request, key):
    done = _("Declined. The sender holds the baton and has been told.")
    return with_reason(request, key, "decline", actions.decline_handover, done, "pathways/handover_decline.html")


@needs(Permission.HAND_OVER)
def handover_to_leader(request, key):
    done = _("Your leader has been asked. The sender still holds the baton.")
    return with_reason(request, key, "send_to_leader", actions.send_to_leader, done, "pathways/handover_to_leader.html")


@needs(Permission.SEE_UNIT)
def handover_redirect(request, key):
    row = row_for(request, key, "redirect")
    form = forms.Redirect(request.POST or None, units=holder_choices(request))
    if form.is_valid():
        response = answered(
            request,
            form,
            lambda clean: actions.redirect_handover(
                handover=row.handover, to_unit_id=unit_by_key(clean["unit"]).pk, reason=clean["reason"],
                by=request.viewer, at=clock.now(),
            ),
            _("Sent on. The sender still holds the baton."),
            lambda handover: ("pathways:batons",),
        )  # fmt: skip
        if response:
            return response
    context = {"row": row, "form": form, "active": "batons"}
    return page(request, "pathways/handover_redirect.html", context, status=422 if form.is_bound else 200)


def step_taken(request, key, verb, action, done):
    row = row_for(request, key, verb)
    try:
        action(handover=row.handover, by=request.viewer, at=clock.now())
        messages.success(request, done)
    except Refused as error:
        messages.warning(request, error.message)
    return redirect("pathways:handover", key)


@require_POST
@needs(Permission.HAND_OVER)
def handover_withdraw(request, key):
    return step_taken(request, key, "withdraw", actions.withdraw_handover, _("Taken back. You hold the baton."))


@require_POST
@needs(Permission.HAND_OVER)
def handover_keep(request, key):
    return step_taken(request, key, "keep", actions.keep_baton, _("You keep the baton."))


@require_POST
@needs(Permission.HAND_OVER)
def baton_confirm(request, key):
    journey = opened(request, key)
    try:
        actions.confirm_baton(journey=journey, by=request.viewer, at=clock.now())
        messages.success(request, _("You hold the baton now."))
    except Refused as error:
        messages.warning(request, error.message)
    return redirect("desk:child", journey.key)


@needs(Permission.SEE_UNIT)
def unassigned_assign(request, key):
    found = queries.unassigned(viewer=request.viewer, on=clock.today())
    row = next((one for one in found if one.key == key), None)
    if row is None:
        raise NotVisible
    form = forms.Assign(request.POST or None, units=holder_choices(request))
    if form.is_valid():
        response = answered(
            request,
            form,
            lambda clean: actions.assign_unassigned(
                journey=row.journey, unit_id=unit_by_key(clean["unit"]).pk, by=request.viewer, at=clock.now()
            ),
            _("Chosen. The unit has been asked to confirm."),
            lambda baton: ("pathways:batons",),
        )
        if response:
            return response
    context = {"name": row.name, "form": form, "active": "batons"}
    return page(request, "pathways/unassigned_assign.html", context, status=422 if form.is_bound else 200)


@needs(Permission.HAND_OVER)
def stop_new(request, key):
    journey = opened(request, key)
    places = unit_choices(viewer=request.viewer, signs_in=False, on=clock.today())
    form = forms.Stop(request.POST or None, units=places, initial={"from_on": clock.today()})
    if form.is_valid():
        response = answered(
            request,
            form,
            lambda clean: actions.add_stop(
                journey=journey, unit_id=unit_by_key(clean["unit"]).pk, reason=clean["reason"],
                from_on=clean["from_on"], due_on=clean["due_on"], by=request.viewer, at=clock.now(),
            ),
            _("Added. You hold the baton meanwhile."),
            lambda stop: ("desk:child", journey.key),
        )  # fmt: skip
        if response:
            return response
    context = {"journey": journey, "name": display_name(journey.subject), "form": form, "active": "people"}
    return page(request, "pathways/stop_new.html", context, status=422 if form.is_bound else 200)


@needs(Permission.HAND_OVER)
def stop(request, key):
    found = queries.stop_by_key(viewer=request.viewer, key=key)
    journey = opened(request, found.journey.key)
    form = forms.StopDone(request.POST or None, initial={"done_on": clock.today()})
    if form.is_valid():
        response = answered(
            request,
            form,
            lambda clean: actions.finish_stop(
                stop=found, outcome=clean["outcome"], done_on=clean["done_on"], by=request.viewer, at=clock.now()
            ),
            _("Closed."),
            lambda stop: ("desk:child", journey.key),
        )
        if response:
            return response
    context = {
        "journey": journey,
        "name": display_name(journey.subject),
        "stop": found,
        "form": form,
        "active": "people",
    }
    return page(request, "pathways/stop.html", context, status=422 if form.is_bound else 200)
