"""Flats: those in one house who live behind different doors are strangers, whoever writes the address."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from fotspor.access.queries.kin import family_of
from fotspor.people import actions, queries
from fotspor.people.models import Departure, Person
from fotspor.people.tests.made import (
    AT,
    TODAY,
    logged,
    make_birth,
    make_person,
    make_pregnancy,
    number_of,
)

HOUSE = {"street": "Storgata 1", "postcode": "7000"}


@pytest.fixture
def as_midwife(client, house, time_machine):
    time_machine.move_to(AT, tick=False)
    client.force_login(house.staff(house.midwife))
    return client


def flat(house, name, dwelling="", **more):
    return make_person(house.midwife, name, **HOUSE, dwelling=dwelling, **more)


def test_two_flats_of_one_house_are_two_households(house):
    kari, ola, neighbour, old = (
        flat(house, name, dwelling)
        for name, dwelling in [("Kari", "H0101"), ("Ola", "h 0101"), ("Siv", "H0102"), ("Liv", "")]
    )
    assert (kari.dwelling, ola.dwelling) == ("H0101", "H0101")
    assert len({kari.household, neighbour.household, old.household}) == 3
    assert queries.household_of(viewer=house.midwife, person=kari, at=AT) == [ola]


def test_a_neighbour_in_another_flat_is_not_ones_family(house):
    staff = house.staff(house.midwife)
    number = number_of(make_person(house.midwife).born_on)
    own = flat(house, "Mie", "H0101", number=number)
    staff.identity_index = own.identity_index
    staff.save()
    at_home, neighbour = flat(house, "Ola", "H0101"), flat(house, "Siv", "H0102")
    near = set(Person.objects.filter(pk__in=family_of(staff.pk, TODAY)))
    assert {own, at_home} <= near
    assert neighbour not in near


def test_what_is_no_dwelling_number_is_never_stored(house):
    with pytest.raises(ValueError, match="dwelling"):
        flat(house, "Kari", "101")


def test_a_graded_person_has_no_flat_either(house):
    for grade in ({"protection": "confidential"}, {"address_protection": "client"}):
        assert flat(house, "Siv", "H0101", **grade).dwelling == ""
    kari = flat(house, "Kari", "H0101")
    actions.record_move(person=kari, home=actions.Home("Ute 1"), moved_on=TODAY, outside=True, by=house.midwife, at=AT)
    assert Departure.objects.get().dwelling == "H0101"
    kari.refresh_from_db()
    actions.change_person(person=kari, version=kari.version, protection="strict", by=house.midwife, at=AT)
    assert Departure.objects.get().dwelling == ""
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=kari.pk).update(dwelling="H0101")


def test_the_flat_is_left_with_the_house_and_taken_back_with_it(house):
    kari = flat(house, "Kari", "H0101")
    before = kari.household
    actions.record_move(person=kari, home=actions.Home("Ute 1"), moved_on=TODAY, outside=True, by=house.midwife, at=AT)
    kari.refresh_from_db()
    assert (kari.street, kari.dwelling) == ("Ute 1", "")
    kari = actions.take_back_move(person=kari, reason="Feil familie valgt", by=house.midwife, at=AT)
    assert (kari.street, kari.dwelling, kari.household) == ("Storgata 1", "H0101", before)


def test_a_newborn_lives_behind_its_mothers_door(house):
    mother = flat(house, "Kari", "H0101")
    (journey,) = make_birth(house.midwife, journey=make_pregnancy(house.midwife, mother))
    assert (journey.child.dwelling, journey.child.household) == ("H0101", mother.household)


def test_an_adopted_child_lives_behind_the_new_familys_door(house):
    (journey,) = make_birth(house.midwife)
    new = flat(house, "Ny", "H0302")
    guardians = [actions.NewGuardian(person=new, kind="mother", custody="mother")]
    actions.adopt(child=journey.child, guardians=guardians, on=TODAY, reason="Vedtak", by=house.midwife, at=AT)
    child = Person.objects.get(pk=journey.child_id)
    assert (child.street, child.dwelling, child.household) == ("Storgata 1", "H0302", new.household)


def test_somebody_whose_flat_was_left_out_is_still_a_likely_duplicate(house):
    flat(house, "Kari")
    found = queries.near_duplicates(
        viewer=house.midwife, given_name="Kari", family_name="Annet", born_on=make_person(house.midwife).born_on,
        **HOUSE, at=AT,
    )  # fmt: skip
    assert "household" in {each.likeness for each in found}


# --- on the pages -----------------------------------------------------------------------------------------------


def typed(person, **changed):
    said = {"given_name": "Kari", "family_name": "Nordmann", "sex": "female", "protection": "none",
            "address_protection": "none", "version": person.version, **HOUSE}  # fmt: skip
    return {**said, **changed}


def test_the_flat_is_typed_shown_and_kept(as_midwife, house):
    person = make_person(house.midwife, **HOUSE)
    change, page = (reverse(f"people:{name}", args=[person.key]) for name in ("person_change", "person"))
    assert as_midwife.post(change, typed(person, dwelling=" h0101")).status_code == 302
    person.refresh_from_db()
    assert person.dwelling == "H0101"
    assert "dwelling" in logged("people.person.changed")[-1].facts["fields"]
    assert "Storgata 1, H0101, 7000" in as_midwife.get(page).content.decode()
    assert 'value="H0101"' in as_midwife.get(change).content.decode()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"dwelling": "101"}, "dwelling"),
        ({"dwelling": "H0101", "street": "", "postcode": "", "protection": "strict"}, "street"),
    ],
)
def test_a_flat_that_is_none_and_a_flat_of_a_graded_person_are_refused(as_midwife, house, changed, field):
    person = make_person(house.midwife, **HOUSE)
    answer = as_midwife.post(reverse("people:person_change", args=[person.key]), typed(person, **changed))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    person.refresh_from_db()
    assert (person.version, person.dwelling) == (1, "")


def test_a_move_is_to_a_flat(as_midwife, house):
    person, along = flat(house, "Kari", "H0101"), flat(house, "Ola", "H0101")
    said = {"moved_on": TODAY.isoformat(), "where": "inside", **HOUSE, "dwelling": "h0202", "also": [along.key]}
    assert as_midwife.post(reverse("people:person_move", args=[person.key]), said).status_code == 302
    assert set(Person.objects.values_list("dwelling", flat=True)) == {"H0202"}


def test_whoever_may_not_see_the_address_sees_no_flat(as_midwife, house):
    person = flat(house, "Kari", "H0101", address_protection="confidential")
    assert "H0101" not in as_midwife.get(reverse("people:person", args=[person.key])).content.decode()
