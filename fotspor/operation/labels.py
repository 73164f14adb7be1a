"""What runs and their states are called."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from fotspor.kit.labels import Label
from fotspor.operation.rules import State

RUNS = {
    "backup": _("Copy of the database"),
    "restore_tried": _("Copy put back on trial"),
    "audit_seal": _("Sealing of the log"),
    "audit_verify": _("Check of the seals"),
    "plan_check": _("Check of the plan"),
    "register_import": _("Population register taken in"),
    "watch": _("Look at all of these"),
}
STATES = {
    State.FINE: Label(_("In order"), "CheckmarkCircle", "success"),
    State.WAITS: Label(pgettext_lazy("run", "Not yet"), "Hourglass", "neutral"),
    State.LATE: Label(pgettext_lazy("run", "Late"), "ExclamationmarkTriangle", "danger"),
    State.FAILED: Label(pgettext_lazy("run", "Went wrong"), "ExclamationmarkTriangle", "danger"),
}
LITTLE_ROOM = Label(_("Little room"), "ExclamationmarkTriangle", "danger")

# Tasks for the administrator, by run: message ids.
TITLES = {
    "backup": gettext_noop("Copy of the database"),
    "restore_tried": gettext_noop("Copy put back on trial"),
    "audit_seal": gettext_noop("Sealing of the log"),
    "audit_verify": gettext_noop("Check of the seals"),
    "plan_check": gettext_noop("Check of the plan"),
    "register_import": gettext_noop("Population register taken in"),
    "watch": gettext_noop("Look at all of these"),
}
LATE_TITLE = gettext_noop("Find out why this has not run: %(run_title)s")
FAILED_TITLE = gettext_noop("Find out why this went wrong: %(run_title)s")
LATE_RULE = gettext_noop("It has not run for longer than it may. The status page says how to run it.")
FAILED_RULE = gettext_noop("The last run went wrong. The status page says how, and how to run it again.")
ROOM_TITLE = gettext_noop("Make room on the disk")
ROOM_RULE = gettext_noop("When the disk is full nothing can be saved, and no copy taken.")
IN_ORDER = gettext_noop("It is in order again.")
