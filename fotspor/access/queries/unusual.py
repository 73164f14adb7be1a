"""Which looks are unusual? One reading of the log for each reason. Asks no permission: `queries.reviews` does."""

from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
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
Line = tuple[int, datetime, str, str, str]  # AuditEvent.id, when, Staff.key, Unit.key, Person.key
CHUNK = 2000
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
    unit: str
    looks: int
    first_at: datetime
    last_at: datetime
    upto: int
    why: tuple[str, ...]


def unusual(reason: Reason, period: Period) -> dict[Pair, Found]:
    """Which looks in the period have this reason? By employee and person."""
    return FINDERS[reason](period)


def looks_of_pair(period: Period) -> dict[Pair, Found]:
    """All looks of one pair: for those that were in a list, and have lost their reason since."""
    return _paired(_events(period).filter(_TAKEN | Q(type=LOOK)), lambda line: ("before",))


def _events(period: Period) -> QuerySet:
    until = start_of(period.to_on + timedelta(days=1))
    return AuditEvent.objects.filter(at__gte=start_of(period.from_on), at__lt=until, **period.one)


def _looks(period: Period) -> QuerySet:
    return _events(period).filter(type=LOOK)


def _lines(events: QuerySet) -> Iterator[Line]:
    ordered = events.exclude(staff="").exclude(person="").order_by("pk")
    return ordered.values_list("pk", "at", "staff", "unit", "person").iterator(chunk_size=CHUNK)


def _paired(events: QuerySet, why: Callable[[Line], tuple[str, ...]]) -> dict[Pair, Found]:
    """Those lines for which there is a why, added up by employee and person."""
    found: dict[Pair, Found] = {}
    for line in _lines(events):
        words = why(line)
        if not words:
            continue
        pk, at, staff, unit, person = line
        before = found.get((staff, person))
        if before is None:
            found[staff, person] = Found(staff, person, unit, 1, at, at, pk, words)
        else:
            both = before.why + tuple(word for word in words if word not in before.why)
            found[staff, person] = replace(before, unit=unit, looks=before.looks + 1, last_at=at, upto=pk, why=both)
    return found


def _kin(period: Period) -> dict[Pair, Found]:
    """Names and addresses are compared once for each pair, and not in the database, which knows no double names."""
    looks = _looks(period)
    staff = _employees()
    people = {
        key: (name, household)
        for key, name, household in table("people.Person")
        .objects.filter(key__in=looks.values("person"))
        .values_list("key", "family_name", "household")
    }
    known: dict[Pair, tuple[str, ...]] = {}

    def why(line: Line) -> tuple[str, ...]:
        pair = (line[2], line[4])
        if pair not in known:
            one, other = staff.get(pair[0], ("", "")), people.get(pair[1], ("", ""))
            surname, address = share_surname(one[0], other[0]), share_address(one[1], other[1])
            known[pair] = ("surname",) * surname + ("address",) * address
        return known[pair]

    return _paired(looks, why)


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
    looks = _looks(period).filter(at__lt=start_of(ripe))
    family = _family(looks)
    written = _written(period, family)

    def why(line: Line) -> tuple[str, ...]:
        _pk, at, _staff, unit, person = line
        on = timezone.localdate(at)
        near = (person, *family.get(person, ()))
        return () if any(is_followed(on, written.get((unit, each), ())) for each in near) else ("no_entry",)

    return _paired(looks, why)


def _family(looks: QuerySet) -> dict[str, set[str]]:
    """Those who answer for each, or whom each answers for: work with one is work with the other."""
    seen = Q(child__key__in=looks.values("person")) | Q(guardian__key__in=looks.values("person"))
    family: dict[str, set[str]] = defaultdict(set)
    rows = table("people.Guardianship").objects.filter(seen).values_list("child__key", "guardian__key")
    for child, guardian in rows.iterator(chunk_size=CHUNK):
        family[child].add(guardian)
        family[guardian].add(child)
    return family


def _written(period: Period, family: dict[str, set[str]]) -> dict[Pair, list[date]]:
    """On which days did each unit write something about each person? By Unit.key and Person.key, in order."""
    until = start_of(period.to_on + timedelta(days=LIMITS.entry_days + 1))
    events = AuditEvent.objects.filter(at__gte=start_of(period.from_on), at__lt=until).exclude(type=LOOK)
    if period.person:
        events = events.filter(person__in={period.person, *family.get(period.person, ())})
    days: dict[Pair, list[date]] = defaultdict(list)
    rows = events.exclude(person="").values_list("type", "at", "unit", "person").order_by("pk")
    for type_, at, unit, person in rows.iterator(chunk_size=CHUNK):
        if labels.deed(type_) is labels.WRITTEN and not type_.startswith(NO_ENTRY_BY):
            insort(days[unit, person], timezone.localdate(at))
    return days


def _after_hours(period: Period) -> dict[Pair, Found]:
    closing: dict[str, time] = dict(table("services.Unit").objects.values_list("key", "closes_at_time"))

    def why(line: Line) -> tuple[str, ...]:
        on_the_wall = timezone.localtime(line[1])
        return ("after_hours",) if is_after_hours(on_the_wall, closing.get(line[3], LIMITS.closes_at)) else ()

    return _paired(_looks(period), why)


def _protected(period: Period) -> dict[Pair, Found]:
    people = table("people.Person").objects.exclude(protection=NO_GRADE, address_protection=NO_GRADE)
    return _paired(_looks(period).filter(person__in=people.values("key")), lambda line: ("protected",))


def _emergency(period: Period) -> dict[Pair, Found]:
    return _paired(_events(period).filter(_TAKEN), lambda line: ("emergency",))


FINDERS: dict[Reason, Callable[[Period], dict[Pair, Found]]] = {
    Reason.KIN: _kin,
    Reason.NO_ENTRY: _no_entry,
    Reason.AFTER_HOURS: _after_hours,
    Reason.PROTECTED: _protected,
    Reason.EMERGENCY: _emergency,
}
