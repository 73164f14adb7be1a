"""Book a contact, move and cancel the booking, record what came of it, and take a wrong record back."""

from datetime import date, datetime, time

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from fotspor.access import actions as access
from fotspor.access.rules import Permission, Viewer
from fotspor.instruments import queries as instruments
from fotspor.kit.errors import Refused
from fotspor.pathways.actions.planning import plan_journey
from fotspor.pathways.labels import CONCERNS, TROUBLES
from fotspor.pathways.models import Contact, Correction, MissedAppointment
from fotspor.pathways.queries import contacts as queries
from fotspor.pathways.queries import definitions
from fotspor.pathways.rules.appointments import Concern, Slot, Trouble, recording_troubles
from fotspor.people.models import Journey

OUTSIDE_TITLES = {
    "extra": gettext_noop("Extra contact"),
    "support": gettext_noop("Support conversation"),
    "home": gettext_noop("Extra home visit"),
    "phone": gettext_noop("Agreed telephone call"),
}
BOOKING = ("booked_on", "booked_time", "place", "booked_staff_id", "group_id", "booked_at", "booked_by_id")
OUTCOME = (
    "outcome",
    "outcome_on",
    "outcome_reason",
    "late_reason",
    "note",
    "interpreter_used",
    "recorded_at",
    "recorded_by_id",
)
WITHOUT_BOOKING = dict.fromkeys(BOOKING) | {"place": ""}


class NotAllowed(Refused):
    """This post may not do that."""


class NotExpected(Refused):
    """The contact has an outcome already, or is no longer expected."""


class NeedsConfirmation(Refused):
    """There is something to look at before booking. `concerns` says what; book again with `confirmed`."""

    def __init__(self, concerns: tuple[Concern, ...]):
        self.concerns = concerns
        self.reasons = [CONCERNS[concern] for concern in concerns]
        super().__init__(_("Look at this before you book. Nothing has been stored yet."))


class CannotRecord(Refused):
    """The outcome cannot be recorded like this. `troubles` says why."""

    def __init__(self, troubles: tuple[Trouble, ...]):
        self.troubles = troubles
        super().__init__(TROUBLES[troubles[0]])


class MustBeAnswered(Refused):
    """A form filled in at the contact demands something first. `reasons` says what."""

    def __init__(self, reasons):
        self.reasons = list(reasons)
        super().__init__(_("The contact cannot be closed yet. Something must be answered first."))


# --- booking ---------------------------------------------------------------------------------------------


@transaction.atomic
def book_contact(
    *,
    contact: Contact,
    version: int,
    on: date,
    time: time | None,
    place: str = "",
    staff_id: int | None = None,
    confirmed: bool = False,
    by: Viewer,
    at: datetime,
) -> Contact:
    """Book a day, and perhaps a time, a place and a colleague.

    Errors  NeedsConfirmation for a double booking, a day outside the window or a day off, unless `confirmed`;
            NotExpected; NotAllowed; Refused for a day that is past; Stale.
    """
    contact = _expected(contact, by, Permission.BOOK)
    today = timezone.localdate(at)
    if on < today:
        raise Refused(_("The day is past. Choose today or later."))
    slot = Slot(on, time, staff_id, place)
    found = queries.concerns_of(contact, slot)
    if found and not confirmed:
        raise NeedsConfirmation(found)
    moved = contact.booked_on is not None
    values = {
        "booked_on": on,
        "booked_time": time,
        "place": place.strip(),
        "booked_staff_id": staff_id,
        "group_id": None,
        "booked_at": at,
        "booked_by_id": by.staff_id,
    }
    _save(contact, version, values)
    _answer_by_booking(contact, today)
    plan_journey(journey=contact.journey, by=by, at=at)
    _log("moved" if moved else "booked", contact, by, at, on=on, despite=list(found))
    return contact


def move_booking(*, contact: Contact, by: Viewer, at: datetime, **values) -> Contact:
    """Move the appointment to another day, time, place or colleague. Errors and values as `book_contact`."""
    return book_contact(contact=contact, by=by, at=at, **values)


