"""A routine as data: what a result demands, by when, and which outcomes answer it. A score never refers anyone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from fotspor.instruments.rules.instruments import STRICT, Instrument, Scored, reaches
from fotspor.kit.dates import add_working_days
from fotspor.kit.definitions import Byline


@dataclass(frozen=True, slots=True)
class When:
    """What opens a step: exactly one of these. A word that is not here does not load."""

    __pydantic_config__ = STRICT

    every_form: bool = False
    at_least: int | None = None
    alert: str = ""
    undecided_at: int | None = None
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

    def holds(self, result: Scored) -> bool:
        """Does the result open it? After an outcome it never does: see `duties_after`."""
        if self.at_least is not None:
            return reaches(result, self.at_least) is True
        if self.undecided_at is not None:
            return reaches(result, self.undecided_at) is None
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
    sentence: str  # English message id: the rule in words
    when: When
    within_days: int
    outcomes: tuple[Outcome, ...]
    soonest: tuple[Soonest, ...] = ()
    from_draft: bool = False  # opens when the draft is saved, not first when it is signed
    is_safety: bool = False  # due before closing time, and told to the leader
    worker_may_start: bool = False
    is_working_days: bool = False

    def __post_init__(self) -> None:
        if not any(outcome.closes for outcome in self.outcomes):
            raise ValueError(f"{self.key}: no outcome ever closes it")
        keys = {outcome.key for outcome in self.outcomes}
        if len(keys) != len(self.outcomes):
            raise ValueError(f"{self.key}: outcomes need keys that differ")
        if any(not set(outcome.only_after) <= keys for outcome in self.outcomes):
            raise ValueError(f"{self.key}: only_after names an outcome that is not there")

    def outcome(self, key: str) -> Outcome:
        return next(outcome for outcome in self.outcomes if outcome.key == key)

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
class Routine:
    """What results of one instrument demand."""

    __pydantic_config__ = STRICT

    slug: str
    title: str
    instrument: str
    steps: tuple[RoutineStep, ...]
    summaries: tuple[Summary, ...]
    byline: Byline

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
            named = [step.when.at_least, step.when.undecided_at, *(s.at_least for s in step.soonest)]
            if any(limit is not None and limit not in instrument.limits for limit in named):
                raise ValueError(f"{self.slug}: {step.key} names a limit that {instrument.slug} does not have")


@dataclass(frozen=True, slots=True)
class WantedDuty:
    """A step that must be done, and its deadline."""

    step: RoutineStep
    due_on: date


def duties(
    routine: Routine, result: Scored, *, is_signed: bool, on: date, starts_routine: bool = False
) -> tuple[WantedDuty, ...]:
    """What does this result demand, in the routine's order?

    Shape   a draft demands only what opens from a draft; `starts_routine` is the worker's own yes at any sum.
    """
    return tuple(
        WantedDuty(step, step.due_on(result, on))
        for step in routine.steps
        if (is_signed or step.from_draft)
        and (step.when.holds(result) or (is_signed and starts_routine and step.worker_may_start))
    )


def duties_after(routine: Routine, step: str, outcome: str, *, result: Scored, on: date) -> tuple[WantedDuty, ...]:
    """What does an outcome itself demand?"""
    return tuple(
        WantedDuty(later, later.due_on(result, on))
        for later in routine.steps
        if later.when.after_step == step and outcome in later.when.after_outcomes
    )


def open_outcomes(step: RoutineStep, recorded: Iterable[str]) -> tuple[Outcome, ...]:
    """Which outcomes may be recorded now, given those already recorded?"""
    before = set(recorded)
    return tuple(o for o in step.outcomes if not o.only_after or before & set(o.only_after))
