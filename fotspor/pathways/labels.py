"""Words, signs and colours for outcomes, bookings and what stops them."""

import re

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from fotspor.kit import phrases
from fotspor.kit.definitions import Evidence
from fotspor.kit.labels import Label
from fotspor.pathways.rules.appointments import Concern, Trouble
from fotspor.pathways.rules.plans import Anchor, Topics
from fotspor.worklist.rules import is_overdue

OUTCOMES = {
    "held": Label(_("Held"), "CheckmarkCircle", "success"),
    "declined": Label(_("The family said no"), "CircleSlash", "neutral", outline=True),
    "moved": Label(_("Held elsewhere"), "ArrowForward", "neutral", outline=True),
    "not_needed": Label(_("Not needed"), "MinusCircle", "neutral", outline=True),
}
CANCELLED = Label(_("No longer expected"), "XMark", "neutral", outline=True)
LATE = Label(_("Past the deadline"), "ExclamationmarkTriangle", "danger")
IN_WINDOW = Label(_("In the window"), "Clock", "info")
UNVERIFIED = Label(_("not verified"), "QuestionmarkDiamond", "warning", outline=True)
NOT_YET = Label(_("The window has not opened"), "Calendar", "neutral", outline=True)
BOOKED = Label(_("Booked"), "Calendar", "accent", outline=True)
TODAY = Label(_("Today"), "Calendar", "accent")
NOT_RECORDED = Label(_("Not recorded"), "Hourglass", "neutral", outline=True)

CONCERNS = {
    Concern.STAFF_BUSY: _("The colleague has another appointment at that time."),
    Concern.SAME_DAY: _(
        "The colleague or the room has another appointment that day. How long one lasts is not approved here, so look "
        "at both times."
    ),
    Concern.PLACE_BUSY: _("The room is taken at that time."),
    Concern.BEFORE_WINDOW: _("The day is before the window opens."),
    Concern.AFTER_WINDOW: _("The day is after the window closes."),
    Concern.DAY_OFF: _("It is a weekend or a public holiday."),
    Concern.STAFF_AWAY: _("The colleague is away that day."),
}

TROUBLES = {
    Trouble.FUTURE: _("The day has not come yet. Write the day it happened."),
    Trouble.TOO_EARLY: _("The day is before this journey began. Write the day it happened."),
    Trouble.BEFORE_BIRTH: _("The day is before the child was born."),
    Trouble.BEFORE_ABSENCE: _(
        "It is written down that nobody came on a later day. Check the day, or take that back first if it was wrong."
    ),
    Trouble.NEEDS_EARLY_REASON: _("The window had not opened. Check the day, and write why it was held earlier."),
    Trouble.NEEDS_LATE_REASON: _("The window had closed. Write why it was held later."),
    Trouble.NEEDS_REASON: _("Write the reason."),
    Trouble.NO_APPOINTMENT: _("There was no appointment that day, and the window was not open. Check the day."),
}

EVIDENCE = {
    Evidence.SECONDARY: _("not verified: from a secondary source"),
    Evidence.RECALLED: _("not verified: from memory"),
    Evidence.DEFAULT: _("not verified: a default of this system"),
}


FACTS = {
    "age": _("Age or week"),
    "window": _("The window"),
    "doctor": _("With a doctor"),
    "group": _("In a group"),
    "instruments": _("The form"),
}


ANCHORS = {
    Anchor.BOOKING: _("the day the pregnancy was registered"),
    Anchor.DUE: _("the beginning of the pregnancy"),
    Anchor.BIRTH: _("birth"),
    Anchor.CORRECTED_BIRTH: _("birth, or the due date when born early"),
    Anchor.SCHOOL_START: _("school start"),
}


def offset_words(offset):
    """How far from its anchor is a day, in words: «2 months, 15 days»?"""
    parts = [
        (offset.months, phrases.months), (offset.weeks, phrases.weeks), (offset.days, phrases.days)
    ]  # fmt: skip
    return ", ".join(say(count) for count, say in parts if count) or phrases.days(0)


def unverified(step):
    """Which facts of a step are not verified, and why? Pairs of fact and word."""
    if step is None:
        return []
    marks = ((name, getattr(step.evidence, name)) for name in FACTS)
    return [(FACTS[name], EVIDENCE[mark]) for name, mark in marks if mark in EVIDENCE]


def source_of(byline):
    """Who says so, in words: a definition that some still follow may name a working paper, which nobody has."""
    return re.sub(r"\s*\(content\.md[^)]*\)", "", gettext(byline.source))


def is_recalled(step):
    """Is the age or the window of this step written from memory?"""
    return step is not None and Evidence.RECALLED in (step.evidence.age, step.evidence.window)


def contact_state(contact, today):
    """Which label does a contact have today?"""
    if contact.cancelled_on:
        return CANCELLED
    if contact.outcome:
        return OUTCOMES[contact.outcome]
    if is_overdue(contact.closes_on, today):
        return LATE
    return NOT_YET if today < contact.opens_on else IN_WINDOW


def appointment_label(contact, today):
    """Which label does an appointment have in the calendar? The window is no news of what is booked."""
    if contact.cancelled_on or contact.outcome or contact.booked_on is None:
        return contact_state(contact, today)
    return _booked_label(contact.booked_on, today)


def agreed_label(conversation, today):
    """Which label does an agreed conversation have in the calendar?"""
    return OUTCOMES["held"] if conversation.is_done else _booked_label(conversation.on, today)


def _booked_label(on, today):
    if on < today:
        return NOT_RECORDED
    return TODAY if on == today else BOOKED


HANDOVERS = {
    "sent": Label(_("Not taken over"), "Hourglass", "stafett"),
    "with_leader": Label(_("With the leader"), "Hourglass", "stafett"),
    "accepted": Label(_("Taken over"), "Checkmark", "success"),
    "declined": Label(_("Not accepted"), "CircleSlash", "neutral", outline=True),
    "withdrawn": Label(_("Taken back"), "ArrowUndo", "neutral", outline=True),
    "superseded": Label(_("Replaced by a newer one"), "ArrowForward", "neutral", outline=True),
}
UNANSWERED = Label(_("Past the deadline"), "ExclamationmarkTriangle", "danger")
WITH_LEADER_LATE = Label(_("With the leader, past the deadline"), "ExclamationmarkTriangle", "danger")


def handover_label(row):
    """Which label does a handover have today?"""
    if row.is_late:
        return WITH_LEADER_LATE if row.standing == "with_leader" else UNANSWERED
    return HANDOVERS[row.standing]


def working_days(count):
    """So many working days, in words."""
    return ngettext("%(count)s working day", "%(count)s working days", count) % {"count": count}


def topics(routine: Topics, step: str, *, is_child: bool) -> list[tuple[str, Label | None]]:
    """What a contact is about in the reader's language, each with its mark while what is doubtful is not approved."""
    rows = routine.of(step, is_child=is_child)
    return [(gettext(topic), None if is_verified or routine.is_approved else UNVERIFIED) for topic, is_verified in rows]
