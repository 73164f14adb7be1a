"""What emergency access does not reach, who sees a protected child, and who is family two steps away."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from fotspor.access import actions, queries
from fotspor.access.models import AuditEvent, CareRelation, Consent
from fotspor.access.rules import (
    EMERGENCY_DOINGS,
    Doing,
    EmergencyFacts,
    Part,
    Purpose,
    may_do,
)
from fotspor.access.tests.made import AT, LONG_AGO, ON, make_guardian, make_person, make_staff, make_unit, viewer_in
from fotspor.access.tests.test_rules import (
    COLLEAGUE,
    DAY,
    FAMILY,
    FATHER,
    ME,
    MOTHER,
    PAST,
    PERSON,
    UNIT,
    ask,
    consent,
    guardian,
    person,
    relation,
    viewer,
)
from fotspor.people.models import Journey, Person, Pregnancy
from fotspor.services.models import Staff

HOUR = timedelta(hours=1)
REASON = "Barnet er her med høy feber og ingen svarer"
RECORD = {"purpose": Purpose.CARE, "part": Part.RECORD, "at": AT}


# --- the rules --------------------------------------------------------------------------------------------


def test_emergency_access_reads_and_writes_little():
    emergency = (EmergencyFacts(ME, UNIT, AT - HOUR, AT + HOUR),)
    by_emergency = ask(person(emergencies=emergency))
    assert {doing for doing in Doing if may_do(by_emergency, doing)} == EMERGENCY_DOINGS
    assert Doing.CHANGE not in EMERGENCY_DOINGS
    by_relation = ask(person(relation(), emergencies=emergency))  # the relation is what lets her in
    assert by_relation.basis == "baton"
    assert {doing for doing in Doing if may_do(by_relation, doing)} == set(Doing)
    assert not any(may_do(ask(person()), doing) for doing in Doing)


def test_a_relation_of_the_unit_gives_no_more_to_those_not_named_for_the_strictly_protected():
    emergency = (EmergencyFacts(ME, UNIT, AT - HOUR, AT + HOUR, True, COLLEAGUE, AT - HOUR),)
    decision = ask(person(relation(), emergencies=emergency, protection="strict"))
    assert decision.basis == "emergency"
    assert not may_do(decision, Doing.CHANGE)
    named = ask(person(relation(), relation(staff_id=ME), emergencies=emergency, protection="strict"))
    assert may_do(named, Doing.CHANGE)


@pytest.mark.parametrize("part", [Part.INVITATIONS, Part.AGREED_STEPS])
@pytest.mark.parametrize("grade", ["confidential", "strict"])
def test_a_protected_child_stands_on_the_kindergartens_page_for_named_staff_only(part, grade):
    who = viewer("kindergarten", sector="education")
    said = {"guardianships": FAMILY, "consents": (consent(), consent(given_by_id=FATHER)), "protection": grade}
    enrolled = relation(basis="enrolled")
    assert ask(person(enrolled, **said), part, who=who).reason == grade
    assert ask(person(enrolled, relation(staff_id=COLLEAGUE, basis="named"), **said), part, who=who).reason == grade
    assert ask(person(enrolled, relation(staff_id=ME, basis="named"), **said), part, who=who).allowed
    assert not ask(person(relation(staff_id=ME, basis="named"), **said), part, who=who).allowed


@pytest.mark.parametrize(
    "family",
    [
        {"guardianships": (guardian(), guardian(child=MOTHER, who=8))},
        {"guardianships": (guardian(child=7, who=PERSON), guardian(child=8, who=7))},
        {"guardianships": (guardian(), guardian(child=8))},
        {"guardianships": (guardian(until_on=PAST + DAY), guardian(child=8))},
        {"own_household": "home", "household": "home"},
    ],
    ids=["her grandchild", "her grandparent", "her brother", "her grown brother", "at her address"],
)
def test_nobody_opens_the_record_of_those_two_steps_away_or_at_her_address(family):
    emergency = (EmergencyFacts(ME, UNIT, AT - HOUR, AT + HOUR),)
    for part in (Part.RECORD, Part.FORMS, Part.LISTED):
        near = person(relation(), emergencies=emergency, own_person_id=8, **family)
        assert ask(near, part).reason == "family"


def test_three_steps_away_another_address_and_a_guardian_to_come_are_no_hindrance():
    later = (guardian(), guardian(child=8, from_on=ON + DAY))
    assert ask(person(relation(), own_person_id=8, guardianships=later)).allowed
    cousins = (guardian(), guardian(child=MOTHER, who=7), guardian(child=9, who=7), guardian(child=8, who=9))
    assert ask(person(relation(), own_person_id=8, guardianships=cousins)).allowed
    assert ask(person(relation(), own_person_id=8, own_household="", household="")).allowed
    assert ask(person(relation(), own_person_id=8, own_household="here", household="there")).allowed
    assert ask(person(relation(), own_household="home", household="home")).allowed  # nobody knows who she is


# --- in the database ----------------------------------------------------------------------------------------


@pytest.fixture
def unit(db):
    return make_unit()


@pytest.fixture
def nurse(unit):
    return viewer_in(unit)


@pytest.fixture
def kindergarten(db):
    return make_unit("kindergarten", "education")


def relate(someone, unit, **values):
    return CareRelation.objects.create(
        person=someone, unit=unit, **{"basis": "baton", "from_on": LONG_AGO, "opened_at": AT, **values}
    )


def sees(who, someone, part=Part.RECORD):
    ask = {"viewer": who, "purpose": Purpose.CARE, "part": part, "at": AT}
    listed = Person.objects.filter(pk=someone.pk, pk__in=queries.visible_person_ids(**ask)).exists()
    assert queries.decision_for(person_id=someone.pk, **ask).allowed is listed
    assert Person.objects.filter(queries.may_be_seen("pk", **ask), pk=someone.pk).exists() is listed
    return listed


def test_family_is_recognised_by_the_employees_own_number(unit):
    person, child, other = make_person(identity_number="1", identity_index="own"), make_person(), make_person()
    make_guardian(child, guardian=person)
    make_guardian(child, guardian=other, kind="father")
    mother = make_person()
    pregnancy = Pregnancy.objects.create(
        mother=mother, other_parent=person, due_on=ON, due_source="ultrasound", registered_at=AT
    )
    newborn = make_person()
    Journey.objects.create(pregnancy=pregnancy, child=newborn, opened_on=ON, opened_at=AT)
    parent = viewer_in(unit, staff=make_staff(identity_index="own"))
    colleague = viewer_in(unit)
    for someone in (person, child, other, mother, newborn):
        relate(someone, unit)
        assert not sees(parent, someone)
        assert sees(colleague, someone)


def test_two_steps_away_and_the_same_address_are_family_too(unit):
    own = make_person(identity_number="1", identity_index="own", household="home")
    child, parent = make_person(), make_person()
    make_guardian(child, guardian=own)
    make_guardian(own, guardian=parent, until_on=LONG_AGO)  # she is grown, and he is her father still
    grandchild, grandparent, brother = make_person(), make_person(), make_person()
    make_guardian(grandchild, guardian=child)
    make_guardian(parent, guardian=grandparent)
    make_guardian(brother, guardian=parent)
    boarder, neighbour = make_person(household="home"), make_person(household="next door")
    great_grandchild = make_person()
    make_guardian(great_grandchild, guardian=grandchild)
    me, colleague = viewer_in(unit, staff=make_staff(identity_index="own")), viewer_in(unit)
    family = (parent, grandchild, grandparent, brother, boarder)
    for someone in (*family, neighbour, great_grandchild):
        relate(someone, unit)
        asked = {"person_id": someone.pk, "purpose": Purpose.CARE, "part": Part.RECORD, "at": AT}
        assert sees(me, someone) is (someone not in family)
        assert queries.decision_for(viewer=me, **asked).reason == ("family" if someone in family else "")
        assert sees(colleague, someone)
    Person.objects.filter(pk=own.pk).update(household="")  # two without an address do not live together
    Person.objects.filter(pk=neighbour.pk).update(household="")
    assert sees(me, neighbour)


def test_consents_wait_for_somebody_with_a_relation(unit, nurse):
    child = make_person()
    mother = make_guardian(child)
    actions.break_glass(person_id=child.pk, reason=REASON, by=nurse, at=AT)
    about = {"person_id": child.pk, "given_by_id": mother.pk, "to_unit_id": unit.pk, "what": "letter_to_gp"}
    with pytest.raises(queries.NotInEmergency):
        actions.give_consent(**about, purpose="x", from_on=ON, by=nurse, at=AT)
    given = Consent.objects.create(**about, purpose="x", from_on=ON, recorded_at=AT, recorded_by_id=nurse.staff_id)
    with pytest.raises(queries.NotInEmergency):
        actions.withdraw_consent(consent=given, by=nurse, at=AT)
    relate(child, unit)
    actions.withdraw_consent(consent=given, by=nurse, at=AT)


def test_what_is_asked_for_decides(unit, nurse):
    child = make_person()
    actions.break_glass(person_id=child.pk, reason=REASON, by=nurse, at=AT)
    for doing in EMERGENCY_DOINGS:
        assert queries.require(viewer=nurse, person_id=child.pk, doing=doing, **RECORD).basis == "emergency"
        queries.refuse_in_emergency(viewer=nurse, person_id=child.pk, at=AT, doing=doing)
    for refuses in (queries.refuse_in_emergency, lambda **said: queries.require(doing=Doing.CHANGE, **said, **RECORD)):
        said = {"at": AT} if refuses is queries.refuse_in_emergency else {}
        with pytest.raises(queries.NotInEmergency):
            refuses(viewer=nurse, person_id=child.pk, **said)
    with pytest.raises(queries.NotVisible):
        queries.require(viewer=nurse, person_id=make_person().pk, doing=Doing.CHANGE, **RECORD)
    queries.refuse_in_emergency(viewer=nurse, person_id=make_person().pk, at=AT)  # not an emergency: others decide


# --- the kindergarten -------------------------------------------------------------------------------------


@pytest.fixture
def enrolled(unit, nurse, kindergarten):
    child = make_person(protection="confidential")
    relate(child, unit)
    relate(child, kindergarten, basis="enrolled")
    return child


def test_one_of_the_kindergarten_is_named_and_sees_what_her_colleague_does_not(nurse, kindergarten, enrolled):
    educator, colleague = (viewer_in(kindergarten, "kindergarten") for _ in range(2))
    about = {"person_id": enrolled.pk, "unit_id": kindergarten.pk, "on": ON}
    assert not sees(educator, enrolled, Part.INVITATIONS)
    assert not queries.named_in_kindergarten(**about).exists()
    relation = actions.name_in_kindergarten(
        person_id=enrolled.pk, unit_id=kindergarten.pk, staff_id=educator.staff_id, by=nurse, at=AT
    )
    assert (relation.basis, relation.from_on, relation.staff_id) == ("named", ON, educator.staff_id)
    assert [staff.pk for staff in queries.named_in_kindergarten(**about)] == [educator.staff_id]
    assert sees(educator, enrolled, Part.INVITATIONS)
    assert not sees(educator, enrolled)
    assert not sees(colleague, enrolled, Part.INVITATIONS)
    event = AuditEvent.objects.latest("id")
    assert (event.type, event.person, event.purpose) == ("access.relation.opened", enrolled.key, "care")


def test_nobody_else_is_named_there(unit, nurse, kindergarten, enrolled):
    educator = viewer_in(kindergarten, "kindergarten")
    said = {"person_id": enrolled.pk, "unit_id": kindergarten.pk, "at": AT}
    for by in (viewer_in(make_unit()), viewer_in(unit, "unit_leader"), educator):
        with pytest.raises(queries.NotVisible):
            actions.name_in_kindergarten(staff_id=educator.staff_id, by=by, **said)
    leader = viewer_in(kindergarten, "unit_leader")
    for staff_id in (leader.staff_id, nurse.staff_id, viewer_in(make_unit(), "kindergarten").staff_id):
        with pytest.raises(actions.MayNotName):
            actions.name_in_kindergarten(staff_id=staff_id, by=nurse, **said)
    elsewhere = make_unit("kindergarten", "education")
    stranger = viewer_in(elsewhere, "kindergarten")
    with pytest.raises(actions.MayNotName):
        actions.name_in_kindergarten(**said | {"unit_id": elsewhere.pk}, staff_id=stranger.staff_id, by=nurse)
    Person.objects.filter(pk=enrolled.pk).update(identity_number="1", identity_index="own")
    Staff.objects.filter(pk=educator.staff_id).update(identity_index="own")
    with pytest.raises(actions.MayNotName):
        actions.name_in_kindergarten(staff_id=educator.staff_id, by=nurse, **said)
    assert not CareRelation.objects.filter(basis="named").exists()


# --- names, and what is logged ----------------------------------------------------------------------------


def test_one_name_for_a_guardian_wherever_it_is_asked(unit, nurse):
    plain, graded, hers = make_person(), make_person(protection="strict"), make_person(protection="confidential")
    relate(hers, unit)
    names = queries.names_as_seen(viewer=nurse, ids=[plain.pk, graded.pk, hers.pk], at=AT)
    assert names == {plain.pk: plain.name, graded.pk: "Foresatt, navn vises ikke", hers.pk: hers.name}


def test_only_the_protected_cost_a_question_more(nurse, django_assert_num_queries):
    ids = [make_person().pk for _ in range(3)]
    with django_assert_num_queries(1):
        queries.names_as_seen(viewer=nurse, ids=ids, at=AT)


def test_ones_own_emergencies_and_those_one_may_second_are_a_look(client, unit, nurse):
    mine, hers = make_person(), make_person(protection="strict")
    actions.break_glass(person_id=mine.pk, reason=REASON, by=nurse, at=AT)
    actions.break_glass(person_id=hers.pk, reason=REASON, by=viewer_in(unit), at=AT)
    with time_machine.travel(AT, tick=False):
        client.force_login(Staff.objects.get(pk=nurse.staff_id))
        page = client.get(reverse("access:emergencies")).content.decode()
    event = AuditEvent.objects.get(type="access.emergency.listed")
    assert event.people == sorted([mine.key, hers.key])
    assert hers.key not in page
