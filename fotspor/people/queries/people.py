"""People this viewer may see, and the few questions that go past that on purpose: by number, and by likeness."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from fotspor.access import queries as access
from fotspor.access.rules import Part, Purpose, Viewer
from fotspor.kit.encryption import blind_index
from fotspor.kit.subqueries import fetched_once
from fotspor.people import identifiers
from fotspor.people.models import Guardianship, Journey, Person
from fotspor.people.queries.journeys import visible_journeys
from fotspor.people.rules import (
    Likeness,
    Named,
    close_dates,
    household_text,
    near_duplicate,
    search_key,
    search_tokens,
)

MOST_HITS = 50


def visible_people(
    *, viewer: Viewer, purpose: Purpose, part: Part, at: datetime, few: bool = False
) -> QuerySet[Person]:
    """Which people may this viewer see this part of? Entries joined into another are left out.

    Shape   `few` when the caller asks for some by name or number: each is asked about then, instead of everybody.
    """
    asked = {"viewer": viewer, "purpose": purpose, "part": part, "at": at}
    seen = access.may_be_seen("pk", **asked) if few else Q(id__in=access.visible_person_ids(**asked))
    return Person.objects.kept().filter(seen)


def person_by_key(*, viewer: Viewer, key: str, purpose: Purpose, part: Part, at: datetime) -> Person:
    """Who is this? An entry joined into another leads to the one kept. Errors: NotVisible for strangers."""
    person = kept_person(key)
    access.require(viewer=viewer, person_id=person.id, purpose=purpose, part=part, at=at)
    return person


def kept_person(key: str, *beside: str) -> Person:
    """Which entry does this key lead to? Asks no permission: the caller must. Errors: NotVisible for none.

    Shape   `beside` names what else of the person is read with it.
    """
    person = Person.objects.select_related("merged_into__district", "district", *beside).filter(key=key).first()
    if person is None:
        raise access.NotVisible
    return person.merged_into or person


def find_by_number(number: str) -> Person | None:
    """Whose number is this? Asks no permission: only for actions that log what they reveal, and for the import."""
    try:
        identifier = identifiers.parse(number)
    except identifiers.BadIdentifier:
        return None
    person = Person.objects.select_related("merged_into").filter(identity_index=blind_index(identifier.number)).first()
    return (person.merged_into or person) if person else None


# --- search ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hit:
    """One person found, with the open journeys this viewer may see: her own, and a pregnancy."""

    person: Person
    journeys: tuple[Journey, ...]


def search(*, viewer: Viewer, text: str, at: datetime) -> list[Hit]:
    """Who among those this viewer may see has this name, or exactly this identity number?

    Shape   at most 50, in the order of the alphabet. Graded people are never found by name.
    """
    people = _found_by_number(viewer, text, at)
    if people is None:
        people = _found_by_name(viewer, text, at)
    found = list(people.order_by("sort_name", "id").prefetch_related(mothers())[:MOST_HITS])
    return _with_journeys(viewer, found, at)


NOBODY = 0  # the id that no row has


def _is_number(text: str) -> bool:
    try:
        identifiers.parse(text)
    except identifiers.BadIdentifier:
        return False
    return True


def _found_by_number(viewer: Viewer, text: str, at: datetime) -> QuerySet[Person] | None:
    """None when it is no number. One that nobody has costs as much as one that somebody unseen has."""
    if not _is_number(text):
        return None
    person = find_by_number(text)
    people = visible_people(viewer=viewer, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    return people.filter(id=person.id if person else NOBODY)


def _found_by_name(viewer: Viewer, text: str, at: datetime) -> QuerySet[Person]:
    tokens = search_tokens(text)
    if not tokens:
        return Person.objects.none()
    people = visible_people(viewer=viewer, purpose=Purpose.CARE, part=Part.LISTED, at=at).ungraded()
    for token in tokens:
        people = people.filter(reduce(or_, (Q(search_name__contains=part) for part in token)))
    return people


def _with_journeys(viewer: Viewer, people: list[Person], at: datetime) -> list[Hit]:
    ids = [person.id for person in people]
    by_person: dict[int, list[Journey]] = {}
    journeys = visible_journeys(viewer=viewer, purpose=Purpose.CARE, part=Part.RECORD, at=at, few=True).open()
    for journey in journeys.filter(Q(child__in=ids) | Q(child=None, pregnancy__mother__in=ids)).order_by("id"):
        by_person.setdefault(journey.child_id or journey.pregnancy.mother_id, []).append(journey)
    return [Hit(person, tuple(by_person.get(person.id, ()))) for person in people]


# What a list reads of a person to say who it is, and to group by household.
NAMED = (
    "key", "given_name", "family_name", "born_on", "birth_order", "has_twin", "sex", "interpreter_language",
    "household", "protection", "address_protection", "died_on", "merged_into",
)  # fmt: skip


def mothers(path: str = "") -> Prefetch:
    """What does a list prefetch to call a child without a name by its mother's? See `labels.display_name`.

    Shape   `path` leads from the rows of the list to the child: "journey__child".
    """
    mothers_now = Guardianship.objects.naming()
    read = mothers_now.only("child", "guardian", *(f"guardian__{name}" for name in NAMED))
    return Prefetch("__".join(filter(None, (path, "guardianships"))), queryset=read, to_attr="mothers")


# --- family ----------------------------------------------------------------------------------------------


def guardians_of(*, child_id: int, on: date) -> list[Guardianship]:
    """Who are the child's parents and guardians that day? For somebody who has been let into the child's record."""
    return _guardians(child_id=child_id, on=on)


@fetched_once("child_id")
def _guardians(*, child_id: int, on: date) -> QuerySet[Guardianship]:
    return Guardianship.objects.in_force(on).filter(child=child_id).select_related("guardian").order_by("id")


@dataclass(frozen=True, slots=True)
class SeenGuardian:
    """One of a child's guardians as this viewer may see them."""

    row: Guardianship
    name: str


