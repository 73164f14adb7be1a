"""How every form about contacts is answered: done and redirected, or shown again with what was typed and why not."""

from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fotspor.access.views import note_look
from fotspor.kit import clock
from fotspor.kit.errors import Refused, Stale
from fotspor.kit.htmx import page
from fotspor.pathways.queries import contacts as queries
from fotspor.people.labels import display_name


def opened(request, key):
    """The contact, if the viewer may see it; the look is logged."""
    contact = queries.contact_by_key(viewer=request.viewer, key=key, at=clock.now())
    note_look(request, contact.journey.subject)
    return contact


def typed(request):
    """What was posted, or nothing when the page is only opened."""
    return request.POST if request.method == "POST" else None


def answered(request, form, act, *, done, now=None):
    """Run the action for a filled-in form. False when it must be shown again; the reason then stands in the form.

    `now` gives the version as it is after somebody else saved: what was typed is kept, and can be saved again.
    """
    if request.method != "POST" or not form.is_valid():
        return False
    try:
        form.result = act()
    except Refused as refused:
        form.refused = refused
        form.add_error(None, refused.message)
    except Stale:
        form.data = form.data.copy()
        form.data["version"] = now() if now else ""
        form.add_error(
            None, _("Somebody else saved this while you were writing. What you typed is kept. Look, and save again.")
        )
    else:
        messages.success(request, done)
        return True
    return False


def form_page(request, form, template="pathways/form.html", **context):
    """The page of one form; 422 when it was refused."""
    refused = getattr(form, "refused", None)
    context = {"form": form, "active": "calendar", "reasons": getattr(refused, "reasons", ()), **context}
    return page(request, template, context, status=422 if request.method == "POST" else 200)


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
        gettext_lazy("Write only what you know. We often do not know why somebody did not come."),
    ],
    "new": [
        gettext_lazy("For contacts that the pathway does not have. It stands on the list until something is recorded.")
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
