"""Who holds the baton: opened, confirmed, assigned, closed. Passing it on is in `handovers`, outsiders in `stops`."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from fotspor.access.actions import end_relations, log, open_relation
from fotspor.access.models import CareRelation
from fotspor.access.queries import NotVisible, refuse_in_emergency
from fotspor.access.rules import Permission, Viewer
from fotspor.kit import phrases
from fotspor.kit.dates import add_working_days
from fotspor.kit.errors import Refused
from fotspor.pathways.actions.planning import plan_journey
from fotspor.pathways.models import Baton, Stop
from fotspor.pathways.queries.batons import Keeper, deadlines, keeps_list, list_keeper, people_of, unheld
from fotspor.pathways.queries.units import kinds_for
from fotspor.pathways.rules.handovers import HOLDER_KINDS, Deadlines, trace_until
from fotspor.people.models import Journey, Person
from fotspor.services.models import Unit
from fotspor.worklist.actions import Wanted, answer, reconcile
from fotspor.worklist.models import Task
from fotspor.worklist.rules import Urgency

CONFIRM = gettext_noop("Confirm that you hold the baton")
CONFIRM_RULE = gettext_noop(
    "Opened by birth or register. The unit that the address names confirms within %(days)s working days."
)
UNASSIGNED = gettext_noop("Nobody holds the baton: choose a unit")
UNASSIGNED_RULE = gettext_noop("The address rule names no unit, so a leader chooses who holds the baton.")

ASK = gettext_noop("Ask after the stop outside the municipality")
ASK_RULE = gettext_noop("Whoever sends a family to %(place)s holds the baton meanwhile and asks after it by this date.")


class NotAHolder(Refused):
    """The unit cannot hold a baton."""

    def __init__(self):
        super().__init__(_("Only a municipal unit that signs in can hold the baton. Add others as a stop on the way."))


class UnitCloses(Refused):
    """The unit has a closing date, and a baton has no end."""

    def __init__(self, unit: Unit):
        said = {"unit": unit.name, "day": phrases.day(unit.until_on, year=True)}
        super().__init__(_("%(unit)s closes on %(day)s and takes no new batons. Choose another unit.") % said)


class WrongAge(Refused):
    """The unit does not follow anybody of that age."""

    def __init__(self):
        super().__init__(_("That kind of unit does not follow somebody of this age. Choose another unit."))


class HasHolder(Refused):
    """The journey's baton is held already."""

    def __init__(self):
        super().__init__(_("Another unit holds the baton already."))


class NobodyHolds(Refused):
    """There is no open baton to act on."""

    def __init__(self):
        super().__init__(_("Nobody holds the baton of this journey."))


class NotYours(Refused):
    """The baton is another unit's."""

    def __init__(self):
        super().__init__(_("Only the unit that holds the baton can do this."))


class AlreadyConfirmed(Refused):
    """Somebody has confirmed it before."""

    def __init__(self):
        super().__init__(_("The baton has been confirmed already."))


def _holder_of(journey: Journey) -> Baton:
    """Whose is the baton now? Locked for the transaction. Errors: NobodyHolds."""
    Journey.objects.select_for_update().filter(pk=journey.pk).first()
    baton = Baton.objects.select_for_update().filter(journey=journey, until_at=None).first()
    if baton is None:
        raise NobodyHolds
    return baton


def _holding_unit(unit_id: int, on: date) -> Unit:
    """Which unit is it, if it may hold a baton from that day? Errors: NotAHolder, UnitCloses."""
    unit = Unit.objects.in_force(on).filter(pk=unit_id, signs_in=True, kind__in=HOLDER_KINDS).first()
    if unit is None:
        raise NotAHolder
    if unit.until_on is not None:
        raise UnitCloses(unit)
    return unit


def _give(*, journey: Journey, unit_id: int, staff_id: int | None, confirmed: bool, by: Viewer, at: datetime) -> Baton:
    """Put the baton in one unit's hands: the row, and what the unit must be able to see."""
    baton = Baton.objects.create(
        journey=journey,
        unit_id=unit_id,
        staff_id=staff_id,
        since_at=at,
        since_by_id=by.staff_id,
        confirmed_at=at if confirmed else None,
        confirmed_by_id=by.staff_id if confirmed else None,
    )
    _let_see(baton, by=by, at=at)
    return baton


