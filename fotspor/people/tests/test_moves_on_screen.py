"""What the forms of a move and of a birth refuse, at which field, and what they leave as it was."""

import pytest
import time_machine
from django.urls import reverse

from fotspor.people.tests.made import AT, make_person, make_pregnancy


@pytest.fixture(autouse=True)
def _now(house):
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def as_midwife(client, house):
    client.force_login(house.staff(house.midwife))
    return client


def moving(as_midwife, person, **typed):
    typed = {"moved_on": "2026-11-24", "where": "inside"} | typed
    return as_midwife.post(reverse("people:person_move", args=[person.key]), typed)


def test_a_move_with_nothing_written_wipes_out_no_address(as_midwife, house):
    person = make_person(house.midwife, street="Gamleveien 1", district=house.district)
    response = moving(as_midwife, person)
    assert response.status_code == 422
    assert "Skriv den nye adressen, eller velg bydel." in response.content.decode()
    person.refresh_from_db()
    assert (person.street, person.district) == ("Gamleveien 1", house.district)
    assert moving(as_midwife, person, is_unknown="on", street="Nyveien 2").status_code == 422
    assert moving(as_midwife, person, is_unknown="on").status_code == 302
    person.refresh_from_db()
    assert (person.street, person.district) == ("", None)


@pytest.mark.parametrize("where", [{"where": "outside"}, {"district": "other"}, {"street": "Nyveien 2"}])
def test_a_street_or_a_district_is_enough_and_out_of_the_municipality_neither_is_needed(as_midwife, house, where):
    person = make_person(house.midwife, street="Gamleveien 1")
    typed = {**where, "district": house.other_district.key} if "district" in where else where
    assert moving(as_midwife, person, **typed).status_code == 302


def test_a_move_that_is_to_come_is_refused_at_its_day(as_midwife, house):
    person = make_person(house.midwife)
    response = moving(as_midwife, person, moved_on="2027-06-01", street="Nyveien 2")
    assert response.status_code == 422
    assert "En flytting føres når den har skjedd." in response.content.decode()


def test_a_birth_to_come_is_not_said_to_be_a_wrong_due_date(as_midwife, house):
    journey = make_pregnancy(house.midwife)
    typed = {"born_on": "2026-11-25", "sex_1": "female", "given_name_1": "", "stillborn": ""}
    html = as_midwife.post(reverse("people:birth", args=[journey.key]), typed).content.decode()
    assert "Fødselsdatoen kan ikke være fram i tid." in html
    assert "termindatoen" not in html.split("<main")[1].split("</form>")[0]
