"""Contacts, appointments and groups that a viewer may see, and what stands in the way of a booking."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from fotspor.access import queries as access
from fotspor.access.rules import Part, Purpose, Viewer
from fotspor.pathways.models import Contact, Correction, Enrolment, Group, MissedAppointment
from fotspor.pathways.queries import definitions, seals
from fotspor.pathways.rules.appointments import Concern, Slot, concerns
from fotspor.pathways.rules.plans import Expected, Facts, Step, expected_steps, passed_over
from fotspor.people import queries as people
from fotspor.people.models import Journey
from fotspor.services.models import Absence

WITH = ("journey__child", "journey__pregnancy__mother", "enrolment", "unit", "booked_staff", "group")


def visible_contacts(*, viewer: Viewer, part: Part, at: datetime) -> QuerySet[Contact]:
    """Which contacts may this viewer see, for care? Never those behind an adoption's seal."""
    journeys = people.visible_journeys(viewer=viewer, purpose=Purpose.CARE, part=part, at=at)
    return Contact.objects.filter(journey__in=journeys.order_by().values("pk")).exclude(seals.contacts())


def contact_by_key(*, viewer: Viewer, key: str, at: datetime) -> Contact:
    """Which contact is this? Errors: NotVisible for one the viewer may not see."""
    found = (
        visible_contacts(viewer=viewer, part=Part.RECORD, at=at).select_related(*WITH, "recorded_by").filter(key=key)
    )
    contact = found.first()
    if contact is None:
        raise access.NotVisible
    return contact


def missed_of(contact: Contact) -> list[MissedAppointment]:
    """When did nobody come to this contact?"""
    return list(contact.missed.select_related("recorded_by").order_by("pk"))


def corrections_of(contact: Contact) -> list[Correction]:
    """Which outcomes have been taken back?"""
    return list(contact.corrections.select_related("corrected_by", "was_recorded_by").order_by("pk"))


def missed_by_id(*, viewer: Viewer, contact: Contact, count: int) -> MissedAppointment:
    """Which is the n-th time nobody came to this contact? Errors: NotVisible."""
    rows = missed_of(contact)
    if not 0 < count <= len(rows):
        raise access.NotVisible
    return rows[count - 1]


def step_of(contact: Contact) -> Step | None:
    """Which step of its pathway is this? None outside the plan."""
    enrolment = contact.enrolment
    if enrolment is None:
        return None
    return definitions.pathway(enrolment.pathway, enrolment.pathway_version).step(contact.step)


def facts_of(journey: Journey, enrolment: Enrolment) -> Facts:
    """What do we know that decides this enrolment's days? A sealed pregnancy is not looked at."""
    pregnancy = journey.pregnancy if journey.pregnancy_id and not journey.is_sealed else None
    return Facts(
        booked_on=journey.opened_on,
        due_on=pregnancy.due_on if pregnancy else None,
        born_on=journey.child.born_on if journey.child_id else None,
        arrived_on=enrolment.arrived_on,
    )


def expected_of(contact: Contact) -> Expected | None:
    """Which days does the pathway give this contact? None outside the plan."""
    enrolment = contact.enrolment
    if enrolment is None:
        return None
    pathway = definitions.pathway(enrolment.pathway, enrolment.pathway_version)
    found = expected_steps(pathway, facts_of(contact.journey, enrolment))
    return next((expected for expected in found if expected.step.key == contact.step), None)


