"""Derive, type, assign and close tasks. Slices above hand in the wanted set; the facts decide, never this table."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from fotspor.access import actions as access
from fotspor.access.queries import refuse_in_emergency
from fotspor.access.rules import Permission, Viewer
from fotspor.kit.errors import Refused
from fotspor.kit.facts import Fact, Kind
from fotspor.people.models import Journey, Person
from fotspor.services.models import Staff
from fotspor.worklist import queries, rules
from fotspor.worklist.models import Task
from fotspor.worklist.rules import Urgency, Wanted

LATEST_TYPED = timedelta(days=366)
LEADER_MARK = ":leader:"  # a ref that holds this belongs to the unit's leader
TYPED_TITLES = {
    "call": gettext_noop("Call"),
    "letter": gettext_noop("Write a letter"),
    "meeting": gettext_noop("Arrange a meeting"),
    "check": gettext_noop("Check back"),
    "other": gettext_noop("Remember"),
}
TYPED_RULE = gettext_noop("A colleague wrote this task.")
LOOKS_TITLE = gettext_noop("Follow up looks at a record")
LOOKS_RULE = gettext_noop("Somebody went through an employee's looks and found that they need follow-up.")
LOOKS_MARK = "looks:"  # such a task closes when another outcome is written
EMERGENCY_TITLE = gettext_noop("Go through an emergency access")
EMERGENCY_RULE = gettext_noop(
    "Somebody opened a record with emergency access. The data-protection officer goes through it."
)
ENDED_WITH_PREGNANCY = gettext_noop("The pregnancy has ended.")
ENDED_WITH_DEATH = gettext_noop("The person has died.")


class NotAllowed(Refused):
    """This post may not do that."""


class CannotReceive(Refused):
    """Not at the unit, or somebody who does not see whom the task is about."""

    field = "staff"


class DayTooLate(Refused):
    """A task is written for a day more than a year ahead."""

    field = "due_on"


class HasTasks(Refused):
    """A unit is to close while somebody waits for it."""


class AlreadyClosed(Refused):
    """The task is done or ended."""


def reconcile(
    *,
    source: str,
    scope: str,
    wanted: Iterable[Wanted],
    by: Viewer,
    at: datetime,
    end_reason: str,
    journey_ids: Collection[int] | None = None,
) -> None:
    """Make the open tasks of one source and scope be what follows from the facts, in the caller's transaction.

    Shape   `scope` is a prefix of `ref`; `journey_ids` narrows it to those journeys. A wanted task with `done_on`
            closes the open one as done. An open task that nobody wants any more ends with `end_reason` (a message id).
            A staff member chosen by hand stays until the task changes unit.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("Tasks are reconciled in the transaction that records the fact.")
    left = queries.open_of(source=source, scope=scope, journey_ids=journey_ids)
    new, changed = [], []
    for want in wanted:
        task = left.pop(want.ref, None)
        if want.done_on is not None:
            if task is not None:
                task.done_on, task.done_by_id = want.done_on, want.done_by_id or by.staff_id
                _take(task, task.done_by_id, at)
                changed.append(task)
        elif task is None:
            new.append(_new(source, want, at))
        elif differing := rules.differing(task, want):
            for name, value in differing.items():
                setattr(task, name, value)
            if "staff_id" in differing:
                _take(task, want.staff_id, at)
            task.derived_at = at
            changed.append(task)
    today = timezone.localdate(at)
    for task in left.values():
        task.ended_on, task.end_reason = today, end_reason
        _take(task, by.staff_id, at)
    changed.extend(left.values())
    if new:
        Task.objects.bulk_create(new)
    _save_changed(changed)


def answer(*, source: str, scope: str, by: Viewer, at: datetime) -> None:
    """What these tasks asked for has been recorded: the open ones of that source and scope are done, by whoever did."""
    done = list(queries.open_of(source=source, scope=scope).values())
    for task in done:
        task.done_on, task.done_by_id = timezone.localdate(at), by.staff_id
        _take(task, by.staff_id, at)
    _save_changed(done)


FEW = 8  # building one statement for many rows and columns costs more than so many small ones


def _save_changed(changed: list[Task]) -> None:
    names = [*rules.COMPARED, "staff_id", "for_leader", "derived_at", "done_on", "done_by_id", "ended_on", "end_reason"]
    names += ["taken_at", "taken_by_id"]
    fields = [name.removesuffix("_id") for name in names]
    if len(changed) > FEW:
        Task.objects.bulk_update(changed, fields)
    else:
        for task in changed:
            task.save(update_fields=fields)


def _take(task: Task, staff_id: int | None, at: datetime) -> None:
    """Note who took, did or ended it; nobody when the system itself did, or when the whole unit has it again."""
    task.taken_at, task.taken_by_id = (at, staff_id) if staff_id else (None, None)


def _new(source: str, want: Wanted, at: datetime) -> Task:
    values = {name: getattr(want, name) for name in rules.COMPARED}
    values["facts"] = dict(want.facts)
    return Task(
        source=source,
        ref=want.ref,
        staff_id=want.staff_id,
        for_leader=LEADER_MARK in want.ref,
        derived_at=at,
        **values,
    )


