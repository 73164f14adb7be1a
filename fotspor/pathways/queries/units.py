"""Which units take what: one with a closing date takes nothing that lies on or after that day."""

from datetime import date

from fotspor.services.models import Unit


def closed_by(*, unit_id: int | None, place: str, on: date) -> Unit | None:
    """Which unit is closed that day, of the one that holds the contact and the kindergarten that is its place?"""
    closed = Unit.objects.filter(until_on__lte=on)
    found = closed.filter(pk=unit_id)
    if place.strip():
        found |= closed.filter(kind=Unit.Kind.KINDERGARTEN, name__iexact=place.strip())
    return found.first()
