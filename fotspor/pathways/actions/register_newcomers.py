"""Households in which nobody is known here: what they are made of, many at once, for the register's import.

The same rows and lines as the actions make one by one, which a test compares table by table. Nothing is decided anew:
what a person's row holds, which contacts a plan has, what a baton asks for and what the log says is asked of the
functions that the actions ask. Other is only the order: all is read, then all is made, then all is written.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection, models
from django.utils import timezone

from fotspor.access.actions import line
from fotspor.access.actions.relations import _opened
from fotspor.access.models import CareRelation
from fotspor.access.rules import SYSTEM, Purpose, Viewer
from fotspor.kit.bulk import Block, Reserved, update
from fotspor.pathways.actions import batons, planning
from fotspor.pathways.models import Baton, Enrolment, RegisterImport, RegisterRow
from fotspor.pathways.queries import definitions
from fotspor.pathways.queries.register_newcomers import Around, Household, units_of
from fotspor.pathways.rules import register
from fotspor.pathways.rules.register import Change, Record
from fotspor.people.actions import guardians, journeys
from fotspor.people.actions.persons import _new_person, _registered
from fotspor.people.models import Guardianship, Journey, Person
from fotspor.services.models import District, Unit
from fotspor.worklist.actions import Wanted, _new
from fotspor.worklist.models import Task

NUMBERED = (Person, Journey, Enrolment)  # what other rows of a household point to
MARKED = ("change", "person", "record", "applied_on")


class Changed(Exception):
    """What a block was made from no longer stands."""


class Newcomers:
    """Some households, made before the transaction and written in it."""

    def __init__(self, source: RegisterImport, around: Around, reserved: Reserved, *, by: Viewer, at: datetime) -> None:
        self._source, self._around, self._reserved, self._by, self._at = source, around, reserved, by, at
        self._today = timezone.localdate(at)
        self._block = Block()
        self._marks: list[list[Any]] = []
        self.households: list[Household] = []

    def add(self, household: Household) -> None:
        """Make all that the household becomes. Errors: Refused, and then nothing of it is kept."""
        made = _Made(self._around, self._reserved, self._at)
        new = 0
        for pk, record in household.rows:
            change = register.change(record, None, keeps_guardians=False)
            person = made.take_in(record) if change is Change.NEW else None
            new += person is not None
            made.marks.append([change.value, person.pk if person else None, None, self._today, pk])
        keys = [person.key for person in made.people.values()]
        made.rows.append(
            line(
                type="pathways.register.household_applied",
                by=self._by,
                at=self._at,
                people=keys,
                object=f"pathways.register:{self._source.key}",
                household=household.number,
                rows=len(household.rows),
            )
        )
        self._block.add(*made.rows)
        self._marks += made.marks
        self.households.append(household)

    def make_ready(self) -> None:
        """Do what can be done before the transaction."""
        self._block.make_ready()
        turn = RegisterRow._meta.get_field("applied_on").get_db_prep_save
        for mark in self._marks:
            mark[3] = turn(mark[3], connection)

    def write(self) -> None:
        """Write them, in the caller's transaction. Errors: Changed, when what they were made from no longer stands."""
        if self._has_moved():
            raise Changed
        self._block.write()
        if update(RegisterRow, MARKED, self._marks, while_empty="applied_on") != len(self._marks):
            raise Changed

    def _has_moved(self) -> bool:
        """Do the addresses name other units than they did?"""
        ids = [district.pk for district in self._around.districts.values()]
        then = {district_id: unit.pk for district_id, unit in self._around.units.items()}
        return then != {district_id: unit.pk for district_id, unit in units_of(ids, self._today).items()}


