"""Conversations that were agreed for a day after a form: they stand beside the contacts in every calendar."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import QuerySet
from django.utils import timezone

from fotspor.access.rules import Purpose, Viewer
from fotspor.instruments.models import DutyOutcome
from fotspor.kit.subqueries import fetched_once
from fotspor.pathways.rules.appointments import Slot
from fotspor.people.models import Person
from fotspor.services.models import Staff
from fotspor.worklist import queries as worklist
from fotspor.worklist.models import Task


@dataclass(frozen=True, slots=True)
class Agreed:
    """One agreed conversation. What it is about stands on its own page, and not in a calendar."""

    duty_key: str
    person: Person
    on: date
    at: time | None
    staff: Staff | None  # who has it: the colleague it was given to, else whoever agreed it
    is_done: bool


def agreed(*, viewer: Viewer, from_on: date, until_on: date, only_mine: bool, at: datetime) -> list[Agreed]:
    """Which conversations are agreed from one day until before another, of those on the viewer's lists?

    Shape   in order of time; own ones only with `only_mine`. Held ones stay in view.
    """
    rows = _listed(viewer=viewer, from_on=from_on, until_on=until_on, today=timezone.localdate(at))
    agreed_by = _agreed_by(row.subject_key for row in rows if row.staff_id is None)
    found = [
        Agreed(
            duty_key=row.subject_key,
            person=row.person,
            on=row.booked_on,
            at=row.booked_time,
            staff=row.staff or agreed_by.get(row.subject_key),
            is_done=row.done_on is not None,
        )
        for row in rows
    ]
    return [each for each in found if not only_mine or (each.staff and each.staff.pk == viewer.staff_id)]


@fetched_once()
def _listed(*, viewer: Viewer, from_on: date, until_on: date, today: date) -> QuerySet[Task]:
    tasks = worklist.tasks(viewer=viewer, purpose=Purpose.CARE, today=today)
    return _booked(tasks, from_on, until_on).select_related("person", "staff").order_by("booked_on", "booked_time")


def agreed_slots(slot: Slot, *, without: str = "") -> list[Slot]:
    """When that day has the colleague of this appointment agreed a conversation? Asks no permission: only times.

    Shape   `without` is the key of the duty whose own day is being agreed anew.
    """
    if slot.staff_id is None:
        return []
    found = _booked(Task.objects.open(), slot.on, None).exclude(subject_key=without)
    rows = list(found.only("booked_time", "staff_id", "subject_key"))
    agreed_by = _agreed_by(row.subject_key for row in rows if row.staff_id is None)
    holders = {key: staff.pk for key, staff in agreed_by.items()}
    mine = [row for row in rows if (row.staff_id or holders.get(row.subject_key)) == slot.staff_id]
    return [Slot(slot.on, row.booked_time, slot.staff_id, "") for row in mine]


def _booked(tasks: QuerySet[Task], from_on: date, until_on: date | None) -> QuerySet[Task]:
    found = tasks.filter(source=Task.Source.ROUTINE, for_leader=False, person__isnull=False, ended_on=None)
    days = {"booked_on": from_on} if until_on is None else {"booked_on__gte": from_on, "booked_on__lt": until_on}
    return found.filter(**days)


def _agreed_by(keys: Iterable[str]) -> dict[str, Staff]:
    """Who agreed the day of each of these duties? The last who did."""
    if not (keys := set(keys)):
        return {}
    found = DutyOutcome.objects.filter(duty__key__in=keys, next_on__isnull=False, taken_back_at=None)
    return {row.duty.key: row.recorded_by for row in found.select_related("duty", "recorded_by").order_by("pk")}
