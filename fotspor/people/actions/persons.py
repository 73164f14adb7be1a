"""Register, change, look up and take in one person. Every write of names, numbers and addresses passes `_describe`."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access import actions as access
from fotspor.access import queries as visibility
from fotspor.access.models import CareRelation
from fotspor.access.rules import Ask, Part, Purpose, Viewer
from fotspor.access.rules.facts import is_own_or_family
from fotspor.kit.encryption import blind_index
from fotspor.kit.errors import Refused
from fotspor.people import queries
from fotspor.people.models import Departure, Person
from fotspor.people.rules import dwelling_number, household_text

DETAILS = {
    "birth_order": 1,
    "languages": (),
    "interpreter_language": "",
    "is_new_to_norwegian": False,
    "street": "",
    "dwelling": "",
    "postcode": "",
    "city": "",
    "district": None,
    "moved_from": "",
    "phone": "",
    "gp_name": "",
    "protection": Person.Protection.NONE,
    "address_protection": Person.AddressProtection.NONE,
}
CHANGEABLE = {"given_name", "family_name", "sex", "number", *DETAILS} - {"birth_order"}
ADDRESS = {"street", "dwelling", "postcode", "city", "moved_from"}  # of graded people none of it is kept
DERIVED = {"search_name", "sort_name", "household", *ADDRESS}
TAKEN_IN_DAYS = 30
LONGEST_TAKEN_IN_DAYS = 90  # a quarter: whoever needs longer says again why, or takes the baton


class AlreadyRegistered(Refused):
    """Somebody else has the number. `key` leads to the entry that has it."""

    def __init__(self, message, key: str):
        super().__init__(message)
        self.key = key


class LikelyDuplicate(Refused):
    """People who may be the same are registered, and nobody has said that they are others."""

    def __init__(self, message, duplicates):
        super().__init__(message)
        self.duplicates = duplicates


class NobodyFound(Refused):
    """Nobody has that number."""


class OwnRecord(Refused):
    """One's own record, or one's family's."""


class NotTakenIn(Refused):
    """Not a record to take in by number: it opens otherwise, or there is nothing more to do. Never says which."""

    def __init__(self) -> None:
        super().__init__(_("This record is not taken in by number. If it cannot wait, use emergency access."))


class BadPeriod(Refused):
    """Taken in until a day that is past, or too far off."""

    field = "until_on"


# --- values ----------------------------------------------------------------------------------------------


def _describe(person: Person, values: Mapping[str, Any], *, is_free: bool = False) -> set[str]:
    """Set these values and what follows from them, without saving. Which fields are to be saved?

    A graded person keeps no address at all: what is not stored cannot leak. `is_free`: the caller knows that nobody
    has the number.
    """
    fields = set(values) - {"number"}
    for name in fields:
        setattr(person, name, list(values[name]) if name == "languages" else values[name])
    if "number" in values:
        fields |= _set_number(person, values["number"] or "", is_free=is_free)
    if person.is_graded:
        for name in ADDRESS:
            setattr(person, name, "")
        if person.pk is not None:
            Departure.objects.filter(person=person).update(**dict.fromkeys(ADDRESS, ""))
    person.dwelling = dwelling_number(person.dwelling)
    text = household_text(person.street, person.postcode, person.dwelling)
    person.household = blind_index(f"household:{text}") if text else ""
    if person.name or not person.search_name:
        person.be_found_as(person.given_name, person.family_name)
    return fields | DERIVED


def _set_number(person: Person, text: str, *, is_free: bool) -> set[str]:
    identifier = queries.read_number(text)
    number = identifier.number if identifier else None
    index = blind_index(number) if number else None
    asks = index is not None and not is_free
    other = Person.objects.filter(identity_index=index).exclude(pk=person.pk).first() if asks else None
    if other is not None:
        key = (other.merged_into or other).key
        raise AlreadyRegistered(_("Somebody with this identity number is already registered."), key)
    person.identity_number = number
    person.identity_index = index
    person.identity_kind = identifier.kind.value if identifier else ""
    return {"identity_number", "identity_index", "identity_kind"}


