"""The number given at a birth is the newborn's or nobody's: no stranger's record opens, and no child vanishes."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from fotspor.access.models import CareRelation
from fotspor.access.rules import SYSTEM
from fotspor.people import actions, identifiers
from fotspor.people.actions import Newborn
from fotspor.people.models import Guardianship, Journey, Person
from fotspor.people.rules import Numbered, is_the_newborn
from fotspor.people.tests.made import AT, DUE, logged, make_person, make_pregnancy, number_of

GROWN = date(1990, 3, 4)


def bear(house, *numbers, journey=None, by=None, born_on=DUE):
    journey = journey or make_pregnancy(house.midwife)
    children = [Newborn(sex="female", number=number) for number in numbers]
    return actions.record_birth(journey=journey, born_on=born_on, children=children, by=by or house.midwife, at=AT)


def stands_as_before(journey):
    found = Journey.objects.get(pk=journey.pk)
    return found.child is None and found.pregnancy.outcome == "ongoing" and not Guardianship.objects.exists()


@pytest.fixture
def journey(house):
    mother = make_person(house.midwife, born_on=GROWN, number=number_of(GROWN))
    return make_pregnancy(house.midwife, mother)


# --- whose it may not be -----------------------------------------------------------------------------------


@pytest.mark.parametrize("protection", ["none", "strict"])
def test_a_strangers_number_opens_nothing_and_says_nothing(house, journey, protection):
    """Born the same day as the child, as far as the digits say: in another century."""
    other = make_person(
        house.stranger, "Utenfor", born_on=date(1926, 11, 20), number=number_of(DUE), protection=protection
    )
    with pytest.raises(actions.NotTheNewborns) as refused:
        bear(house, number_of(DUE), journey=journey)
    assert stands_as_before(journey)
    assert refused.value.field == "number_1"
    assert "Utenfor" not in str(refused.value.message)
    assert not CareRelation.objects.filter(person=other, unit=house.midwifery).exists()


def test_every_refusal_reads_the_same(house, journey):
    seen = {}
    for name, protection, died_on in (("strict", "strict", None), ("dead", "none", DUE), ("theirs", "none", None)):
        number = number_of(DUE, len(seen))
        other = make_person(house.stranger, name, born_on=DUE, number=number, protection=protection)
        Person.objects.filter(pk=other.pk).update(died_on=died_on)
        with pytest.raises(actions.NotTheNewborns) as refused:
            bear(house, number, journey=journey)
        seen[name] = str(refused.value.message)
    assert len(seen) == 3
    assert len(set(seen.values())) == 1


def test_the_mothers_own_number_is_refused_in_words(house, journey):
    mother = journey.subject
    with pytest.raises(actions.OtherBirthDay) as refused:
        bear(house, mother.identity_number, journey=journey)
    assert refused.value.field == "number_1"
    assert stands_as_before(journey)


def test_a_mother_whose_digits_fit_is_refused_too(house):
    mother = make_person(house.midwife, born_on=date(1926 + 60, 11, 20), number=number_of(DUE))
    journey = make_pregnancy(house.midwife, mother)
    with pytest.raises(actions.NotTheNewborns):
        bear(house, number_of(DUE), journey=journey)


def test_a_child_of_another_mother_is_not_taken(house, journey):
    other = make_person(house.midwife, "Annen")
    child = make_person(house.midwife, "Sofie", born_on=DUE, number=number_of(DUE))
    actions.add_guardian(
        child=child, guardian=other, kind="mother", custody="mother", from_on=DUE, by=house.midwife, at=AT
    )
    with pytest.raises(actions.NotTheNewborns):
        bear(house, number_of(DUE), journey=journey)
    assert [row.guardian for row in child.guardianships.all()] == [other]


def test_twins_have_a_number_each(house, journey):
    with pytest.raises(actions.SameNumber) as refused:
        bear(house, number_of(DUE), number_of(DUE), journey=journey)
    assert refused.value.field == "number_2"
    assert stands_as_before(journey)


def test_the_second_twins_number_is_looked_at_as_closely(house, journey):
    make_person(house.stranger, "Utenfor", born_on=DUE, number=number_of(DUE, 1))
    with pytest.raises(actions.NotTheNewborns) as refused:
        bear(house, number_of(DUE), number_of(DUE, 1), journey=journey)
    assert refused.value.field == "number_2"
    assert stands_as_before(journey)


# --- whose it may be ---------------------------------------------------------------------------------------


def test_the_registers_newborn_whom_nobody_here_has_seen_is_her_child(house, journey):
    """The register has written who the mother is, and that is as good as having seen the child."""
    sent = make_person(house.stranger, "Sofie", born_on=DUE, number=number_of(DUE))
    Guardianship.objects.begin(child=sent, guardian=journey.subject, kind="mother", from_on=DUE, by_id=None, at=AT)
    (born,) = bear(house, number_of(DUE), journey=journey)
    assert born.child == sent
    assert Person.objects.filter(born_on=DUE).count() == 1


def test_the_register_may_have_another_day(house, journey):
    sent = make_person(house.midwife, "Sofie", born_on=DUE - timedelta(days=1), number=number_of(DUE))
    (born,) = bear(house, number_of(DUE), journey=journey)
    assert born.child == sent


def test_a_number_that_nobody_has_is_the_childs(house, journey):
    (born,) = bear(house, number_of(DUE), journey=journey)
    assert born.child.identity_number == number_of(DUE)


@pytest.mark.parametrize("day", [DUE + timedelta(days=1), DUE - timedelta(days=30), date(1990, 11, 20)])
def test_a_number_of_another_day_is_no_childs_born_that_day(house, journey, day):
    with pytest.raises(actions.OtherBirthDay):
        bear(house, number_of(day), journey=journey)
    assert stands_as_before(journey)


def test_the_register_is_asked_for_no_day(house, journey):
    (born,) = bear(house, number_of(DUE + timedelta(days=1)), journey=journey, by=SYSTEM)
    assert born.child.identity_number == number_of(DUE + timedelta(days=1))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({}, True),
        ({"born_on": DUE - timedelta(days=3)}, True),
        ({"born_on": DUE - timedelta(days=4)}, False),
        ({"born_on": GROWN}, False),
        ({"born_on": None}, False),
        ({"has_died": True}, False),
        ({"is_grown": True}, False),
        ({"is_of_another": True}, False),
        ({"is_known": False}, False),
    ],
)
def test_who_may_be_the_newborn(changed, says):
    plain = {"born_on": DUE, "has_died": False, "is_grown": False, "is_of_another": False, "is_known": True}
    assert is_the_newborn(Numbered(**plain | changed), DUE) is says


@pytest.mark.parametrize("d_number", [False, True])
@pytest.mark.parametrize("day", [date(2026, 11, 20), date(2024, 2, 29), date(1999, 12, 31)])
def test_the_digits_say_the_day(day, d_number):
    number = next(identifiers.synthetic_numbers(day, d_number=d_number))
    assert identifiers.may_be_of(number, day)
    assert not identifiers.may_be_of(number, day - timedelta(days=1))
    assert not identifiers.may_be_of(number, date(day.year - 1, day.month, 1))


# --- the screen --------------------------------------------------------------------------------------------


@pytest.fixture
def as_midwife(client, house, time_machine):
    time_machine.move_to(AT, tick=False)
    client.force_login(house.staff(house.midwife))
    return client


def test_the_form_keeps_what_was_typed_and_the_log_who_had_the_number(house, journey, as_midwife):
    other = make_person(house.stranger, "Utenfor", born_on=date(1926, 11, 20), number=number_of(DUE))
    typed = {"born_on": DUE.isoformat(), "sex_1": "female", "given_name_1": "Sofie", "number_1": number_of(DUE)}
    answer = as_midwife.post(reverse("people:birth", args=[journey.key]), typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="Sofie"' in page
    assert other.given_name not in page
    assert stands_as_before(journey)
    assert [event.person for event in logged("people.person.number_taken")] == [other.key]
    assert as_midwife.get(reverse("people:person", args=[other.key])).status_code == 404
