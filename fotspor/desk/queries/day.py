"""The day's page: who needs me today, and who is about to slip?"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Min, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from fotspor.access.queries import NotVisible
from fotspor.access.rules import Part, Permission, Purpose, Viewer
from fotspor.desk.queries.rows import Row, handover_keys, row_of
from fotspor.kit import phrases
from fotspor.kit.subqueries import fetched_once
from fotspor.pathways.queries import batons
from fotspor.pathways.queries.agreements import agreed
from fotspor.pathways.queries.contacts import booked_today
from fotspor.people.labels import display_name, initials
from fotspor.people.models import Journey, Person
from fotspor.people.queries import NAMED, mothers, visible_people
from fotspor.worklist import labels as words
from fotspor.worklist import queries as worklist
from fotspor.worklist.models import Task
from fotspor.worklist.rules import DayClass, Urgency, is_gone

PAGE = 50  # households
BANNERS = 3
SENT_SINCE = timedelta(days=7)

# What a row is made of, and nothing else: a list reads some two hundred columns less for each.
TASK = (
    "key", "source", "ref", "subject_key", "journey", "person", "unit__name", "unit__kind", "title", "rule",
    "rule_version", "facts", "urgency", "for_leader", "booked_on", "booked_time", "risk", "opens_on", "due_on",
    "closes_on", "due_before", "done_on", "ended_on", "end_reason", "taken_at", "taken_by", "done_by",
    "staff__given_name", "staff__family_name",
)  # fmt: skip
JOURNEY = (
    "journey__child", "journey__is_sealed", "journey__closed_on", "journey__close_reason", "journey__key",
    "journey__pregnancy__due_on", "journey__pregnancy__outcome", "journey__pregnancy__mother",
)  # fmt: skip
PEOPLE = ("person", "journey__child", "journey__pregnancy__mother")


@dataclass(frozen=True, slots=True)
class Household:
    """People who share the child's registered address, and what waits for them."""

    id: str
    name: str
    icon: str
    people: str
    note: str
    tasks: list[Row]
    initials: str = ""  # on paper, instead of the people


@dataclass(frozen=True, slots=True)
class Day:
    """Everything on the day's page. The counts of the classes add up to `counts.all`, which is the rows there are."""

    counts: worklist.Counts
    chosen: DayClass | None
    households: list[Household]
    flat: list[Row]
    shown: int
    household_count: int
    pages: int
    page: int
    safety: list[Row]
    safety_more: int
    next_on: date | None
    is_first: bool  # nothing waits, nothing is coming, and she has not done anything here yet
    people: list[str]  # Person.keys, for the log


def mine(*, viewer: Viewer, today: date, whole_unit: bool = False) -> QuerySet[Task]:
    """Which tasks does the day's page show: the viewer's own and those nobody has, or the whole unit's?"""
    if not viewer.may(Permission.SEE_DAY):
        return Task.objects.none()
    if whole_unit:
        return worklist.tasks(viewer=viewer, purpose=Purpose.CARE, today=today)
    return worklist.personal(viewer=viewer, today=today)


def badge(*, viewer: Viewer, today: date) -> int:
    """How many tasks wait? The number in the rail; equal to the page's own."""
    return sum(number for _class, number in _numbers(viewer=viewer, today=today))


@fetched_once()
def _numbers(*, viewer: Viewer, today: date) -> QuerySet:
    return worklist.numbers(mine(viewer=viewer, today=today), today)


@fetched_once()
def _open_tasks(*, viewer: Viewer, today: date, whole_unit: bool) -> QuerySet[Task]:
    return _with_people(worklist.shown(mine(viewer=viewer, today=today, whole_unit=whole_unit), today))


def _with_people(shown: QuerySet[Task]) -> QuerySet[Task]:
    shown = shown.prefetch_related(mothers("person"), mothers("journey__child"))
    return shown.only(*TASK, *JOURNEY, *(f"{path}__{name}" for path in PEOPLE for name in NAMED))


def _prepared(viewer: Viewer, tasks: list[Task], at: datetime) -> list[Task]:
    """The tasks, each with the handover behind it. The number of questions does not grow."""
    sent = batons.handovers_by_keys(viewer=viewer, keys=handover_keys(tasks), at=at)
    for task in tasks:
        task.sent = sent.get(task.subject_key)
        task.is_ours = task.sent is not None and task.sent.handover.from_unit_id == viewer.unit_id
    return tasks


def _known(task: Task) -> Person | None:
    """Whom the sender's own baton is about. It stands with her household; one that is only offered stands alone."""
    return task.sent.subject if task.is_ours and task.sent.shows_name else None


