"""Several families in one appointment: plan it, add families, and say who came."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access import actions as access
from fotspor.access.rules import Permission, Viewer
from fotspor.kit.errors import Refused
from fotspor.pathways.actions.absences import mark_absent
from fotspor.pathways.actions.ahead import _require_near
from fotspor.pathways.actions.contacts import (
    NotAllowed,
    _require_confirmed,
    _require_open_then,
    _require_ours,
    record_contact,
)
from fotspor.pathways.actions.planning import plan_journey
from fotspor.pathways.models import Contact, Group
from fotspor.pathways.queries import contacts as queries
from fotspor.pathways.rules.appointments import Slot


class TwiceInGroup(Refused):
    """One child was chosen with two contacts: nobody meets twice in one appointment."""

    field = "contacts"

    def __init__(self):
        super().__init__(_("The same child is chosen twice. Choose one contact for each child."))


@transaction.atomic
def plan_group(
    *,
    title: str,
    held_on: date,
    starts_at: time,
    place: str,
    leader_id: int | None,
    contacts: Iterable[Contact],
    confirmed: bool = False,
    shown: str | None = None,
    by: Viewer,
    at: datetime,
) -> Group:
    """Invite several families to one appointment. Their contacts are booked to it.

    Shape   `shown` as in `book_contact`.
    Errors  NeedsConfirmation as in `book_contact`, for the leader, the room and each family, unless `confirmed`;
            TwiceInGroup; NotAllowed; NotYours; UnitClosed; TooFarAhead; Refused.
    """
    if not by.may(Permission.BOOK) or by.unit_id is None:
        raise NotAllowed(_("Your role cannot do this."))
    if held_on < timezone.localdate(at):
        raise Refused(_("The day is past. Choose today or later."))
    _require_near(at, held_on=held_on)
    chosen = list(contacts)
    if not chosen:
        raise Refused(_("Choose at least one family."))
    for contact in chosen:
        _require_ours(contact, by)  # before anything is told of when they are booked
    _require_open_then(by.unit_id, place, held_on)
    slot = Slot(held_on, starts_at, leader_id, place)
    _require_one_each(chosen)
    found = queries.concerns_of_group(unit_id=by.unit_id, slot=slot, contacts=chosen)
    _require_confirmed(slot, found, confirmed, shown)
    group = Group.objects.create(
        title=title.strip(),
        unit_id=by.unit_id,
        held_on=held_on,
        starts_at_time=starts_at,
        place=place.strip(),
        leader_id=leader_id,
        planned_at=at,
        planned_by_id=by.staff_id,
    )
    for contact in chosen:
        _join(group, contact, by, at)
    access.log(
        type="pathways.group.planned",
        by=by,
        at=at,
        people=[contact.journey.subject.key for contact in chosen],
        object=f"pathways.group:{group.key}",
    )
    return group


@transaction.atomic
def join_group(
    *, group: Group, contact: Contact, confirmed: bool = False, shown: str | None = None, by: Viewer, at: datetime
) -> Contact:
    """Invite one more family to a group that is planned. Shape and errors as `plan_group`."""
    if not by.may(Permission.BOOK) or group.unit_id != by.unit_id:
        raise NotAllowed(_("Your role cannot do this."))
    if group.held_on < timezone.localdate(at):
        raise Refused(_("The day is past. Choose today or later."))
    _require_one_each([contact, *group.contacts.filter(cancelled_on=None).exclude(pk=contact.pk)])
    slot = Slot(group.held_on, group.starts_at_time, group.leader_id, group.place)
    found = queries.concerns_of_group(unit_id=group.unit_id, slot=slot, contacts=[contact], group=group)
    _require_confirmed(slot, found, confirmed, shown)
    contact = _join(group, contact, by, at)
    access.log(
        type="pathways.group.joined",
        by=by,
        at=at,
        person=contact.journey.subject.key,
        object=f"pathways.group:{group.key}",
    )
    return contact


def _require_one_each(chosen: list[Contact]) -> None:
    """Is each journey there once? Errors: TwiceInGroup."""
    journeys = [contact.journey_id for contact in chosen]
    if len(journeys) != len(set(journeys)):
        raise TwiceInGroup


def _join(group: Group, contact: Contact, by: Viewer, at: datetime) -> Contact:
    contact = (
        Contact.objects.select_for_update(of=("self",))
        .select_related("journey__child", "journey__pregnancy__mother")
        .get(pk=contact.pk)
    )
    _require_ours(contact, by)
    if contact.outcome or contact.cancelled_on:
        raise Refused(_("One of the contacts has been recorded meanwhile. Nothing was stored."))
    values = {
        "booked_on": group.held_on,
        "booked_time": group.starts_at_time,
        "place": group.place,
        "booked_staff_id": group.leader_id,
        "group_id": group.pk,
        "booked_at": at,
        "booked_by_id": by.staff_id,
    }
    for name, value in values.items():
        setattr(contact, name, value)
    contact.save_if_unchanged(contact.version, [*values])
    plan_journey(journey=contact.journey, by=by, at=at)
    return contact


@transaction.atomic
def record_attendance(
    *,
    group: Group,
    came: Mapping[str, bool],
    reasons: Mapping[str, str] | None = None,
    late_reason: str = "",
    by: Viewer,
    at: datetime,
) -> None:
    """Say who came to the group, family by family. `came` maps contact keys; those left out stay as they are.

    Shape   `reasons` says for each family that did not come why, or NOT_KNOWN.
    """
    if group.unit_id != by.unit_id:
        raise NotAllowed(_("Your role cannot do this."))
    for contact in group.contacts.filter(key__in=came, outcome="", cancelled_on=None).order_by("pk"):
        if came[contact.key]:
            record_contact(
                contact=contact,
                version=contact.version,
                outcome=Contact.Outcome.HELD,
                outcome_on=group.held_on,
                late_reason=late_reason,
                by=by,
                at=at,
            )
        else:
            mark_absent(
                contact=contact,
                version=contact.version,
                missed_on=group.held_on,
                reason=(reasons or {}).get(contact.key, ""),
                by=by,
                at=at,
            )
