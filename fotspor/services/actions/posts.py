"""Who works where, in which role and when; and who answers when they are away."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access.actions import log
from fotspor.access.rules import ROLES, Permission, Viewer, sees_people
from fotspor.kit.dates import add_months
from fotspor.kit.errors import Refused
from fotspor.services import queries, rules
from fotspor.services.actions.permission import NotAllowed, NotOneself, _require
from fotspor.services.models import Absence, Membership, Staff, Unit

LONGEST_ABSENCE = 36  # months; a default of ours, longer than any leave of absence we know of


class RoleDoesNotFit(Refused):
    def __init__(self):
        super().__init__(_("A unit of this kind has no such role."))


class AlreadyInPost(Refused):
    def __init__(self):
        super().__init__(_("This person already has this post in that period."))


class NumberMissing(Refused):
    """Without her number nobody can tell whether a record is her own or her family's."""

    field = "identity_number"

    def __init__(self):
        super().__init__(
            _("The post sees people's records. Register the employee's identity number first. Nothing was saved.")
        )


class EndsBeforeStart(Refused):
    field = "until_on"

    def __init__(self):
        super().__init__(_("This day must come after the first day."))


class NotEarlier(Refused):
    field = "until_on"

    def __init__(self):
        super().__init__(_("The absence ends before that by itself. Choose an earlier day, or record a new absence."))


class UnitNotOpen(Refused):
    def __init__(self):
        super().__init__(_("The unit is not open on the first day of the post."))


class NotWorkingHere(Refused):
    def __init__(self):
        super().__init__(_("This person has left."))


class LastAdministrator(Refused):
    def __init__(self):
        super().__init__(_("Nobody could keep staff after this. Give another person an administrator's post first."))


class AlreadyAway(Refused):
    def __init__(self):
        super().__init__(_("This person is already recorded as away on some of these days."))


class SubstituteAway(Refused):
    def __init__(self):
        super().__init__(_("The substitute is away on some of these days. Choose somebody else."))


class AbsenceNotNow(Refused):
    """It is over already, or ends so far ahead that it must be a mistake."""

    field = "until_on"

    def __init__(self):
        super().__init__(_("The first day back must be after today, and within three years."))


class NotASubstitute(Refused):
    def __init__(self):
        super().__init__(_("The substitute must be another person who works in the same unit."))


class AbsenceOver(Refused):
    def __init__(self):
        super().__init__(_("The absence is already over."))


@transaction.atomic
def add_membership(
    *, staff: Staff, unit: Unit, role: str, from_on: date, until_on: date | None = None, by: Viewer, at: datetime
) -> Membership:
    """Give somebody a post: one unit, one role, one period.

    Shape   until_on is the first day they no longer have it.
    Errors  NotAllowed; NotWorkingHere; RoleDoesNotFit; EndsBeforeStart; UnitNotOpen; AlreadyInPost; for a post that
            sees people's records NotOneself, and NumberMissing for somebody whose identity number is not registered.
    """
    _require(by, Permission.MANAGE_STAFF)
    staff = Staff.objects.select_for_update().get(pk=staff.pk)  # two at once see each other's posts
    if staff.left_on:
        raise NotWorkingHere
    _may_see_people(staff, role, by)
    if not unit.signs_in or role not in rules.roles_for(unit.kind):
        raise RoleDoesNotFit
    if until_on is not None and until_on <= from_on:
        raise EndsBeforeStart
    if unit.from_on > from_on or (unit.until_on is not None and unit.until_on <= from_on):
        raise UnitNotOpen
    same = Membership.objects.filter(staff=staff, unit=unit, role=role)
    if any(rules.overlaps(p.from_on, p.until_on, from_on, until_on) for p in same):
        raise AlreadyInPost
    post = Membership.objects.create(
        staff=staff,
        unit=unit,
        role=role,
        from_on=from_on,
        until_on=until_on,
        given_on=timezone.localdate(at),
        given_by_id=by.staff_id,
    )
    log(
        type="services.post.given",
        by=by,
        at=at,
        object=f"services.staff:{staff.key}",
        post=post.key,
        given_role=role,
        in_unit=unit.key,
        from_on=from_on.isoformat(),
    )
    return post


