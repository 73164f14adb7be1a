"""What the pages about one person show."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from fotspor.access import queries as access
from fotspor.access.rules import Decision, Doing, Part, Purpose, Viewer, may_do
from fotspor.people.models import Correction, Journey, Person
from fotspor.people.queries.journeys import Expecting, may_see_loss, pregnancies_of, visible_journeys
from fotspor.people.queries.people import (
    SeenGuardian,
    guardians_as_seen,
    household_of,
    kept_person,
    mothers,
    wards_of,
)


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One person's facts as this viewer may see them."""

    person: Person
    decision: Decision
    journey: Journey | None
    guardians: list[SeenGuardian]
    wards: list[Person]
    pregnancies: list[Expecting]
    household: list[Person]
    corrections: list[Correction]
    may_see_address: bool
    may_change: bool  # not by emergency access
    has_left: bool  # by a move out that may be taken back


def person_page(*, viewer: Viewer, key: str, at: datetime) -> PersonPage:
    """What does the page of this person show? Errors: NotVisible for strangers."""
    person = kept_person(key, "departure")
    decision = access.require(viewer=viewer, person_id=person.id, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    address = access.decision_for(viewer=viewer, person_id=person.id, purpose=Purpose.CARE, part=Part.ADDRESS, at=at)
    journeys = visible_journeys(viewer=viewer, purpose=Purpose.CARE, part=Part.RECORD, at=at, few=True)
    return PersonPage(
        person=person,
        decision=decision,
        journey=journeys.filter(child=person).first(),
        guardians=guardians_as_seen(viewer=viewer, child_id=person.id, at=at),
        wards=wards_of(viewer=viewer, guardian_id=person.id, at=at),
        pregnancies=pregnancies_of(viewer=viewer, mother_id=person.id, at=at),
        household=household_of(viewer=viewer, person=person, at=at) if address.allowed else [],
        corrections=_corrections(viewer, person, at),
        may_see_address=address.allowed,
        may_change=may_do(decision, Doing.CHANGE),
        has_left=person.died_on is None and hasattr(person, "departure"),
    )


def _corrections(viewer: Viewer, person: Person, at: datetime) -> list[Correction]:
    """Newest first. No adoption, and that a loss was taken back only for those who saw the loss."""
    told = Correction.objects.filter(person=person).exclude(what=Correction.What.ADOPTED)
    found = list(told.select_related("recorded_by").order_by("-recorded_at"))
    lost = Correction.What.LOST
    if any(each.what == lost for each in found) and not may_see_loss(viewer=viewer, mother_id=person.id, at=at):
        return [each for each in found if each.what != lost]
    return found


@dataclass(frozen=True, slots=True)
class Preview:
    """What an exact number reveals of somebody outside one's relations: name, birth year, and who holds."""

    key: str
    person: Person
    unit_name: str
    is_visible: bool


def preview(*, viewer: Viewer, key: str, at: datetime) -> Preview:
    """Whom did the number belong to? Shown only to the one who has just typed it: see `actions.look_up`."""
    person = Person.objects.kept().filter(key=key).prefetch_related(mothers()).first()
    if person is None:
        raise access.NotVisible
    decision = access.decision_for(viewer=viewer, person_id=person.id, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    place = "" if person.is_graded else holding_unit(person)  # which unit it is tells where a protected person lives
    return Preview(person.key, person, place, decision.allowed)


def holding_unit(person: Person) -> str:
    """Which unit holds the baton of this person's journey, or of her pregnancy? Empty when nobody is named.

    The baton lives above this slice and is reached by name, as foreign keys are.
    """
    own = Journey.objects.open().filter(child=person, batons__until_at=None)
    expecting = Journey.objects.open().filter(child=None, pregnancy__mother=person, batons__until_at=None)
    for journeys in (own, expecting):
        name = journeys.values_list("batons__unit__name", flat=True).first()
        if name:
            return str(name)
    return ""


def holding_unit_id(*, journey_id: int) -> int | None:
    """Which unit holds this journey's baton? None when it is unassigned, or no baton has been opened."""
    held = Journey.objects.filter(id=journey_id, batons__until_at=None)
    return held.values_list("batons__unit", flat=True).first()


def answering_unit_id(*, person_id: int, journey_id: int | None) -> int | None:
    """Which unit holds the baton of that journey, else of this person's own, or of a journey of her child's?"""
    hers = Q(child=person_id) | Q(pregnancy__mother=person_id)
    hers |= Q(child__guardianships__guardian=person_id, child__guardianships__until_on=None)
    found = Journey.objects.open().filter(Q(pk=journey_id) | hers, batons__until_at=None, batons__unit__isnull=False)
    rows = sorted(set(found.values_list("pk", "batons__unit")), key=lambda row: (row[0] != journey_id, -row[0]))
    return rows[0][1] if rows else None
