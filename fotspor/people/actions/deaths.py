"""Somebody has died: a child's journey closes, a guardian's place ends. Nothing more is expected of anybody."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access import actions as access
from fotspor.access.rules import Purpose, Viewer
from fotspor.kit.errors import Refused
from fotspor.kit.facts import Fact, Kind, announce
from fotspor.people.actions.guardians import _announce_guardians
from fotspor.people.actions.pregnancies import BadDate
from fotspor.people.models import Guardianship, Journey, Person, Pregnancy
from fotspor.people.queries import require_record


class StillPregnant(Refused):
    """What became of the pregnancy has not been said."""


@transaction.atomic
def record_death(*, person: Person, died_on: date, by: Viewer, at: datetime) -> Person:
    """Record a death. A twin's, a parent's: the others' journeys go on.

    Errors  NotAllowed, NotVisible, BadDate; StillPregnant until the birth or the loss is recorded.
    """
    require_record(by, person, at)
    if died_on > timezone.localdate(at) or (person.born_on and died_on < person.born_on):
        raise BadDate(_("The date must be from birth to today."))
    if person.pregnancies.filter(outcome=Pregnancy.Outcome.ONGOING).exists():
        raise StillPregnant(_("An ongoing pregnancy is registered. Record first whether the child was born or lost."))
    person.died_on = died_on
    person.save_if_unchanged(person.version, ["died_on"])
    journey = Journey.objects.open().filter(child=person).first()
    if journey is not None:
        journey.close(reason=Journey.CloseReason.DIED, on=died_on, by_id=by.staff_id, at=at)
    children = _end_guardianships(person, died_on)
    access.log(type="people.person.died", by=by, at=at, person=person.key, purpose=Purpose.CARE, object=person.in_log)
    announce(
        Fact(
            kind=Kind.DIED,
            at=at,
            by_id=by.staff_id,
            person_id=person.id,
            journey_id=journey.id if journey else None,
            facts={"died_on": died_on},
        )
    )
    for child in children:
        _announce_guardians(child, by, at)
    return person


def _end_guardianships(guardian: Person, died_on: date) -> list[Person]:
    rows = Guardianship.objects.filter(guardian=guardian, until_on=None, from_on__lte=died_on)
    children = [row.child for row in rows.select_related("child")]
    rows.update(until_on=died_on)
    return children
