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
    "project_leader": _("Project leader"),
    "council": _("Member of the council"),
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
    "result": _("Answers a result"),
    "emergency": _("Emergency access"),
    "consent": _("Consent"),
    "handover": _("Sent or received the baton"),
    "closing": _("Was told that the journey is closed"),
    "death": _("Takes back a death recorded by mistake"),
    "departure": _("Takes back a move out recorded by mistake"),
    "exact_number": _("Searched with the whole identity number"),
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
    "seen": Label(pgettext_lazy("log", "Opened"), "Eye"),
    "candidates": Label(_("Shown in a list"), "TasklistStart"),
    "looked_up": Label(_("Found by a search"), "MagnifyingGlass"),
    "letter_printed": Label(pgettext_lazy("log", "Printed"), "PrinterSmall"),
}
SESSION = Label(_("Signing in and out"), "Door")
WRITTEN = Label(_("Wrote or changed"), "NotePencil")
EMERGENCY_DEEDS = {
    "access.emergency.opened": Label(_("Took emergency access"), "ShieldLock", "warning", strong=True),
    "access.emergency.seconded": Label(_("Agreed to emergency access"), "ShieldLock", "warning"),
}

# What stands in the log, by type. The apps above name their events in full, so that the officer reads no code.
EVENTS = {
    "access.consent.given": _("Wrote down a consent"),
    "access.consent.withdrawn": _("Wrote down that a consent was withdrawn"),
    "access.database.restored": _("Put a backup in place of the database"),
    "desk.figures.exported": _("Saved the figures to a file"),
    "desk.people.exported": _("Saved the list of children and families to a file"),
    "desk.unit.exported": _("Saved the unit's tasks to a file"),
    "operation.answered": _("Answered a colleague's message about the system"),
    "operation.news.read": _("Read what is new in Fotspor"),
    "operation.said": _("Told the administrator something about the system"),
    "operation.watched": _("Looked at what runs by itself"),
    "access.emergency.listed": _("The list of emergency accesses"),
    "access.emergency.opened": _("Opened a record by emergency access"),
    "access.emergency.seconded": _("Agreed to a colleague's emergency access"),
    "access.keys.rotated": _("Encrypted what is stored with a new key"),
    "access.log.locked": _("Put the lock of the log back"),
    "access.log.exported": _("The log of one person, as a file"),
    "access.log.printed": _("The log of one person, on paper"),
    "access.log.read": _("The log"),
    "access.look.reviewed": _("Went through an employee's looks"),
    "access.looks.listed": _("Looks to go through"),
    "access.record.read": _("A record"),
    "access.relation.ended": _("A relation ended"),
    "access.relation.moved": _("Relations followed when two entries were joined"),
    "access.relation.opened": _("A relation began"),
    "desk.child.printed": _("The child's page, on paper"),
    "desk.colleagues.read": _("Who follows a protected person up"),
    "desk.day.listed": _("The day's list"),
    "desk.day.printed": _("The day's list, on paper"),
    "desk.kindergarten.listed": _("The kindergarten's own children"),
    "desk.people.listed": _("Children and families"),
    "desk.searched": _("The search"),
    "desk.unit.listed": _("The unit's tasks"),
    "instruments.answerers.listed": _("Those who may answer a form"),
    "instruments.definition.approved": _("Approved a definition"),
    "instruments.duty.answered": _("Recorded the outcome of what a result demands"),
    "instruments.duty.letter_printed": _("Printed a letter"),
    "instruments.duty.outcome_taken_back": _("Took a recorded outcome back"),
    "instruments.duty.withdrawal_seen": _("Read that an alarm was taken back"),
    "instruments.duty.withdrawn": _("Took an alarm back"),
    "instruments.figures.seen": _("Figures of how forms are distributed"),
    "instruments.parent.answers": _("Wrote down that a parent answers"),
    "instruments.response.corrected": _("Corrected a signed form"),
    "instruments.response.draft_saved": _("Saved a draft of a form"),
    "instruments.response.imported": _("Took a form in from a file"),
    "instruments.response.made_current": _("A form from a file counts from now on"),
    "instruments.response.printed": _("A form, on paper"),
    "instruments.response.routine_started": _("Started what a result demands"),
    "instruments.response.signed": _("Signed a form"),
    "instruments.response.withdrawn": _("Withdrew a form"),
    "instruments.summary.released": _("Shared a short summary of a form"),
    "pathways.baton.assigned": _("Chose a unit for a baton nobody held"),
    "pathways.baton.closed": _("A baton was laid down with the journey"),
    "pathways.baton.confirmed": _("Confirmed holding the baton"),
    "pathways.baton.opened": _("A unit was given the baton"),
    "pathways.baton.unkept": _("Nobody holds the baton, and nobody keeps the list"),
    "pathways.batons.listed": _("The list of batons"),
    "pathways.calendar.listed": _("The calendar"),
    "pathways.concern.ended": _("An assessment of concern ended without an answer"),
    "pathways.contact.absence_answered": _("Answered what to do after a missed appointment"),
    "pathways.contact.absence_withdrawn": _("Took a missed appointment back"),
    "pathways.contact.added": _("Added a contact outside the plan"),
    "pathways.contact.booked": _("Booked an appointment"),
    "pathways.contact.booking_cancelled": _("Cancelled an appointment"),
    "pathways.contact.missed": _("Recorded that the family did not come"),
    "pathways.contact.moved": _("Moved an appointment"),
    "pathways.contact.recorded": _("Recorded a contact"),
    "pathways.contact.reopened": _("Took the record of a contact back"),
    "pathways.group.candidates": _("Families that can be asked to a group"),
    "pathways.group.joined": _("Put a family on a group"),
    "pathways.group.planned": _("Planned a group"),
    "pathways.group.read": _("A group"),
    "pathways.handover.accepted": _("Took the baton over"),
    "pathways.handover.declined": _("Did not take the baton over"),
    "pathways.handover.kept": _("Keeps the baton after a no"),
    "pathways.handover.sent": _("Sent the baton"),
    "pathways.handover.sent_to_leader": _("Asked the leader who should take the baton"),
    "pathways.handover.superseded": _("A sent baton was replaced by a new one"),
    "pathways.handover.withdrawn": _("Took a sent baton back"),
    "pathways.journey.closed_by_mistake": _("Closed a journey opened by mistake"),
    "pathways.journey.closing_read": _("Read that a journey was closed"),
    "pathways.journey.closing_undone": _("Opened a journey again that was closed by mistake"),
    "pathways.kindergarten.ended": _("Ended a place in a kindergarten"),
    "pathways.kindergarten.enrolled": _("Wrote down a place in a kindergarten"),
    "pathways.plan.changed": _("The plan was made anew"),
    "pathways.register.finished": _("A file from the population register was taken in"),
    "pathways.register.household_applied": _("A household was taken in from the population register"),
    "pathways.register.household_refused": _("A household from the population register was left out"),
    "pathways.register.proposal_answered": _("Answered whether two entries are one person"),
    "pathways.register.staged": _("A file from the population register was read"),
    "pathways.stop.added": _("Added a stop on the way"),
    "pathways.stop.finished": _("Closed a stop on the way"),
    "pathways.unassigned.read": _("A baton that nobody holds"),
    "people.birth.recorded": _("Recorded a birth"),
    "people.born_on.corrected": _("Corrected a birth date"),
    "people.child.adopted": _("Recorded an adoption"),
    "people.due_on.corrected": _("Corrected a due date"),
    "people.guardian.added": _("Added a guardian"),
    "people.guardian.ended": _("Ended a guardianship"),
    "people.journey.closed": _("Closed a journey"),
    "people.journey.opened": _("Opened a journey"),
    "people.journey.reopened": _("Opened a journey again"),
    "people.person.alike_shown": _("Was shown people who may be the same"),
    "people.person.changed": _("Changed facts about a person"),
    "people.person.death_taken_back": _("Took back a death recorded by mistake"),
    "people.person.move_taken_back": _("Took back a move out recorded by mistake"),
    "people.person.died": _("Recorded a death"),
    "people.person.looked_up": _("Looked up an identity number"),
    "people.person.merged": _("Joined two entries of one person"),
    "people.person.moved": _("Recorded a move"),
    "people.person.number_taken": _("Was told that a number is registered already"),
    "people.person.registered": _("Registered a person"),
    "people.person.taken_in": _("Took somebody in today"),
    "people.pregnancy.lost": _("Recorded that a pregnancy ended"),
    "people.pregnancy.loss_taken_back": _("Took back the end of a pregnancy recorded by mistake"),
    "people.died_on.corrected": _("Corrected a date of death"),
    "people.pregnancy.registered": _("Registered a pregnancy"),
    "services.absence.ended": _("An absence was ended"),
    "services.absence.recorded": _("Wrote down an absence"),
    "services.district.changed": _("Changed a district"),
    "services.district.created": _("Made a district"),
    "services.draft.discarded": _("Threw away what was typed and not saved"),
    "services.draft.fetched": _("Fetched what was typed and not saved"),
    "services.municipality.changed": _("Changed facts about the municipality"),
    "services.municipality.created": _("Wrote down the municipality"),
    "services.post.chosen": _("Chose a post"),
    "services.post.ended": _("Ended a post"),
    "services.post.given": _("Gave a post"),
    "services.second_factors.rotated": _("Encrypted the codes for signing in with a new key"),
    "services.session.codes_printed": _("Printed recovery codes"),
    "services.session.codes_set_up": _("Set up codes for signing in"),
    "services.session.ended": _("Signed out of another browser"),
    "services.session.locked": _("Locked the screen"),
    "services.session.passkey_added": _("Added a passkey"),
    "services.session.passkey_removed": _("Removed a passkey"),
    "services.session.password_changed": _("Changed the password"),
    "services.session.refused": _("Was not let in"),
    "services.session.signed_in": _("Signed in"),
    "services.session.signed_out": _("Signed out"),
    "services.session.unlocked": _("Unlocked the screen"),
    "services.settings.changed": _("Changed own settings"),
    "services.setup.code_made": _("Made a code for the first page"),
    "services.setup.done": _("Set up the installation"),
    "services.setup.refused": _("Wrote a wrong code on the first page"),
    "services.staff.accepted": _("Answered an invitation"),
    "services.staff.changed": _("Changed facts about an employee"),
    "services.staff.file_taken_in": _("Took in staff from a file"),
    "services.staff.invited": _("Invited an employee"),
    "services.staff.left": _("Recorded that an employee has left"),
    "services.staff.registered": _("Registered an employee"),
    "services.staff.reset": _("Gave an employee a new way in"),
    "services.too_many": _("Asked for more than one person may in a short while"),
    "services.turned_away": _("Asked for something that was not for them"),
    "services.unit.changed": _("Changed a unit"),
    "services.unit.closed": _("Closed a unit"),
    "services.unit.created": _("Made a unit"),
    "worklist.people.listed": _("Whom a task can be about"),
    "worklist.task.assigned": _("Gave a task to a colleague"),
    "worklist.task.finished": _("Finished a task"),
    "worklist.task.read": _("A task"),
    "worklist.task.written": _("Wrote a task"),
}

