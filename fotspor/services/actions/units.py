"""The municipality, its districts and its units: made, changed, closed, never deleted."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access.actions import log
from fotspor.access.rules import Permission, Viewer
from fotspor.kit.errors import Refused
from fotspor.kit.facts import Fact, Kind, announce
from fotspor.services import rules
from fotspor.services.actions.permission import _require
from fotspor.services.actions.posts import _end_posts
from fotspor.services.models import District, Membership, Municipality, Unit


class NameTaken(Refused):
    def __init__(self, name: str):
        super().__init__(_("There is already one called «%(name)s».") % {"name": name})


class MunicipalityExists(Refused):
    def __init__(self):
        super().__init__(_("This installation already has its municipality."))


class CannotSignIn(Refused):
    def __init__(self):
        super().__init__(_("A unit of this kind is a stop on the trail. Nobody signs in there."))


class AlreadyServed(Refused):
    """Another unit of the kind serves the district, and nobody has said that they shall share it."""

    field = "shares"

    def __init__(self, names: str):
        super().__init__(
            _("%(names)s serves this already. The first by name gets the children. Tick the box if they share it.")
            % {"names": names}
        )


class AlreadyClosed(Refused):
    def __init__(self):
        super().__init__(_("The unit is already closed."))


class ClosesBeforeOpening(Refused):
    field = "closes_at_time"

    def __init__(self):
        super().__init__(_("The closing time must be after the opening time."))


class ClosesBeforeItOpened(Refused):
    def __init__(self):
        super().__init__(_("A unit cannot close before the day after it opened."))


@transaction.atomic
def create_municipality(
    *, name: str, number: str, organisation_number: str = "", phone: str = "", by: Viewer, at: datetime
) -> Municipality:
    """Set up the one municipality this installation serves.

    Errors  NotAllowed; MunicipalityExists the second time.
    """
    _require(by, Permission.MANAGE_UNITS)
    if Municipality.objects.exists():
        raise MunicipalityExists
    made = Municipality.objects.create(name=name, number=number, organisation_number=organisation_number, phone=phone)
    log(type="services.municipality.created", by=by, at=at, object=f"services.municipality:{made.key}")
    return made


@transaction.atomic
def change_municipality(
    *, municipality: Municipality, version: int, values: dict[str, str], by: Viewer, at: datetime
) -> Municipality:
    """Correct what is written about the municipality.

    Shape   values: name, number, organisation_number, phone; those left out stay.
    Errors  NotAllowed; Stale when somebody saved since `version`.
    """
    _require(by, Permission.MANAGE_UNITS)
    _save_versioned(municipality, version, values, type="services.municipality.changed", by=by, at=at)
    return municipality


@transaction.atomic
def create_district(*, code: str, name: str, by: Viewer, at: datetime) -> District:
    """Add a district.

    Errors  NotAllowed; NameTaken when the code is in use.
    """
    _require(by, Permission.MANAGE_UNITS)
    if District.objects.filter(code=code).exists():
        raise NameTaken(code)
    made = District.objects.create(code=code, name=name)
    log(type="services.district.created", by=by, at=at, object=f"services.district:{made.key}", code=code)
    return made


@transaction.atomic
def change_district(*, district: District, version: int, values: dict[str, str], by: Viewer, at: datetime) -> District:
    """Correct a district's code or name.

    Errors  NotAllowed; NameTaken; Stale when somebody saved since `version`.
    """
    _require(by, Permission.MANAGE_UNITS)
    if District.objects.filter(code=values.get("code", district.code)).exclude(pk=district.pk).exists():
        raise NameTaken(values["code"])
    _save_versioned(district, version, values, type="services.district.changed", by=by, at=at)
    return district


@transaction.atomic
def create_unit(*, kind: str, details: rules.UnitDetails, from_on: date, by: Viewer, at: datetime) -> Unit:
    """Open a unit. Sector and arena follow from the kind, since they decide who sees what.

    Errors  NotAllowed; NameTaken; AlreadyServed; CannotSignIn for a kind that is only a stop on the trail.
    """
    _require(by, Permission.MANAGE_UNITS)
    _check_details(kind, details)
    _check_served(kind, details, details.serves, at=at)
    sector, arena = rules.PLACES[kind]
    unit = Unit(kind=kind, sector=sector, arena=arena, from_on=from_on, **_columns(details))
    unit.save()
    unit.serves.set(details.serves)
    log(type="services.unit.created", by=by, at=at, object=f"services.unit:{unit.key}", kind=kind)
    announce(Fact(Kind.UNIT_CHANGED, at=at, by_id=by.staff_id, facts={"unit_id": unit.pk, "changed": ["created"]}))
    return unit


@transaction.atomic
def change_unit(*, unit: Unit, version: int, details: rules.UnitDetails, by: Viewer, at: datetime) -> Unit:
    """Change what a unit is called, whom it serves and when it is open. Its kind stays what it was.

    Errors  NotAllowed; NameTaken; AlreadyServed; CannotSignIn; ClosesBeforeOpening; Stale when somebody saved since
            `version`.
    """
    _require(by, Permission.MANAGE_UNITS)
    _check_details(unit.kind, details, but=unit.pk)
    before = _columns_of(unit) | {"serves": frozenset(unit.serves.values_list("pk", flat=True))}
    taken_on = details.serves - before["serves"] if unit.signs_in else details.serves
    _check_served(unit.kind, details, taken_on, at=at, but=unit.pk)
    after = _columns(details) | {"serves": details.serves}
    for name, value in _columns(details).items():
        setattr(unit, name, value)
    unit.save_if_unchanged(version, [*_columns(details)])
    unit.serves.set(details.serves)
    names = [name.removesuffix("_id") for name in rules.changed(before, after)]
    log(type="services.unit.changed", by=by, at=at, object=f"services.unit:{unit.key}", changed=names)
    if names:
        announce(Fact(Kind.UNIT_CHANGED, at=at, by_id=by.staff_id, facts={"unit_id": unit.pk, "changed": names}))
    return unit


@transaction.atomic
def close_unit(*, unit: Unit, version: int, until_on: date, by: Viewer, at: datetime) -> Unit:
    """Close a unit from a day on. Posts in it end the same day; what it held must be answered by the slices above.

    Shape   until_on is the first day it is closed.
    Errors  NotAllowed; AlreadyClosed; ClosesBeforeItOpened; LastAdministrator; Stale as above.
    """
    _require(by, Permission.MANAGE_UNITS)
    on = timezone.localdate(at)
    if unit.until_on is not None and unit.until_on <= on:
        raise AlreadyClosed
    if until_on <= unit.from_on:
        raise ClosesBeforeItOpened
    unit.until_on = until_on
    unit.save_if_unchanged(version, ["until_on"])
    _end_posts(Membership.objects.filter(unit=unit), until_on)
    facts = {"unit_id": unit.pk, "changed": ["until_on"], "until_on": until_on.isoformat()}
    log(type="services.unit.closed", by=by, at=at, object=f"services.unit:{unit.key}", until_on=until_on.isoformat())
    announce(Fact(Kind.UNIT_CHANGED, at=at, by_id=by.staff_id, facts=facts))
    return unit


def _columns(details: rules.UnitDetails) -> dict[str, object]:
    return {
        "name": details.name,
        "district_id": details.district_id,
        "signs_in": details.signs_in,
        "opens_at_time": details.opens_at_time,
        "closes_at_time": details.closes_at_time,
        "out_of_hours": details.out_of_hours,
        "phone": details.phone,
    }


def _columns_of(unit: Unit) -> dict[str, object]:
    return {name: getattr(unit, name) for name in _columns(rules.UnitDetails(name=""))}


def _check_details(kind: str, details: rules.UnitDetails, *, but: int | None = None) -> None:
    if details.signs_in and not rules.may_sign_in(kind):
        raise CannotSignIn
    if details.closes_at_time <= details.opens_at_time:
        raise ClosesBeforeOpening
    if Unit.objects.filter(name__iexact=details.name).exclude(pk=but).exists():
        raise NameTaken(details.name)


def _check_served(
    kind: str, details: rules.UnitDetails, districts: frozenset[int], *, at: datetime, but: int | None = None
) -> None:
    """Does the address rule have to choose between two? Only for districts that the unit takes on now."""
    if kind not in rules.BY_ADDRESS or not details.signs_in or details.shares:
        return
    others = Unit.objects.filter(kind=kind, signs_in=True, serves__in=districts).exclude(pk=but)
    others = others.filter(Q(until_on=None) | Q(until_on__gt=timezone.localdate(at)))
    if names := sorted(set(others.values_list("name", flat=True)), key=str.casefold):
        raise AlreadyServed(", ".join(names))


def _save_versioned(row, version: int, values: dict[str, str], *, type: str, by: Viewer, at: datetime) -> None:
    before = {name: getattr(row, name) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    row.save_if_unchanged(version, list(values))
    log(
        type=type,
        by=by,
        at=at,
        object=f"{row._meta.label_lower}:{row.key}",
        changed=list(rules.changed(before, values)),
    )
