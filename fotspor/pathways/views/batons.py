"""The baton inbox, handing over, answering, stops, and the list of journeys that nobody holds."""

from datetime import timedelta

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fotspor.access.actions import log_list
from fotspor.access.queries import NotVisible
from fotspor.access.rules import Decision, Part, Permission, Purpose
from fotspor.access.views import edits, needs, note_look
from fotspor.kit import clock
from fotspor.kit.answering import answered, form_page, typed
from fotspor.kit.errors import Refused
from fotspor.kit.htmx import page
from fotspor.pathways.actions import handovers as actions
from fotspor.pathways.forms import batons as forms
from fotspor.pathways.queries import batons as queries
from fotspor.pathways.queries.contacts import holder_id_of
from fotspor.pathways.queries.units import HANDED_OVER_AHEAD, kinds_for
from fotspor.people.labels import display_name
from fotspor.people.queries import journey_by_key
from fotspor.services.queries import unit_by_key, unit_choices

SENT_SINCE = timedelta(days=30)


def purpose_of(viewer):
    return Purpose.CARE if viewer.may(Permission.HAND_OVER) else Purpose.LEADERSHIP


def opened(request, key):
    """The journey, if the viewer may see it; the look is logged."""
    journey = journey_by_key(viewer=request.viewer, key=key, purpose=Purpose.CARE, part=Part.RECORD, at=clock.now())
    note_look(request, journey.subject)
    return journey


def opened_to_write(request, key):
    """The journey for a form about its baton: 404 unless the viewer's unit holds it. The action judges what is sent."""
    journey = opened(request, key)
    is_ours = journey.closed_on is None and holder_id_of(journey) == request.viewer.unit_id
    if request.method != "POST" and not is_ours:
        raise NotVisible
    return journey


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
@edits()
def handover_new(request, key):
    journey = opened_to_write(request, key)
    form = forms.Handover(typed(request), units=holder_choices(request, journey))

    def act():
        clean = form.cleaned_data
        return actions.hand_over(
            journey=journey, to_unit_id=unit_by_key(clean["unit"]).pk, reason=clean["reason"],
            summary=clean["summary"], by=request.viewer, at=clock.now(),
        )  # fmt: skip

    if answered(request, form, act, done=_("Sent. You hold the baton until the receiver has taken over.")):
        return redirect("pathways:handover", form.result.key)
    return form_page(
        request, form, template="pathways/handover_new.html", active="batons", journey=journey,
        name=display_name(journey.subject),
    )  # fmt: skip


def holder_choices(request, journey):
    kinds = kinds_for(journey, on=clock.today(), ahead_years=HANDED_OVER_AHEAD)
    choices = unit_choices(viewer=request.viewer, kinds=kinds, signs_in=True, on=clock.today())
    return [choice for choice in choices if choice[0] != request.viewer.unit_key]


def noted(request, row):
    """The look at a handover, which lets in those it was sent to and from."""
    basis = Decision(allowed=True, basis="handover")
    note_look(request, row.subject, purpose=purpose_of(request.viewer), decision=basis)


@needs(Permission.HAND_OVER, Permission.SEE_UNIT)
def handover(request, key):
    viewer, at = request.viewer, clock.now()
    row = queries.handover_by_key(viewer=viewer, key=key, at=at)
    noted(request, row)
    context = {"row": row, "active": "batons", "in_area": queries.lives_in_area(row.handover)}
    return page(request, "pathways/handover.html", context)


def row_for(request, key, verb):
    """The handover, if this viewer can take this step with it now, or has come too late; else 404."""
    row = queries.handover_by_key(viewer=request.viewer, key=key, at=clock.now())
    if verb not in row.verbs and row.is_open:
        raise NotVisible
    noted(request, row)
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
    form = forms.Reason(typed(request))

    def act():
        return action(handover=row.handover, reason=form.cleaned_data["reason"], by=request.viewer, at=clock.now())

    if answered(request, form, act, done=done):
        return redirect("pathways:batons")
    return form_page(request, form, template=template, active="batons", row=row)


