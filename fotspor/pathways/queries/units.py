"""Which units take what, and whom: one with a closing date takes nothing that lies on or after that day."""

from datetime import date

from fotspor.pathways.models import Handover
from fotspor.pathways.queries.batons import deadlines
from fotspor.pathways.rules.handovers import holder_kinds
from fotspor.people.models import Journey
from fotspor.services.models import Unit
from fotspor.services.queries import unit_for_area


def closed_by(*, unit_id: int | None, place: str, on: date) -> Unit | None:
    """Which unit is closed that day, of the one that holds the contact and the kindergarten that is its place?"""
    closed = Unit.objects.filter(until_on__lte=on)
    found = closed.filter(pk=unit_id)
    if place.strip():
        found |= closed.filter(kind=Unit.Kind.KINDERGARTEN, name__iexact=place.strip())
    return found.first()


def without_centre(journey_ids: list[int]) -> set[int]:
    """Of these journeys of children that midwives hold: for which has nobody else been asked to take over?"""
    if not journey_ids:
        return set()
    asked = Handover.objects.filter(
        journey__in=journey_ids, accepted_at=None, withdrawn_at=None, superseded_at=None
    ).exclude(to_unit__kind=Unit.Kind.MIDWIFERY)
    return set(journey_ids) - set(asked.values_list("journey_id", flat=True))


def names_centre(journey: Journey, *, on: date) -> bool:
    """Does the address name a health centre that can take the baton?"""
    district_id = journey.subject.district_id
    return unit_for_area(kind=Unit.Kind.HEALTH_STATION, district_id=district_id, on=on, stays=True) is not None


HANDED_OVER_AHEAD = 1  # years: a family has said which school, long before the child begins there


def kinds_for(journey: Journey, *, on: date, ahead_years: int = 0) -> tuple[str, ...]:
    """Which kinds of unit can be given this journey's baton? A colleague may hand it over some time ahead."""
    return kinds_at(born_on=journey.child.born_on if journey.child_id else None, on=on, ahead_years=ahead_years)


def kinds_at(*, born_on: date | None, on: date, ahead_years: int = 0) -> tuple[str, ...]:
    """Which kinds of unit can be given the baton of a child born that day, or before birth?"""
    newborn_days = deadlines().newborn_age_days
    return holder_kinds(born_on=born_on, on=on, newborn_days=newborn_days, ahead_years=ahead_years)
