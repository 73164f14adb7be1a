"""Moving: within the municipality, out of it, and back in. One child keeps one journey."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access import actions as access
from fotspor.access.rules import Permission, Purpose, Viewer
from fotspor.kit.errors import Refused
from fotspor.kit.facts import Fact, Kind, announce
from fotspor.people.actions.persons import _describe
from fotspor.people.actions.pregnancies import BadDate
from fotspor.people.models import Correction, Departure, Journey, Person, Pregnancy
from fotspor.people.queries import require_record

HOME = ("street", "dwelling", "postcode", "city", "moved_from", "district")


@dataclass(frozen=True, slots=True)
class Home:
    """Where somebody is registered. `district` is a services.District, or none when nobody knows."""

    street: str = ""
    postcode: str = ""
    city: str = ""
    district: Any = None
    dwelling: str = ""


class BadMoveDay(BadDate):
    """Nobody can have moved that day."""

    field = "moved_on"


class HasDied(Refused):
    """Nobody moves after death. A death that was recorded by mistake is taken back first."""

    def __init__(self) -> None:
        super().__init__(_("A death is recorded. If that is wrong, take it back first, and then record the move."))


class NotMoved(Refused):
    """No move out is recorded, or it has been taken back already."""


def _move_home(person: Person, home: Home) -> None:
    """Write a new registered address; the caller logs and announces. Of a graded person only the district is kept."""
    values = {name: getattr(home, name) for name in ("street", "dwelling", "postcode", "city", "district")}
    person.save_if_unchanged(person.version, _describe(person, values))


@transaction.atomic
def record_move(
    *,
    person: Person,
    home: Home,
    moved_on: date,
    outside: bool = False,
    also: Iterable[Person] = (),
    by: Viewer,
    at: datetime,
) -> list[Person]:
    """Record that a person, and perhaps others of the household, moved.

    Shape   `outside` says that the new address is in another municipality: journeys close as moved. A move back
            takes up the same journey again. Where they lived is kept while they are away: see `take_back_move`.
    Errors  NotAllowed; NotVisible when one of them may not be seen. For what somebody wrote HasDied, and BadMoveDay for
            a day on which nobody can have moved. The register's own day is taken as it is: its file is judged when it
            is read.
    """
    movers = list({each.id: each for each in (person, *also)}.values())
    for each in movers:
        require_record(by, each, at)
    if by.staff_id is not None:
        if any(each.died_on for each in movers):
            raise HasDied
        _require_day(movers, moved_on, timezone.localdate(at), outside=outside)
    for each in movers:
        if outside:
            _keep_home(each, moved_on, by, at)
        else:
            Departure.objects.filter(person=each).delete()
        _move_home(each, home)
        _announce(each, _own_journeys(each), moved_on, outside=outside, by=by, at=at)
    return movers


def _keep_home(person: Person, moved_on: date, by: Viewer, at: datetime) -> None:
    """Where they lived here. Somebody who is away already moves on from elsewhere: what is kept stands."""
    lived = {name: getattr(person, name) for name in HOME}
    who = {"recorded_at": at, "recorded_by_id": by.staff_id}
    Departure.objects.get_or_create(person=person, defaults={"moved_on": moved_on, **lived, **who})


@transaction.atomic
def take_back_move(*, person: Person, reason: str, by: Viewer, at: datetime) -> Person:
    """The move out was recorded by mistake: they live where they lived, and the journeys that it closed go on.

    Who may is the caller's. What the slices above had planned they take up again when it is announced.
    Shape   `reason` is kept with the corrections of the person, with the day that stood there.
    Errors  NotMoved.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    left = Departure.objects.select_related("district").filter(person=person).first()
    if left is None or person.died_on is not None:
        raise NotMoved(_("No move out of the municipality is recorded. Nothing was changed."))
    person.save_if_unchanged(person.version, _describe(person, {name: getattr(left, name) for name in HOME}))
    closed = [j for j in _own_journeys(person) if j.closed_at == left.recorded_at]
    reopened = [j for j in closed if _move_journey(j, left.moved_on, outside=False, by=by, at=at)]
    left.delete()
    about = {"person": person, "journey": reopened[0] if reopened else None, "what": Correction.What.MOVED_ON}
    Correction.objects.keep(**about, before=left.moved_on.isoformat(), reason=reason, by_id=by.staff_id, at=at)
    purpose = Purpose.CARE if by.may(Permission.REGISTER_PEOPLE) else Purpose.LEADERSHIP
    said = {"person": person.key, "object": person.in_log, "purpose": purpose, "is_reopened": bool(reopened)}
    access.log(type="people.person.move_taken_back", by=by, at=at, **said)
    facts = {"recorded_at": left.recorded_at, "journey_ids": [journey.id for journey in reopened]}
    announce(Fact(kind=Kind.STAYED, at=at, by_id=by.staff_id, person_id=person.id, facts=facts))
    return person


