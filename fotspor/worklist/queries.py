"""Which tasks: narrowed to what the viewer may see, in the order of `rules.RANKS`, classed by `rules.CLASSES`."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    DateField,
    DurationField,
    ExpressionWrapper,
    F,
    IntegerField,
    Q,
    QuerySet,
    TimeField,
    Value,
    When,
)
from django.db.models.functions import Cast
from django.utils import timezone

from fotspor.access import queries as access
from fotspor.access.rules import Part, Permission, Purpose, Viewer
from fotspor.kit.clock import start_of
from fotspor.kit.subqueries import IsOneOf, fetched_once
from fotspor.people.models import Journey, Person
from fotspor.people.queries import mothers
from fotspor.services.models import Absence, Staff, Unit
from fotspor.services.queries import viewers_at
from fotspor.worklist import rules
from fotspor.worklist.models import Task
from fotspor.worklist.rules import DayClass, Operator

PART_OF = {Purpose.CARE: Part.LISTED, Purpose.LEADERSHIP: Part.TASKS}


def away(on: date) -> QuerySet[Absence]:
    """Who is away on that day?"""
    return Absence.objects.filter(from_on__lte=on, until_on__gt=on)


def stood_in_for(*, viewer: Viewer, on: date) -> QuerySet:
    """For which members of staff does the viewer answer today?"""
    return away(on).filter(substitute_id=viewer.staff_id).values("staff_id")


def tasks(*, viewer: Viewer, purpose: Purpose, today: date) -> QuerySet[Task]:
    """Which tasks may this viewer see for this purpose? All states; ask `.visible_from(today)` for the open ones.

    Shape   CARE: the unit's tasks and those of people the viewer stands in for; LEADERSHIP: all of the own unit's;
            PRIVACY: emergency accesses; ADMINISTRATION: what the installation needs. Narrowed to people the viewer may
            see, and who are not her family; a leader also gets, with `hides_person` and so without a name, what waits
            for protected people whom nobody in the unit follows, what no leader of another unit can see
            (`access.queries.fallen`), and emergency accesses that no officer may go through.
    """
    if purpose is Purpose.PRIVACY:
        return _reviews(viewer, start_of(today))
    if purpose is Purpose.ADMINISTRATION:
        of_installation = Task.objects.filter(source=Task.Source.OPERATION)
        return of_installation if viewer.may(Permission.OPERATE) else Task.objects.none()
    if purpose not in PART_OF or viewer.unit_id is None:
        return Task.objects.none()
    seen = access.may_be_seen("person", viewer=viewer, purpose=purpose, part=PART_OF[purpose], at=start_of(today))
    found = Task.objects.all()
    if viewer.role != "midwife":
        found = found.exclude(source=Task.Source.LOSS)  # a lost pregnancy is seen by midwives only
    named = Q(person=None) | Q(seen)
    if purpose is Purpose.LEADERSHIP:
        return _led(found, named, viewer, today)
    mine = Q(unit_id=viewer.unit_id) | Q(IsOneOf("staff_id", stood_in_for(viewer=viewer, on=today)))
    return found.exclude(source=Task.Source.EMERGENCY).filter(named).filter(mine, for_leader=False)


def _reviews(viewer: Viewer, at: datetime) -> QuerySet[Task]:
    """An officer's tasks. Whoever is family leaves them to another officer, or to the leader who finds one."""
    if not viewer.may(Permission.SEE_LOG):
        return Task.objects.none()
    seen = access.visible_person_ids(viewer=viewer, purpose=Purpose.PRIVACY, part=Part.LOG, at=at)
    return Task.objects.filter(source=Task.Source.EMERGENCY, person_id__in=seen)


def _led(found: QuerySet[Task], named: Q, viewer: Viewer, today: date) -> QuerySet[Task]:
    """A leader's tasks: those whose person she may see, and nameless those that nobody else in the unit sees."""
    at = start_of(today)
    unseen = Q(person_id__in=access.unfollowed_person_ids(viewer=viewer, at=at))
    unseen |= Q(for_leader=True, person_id__in=access.protected_person_ids(viewer=viewer, at=at))
    own = Q(unit_id=viewer.unit_id)
    of_officers = Q(source=Task.Source.EMERGENCY)
    hides = Case(When(own & named & ~of_officers, then=Value(False)), default=Value(True), output_field=BooleanField())
    hers = ~of_officers & ((own & (named | unseen)) | _fallen(viewer, at))
    left = of_officers & Q(person_id__in=access.unreviewed_person_ids(viewer=viewer, at=at))
    return found.filter(hers | left).annotate(hides_person=hides)


