"""Who is a child's parent or guardian: begins, ends, and changes altogether by adoption."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import DateField, Value
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access import actions as access
from fotspor.access.rules import Purpose, Viewer
from fotspor.kit.errors import Refused
from fotspor.kit.facts import Fact, Kind, announce
from fotspor.people import queries
from fotspor.people.actions.journeys import open_child_journey
from fotspor.people.actions.moves import HasDied, Home, _move_home
from fotspor.people.actions.persons import register_person
from fotspor.people.actions.pregnancies import BadDate
from fotspor.people.models import Correction, Guardianship, Journey, Person
from fotspor.people.queries import require_record
from fotspor.people.rules import guardianship_may_end, is_of_age, may_have_child


class AlreadyGuardian(Refused):
    """The person is a guardian of the child already."""


class NotGuardian(Refused):
    """The guardianship has ended."""


class CannotBeGuardian(Refused):
    """Nobody so young, and no brother or sister as a parent."""


class ChildHasDied(HasDied):
    """Nobody becomes the guardian of a child who has died."""

    def __init__(self) -> None:
        Refused.__init__(self, _("A death is recorded. If that is wrong, take it back first. Nothing was changed."))


class NoChild(Refused):
    """Somebody of age is not registered as a child."""

    field = "born_on"


class BadEnd(NotGuardian):
    """A guardianship cannot end that day."""

    field = "until_on"


class BadAdoptionDay(BadDate):
    """No child can have been adopted that day."""

    field = "adopted_on"


@dataclass(frozen=True, slots=True)
class NewGuardian:
    """One of those who are a child's guardians from now on."""

    person: Person
    kind: str
    custody: str


def _begin(child: Person, new: NewGuardian, from_on: date, by: Viewer, at: datetime) -> Guardianship:
    if by.staff_id is not None:  # the register knows
        _require_grown(child, new, from_on)
    return Guardianship.objects.begin(
        child=child,
        guardian=new.person,
        kind=new.kind,
        custody=new.custody,
        from_on=from_on,
        by_id=by.staff_id,
        at=at,
    )


def _require_grown(child: Person, new: NewGuardian, from_on: date) -> None:
    guardian = new.person
    is_other = new.kind == Guardianship.Kind.OTHER
    if not may_have_child(guardian.born_on, child.born_on) or (is_other and not is_of_age(guardian.born_on, from_on)):
        raise CannotBeGuardian(_("By the birth dates this person is too young. Look at who it is."))
    parents = [
        Guardianship.objects.filter(child=each).exclude(kind=Guardianship.Kind.OTHER) for each in (child, guardian)
    ]
    if not is_other and parents[0].filter(guardian__in=parents[1].values("guardian")).exists():
        raise CannotBeGuardian(
            _("They have the same parent. A brother or sister of age can be written as other guardian.")
        )


def _announce_guardians(child: Person, by: Viewer, at: datetime) -> None:
    """Tell the slices above that a child's guardians have changed."""
    journey_id = Journey.objects.filter(child=child).values_list("id", flat=True).first()
    announce(Fact(kind=Kind.GUARDIAN_CHANGED, at=at, by_id=by.staff_id, person_id=child.id, journey_id=journey_id))


def _log(type: str, child: Person, by: Viewer, at: datetime, **facts) -> None:
    access.log(by=by, at=at, **_about(type, child), **facts)


def _about(type: str, child: Person) -> dict[str, str]:
    """What the log says of it."""
    return {"type": type, "person": child.key, "purpose": Purpose.CARE, "object": child.in_log}


@transaction.atomic
def add_guardian(
    *, child: Person, guardian: Person, kind: str, custody: str, from_on: date, by: Viewer, at: datetime
) -> Guardianship:
    """Record a parent or guardian. One code of parental responsibility holds for all of a child's guardians.

    Errors  NotAllowed, NotVisible, AlreadyGuardian (also for the child itself), CannotBeGuardian; HasDied.
    """
    require_record(by, child, at)
    if child.died_on is not None:
        raise ChildHasDied
    open_rows = child.guardianships.lasting(timezone.localdate(at))
    if guardian.id == child.id or open_rows.filter(guardian=guardian).lasting(from_on).exists():
        raise AlreadyGuardian(_("This person is the child, or a guardian of the child already."))
    open_rows.update(custody=custody)
    guardianship = _begin(child, NewGuardian(guardian, kind, custody), from_on, by, at)
    _log("people.guardian.added", child, by, at, guardian=guardian.key)
    _announce_guardians(child, by, at)
    return guardianship


