"""The child's place in a kindergarten, and closing a journey that was opened by mistake."""

from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fotspor.access.queries import NotVisible
from fotspor.access.rules import Part, Permission, Purpose
from fotspor.access.views import edits, needs, note_look
from fotspor.kit import clock
from fotspor.kit.answering import answered, typed
from fotspor.pathways import actions
from fotspor.pathways.forms import kindergartens as forms
from fotspor.pathways.queries import kindergartens as queries
from fotspor.pathways.queries.contacts import may_write_about
from fotspor.pathways.views.answering import form_page
from fotspor.people.labels import display_name
from fotspor.people.queries import journey_by_key
from fotspor.services.queries import unit_by_key

PLACE_HELP = [
    gettext_lazy("The kindergarten sees the child's name, age and the contacts that are held there. Nothing else."),
    gettext_lazy("What is agreed with the kindergarten is shown to it only when the parents have consented."),
    gettext_lazy("A child has one place at a time. A new one ends the present one from the same day."),
    gettext_lazy("An appointment that stands in a kindergarten after the place has ended goes on the unit's list."),
]
NAMED_HELP = [
    gettext_lazy("A protected child stands on the kindergarten's page for those named, and for nobody else there."),
    gettext_lazy("Until somebody is named the kindergarten does not know of the invitation: tell it yourself."),
]
MISTAKE_HELP = [
    gettext_lazy("Only for a journey that should never have been opened, such as one on the wrong person."),
    gettext_lazy("When the family moves, somebody dies or a pregnancy ends, use the page for that."),
]


def opened(request, key):
    """The journey, if the viewer may see it; the look is logged."""
    journey = journey_by_key(viewer=request.viewer, key=key, purpose=Purpose.CARE, part=Part.RECORD, at=clock.now())
    note_look(request, journey.subject)
    return journey


@needs(Permission.RECORD_CONTACT)
@edits()
def kindergarten(request, key):
    journey, today = opened(request, key), clock.today()
    if journey.child_id is None:
        raise NotVisible
    places = queries.places_of(viewer=request.viewer, journey=journey, at=clock.now())
    going_on = [place for place in places if place.until_on is None or place.until_on > today]
    present = next((place for place in going_on if place.from_on <= today), None)
    ends = request.method == "POST" and request.POST.get("step") == "end"
    form, end = place_form(request, journey, ends), end_form(request, going_on, ends)
    if answered_end(request, journey, end) if ends else answered_place(request, journey, form):
        return redirect("pathways:kindergarten", key)
    return form_page(
        request, form, template="pathways/kindergarten.html", active="people", title=_("Kindergarten"), end=end,
        journey=journey, name=display_name(journey.child), places=places, going_on=going_on, present=present,
        today=today, button=_("Change kindergarten") if present else _("Enrol in a kindergarten"), help=PLACE_HELP,
        left=queries.left_there(journey=journey),
        naming=queries.naming(viewer=request.viewer, journey=journey, at=clock.now()),
    )  # fmt: skip


def place_form(request, journey, ends):
    choices = queries.kindergarten_choices(district_id=journey.child.district_id, on=clock.today())
    return forms.NewPlace(None if ends else typed(request), kindergartens=choices, initial={"from_on": clock.today()})


def end_form(request, going_on, ends):
    if not going_on:
        return forms.EndOfPlace(request.POST, prefix="end") if ends else None
    initial = {"until_on": max(clock.today(), going_on[0].from_on)}
    return forms.EndOfPlace(typed(request) if ends else None, places=going_on, prefix="end", initial=initial)


def answered_place(request, journey, form):
    """A change ends the place that the page showed as the present one, and no other."""

    def act():
        values = {name: form.cleaned_data[name] for name in ("from_on", "until_on")}
        values |= {"journey": journey, "unit": unit_by_key(form.cleaned_data["kindergarten"])}
        if replaces := request.POST.get("replaces", ""):
            return actions.change_kindergarten(replaces=replaces, by=request.viewer, at=clock.now(), **values)
        return actions.enrol_in_kindergarten(by=request.viewer, at=clock.now(), **values)

    return answered(request, form, act, done=_("Stored. The place counts from that day."))


def answered_end(request, journey, form):
    def act():
        clean = form.cleaned_data
        unit = unit_by_key(clean["place"])
        return actions.end_kindergarten(
            journey=journey, unit=unit, until_on=clean["until_on"], by=request.viewer, at=clock.now()
        )

    return answered(request, form, act, done=_("The place is ended. The kindergarten sees nothing from that day."))


@needs(Permission.RECORD_CONTACT)
@edits()
def kindergarten_staff(request, key):
    journey = opened(request, key)
    naming = queries.naming(viewer=request.viewer, journey=journey, at=clock.now())
    if naming is None:
        raise NotVisible
    form = forms.Named(typed(request), staff=naming.choices)

    def act():
        ids = [naming.ids[staff] for staff in form.cleaned_data["staff"]]
        about = {"journey": journey, "unit_id": naming.unit_id, "by": request.viewer, "at": clock.now()}
        return actions.name_in_kindergarten(staff_ids=ids, **about)

    if answered(request, form, act, done=_("Saved. Those named see when the child is invited.")):
        return redirect("pathways:kindergarten", key)
    return form_page(
        request, form, template="pathways/kindergarten_staff.html", active="people",
        title=_("Named in the kindergarten"), button=_("Save who is named"), help=NAMED_HELP,
        journey=journey, name=display_name(journey.child), naming=naming,
    )  # fmt: skip


@needs(Permission.REGISTER_PEOPLE)
@edits()
def journey_close(request, key):
    journey = opened(request, key)
    if journey.closed_on is not None or (request.method != "POST" and not may_write_about(request.viewer, journey)):
        raise NotVisible
    form = forms.Mistake(typed(request))

    def act():
        return actions.close_by_mistake(journey=journey, by=request.viewer, at=clock.now(), **form.cleaned_data)

    if answered(request, form, act, done=_("The journey is closed. Nothing more is expected.")):
        return redirect("desk:child", key)
    return form_page(
        request, form, template="pathways/journey_close.html", active="people", title=_("Opened by mistake"),
        journey=journey, name=display_name(journey.subject), button=_("Close the journey"), help=MISTAKE_HELP,
        has_held=queries.has_held_contacts(journey=journey),
    )  # fmt: skip
