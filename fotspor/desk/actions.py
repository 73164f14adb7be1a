"""What the pages of the desk themselves write: that something was printed, and who follows a protected person up."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from fotspor.access.actions import log, name_staff
from fotspor.access.queries import NotVisible, followers_of
from fotspor.access.rules import Permission, Purpose, Viewer
from fotspor.worklist.actions import assign
from fotspor.worklist.queries import open_about


@transaction.atomic
def note_print(*, what: str, person: str = "", people: Iterable[str] = (), by: Viewer, at: datetime) -> None:
    """Write that something was printed: what, and about whom. Errors: NotVisible for roles without lists or records."""
    if not (by.may(Permission.SEE_DAY) or by.may(Permission.SEE_PEOPLE)):
        raise NotVisible
    log(type=f"desk.{what}.printed", by=by, at=at, person=person, people=people, purpose=Purpose.CARE)


LISTS = {"people": Permission.SEE_PEOPLE, "unit": Permission.SEE_UNIT, "figures": Permission.SEE_FIGURES}


@transaction.atomic
def note_export(*, what: str, people: Iterable[str], purpose: Purpose | str, by: Viewer, at: datetime) -> None:
    """Write that a list was saved to a file: which, and about whom. Errors: NotVisible for a role without that list."""
    if not by.may(LISTS[what]):
        raise NotVisible
    log(type=f"desk.{what}.exported", by=by, at=at, people=people, purpose=purpose)


@transaction.atomic
def name_colleagues(
    *, person_id: int, staff_ids: Iterable[int], unit_id: int | None = None, by: Viewer, at: datetime
) -> None:
    """Let colleagues of the unit follow a protected person up; each naming is logged.

    What stood with somebody who does not see it becomes the whole unit's, so that those named have it on their day.
    Shape   `unit_id` is another unit, of those that `by` answers for.
    Errors  MayNotName.
    """
    on, unit_id = timezone.localdate(at), unit_id or by.unit_id
    for staff_id in staff_ids:
        name_staff(person_id=person_id, staff_id=staff_id, from_on=on, unit_id=unit_id, by=by, at=at)
    followers = set(followers_of(person_id=person_id, unit_id=unit_id, on=on).values_list("pk", flat=True))
    held = open_about(person_id=person_id, unit_id=unit_id).filter(for_leader=False, staff__isnull=False)
    for task in held.exclude(staff__in=followers):
        assign(task=task, staff_id=None, by=replace(by, unit_id=unit_id), at=at)