# --- register and change ---------------------------------------------------------------------------------


@transaction.atomic
def register_person(
    *,
    given_name: str,
    family_name: str,
    born_on: date | None,
    sex: str,
    number: str | None = None,
    by: Viewer,
    at: datetime,
    relation: bool = True,
    dismissed: Collection[str] | None = None,
    **details: Any,
) -> Person:
    """Register a child or an adult, and give the viewer's unit a relation to the person.

    Shape   details as in DETAILS. `dismissed` holds the keys of likely duplicates that somebody has looked at and said
            are others; None asks no such question (import, births).
    Errors  NotAllowed, BadNumber, AlreadyRegistered, LikelyDuplicate.
    """
    queries.require_permission(by)
    unknown = set(details) - set(DETAILS)
    if unknown:
        raise TypeError(f"No such detail of a person: {', '.join(sorted(unknown))}.")
    values = {**details, "given_name": given_name, "family_name": family_name, "sex": sex, "number": number}
    person = _new_person(values, born_on=born_on, by=by, at=at)
    if dismissed is not None:
        _stop_at_duplicates(person, details, dismissed, by, at)
    person.save()
    if relation and by.unit_id is not None:
        open_unit_relation(person=person, basis=CareRelation.Basis.REGISTERED, by=by, at=at)
    access.log(by=by, at=at, **_registered(person, dismissed))
    return person


def _new_person(
    values: Mapping[str, Any], *, born_on: date | None, by: Viewer, at: datetime, is_free: bool = False
) -> Person:
    """Somebody who is not saved yet. `is_free` as in `_describe`."""
    person = Person(born_on=born_on, registered_at=at, registered_by_id=by.staff_id)
    _describe(person, {**DETAILS, **values}, is_free=is_free)
    return person


def _registered(person: Person, dismissed: Collection[str] | None = None) -> dict[str, Any]:
    """What the log says of a new entry."""
    return {
        "type": "people.person.registered",
        "person": person.key,
        "purpose": Purpose.CARE,
        "object": person.in_log,
        "dismissed": sorted(dismissed or ()),
    }


def note_what_was_shown(*, refused: Refused | None, by: Viewer, at: datetime) -> None:
    """Write whom a refused registration told of: who has the number, or who may be the same. Nothing for others.

    Called after the registration has been taken back, or the line would go with it.
    """
    if isinstance(refused, AlreadyRegistered):
        access.log(
            type="people.person.number_taken",
            by=by,
            at=at,
            person=refused.key,
            purpose=Purpose.CARE,
            basis="exact_number",
        )
    elif isinstance(refused, LikelyDuplicate):
        keys = [each.key for each in refused.duplicates]
        access.log_list(viewer=by, type="people.person.alike_shown", people=keys, at=at, purpose=Purpose.CARE)


def _stop_at_duplicates(
    person: Person, details: Mapping[str, Any], dismissed: Collection[str], by: Viewer, at: datetime
) -> None:
    found = queries.near_duplicates(
        viewer=by,
        given_name=person.given_name,
        family_name=person.family_name,
        born_on=person.born_on,
        street=details.get("street", ""),
        postcode=details.get("postcode", ""),
        at=at,
    )
    if any(each.key not in dismissed for each in found):
        raise LikelyDuplicate(_("Somebody who may be the same person is already registered."), found)


def open_unit_relation(*, person: Person, basis: str, by: Viewer, at: datetime) -> None:
    """Give the viewer's unit a relation from today, without end."""
    today = timezone.localdate(at)
    access.open_relation(person_id=person.id, unit_id=by.unit_id, basis=basis, from_on=today, by=by, at=at)


