"""Contacts, appointments and groups that a viewer may see, and what stands in the way of a booking."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from fotspor.access import queries as access
from fotspor.access.rules import Part, Purpose, Viewer
from fotspor.instruments import queries as instruments
from fotspor.kit.clock import start_of
from fotspor.kit.dates import pregnancy_start
from fotspor.kit.subqueries import fetched_once
from fotspor.pathways.labels import CONCERNS
from fotspor.pathways.models import Baton, Contact, Correction, Enrolment, Group, MissedAppointment
from fotspor.pathways.queries import definitions, seals
from fotspor.pathways.queries.agreements import agreed_slots
from fotspor.pathways.rules.appointments import Concern, Slot, concerns, first_day, may_write, shown_as
from fotspor.pathways.rules.plans import Expected, Facts, Rung, Step, expected_steps, passed_over
from fotspor.people import queries as people
from fotspor.people.models import Journey
from fotspor.services.models import Absence

WITH = ("journey__child", "journey__pregnancy__mother", "enrolment", "unit", "booked_staff", "group")


def visible_contacts(*, viewer: Viewer, part: Part, at: datetime) -> QuerySet[Contact]:
    """Which contacts may this viewer see, for care? Never those behind an adoption's seal.

    Shape   each is asked about by itself: the caller says which, by day, unit, group or key.
    """
    journeys = people.visible_journeys(viewer=viewer, purpose=Purpose.CARE, part=part, at=at, few=True)
    is_seen = Exists(journeys.order_by().filter(pk=OuterRef("journey")))
    return Contact.objects.filter(is_seen).exclude(seals.contacts())


def contact_by_key(*, viewer: Viewer, key: str, at: datetime) -> Contact:
    """Which contact is this? Errors: NotVisible for one the viewer may not see."""
    found = (
        visible_contacts(viewer=viewer, part=Part.RECORD, at=at).select_related(*WITH, "recorded_by").filter(key=key)
    )
    contact = found.first()
    if contact is None:
        raise access.NotVisible
    return contact


def holder_id_of(journey: Journey) -> int | None:
    """Which unit holds the journey's baton, or was the last to when the journey is closed? None on nobody's list."""
    batons = Baton.objects.filter(journey=journey)
    batons = batons.filter(until_at=None) if journey.closed_on is None else batons.filter(unit__isnull=False)
    return batons.order_by("-since_at", "-pk").values_list("unit_id", flat=True).first()


def may_write_about(viewer: Viewer, journey: Journey, contact_unit_id: int | None = None) -> bool:
    """May the viewer's unit book and record on this journey, or the contact of that unit? A former holder reads."""
    return may_write(
        viewer.unit_id,
        contact_unit_id=contact_unit_id,
        holder_id=holder_id_of(journey),
        is_open=journey.closed_on is None,
    )


def first_day_of(journey: Journey, *, enrolment: Enrolment | None = None, was_here: bool = True) -> date:
    """Before which day can nothing have happened on this journey, or on one of its pathways?"""
    pregnancy = journey.pregnancy if journey.pregnancy_id and not journey.is_sealed else None
    born_on = journey.child.born_on if journey.child_id else None
    is_unborn = pregnancy is not None and (enrolment is None or enrolment.pathway == definitions.PREGNANCY)
    return first_day(
        opened_on=journey.opened_on,
        pregnancy_on=pregnancy_start(pregnancy.due_on) if pregnancy else None,
        born_on=None if is_unborn else born_on,
        was_here=was_here,
    )


def missed_of(contact: Contact) -> list[MissedAppointment]:
    """When did nobody come to this contact? In the order of the ladder, without what has been taken back."""
    return list(contact.missed.standing().select_related("recorded_by"))


def answered(row: MissedAppointment, rung: Rung) -> date | None:
    """When was a rung answered: in words, by a new appointment, or since the contact has an outcome after all?"""
    if row.answered_on is not None:
        return row.answered_on
    contact = row.contact
    if not contact.outcome or rung.outlives_contact:
        return None
    return timezone.localdate(contact.recorded_at) if contact.recorded_at else contact.outcome_on


def withdrawn_of(contact: Contact) -> list[MissedAppointment]:
    """Which times was it wrong that nobody came?"""
    found = contact.missed.filter(withdrawn_at__isnull=False)
    return list(found.select_related("withdrawn_by").order_by("pk"))


def corrections_of(contact: Contact) -> list[Correction]:
    """Which outcomes have been taken back?"""
    return list(contact.corrections.select_related("corrected_by", "was_recorded_by").order_by("pk"))


