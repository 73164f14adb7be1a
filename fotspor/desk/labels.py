"""What the day's classes, tasks and next actions are called."""

from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from fotspor.kit import phrases
from fotspor.kit.labels import Label
from fotspor.worklist.rules import DayClass, Urgency

# In the order of the filters on the day's page.
FILTERS = {
    DayClass.RESULT: _("Answer to a result"),
    DayClass.OVERDUE: _("Past the deadline"),
    DayClass.BATON: _("Batons"),
    DayClass.TODAY: _("Today's appointments"),
    DayClass.WINDOW: _("In the window"),
}
SLUGS = {
    DayClass.RESULT: "resultat",
    DayClass.OVERDUE: "over-fristen",
    DayClass.BATON: "stafett",
    DayClass.TODAY: "i-dag",
    DayClass.WINDOW: "i-vinduet",
}
CLASS_OF_SLUG = {slug: name for name, slug in SLUGS.items()}

SAFETY = Label(_("Answer today"), "ExclamationmarkTriangleFill", "danger", strong=True)
OVERDUE = Label(_("Past the deadline"), "ExclamationmarkTriangle", "danger")
RESULT = Label(pgettext_lazy("tag", "Result"), "ClipboardCheckmark", "warning")
BATON = Label(_("Baton"), "baton", "stafett")
STOP = Label(_("Stop on the way"), "Hourglass", "neutral")
TODAY = Label(_("Today"), "Calendar", "accent")
BOOKED = Label(_("Booked"), "Clock", "info")
WINDOW = Label(_("In the window"), "Clock", "info")
DONE = Label(_("Done"), "CheckmarkCircle", "success")
WAITS = Label(_("Waits"), "Hourglass", "neutral")

HIDDEN_TITLES = {
    Urgency.SAFETY: _("Conversation today"),
    Urgency.RESULT: _("Conversation"),
}


def task_label(task, today):
    """The row's tag: what matters most about the task today, and the words on it."""
    if task.urgency == Urgency.SAFETY and task.closes_on >= today:
        return SAFETY, ""
    if task.day_class == DayClass.OVERDUE:
        days = (today - task.closes_on).days
        return OVERDUE, ngettext("%(count)s day over", "%(count)s days over", days) % {"count": days}
    if task.day_class == DayClass.RESULT:
        return RESULT, ""
    if task.day_class == DayClass.BATON:
        return (STOP if task.source == "stop" else BATON), ""
    if task.booked_on == today:
        time = phrases.clock(task.booked_time) if task.booked_time else ""
        return TODAY, gettext("Today %(time)s") % {"time": time} if time else ""
    if task.booked_on is not None:
        return BOOKED, gettext("Booked %(day)s") % {"day": phrases.short_day(task.booked_on)}
    return WINDOW, ""


ALL = _("All")
FAMILIES = {
    "": _("All"),
    "vi-har-pinnen": _("We hold the baton"),
    "gravide": _("Pregnant"),
    "under-1": _("Under 1 year"),
    "fra-1": _("1 year and over"),
}
