"""Who is found, in which order, and what is never found: strangers, the graded by name, the lost, the dead."""

from datetime import date, timedelta

import pytest

from fotspor.access import actions as access
from fotspor.access.queries import NotVisible
from fotspor.access.rules import Part, Purpose
from fotspor.people import actions, queries
from fotspor.people.models import Person
from fotspor.people.rules import Likeness
from fotspor.people.tests.made import AT, DUE, TODAY, make_birth, make_person, make_pregnancy, number_of

BORN = date(1994, 6, 12)


def found(viewer, text):
    return [hit.person for hit in queries.search(viewer=viewer, text=text, at=AT)]


@pytest.mark.parametrize("text", ["åse ødegård", "ODEGAARD aase", "ase", "ødeg", "  Åse  "])
def test_a_name_is_found_in_any_order_and_spelling(house, text):
    person = make_person(house.midwife, "Åse", "Ødegård")
    make_person(house.midwife, "Bjørn", "Ås")
    assert found(house.midwife, text) == [person]


def test_part_of_a_word_from_the_middle_finds_nobody(house):
    make_person(house.midwife, "Åse", "Ødegård")
    assert found(house.midwife, "gård") == []


@pytest.mark.parametrize("text", ["", "  ", "%", "_", "'", "123"])
def test_nothing_or_signs_find_nobody(house, text):
    make_person(house.midwife)
    assert found(house.midwife, text) == []


def test_hits_stand_in_the_order_of_the_norwegian_alphabet(house):
    names = ["Aas", "Berg", "Ærlig", "Zahl", "Øye"]
    for family in names:
        make_person(house.midwife, "Kari", family)
    assert [p.family_name for p in found(house.midwife, "kari")] == ["Berg", "Zahl", "Ærlig", "Øye", "Aas"]


def test_a_stranger_finds_nobody_by_name_or_number(house):
    make_person(house.midwife, number=number_of(BORN))
    assert found(house.stranger, "kari") == found(house.stranger, number_of(BORN)) == []


def test_an_exact_number_finds_the_one_who_may_be_seen(house):
    person = make_person(house.midwife, number=number_of(BORN))
    number = number_of(BORN)
    assert found(house.midwife, f"{number[:6]} {number[6:]}") == [person]
    assert found(house.midwife, number[:10]) == []


@pytest.mark.parametrize(
    "grade", [{"protection": "confidential"}, {"protection": "strict"}, {"address_protection": "client"}]
)
def test_graded_people_are_found_by_number_only(house, grade):
    person = make_person(house.midwife, number=number_of(BORN), **grade)
    assert found(house.midwife, "kari nordmann") == []
    assert found(house.midwife, number_of(BORN)) == [person]


def test_the_dead_are_not_found_by_name(house):
    person = make_person(house.midwife)
    actions.record_death(person=person, died_on=TODAY, by=house.midwife, at=AT)
    assert found(house.midwife, "kari") == []


def test_a_hit_carries_the_journeys_that_are_open_to_the_viewer(house):
    journey = make_pregnancy(house.midwife)
    (hit,) = queries.search(viewer=house.midwife, text="kari", at=AT)
    assert hit.journeys == (journey,)


def test_a_newborn_without_a_name_is_found_by_its_mother(house):
    (born,) = make_birth(house.midwife)
    assert born.child in found(house.midwife, "kari nordmann")
    actions.change_person(
        person=born.child, version=born.child.version, given_name="Siv", family_name="Lie", by=house.midwife, at=AT
    )
    assert born.child not in found(house.midwife, "kari nordmann")


def test_a_search_asks_the_database_the_same_number_of_times_for_one_and_for_many(house, django_assert_max_num_queries):
    for index in range(12):
        make_birth(house.midwife, journey=make_pregnancy(house.midwife, make_person(house.midwife, f"Kari{index}")))
    with django_assert_max_num_queries(5):
        hits = queries.search(viewer=house.midwife, text="kari", at=AT)
        assert len([mother.guardian.name for hit in hits for mother in hit.person.mothers]) == 12


# --- one person ---------------------------------------------------------------------------------------------------


def test_a_person_who_may_not_be_seen_does_not_exist(house):
    person = make_person(house.midwife)
    terms = {"purpose": Purpose.CARE, "part": Part.RECORD, "at": AT}
    assert queries.person_by_key(viewer=house.midwife, key=person.key, **terms) == person
    for viewer, key in [(house.stranger, person.key), (house.midwife, "finnes-ikke"), (house.leader, person.key)]:
        with pytest.raises(NotVisible):
            queries.person_by_key(viewer=viewer, key=key, **terms)


def test_the_household_is_those_the_viewer_may_see_at_the_registered_address(house):
    child = make_person(house.midwife, "Barn", born_on=DUE, street="Elveveien 3", postcode="7000")
    mother = make_person(house.midwife, street="Elvevegen 3", postcode="7000")
    make_person(house.midwife, "Far", street="Annen gate 1", postcode="7000")
    make_person(house.stranger, "Ukjent", street="Elveveien 3", postcode="7000")
    make_person(house.midwife, "Skjult", street="Elveveien 3", postcode="7000", protection="confidential")
    assert queries.household_of(viewer=house.midwife, person=child, at=AT) == [mother]
    assert queries.household_of(viewer=house.midwife, person=make_person(house.midwife, "Ingen"), at=AT) == []