# Why a look is worth a question: the name of the list, what it finds, and the why of one row.
REVIEW_REASONS = {
    "kin": Label(_("Same surname or address"), "House"),
    "no_entry": Label(_("Nothing written afterwards"), "FileText"),
    "after_hours": Label(_("Outside working hours"), "Clock"),
    "protected": Label(_("Protected persons"), "ShieldLock"),
    "emergency": Label(_("Emergency access"), "KeyHorizontal"),
}
REVIEW_SENTENCES = {
    "kin": _("The employee and the person have a surname in common, or the same registered address."),
    "no_entry": _(
        "Nobody in the employee's unit has written anything about the person or the family, from the day of the look "
        "until %(days)s days after. Newer looks are not shown yet."
    ),
    "after_hours": _(
        "The record was opened more than %(minutes)s minutes before the unit opens or after it closes, or on a day off."
    ),
    "protected": _("The person has a confidential address, or is strictly confidential."),
    "emergency": _("The record was opened by emergency access, with a written reason."),
}
REVIEW_WHY = {
    "surname": _("Same surname"),
    "address": _("Same address"),
    "no_entry": _("Nothing written afterwards"),
    "after_hours": _("Outside working hours"),
    "protected": _("Protected person"),
    "emergency": _("Emergency access"),
    "before": _("Was in this list before"),
}
REVIEW_OUTCOMES = {
    "explained": Label(_("There was a good reason"), "CheckmarkCircle", "success"),
    "follow_up": Label(_("Needs follow-up"), "Hourglass", "warning"),
    "breach": Label(_("No good reason: reported"), "ExclamationmarkTriangle", "danger"),
}

