"""A unit that closes: what keeps it from closing, what ends with it, and what it takes no more of before that."""

from datetime import date

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from fotspor.access.actions.relations import end_each
from fotspor.access.models import CareRelation
from fotspor.access.rules import Viewer
from fotspor.kit.errors import Refused
from fotspor.kit.facts import Fact
from fotspor.pathways.actions.kindergartens import ENROLLED, _end_place
from fotspor.pathways.models import Baton, Contact
from fotspor.people.models import Journey


class HoldsBatons(Refused):
    """A unit is to close while it holds batons."""


class HasAppointments(Refused):
    """A unit is to close while families are booked there after that."""


def _unit_changed(fact: Fact, by: Viewer) -> None:
    """A unit that holds batons or has appointments cannot close: nobody would see those children any more."""
    if "until_on" not in fact.facts:
        return
    unit_id, until_on = fact.facts["unit_id"], date.fromisoformat(fact.facts["until_on"])
    if Baton.objects.filter(unit_id=unit_id, until_at=None).exists():
        raise HoldsBatons(_("The unit holds batons. Hand them over to other units first. Nothing was changed."))
    after = Contact.objects.expected().filter(booked_on__gte=until_on)
    booked = (after.filter(unit_id=unit_id) | after.filter(group__unit_id=unit_id)).distinct().count()
    if booked:
        raise HasAppointments(
            ngettext(
                "%(count)s appointment is booked in the unit after it closes. Move it first. Nothing was changed.",
                "%(count)s appointments are booked in the unit after it closes. Move them first. Nothing was changed.",
                booked,
            )
            % {"count": booked}
        )
    _end_places(unit_id, until_on, fact, by)


def _end_places(unit_id: int, until_on: date, fact: Fact, by: Viewer) -> None:
    """No child has a place in a kindergarten that is closed. What is booked there later goes on the holder's list."""
    places = CareRelation.objects.filter(unit_id=unit_id, basis=ENROLLED, staff=None).exclude(until_on__lte=until_on)
    for place in places.select_related("unit").order_by("pk"):
        journey = Journey.objects.filter(child=place.person_id).select_related("child").first()
        if journey is None:
            end_each(relations=CareRelation.objects.filter(pk=place.pk), until_on=until_on, by=by, at=fact.at)
        else:
            _end_place(journey, place, until_on, by, fact.at)
