"""An instrument as data, and what a filled-in form adds up to. Items are topics and codes, never wording."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from fotspor.kit.definitions import Byline, Evidence

STRICT = {"extra": "forbid"}  # an unknown word in a definition is an error, never ignored


class NoSuchItem(Exception):
    """An answer to an item that the form does not have."""


class NoSuchCode(Exception):
    """An answer that the item cannot have."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question: its number on the paper, its topic, and its points in the order the boxes are printed."""

    __pydantic_config__ = STRICT

    key: str
    number: int
    topic: str  # English message id
    paper: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of the scale that begins at a limit, with who says so."""

    __pydantic_config__ = STRICT

    key: str
    at_least: int
    label: str  # English message id
    source: str = ""
    evidence: Evidence = Evidence.DEFAULT


@dataclass(frozen=True, slots=True)
class Alert:
    """An answer that is acted on alone, whatever the sum and however much is missing."""

    __pydantic_config__ = STRICT

    key: str
    item: str
    at_least: int
    source: str = ""
    evidence: Evidence = Evidence.DEFAULT


@dataclass(frozen=True, slots=True)
class Occasion:
    """When the form is used: from and until which week of pregnancy or after birth."""

    __pydantic_config__ = STRICT

    key: str
    label: str  # English message id
    anchor: str  # pregnancy | birth
    from_week: int
    until_week: int

    def __post_init__(self) -> None:
        if self.anchor not in ("pregnancy", "birth"):
            raise ValueError(f"{self.key}: anchor is {self.anchor!r}; it may be pregnancy or birth")


@dataclass(frozen=True, slots=True)
class Informant:
    """Who may answer."""

    __pydantic_config__ = STRICT

    key: str
    label: str  # English message id


@dataclass(frozen=True, slots=True)
class Language:
    """A language the form exists in on paper."""

    __pydantic_config__ = STRICT

    key: str
    label: str  # English message id


@dataclass(frozen=True, slots=True)
class Rights:
    """Who owns the wording, and whether it may be shown."""

    __pydantic_config__ = STRICT

    holder: str
    sentence: str  # English message id


@dataclass(frozen=True, slots=True)
class Instrument:
    """One form: what is asked, how it is coded, where the limits are, and who may print its words."""

    __pydantic_config__ = STRICT

    slug: str
    title: str
    items: tuple[Item, ...]
    bands: tuple[Band, ...]
    alerts: tuple[Alert, ...]
    occasions: tuple[Occasion, ...]
    informants: tuple[Informant, ...]
    languages: tuple[Language, ...]
    recall_days: int
    rights: Rights
    byline: Byline
    reason_after_days: int  # a form answered longer ago than this is entered with a reason
    bars_from: int  # so many forms before sums are drawn one by one
    # Computed at birth, so that scoring thousands of forms looks nothing up twice.
    keyed: tuple[tuple[Item, str, frozenset[int], int, int], ...] = field(init=False, repr=False, compare=False)
    alerting: tuple[tuple[str, str, int], ...] = field(init=False, repr=False, compare=False)
    falling: tuple[Band, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        keys = [item.key for item in self.items]
        if not keys or len(set(keys)) != len(keys):
            raise ValueError(f"{self.slug}: items need keys that differ")
        if any(len(set(item.paper)) != len(item.paper) or min(item.paper) < 0 for item in self.items):
            raise ValueError(f"{self.slug}: each box on the paper has its own points, 0 or more")
        limits = [band.at_least for band in self.bands]
        if not limits or limits != sorted(set(limits)) or limits[0] != self.min_points:
            raise ValueError(f"{self.slug}: bands rise, and the first begins at {self.min_points}")
        if limits[-1] > self.max_points:
            raise ValueError(f"{self.slug}: a limit above {self.max_points} can never be reached")
        for alert in self.alerts:
            if alert.item not in keys:
                raise ValueError(f"{self.slug}: alert {alert.key} is about an item that is not there")
        keyed = tuple((i, i.key, frozenset(i.paper), min(i.paper), max(i.paper)) for i in self.items)
        object.__setattr__(self, "keyed", keyed)
        object.__setattr__(self, "alerting", tuple((a.key, a.item, a.at_least) for a in self.alerts))
        object.__setattr__(self, "falling", tuple(reversed(self.bands)))

    @property
    def version(self) -> str:
        return self.byline.version

    @property
    def min_points(self) -> int:
        return sum(min(item.paper) for item in self.items)

    @property
    def max_points(self) -> int:
        return sum(max(item.paper) for item in self.items)

    @property
    def limits(self) -> tuple[int, ...]:
        """The limits between bands, lowest first."""
        return tuple(band.at_least for band in self.bands[1:])

    def is_used_after_birth(self, week: int) -> bool:
        """Has it an occasion for a child of so many whole weeks?"""
        return any(one.anchor == "birth" and one.from_week <= week < one.until_week for one in self.occasions)

    def item(self, key: str) -> Item:
        return next(item for item in self.items if item.key == key)

    def alerted_by(self, alert: str) -> Item:
        """Which question raises this alert?"""
        return self.item(next(each.item for each in self.alerts if each.key == alert))

    def band_of(self, points: int) -> Band:
        """Which band does this sum fall in?"""
        for band in self.falling:
            if points >= band.at_least:
                return band
        raise ValueError(f"{self.slug}: {points} is below the scale")


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one answer gave."""

    item: Item
    points: int
    is_alert: bool


