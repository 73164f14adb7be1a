"""Forms that come as rows of a file, through a mapping file. A bad row is refused with its reason, never guessed at."""

from collections.abc import Mapping as Row
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import Enum

from fotspor.instruments.rules.instruments import STRICT, Instrument, score
from fotspor.kit.definitions import Byline

CURRENT_DAYS = 14


def gettext_noop(text: str) -> str:
    """Marks a text for the catalogue; a rule does not translate."""
    return text


NO_DATE = gettext_noop("Neither the row nor the mapping file says when the form was answered.")
NOT_CURRENT = gettext_noop("The form has no answer date within 14 days, and cannot be read as current.")
HISTORY_TOO_OLD = gettext_noop(
    "The form is here from before as history, and its answer date is not within 14 days: it opens nothing."
)
OTHER_DATE = gettext_noop(
    "The form is here from before with the answer date %(stored)s, and the file says %(file)s. "
    "Another round of forms needs a wave of its own; a wrong date is corrected on the form's own page."
)
OTHER_ANSWERS_WITHDRAWN = gettext_noop("The form was withdrawn here, and the file has other answers: %(columns)s.")
OTHER_ANSWERS_CORRECTED = gettext_noop(
    "The form has been corrected here, and the file has other answers still: %(columns)s. Correct it on its own page."
)
OTHER_ANSWERS_IN_USE = gettext_noop(
    "The form is followed up here, and the file has other answers: %(columns)s. Take the file in as current."
)
OTHER_ANSWERS_WITHOUT_ALERT = gettext_noop(
    "The form rings an alarm here, and with the file's answers it would not: %(columns)s. "
    "No file takes an alarm away: withdraw it on the form's own page."
)
TWICE = gettext_noop("The form stands in row %(row)s too, with other answers or another date.")
BLANK = frozenset({"", "na", "nan", "null", "none", "."})


class BadRow(Exception):
    """A row that cannot be read: the message is an English message id, `facts` fill it in."""

    def __init__(self, reason: str, **facts: str):
        super().__init__(reason % facts)
        self.reason, self.facts = reason, facts


