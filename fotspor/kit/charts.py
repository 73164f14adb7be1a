"""Where things stand in a drawing, in plain numbers; the templates draw. Every chart has its table beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class WindowBar:
    """A window on a line: opens to closes, the due date as a dot, today as a needle, red dashes past the window."""

    opens: float
    due: float
    closes: float
    today: float
    late: bool
    width: int = 120


def window_bar(opens_on: date, due_on: date, closes_on: date, today: date, width: int = 120) -> WindowBar:
    """Where do the four days of a window stand on a bar of this width? Three days of air on each side."""
    first, last = min(opens_on, due_on, today), max(closes_on, due_on, today)
    span = (last - first).days + 6

    def place(day: date) -> float:
        return round(4 + ((day - first).days + 3) / span * (width - 8), 1)

    return WindowBar(place(opens_on), place(due_on), place(closes_on), place(today), today > closes_on, width)


@dataclass(frozen=True, slots=True)
class Cut:
    """A named limit. `at` is where it stands, once placed."""

    value: float
    name: str
    at: float = 0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar. `kind` names its fill: b1 (series 1), b0 (others), b2, band0, band1, band2."""

    label: str
    value: float
    kind: str = "b1"
    url: str = ""
    x: float = 0
    y: float = 0
    width: float = 0
    height: float = 0
    shown: bool = True  # whether the label has room under the axis

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True, slots=True)
class Mark:
    """One grid line of the value axis."""

    value: float
    y: float


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars on a value axis that starts at zero."""

    bars: tuple[Bar, ...]
    cuts: tuple[Cut, ...]
    marks: tuple[Mark, ...]
    width: int
    height: int
    left: int
    base: int


def nice_top(highest: float) -> int:
    """Which round number stands at the top of the axis? At least 4, so that four marks are whole numbers."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if factor * step * 4 >= highest:
                return factor * step * 4
        step *= 10


def bar_chart(bars: Sequence[Bar], cuts: Sequence[Cut] = (), width: int = 560, height: int = 220) -> BarChart:
    """Where does each bar stand? A cut's value is a position among the bars: 10 stands left of bar number 10."""
    left, base, top = 40, height - 28, 24
    ceiling = nice_top(max((bar.value for bar in bars), default=0))
    step = (width - left - 6) / max(len(bars), 1)
    every = max(1, round(26 / step)) if step < 26 else 1

    def level(value: float) -> float:
        return round(base - value / ceiling * (base - top), 1)

    placed = tuple(
        Bar(
            bar.label,
            bar.value,
            bar.kind,
            bar.url,
            round(left + i * step + step * 0.12, 1),
            level(bar.value),
            round(step * 0.76, 1),
            round(base - level(bar.value), 1),
            i % every == 0,
        )
        for i, bar in enumerate(bars)
    )
    limits = tuple(Cut(cut.value, cut.name, round(left + cut.value * step, 1)) for cut in cuts)
    marks = tuple(Mark(ceiling * i // 4, level(ceiling * i / 4)) for i in range(5))
    return BarChart(placed, limits, marks, width, height, left, base)


@dataclass(frozen=True, slots=True)
class Point:
    """One reading. No value means asked for and missing: a dotted mark with the word."""

    label: str
    value: float | None
    x: float = 0
    y: float = 0


@dataclass(frozen=True, slots=True)
class Series:
    """Readings of one informant. `mark` is 1 (filled circle) or 2 (open square): they differ without colour."""

    name: str
    points: tuple[Point, ...]
    mark: int = 1
    path: str = ""


@dataclass(frozen=True, slots=True)
class LineChart:
    series: tuple[Series, ...]
    labels: tuple[Point, ...]
    cuts: tuple[Cut, ...]
    marks: tuple[Mark, ...]
    width: int
    height: int
    left: int
    base: int

    @property
    def rows(self) -> list[tuple[str, list[float | None]]]:
        """The same as a table: one row for each label, one value for each series."""
        found = [{p.label: p.value for p in s.points} for s in self.series]
        return [(p.label, [values.get(p.label) for values in found]) for p in self.labels]


def line_chart(series: Sequence[Series], cuts: Sequence[Cut] = (), width: int = 360, height: int = 172) -> LineChart:
    """Where does each reading stand? Labels keep the order of the first series that has them. The axis starts at 0."""
    left, base, top = 34, height - 32, 24
    labels = list(dict.fromkeys(p.label for s in series for p in s.points))
    values = [p.value for s in series for p in s.points if p.value is not None] + [c.value for c in cuts]
    ceiling = nice_top(max(values, default=0))
    step = (width - left - 10) / max(len(labels), 1)

    def across(label: str) -> float:
        return round(left + (labels.index(label) + 0.5) * step, 1)

    def level(value: float) -> float:
        return round(base - value / ceiling * (base - top), 1)

    placed = []
    for one in series:
        points = tuple(
            Point(p.label, p.value, across(p.label), level(p.value if p.value is not None else ceiling * 0.3))
            for p in one.points
        )
        known = [p for p in points if p.value is not None]
        path = "M" + "L".join(f"{p.x} {p.y}" for p in known) if len(known) > 1 else ""
        placed.append(Series(one.name, points, one.mark, path))
    return LineChart(
        tuple(placed),
        tuple(Point(label, None, across(label), base) for label in labels),
        tuple(Cut(c.value, c.name, level(c.value)) for c in cuts),
        tuple(Mark(ceiling * i // 4, level(ceiling * i / 4)) for i in range(5)),
        width,
        height,
        left,
        base,
    )


@dataclass(frozen=True, slots=True)
class Band:
    """One stretch of a scale. `kind` 0, 1, 2 is how dark it is, never good or bad."""

    x: float
    width: float
    kind: int


@dataclass(frozen=True, slots=True)
class Scale:
    """A score on its scale with the limits."""

    bands: tuple[Band, ...]
    cuts: tuple[Cut, ...]
    lowest: int
    highest: int
    low_at: float | None
    high_at: float | None  # differs from low_at when answers are missing
    needle: float | None


def scale(lowest: int, highest: int, cuts: Sequence[int], low: int | None, high: int | None, width: int = 300) -> Scale:
    """Where do the limits and the sum stand? With answers missing the sum is an interval from low to high."""

    def place(value: float) -> float:
        return round((value - lowest) / (highest - lowest) * width, 1)

    edges = [0.0, *(place(cut) - 1.5 for cut in cuts), float(width)]
    bands = tuple(
        Band(round(edges[i] + (3 if i else 0), 1), round(edges[i + 1] - edges[i] - (3 if i else 0), 1), min(i, 2))
        for i in range(len(edges) - 1)
    )
    low_at = None if low is None else place(low)
    high_at = None if high is None else place(high)
    return Scale(
        bands,
        tuple(Cut(cut, str(cut), round(place(cut) - 1.5, 1)) for cut in cuts),
        lowest,
        highest,
        low_at,
        high_at,
        low_at if low == high else None,
    )
