"""Open, close and reopen a journey. One child has one journey."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from fotspor.access import actions as access
from fotspor.access.rules import Purpose, Viewer
from fotspor.kit.errors import Refused
from fotspor.kit.facts import Fact, Kind, announce
from fotspor.people.models import Correction, Journey, Person
from fotspor.people.queries import require_record


class HasJourney(Refused):
    """The child has a journey already."""


class AlreadyClosed(Refused):
    """The journey is closed."""


@transaction.atomic
def open_child_journey(*, child: Person, opened_on: date, by: Viewer, at: datetime) -> Journey:
    """Open the journey of a child who was registered without a pregnancy here: moved in, or sent by the register.

    Announced as a move into the municipality, so that the slices above plan it and place the baton.
    Errors  NotAllowed, NotVisible, HasJourney.
    """
    require_record(by, child, at)
    if Journey.objects.filter(child=child).exists():
        raise HasJourney(_("The child has a record already."))
    journey = Journey.objects.begin(child=child, opened_on=opened_on, by_id=by.staff_id, at=at)
    _log("opened", journey, Purpose.CARE, by, at)
    announce(
        Fact(
            kind=Kind.MOVED,
            at=at,
            by_id=by.staff_id,
            person_id=child.id,
            journey_id=journey.id,
            facts={
                "district_id": child.district_id,
                "moved_on": opened_on,
                "is_outside": False,
                "is_new": True,
                "is_reopened": False,
            },
        )
    )
    return journey


@transaction.atomic
def close_journey(*, journey: Journey, reason: str, on: date, note: str = "", by: Viewer, at: datetime) -> Journey:
    """Close a journey that the school takes over, or that was opened by mistake. The caller cancels what it planned.

    Shape   `note` says why it was a mistake, and is kept with the corrections of the person.
    Errors  NotAllowed, NotVisible, AlreadyClosed.
    """
    require_record(by, journey.subject, at)
    if not Journey.objects.open().filter(pk=journey.pk).exists():
        raise AlreadyClosed(_("This record is closed already."))
    journey.close(reason=reason, on=on, by_id=by.staff_id, at=at)
    if note:
        _keep_why(journey, note, by, at)
    _log("closed", journey, Purpose.CARE, by, at, reason=str(reason))
    return journey


def reopen_journey(*, journey: Journey, note: str, by: Viewer, at: datetime) -> Journey:
    """Take a journey up again that was wrongly closed as opened by mistake. Who may, and the plan, is the caller's.

    Shape   `note` says why, and is kept with the corrections of the person.
    Errors  AlreadyClosed for one that is open, or ended for another reason, or whose person has died meanwhile.
    """
    if journey.close_reason != Journey.CloseReason.MISTAKE or journey.subject.died_on is not None:
        raise AlreadyClosed(_("This record is not closed by mistake, or the person has died. Nothing was changed."))
    before = str(journey.closed_on)
    journey.reopen()
    _keep_why(journey, note, by, at, before=before)
    _log("reopened", journey, Purpose.LEADERSHIP, by, at)
    return journey


def _keep_why(journey: Journey, note: str, by: Viewer, at: datetime, *, before: str = "") -> None:
    """Why it was a mistake, or none after all, with the day it had been closed on."""
    about = {"person": journey.subject, "journey": journey, "what": Correction.What.MISTAKE}
    Correction.objects.keep(**about, before=before, reason=note, by_id=by.staff_id, at=at)


def _log(what: str, journey: Journey, purpose: Purpose, by: Viewer, at: datetime, **facts) -> None:
    access.log(by=by, at=at, **_about(what, journey, purpose), **facts)


def _about(what: str, journey: Journey, purpose: Purpose) -> dict[str, str]:
    """What the log says of it."""
    about = {"person": journey.subject.key, "object": journey.in_log, "purpose": purpose}
    return {"type": f"people.journey.{what}", **about}
