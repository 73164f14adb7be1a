"""A small town for the tests, made through the real actions."""

from datetime import UTC, date, datetime, timedelta
from itertools import count

from fotspor.access.models import AuditEvent
from fotspor.access.rules import SYSTEM, Viewer
from fotspor.kit.facts import Fact
from fotspor.kit.identifiers import synthetic_numbers
from fotspor.services import actions, queries, rules
from fotspor.services.models import District, Membership, Staff, Unit

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
LONG_AGO = date(2020, 1, 1)
PASSWORD = "en lang setning om fjorden"

HEARD: list[Fact] = []


def hear(fact: Fact) -> None:
    HEARD.append(fact)


def make_district(name="Granby", code="") -> District:
    return actions.create_district(code=code or name[:3].lower(), name=name, by=SYSTEM, at=AT)


def make_unit(
    name="Granby helsestasjon", kind="health_station", *, serves=(), signs_in=True, from_on=LONG_AGO, shares=True
) -> Unit:
    details = rules.UnitDetails(
        name=name,
        district_id=serves[0].pk if serves else None,
        serves=frozenset(d.pk for d in serves),
        signs_in=signs_in,
        shares=shares,
    )
    return actions.create_unit(kind=kind, details=details, from_on=from_on, by=SYSTEM, at=AT)


NUMBERS = (n for day in count() for n in synthetic_numbers(date(1980, 1, 1) + timedelta(days=day)))


def make_staff(name="Rolig Dal", *, number: str | None = None) -> Staff:
    """Somebody with a synthetic identity number of their own, or without one when it is said to be empty."""
    given, family = name.split(" ", 1)
    number = next(NUMBERS) if number is None else number
    who = rules.Newcomer(
        email=f"{given}.{family}@example.org".lower().replace(" ", ""),
        given_name=given,
        family_name=family,
        title="Helsesykepleier",
        identity_number=number,
    )
    return actions.register_staff(who=who, by=SYSTEM, at=AT)


def make_post(staff: Staff, unit: Unit, role="nurse", *, from_on=LONG_AGO, until_on=None) -> Membership:
    return actions.add_membership(
        staff=staff, unit=unit, role=role, from_on=from_on, until_on=until_on, by=SYSTEM, at=AT
    )


def viewer_of(staff: Staff, *, on=TODAY) -> Viewer:
    viewer = queries.viewer_for(staff=staff, membership_key="", session_key="s", on=on)
    assert viewer is not None
    return viewer


def events(type: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(type=type).order_by("id"))


def with_password(staff: Staff) -> Staff:
    """Somebody who has chosen a password by a link, as they would."""
    _invitation, token = actions.invite_again(staff=staff, by=SYSTEM, at=AT)
    return actions.accept_invitation(token=token, password=PASSWORD, at=AT)
