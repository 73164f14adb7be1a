"""What the database says about who may see whom, who has looked, and what has been consented to."""

from dataclasses import replace
from datetime import timedelta

import pytest

from fotspor.access import labels, queries
from fotspor.access.models import CareRelation, Consent, EmergencyAccess
from fotspor.access.rules import ROLES, SYSTEM, Decision, Part, Purpose
from fotspor.access.tests.made import AT, LONG_AGO, ON, make_guardian, make_person, make_staff, make_unit, viewer_in
from fotspor.kit.encryption import blind_index
from fotspor.people.models import Person

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
YES = Decision(allowed=True, basis="baton")


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def nurse(unit):
    return viewer_in(unit)


def relate(person, unit, basis="baton", **values):
    values = {"from_on": LONG_AGO, "opened_at": AT, **values}
    return CareRelation.objects.create(person=person, unit=unit, basis=basis, **values)


def sees(viewer, person, part=Part.RECORD, purpose=Purpose.CARE):
    ids = queries.visible_person_ids(viewer=viewer, purpose=purpose, part=part, at=AT)
    listed = Person.objects.filter(pk__in=ids, pk=person.pk).exists()
    decision = queries.decision_for(viewer=viewer, person_id=person.pk, purpose=purpose, part=part, at=AT)
    assert decision.allowed is listed
    return listed


# --- visible or not ---------------------------------------------------------------------------------------


def test_facts_are_what_the_tables_hold(unit, nurse):
    child = make_person(died_on=ON, protection="strict", address_protection="client")
    mother = make_guardian(child, custody="joint")
    relate(child, unit, staff_id=nurse.staff_id, until_on=ON)
    EmergencyAccess.objects.create(
        person=child,
        staff_id=nurse.staff_id,
        unit=unit,
        reason="x",
        needs_second=True,
        opened_at=AT,
        opened_by_id=nurse.staff_id,
        until=AT + HOUR,
    )
    Consent.objects.create(
        person=child,
        given_by=mother,
        to_unit=unit,
        what="agreed_steps",
        purpose="x",
        from_on=ON,
        recorded_at=AT,
        recorded_by_id=nurse.staff_id,
    )
    facts = queries.facts_for(viewer=nurse, person_id=child.pk, at=AT)
    assert (facts.died_on, facts.protection, facts.address_protection) == (ON, "strict", "client")
    assert [(r.unit_id, r.staff_id, r.until_on) for r in facts.relations] == [(unit.pk, nurse.staff_id, ON)]
    assert [(e.needs_second, e.until) for e in facts.emergencies] == [(True, AT + HOUR)]
    assert [(g.guardian_id, g.kind, g.custody) for g in facts.guardianships] == [(mother.pk, "mother", "joint")]
    assert [(c.given_by_id, c.to_unit_id, c.what) for c in facts.consents] == [(mother.pk, unit.pk, "agreed_steps")]
    assert not facts.is_merged
    assert facts.own_person_id is None


def test_a_stranger_and_nobody_see_nobody_and_cannot_tell_from_a_missing_person(nurse):
    person = make_person()
    for who in (nurse, None, SYSTEM):
        assert not sees(who, person)
        with pytest.raises(queries.NotVisible):
            queries.require(viewer=who, person_id=person.pk, purpose=Purpose.CARE, part=Part.RECORD, at=AT)
    missing = {"person_id": 0, "purpose": Purpose.CARE, "part": Part.RECORD, "at": AT}
    assert queries.decision_for(viewer=nurse, **missing).reason == "unknown"
    with pytest.raises(queries.NotVisible):
        queries.require(viewer=nurse, **missing)


def test_a_relation_lets_in_and_its_basis_comes_back(unit, nurse):
    person = make_person()
    relate(person, unit, basis="pregnancy")
    asked = {"person_id": person.pk, "purpose": Purpose.CARE, "part": Part.RECORD, "at": AT}
    assert queries.require(viewer=nurse, **asked).basis == "pregnancy"
    assert sees(nurse, person)