def _fallen(viewer: Viewer, at: datetime) -> Q:
    """What waits in other units and falls to this leader, nameless, since theirs cannot see it."""
    found = Q(pk__in=[])
    for each in access.fallen(viewer=viewer, at=at):
        about = Q(person_id__in=each.people) | (Q(person=None) if None in each.people else Q(pk__in=[]))
        of_leader = about & Q(for_leader=True)
        found |= Q(unit_id=each.unit_id) & (of_leader | Q(person_id__in=each.unfollowed))
    return found


def personal(*, viewer: Viewer, today: date) -> QuerySet[Task]:
    """Which tasks wait for this viewer? Own ones, those of people away, and those nobody in the unit has.

    An alarm stays with everybody in the unit until it is answered, whoever has taken it.
    """
    found = tasks(viewer=viewer, purpose=Purpose.CARE, today=today)
    mine = Q(staff=None) | Q(staff_id=viewer.staff_id) | Q(staff_id__in=away(today).values("staff_id"))
    return found.filter(mine | Q(urgency=rules.Urgency.SAFETY, unit_id=viewer.unit_id))


def shown(found: QuerySet[Task], today: date) -> QuerySet[Task]:
    """The open tasks of a set whose window has opened, classed and in order, with what a row needs."""
    return in_order(as_rows(found.visible_from(today), today), today)


def as_rows(found: QuerySet[Task], today: date) -> QuerySet[Task]:
    """Tasks in any state, classed, with what a row needs."""
    return classed(found, today).select_related(
        "person", "journey__child", "journey__pregnancy__mother", "unit", "staff"
    )


def taken_since(*, viewer: Viewer, since: datetime, today: date) -> list[str]:
    """Which of the tasks the viewer may see were taken, done or ended by others since then? Their keys."""
    found = tasks(viewer=viewer, purpose=Purpose.CARE, today=today).filter(taken_at__gt=since)
    return list(found.exclude(taken_by_id=viewer.staff_id).order_by("pk").values_list("key", flat=True))


def about_whom(*, viewer: Viewer, today: date) -> list[Person]:
    """Whom are the tasks on the viewer's list about? By name, each once."""
    ids = personal(viewer=viewer, today=today).visible_from(today).exclude(person=None).values("person_id")
    people = Person.objects.filter(pk__in=ids).defer("identity_number").prefetch_related(mothers())
    return list(people.order_by("sort_name", "pk"))


def task_by_key(*, viewer: Viewer, purpose: Purpose, key: str, today: date) -> Task:
    """Which task is this? Errors: NotVisible for one the viewer may not see, or may see only without its person."""
    found = tasks(viewer=viewer, purpose=purpose, today=today).select_related("person", "unit", "staff")
    task = found.filter(key=key).first()
    if task is None or getattr(task, "hides_person", False):
        raise access.NotVisible
    return task


def nameless_task(*, viewer: Viewer, key: str, today: date) -> Task:
    """Which task is this, of those a leader sees without a name? Errors: NotVisible for every other."""
    found = tasks(viewer=viewer, purpose=Purpose.LEADERSHIP, today=today).open().filter(key=key, hides_person=True)
    task = found.exclude(source=Task.Source.EMERGENCY).defer("note").first()
    if task is None:
        raise access.NotVisible
    return task


def open_about(*, person_id: int, unit_id: int | None) -> QuerySet[Task]:
    """What is open in the unit about this person? Asks no permission: for actions."""
    return Task.objects.open().filter(person_id=person_id, unit_id=unit_id).order_by("pk")


def of_the_child() -> Q:
    """Which tasks of a journey stand with its child? After an adoption none about others or from before the birth.

    Those stay on the lists of whoever must do them, away from the child.
    """
    after = Q(person=None) | Q(person=F("journey__child"))
    return Q(journey__is_sealed=False) | (after & Q(opens_on__gte=F("journey__child__born_on")))


def open_journey_of(person: Person) -> Journey | None:
    """Which open journey is this person's own: as the child, or before birth as the mother?"""
    mine = Q(child=person) | Q(child=None, pregnancy__mother=person)
    return Journey.objects.open().filter(mine).order_by("-pk").first()


