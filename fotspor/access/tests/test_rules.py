"""The policy, clause by clause, without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from fotspor.access.rules import (
    POLICY,
    ROLES,
    SYSTEM,
    Ask,
    ConsentFacts,
    EmergencyFacts,
    GuardianFacts,
    Part,
    Permission,
    PersonFacts,
    Purpose,
    RelationFacts,
    Viewer,
    decide,
    role_of,
)
from fotspor.kit.dates import covers

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ON = date(2026, 11, 24)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PAST = date(2020, 1, 1)
UNIT, ELSEWHERE, ME, COLLEAGUE, PERSON, MOTHER, FATHER = 1, 2, 11, 12, 100, 101, 102


def viewer(role="nurse", *, sector="health", staff_id=ME, unit_id=UNIT):
    return Viewer(staff_id, 1, role, unit_id, "health_station", sector, None, "session", "staffkey", "unitkey")


def relation(*, unit_id=UNIT, staff_id=None, basis="baton", from_on=PAST, until_on=None):
    return RelationFacts(unit_id, staff_id, basis, from_on, until_on)


def person(*relations, **values):
    return PersonFacts(PERSON, relations=relations, **values)


def ask(someone, part=Part.RECORD, *, who=None, purpose=Purpose.CARE):
    return decide(Ask(who or viewer(), someone, purpose, part, AT, ON))


# --- roles ------------------------------------------------------------------------------------------------


def test_every_role_has_a_sentence_and_is_found_by_its_key():
    for key, role in ROLES.items():
        assert role.sentence.endswith(".")
        assert role_of(key) is role
    assert role_of("system").permissions == {Permission.REGISTER_PEOPLE, Permission.IMPORT}
    with pytest.raises(KeyError):
        role_of("king")


def test_only_clinical_roles_see_answers_and_only_the_officer_sees_the_log():
    def who_sees(part):
        return {key for key, role in ROLES.items() if any(part in parts for parts in role.parts.values())}

    assert who_sees(Part.FORMS) == who_sees(Part.RECORD) == {"midwife", "nurse"}
    assert who_sees(Part.LOG) == {"privacy_officer"}
    assert who_sees(Part.INVITATIONS) == {"kindergarten"}
    assert who_sees(Part.TASKS) == {"midwife", "nurse", "unit_leader"}
    assert viewer("unit_leader").may(Permission.SEE_UNIT)
    assert not viewer("unit_leader").may(Permission.BREAK_GLASS)


# --- relations --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", [Part.LISTED, Part.RECORD, Part.ADDRESS, Part.FORMS, Part.TASKS])
def test_a_relation_of_the_unit_opens_the_record_and_its_basis_stands_in_the_log(part):
    decision = ask(person(relation(basis="pregnancy")), part)
    assert (decision.allowed, decision.basis, decision.reason) == (True, "pregnancy", "")


def test_without_a_relation_the_answer_is_no():
    assert ask(person()).reason == "no_relation"
    assert ask(person(relation(unit_id=ELSEWHERE))).reason == "no_relation"
    assert ask(person(relation(staff_id=COLLEAGUE))).reason == "no_relation"


@pytest.mark.parametrize(
    ("from_on", "until_on", "counts"),
    [
        (ON, None, True),
        (ON + DAY, None, False),
        (PAST, ON + DAY, True),
        (PAST, ON, False),
        (ON, ON, False),
    ],
)
def test_a_relation_counts_from_its_first_day_until_the_day_before_its_end(from_on, until_on, counts):
    assert ask(person(relation(from_on=from_on, until_on=until_on))).allowed is counts
    assert covers(from_on, until_on, ON) is counts


def test_enrolment_in_a_kindergarten_opens_no_record_for_anybody():
    assert not ask(person(relation(basis="enrolled"))).allowed
    assert not ask(person(relation(basis="enrolled")), who=viewer("kindergarten", sector="education")).allowed


def test_nobody_without_a_post_sees_anyone():
    for who in (SYSTEM, viewer(staff_id=None), viewer(unit_id=None)):
        assert ask(person(relation()), who=who).reason == "nobody"


def test_a_role_sees_its_parts_for_its_purpose_only():
    assert ask(person(relation()), purpose=Purpose.LEADERSHIP).reason == "role"
    assert ask(person(relation()), who=viewer("administrator")).reason == "role"
    assert ask(person(relation()), who=viewer("director")).reason == "role"
    assert ask(person(relation()), Part.LOG).reason == "role"


def test_answers_are_seen_in_the_health_sector_only():
    for sector in ("education", "family", "protection", "adult", "specialist", "administration"):
        who = viewer(sector=sector)
        assert ask(person(relation()), Part.FORMS, who=who).reason == "sector"
        assert ask(person(relation()), Part.RECORD, who=who).allowed


# --- own and family ---------------------------------------------------------------------------------------


def guardian(child=PERSON, who=MOTHER, *, kind="mother", custody="mother", from_on=PAST, until_on=None):
    return GuardianFacts(child, who, kind, custody, from_on, until_on)


@pytest.mark.parametrize(
    "family",
    [
        {"own_person_id": PERSON},
        {"own_person_id": MOTHER, "guardianships": (guardian(),)},
        {"own_person_id": MOTHER, "guardianships": (guardian(until_on=PAST + DAY),)},
        {"own_person_id": 7, "guardianships": (guardian(child=7, who=PERSON),)},
        {"own_person_id": FATHER, "guardianships": (guardian(child=7, who=PERSON), guardian(child=7, who=FATHER))},
        {"own_person_id": 8, "shared": frozenset({8})},
    ],
    ids=["herself", "her child", "once her child", "her parent", "her co-parent", "a shared pregnancy"],
)
def test_nobody_opens_own_or_own_familys_record(family):
    emergency = (EmergencyFacts(ME, UNIT, AT - HOUR, AT + HOUR),)
    for part in (Part.RECORD, Part.FORMS, Part.LISTED):
        assert ask(person(relation(), emergencies=emergency, **family), part).reason == "family"


def test_a_strangers_family_and_one_to_come_are_no_hindrance():
    assert ask(person(relation(), own_person_id=9, guardianships=(guardian(),))).allowed
    assert ask(person(relation(), own_person_id=MOTHER, guardianships=(guardian(from_on=ON + DAY),))).allowed


# --- death, merging, grades -------------------------------------------------------------------------------


def test_the_dead_stand_in_no_list_and_keep_a_record():
    assert ask(person(relation(), died_on=ON), Part.LISTED).reason == "died"
    assert ask(person(relation(), died_on=ON), Part.RECORD).allowed
    assert ask(person(relation(), died_on=ON + DAY), Part.LISTED).allowed


def test_a_joined_entry_is_read_where_it_was_joined():
    assert ask(person(relation(), is_merged=True)).reason == "merged"


@pytest.mark.parametrize(
    "grades",
    [
        {"protection": "confidential"},
        {"protection": "strict"},
        {"address_protection": "client"},
        {"address_protection": "confidential"},
        {"address_protection": "strict"},
    ],
)
def test_the_address_of_a_protected_person_is_shown_to_nobody(grades):
    named = relation(staff_id=ME, basis="named")
    assert ask(person(relation(), named, **grades), Part.ADDRESS).reason == "address"
    assert ask(person(relation(), named), Part.ADDRESS).allowed


def test_confidential_is_listed_for_named_staff_and_opened_by_the_unit():
    hidden = person(relation(), protection="confidential")
    assert ask(hidden, Part.LISTED).reason == "confidential"
    assert ask(hidden, Part.TASKS).reason == "confidential"
    assert ask(hidden, Part.RECORD).allowed
    assert ask(hidden, Part.FORMS).allowed
    named = person(relation(), relation(staff_id=ME, basis="named"), protection="confidential")
    assert ask(named, Part.LISTED).allowed


def test_strict_is_for_named_staff_only():
    for part in (Part.LISTED, Part.RECORD, Part.FORMS, Part.TASKS):
        assert ask(person(relation(), protection="strict"), part).reason == "strict"
        assert ask(person(relation(), relation(staff_id=COLLEAGUE), protection="strict"), part).reason == "strict"
        assert ask(person(relation(staff_id=ME, basis="named"), protection="strict"), part).allowed
    ended = relation(staff_id=ME, until_on=ON)
    assert ask(person(relation(), ended, protection="strict")).reason == "strict"


# --- emergency access -------------------------------------------------------------------------------------


def emergency(**values):
    return EmergencyFacts(**{"staff_id": ME, "unit_id": UNIT, "opened_at": AT - HOUR, "until": AT + HOUR, **values})


def test_emergency_access_opens_the_record_and_puts_nobody_on_a_list():
    someone = person(emergencies=(emergency(),))
    for part in (Part.RECORD, Part.FORMS, Part.ADDRESS):
        assert ask(someone, part).basis == "emergency"
    for part in (Part.LISTED, Part.TASKS):
        assert not ask(someone, part).allowed
    assert ask(someone, Part.FORMS, who=viewer(sector="family")).reason == "sector"


@pytest.mark.parametrize(
    "other",
    [
        {"staff_id": COLLEAGUE},
        {"unit_id": ELSEWHERE},
        {"until": AT},
        {"opened_at": AT + HOUR, "until": AT + 2 * HOUR},
        {"needs_second": True},
        {"needs_second": True, "seconded_by_id": ME, "seconded_at": AT},
        {"needs_second": True, "seconded_by_id": None, "seconded_at": AT},
        {"needs_second": True, "seconded_by_id": COLLEAGUE, "seconded_at": AT + HOUR},
    ],
)
def test_emergency_access_of_another_post_time_or_without_its_second_opens_nothing(other):
    assert not ask(person(emergencies=(emergency(**other),))).allowed


def test_a_strict_record_opens_in_an_emergency_when_another_agrees():
    alone = person(protection="strict", emergencies=(emergency(),))
    assert ask(alone).reason == "strict"
    seconded = emergency(needs_second=True, seconded_by_id=COLLEAGUE, seconded_at=AT)
    by_two = person(relation(), protection="strict", emergencies=(seconded,))
    assert ask(by_two).basis == "emergency"
    assert ask(by_two, Part.LISTED).reason == "strict"
    assert ask(by_two, Part.ADDRESS).reason == "address"


# --- kindergarten, leader, officer ------------------------------------------------------------------------

KINDERGARTEN = viewer("kindergarten", sector="education")
ENROLLED = relation(basis="enrolled")
FAMILY = (guardian(), guardian(who=FATHER, kind="father"))


def consent(giver=MOTHER, **values):
    return ConsentFacts(**{"given_by_id": giver, "to_unit_id": UNIT, "what": "agreed_steps", "from_on": PAST, **values})


def test_a_kindergarten_sees_invitations_of_its_own_children_only():
    assert ask(person(ENROLLED), Part.INVITATIONS, who=KINDERGARTEN).basis == "enrolled"
    assert not ask(person(relation()), Part.INVITATIONS, who=KINDERGARTEN).allowed
    assert not ask(person(replace(ENROLLED, until_on=ON)), Part.INVITATIONS, who=KINDERGARTEN).allowed
    assert not ask(person(replace(ENROLLED, unit_id=ELSEWHERE)), Part.INVITATIONS, who=KINDERGARTEN).allowed
    for part in (Part.RECORD, Part.FORMS, Part.LISTED, Part.ADDRESS, Part.TASKS):
        assert ask(person(ENROLLED), part, who=KINDERGARTEN).reason == "role"


def test_a_kindergarten_sees_agreed_steps_when_enrolled_and_consented():
    agreed = person(ENROLLED, guardianships=FAMILY, consents=(consent(),))
    assert ask(agreed, Part.AGREED_STEPS, who=KINDERGARTEN).basis == "consent"
    assert not ask(replace(agreed, relations=()), Part.AGREED_STEPS, who=KINDERGARTEN).allowed
    assert not ask(replace(agreed, consents=()), Part.AGREED_STEPS, who=KINDERGARTEN).allowed


def test_a_leader_sees_the_tasks_of_her_own_unit_and_nothing_else():
    leader = viewer("unit_leader")
    mine = person(relation(staff_id=COLLEAGUE))
    assert ask(mine, Part.TASKS, who=leader, purpose=Purpose.LEADERSHIP).basis == "leadership"
    assert not ask(person(relation(unit_id=ELSEWHERE)), Part.TASKS, who=leader, purpose=Purpose.LEADERSHIP).allowed
    graded = replace(mine, protection="confidential")
    assert ask(graded, Part.TASKS, who=leader, purpose=Purpose.LEADERSHIP).reason == "confidential"
    for part in set(Part) - {Part.TASKS}:
        assert ask(mine, part, who=leader, purpose=Purpose.LEADERSHIP).reason == "role"


def test_the_officer_sees_the_log_of_everybody_but_her_own():
    officer = viewer("privacy_officer")
    assert ask(person(protection="strict"), Part.LOG, who=officer, purpose=Purpose.PRIVACY).basis == "privacy"
    own = person(own_person_id=PERSON)
    assert ask(own, Part.LOG, who=officer, purpose=Purpose.PRIVACY).reason == "family"


# --- the policy as a text ---------------------------------------------------------------------------------


def test_the_policy_can_be_printed_and_every_no_stands_above_the_ordinary_yes():
    assert len({clause.key for clause in POLICY}) == len(POLICY)
    assert all(clause.sentence.endswith(".") for clause in POLICY)
    order = [clause.key for clause in POLICY]
    ordinary = {"emergency", "enrolled", "consented", "leadership", "relation"}
    last_no = max(order.index(clause.key) for clause in POLICY if not clause.allows)
    assert all(order.index(key) > last_no for key in ordinary)
    assert {clause.key for clause in POLICY if clause.allows} == ordinary | {"log"}