@transaction.atomic
def cancel_booking(*, contact: Contact, version: int, by: Viewer, at: datetime) -> Contact:
    """Cancel the appointment. The contact itself is still expected."""
    contact = _expected(contact, by, Permission.BOOK)
    if contact.booked_on is None:
        raise NotExpected(_("There is no appointment to cancel."))
    was = contact.booked_on
    _save(contact, version, WITHOUT_BOOKING)
    plan_journey(journey=contact.journey, by=by, at=at)
    _log("booking_cancelled", contact, by, at, was=was)
    return contact


def _answer_by_booking(contact: Contact, today: date) -> None:
    """A new appointment answers the first rung of the ladder."""
    ladder = definitions.missed()
    for count, row in enumerate(contact.missed.order_by("pk"), start=1):
        if row.answered_on is None and not ladder.rung(count).needs_answer:
            row.answered_on = today
            row.save(update_fields=["answered_on"])


# --- outcome ---------------------------------------------------------------------------------------------


@transaction.atomic
def record_contact(
    *,
    contact: Contact,
    version: int,
    outcome: str,
    outcome_on: date,
    reason: str = "",
    late_reason: str = "",
    note: str = "",
    interpreter_used: bool | None = None,
    by: Viewer,
    at: datetime,
) -> Contact:
    """Write down that it was held, declined, held elsewhere or not needed, on its true day.

    Errors  MustBeAnswered while a form filled in at the contact demands an outcome; CannotRecord; NotExpected; Stale.
    """
    contact = _expected(contact, by, Permission.RECORD_CONTACT)
    today = timezone.localdate(at)
    journey = contact.journey
    expected = queries.expected_of(contact)
    troubles = recording_troubles(
        is_held=outcome == Contact.Outcome.HELD,
        outcome_on=outcome_on,
        closes_on=contact.closes_on,
        late_until_on=expected.late_until_on if expected else None,
        born_on=journey.child.born_on if journey.child_id else None,
        has_reason=bool(reason.strip()),
        has_late_reason=bool(late_reason.strip()),
        today=today,
    )
    if troubles:
        raise CannotRecord(troubles)
    if waiting := list(instruments.may_close(contact.pk)):
        raise MustBeAnswered(waiting)
    values = {
        "outcome": outcome,
        "outcome_on": outcome_on,
        "outcome_reason": reason.strip() or None,
        "late_reason": late_reason.strip() or None,
        "note": note.strip() or None,
        "interpreter_used": interpreter_used,
        "recorded_at": at,
        "recorded_by_id": by.staff_id,
    }
    _save(contact, version, values)
    ladder = definitions.missed()
    for count, row in enumerate(contact.missed.order_by("pk"), start=1):
        if row.answered_on is None and not ladder.rung(count).outlives_contact:
            row.answered_on = today
            row.save(update_fields=["answered_on"])
    plan_journey(journey=journey, by=by, at=at)
    _log("recorded", contact, by, at, outcome=outcome, on=outcome_on, late=outcome_on > contact.closes_on)
    return contact


@transaction.atomic
def reopen_contact(*, contact: Contact, version: int, reason: str, by: Viewer, at: datetime) -> Contact:
    """Take a wrong record back: the contact is expected again, and what stood there is kept with the reason."""
    _may(by, Permission.RECORD_CONTACT)
    contact = _lock(contact)
    if not contact.outcome:
        raise NotExpected(_("The contact has no outcome to take back."))
    if not reason.strip():
        raise Refused(TROUBLES[Trouble.NEEDS_REASON])
    Correction.objects.create(
        contact=contact,
        outcome=contact.outcome,
        outcome_on=contact.outcome_on,
        outcome_reason=contact.outcome_reason,
        late_reason=contact.late_reason,
        note=contact.note,
        was_recorded_at=contact.recorded_at,
        was_recorded_by_id=contact.recorded_by_id,
        reason=reason.strip(),
        corrected_at=at,
        corrected_by_id=by.staff_id,
    )
    was = contact.outcome
    _save(contact, version, dict.fromkeys(OUTCOME) | {"outcome": ""})
    plan_journey(journey=contact.journey, by=by, at=at)
    _log("reopened", contact, by, at, was=was)
    return contact


# --- somebody did not come -------------------------------------------------------------------------------


