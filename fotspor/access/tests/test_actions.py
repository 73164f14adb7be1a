"""Every way out of every action, and the line it leaves in the log."""

from datetime import date, timedelta

import pytest

from fotspor.access import actions, queries
from fotspor.access.models import AuditEvent, CareRelation, Consent, EmergencyAccess
from fotspor.access.rules import SYSTEM, Decision, Part, Purpose
from fotspor.access.tests.made import AT, LONG_AGO, ON, make_guardian, make_person, make_staff, make_unit, viewer_in
from fotspor.kit.facts import Fact, Kind

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
YES = Decision(allowed=True, basis="baton")
REASON = "The child is ill and nobody else is here"


@pytest.fixture
def child(unit, nurse):
    child = make_person()
    actions.open_relation(person_id=child.pk, unit_id=unit.pk, basis="baton", from_on=LONG_AGO, by=nurse, at=AT)
    return child


@pytest.fixture
def told(monkeypatch):
    """What was announced."""
    facts = []
    for module in ("consents", "emergencies"):
        monkeypatch.setattr(f"fotspor.access.actions.{module}.announce", facts.append)
    return facts


def types():
    return list(AuditEvent.objects.order_by("id").values_list("type", flat=True))


def last():
    return AuditEvent.objects.latest("id")


def sees(viewer, person, part=Part.RECORD):
    asked = {"person_id": person.pk, "purpose": Purpose.CARE, "part": part, "at": AT}
    return queries.decision_for(viewer=viewer, **asked).allowed


# --- relations --------------------------------------------------------------------------------------------


def open_for(person, unit, by, **values):
    values = {"basis": "baton", "from_on": ON, **values}
    return actions.open_relation(person_id=person.pk, unit_id=unit.pk, by=by, at=AT, **values)


def test_a_relation_opens_the_record_and_twice_is_once(unit, nurse):
    person = make_person()
    first = open_for(person, unit, nurse)
    assert sees(nurse, person)
    assert open_for(person, unit, nurse) == first
    assert CareRelation.objects.count() == 1
    assert types() == ["access.relation.opened"]
    assert (last().person, last().basis) == (person.key, "baton")


def test_a_relation_with_an_end_is_once_too_and_another_end_another_relation(unit, nurse):
    person = make_person()
    first = open_for(person, unit, nurse, basis="taken_in", until_on=ON + DAY)
    assert open_for(person, unit, nurse, basis="taken_in", until_on=ON + DAY) == first
    assert open_for(person, unit, nurse, basis="taken_in", until_on=ON + 2 * DAY) != first


def test_one_that_was_to_begin_later_begins_now(unit, nurse):
    person = make_person()
    open_for(person, unit, nurse, from_on=ON + DAY)
    assert not sees(nurse, person)
    open_for(person, unit, nurse)
    assert sees(nurse, person)
    assert CareRelation.objects.count() == 1


def test_who_opens_a_relation_to_a_confidential_person_is_named_with_it(unit, nurse):
    person, colleague = make_person(protection="confidential"), viewer_in(unit)
    open_for(person, unit, nurse)
    assert sees(nurse, person, Part.LISTED)
    assert not sees(colleague, person, Part.LISTED)
    assert sees(colleague, person)


def test_nobody_names_herself_for_a_strictly_confidential_person_by_taking_in(unit, nurse):
    person, new = make_person(protection="strict"), make_person(protection="strict")
    open_for(person, unit, nurse, basis="taken_in")
    open_for(person, unit, nurse, basis="pregnancy")
    assert not sees(nurse, person)
    open_for(new, unit, nurse, basis="registered")
    assert sees(nurse, new)


def test_a_relation_for_another_unit_names_nobody_here(unit, nurse):
    person = make_person(protection="confidential")
    open_for(person, make_unit(), nurse)
    assert not CareRelation.objects.filter(staff_id=nurse.staff_id).exists()


def test_one_who_sees_may_name_a_colleague_and_so_may_a_leader(unit, nurse):
    person = make_person(protection="strict")
    open_for(person, unit, nurse, basis="registered")
    colleague, third, leader = viewer_in(unit), viewer_in(unit), viewer_in(unit, "unit_leader")
    actions.name_staff(person_id=person.pk, staff_id=colleague.staff_id, from_on=ON, by=nurse, at=AT)
    assert sees(colleague, person)
    actions.name_staff(person_id=person.pk, staff_id=third.staff_id, from_on=ON, by=leader, at=AT)
    assert sees(third, person)
    assert last().facts["is_named"]


