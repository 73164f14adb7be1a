"""What runs, their states, and what an installation needs are called."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, pgettext_lazy

from fotspor.kit.labels import Label
from fotspor.operation.rules import Need, State

STATES = {
    State.FINE: Label(_("In order"), "CheckmarkCircle", "success"),
    State.WAITS: Label(pgettext_lazy("run", "Not yet"), "Hourglass", "neutral"),
    State.LATE: Label(pgettext_lazy("run", "Late"), "ExclamationmarkTriangle", "danger"),
    State.FAILED: Label(pgettext_lazy("run", "Went wrong"), "ExclamationmarkTriangle", "danger"),
}
LITTLE_ROOM = Label(_("Little room"), "ExclamationmarkTriangle", "danger")

# What each run is called, on its page and in its task: message ids.
TITLES = {
    "backup": gettext_noop("Copy of the database"),
    "restore_tried": gettext_noop("Copy put back on trial"),
    "audit_seal": gettext_noop("Sealing of the log"),
    "audit_verify": gettext_noop("Check of the seals"),
    "plan_check": gettext_noop("Check of the plan"),
    "register_import": gettext_noop("Population register taken in"),
    "watch": gettext_noop("Look at all of these"),
}
# What runs only when somebody runs it: its name, and what to run when it was cut off.
BY_HAND = {
    "plan": (gettext_noop("Rebuilding of the plan"), "fotspor plan"),
    "restore": (gettext_noop("Copy put back"), "fotspor restore FILE"),
    "keys_rotated": (gettext_noop("Everything written under a new key"), "fotspor keys rotate --keep"),
    "import_people": (gettext_noop("Population register taken in"), "fotspor import people FILE --apply"),
    "import_responses": (gettext_noop("Forms taken in from a file"), "fotspor import responses FILE"),
}
CUT_OFF_TITLE = gettext_noop("Run this again, it was cut off: %(run_title)s")
CUT_OFF_RULE = gettext_noop("It began and never ended. What it had not done is not done; what it had done stands.")
LATE_TITLE = gettext_noop("Find out why this has not run: %(run_title)s")
FAILED_TITLE = gettext_noop("Find out why this went wrong: %(run_title)s")
LATE_RULE = gettext_noop("It has not run for longer than it may. The status page says how to run it.")
FAILED_RULE = gettext_noop("The last run went wrong. The status page says how, and how to run it again.")
ROOM_TITLE = gettext_noop("Make room on the disk")
ROOM_RULE = gettext_noop("When the disk is full nothing can be saved, and no copy taken.")
IN_ORDER = gettext_noop("It is in order again.")


def title_of(name: str) -> str:
    """The message id of what a run is called; one that nobody has named goes by its own name."""
    return TITLES.get(name) or BY_HAND.get(name, (name, ""))[0]


def command_of(name: str) -> str:
    """What is written to run it again."""
    return BY_HAND.get(name, ("", ""))[1] or f"fotspor {name.replace('_', ' ')}"


@dataclass(frozen=True, slots=True)
class Words:
    """One thing an installation needs: what, why, and the page where it is done (none: a command)."""

    what: Promise
    why: Promise
    page: str = ""
    command: str = ""


NEEDS: Mapping[Need, Words] = {
    Need.MUNICIPALITY: Words(
        _("The municipality, with its number"), _("It stands on what is printed and sent."), "services:municipality"
    ),
    Need.CODES: Words(
        _("Codes and recovery codes of every administrator"),
        _("A password alone is not enough, and a lost phone must not lock everybody out."),
        "services:settings",
    ),
    Need.DISTRICTS: Words(
        _("At least one district"), _("The address decides which unit a family belongs to."), "services:districts"
    ),
    Need.UNITS: Words(
        _("A health centre and a midwifery unit, with opening hours"),
        _("Units hold the baton; at closing time an open safety conversation goes on to the leader."),
        "services:units",
    ),
    Need.SERVED: Words(
        _("A health centre and a midwifery unit for every district"),
        _("Else a child who moves there has nobody, and waits on the list of those without a holder."),
        "services:districts",
    ),
    Need.STAFF: Words(
        _("Staff"),
        _("They are invited one by one, or from a file, and choose a password of their own."),
        "services:staff_import",
    ),
    Need.LEADERS: Words(
        _("A leader of every unit"), _("What nobody answers in time goes to the leader."), "services:staff_list"
    ),
    Need.NURSES: Words(
        _("A public-health nurse at every health centre"),
        _("Nobody else there can hold a child's baton."),
        "services:staff_list",
    ),
    Need.MIDWIVES: Words(
        _("A midwife in every midwifery unit"),
        _("Nobody else there can hold a pregnancy's baton."),
        "services:staff_list",
    ),
    Need.OFFICER: Words(
        _("A data-protection officer"),
        _("Somebody else than those who work here goes through who has looked."),
        "services:staff_new",
    ),
    Need.REGISTER: Words(
        _("The population register taken in"),
        _("Only a child who is here can be followed."),
        "pathways:register_imports",
    ),
    Need.INSTRUMENT: Words(
        _("EPDS read and approved"),
        _("No form is filled in before somebody answers for its text."),
        "instruments:definitions",
    ),
    Need.ROUTINE: Words(
        _("What is done after EPDS, read and approved"),
        _("It decides who is called, and how soon."),
        "instruments:definitions",
    ),
    Need.PATHWAY: Words(
        _("Each pathway read and approved"), _("No contact is planned before that."), "instruments:definitions"
    ),
    Need.COPY: Words(
        _("A first copy of the database"), _("Without one, what is written can be lost."), command="fotspor backup"
    ),
    Need.TRIED: Words(
        _("The copy put back on trial"), _("A copy that nobody has tried is no copy."), command="fotspor try-restore"
    ),
}
DONE = Label(pgettext_lazy("installation", "Done"), "CheckmarkCircle", "success")
LEFT = Label(pgettext_lazy("installation", "Missing"), "ExclamationmarkTriangle", "warning")


SAID_TITLE = gettext_noop("Answer a colleague")
SAID_RULE = gettext_noop("A colleague told something about the system. It is done when it is answered.")

# What is new, by version, in the order it matters; shown once to each after an upgrade.
NEWS = {
    "0.5.0": (
        _("Whoever must answer a result goes on seeing whom it is about, until it is answered."),
        _("While a leader is away, what waits for her is shown to another leader too."),
        _("The page of a contact says what it is about."),
        _("In a block of flats a household is those behind one door: write the dwelling number with the address."),
        _("Your settings show where you are signed in, and let you sign out there."),
    ),
    "0.4.0": (
        _("A move that was recorded by mistake can be taken back on the person's page."),
        _("Booking and agreeing a conversation warn each other of the same family's day."),
        _("A unit's page says when it is open, and when it closes."),
    ),
    "0.3.0": (
        _("«Lock the screen» stands in your menu. What you had typed waits for you when you come back."),
        _("You print with the button «Print». The browser's own print gives a page without names."),
        _("Agreed conversations stand beside the appointments, today and in the calendar."),
        _("A death that was recorded by mistake can be taken back on the person's page."),
        _("Lists can be saved as a spreadsheet. Each time is in the log."),
        _("«Say what you think» in your menu reaches the administrator, who answers you there."),
    ),
}
