"""Which looks are unusual? One reading of the log for each reason. Asks no permission: `queries.reviews` does.

What the database can tell, it adds up itself. Names, hours and what followed are told line by line, and a line is read
as plain text: to make an instant of each takes longer than all the rest.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache

from django.db.models import CharField, Count, Max, Min, Q, QuerySet
from django.db.models.functions import Cast, Substr
from django.utils import timezone

from fotspor.access import labels
from fotspor.access.models import AuditEvent
from fotspor.access.queries.visibility import table
from fotspor.access.rules import EMERGENCY, LIMITS, Reason
from fotspor.access.rules.facts import NO_GRADE
from fotspor.access.rules.reviews import (
    EMERGENCY_TAKEN,
    LOOK,
    NO_ENTRY_BY,
    is_after_hours,
    is_followed,
    share_address,
    share_surname,
)
from fotspor.kit.clock import start_of

Pair = tuple[str, str]  # Staff.key, Person.key
Line = tuple[int, str, str, str, str]  # AuditEvent.id, minute, Staff.key, Unit.key, Person.key
CHUNK = 5000
MINUTE = Substr(Cast("at", CharField()), 1, 16)  # «2026-11-24 09:00», UTC in both databases
_TAKEN = Q(type=EMERGENCY_TAKEN) | Q(type=LOOK, basis=EMERGENCY)


@dataclass(frozen=True, slots=True)
class Period:
    """Days, both of which count; the instant it is asked; and whose looks, when it is about one pair only."""

    from_on: date
    to_on: date
    at: datetime
    staff: str = ""
    person: str = ""

    @property
    def one(self) -> dict[str, str]:
        return {name: value for name, value in (("staff", self.staff), ("person", self.person)) if value}


@dataclass(frozen=True, slots=True)
class Found:
    """One employee's looks at one person that have the reason. `why` are words of `labels.REVIEW_WHY`."""

    staff: str
    person: str
    looks: int
    first: int  # AuditEvent.id, as is `upto`
    upto: int
    why: tuple[str, ...]


def unusual(reason: Reason, period: Period) -> dict[Pair, Found]:
    """Which looks in the period have this reason? By employee and person."""
    return FINDERS[reason](period)


def looks_of_pair(period: Period) -> dict[Pair, Found]:
    """All looks of one pair: for those that were in a list, and have lost their reason since."""
    return _added_up(_events(period).filter(_TAKEN | Q(type=LOOK)), lambda pair: ("before",))


def _events(period: Period) -> QuerySet:
    until = start_of(period.to_on + timedelta(days=1))
    return AuditEvent.objects.filter(at__gte=start_of(period.from_on), at__lt=until, **period.one)


def _looks(period: Period) -> QuerySet:
    return _events(period).filter(type=LOOK)


def _added_up(events: QuerySet, why: Callable[[Pair], tuple[str, ...]]) -> dict[Pair, Found]:
    """Those pairs for which there is a why; the database counts."""
    pairs = events.exclude(staff="").exclude(person="").order_by().values_list("staff", "person")
    found = {}
    for staff, person, looks, first, upto in pairs.annotate(Count("pk"), Min("pk"), Max("pk")).iterator(CHUNK):
        if words := why((staff, person)):
            found[staff, person] = Found(staff, person, looks, first, upto, words)
    return found


def _told(looks: QuerySet, tells: Callable[[Line], bool], why: str) -> dict[Pair, Found]:
    """Those lines that tell, added up by employee and person."""
    lines = looks.exclude(staff="").exclude(person="").order_by("pk")
    kept: dict[Pair, list[int]] = defaultdict(list)
    for line in lines.values_list("pk", MINUTE, "staff", "unit", "person").iterator(CHUNK):
        if tells(line):
            kept[line[2], line[4]].append(line[0])
    return {pair: Found(*pair, len(keys), keys[0], keys[-1], (why,)) for pair, keys in kept.items()}


class _Wall(dict[str, datetime]):
    """What did the clock on the wall show? Each minute is made once."""

    def __missing__(self, minute: str) -> datetime:
        at = timezone.localtime(datetime.fromisoformat(minute).replace(tzinfo=UTC))
        return self.setdefault(minute, at)


def _kin(period: Period) -> dict[Pair, Found]:
    """Names and addresses are compared once for each pair, and not in the database, which knows no double names."""
    looks, staff = _looks(period), _employees()
    seen = table("people.Person").objects.filter(key__in=looks.values("person"))
    people = {key: told for key, *told in seen.values_list("key", "family_name", "household")}

    def why(pair: Pair) -> tuple[str, ...]:
        one, other = staff.get(pair[0], ("", "")), people.get(pair[1], ("", ""))
        return ("surname",) * share_surname(one[0], other[0]) + ("address",) * share_address(one[1], other[1])

    return _added_up(looks, why)


