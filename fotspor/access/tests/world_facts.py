"""What a decision stands on in a generated world, and which family there is in it: without asking the database."""

from fotspor.access.rules import ConsentFacts, EmergencyFacts, GuardianFacts, PersonFacts, RelationFacts
from fotspor.access.tests.made import AT, ON
from fotspor.access.tests.worlds import (
    BIRTHS,
    DEATHS,
    EMERGENCIES,
    PEOPLE,
    PERIODS,
    SECONDS,
    WITHDRAWN,
    World,
    household_of,
)
from fotspor.people.models import Person


def facts_of(world: World, people: list[Person]) -> dict[int, PersonFacts]:
    """Everybody's facts by person id, without asking the database: what `queries.facts_for` must find there."""
    return {people[n].pk: _facts(world, n, people) for n in range(PEOPLE)}


def _facts(world: World, n: int, people: list[Person]) -> PersonFacts:
    person, ids = world.people[n], [p.pk for p in people]
    near = {one for g in world.guardianships for one in _pair(g) if n in _pair(g)}
    return PersonFacts(
        person_id=ids[n],
        born_on=BIRTHS[person["born"]],
        died_on=DEATHS[person["died"]],
        protection=person["protection"],
        address_protection=person["address_protection"],
        is_merged=person["merged"],
        relations=tuple(
            RelationFacts(r["unit"], r["staff"], r["basis"], *PERIODS[r["period"]])
            for r in world.relations
            if r["person"] == n
        ),
        emergencies=tuple(_emergency_facts(e) for e in world.emergencies if e["person"] == n),
        guardianships=tuple(
            GuardianFacts(ids[g["child"]], ids[g["guardian"]], g["kind"], g["custody"], *PERIODS[g["period"]])
            for g in world.guardianships
            if near & set(_pair(g))
        ),
        consents=tuple(_consent_facts(c, ids) for c in world.consents if c["person"] == n),
        shared=frozenset(ids[other] for other in _shared(world, n)),
        household=household_of(person),
    )


def _pair(guardianship: dict) -> tuple[int, int]:
    return guardianship["child"], guardianship["guardian"]


def _emergency_facts(e: dict) -> EmergencyFacts:
    begins, ends = EMERGENCIES[e["when"]]
    second = SECONDS[e["second"]]
    return EmergencyFacts(
        e["staff"],
        e["unit"],
        AT + begins,
        AT + ends,
        e["needs_second"],
        None if second is None else e["second_by"],
        None if second is None else AT + second,
    )


def _consent_facts(c: dict, ids: list[int]) -> ConsentFacts:
    withdrawn = WITHDRAWN[c["withdrawn"]]
    return ConsentFacts(
        ids[c["giver"]],
        c["unit"],
        c["what"],
        *PERIODS[c["period"]],
        withdrawn_at=None if withdrawn is None else AT + withdrawn,
    )


def _shared(world: World, n: int) -> set[int]:
    found = set()
    for p in world.pregnancies:
        parents = {p["mother"], p["other"]} - {None}
        child = {p["child"]} - parents
        if n in parents:
            found |= parents | child
        elif n in child:
            found |= parents
    return found - {n}


# --- which family there is in it -------------------------------------------------------------------------

KIN = ("ward", "guardian", "grandchild", "grandparent", "sibling", "co_guardian", "shared", "household")


def kin_by_one_tie(world: World) -> list[str]:
    """How is somebody near a member of staff, where nothing else makes them family? One word for each such person."""
    begun = [_pair(g) for g in world.guardianships if PERIODS[g["period"]][0] <= ON]
    found = []
    for own in world.owns.values():
        wards = {child for child, guardian in begun if guardian == own}
        guardians = {guardian for child, guardian in begun if child == own}
        home = household_of(world.people[own])
        ties = (
            wards,
            guardians,
            {child for child, guardian in begun if guardian in wards},
            {guardian for child, guardian in begun if child in guardians},
            {child for child, guardian in begun if guardian in guardians},
            {guardian for child, guardian in begun if child in wards},
            _shared(world, own),
            {n for n in range(PEOPLE) if home and household_of(world.people[n]) == home},
        )
        for n in set(range(PEOPLE)) - {own}:
            kinds = [kind for kind, people in zip(KIN, ties, strict=True) if n in people]
            found += kinds if len(kinds) == 1 else []
    return found
