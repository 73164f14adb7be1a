"""One contact: its page, the appointment, what came of it, and taking a wrong record back."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fotspor.access.actions import log_list
from fotspor.access.queries import NotVisible, emergency_until
from fotspor.access.rules import Part, Permission, Purpose
from fotspor.access.views import edits, needs, note_look
from fotspor.instruments.queries import approved, forms_at, on_paper
from fotspor.kit import clock
from fotspor.kit.answering import answered, typed
from fotspor.kit.errors import Refused, Stale
from fotspor.kit.htmx import page
from fotspor.pathways import actions, labels
from fotspor.pathways.forms import contacts as forms
from fotspor.pathways.queries import approvals, definitions
from fotspor.pathways.queries import contacts as queries
from fotspor.pathways.queries.kindergartens import places_of
from fotspor.pathways.views.answering import (
    HELP,
    about,
    asked_again,
    contact_now,
    form_page,
    opened,
    opened_to_write,
    while_expected,
)
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
    is_ours = queries.may_write_about(request.viewer, shown.journey, shown.unit_id)
    context = {
        **about(shown),
        "state": labels.contact_state(shown, today),
        "step": step,
        **definition_of(shown, step, request.viewer),
        "is_ours": is_ours,
        "may_record": is_ours and not shown.outcome and not shown.cancelled_on,
        "expected": queries.expected_of(shown),
        "topics": labels.topics(definitions.topics(), shown.step or "", is_child=bool(shown.journey.child_id)),
        "instruments": on_paper(
            viewer=request.viewer, journey=shown.journey, today=today, also=step.instruments if step else ()
        ),
        "forms_here": forms_here(request, shown),
        "missed": missed_rows(shown),
        "withdrawn": queries.withdrawn_of(shown),
        "corrections": [(row, labels.OUTCOMES[row.outcome]) for row in queries.corrections_of(shown)],
        "help": HELP["record"],
        "active": "calendar",
    }
    return page(request, "pathways/contact.html", context)


def forms_here(request, shown):
    """The forms that are begun or signed at the contact; whose they are is written in the log."""
    rows = forms_at(viewer=request.viewer, contact_id=shown.pk, at=clock.now())
    if rows:
        whose = {row.person_key for row in rows}
        log_list(
            viewer=request.viewer, type="instruments.answerers.listed", people=whose, at=clock.now(),
            purpose=Purpose.CARE, contact=shown.key,
        )  # fmt: skip
    return rows


def definition_of(shown, step, viewer):
    """What says that the contact is on the plan, how sure that is, and where it is approved."""
    if step is None:
        return {}
    slug, version = shown.enrolment.pathway, shown.rule_version
    pathway = definitions.pathway(slug, version)
    is_doubtful = labels.is_recalled(step) and approved(approvals.KIND, slug, version) is None
    return {
        "pathway": pathway,
        "source": labels.source_of(pathway.byline),
        "unverified": labels.unverified(step),
        "mark": labels.UNVERIFIED if is_doubtful else None,
        "definition": (approvals.KIND, slug) if viewer.may(Permission.APPROVE_DEFINITIONS) else None,
    }


def missed_rows(shown):
    """Each time nobody came: which one, the row, what it asks for, and when that was answered."""
    ladder, rows = definitions.missed(), enumerate(queries.missed_of(shown), start=1)
    return [(count, row, ladder.rung(count), queries.answered(row, ladder.rung(count))) for count, row in rows]


# --- booking ---------------------------------------------------------------------------------------------


@needs(Permission.BOOK)
@edits()
@while_expected
def contact_book(request, shown):
    places = kindergarten_places(request, shown)
    initial = booking_of(shown, request.viewer, places)
    options = {"staff": colleagues(request), "places": places, "initial": initial}
    form = forms.Booking(typed(request), asks="confirmed" in request.POST, **options)

    def act():
        clean = form.cleaned_data
        values = {name: clean[name] for name in ("on", "time", "place", "version")}
        values |= {"confirmed": clean.get("confirmed", False), "shown": clean.get("shown", "")}
        staff_id = staff_id_of(clean["staff"])
        return actions.book_contact(contact=shown, staff_id=staff_id, by=request.viewer, at=clock.now(), **values)

    def now():
        return contact_now(request, shown.key, lambda fresh: booking_of(fresh, request.viewer, places))

    if answered(request, form, act, done=_("Booked. The family is not told by the system."), now=now):
        return redirect("pathways:contact", shown.key)
    asked_again(form)
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
@edits()
@while_expected
def contact_record(request, shown):
    on = shown.booked_on if shown.booked_on and shown.booked_on <= clock.today() else clock.today()
    form = forms.Outcome(typed(request), initial={"outcome": "held", "outcome_on": on, "version": shown.version})

    def act():
        return actions.record_contact(contact=shown, by=request.viewer, at=clock.now(), **form.values())

    def now():
        return contact_now(request, shown.key, outcome_of)

    if answered(request, form, act, done=_("Recorded. The task is off the list."), now=now):
        return redirect("pathways:contact", shown.key)
    return form_page(
        request, form, title=_("Record the contact"), button=_("Record"), help=HELP["record"], **about(shown)
    )


def outcome_of(shown):
    """What stands about how the contact went, as the form takes it. What was never recorded is not compared."""
    if not shown.outcome:
        return {}
    return {
        "outcome": shown.outcome,
        "outcome_on": shown.outcome_on,
        "reason": shown.outcome_reason,
        "late_reason": shown.late_reason,
        "interpreter": {True: "yes", False: "no", None: ""}[shown.interpreter_used],
        "note": shown.note,
    }


@needs(Permission.RECORD_CONTACT)
@edits()
@while_expected
def contact_absent(request, shown):
    on = shown.booked_on if shown.booked_on and shown.booked_on <= clock.today() else clock.today()
    form = forms.Absent(typed(request), initial={"missed_on": on, "version": shown.version})

    def act():
        return actions.mark_absent(contact=shown, by=request.viewer, at=clock.now(), **form.cleaned_data)

    done = _("Written down. What to do next is on the unit's list.")
    if answered(request, form, act, done=done, now=lambda: contact_now(request, shown.key)):
        return redirect("pathways:contact", shown.key)
    return form_page(
        request, form, title=_("Nobody came"), button=_("Write it down"), help=HELP["absent"], **about(shown)
    )


@needs(Permission.RECORD_CONTACT)
@edits()
def contact_answer(request, key, on):
    shown = opened_to_write(request, key)
    missed, rung = queries.missed_on_day(contact=shown, on=on), queries.rung_of_day(contact=shown, on=on)
    form = forms.Answer(typed(request))

    def act():
        return actions.answer_absence(missed=missed, by=request.viewer, at=clock.now(), **form.cleaned_data)

    if answered(request, form, act, done=_("Written down. The task is off the list.")):
        return redirect("pathways:contact", key)
    return form_page(request, form, title=_(rung.title), button=_("Write it down"), help=HELP["answer"], **about(shown))


@needs(Permission.RECORD_CONTACT)
@edits()
def contact_reopen(request, key):
    shown = opened_to_write(request, key)
    if not shown.outcome:
        raise NotVisible
    form = forms.Reopening(typed(request), initial={"version": shown.version})

    def act():
        return actions.reopen_contact(contact=shown, by=request.viewer, at=clock.now(), **form.cleaned_data)

    done = _("Taken back. The contact is expected again, and what stood there is kept. Book again if that was agreed.")
    if answered(request, form, act, done=done, now=lambda: contact_now(request, key)):
        return redirect("pathways:contact", key)
    title = _("Take the record back")
    return form_page(request, form, title=title, button=title, help=HELP["reopen"], **about(shown))


@needs(Permission.RECORD_CONTACT)
@edits()
def absence_take_back(request, key, on):
    shown = opened_to_write(request, key)
    missed = queries.missed_on_day(contact=shown, on=on)
    form = forms.TakingBack(typed(request))

    def act():
        return actions.take_back_absence(missed=missed, by=request.viewer, at=clock.now(), **form.cleaned_data)

    if answered(request, form, act, done=_("Taken back. It counts no more, and what stood there is kept.")):
        return redirect("pathways:contact", key)
    title = _("They did come: take «nobody came» back")
    return form_page(request, form, title=title, button=_("Take it back"), help=HELP["absent"], **about(shown))


@needs(Permission.BOOK)
def contact_new(request, journey_key):
    journey = journey_by_key(
        viewer=request.viewer, key=journey_key, purpose=Purpose.CARE, part=Part.RECORD, at=clock.now()
    )
    note_look(request, journey.subject)
    today = clock.today()
    if emergency_until(viewer=request.viewer, person_id=journey.subject.pk, at=clock.now()) is not None:
        return contact_in_emergency(request, journey)
    if request.method != "POST" and not queries.may_write_about(request.viewer, journey):
        raise NotVisible
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


def contact_in_emergency(request, journey):
    """The same address while the record stands open by emergency access: nothing is planned, what was done is kept."""
    form = forms.InEmergency(typed(request))

    def act():
        return actions.record_in_emergency(journey=journey, by=request.viewer, at=clock.now(), **form.cleaned_data)

    if answered(request, form, act, done=_("Recorded. Whoever follows the family up reads it.")):
        return redirect("pathways:contact", form.result.key)
    return form_page(
        request, form, title=_("Record what was done in the emergency"), button=_("Record"), help=HELP["emergency"],
        journey=journey, name=display_name(journey.subject),
    )  # fmt: skip