def test_others_may_name_nobody(unit, nurse):
    person = make_person(protection="strict")
    open_for(person, unit, viewer_in(unit), basis="baton")
    for by in (nurse, viewer_in(make_unit(), "unit_leader"), SYSTEM):
        with pytest.raises(actions.MayNotName):
            actions.name_staff(person_id=person.pk, staff_id=nurse.staff_id, from_on=ON, by=by, at=AT)
    assert types() == ["access.relation.opened"]


def test_an_ended_relation_opens_nothing_from_the_same_minute(unit, nurse, child):
    assert sees(nurse, child)
    assert actions.end_relations(person_id=child.pk, unit_id=unit.pk, by=nurse, at=AT) == 1
    assert not sees(nurse, child)
    assert (last().type, last().person, last().facts["bases"]) == ("access.relation.ended", child.key, ["baton"])
    assert actions.end_relations(person_id=child.pk, by=nurse, at=AT) == 0


def test_one_that_was_to_begin_later_ends_as_it_begins(unit, nurse):
    person = make_person()
    relation = open_for(person, unit, nurse, from_on=ON + DAY)
    actions.end_relations(person_id=person.pk, by=nurse, at=AT)
    relation.refresh_from_db()
    assert relation.until_on == relation.from_on == ON + DAY


def test_relations_end_on_a_later_day_by_basis(unit, nurse, child):
    open_for(child, unit, nurse, basis="taken_in")
    assert actions.end_relations(person_id=child.pk, basis="taken_in", until_on=ON + DAY, by=nurse, at=AT) == 1
    assert CareRelation.objects.get(basis="taken_in").until_on == ON + DAY
    assert CareRelation.objects.get(basis="baton").until_on is None


def test_nobody_ends_every_relation_there_is(nurse):
    with pytest.raises(ValueError, match="whose"):
        actions.end_relations(basis="baton", by=nurse, at=AT)


# --- consents ---------------------------------------------------------------------------------------------


def give(child, giver, by, **values):
    values = {"what": "letter_to_gp", "to_unit_id": None, "purpose": "The GP follows up", "from_on": ON, **values}
    return actions.give_consent(person_id=child.pk, given_by_id=giver.pk, by=by, at=AT, **values)


def test_a_guardian_with_parental_responsibility_consents(nurse, child):
    consent = give(child, make_guardian(child), nurse)
    assert (consent.recorded_by_id, consent.withdrawn_at) == (nurse.staff_id, None)
    assert (last().type, last().person, last().facts["what"]) == ("access.consent.given", child.key, "letter_to_gp")


def test_a_grown_person_consents_for_herself(unit, nurse):
    mother = make_person(born_on=date(1990, 1, 1))
    open_for(mother, unit, nurse)
    assert give(mother, mother, nurse).given_by == mother


def test_a_consent_that_does_not_count_is_refused(nurse, child):
    stranger = make_person()
    with pytest.raises(actions.CannotConsent, match="ikke hvem"):
        give(child, stranger, nurse)
    make_guardian(child)
    with pytest.raises(actions.CannotConsent):
        give(child, stranger, nurse)
    assert Consent.objects.count() == 0
    assert "access.consent.given" not in types()


def test_a_consent_says_to_whom_and_has_a_period(nurse, child):
    mother = make_guardian(child)
    with pytest.raises(actions.ConsentIncomplete):
        give(child, mother, nurse, what="agreed_steps")
    with pytest.raises(actions.ConsentIncomplete):
        give(child, mother, nurse, until_on=ON)
    assert Consent.objects.count() == 0


def test_only_those_who_see_the_record_and_work_with_it_record_consents(unit, child):
    mother = make_guardian(child)
    for by in (viewer_in(make_unit()), viewer_in(unit, "unit_leader"), SYSTEM):
        with pytest.raises(queries.NotVisible):
            give(child, mother, by)


