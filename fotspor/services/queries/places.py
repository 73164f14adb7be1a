"""Which units and districts there are, and which unit serves an address."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet
from django.http import Http404
from django.utils.functional import Promise

from fotspor.access.rules import Permission, Viewer, role_of
from fotspor.services import labels, rules
from fotspor.services.models import District, Membership, Municipality, Unit

Choice = tuple[str, str | Promise]


def municipality() -> Municipality | None:
    """Which municipality does this installation serve? None before it is set up."""
    return Municipality.objects.first()


def names_of_places() -> list[str]:
    """What are the municipality, its districts and its units called?"""
    return [name for model in (Municipality, District, Unit) for name in model.objects.values_list("name", flat=True)]


def districts() -> QuerySet[District]:
    """Which districts are there, by code?"""
    return District.objects.all()


def district_choices() -> list[Choice]:
    """Which districts can be chosen in a form?"""
    return [(d.key, d.name) for d in District.objects.all()]


def districts_by_keys(keys: Iterable[str]) -> list[District]:
    """Which districts were chosen? Unknown keys are left out."""
    return list(District.objects.filter(key__in=[k for k in keys if k]))


def district_by_key(key: str) -> District:
    """Which district is at this address? Errors: Http404."""
    return _found(District.objects.filter(key=key))


def unit_for_area(*, kind: str, district_id: int | None, on: date, stays: bool = False) -> Unit | None:
    """Which unit of this kind serves the district that day? The address rule; None when nobody does.

    When several do, the first by name (`rules.chosen_for_area` says why).
    Shape   `stays` leaves out units that have a closing date: what is given to one has no end.
    """
    if district_id is None:
        return None
    return units_for_areas(kind=kind, district_ids=[district_id], on=on, stays=stays).get(district_id)


def units_for_areas(*, kind: str, district_ids: Collection[int], on: date, stays: bool = False) -> dict[int, Unit]:
    """Which unit of this kind serves each of the districts that day? As `unit_for_area`; none for those nobody does."""
    found = Unit.objects.in_force(on).filter(kind=kind, signs_in=True, serves__in=district_ids)
    serving: dict[int, list[Unit]] = defaultdict(list)
    for unit in (found.filter(until_on=None) if stays else found).annotate(served_id=F("serves")):
        serving[unit.served_id].append(unit)
    chosen: dict[int, Unit] = {}
    for district_id, units in serving.items():
        first = rules.chosen_for_area(rules.Serving(u.pk, u.name) for u in units)
        chosen[district_id] = next(u for u in units if u.pk == first)
    return chosen


def unit_by_key(key: str) -> Unit:
    """Which unit is at this address? Errors: Http404."""
    return _found(Unit.objects.select_related("district").filter(key=key))


def may_be_done_at(*, unit_id: int, permission: Permission) -> bool:
    """May any role that fits a unit of this kind do that?"""
    kind = Unit.objects.filter(pk=unit_id).values_list("kind", flat=True).first()
    return any(permission in role_of(role).permissions for role in rules.roles_for(kind or ""))


def unit_choices(
    *, viewer: Viewer, kinds: Iterable[str] | None = None, signs_in: bool | None = None, on: date
) -> list[Choice]:
    """Which units can be chosen in a form? Every post may know which units there are."""
    units = Unit.objects.in_force(on)
    if kinds is not None:
        units = units.filter(kind__in=list(kinds))
    if signs_in is not None:
        units = units.filter(signs_in=signs_in)
    return list(units.values_list("key", "name"))


def unit_names(ids: Iterable[int | None]) -> dict[int, str]:
    """What are these units called?"""
    return dict(Unit.objects.filter(pk__in={i for i in ids if i}).values_list("pk", "name"))


def kind_choices() -> list[Choice]:
    """Which kinds of unit can be made?"""
    return list(Unit.Kind.choices)


@dataclass(frozen=True, slots=True)
class UnitRow:
    """One unit in the administrator's list."""

    unit: Unit
    state: str
    people: int
    districts: str

    @property
    def label(self):
        return labels.UNIT_STATES[self.state]