def _settle(*, baton: Baton, by: Viewer, at: datetime) -> None:
    """Bring the tasks that a baton itself makes in line with it: confirm it, or choose a unit."""
    on, journey, keys = timezone.localdate(at), baton.journey, _keys(baton.journey)
    wanted, listed = [], []
    if baton.until_at is None and baton.unit_id is None:
        keeper = list_keeper(on=on)
        if keeper is None:  # the journey is kept, and stands on the list as soon as somebody leads a unit
            _told(baton, "pathways.baton.unkept", by=by, at=at)
        listed = [] if keeper is None else [_to_choose(journey, keeper, on, deadlines())]
    elif baton.until_at is None and baton.confirmed_at is None:
        wanted = [_to_confirm(baton, journey, deadlines())]
    reason = gettext_noop("Somebody holds the baton now")
    reconcile(source=Task.Source.BATON, scope=keys, wanted=wanted, by=by, at=at, end_reason=reason)
    reconcile(source=Task.Source.UNASSIGNED, scope=keys, wanted=listed, by=by, at=at, end_reason=reason)


def _keys(journey: Journey) -> str:
    return f"baton:{journey.key}"


def _to_choose(journey: Journey, keeper: Keeper, on: date, routine: Deadlines) -> Wanted:
    """Nobody holds it: the leader who keeps the list chooses a unit."""
    return Wanted(
        ref=f"{_keys(journey)}:leader:{keeper.unit_id}", title=UNASSIGNED, rule=UNASSIGNED_RULE,
        rule_version=routine.byline.version, facts={}, opens_on=on, due_on=on, closes_on=on,
        urgency=Urgency.BATON, unit_id=keeper.unit_id, staff_id=keeper.staff_id,
        journey_id=journey.pk, subject_key=journey.key,
    )  # fmt: skip


def _to_confirm(baton: Baton, journey: Journey, routine: Deadlines) -> Wanted:
    """The unit that was named says that it holds it."""
    since = timezone.localdate(baton.since_at)
    due = add_working_days(since, routine.confirm_working_days)
    return Wanted(
        ref=_keys(journey), title=CONFIRM, rule=CONFIRM_RULE, rule_version=routine.byline.version,
        facts={"days": routine.confirm_working_days}, opens_on=since, due_on=due, closes_on=due,
        urgency=Urgency.BATON, unit_id=baton.unit_id, person_id=journey.subject.pk,
        journey_id=journey.pk, subject_key=journey.key,
    )  # fmt: skip


def _settle_stops(*, journey: Journey, by: Viewer, at: datetime) -> None:
    """Bring the tasks of a journey's stops in line with who holds the baton now. May be repeated."""
    holder = Baton.objects.filter(journey=journey, until_at=None).values_list("unit_id", flat=True).first()
    for stop in Stop.objects.filter(journey=journey).select_related("unit"):
        ref = f"stop:{stop.key}"
        wanted = []
        if holder is not None:
            wanted = [
                Wanted(
                    ref=ref, title=ASK, rule=ASK_RULE, rule_version=deadlines().byline.version,
                    facts={"place": stop.unit.name}, opens_on=stop.from_on, due_on=stop.due_on,
                    closes_on=stop.due_on, urgency=Urgency.WINDOW, unit_id=holder, person_id=journey.subject.pk,
                    journey_id=journey.pk, subject_key=stop.key, done_on=stop.done_on,
                    done_by_id=by.staff_id if stop.done_on else None,
                )
            ]  # fmt: skip
        if stop.done_on and not Task.objects.open().filter(source=Task.Source.STOP, ref=ref).exists():
            continue
        reason = gettext_noop("Nobody holds the baton any more")
        reconcile(source=Task.Source.STOP, scope=ref, wanted=wanted, by=by, at=at, end_reason=reason)


def _may_open(by: Viewer) -> None:
    """May this viewer open a journey at all? Errors: NotVisible."""
    if not (by.may(Permission.HAND_OVER) or by.may(Permission.REGISTER_PEOPLE)):
        raise NotVisible


@transaction.atomic
def open_baton(
    *, journey: Journey, unit_id: int | None, staff_id: int | None = None, confirmed: bool, by: Viewer, at: datetime
) -> Baton:
    """Who is the first to hold this journey's baton?

    Shape   unit_id None puts it on the unassigned list of a named leader.
    Errors  NotVisible, HasHolder, NotAHolder, UnitCloses.
    """
    _may_open(by)
    if Baton.objects.filter(journey=journey, until_at=None).exists():
        raise HasHolder
    if unit_id is None:
        baton = Baton.objects.create(journey=journey, since_at=at, since_by_id=by.staff_id)
    else:
        _holding_unit(unit_id, timezone.localdate(at))
        baton = _give(journey=journey, unit_id=unit_id, staff_id=staff_id, confirmed=confirmed, by=by, at=at)
    _settle(baton=baton, by=by, at=at)
    _told(baton, "pathways.baton.opened", by=by, at=at, confirmed=confirmed)
    return baton


