"""A date was written wrong. The old one is kept with the reason, and the plan follows the new one."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access import actions as access
from fotspor.access.rules import Purpose, Viewer
from fotspor.kit.facts import Fact, Kind, announce
from fotspor.people.actions.pregnancies import BadBirthDay, BadDate, NotExpecting
from fotspor.people.models import Correction, Guardianship, Journey, Person, Pregnancy
from fotspor.people.queries import pregnancy_of, require_record
from fotspor.people.rules import TERM_DAYS, birth_may_be_corrected, may_have_child

PARENTS = (Guardianship.Kind.MOTHER, Guardianship.Kind.FATHER, Guardianship.Kind.CO_MOTHER)


@transaction.atomic
def correct_birth(*, person: Person, born_on: date, reason: str, by: Viewer, at: datetime) -> Person:
    """Correct a birth date. What is planned from it is planned anew; what was held stays.

    Errors  NotAllowed, NotVisible, BadBirthDay: also far from the birth that was recorded here, or too near to that of
            a parent or a child.
    """
    require_record(by, person, at)
    if born_on > timezone.localdate(at) or (person.died_on and born_on > person.died_on):
        raise BadBirthDay(_("The birth date cannot be in the future, or after the date of death."))
    journey = Journey.objects.filter(child=person).select_related("pregnancy").first()
    if by.staff_id is not None:  # the register knows
        _require_near(person, journey, born_on)
    before, person.born_on = person.born_on, born_on
    person.save_if_unchanged(person.version, ["born_on"])
    _write(Correction.What.BORN_ON, person, journey, before, born_on, reason, by, at)
    return person


def _require_near(person: Person, journey: Journey | None, born_on: date) -> None:
    pregnancy = pregnancy_of(journey) if journey is not None else None
    ended_on = pregnancy.ended_on if pregnancy is not None else None
    if ended_on is not None and not birth_may_be_corrected(born_on, ended_on, pregnancy.due_on):
        raise BadBirthDay(
            _("This is far from the birth that was recorded. Look at the date, and at which child it is.")
        )
    parents = Guardianship.objects.filter(kind__in=PARENTS, until_on=None)
    older = parents.filter(child=person).values_list("guardian__born_on", flat=True)
    younger = parents.filter(guardian=person).values_list("child__born_on", flat=True)
    pairs = [*((each, born_on) for each in older), *((born_on, each) for each in younger)]
    if not all(may_have_child(parent, child) for parent, child in pairs):
        raise BadBirthDay(_("By this date parent and child would be too near in age. Look at whose date is wrong."))


@transaction.atomic
def correct_due(
    *, pregnancy: Pregnancy, due_on: date, due_source: str, reason: str, by: Viewer, at: datetime
) -> Pregnancy:
    """Correct a due date, as after an ultrasound. Also after the birth, since age may be counted from it.

    Errors  NotAllowed, NotVisible, NotExpecting (after a loss), BadDate.
    """
    require_record(by, pregnancy.mother, at)
    journeys = list(Journey.objects.open().filter(pregnancy=pregnancy).order_by("id"))
    if not journeys:
        raise NotExpecting(_("This pregnancy has ended, or the birth is recorded already."))
    if not -TERM_DAYS <= (due_on - pregnancy.due_on).days <= TERM_DAYS:
        raise BadDate(_("The due date is more than a whole pregnancy away from the one that is recorded."))
    before, pregnancy.due_on, pregnancy.due_source = pregnancy.due_on, due_on, due_source
    pregnancy.save_if_unchanged(pregnancy.version, ["due_on", "due_source"])
    for journey in journeys:
        subject = journey.child or pregnancy.mother
        _write(Correction.What.DUE_ON, subject, journey, before, due_on, reason, by, at)
    return pregnancy


def _write(
    what: str,
    person: Person,
    journey: Journey | None,
    before: date | None,
    after: date,
    reason: str,
    by: Viewer,
    at: datetime,
) -> None:
    Correction.objects.keep(
        person=person,
        journey=journey,
        what=what,
        before=before.isoformat() if before else "",
        after=after.isoformat(),
        reason=reason,
        by_id=by.staff_id,
        at=at,
    )
    access.log(
        type=f"people.{what}.corrected",
        by=by,
        at=at,
        person=person.key,
        purpose=Purpose.CARE,
        object=person.in_log,
    )
    announce(
        Fact(
            kind=Kind.CORRECTED,
            at=at,
            by_id=by.staff_id,
            person_id=person.id,
            journey_id=journey.id if journey else None,
            facts={str(what): after, "was_on": before},
        )
    )
