"""How far the municipality has come in saying who does what: counts, and nobody's name."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from allauth.mfa.models import Authenticator
from django.db.models import Count

from fotspor.services.models import District, Membership, Unit
from fotspor.services.queries.places import municipality

NO_NUMBER = "0000"  # what the command writes when no number was said
SERVES_EACH = (Unit.Kind.HEALTH_STATION, Unit.Kind.MIDWIFERY)  # what every address must have
NEEDED = {Unit.Kind.HEALTH_STATION: "nurse", Unit.Kind.MIDWIFERY: "midwife"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffed:
    """Counts of what is there and what is lacking that day."""

    has_number: bool
    districts: int
    unserved: int  # districts whose addresses no health centre, or no midwifery unit, serves
    kinds_missing: int  # of health centre and midwifery unit, those that no open unit is
    without_leader: int  # units that sign in, but the administration
    without_nurse: int  # health centres; one when there is none at all
    without_midwife: int  # midwifery units, likewise
    officers: int  # data-protection officers
    at_work: int  # people with a post outside the administration


def staffed(*, on: date) -> Staffed:
    """How far has the municipality come? Asks no permission: no person is in it."""
    place = municipality()
    units = list(Unit.objects.in_force(on).filter(signs_in=True).prefetch_related("serves"))
    works = [unit for unit in units if unit.kind != Unit.Kind.ADMINISTRATION]
    posts = Membership.objects.counting(on)
    filled = set(posts.values_list("unit_id", "role").distinct())
    at_work = posts.exclude(unit__kind=Unit.Kind.ADMINISTRATION).aggregate(n=Count("staff", distinct=True))["n"]
    districts = set(District.objects.values_list("pk", flat=True))
    return Staffed(
        has_number=place is not None and place.number.isdigit() and place.number != NO_NUMBER,
        districts=len(districts),
        unserved=len(districts - _served(units)),
        kinds_missing=len(set(SERVES_EACH) - {unit.kind for unit in units}),
        without_leader=sum((unit.pk, "unit_leader") not in filled for unit in works),
        without_nurse=_without(Unit.Kind.HEALTH_STATION, works, filled),
        without_midwife=_without(Unit.Kind.MIDWIFERY, works, filled),
        officers=sum(role == "privacy_officer" for _unit, role in filled),
        at_work=at_work,
    )


def administrators_without_codes(*, on: date) -> int:
    """How many administrators lack the second factor, or recovery codes for a lost phone?"""
    keepers = Membership.objects.counting(on).filter(role="administrator").order_by().values("staff").distinct()
    wanted = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)
    found = Authenticator.objects.filter(user__in=keepers, type__in=wanted)
    has_both = found.values("user").annotate(n=Count("type", distinct=True)).filter(n=len(wanted))
    return keepers.count() - has_both.count()


def _served(units: Iterable[Unit]) -> set[int]:
    """Which districts does a unit of each wanted kind serve?"""
    by_kind = [
        {district.pk for unit in units if unit.kind == kind for district in unit.serves.all()} for kind in SERVES_EACH
    ]
    return set.intersection(*by_kind)


def _without(kind: str, units: Iterable[Unit], filled: set[tuple[int, str]]) -> int:
    of_the_kind = [unit.pk for unit in units if unit.kind == kind]
    return sum((pk, NEEDED[kind]) not in filled for pk in of_the_kind) if of_the_kind else 1