@transaction.atomic
def mark_absent(
    *, contact: Contact, version: int, missed_on: date, reason: str = "", by: Viewer, at: datetime
) -> MissedAppointment:
    """Write down that nobody came. The contact stays expected, the appointment is gone, and the ladder asks for more.

    Errors  Refused for a day in the future, or one already written down; NotExpected; NotAllowed; Stale.
    """
    contact = _expected(contact, by, Permission.RECORD_CONTACT)
    if missed_on > timezone.localdate(at):
        raise Refused(TROUBLES[Trouble.FUTURE])
    if contact.missed.filter(missed_on=missed_on).exists():
        raise Refused(_("It is already written down that nobody came that day."))
    missed = MissedAppointment.objects.create(
        contact=contact,
        missed_on=missed_on,
        booked_time=contact.booked_time if contact.booked_on == missed_on else None,
        reason=reason.strip() or None,
        recorded_at=at,
        recorded_by_id=by.staff_id,
    )
    if contact.booked_on is not None and contact.booked_on > missed_on:
        _save(contact, version, {})  # a later appointment is agreed already: it stands, and answers
        _answer_by_booking(contact, timezone.localdate(at))
    else:
        _save(contact, version, WITHOUT_BOOKING)
    plan_journey(journey=contact.journey, by=by, at=at)
    _log("missed", contact, by, at, on=missed_on, count=contact.missed.count())
    return missed


@transaction.atomic
def answer_absence(*, missed: MissedAppointment, answer: str, by: Viewer, at: datetime) -> MissedAppointment:
    """Write what the call or the assessment came to. Errors: Refused without words, or when answered already."""
    _may(by, Permission.RECORD_CONTACT)
    missed = MissedAppointment.objects.select_for_update().get(pk=missed.pk)
    if missed.answered_on is not None:
        raise Refused(_("This has been answered already. Nothing was changed."))
    if not answer.strip():
        raise Refused(_("Write what it came to."))
    missed.answer, missed.answered_on = answer.strip(), timezone.localdate(at)
    missed.save(update_fields=["answer", "answered_on"])
    plan_journey(journey=missed.contact.journey, by=by, at=at)
    _log("absence_answered", missed.contact, by, at, on=missed.missed_on)
    return missed


# --- outside the plan ------------------------------------------------------------------------------------


@transaction.atomic
def add_contact(
    *, journey: Journey, kind: str, opens_on: date, due_on: date, closes_on: date, by: Viewer, at: datetime
) -> Contact:
    """Expect a contact that the pathway does not have. `kind` is a key of OUTSIDE_TITLES."""
    _may(by, Permission.BOOK)
    if journey.closed_on is not None:
        raise NotExpected(_("The journey is closed. Nothing more is expected."))
    if not opens_on <= due_on <= closes_on:
        raise Refused(_("The first day must come before the last."))
    if closes_on < timezone.localdate(at):
        raise Refused(_("The day is past. Choose today or later."))
    contact = Contact.objects.create(
        journey=journey,
        title=OUTSIDE_TITLES[kind],
        unit_id=by.unit_id,
        opens_on=opens_on,
        due_on=due_on,
        closes_on=closes_on,
    )
    plan_journey(journey=journey, by=by, at=at)
    _log("added", contact, by, at)
    return contact


# --- shared ----------------------------------------------------------------------------------------------


def _may(by: Viewer, permission: Permission) -> None:
    if not by.may(permission):
        raise NotAllowed(_("Your role cannot do this."))


def _lock(contact: Contact) -> Contact:
    """The contact, locked after its journey: the same order as planning, so that two never wait for each other."""
    Journey.objects.select_for_update().get(pk=contact.journey_id)
    found = Contact.objects.select_for_update(of=("self",)).select_related(
        "journey__child", "journey__pregnancy__mother"
    )
    return found.get(pk=contact.pk)


def _expected(contact: Contact, by: Viewer, permission: Permission) -> Contact:
    _may(by, permission)
    contact = _lock(contact)
    if contact.outcome or contact.cancelled_on:
        raise NotExpected(_("The contact has been recorded or is no longer expected. Nothing was changed."))
    return contact


def _save(contact: Contact, version: int, values: dict) -> None:
    for name, value in values.items():
        setattr(contact, name, value)
    contact.save_if_unchanged(version, [*values])


def _log(what: str, contact: Contact, by: Viewer, at: datetime, **facts) -> None:
    access.log(
        type=f"pathways.contact.{what}",
        by=by,
        at=at,
        person=contact.journey.subject.key,
        object=f"pathways.contact:{contact.key}",
        step=contact.step,
        **facts,
    )
