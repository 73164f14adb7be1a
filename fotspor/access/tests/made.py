"""Small makers for tests of access: a unit, somebody with a post in it, a person, a family. Synthetic all."""

from datetime import UTC, date, datetime
from itertools import count

from fotspor.access.rules import Viewer
from fotspor.people.models import Guardianship, Person
from fotspor.services.models import Membership, Staff, Unit

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ON = date(2026, 11, 24)
LONG_AGO = date(2020, 1, 1)
number = count(1)


def make_unit(kind="health_station", sector="health", **values) -> Unit:
    values = {"name": f"Unit {next(number)}", "arena": "health_station", "from_on": LONG_AGO, **values}
    return Unit.objects.create(kind=kind, sector=sector, **values)


def make_staff(**values) -> Staff:
    n = next(number)
    values = {"email": f"s{n}@example.org", "given_name": "Kari", "family_name": f"Prøve{n}", "password": "!", **values}
    return Staff.objects.create(**values)


def viewer_in(unit, role="nurse", staff=None, session="session") -> Viewer:
    """Somebody with a post in the unit: what services builds from a membership."""
    staff = staff or make_staff()
    post = Membership.objects.create(staff=staff, unit=unit, role=role, from_on=LONG_AGO)
    return Viewer(
        staff_id=staff.pk,
        membership_id=post.pk,
        role=role,
        unit_id=unit.pk,
        unit_kind=unit.kind,
        sector=unit.sector,
        district_id=unit.district_id,
        session=session,
        staff_key=staff.key,
        unit_key=unit.key,
    )


def make_person(**values) -> Person:
    values = {"given_name": "Ola", "family_name": f"Prøve{next(number)}", "born_on": date(2025, 3, 1), **values}
    return Person.objects.create(registered_at=AT, **values)


def make_guardian(child, *, kind="mother", custody="mother", guardian=None, from_on=LONG_AGO, until_on=None):
    guardian = guardian or make_person(born_on=date(1995, 5, 5))
    Guardianship.objects.create(
        child=child,
        guardian=guardian,
        kind=kind,
        custody=custody,
        from_on=from_on,
        until_on=until_on,
        recorded_at=AT,
    )
    return guardian