@dataclass(frozen=True, slots=True)
class UnitPage:
    """One unit as the administrator keeps it."""

    unit: Unit
    state: str
    serves: tuple[str, ...]
    posts: tuple[Membership, ...]
    roles: tuple[str, ...]

    @property
    def label(self):
        return labels.UNIT_STATES[self.state]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which units of one kind serve one district; the address rule names the first."""

    kind: str
    units: tuple[str, ...]

    @property
    def state(self) -> str:
        return {0: "none", 1: "one"}.get(len(self.units), "several")

    @property
    def label(self):
        return labels.SERVED[self.state]


@dataclass(frozen=True, slots=True)
class DistrictRow:
    """One district, with what serves it."""

    district: District
    cells: tuple[Coverage, ...]


def unit_state(unit: Unit, on: date) -> str:
    """Is the unit open that day? planned, open, closing or closed."""
    if on < unit.from_on:
        return "planned"
    if unit.until_on is None:
        return "open"
    return "closing" if on < unit.until_on else "closed"


def unit_rows(*, viewer: Viewer, on: date, closed: bool = False) -> list[UnitRow]:
    """Which units does an administrator keep? Those closed are asked for on their own."""
    if not rules.may(viewer, Permission.MANAGE_UNITS):
        return []
    ended = Q(until_on__isnull=False, until_on__lte=on)
    units = Unit.objects.filter(ended) if closed else Unit.objects.exclude(ended)
    people = dict(
        Membership.objects.counting(on)
        .values("unit")
        .annotate(n=Count("staff", distinct=True))
        .values_list("unit", "n")
    )
    return [
        UnitRow(u, unit_state(u, on), people.get(u.pk, 0), ", ".join(d.name for d in u.serves.all()))
        for u in units.select_related("district").prefetch_related("serves")
    ]


def unit_page(*, viewer: Viewer, key: str, on: date) -> UnitPage:
    """One unit with its posts. Errors: Http404 for those who do not keep units."""
    if not rules.may(viewer, Permission.MANAGE_UNITS):
        raise Http404
    unit = unit_by_key(key)
    posts = Membership.objects.filter(unit=unit).filter(Q(until_on=None) | Q(until_on__gt=on)).select_related("staff")
    return UnitPage(
        unit=unit,
        state=unit_state(unit, on),
        serves=tuple(unit.serves.values_list("name", flat=True)),
        posts=tuple(posts.order_by("staff__family_name", "staff__given_name", "from_on")),
        roles=rules.roles_for(unit.kind),
    )


def address_kinds() -> list[str]:
    """Which kinds of unit does the address rule ask for, in words?"""
    return [str(Unit.Kind(kind).label) for kind in rules.BY_ADDRESS]


def coverage(*, viewer: Viewer, on: date) -> list[DistrictRow]:
    """For each district: which units serve its addresses, kind by kind?"""
    if not rules.may(viewer, Permission.MANAGE_UNITS):
        return []
    serving: dict[tuple[int, str], list[str]] = {}
    units = Unit.objects.in_force(on).filter(kind__in=rules.BY_ADDRESS, signs_in=True).prefetch_related("serves")
    for unit in units:
        for district in unit.serves.all():
            serving.setdefault((district.pk, unit.kind), []).append(unit.name)
    return [
        DistrictRow(
            district,
            tuple(
                Coverage(Unit.Kind(kind).label, tuple(sorted(serving.get((district.pk, kind), []), key=str.casefold)))
                for kind in rules.BY_ADDRESS
            ),
        )
        for district in District.objects.all()
    ]


def unit_values(unit: Unit) -> dict[str, object]:
    """What does the unit look like now, field by field as a form writes it?"""
    return {
        "name": unit.name,
        "district": unit.district.key if unit.district else "",
        "serves": [d.key for d in unit.serves.all()],
        "signs_in": unit.signs_in,
        "opens_at_time": unit.opens_at_time,
        "closes_at_time": unit.closes_at_time,
        "out_of_hours": unit.out_of_hours,
        "phone": unit.phone,
    }


def unit_period(unit: Unit) -> dict[str, object]:
    """From which day is the unit closed, as it stands now?"""
    return {"until_on": unit.until_on}


def district_values(district: District) -> dict[str, object]:
    """What is written about the district now?"""
    return {"code": district.code, "name": district.name}


def municipality_values(shown: Municipality | None) -> dict[str, object]:
    """What is written about the municipality now? Nothing before it is set up."""
    names = ("name", "number", "organisation_number", "phone")
    return {} if shown is None else {name: getattr(shown, name) for name in names}


def details_from(values: dict) -> rules.UnitDetails:
    """Which details did a form say? District keys become ids; an unknown key is left out."""
    ids = dict(District.objects.values_list("key", "id"))
    return rules.UnitDetails(
        name=values["name"],
        district_id=ids.get(values["district"]),
        serves=frozenset(ids[key] for key in values["serves"] if key in ids),
        signs_in=values["signs_in"],
        opens_at_time=values["opens_at_time"],
        closes_at_time=values["closes_at_time"],
        out_of_hours=values["out_of_hours"],
        phone=values["phone"],
        shares=values.get("shares", False),
    )


def _found(rows):
    row = rows.first()
    if row is None:
        raise Http404
    return row


def administration(*, on: date) -> Unit | None:
    """Which unit is the municipality's own administration? None while there is none."""
    return Unit.objects.in_force(on).filter(kind=Unit.Kind.ADMINISTRATION).first()