@needs(Permission.HAND_OVER)
@edits()
def handover_decline(request, key):
    done = _("Declined. The sender holds the baton and has been told.")
    return with_reason(request, key, "decline", actions.decline_handover, done, "pathways/handover_decline.html")


@needs(Permission.HAND_OVER)
@edits()
def handover_to_leader(request, key):
    done = _("Your leader has been asked. The sender still holds the baton.")
    return with_reason(request, key, "send_to_leader", actions.send_to_leader, done, "pathways/handover_to_leader.html")


@needs(Permission.SEE_UNIT)
@edits()
def handover_redirect(request, key):
    row = row_for(request, key, "redirect")
    form = forms.Redirect(typed(request), units=holder_choices(request, row.handover.journey))

    def act():
        clean = form.cleaned_data
        return actions.redirect_handover(
            handover=row.handover, to_unit_id=unit_by_key(clean["unit"]).pk, reason=clean["reason"],
            by=request.viewer, at=clock.now(),
        )  # fmt: skip

    if answered(request, form, act, done=_("Sent on. The sender still holds the baton.")):
        return redirect("pathways:batons")
    return form_page(request, form, template="pathways/handover_redirect.html", active="batons", row=row)


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
@edits()
def unassigned_assign(request, key):
    found = queries.unassigned(viewer=request.viewer, on=clock.today())
    row = next((one for one in found if one.key == key), None)
    if row is None:
        raise NotVisible
    person, purpose = row.journey.subject.key, Purpose.LEADERSHIP
    log_list(viewer=request.viewer, type="pathways.unassigned.read", people=[person], at=clock.now(), purpose=purpose)
    kinds = kinds_for(row.journey, on=clock.today())
    units = unit_choices(viewer=request.viewer, kinds=kinds, signs_in=True, on=clock.today())
    form = forms.Assign(typed(request), units=units)

    def act():
        unit_id = unit_by_key(form.cleaned_data["unit"]).pk
        return actions.assign_unassigned(journey=row.journey, unit_id=unit_id, by=request.viewer, at=clock.now())

    if answered(request, form, act, done=_("Chosen. The unit has been asked to confirm.")):
        return redirect("pathways:batons")
    return form_page(request, form, template="pathways/unassigned_assign.html", active="batons", name=row.name)


@needs(Permission.HAND_OVER)
@edits()
def stop_new(request, key):
    journey = opened_to_write(request, key)
    places = unit_choices(viewer=request.viewer, signs_in=False, on=clock.today())
    form = forms.Stop(typed(request), units=places, initial={"from_on": clock.today()})

    def act():
        clean = dict(form.cleaned_data)
        unit_id = unit_by_key(clean.pop("unit")).pk
        return actions.add_stop(journey=journey, unit_id=unit_id, by=request.viewer, at=clock.now(), **clean)

    if answered(request, form, act, done=_("Added. You hold the baton meanwhile.")):
        return redirect("desk:child", journey.key)
    return form_page(
        request, form, template="pathways/stop_new.html", active="people", journey=journey,
        name=display_name(journey.subject),
    )  # fmt: skip


@needs(Permission.HAND_OVER)
def stop(request, key):
    found = queries.stop_by_key(viewer=request.viewer, key=key)
    journey = opened(request, found.journey.key)
    shown = edits()(stop_page) if found.done_on is None else stop_page
    return shown(request, found, journey)


def stop_page(request, found, journey):
    form = forms.StopDone(typed(request), initial={"done_on": clock.today()})

    def act():
        return actions.finish_stop(stop=found, by=request.viewer, at=clock.now(), **form.cleaned_data)

    if answered(request, form, act, done=_("Closed.")):
        return redirect("desk:child", journey.key)
    return form_page(
        request, form, template="pathways/stop.html", active="people", journey=journey, stop=found,
        name=display_name(journey.subject),
    )  # fmt: skip
