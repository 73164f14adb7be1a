"""One contact: its page, the appointment, what came of it, and taking a wrong record back."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fotspor.access.queries import NotVisible
from fotspor.access.rules import Part, Permission, Purpose
from fotspor.access.views import needs, note_look
from fotspor.instruments.queries import instrument
from fotspor.kit import clock
from fotspor.kit.errors import Refused, Stale
from fotspor.kit.htmx import page
from fotspor.pathways import actions, labels
from fotspor.pathways.forms import contacts as forms
from fotspor.pathways.queries import contacts as queries
from fotspor.pathways.queries import definitions
from fotspor.pathways.queries.kindergartens import places_of
from fotspor.pathways.views.answering import HELP, about, answered, form_page, opened, typed
from fotspor.people.labels import display_name
from fotspor.people.queries import journey_by_key
from fotspor.services.queries import staff_by_key, staff_choices


def colleagues(request):
    return staff_choices(unit_id=request.viewer.unit_id, on=clock.today())


def staff_id_of(key):
    return staff_by_key(key).pk if key else None


@needs(Permission.RECORD_CONTACT)
def contact(request, key):
    shown, today = opened(request, key), clock.today()
    step = queries.step_of(shown)
    ladder = definitions.missed()
    missed = [(count, row, ladder.rung(count)) for count, row in enumerate(queries.missed_of(shown), start=1)]
    context = {
        **about(shown),
        "state": labels.contact_state(shown, today),
        "step": step,
        "pathway": definitions.pathway(shown.enrolment.pathway, shown.rule_version) if step else None,
        "unverified": labels.unverified(step),
        "may_record": not shown.outcome and not shown.cancelled_on,
        "expected": queries.expected_of(shown),
        "instruments": [(slug, instrument(slug).title) for slug in step.instruments] if step else [],
        "missed": missed,
        "corrections": [(row, labels.OUTCOMES[row.outcome]) for row in queries.corrections_of(shown)],
        "help": HELP["record"],
        "active": "calendar",
    }
    return page(request, "pathways/contact.html", context)


# --- booking ---------------------------------------------------------------------------------------------


@needs(Permission.BOOK)
def contact_book(request, key):
    shown = opened(request, key)
    places = kindergarten_places(request, shown)
    initial = booking_of(shown, request.viewer, places)
    options = {"staff": colleagues(request), "places": places, "initial": initial}
    form = forms.Booking(typed(request), asks="confirmed" in request.POST, **options)

    def act():
        clean = form.cleaned_data
        values = {name: clean[name] for name in ("on", "time", "place", "version")}
        staff_id, confirmed = staff_id_of(clean["staff"]), clean.get("confirmed", False)
        return actions.book_contact(
            contact=shown, staff_id=staff_id, confirmed=confirmed, by=request.viewer, at=clock.now(), **values
        )

    done = _("Booked. The family is not told by the system.")
    if answered(request, form, act, done=done, now=lambda: now(request, key)):
        return redirect("pathways:contact", key)
    if isinstance(getattr(form, "refused", None), actions.NeedsConfirmation):
        form.fields["confirmed"] = forms.Booking.base_fields["confirmed"]
    title = _("Move the appointment") if shown.booked_on else _("Book")
    return form_page(request, form, title=title, button=title, help=HELP["book"], **about(shown))


def kindergarten_places(request, shown):
    """Where the contact may be held beside the health centre: the child's own kindergarten, when the step allows it."""
    step = queries.step_of(shown)
    if step is None or not step.may_be_in_kindergarten:
        return []
    places = places_of(viewer=request.viewer, journey=shown.journey, at=clock.now())
    return [place for place in places if place.until_on is None or place.until_on > clock.today()]


def booking_of(shown, viewer, places=()):
    """What the form begins with: the appointment there is, else the best day with oneself."""
    is_there = shown.place.casefold() in {place.unit.name.casefold() for place in places}
    return {
        "in_kindergarten": is_there,
        "on": shown.booked_on or max(shown.due_on, clock.today()),
        "time": shown.booked_time,
        "place": "" if is_there else shown.place,
        "staff": shown.booked_staff.key if shown.booked_staff_id else viewer.staff_key,
        "version": shown.version,
    }


def now(request, key):
    """Which version is it, after somebody else has saved?"""
    return queries.contact_by_key(viewer=request.viewer, key=key, at=clock.now()).version


