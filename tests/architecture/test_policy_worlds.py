"""One policy, two forms: on generated worlds the people that the set form lists are those `decide` says yes to.

FOTSPOR_WORLDS    how many worlds (30, always the same ones); any other number draws new ones each time.
"""

import os
from collections import Counter
from dataclasses import replace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings

from fotspor.access.models import CareRelation, Consent
from fotspor.access.queries import decision_for, may_be_seen, visible_person_ids
from fotspor.access.rules import POLICY, ROLES, Ask, Part, Purpose, decide
from fotspor.access.tests import world_facts
from fotspor.access.tests import worlds as made
from fotspor.access.tests.made import AT, ON
from fotspor.people.models import Guardianship, Person
from fotspor.services.models import Unit

ENOUGH = 30  # worlds until everything has occurred
WORLDS = int(os.environ.get("FOTSPOR_WORLDS", ENOUGH))
LEAST_SHARE = 0.20


def asks(viewer):
    """What a role may ever ask, and one thing it may not. In the sectors without health, what the sector changes."""
    parts = ROLES[viewer.role].parts if viewer.role in ROLES else {}
    asked = ((purpose, part) for purpose, own in parts.items() for part in sorted(own))
    is_shortened = viewer.role == "nurse" and viewer.sector not in {"health", "education"}
    yield from (ask for ask in asked if not is_shortened or ask[1] in {Part.RECORD, Part.FORMS})
    yield (Purpose.PRIVACY, Part.RECORD) if viewer.role == "privacy_officer" else (Purpose.CARE, Part.LOG)


def compare(world, cast, seen, answers):
    """The rule reads the world as it was drawn; the set form, in its two ways, and `decision_for` the database."""
    people = made.build(world, cast)
    drawn = world_facts.facts_of(world, people)
    for n, viewer in enumerate(cast.viewers):
        own = drawn[people[world.owns[n]].pk] if n in world.owns else None
        mine = {"own_person_id": own.person_id, "own_household": own.household} if own else {}
        facts = {pk: replace(person, **mine) for pk, person in drawn.items()}
        for purpose, part in asks(viewer):
            ask = {"viewer": viewer, "purpose": purpose, "part": part, "at": AT}
            listed = set(Person.objects.filter(pk__in=visible_person_ids(**ask)).values_list("pk", flat=True))
            each = set(Person.objects.filter(may_be_seen("pk", **ask)).values_list("pk", flat=True))
            assert each == listed, (viewer.role, purpose, part)
            decisions = {pk: decide(Ask(person=person, on=ON, **ask)) for pk, person in facts.items()}
            decided = {pk for pk, decision in decisions.items() if decision.allowed}
            assert listed == decided, (viewer.role, purpose, part, {pk: decisions[pk] for pk in listed ^ decided})
            seen.update(d.reason or f"by {d.basis}" for d in decisions.values())
            if purpose in ROLES.get(viewer.role, ROLES["director"]).parts:
                answers[True] += len(decided)
                answers[False] += len(facts) - len(decided)
        anyone = people[n % len(people)].pk
        assert decision_for(person_id=anyone, **ask) == decisions[anyone]


def note(world, seen):
    for kind in ("relations", "guardianships", "consents"):
        seen.update(f"{kind}:{row['period']}" for row in getattr(world, kind))
    seen.update(f"basis:{row['basis']}" for row in world.relations)
    seen.update(f"custody:{row['custody']}" for row in world.guardianships)
    seen.update(f"withdrawn:{row['withdrawn']}" for row in world.consents)
    seen.update(f"emergency:{row['when']}:{row['second']}" for row in world.emergencies)
    seen.update(f"kin:{kind}" for kind in world_facts.kin_by_one_tie(world))
    for name in ("born", "died", "protection", "address_protection"):
        seen.update(f"{name}:{person[name]}" for person in world.people)


def everything():
    """What must have occurred, or the proof is about too small a world."""
    yield from (f"{kind}:{p}" for kind in ("relations", "guardianships", "consents") for p in made.PERIODS)
    yield from (f"basis:{value}" for value in CareRelation.Basis.values)
    yield from (f"custody:{value}" for value in Guardianship.Custody.values)
    yield from (f"withdrawn:{value}" for value in made.WITHDRAWN)
    yield from (f"emergency:open:{second}" for second in made.SECONDS)
    yield from (f"emergency:{when}:before" for when in made.EMERGENCIES)
    yield from (f"kin:{kind}" for kind in world_facts.KIN)
    yield from (f"born:{value}" for value in made.BIRTHS)
    yield from (f"died:{value}" for value in made.DEATHS)
    yield from (f"protection:{value}" for value in Person.Protection.values)
    yield from (f"address_protection:{value}" for value in Person.AddressProtection.values)
    yield from (clause.key for clause in POLICY if not clause.allows)
    yield from ("by emergency", "by consent", "by enrolled", "by leadership", "by privacy", "by baton", "no_relation")


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.django_db
def test_the_set_form_lists_those_the_rule_says_yes_to():
    cast, seen, answers = made.make_cast(), Counter(), Counter()

    @settings(
        max_examples=WORLDS,
        derandomize=WORLDS == ENOUGH,
        deadline=None,
        database=None,
        phases=[Phase.generate],  # shrinking a world takes minutes, and the message names the difference
        suppress_health_check=list(HealthCheck),
    )
    @given(made.worlds(cast))
    def on_every_world(world):
        note(world, seen)
        with transaction.atomic():
            compare(world, cast, seen, answers)
            transaction.set_rollback(True)

    on_every_world()
    assert {what for what in everything() if not seen[what]} == set() or WORLDS < ENOUGH
    assert {v.sector for v in cast.viewers} >= set(Unit.Sector.values)
    assert {v.role for v in cast.viewers} >= set(ROLES)
    shares = {answer: count / answers.total() for answer, count in answers.items()}
    assert min(shares[True], shares[False]) >= LEAST_SHARE, shares
    assert Consent.objects.count() == 0  # every world was taken back