def missed_on_day(*, contact: Contact, on: str) -> MissedAppointment:
    """Which time was it that nobody came that day (ISO)? Errors: NotVisible when none stands."""
    return _missed_with_count(contact, on)[0]


def rung_of_day(*, contact: Contact, on: str) -> Rung:
    """Which rung of the ladder does that day (ISO) stand on, as the times count now? Errors: NotVisible."""
    return definitions.missed().rung(_missed_with_count(contact, on)[1])


def _missed_with_count(contact: Contact, on: str) -> tuple[MissedAppointment, int]:
    """No day stands twice on one contact: what is taken back changes the count of the others, and never the day."""
    rows = enumerate(missed_of(contact), start=1)
    found = next(((row, count) for count, row in rows if row.missed_on.isoformat() == on), None)
    if found is None:
        raise access.NotVisible
    return found


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
    for enrolment in journey.enrolments.filter(ended_on=None).exclude(pathway_version="").order_by("pk"):
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


def concerns_of_group(
    *, unit_id: int, slot: Slot, contacts: Iterable[Contact] = (), group: Group | None = None
) -> tuple[Concern, ...]:
    """What should somebody look at before a group is planned there, or these families come to it?

    Shape   what is said of any family is said of the group; `group` is the one that they come to, when there is one.
    """
    others = _slots(unit_id=unit_id, slot=slot, apart=group)
    asked = {"minutes": definitions.booking().minutes, "others": others, "staff_is_away": _is_away(slot)}
    found = set(concerns(slot, opens_on=slot.on, closes_on=slot.on, **asked))
    for contact in contacts:
        found.update(concerns(slot, opens_on=contact.opens_on, closes_on=contact.closes_on, **asked))
    return tuple(concern for concern in Concern if concern in found)


def concerns_of_conversation(conversation: instruments.Conversation) -> instruments.InTheWay:
    """What should somebody look at before this conversation is agreed? As for a contact, for whoever has it."""
    slot = Slot(conversation.on, conversation.at, conversation.staff_id, "")
    theirs = Contact.objects.expected().filter(booked_staff_id=slot.staff_id or None, booked_on=slot.on)
    booked = [Slot(row.booked_on, row.booked_time, row.booked_staff_id, "") for row in theirs]
    others = [*booked, *agreed_slots(slot, without=conversation.duty_key)] if slot.staff_id is not None else []
    minutes = definitions.booking().minutes
    found = concerns(
        slot, opens_on=slot.on, closes_on=slot.on, others=others, minutes=minutes, staff_is_away=_is_away(slot)
    )
    return instruments.InTheWay(tuple(CONCERNS[concern] for concern in found), shown_as(slot, found))


def _slots(
    *, unit_id: int | None, slot: Slot, without: Contact | None = None, apart: Group | None = None
) -> list[Slot]:
    same = Q(unit_id=unit_id)
    if slot.staff_id is not None:
        same |= Q(booked_staff_id=slot.staff_id)  # a colleague is busy wherever the other appointment is
    found = Contact.objects.expected().filter(same, booked_on=slot.on)
    conversations = agreed_slots(slot)
    if without is not None:
        found = found.exclude(pk=without.pk)
    if apart is not None:
        found = found.exclude(group=apart)
    return [
        Slot(
            row.booked_on,
            row.booked_time,
            row.booked_staff_id,
            row.place if row.unit_id == unit_id else "",
            row.group_id,
        )
        for row in found.only("booked_on", "booked_time", "booked_staff_id", "place", "unit_id", "group_id")
    ] + conversations


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


@fetched_once()
def _booked(*, viewer: Viewer, from_on: date, until_on: date, only_mine: bool, today: date) -> QuerySet[Contact]:
    found = visible_contacts(viewer=viewer, part=Part.LISTED, at=start_of(today)).filter(
        booked_on__gte=from_on, booked_on__lt=until_on, cancelled_on=None
    )
    mine = Q(booked_staff_id=viewer.staff_id)
    found = found.filter(mine if only_mine else mine | Q(unit_id=viewer.unit_id)).select_related(*WITH)
    return found.defer("note", "outcome_reason", "late_reason").order_by("booked_on", "booked_time", "pk")


def appointments(*, viewer: Viewer, from_on: date, until_on: date, only_mine: bool, at: datetime) -> list[Day]:
    """What is booked at the viewer's unit from one day until before another?

    Shape   one Day for every date; own ones only with `only_mine`. Held appointments stay in view.
    """
    rows = _booked(viewer=viewer, from_on=from_on, until_on=until_on, only_mine=only_mine, today=timezone.localdate(at))
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
