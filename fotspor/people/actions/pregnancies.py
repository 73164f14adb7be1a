"""A pregnancy and how it ends: in births, or gently in loss."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access import actions as access
from fotspor.access.models import CareRelation
from fotspor.access.rules import Purpose, Viewer
from fotspor.kit.errors import Refused
from fotspor.kit.facts import Fact, Kind, announce
from fotspor.people import queries
from fotspor.people.actions.newborns import _known_newborns
from fotspor.people.actions.persons import open_unit_relation, register_person
from fotspor.people.models import Guardianship, Journey, Person, Pregnancy
from fotspor.people.queries import require_record
from fotspor.people.rules import (
    Newborn,
    birth_is_plausible,
    due_is_plausible,
    loss_is_plausible,
    may_be_expecting,
)

PASSED_ON = (CareRelation.Basis.PREGNANCY, CareRelation.Basis.BATON, CareRelation.Basis.TAKEN_IN)
KIND_BY_SEX = {Person.Sex.MALE: Guardianship.Kind.FATHER, Person.Sex.FEMALE: Guardianship.Kind.CO_MOTHER}


class AlreadyExpecting(Refused):
    """The woman has an ongoing pregnancy."""


class ImplausibleMother(Refused):
    """Somebody of that age is not pregnant: the wrong person, or a wrong birth date."""


class NotRegisteredFemale(Refused):
    """A man in the register may be pregnant. It is asked once more, since it is more often the wrong person."""

    field = "confirmed"


class NotExpecting(Refused):
    """The journey is no ongoing pregnancy."""


class BadDate(Refused):
    """The date cannot be right."""


class BadBirthDay(BadDate):
    """Nobody can have been born that day."""

    field = "born_on"


class BadEndDay(BadDate):
    """The pregnancy cannot have ended that day."""

    field = "ended_on"


class NoOneBorn(Refused):
    """A birth is of one child or more."""


@transaction.atomic
def register_pregnancy(
    *,
    mother: Person,
    due_on: date,
    due_source: str,
    is_first: bool | None = None,
    other_parent: Person | None = None,
    confirmed: bool = False,
    by: Viewer,
    at: datetime,
) -> Journey:
    """Register a pregnancy and open its journey. Plans nothing: `pathways.actions.open_journey` does, and calls this.

    Shape   `confirmed` says that somebody registered as male is pregnant all the same.
    Errors  NotAllowed, NotVisible, AlreadyExpecting, BadDate, ImplausibleMother, NotRegisteredFemale.
    """
    require_record(by, mother, at)
    today = timezone.localdate(at)
    _require_plausible(mother, today, confirmed=confirmed)
    if mother.died_on is not None or mother.pregnancies.filter(outcome=Pregnancy.Outcome.ONGOING).exists():
        raise AlreadyExpecting(_("An ongoing pregnancy is registered for her already, or she has died."))
    if not due_is_plausible(due_on, today):
        raise BadDate(_("The due date must be from four weeks ago to forty weeks ahead."))
    pregnancy = Pregnancy.objects.create(
        mother=mother,
        other_parent=other_parent,
        due_on=due_on,
        due_source=due_source,
        is_first=is_first,
        registered_at=at,
        registered_by_id=by.staff_id,
    )
    journey = Journey.objects.begin(pregnancy=pregnancy, opened_on=today, by_id=by.staff_id, at=at)
    if by.unit_id is not None:
        open_unit_relation(person=mother, basis=CareRelation.Basis.PREGNANCY, by=by, at=at)
    access.log(
        type="people.pregnancy.registered",
        by=by,
        at=at,
        person=mother.key,
        purpose=Purpose.CARE,
        object=f"people.pregnancy:{pregnancy.key}",
    )
    return journey


def _require_plausible(mother: Person, today: date, *, confirmed: bool) -> None:
    if not may_be_expecting(mother.born_on, today):
        raise ImplausibleMother(_("By the birth date this person cannot be pregnant. Look at who it is."))
    if mother.sex == Person.Sex.MALE and not confirmed:
        raise NotRegisteredFemale(_("The person is registered as male. Say that it is right, or look at who it is."))


def _ongoing(journey: Journey) -> Journey:
    found = (
        Journey.objects.open()
        .filter(pk=journey.pk, child=None, pregnancy__outcome=Pregnancy.Outcome.ONGOING)
        .select_for_update(of=("self",))
        .select_related("pregnancy__mother__district", "pregnancy__other_parent")
        .first()
    )
    if found is None:
        raise NotExpecting(_("This pregnancy has ended, or the birth is recorded already."))
    return found


@transaction.atomic
def record_birth(
    *, journey: Journey, born_on: date, children: Sequence[Newborn], stillborn: int = 0, by: Viewer, at: datetime
) -> list[Journey]:
    """Record a birth: the first child continues the journey, each other one gets a journey split from it.

    Shape   one journey per living child, in birth order. `stillborn` counts twins who did not live; each leaves a
            closed journey that only the mother's midwives see.
    Errors  NotAllowed, NotVisible, NotExpecting, NoOneBorn, BadDate, BadNumber; those of `_known_newborns`.
    """
    journey = _ongoing(journey)
    pregnancy = journey.pregnancy
    require_record(by, pregnancy.mother, at)
    if not children:
        raise NoOneBorn(_("Nobody was born alive. Record the loss instead."))
    if born_on > timezone.localdate(at):
        raise BadBirthDay(_("The birth date cannot be in the future."))
    if not birth_is_plausible(born_on, pregnancy.due_on):
        raise BadBirthDay(
            _("The birth date does not fit the due date. Correct the due date first if that is what is wrong.")
        )
    known = _known_newborns(children=children, pregnancy=pregnancy, born_on=born_on, by=by, at=at)
    _end(pregnancy, Pregnancy.Outcome.BORN, born_on)
    journeys = [journey]
    for order, (newborn, person) in enumerate(zip(children, known, strict=True), start=1):
        child = _born(pregnancy, newborn, person, born_on, order, by, at)
        if order == 1:
            journey.child = child
            journey.save(update_fields=["child"])
        else:
            split = {"pregnancy": pregnancy, "child": child, "split_from": journey, "opened_on": born_on}
            journeys.append(Journey.objects.begin(**split, by_id=by.staff_id, at=at))
    if len(children) > 1:
        Person.objects.filter(id__in=[each.child_id for each in journeys]).update(has_twin=True)
        for each in journeys:
            each.child.has_twin = True
    for _number in range(stillborn):
        lost = Journey.objects.begin(
            pregnancy=pregnancy, split_from=journey, opened_on=born_on, by_id=by.staff_id, at=at
        )
        _lose(lost, born_on, Pregnancy.Outcome.STILLBIRTH, by, at)
    for each in journeys:
        _announce_birth(each, born_on, by, at)
    return journeys


def _born(
    pregnancy: Pregnancy, newborn: Newborn, known: Person | None, born_on: date, order: int, by: Viewer, at: datetime
) -> Person:
    """The child that the register sent first is the child that was born, never a second one."""
    child = known or _register(pregnancy.mother, newborn, born_on, order, by, at)
    if not child.name:
        child.be_found_as(pregnancy.mother.given_name, pregnancy.mother.family_name)
        child.save(update_fields=["search_name", "sort_name"])
    guardians = {guardianship.guardian_id for guardianship in queries.guardians_of(child_id=child.id, on=born_on)}
    if pregnancy.mother_id not in guardians:
        _begin_guardianship(child, pregnancy.mother, Guardianship.Kind.MOTHER, born_on, by, at)
    other = pregnancy.other_parent
    if other is not None and other.id not in guardians:
        kind = KIND_BY_SEX.get(other.sex, Guardianship.Kind.OTHER)
        _begin_guardianship(child, other, kind, born_on, by, at)
    _pass_on_relations(pregnancy.mother, child, by, at)
    return child


def _begin_guardianship(child: Person, guardian: Person, kind: str, born_on: date, by: Viewer, at: datetime) -> None:
    """Parental responsibility is not known until the register, or the family, says."""
    Guardianship.objects.begin(child=child, guardian=guardian, kind=kind, from_on=born_on, by_id=by.staff_id, at=at)


def _register(mother: Person, newborn: Newborn, born_on: date, order: int, by: Viewer, at: datetime) -> Person:
    """A newborn lives where its mother is registered, and is protected as she is until the register says otherwise."""
    return register_person(
        given_name=newborn.given_name,
        family_name=newborn.family_name,
        born_on=born_on,
        sex=newborn.sex,
        number=newborn.number or None,
        birth_order=order,
        languages=mother.languages,
        interpreter_language=mother.interpreter_language,
        street=mother.street,
        dwelling=mother.dwelling,
        postcode=mother.postcode,
        city=mother.city,
        district=mother.district,
        protection=mother.protection,
        address_protection=mother.address_protection,
        relation=False,
        by=by,
        at=at,
    )


def _pass_on_relations(mother: Person, child: Person, by: Viewer, at: datetime) -> None:
    today = timezone.localdate(at)
    passed_on = Q(basis__in=PASSED_ON) | Q(basis=CareRelation.Basis.NAMED)
    relations = CareRelation.objects.in_force(today).filter(passed_on, person=mother).order_by("id")
    for relation in relations:
        access.open_relation(
            person_id=child.id,
            unit_id=relation.unit_id,
            staff_id=relation.staff_id,
            basis=relation.basis,
            from_on=today,
            until_on=relation.until_on,
            by=by,
            at=at,
        )


def _announce_birth(journey: Journey, born_on: date, by: Viewer, at: datetime) -> None:
    access.log(
        type="people.birth.recorded",
        by=by,
        at=at,
        person=journey.child.key,
        purpose=Purpose.CARE,
        object=journey.in_log,
        split=journey.split_from_id is not None,
    )
    announce(
        Fact(
            kind=Kind.BORN,
            at=at,
            by_id=by.staff_id,
            person_id=journey.child_id,
            journey_id=journey.id,
            facts={"born_on": born_on, "split_from_id": journey.split_from_id},
        )
    )


def _end(pregnancy: Pregnancy, outcome: str, ended_on: date) -> None:
    pregnancy.outcome, pregnancy.ended_on = outcome, ended_on
    pregnancy.save_if_unchanged(pregnancy.version, ["outcome", "ended_on"])


@transaction.atomic
def record_loss(*, journey: Journey, outcome: str, ended_on: date, by: Viewer, at: datetime) -> Journey:
    """Record that a pregnancy ended in loss or stillbirth. The journey closes; the mother's own record stays as it was.

    Errors  NotAllowed, NotVisible, NotExpecting, BadDate.
    """
    journey = _ongoing(journey)
    require_record(by, journey.pregnancy.mother, at)
    if outcome not in {Pregnancy.Outcome.LOSS, Pregnancy.Outcome.STILLBIRTH}:
        raise ValueError(f"A loss is not {outcome!r}.")
    if not loss_is_plausible(ended_on, journey.pregnancy.due_on, timezone.localdate(at)):
        raise BadEndDay(_("The date must be from the beginning of the pregnancy to today."))
    _end(journey.pregnancy, outcome, ended_on)
    _lose(journey, ended_on, outcome, by, at)
    return journey


def _lose(journey: Journey, ended_on: date, outcome: str, by: Viewer, at: datetime) -> None:
    closed_on = max(ended_on, journey.opened_on)  # it may be told of later than it happened
    journey.close(reason=Journey.CloseReason.LOSS, on=closed_on, by_id=by.staff_id, at=at)
    mother = journey.pregnancy.mother
    access.log(
        type="people.pregnancy.lost",
        by=by,
        at=at,
        person=mother.key,
        purpose=Purpose.CARE,
        object=journey.in_log,
    )
    announce(
        Fact(
            kind=Kind.PREGNANCY_ENDED,
            at=at,
            by_id=by.staff_id,
            person_id=mother.id,
            journey_id=journey.id,
            facts={"ended_on": ended_on, "outcome": str(outcome), "split_from_id": journey.split_from_id},
        )
    )
