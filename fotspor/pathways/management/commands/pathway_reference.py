"""Write docs/reference/pathways/*.md from the definitions and from the calendars that the tests hold."""

from importlib import import_module
from pathlib import Path

from django.core.management.base import BaseCommand

from fotspor.kit.definitions import Evidence
from fotspor.pathways.queries import definitions
from fotspor.pathways.rules.plans import Offset, Pathway, Step

CALENDARS = "fotspor.pathways.tests.spec.calendars"
MARKS = {Evidence.VERIFIED: "V", Evidence.SECONDARY: "V2", Evidence.RECALLED: "R", Evidence.DEFAULT: "D"}


def far(offset: Offset) -> str:
    parts = [
        f"{value} {word}" for value, word in ((offset.months, "mo"), (offset.weeks, "wk"), (offset.days, "d")) if value
    ]
    return " ".join(parts) or "0 d"


def line(step: Step) -> str:
    extra = [
        "doctor" if step.has_doctor else "",
        "group possible" if step.may_be_group else "",
        "kindergarten possible" if step.may_be_in_kindergarten else "",
        f"late until {far(step.late_until)}" if step.late_until else "",
        step.sentence,
        *step.instruments,
    ]
    marks = ", ".join(
        f"{name} {MARKS[mark]}"
        for name in ("age", "window", "doctor", "group", "instruments")
        if (mark := getattr(step.evidence, name)) is not None
    )
    cells = [
        step.key, step.title, step.anchor.value, far(step.earliest), far(step.due), far(step.latest), str(step.risk),
        "; ".join(filter(None, extra)), marks,
    ]  # fmt: skip
    return f"| {' | '.join(cells)} |"


def page(pathway: Pathway) -> str:
    """The reference page of one pathway."""
    lines = [
        f"# {pathway.title}",
        "",
        "Made by `make docs`; do not edit. V seen in a source, V2 in a secondary one, R recalled,"
        " D a default of this system.",
        "",
        f"Version {pathway.version}, valid from {pathway.byline.valid_from}, next review {pathway.byline.next_review}."
        f" Source: {pathway.byline.source}.",
        "",
        "| key | contact | counted from | first day | best day | last day | risk | notes | evidence |",
        "|---|---|---|---|---|---|---|---|---|",
        *map(line, pathway.steps),
        "",
        "## Calendars",
    ]
    for calendar in import_module(CALENDARS).CALENDARS:
        if calendar.pathway == pathway.slug:
            lines += [
                "",
                f"### {calendar.title}",
                "",
                "| contact | first day | best day | last day |",
                "|---|---|---|---|",
            ]
            lines += [f"| {' | '.join(row.split())} |" for row in calendar.expected.strip().splitlines()]
            if calendar.passed_over:
                lines += ["", f"Not expected, the window had closed before: {', '.join(calendar.passed_over.split())}."]
    return "\n".join(lines) + "\n"


class Command(BaseCommand):
    help = "Write docs/reference/pathways/ from the definitions and from the calendars that the tests hold."

    def add_arguments(self, parser):
        parser.add_argument("--to", default="docs/reference", help="the folder of reference pages")

    def handle(self, *args, to, **options):
        folder = Path(to) / "pathways"
        folder.mkdir(parents=True, exist_ok=True)
        for slug in definitions.SLUGS:
            (folder / f"{slug}.md").write_text(page(definitions.pathway(slug)), encoding="utf-8")
