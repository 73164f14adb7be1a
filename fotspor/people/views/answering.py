"""What every form about people shares: the page it stands on, whom it is about, and the way back."""

from functools import partial, wraps

from django.contrib import messages
from django.http import HttpRequest
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from fotspor.access.rules import Doing, Part, Purpose
from fotspor.access.views import note_look
from fotspor.kit import answering, clock
from fotspor.kit.answering import typed
from fotspor.people import actions, labels, queries

# `crumbs` are pairs of word and address.
form_page = partial(answering.form_page, template="people/form.html", active="people")


def opened(request: HttpRequest, key: str):
    """The person, if the viewer may see her record; the look is logged."""
    viewer, at = request.viewer, clock.now()
    person = queries.person_by_key(viewer=viewer, key=key, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    note_look(request, person, doing=_doing(request))
    return person


def while_alive(view):
    """A form about somebody who lives: opened for somebody who has died, it leads to the person's page and says why.

    What somebody had typed already, and what is sent, goes on to the action, whose refusal keeps it.
    """

    @wraps(view)
    def opens(request: HttpRequest, key: str):
        person = opened(request, key)
        if typed(request) is None and person.died_on is not None:
            messages.info(request, _("A death is recorded. If that is wrong, take it back first. Nothing was changed."))
            return redirect(person_url(person))
        return view(request, person)

    return opens


def opened_journey(request: HttpRequest, key: str):
    """The journey, if the viewer may see it; the look is logged."""
    viewer, at = request.viewer, clock.now()
    journey = queries.journey_by_key(viewer=viewer, key=key, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    note_look(request, journey.subject, doing=_doing(request))
    return journey


def _doing(request: HttpRequest) -> Doing:
    """A form is opened to change something; what is typed already goes on to the action, whose refusal keeps it."""
    is_form = getattr(request, "also_open", None) is not None
    return Doing.CHANGE if is_form and answering.typed(request) is None else Doing.READ


def tell_what_was_shown(request: HttpRequest, form) -> None:
    """A registration that was refused may have told of somebody: that stands in the log, also when nothing is saved."""
    refused = form.refused

    def write():
        actions.note_what_was_shown(refused=refused, by=request.viewer, at=clock.now())

    answering.when_refused(request, write)


def crumbs(person) -> list[tuple[str, str]]:
    """The way back to the person."""
    return [(labels.display_name(person), person_url(person))]


def person_url(person) -> str:
    return reverse("people:person", args=[person.key])
