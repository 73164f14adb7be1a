"""Who of those we have may a row of the register be? Proposals only. No permission is asked: only for the import."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from fotspor.kit.encryption import blind_index
from fotspor.people.models import Guardianship, Journey, Person
from fotspor.people.queries.people import find_by_number
from fotspor.people.rules import birth_is_plausible, may_be_one_home, search_key


@dataclass(frozen=True, slots=True)
class NewbornMatch:
    """A proposal: this register row may be that child. Without `child` the birth is not yet recorded here."""

    journey: Journey
    child: Person | None


def newborn_matches(
    *, mother_number: str = "", mother: Person | None = None, born_on: date, birth_order: int | None = None
) -> list[NewbornMatch]:
    """Which child of that mother, born that day, waits for its number? For the import: a proposal, never a change.

    Shape   children without a number first, in birth order; else the mother's open pregnancy that the date fits.
            `mother` is somebody whose number we have not yet.
    """
    mother = mother or find_by_number(mother_number)
    if mother is None:
        return []
    children = Journey.objects.open().filter(
        child__guardianships__guardian=mother,
        child__guardianships__kind=Guardianship.Kind.MOTHER,
        child__guardianships__until_on=None,
        child__born_on=born_on,
        child__identity_index=None,
    )
    if birth_order is not None:
        children = children.filter(child__birth_order=birth_order)
    matches = [
        NewbornMatch(journey, journey.child)
        for journey in children.select_related("child").order_by("child__birth_order", "id")
    ]
    return matches or [NewbornMatch(journey, None) for journey in _unrecorded_births(mother, born_on)]


def _unrecorded_births(mother: Person, born_on: date) -> list[Journey]:
    waiting = Journey.objects.open().filter(child=None, pregnancy__mother=mother).select_related("pregnancy")
    return [journey for journey in waiting if birth_is_plausible(born_on, journey.pregnancy.due_on)]


# --- somebody without a number ---------------------------------------------------------------------------


def _unnumbered() -> QuerySet[Person]:
    named = ~Q(given_name="", family_name="")  # a newborn without a name of its own is matched through its mother
    return Person.objects.kept().filter(named, identity_index=None, died_on=None, born_on__isnull=False)


def unnumbered_keys(search_names: Collection[str] | None = None) -> frozenset[tuple[date, str]]:
    """Under which birth dates and folded names is somebody registered without a number? To look closer at few rows.

    Shape   only those with one of these folded names, when they are given.
    """
    found = _unnumbered() if search_names is None else _unnumbered().filter(search_name__in=search_names)
    return frozenset(found.values_list("born_on", "search_name"))


def numbers_in_use(numbers: Collection[str]) -> frozenset[str]:
    """Which of these numbers does somebody have here, also an entry that was joined into another? For the import."""
    by_index = {blind_index(number): number for number in numbers}
    found = Person.objects.filter(identity_index__in=by_index).values_list("identity_index", flat=True)
    return frozenset(by_index[index] for index in found)


def unnumbered_match(
    *,
    given_name: str,
    family_name: str,
    born_on: date,
    home: tuple[str, str, str],
    births: Collection[date] = (),
) -> Person | None:
    """Who is registered here without a number, and may be this one?

    Shape   the same birth date and name, whatever way it is spelled, and one thing more: the same address, `home` as
            street, postcode and dwelling; a child born
            on one of `births`, the birth dates of those who name her as their mother; or a pregnancy that one of them
            fits. The first by registration when there are several.
    """
    same = _unnumbered().filter(born_on=born_on, search_name=search_key(given_name, family_name))
    for person in same.order_by("pk"):
        if may_be_one_home(home, (person.street, person.postcode, person.dwelling)) or _is_mother_of(person, births):
            return person
    return None


def _is_mother_of(person: Person, births: Collection[date]) -> bool:
    hers = Guardianship.objects.filter(guardian=person, kind=Guardianship.Kind.MOTHER, until_on=None)
    if hers.filter(child__born_on__in=births).exists():
        return True
    return any(_unrecorded_births(person, born_on) for born_on in births)
