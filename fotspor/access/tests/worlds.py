"""Generated worlds for proving the policy: every role, sector, period, custody code, consent, grade and family."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from hypothesis import strategies as st

from fotspor.access.models import CareRelation, Consent, EmergencyAccess
from fotspor.access.rules import (
    ROLES,
    SYSTEM,
    Viewer,
)
from fotspor.access.tests.made import AT, LONG_AGO, ON, make_unit, viewer_in
from fotspor.people.models import Guardianship, Journey, Person, Pregnancy
from fotspor.services.models import Staff, Unit

PEOPLE = 12
PLAIN = range(0, 5)  # enrolled and ungraded: in their consents one thing at most is out of the way
UNRELATED = range(10, PEOPLE)  # unknown to the health unit, whose staff take emergency access to them
DAY, HOUR = timedelta(days=1), timedelta(hours=1)

# Half of the periods are in force; the others end just before, or begin just after.
PERIODS = {
    "open": (LONG_AGO, None),
    "from_today": (ON, None),
    "ends_tomorrow": (LONG_AGO, ON + DAY),
    "ends_today": (LONG_AGO, ON),
    "ended": (LONG_AGO, LONG_AGO + DAY),
    "future": (ON + DAY, None),
}
BIRTHS = {
    "child": date(2024, 2, 29),
    "almost_16": date(2010, 11, 25),
    "just_16": date(2010, 11, 24),
    "grown": date(1990, 5, 5),
    "unknown": None,
}
HOMES = ("one", "two", "three")  # digests of addresses
DEATHS = {"alive": None, "today": ON, "tomorrow": ON + DAY, "long_ago": ON - 100 * DAY}
EMERGENCIES = {
    "open": (-HOUR, 2 * HOUR),
    "over": (-3 * HOUR, -HOUR),
    "ends_now": (-3 * HOUR, 0 * HOUR),
    "later": (HOUR, 4 * HOUR),
}
SECONDS = {"none": None, "before": -HOUR / 2, "after": HOUR / 2}
WITHDRAWN = {"never": None, "before": -HOUR, "now": 0 * HOUR, "later": HOUR}


@dataclass(frozen=True)
class Cast:
    """Units of every sector, and somebody of every role."""

    units: list[Unit]
    viewers: list[Viewer]


@dataclass
class World:
    """One drawn world: plain values, people by number."""

    people: list[dict] = field(default_factory=list)
    relations: list[dict] = field(default_factory=list)
    guardianships: list[dict] = field(default_factory=list)
    consents: list[dict] = field(default_factory=list)
    emergencies: list[dict] = field(default_factory=list)
    pregnancies: list[dict] = field(default_factory=list)
    owns: dict[int, int] = field(default_factory=dict)  # viewer's number: the person she is


def make_cast() -> Cast:
    """Nurses in units of every sector, every other role where it belongs, and two colleagues in one unit."""
    health, kindergarten = make_unit(), make_unit("kindergarten", "education")
    others = [make_unit("family_service", s) for s in Unit.Sector.values if s not in {"health", "education"}]
    viewers = [viewer_in(unit, "nurse") for unit in (health, health, kindergarten, *others)]
    viewers += [
        viewer_in(health, "midwife"),
        viewer_in(kindergarten, "kindergarten"),
        viewer_in(kindergarten, "kindergarten"),
    ]
    viewers += [viewer_in(unit, "unit_leader") for unit in (health, kindergarten)]
    alone = ("administrator", "privacy_officer", "director", "project_leader", "council")
    viewers += [viewer_in(health, role) for role in alone]
    assert {v.role for v in viewers} == set(ROLES)
    assert {v.sector for v in viewers} == set(Unit.Sector.values)
    return Cast(units=[health, kindergarten, *others], viewers=[*viewers, SYSTEM])


def one_of(names) -> st.SearchStrategy:
    return st.sampled_from(list(names))


@st.composite
def worlds(draw, cast: Cast) -> World:
    world, anyone = World(), st.integers(0, PEOPLE - 1)
    posts = [n for n, viewer in enumerate(cast.viewers) if viewer.unit_id is not None]
    for n in range(PEOPLE):
        plain = {"died": "alive", "protection": "none", "address_protection": "none", "merged": False}
        world.people.append({**draw(_person()), **(plain | {"born": draw(one_of(BIRTHS))} if n in PLAIN else {})})
        _draw_family(draw, world, anyone)
        _draw_relations(draw, world, cast, posts)
    for n in range(PEOPLE):
        _draw_consents(draw, world, n, cast, anyone)
    for _ in range(draw(st.integers(5, 9))):
        world.emergencies.append(_draw_emergency(draw, cast, anyone))
    for _ in range(draw(st.integers(1, 4))):
        mother, other, child = draw(anyone), draw(anyone), draw(anyone)
        world.pregnancies.append({"mother": mother, "other": other if other != mother else None, "child": child})
    for n in draw(st.lists(st.sampled_from(posts), min_size=1, max_size=4, unique=True)):
        world.owns[n] = draw(anyone.filter(lambda person: person not in world.owns.values()))
    world.relations = _single(world.relations, "person", "unit", "staff", "basis")
    world.guardianships = _single(world.guardianships, "child", "guardian")
    world.pregnancies = _single(world.pregnancies, "child")
    return world


def _single(rows: list[dict], *names: str) -> list[dict]:
    """Without open rows that the database would call double."""
    found = {}
    for row in rows:
        found[tuple(row[name] for name in names)] = row
    return list(found.values())


def _person():
    return st.fixed_dictionaries(
        {
            "born": one_of(["child"] * 4 + list(BIRTHS)),
            "died": one_of(["alive"] * 8 + list(DEATHS)),
            "protection": one_of(["none"] * 12 + ["confidential", "strict", "strict"]),
            "address_protection": one_of(["none"] * 12 + ["client", "confidential", "strict"]),
            "merged": one_of([False] * 19 + [True]),
            "home": one_of([""] * 4 + list(HOMES)),
        }
    )


def _draw_relations(draw, world: World, cast: Cast, posts: list[int]) -> None:
    person = len(world.people) - 1
    for unit in cast.units:
        if unit == cast.units[1] and person in PLAIN:
            plain = {"unit": unit.pk, "staff": None, "basis": "enrolled", "period": "open"}
            world.relations.append({"person": person, **plain})
            continue
        if draw(one_of([False] * 9 + [True])) or (unit == cast.units[0] and person in UNRELATED):
            continue
        likely = ["enrolled"] * 12 if unit == cast.units[1] else ["baton"] * 8
        for _ in range(draw(st.integers(1, 2))):
            staff = draw(one_of([None] * 6 + [n for n in posts if cast.viewers[n].unit_id == unit.pk]))
            world.relations.append(
                {
                    "person": person,
                    "unit": unit.pk,
                    "staff": None if staff is None else cast.viewers[staff].staff_id,
                    "basis": draw(one_of(likely + CareRelation.Basis.values)),
                    "period": draw(one_of(["open"] * 12 + list(PERIODS))),
                }
            )


def _draw_family(draw, world: World, anyone) -> None:
    child = len(world.people) - 1
    custody = draw(one_of(["joint", "joint", *Guardianship.Custody.values]))
    usual = 0 if child not in PLAIN else 30
    for kind in draw(
        one_of([("mother",), ("mother", "father"), ("mother", "co_mother"), ("other", "father"), ("father", "other")])
    ):
        guardian = draw(anyone)
        if guardian != child:
            world.guardianships.append(
                {
                    "child": child,
                    "guardian": guardian,
                    "kind": kind,
                    "custody": draw(one_of([custody] * (9 + usual) + Guardianship.Custody.values)),
                    "period": draw(one_of(["open"] * (12 + usual) + list(PERIODS))),
                }
            )


def _draw_consents(draw, world: World, person: int, cast: Cast, anyone) -> None:
    guardians = [g["guardian"] for g in world.guardianships if g["child"] == person]
    kindergarten = cast.units[1].pk
    if person in PLAIN:
        plain = {"unit": kindergarten, "what": "agreed_steps", "period": "open", "withdrawn": "never"}
        off = draw(one_of([{"withdrawn": w} for w in WITHDRAWN] + [{"period": p} for p in PERIODS]))
        givers = draw(one_of([guardians, [person], [*guardians, person], guardians[:1]]))
        world.consents += [{"person": person, "giver": giver, **plain, **off} for giver in givers]
        return
    for giver in (*guardians, person, draw(anyone)):
        if draw(one_of([True] * 4 + [False])):
            world.consents.append(
                {
                    "person": person,
                    "giver": giver,
                    "unit": draw(one_of([kindergarten] * 8 + [cast.units[0].pk, None])),
                    "what": draw(one_of(["agreed_steps"] * 8 + Consent.What.values)),
                    "period": draw(one_of(["open"] * 9 + list(PERIODS))),
                    "withdrawn": draw(one_of(["never"] * 8 + list(WITHDRAWN))),
                }
            )


def _draw_emergency(draw, cast: Cast, anyone) -> dict:
    able = [v for v in cast.viewers if v.unit_id is not None]
    viewer = draw(one_of([able[0], able[1], *able]))
    return {
        "person": draw(one_of([*UNRELATED, *UNRELATED, draw(anyone)])),
        "staff": viewer.staff_id,
        "unit": viewer.unit_id,
        "when": draw(one_of(EMERGENCIES)),
        "needs_second": draw(st.booleans()),
        "second": draw(one_of(["before", *SECONDS])),
        "second_by": draw(one_of([v.staff_id for v in able if v.staff_id != viewer.staff_id])),
    }


# --- into the database -----------------------------------------------------------------------------------


def build(world: World, cast: Cast) -> list[Person]:
    """Store the world, a few statements in all."""
    known = set(world.owns.values())
    people = Person.objects.bulk_create(
        Person(
            given_name="Ola",
            born_on=BIRTHS[p["born"]],
            died_on=DEATHS[p["died"]],
            protection=p["protection"],
            address_protection=p["address_protection"],
            household=household_of(p),
            registered_at=AT,
            **({"identity_number": "x", "identity_index": f"index-{n}"} if n in known else {}),
        )
        for n, p in enumerate(world.people)
    )
    for n, p in enumerate(world.people):
        if p["merged"]:
            Person.objects.filter(pk=people[n].pk).update(merged_into=people[(n + 1) % PEOPLE])
    Staff.objects.exclude(identity_index="").update(identity_index="")
    for viewer, person in world.owns.items():
        Staff.objects.filter(pk=cast.viewers[viewer].staff_id).update(identity_index=f"index-{person}")
    _build_family(world, people)
    _build_access(world, people, cast)
    return people


def household_of(person: dict) -> str:
    """The protected have no address."""
    is_graded = {person["protection"], person["address_protection"]} != {"none"}
    return "" if is_graded else person["home"]


def _build_family(world: World, people: list[Person]) -> None:
    Guardianship.objects.bulk_create(
        Guardianship(
            child=people[g["child"]],
            guardian=people[g["guardian"]],
            kind=g["kind"],
            custody=g["custody"],
            from_on=PERIODS[g["period"]][0],
            until_on=PERIODS[g["period"]][1],
            recorded_at=AT,
        )
        for g in world.guardianships
    )
    for p in world.pregnancies:
        pregnancy = Pregnancy.objects.create(
            mother=people[p["mother"]],
            other_parent=None if p["other"] is None else people[p["other"]],
            due_on=ON,
            due_source="ultrasound",
            outcome="born",
            ended_on=ON,
            registered_at=AT,
        )
        child = None if p["child"] in (p["mother"], p["other"]) else people[p["child"]]
        Journey.objects.create(pregnancy=pregnancy, child=child, opened_on=ON, opened_at=AT)


def _build_access(world: World, people: list[Person], cast: Cast) -> None:
    CareRelation.objects.bulk_create(
        CareRelation(
            person=people[r["person"]],
            unit_id=r["unit"],
            staff_id=r["staff"],
            basis=r["basis"],
            from_on=PERIODS[r["period"]][0],
            until_on=PERIODS[r["period"]][1],
            opened_at=AT,
        )
        for r in world.relations
    )
    recorder = cast.viewers[0].staff_id
    Consent.objects.bulk_create(
        Consent(
            person=people[c["person"]],
            given_by=people[c["giver"]],
            to_unit_id=c["unit"],
            what=c["what"],
            purpose="x",
            from_on=PERIODS[c["period"]][0],
            until_on=PERIODS[c["period"]][1],
            recorded_at=AT,
            recorded_by_id=recorder,
            withdrawn_at=None if WITHDRAWN[c["withdrawn"]] is None else AT + WITHDRAWN[c["withdrawn"]],
            withdrawn_by_id=None if WITHDRAWN[c["withdrawn"]] is None else recorder,
        )
        for c in world.consents
    )
    EmergencyAccess.objects.bulk_create(
        EmergencyAccess(
            person=people[e["person"]],
            staff_id=e["staff"],
            unit_id=e["unit"],
            reason="x",
            needs_second=e["needs_second"],
            opened_at=AT + EMERGENCIES[e["when"]][0],
            opened_by_id=e["staff"],
            until=AT + EMERGENCIES[e["when"]][1],
            seconded_at=None if SECONDS[e["second"]] is None else AT + SECONDS[e["second"]],
            seconded_by_id=None if SECONDS[e["second"]] is None else e["second_by"],
        )
        for e in world.emergencies
    )
