"""Who follows a protected person up, and for whom does nobody? Without it, what waits for her would be seen by nobody.

Tables of the apps above are reached by lookup, as in `visibility`.
"""

from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from fotspor.access.models import CareRelation
from fotspor.access.queries.visibility import in_force, table, without_own_and_family
from fotspor.access.rules import ROLES, Part, Permission, Purpose, Viewer
from fotspor.access.rules.facts import NO_GRADE

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


def protected_person_ids(*, viewer: Viewer, at: datetime) -> QuerySet:
    """Which protected people may a leader answer for without seeing who they are? Never her own or her family.

    Shape   person ids for `id__in=`, empty for others than leaders. Whoever uses them shows no name.
    """
    people = table("people.Person").objects.filter(merged_into=None).exclude(protection=NO_GRADE)
    if viewer.staff_id is None or viewer.unit_id is None or not viewer.may(Permission.SEE_UNIT):
        return people.none().values("pk")
    return without_own_and_family(people, viewer, timezone.localdate(at)).values("pk")


def unfollowed_person_ids(*, viewer: Viewer, at: datetime) -> QuerySet:
    """For which of them is nobody named in the leader's unit who is at work today? Shape: as `protected_person_ids`."""
    on = timezone.localdate(at)
    at_work = staff_at_work(unit_id=viewer.unit_id, on=on)
    named = CareRelation.objects.in_force(on).filter(unit_id=viewer.unit_id, staff__in=at_work.values("pk"))
    return protected_person_ids(viewer=viewer, at=at).exclude(pk__in=named.values("person"))


def answers_for(*, viewer: Viewer, person_id: int, at: datetime) -> bool:
    """Does the viewer lead a unit that has this person's care: a relation, an open task, or the baton?"""
    if viewer.unit_id is None or not viewer.may(Permission.SEE_UNIT):
        return False
    on, unit_id = timezone.localdate(at), viewer.unit_id
    if CareRelation.objects.in_force(on).filter(person_id=person_id, unit_id=unit_id).exists():
        return True
    tasks = table("worklist.Task").objects.filter(unit_id=unit_id, person_id=person_id, done_on=None, ended_on=None)
    about = Q(journey__child=person_id) | Q(journey__child=None, journey__pregnancy__mother=person_id)
    batons = table("pathways.Baton").objects.filter(about, unit_id=unit_id, until_at=None)
    return tasks.exists() or batons.exists()