def test_deciding_about_one_person_takes_few_queries(unit, nurse, django_assert_num_queries):
    person = make_person()
    relate(person, unit)
    asked = {"person_id": person.pk, "purpose": Purpose.CARE, "part": Part.RECORD, "at": AT}
    with django_assert_num_queries(3):
        queries.require(viewer=nurse, **asked)
    with django_assert_num_queries(0):
        queries.visible_person_ids(viewer=nurse, purpose=Purpose.CARE, part=Part.RECORD, at=AT)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, True),
        ({"from_on": ON + DAY}, False),
        ({"until_on": ON}, False),
        ({"until_on": ON + DAY}, True),
        ({"withdrawn_at": AT}, False),
        ({"withdrawn_at": AT + HOUR}, True),
        ({"what": "letter_to_gp"}, False),
        ({"to_unit": None}, False),
    ],
)
def test_agreed_steps_need_a_consent_that_stands_at_this_moment(change, expected):
    change = dict(change)
    kindergarten = make_unit("kindergarten", "education")
    staff, child = viewer_in(kindergarten, "kindergarten"), make_person()
    relate(child, kindergarten, basis="enrolled")
    mother = make_guardian(child)
    assert sees(staff, child, Part.INVITATIONS)
    assert not sees(staff, child, Part.AGREED_STEPS)
    values = {"withdrawn_by_id": staff.staff_id} if "withdrawn_at" in change else {}
    to_unit = change.pop("to_unit", kindergarten)
    consent(child, mother, to_unit, staff, **values, **change)
    assert sees(staff, child, Part.AGREED_STEPS) is expected


@pytest.mark.parametrize(
    ("custody", "kinds", "consenting", "expected"),
    [
        ("joint", ("mother", "father"), 2, True),
        ("joint", ("mother", "father"), 1, False),
        ("joint", ("mother",), 1, False),
        ("others", ("other", "mother"), 1, True),
        ("unknown", ("mother", "father"), 2, False),
    ],
)
def test_agreed_steps_need_everybody_the_custody_code_names(custody, kinds, consenting, expected):
    kindergarten = make_unit("kindergarten", "education")
    staff, child = viewer_in(kindergarten, "kindergarten"), make_person()
    relate(child, kindergarten, basis="enrolled")
    guardians = [make_guardian(child, kind=kind, custody=custody) for kind in kinds]
    for each in guardians[:consenting]:
        consent(child, each, kindergarten, staff)
    assert sees(staff, child, Part.AGREED_STEPS) is expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, True),
        ({"until": AT}, False),
        ({"opened_at": AT + HOUR, "until": AT + 3 * HOUR}, False),
        ({"opened_at": AT}, True),
        ({"needs_second": True}, False),
        ({"needs_second": True, "seconded_at": AT}, True),
        ({"needs_second": True, "seconded_at": AT + HOUR}, False),
    ],
)
def test_emergency_access_opens_from_its_first_minute_until_its_last(unit, nurse, values, expected):
    person = make_person()
    by = {"seconded_by_id": viewer_in(unit).staff_id} if "seconded_at" in values else {}
    take(nurse, person, **values, **by)
    assert sees(nurse, person) is expected
    assert not sees(nurse, person, Part.LISTED)


def test_grades_narrow_lists_records_and_addresses(unit, nurse):
    confidential, strict = make_person(protection="confidential"), make_person(protection="strict")
    client_address = make_person(address_protection="client")
    for person in (confidential, strict, client_address):
        relate(person, unit)
    assert (sees(nurse, confidential, Part.LISTED), sees(nurse, confidential)) == (False, True)
    assert not sees(nurse, strict)
    assert (sees(nurse, client_address, Part.LISTED), sees(nurse, client_address, Part.ADDRESS)) == (True, False)
    for person in (confidential, strict):
        relate(person, unit, basis="named", staff_id=nurse.staff_id)
        assert sees(nurse, person, Part.LISTED)
        assert not sees(nurse, person, Part.ADDRESS)


def test_a_part_that_no_clause_speaks_of_is_seen_by_nobody(unit, nurse, monkeypatch):
    person = make_person()
    relate(person, unit)
    generous = replace(ROLES["nurse"], parts={Purpose.ADMINISTRATION: frozenset(Part) - {Part.LOG}})
    monkeypatch.setitem(ROLES, "nurse", generous)
    for part in set(Part) - {Part.LOG}:
        assert not sees(nurse, person, part, Purpose.ADMINISTRATION)


def test_answers_stop_at_the_wall_of_the_health_sector(unit):
    elsewhere = make_unit("family_service", "family")
    viewer, person = viewer_in(elsewhere), make_person()
    relate(person, elsewhere)
    assert (sees(viewer, person), sees(viewer, person, Part.FORMS)) == (True, False)


def test_the_officer_reads_the_log_of_all_but_merged_and_own(unit):
    officer = viewer_in(unit, "privacy_officer", staff=make_staff(identity_index="own"))
    own, kept = make_person(identity_number="1", identity_index="own"), make_person(protection="strict")
    merged = make_person(merged_into=kept)
    log_part = {"part": Part.LOG, "purpose": Purpose.PRIVACY}
    assert [sees(officer, person, **log_part) for person in (own, kept, merged)] == [False, True, False]


# --- consents ---------------------------------------------------------------------------------------------


