"""Say whom a row of the register is: a newborn or somebody else we have without a number, or another person."""

import json
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access.actions import log
from fotspor.access.rules import SYSTEM, Viewer
from fotspor.kit.errors import Refused
from fotspor.pathways.actions.register_import import (
    DOES,
    _follow_child,
    _mark,
    _open_proposals,
    _register,
    _settle_guardians,
)
from fotspor.pathways.actions.register_refusals import _require_import
from fotspor.pathways.models import RegisterRow
from fotspor.pathways.queries.register_imports import known_people
from fotspor.pathways.rules import register
from fotspor.pathways.rules.register import Change, Record
from fotspor.people import actions as people
from fotspor.people import queries
from fotspor.people.models import Person


class NoProposal(Refused):
    """Nothing is proposed any more."""

    def __init__(self):
        super().__init__(_("What this row was thought to be has changed meanwhile. Stage the file again."))


class MotherFirst(Refused):
    """The child's mother may be somebody we have, and nobody has said so yet."""

    def __init__(self, row: int):
        super().__init__(_("Answer row %(row)s first: it may be the mother. Nothing was changed.") % {"row": row})


Answered = list[tuple[RegisterRow, Record, Person]]


@transaction.atomic
def answer_proposal(*, row: RegisterRow, is_same: bool, by: Viewer, at: datetime) -> Person | None:
    """Say whether the row is the one we have, or another.

    Shape   the same: she gets the number and what else the register says; a birth nobody had recorded is recorded, with
            every twin of the file. Another: a new person; None when the municipality has no need of one.
    Errors  MayNotImport; MotherFirst; NoProposal when it was answered, or the one we have has a number by now.
    """
    _require_import(by)
    found = RegisterRow.objects.select_for_update(of=("self",)).select_related("source", "person")
    row = found.filter(pk=row.pk, change=Change.PROPOSED, applied_on=None).first()
    if row is None:
        raise NoProposal
    record, today = register.from_json(json.loads(row.record)), timezone.localdate(at)
    answered = _answer_person(row, record, is_same, at) if row.person_id else _answer_newborn(row, record, is_same, at)
    for each, said, person in answered:
        if register.is_under_school_age(said.born_on, today):
            _follow_child(person, said, today, at)
        _mark(each, Change.CHANGED if is_same else Change.NEW, person, today)
    if not answered:
        _mark(row, Change.NOT_NEEDED, None, today)
    _settle_children(row, record, at)
    log(
        type="pathways.register.proposal_answered",
        by=by,
        at=at,
        people=[person.key for _row, _said, person in answered],
        object=f"pathways.register:{row.source.key}",
        is_same=is_same,
    )
    return answered[0][2] if answered else None


# --- somebody without a number ---------------------------------------------------------------------------


def _answer_person(row: RegisterRow, record: Record, is_same: bool, at: datetime) -> Answered:
    if is_same:
        return [(row, record, _give_number(row.person, record, at))]
    today = timezone.localdate(at)
    is_named = any(record.number in {g.number for g in said.guardians} for _row, said in _others(row))
    if is_named or register.is_under_school_age(record.born_on, today):
        return [(row, record, _register(None, record, at))]
    return []  # read only because she looked like somebody we have


def _give_number(person: Person, record: Record, at: datetime) -> Person:
    """The number first, and then what else the register says, as of anybody whose number we have."""
    if person.identity_index is not None or person.merged_into_id is not None or person.died_on is not None:
        raise NoProposal
    people.change_person(person=person, version=person.version, number=record.number, by=SYSTEM, at=at)
    known = known_people([record.number], timezone.localdate(at))[record.number]
    change = register.change(record, known.known, keeps_guardians=False)
    return DOES[change](known.person, record, at) if change in DOES else known.person


def _settle_children(row: RegisterRow, record: Record, at: datetime) -> None:
    """Children of the household who name her, and were taken in before somebody had said who she is."""
    today, waiting = timezone.localdate(at), _open_proposals(row.source, row.household)
    for each, said in _others(row):
        numbers = {guardian.number for guardian in said.guardians}
        if each.applied_on is None or record.number not in numbers:
            continue
        if each.person is not None and each.person.died_on is None:
            _settle_guardians(each.person, said, today, at)
        if not numbers & waiting.keys():
            each.record = None
            each.save(update_fields=["record"])


def _others(row: RegisterRow) -> list[tuple[RegisterRow, Record]]:
    """The rows of the household whose words are still kept."""
    rows = RegisterRow.objects.select_for_update(of=("self",)).filter(
        source_id=row.source_id, household=row.household, record__isnull=False
    )
    rows = rows.exclude(pk=row.pk).select_related("person").order_by("pk")
    return [(each, register.from_json(json.loads(each.record))) for each in rows]


# --- a newborn -------------------------------------------------------------------------------------------


def _answer_newborn(row: RegisterRow, record: Record, is_same: bool, at: datetime) -> Answered:
    mothers = _mothers(record)
    for each, said in _others(row):
        if said.number in mothers and each.change == Change.PROPOSED and each.applied_on is None:
            raise MotherFirst(each.row)
    if is_same:
        return _same(row, record, at)
    return [(row, record, _register(None, record, at))]


def _same(row: RegisterRow, record: Record, at: datetime) -> Answered:
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
