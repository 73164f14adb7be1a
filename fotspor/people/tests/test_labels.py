"""What people are called, in three languages, with and without a name."""

from datetime import date

import pytest
from django.utils.translation import override

from fotspor.people import labels
from fotspor.people.models import Guardianship, Journey, Person


def newborn(sex="female", born_on=date(2026, 10, 2), mother="Kari", **names):
    child = Person(sex=sex, born_on=born_on, **names)
    guardian = Person(given_name=mother, family_name="Nordmann")
    child.mothers = [Guardianship(guardian=guardian)] if mother is not None else []
    return child


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("nb", "jente, født 2. okt., mor Kari Nordmann"),
        ("nn", "jente, fødd 2. okt., mor Kari Nordmann"),
        ("en", "girl, born 2 Oct, mother Kari Nordmann"),
    ],
)
def test_a_newborn_without_a_name_is_called_by_its_mother(language, said):
    assert labels.display_name(newborn(), language) == said


@pytest.mark.parametrize(
    ("child", "said"),
    [
        (newborn("male"), "gutt, født 2. okt., mor Kari Nordmann"),
        (newborn("unknown"), "barn, født 2. okt., mor Kari Nordmann"),
        (newborn(born_on=date(2026, 5, 2)), "jente, født 2. mai, mor Kari Nordmann"),
        (newborn(mother=None), "jente, født 2. okt."),
        (newborn(mother=""), "jente, født 2. okt."),
        (newborn(born_on=None, mother=None), "jente"),
        (newborn(family_name="Lie"), "jente Lie, født 2. okt., mor Kari Nordmann"),
        (newborn(given_name="Siv", family_name="Lie"), "Siv Lie"),
        (newborn(given_name="Áilu"), "Áilu"),
    ],
)
def test_what_is_known_is_said(child, said):
    assert labels.display_name(child, "nb") == said


def test_every_way_a_journey_ends_has_a_word_an_icon_and_a_colour():
    for reason in Journey.CloseReason:
        label = labels.journey_label(Journey(closed_on=date(2026, 1, 1), close_reason=reason))
        assert label.word
        assert label.icon
    assert labels.journey_label(Journey()).color == "info"


def test_initials_say_no_more_than_they_must():
    assert labels.initials(Person(given_name="Kari Anne", family_name="Nordmann")) == "K. N."
    assert labels.initials(Person()) == ""


def test_languages_are_said_in_the_language_of_the_page_and_unknown_ones_by_code():
    with override("nb"):
        assert labels.language_names(["no", "pl", "xx"]) == "norsk, polsk, xx"
    with override("en"):
        assert labels.language_names(["no", "en"]) == "Norwegian, English"


@pytest.mark.parametrize(
    ("born_on", "sex", "said"),
    [
        (date(2020, 1, 1), "female", "Jente"),
        (date(2020, 1, 1), "male", "Gutt"),
        (date(2008, 11, 24), "female", "Kvinne"),
        (date(2008, 11, 25), "female", "Jente"),
        (None, "male", "Mann"),
        (date(2020, 1, 1), "unknown", "Ikke kjent"),
    ],
)
def test_a_child_is_a_girl_and_a_grown_up_a_woman(born_on, sex, said):
    with override("nb"):
        assert labels.sex_word(Person(born_on=born_on, sex=sex), date(2026, 11, 24)) == said


@pytest.mark.parametrize(("language", "said"), [("nb", "Fortrolig"), ("nn", "Fortruleg"), ("en", "Confidential")])
def test_a_grade_is_called_by_our_own_word_and_not_by_that_of_a_package(language, said):
    with override(language):
        assert str(Person.Protection.CONFIDENTIAL.label) == str(Person.AddressProtection.CONFIDENTIAL.label) == said