def guardians_as_seen(*, viewer: Viewer, child_id: int, at: datetime) -> list[SeenGuardian]:
    """Who are the child's guardians today, under the names this viewer may know? As `guardians_of`."""
    rows = guardians_of(child_id=child_id, on=timezone.localdate(at))
    names = access.names_as_seen(viewer=viewer, ids=[row.guardian_id for row in rows], at=at)
    return [SeenGuardian(row, names[row.guardian_id]) for row in rows]


def guardian_by_key(*, viewer: Viewer, child_id: int, key: str, at: datetime) -> SeenGuardian:
    """Which of the child's guardianships is at this address? Errors: NotVisible for none. As `guardians_of`."""
    found = next((g for g in guardians_as_seen(viewer=viewer, child_id=child_id, at=at) if g.row.key == key), None)
    if found is None:
        raise access.NotVisible
    return found


def wards_of(*, viewer: Viewer, guardian_id: int, at: datetime) -> list[Person]:
    """Which children of this guardian may the viewer see? Oldest first."""
    wards = Guardianship.objects.in_force(timezone.localdate(at)).filter(guardian=guardian_id).values("child")
    people = visible_people(viewer=viewer, purpose=Purpose.CARE, part=Part.RECORD, at=at, few=True)
    return list(people.filter(id__in=wards).prefetch_related(mothers()).order_by("born_on", "birth_order", "id"))


def household_of(*, viewer: Viewer, person: Person, at: datetime) -> list[Person]:
    """Who else lives at this person's registered address, of those the viewer may see in lists?"""
    if not person.household:
        return []
    people = visible_people(viewer=viewer, purpose=Purpose.CARE, part=Part.LISTED, at=at, few=True)
    others = people.filter(household=person.household, died_on=None).exclude(id=person.id)
    return list(others.prefetch_related(mothers()).order_by("sort_name", "id"))


# --- likely duplicates -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Somebody registered who may be the one being registered. Shown with initials and year when not visible."""

    key: str
    likeness: Likeness
    is_visible: bool
    person: Person


def near_duplicates(
    *,
    viewer: Viewer,
    given_name: str,
    family_name: str,
    born_on: date | None,
    street: str = "",
    postcode: str = "",
    at: datetime,
) -> list[Duplicate]:
    """Who is registered already and may be the same person? Also people this viewer has no relation to.

    Shape   strongest likeness first, at most ten. Graded people only when the viewer may see them: that somebody
            is graded is itself confidential.
    """
    if born_on is None:
        return []
    entry = Named(given_name, family_name, born_on, household_text(street, postcode))
    candidates = Person.objects.kept().filter(
        Q(born_on__in=close_dates(born_on)) | Q(search_name=search_key(given_name, family_name), born_on__isnull=False)
    )
    found = list(_likenesses(entry, candidates))
    ids = [person.id for person, _ in found]
    people = visible_people(viewer=viewer, purpose=Purpose.CARE, part=Part.RECORD, at=at, few=True)
    seen = set(people.filter(id__in=ids).values_list("id", flat=True))
    shown = [
        Duplicate(person.key, likeness, person.id in seen, person)
        for person, likeness in found
        if person.id in seen or not person.is_graded
    ]
    return sorted(shown, key=lambda each: list(Likeness).index(each.likeness))[:10]


def likely_same(*, viewer: Viewer, person: Person, at: datetime) -> list[Duplicate]:
    """Which other entries may be this person, already registered?"""
    found = near_duplicates(
        viewer=viewer,
        given_name=person.given_name,
        family_name=person.family_name,
        born_on=person.born_on,
        street=person.street,
        postcode=person.postcode,
        at=at,
    )
    return [each for each in found if each.key != person.key]


def _likenesses(entry: Named, candidates: Iterable[Person]) -> Iterable[tuple[Person, Likeness]]:
    for person in candidates:
        # By the house, not the flat: whoever registered one of them may have left the dwelling out.
        home = household_text(person.street, person.postcode)
        other = Named(person.given_name, person.family_name, person.born_on, home)
        likeness = near_duplicate(entry, other)
        if likeness is not None:
            yield person, likeness


# --- districts, for the forms ------------------------------------------------------------------------------


def district_choices() -> list[tuple[str, str]]:
    """Which districts may an address lie in? Key and name. The services own the table; it is looked up by name."""
    return list(apps.get_model("services.District").objects.order_by("code").values_list("key", "name"))


def district_by_key(key: str) -> Any:
    """Which district is it? None for no key."""
    return apps.get_model("services.District").objects.filter(key=key).first() if key else None
