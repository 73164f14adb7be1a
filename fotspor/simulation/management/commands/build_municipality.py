"""Build the made-up municipality when there is none, and bring it up to today when it has stood still for a week."""

import gc
import resource

import click
from django.core.management.base import BaseCommand, CommandError

from fotspor.kit import clock
from fotspor.simulation import building
from fotspor.simulation.demo import SIZES
from fotspor.simulation.models import Build
from fotspor.simulation.municipality import is_set_up
from fotspor.simulation.slips import report_slips
from fotspor.simulation.volume import Filled, is_filled


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser):
        parser.add_argument("--size", choices=list(SIZES), default="small")
        parser.add_argument("--seed", type=int, default=2011)

    def handle(self, *, size, seed, **options):
        at = clock.now()
        made = Build.objects.order_by("-pk").first()
        if made is None and is_set_up():
            raise CommandError("There is a municipality here that the simulation did not make. It is left alone.")
        filled: list[Filled] = []
        gc.freeze()  # what is loaded now lives to the end; looking at it again and again takes a tenth of the time
        gc.set_threshold(100_000, 50, 50)
        if made is None:
            steps = building.steps_to_build(size=size, seed=seed, at=at)
            with click.progressbar(length=steps, label="Building the municipality") as bar:
                building.build(size=size, seed=seed, at=at, progress=bar.update, told=filled.append)
        elif is_filled(made.size):
            self._say_that_it_stands(made)
            return
        elif building.is_old(made, clock.today()):
            steps = building.steps_to_play(made=made, at=at)
            with click.progressbar(length=steps, label="Letting the days pass") as bar:
                building.play_forward(made=made, at=at, progress=bar.update)
        else:
            return
        if filled:
            self._tell(filled[0])
            return
        found = report_slips(today=clock.today())
        self.stdout.write(f"Planted slips: {found.planted}. On users' own lists: {len(found.shown)}.")

    def _say_that_it_stands(self, made: Build) -> None:
        if made.played_to_on is None:
            raise CommandError("The building was broken off. Build it anew in an empty database.")
        self.stdout.write(
            f"It stands as it was built on {made.built_on}. For a later day, build it in an empty database."
        )

    def _tell(self, filled: Filled) -> None:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        wall, processor = filled.rows / filled.seconds, filled.rows / filled.processor_seconds
        self.stdout.write(f"{filled.lives} lives pressed from {filled.patterns}: {filled.rows} rows.")
        self.stdout.write(
            f"{wall:.0f} rows a second, {processor:.0f} a second of the processor; at most {most} MB in all."
        )