# --- tasks that somebody writes --------------------------------------------------------------------------


@transaction.atomic
def type_task(
    *,
    kind: str,
    note: str,
    due_on: date,
    person: Person,
    journey: Journey | None = None,
    staff_id: int | None = None,
    by: Viewer,
    at: datetime,
) -> Task:
    """Write a task for oneself or the unit. `kind` is a key of TYPED_TITLES; the note is stored encrypted."""
    _may_work(by)
    today = timezone.localdate(at)
    if due_on < today:
        raise Refused(_("The day is past. Choose today or later."))
    if due_on > today + LATEST_TYPED:
        raise DayTooLate(_("The day is too far ahead. Choose one within a year."))
    if queries.is_closed_by(by.unit_id, due_on):
        raise Refused(_("The unit is closed that day. Choose an earlier day, or write the task in another unit."))
    refuse_in_emergency(viewer=by, person_id=person.pk, at=at)
    if staff_id is not None:
        _require_one_of(staff_id, queries.may_follow(person_id=person.pk, unit_id=by.unit_id, at=at))
    task = Task.objects.create(
        source=Task.Source.TYPED,
        ref="",
        title=TYPED_TITLES[kind],
        note=note,
        rule=TYPED_RULE,
        facts={},
        urgency=Urgency.WINDOW,
        opens_on=today,
        due_on=due_on,
        closes_on=due_on,
        person=person,
        journey=journey,
        unit_id=by.unit_id,
        staff_id=staff_id,
        derived_at=at,
    )
    task.ref = f"typed:{task.key}"
    task.save(update_fields=["ref"])
    access.log(type="worklist.task.written", by=by, at=at, person=person.key, object=f"worklist.task:{task.key}")
    return task


@transaction.atomic
def finish_typed(*, task: Task, by: Viewer, at: datetime) -> Task:
    """Say that a typed task, or the reading of an emergency access, is done."""
    if task.source not in FINISHED_BY_HAND or task.ref.startswith(LOOKS_MARK):
        raise Refused(_("This task closes when what it is about has been recorded."))
    if task.source != Task.Source.EMERGENCY:
        _may_work(by)
    elif not by.may(Permission.SEE_LOG):
        raise NotAllowed(_("Your role cannot do this."))
    task = Task.objects.select_for_update().get(pk=task.pk)
    _still_open(task)
    task.done_on, task.done_by_id = timezone.localdate(at), by.staff_id
    _take(task, by.staff_id, at)
    task.save(update_fields=["done_on", "done_by", "taken_at", "taken_by"])
    access.log(
        type="worklist.task.finished",
        by=by,
        at=at,
        person=task.person.key if task.person_id else "",
        object=f"worklist.task:{task.key}",
    )
    return task


@transaction.atomic
def assign(*, task: Task, staff_id: int | None, by: Viewer, at: datetime) -> Task:
    """Give an open task to a colleague of its unit, or back to the whole unit (None).

    Errors  NotAllowed; AlreadyClosed; CannotReceive for a colleague who would not see it on her own list.
    """
    if not (by.may(Permission.RECORD_CONTACT) or by.may(Permission.SEE_UNIT)):
        raise NotAllowed(_("Your role cannot do this."))
    task = Task.objects.select_for_update().get(pk=task.pk)
    _still_open(task)
    if task.unit_id is None or task.unit_id != by.unit_id:
        raise NotAllowed(_("The task belongs to another unit."))
    if staff_id is not None:
        _require_one_of(staff_id, queries.receivers(task=task, today=timezone.localdate(at)))
    task.staff_id = staff_id
    _take(task, staff_id, at)
    task.save(update_fields=["staff", "taken_at", "taken_by"])
    access.log(
        type="worklist.task.assigned",
        by=by,
        at=at,
        person=task.person.key if task.person_id else "",
        object=f"worklist.task:{task.key}",
        to=Staff.objects.get(pk=staff_id).key if staff_id else "",
    )
    return task


FINISHED_BY_HAND = frozenset({Task.Source.TYPED, Task.Source.EMERGENCY, Task.Source.LOSS, Task.Source.REGISTER})


def _require_one_of(staff_id: int, staff: Iterable[Staff]) -> None:
    """May the task stand with her? Errors: CannotReceive, in the same words whatever the reason."""
    if staff_id not in {one.pk for one in staff}:
        raise CannotReceive(_("Choose somebody who works at the unit and can follow this up."))


def _may_work(by: Viewer) -> None:
    if not by.may(Permission.RECORD_CONTACT):
        raise NotAllowed(_("Your role cannot do this."))


def _still_open(task: Task) -> None:
    if task.done_on or task.ended_on:
        raise AlreadyClosed(_("The task is already closed. Nothing was changed."))


# --- news from below -------------------------------------------------------------------------------------