class Scored(Protocol):
    """Anything that has a form's result: a Score just computed, or one that was stored."""

    @property
    def lowest(self) -> int: ...

    @property
    def highest(self) -> int: ...

    @property
    def alerts(self) -> "tuple[str, ...] | list[str]": ...


@dataclass(frozen=True, slots=True)
class Score:
    """The sum as an interval: one point wide when every item is answered."""

    total: int | None
    lowest: int
    highest: int
    band: Band | None  # None: the answers we have do not decide it
    alerts: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def is_complete(self) -> bool:
        return not self.missing


def score(instrument: Instrument, answers: Mapping[str, int]) -> Score:
    """What does one form add up to, and in which band?

    Units   points; a missing key is a skipped item, which counts as its lowest to its highest. Never pro-rated.
    Shape   alerts are evaluated alone, also when items are missing.
    Errors  NoSuchItem, NoSuchCode.
    Source  instrument.byline and each band's own.
    """
    lowest = highest = 0
    missing: list[str] = []
    get = answers.get
    for _item, key, codes, least, most in instrument.keyed:
        code = get(key)
        if code is None:
            missing.append(key)
            lowest += least
            highest += most
        elif type(code) is int and code in codes:  # True is an int to Python, and no answer
            lowest += code
            highest += code
        else:
            raise NoSuchCode(f"{instrument.slug}: {key} cannot be {code!r}")
    if len(answers) + len(missing) != len(instrument.keyed):
        known = {entry[1] for entry in instrument.keyed}
        unknown = sorted(set(answers) - known)
        if unknown:
            raise NoSuchItem(f"{instrument.slug} has no item {', '.join(unknown)}")
    floor = instrument.band_of(lowest)
    alerts = tuple(key for key, item, at_least in instrument.alerting if (get(item) or 0) >= at_least)
    return Score(
        None if missing else lowest,
        lowest,
        highest,
        floor if not missing or instrument.band_of(highest) is floor else None,
        alerts,
        tuple(missing),
    )


def unanswered(instrument: Instrument, answers: Mapping[str, int]) -> tuple[Item, ...]:
    """Which questions that are acted on alone are blank? A blank is no «no»: it is asked again, whatever the sum."""
    guarded = {alert.item for alert in instrument.alerts}
    return tuple(item for item in instrument.items if item.key in guarded and answers.get(item.key) is None)


def reaches(result: Scored, at_least: int) -> bool | None:
    """Is the sum at the limit or over, whatever is missing? None: the answers we have do not decide it."""
    if result.lowest >= at_least:
        return True
    return False if result.highest < at_least else None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why the result is what it is: what gave points, most first, and which limits are reached or undecided."""

    contributions: tuple[Contribution, ...]
    reached: tuple[Band, ...]
    undecided: tuple[Band, ...]
    answered: int
    of: int


def explain(instrument: Instrument, answers: Mapping[str, int], result: Score) -> Explanation:
    """Which answers and limits stand behind the result?"""
    rung = {item for key, item, at_least in instrument.alerting if key in result.alerts}
    given = [Contribution(i, answers[i.key], i.key in rung) for i in instrument.items if answers.get(i.key) is not None]
    given.sort(key=lambda c: (-c.points, c.item.number))
    limits = instrument.bands[1:]
    return Explanation(
        tuple(given),
        tuple(band for band in limits if reaches(result, band.at_least)),
        tuple(band for band in limits if reaches(result, band.at_least) is None),
        len(given),
        len(instrument.items),
    )