RETENTIONS = {
    "archive": _("Permanently, and handed over to the archive"),
    "audit": _("As long as the record that was read"),
    "staff": _("While employed, and as long as the log names the employee"),
    "organisation": _("As history, without personal data about families"),
    "transient": _("Some days, then removed by itself"),
}
DATA_KINDS = {
    "personal": _("Personal data"),
    "special": _("Special categories"),
    "organisational": _("About the organisation"),
    "technical": _("Technical"),
}
STANDINGS = {
    "verified": Label(pgettext_lazy("source of law", "Verified"), "CheckmarkCircle", "success", outline=True),
    "secondary": Label(_("Seen in a secondary source"), "InformationSquare", "info", outline=True),
    "recalled": Label(_("Not verified"), "ExclamationmarkTriangle", "warning"),
}

# What a role may do at all, before anybody asks about a person.
PERMISSION_NAMES = {
    "see_day": _("Own day's list"),
    "see_people": _("List of children and families"),
    "search": _("Search for people"),
    "register_people": _("Register people and facts about them"),
    "screen": _("Fill in forms and answer results"),
    "record_contact": _("Record contacts, notes and consents"),
    "book": _("Book appointments"),
    "hand_over": _("Send and take over batons"),
    "break_glass": _("Take emergency access"),
    "see_unit": _("See own unit's tasks, batons and looks"),
    "see_figures": _("See figures, small numbers suppressed"),
    "manage_units": _("Keep units and districts"),
    "manage_staff": _("Keep employees and posts"),
    "approve_definitions": _("Approve forms and pathways"),
    "import": _("Take in files"),
    "operate": _("Keep the installation running"),
    "see_log": _("See who has looked, and go through looks"),
    "see_shared": _("See own kindergarten's children"),
}

PROTECTED = _("Protected person")
TO_GO_THROUGH = Label(_("Waits to be gone through"), "Hourglass", "info")
GONE_THROUGH = Label(_("Gone through"), "CheckmarkCircle", "success")
PAST = Label(_("Past the deadline"), "ExclamationmarkTriangle", "danger")

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
    if event_type.startswith(("services.session.", "services.post.chosen")):
        return SESSION
    return EMERGENCY_DEEDS.get(event_type) or DEEDS.get(event_type.rpartition(".")[2], WRITTEN)


def event_name(event_type: str) -> str | Promise:
    """What was looked at or done? Empty for a type from an older version."""
    return EVENTS.get(event_type, "")
