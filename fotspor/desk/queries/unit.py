"""What a leader sees of her own unit: name, kind, deadline and holder. Never answers, scores or notes."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from fotspor.access.rules import Permission, Purpose, Viewer
from fotspor.desk import labels
from fotspor.desk.queries.colleagues import kind_of
from fotspor.kit.labels import Label
from fotspor.pathways.queries import batons
from fotspor.people.labels import display_name
from fotspor.people.queries import mothers
from fotspor.services.queries import NewPost, new_posts
from fotspor.worklist import labels as words
from fotspor.worklist import queries as worklist
from fotspor.worklist.models import Task
from fotspor.worklist.rules import DayClass

PAGE = 50


@dataclass(frozen=True, slots=True)
class Led:
    """One task of the unit, as its leader sees it."""

    name: str
    kind: str
    url: str
    label: Label
    status: str
    opens_on: date
    due_on: date
    closes_on: date
    holder: str
    is_for_leader: bool
    is_nameless: bool  # about a protected person: she finds somebody to follow up, and sees nothing else


@dataclass(frozen=True, slots=True)
class Unit:
    """The leader's page."""

    counts: worklist.Counts
    chosen: DayClass | None
    rows: list[Led]
    for_me: list[Led]
    page: int
    pages: int
    shown: int
    held: int
    held_by: list[tuple[str, int]]
    people: list[str]
    new_posts: list[NewPost]


def unit(*, viewer: Viewer, at: datetime, chosen: DayClass | None = None, page: int = 1) -> Unit:
    """What waits in the leader's own unit, and with whom?"""
    today = timezone.localdate(at)
    found = led(viewer=viewer, at=at)
    counts = worklist.counts(viewer=viewer, purpose=Purpose.LEADERSHIP, today=today, found=found)
    kept = worklist.shown(found, today)
    if chosen is not None:
        kept = kept.filter(day_class=chosen)
    shown = counts.all if chosen is None else counts[chosen]
    pages = max(1, -(-shown // PAGE))
    page = min(max(1, page), pages)
    tasks = list(_with_names(kept)[(page - 1) * PAGE : page * PAGE])
    mine = list(_with_names(worklist.shown(found.filter(for_leader=True), today)))
    keys = [t.subject_key for t in (*tasks, *mine) if t.ref.startswith("handover:")]
    sent = batons.handovers_by_keys(viewer=viewer, keys=keys, at=at)
    unheld = _unheld(viewer, (*tasks, *mine), today)
    held = batons.held_by_unit(viewer=viewer)
    by_staff = held.order_by().values_list("staff__given_name", "staff__family_name").annotate(number=Count("id"))
    return Unit(
        counts=counts,
        chosen=chosen,
        rows=[_led(task, sent, unheld, today, viewer) for task in tasks],
        for_me=[_led(task, sent, unheld, today, viewer) for task in mine],
        page=page,
        pages=pages,
        shown=shown,
        held=held.count(),
        held_by=sorted((f"{a} {b}" if a else gettext("nobody named"), n) for a, b, n in by_staff),
        people=[
            *(task.person.key for task in (*tasks, *mine) if task.person_id and not task.hides_person),
            *(row.journey.subject.key for row in unheld.values()),
            *(row.subject.key for row in sent.values() if row.shows_name),
        ],
        new_posts=new_posts(viewer=viewer, on=today),
    )


def led(*, viewer: Viewer, at: datetime) -> QuerySet[Task]:
    """Which tasks does the leader answer for today? None for those who lead no unit."""
    if not viewer.may(Permission.SEE_UNIT):
        return Task.objects.none()
    return worklist.begun(worklist.tasks(viewer=viewer, purpose=Purpose.LEADERSHIP, today=timezone.localdate(at)), at)


def badge(*, viewer: Viewer, at: datetime) -> int:
    """How many tasks wait for the leader herself? Equal to the page's own list."""
    return led(viewer=viewer, at=at).visible_from(timezone.localdate(at)).filter(for_leader=True).count()


def _with_names(tasks):
    plain = tasks.prefetch_related(mothers("person"))
    return plain.defer("note", "person__identity_number", "journey__child__identity_number")


def _unheld(viewer: Viewer, tasks: tuple[Task, ...], today: date) -> dict[str, batons.Unheld]:
    """The journeys that nobody holds, by key: who keeps that list must know whom she chooses a unit for."""
    keys = {task.subject_key for task in tasks if task.source == Task.Source.UNASSIGNED}
    return {row.key: row for row in batons.unassigned(viewer=viewer, on=today) if row.key in keys} if keys else {}


ASKED = {"register:alive:": "pathways:death_undo", "register:moved:": "pathways:move_undo"}  # by the register's file


def _led(
    task: Task, sent: dict[str, batons.Sent], unheld: dict[str, batons.Unheld], today: date, viewer: Viewer
) -> Led:
    label, status = labels.task_label(task, today)
    url = reverse("worklist:task", args=[task.key])
    if task.source == Task.Source.EMERGENCY:
        url = ""  # only an officer goes through it; the leader finds one who is not family
    elif task.hides_person:
        url = reverse("desk:name_colleagues", args=[task.key])
    elif task.source == Task.Source.ROUTINE and task.for_leader and task.subject_key:
        url = reverse("instruments:withdrawal", args=[task.subject_key])
    elif task.subject_key in sent:
        url = reverse("pathways:handover", args=[task.subject_key])
    elif task.source == Task.Source.UNASSIGNED:
        url = reverse("pathways:unassigned_assign", args=[task.subject_key])
    elif task.ref.startswith("closed:"):
        url = reverse("pathways:journey_closed", args=[task.subject_key])
    elif asked := next((name for ref, name in ASKED.items() if task.ref.startswith(ref)), ""):
        url = reverse(asked, args=[task.person.key])
    name = gettext("Not shown")
    if task.person_id and not task.hides_person:
        name = display_name(task.person)
    elif task.subject_key in sent:
        name = sent[task.subject_key].name
    elif task.subject_key in unheld:
        name = unheld[task.subject_key].name
    holder = task.staff.name if task.staff_id else gettext("the whole unit")
    if task.unit_id != viewer.unit_id:
        holder = task.unit.name if task.unit_id else gettext("nobody named")  # it has no leader who can see it
    return Led(
        name=name,
        kind=kind_of(task) if task.hides_person else words.title(task, Purpose.LEADERSHIP),
        url=url,
        label=label,
        status=status,
        opens_on=task.opens_on,
        due_on=task.due_on,
        closes_on=task.closes_on,
        holder=holder,
        is_for_leader=task.for_leader,
        is_nameless=task.hides_person,
    )
