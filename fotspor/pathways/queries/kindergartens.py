"""In which kindergarten has the child a place, and which can be chosen?"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F
from django.utils import timezone

from fotspor.access.models import CareRelation
from fotspor.access.queries import kindergarten_staff, may_be_seen, named_in_kindergarten
from fotspor.access.rules import Part, Purpose, Viewer
from fotspor.kit.dates import covers
from fotspor.pathways.models import Contact
from fotspor.pathways.rules.kindergartens import Period, Place, left_behind
from fotspor.people.models import Journey, Person
from fotspor.services.models import Unit


def places_of(*, viewer: Viewer, journey: Journey, at: datetime) -> list[CareRelation]:
    """Which places has the child had, has now, and will have? In order of time; none for a stranger.

    Shape   relations with their `unit`; those that ended as they began are left out.
    """
    if journey.child_id is None:
        return []
    seen = may_be_seen("person", viewer=viewer, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    found = CareRelation.objects.filter(seen, person=journey.child_id, basis=CareRelation.Basis.ENROLLED, staff=None)
    return list(found.exclude(until_on=F("from_on")).select_related("unit").order_by("from_on", "pk"))


def kindergarten_of(*, viewer: Viewer, journey: Journey, on: date, at: datetime) -> CareRelation | None:
    """Which place has the child that day? None when there is none, or when the viewer may not see the child."""
    places = places_of(viewer=viewer, journey=journey, at=at)
    return next((place for place in places if covers(place.from_on, place.until_on, on)), None)


def places_by_child(child_ids: Collection[int]) -> dict[int, list[Place]]:
    """Which places have these children had, have, and will have? Asks no permission: for planning.

    Shape   also those that ended as they began.
    """
    found: dict[int, list[Place]] = {}
    rows = CareRelation.objects.filter(
        person__in=child_ids, basis=CareRelation.Basis.ENROLLED, staff=None
    ).select_related("unit")
    for row in rows.order_by("pk"):
        written_on = timezone.localdate(row.ended_at or row.opened_at)
        place = Place(row.unit.name, Period(row.unit_id, row.from_on, row.until_on), written_on)
        found.setdefault(row.person_id, []).append(place)
    return found


def left_there(*, journey: Journey) -> list[Contact]:
    """Which appointments stand in a kindergarten where the child has no place that day? The caller has opened it."""
    booked = journey.contacts.expected().filter(booked_on__isnull=False).exclude(place="").order_by("booked_on", "pk")
    rows = list(booked)
    places = places_by_child([journey.child_id]).get(journey.child_id, []) if rows else []
    return [contact for contact in rows if left_behind(contact.booked_on, contact.place, places)]


def kindergarten_choices(*, district_id: int | None, on: date) -> list[tuple[str, str]]:
    """Which kindergartens can be chosen that day? Those of the own district first. Units are known to every post."""
    units = Unit.objects.filter(kind=Unit.Kind.KINDERGARTEN).exclude(until_on__lte=on).order_by("name")
    own = sorted(units, key=lambda unit: district_id is None or unit.district_id != district_id)
    return [(unit.key, unit.name) for unit in own]


@dataclass(frozen=True, slots=True)
class Naming:
    """Who in the kindergarten sees that a protected child is invited there, and who may be asked to."""

    unit_id: int
    place: str
    named: tuple[str, ...]
    choices: tuple[tuple[str, str], ...]
    ids: dict[str, int]


def naming(*, viewer: Viewer, journey: Journey, at: datetime) -> Naming | None:
    """Who is named in the kindergarten of a protected child? None for other children, and where there is no place."""
    if journey.child_id is None or journey.child.protection == Person.Protection.NONE:
        return None
    on = timezone.localdate(at)
    places = places_of(viewer=viewer, journey=journey, at=at)
    place = next((place for place in places if place.until_on is None or place.until_on > on), None)
    if place is None:
        return None
    named = named_in_kindergarten(person_id=journey.child_id, unit_id=place.unit_id, on=on)
    known = {staff.pk for staff in named}
    others = [staff for staff in kindergarten_staff(unit_id=place.unit_id, on=on) if staff.pk not in known]
    return Naming(
        unit_id=place.unit_id,
        place=place.unit.name,
        named=tuple(staff.name for staff in named),
        choices=tuple((staff.key, staff.name) for staff in others),
        ids={staff.key: staff.pk for staff in others},
    )


def has_held_contacts(*, journey: Journey) -> bool:
    """Has something been recorded on this journey? The caller has opened it."""
    return journey.contacts.exclude(outcome="").exists()
