"""Who follows a protected person up, and for whom does nobody? Without it, what waits for her would be seen by nobody.

A leader who is family sees it as little as everybody else's family does: then it falls to the leader above.

Tables of the apps above are reached by lookup, as in `visibility`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from fotspor.access.models import CareRelation
from fotspor.access.queries.kin import family_of
from fotspor.access.queries.visibility import in_force, table, without_own_and_family
from fotspor.access.rules import ROLES, Part, Permission, Purpose, Viewer
from fotspor.access.rules.facts import CONFIDENTIAL, STRICT
from fotspor.kit.subqueries import fetched_once

INVITED = tuple(key for key, role in ROLES.items() if Part.INVITATIONS in role.parts.get(Purpose.CARE, ()))
REVIEWING = tuple(key for key, role in ROLES.items() if Permission.SEE_LOG in role.permissions)
OPEN = Q(done_on=None, ended_on=None)
PROTECTED = (CONFIDENTIAL, STRICT)  # by name: "not ungraded" would have the database read everybody
CARING = tuple(key for key, role in ROLES.items() if Part.LISTED in role.parts.get(Purpose.CARE, ()))


def caring_staff(*, unit_id: int | None, on: date) -> QuerySet:
    """Who meets families at the unit that day: a midwife's or nurse's post there, in force?"""
    posts = in_force(table("services.Membership").objects.filter(unit_id=unit_id, role__in=CARING), on)
    return table("services.Staff").objects.filter(is_active=True, pk__in=posts.values("staff"))


def staff_at_work(*, unit_id: int | None, on: date) -> QuerySet:
    """Who of them is not away that day?"""
    away = table("services.Absence").objects.filter(from_on__lte=on, until_on__gt=on)
    return caring_staff(unit_id=unit_id, on=on).exclude(pk__in=away.values("staff"))


def followers_of(*, person_id: int, unit_id: int | None, on: date) -> QuerySet:
    """Who of the unit is named for this person, and meets families there? Ids of staff, also those who are away."""
    named = CareRelation.objects.in_force(on).filter(person_id=person_id, unit_id=unit_id, staff__isnull=False)
    return caring_staff(unit_id=unit_id, on=on).filter(pk__in=named.values("staff"))


def kindergarten_staff(*, unit_id: int | None, on: date) -> QuerySet:
    """Who works with the children of a kindergarten that day?"""
    posts = in_force(table("services.Membership").objects.filter(unit_id=unit_id, role__in=INVITED), on)
    return table("services.Staff").objects.filter(is_active=True, pk__in=posts.values("staff"))


def named_in_kindergarten(*, person_id: int, unit_id: int | None, on: date) -> QuerySet:
    """Who of them is named for this child? For the protected nobody else sees that the child is invited."""
    named = CareRelation.objects.in_force(on).filter(person_id=person_id, unit_id=unit_id, staff__isnull=False)
    return kindergarten_staff(unit_id=unit_id, on=on).filter(pk__in=named.values("staff"))


def protected_person_ids(*, viewer: Viewer, at: datetime) -> QuerySet:
    """Which protected people may a leader answer for without seeing who they are? Never her own or her family.

    Shape   person ids for `id__in=`, empty for others than leaders. Whoever uses them shows no name.
    """
    people = table("people.Person").objects.filter(merged_into=None, protection__in=PROTECTED)
    if viewer.staff_id is None or viewer.unit_id is None or not viewer.may(Permission.SEE_UNIT):
        return people.none().values("pk")
    return without_own_and_family(people, viewer, timezone.localdate(at)).values("pk")


def unfollowed_person_ids(*, viewer: Viewer, at: datetime) -> QuerySet:
    """For which of them is nobody named in the leader's unit who is at work today? Shape: as `protected_person_ids`."""
    on = timezone.localdate(at)
    at_work = staff_at_work(unit_id=viewer.unit_id, on=on)
    named = CareRelation.objects.in_force(on).filter(unit_id=viewer.unit_id, staff__in=at_work.values("pk"))
    return protected_person_ids(viewer=viewer, at=at).exclude(pk__in=named.values("person"))