def _require_day(movers: list[Person], moved_on: date, today: date, *, outside: bool) -> None:
    """Can they have moved that day? Nothing is closed ahead of time. Errors: BadMoveDay."""
    if moved_on > today:
        raise BadMoveDay(_("The day cannot be in the future. A move is recorded when it has happened."))
    if any(each.born_on is not None and moved_on < each.born_on for each in movers):
        raise BadMoveDay(_("The day is before somebody who moved was born."))
    # Within the municipality the true day may be earlier: nothing is closed, and the address was only told of late.
    closing = [journey for each in movers for journey in _own_journeys(each)] if outside else []
    if any(moved_on < journey.opened_on for journey in closing if journey.closed_on is None):
        raise BadMoveDay(_("The day is before the journey was opened here."))


def _own_journeys(person: Person) -> list[Journey]:
    """The person's own journey and that of her ongoing pregnancy: open, or closed because she moved away."""
    back = Q(closed_on=None) | Q(close_reason=Journey.CloseReason.MOVED)
    mine = Q(child=person) | Q(child=None, pregnancy__mother=person)
    return list(Journey.objects.filter(back, mine).select_related("pregnancy").order_by("id"))


def _announce(
    person: Person, journeys: list[Journey], moved_on: date, *, outside: bool, by: Viewer, at: datetime
) -> None:
    changed = [j for j in journeys if _move_journey(j, moved_on, outside=outside, by=by, at=at)]
    reopened = {journey.id for journey in changed if not outside}
    access.log(
        type="people.person.moved",
        by=by,
        at=at,
        person=person.key,
        purpose=Purpose.CARE,
        object=person.in_log,
        outside=outside,
        reopened=bool(reopened),
    )
    # A closed journey hears of nothing more; somebody without a journey may still hold somebody's place.
    told = changed if outside else [j for j in journeys if j.closed_on is None]
    for journey_id in [journey.id for journey in told] or [None]:
        announce(
            Fact(
                kind=Kind.MOVED,
                at=at,
                by_id=by.staff_id,
                person_id=person.id,
                journey_id=journey_id,
                facts={
                    "district_id": person.district_id,
                    "moved_on": moved_on,
                    "is_outside": outside,
                    "is_new": False,
                    "is_reopened": journey_id in reopened,
                },
            )
        )


def _move_journey(journey: Journey, moved_on: date, *, outside: bool, by: Viewer, at: datetime) -> bool:
    """Close or take up again; whether that changed anything. Somebody else's loss or death is left as it is."""
    is_open = journey.closed_on is None
    if is_open is not outside:
        return False
    expecting = journey.pregnancy if journey.child_id is None else None
    if outside:
        journey.close(reason=Journey.CloseReason.MOVED, on=moved_on, by_id=by.staff_id, at=at)
        if expecting is not None:
            _set_outcome(expecting, Pregnancy.Outcome.MOVED, moved_on)
    else:
        if expecting is not None and expecting.mother.pregnancies.filter(outcome=Pregnancy.Outcome.ONGOING).exists():
            return False  # another pregnancy has begun since; the old one was carried elsewhere
        journey.reopen()
        if expecting is not None:
            _set_outcome(expecting, Pregnancy.Outcome.ONGOING, None)
    return True


def _set_outcome(pregnancy: Pregnancy, outcome: str, ended_on: date | None) -> None:
    pregnancy.outcome, pregnancy.ended_on = outcome, ended_on
    pregnancy.save_if_unchanged(pregnancy.version, ["outcome", "ended_on"])
