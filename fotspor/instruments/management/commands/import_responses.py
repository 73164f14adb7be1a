"""Take in item-level forms, complete or not, through a mapping file: see docs/how-to/import-responses.md."""

from collections import Counter
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.module_loading import import_string

from fotspor.access.actions import open_relation
from fotspor.access.models import CareRelation
from fotspor.access.rules import SYSTEM
from fotspor.instruments.actions import NotApproved, import_responses
from fotspor.instruments.rules import Mapping
from fotspor.kit import clock
from fotspor.kit.definitions import BadDefinition, load
from fotspor.kit.errors import Refused
from fotspor.kit.models import Run
from fotspor.services import queries as services

MOST_SHOWN = 50


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--instrument", required=True)
        parser.add_argument("--mapping", type=Path, required=True, help="TOML: column to item.")
        parser.add_argument("--wave", default="", help="Take only the rows of this wave.")
        parser.add_argument("--as", dest="as_", choices=["history", "current"], default="history")
        parser.add_argument("--unit", default="", help="Name of the unit that answers the results of current forms.")
        parser.add_argument("--answered-on", default="", help="Day the wave was answered, when not the mapping's.")
        parser.add_argument("--rows", type=int, help="How many rows the file has, as whoever made it says.")

    def handle(self, *, file, instrument, mapping, wave, as_, unit="", answered_on="", rows=None, **options):
        if not settings.SUBJECT_FOR_STUDY_ID:
            raise CommandError(
                "These rows are known by a study id, and no person here has one. "
                "Only practice makes people for them: run it with FOTSPOR_MODE=demo. Nothing was stored."
            )
        is_current = as_ == "current"
        holder = _unit(unit) if is_current else None
        if is_current and holder is None:
            raise CommandError("Say with --unit which unit answers the results. Nothing was stored.")
        with translation.override("en"):
            try:
                read = _mapping(Path(mapping), wave, answered_on)
                with Run.noted("import_responses", clock=clock.now) as facts:
                    report = import_responses(
                        instrument=instrument,
                        content=Path(file).read_bytes(),
                        mapping=read,
                        as_current=is_current,
                        subject_for=_subject_for(holder),
                        unit_id=holder.pk if holder else None,
                        rows=rows,
                        by=SYSTEM,
                        at=clock.now(),
                    )
                    facts |= {"forms": report.read, "stored": report.stored}
            except (BadDefinition, NotApproved, ValueError, LookupError) as error:
                said = str(error).rstrip(".")
                raise CommandError(f"{said}. Nothing was stored.") from error
            except Refused as refused:
                raise CommandError(str(refused)) from refused
        self._tell(report)
        self._show_where(instrument, read, report)
        if report.read == 0 and not report.refused:
            raise CommandError("The file has no form of what was asked for. Nothing was stored.")
        if report.refused and not report.changed:
            raise CommandError(f"{len(report.refused)} rows were refused, for the reasons above. Nothing was stored.")

    def _tell(self, report):
        self.stdout.write(f"{report.read} forms read, {report.stored} stored, {report.known} here from before.")
        for rows, what in (
            (report.corrected, "corrected: the file has other answers than the one before"),
            (report.made_current, "here as history, and now current"),
        ):
            if rows:
                self.stdout.write(f"{len(rows):8} {what}: rows {', '.join(map(str, rows[:MOST_SHOWN]))}")
        if report.absent:
            self.stdout.write(f"{report.absent:8} forms are here from before, and not in this file. They stand.")
        for step, count in sorted(report.opened.items()):
            self.stdout.write(f"{count:8} {step}")
        for refusal in report.refused[:MOST_SHOWN]:
            self.stdout.write(f"  row {refusal}")
        reasons = Counter(refusal.sentence for refusal in report.refused)
        for reason, count in reasons.items():
            self.stdout.write(f"{count:8} refused: {reason}")

    def _show_where(self, instrument, mapping, report):
        """Where the figures of what is here now stand."""
        if report.changed or report.known:
            address = reverse("instruments:distribution", args=[instrument])
            for wave in mapping.waves:
                if wave.key in (mapping.only_waves or {wave.key}):
                    query = urlencode({"material": f"{mapping.study}:{wave.key}"})
                    self.stdout.write(f"See how they fall: {address}?{query}")


def _unit(name: str):
    choices = services.unit_choices(viewer=SYSTEM, signs_in=True, on=clock.today())
    key = next((key for key, each in choices if each == name), None)
    return services.unit_by_key(key) if key else None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--answered-on {text}: write the day as 2026-11-20. Nothing was stored.") from None


def _mapping(path: Path, wave: str, answered_on: str) -> Mapping:
    mapping = load(Mapping, path)
    if answered_on:
        for each in mapping.waves:
            if wave in ("", each.key):
                mapping = mapping.dated(each.key, _day(answered_on))
    return mapping.only(wave) if wave else mapping


def _subject_for(unit):
    """The made-up person of a study id; the unit that is to answer her result may see her."""
    make = import_string(settings.SUBJECT_FOR_STUDY_ID)

    def subject(study_id):
        person = make(study_id)
        if unit is not None:
            open_relation(
                person_id=person.pk,
                unit_id=unit.pk,
                basis=CareRelation.Basis.REGISTERED,
                from_on=clock.today(),
                by=SYSTEM,
                at=clock.now(),
            )
        return person

    return subject
