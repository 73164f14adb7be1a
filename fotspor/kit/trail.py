"""The trail as the page draws it: arenas with steps, and the passes between them. `desk` fills it from the pathways."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.functional import Promise

Text = str | Promise
LEAST_ROOM, MOST_ROOM = 5, 8  # twelfths
FILLS = 16  # so many steps fill the page


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
    state: str  # done | now | future | before (they lived elsewhere)
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
    on: date | None = None  # for the list


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
    def note(self) -> str:
        """Where the summary stands: to the left or right of lane 2 where that leaves room, else below."""
        left, right = self._beside
        if max(left, right) < LEAST_ROOM:
            return "below"
        return "left" if left >= right else "right"

    @property
    def room(self) -> int:
        """How wide the summary can be there, in twelfths of the page."""
        return min(MOST_ROOM, max(self._beside))

    @property
    def _beside(self) -> tuple[int, int]:
        """The free twelfths before and after lane 2. A way of few steps is drawn narrower than the page."""
        second = [p for p in self.parts if isinstance(p, Arena) and p.lane == 2]
        if not second:
            return 0, 0
        drawn = min(1.0, self.columns / FILLS)
        first, last = min(p.start for p in second), max(p.start + p.span - 1 for p in second)
        return int(12 * drawn * (first - 1) / self.columns), int(12 * (1 - drawn * last / self.columns))
