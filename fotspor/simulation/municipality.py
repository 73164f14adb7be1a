"""The made-up municipality itself: districts, units, staff and posts, set up through the real actions."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from fotspor.access.rules import SYSTEM, Viewer
from fotspor.instruments import actions as instruments
from fotspor.instruments import queries as definitions
from fotspor.services import actions as services
from fotspor.services import queries
from fotspor.services.models import District, Membership, Municipality, Staff, Unit
from fotspor.services.rules import Newcomer, UnitDetails
from fotspor.simulation.demo import SIZES, DemoDistrict, demo
from fotspor.simulation.people import number_for

UNKNOWN_PLACE = ("500199", "Uoppgitt")  # an address that no district is known for: no unit serves it
KINDS = (
    (Unit.Kind.MIDWIFERY, "{} jordmortjeneste"),
    (Unit.Kind.HEALTH_STATION, "{} helsestasjon"),
    (Unit.Kind.SCHOOL_HEALTH, "Skolehelsetjenesten {}"),
)
PILOT_DAYS = 800  # before everybody uses it, a few families are followed
STAFF_BORN_ON = date(1958, 3, 2)  # and the days after; none of the families has anybody born so long ago
BORN_A_DAY = 300  # a day has about 400 numbers
TITLES = {
    "midwife": "Jordmor",
    "nurse": "Helsesykepleier",
    "unit_leader": "Enhetsleder",
    "kindergarten": "Pedagogisk leder",
    "administrator": "Administrator",
    "privacy_officer": "Personvernombud",
    "director": "Kommunaldirektør",
}


def moment(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """Which instant is that in Oslo?"""
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


@dataclass(slots=True)
class Town:
    """The municipality as the simulation acts in it: units by district and kind, and who is at work there."""

    units: dict[tuple[str, str], Unit] = field(default_factory=dict)
    outsiders: dict[str, list[Unit]] = field(default_factory=dict)
    kindergartens: dict[str, Unit] = field(default_factory=dict)
    crews: dict[tuple[int, str], list[Viewer]] = field(default_factory=dict)

    def unit(self, district: str, kind: str) -> Unit:
        return self.units[(district, kind)]

    def crew(self, unit: Unit, role: str) -> list[Viewer]:
        return self.crews[(unit.pk, role)]

    def by_role(self, role: str) -> list[Viewer]:
        return [viewer for (_unit, each), crew in self.crews.items() if each == role for viewer in crew]


def set_up(*, size: str, built_on: date) -> None:
    """Open the municipality's units and give everybody a post, on the day it began to use the system."""
    plan = SIZES[size]
    on = first_day(size, built_on)
    at = moment(on, 8)
    services.create_municipality(name=demo().name, number=demo().number, phone=demo().phone, by=SYSTEM, at=at)
    _administration(on, at)
    for outsider in demo().outsiders:
        open_unit(outsider.kind, outsider.name, on, at, signs_in=False)
    services.create_district(code=UNKNOWN_PLACE[0], name=UNKNOWN_PLACE[1], by=SYSTEM, at=at)
    for number, place in enumerate(demo().districts[: plan.districts]):
        district = services.create_district(code=place.code, name=place.name, by=SYSTEM, at=at)
        _district(number, place, district, plan.staff_per_unit, on, at)
    _approve(on, at)


def first_day(size: str, built_on: date) -> date:
    """When did the first of them begin to use the system?"""
    return built_on - timedelta(days=SIZES[size].in_use_days + PILOT_DAYS)


def _administration(on: date, at: datetime) -> None:
    staff = demo().staff
    unit = open_unit(Unit.Kind.ADMINISTRATION, "Administrasjonen", on, at)
    for name in staff.administrators:
        give_post(name, unit, "administrator", on, at)
    give_post(staff.privacy_officer, unit, "privacy_officer", on, at)
    give_post(staff.director, unit, "director", on, at)


def _district(number: int, place: DemoDistrict, district: District, nurses: int, on: date, at: datetime) -> None:
    staff = demo().staff
    midwifery, station, school = (
        open_unit(kind, name.format(place.name), on, at, district=district) for kind, name in KINDS
    )
    for name in staff.midwives[number * 2 : number * 2 + 2]:
        give_post(name, midwifery, "midwife", on, at)
    for name in staff.nurses[number * 3 : number * 3 + nurses]:
        give_post(name, station, "nurse", on, at)
    give_post(staff.school_nurses[number], school, "nurse", on, at)
    leader = staff.leaders[number]
    for unit in (station, midwifery, school):
        give_post(leader, unit, "unit_leader", on, at)
    for offset, name in enumerate(place.kindergartens):
        unit = open_unit(Unit.Kind.KINDERGARTEN, name, on, at, district=district)
        give_post(staff.kindergarten[number * 2 + offset], unit, "kindergarten", on, at)


def open_unit(
    kind: str, name: str, on: date, at: datetime, *, district: District | None = None, signs_in: bool = True
) -> Unit:
    """One unit, by the action an administrator uses."""
    details = UnitDetails(
        name=name,
        district_id=district.pk if district else None,
        serves=frozenset({district.pk}) if district else frozenset(),
        signs_in=signs_in,
        out_of_hours=demo().out_of_hours if signs_in else "",
        phone=demo().phone,
    )
    return services.create_unit(kind=kind, details=details, from_on=on, by=SYSTEM, at=at)


def give_post(name: str, unit: Unit, role: str, on: date, at: datetime) -> None:
    """Somebody's post at a unit; whoever has that name already gets one more."""
    given, family = name.split()
    email = f"{given}.{family}@fotspor.example".lower().translate(str.maketrans("æøåâ", "aoaa"))
    staff = Staff.objects.filter(email=email).first()
    if staff is None:
        days, place = divmod(Staff.objects.count(), BORN_A_DAY)
        number = number_for(STAFF_BORN_ON + timedelta(days=days), place)
        who = Newcomer(email, given, family, title=TITLES[role], identity_number=number)
        staff = services.register_staff(who=who, by=SYSTEM, at=at)
    services.add_membership(staff=staff, unit=unit, role=role, from_on=on, by=SYSTEM, at=at)


def _approve(on: date, at: datetime) -> None:
    """The practice municipality approves its definitions, as practice, under an administrator's name."""
    by = load_town(on=on).by_role("administrator")[0]
    for page in definitions.definitions(viewer=by):
        instruments.approve(kind=page.kind, slug=page.definition.slug, digest=page.digest, by=by, at=at)


def load_town(*, on: date) -> Town:
    """The municipality as it stands in the records on that day."""
    town = Town()
    districts = dict(District.objects.values_list("pk", "code"))
    for unit in Unit.objects.in_force(on):
        if not unit.signs_in:
            town.outsiders.setdefault(unit.kind, []).append(unit)
        elif unit.kind == Unit.Kind.KINDERGARTEN:
            town.kindergartens[unit.name] = unit
        elif unit.district_id is not None:
            town.units[(districts[unit.district_id], unit.kind)] = unit
    for post in Membership.objects.counting(on).select_related("staff", "unit").order_by("pk"):
        viewer = queries.viewer_in(staff=post.staff, post=post, session_key=None)
        town.crews.setdefault((post.unit_id, post.role), []).append(viewer)
    return town


def is_set_up() -> bool:
    """Is there a municipality in the records already?"""
    return Municipality.objects.exists()
