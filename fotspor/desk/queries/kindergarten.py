"""What a kindergarten sees: when its own children are invited, and the steps agreed with it. Nothing else."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from fotspor.access.models import CareRelation, Consent
from fotspor.access.rules import Part, Permission, Purpose, Viewer
from fotspor.kit import phrases
from fotspor.kit.dates import covers
from fotspor.pathways.models import Contact
from fotspor.people.labels import display_name
from fotspor.people.queries import mothers, visible_people
from fotspor.services.queries import unit_names

SHOWN_AFTER = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Invited:
    """An appointment held in the kindergarten: date, time and what it is called."""

    title: str
    on: date
    time: time | None


@dataclass(frozen=True, slots=True)
class Agreed:
    """A step agreed with the kindergarten, under a consent that stands."""

    purpose: str
    text: str
    until_on: date | None


@dataclass(frozen=True, slots=True)
class Enrolled:
    """One child of the kindergarten."""

    key: str
    name: str
    age: str
    invitations: list[Invited]
    agreed: list[Agreed]


def enrolled(*, viewer: Viewer, at: datetime) -> list[Enrolled]:
    """Which children are enrolled with the viewer's kindergarten, and what is shared with it? Six questions in all."""
    if not viewer.may(Permission.SEE_SHARED):
        return []
    today = timezone.localdate(at)
    children = visible_people(viewer=viewer, purpose=Purpose.CARE, part=Part.INVITATIONS, at=at)
    rows = list(children.prefetch_related(mothers()).order_by("sort_name", "id"))
    invited = _invited(viewer, [child.pk for child in rows], today)
    agreed = _agreed(viewer, at)
    return [
        Enrolled(
            child.key, display_name(child), phrases.age(child.born_on, today) if child.born_on else "",
            invited.get(child.pk, []), agreed.get(child.pk, []),
        )
        for child in rows
    ]  # fmt: skip


def _invited(viewer: Viewer, ids: list[int], today: date) -> dict[int, list[Invited]]:
    """Appointments in this kindergarten: booked with its name as the place, or given to it."""
    place = unit_names([viewer.unit_id]).get(viewer.unit_id, "")
    here = Q(unit_id=viewer.unit_id) | Q(place__iexact=place)
    since = today - SHOWN_AFTER
    found = Contact.objects.filter(here, journey__child_id__in=ids, cancelled_on=None, booked_on__gte=since)
    found = found.exclude(outcome__in=["declined", "moved", "not_needed"]).order_by("booked_on", "booked_time", "pk")
    rows: dict[int, list[Invited]] = {}
    places = _places(viewer, ids)
    for child, title, on, at_time in found.values_list("journey__child_id", "title", "booked_on", "booked_time"):
        if any(covers(from_on, until_on, on) for from_on, until_on in places.get(child, ())):
            rows.setdefault(child, []).append(Invited(gettext(title), on, at_time))
    return rows


def _places(viewer: Viewer, ids: list[int]) -> dict[int, list[tuple[date, date | None]]]:
    """When has each child its place here? What is booked on another day is no business of the kindergarten's."""
    found: dict[int, list[tuple[date, date | None]]] = {}
    rows = CareRelation.objects.filter(
        person__in=ids, unit_id=viewer.unit_id, basis=CareRelation.Basis.ENROLLED, staff=None
    )
    for child, from_on, until_on in rows.values_list("person_id", "from_on", "until_on"):
        found.setdefault(child, []).append((from_on, until_on))
    return found


def _agreed(viewer: Viewer, at: datetime) -> dict[int, list[Agreed]]:
    seen = visible_people(viewer=viewer, purpose=Purpose.CARE, part=Part.AGREED_STEPS, at=at)
    on = timezone.localdate(at)
    found = Consent.objects.filter(
        person__in=seen.values("id"), to_unit_id=viewer.unit_id, what=Consent.What.AGREED_STEPS, from_on__lte=on
    )
    found = found.filter(Q(until_on=None) | Q(until_on__gt=on)).filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=at))
    rows: dict[int, list[Agreed]] = {}
    for consent in found.order_by("from_on", "pk"):
        row = Agreed(consent.purpose, consent.summary or "", consent.until_on)
        if row not in rows.setdefault(consent.person_id, []):  # each guardian's yes is a row; the step is one
            rows[consent.person_id].append(row)
    return rows