def consent(child, giver, unit, by, **values):
    values = {"what": "agreed_steps", "purpose": "x", "from_on": LONG_AGO, "recorded_at": AT, **values}
    return Consent.objects.create(person=child, given_by=giver, to_unit=unit, recorded_by_id=by.staff_id, **values)


def test_has_consented_asks_everyone_the_code_names(unit, nurse):
    child = make_person()
    mother = make_guardian(child, custody="joint")
    father = make_guardian(child, kind="father", custody="joint")
    asked = {"person_id": child.pk, "what": "agreed_steps", "to_unit_id": unit.pk, "at": AT}
    consent(child, mother, unit, nurse)
    assert not queries.has_consented(**asked)
    consent(child, father, unit, nurse)
    assert queries.has_consented(**asked)


def cards_of(viewer, child):
    return queries.consents_of(viewer=viewer, person_key=child.key, at=AT).cards


def test_the_consent_page_shows_states_and_hides_a_protected_guardian(unit, nurse):
    child = make_person(given_name="Liv", family_name="Li")
    relate(child, unit)
    mother = make_guardian(child, custody="joint")
    father = make_guardian(child, guardian=make_person(protection="strict"), kind="father", custody="joint")
    consent(child, mother, unit, nurse)
    consent(child, mother, None, nurse, from_on=ON + DAY)
    consent(child, mother, unit, nurse, until_on=ON)
    consent(child, mother, unit, nurse, withdrawn_at=AT, withdrawn_by_id=nurse.staff_id)
    page = queries.consents_of(viewer=nurse, person_key=child.key, at=AT)
    assert page.person.name == "Liv Li"
    assert page.is_child
    now, later = page.cards
    states = labels.CONSENT_STATES
    assert [row.state for row in later.given + now.given] == [states["future"], labels.SAID]
    assert [row.state for row in now.earlier] == [states["withdrawn"], states["expired"]]
    assert {row.may_be_withdrawn for row in now.earlier} == {False}
    assert page.units == [(unit.key, unit.name)]
    words = {pk: word for word, pk in page.giver_ids.items()}
    assert dict(page.givers)[words[mother.pk]] == f"{mother.name} (mor)"
    assert dict(page.givers)[words[father.pk]] == now.waits_for[0][0]
    assert not {mother.key, father.key} & set(dict(page.givers)), "no word leads to a guardian's page"
    assert father.name not in now.waits_for[0][0]


def test_two_guardians_yes_to_one_thing_is_one_card_that_says_whether_it_stands(unit, nurse):
    child = make_person()
    relate(child, unit)
    mother = make_guardian(child, custody="joint")
    father = make_guardian(child, kind="father", custody="joint")
    consent(child, mother, unit, nurse)
    [card] = cards_of(nurse, child)
    assert (card.state, card.to_unit) == (labels.CONSENT_STANDS["not_yet"], unit.name)
    assert [row.given_by for row in card.given] == [f"{mother.name} (mor)"]
    assert card.waits_for == [(f"{father.name} (far)", labels.NOT_SAID)]
    given = consent(child, father, unit, nurse)
    [card] = cards_of(nurse, child)
    assert (card.state, len(card.given), card.waits_for) == (labels.CONSENT_STANDS["yes"], 2, [])
    Consent.objects.filter(pk=given.pk).update(withdrawn_at=AT, withdrawn_by_id=nurse.staff_id)
    [card] = cards_of(nurse, child)
    assert (card.state, len(card.earlier)) == (labels.CONSENT_STANDS["no"], 1)
    assert card.waits_for == [(f"{father.name} (far)", labels.TOOK_BACK)]


def test_what_nobody_says_yes_to_any_more_comes_last_and_waits_for_nobody(unit, nurse):
    child = make_person()
    relate(child, unit)
    mother = make_guardian(child)
    consent(child, mother, None, nurse, what="letter_to_gp")
    consent(child, mother, unit, nurse, until_on=ON, recorded_at=AT + DAY)
    standing, over = cards_of(nurse, child)
    assert [card.state for card in (standing, over)] == [labels.CONSENT_STANDS[state] for state in ("yes", "no")]
    assert (over.given, over.waits_for) == ([], [])


def test_a_yes_from_somebody_who_has_no_parental_responsibility_now_is_said_not_to_count(unit, nurse):
    child = make_person()
    relate(child, unit)
    mother = make_guardian(child, custody="father")
    make_guardian(child, kind="father", custody="father")
    consent(child, mother, unit, nurse)
    [card] = cards_of(nurse, child)
    assert card.state == labels.CONSENT_STANDS["not_yet"]
    assert [row.is_demanded for row in card.given] == [False]