def respond_to(fact: Fact) -> None:
    """What do tasks that no slice above derives owe to this fact?"""
    if fact.kind == Kind.EMERGENCY_ACCESS:
        _open_emergency_task(fact)
    elif fact.kind == Kind.LOOKS_REVIEWED:
        _answer_reviewed(fact)
    elif fact.kind == Kind.STAFF_LEFT:
        # The unit takes over at once: nothing stays only with somebody who has left.
        Task.objects.open().filter(staff_id=fact.facts["staff_id"]).update(staff=None)
    elif fact.kind == Kind.UNIT_CHANGED and "until_on" in fact.facts:
        if Task.objects.open().filter(unit_id=fact.facts["unit_id"]).exists():
            raise HasTasks(_("The unit has open tasks. They must be done or moved first. Nothing was changed."))
    elif fact.kind == Kind.MERGED:
        Task.objects.open().filter(person_id=fact.person_id).update(person_id=fact.facts["into_id"])
    elif fact.kind == Kind.PREGNANCY_ENDED and fact.journey_id is not None:
        _end_typed({"journey_id": fact.journey_id}, ENDED_WITH_PREGNANCY, fact)
    elif fact.kind == Kind.DIED and fact.person_id is not None:
        _end_typed({"person_id": fact.person_id}, ENDED_WITH_DEATH, fact)
    elif fact.kind in (Kind.ALIVE, Kind.STAYED, Kind.EXPECTED_AGAIN) and fact.person_id is not None:
        _take_up_again(fact)


def _end_typed(whose: Mapping[str, int], reason: str, fact: Fact) -> None:
    typed = Task.objects.open().filter(source=Task.Source.TYPED, **whose)
    typed.update(ended_on=timezone.localdate(fact.at), end_reason=reason)


WITH_THE_PLAN = (Task.Source.CONTACT, Task.Source.PLAN, Task.Source.STOP)


def _take_up_again(fact: Fact) -> None:
    """A death, a move or a loss was taken back: what ended with it stands again, with whoever had it and its own days.

    The slices above then end what no longer follows from the facts.
    """
    found = Task.objects.filter(person_id=fact.person_id, ended_on__isnull=False)
    reason = {Kind.ALIVE: ENDED_WITH_DEATH, Kind.EXPECTED_AGAIN: ENDED_WITH_PREGNANCY}.get(fact.kind)
    ended = Q(end_reason=reason) if reason else Q(pk__in=[])
    if fact.kind == Kind.EXPECTED_AGAIN:
        found = found.filter(journey_id=fact.journey_id)  # she may have lost another before
    if fact.facts["recorded_at"] is not None:
        ended |= Q(source__in=WITH_THE_PLAN, ended_on=timezone.localdate(fact.facts["recorded_at"]))
    today = timezone.localdate(fact.at)
    latest = {(task.source, task.ref): task for task in found.filter(ended).order_by("pk")}
    waiting = set(Task.objects.open().filter(person_id=fact.person_id).values_list("source", "ref"))
    for at, task in latest.items():
        if at in waiting or queries.is_closed_by(task.unit_id, today):
            continue
        task.ended_on, task.end_reason = None, ""
        if task.staff_id is not None and task.staff_id not in {
            one.pk for one in queries.receivers(task=task, today=today)
        }:
            task.staff_id = None
        _take(task, None, fact.at)
        task.save(update_fields=["ended_on", "end_reason", "staff", "taken_at", "taken_by"])


def _open_emergency_task(fact: Fact) -> None:
    key = fact.facts["emergency_key"]
    _open_officers_task(fact, ref=f"emergency:{key}", key=key, title=EMERGENCY_TITLE, rule=EMERGENCY_RULE)


def _open_officers_task(fact: Fact, *, ref: str, key: str, title: str, rule: str) -> None:
    on = timezone.localdate(fact.at)
    Task.objects.create(
        source=Task.Source.EMERGENCY,
        ref=ref,
        subject_key=key,
        title=title,
        rule=rule,
        facts={"opened_on": on.isoformat()},
        urgency=Urgency.RESULT,
        opens_on=on,
        due_on=on + timedelta(days=7),
        closes_on=on + timedelta(days=7),
        person_id=fact.person_id,
        unit_id=fact.facts["unit_id"],
        derived_at=fact.at,
    )


def _answer_reviewed(fact: Fact) -> None:
    """Looks are gone through: what needs follow-up is the officer's to do, and the emergencies among them are done."""
    ref = f"{LOOKS_MARK}{fact.facts['ref']}"
    reviewed = Q(ref=ref) | Q(ref__in=[f"emergency:{key}" for key in fact.facts["emergencies"]])
    done = {"done_on": timezone.localdate(fact.at), "done_by_id": fact.by_id}
    taken = {"taken_at": fact.at, "taken_by_id": fact.by_id}
    Task.objects.open().filter(reviewed, source=Task.Source.EMERGENCY).update(**done, **taken)
    if fact.facts["needs_follow_up"]:
        _open_officers_task(fact, ref=ref, key=fact.facts["subject_key"], title=LOOKS_TITLE, rule=LOOKS_RULE)
