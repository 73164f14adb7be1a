"""Who must say yes, and when a yes stands: clause by clause, without a database."""

from datetime import date

import pytest

from fotspor.access.rules import consent_demanded_of, consent_stands, instant_is_before, latest_birth_of_age
from fotspor.access.tests.test_rules import (
    AT,
    DAY,
    ELSEWHERE,
    FAMILY,
    FATHER,
    HOUR,
    MOTHER,
    ON,
    PERSON,
    UNIT,
    consent,
    guardian,
    person,
)


def stands(*consents, family=FAMILY, on=ON, to_unit_id=UNIT, **values):
    someone = person(guardianships=family, consents=consents, **values)
    return consent_stands(someone, what="agreed_steps", to_unit_id=to_unit_id, at=AT, on=on)


def coded(code, *kinds):
    return tuple(guardian(who=200 + n, kind=kind, custody=code) for n, kind in enumerate(kinds))


@pytest.mark.parametrize(
    ("code", "kinds", "demanded"),
    [
        ("joint", ("mother", "father"), {200, 201}),
        ("joint", ("mother", "co_mother"), {200, 201}),
        ("joint", ("mother",), set()),
        ("mother", ("mother", "father"), {200}),
        ("father", ("mother", "father"), {201}),
        ("co_mother", ("mother", "co_mother"), {201}),
        ("others", ("mother", "other", "other"), {201, 202}),
        ("others", ("mother",), set()),
        ("father", ("mother",), set()),
        ("unknown", ("mother", "father"), set()),
        ("new_code", ("mother", "father"), set()),
        ("joint", (), set()),
    ],
)
def test_the_custody_code_says_whose_consent_is_demanded(code, kinds, demanded):
    family = coded(code, *kinds)
    assert consent_demanded_of(person(guardianships=family), ON) == demanded
    everyone = tuple(consent(200 + n) for n in range(len(kinds)))
    assert stands(*everyone, family=family) is bool(demanded)


def test_rows_that_contradict_each_other_give_no_consent():
    assert not stands(consent(), consent(FATHER), family=(guardian(), guardian(who=FATHER, custody="joint")))


def test_joint_responsibility_demands_both():
    family = (guardian(custody="joint"), guardian(who=FATHER, kind="father", custody="joint"))
    assert not stands(consent(), family=family)
    assert not stands(consent(FATHER), family=family)
    assert stands(consent(), consent(FATHER), family=family)


def test_guardians_of_another_time_or_another_child_do_not_count():
    past = guardian(custody="joint", until_on=ON)
    sibling = guardian(child=7, custody="joint")
    assert stands(consent(), family=(guardian(), past, sibling))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, True),
        ({"to_unit_id": ELSEWHERE}, False),
        ({"what": "letter_to_gp"}, False),
        ({"from_on": ON + DAY}, False),
        ({"until_on": ON}, False),
        ({"until_on": ON + DAY}, True),
        ({"withdrawn_at": AT}, False),
        ({"withdrawn_at": AT - HOUR}, False),
        ({"withdrawn_at": AT + HOUR}, True),
    ],
)
def test_a_consent_stands_for_its_unit_its_thing_and_its_time_until_withdrawn(change, expected):
    assert stands(consent(**change)) is expected


def test_from_sixteen_one_consents_alone():
    assert latest_birth_of_age(ON) == date(2010, 11, 24)
    assert stands(consent(PERSON), born_on=date(2010, 11, 24))
    assert not stands(consent(MOTHER), born_on=date(2010, 11, 24))
    assert not stands(consent(PERSON), born_on=date(2010, 11, 25))
    assert stands(consent(MOTHER), born_on=date(2010, 11, 25))
    assert not stands(consent(PERSON), born_on=None)


TWELVE = date(2014, 11, 24)


@pytest.mark.parametrize(
    ("what", "born_on", "demanded"),
    [
        ("letter_to_gp", TWELVE, {PERSON}),
        ("form_summary", TWELVE, {PERSON}),
        ("letter_to_gp", TWELVE + DAY, {MOTHER}),
        ("form_summary", TWELVE + DAY, {MOTHER}),
        ("agreed_steps", TWELVE, {MOTHER}),
        ("agreed_steps", date(2010, 11, 24), {PERSON}),
        ("letter_to_gp", date(1994, 3, 1), {PERSON}),
        ("letter_to_gp", None, {MOTHER}),
    ],
)
def test_what_one_has_answered_about_oneself_is_ones_own_from_twelve(what, born_on, demanded):
    someone = person(guardianships=FAMILY, born_on=born_on)
    assert consent_demanded_of(someone, ON, what) == demanded
    yes = tuple(consent(who, what=what, to_unit_id=None) for who in demanded)
    given = person(guardianships=FAMILY, born_on=born_on, consents=yes)
    assert consent_stands(given, what=what, to_unit_id=None, at=AT, on=ON)
    assert not consent_stands(given, what="another", to_unit_id=None, at=AT, on=ON)


def test_an_instant_is_before_an_end_that_never_comes():
    assert instant_is_before(AT, None)
    assert instant_is_before(AT, AT + HOUR)
    assert not instant_is_before(AT, AT)
