"""Which slips were planted, and how many of them users find on their own lists.

The planter keeps its own list; nothing in the product reads it. A slip is what `clinic` did not do.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from fotspor.access.rules import Permission, Purpose, Viewer
from fotspor.pathways.models import Contact
from fotspor.people.models import Journey
from fotspor.simulation.clinic import Clinic
from fotspor.simulation.families import Family
from fotspor.simulation.models import Build, Plant
from fotspor.simulation.municipality import load_town
from fotspor.worklist import queries as worklist
from fotspor.worklist.models import Task

# What was left out or delayed -> on which task a user should meet it: its kind, and how its reference ends. A contact's
# reference ends with the step; another contact that is late, or another duty of the same form, does not count.
SLIPS = {
    "home_visit": (Task.Source.CONTACT, ":H-01"),
    "safety": (Task.Source.ROUTINE, ":safety"),
    "support": (Task.Source.ROUTINE, ":support"),
    "letter": (Task.Source.ROUTINE, ":letter"),
    "handover": (Task.Source.BATON, ""),
    "no_show": (Task.Source.ABSENCE, ""),
    "four_years": (Task.Source.CONTACT, ":H-14"),
    "unconfirmed": (Task.Source.BATON, ""),
    "unheld": (Task.Source.UNASSIGNED, ""),
    "no_number": (Task.Source.REGISTER, ""),
    "stop": (Task.Source.STOP, ""),
    "antenatal": (Task.Source.CONTACT, ":P-24"),
}

# These stand on a list only because something is amiss; the others also while all is well.
ALWAYS_TELLING = (Task.Source.REGISTER, Task.Source.UNASSIGNED, Task.Source.ABSENCE)


Met = tuple[str, str, int | None, int | None]  # kind of task, reference, journey, person


@dataclass(frozen=True, slots=True)
class Report:
    """How many were planted, and which of them stand on somebody's list today."""

    planted: int
    shown: frozenset[int]  # ids of plants
    missed: tuple[Plant, ...]


def plant(made: Build, clinic: Clinic, cast: Iterable[Family]) -> None:
    """Write down the slips that have come to be."""
    for family in cast:
        if family.story is None or not family.story.slip:
            continue
        journeys = clinic.journeys(family)
        if journeys:
            Plant.objects.get_or_create(
                build=made,
                kind=family.story.slip,
                family=family.index,
                defaults={"journey_key": journeys[0].key, "planted_on": clinic.until},
            )


def report_slips(*, today: date) -> Report:
    """How many planted slips stand on users' own lists? Asked of every user, by the queries of their own pages."""
    found: set[Met] = set()
    for crew in load_town(on=today).crews.values():
        for viewer in crew:
            found |= _on_lists(viewer, today)
    plants = list(Plant.objects.order_by("pk"))
    shown = frozenset(each.pk for each in plants if _is_shown(each, found))
    return Report(len(plants), shown, tuple(each for each in plants if each.pk not in shown))


def _on_lists(viewer: Viewer, today: date) -> set[Met]:
    """What is late, or must be answered by today, on this user's lists?"""
    rows: set[Met] = set()
    for permission, purpose in ((Permission.SEE_DAY, Purpose.CARE), (Permission.SEE_UNIT, Purpose.LEADERSHIP)):
        if viewer.may(permission):
            tasks = worklist.tasks(viewer=viewer, purpose=purpose, today=today).visible_from(today)
            telling = tasks.filter(Q(due_on__lte=today) | Q(source__in=ALWAYS_TELLING))
            steps = dict(Contact.objects.filter(key__in=telling.values("subject_key")).values_list("key", "step"))
            for source, ref, key, journey_id, person_id in telling.values_list(
                "source", "ref", "subject_key", "journey_id", "person_id"
            ):
                which = f"{ref}:{steps[key]}" if source == Task.Source.CONTACT and key in steps else ref
                rows.add((source, which.partition(":leader:")[0], journey_id, person_id))
    return rows


def _is_shown(each: Plant, found: set[Met]) -> bool:
    journey = Journey.objects.filter(key=each.journey_key).select_related("pregnancy").first()
    if journey is None:
        return False
    people = {journey.child_id, journey.pregnancy.mother_id if journey.pregnancy_id else None} - {None}
    mothers = Q(wards__child=journey.child_id) if journey.child_id else Q(pk__in=[])
    people |= set(type(journey.subject).objects.filter(mothers).values_list("pk", flat=True))
    source, ending = SLIPS[each.kind]
    return any(s == source and ref.endswith(ending) and (j == journey.pk or p in people) for s, ref, j, p in found)