def day(
    *, viewer: Viewer, at: datetime, chosen: DayClass | None = None, page: int = 1, whole_unit: bool = False,
    hides: bool = False,
) -> Day:  # fmt: skip
    """Who needs the viewer today? Households in order of their most urgent task; 50 households a page."""
    today = timezone.localdate(at)
    found = mine(viewer=viewer, today=today, whole_unit=whole_unit)
    every = _prepared(viewer, _open_tasks(viewer=viewer, today=today, whole_unit=whole_unit), at)
    kept = [task for task in every if chosen is None or task.day_class == chosen]
    groups = list(worklist.households(kept, about=_known).values())
    pages = max(1, -(-len(groups) // PAGE))
    page = min(max(1, page), pages)
    here = groups[(page - 1) * PAGE : page * PAGE]
    on_page = {task.pk for tasks in here for task in tasks}
    urgent = [task for task in every if task.urgency == Urgency.SAFETY]
    shown = [task for task in kept if task.pk in on_page] + [task for task in urgent if task.pk not in on_page]
    rows = {task.pk: _row(task, at, hides) for task in shown}
    seen = _visible(viewer, shown, at)
    coming = None if every else _next_window(found, today)
    return Day(
        counts=worklist.counted(every),
        chosen=chosen,
        households=[_household(number, tasks, rows, seen, today) for number, tasks in enumerate(here)],
        flat=[rows[task.pk] for task in kept if task.pk in on_page],
        shown=len(kept),
        household_count=len(groups),
        pages=pages,
        page=page,
        safety=[rows[task.pk] for task in urgent[:BANNERS]],
        safety_more=max(0, len(urgent) - BANNERS),
        next_on=coming,
        is_first=not every and coming is None and not worklist.has_worked(viewer=viewer),
        people=sorted({person.key for task in shown for person in _around(task, seen)}),
    )


def _row(task: Task, at: datetime, hides: bool) -> Row:
    now = timezone.localtime(at)
    row = row_of(task, today=now.date(), sent=task.sent, hides=hides, now=now.time())
    return replace(row, check_url=reverse("desk:day_task", args=[task.key]))


def row(*, viewer: Viewer, at: datetime, key: str, since: datetime, hides: bool = False) -> tuple[Row, list[str]]:
    """How does this row stand now, to somebody who saw it on the list at `since`? With the keys of the people in it.

    Shape   one that a colleague has taken, done or ended has a receipt instead of its action.
    Errors  NotVisible for a task that the viewer may not see.
    """
    today = timezone.localdate(at)
    found = worklist.tasks(viewer=viewer, purpose=Purpose.CARE, today=today).filter(key=key)
    tasks = _prepared(viewer, list(_with_people(worklist.as_rows(found, today))), at)
    if not tasks:
        raise NotVisible
    task, people = tasks[0], sorted({person.key for person in _around(tasks[0], set())})
    row = _row(task, at, hides)
    if is_gone(task, since=since, staff_id=viewer.staff_id):
        row = replace(row, url="", action="", check_url="", receipt=words.receipt(task, viewer.staff_id))
    return row, people


def taken(*, viewer: Viewer, at: datetime, since: datetime) -> list[str]:
    """Which rows that may stand on the viewer's screen have others taken, done or ended since then? Their keys."""
    return worklist.taken_since(viewer=viewer, since=since, today=timezone.localdate(at))


def _around(task: Task, seen: set[int]) -> list[Person]:
    """Whose names stand around a task: whom it is about, the child if the viewer may see it, whom a baton is about."""
    is_with = task.journey_id and task.journey.child_id and not worklist.is_behind_seal(task)
    child = task.journey.child if is_with else None
    found = [task.person] if task.person_id else []
    if child is not None and child.pk in seen and child.pk != task.person_id:
        found.append(child)
    if task.sent is not None and task.sent.shows_name:
        found.append(task.sent.subject)
    return found


def _next_window(found: QuerySet[Task], today: date) -> date | None:
    return found.open().filter(opens_on__gt=today).order_by().aggregate(first=Min("opens_on"))["first"]


def _visible(viewer: Viewer, tasks: list[Task], at: datetime) -> set[int]:
    """Which of the people around these tasks may the viewer see in lists? Children of a task about a parent, mostly."""
    ids = {task.journey.child_id for task in tasks if task.journey_id and task.journey.child_id}
    ids -= {task.person_id for task in tasks}
    if not ids:
        return set()
    people = visible_people(viewer=viewer, purpose=Purpose.CARE, part=Part.LISTED, at=at, few=True)
    return set(people.filter(id__in=ids).values_list("id", flat=True))


def _household(number: int, tasks: list[Task], rows: dict[int, Row], seen: set[int], today: date) -> Household:
    people = {person.pk: person for task in tasks for person in _around(task, seen)}
    children = [p for p in people.values() if is_child(p, today)]
    named = children[0] if children else next(iter(people.values()), None)
    neutral = named is None or any(p.is_graded for p in people.values())
    icon = "House" if named is None else _icon(named, tasks, today)
    mother_ids = {row.guardian_id for p in people.values() if is_child(p, today) for row in getattr(p, "mothers", ())}
    return Household(
        id=f"household-{number}",
        name=gettext("Household") if neutral else named.family_name or display_name(named),
        icon=icon,
        people="" if neutral else " · ".join(_person_line(p, tasks, today, mother_ids) for p in people.values()),
        note=_note(people.values(), today),
        tasks=[rows[task.pk] for task in tasks],
        initials="" if neutral else " · ".join(_short_line(p, today) for p in people.values()),
    )


def is_child(person: Person, today: date) -> bool:
    """Is it a child, for the purpose of a heading?"""
    return person.born_on is not None and (today - person.born_on).days < 365 * 12


def _icon(named: Person, tasks: list[Task], today: date) -> str:
    if not is_child(named, today):
        return "PersonPregnant" if any(_unborn(task) for task in tasks) else "Person"
    return "BabyWrapped" if (today - named.born_on).days < 365 * 2 else "FigureChild"


def _person_line(person: Person, tasks: list[Task], today: date, mother_ids: set[int]) -> str:
    name = display_name(person)
    if is_child(person, today) and person.died_on is None:
        return f"{name}, {phrases.age(person.born_on, today)}"
    for unborn in filter(None, map(_unborn, tasks)):
        if unborn.pregnancy.mother_id == person.pk:
            week = phrases.pregnancy_week(unborn.pregnancy.due_on, today)
            return gettext("%(name)s, pregnant, %(week)s") % {"name": name, "week": week}
    return gettext("%(name)s (mother)") % {"name": name} if person.pk in mother_ids else name


def _short_line(person: Person, today: date) -> str:
    """«B. O., 3 md», and the initials alone of a grown-up."""
    parts = [initials(person)]
    if is_child(person, today) and person.died_on is None:
        parts.append(phrases.age(person.born_on, today))
    return ", ".join(part for part in parts if part)


def _unborn(task: Task) -> Journey | None:
    """The task's journey while the child is expected. One that has ended says nothing of weeks."""
    journey = task.journey
    return journey if journey is not None and journey.child_id is None and journey.closed_on is None else None


def _note(people: Iterable[Person], today: date) -> str:
    if any(is_child(p, today) and p.died_on is None and (today - p.born_on).days < 28 for p in people):
        return gettext("Newborn")
    return gettext("Interpreter") if any(p.interpreter_language for p in people) else ""


# --- beside the list --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Appointment:
    """One of today's appointments."""

    at: object  # a wall-clock time
    title: str
    url: str
    meta: str
    past: bool
    person: str = ""  # Person.key of whoever is named, for the log


def agenda(*, viewer: Viewer, at: datetime) -> list[Appointment]:
    """Which appointments has the viewer today? A group stands once."""
    now, today = timezone.localtime(at).time(), timezone.localdate(at)
    found, groups = [], set()
    for contact in booked_today(viewer=viewer, today=today, at=at):
        if contact.booked_time is None:
            continue
        person = ""
        if contact.group_id:
            if contact.group_id in groups:
                continue
            groups.add(contact.group_id)
            title, url = contact.group.title, reverse("pathways:group", args=[contact.group.key])
        else:
            title, url = _called(contact.journey, today), reverse("pathways:contact", args=[contact.key])
            person = contact.journey.subject.key
        meta = contact.place or gettext(contact.title)
        found.append(Appointment(contact.booked_time, title, url, meta, contact.booked_time < now, person))
    tomorrow = today + timedelta(days=1)
    for each in agreed(viewer=viewer, from_on=today, until_on=tomorrow, only_mine=True, at=at):
        if each.at is not None:
            url = reverse("instruments:duty", args=[each.duty_key])
            name, meta = display_name(each.person), gettext("Conversation")
            found.append(Appointment(each.at, name, url, meta, each.at < now, each.person.key))
    return sorted(found, key=lambda one: one.at)


def _called(journey: Journey, today: date) -> str:
    """«Blid Osp, 3 md», «Kari Nordmann, uke 31»."""
    name = display_name(journey.subject)
    if journey.child_id is None:
        return f"{name}, {phrases.pregnancy_week(journey.pregnancy.due_on, today)}"
    return f"{name}, {phrases.age(journey.child.born_on, today)}" if journey.child.born_on else name


def sent_batons(*, viewer: Viewer, at: datetime) -> list[batons.Sent]:
    """Which batons has the viewer's unit sent lately, or not had answered?"""
    rows = batons.sent(viewer=viewer, at=at, since=timezone.localdate(at) - SENT_SINCE)
    return [row for row in rows if row.standing in ("sent", "with_leader", "accepted", "declined")][:5]


def printed(found: Day) -> Day:
    """The list as it is printed: initials for names, without scores, and without what results say."""
    plain = []
    for number, house in enumerate(found.households, start=1):
        name = gettext("Household %(number)s") % {"number": number}
        rows = [replace(row, title=row.on_paper, who=row.initials, why="") for row in house.tasks]
        rows.sort(key=lambda row: (not row.clock, row.clock))
        plain.append(replace(house, name=name, people=house.initials, tasks=rows))
    return replace(found, households=plain)
