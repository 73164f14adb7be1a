"""In which kindergarten has the child a place, and which can be chosen?"""

from datetime import date, datetime

from django.db.models import F

from fotspor.access.models import CareRelation
from fotspor.access.queries import visible_person_ids
from fotspor.access.rules import Part, Purpose, Viewer
from fotspor.kit.dates import covers
from fotspor.people.models import Journey
from fotspor.services.models import Unit


def places_of(*, viewer: Viewer, journey: Journey, at: datetime) -> list[CareRelation]:
    """Which places has the child had, has now, and will have? In order of time; none for a stranger.

    Shape   relations with their `unit`; those that ended as they began are left out.
    """
    if journey.child_id is None:
        return []
    seen = visible_person_ids(viewer=viewer, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    found = CareRelation.objects.filter(
        person=journey.child_id, person__in=seen, basis=CareRelation.Basis.ENROLLED, staff=None
    )
    return list(found.exclude(until_on=F("from_on")).select_related("unit").order_by("from_on", "pk"))


def kindergarten_of(*, viewer: Viewer, journey: Journey, on: date, at: datetime) -> CareRelation | None:
    """Which place has the child that day? None when there is none, or when the viewer may not see the child."""
    places = places_of(viewer=viewer, journey=journey, at=at)
    return next((place for place in places if covers(place.from_on, place.until_on, on)), None)


def kindergarten_choices(*, district_id: int | None, on: date) -> list[tuple[str, str]]:
    """Which kindergartens can be chosen that day? Those of the own district first. Units are known to every post."""
    units = Unit.objects.filter(kind=Unit.Kind.KINDERGARTEN).exclude(until_on__lte=on).order_by("name")
    own = sorted(units, key=lambda unit: district_id is None or unit.district_id != district_id)
    return [(unit.key, unit.name) for unit in own]


def has_held_contacts(*, journey: Journey) -> bool:
    """Has something been recorded on this journey? The caller has opened it."""
    return journey.contacts.exclude(outcome="").exists()