@require_POST
@needs(Permission.BOOK)
def contact_unbook(request, key):
    shown = opened(request, key)
    try:
        actions.cancel_booking(
            contact=shown, version=int(request.POST.get("version") or 0), by=request.viewer, at=clock.now()
        )
    except Refused as refused:
        messages.error(request, refused.message)
    except (Stale, ValueError):
        messages.error(request, _("Somebody else changed this meanwhile. Nothing was cancelled."))
    else:
        messages.success(request, _("The appointment is cancelled. The contact is still expected."))
    return redirect("pathways:contact", key)


# --- outcome ---------------------------------------------------------------------------------------------


@needs(Permission.RECORD_CONTACT)
def contact_record(request, key):
    shown = opened(request, key)
    on = shown.booked_on if shown.booked_on and shown.booked_on <= clock.today() else clock.today()
    form = forms.Outcome(typed(request), initial={"outcome": "held", "outcome_on": on, "version": shown.version})

    def act():
        return actions.record_contact(contact=shown, by=request.viewer, at=clock.now(), **form.values())

    if answered(request, form, act, done=_("Recorded. The task is off the list."), now=lambda: now(request, key)):
        return redirect("pathways:contact", key)
    return form_page(
        request, form, title=_("Record the contact"), button=_("Record"), help=HELP["record"], **about(shown)
    )


@needs(Permission.RECORD_CONTACT)
def contact_absent(request, key):
    shown = opened(request, key)
    on = shown.booked_on if shown.booked_on and shown.booked_on <= clock.today() else clock.today()
    form = forms.Absent(typed(request), initial={"missed_on": on, "version": shown.version})

    def act():
        return actions.mark_absent(contact=shown, by=request.viewer, at=clock.now(), **form.cleaned_data)

    done = _("Written down. What to do next is on the unit's list.")
    if answered(request, form, act, done=done, now=lambda: now(request, key)):
        return redirect("pathways:contact", key)
    return form_page(
        request, form, title=_("Nobody came"), button=_("Write it down"), help=HELP["absent"], **about(shown)
    )


@needs(Permission.RECORD_CONTACT)
def contact_answer(request, key, count):
    shown = opened(request, key)
    missed = queries.missed_by_id(viewer=request.viewer, contact=shown, count=count)
    rung = definitions.missed().rung(count)
    form = forms.Answer(typed(request))

    def act():
        return actions.answer_absence(missed=missed, by=request.viewer, at=clock.now(), **form.cleaned_data)

    if answered(request, form, act, done=_("Written down. The task is off the list.")):
        return redirect("pathways:contact", key)
    return form_page(request, form, title=_(rung.title), button=_("Write it down"), help=HELP["answer"], **about(shown))


@needs(Permission.RECORD_CONTACT)
def contact_reopen(request, key):
    shown = opened(request, key)
    if not shown.outcome:
        raise NotVisible
    form = forms.Reopening(typed(request), initial={"version": shown.version})

    def act():
        return actions.reopen_contact(contact=shown, by=request.viewer, at=clock.now(), **form.cleaned_data)

    done = _("Taken back. The contact is expected again, and what stood there is kept.")
    if answered(request, form, act, done=done, now=lambda: now(request, key)):
        return redirect("pathways:contact", key)
    title = _("Take the record back")
    return form_page(request, form, title=title, button=title, help=HELP["reopen"], **about(shown))


@needs(Permission.BOOK)
def contact_new(request, journey_key):
    journey = journey_by_key(
        viewer=request.viewer, key=journey_key, purpose=Purpose.CARE, part=Part.RECORD, at=clock.now()
    )
    note_look(request, journey.subject)
    today = clock.today()
    form = forms.Outside(typed(request), initial={"opens_on": today, "due_on": today, "closes_on": today})

    def act():
        return actions.add_contact(journey=journey, by=request.viewer, at=clock.now(), **form.cleaned_data)

    if answered(request, form, act, done=_("The contact is on the plan. Book it here.")):
        return redirect("pathways:contact", form.result.key)
    return form_page(
        request, form, title=_("New contact outside the plan"), button=_("Put it on the plan"), help=HELP["new"],
        journey=journey, name=display_name(journey.subject),
        passed=queries.not_expected(viewer=request.viewer, journey=journey, at=clock.now()),
    )  # fmt: skip