def test_the_page_of_a_protected_person_has_no_address_to_show(house):
    person = make_person(house.midwife, protection="confidential")
    page = queries.person_page(viewer=house.midwife, key=person.key, at=AT)
    assert (page.may_see_address, page.household) == (False, [])


def test_wards_are_the_children_the_viewer_may_see(house):
    (born,) = make_birth(house.midwife)
    mother = born.pregnancy.mother
    access.open_relation(
        person_id=mother.id, unit_id=house.station.id, basis="taken_in", from_on=TODAY, by=house.nurse, at=AT
    )
    assert queries.wards_of(viewer=house.midwife, guardian_id=mother.id, at=AT) == [born.child]
    assert queries.wards_of(viewer=house.nurse, guardian_id=mother.id, at=AT) == []


def test_a_preview_shows_who_holds_and_whether_one_may_go_on(house):
    journey = make_pregnancy(house.midwife)
    journey.batons.create(unit=house.midwifery, since_at=AT)
    shown = queries.preview(viewer=house.stranger, key=journey.subject.key, at=AT)
    assert (shown.unit_name, shown.is_visible) == ("Jordmortjenesten", False)
    assert queries.preview(viewer=house.midwife, key=journey.subject.key, at=AT).is_visible
    journey.batons.update(until_at=AT)
    assert queries.holding_unit(journey.subject) == ""
    with pytest.raises(NotVisible):
        queries.preview(viewer=house.midwife, key="finnes-ikke", at=AT)


# --- likely duplicates ----------------------------------------------------------------------------------------------


def alike(viewer, given="Kari", family="Nordmann", born_on=BORN, **where):
    return queries.near_duplicates(viewer=viewer, given_name=given, family_name=family, born_on=born_on, at=AT, **where)


@pytest.mark.parametrize(
    ("given", "family", "born_on", "why"),
    [
        ("kári", "nordmann", BORN, Likeness.SAME),
        ("Nordmann", "Kari", BORN, Likeness.SWAPPED),
        ("Kari", "Nordman", BORN, Likeness.ONE_LETTER),
        ("Kari", "Nordmann", date(1994, 12, 6), Likeness.DATE_CLOSE),
        ("Kari", "Nordmann", date(1995, 6, 12), Likeness.DATE_CLOSE),
    ],
)
def test_likely_duplicates_are_found_across_units(house, given, family, born_on, why):
    person = make_person(house.midwife, born_on=BORN)
    for viewer, visible in [(house.midwife, True), (house.stranger, False)]:
        (duplicate,) = alike(viewer, given, family, born_on)
        assert (duplicate.key, duplicate.likeness, duplicate.is_visible) == (person.key, why, visible)


def test_an_unnamed_newborn_at_the_address_may_be_the_child_being_registered(house):
    (born,) = make_birth(house.midwife)
    (duplicate,) = alike(house.nurse, "Siv", "Lie", DUE, street="Storgata 1", postcode="7000")
    assert (duplicate.key, duplicate.likeness) == (born.child.key, Likeness.HOUSEHOLD)


def test_that_somebody_is_graded_is_not_told_to_a_stranger(house):
    make_person(house.midwife, born_on=BORN, protection="confidential")
    assert alike(house.stranger) == []
    assert len(alike(house.midwife)) == 1


def test_without_a_birth_date_nobody_is_compared(house):
    make_person(house.midwife, born_on=BORN)
    assert alike(house.midwife, born_on=None) == []


def test_an_entry_is_not_its_own_duplicate(house):
    one, other = make_person(house.midwife), make_person(house.midwife)
    assert [d.key for d in queries.likely_same(viewer=house.midwife, person=one, at=AT)] == [other.key]


# --- what the register sends ----------------------------------------------------------------------------------------


def test_a_register_row_proposes_the_newborns_of_that_mother_and_day(house):
    mother = make_person(house.midwife, number=number_of(BORN))
    first, second = make_birth(house.midwife, "male", "female", journey=make_pregnancy(house.midwife, mother))
    terms = {"mother_number": number_of(BORN), "born_on": DUE}
    assert [m.child for m in queries.newborn_matches(**terms)] == [first.child, second.child]
    assert [m.child for m in queries.newborn_matches(**terms, birth_order=2)] == [second.child]
    assert queries.newborn_matches(mother_number=number_of(BORN), born_on=DUE - timedelta(days=1)) == []
    assert queries.newborn_matches(mother_number="123", born_on=DUE) == []


def test_a_child_that_has_its_number_is_proposed_no_more(house):
    mother = make_person(house.midwife, number=number_of(BORN))
    (born,) = make_birth(house.midwife, journey=make_pregnancy(house.midwife, mother))
    actions.change_person(person=born.child, version=born.child.version, number=number_of(DUE), by=house.midwife, at=AT)
    assert queries.newborn_matches(mother_number=number_of(BORN), born_on=DUE) == []
    assert Person.objects.filter(born_on=DUE).count() == 1


def test_a_birth_nobody_has_recorded_is_proposed_to_the_pregnancy(house):
    mother = make_person(house.midwife, number=number_of(BORN))
    journey = make_pregnancy(house.midwife, mother)
    (match,) = queries.newborn_matches(mother_number=number_of(BORN), born_on=DUE)
    assert (match.journey, match.child) == (journey, None)
    assert queries.newborn_matches(mother_number=number_of(BORN), born_on=DUE - timedelta(days=200)) == []