def test_a_withdrawn_consent_stands_no_longer_and_is_announced(nurse, child, told):
    consent = give(child, make_guardian(child), nurse)
    asked = {"person_id": child.pk, "what": "letter_to_gp", "to_unit_id": None, "at": AT}
    assert queries.has_consented(**asked)
    actions.withdraw_consent(consent=consent, by=nurse, at=AT)
    assert not queries.has_consented(**asked)
    assert last().type == "access.consent.withdrawn"
    assert (told[0].kind, told[0].person_id, told[0].facts["consent_id"]) == (
        Kind.CONSENT_WITHDRAWN,
        child.pk,
        consent.pk,
    )
    with pytest.raises(actions.AlreadyWithdrawn):
        actions.withdraw_consent(consent=consent, by=nurse, at=AT)
    assert len(told) == 1


# --- emergency access -------------------------------------------------------------------------------------


def test_emergency_access_lasts_three_hours_is_logged_and_announced(unit, nurse, told):
    person = make_person()
    viewer_in(unit, "privacy_officer")
    emergency = actions.break_glass(person_id=person.pk, reason=REASON, by=nurse, at=AT)
    assert emergency.until == AT + 3 * HOUR
    assert sees(nurse, person)
    asked = {"person_id": person.pk, "purpose": Purpose.CARE, "part": Part.RECORD}
    assert not queries.decision_for(viewer=nurse, at=AT + 3 * HOUR, **asked).allowed
    assert (last().type, last().person, last().basis) == ("access.emergency.opened", person.key, "emergency")
    assert REASON not in str(last().facts)
    assert (told[0].kind, told[0].facts["emergency_key"], told[0].facts["unit_id"]) == (
        Kind.EMERGENCY_ACCESS,
        emergency.key,
        unit.pk,
    )


def test_a_reason_of_spaces_explains_nothing(nurse, told):
    with pytest.raises(actions.ReasonTooShort):
        actions.break_glass(person_id=make_person().pk, reason="ill" + " " * 40, by=nurse, at=AT)
    assert (EmergencyAccess.objects.count(), told, types()) == (0, [], [])


def test_no_emergency_opens_own_or_familys_record(unit):
    own = make_person(identity_number="1", identity_index="own")
    parent = viewer_in(unit, staff=make_staff(identity_index="own"))
    with pytest.raises(actions.OwnRecord):
        actions.break_glass(person_id=own.pk, reason=REASON, by=parent, at=AT)
    assert types() == []


def test_what_is_open_already_needs_no_emergency(nurse, child):
    with pytest.raises(actions.AlreadyVisible):
        actions.break_glass(person_id=child.pk, reason=REASON, by=nurse, at=AT)


@pytest.mark.parametrize("role", ["kindergarten", "unit_leader", "administrator", "privacy_officer", "director"])
def test_other_roles_have_no_emergency_access(unit, role):
    with pytest.raises(queries.NotVisible):
        actions.break_glass(person_id=make_person().pk, reason=REASON, by=viewer_in(unit, role), at=AT)


def test_a_joined_entry_is_opened_where_it_was_joined(nurse):
    with pytest.raises(queries.NotVisible):
        actions.break_glass(person_id=make_person(merged_into=make_person()).pk, reason=REASON, by=nurse, at=AT)


def test_a_strict_record_opens_when_a_colleague_agrees(unit, nurse, told):
    person = make_person(protection="strict")
    emergency = actions.break_glass(person_id=person.pk, reason=REASON, by=nurse, at=AT)
    assert emergency.needs_second
    assert not sees(nurse, person)
    with pytest.raises(actions.CannotSecond):
        actions.second_emergency(emergency=emergency, by=nurse, at=AT)
    actions.second_emergency(emergency=emergency, by=viewer_in(unit), at=AT)
    assert sees(nurse, person)
    assert last().type == "access.emergency.seconded"
    with pytest.raises(actions.CannotSecond):
        actions.second_emergency(emergency=emergency, by=viewer_in(unit), at=AT)


