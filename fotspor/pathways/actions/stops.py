"""Outsiders on the way: a ward, a GP. The sender keeps the baton and asks after them by a date."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access.actions import log
from fotspor.access.queries import require
from fotspor.access.rules import Doing, Part, Purpose, Viewer
from fotspor.kit.errors import Refused
from fotspor.pathways.actions.ahead import _require_near
from fotspor.pathways.actions.batons import _held_by, _settle_stops
from fotspor.pathways.actions.sayings import _require_untold
from fotspor.pathways.models import Stop
from fotspor.pathways.queries.contacts import first_day_of
from fotspor.people.models import Journey
from fotspor.services.models import Unit


class SignsIn(Refused):
    """A unit that signs in gets the baton, not a stop."""

    def __init__(self):
        super().__init__(_("This unit uses the system: hand the baton over to it instead."))


class EndsBeforeStart(Refused):
    """The due date comes before the stop begins."""

    def __init__(self):
        super().__init__(_("The date to ask by cannot be before the stop begins."))


class StopBeginsTooEarly(Refused):
    """The stop would have begun before there was a journey."""

    field = "from_on"

    def __init__(self):
        super().__init__(_("The day is before this journey began. Write the day the stop begins."))


class AskedTooLate(Refused):
    """Nobody can be reminded on a day that is past."""

    field = "due_on"

    def __init__(self):
        super().__init__(_("The date to ask by is past. Choose today or later."))


class StopCloses(Refused):
    """The place closes before anybody asks after the family."""

    def __init__(self):
        super().__init__(_("The place closes before that day. Choose another place, or an earlier day."))


class StopIsOver(Refused):
    """It has ended already."""

    def __init__(self):
        super().__init__(_("This stop has been closed already."))


class NotInTheFuture(Refused):
    """What happened has a date that is past or today."""

    def __init__(self):
        super().__init__(_("The date cannot be in the future, or before the stop began."))


@transaction.atomic
def add_stop(
    *, journey: Journey, unit_id: int, reason: str, from_on: date, due_on: date, by: Viewer, at: datetime
) -> Stop:
    """Put an outsider on the trail with a date to ask by.

    Errors  NotYours, NotVisible, SignsIn, EndsBeforeStart, StopBeginsTooEarly, AskedTooLate, TooFarAhead,
            StopCloses, SaysAScore, TellsOfAForm.
    """
    _held_by(journey, by)
    asked = {"person_id": journey.subject.pk, "purpose": Purpose.CARE, "part": Part.RECORD, "at": at}
    require(viewer=by, doing=Doing.CHANGE, **asked)
    unit = Unit.objects.in_force(timezone.localdate(at)).filter(pk=unit_id, signs_in=False).first()
    if unit is None:
        raise SignsIn
    if from_on < first_day_of(journey):
        raise StopBeginsTooEarly
    if due_on < from_on:
        raise EndsBeforeStart
    if due_on < timezone.localdate(at):
        raise AskedTooLate
    _require_near(at, from_on=from_on, due_on=due_on)
    if unit.until_on is not None and due_on >= unit.until_on:
        raise StopCloses
    _require_untold(reason, journey=journey, at=at)
    stop = Stop.objects.create(
        journey=journey, unit=unit, reason=reason.strip()[:200], from_on=from_on, due_on=due_on,
        recorded_at=at, recorded_by_id=by.staff_id,
    )  # fmt: skip
    _settle_stops(journey=journey, by=by, at=at)
    log(type="pathways.stop.added", by=by, at=at, person=journey.subject.key, object=f"pathways.stop:{stop.key}")
    return stop


@transaction.atomic
def finish_stop(*, stop: Stop, outcome: str, done_on: date, by: Viewer, at: datetime) -> Stop:
    """What came of it, and when? Errors: NotYours, StopIsOver, NotInTheFuture, SaysAScore, TellsOfAForm."""
    _held_by(stop.journey, by)
    stop = Stop.objects.select_for_update().get(pk=stop.pk)
    if stop.done_on is not None:
        raise StopIsOver
    if not stop.from_on <= done_on <= timezone.localdate(at):
        raise NotInTheFuture
    _require_untold(outcome, journey=stop.journey, at=at)
    stop.done_on, stop.outcome = done_on, outcome.strip()[:200]
    stop.save(update_fields=["done_on", "outcome"])
    _settle_stops(journey=stop.journey, by=by, at=at)
    journey = stop.journey
    log(type="pathways.stop.finished", by=by, at=at, person=journey.subject.key, object=f"pathways.stop:{stop.key}")
    return stop
