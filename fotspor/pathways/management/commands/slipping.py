"""Count, per unit, what is about to slip. Numbers only, and all of them: for whoever runs the installation."""

from django.core.management.base import BaseCommand

from fotspor.kit import clock
from fotspor.pathways.queries.slipping import slipping


class Command(BaseCommand):
    help = __doc__

    def handle(self, **options):
        heads = ("overdue", "safety", "unanswered", "unconfirmed", "unheld")
        self.stdout.write("".join(f"{head:>12}" for head in heads) + "  unit")
        rows = slipping(today=clock.today())
        for row in rows:
            self.stdout.write("".join(f"{getattr(row, head):>12}" for head in heads) + f"  {row.unit or '(nobody)'}")
        if not rows:
            self.stdout.write("Nothing is about to slip.")
