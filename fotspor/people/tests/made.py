"""Small makers: units, staff, people, pregnancies and births, through the real actions."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from fotspor.access.models import AuditEvent
from fotspor.access.rules import Viewer
from fotspor.kit.facts import Fact
from fotspor.people import actions, identifiers
from fotspor.services.models import District, Membership, Staff, Unit

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
DUE = date(2026, 11, 20)

caught: list[Fact] = []


def catch(fact: Fact) -> None:
    caught.append(fact)


@dataclass
class House:
    """Two units with a midwife and a nurse each."""

    district: District
    other_district: District
    midwifery: Unit
    station: Unit
    midwife: Viewer
    nurse: Viewer
    stranger: Viewer
    colleague: Viewer
    leader: Viewer

    def staff(self, viewer: Viewer) -> Staff:
        return Staff.objects.get(pk=viewer.staff_id)


def make_unit(name, kind, arena, district):
    return Unit.objects.create(
        name=name, kind=kind, sector="health", arena=arena, district=district, from_on=date(2020, 1, 1)
    )


def make_viewer(unit, role, name):
    staff = Staff.objects.create(email=f"{name}@example.org", given_name=name.title(), family_name="Prøve")
    post = Membership.objects.create(staff=staff, unit=unit, role=role, from_on=date(2020, 1, 1))
    return Viewer(
        staff_id=staff.id,
        membership_id=post.id,
        role=role,
        unit_id=unit.id,
        unit_kind=unit.kind,
        sector=unit.sector,
        district_id=unit.district_id,
        session=f"session-{name}",
        staff_key=staff.key,
        unit_key=unit.key,
    )


def number_of(born_on: date, index: int = 0) -> str:
    """A synthetic number for somebody born that day."""
    return list(identifiers.synthetic_numbers(born_on))[index]


def make_person(by, given="Kari", family="Nordmann", born_on=date(1994, 6, 12), sex="female", at=AT, **details):
    return actions.register_person(
        given_name=given, family_name=family, born_on=born_on, sex=sex, by=by, at=at, **details
    )


def make_pregnancy(by, mother=None, due_on=DUE, at=AT, **details):
    mother = mother or make_person(by, street="Storgata 1", postcode="7000")
    return actions.register_pregnancy(mother=mother, due_on=due_on, due_source="ultrasound", by=by, at=at, **details)


def make_birth(by, *sexes, born_on=DUE, journey=None, **details):
    journey = journey or make_pregnancy(by)
    children = [actions.Newborn(sex=sex) for sex in sexes or ("female",)]
    return actions.record_birth(journey=journey, born_on=born_on, children=children, by=by, at=AT, **details)


def logged(type: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(type=type).order_by("id"))
