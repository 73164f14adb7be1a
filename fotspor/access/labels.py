"""Words for roles, parts and what stands in the log."""

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from fotspor.access.rules import Part, role_of
from fotspor.kit.labels import Label

ROLE_NAMES = {
    "midwife": _("Midwife"),
    "nurse": _("Public-health nurse"),
    "kindergarten": _("Kindergarten staff"),
    "unit_leader": _("Unit leader"),
    "administrator": _("Administrator"),
    "privacy_officer": _("Data-protection officer"),
    "director": _("Director"),
    "system": _("The system"),
}

PART_NAMES = {
    Part.LISTED: _("Name in lists"),
    Part.RECORD: pgettext_lazy("part of a record", "Record"),
    Part.ADDRESS: _("Address"),
    Part.FORMS: _("Answers and scores"),
    Part.INVITATIONS: _("Invitations"),
    Part.AGREED_STEPS: _("Agreed steps"),
    Part.TASKS: _("Tasks: name, kind, deadline, holder"),
    Part.LOG: _("Who has looked"),
}

PURPOSES = {
    "care": pgettext_lazy("purpose", "Care"),
    "leadership": _("Leadership and internal control"),
    "privacy": _("Data protection"),
    "administration": _("Administration"),
}

BASES = {
    "pregnancy": _("Registered the pregnancy"),
    "baton": _("Holds or held the baton"),
    "taken_in": _("Took in today"),
    "enrolled": _("Enrolled in the kindergarten"),
    "named": _("Named for a protected person"),
    "registered": _("Registered the person"),
    "informant": _("Answers as a parent"),
    "emergency": _("Emergency access"),
    "consent": _("Consent"),
    "leadership": _("Leads the unit"),
    "privacy": _("Data-protection officer"),
}

# The last word of an event type says what kind of look or deed it was.
DEEDS = {
    "read": Label(pgettext_lazy("log", "Opened"), "Eye"),
    "listed": Label(_("Shown in a list"), "TasklistStart"),
    "searched": Label(_("Found by a search"), "MagnifyingGlass"),
    "printed": Label(pgettext_lazy("log", "Printed"), "PrinterSmall"),
    "exported": Label(pgettext_lazy("log", "Exported"), "Download"),
}
WRITTEN = Label(_("Wrote or changed"), "NotePencil")
EMERGENCY_DEEDS = {
    "access.emergency.opened": Label(_("Took emergency access"), "ShieldLock", "warning", strong=True),
    "access.emergency.seconded": Label(_("Agreed to emergency access"), "ShieldLock", "warning"),
}

YES = Label(_("Yes"), "CheckmarkCircleFill", "success")
NO = Label(pgettext_lazy("may not see", "No"), "MinusCircle", "neutral", outline=True)

CONSENTS = {
    "agreed_steps": _("Agreed steps"),
    "form_summary": _("A short summary of a form"),
    "letter_to_gp": _("A letter to the GP"),
}

CONSENT_STATES = {
    "in_force": Label(pgettext_lazy("consent", "In force"), "CheckmarkCircleFill", "success"),
    "future": Label(_("Not yet in force"), "Clock", "neutral", outline=True),
    "expired": Label(pgettext_lazy("consent", "Run out"), "Hourglass", "neutral", outline=True),
    "withdrawn": Label(pgettext_lazy("consent", "Withdrawn"), "ArrowUndo", "neutral", outline=True),
}

# Whether everybody who must say yes has done so.
CONSENT_STANDS = {
    "yes": Label(_("Stands"), "CheckmarkCircleFill", "success"),
    "not_yet": Label(_("Does not stand yet"), "Hourglass", "neutral", outline=True),
    "no": Label(_("Does not stand"), "MinusCircle", "neutral", outline=True),
}
SAID = Label(_("Has said yes"), "Checkmark", "success", outline=True)
NOT_SAID = Label(_("Has not said yes"), "MinusCircle", "neutral", outline=True)
TOOK_BACK = Label(_("Has taken it back"), "ArrowUndo", "neutral", outline=True)

CONSENT_STOPS = {
    "agreed_steps": _("From the same minute the unit no longer sees what has been agreed about the child."),
    "form_summary": _("No new summary is shared. One that is released already is taken back on the form it is from."),
    "letter_to_gp": _("No more letters go to the GP about this. Letters that are sent are not called back."),
}

EMERGENCY_STATES = {
    "open": Label(pgettext_lazy("emergency access", "Open"), "ShieldLock", "warning", strong=True),
    "waits": Label(_("Waits for a second"), "Hourglass", "info"),
    "over": Label(pgettext_lazy("emergency access", "Over"), "CheckmarkCircle", "neutral", outline=True),
}


def role_name(key: str) -> str | Promise:
    """What is the role called? A key from an older version is shown as it is."""
    return ROLE_NAMES.get(key, key)


def role_sentence(key: str) -> str:
    """What does the role do, in one sentence?"""
    return gettext(role_of(key).sentence)


def deed(event_type: str) -> Label:
    """What kind of look or deed was it?"""
    return EMERGENCY_DEEDS.get(event_type) or DEEDS.get(event_type.rpartition(".")[2], WRITTEN)
