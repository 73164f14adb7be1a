"""What was recorded by mistake, as those who answer for it read of it: a closed journey, a death, a move out."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from fotspor.access.models import CareRelation
from fotspor.access.queries import NotVisible, decision_for
from fotspor.access.rules import Doing, Part, Permission, Purpose, Viewer, may_do
from fotspor.pathways.models import Baton
from fotspor.pathways.queries.batons import list_keeper
from fotspor.pathways.queries.own import is_own
from fotspor.people.labels import display_name
from fotspor.people.models import Correction, Departure, Journey, Person, Pregnancy
from fotspor.people.queries import journey_by_key
from fotspor.services.models import Unit

LOST = (Pregnancy.Outcome.LOSS, Pregnancy.Outcome.STILLBIRTH)


@dataclass(frozen=True, slots=True)
class Closing:
    """Who closed it, when and why, and who held the baton."""

    journey: Journey
    name: str
    unit: Unit | None
    reason: str
    may_undo: bool


def last_baton(journey: Journey) -> Baton | None:
    """Whose was the baton when the journey was closed?"""
    return Baton.objects.filter(journey=journey).select_related("unit").order_by("-since_at", "-pk").first()


def closing_by_key(*, viewer: Viewer, key: str, at: datetime) -> Closing:
    """Which mistaken closing is this? For the unit that held the baton, and its leader, who may take it back.

    Errors  NotVisible for everybody else, for one's own family, and for what was not closed by mistake.
    """
    found = Journey.objects.filter(key=key, close_reason=Journey.CloseReason.MISTAKE)
    journey = found.select_related("child", "pregnancy__mother", "closed_by").first()
    if journey is None or viewer.unit_id is None:
        raise NotVisible
    held = last_baton(journey)
    leads = viewer.may(Permission.SEE_UNIT)
    if not (leads or viewer.may(Permission.HAND_OVER)) or viewer.unit_id != _told_unit_id(held, at):
        raise NotVisible
    if is_own(viewer, journey, at):
        raise NotVisible
    graded = journey.subject.protection != Person.Protection.NONE
    said = Correction.objects.filter(journey=journey, what=Correction.What.MISTAKE).order_by("pk").last()
    return Closing(
        journey=journey,
        name=gettext("Name not shown") if graded else display_name(journey.subject),
        unit=held.unit if held is not None else None,
        reason=said.reason if said is not None else "",
        may_undo=leads,
    )


def _told_unit_id(held: Baton | None, at: datetime) -> int | None:
    if held is not None and held.unit_id is not None:
        return held.unit_id
    keeper = list_keeper(on=timezone.localdate(at))
    return keeper.unit_id if keeper is not None else None


# --- a death that was recorded by mistake ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Death:
    """Who is recorded as dead, since when and by whom, and whose the baton was."""

    person: Person
    name: str
    journey: Journey | None  # that the death closed
    unit: Unit | None
    by_care: bool  # somebody who may change the record, and not only the leader


def death_by_key(*, viewer: Viewer, key: str, at: datetime) -> Death:
    """Whose death is this? For those who may change the record, and the leader who answers for it.

    Errors  NotVisible for everybody else, for one's own family, and for somebody who is not recorded as dead.
    """
    found = Person.objects.kept().filter(key=key, died_on__isnull=False).select_related("death_recorded_by")
    person = found.first()
    if person is None:
        raise NotVisible
    by_care = _answers_by_care(viewer, person, at)
    journey = Journey.objects.filter(child=person, close_reason=Journey.CloseReason.DIED).first()
    name = _name_for(person, by_care=by_care)
    return Death(person, name, journey, _held_by(journey), by_care)


# --- a loss that was recorded by mistake -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lost:
    """Whose pregnancy is recorded as lost, how, since when and by whom, and whose the baton was."""

    journey: Journey
    name: str
    how: str
    unit: Unit | None


def loss_by_key(*, viewer: Viewer, key: str, at: datetime) -> Lost:
    """Which loss is this? For midwives with a relation to her, who alone are told of it.

    Errors  NotVisible for everybody else, in an emergency, and for what is no loss.
    """
    journey = journey_by_key(viewer=viewer, key=key, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    pregnancy = journey.pregnancy
    is_lost = pregnancy is not None and journey.child_id is None
    if not is_lost or pregnancy.outcome not in LOST or journey.close_reason != Journey.CloseReason.LOSS:
        raise NotVisible
    if not _may_change(viewer, pregnancy.mother, at):
        raise NotVisible
    return Lost(journey, display_name(pregnancy.mother), pregnancy.get_outcome_display(), _held_by(journey))


def _answers_by_care(viewer: Viewer, person: Person, at: datetime) -> bool:
    """Is it somebody who may change the record? No: the leader who answers for it. Errors: NotVisible for others."""
    by_care = viewer.may(Permission.REGISTER_PEOPLE)
    if by_care and viewer.staff_id is not None and not _may_change(viewer, person, at):
        raise NotVisible
    if not by_care and not _leads(viewer, person, at):
        raise NotVisible
    return by_care


def _may_change(viewer: Viewer, person: Person, at: datetime) -> bool:
    asked = {"person_id": person.pk, "purpose": Purpose.CARE, "part": Part.RECORD, "at": at}
    return may_do(decision_for(viewer=viewer, **asked), Doing.CHANGE)


def _name_for(person: Person, *, by_care: bool) -> str:
    hidden = person.protection != Person.Protection.NONE and not by_care
    return gettext("Protected person") if hidden else display_name(person)


def _held_by(journey: Journey | None) -> Unit | None:
    held = last_baton(journey) if journey is not None else None
    return held.unit if held is not None else None


def _leads(viewer: Viewer, person: Person, at: datetime) -> bool:
    """Is it the leader of the unit that answers for this person, and not of her family?"""
    if not viewer.may(Permission.SEE_UNIT) or viewer.unit_id is None:
        return False
    asked = {"person_id": person.pk, "purpose": Purpose.LEADERSHIP, "part": Part.TASKS, "at": at}
    if decision_for(viewer=viewer, **asked).reason == "family":
        return False
    return unit_that_knew(person, on=timezone.localdate(at)) == viewer.unit_id


def unit_that_knew(person: Person, *, on: date) -> int | None:
    """Whose leader answers for what is recorded about this person? Asks no permission.

    Shape   the unit that held the baton last, else one that may see the person, else whoever keeps the unassigned list.
    """
    about = Q(journey__child=person) | Q(journey__pregnancy__mother=person)
    held = Baton.objects.filter(about, unit__in=Unit.objects.in_force(on)).order_by("-since_at", "-pk").first()
    if held is not None:
        return held.unit_id
    seen = CareRelation.objects.in_force(on).filter(
        person=person, unit__in=Unit.objects.in_force(on).filter(signs_in=True)
    )
    relation = seen.exclude(basis=CareRelation.Basis.ENROLLED).order_by("-from_on", "-pk").first()
    if relation is not None:
        return relation.unit_id
    keeper = list_keeper(on=on)
    return keeper.unit_id if keeper is not None else None


# --- a move out that was recorded by mistake -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Away:
    """Who is recorded as moved out, since when and by whom, where they lived, and whose the baton was."""

    person: Person
    name: str
    left: Departure
    home: str  # street and place; empty for those who may not see an address
    journey: Journey | None  # that the move closed
    unit: Unit | None
    by_care: bool
    along: tuple["Away", ...] = ()  # recorded in the same move, by the same person


def departure_by_key(*, viewer: Viewer, key: str, at: datetime) -> Away:
    """Whose move out is this? For those who may change the record, and the leader who answers for it.

    Shape   `along` is empty for the leader, who answers for one at a time.
    Errors  NotVisible for everybody else, for one's own family, and for somebody who has not moved out.
    """
    left = _departures().filter(person__key=key).first()
    if left is None:
        raise NotVisible
    by_care = _answers_by_care(viewer, left.person, at)
    along = []
    if by_care and left.recorded_by_id is not None:
        same = {"recorded_at": left.recorded_at, "recorded_by": left.recorded_by_id}
        others = _departures().filter(**same).exclude(pk=left.pk).order_by("person__sort_name", "pk")
        along = [_away(viewer, each, at) for each in others if _may_change(viewer, each.person, at)]
    return _away(viewer, left, at, by_care=by_care, along=tuple(along))


def _departures() -> QuerySet[Departure]:
    found = Departure.objects.filter(person__died_on=None, person__merged_into=None)
    return found.select_related("person", "district", "recorded_by")


def _away(viewer: Viewer, left: Departure, at: datetime, *, by_care: bool = True, along: tuple[Away, ...] = ()) -> Away:
    person = left.person
    mine = Q(child=person) | Q(child=None, pregnancy__mother=person)
    closed = Journey.objects.filter(mine, close_reason=Journey.CloseReason.MOVED, closed_at=left.recorded_at)
    journey = closed.order_by("pk").first()
    asked = {"person_id": person.pk, "purpose": Purpose.CARE, "part": Part.ADDRESS, "at": at}
    sees = by_care and viewer.staff_id is not None and decision_for(viewer=viewer, **asked).allowed
    place = f"{left.postcode} {left.city}".strip()
    home = ", ".join(
        part for part in (left.street, left.dwelling, place, left.district.name if left.district else "") if part
    )
    name = _name_for(person, by_care=by_care)
    return Away(person, name, left, home if sees else "", journey, _held_by(journey), by_care, along)
