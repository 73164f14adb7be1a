"""Enrol a child in a kindergarten, change it, and end the place: what makes the child one of the kindergarten's own."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access import actions as access
from fotspor.access.actions.relations import end_each
from fotspor.access.models import CareRelation
from fotspor.access.queries import require
from fotspor.access.rules import Doing, Part, Permission, Purpose, Viewer
from fotspor.kit.dates import covers
from fotspor.kit.errors import Refused
from fotspor.pathways.actions.contacts import NotAllowed
from fotspor.pathways.actions.planning import plan_journey
from fotspor.pathways.rules.kindergartens import Period, PlaceFault, place_fault
from fotspor.people.models import Journey
from fotspor.services.models import Unit

ENROLLED = CareRelation.Basis.ENROLLED
FAULTS = {
    PlaceFault.BEFORE_BIRTH: _("The child was not born that day."),
    PlaceFault.AFTER_SCHOOL: _("The child is at school by then. Look at the date."),
    PlaceFault.BACKWARDS: _("The place must end after it begins."),
    PlaceFault.CLOSED: _("The kindergarten is not open that day. Choose another day, or another kindergarten."),
    PlaceFault.THERE_ALREADY: _("The child has a place there already in that period. Nothing was changed."),
    PlaceFault.ELSEWHERE: _("The child has a place in another kindergarten in that period. End that one first."),
}


class CannotEnrol(Refused):
    """The place cannot begin like that. `fault` says why, when it is about the place itself."""

    def __init__(self, message, fault: PlaceFault | None = None):
        self.fault = fault
        super().__init__(message)


class NoPlace(Refused):
    """The child has no place to end or to change."""


@transaction.atomic
def enrol_in_kindergarten(
    *, journey: Journey, unit: Unit, from_on: date, until_on: date | None = None, by: Viewer, at: datetime
) -> CareRelation:
    """Write that the child has a place: the kindergarten sees its invitations from that day.

    Errors  CannotEnrol before birth, for a unit that is no open kindergarten, a closed journey, or an overlapping
            place (`change_kindergarten` ends that one); NotAllowed; NotVisible.
    """
    journey = _opened(journey, by, at)
    if journey.closed_on is not None:
        raise CannotEnrol(_("The journey is closed. Nothing more is expected."))
    if unit.kind != Unit.Kind.KINDERGARTEN:
        raise CannotEnrol(_("Choose a kindergarten."))
    places = [Period(*row) for row in _places(journey).values_list("unit_id", "from_on", "until_on")]
    fault = place_fault(
        Period(unit.pk, from_on, until_on),
        born_on=journey.child.born_on,
        others=places,
        open_from=unit.from_on,
        open_until=unit.until_on,
        today=timezone.localdate(at),
    )
    if fault is not None:
        raise CannotEnrol(FAULTS[fault], fault)
    until_on = _not_past_closing(until_on, unit)
    place = access.open_relation(
        person_id=journey.child_id, unit_id=unit.pk, basis=ENROLLED, from_on=from_on, until_on=until_on, by=by, at=at
    )
    plan_journey(journey=journey, by=by, at=at)
    _log("enrolled", journey, place, unit, by, at, from_on=from_on, until_on=until_on)
    return place


def _not_past_closing(until_on: date | None, unit: Unit) -> date | None:
    """A place ends at the latest on the day the kindergarten closes."""
    return min((day for day in (until_on, unit.until_on) if day is not None), default=None)


@transaction.atomic
def change_kindergarten(
    *,
    journey: Journey,
    replaces: str,
    unit: Unit,
    from_on: date,
    until_on: date | None = None,
    by: Viewer,
    at: datetime,
) -> CareRelation:
    """Give the child a place elsewhere, and end the one it replaces (its key) from the same day: both, or neither.

    Errors  those of `enrol_in_kindergarten`; NoPlace when there is no such place.
    """
    journey = _opened(journey, by, at)
    present = _places(journey).filter(key=replaces).first()
    if present is None:
        raise NoPlace(_("The place has been changed meanwhile. Look again. Nothing was changed."))
    if present.unit_id != unit.pk and covers(present.from_on, present.until_on, from_on):
        _end_place(journey, present, from_on, by, at)
    return enrol_in_kindergarten(journey=journey, unit=unit, from_on=from_on, until_on=until_on, by=by, at=at)


@transaction.atomic
def end_kindergarten(*, journey: Journey, unit: Unit, until_on: date, by: Viewer, at: datetime) -> CareRelation:
    """Write from which day the child no longer has the place. The day it began: it was never taken.

    An appointment that stands there on a later day stays, and goes on the list of whoever holds the baton.
    Errors  NoPlace when the child has none there that day; NotAllowed; NotVisible.
    """
    journey = _opened(journey, by, at)
    places = _places(journey).filter(unit=unit)
    place = next((place for place in places if covers(place.from_on, place.until_on, until_on)), None)
    if place is None:
        raise NoPlace(_("The child has no place there that day. Nothing was changed."))
    _end_place(journey, place, until_on, by, at)
    return place


@transaction.atomic
def name_in_kindergarten(
    *, journey: Journey, unit_id: int, staff_ids: Collection[int], by: Viewer, at: datetime
) -> list[CareRelation]:
    """Say who in the kindergarten may see that a protected child is invited. Errors: NotVisible; MayNotName."""
    journey = _opened(journey, by, at)
    about = {"person_id": journey.child_id, "unit_id": unit_id, "by": by, "at": at}
    return [access.name_in_kindergarten(staff_id=staff_id, **about) for staff_id in sorted(staff_ids)]


# --- what they share -------------------------------------------------------------------------------------


def _opened(journey: Journey, by: Viewer, at: datetime) -> Journey:
    """The journey of a born child, locked, when this post may write in the child's record."""
    if not by.may(Permission.RECORD_CONTACT):
        raise NotAllowed(_("Your role cannot do this."))
    journey = Journey.objects.select_for_update(of=("self",)).select_related("child").get(pk=journey.pk)
    if journey.child_id is None or journey.child.born_on is None:
        raise CannotEnrol(_("The child is not born yet."))
    asked = {"person_id": journey.child_id, "purpose": Purpose.CARE, "part": Part.RECORD, "at": at}
    require(viewer=by, doing=Doing.CHANGE, **asked)
    return journey


def _places(journey: Journey) -> QuerySet:
    rows = CareRelation.objects.filter(person_id=journey.child_id, basis=ENROLLED, staff=None)
    return rows.exclude(until_on=F("from_on")).select_related("unit").order_by("from_on", "pk")


def _end_place(journey: Journey, place: CareRelation, until_on: date, by: Viewer, at: datetime) -> None:
    end_each(relations=CareRelation.objects.filter(pk=place.pk), until_on=until_on, by=by, at=at)
    named = CareRelation.objects.filter(person=place.person_id, unit=place.unit_id, basis=CareRelation.Basis.NAMED)
    end_each(relations=named, until_on=until_on, by=by, at=at)
    place.refresh_from_db()
    plan_journey(journey=journey, by=by, at=at)
    _log("ended", journey, place, place.unit, by, at, until_on=until_on)


def _log(what: str, journey: Journey, place: CareRelation, unit: Unit, by: Viewer, at: datetime, **facts) -> None:
    access.log(
        type=f"pathways.kindergarten.{what}",
        by=by,
        at=at,
        person=journey.child.key,
        purpose=Purpose.CARE,
        object=f"access.relation:{place.key}",
        unit=unit.key,
        **facts,
    )
