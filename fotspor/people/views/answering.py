"""What every form about people shares: the page it stands on, whom it is about, and the way back."""

from functools import partial

from django.http import HttpRequest
from django.urls import reverse

from fotspor.access.rules import Part, Purpose
from fotspor.access.views import note_look
from fotspor.kit import answering, clock
from fotspor.people import actions, labels, queries

# `crumbs` are pairs of word and address.
form_page = partial(answering.form_page, template="people/form.html", active="people")


def opened(request: HttpRequest, key: str):
    """The person, if the viewer may see her record; the look is logged."""
    viewer, at = request.viewer, clock.now()
    person = queries.person_by_key(viewer=viewer, key=key, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    note_look(request, person)
    return person


def opened_journey(request: HttpRequest, key: str):
    """The journey, if the viewer may see it; the look is logged."""
    viewer, at = request.viewer, clock.now()
    journey = queries.journey_by_key(viewer=viewer, key=key, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    note_look(request, journey.subject)
    return journey


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
