"""Book a contact, move and cancel the booking, record what came of it, and take a wrong record back.

Only the unit that holds the baton writes, and the one that holds the contact: a former holder reads.
"""

from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access import actions as access
from fotspor.access.queries import refuse_in_emergency
from fotspor.access.rules import Permission, Viewer
from fotspor.instruments import queries as instruments
from fotspor.kit.errors import LookFirst, Refused
from fotspor.pathways.actions.ahead import _require_before_school
from fotspor.pathways.actions.batons import NotYours
from fotspor.pathways.actions.planning import plan_journey
from fotspor.pathways.labels import CONCERNS, TROUBLES
from fotspor.pathways.models import Contact, Correction
from fotspor.pathways.queries import contacts as queries
from fotspor.pathways.queries import definitions
from fotspor.pathways.queries.units import closed_by
from fotspor.pathways.rules.appointments import Concern, Slot, Trouble, recording_troubles, shown_as
from fotspor.people.models import Journey

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
FIELDS = {
    Trouble.NEEDS_REASON: "reason",
    Trouble.NEEDS_EARLY_REASON: "late_reason",
    Trouble.NEEDS_LATE_REASON: "late_reason",
}
WITHOUT_BOOKING = dict.fromkeys(BOOKING) | {"place": ""}


class NotAllowed(Refused):
    """This post may not do that."""


class NotExpected(Refused):
    """The contact has an outcome already, or is no longer expected."""


class UnitClosed(Refused):
    """The unit, or the kindergarten where it is to be held, is closed that day."""

    def __init__(self, name: str):
        super().__init__(_("%(unit)s is closed that day. Choose an earlier day, or another place.") % {"unit": name})


class NeedsConfirmation(LookFirst):
    """There is something to look at before booking. `concerns` says what; book again with `confirmed` and `shown`."""

    def __init__(self, concerns: tuple[Concern, ...], shown: str):
        self.concerns = concerns
        said = [CONCERNS[concern] for concern in concerns]
        super().__init__(_("Look at this before you book. Nothing has been stored yet."), said, shown)


class CannotRecord(Refused):
    """The outcome cannot be recorded like this. `troubles` says why, `field` what it is about."""

    def __init__(self, troubles: tuple[Trouble, ...], day: str = "outcome_on"):
        self.troubles = troubles
        self.field = FIELDS.get(troubles[0], day)
        super().__init__(TROUBLES[troubles[0]])


class ContactSaysAScore(Refused):
    """A score from somebody's own form would stand on the child's page. `field` says in which text."""

    def __init__(self, field: str):
        self.field = field
        super().__init__(
            _("The text says a score. Scores stay in the parent's own record, on the form: write what was agreed.")
        )


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
    shown: str | None = None,
    by: Viewer,
    at: datetime,
) -> Contact:
    """Book a day, and perhaps a time, a place and a colleague.

    Shape   `shown` is the `NeedsConfirmation.shown` that somebody confirmed; None where nobody was asked.
    Errors  NeedsConfirmation for a double booking, a day outside the window or a day off, unless `confirmed` for this
            very appointment; NotExpected; NotAllowed; NotYours; Refused for a day that is past; TooFarAhead;
            UnitClosed; Stale.
    """
    contact = _expected(contact, by, Permission.BOOK)
    _not_in_emergency(contact.journey, by, at)
    today = timezone.localdate(at)
    if on < today:
        raise Refused(_("The day is past. Choose today or later."))
    _require_before_school(contact.journey, at, on=on)
    _require_open_then(contact.unit_id, place, on)
    slot = Slot(on, time, staff_id, place)
    found = queries.concerns_of(contact, slot)
    _require_confirmed(slot, found, confirmed, shown)
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
    _not_in_emergency(contact.journey, by, at)
    if contact.booked_on is None:
        raise NotExpected(_("There is no appointment to cancel."))
    was = contact.booked_on
    _save(contact, version, WITHOUT_BOOKING)
    _ask_for_booking_again(contact)
    plan_journey(journey=contact.journey, by=by, at=at)
    _log("booking_cancelled", contact, by, at, was=was)
    return contact


def _require_confirmed(slot: Slot, found: tuple[Concern, ...], confirmed: bool, shown: str | None) -> None:
    """A yes holds for the appointment and the concerns it was given for. Errors: NeedsConfirmation."""
    now = shown_as(slot, found)
    if found and not (confirmed and shown in (None, now)):
        raise NeedsConfirmation(found, now)


def _answer_by_booking(contact: Contact, today: date) -> None:
    """A new appointment answers the first rung of the ladder."""
    ladder = definitions.missed()
    for count, row in enumerate(contact.missed.standing(), start=1):
        if row.answered_on is None and not ladder.rung(count).needs_answer:
            row.answered_on = today
            row.save(update_fields=["answered_on"])


