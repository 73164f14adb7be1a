"""What results, duties and drafts look like: word, sign, colour. No result is ever green."""

from datetime import date

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from fotspor.instruments.rules import Alert, DayTrouble, Instrument, RoutineStep, Score
from fotspor.kit.definitions import Evidence
from fotspor.kit.labels import Label
from fotspor.worklist.rules import is_overdue

EVIDENCE = {
    Evidence.VERIFIED: _("seen in a source"),
    Evidence.SECONDARY: _("seen in a secondary source"),
    Evidence.RECALLED: _("from memory, not seen in a source"),
    Evidence.DEFAULT: _("a default, for the municipality to decide"),
}

DRAFT = Label(_("Draft"), "Pencil")
SIGNED = Label(_("Signed"), "PadlockLocked")
CORRECTED = Label(_("Corrected"), "ArrowUndo", outline=True)
WITHDRAWN = Label(_("Withdrawn"), "XMark", outline=True)
UNDECIDED = Label(_("Not decided: ask again"), "QuestionmarkDiamond", "warning")
EMPTY = Label(_("Not filled in"), "MinusCircle", outline=True)
TODAY = Label(_("Today"), "ExclamationmarkTriangleFill", "danger", strong=True)
DONE = Label(_("Done"), "CheckmarkCircle", "success")
ENDED = Label(_("No longer needed"), "XMark", outline=True)
OPEN = Label(_("Answer to a result"), "ClipboardCheckmark", "warning")
AGREED = Label(_("Agreed"), "Calendar", "accent")
OVER = Label(_("Past the deadline"), "ExclamationmarkTriangle", "danger")
APPROVED = Label(_("Approved"), "CheckmarkCircle", "success")
PRACTICE = Label(_("Approved as practice"), "TestFlask", "sand")
NOT_APPROVED = Label(_("Not approved"), "Hourglass", "warning")

WHO = {
    "safety": _("You, alone with the one who answered"),
    "talk": _("You, in the same consultation"),
    "letter": _("Asks the parent first"),
}


def band_label(instrument: Instrument, found: Score) -> Label:
    """The band in words. What is sure is said; what is not is never guessed."""
    if len(found.missing) == len(instrument.items):
        return EMPTY
    floor = instrument.band_of(found.lowest)
    if found.band is None and floor is instrument.bands[0]:
        return UNDECIDED
    if floor is instrument.bands[0]:
        return Label(_now(floor.label), "MinusCircle", "neutral", outline=True)
    return Label(_now(floor.label), "ArrowUp", "warning")


def response_label(response) -> Label:
    """Where does the form stand?"""
    if response.withdrawn_at:
        return WITHDRAWN
    if response.signed_at is None:
        return DRAFT
    return CORRECTED if hasattr(response, "corrected_by") else SIGNED


def duty_label(duty, *, is_safety: bool, today: date) -> Label:
    """Where does a duty stand today? One that was withdrawn or is not demanded any more has no deadline."""
    if duty.withdrawn_at:
        return WITHDRAWN
    if duty.ended_on:
        return ENDED
    if duty.closed_on:
        return DONE
    if is_overdue(duty.due_on, today):
        return OVER
    if duty.agreed is not None:
        return AGREED
    return TODAY if is_safety else OPEN


def who(step: RoutineStep):
    """Who does it?"""
    return WHO.get(step.key, _("You or a colleague in the unit"))


def outcome_word(step: RoutineStep, key: str) -> str:
    """What was recorded?"""
    return _now(step.outcome(key).label)


DAY_TROUBLES = {
    DayTrouble.FUTURE: _("The form cannot be answered in the future."),
    DayTrouble.BEFORE_BIRTH: _("The day is before the one who answered was born."),
    DayTrouble.BEFORE_PREGNANCY: _("The day is before the pregnancy."),
    DayTrouble.NEEDS_REASON: _("It was answered more than %(days)s days ago. Write why it is entered now."),
}
PUT_RIGHT = gettext_noop(
    "Question %(number)s had an answer over 0 when first saved, and has none in the form that stands now. "
    "The conversation stands until it is held, or the answer is said to be mistyped."
)
NOT_ANSWERED = _("Question %(number)s is not answered: ask again")
NOT_AS_THIS = _(
    "The one who answered is not registered as that here. Is the form on the wrong person, withdraw it and write it on "
    "the right one."
)
BLANK = gettext_noop("Question %(number)s is not answered: ask again. It is acted on alone, whatever the sum is.")
BLANK_UNDECIDED = gettext_noop(
    "Question %(number)s is not answered: ask again. It is acted on alone, whatever the sum is. "
    "The answers that are missing also decide which limit the sum reaches; nothing is estimated."
)
ACTED_ON_ALONE = _("Question %(number)s at %(points)s or more is acted on alone, whatever the sum is")


def day_words(trouble: DayTrouble, days: int):
    """What is wrong with the day a form was answered?"""
    return str(DAY_TROUBLES[trouble]) % {"days": days}


def limits_of(form: Instrument) -> tuple[str, ...]:
    """Which limits and alerts are there, each with who says so and how sure it is?"""
    bands = [(f"{band.at_least}: {_now(band.label)}", band) for band in form.bands[1:]]
    alerts = [(_alert_words(form, alert), alert) for alert in form.alerts]
    return tuple(f"{words}. {_now(said.source)} ({EVIDENCE[said.evidence]})." for words, said in (*bands, *alerts))


def _alert_words(form: Instrument, alert: Alert) -> str:
    return str(ACTED_ON_ALONE) % {"number": form.item(alert.item).number, "points": alert.at_least}


def approval_label(page) -> Label:
    """Is the definition approved as it stands?"""
    if not page.is_approved:
        return NOT_APPROVED
    return PRACTICE if page.approvals[0].is_practice else APPROVED