@transaction.atomic
def change_person(*, person: Person, version: int, by: Viewer, at: datetime, **values: Any) -> Person:
    """Change what is written about a person. The log keeps which fields, never what stood in them.

    Shape   values as in CHANGEABLE; `number` is the identity number as typed.
    Errors  NotAllowed, NotVisible, BadNumber, AlreadyRegistered; kit.models.Stale when somebody saved meanwhile.
    """
    queries.require_record(by, person, at)
    unknown = set(values) - CHANGEABLE
    if unknown:
        raise TypeError(f"This is not changed here: {', '.join(sorted(unknown))}.")
    was_protected = person.protection != Person.Protection.NONE
    person.save_if_unchanged(version, _describe(person, values))
    if not was_protected and person.protection != Person.Protection.NONE and by.staff_id is not None:
        # Whoever writes the grade is the first named one, or nobody at all could see the record.
        access.open_relation(
            person_id=person.id,
            unit_id=by.unit_id,
            staff_id=by.staff_id,
            basis=CareRelation.Basis.NAMED,
            from_on=timezone.localdate(at),
            by=by,
            at=at,
        )
    access.log(
        type="people.person.changed",
        by=by,
        at=at,
        person=person.key,
        purpose=Purpose.CARE,
        object=person.in_log,
        fields=sorted(values),
    )
    return person


# --- by number, outside one's relations --------------------------------------------------------------------


@transaction.atomic
def look_up(*, number: str, by: Viewer, at: datetime) -> Person:
    """Whose number is this? What it reveals is name, birth year and holding unit, and the log says who asked.

    Errors  NotAllowed, BadNumber, NobodyFound, OwnRecord.
    """
    queries.require_permission(by)
    identifier = queries.read_number(number)
    person = queries.find_by_number(identifier.number) if identifier else None
    if person is None:
        raise NobodyFound(_("Nobody with this identity number is registered."))
    if _is_own_or_family(by, person, at):
        raise OwnRecord(_("Nobody opens their own or their family's record."))
    access.log(
        type="people.person.looked_up",
        by=by,
        at=at,
        person=person.key,
        purpose=Purpose.CARE,
        basis="exact_number",
        object=person.in_log,
    )
    return person


def _is_own_or_family(by: Viewer, person: Person, at: datetime) -> bool:
    facts = visibility.facts_for(viewer=by, person_id=person.id, at=at)
    on = timezone.localdate(at)
    return is_own_or_family(Ask(viewer=by, person=facts, purpose=Purpose.CARE, part=Part.RECORD, at=at, on=on))


@transaction.atomic
def take_in(
    *, number: str, reason: str, until_on: date | None = None, by: Viewer, at: datetime
) -> tuple[Person, CareRelation]:
    """Take in today somebody the unit has no relation to: opens a relation with reason and end, 30 days unless said.

    Errors  as `look_up`; BadPeriod unless it ends after today and within 90 days; NotTakenIn for the strictly
            protected, whom only named staff see, and in the same words for the dead.
    """
    person = look_up(number=number, by=by, at=at)
    if not person.may_be_taken_in:
        raise NotTakenIn
    today = timezone.localdate(at)
    until_on = until_on or today + timedelta(days=TAKEN_IN_DAYS)
    if not today < until_on <= today + timedelta(days=LONGEST_TAKEN_IN_DAYS):
        raise BadPeriod(
            _("Choose a day after today, at most %(days)s days from now.") % {"days": LONGEST_TAKEN_IN_DAYS}
        )
    relation = access.open_relation(
        person_id=person.id,
        unit_id=by.unit_id,
        basis=CareRelation.Basis.TAKEN_IN,
        from_on=today,
        until_on=until_on,
        note=reason,
        by=by,
        at=at,
    )
    access.log(
        type="people.person.taken_in",
        by=by,
        at=at,
        person=person.key,
        purpose=Purpose.CARE,
        basis=CareRelation.Basis.TAKEN_IN,
        object=person.in_log,
    )
    return person, relation
