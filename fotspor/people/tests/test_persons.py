"""Registering, changing, looking up and taking in one person: each way out, and the line in the log."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from fotspor.access.models import CareRelation
from fotspor.access.queries import NotVisible
from fotspor.access.rules import SYSTEM
from fotspor.kit.errors import Stale
from fotspor.people import actions, queries
from fotspor.people.models import Person
from fotspor.people.tests.made import AT, TODAY, logged, make_person, make_pregnancy, number_of
from fotspor.services.models import Staff

BORN = date(1994, 6, 12)


def test_registering_stores_the_person_opens_a_relation_and_is_logged(house):
    person = make_person(house.midwife, "Åse", "Ødegård", number=number_of(BORN), district=house.district)
    stored = Person.objects.get(key=person.key)
    assert (stored.identity_number, stored.identity_kind) == (number_of(BORN), "tnr")
    assert stored.search_name == " ase odegard"
    relation = CareRelation.objects.get(person=person)
    assert (relation.unit_id, relation.basis, relation.from_on) == (house.midwifery.id, "registered", TODAY)
    (event,) = logged("people.person.registered")
    assert (event.person, event.staff, event.unit) == (person.key, house.midwife.staff_key, house.midwife.unit_key)


def test_the_number_is_in_no_column_that_can_be_read(house):
    number = number_of(BORN)
    make_person(house.midwife, number=number)
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM people_person")
        row = " ".join(
            bytes(v).decode("latin1") if isinstance(v, bytes | memoryview) else str(v) for v in cursor.fetchone()
        )
    assert number not in row
    assert number[6:] not in row


@pytest.mark.parametrize("number", ["02013299997", "123", "12345678901"])
def test_practice_refuses_numbers_of_real_people_and_what_is_no_number(house, number):
    with pytest.raises(actions.BadNumber):
        make_person(house.midwife, number=number)
    assert not Person.objects.exists()


def test_production_refuses_numbers_of_synthetic_people(house, settings):
    settings.IS_PRODUCTION = True
    with pytest.raises(actions.BadNumber):
        make_person(house.midwife, number=number_of(BORN))
    assert queries.read_number("02013299997").number == "02013299997"


def test_a_number_belongs_to_one_person(house):
    first = make_person(house.midwife, number=number_of(BORN))
    with pytest.raises(actions.AlreadyRegistered) as refused:
        make_person(house.nurse, "Anne", number=number_of(BORN))
    assert refused.value.key == first.key


def test_somebody_whose_role_registers_nobody_is_refused(house):
    with pytest.raises(actions.NotAllowed):
        make_person(house.leader)
    assert not logged("people.person.registered")


def test_the_system_registers_without_a_relation(house):
    person = make_person(SYSTEM)
    assert not CareRelation.objects.filter(person=person).exists()


def test_an_unknown_detail_is_a_fault_in_the_house(house):
    with pytest.raises(TypeError):
        make_person(house.midwife, shoe_size=38)


def test_likely_duplicates_must_be_dismissed_one_by_one(house):
    first = make_person(house.midwife)
    with pytest.raises(actions.LikelyDuplicate) as refused:
        make_person(house.nurse, dismissed=())
    (found,) = refused.value.duplicates
    assert (found.key, found.is_visible) == (first.key, False)
    second = make_person(house.nurse, dismissed=[first.key])
    assert logged("people.person.registered")[-1].facts == {"dismissed": [first.key]}
    assert second.id != first.id


def test_people_at_one_address_are_a_household_and_graded_people_have_no_address(house):
    kari = make_person(house.midwife, street="Elveveien 3", postcode="7000")
    ola = make_person(house.midwife, "Ola", street="elvevegen 3", postcode="7000")
    hidden = make_person(house.midwife, "Siv", street="Elveveien 3", postcode="7000", protection="confidential")
    client = make_person(house.midwife, "Liv", street="Elveveien 3", postcode="7000", address_protection="client")
    assert kari.household == ola.household != ""
    for person in (hidden, client):
        assert (person.street, person.postcode, person.household) == ("", "", "")


def test_the_database_itself_keeps_no_address_of_a_graded_person(house):
    person = make_person(house.midwife, street="Elveveien 3", postcode="7000")
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=person.pk).update(protection="strict")


def test_changing_is_logged_by_field_and_never_by_value(house):
    person = make_person(house.midwife)
    actions.change_person(person=person, version=1, given_name="Kåre", phone="99", by=house.midwife, at=AT)
    person.refresh_from_db()
    assert (person.given_name, person.search_name, person.version) == ("Kåre", " kare nordmann", 2)
    (event,) = logged("people.person.changed")
    assert event.facts == {"fields": ["given_name", "phone"]}


def test_the_second_of_two_who_change_the_same_is_told(house):
    person = make_person(house.midwife)
    actions.change_person(person=person, version=1, phone="1", by=house.midwife, at=AT)
    with pytest.raises(Stale):
        actions.change_person(person=person, version=1, phone="2", by=house.midwife, at=AT)
    assert Person.objects.get(pk=person.pk).phone == "1"


def test_a_stranger_changes_nothing(house):
    person = make_person(house.midwife)
    with pytest.raises(NotVisible):
        actions.change_person(person=person, version=1, phone="1", by=house.stranger, at=AT)


def test_a_birth_date_is_not_changed_without_a_reason(house):
    person = make_person(house.midwife)
    with pytest.raises(TypeError):
        actions.change_person(person=person, version=1, born_on=BORN, by=house.midwife, at=AT)


def test_a_number_may_be_added_later_but_never_one_that_leads_elsewhere(house):
    person, other = make_person(house.midwife), make_person(house.midwife, "Anne", number=number_of(BORN, 1))
    actions.change_person(person=person, version=1, number=number_of(BORN), by=house.midwife, at=AT)
    assert queries.find_by_number(number_of(BORN)) == person
    with pytest.raises(actions.AlreadyRegistered) as refused:
        actions.change_person(person=person, version=2, number=number_of(BORN, 1), by=house.midwife, at=AT)
    assert refused.value.key == other.key


def test_whoever_writes_a_grade_is_named_and_the_rest_of_the_unit_loses_sight(house):
    person = make_person(house.midwife, street="Elveveien 3", postcode="7000")
    actions.change_person(person=person, version=1, protection="strict", by=house.midwife, at=AT)
    person.refresh_from_db()
    assert (person.street, person.household) == ("", "")
    actions.change_person(person=person, version=2, phone="1", by=house.midwife, at=AT)
    with pytest.raises(NotVisible):
        actions.change_person(person=person, version=3, phone="2", by=house.colleague, at=AT)


# --- take in today -------------------------------------------------------------------------------------------


def test_taking_in_opens_a_relation_with_reason_and_end_and_is_logged(house):
    make_person(house.midwife, number=number_of(BORN))
    person, relation = actions.take_in(number=number_of(BORN), reason="Vaksine i dag", by=house.stranger, at=AT)
    assert (relation.basis, relation.note) == ("taken_in", "Vaksine i dag")
    assert relation.until_on == TODAY + timedelta(days=30)
    assert [event.staff for event in logged("people.person.looked_up")] == [house.stranger.staff_key]
    assert logged("people.person.taken_in")[0].person == person.key
    assert queries.person_page(viewer=house.stranger, key=person.key, at=AT).person == person


def test_the_reason_is_not_in_the_log(house):
    make_person(house.midwife, number=number_of(BORN))
    actions.take_in(number=number_of(BORN), reason="Hemmelig grunn", by=house.stranger, at=AT)
    assert not any("Hemmelig" in str(event.facts) for event in logged("people.person.taken_in"))


def test_nobody_is_found_by_a_number_nobody_has(house):
    with pytest.raises(actions.NobodyFound):
        actions.look_up(number=number_of(BORN), by=house.nurse, at=AT)


def test_a_wrong_number_is_refused_before_anybody_is_looked_for(house):
    with pytest.raises(actions.BadNumber):
        actions.look_up(number="12345678901", by=house.nurse, at=AT)


def test_a_leader_looks_nobody_up(house):
    with pytest.raises(actions.NotAllowed):
        actions.look_up(number=number_of(BORN), by=house.leader, at=AT)


def test_nobody_takes_in_themselves_or_their_child(house):
    me = make_person(house.midwife, "Nora", number=number_of(BORN))
    Staff.objects.filter(pk=house.nurse.staff_id).update(identity_index=me.identity_index)
    child = make_person(house.midwife, "Liten", born_on=date(2022, 1, 4), number=number_of(date(2022, 1, 4)))
    actions.add_guardian(
        child=child, guardian=me, kind="mother", custody="mother", from_on=TODAY, by=house.midwife, at=AT
    )
    for number in (number_of(BORN), number_of(date(2022, 1, 4))):
        with pytest.raises(actions.OwnRecord):
            actions.take_in(number=number, reason="Nysgjerrig", by=house.nurse, at=AT)


def test_the_strictly_protected_are_not_taken_in(house):
    make_person(house.midwife, number=number_of(BORN), protection="strict")
    with pytest.raises(actions.NotTakenIn):
        actions.take_in(number=number_of(BORN), reason="Vaksine i dag", by=house.stranger, at=AT)
    assert not CareRelation.objects.filter(unit_id=house.stranger.unit_id).exists()


def test_registering_a_pregnancy_of_a_stranger_is_refused(house):
    mother = make_person(house.midwife)
    with pytest.raises(NotVisible):
        make_pregnancy(house.stranger, mother)
