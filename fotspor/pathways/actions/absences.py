"""Somebody did not come: write it down, answer what follows, and take back what was wrong."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from fotspor.access.rules import Permission, Viewer
from fotspor.kit.errors import Refused
from fotspor.pathways.actions.contacts import (
    WITHOUT_BOOKING,
    CannotRecord,
    _answer_by_booking,
    _expected,
    _lock,
    _log,
    _may,
    _require_ours,
    _save,
)
from fotspor.pathways.actions.planning import plan_journey
from fotspor.pathways.labels import TROUBLES
from fotspor.pathways.models import Contact, MissedAppointment
from fotspor.pathways.queries import contacts as queries
from fotspor.pathways.rules.appointments import Trouble, absence_troubles

NOT_KNOWN = gettext_noop("Not known")  # why somebody did not come; kept as it stands here, and shown translated


@transaction.atomic
def mark_absent(
    *, contact: Contact, version: int, missed_on: date, reason: str, by: Viewer, at: datetime
) -> MissedAppointment:
    """Write down that nobody came. The contact stays expected, the appointment is gone, and the ladder asks for more.

    Shape   `reason` is what is known about why, or NOT_KNOWN.
    Errors  CannotRecord for a day in the future, or when nobody was expected: no appointment, and outside the window;
            or without a reason; Refused for one already written down; NotExpected; NotAllowed; NotYours; Stale.
    """
    contact = _expected(contact, by, Permission.RECORD_CONTACT, as_group=True)
    today = timezone.localdate(at)
    troubles = absence_troubles(
        missed_on=missed_on,
        booked_on=contact.booked_on,
        opens_on=contact.opens_on,
        closes_on=contact.closes_on,
        not_before=queries.first_day_of(contact.journey, enrolment=contact.enrolment),
        today=today,
    )
    if troubles:
        raise CannotRecord(troubles, "missed_on")
    if not reason.strip():
        raise CannotRecord((Trouble.NEEDS_REASON,))
    if contact.missed.standing().filter(missed_on=missed_on).exists():
        raise Refused(_("It is already written down that nobody came that day."))
    missed = MissedAppointment.objects.create(
        contact=contact,
        missed_on=missed_on,
        booked_time=contact.booked_time if contact.booked_on == missed_on else None,
        reason=reason.strip(),
        recorded_at=at,
        recorded_by_id=by.staff_id,
    )
    if contact.booked_on is not None and contact.booked_on > missed_on:
        _save(contact, version, {})  # a later appointment is agreed already: it stands, and answers
        _answer_by_booking(contact, today)
    else:
        _save(contact, version, WITHOUT_BOOKING)
    plan_journey(journey=contact.journey, by=by, at=at)
    _log("missed", contact, by, at, on=missed_on, count=contact.missed.standing().count())
    return missed


@transaction.atomic
def answer_absence(*, missed: MissedAppointment, answer: str, by: Viewer, at: datetime) -> MissedAppointment:
    """Write what the call or the assessment came to.

    Errors  Refused without words, or when answered or taken back already; NotAllowed; NotYours.
    """
    missed = _standing(missed, by)
    if missed.answered_on is not None:
        raise Refused(_("This has been answered already. Nothing was changed."))
    if not answer.strip():
        raise Refused(_("Write what it came to."))
    missed.answer, missed.answered_on = answer.strip(), timezone.localdate(at)
    missed.save(update_fields=["answer", "answered_on"])
    plan_journey(journey=missed.contact.journey, by=by, at=at)
    _log("absence_answered", missed.contact, by, at, on=missed.missed_on)
    return missed


@transaction.atomic
def take_back_absence(*, missed: MissedAppointment, reason: str, by: Viewer, at: datetime) -> MissedAppointment:
    """It was wrong that nobody came: the row is kept, marked, and the ladder counts without it.

    The appointment of that day does not come back: record what happened then, or book again.
    Errors  Refused without a reason, or when taken back already; NotAllowed; NotYours.
    """
    missed = _standing(missed, by)
    if not reason.strip():
        raise Refused(TROUBLES[Trouble.NEEDS_REASON])
    missed.withdrawn_at, missed.withdrawn_by_id, missed.withdrawn_reason = at, by.staff_id, reason.strip()
    missed.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    plan_journey(journey=missed.contact.journey, by=by, at=at)
    _log("absence_withdrawn", missed.contact, by, at, on=missed.missed_on)
    return missed


def _standing(missed: MissedAppointment, by: Viewer) -> MissedAppointment:
    """The row, locked after its contact, if it counts and the viewer's unit writes about it."""
    _may(by, Permission.RECORD_CONTACT)
    contact = _lock(missed.contact)
    _require_ours(contact, by)
    found = MissedAppointment.objects.select_for_update().get(pk=missed.pk)
    if found.withdrawn_at is not None:
        raise Refused(_("This has been taken back already. Nothing was changed."))
    found.contact = contact
    return found
