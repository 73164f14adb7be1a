"""The trail as the page draws it: arenas with steps, and the passes between them. `desk` fills it from the pathways."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.functional import Promise

Text = str | Promise


class StepState(StrEnum):
    DONE = "done"
    DONE_LATE = "done-late"
    NOW = "now"
    LATE = "late"
    FUTURE = "future"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Step:
    """One footprint. `sentence` is said after the state's own word, or `word`; `start` is its column in the arena."""

    start: int
    state: StepState
    age: Text
    sentence: Text
    url: str
    week: bool = False  # the age is a week of pregnancy, said aloud as such
    on: date | None = None  # for the list
    word: Text = ""  # said instead of the state's own word


@dataclass(frozen=True, slots=True)
class Arena:
    """Who has the child now, or had, or will have. Lane 1 holds the baton; lane 2 runs beside it."""

    name: Text
    icon: str
    state: str  # done | now | future
    start: int
    span: int
    steps: tuple[Step, ...]
    meta: Text = ""
    lane: int = 1
    last: bool = False
    is_pass: bool = False


@dataclass(frozen=True, slots=True)
class Pass:
    """The baton on the boundary. `short` is two short lines; `sentence` says from, to, sent and accepted."""

    start: int
    state: str  # done | future (sent or planned, not accepted) | gap (nobody accepted)
    short: tuple[Text, Text]
    sentence: Text
    url: str = ""
    is_pass: bool = True


@dataclass(frozen=True, slots=True)
class Trail:
    """The whole way, in time order. At most 32 columns; the first `narrow` of them are narrower."""

    parts: tuple[Arena | Pass, ...]
    columns: int
    narrow: int = 0
    summary: Text = ""
    list_url: str = ""

    @property
    def has_now(self) -> bool:
        return any(s.state == StepState.NOW for p in self.parts if isinstance(p, Arena) for s in p.steps)

    @property
    def has_room_below(self) -> bool:
        """Whether lane 2 leaves two thirds of its row free, so that the summary can stand beside it."""
        second = [p.start for p in self.parts if isinstance(p, Arena) and p.lane == 2]
        return bool(second) and min(second) > self.columns * 2 / 3
