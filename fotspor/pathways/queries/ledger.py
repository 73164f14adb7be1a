"""Every child and every pregnancy in one place each. Counts of whole units; no person is looked at."""

from datetime import date

from django.db.models import Case, CharField, Count, Exists, FilteredRelation, OuterRef, Q, QuerySet, Value, When

from fotspor.access.rules import Permission, Viewer
from fotspor.kit.dates import add_months
from fotspor.pathways.rules.standing import Standing
from fotspor.people.models import Journey, Person
from fotspor.worklist.models import Task

UNDER_MONTHS = 6 * 12
NO_UNIT, NO_JOURNEY = "no unit", "no journey"
Counts = dict[int | str, tuple[int, ...]]


def ledger(*, viewer: Viewer, on: date) -> Counts:
    """How many children and pregnancies stand where, by the unit that holds the baton?

    Shape   for each unit's id one count per `Standing`, in its order; NO_UNIT: nobody holds it; NO_JOURNEY: children
            under six that nobody has opened a journey for, who all stand under NOTHING. What leaders are asked
            beside others is not counted. The sum is that of the open journeys and of those without any.
    """
    if not viewer.may(Permission.SEE_FIGURES):
        return {}
    places = list(Standing)
    counts: dict[int | str, list[int]] = {}
    for unit, where, number in journeys_by_standing(on):
        counts.setdefault(NO_UNIT if unit is None else unit, [0] * len(places))[places.index(Standing(where))] += number
    if strays := without_journey(on).count():
        counts[NO_JOURNEY] = [0] * len(places)
        counts[NO_JOURNEY][places.index(Standing.NOTHING)] = strays
    return {unit: tuple(row) for unit, row in counts.items()}


def standings_of(*, viewer: Viewer, unit_id: int, on: date) -> tuple[int, ...]:
    """How many stand where in one unit? One count per `Standing`, as the line of that unit in the ledger."""
    if not viewer.may(Permission.SEE_FIGURES):
        return ()
    found = {where: number for _unit, where, number in journeys_by_standing(on).filter(held__unit_id=unit_id)}
    return tuple(found.get(place.value, 0) for place in Standing)


def without_journey(on: date) -> QuerySet[Person]:
    """Which children under six has nobody opened a journey for?"""
    young = Person.objects.kept().filter(born_on__gt=add_months(on, -UNDER_MONTHS), born_on__lte=on)
    return young.filter(died_on=None, journey=None)


def journeys_by_standing(on: date) -> QuerySet:
    """How many open journeys does each unit hold in each standing? Unit, standing and number.

    Dates decide, as in `rules.standing`; nothing is stored about where anybody stands.
    """
    tasks = Task.objects.open().filter(for_leader=False)
    late = Task.objects.overdue(on).filter(for_leader=False, journey__isnull=False).values("journey_id")
    about = tasks.filter(journey_id=OuterRef("pk"))
    where = Case(
        When(pk__in=late, then=Value(Standing.OVERDUE.value)),
        When(Exists(about.visible_from(on)), then=Value(Standing.NOW.value)),
        When(Exists(about), then=Value(Standing.LATER.value)),
        default=Value(Standing.NOTHING.value),
        output_field=CharField(),
    )
    held = FilteredRelation("batons", condition=Q(batons__until_at=None))
    found = Journey.objects.open().alias(held=held).annotate(where=where).order_by()
    return found.values_list("held__unit_id", "where").annotate(Count("pk"))
