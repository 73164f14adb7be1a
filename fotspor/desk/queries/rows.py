"""One task as a row: its tag, whom it is about, when, and the next thing to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time

from django.urls import reverse
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from fotspor.access.rules import Purpose
from fotspor.desk import labels
from fotspor.kit import phrases
from fotspor.kit.labels import Label
from fotspor.pathways.queries.batons import Sent
from fotspor.people.labels import display_name, initials
from fotspor.worklist import labels as worklist
from fotspor.worklist.models import Task
from fotspor.worklist.rules import DayClass, Urgency

Source = Task.Source

# The next thing to do, and where, by what the task comes from: (source, end of ref) first, then source.
NEXT = {
    (Source.ROUTINE, "safety"): (_("Open the conversation"), "instruments:duty"),
    (Source.ROUTINE, "support"): (_("Arrange a conversation"), "instruments:duty"),
    (Source.ROUTINE, "letter"): (_("Ask about a letter"), "instruments:duty"),
    (Source.ROUTINE, "sign"): (_("Finish and sign"), "instruments:response"),
    (Source.ROUTINE, ""): (_("Open"), "instruments:duty"),
    (Source.BATON, "declined"): (_("Choose again"), "pathways:handover"),
    (Source.BATON, "closed"): (_("Read"), "pathways:journey_closed"),
    (Source.BATON, "baton"): (_("Confirm"), "desk:child"),
    (Source.BATON, ""): (_("Read and take over"), "pathways:handover"),
    (Source.STOP, ""): (_("Ask after it"), "pathways:stop"),
    (Source.UNASSIGNED, ""): (_("Choose a unit"), "pathways:unassigned_assign"),
    (Source.ABSENCE, ""): (_("Follow up"), "pathways:contact"),
    (Source.PLAN, "place"): (_("Move the appointment"), "pathways:contact_book"),
    (Source.PLAN, "centre"): (_("Choose a health centre"), "pathways:handover_new"),
    (Source.PLAN, "plan"): (_("Open"), "desk:child"),
    (Source.CONTACT, "today"): (_("Start"), "pathways:contact"),
    (Source.CONTACT, "past"): (_("Record it"), "pathways:contact"),
    (Source.CONTACT, "booked"): (_("Prepare"), "pathways:contact"),
    (Source.CONTACT, ""): (_("Book a time"), "pathways:contact_book"),
}
NO_BREAK = "\u00a0"
OTHERWISE = (_("Open"), "worklist:task")

# What stands on paper instead of what a result asks for, by the end of its ref.
ON_PAPER = {
    "safety": _("Conversation"),
    "support": _("Conversation"),
    "letter": pgettext_lazy("on paper", "Letter"),
    "sign": pgettext_lazy("on paper", "Sign"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One task as `kit/task.html` draws it."""

    key: str
    label: Label
    status: str
    title: str
    url: str
    who: str
    meta: str
    when: str
    when_strong: str
    opens_on: date | None
    due_on: date | None
    closes_on: date | None
    action: str
    action_url: str
    why: str
    is_safety: bool
    day_class: str
    clock: str = ""  # of an appointment today
    initials: str = ""  # on paper, instead of the name
    on_paper: str = ""  # on paper, instead of the title
    receipt: str = ""
    check_url: str = ""  # asks first whether a colleague has taken it, then leads to `action_url`
    has_focus: bool = False  # the reader pressed its button, and is told here