def _may_see_people(staff: Staff, role: str, by: Viewer) -> None:
    """May this post be given, if it opens records? Errors: NotOneself, NumberMissing."""
    if role not in ROLES or not sees_people(role):
        return
    if staff.pk == by.staff_id:
        raise NotOneself
    if not staff.identity_index:
        raise NumberMissing


@transaction.atomic
def end_membership(*, membership: Membership, until_on: date, by: Viewer, at: datetime) -> Membership:
    """End a post. From `until_on` its doors are closed; today means at once. One that had not begun never does.

    Errors  NotAllowed; LastAdministrator.
    """
    _require(by, Permission.MANAGE_STAFF)
    _end_posts(Membership.objects.filter(pk=membership.pk), until_on)
    membership.refresh_from_db()
    log(
        type="services.post.ended",
        by=by,
        at=at,
        object=f"services.staff:{membership.staff.key}",
        post=membership.key,
        until_on=membership.until_on.isoformat(),
    )
    return membership


@transaction.atomic
def record_absence(
    *, staff: Staff, substitute: Staff, from_on: date, until_on: date, by: Viewer, at: datetime
) -> Absence:
    """Say that somebody is away, and who answers meanwhile. Leaders do it for their own unit.

    Shape   until_on is the first day back.
    Errors  NotAllowed; EndsBeforeStart; AbsenceNotNow; AlreadyAway; SubstituteAway; NotASubstitute.
    """
    on = timezone.localdate(at)
    _require_leader_of(staff, by=by, on=on)
    Staff.objects.select_for_update().get(pk=staff.pk)
    if until_on <= from_on:
        raise EndsBeforeStart
    if not on < until_on <= add_months(on, LONGEST_ABSENCE):
        raise AbsenceNotNow
    if substitute.key not in {key for key, _name in queries.substitute_choices(staff=staff, on=on)}:
        raise NotASubstitute
    clashing = Absence.objects.sharing_a_day_with(from_on, until_on)
    if clashing.filter(staff=staff).exists():
        raise AlreadyAway
    if clashing.filter(staff=substitute).exists():
        raise SubstituteAway
    absence = Absence.objects.create(
        staff=staff,
        substitute=substitute,
        from_on=from_on,
        until_on=until_on,
        recorded_at=at,
        recorded_by_id=by.staff_id,
    )
    log(
        type="services.absence.recorded",
        by=by,
        at=at,
        object=f"services.staff:{staff.key}",
        substitute=substitute.key,
        from_on=from_on.isoformat(),
        until_on=until_on.isoformat(),
    )
    return absence


@transaction.atomic
def end_absence(*, absence: Absence, until_on: date, by: Viewer, at: datetime) -> None:
    """Somebody is back earlier. An absence that had not begun is taken away.

    Shape   until_on is the first day back.
    Errors  NotAllowed; AbsenceOver; NotEarlier when it would make the absence longer.
    """
    _require_leader_of(absence.staff, by=by, on=timezone.localdate(at))
    if absence.until_on <= timezone.localdate(at):
        raise AbsenceOver
    if until_on > absence.until_on:
        raise NotEarlier
    log(
        type="services.absence.ended",
        by=by,
        at=at,
        object=f"services.staff:{absence.staff.key}",
        from_on=absence.from_on.isoformat(),
        until_on=until_on.isoformat(),
    )
    if until_on <= absence.from_on:
        absence.delete()
    else:
        absence.until_on = until_on
        absence.save(update_fields=["until_on"])


def _end_posts(posts: QuerySet[Membership], on: date) -> None:
    """Which posts end that day? All of them; those that had not begun never do.

    Errors  LastAdministrator when nobody could keep staff from that day. It takes back the whole action.
    """
    going_on = posts.filter(Q(until_on=None) | Q(until_on__gt=on))
    keeps_staff = going_on.filter(role="administrator").exists()
    going_on.filter(from_on__gt=on).update(until_on=F("from_on"))
    going_on.filter(from_on__lte=on).update(until_on=on)
    if keeps_staff and not Membership.objects.counting(on).filter(role="administrator").exists():
        raise LastAdministrator


def _require_leader_of(staff: Staff, *, by: Viewer, on: date) -> None:
    if (
        not rules.may(by, Permission.MANAGE_STAFF)
        and not queries.visible_staff(viewer=by, on=on).filter(pk=staff.pk).exists()
    ):
        raise NotAllowed