def test_consents_are_for_those_who_see_the_record(nurse):
    child = make_person()
    with pytest.raises(queries.NotVisible):
        queries.consents_of(viewer=nurse, person_key=child.key, at=AT)
    with pytest.raises(queries.NotVisible):
        queries.consents_of(viewer=nurse, person_key="nobody", at=AT)
    with pytest.raises(queries.NotVisible):
        queries.consent_by_key(viewer=nurse, key="none", at=AT)


def test_what_was_chosen_in_a_form_is_looked_up(unit):
    assert queries.unit_id_of(key=unit.key) == unit.pk
    assert queries.unit_id_of(key="x") is None


# --- emergencies, relations, roles ------------------------------------------------------------------------


def take(viewer, person, **values):
    values = {"opened_at": AT - HOUR, "until": AT + HOUR, **values}
    return EmergencyAccess.objects.create(
        person=person,
        staff_id=viewer.staff_id,
        unit_id=viewer.unit_id,
        reason="because somebody is ill",
        opened_by_id=viewer.staff_id,
        **values,
    )


def test_each_sees_her_own_emergencies_and_those_that_wait_for_her(unit, nurse):
    colleague, officer = viewer_in(unit), viewer_in(unit, "privacy_officer")
    person, strict = make_person(), make_person(protection="strict")
    take(nurse, person)
    waiting = take(nurse, strict, needs_second=True)
    take(nurse, make_person(), until=AT)
    mine = queries.my_emergencies(viewer=nurse, at=AT)
    assert {(row.person_key, row.is_open) for row in mine} == {(person.key, True), ("", False)}
    assert queries.emergencies_to_second(viewer=nurse, at=AT) == []
    assert [row.person_name for row in queries.emergencies_to_second(viewer=colleague, at=AT)] == [""]
    assert queries.emergencies_to_second(viewer=officer, at=AT) == []
    assert queries.emergency_to_second(viewer=colleague, key=waiting.key, at=AT) == waiting
    for who, key in ((officer, waiting.key), (colleague, "none"), (viewer_in(make_unit()), waiting.key)):
        with pytest.raises(queries.NotVisible):
            queries.emergency_to_second(viewer=who, key=key, at=AT)
    assert len(queries.all_emergencies(viewer=officer, at=AT)) == 3
    with pytest.raises(queries.NotVisible):
        queries.all_emergencies(viewer=nurse, at=AT)


def test_how_long_an_emergency_access_lasts(unit, nurse):
    person = make_person()
    assert queries.emergency_until(viewer=nurse, person_id=person.pk, at=AT) is None
    take(nurse, person, needs_second=True, until=AT + 2 * HOUR)
    assert queries.emergency_until(viewer=nurse, person_id=person.pk, at=AT) is None
    take(nurse, person)
    assert queries.emergency_until(viewer=nurse, person_id=person.pk, at=AT) == AT + HOUR


def test_relations_are_listed_for_those_who_have_one(unit, nurse):
    person = make_person()
    with pytest.raises(queries.NotVisible):
        queries.relations_of(viewer=nurse, person_id=person.pk, at=AT)
    relate(person, unit)
    relate(person, unit, basis="named", staff_id=nurse.staff_id)
    relate(person, make_unit(), until_on=ON)
    rows = queries.relations_of(viewer=nurse, person_id=person.pk, at=AT)
    assert [(row.unit, bool(row.staff)) for row in rows] == [(unit.name, False), (unit.name, True)]


def test_the_matrix_holds_every_role_and_part():
    matrix = queries.role_matrix()
    assert len(matrix.rows) == len(ROLES)
    assert all(len(row.cells) == len(matrix.parts) == len(Part) for row in matrix.rows)
    assert [line.number for line in matrix.policy] == list(range(1, len(matrix.policy) + 1))


def test_people_are_found_by_key_and_by_exact_number(unit):
    kept = make_person(identity_number="x", identity_index=blind_index("01815012345"))
    joined = make_person(merged_into=kept)
    assert queries.person_by_key(joined.key).id == kept.pk
    assert queries.person_by_number(" 018150 12345 ").key == kept.key
    assert queries.person_by_number("0181501234") is None
    assert queries.person_row(kept.pk).name == kept.name
    for key in ("", "none"):
        with pytest.raises(queries.NotVisible):
            queries.person_by_key(key)


def test_the_officers_unit_and_who_acted(unit):
    assert queries.privacy_unit_id(on=ON) is None
    officer = viewer_in(unit, "privacy_officer")
    assert queries.privacy_unit_id(on=ON) == unit.pk
    assert queries.viewer_of(officer.staff_id).staff_key == officer.staff_key
    assert queries.viewer_of(None).staff_key == ""
