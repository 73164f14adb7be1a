"""What a register's file leaves open, as tasks: children not in it or without a number, the dead and gone in it."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_noop

from fotspor.access.rules import SYSTEM
from fotspor.kit.dates import add_working_days
from fotspor.pathways.models import Baton, RegisterImport
from fotspor.pathways.queries.closings import unit_that_knew
from fotspor.pathways.rules.register import Change
from fotspor.people.models import Journey, Person
from fotspor.worklist.actions import LEADER_MARK, Wanted, reconcile
from fotspor.worklist.models import Task
from fotspor.worklist.rules import Urgency

MISSING = gettext_noop("Find out whether the family has moved")
MISSING_RULE = gettext_noop("The child is not in the population register's file of %(file_on)s.")
NO_NUMBER = gettext_noop("Ask after the identity number")
NO_NUMBER_RULE = gettext_noop("Born %(born_on)s, and still without an identity number here on %(file_on)s.")
ALIVE = gettext_noop("Find out which is right: registered as dead here, alive in the register")
ALIVE_RULE = gettext_noop(
    "Registered here as dead on %(died_on)s. The population register's file of %(file_on)s says that the person lives "
    "in the municipality. Until it is put right, nothing is expected of anybody."
)
STAYED = gettext_noop("Find out which is right: moved out here, still at the old address in the register")
STAYED_RULE = gettext_noop(
    "Recorded here as moved out of the municipality on %(moved_on)s. The population register's file of %(file_on)s has "
    "the same address as before. Until it is put right, nothing is expected of anybody."
)
IN_ORDER_AGAIN = gettext_noop("The population register and the record agree now.")
WORKING_DAYS_TO_ASK = 10
WORKING_DAYS_TO_FIND_OUT = 1
DAYS_WITHOUT_NUMBER = 14


def ask_about(*, source: RegisterImport, at: datetime) -> None:
    """Bring the tasks of the register in line with this file; those that it explains end.

    Shape   a task that waits keeps the day it was first asked: a new file every night does not put it off.
    """
    if source.is_complete:
        _settle(
            "register:missing:", _about_children("missing", MISSING, MISSING_RULE, _not_in_file(source), source), at
        )
        _settle(
            "register:number:", _about_children("number", NO_NUMBER, NO_NUMBER_RULE, _unnumbered(source), source), at
        )
    rows = source.rows.filter
    dead = Person.objects.filter(died_on__isnull=False, pk__in=rows(change=Change.ALIVE).values("person"))
    gone = Person.objects.filter(departure__isnull=False, pk__in=rows(change=Change.STAYED).values("person"))
    _ask_leaders(source, "alive", [_about_dead(person, source) for person in dead.order_by("pk")], at)
    _ask_leaders(source, "moved", [_about_moved(person, source) for person in gone.order_by("pk")], at)


def _settle(scope: str, wanted: Iterable[Wanted], at: datetime) -> None:
    reconcile(
        source=Task.Source.REGISTER, scope=scope, wanted=wanted, by=SYSTEM, at=at, end_reason=IN_ORDER_AGAIN
    )  # fmt: skip


def _first_asked(scope: str) -> dict[str, date]:
    """Since when do the open tasks wait?"""
    waiting = Task.objects.open().filter(source=Task.Source.REGISTER, ref__startswith=scope)
    return dict(waiting.values_list("ref", "opens_on"))


def _not_in_file(source: RegisterImport) -> Sequence[Journey]:
    missing = source.rows.filter(change=Change.UNMATCHED).values("person")
    return Journey.objects.open().filter(child__in=missing).select_related("child")


def _unnumbered(source: RegisterImport) -> Sequence[Journey]:
    before = source.staged_on - timedelta(days=DAYS_WITHOUT_NUMBER)
    found = Journey.objects.open().filter(child__identity_index=None, child__born_on__lt=before)
    return found.select_related("child")


def _about_children(
    what: str, title: str, rule: str, journeys: Sequence[Journey], source: RegisterImport
) -> list[Wanted]:
    """One task for each child, with the unit that holds the baton."""
    holders = dict(Baton.objects.filter(until_at=None, journey__in=journeys).values_list("journey_id", "unit_id"))
    since = _first_asked(f"register:{what}:")
    wanted = []
    for journey in journeys:
        ref = f"register:{what}:{journey.child.key}"
        on = since.get(ref, source.staged_on)
        due = add_working_days(on, WORKING_DAYS_TO_ASK)
        wanted.append(
            Wanted(
                ref=ref,
                title=title,
                rule=rule,
                rule_version="1",
                facts={"file_on": on.isoformat(), "born_on": journey.child.born_on.isoformat()},
                opens_on=on,
                due_on=due,
                closes_on=due,
                urgency=Urgency.WINDOW,
                risk=2,
                unit_id=holders.get(journey.pk),
                person_id=journey.child_id,
                journey_id=journey.pk,
                subject_key=journey.key,
            )
        )
    return wanted


# --- dead or moved out here, a resident in the register ----------------------------------------------------------


def _ask_leaders(source: RegisterImport, what: str, wanted: list[Wanted], at: datetime) -> None:
    """A leader finds out, since they stand on nobody else's list. A list of changes settles only those in it."""
    if source.is_complete:
        _settle(f"register:{what}:", wanted, at)
        return
    for want in wanted:
        _settle(want.ref, [want], at)
    waiting = Task.objects.open().filter(ref__startswith=f"register:{what}:")
    settled = Person.objects.filter(pk__in=waiting.values("person")).filter(pk__in=source.rows.values("person"))
    for person in settled.exclude(pk__in=[want.person_id for want in wanted]):
        _settle(f"register:{what}:{person.key}:", [], at)


def _about_dead(person: Person, source: RegisterImport) -> Wanted:
    return _for_leader(person, source, "alive", ALIVE, ALIVE_RULE, {"died_on": person.died_on.isoformat()})


def _about_moved(person: Person, source: RegisterImport) -> Wanted:
    facts = {"moved_on": person.departure.moved_on.isoformat()}
    return _for_leader(person, source, "moved", STAYED, STAYED_RULE, facts)


def _for_leader(
    person: Person, source: RegisterImport, what: str, title: str, rule: str, facts: dict[str, str]
) -> Wanted:
    journey = Journey.objects.filter(child=person).first()
    unit_id = unit_that_knew(person, on=source.staged_on)
    ref = f"register:{what}:{person.key}{LEADER_MARK}{unit_id}"
    on = _first_asked(ref).get(ref, source.staged_on)
    due = add_working_days(on, WORKING_DAYS_TO_FIND_OUT)
    return Wanted(
        ref=ref,
        title=title,
        rule=rule,
        rule_version="1",
        facts={"file_on": on.isoformat(), **facts},
        opens_on=on,
        due_on=due,
        closes_on=due,
        urgency=Urgency.BATON,
        risk=2,
        unit_id=unit_id,
        person_id=person.pk,
        journey_id=journey.pk if journey else None,
        subject_key=journey.key if journey else "",
    )