@dataclass(frozen=True, slots=True)
class Wave:
    """One round of forms, and when it was answered, where the rows do not say."""

    __pydantic_config__ = STRICT

    key: str
    title: str
    answered_on: date | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which column holds what."""

    __pydantic_config__ = STRICT

    study: str
    title: str
    instrument: str
    subject: str  # column
    items: dict[str, str]  # item key -> column
    informant_kind: str
    waves: tuple[Wave, ...]
    byline: Byline
    wave: str = ""  # column; empty: the file is one wave
    answered_on: str = ""  # column
    language: str = ""  # a language code for every row
    language_column: str = ""
    only_waves: frozenset[str] = field(default=frozenset())

    def __post_init__(self) -> None:
        if not self.waves or (not self.wave and len(self.waves) != 1):
            raise ValueError(f"{self.study}: a file without a column for the wave is exactly one wave")

    @property
    def columns(self) -> tuple[str, ...]:
        """Which columns must the file have?"""
        others = (self.wave, self.answered_on, self.language_column)
        return (self.subject, *(column for column in others if column), *self.items.values())

    def fits(self, instrument: Instrument) -> None:
        """Is every item of the instrument mapped, and no other? Errors: ValueError."""
        keys = {item.key for item in instrument.items}
        if set(self.items) != keys or self.instrument != instrument.slug:
            raise ValueError(f"{self.study}: the mapping and {instrument.slug} have different items")

    def only(self, *waves: str) -> "Mapping":
        """The same mapping for some of the waves. Errors: ValueError."""
        unknown = set(waves) - {wave.key for wave in self.waves}
        if unknown:
            raise ValueError(f"{self.study} has no wave {', '.join(sorted(unknown))}")
        return replace(self, only_waves=frozenset(waves))

    def dated(self, wave: str, answered_on: date) -> "Mapping":
        """The same mapping with another date for one wave."""
        waves = tuple(replace(w, answered_on=answered_on) if w.key == wave else w for w in self.waves)
        return replace(self, waves=waves)


@dataclass(frozen=True, slots=True)
class Form:
    """One row, read."""

    study_id: str
    wave: str
    answers: dict[str, int]
    answered_on: date | None
    language: str


def _code(text: str, column: str) -> int | None:
    if text.strip().lower() in BLANK:
        return None
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        raise BadRow(
            gettext_noop("Column %(column)s holds %(text)s, which is no number."), column=column, text=text[:20]
        ) from None
    if not number.is_integer():
        raise BadRow(
            gettext_noop("Column %(column)s holds %(text)s, which is no whole number."), column=column, text=text[:20]
        )
    return int(number)


def _day(text: str, column: str) -> date | None:
    if text.strip().lower() in BLANK:
        return None
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError:
        raise BadRow(
            gettext_noop("Column %(column)s holds %(text)s, which is no date."), column=column, text=text[:20]
        ) from None


def read_form(mapping: Mapping, instrument: Instrument, row: Row[str, str | None]) -> Form | None:
    """Which form is this row, with every column of the mapping? None: a row of a wave that was not asked for.

    Errors  BadRow, with the reason.
    """

    def cell(column: str) -> str:
        return row[column] or ""

    name = cell(mapping.wave).strip() if mapping.wave else mapping.waves[0].key
    wave = next((w for w in mapping.waves if w.key == name), None)
    if wave is None:
        raise BadRow(gettext_noop("The wave %(wave)s is not in the mapping file."), wave=name[:20])
    if mapping.only_waves and wave.key not in mapping.only_waves:
        return None
    subject = cell(mapping.subject).strip()
    if not subject:
        raise BadRow(gettext_noop("The row says nothing about whom it is."))
    found = {item.key: _code(cell(mapping.items[item.key]), mapping.items[item.key]) for item in instrument.items}
    answers = {key: code for key, code in found.items() if code is not None}
    if not answers:
        raise BadRow(gettext_noop("No question is answered."))
    for item in instrument.items:
        if item.key in answers and answers[item.key] not in item.paper:
            column = mapping.items[item.key]
            raise BadRow(
                gettext_noop("Column %(column)s holds %(text)s, which the question does not have."),
                column=column,
                text=str(answers[item.key]),
            )
    answered_on = _day(cell(mapping.answered_on), mapping.answered_on) if mapping.answered_on else None
    language = cell(mapping.language_column).strip() if mapping.language_column else mapping.language
    return Form(f"{mapping.study}:{subject}", wave.key, answers, answered_on or wave.answered_on, language)


def is_current(form: Form, today: date) -> bool:
    """Is the form so new that its result must be answered? Not without a date, and not from tomorrow."""
    return form.answered_on is not None and timedelta(0) <= today - form.answered_on <= timedelta(days=CURRENT_DAYS)


# --- a form that is here from before ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stored:
    """A form that an earlier file brought: as it came, and as it stands now. Often the same."""

    versions: tuple[tuple[dict[str, int], date], ...]  # answers and date, the newest last
    alerts: frozenset[str]  # of the newest
    is_history: bool
    is_withdrawn: bool


class Do(Enum):
    """What a row of the file asks for."""

    STORE = "store"
    NOTHING = "nothing"
    MAKE_CURRENT = "make_current"
    CORRECT = "correct"


def what_to_do(
    found: Form, stored: Stored | None, mapping: Mapping, instrument: Instrument, *, today: date | None
) -> Do:
    """What does this form ask for, with what is here from before?

    Shape   `today` when it is to be read as current; None for history. A form with the answers of an earlier version
            asks for nothing: what a person has corrected here stands.
    Errors  BadRow: a difference is never passed over in silence.
    """
    if found.answered_on is None:
        raise BadRow(NO_DATE)
    if stored is None:
        if today is not None and not is_current(found, today):
            raise BadRow(NOT_CURRENT)
        return Do.STORE
    raised = today is not None and stored.is_history and not stored.is_withdrawn
    if (found.answers, found.answered_on) in stored.versions:
        if raised and today is not None and not is_current(found, today):
            raise BadRow(HISTORY_TOO_OLD)
        return Do.MAKE_CURRENT if raised else Do.NOTHING
    answers, answered_on = stored.versions[-1]
    if found.answered_on != answered_on:
        raise BadRow(OTHER_DATE, stored=answered_on.isoformat(), file=found.answered_on.isoformat())
    if raised and today is not None and not is_current(found, today):
        raise BadRow(HISTORY_TOO_OLD)
    reason = _why_not_corrected(found, stored, instrument, as_current=today is not None)
    if reason:
        keys = [key for key in mapping.items if found.answers.get(key) != answers.get(key)]
        raise BadRow(reason, columns=", ".join(mapping.items[key] for key in keys))
    return Do.CORRECT


def _why_not_corrected(found: Form, stored: Stored, instrument: Instrument, *, as_current: bool) -> str:
    """Why may the file's other answers not be put in the place of those here? Empty: they may."""
    if stored.is_withdrawn:
        return OTHER_ANSWERS_WITHDRAWN
    if len(stored.versions) > 1:
        return OTHER_ANSWERS_CORRECTED
    if not as_current and not stored.is_history:
        return OTHER_ANSWERS_IN_USE
    if as_current and stored.alerts - set(score(instrument, found.answers).alerts):
        return OTHER_ANSWERS_WITHOUT_ALERT
    return ""
