"""Somebody has died: a child's journey closes, a guardian's place ends. Recorded by mistake, it is all taken back."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access import actions as access
from fotspor.access.rules import Permission, Purpose, Viewer
from fotspor.kit.errors import Refused
from fotspor.kit.facts import Fact, Kind, announce
from fotspor.people.actions.guardians import _announce_guardians
from fotspor.people.actions.pregnancies import BadDate
from fotspor.people.models import Correction, Guardianship, Journey, Person, Pregnancy
from fotspor.people.queries import require_record

DEATH = ["died_on", "death_recorded_at", "death_recorded_by"]


class StillPregnant(Refused):
    """What became of the pregnancy has not been said."""


class BadDeathDay(BadDate):
    """Nobody can have died that day."""

    field = "died_on"


class DeathStands(Refused):
    """A death is recorded already: another day is a correction, with a reason."""

    field = "reason"


class NotDead(Refused):
    """No death is recorded, or it has been taken back already."""


@transaction.atomic
def record_death(*, person: Person, died_on: date, reason: str = "", by: Viewer, at: datetime) -> Person:
    """Record a death. A twin's, a parent's: the others' journeys go on.

    Shape   `reason` says why another day than the one that stands is right; the register needs none.
    Errors  NotAllowed, NotVisible, BadDate; StillPregnant until the birth or the loss is recorded; DeathStands.
    """
    require_record(by, person, at)
    if died_on > timezone.localdate(at) or (person.born_on and died_on < person.born_on):
        raise BadDeathDay(_("The date must be from birth to today."))
    person.refresh_from_db(fields=["died_on", "version"])
    if person.died_on is not None and by.staff_id is not None:
        return _correct_death(person, died_on, reason, by, at)
    if person.pregnancies.filter(outcome=Pregnancy.Outcome.ONGOING).exists():
        raise StillPregnant(_("An ongoing pregnancy is registered. Record first whether the child was born or lost."))
    person.died_on, person.death_recorded_at, person.death_recorded_by_id = died_on, at, by.staff_id
    person.save_if_unchanged(person.version, DEATH)
    journey = Journey.objects.open().filter(child=person).first()
    if journey is not None:
        journey.close(reason=Journey.CloseReason.DIED, on=died_on, by_id=by.staff_id, at=at)
    children = _end_guardianships(person, died_on)
    access.log(type="people.person.died", by=by, at=at, person=person.key, purpose=Purpose.CARE, object=person.in_log)
    _tell(Kind.DIED, person, journey, by, at, died_on=died_on)
    for child in children:
        _announce_guardians(child, by, at)
    return person


@transaction.atomic
def take_back_death(*, person: Person, reason: str, by: Viewer, at: datetime) -> Person:
    """The death was recorded by mistake: the journey that it closed goes on, and the guardian is one again.

    Who may is the caller's. What the slices above had planned they take up again when it is announced.
    Shape   `reason` is kept with the corrections of the person, with the day that stood there.
    Errors  NotDead.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.died_on is None:
        raise NotDead(_("No death is recorded. Nothing was changed."))
    died_on, recorded_at = person.died_on, person.death_recorded_at
    person.died_on = person.death_recorded_at = person.death_recorded_by = None
    person.save_if_unchanged(person.version, DEATH)
    journey = Journey.objects.filter(child=person, close_reason=Journey.CloseReason.DIED).first()
    if journey is not None:
        recorded_at = journey.closed_at or recorded_at
        journey.reopen()
    children = _guardian_again(person, died_on, recorded_at)
    about = {"person": person, "journey": journey, "what": Correction.What.DIED_ON, "before": died_on.isoformat()}
    Correction.objects.keep(**about, reason=reason, by_id=by.staff_id, at=at)
    purpose = Purpose.CARE if by.may(Permission.REGISTER_PEOPLE) else Purpose.LEADERSHIP
    said = {"person": person.key, "object": person.in_log, "purpose": purpose, "is_reopened": journey is not None}
    access.log(type="people.person.death_taken_back", by=by, at=at, **said)
    _tell(Kind.ALIVE, person, journey, by, at, recorded_at=recorded_at)
    for child in children:
        _announce_guardians(child, by, at)
    return person


def _correct_death(person: Person, died_on: date, reason: str, by: Viewer, at: datetime) -> Person:
    """Another day of death: the journey and the guardianships that ended with the death end on that day."""
    before = person.died_on
    if not reason.strip() or before == died_on:
        raise DeathStands(_("A death is recorded already. Write another day, and why it is right."))
    person.died_on = died_on
    person.save_if_unchanged(person.version, ["died_on"])
    journeys = Journey.objects.filter(child=person, close_reason=Journey.CloseReason.DIED)
    journeys.update(closed_on=died_on)
    _end_guardianships(person, died_on, before)
    about = {"person": person, "journey": journeys.first(), "what": Correction.What.DIED_ON}
    said = {"before": before.isoformat(), "after": died_on.isoformat(), "reason": reason.strip()}
    Correction.objects.keep(**about, **said, by_id=by.staff_id, at=at)
    seen = {"person": person.key, "purpose": Purpose.CARE, "object": person.in_log}
    access.log(type="people.died_on.corrected", by=by, at=at, **seen)
    return person


def _tell(kind: Kind, person: Person, journey: Journey | None, by: Viewer, at: datetime, **facts) -> None:
    about = {"person_id": person.id, "journey_id": journey.id if journey else None}
    announce(Fact(kind=kind, at=at, by_id=by.staff_id, **about, facts=facts))


def _end_guardianships(guardian: Person, died_on: date, before: date | None = None) -> list[Person]:
    """End those in force that day, and move those that had ended `before`, the day that stood there."""
    rows = Guardianship.objects.filter(guardian=guardian, from_on__lte=died_on)
    rows = rows.filter(until_on=before) if before else rows.lasting(died_on)
    children = [row.child for row in rows.select_related("child")]
    Guardianship.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).update(until_on=died_on)
    return children


def _guardian_again(guardian: Person, died_on: date, recorded_at: datetime | None) -> list[Person]:
    """Whose guardian is she again? Not of a child who has been adopted since: that way is sealed."""
    rows = Guardianship.objects.filter(guardian=guardian, until_on=died_on).select_related("child")
    adopted = Correction.objects.filter(what=Correction.What.ADOPTED)
    if recorded_at is not None:
        adopted = adopted.filter(recorded_at__gte=recorded_at)
    rows = rows.exclude(child__in=adopted.values("person"))
    rows = rows.exclude(child__in=Guardianship.objects.filter(guardian=guardian, until_on=None).values("child"))
    latest = {row.child_id: row for row in rows.order_by("pk")}
    Guardianship.objects.filter(pk__in=[row.pk for row in latest.values()]).update(until_on=None)
    return [row.child for row in latest.values()]
