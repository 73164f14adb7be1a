"""The calendar: a day or a week of appointments, one's own or the unit's; and appointments of several families."""

from dataclasses import dataclass
from datetime import date, time, timedelta

from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from fotspor.access.actions import log_list
from fotspor.access.rules import Permission, Purpose
from fotspor.access.views import needs
from fotspor.kit import clock
from fotspor.kit.answering import answered, typed
from fotspor.kit.htmx import page
from fotspor.kit.labels import Label
from fotspor.pathways import actions, labels
from fotspor.pathways.forms import contacts as forms
from fotspor.pathways.queries import agreements
from fotspor.pathways.queries import contacts as queries
from fotspor.pathways.views.answering import HELP, asked_again, form_page
from fotspor.pathways.views.contacts import colleagues, staff_id_of
from fotspor.people.labels import display_name

WEEK = timedelta(days=7)


def day_asked_for(request):
    """Which day is asked for? Today when nothing readable is."""
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return clock.today()


def link(**query):
    return f"{reverse('pathways:calendar')}?{urlencode(query)}"


@needs(Permission.BOOK)
def calendar(request):
    viewer, at, on = request.viewer, clock.now(), day_asked_for(request)
    span, whose = request.GET.get("span", "week"), request.GET.get("whose", "unit")
    first = on if span == "day" else on - timedelta(days=on.weekday())
    last = first + (timedelta(days=1) if span == "day" else WEEK)
    asked = {"viewer": viewer, "from_on": first, "until_on": last, "only_mine": whose == "mine", "at": at}
    conversations = agreements.agreed(**asked)
    days = [(day.on, entries(day, conversations)) for day in queries.appointments(**asked)]
    keys = [entry.person.key for _on, found in days for entry in found]
    looked = {"from_on": first, "whose": whose}
    log_list(viewer=viewer, type="pathways.calendar.listed", people=keys, at=at, purpose=Purpose.CARE, **looked)
    context = {
        "days": [(on, found) for on, found in days if found or span == "day"],
        "first": first,
        "last": last - timedelta(days=1),
        "total": len(keys),
        "help": HELP["calendar"],
        "active": "calendar",
        **turns(span, whose, on, first, last),
    }
    return page(request, "pathways/calendar.html", context, partial="days")


def turns(span, whose, on, first, last):
    """Where one can turn from here: other days, another span, one's own or the unit's."""
    kept = {"span": span, "whose": whose}
    spans, owners = (("day", _("Day")), ("week", _("Week"))), (("unit", _("The unit's")), ("mine", _("Mine")))
    return {
        "before": link(**kept, day=first - (last - first)),
        "after": link(**kept, day=last),
        "this": link(**kept, day=clock.today()),
        "spans": [
            {"label": word, "url": link(span=name, whose=whose, day=on), "current": span == name}
            for name, word in spans
        ],
        "whose": [
            {"label": word, "url": link(span=span, whose=name, day=on), "current": whose == name}
            for name, word in owners
        ],
    }


@dataclass(frozen=True, slots=True)
class Entry:
    """One appointment of the calendar: a contact, or a conversation that was agreed after a form."""

    at: time | None
    person: object
    name: str
    what: str
    url: str
    about: str  # where, and who has it
    label: Label
    group: object = None


def entries(day, conversations):
    """Everything of a day in order of time; what has no time stands last."""
    today = clock.today()
    found = [contact_entry(contact, today) for contact in day.contacts]
    found += [conversation_entry(each, today) for each in conversations if each.on == day.on]
    return sorted(found, key=lambda entry: (entry.at is None, entry.at or time.min))


def contact_entry(contact, today):
    person = contact.journey.subject
    return Entry(
        at=contact.booked_time, person=person, name=display_name(person), what=_(contact.title),
        url=reverse("pathways:contact", args=[contact.key]), about=said(contact.place, contact.booked_staff),
        label=labels.appointment_label(contact, today), group=contact.group,
    )  # fmt: skip


def conversation_entry(each, today):
    return Entry(
        at=each.at, person=each.person, name=display_name(each.person), what=_("Conversation"),
        url=reverse("instruments:duty", args=[each.duty_key]), about=said("", each.staff),
        label=labels.agreed_label(each, today),
    )  # fmt: skip


def said(place, staff):
    return ", ".join(part for part in (place, staff.name if staff else "") if part)


def family(contact):
    return f"{display_name(contact.journey.subject)}: {_(contact.title)}"


@needs(Permission.BOOK)
def group_new(request):
    viewer, at, today = request.viewer, clock.now(), clock.today()
    found = queries.group_candidates(viewer=viewer, today=today, at=at)
    log_list(
        viewer=viewer, type="pathways.group.candidates", people=[c.journey.subject.key for c in found], at=at,
        purpose=Purpose.CARE,
    )  # fmt: skip
    options = {"families": [(c.key, family(c)) for c in found], "staff": colleagues(request)}
    form = forms.NewGroup(typed(request), asks="confirmed" in request.POST, initial={"held_on": today}, **options)

    def act():
        clean = form.cleaned_data
        return actions.plan_group(
            title=clean["title"], held_on=clean["held_on"], starts_at=clean["starts_at"], place=clean["place"],
            leader_id=staff_id_of(clean["staff"]), contacts=[c for c in found if c.key in clean["contacts"]],
            confirmed=clean.get("confirmed", False), shown=clean.get("shown", ""), by=viewer, at=at,
        )  # fmt: skip

    if answered(request, form, act, done=_("The group is planned, and every family's contact is booked to it.")):
        return redirect("pathways:group", form.result.key)
    asked_again(form)
    return form_page(
        request, form, title=_("New group"), button=_("Plan the group"), help=HELP["group"],
        nobody=not found,
    )  # fmt: skip


@needs(Permission.BOOK)
def group(request, key):
    viewer, at = request.viewer, clock.now()
    shown = queries.group_by_key(viewer=viewer, key=key)
    contacts = queries.group_contacts(viewer=viewer, group=shown, at=at)
    log_list(
        viewer=viewer, type="pathways.group.read", people=[c.journey.subject.key for c in contacts], at=at,
        purpose=Purpose.CARE, group=shown.key,
    )  # fmt: skip
    waiting = [(c.key, display_name(c.journey.subject)) for c in contacts if not c.outcome]
    form = forms.Attendance(typed(request), families=waiting)

    def act():
        return actions.record_attendance(
            group=shown, came=form.came(), reasons=form.reasons(), late_reason=form.cleaned_data["late_reason"],
            by=viewer, at=at,
        )  # fmt: skip

    if answered(request, form, act, done=_("Recorded for the families you answered for.")):
        return redirect("pathways:group", key)
    shown_rows = [(c, display_name(c.journey.subject), labels.contact_state(c, clock.today())) for c in contacts]
    return form_page(
        request, form, template="pathways/group.html", group=shown, rows=shown_rows, help=HELP["group"],
        may_record=bool(waiting) and shown.held_on <= clock.today(),
    )  # fmt: skip