@transaction.atomic
def confirm_baton(*, journey: Journey, by: Viewer, at: datetime) -> Baton:
    """Does the unit that was named confirm that it holds the baton? Errors: NobodyHolds, NotYours, AlreadyConfirmed."""
    baton = _held_by(journey, by)
    refuse_in_emergency(viewer=by, person_id=journey.subject.pk, at=at)
    if baton.confirmed_at is not None:
        raise AlreadyConfirmed
    baton.confirmed_at, baton.confirmed_by_id = at, by.staff_id
    baton.staff_id = baton.staff_id or by.staff_id
    baton.save(update_fields=["confirmed_at", "confirmed_by", "staff"])
    _let_see(baton, by=by, at=at)
    _done_task(baton, by=by, at=at)
    _told(baton, "pathways.baton.confirmed", by=by, at=at)
    return baton


def _let_see(baton: Baton, *, by: Viewer, at: datetime) -> None:
    """Open the relations that holding gives: the unit's, and for protected people the contact person's own."""
    on, basis, grades = timezone.localdate(at), CareRelation.Basis, Person.Protection
    for person in Person.objects.filter(pk__in=people_of(baton.journey, on=on)):
        common = {"person_id": person.pk, "unit_id": baton.unit_id, "from_on": on, "by": by, "at": at}
        if person.protection != grades.STRICT:
            open_relation(basis=basis.BATON, **common)
        if person.protection != grades.NONE and baton.staff_id:
            open_relation(basis=basis.NAMED, staff_id=baton.staff_id, **common)


def _done_task(baton: Baton, *, by: Viewer, at: datetime) -> None:
    """Close the confirming task as done, by whoever confirmed."""
    answer(source=Task.Source.BATON, scope=f"baton:{baton.journey.key}", by=by, at=at)


def _held_by(journey: Journey, by: Viewer) -> Baton:
    """The journey's baton, if the viewer's unit holds it. Errors: NobodyHolds, NotYours."""
    baton = _holder_of(journey)
    if not by.may(Permission.HAND_OVER) or by.unit_id is None or baton.unit_id != by.unit_id:
        raise NotYours
    return baton


@transaction.atomic
def assign_unassigned(*, journey: Journey, unit_id: int, by: Viewer, at: datetime) -> Baton:
    """Which unit shall hold a baton that nobody can pass on? The unit named confirms it.

    Errors  NotVisible unless the viewer keeps the unassigned list; HasHolder; NotAHolder; WrongAge; UnitCloses.
    """
    on = timezone.localdate(at)
    if not keeps_list(by, on=on):
        raise NotVisible
    unassigned = _holder_of(journey)
    if not Baton.objects.filter(unheld(), pk=unassigned.pk).exists():
        raise HasHolder
    if _holding_unit(unit_id, on).kind not in kinds_for(journey, on=on):
        raise WrongAge
    _end(unassigned, by=by, at=at)
    baton = _give(journey=journey, unit_id=unit_id, staff_id=None, confirmed=False, by=by, at=at)
    if unassigned.unit_id is not None:
        _fade(unassigned, by=by, at=at, until_on=trace_until(deadlines(), on))
    _settle(baton=baton, by=by, at=at)
    _settle_stops(journey=journey, by=by, at=at)
    plan_journey(journey=journey, by=by, at=at)
    _told(baton, "pathways.baton.assigned", by=by, at=at)
    return baton


def _end(baton: Baton, *, by: Viewer, at: datetime) -> None:
    """The baton leaves these hands."""
    baton.until_at, baton.until_by_id = max(at, baton.since_at), by.staff_id  # the clock may have been set back
    baton.save(update_fields=["until_at", "until_by"])


def _fade(baton: Baton, *, by: Viewer, at: datetime, until_on: date) -> None:
    """Let the former holder's relations end; to the mother not while it holds the baton of another child of hers."""
    subject, *mother = people_of(baton.journey, on=timezone.localdate(at))
    basis = CareRelation.Basis
    for one in (basis.BATON, basis.PREGNANCY, basis.REGISTERED, basis.NAMED):
        end_relations(person_id=subject, unit_id=baton.unit_id, basis=one, by=by, at=at, until_on=until_on)
    for person_id in mother:
        held = Baton.objects.filter(until_at=None, unit_id=baton.unit_id).select_related("journey__pregnancy")
        if not any(person_id in people_of(other.journey, on=timezone.localdate(at)) for other in held):
            for one in (basis.BATON, basis.NAMED):
                end_relations(person_id=person_id, unit_id=baton.unit_id, basis=one, by=by, at=at, until_on=until_on)


def _told(baton: Baton, kind: str, *, by: Viewer, at: datetime, **facts) -> None:
    """One line in the log about a baton."""
    unit = Unit.objects.filter(pk=baton.unit_id).values_list("key", flat=True).first() or ""
    log(by=by, at=at, **_about(baton.journey, kind, unit), **facts)


def _about(journey: Journey, kind: str, unit_key: str) -> dict[str, str]:
    """What the log says of a baton."""
    return {"type": kind, "person": journey.subject.key, "object": f"people.journey:{journey.key}", "to": unit_key}
