"""A small world for these tests: a health centre with its staff, a mother with a child, and her partner."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from fotspor.access.models import CareRelation
from fotspor.access.rules import Viewer
from fotspor.kit.handles import handle
from fotspor.people.models import Guardianship, Journey, Person
from fotspor.services.models import Membership, Staff, Unit
from fotspor.services.queries import viewer_for

DAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 8, 50, tzinfo=UTC)
CALM = {f"epds{n:02}": 0 for n in range(1, 11)}


def answers(total: int, *, item10: int = 0, missing: tuple[str, ...] = ()) -> dict[str, int]:
    """Ten answers that add up to `total`, item 10 among them, without those missing."""
    left, found = total - item10, {"epds10": item10}
    for n in range(1, 10):
        found[f"epds{n:02}"] = min(3, left)
        left -= found[f"epds{n:02}"]
    assert left == 0
    return {key: code for key, code in sorted(found.items()) if key not in missing}


def make_unit(name: str = "Lia helsestasjon", kind: str = "health_station", sector: str = "health") -> Unit:
    return Unit.objects.create(
        name=name, kind=kind, sector=sector, arena="health_station", from_on=date(2020, 1, 1),
        closes_at_time=time(15, 30), out_of_hours="Legevakta 116 117",
    )  # fmt: skip


def make_staff(unit: Unit, role: str, name: str) -> Staff:
    staff = Staff.objects.create(email=f"{name.lower()}@lia.test", given_name=name, family_name="Fjell")
    Membership.objects.create(staff=staff, unit=unit, role=role, from_on=date(2020, 1, 1))
    return staff


def as_viewer(staff: Staff) -> Viewer:
    post = staff.memberships.get()
    viewer = viewer_for(staff=staff, membership_key=post.key, session_key="s", on=DAY)
    assert viewer is not None
    return viewer


def make_person(given: str, family: str = "Lyng", *, sex: str = "female", born_on: date = date(1994, 3, 1)) -> Person:
    return Person.objects.create(given_name=given, family_name=family, sex=sex, born_on=born_on, registered_at=AT)


def relate(person: Person, unit: Unit, basis: str = "registered") -> CareRelation:
    return CareRelation.objects.create(
        person=person, unit=unit, basis=basis, from_on=DAY - timedelta(days=90), opened_at=AT
    )


def word_for(person: Person, child: Person) -> str:
    """What stands for a parent among «Who answered?» on the child's form."""
    return handle("answerer", child.key, person.key)


@dataclass
class World:
    unit: Unit
    nurse: Viewer
    colleague: Viewer
    leader: Viewer
    stranger: Viewer
    staff: dict[str, Staff]
    mother: Person
    father: Person
    child: Person
    journey: Journey


def make_world() -> World:
    unit, other = make_unit(), make_unit("Fjær helsestasjon")
    staff = {
        "nurse": make_staff(unit, "nurse", "Klok"),
        "colleague": make_staff(unit, "nurse", "Varm"),
        "leader": make_staff(unit, "unit_leader", "Leda"),
        "stranger": make_staff(other, "nurse", "Fremmed"),
        "admin": make_staff(unit, "administrator", "Admin"),
        "director": make_staff(other, "director", "Dirk"),
        "kindergarten": make_staff(make_unit("Bekken barnehage", "kindergarten", "education"), "kindergarten", "Barna"),
    }
    mother, father = make_person("Lita"), make_person("Far", sex="male")
    child = make_person("Nyfødt", born_on=DAY - timedelta(days=42))
    for guardian, kind in ((mother, "mother"), (father, "father")):
        Guardianship.objects.create(
            child=child, guardian=guardian, kind=kind, custody="joint", from_on=child.born_on, recorded_at=AT
        )
    journey = Journey.objects.create(child=child, opened_on=child.born_on, opened_at=AT)
    relate(mother, unit)
    relate(child, unit)
    return World(
        unit,
        *(as_viewer(staff[n]) for n in ("nurse", "colleague", "leader", "stranger")),
        staff,
        mother,
        father,
        child,
        journey,
    )
