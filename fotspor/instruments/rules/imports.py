"""Forms that come as rows of a file, through a mapping file. A bad row is refused with its reason, never guessed at."""

from collections.abc import Mapping as Row
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from fotspor.instruments.rules.instruments import STRICT, Instrument
from fotspor.kit.definitions import Byline

CURRENT_DAYS = 14


def gettext_noop(text: str) -> str:
    """Marks a text for the catalogue; a rule does not translate."""
    return text


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
    """Which form is this row? None: a row of a wave that was not asked for.

    Errors  BadRow, with the reason.
    """

    def cell(column: str) -> str:
        if column not in row:
            raise BadRow(gettext_noop("The file has no column %(column)s."), column=column)
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