class _Made:
    """The rows of one household. Its methods follow the actions of the same names, in their order."""

    def __init__(self, around: Around, reserved: Reserved, at: datetime) -> None:
        self._around, self._reserved, self._at, self._today = around, reserved, at, timezone.localdate(at)
        self.people: dict[str, Person] = {}  # by number, in the order in which they were made
        self.rows: list[models.Model] = []
        self.marks: list[list[Any]] = []
        self._seen: set[tuple[int, int]] = set()  # whom, and by which unit

    def take_in(self, record: Record) -> Person:
        district = self._around.districts.get(record.district) if record.district else None
        person = _new_person(_values_of(record, district), born_on=record.born_on, by=SYSTEM, at=self._at, is_free=True)
        self._number(person)
        self._tell(_registered(person))
        if record.is_resident and register.is_under_school_age(record.born_on, self._today):
            mothers = self._settle_guardians(person, record)
            self._open_journey(person, mothers)
        self.people[record.number] = person
        return person

    def _settle_guardians(self, child: Person, record: Record) -> list[Person]:
        """Those of the household whom the child names. Which of them are its mother?"""
        named = {g.number: g for g in record.guardians if g.number in self.people}
        for number, said in named.items():
            guardian = self.people[number]
            self.rows.append(
                Guardianship(
                    child=child,
                    guardian=guardian,
                    kind=said.kind,
                    custody=record.custody,
                    from_on=self._today,
                    recorded_at=self._at,
                )
            )
            self._tell(guardians._about("people.guardian.added", child), guardian=guardian.key)
        return [self.people[number] for number, said in named.items() if said.kind == Guardianship.Kind.MOTHER]

    def _open_journey(self, child: Person, mothers: Sequence[Person]) -> None:
        journey = Journey(child=child, opened_on=self._today, opened_at=self._at)
        self._number(journey)
        self._tell(journeys._about("opened", journey, Purpose.CARE))
        unit = self._around.units.get(child.district_id)
        self._open_baton(journey, unit, [child, *mothers])
        self._follow(journey, unit)

    def _open_baton(self, journey: Journey, unit: Unit | None, people: Iterable[Person]) -> None:
        baton = Baton(journey=journey, unit_id=unit.pk if unit else None, since_at=self._at)
        self.rows.append(baton)
        if unit is not None:
            for person in sorted(people, key=lambda each: each.pk):
                self._let_see(person, unit)
            self._ask(Task.Source.BATON, [batons._to_confirm(baton, journey, self._around.routine)])
        elif self._around.keeper is not None:
            self._ask(
                Task.Source.UNASSIGNED,
                [batons._to_choose(journey, self._around.keeper, self._today, self._around.routine)],
            )
        else:
            self._tell(batons._about(journey, "pathways.baton.unkept", ""))
        self._tell(batons._about(journey, "pathways.baton.opened", unit.key if unit else ""), confirmed=False)

    def _let_see(self, person: Person, unit: Unit) -> None:
        if person.protection == Person.Protection.STRICT or (person.pk, unit.pk) in self._seen:
            return
        self._seen.add((person.pk, unit.pk))
        basis = CareRelation.Basis.BATON
        relation = CareRelation(person=person, unit_id=unit.pk, basis=basis, from_on=self._today, opened_at=self._at)
        self.rows.append(relation)
        self._tell(_opened(relation, person.key))

    def _follow(self, journey: Journey, unit: Unit | None) -> None:
        enrolments = [self._enrolment(journey, slug) for slug in definitions.OF_CHILDREN]
        known = planning.Known(
            {journey.pk: enrolments},
            defaultdict(list),
            {journey.pk: unit.pk if unit else None},
            defaultdict(list),
            {},
            approved=self._around.approved,
        )
        changes = planning.Changes()
        planning._plan_one(journey, known, changes, self._today)
        self.rows += changes.new
        self._ask(Task.Source.CONTACT, changes.wanted)
        self._ask(Task.Source.PLAN, changes.plan)
        if changes.new:
            self._tell(planning._about(journey, changes))

    def _enrolment(self, journey: Journey, slug: str) -> Enrolment:
        """As `journeys.follow` makes it for somebody who came without a pregnancy here."""
        enrolment = Enrolment(
            journey=journey,
            pathway=slug,
            pathway_version=self._around.versions[slug],
            anchor_on=journey.child.born_on,
            arrived_on=journey.opened_on,
            enrolled_on=self._today,
        )
        self._number(enrolment)
        return enrolment

    def _number(self, row: models.Model) -> None:
        row.pk = self._reserved.take(type(row))
        self.rows.append(row)

    def _ask(self, source: str, wanted: Iterable[Wanted]) -> None:
        self.rows += [_new(source, want, self._at) for want in wanted]

    def _tell(self, about: Mapping[str, Any], **facts: Any) -> None:
        self.rows.append(line(by=SYSTEM, at=self._at, **about, **facts))


def _values_of(record: Record, district: District | None) -> dict[str, Any]:
    """What a person's row holds of what the register says, but for the birth date."""
    return {
        "given_name": record.given_name,
        "family_name": record.family_name,
        "sex": record.sex,
        "number": record.number,
        "birth_order": record.birth_order,
        "street": record.street,
        "dwelling": record.dwelling or "",
        "postcode": record.postcode,
        "city": record.city,
        "district": district,
        "protection": record.protection,
        "address_protection": record.address_protection,
    }
