"""What a task's class and source look like, and how its explanation is said in the viewer's language."""

from datetime import date

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fotspor.access.rules import Purpose
from fotspor.kit import phrases
from fotspor.kit.labels import Label
from fotspor.worklist import rules
from fotspor.worklist.rules import DayClass, State

CLASSES = {
    DayClass.OVERDUE: Label(_("Past the deadline"), "ExclamationmarkTriangle", "danger"),
    DayClass.RESULT: Label(_("Answer to a result"), "ClipboardCheckmark", "warning"),
    DayClass.BATON: Label(_("Batons"), "baton", "stafett"),
    DayClass.TODAY: Label(_("Today's appointments"), "Calendar", "accent"),
    DayClass.WINDOW: Label(_("In the window"), "Clock", "info"),
}

STATES = {
    State.DONE: Label(_("Done"), "CheckmarkCircle", "success"),
    State.ENDED: Label(_("No longer needed"), "XMark", "neutral", outline=True),
    State.NOT_YET: Label(_("The window has not opened"), "Calendar", "neutral", outline=True),
    State.OPEN: Label(_("In the window"), "Clock", "info"),
    State.OVERDUE: Label(_("Past the deadline"), "ExclamationmarkTriangle", "danger"),
}


def state_label(task, today):
    """What is the task today? An open answer to a result has a deadline and no window."""
    found = rules.state(task, today)
    if found is State.OPEN and task.source == "routine":
        return CLASSES[DayClass.RESULT]
    return STATES[found]


def title(task, purpose=Purpose.CARE):
    """What is the task called? For a leader an answer to a result says no more than that, unless it is hers to act."""
    if purpose is not Purpose.CARE and task.source == "routine" and not task.for_leader:
        return task.get_source_display()
    return fill(task.title, task.facts)


def explanation(task, purpose=Purpose.CARE):
    """Why is this one here? A leader sees the kind of rule, never the facts of a result."""
    if purpose is not Purpose.CARE and task.source == "routine" and not task.for_leader:
        return gettext("A result asks for an answer. The content is shown only to those who treat it.")
    return fill(task.rule, task.facts)


def end_reason(task):
    return gettext(task.end_reason) if task.end_reason else ""


def receipt(task, staff_id):
    """What has become of it, to somebody who still has it on the screen: by whom and when."""
    if task.ended_on is not None:
        return end_reason(task) or str(STATES[State.ENDED].word)
    if task.taken_at is None:
        return gettext("Done already") if task.done_on else gettext("Nobody has taken it")
    said = {"name": task.taken_by.name, "time": phrases.clock(task.taken_at)}
    if task.done_on is None:
        return gettext("Taken by %(name)s at %(time)s") % said
    if task.taken_by_id == staff_id:
        return gettext("Done by you at %(time)s") % said
    return gettext("Done by %(name)s at %(time)s") % said


def fill(rule, facts):
    """The rule in the viewer's language, with its facts: `_on` are dates, `_title` are message ids."""
    said = {name: _say(name, value) for name, value in facts.items()}
    try:
        return gettext(rule) % said if said else gettext(rule)
    except (KeyError, TypeError, ValueError):
        return gettext(rule)


def _say(name, value):
    if name.endswith("_on") and isinstance(value, str) and value:
        return phrases.short_day(date.fromisoformat(value), year=True)
    if name.endswith("_title") and value:
        return gettext(value)
    return value
