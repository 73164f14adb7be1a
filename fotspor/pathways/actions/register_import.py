"""Apply a staged register import, one household in one transaction, so that a killed run leaves whole ones and resumes.

What the register says of people is written by the system itself: those who may import may not see a record.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from fotspor.access.actions import log
from fotspor.access.rules import SYSTEM, Viewer
from fotspor.kit.dates import add_working_days
from fotspor.kit.errors import Refused
from fotspor.pathways.actions.register_staging import CannotUse, MayNotImport, _require_import, stage_register
from fotspor.pathways.models import Baton, RegisterImport, RegisterRow
from fotspor.pathways.queries.register_imports import KnownPerson, known_people
from fotspor.pathways.rules import register
from fotspor.pathways.rules.register import Change, Record, RowFault
from fotspor.people import actions as people
from fotspor.people import queries
from fotspor.people.models import Guardianship, Journey, Person
from fotspor.services.models import District
from fotspor.worklist.actions import Wanted, reconcile
from fotspor.worklist.models import Task
from fotspor.worklist.rules import Urgency

CORRECTED = gettext_noop("The population register has another birth date.")
MISSING = gettext_noop("Find out whether the family has moved")
MISSING_RULE = gettext_noop("The child is not in the population register's file of %(file_on)s.")
NO_NUMBER = gettext_noop("Ask after the identity number")
NO_NUMBER_RULE = gettext_noop("Born %(born_on)s, and still without an identity number here on %(file_on)s.")
IN_ORDER_AGAIN = gettext_noop("The population register and the record agree now.")
WORKING_DAYS_TO_ASK = 10
DAYS_WITHOUT_NUMBER = 14


class NoProposal(Refused):
    """Nothing is proposed any more."""

    def __init__(self):
        super().__init__(_("What this row was thought to be has changed meanwhile. Stage the file again."))


def apply_households(*, source: RegisterImport, by: Viewer, at: datetime, most: int | None = None) -> Iterator[int]:
    """Apply the households that wait, at most so many, and yield the number of each when it is stored.

    Shape   broken off anywhere, the households yielded are whole and the rest wait; run again, it goes on with them.
            A household that the records refuse is stored as refused, whole, and the others go on.
    Errors  MayNotImport.
    """
    _require_import(by)
    waiting = source.rows.waiting().values_list("household", flat=True).distinct().order_by("household")
    for household in list(waiting[:most] if most is not None else waiting):
        try:
            _apply_household(source, household, by, at)
        except Refused:
            _refuse_household(source, household, by, at)
        yield household
    if source.finished_on is None and not source.rows.waiting().exists():
        _finish(source, by, at)


@transaction.atomic
def _apply_household(source: RegisterImport, household: int, by: Viewer, at: datetime) -> None:
    rows = list(source.rows.waiting().select_for_update().filter(household=household).order_by("pk"))
    staged = [(row, register.from_json(json.loads(row.record))) for row in rows]
    known = known_people([record.number for _row, record in staged], timezone.localdate(at))
    applied = [_apply_row(row, record, known.get(record.number), at) for row, record in staged]
    log(
        type="pathways.register.household_applied",
        by=by,
        at=at,
        people=[person.key for person in applied if person is not None],
        object=f"pathways.register:{source.key}",
        household=household,
        rows=len(rows),
    )


@transaction.atomic
def _refuse_household(source: RegisterImport, household: int, by: Viewer, at: datetime) -> None:
    waiting = source.rows.waiting().filter(household=household)
    refused = waiting.update(change=Change.REFUSED, fault=RowFault.NOT_APPLIED, record=None)
    log(
        type="pathways.register.household_refused",
        by=by,
        at=at,
        object=f"pathways.register:{source.key}",
        household=household,
        rows=refused,
    )


def _apply_row(row: RegisterRow, record: Record, known: KnownPerson | None, at: datetime) -> Person | None:
    """Bring one person to what the row says, judged anew: things may have changed since the file was staged."""
    today = timezone.localdate(at)
    is_child = register.is_under_school_age(record.born_on, today)
    change = register.change(record, known.known if known else None, keeps_guardians=is_child)
    person = known.person if known else None
    if change in DOES:
        person = DOES[change](person, record, at)
    if person is not None and is_child and record.is_resident and person.died_on is None:
        _follow_child(person, record, today, at)
    _mark(row, change, person, today)
    return person


def _mark(row: RegisterRow, change: Change, person: Person | None, today: date) -> None:
    row.change, row.person, row.record, row.applied_on = change, person, None, today
    row.save(update_fields=["change", "person", "record", "applied_on"])


# --- one person ------------------------------------------------------------------------------------------------


def _register(_person: None, record: Record, at: datetime) -> Person:
    return people.register_person(
        given_name=record.given_name,
        family_name=record.family_name,
        born_on=record.born_on,
        sex=record.sex,
        number=record.number,
        birth_order=record.birth_order,
        street=record.street,
        postcode=record.postcode,
        city=record.city,
        district=_district(record),
        protection=record.protection,
        address_protection=record.address_protection,
        by=SYSTEM,
        at=at,
    )


def _change(person: Person, record: Record, at: datetime) -> Person:
    known = known_people([record.number], timezone.localdate(at))[record.number].known
    differing = {name: getattr(record, name) for name in register.differing(record, known)}
    if "born_on" in differing:
        people.correct_birth(person=person, born_on=differing.pop("born_on"), reason=CORRECTED, by=SYSTEM, at=at)
    if differing:
        people.change_person(person=person, version=person.version, by=SYSTEM, at=at, **differing)
    return person


def _move(person: Person, record: Record, at: datetime) -> Person:
    today, outside = timezone.localdate(at), not record.is_resident
    home = people.Home(record.street, record.postcode, record.city, None if outside else _district(record))
    moved_on = record.status_on or today
    people.record_move(person=person, home=home, moved_on=moved_on, outside=outside, by=SYSTEM, at=at)
    person.refresh_from_db()
    return _change(person, record, at)


def _die(person: Person, record: Record, at: datetime) -> Person:
    return people.record_death(person=person, died_on=record.status_on or timezone.localdate(at), by=SYSTEM, at=at)


DOES: dict[Change, Callable[..., Person]] = {
    Change.NEW: _register,
    Change.CHANGED: _change,
    Change.MOVED: _move,
    Change.DEAD: _die,
}


def _district(record: Record) -> District | None:
    return District.objects.filter(code=record.district).first() if record.district else None


def _follow_child(child: Person, record: Record, today: date, at: datetime) -> None:
    """Guardians as the register has them, and then a journey: its unit is let see those who are guardians by then."""
    _settle_guardians(child, record, today, at)
    if not Journey.objects.filter(child=child).exists():
        people.open_child_journey(child=child, opened_on=today, by=SYSTEM, at=at)


def _settle_guardians(child: Person, record: Record, today: date, at: datetime) -> None:
    if not record.guardians:
        return
    named = {person.pk: g for g in record.guardians if (person := queries.find_by_number(g.number)) is not None}
    kept = set()
    for row in Guardianship.objects.filter(child=child, until_on=None).select_related("guardian", "child"):
        said = named.get(row.guardian_id)
        if said is not None and (said.kind, record.custody) == (row.kind, row.custody):
            kept.add(row.guardian_id)
        elif row.guardian.identity_index is not None:  # one whom the register cannot know is left alone
            people.end_guardian(guardianship=row, until_on=max(today, row.from_on), by=SYSTEM, at=at)
    for guardian_id, said in named.items():
        if guardian_id not in kept:
            people.add_guardian(
                child=child,
                guardian=Person.objects.get(pk=guardian_id),
                kind=said.kind,
                custody=record.custody,
                from_on=today,
                by=SYSTEM,
                at=at,
            )


# --- a newborn we may have ----------------------------------------------------------------------------------------


@transaction.atomic
def answer_proposal(*, row: RegisterRow, is_same: bool, by: Viewer, at: datetime) -> Person:
    """Say whether the row is the newborn we have, or another child.

    Shape   the same: the child gets the number and what else the register says; a birth nobody had recorded is
            recorded, with every twin of the file. Another: a new person.
    Errors  MayNotImport; NoProposal when it was answered, or the child has a number by now.
    """
    _require_import(by)
    row = RegisterRow.objects.select_for_update().filter(pk=row.pk, change=Change.PROPOSED, applied_on=None).first()
    if row is None:
        raise NoProposal
    record = register.from_json(json.loads(row.record))
    if is_same:
        children = _same(row, record, at)
    else:
        row.change = Change.NEW
        children = [(row, record, _register(None, record, at))]
    for each, said, child in children:
        _follow_child(child, said, timezone.localdate(at), at)
        _mark(each, Change.CHANGED if is_same else Change.NEW, child, timezone.localdate(at))
    log(
        type="pathways.register.proposal_answered",
        by=by,
        at=at,
        people=[child.key for _row, _said, child in children],
        object=f"pathways.register:{row.source.key}",
        is_same=is_same,
    )
    return children[0][2]


def _same(row: RegisterRow, record: Record, at: datetime) -> list[tuple[RegisterRow, Record, Person]]:
    matches = [match for number in _mothers(record) for match in _matches(number, record)]
    if not matches:
        raise NoProposal
    if matches[0].child is not None:
        child = matches[0].child
        people.change_person(
            person=child,
            version=child.version,
            by=SYSTEM,
            at=at,
            **_known_by_register(record),
        )
        return [(row, record, child)]
    twins = [(row, record), *_twins(row, record)]
    twins.sort(key=lambda pair: pair[1].birth_order)
    newborns = [
        people.Newborn(sex=said.sex, given_name=said.given_name, family_name=said.family_name, number=said.number)
        for _row, said in twins
    ]
    journeys = people.record_birth(
        journey=matches[0].journey, born_on=record.born_on, children=newborns, by=SYSTEM, at=at
    )
    found = [(each, said, journey.child) for (each, said), journey in zip(twins, journeys, strict=True)]
    return sorted(found, key=lambda triple: triple[0].pk != row.pk)


def _mothers(record: Record) -> Sequence[str]:
    return [guardian.number for guardian in record.guardians if guardian.kind == "mother"]


def _matches(number: str, record: Record) -> list[queries.NewbornMatch]:
    return queries.newborn_matches(mother_number=number, born_on=record.born_on, birth_order=record.birth_order)


def _known_by_register(record: Record) -> dict[str, object]:
    """What the register knows better. A name it has not yet does not take away ours."""
    values = {
        "number": record.number,
        "sex": record.sex,
        "protection": record.protection,
        "address_protection": record.address_protection,
    }
    if record.given_name:
        values |= {"given_name": record.given_name, "family_name": record.family_name}
    return values


def _twins(row: RegisterRow, record: Record) -> list[tuple[RegisterRow, Record]]:
    """The other children of the same birth in the same file."""
    rows = RegisterRow.objects.select_for_update().filter(
        source_id=row.source_id, household=row.household, change=Change.PROPOSED, applied_on=None
    )
    read = [(each, register.from_json(json.loads(each.record))) for each in rows.exclude(pk=row.pk)]
    return [
        (each, said)
        for each, said in read
        if said.born_on == record.born_on and set(_mothers(said)) & set(_mothers(record))
    ]


# --- afterwards -----------------------------------------------------------------------------------------------------


@transaction.atomic
def _finish(source: RegisterImport, by: Viewer, at: datetime) -> None:
    """Every household is in: ask about the children the file has not, and about those without a number."""
    source.finished_on = timezone.localdate(at)
    source.save(update_fields=["finished_on"])
    if source.is_complete:
        _ask("missing", MISSING, MISSING_RULE, _not_in_file(source), source, at)
        _ask("number", NO_NUMBER, NO_NUMBER_RULE, _without_number(source), source, at)
    log(type="pathways.register.finished", by=by, at=at, object=f"pathways.register:{source.key}")


def _not_in_file(source: RegisterImport) -> Sequence[Journey]:
    missing = source.rows.filter(change=Change.UNMATCHED).values("person")
    return Journey.objects.open().filter(child__in=missing).select_related("child")


def _without_number(source: RegisterImport) -> Sequence[Journey]:
    before = source.staged_on - timedelta(days=DAYS_WITHOUT_NUMBER)
    found = Journey.objects.open().filter(child__identity_index=None, child__born_on__lt=before)
    return found.select_related("child")


def _ask(what: str, title: str, rule: str, journeys: Sequence[Journey], source: RegisterImport, at: datetime) -> None:
    """One task for each child, with the unit that holds the baton; those that a newer file explains end."""
    on = source.staged_on
    due = add_working_days(on, WORKING_DAYS_TO_ASK)
    holders = dict(Baton.objects.filter(until_at=None, journey__in=journeys).values_list("journey_id", "unit_id"))
    wanted = [
        Wanted(
            ref=f"register:{what}:{journey.child.key}",
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
        for journey in journeys
    ]
    reconcile(
        source=Task.Source.REGISTER,
        scope=f"register:{what}:",
        wanted=wanted,
        by=SYSTEM,
        at=at,
        end_reason=IN_ORDER_AGAIN,
    )


__all__ = ["CannotUse", "MayNotImport", "NoProposal", "answer_proposal", "apply_households", "stage_register"]