def row_of(task: Task, *, today: date, sent: Sent | None = None, hides: bool = False, now: time | None = None) -> Row:
    """How does this task look in a list? `sent` is the handover behind it, when the viewer may see that.

    Shape   `now` is the wall clock: an appointment whose time has come is recorded, no longer begun.
    """
    label, status = labels.task_label(task, today)
    title = worklist.title(task, Purpose.CARE)
    if hides and task.source == Source.ROUTINE:
        title = str(labels.HIDDEN_TITLES.get(task.urgency, title))
    action, url = next_step(task, today, now)
    when, strong = _when(task, today, sent)
    shows_window = task.source in (Source.CONTACT, Source.ABSENCE, Source.TYPED) or task.closes_on < today
    window = (task.opens_on, task.due_on, task.closes_on) if shows_window else (None, None, None)
    return Row(
        key=task.key, label=label, status=status, title=title, url=url,
        who=_who(task, sent), meta=_meta(task, sent), when=when, when_strong=strong,
        opens_on=window[0], due_on=window[1], closes_on=window[2],
        action=action, action_url=url, why="" if hides else worklist.explanation(task, Purpose.CARE),
        is_safety=task.urgency == Urgency.SAFETY, day_class=task.day_class,
        clock=phrases.clock(task.booked_time) if task.booked_time and task.booked_on == today else "",
        initials=_initials(task, sent), on_paper=_on_paper(task, title),
    )  # fmt: skip


def next_step(task: Task, today: date, now: time | None = None) -> tuple[str, str]:
    """What is the next thing to do, and where?"""
    kind = ""
    if task.source == Source.CONTACT and task.booked_on is not None:
        kind = "today" if task.booked_on == today else "booked"
        begins = task.booked_time if task.booked_on == today else None
        kind = "past" if task.booked_on < today or (now and begins and begins < now) else kind
    elif task.source == Source.ROUTINE:
        kind = task.ref.rsplit(":", 1)[-1]
    elif task.source == Source.PLAN:
        kind = task.ref.split(":", 1)[0]
    elif task.source == Source.BATON:
        first, last = task.ref.split(":", 1)[0], task.ref.rsplit(":", 1)[-1]
        kind = last if first == "handover" else first
    word, name = NEXT.get((task.source, kind)) or NEXT.get((task.source, "")) or OTHERWISE
    key = task.key if name == "worklist:task" else task.subject_key
    return str(word), reverse(name, args=[key])


def _who(task: Task, sent: Sent | None) -> str:
    if task.person_id:
        return display_name(task.person)
    if sent is not None:
        return sent.name
    return gettext("Somebody you may not see")


def _initials(task: Task, sent: Sent | None) -> str:
    if task.person_id:
        return initials(task.person)
    return initials(sent.subject) if sent is not None and sent.shows_name else ""


def _on_paper(task: Task, title: str) -> str:
    if task.source != Source.ROUTINE:
        return title
    return str(ON_PAPER.get(task.ref.rsplit(":", 1)[-1], pgettext("on paper", "Write")))


def _meta(task: Task, sent: Sent | None) -> str:
    parts = []
    if sent is not None and sent.shows_line and sent.handover.from_unit_id and not task.ref.endswith(":declined"):
        parts.append(gettext("from %(unit)s") % {"unit": sent.handover.from_unit.name})
    if task.person_id and task.person.interpreter_language:
        parts.append(gettext("interpreter"))
    if task.staff_id:
        parts.append(task.staff.name)
    return " · ".join(parts)


def _when(task: Task, today: date, sent: Sent | None) -> tuple[str, str]:
    """The words beside the window bar; the second part is in bold because it decides."""
    if task.urgency == Urgency.SAFETY and task.closes_on == today:
        if task.due_before:
            return gettext("Today"), gettext("before %(time)s") % {"time": phrases.clock(task.due_before)}
        return "", gettext("Today")
    if sent is not None and sent.is_open:
        if not sent.waited_days:
            return gettext("Sent"), gettext("today")
        return gettext("Waited"), phrases.days(sent.waited_days)
    if task.due_on == task.closes_on:
        return gettext("by"), phrases.near_day(task.closes_on, today)
    return phrases.near_range(task.opens_on, task.closes_on, today).replace(" ", NO_BREAK), ""  # break between days


def handover_keys(tasks: Iterable[Task]) -> list[str]:
    """Which handovers stand behind these tasks?"""
    return [t.subject_key for t in tasks if t.source == Source.BATON and t.ref.startswith("handover:")]


def class_of(slug: str) -> DayClass | None:
    """Which class does a filter in the address name? None for all."""
    return labels.CLASS_OF_SLUG.get(slug)