def receivers(*, task: Task, today: date) -> list[Staff]:
    """Who in the task's unit may be given it? Those who would see it on their own list: never family.

    Shape   by family name; a leader's task goes to leaders, the others to those who meet families too.
    """
    found: dict[int, Staff] = {}
    for staff, viewer in viewers_at(unit_id=task.unit_id, on=today):
        if staff.pk not in found and _would_see(viewer, task, today):
            found[staff.pk] = staff
    return list(found.values())


def _would_see(viewer: Viewer, task: Task, today: date) -> bool:
    """Would it stand on her own list, and may she do what it asks for? A leader who meets no family may not."""
    purpose, needed = Purpose.CARE, Permission.RECORD_CONTACT
    if task.source == Task.Source.EMERGENCY:
        purpose, needed = Purpose.PRIVACY, Permission.SEE_LOG
    elif task.for_leader:
        purpose, needed = Purpose.LEADERSHIP, Permission.SEE_UNIT
    if not viewer.may(needed):
        return False
    seen = tasks(viewer=viewer, purpose=purpose, today=today).filter(pk=task.pk).first()
    return seen is not None and not getattr(seen, "hides_person", False)


def may_follow(*, person_id: int, unit_id: int | None, at: datetime) -> list[Staff]:
    """Who in the unit sees what waits for this person, and may be given a task about them? By family name."""
    listed = {"person_id": person_id, "purpose": Purpose.CARE, "part": Part.LISTED, "at": at}
    found: dict[int, Staff] = {}
    for staff, viewer in viewers_at(unit_id=unit_id, on=timezone.localdate(at)):
        if staff.pk not in found and access.decision_for(viewer=viewer, **listed).allowed:
            found[staff.pk] = staff
    return list(found.values())


def has_worked(*, viewer: Viewer) -> bool:
    """Has the viewer taken or finished a task before? Somebody new is told where to begin."""
    return Task.objects.filter(Q(taken_by_id=viewer.staff_id) | Q(done_by_id=viewer.staff_id)).exists()


def is_closed_by(unit_id: int | None, on: date) -> bool:
    """Has the unit closed when that day comes?"""
    return Unit.objects.filter(pk=unit_id, until_on__lte=on).exists()


def open_of(*, source: str, scope: str, journey_ids: Collection[int] | None = None) -> dict[str, Task]:
    """Which tasks of one source are open, by ref? `scope` is a prefix of ref; `journey_ids` narrows it."""
    if journey_ids is not None and len(journey_ids) == 1:
        (journey_id,) = journey_ids
        return {task.ref: task for task in _open_of_one(source=source, scope=scope, journey_id=journey_id)}
    found = _open_in(source, scope)
    return {task.ref: task for task in (found if journey_ids is None else found.filter(journey_id__in=journey_ids))}


def _open_in(source: str, scope: str) -> QuerySet[Task]:
    return Task.objects.open().filter(source=source, ref__startswith=scope)


@fetched_once("journey_id")
def _open_of_one(*, source: str, scope: str, journey_id: int) -> QuerySet[Task]:
    return _open_in(source, scope).filter(journey_id=journey_id)


