"""How much is about to slip, per unit. Counts without names, for the operator's command; no page shows them."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from fotspor.pathways.models import Baton
from fotspor.services import queries as services
from fotspor.worklist.models import Task
from fotspor.worklist.rules import Urgency


@dataclass(frozen=True, slots=True)
class Slipping:
    """One unit's counts."""

    unit: str  # empty: nobody's
    overdue: int = 0
    safety: int = 0  # safety conversations without an outcome that closes them
    unanswered: int = 0  # handovers past the day they should have been answered
    unconfirmed: int = 0  # batons the unit has been named for and has not confirmed
    unheld: int = 0  # batons nobody holds


def slipping(*, today: date) -> list[Slipping]:
    """What is about to slip, and where? The same overdue as every list; leaders' reminders are not counted again."""
    tasks = Task.objects.open().filter(for_leader=False)
    batons = Baton.objects.filter(until_at=None, journey__closed_on=None)
    counted = {
        "overdue": _by_unit(tasks.overdue(today)),
        "safety": _by_unit(tasks.filter(urgency=Urgency.SAFETY)),
        "unanswered": _by_unit(tasks.overdue(today).filter(source=Task.Source.BATON, ref__startswith="handover:")),
        "unconfirmed": _by_unit(batons.filter(confirmed_at=None, unit__isnull=False)),
        "unheld": _by_unit(batons.filter(unit=None)),
    }
    ids = {unit_id for found in counted.values() for unit_id in found}
    names = services.unit_names(ids)
    rows = [
        Slipping(names.get(unit_id, ""), **{what: found[unit_id] for what, found in counted.items()}) for unit_id in ids
    ]
    return sorted(rows, key=lambda row: (-row.safety, -row.overdue, row.unit))


def _by_unit(found: QuerySet) -> Counter[int | None]:
    return Counter(dict(found.order_by().values_list("unit").annotate(Count("pk"))))