def test_a_second_one_is_of_the_unit_in_time_and_no_family(unit, nurse, told):
    person = make_person(protection="strict", identity_number="1", identity_index="own")
    emergency = actions.break_glass(person_id=person.pk, reason=REASON, by=nurse, at=AT)
    for by in (viewer_in(make_unit()), viewer_in(unit, "unit_leader")):
        with pytest.raises(queries.NotVisible):
            actions.second_emergency(emergency=emergency, by=by, at=AT)
    with pytest.raises(actions.CannotSecond):
        actions.second_emergency(emergency=emergency, by=viewer_in(unit, staff=make_staff(identity_index="own")), at=AT)
    with pytest.raises(actions.CannotSecond):
        actions.second_emergency(emergency=emergency, by=viewer_in(unit), at=AT + 3 * HOUR)
    assert "access.emergency.seconded" not in types()


# --- news -------------------------------------------------------------------------------------------------


def tell(kind, by, *, person=None, **facts):
    actions.respond_to(Fact(kind, at=AT, by_id=by.staff_id, person_id=person.pk if person else None, facts=facts))


def test_after_a_death_the_kindergarten_sees_nothing_and_the_health_centre_keeps_the_record(unit, nurse, child):
    kindergarten = make_unit("kindergarten", "education")
    open_for(child, kindergarten, nurse, basis="enrolled")
    tell(Kind.DIED, nurse, person=child)
    assert CareRelation.objects.get(basis="enrolled").until_on == ON
    assert sees(nurse, child)
    assert last().staff == nurse.staff_key


def test_a_death_taken_back_opens_what_it_closed_and_nothing_twice(unit, nurse, child):
    kindergarten = make_unit("kindergarten", "education")
    open_for(child, kindergarten, nurse, basis="enrolled")
    tell(Kind.DIED, nurse, person=child)
    tell(Kind.ALIVE, nurse, person=child, recorded_at=AT)
    opened = CareRelation.objects.filter(basis="enrolled", until_on=None)
    assert opened.count() == 1
    tell(Kind.DIED, nurse, person=child)
    open_for(child, kindergarten, nurse, basis="enrolled")  # somebody has enrolled the child anew meanwhile
    tell(Kind.ALIVE, nurse, person=child, recorded_at=AT)
    assert opened.count() == 1, "the place stands once"


def test_what_names_a_leaver_ends_the_same_minute(unit, nurse, child):
    leaver = viewer_in(unit)
    person = make_person(protection="strict")
    open_for(person, unit, nurse, basis="named", staff_id=leaver.staff_id)
    emergency = actions.break_glass(person_id=make_person().pk, reason=REASON, by=leaver, at=AT - HOUR)
    tell(Kind.STAFF_LEFT, nurse, staff_id=leaver.staff_id)
    emergency.refresh_from_db()
    assert emergency.until == AT
    assert not sees(leaver, person)
    assert sees(nurse, child)


def test_joining_two_entries_moves_relations_consents_and_emergencies(unit, nurse, child):
    kept, mother = make_person(), make_guardian(child)
    other = make_unit()
    open_for(kept, unit, nurse)
    open_for(child, other, nurse, basis="pregnancy")
    consent = give(child, mother, nurse)
    tell(Kind.MERGED, nurse, person=child, into_id=kept.pk)
    consent.refresh_from_db()
    assert consent.person == kept
    assert CareRelation.objects.get(person=child).until_on == ON
    assert set(CareRelation.objects.filter(person=kept).values_list("unit", "basis")) == {
        (unit.pk, "baton"),
        (other.pk, "pregnancy"),
    }
    assert (last().type, last().person, last().facts) == (
        "access.relation.moved",
        kept.key,
        {"relations": 1, "consents": 1},
    )
    assert last().people == sorted([child.key, kept.key])


@pytest.mark.parametrize("knows_holder", [True, False])
def test_adoption_ends_what_came_through_the_pregnancy_for_all_but_the_holder(unit, nurse, child, knows_holder):
    other = make_unit()
    for each in (unit, other):
        open_for(child, each, nurse, basis="pregnancy")
    facts = {"holder_unit_id": unit.pk} if knows_holder else {}
    tell(Kind.ADOPTED, nurse, person=child, **facts)
    left = set(CareRelation.objects.filter(until_on=None).values_list("unit", "basis"))
    assert left == ({(unit.pk, "baton"), (unit.pk, "pregnancy")} if knows_holder else {(unit.pk, "baton")})


def test_other_news_changes_nothing(nurse, child):
    before = types()
    tell(Kind.MOVED, nurse, person=child)
    assert types() == before