def differences(
    *, source: str, scope: str, wanted: Iterable[rules.Wanted], journey_ids: Collection[int] | None = None
) -> list[str]:
    """Which open tasks are not what follows from the facts? For `plan --check`."""
    left = open_of(source=source, scope=scope, journey_ids=journey_ids)
    found = []
    for want in wanted:
        task = left.pop(want.ref, None)
        if want.done_on is not None:
            if task is not None:
                found.append(f"{want.ref}: open, though done")
        elif task is None:
            found.append(f"{want.ref}: missing")
        elif rules.differing(task, want):
            found.append(f"{want.ref}: differs")
    return found + [f"{ref}: open, though nothing asks for it" for ref in left]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many in each class; they add up to `all`."""

    by_class: dict[DayClass, int]

    @property
    def all(self) -> int:
        return sum(self.by_class.values())

    def __getitem__(self, name: DayClass) -> int:
        return self.by_class[name]


def counts(*, viewer: Viewer, purpose: Purpose, today: date, found: QuerySet[Task] | None = None) -> Counts:
    """How many tasks stand in each class today? Of `found` (a set from this module), or of all the viewer sees."""
    whole = tasks(viewer=viewer, purpose=purpose, today=today) if found is None else found
    by_class = dict.fromkeys(DayClass, 0)
    by_class.update({DayClass(name): number for name, number in numbers(whole, today)})
    return Counts(by_class)


def numbers(found: QuerySet[Task], today: date) -> QuerySet:
    """How many of a set stand in each class today? Shape: (class, number), as a query; an empty class has no row."""
    return classed(found.visible_from(today), today).order_by().values_list("day_class").annotate(Count("id"))


def counted(listed: Iterable[Task]) -> Counts:
    """How many stand in each class of a list that is there already, with everything that `shown` gives it?"""
    number = Counter(DayClass(task.day_class) for task in listed)
    return Counts({name: number[name] for name in DayClass})


def overdue(*, viewer: Viewer, purpose: Purpose, today: date) -> QuerySet[Task]:
    """Which tasks are past their last day? The same set in list, count and badge."""
    return tasks(viewer=viewer, purpose=purpose, today=today).overdue(today)


# --- the rules' tables, compiled -------------------------------------------------------------------------


def _condition(comparison: rules.Comparison, today: date) -> Q:
    value = today if comparison.value is rules.Moment.TODAY else comparison.value
    lookup = {Operator.IS: "", Operator.IN: "__in", Operator.BEFORE: "__lt"}[comparison.operator]
    return Q(**{f"{comparison.field}{lookup}": value})


def _case(clauses: Sequence[rules.Clause], values: Iterable, today: date, output) -> Case:
    *named, (_rest, default) = zip(clauses, values, strict=True)
    return Case(
        *(When(_condition(clause.when, today), then=Value(value)) for clause, value in named),
        default=Value(default),
        output_field=output,
    )


def classed(found: QuerySet[Task], today: date) -> QuerySet[Task]:
    """The tasks with `day_class`, the set form of `rules.day_class`."""
    names = [str(clause.name) for clause in rules.CLASSES]
    return found.annotate(day_class=_case(rules.CLASSES, names, today, CharField()))


def in_order(found: QuerySet[Task], today: date) -> QuerySet[Task]:
    """The tasks in the order of `rules.order`."""
    late = ExpressionWrapper(Value(today, output_field=DateField()) - F("closes_on"), output_field=DurationField())
    weight = Case(
        When(
            closes_on__lt=today,
            then=ExpressionWrapper(late * Cast("risk", IntegerField()), output_field=DurationField()),
        ),
        default=Value(None),
        output_field=DurationField(),
    )
    ranked = found.annotate(
        rank=_case(rules.RANKS, range(len(rules.RANKS)), today, IntegerField()),
        weight=weight,
        clock=Case(When(booked_on=today, then=F("booked_time")), default=Value(None), output_field=TimeField()),
    )
    ties = [
        F(tie.removeprefix("-")).desc(nulls_last=True) if tie.startswith("-") else F(tie).asc(nulls_last=True)
        for tie in rules.TIES
    ]
    return ranked.order_by("rank", *ties)


# --- households ------------------------------------------------------------------------------------------


def is_behind_seal(task: Task) -> bool:
    """Is the task about somebody whom an adoption has parted from the journey's child?"""
    journey = task.journey
    return journey is not None and journey.is_sealed and task.person_id not in (None, journey.child_id)


def living(task: Task, person: Person | None = None) -> rules.Living:
    """Where do the task's person and its journey's child live? Needs what `shown` selects.

    Shape   `person` is whom a task without one is about, when the caller knows that the viewer may see it.
    """
    person, journey = task.person or person, task.journey
    child = journey.child if journey is not None and journey.child_id and not is_behind_seal(task) else None
    return rules.Living(
        person_key=person.key if person else task.key,
        person_household=person.household if person else "",
        child_household=child.household if child else "",
        is_protected=bool(person)
        and (person.protection != person.Protection.NONE or person.address_protection != person.AddressProtection.NONE),
    )


def households(
    found: Iterable[Task], about: Callable[[Task], Person | None] = lambda task: None
) -> dict[str, list[Task]]:
    """The tasks of `shown`, grouped by household, the most urgent household first. `about` as `person` in `living`."""
    return rules.by_household((rules.household_key(living(task, about(task))), task) for task in found)


def begun(found: QuerySet[Task], at: datetime) -> QuerySet[Task]:
    """The tasks without those of a leader whose hour has not come: with `due_before`, one begins then on its first day.

    So a safety conversation that is open at closing time reaches the leader without anything having to run.
    """
    local = timezone.localtime(at)
    return found.exclude(for_leader=True, opens_on=local.date(), due_before__gt=local.time())
