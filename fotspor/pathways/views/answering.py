"""What every form about contacts shares: the page it stands on, whom it is about, what it says was saved, its help."""

from functools import partial, wraps

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fotspor.access.queries import NotVisible
from fotspor.access.views import note_look, saved_by
from fotspor.kit import answering, clock
from fotspor.kit.answering import typed
from fotspor.pathways.actions import NeedsConfirmation
from fotspor.pathways.queries import contacts as queries
from fotspor.people.labels import display_name

form_page = partial(answering.form_page, template="pathways/form.html", active="calendar")

# What changes a contact, as the log says it.
SAVED = tuple(
    f"pathways.contact.{what}" for what in ("booked", "moved", "booking_cancelled", "recorded", "reopened", "missed")
)


def opened(request, key):
    """The contact, if the viewer may see it; the look is logged."""
    contact = queries.contact_by_key(viewer=request.viewer, key=key, at=clock.now())
    note_look(request, contact.journey.subject)
    return contact


def opened_to_write(request, key):
    """The contact for a form about it: 404 for a unit that only reads. What it sends all the same, the action refuses.

    The page itself says who holds the baton, and shows no way here.
    """
    contact = opened(request, key)
    is_ours = queries.may_write_about(request.viewer, contact.journey, contact.unit_id)
    if request.method != "POST" and not is_ours:
        raise NotVisible
    return contact


def while_expected(view):
    """A form about what is still expected: opened too late, it shows the contact instead, before anything is typed.

    What somebody had typed already, and what is sent, goes on to the action, whose refusal keeps it.
    """

    @wraps(view)
    def opens(request, key):
        shown = opened_to_write(request, key)
        if typed(request) is None and (shown.outcome or shown.cancelled_on):
            messages.info(request, _("The contact has been recorded or is no longer expected. Nothing was changed."))
            return redirect("pathways:contact", key)
        return view(request, shown)

    return opens


def asked_again(form):
    """A booking with something to look at first: the box to tick comes, for what was shown and nothing else."""
    if isinstance(form.refused, NeedsConfirmation):
        form.ask_again(form.refused.shown)


def contact_now(request, key, values_of=lambda contact: {}):
    """What stands about the contact after somebody else saved."""
    contact = queries.contact_by_key(viewer=request.viewer, key=key, at=clock.now())
    object = f"pathways.contact:{contact.key}"
    return saved_by(request, object, *SAVED, version=contact.version, values=values_of(contact))


def about(contact):
    """What every page about a contact says: whom, which contact, its window."""
    return {"contact": contact, "name": display_name(contact.journey.subject), "journey": contact.journey}


HELP = {
    "book": [
        gettext_lazy(
            "A contact has a window, not one date. You are warned when the day is outside it, and may still book."
        ),
        gettext_lazy(
            "A colleague or a room that is taken at that time is a warning too. Nothing is stored before you say yes."
        ),
    ],
    "record": [
        gettext_lazy("Write the true day, also when you write it down later. After the window a reason is asked for."),
        gettext_lazy(
            "When a form filled in at the contact demands something, the contact is closed after that is recorded."
        ),
        gettext_lazy(
            "A wrong record is taken back with a reason. What stood there is kept, with who wrote it and when."
        ),
    ],
    "absent": [
        gettext_lazy("The first time asks for a new appointment, the second for a call, the third for an assessment."),
        gettext_lazy("Write only what you know. We often do not know why, and then you say that it is not known."),
        gettext_lazy("If it was wrong it is taken back with a reason, and the next time counts as the first again."),
    ],
    "new": [
        gettext_lazy("For contacts that the pathway does not have. It stands on the list until something is recorded.")
    ],
    "emergency": [
        gettext_lazy("What you did today with a family that another unit follows up. Their plan and contacts stand."),
    ],
    "group": [
        gettext_lazy("Only contacts that may be held in a group, and whose window is open or opens within four weeks."),
        gettext_lazy(
            "After the meeting you say for each family whether they came. Those you leave open stay on the list."
        ),
    ],
    "pregnancy": [
        gettext_lazy(
            "Look for her by identity number first. A woman who is registered twice is a child that may be missed."
        ),
        gettext_lazy(
            "Your unit holds the baton from now on. The antenatal contacts stand on its list when their window opens."
        ),
    ],
    "calendar": [
        gettext_lazy(
            "The calendar shows what is booked. What should be booked stands on the day page, with its window."
        ),
    ],
}
HELP["answer"] = HELP["absent"]
HELP["reopen"] = HELP["record"]
