"""Names found however they are typed, sorted as Norwegians sort them, and entries that may be one person."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fotspor.people import rules
from fotspor.people.rules import Likeness, MergeRefusal, Merging, Named

LETTERS = st.text(st.sampled_from("abcdeghijklmnorstuvyzæøåäöéáčđŋšŧž AÆØÅČĐŊŠŦŽ-'"), max_size=20)
ANYTHING = st.text(max_size=20)


def finds(typed, key):
    return all(any(part in key for part in token) for token in rules.search_tokens(typed))


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("Åse Ødegård", "aase odegaard"),
        ("Åse Ødegård", "ODEGARD ase"),
        ("Bjørn Sæther", "Bjoern Saether"),
        ("Kåre Ærlig", "kaare aerlig"),
        ("Ánne Čuđi", "anne cudi"),
        ("Ŋáŋŋá Šuorbma", "nanna suorbma"),
        ("Máŧot Ruožže", "matot ruozze"),
        ("Anne-Marie O'Brien", "obrien marie"),
        ("Renée Müller", "renee muller"),
        ("Håkon", "Haakon"),
        ("A\u030ase", "Åse"),
    ],
)
def test_a_name_is_found_however_it_is_typed(stored, typed):
    key = rules.search_key(stored, "")
    assert finds(typed, key)


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("Märta Grän", "marta"),
        ("Märta Gran", "Grän"),
        ("Märta", "Mærta"),
        ("Märta", "maerta"),
        ("Mærta", "märta"),
        ("Björn", "bjørn"),
        ("Per-Olav Dal", "perolav"),
        ("Per-Olav Dal", "Per Olav"),
        ("Perolav Dal", "Per-Olav"),
        ("Perolav Dal", "dal per-ol"),
        ("Per Olav Dal", "per-olav"),
        ("Mari D'Arc", "darc"),
        ("Mari Darc", "d'arc"),
    ],
)
def test_each_way_of_writing_a_name_finds_the_others(stored, typed):
    assert finds(typed, rules.search_key(stored, ""))


@pytest.mark.parametrize(("stored", "typed"), [("Anna Lie", "olav"), ("Lovise Dal", "vise"), ("Per Dal", "per-olav")])
def test_what_is_not_the_beginning_of_a_name_finds_nothing(stored, typed):
    assert not finds(typed, rules.search_key(stored, ""))


def test_an_address_is_known_again_by_the_same_text_as_before():
    assert rules.household_text("Kjærveien 1", "7000") == "kjaerv 1|7000"


@settings(deadline=None)
@given(name=ANYTHING)
def test_folding_what_is_folded_changes_nothing(name):
    assert rules.fold(rules.fold(name)) == rules.fold(name)


@settings(deadline=None)
@given(name=LETTERS, length=st.integers(0, 20))
def test_the_beginning_of_a_word_finds_it(name, length):
    words = name.split()
    if words:
        assert finds(words[0][:length], rules.search_key(name, ""))


@settings(deadline=None)
@given(name=LETTERS, other=LETTERS)
def test_the_order_of_the_words_does_not_count(name, other):
    key = rules.search_key(name, other)
    assert finds(f"{other} {name}", key)


@settings(deadline=None)
@given(given_name=st.text(max_size=200), family_name=st.text(max_size=200))
def test_keys_fit_their_columns_and_a_sort_key_is_digits(given_name, family_name):
    assert len(rules.search_key(given_name, family_name)) <= rules.KEY_LENGTH
    key = rules.sort_key(given_name, family_name)
    assert len(key) <= rules.KEY_LENGTH
    assert key == "" or (key.isascii() and key.isdigit())


def test_names_stand_in_the_order_of_the_norwegian_alphabet():
    wanted = ["Aker", "Áslat", "Berg", "Berg Hansen", "Bergan", "Čuđi", "Dahl", "Đivtt", "Müller", "Myr", "Naas",
              "Ødegård", "Øye", "Aalberg", "Ålesund", "Aas"]  # fmt: skip
    mixed = sorted(wanted)
    assert sorted(mixed, key=lambda name: rules.sort_key("Kari", name)) == [
        "Aker", "Áslat", "Berg", "Berg Hansen", "Bergan", "Čuđi", "Dahl", "Đivtt", "Müller", "Myr", "Naas",
        "Ødegård", "Øye", "Aalberg", "Ålesund", "Aas"
    ]  # fmt: skip


def test_the_family_name_comes_first_and_the_given_name_decides_among_equals():
    people = [("Åse", "Berg"), ("Anne", "Berg Vik"), ("Zara", "Berg"), ("Ærlig", "Berg")]
    assert sorted(people, key=lambda each: rules.sort_key(*each)) == [
        ("Zara", "Berg"), ("Ærlig", "Berg"), ("Åse", "Berg"), ("Anne", "Berg Vik")
    ]  # fmt: skip


def test_letters_of_other_alphabets_sort_last_and_are_kept_apart():
    assert rules.sort_key("", "Åa") < rules.sort_key("", "Ян")
    assert rules.sort_key("", "Ян") != rules.sort_key("", "Ив")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Storgata 1 B", "7000"), ("storgaten 1b", " 7000 ")),
        (("Elveveien 3", "7001"), ("Elvevegen 3", "7001")),
        (("Øvre Møllenberg gate 2", "7014"), ("Ovre Mollenberg gt 2", "7014")),
    ],
)
def test_two_spellings_of_an_address_are_one_household(one, other):
    assert rules.household_text(*one) == rules.household_text(*other) != ""


def test_different_addresses_are_different_households_and_half_an_address_is_none():
    assert rules.household_text("Storgata 1", "7000") != rules.household_text("Storgata 11", "7000")
    assert rules.household_text("Storgata 1", "7000") != rules.household_text("Storgata 1", "7001")
    assert rules.household_text("Storgata 1", "") == rules.household_text("", "7000") == ""


@pytest.mark.parametrize(
    ("typed", "kept"), [("", ""), ("H0101", "H0101"), (" h 0101 ", "H0101"), ("u0203", "U0203"), ("K0101", "K0101")]
)
def test_a_dwelling_number_is_kept_in_one_way(typed, kept):
    assert rules.dwelling_number(typed) == kept


@pytest.mark.parametrize("typed", ["101", "H101", "H01011", "A0101", "H010l", "H0101H0102", "H٠١٠١"])
def test_what_is_no_dwelling_number_is_none(typed):
    with pytest.raises(ValueError, match="four digits"):
        rules.dwelling_number(typed)


def test_each_flat_is_a_household_and_so_is_the_house_without_one():
    flats = [rules.household_text("Storgata 1", "7000", dwelling) for dwelling in ("", "H0101", "H0102")]
    assert flats == ["storg 1|7000", "storg 1|7000|H0101", "storg 1|7000|H0102"]
    assert rules.household_text("", "7000", "H0101") == ""


@pytest.mark.parametrize(
    ("one", "other", "is_one"),
    [
        (("Storgata 1", "7000", "H0101"), ("Storgaten 1", "7000", "H0101"), True),
        (("Storgata 1", "7000", "H0101"), ("Storgata 1", "7000", ""), True),
        (("Storgata 1", "7000", "H0101"), ("Storgata 1", "7000", "H0102"), False),
        (("Storgata 1", "7000", "H0101"), ("Storgata 2", "7000", "H0101"), False),
        (("", "", "H0101"), ("", "", "H0101"), False),
    ],
)
def test_two_who_may_live_in_one_home(one, other, is_one):
    assert rules.may_be_one_home(one, other) is rules.may_be_one_home(other, one) is is_one


BORN = date(2024, 3, 12)


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (Named("Kari", "Nordmann", BORN), Likeness.SAME),
        (Named("kári", "NORDMANN", BORN), Likeness.SAME),
        (Named("Nordmann", "Kari", BORN), Likeness.SWAPPED),
        (Named("Kari", "Nordman", BORN), Likeness.ONE_LETTER),
        (Named("Kair", "Nordmann", BORN), Likeness.ONE_LETTER),
        (Named("Kari", "Nordmann", date(2024, 12, 3)), Likeness.DATE_CLOSE),
        (Named("Kari", "Nordmann", date(2024, 3, 13)), Likeness.DATE_CLOSE),
        (Named("Kari", "Nordmann", date(2021, 5, 12)), None),
        (Named("Ola", "Nordmann", BORN), None),
        (Named("", "Nordmann", BORN, "home"), Likeness.HOUSEHOLD),
        (Named("Kari Anne", "Hansen", BORN, "home"), Likeness.HOUSEHOLD),
        (Named("Ola", "Nordmann", BORN, "home"), None),  # a twin
        (Named("Kari", "Nordmann", None), None),
    ],
)
def test_likely_duplicates(other, why):
    assert rules.near_duplicate(Named("Kari", "Nordmann", BORN, "home"), other) == why


def test_two_newborns_without_any_name_and_address_are_not_alike():
    assert rules.near_duplicate(Named("", "", BORN), Named("", "", BORN)) is None


@settings(deadline=None)
@given(one=LETTERS, other=LETTERS)
def test_likeness_goes_both_ways(one, other):
    assert rules.one_edit_apart(one, other) == rules.one_edit_apart(other, one)
    assert rules.near_duplicate(Named(one, "x", BORN), Named(other, "x", BORN)) == rules.near_duplicate(
        Named(other, "x", BORN), Named(one, "x", BORN)
    )


@settings(deadline=None)
@given(word=st.text("abcd", min_size=1, max_size=8), place=st.integers(0, 7), letter=st.sampled_from("xyz"))
def test_one_letter_put_in_or_changed_is_one_edit(word, place, letter):
    place = min(place, len(word) - 1)
    assert rules.one_edit_apart(word, word[:place] + letter + word[place:])
    assert rules.one_edit_apart(word, word[:place] + letter + word[place + 1 :])
    assert not rules.one_edit_apart(word, letter + word + letter)
    assert not rules.one_edit_apart(word, word)


@pytest.mark.parametrize(
    ("day", "found"),
    [(date(2024, 3, 12), 2), (date(2024, 3, 13), 1), (date(2024, 3, 3), 1)],
)
def test_dates_that_may_have_been_changed_about(day, found):
    assert len(rules.close_dates(day)) == found


NOTHING = {"same": False, "related": False, "both_expecting": False, "both_numbered": False}


@pytest.mark.parametrize("refusal", list(MergeRefusal))
def test_each_reason_not_to_join_two_entries(refusal):
    assert rules.merge_refusal(Merging(**(NOTHING | {refusal.value: True}))) == refusal


def test_two_entries_without_a_reason_against_it_may_be_joined():
    assert rules.merge_refusal(Merging(**NOTHING)) is None


DUE = date(2026, 12, 1)


@pytest.mark.parametrize(
    ("today", "plausible"),
    [
        (date(2026, 2, 24), True),  # 280 days ahead
        (date(2026, 2, 23), False),
        (date(2026, 12, 29), True),  # 28 days past
        (date(2026, 12, 30), False),
    ],
)
def test_a_due_date_is_within_forty_weeks_ahead_and_four_past(today, plausible):
    assert rules.due_is_plausible(DUE, today) is plausible


@pytest.mark.parametrize(
    ("born_on", "plausible"),
    [
        (date(2026, 7, 14), True),  # week 20 + 0
        (date(2026, 7, 13), False),
        (date(2027, 1, 11), True),  # week 45 + 6
        (date(2027, 1, 12), False),
    ],
)
def test_a_birth_is_between_week_20_and_45(born_on, plausible):
    assert rules.birth_is_plausible(born_on, DUE) is plausible
