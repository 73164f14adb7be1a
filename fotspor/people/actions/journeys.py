"""Open, close and reopen a journey. One child has one journey."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from fotspor.access import actions as access
from fotspor.access.rules import Purpose, Viewer
from fotspor.kit.errors import Refused
from fotspor.kit.facts import Fact, Kind, announce
from fotspor.people.actions.persons import require_record
from fotspor.people.models import Journey, Person, Pregnancy


class HasJourney(Refused):
    """The child has a journey already."""


class AlreadyClosed(Refused):
    """The journey is closed."""


def journey_address(journey: Journey) -> str:
    """Under which name does the log speak of this journey?"""
    return f"people.journey:{journey.key}"


def open_journey_of(
    *,
    opened_on: date,
    pregnancy: Pregnancy | None = None,
    child: Person | None = None,
    split_from: Journey | None = None,
    by: Viewer,
    at: datetime,
) -> Journey:
    """Open the row of a journey; the caller has asked whether it may, and logs what it does."""
    return Journey.objects.create(
        pregnancy=pregnancy,
        child=child,
        split_from=split_from,
        opened_on=opened_on,
        opened_at=at,
        opened_by_id=by.staff_id,
    )


def close(journey: Journey, *, reason: str, on: date, by: Viewer, at: datetime) -> None:
    """Close the row of a journey; the caller logs and announces why."""
    journey.closed_on, journey.close_reason = on, reason
    journey.closed_at, journey.closed_by_id = at, by.staff_id
    journey.save(update_fields=["closed_on", "close_reason", "closed_at", "closed_by"])


def reopen(journey: Journey) -> None:
    """Take up again a journey that was closed; the log keeps that it was."""
    journey.closed_on, journey.close_reason = None, ""
    journey.closed_at = journey.closed_by = None
    journey.save(update_fields=["closed_on", "close_reason", "closed_at", "closed_by"])


@transaction.atomic
def open_child_journey(*, child: Person, opened_on: date, by: Viewer, at: datetime) -> Journey:
    """Open the journey of a child who was registered without a pregnancy here: moved in, or sent by the register.

    Announced as a move into the municipality, so that the slices above plan it and place the baton.
    Errors  NotAllowed, NotVisible, HasJourney.
    """
    require_record(by, child, at)
    if Journey.objects.filter(child=child).exists():
        raise HasJourney(_("The child has a record already."))
    journey = open_journey_of(child=child, opened_on=opened_on, by=by, at=at)
    access.log(
        type="people.journey.opened",
        by=by,
        at=at,
        person=child.key,
        purpose=Purpose.CARE,
        object=journey_address(journey),
    )
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
def close_journey(*, journey: Journey, reason: str, on: date, by: Viewer, at: datetime) -> Journey:
    """Close a journey that the school takes over, or that was opened by mistake. The caller cancels what it planned.

    Errors  NotAllowed, NotVisible, AlreadyClosed.
    """
    require_record(by, journey.subject, at)
    if not Journey.objects.open().filter(pk=journey.pk).exists():
        raise AlreadyClosed(_("This record is closed already."))
    close(journey, reason=reason, on=on, by=by, at=at)
    access.log(
        type="people.journey.closed",
        by=by,
        at=at,
        person=journey.subject.key,
        purpose=Purpose.CARE,
        object=journey_address(journey),
        reason=str(reason),
    )
    return journey
