"""Who follows a protected person up: chosen by the unit's leader without a name, or by somebody who follows already."""

from django.contrib import messages
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from fotspor.access.actions import log_list
from fotspor.access.rules import Permission, Purpose
from fotspor.access.views import needs
from fotspor.desk import actions, forms
from fotspor.desk.queries import colleagues as queries
from fotspor.kit import clock
from fotspor.kit.answering import typed
from fotspor.kit.errors import Refused
from fotspor.kit.htmx import page


@needs(Permission.SEE_UNIT)
def name_colleagues(request, key):
    found = queries.nameless(viewer=request.viewer, key=key, at=clock.now())
    _logged(request, found, Purpose.LEADERSHIP, task=key)
    back = {"back": reverse("desk:unit"), "back_label": _("The unit's tasks"), "active": "unit"}
    return _asked(request, found, back, Purpose.LEADERSHIP)


@needs(Permission.SEE_PEOPLE)
def person_colleagues(request, key):
    found = queries.named(viewer=request.viewer, key=key, at=clock.now())
    _logged(request, found, Purpose.CARE)
    back = {"back": reverse("desk:person", args=[key]), "back_label": found.name, "active": "people"}
    return _asked(request, found, back, Purpose.CARE)


def _logged(request, found, purpose, **about):
    viewer, at = request.viewer, clock.now()
    log_list(viewer=viewer, type="desk.colleagues.read", people=[found.person_key], at=at, purpose=purpose, **about)


def _asked(request, found, back, purpose):
    """The form, and what came of it."""
    form = forms.Colleagues(typed(request), staff=found.choices, notes=found.notes)
    if form.is_valid():
        ids = [found.ids[key] for key in form.cleaned_data["staff"]]
        try:
            about = {"person_id": found.person_id, "unit_id": found.unit_id}
            actions.name_colleagues(staff_ids=ids, by=request.viewer, at=clock.now(), **about)
        except Refused as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("Saved. What waits stands on their day page now."))
            return redirect(back["back"])
    context = {"found": found, "form": form, "is_leader": purpose is Purpose.LEADERSHIP, **back}
    return page(request, "desk/colleagues.html", context, status=422 if request.method == "POST" else 200)
