"""Emergency accesses: mine, those that wait for a second one, and all of them for the data-protection officer."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db.models import QuerySet
from django.db.models.expressions import Combinable
from django.utils import timezone

from fotspor.access import labels
from fotspor.access.models import EmergencyAccess
from fotspor.access.queries.visibility import NotVisible, table, visible_person_ids
from fotspor.access.rules import Part, Permission, Purpose, Viewer
from fotspor.access.rules.facts import NO_GRADE
from fotspor.kit.labels import Label


@dataclass(frozen=True, slots=True)
class Review:
    """The officer's task of going through it: until when, and by whom when it is done."""

    key: str
    until_on: date
    done_on: date | None
    done_by: str
    label: Label
    days_over: int

    @property
    def is_open(self) -> bool:
        return self.done_on is None


@dataclass(frozen=True, slots=True)
class EmergencyRow:
    """One emergency access in a list. The person's key and name are empty where the viewer may not see them."""

    key: str
    person_key: str
    person_name: str
    staff: str
    unit: str
    reason: str
    opened_at: datetime
    until: datetime
    seconded_by: str
    state: Label
    is_open: bool
    in_log: str  # the person's key for the log, also where no page writes it
    review: "Review | None" = None


def _state(emergency: EmergencyAccess, at: datetime) -> str:
    if at >= emergency.until:
        return "over"
    return "waits" if emergency.needs_second and emergency.seconded_by_id is None else "open"


def _rows(
    emergencies: QuerySet, at: datetime, named: Combinable | None, plain: QuerySet | None = None
) -> list[EmergencyRow]:
    """`plain` narrows whose name is shown further: the others are protected, and said to be so."""
    found = list(emergencies.select_related("staff", "unit", "person", "seconded_by").order_by("-opened_at", "-pk"))
    visible = set()
    if named is not None:
        people = table("people.Person").objects.filter(pk__in=[e.person_id for e in found])
        visible = set(people.filter(pk__in=named).values_list("pk", flat=True))
    unnamed = set()
    if plain is not None:
        unnamed = visible - set(plain.filter(pk__in=visible).values_list("pk", flat=True))
    rows = []
    for emergency in found:
        state, sees = _state(emergency, at), emergency.person_id in visible
        rows.append(
            EmergencyRow(
                key=emergency.key,
                person_key=emergency.person.key if sees else "",
                person_name=_name(emergency, is_protected=emergency.person_id in unnamed) if sees else "",
                staff=emergency.staff.name,
                unit=emergency.unit.name,
                reason=emergency.reason,
                opened_at=emergency.opened_at,
                until=emergency.until,
                seconded_by=emergency.seconded_by.name if emergency.seconded_by else "",
                state=labels.EMERGENCY_STATES[state],
                is_open=state == "open",
                in_log=emergency.person.key,
            )
        )
    return rows


def _name(emergency: EmergencyAccess, *, is_protected: bool) -> str:
    return str(labels.PROTECTED) if is_protected else emergency.person.name


def my_emergencies(*, viewer: Viewer, at: datetime) -> list[EmergencyRow]:
    """Which emergency accesses has this viewer open, or waiting for a second one, in this post?"""
    mine = EmergencyAccess.objects.filter(staff_id=viewer.staff_id, unit_id=viewer.unit_id, until__gt=at)
    records = visible_person_ids(viewer=viewer, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    return _rows(mine, at, records)


def emergencies_to_second(*, viewer: Viewer, at: datetime) -> list[EmergencyRow]:
    """Which colleagues of the unit wait for a second one? Without the person's name."""
    if not viewer.may(Permission.BREAK_GLASS):
        return []
    waiting = EmergencyAccess.objects.filter(
        unit_id=viewer.unit_id, needs_second=True, seconded_by=None, opened_at__lte=at, until__gt=at
    )
    return _rows(waiting.exclude(staff_id=viewer.staff_id), at, None)


def all_emergencies(*, viewer: Viewer, at: datetime) -> list[EmergencyRow]:
    """Which emergency accesses have there been, newest first? Errors: NotVisible for all but the officer."""
    if not viewer.may(Permission.SEE_LOG):
        raise NotVisible
    people = visible_person_ids(viewer=viewer, purpose=Purpose.PRIVACY, part=Part.LOG, at=at)
    plain = table("people.Person").objects.filter(protection=NO_GRADE).values("pk")
    rows = _rows(EmergencyAccess.objects.filter(person_id__in=people), at, people, plain)
    reviews = _reviews([row.key for row in rows], timezone.localdate(at))
    return [replace(row, review=reviews.get(row.key)) for row in rows]


def _reviews(keys: list[str], today: date) -> dict[str, Review]:
    """The task behind each emergency access. Tasks live above and are reached by name, as foreign keys are."""
    tasks = table("worklist.Task").objects.filter(source="emergency", subject_key__in=keys, ended_on=None)
    found = {}
    for task in tasks.select_related("done_by").order_by("pk"):
        days_over = (today - task.closes_on).days if task.done_on is None else 0
        label = labels.GONE_THROUGH if task.done_on else labels.PAST if days_over > 0 else labels.TO_GO_THROUGH
        done_by = task.done_by.name if task.done_by else ""
        found[task.subject_key] = Review(task.key, task.closes_on, task.done_on, done_by, label, max(0, days_over))
    return found


def waiting_reviews(*, viewer: Viewer, at: datetime) -> int:
    """How many emergency accesses wait to be gone through? Equal to the rows with an open review."""
    if not viewer.may(Permission.SEE_LOG):
        return 0
    people = visible_person_ids(viewer=viewer, purpose=Purpose.PRIVACY, part=Part.LOG, at=at)
    tasks = table("worklist.Task").objects.filter(source="emergency", done_on=None, ended_on=None)
    keys = EmergencyAccess.objects.filter(person_id__in=people).values("key")
    return int(tasks.filter(subject_key__in=keys).count())


def emergency_to_second(*, viewer: Viewer, key: str, at: datetime) -> EmergencyAccess:
    """Which emergency access is it, that this viewer could agree to? Errors: NotVisible."""
    emergency = EmergencyAccess.objects.filter(key=key, unit_id=viewer.unit_id, until__gt=at, needs_second=True).first()
    if emergency is None or not viewer.may(Permission.BREAK_GLASS):
        raise NotVisible
    return emergency


def emergency_until(*, viewer: Viewer, person_id: int, at: datetime) -> datetime | None:
    """Until when does this viewer's emergency access to the person last? None when she has none that counts."""
    mine = EmergencyAccess.objects.filter(
        person_id=person_id, staff_id=viewer.staff_id, unit_id=viewer.unit_id, opened_at__lte=at, until__gt=at
    )
    counting = [e.until for e in mine if not e.needs_second or e.seconded_by_id is not None]
    return max(counting, default=None)
