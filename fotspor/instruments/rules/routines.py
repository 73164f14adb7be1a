"""A routine as data: what a result demands, by when, and which outcomes answer it. A score never refers anyone."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from fotspor.instruments.rules.instruments import STRICT, Instrument, Scored, reaches
from fotspor.kit.dates import add_working_days
from fotspor.kit.definitions import Byline, Evidence


@dataclass(frozen=True, slots=True)
class When:
    """What opens a step: exactly one of these. A word that is not here does not load."""

    __pydantic_config__ = STRICT

    every_form: bool = False
    at_least: int | None = None
    alert: str = ""
    undecided_at: int | None = None
    and_at_least: int | None = None  # with `undecided_at`: and this lower limit is reached whatever is missing
    after_step: str = ""
    after_outcomes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        chosen = [
            self.every_form,
            self.at_least is not None,
            bool(self.alert),
            self.undecided_at is not None,
            bool(self.after_step),
        ]
        if sum(chosen) != 1:
            raise ValueError("a step opens on exactly one of every_form, at_least, alert, undecided_at, after_step")
        if bool(self.after_step) != bool(self.after_outcomes):
            raise ValueError("after_step says after which outcomes")
        if self.and_at_least is not None and self.undecided_at is None:
            raise ValueError("and_at_least goes with undecided_at")

    def holds(self, result: Scored) -> bool:
        """Does the result open it? After an outcome it never does: see `duties_after`."""
        if self.at_least is not None:
            return reaches(result, self.at_least) is True
        if self.undecided_at is not None:
            is_over = self.and_at_least is None or reaches(result, self.and_at_least) is True
            return is_over and reaches(result, self.undecided_at) is None
        return self.every_form or self.alert in result.alerts


@dataclass(frozen=True, slots=True)
class Outcome:
    """What may be recorded, and what it leads to."""

    __pydantic_config__ = STRICT

    key: str
    label: str  # English message id
    sentence: str = ""  # English message id, under the choice
    closes: bool = True
    tells_leader: bool = False
    needs_note: bool = False
    needs_tried: bool = False
    needs_handed_to: bool = False
    needs_next: bool = False  # the day of the next conversation, which the duty then waits for
    is_held: bool = False  # a conversation was held, so that the deadline is met
    needs_correction: bool = False  # recorded only when the form no longer asks for the step
    gives_consent: bool = False  # a yes, kept as a consent until it is taken back
    only_after: tuple[str, ...] = ()  # offered once one of these has been recorded


@dataclass(frozen=True, slots=True)
class Soonest:
    """A shorter deadline from a limit on."""

    __pydantic_config__ = STRICT

    at_least: int
    within_days: int


@dataclass(frozen=True, slots=True)
class RoutineStep:
    """One thing to do after a result."""

    __pydantic_config__ = STRICT

    key: str
    title: str  # English message id
    label: str  # English message id: what the link to it says
    sentence: str  # English message id: the rule in words
    source: str  # who says so
    evidence: Evidence
    when: When
    within_days: int
    outcomes: tuple[Outcome, ...]
    soonest: tuple[Soonest, ...] = ()
    from_draft: bool = False  # opens when the draft is saved, not first when it is signed
    is_safety: bool = False  # due before closing time, and told to the leader
    worker_may_start: bool = False
    latest_agreed_days: int | None = None  # after the deadline, or today when that is later: no further may be agreed
    is_working_days: bool = False
    hands_out: bool = False  # asks which information folder was handed out
    writes_letter: bool = False  # a yes lets a letter be written

    def __post_init__(self) -> None:
        if not any(outcome.closes for outcome in self.outcomes):
            raise ValueError(f"{self.key}: no outcome ever closes it")
        keys = {outcome.key for outcome in self.outcomes}
        if len(keys) != len(self.outcomes):
            raise ValueError(f"{self.key}: outcomes need keys that differ")
        if any(not set(outcome.only_after) <= keys for outcome in self.outcomes):
            raise ValueError(f"{self.key}: only_after names an outcome that is not there")
        if any(outcome.needs_next for outcome in self.outcomes) and self.latest_agreed_days is None:
            raise ValueError(f"{self.key}: a day may be agreed, so it says how late")

    def outcome(self, key: str) -> Outcome:
        return next(outcome for outcome in self.outcomes if outcome.key == key)

    @property
    def asks_again(self) -> bool:
        """Is it the question about answers that are missing?"""
        return self.when.undecided_at is not None

    def is_put_right(self, result: Scored) -> bool:
        """Was it an answer to one question that opened the step, and does the form that stands not have it?"""
        return bool(self.when.alert) and self.when.alert not in result.alerts

    def due_on(self, result: Scored, from_on: date) -> date:
        """By when? While a shorter deadline is undecided, it holds."""
        days = self.within_days
        for shorter in self.soonest:
            if reaches(result, shorter.at_least) is not False:
                days = min(days, shorter.within_days)
        return add_working_days(from_on, days) if self.is_working_days else from_on + timedelta(days=days)


@dataclass(frozen=True, slots=True)
class Summary:
    """A sentence that a parent may release to the child's page. Never a score."""

    __pydantic_config__ = STRICT

    key: str
    sentence: str  # English message id


@dataclass(frozen=True, slots=True)
class Folder:
    """Printed information that may be handed out, in one version."""

    __pydantic_config__ = STRICT

    key: str
    title: str  # English message id
    version: str