def answers_for(*, viewer: Viewer, person_id: int, at: datetime, unit_id: int | None = None) -> bool:
    """Does the viewer lead a unit that has this person's care: a relation, an open task, or the baton?

    Shape   `unit_id` names another unit: does she answer there, since its own leaders cannot?
    """
    if viewer.unit_id is None or not viewer.may(Permission.SEE_UNIT):
        return False
    if unit_id not in (None, viewer.unit_id):
        return any(each.unit_id == unit_id and person_id in each.people for each in fallen(viewer=viewer, at=at))
    on, unit_id = timezone.localdate(at), viewer.unit_id
    if CareRelation.objects.in_force(on).filter(person_id=person_id, unit_id=unit_id).exists():
        return True
    tasks = table("worklist.Task").objects.filter(OPEN, unit_id=unit_id, person_id=person_id)
    about = Q(journey__child=person_id) | Q(journey__child=None, journey__pregnancy__mother=person_id)
    batons = table("pathways.Baton").objects.filter(about, unit_id=unit_id, until_at=None)
    return tasks.exists() or batons.exists()


# --- when no leader of the unit can ------------------------------------------------------------------------


class Why(StrEnum):
    """Why a unit's own leaders cannot answer for it."""

    CLOSED = "closed"
    PROTECTED = "protected"  # and every leader at work there is family, or there is none
    LED = "led"  # it is the leader's own to do, and there is none at work who is not family


@dataclass(frozen=True, slots=True)
class Fallen:
    """What waits in a unit whose own leaders cannot see it: there is none at work, they are family, or it is closed."""

    unit_id: int
    people: frozenset[int | None]  # persons about whom something waits; None for what is about nobody
    unfollowed: frozenset[int | None]  # those of them about whom colleagues' tasks fall too
    why: Why


@dataclass(frozen=True, slots=True)
class _Post:
    staff_id: int
    unit_id: int
    rank: tuple[bool, str]  # the administration's leaders stand above the others, who come by the unit's name


def fallen(*, viewer: Viewer, at: datetime) -> list[Fallen]:
    """What does the viewer answer for in units that she does not lead? Shown without a name, to one unit's leaders.

    Shape   one for each unit. The administration's leaders get it; else the leaders of the first unit, by name, who are
            not family. Never the viewer's own or her family's.
    """
    if viewer.staff_id is None or viewer.unit_id is None or not viewer.may(Permission.SEE_UNIT):
        return []
    return _grouped(_orphaned(at), at, lambda above: (viewer.staff_id, viewer.unit_id) in above)


def leaderless(*, viewer: Viewer, at: datetime) -> list[tuple[str, int]]:
    """Where does something wait that no leader at all can see? For the data-protection officer, never about whom.

    Shape   the unit's name, and how many people. It ends when somebody who is not family leads it, or stands above.
    """
    if not viewer.may(Permission.SEE_LOG):
        return []
    people: dict[int, set[int | None]] = {}
    for each in _grouped(_orphaned(at), at, lambda above: not above):
        people.setdefault(each.unit_id, set()).update(each.people)
    names = dict(table("services.Unit").objects.filter(pk__in=people).values_list("pk", "name"))
    return [(names[unit_id], len(found)) for unit_id, found in sorted(people.items())]


def _orphaned(at: datetime) -> Iterable[tuple[tuple[int, int | None, Why], frozenset[tuple[int, int]]]]:
    """Each unit and person for whom no leader of the unit can answer, with those above who do (staff, unit)."""
    on = timezone.localdate(at)
    found = _waiting(on)
    posts = _leaders(on) if found else []
    families = _families({post.staff_id for post in posts}, on)
    of_unit: dict[int, list[_Post]] = {}
    for post in posts:
        of_unit.setdefault(post.unit_id, []).append(post)
    for unit_id, person_id, why in found:
        own = of_unit.get(unit_id, ())
        if why is Why.CLOSED or all(person_id in families.get(post.staff_id, ()) for post in own):
            able = [post for post in posts if person_id not in families.get(post.staff_id, ())]
            highest = min((post.rank for post in able), default=None)
            above = frozenset((post.staff_id, post.unit_id) for post in able if post.rank == highest)
            yield (unit_id, person_id, why), above


def _waiting(on: date) -> set[tuple[int, int | None, Why]]:
    """What may have to fall to another leader, by unit and person."""
    closed = {unit_id for (unit_id,) in _closed(on=on)}
    left = table("worklist.Task").objects.filter(OPEN, unit__in=closed, person__isnull=False)
    found = {(*pair, Why.CLOSED) for pair in (_pairs(left) if closed else ())}
    found |= {(unit_id, who, Why.PROTECTED) for unit_id, who in _about_protected() if unit_id not in closed}
    return found | {(unit_id, who, Why.LED) for unit_id, who in _of_leaders() if unit_id not in closed}


@fetched_once()
def _closed(*, on: date) -> QuerySet:
    return table("services.Unit").objects.filter(until_on__lte=on).values_list("pk")


@fetched_once()
def _about_protected() -> QuerySet:
    protected = table("people.Person").objects.filter(protection__in=PROTECTED).values("pk")
    return _pairs(table("worklist.Task").objects.filter(OPEN, person__in=protected, unit__isnull=False))