@transaction.atomic
def register_child(
    *,
    guardians: Sequence[NewGuardian] = (),
    by: Viewer,
    at: datetime,
    dismissed: Collection[str] | None = None,
    **values,
) -> Journey:
    """Register a child who was not expected here, with guardians, and open its journey.

    Shape   `values` as `register_person` takes them.
    Errors  as `register_person`; NoChild, CannotBeGuardian.
    """
    today, born_on = timezone.localdate(at), values.get("born_on")
    if born_on is not None and is_of_age(born_on, today):
        raise NoChild(_("By the birth date this is nobody under 18. Register an adult instead, or look at the date."))
    child = register_person(by=by, at=at, dismissed=dismissed, **values)
    for each in guardians:
        _begin(child, each, today, by, at)
        _log("people.guardian.added", child, by, at, guardian=each.person.key)
    return open_child_journey(child=child, opened_on=today, by=by, at=at)


@transaction.atomic
def end_guardian(
    *, guardianship: Guardianship, until_on: date, custody: str = "", by: Viewer, at: datetime
) -> Guardianship:
    """End a guardianship from that day, and say who has parental responsibility then when it changes.

    Shape   a day that is still to come is written as such, and may be written anew until then.
    Errors  NotAllowed, NotVisible, NotGuardian (ended before), BadEnd (before it began, or after the child is of age).
    """
    child, today = guardianship.child, timezone.localdate(at)
    require_record(by, child, at)
    if guardianship.until_on is not None and guardianship.until_on <= today:
        raise NotGuardian(_("This guardianship has ended already. Nothing was changed."))
    if not guardianship_may_end(until_on, guardianship.from_on, child.born_on, today):
        raise BadEnd(_("The day must be from when it began until the child is 18."))
    if custody and until_on > today:
        raise NotGuardian(
            _("The day is still to come. Leave parental responsibility as it is, and write the new one on that day.")
        )
    guardianship.until_on = until_on
    guardianship.save(update_fields=["until_on"])
    if custody:
        child.guardianships.lasting(today).update(custody=custody)
    _log("people.guardian.ended", child, by, at, guardian=guardianship.guardian.key)
    _announce_guardians(child, by, at)
    return guardianship


@transaction.atomic
def adopt(
    *, child: Person, guardians: Sequence[NewGuardian], on: date, reason: str, by: Viewer, at: datetime
) -> Journey:
    """Record an adoption: new guardians, the way back to the pregnancy sealed for everybody.

    The child keeps its one journey. The link to the pregnancy stays in the archive and no query shows it.
    Errors  NotAllowed, NotVisible; NotGuardian without new guardians or a journey; HasDied; BadAdoptionDay before the
            birth or after today; CannotBeGuardian.
    """
    require_record(by, child, at)
    if child.died_on is not None:
        raise ChildHasDied
    if on > timezone.localdate(at) or (child.born_on is not None and on < child.born_on):
        raise BadAdoptionDay(_("The date must be from birth to today."))
    journey = Journey.objects.select_for_update().filter(child=child).first()
    if journey is None or not guardians:
        raise NotGuardian(_("Say who the child's guardians are from now on."))
    _change_guardians(child, guardians, on, by, at)
    journey.is_sealed = True
    journey.save(update_fields=["is_sealed"])
    Correction.objects.keep(
        person=child, journey=journey, what=Correction.What.ADOPTED, reason=reason, by_id=by.staff_id, at=at
    )
    _log("people.child.adopted", child, by, at)
    facts = {
        "adopted_on": on,
        "guardian_ids": sorted(each.person.id for each in guardians),
        "holder_unit_id": queries.holding_unit_id(journey_id=journey.id),
    }
    announce(Fact(kind=Kind.ADOPTED, at=at, by_id=by.staff_id, person_id=child.id, journey_id=journey.id, facts=facts))
    _announce_guardians(child, by, at)
    return journey


def _change_guardians(child: Person, guardians: Sequence[NewGuardian], on: date, by: Viewer, at: datetime) -> None:
    """The others' guardianships end; one who stays, as when a step-parent adopts, gets the new code."""
    open_rows = child.guardianships.lasting(timezone.localdate(at))
    kept = {each.person.id for each in guardians}
    stays = open_rows.filter(guardian__in=kept).exists()
    left = open_rows.exclude(guardian__in=kept)
    left.update(until_on=Greatest("from_on", Value(on, DateField())))  # also one that began after the adoption
    for each in guardians:
        if not open_rows.filter(guardian=each.person).update(kind=each.kind, custody=each.custody, until_on=None):
            _begin(child, each, on, by, at)
    if not stays:
        _join_the_new_family(child, guardians[0].person)


def _join_the_new_family(child: Person, guardian: Person) -> None:
    """Address and the name it is found by follow the new family, so that no list shows the old one."""
    _move_home(child, Home(guardian.street, guardian.postcode, guardian.city, guardian.district, guardian.dwelling))
    if not child.given_name:
        child.family_name = ""
        child.be_found_as(guardian.given_name, guardian.family_name)
        child.save_if_unchanged(child.version, ["family_name", "search_name", "sort_name"])