@dataclass(frozen=True, slots=True)
class Routine:
    """What results of one instrument demand."""

    __pydantic_config__ = STRICT

    slug: str
    title: str
    instrument: str
    steps: tuple[RoutineStep, ...]
    summaries: tuple[Summary, ...]
    byline: Byline
    folders: tuple[Folder, ...] = ()

    def __post_init__(self) -> None:
        keys = [step.key for step in self.steps]
        if len(set(keys)) != len(keys):
            raise ValueError(f"{self.slug}: steps need keys that differ")
        for step in self.steps:
            if step.when.after_step:
                self.step(step.when.after_step)
                for key in step.when.after_outcomes:
                    if key not in {o.key for o in self.step(step.when.after_step).outcomes}:
                        raise ValueError(f"{self.slug}: {step.key} follows an outcome that is not there: {key}")

    @property
    def version(self) -> str:
        return self.byline.version

    def step(self, key: str) -> RoutineStep:
        for step in self.steps:
            if step.key == key:
                return step
        raise ValueError(f"{self.slug}: there is no step {key}")

    def fits(self, instrument: Instrument) -> None:
        """Does every alert and limit exist in the instrument? Errors: ValueError."""
        alerts = {alert.key for alert in instrument.alerts}
        for step in self.steps:
            if step.when.alert and step.when.alert not in alerts:
                raise ValueError(f"{self.slug}: {instrument.slug} has no alert {step.when.alert}")
            when = step.when
            named = [when.at_least, when.undecided_at, when.and_at_least, *(s.at_least for s in step.soonest)]
            if any(limit is not None and limit not in instrument.limits for limit in named):
                raise ValueError(f"{self.slug}: {step.key} names a limit that {instrument.slug} does not have")
        if alerts and not any(step.asks_again for step in self.steps):
            raise ValueError(f"{self.slug}: no step asks again when a question with an alert is not answered")


@dataclass(frozen=True, slots=True)
class WantedDuty:
    """A step that must be done, and its deadline."""

    step: RoutineStep
    due_on: date


def duties(
    routine: Routine,
    result: Scored,
    *,
    is_signed: bool,
    on: date,
    starts_routine: bool = False,
    started_on: date | None = None,
    is_blank: bool = False,
) -> tuple[WantedDuty, ...]:
    """What does this result demand, in the routine's order?

    Shape   a draft demands only what opens from a draft; `starts_routine` is the worker's own yes at any sum, whose
            deadlines count from `started_on` when that is not the day of the answer. `is_blank`: a question that is
            acted on alone has no answer, which is asked about again also when the sum is decided without it.
    """
    found, asked = [], _asked_again(routine, result) if is_blank else None
    for step in routine.steps:
        if not (is_signed or step.from_draft):
            continue
        if step is asked or step.when.holds(result):
            found.append(WantedDuty(step, step.due_on(result, on)))
        elif is_signed and starts_routine and step.worker_may_start:
            found.append(WantedDuty(step, step.due_on(result, started_on or on)))
    return tuple(found)


def _asked_again(routine: Routine, result: Scored) -> RoutineStep | None:
    """Which step asks about a question that is blank? The one the sum opens itself, else the first that asks."""
    asking = [step for step in routine.steps if step.asks_again]
    return next((step for step in asking if step.when.holds(result)), asking[0] if asking else None)


def duties_after(routine: Routine, step: str, outcome: str, *, result: Scored, on: date) -> tuple[WantedDuty, ...]:
    """What does an outcome itself demand?"""
    return tuple(
        WantedDuty(later, later.due_on(result, on))
        for later in routine.steps
        if later.when.after_step == step and outcome in later.when.after_outcomes
    )


@dataclass(frozen=True, slots=True)
class AgreedBy:
    """How late a conversation may be agreed: after `reason_after` with a reason, after `latest` not at all."""

    reason_after: date | None  # None once a conversation is held: the deadline is met
    latest: date


def agreed_by(step: RoutineStep, chosen: Outcome, recorded: Iterable[str], *, due_on: date, today: date) -> AgreedBy:
    """How late may the next conversation be agreed? `due_on` is the routine's own deadline."""
    is_met = chosen.is_held or any(step.outcome(key).is_held for key in recorded)
    latest = max(due_on, today) + timedelta(days=step.latest_agreed_days or 0)
    return AgreedBy(None if is_met else due_on, latest)


def open_outcomes(step: RoutineStep, recorded: Iterable[str]) -> tuple[Outcome, ...]:
    """Which outcomes may be recorded now, given those already recorded?"""
    before = set(recorded)
    return tuple(o for o in step.outcomes if not o.only_after or before & set(o.only_after))


def is_past(due_on: date, due_before: time | None, local: datetime) -> bool:
    """Is the deadline behind us, by the hour when there is one? `local` is the wall clock."""
    if local.date() != due_on:
        return local.date() > due_on
    return due_before is not None and local.time() >= due_before


def has_told_leader(step: RoutineStep, recorded: Sequence[str], *, is_reopened: bool) -> bool:
    """Does the leader know already, before closing time? After the newest outcome, or when one was taken back."""
    if not recorded:
        return is_reopened and step.is_safety
    return step.outcome(recorded[-1]).tells_leader or (is_reopened and step.is_safety)