def _employees() -> dict[str, tuple[str, str]]:
    """Each employee's surname, and the digest of her own registered address where her number is known."""
    people = table("people.Person").objects.exclude(household="").exclude(identity_index=None)
    own = table("services.Staff").objects.exclude(identity_index="")
    homes = dict(
        people.filter(identity_index__in=own.values("identity_index")).values_list("identity_index", "household")
    )
    rows = table("services.Staff").objects.values_list("key", "family_name", "identity_index")
    return {key: (name, homes.get(index, "")) for key, name, index in rows}


def _no_entry(period: Period) -> dict[Pair, Found]:
    """Only looks that are old enough to tell. What a colleague of the unit wrote, and about the family, counts too."""
    ripe = timezone.localdate(period.at) - timedelta(days=LIMITS.entry_days)
    looks, wall = _looks(period).filter(at__lt=start_of(ripe)), _Wall()
    family = _family(looks)
    written = _written(period, family, wall)

    def tells(line: Line) -> bool:
        _pk, minute, _staff, unit, person = line
        near = (person, *family.get(person, ()))
        on = wall[minute].date()
        return not any(is_followed(on, written[unit, each]) for each in near if (unit, each) in written)

    return _told(looks, tells, "no_entry")


def _family(looks: QuerySet) -> dict[str, set[str]]:
    """Those who answer for each, or whom each answers for: work with one is work with the other."""
    seen = Q(child__key__in=looks.values("person")) | Q(guardian__key__in=looks.values("person"))
    family: dict[str, set[str]] = defaultdict(set)
    rows = table("people.Guardianship").objects.filter(seen).values_list("child__key", "guardian__key")
    for child, guardian in rows.iterator(chunk_size=CHUNK):
        family[child].add(guardian)
        family[guardian].add(child)
    return family


def _written(period: Period, family: dict[str, set[str]], wall: _Wall) -> dict[Pair, list[date]]:
    """On which days did each unit write something about each person? By Unit.key and Person.key, in order."""
    until = start_of(period.to_on + timedelta(days=LIMITS.entry_days + 1))
    events = AuditEvent.objects.filter(at__gte=start_of(period.from_on), at__lt=until).exclude(type=LOOK)
    if period.person:
        events = events.filter(person__in={period.person, *family.get(period.person, ())})
    days: dict[Pair, list[date]] = defaultdict(list)
    rows = events.exclude(person="").order_by("pk").values_list("type", MINUTE, "unit", "person")
    for type_, minute, unit, person in rows.iterator(CHUNK):
        if _is_entry(type_):
            insort(days[unit, person], wall[minute].date())
    return days


@cache
def _is_entry(type_: str) -> bool:
    return labels.deed(type_) is labels.WRITTEN and not type_.startswith(NO_ENTRY_BY)


def _after_hours(period: Period) -> dict[Pair, Found]:
    units = table("services.Unit").objects.values_list("key", "opens_at_time", "closes_at_time")
    hours: dict[str, tuple[time, time]] = {key: (opens, closes) for key, opens, closes in units}
    wall = _Wall()
    known: dict[Pair, bool] = {}  # by minute and Unit.key

    def tells(line: Line) -> bool:
        _pk, minute, _staff, unit, _person = line
        if (minute, unit) not in known:
            known[minute, unit] = is_after_hours(wall[minute], *hours.get(unit, (LIMITS.opens_at, LIMITS.closes_at)))
        return known[minute, unit]

    return _told(_looks(period), tells, "after_hours")


def _protected(period: Period) -> dict[Pair, Found]:
    people = table("people.Person").objects.exclude(protection=NO_GRADE, address_protection=NO_GRADE)
    return _added_up(_looks(period).filter(person__in=people.values("key")), lambda pair: ("protected",))


def _emergency(period: Period) -> dict[Pair, Found]:
    return _added_up(_events(period).filter(_TAKEN), lambda pair: ("emergency",))


FINDERS: dict[Reason, Callable[[Period], dict[Pair, Found]]] = {
    Reason.KIN: _kin,
    Reason.NO_ENTRY: _no_entry,
    Reason.AFTER_HOURS: _after_hours,
    Reason.PROTECTED: _protected,
    Reason.EMERGENCY: _emergency,
}