def _ask_for_booking_again(contact: Contact) -> None:
    """What a new appointment had answered is asked for again when that appointment is cancelled."""
    rows = list(contact.missed.standing())
    if rows and rows[-1].answered_on is not None and not definitions.missed().rung(len(rows)).needs_answer:
        rows[-1].answered_on = None
        rows[-1].save(update_fields=["answered_on"])


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

    An appointment on another day is gone with it.
    Errors  MustBeAnswered while a form filled in at the contact demands an outcome; CannotRecord; NotExpected;
            NotYours; ContactSaysAScore; Stale.
    """
    contact = _expected(contact, by, Permission.RECORD_CONTACT, as_group=outcome == Contact.Outcome.HELD)
    _require_no_score(reason=reason, late_reason=late_reason, note=note)
    if troubles := _troubles(contact, outcome, outcome_on, reason, late_reason, timezone.localdate(at)):
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
    facts = {"outcome": outcome, "on": outcome_on, "late": outcome_on > contact.closes_on}
    if contact.booked_on is not None and contact.booked_on != outcome_on:
        facts["was_booked"] = contact.booked_on
        values |= WITHOUT_BOOKING
    _save(contact, version, values)
    plan_journey(journey=contact.journey, by=by, at=at)
    _log("recorded", contact, by, at, **facts)
    return contact


def _troubles(
    contact: Contact, outcome: str, on: date, reason: str, window_reason: str, today: date
) -> tuple[Trouble, ...]:
    """What stops this outcome? What was held elsewhere may have been before the family came to us."""
    journey, held = contact.journey, Contact.Outcome
    is_unborn = contact.enrolment_id is None or contact.enrolment.pathway == definitions.PREGNANCY
    born_on = journey.child.born_on if journey.child_id else None
    return recording_troubles(
        is_held=outcome == held.HELD,
        outcome_on=on,
        opens_on=contact.opens_on,
        closes_on=contact.closes_on,
        not_before=queries.first_day_of(journey, enrolment=contact.enrolment, was_here=outcome != held.MOVED),
        born_on=None if is_unborn and journey.pregnancy_id else born_on,
        missed_on=contact.missed.standing().aggregate(last=Max("missed_on"))["last"],
        has_reason=bool(reason.strip()),
        has_window_reason=bool(window_reason.strip()),
        today=today,
    )


@transaction.atomic
def reopen_contact(*, contact: Contact, version: int, reason: str, by: Viewer, at: datetime) -> Contact:
    """Take a wrong record back: the contact is expected again, and what stood there is kept with the reason.

    What the ladder had asked for because nobody came is asked for again.
    Errors  NotExpected; NotAllowed; NotYours for others than the holder and the unit that recorded it; Refused; Stale.
    """
    _may(by, Permission.RECORD_CONTACT)
    contact = _lock(contact)
    _require_ours(contact, by)
    _not_in_emergency(contact.journey, by, at)
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


# --- shared ----------------------------------------------------------------------------------------------


def _require_no_score(**texts: str) -> None:
    """What others read about the child tells nothing of a parent's answers. Errors: ContactSaysAScore."""
    for field, text in texts.items():
        if definitions.tells_a_score(text):
            raise ContactSaysAScore(field)


def _may(by: Viewer, permission: Permission) -> None:
    if not by.may(permission):
        raise NotAllowed(_("Your role cannot do this."))


def _not_in_emergency(journey: Journey, by: Viewer, at: datetime) -> None:
    """What is planned waits for somebody with a relation. Errors: access's NotInEmergency."""
    refuse_in_emergency(viewer=by, person_id=journey.subject.pk, at=at)


def _require_open_then(unit_id: int | None, place: str, on: date) -> None:
    """Is everything open that day? Errors: UnitClosed."""
    if closed := closed_by(unit_id=unit_id, place=place, on=on):
        raise UnitClosed(closed.name)


def _lock(contact: Contact) -> Contact:
    """The contact, locked after its journey: the same order as planning, so that two never wait for each other."""
    Journey.objects.select_for_update().get(pk=contact.journey_id)
    found = Contact.objects.select_for_update(of=("self",)).select_related(
        "journey__child", "journey__pregnancy__mother", "enrolment", "group"
    )
    return found.get(pk=contact.pk)


def _require_ours(contact: Contact, by: Viewer, *, as_group: bool = False) -> None:
    """Does the viewer's unit write about this contact? The unit of its group says who came. Errors: NotYours."""
    if as_group and contact.group_id is not None and by.unit_id is not None and contact.group.unit_id == by.unit_id:
        return
    if not queries.may_write_about(by, contact.journey, contact.unit_id):
        raise NotYours


def _expected(contact: Contact, by: Viewer, permission: Permission, *, as_group: bool = False) -> Contact:
    _may(by, permission)
    contact = _lock(contact)
    _require_ours(contact, by, as_group=as_group)
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
