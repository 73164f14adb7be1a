"""Staff from a file: everybody in it, or nobody."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access.actions import log
from fotspor.access.rules import Permission, Viewer
from fotspor.kit.errors import Refused
from fotspor.services import queries, rules
from fotspor.services.actions.permission import _require
from fotspor.services.actions.posts import add_membership
from fotspor.services.actions.staff import _new_link, register_staff
from fotspor.services.models import Invitation, Staff, Unit
from fotspor.services.rules.staff_files import Does, Judged


class PreviewTooOld(Refused):
    def __init__(self):
        super().__init__(_("The file was looked at too long ago. Choose it again."))


class RowsRefused(Refused):
    def __init__(self):
        super().__init__(_("Some rows cannot be taken in. Nothing was saved. Look at the file again."))


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What came of a file: a link for each who is new, and how many of the others got a post or had it."""

    links: tuple[tuple[Invitation, str], ...]
    posts: int
    same: int


@transaction.atomic
def take_in_staff(*, content: bytes | None, by: Viewer, at: datetime) -> TakenIn:
    """Register and invite those who are new, and give those who are known the post they lack. Changes no person.

    Shape   content is the file; None when what the preview showed can no longer be used.
    Errors  NotAllowed; PreviewTooOld; RowsRefused when any row cannot be taken in; BadFile.
    """
    _require(by, Permission.MANAGE_STAFF)
    if content is None:
        raise PreviewTooOld
    rows = queries.judged_staff(viewer=by, content=content, on=timezone.localdate(at))
    if any(row.faults for row in rows):
        raise RowsRefused
    units = {unit.pk: unit for unit in Unit.objects.all()}
    links = tuple(_invite(row, units, by=by, at=at) for row in rows if row.does is Does.INVITES)
    given = [row for row in rows if row.does is Does.GIVES_POST]
    for row in given:
        _give(Staff.objects.get(email=row.email), row, units, by=by, at=at)
    done = TakenIn(links, len(given), sum(row.does is Does.NOTHING for row in rows))
    log(type="services.staff.file_taken_in", by=by, at=at, invited=len(links), posts=done.posts, same=done.same)
    return done


def _invite(row: Judged, units: dict[int, Unit], *, by: Viewer, at: datetime) -> tuple[Invitation, str]:
    line = row.line
    who = rules.Newcomer(row.email, line.given_name, line.family_name, line.title, line.identity_number)
    staff = register_staff(who=who, by=by, at=at)
    _give(staff, row, units, by=by, at=at)
    made = _new_link(staff, by=by, at=at)
    log(type="services.staff.invited", by=by, at=at, object=f"services.staff:{staff.key}")
    return made


def _give(staff: Staff, row: Judged, units: dict[int, Unit], *, by: Viewer, at: datetime) -> None:
    add_membership(staff=staff, unit=units[row.unit_id], role=row.role, from_on=row.from_on, by=by, at=at)