def not_expected(*, viewer: Viewer, journey: Journey, at: datetime) -> list[Expected]:
    """Which steps are not expected on this journey, since their window had closed before the family came?"""
    access.require(viewer=viewer, person_id=journey.subject.pk, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    found: list[Expected] = []
    for enrolment in journey.enrolments.filter(ended_on=None).order_by("pk"):
        pathway = definitions.pathway(enrolment.pathway, enrolment.pathway_version)
        found.extend(passed_over(pathway, facts_of(journey, enrolment)))
    return found


# --- what stands in the way ------------------------------------------------------------------------------


def concerns_of(contact: Contact, slot: Slot) -> tuple[Concern, ...]:
    """What should somebody look at before this contact is booked there?"""
    return concerns(
        slot,
        opens_on=contact.opens_on,
        closes_on=contact.closes_on,
        others=_slots(unit_id=contact.unit_id, slot=slot, without=contact),
        minutes=definitions.booking().minutes,
        staff_is_away=_is_away(slot),
    )


def concerns_of_group(*, unit_id: int, slot: Slot) -> tuple[Concern, ...]:
    """What should somebody look at before a group is planned there?"""
    return concerns(
        slot,
        opens_on=slot.on,
        closes_on=slot.on,
        others=_slots(unit_id=unit_id, slot=slot),
        minutes=definitions.booking().minutes,
        staff_is_away=_is_away(slot),
    )


def _slots(*, unit_id: int | None, slot: Slot, without: Contact | None = None) -> list[Slot]:
    same = Q(unit_id=unit_id)
    if slot.staff_id is not None:
        same |= Q(booked_staff_id=slot.staff_id)  # a colleague is busy wherever the other appointment is
    found = Contact.objects.expected().filter(same, booked_on=slot.on)
    if without is not None:
        found = found.exclude(pk=without.pk)
    return [
        Slot(
            row.booked_on,
            row.booked_time,
            row.booked_staff_id,
            row.place if row.unit_id == unit_id else "",
            row.group_id,
        )
        for row in found.only("booked_on", "booked_time", "booked_staff_id", "place", "unit_id", "group_id")
    ]


def _is_away(slot: Slot) -> bool:
    if slot.staff_id is None:
        return False
    return Absence.objects.filter(staff_id=slot.staff_id, from_on__lte=slot.on, until_on__gt=slot.on).exists()


# --- the calendar ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the calendar with its appointments, in order of time."""

    on: date
    contacts: list[Contact]


def appointments(*, viewer: Viewer, from_on: date, until_on: date, only_mine: bool, at: datetime) -> list[Day]:
    """What is booked at the viewer's unit from one day until before another?

    Shape   one Day for every date; own ones only with `only_mine`. Held appointments stay in view.
    """
    found = visible_contacts(viewer=viewer, part=Part.LISTED, at=at).filter(
        booked_on__gte=from_on, booked_on__lt=until_on, cancelled_on=None
    )
    mine = Q(booked_staff_id=viewer.staff_id)
    found = found.filter(mine if only_mine else mine | Q(unit_id=viewer.unit_id))
    rows = list(
        found.select_related(*WITH)
        .defer("note", "outcome_reason", "late_reason")
        .order_by("booked_on", "booked_time", "pk")
    )
    days = [from_on + timedelta(days=number) for number in range((until_on - from_on).days)]
    return [Day(on, [row for row in rows if row.booked_on == on]) for on in days]


def booked_today(*, viewer: Viewer, today: date, at: datetime, only_mine: bool = True) -> list[Contact]:
    """Which appointments does the viewer have today?"""
    (day,) = appointments(viewer=viewer, from_on=today, until_on=today + timedelta(days=1), only_mine=only_mine, at=at)
    return day.contacts


# --- groups ----------------------------------------------------------------------------------------------


def group_by_key(*, viewer: Viewer, key: str) -> Group:
    """Which group is this? Errors: NotVisible for another unit's."""
    group = Group.objects.filter(key=key, unit_id=viewer.unit_id).select_related("unit", "leader").first()
    if group is None or viewer.unit_id is None:
        raise access.NotVisible
    return group


def group_contacts(*, viewer: Viewer, group: Group, at: datetime) -> list[Contact]:
    """Which families are invited to the group, of those the viewer may see?"""
    found = visible_contacts(viewer=viewer, part=Part.LISTED, at=at).filter(group=group, cancelled_on=None)
    return list(found.select_related(*WITH).order_by("pk"))


def group_candidates(*, viewer: Viewer, today: date, at: datetime) -> list[Contact]:
    """Which expected contacts may be held in a group, and have their window open or opening within four weeks?"""
    steps = [
        (slug, step.key) for slug in definitions.SLUGS for step in definitions.pathway(slug).steps if step.may_be_group
    ]
    wanted = Q(pk__in=[])
    for slug, key in steps:
        wanted |= Q(enrolment__pathway=slug, step=key)
    found = visible_contacts(viewer=viewer, part=Part.LISTED, at=at).filter(
        wanted,
        unit_id=viewer.unit_id,
        outcome="",
        cancelled_on=None,
        booked_on=None,
        opens_on__lte=today + timedelta(weeks=4),
    )
    return list(found.select_related(*WITH).order_by("step", "due_on", "pk"))