@fetched_once()
def _of_leaders() -> QuerySet:
    return _pairs(table("worklist.Task").objects.filter(OPEN, for_leader=True, unit__isnull=False))


def _pairs(tasks: QuerySet) -> QuerySet:
    return tasks.order_by().values_list("unit_id", "person_id").distinct()


def _grouped(orphaned, at: datetime, is_wanted) -> list[Fallen]:
    on = timezone.localdate(at)
    units: dict[tuple[int, Why], set[int | None]] = {}
    for (unit_id, person_id, why), above in orphaned:
        if is_wanted(above):
            units.setdefault((unit_id, why), set()).add(person_id)
    return [
        Fallen(unit_id, frozenset(people), frozenset(_left_by_colleagues(unit_id, why, people, on)), why)
        for (unit_id, why), people in sorted(units.items())
    ]


def _left_by_colleagues(unit_id: int, why: Why, people: set[int | None], on: date) -> set[int | None]:
    """About whom of them do colleagues' tasks fall to another leader too? Where nobody at work is named for them."""
    if why is not Why.PROTECTED:
        return people if why is Why.CLOSED else set()
    at_work = staff_at_work(unit_id=unit_id, on=on).values("pk")
    named = CareRelation.objects.in_force(on).filter(unit_id=unit_id, staff__in=at_work, person__in=people)
    return people - set(named.values_list("person_id", flat=True))


def _leaders(on: date) -> list[_Post]:
    """Who leads a unit and is at work that day; everybody who leads one, when all are away."""
    found = [
        (_Post(staff, unit, (kind != "administration", name)), is_away)
        for staff, unit, kind, name, is_away in _leading(on=on)
    ]
    return [post for post, is_away in found if not is_away] or [post for post, _is_away in found]


@fetched_once()
def _leading(*, on: date) -> QuerySet:
    rows = in_force(table("services.Membership").objects.filter(role="unit_leader", staff__is_active=True), on)
    rows = rows.filter(Q(unit__until_on=None) | Q(unit__until_on__gt=on))
    absences = table("services.Absence").objects.filter(staff=OuterRef("staff"), from_on__lte=on, until_on__gt=on)
    return rows.annotate(is_away=Exists(absences)).values_list(
        "staff_id", "unit_id", "unit__kind", "unit__name", "is_away"
    )


def _families(staff_ids: Iterable[int], on: date) -> dict[int, frozenset[int]]:
    """Who is family of whom, of those who are persons here themselves? The others have none that is known."""
    staff = table("services.Staff").objects.filter(pk__in=staff_ids).exclude(identity_index="")
    numbers = dict(staff.values_list("identity_index", "pk"))
    here = table("people.Person").objects.filter(identity_index__in=list(numbers))
    return {numbers[one]: _family(numbers[one], on) for one in here.values_list("identity_index", flat=True)}


def _family(staff_id: int, on: date) -> frozenset[int]:
    people = table("people.Person").objects.filter(pk__in=family_of(staff_id, on))
    return frozenset(people.values_list("pk", flat=True))


def unreviewed_person_ids(*, viewer: Viewer, at: datetime) -> frozenset[int]:
    """Whose emergency accesses can no data-protection officer go through, so that this leader finds one who can?

    An officer never goes through what was opened about her own family. It falls to the leaders who stand highest and
    are not family either, without the name, as other things do.
    """
    if viewer.staff_id is None or viewer.unit_id is None or not viewer.may(Permission.SEE_UNIT):
        return frozenset()
    tasks = table("worklist.Task").objects.filter(OPEN, source="emergency")
    waiting = set(tasks.exclude(person=None).values_list("person_id", flat=True))
    if not waiting:
        return frozenset()
    on = timezone.localdate(at)
    officers = in_force(table("services.Membership").objects.filter(role__in=REVIEWING, staff__is_active=True), on)
    for staff_id in set(officers.values_list("staff_id", flat=True)):
        waiting &= _family(staff_id, on)
    posts = _leaders(on) if waiting else []
    families = _families({post.staff_id for post in posts}, on)
    return frozenset(one for one in waiting if _is_above(viewer, one, posts, families))


def _is_above(viewer: Viewer, person_id: int, posts: list[_Post], families: dict[int, frozenset[int]]) -> bool:
    able = [post for post in posts if person_id not in families.get(post.staff_id, ())]
    highest = min((post.rank for post in able), default=None)
    return (viewer.staff_id, viewer.unit_id) in {(p.staff_id, p.unit_id) for p in able if p.rank == highest}
