"""docs/reference/speed.md and its drawing, from the JSON that `make bench` has left behind."""

import json
import tomllib
from html import escape
from pathlib import Path

from fotspor.kit.charts import Cut, LineChart, Point, Series, line_chart

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "speed.md"
DRAWING = PAGE.with_suffix(".svg")
REASONS = Path(__file__).with_name("reasons.toml")
ORDER = ["tiny", "small", "city", "nation"]
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
SENTENCE = "Milliseconds at each size that was measured; the dashed line is the target. Every figure is in the tables."
ACROSS, PANEL_WIDTH, PANEL_HEIGHT, GAP, HEAD = 2, 380, 172, 24, 24
STYLE = """text{font:12px sans-serif;fill:#333}.h{font-weight:600}.grid{stroke:#e3e3e3}.axis{stroke:#666}
.cut{stroke:#8a5a00;stroke-dasharray:5 4}.cut-text{fill:#8a5a00}path{fill:none}.s1{stroke:#0b5cad;stroke-width:2}
.s2{stroke:#555;stroke-width:2;stroke-dasharray:2 3}.p1{fill:#0b5cad}.p2{fill:#fff;stroke:#555;stroke-width:2}"""


def measured(folder: Path) -> list[dict]:
    """What has been measured, the smallest municipality first."""
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]
    return sorted(found, key=lambda run: (ORDER.index(run["size"]), list(NAMES).index(run["database"])))


def label(run: dict) -> str:
    return f"{run['size']}: {run['children']:,}"


def panels(runs: list[dict]) -> list[tuple[str, LineChart]]:
    """One drawing for each figure that is a time and was measured at some size, both databases in it."""
    drawn: dict[str, dict[str, dict[str, dict]]] = {}
    for run in runs:
        for row in run["rows"]:
            if row.get("milliseconds") is not None:
                drawn.setdefault(row["id"], {}).setdefault(run["database"], {})[run["size"]] = row
    found = []
    sizes = [size for size in ORDER if any(run["size"] == size for run in runs)]
    heads = {size: next(label(run) for run in runs if run["size"] == size) for size in sizes}
    for key, by_database in drawn.items():
        series = [_series(name, by_database.get(database, {}), heads, mark) for mark, (database, name) in
                  enumerate(NAMES.items(), start=1)]  # fmt: skip
        rows = [row for by_size in by_database.values() for row in by_size.values()]
        limits = [row["limit_milliseconds"] for row in rows if row.get("limit_milliseconds")]
        cuts = [Cut(min(limits), f"target {min(limits):g} ms")] if limits else []
        found.append((f"{key} {SHORT.get(key, '')}".strip(), line_chart(series, cuts, PANEL_WIDTH, PANEL_HEIGHT)))
    return found


SHORT = {
    "P3": "the day's page", "P4": "the ledger", "P6": "a child's page", "P7": "a form signed",
    "P8": "one child re-planned", "P11": "mixed load, p95",
}  # fmt: skip


def _series(name: str, by_size: dict[str, dict], heads: dict[str, str], mark: int) -> Series:
    return Series(name, tuple(Point(heads[size], row["milliseconds"]) for size, row in by_size.items()), mark)


def drawing(charts: list[tuple[str, LineChart]]) -> str:
    """All of them in one SVG that says what it shows to whoever cannot see it."""
    down = -(-len(charts) // ACROSS)
    width, height = ACROSS * (PANEL_WIDTH + GAP), down * (PANEL_HEIGHT + HEAD + GAP) + HEAD
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-labelledby="t d">',
        '<title id="t">Times from the smallest municipality to the biggest</title>',
        f'<desc id="d">{escape(_spoken(charts))}</desc><style>{STYLE}</style>',
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
        '<circle class="p1" cx="12" cy="12" r="5"/><text x="24" y="16">SQLite</text>'
        '<rect class="p2" x="82" y="7" width="10" height="10"/><text x="98" y="16">PostgreSQL</text>',
    ]
    for number, (title, chart) in enumerate(charts):
        x, y = number % ACROSS * (PANEL_WIDTH + GAP), HEAD + number // ACROSS * (PANEL_HEIGHT + HEAD + GAP)
        parts += [f'<g transform="translate({x} {y})"><text class="h" x="4" y="18">{escape(title)}, ms</text>']
        parts += [f'<g transform="translate(0 {HEAD})">', *_panel(chart), "</g></g>"]
    return "\n".join([*parts, "</svg>", ""])


