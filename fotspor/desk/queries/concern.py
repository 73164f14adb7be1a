"""Where to turn with a concern for a child. The same for everybody, whatever there is or is not."""

from dataclasses import dataclass
from datetime import date

from fotspor.services.models import Unit


@dataclass(frozen=True, slots=True)
class Place:
    """A child-protection service that can be called."""

    name: str
    phone: str
    out_of_hours: str


def places(*, on: date) -> list[Place]:
    """Which child-protection services does the municipality have?"""
    found = Unit.objects.in_force(on).filter(kind=Unit.Kind.CHILD_PROTECTION).order_by("name")
    return [Place(unit.name, unit.phone, unit.out_of_hours) for unit in found]
