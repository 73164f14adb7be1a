"""A small municipality for the tests: two districts, their midwives and health centres, and who works there."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fotspor.access.rules import Viewer
from fotspor.kit.encryption import blind_index
from fotspor.pathways import actions
from fotspor.people import actions as people
from fotspor.people import identifiers
from fotspor.people.models import Journey, Person
from fotspor.services.models import District, Membership, Municipality, Staff, Unit
from fotspor.services.queries import viewer_for

OSLO = ZoneInfo("Europe/Oslo")
TODAY = date(2026, 11, 24)  # a Tuesday
START = date(2020, 1, 1)


def noon(on: date) -> datetime:
    return datetime.combine(on, time(12), tzinfo=OSLO)


AT = noon(TODAY)


@dataclass
class World:
    """Two districts; in each a midwife and a nurse. The north also has a leader and a second nurse."""

    north: District = None
    south: District = None
    staff: dict = field(default_factory=dict)
    units: dict = field(default_factory=dict)
    _count: int = 0

    def add_unit(self, key, kind, sector, district, *, serves=True, **more):
        unit = Unit.objects.create(
            name=f"{kind} {district.name}",
            kind=kind,
            sector=sector,
            arena="other",
            district=district,
            from_on=START,
            **more,
        )
        if serves:
            unit.serves.add(district)
        self.units[key] = unit
        return unit

    def add_staff(self, key, unit_key, role):
        staff = Staff.objects.create(email=f"{key}@example.org", given_name=key.title(), family_name="Prøve")
        Membership.objects.create(staff=staff, unit=self.units[unit_key], role=role, from_on=START)
        self.staff[key] = staff
        return staff

    def __getattr__(self, name) -> Viewer:
        if name.startswith("_") or name not in self.__dict__.get("staff", {}):
            raise AttributeError(name)
        staff = self.staff[name]
        return viewer_for(staff=staff, membership_key="", session_key=f"session-{name}", on=TODAY)

    def mother(self, by=None, at=AT, **details) -> Person:
        self._count += 1
        values = {
            "given_name": f"Mor{self._count}",
            "family_name": "Prøvesen",
            "born_on": date(1994, 5, 1) + timedelta(days=self._count),
            "sex": "female",
            "street": f"Prøvevegen {self._count}",
            "postcode": "7000",
            "city": "Prøvestad",
            "district": self.north,
        }
        return people.register_person(**values | details, by=by or self.midwife, at=at)

    def pregnancy(self, *, due_on=TODAY + timedelta(days=84), at=AT, by=None, **details) -> Journey:
        by = by or self.midwife
        return actions.open_journey(
            mother=self.mother(by, at, **details), due_on=due_on, due_source="ultrasound", by=by, at=at
        )

    def birth(self, journey=None, *, born_on=TODAY - timedelta(days=6), children=1, at=AT, by=None):
        by = by or self.midwife
        if journey is None:
            journey = self.pregnancy(due_on=born_on, at=noon(born_on - timedelta(days=100)))
        newborns = [people.Newborn(sex="female") for _ in range(children)]
        return people.record_birth(journey=journey, born_on=born_on, children=newborns, by=by, at=at)

    def child(self, *, born_on=TODAY - timedelta(days=6), by=None, at=AT, **details) -> Journey:
        """A child without a pregnancy here: moved in. The address rule names the health centre."""
        self._count += 1
        by = by or self.nurse
        values = {
            "given_name": f"Barn{self._count}",
            "family_name": "Prøvesen",
            "born_on": born_on,
            "sex": "female",
            "street": f"Prøvevegen {self._count}",
            "postcode": "7000",
            "district": self.north,
        }
        child = people.register_person(**values | details, by=by, at=at)
        return people.open_child_journey(child=child, opened_on=at.astimezone(OSLO).date(), by=by, at=at)


def build() -> World:
    Municipality.objects.create(name="Prøvestad", number="9999")
    world = World()
    world.north = District.objects.create(code="N", name="Nord")
    world.south = District.objects.create(code="S", name="Sør")
    for district, mark in ((world.north, ""), (world.south, "_south")):
        world.add_unit(f"midwives{mark}", "midwifery", "health", district)
        world.add_unit(f"centre{mark}", "health_station", "health", district)
        world.add_staff(f"midwife{mark}", f"midwives{mark}", "midwife")
        world.add_staff(f"nurse{mark}", f"centre{mark}", "nurse")
    world.add_unit("office", "administration", "administration", world.north)
    world.add_unit("kindergarten", "kindergarten", "education", world.north)
    world.add_staff("colleague", "centre", "nurse")
    world.add_staff("leader", "centre", "unit_leader")
    world.add_staff("chief", "office", "unit_leader")
    world.add_staff("officer", "office", "privacy_officer")
    world.add_staff("educator", "kindergarten", "kindergarten")
    return world


def protect(person: Person, grade: str) -> None:
    """The register grades the person, and takes the address away."""
    gone = {"street": "", "postcode": "", "city": "", "household": "", "district": None}
    Person.objects.filter(pk=person.pk).update(protection=grade, **gone)
    person.refresh_from_db()


def is_the_same(person: Person, staff: Staff) -> None:
    """The employee is this person herself."""
    number = next(identifiers.synthetic_numbers(person.born_on))
    index = blind_index(number)
    Person.objects.filter(pk=person.pk).update(identity_number=number, identity_index=index, identity_kind="synthetic")
    Staff.objects.filter(pk=staff.pk).update(identity_index=index)
    person.refresh_from_db()
