"""A contact that the pathway does not have: expected ahead, or done in an emergency and written down at once."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from fotspor.access.queries import emergency_until, require
from fotspor.access.rules import Doing, Part, Permission, Purpose, Viewer
from fotspor.kit.errors import Refused
from fotspor.pathways.actions.ahead import _require_before_school
from fotspor.pathways.actions.batons import NotYours
from fotspor.pathways.actions.contacts import NotExpected, _log, _may, _not_in_emergency, _require_no_score
from fotspor.pathways.actions.planning import plan_journey
from fotspor.pathways.models import Contact
from fotspor.pathways.queries import contacts as queries
from fotspor.people.models import Journey

OUTSIDE_TITLES = {
    "extra": gettext_noop("Extra contact"),
    "support": gettext_noop("Support conversation"),
    "home": gettext_noop("Extra home visit"),
    "phone": gettext_noop("Agreed telephone call"),
}


@transaction.atomic
def add_contact(
    *, journey: Journey, kind: str, opens_on: date, due_on: date, closes_on: date, by: Viewer, at: datetime
) -> Contact:
    """Expect a contact that the pathway does not have. `kind` is a key of OUTSIDE_TITLES.

    Errors  NotAllowed; NotYours; NotExpected on a closed journey; Refused for days that are past or out of order;
            TooFarAhead.
    """
    _may(by, Permission.BOOK)
    if journey.closed_on is not None:
        raise NotExpected(_("The journey is closed. Nothing more is expected."))
    if not queries.may_write_about(by, journey):
        raise NotYours
    _not_in_emergency(journey, by, at)
    if not opens_on <= due_on <= closes_on:
        raise Refused(_("The first day must come before the last."))
    if closes_on < timezone.localdate(at):
        raise Refused(_("The day is past. Choose today or later."))
    _require_before_school(journey, at, closes_on=closes_on)
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


@transaction.atomic
def record_in_emergency(*, journey: Journey, kind: str, note: str, by: Viewer, at: datetime) -> Contact:
    """Write down what was done today in an emergency. What the others have planned stands as it was.

    Shape   `kind` is a key of OUTSIDE_TITLES. The contact is held, and leaves nothing to be done.
    Errors  NotAllowed; NotVisible; NotYours without emergency access; NotExpected on a closed journey; Refused without
            words; ContactSaysAScore.
    """
    _may(by, Permission.RECORD_CONTACT)
    person, on = journey.subject, timezone.localdate(at)
    asked = {"person_id": person.pk, "purpose": Purpose.CARE, "part": Part.RECORD, "at": at}
    require(viewer=by, doing=Doing.CONTACT, **asked)
    if emergency_until(viewer=by, person_id=person.pk, at=at) is None:
        raise NotYours
    if journey.closed_on is not None:
        raise NotExpected(_("The journey is closed. Nothing more is expected."))
    if not note.strip():
        raise Refused(_("Write what was done."))
    _require_no_score(note=note)
    contact = Contact.objects.create(
        journey=journey,
        title=OUTSIDE_TITLES[kind],
        unit_id=by.unit_id,
        opens_on=on,
        due_on=on,
        closes_on=on,
        outcome=Contact.Outcome.HELD,
        outcome_on=on,
        note=note.strip(),
        recorded_at=at,
        recorded_by_id=by.staff_id,
    )
    _log("recorded", contact, by, at, outcome=contact.outcome, on=on, late=False)
    return contact
