"""What a navigation place is; `desk` decides which a viewer has."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """One line in the rail. `count` and the page it opens come from the same query."""

    key: str
    label: str
    url: str
    icon: str
    group: str = "own"  # own | unit
    count: int | None = None
    color: str = "neutral"  # accent = mine, stafett = batons, neutral = the unit's
    short: str = ""  # in the bottom bar, where the label is too long for one line
