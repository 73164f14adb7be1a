"""Rebuild every expected contact and task from the facts and the published pathways, or only say what differs."""

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from fotspor.kit import clock
from fotspor.kit.models import Run
from fotspor.pathways.actions import PathwayNotApproved, rebuild

MOST_SHOWN = 200


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="Store nothing; fail when anything differs.")

    def handle(self, *, check, **options):
        with Run.noted("plan_check" if check else "plan", clock=clock.now) as facts:
            count = facts["differences"] = self._go_through(check)
            if check and count:
                raise CommandError(f"{count} differences between what is stored and what follows from the facts.")
        self.stdout.write(
            "The plan is what follows from the facts." if not count else f"{count} differences put right."
        )

    def _go_through(self, check):
        count = 0
        try:
            for line in rebuild(check=check, at=clock.now()):
                count += 1
                if count <= MOST_SHOWN:
                    self.stdout.write(line)
        except PathwayNotApproved as refused:
            with translation.override("en"):  # commands speak one language
                raise CommandError(str(refused)) from refused
        if count > MOST_SHOWN:
            self.stdout.write(f"... and {count - MOST_SHOWN} more")
        return count