def _panel(chart: LineChart) -> list[str]:
    parts = []
    for mark in chart.marks:
        parts.append(f'<path class="grid" d="M{chart.left} {mark.y}H{chart.width}"/>')
        parts.append(f'<text x="{chart.left - 6}" y="{mark.y + 4}" text-anchor="end">{mark.value:g}</text>')
    parts.append(f'<path class="axis" d="M{chart.left} {chart.base}H{chart.width}"/>')
    for cut in chart.cuts:
        parts.append(f'<path class="cut" d="M{chart.left} {cut.at}H{chart.width}"/>')
        parts.append(f'<text class="cut-text" x="{chart.left + 2}" y="{cut.at - 6}">{escape(cut.name)}</text>')
    for point in chart.labels:
        parts.append(f'<text x="{point.x}" y="{chart.base + 20}" text-anchor="middle">{escape(point.label)}</text>')
    for one in chart.series:
        parts.append(f'<path class="s{one.mark}" d="{one.path}"/>' if one.path else "")
        for point in one.points:
            shape = f'<circle class="p1" cx="{point.x}" cy="{point.y}" r="5"/>'
            if one.mark == 2:
                shape = f'<rect class="p2" x="{point.x - 5}" y="{point.y - 5}" width="10" height="10"/>'
            across, up, anchor = (-10, -6, "end") if one.mark == 1 else (10, 14, "start")
            said = f'<text x="{point.x + across}" y="{point.y + up}" text-anchor="{anchor}">{point.value:.0f}</text>'
            parts += [shape, said]
    return [part for part in parts if part]


def _spoken(charts: list[tuple[str, LineChart]]) -> str:
    """The points of the drawing in a sentence for each."""
    said = []
    for title, chart in charts:
        for one in chart.series:
            points = ", ".join(f"{point.label} {point.value:.0f} ms" for point in one.points)
            said += [f"{title}, {one.name}: {points}."] if points else []
    return " ".join(said)


def growth_table(charts: list[tuple[str, LineChart]]) -> list[str]:
    """The drawing as a table."""
    heads = list(dict.fromkeys(point.label for _title, chart in charts for point in chart.labels))
    lines = ["| what, in ms | database | " + " | ".join(heads) + " |", "|---|---|" + "--:|" * len(heads)]
    for title, chart in charts:
        for one in chart.series:
            values = {point.label: f"{point.value:.0f}" for point in one.points}
            if values:
                lines.append(f"| {title} | {one.name} | " + " | ".join(values.get(each, "–") for each in heads) + " |")
    return lines


def figures_table(run: dict, reasons: dict[str, dict[str, str]]) -> list[str]:
    """Every row of one run, and the reason for each that is not met."""
    lines = [
        f"## {run['size']} on {NAMES[run['database']]}: {run['children']:,} children and pregnancies", "",
        f"Measured {run['at']} at commit {run['commit']}; {run['machine']}. On the average {run['waiting']} processes"
        " wanted a core meanwhile.", "",
        "| | what | figure | reference | ratio | target | |", "|---|---|--:|--:|--:|---|---|",
    ]  # fmt: skip
    for row in run["rows"]:
        ratio = "" if row["ratio"] is None else f"{row['ratio']:.2f}"
        held_against = f"{row['reference']} ({row['against']})" if row["against"] else row["reference"]
        lines.append(
            f"| {row['id']} | {row['what']} | {row['figure']} | {held_against} | {ratio} | {row['target']} |"
            f" {row['verdict']} |"
        )
    missed = list(dict.fromkeys(row["id"] for row in run["rows"] if row["met"] is False))
    lines += ["", *(f"- **{key}**: {_reason(reasons, key)}" for key in missed)]
    return [*lines, ""] if missed else lines


def _reason(reasons: dict[str, dict[str, str]], key: str) -> str:
    if key not in reasons:
        return "not looked into yet."
    return f"{reasons[key]['reason']} Next: {reasons[key]['next']}"


def text(runs: list[dict], charts: list[tuple[str, LineChart]], reasons: dict[str, dict[str, str]]) -> str:
    lines = [
        "# Speed",
        "",
        "Written by `.venv/bin/python benchmarks/run.py --page` from the last run of each size. A ratio can be",
        "compared from day to day; a bare time on a machine that does other things too cannot.",
        "",
        f"![{SENTENCE}](speed.svg)",
        "",
        *growth_table(charts),
        "",
    ]
    for run in runs:
        lines += figures_table(run, reasons)
    return "\n".join(lines).rstrip() + "\n"


def write(folder: Path, page: Path = PAGE) -> None:
    """Write both."""
    runs = measured(folder)
    charts = panels(runs)
    reasons = tomllib.loads(REASONS.read_text(encoding="utf-8"))
    page.with_suffix(".svg").write_text(drawing(charts), encoding="utf-8")
    page.write_text(text(runs, charts, reasons), encoding="utf-8")
