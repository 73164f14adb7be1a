"""Who the made-up families are. No database."""

from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from fotspor.kit.dates import is_working_day
from fotspor.people import identifiers
from fotspor.people.rules import dwelling_number
from fotspor.simulation import families as families_module
from fotspor.simulation.demo import SIZES, demo
from fotspor.simulation.families import families
from fotspor.simulation.people import OTHERS, PLANTS, QUALITIES, SAMI, number_for
from fotspor.simulation.slips import SLIPS
from fotspor.simulation.stories import MORE_STORIES, STORIES

BUILT = date(2026, 11, 24)


def cast(seed=2011, size="small", until=BUILT):
    return list(families(seed=seed, size=size, built_on=BUILT, until=until))


@pytest.fixture(scope="module")
def small():
    return cast()


def test_the_same_seed_gives_the_same_families_and_another_gives_others(small):
    assert cast() == small
    assert cast(seed=2012) != small


def test_the_families_move_with_the_day_of_the_build():
    later = families(seed=2011, size="tiny", built_on=BUILT + timedelta(days=10), until=BUILT + timedelta(days=10))
    tiny = cast(size="tiny")
    assert [f.due_on for f in later] == [f.due_on + timedelta(days=10) for f in tiny]


def test_playing_forward_adds_families_and_changes_none(small):
    later = cast(until=BUILT + timedelta(days=60))
    assert later[: len(small)] == small
    assert len(later) > len(small)


def test_small_has_at_most_240_children_in_four_districts(small):
    assert 150 <= sum(len(f.children) for f in small) <= 240
    assert Counter(f.district for f in small).keys() == {d.code for d in demo().districts}
    assert 30 <= sum(f.born_on > BUILT and f.lost_on is None for f in small) <= 60


def test_every_number_is_synthetic_and_nobody_shares_one(small):
    numbers = [
        number
        for family in small
        for number in (
            *(made.number for made in (family.mother, family.other, *family.adopters) if made),
            *(child.number for child in family.children),
        )
        if number
    ]
    assert len(numbers) == len(set(numbers))
    assert all(identifiers.parse(number).is_synthetic for number in numbers)


def test_every_name_says_that_it_is_made_up(small):
    scripted = {story.mother.split()[1] for story in (*STORIES, *MORE_STORIES) if story.mother}
    plants = {*PLANTS, *SAMI.plants, *(plant for each in OTHERS for plant in each.plants), *scripted}
    assert all(family.mother.family_name in plants for family in small)
    assert not set(QUALITIES) & set(PLANTS)


def test_some_names_have_sami_letters_and_some_another_script(small):
    languages = {family.mother.languages[0] for family in small}
    assert {"no", "se", "ar"} <= languages
    assert any(family.mother.interpreter for family in small)


def test_every_grade_every_slip_and_every_kind_of_story_is_there(small):
    assert {family.protection for family in small} == {"none", "confidential", "strict"}
    assert {f.story.slip for f in small if f.story and f.story.slip} == set(SLIPS)
    assert any(len(f.children) == 2 for f in small)
    assert {f.other_kind for f in small if f.other} == {"father", "co_mother"}
    minor = next(f for f in small if f.is_about("minor"))
    assert (minor.known_on - minor.mother.born_on).days < 18 * 365


def test_guardianship_codes_are_of_the_register(small):
    assert {family.custody for family in small} == {"joint", "mother"}


def test_tiny_is_tiny():
    tiny = cast(size="tiny")
    assert len(tiny) <= 14
    assert len({f.district for f in tiny}) == SIZES["tiny"].districts == 2


def test_numbers_of_one_day_are_dealt_in_order():
    dealt = [number_for(BUILT, place) for place in range(5)]
    assert len(set(dealt)) == 5


def test_every_member_of_staff_has_a_name_of_two_words_and_no_family_shares_it(small):
    staff = demo().staff
    names = [
        *staff.midwives, *staff.nurses, *staff.school_nurses, *staff.leaders, *staff.kindergarten,
        *staff.administrators, staff.privacy_officer, staff.director,
    ]  # fmt: skip
    assert all(len(name.split()) == 2 for name in names)
    assert len(names) == len(set(names))
    assert set(names) & {family.mother.name for family in small} == {"Mild Eng"}  # whose own child it is


def test_those_thought_up_later_change_nobody_else(small, monkeypatch):
    monkeypatch.setattr(families_module, "MORE_STORIES", ())
    assert cast() == [family for family in small if family.story not in MORE_STORIES]
    later = [family for family in small if family.story in MORE_STORIES]
    assert [family.story.name for family in later] == [story.name for story in MORE_STORIES]
    assert len({family.home for family in small}) == len(small)


def test_an_adopted_child_is_its_new_parents_from_that_day(small):
    family = next(f for f in small if f.is_about("adopted"))
    before = family.adopted_on - timedelta(days=1)
    assert [made.name for made in family.parents(before)] == [family.mother.name, family.other.name]
    assert [made.name for made in family.parents(family.adopted_on)] == ["Lykkelig Røsslyng", "Takknemlig Røsslyng"]
    assert family.home_of(family.adopters[1]) == family.home_of(family.adopters[0]) == family.new_home != family.home


def test_parents_live_together_unless_the_story_says_otherwise(small):
    apart = {f.story.name for f in small if f.other and f.home_of(f.other) != f.home_of(f.mother)}
    assert apart == {"living_apart"}


def test_a_scripted_day_is_a_working_day_no_later_than_said(small):
    for family in (f for f in small if f.story is not None):
        for days in (-13, -1, 0, 3):
            day = family.day(days)
            assert is_working_day(day)
            assert timedelta(0) <= BUILT + timedelta(days=days) - day < timedelta(days=5)


def test_the_page_about_the_demo_names_every_scripted_family():
    page = Path(__file__).parents[3] / "docs" / "explanation" / "the-practice-municipality.md"
    said = page.read_text(encoding="utf-8")
    grown_ups = [name for s in (*STORIES, *MORE_STORIES) for name in (s.mother, s.other, *s.adopters) if name]
    assert [name for name in grown_ups if name not in said] == []


def test_strangers_share_a_house_in_the_streets_of_blocks_and_nobody_shares_a_home(small):
    homes = [family.home for family in small]
    assert len(set(homes)) == len(homes)
    blocks = {street for district in demo().districts for street in district.blocks}
    flats = [home for home in homes if home.dwelling]
    assert flats
    assert all((home.street.rpartition(" ")[0] in blocks) == bool(home.dwelling) for home in homes)
    assert max(Counter(home.street for home in flats).values()) > 1
    assert {dwelling_number(home.dwelling) for home in flats} == {home.dwelling for home in flats}
