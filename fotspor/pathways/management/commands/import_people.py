"""Take in a population register extract: see docs/how-to/import-people.md."""

from functools import partial
from pathlib import Path

import click
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from fotspor.access.rules import SYSTEM
from fotspor.kit import clock
from fotspor.kit.alone import one_at_a_time
from fotspor.kit.definitions import BadDefinition, load
from fotspor.kit.errors import Refused
from fotspor.kit.models import Run
from fotspor.pathways.actions.register_import import apply_households, stage_register
from fotspor.pathways.queries.register_imports import default_layout, preview
from fotspor.pathways.rules.register_files import MOST_BYTES, Layout


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", type=Path, help="TOML that says which column is what.")
        parser.add_argument("--apply", action="store_true", help="Apply; without it the differences are only shown.")
        parser.add_argument("--rows", type=int, help="How many rows the file has, as whoever made it says.")
        parser.add_argument(
            "--although-many-are-missing", action="store_true", dest="accepts_missing",
            help="The file is whole, although it looks cut off.",
        )  # fmt: skip

    def handle(self, *, file, mapping, apply, rows=None, accepts_missing=False, **options):
        with translation.override("en"), one_at_a_time("import_people"):
            source = self._stage(file, mapping, rows, accepts_missing)
            self._show(source)
            if apply:
                self._apply(source)
            elif source.finished_on is None:
                self.stdout.write("Nothing has been applied. Run again with --apply.")

    def _stage(self, file, mapping, rows, accepts_missing):
        if file.stat().st_size > MOST_BYTES:
            raise CommandError(f"{file.name} is larger than {MOST_BYTES // 1_000_000} MB. Nothing was stored.")
        try:
            layout = load(Layout, Path(mapping)) if mapping else default_layout()
            with click.progressbar(length=1, label="Rows compared", update_min_steps=100) as bar:
                return stage_register(
                    content=file.read_bytes(),
                    file_name=file.name,
                    layout=layout,
                    rows=rows,
                    accepts_missing=accepts_missing,
                    told=partial(_show_progress, bar),
                    by=SYSTEM,
                    at=clock.now(),
                )
        except (Refused, BadDefinition) as error:
            raise CommandError(str(error)) from error

    def _show(self, source):
        found = preview(viewer=SYSTEM, key=source.key)
        for _change, word, count in found.counts:
            self.stdout.write(f"{count:8} {word}")
        for row in found.refused:
            where = f"row {row.row}" + (f", {row.column}" if row.column else "")
            self.stdout.write(f"  {where}: {row.reason}")
        if found.missing_guardians:
            self.stdout.write(f"{found.missing_guardians:8} guardians named, found nowhere")
        if found.proposed or found.people:
            self.stdout.write("Those who may be ours are answered for by an administrator, on the import's own page.")

    def _apply(self, source):
        left = preview(viewer=SYSTEM, key=source.key).households_left
        if left and left < source.households:
            self.stdout.write(f"{source.households - left} of {source.households} households are as the file says.")
        noted = Run.noted("import_people", clock=clock.now)
        with noted as facts, click.progressbar(length=left, label="Households") as bar:
            facts["households"] = 0
            try:
                for _household in apply_households(source=source, by=SYSTEM, at=clock.now()):
                    facts["households"] += 1
                    bar.update(1)
            except Refused as refused:
                raise CommandError(str(refused)) from refused
        if not left:
            self.stdout.write("Everything is as the file says already. Nothing was changed.")
            return
        self.stdout.write(f"Applied. {preview(viewer=SYSTEM, key=source.key).households_done} households are whole.")


def _show_progress(bar, done: int, of: int) -> None:
    bar.length = of
    bar.update(done - bar.pos)
