"""A municipality that is filled up to its number of children, at the size of a hamlet."""

from collections import Counter
from dataclasses import replace
from datetime import date, time, timedelta
from itertools import islice
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction

from fotspor.access.rules import Permission, Purpose
from fotspor.config.cli import main
from fotspor.pathways.models import Baton
from fotspor.pathways.queries import ledger
from fotspor.pathways.tests.test_ledger import by_hand
from fotspor.people import identifiers
from fotspor.people.models import Journey, Person
from fotspor.people.queries import find_by_number
from fotspor.services.models import Membership, Municipality, Staff, Unit
from fotspor.services.queries import viewer_for
from fotspor.simulation import building, population, volume
from fotspor.simulation.demo import SIZES, demo
from fotspor.simulation.districts import CHILDREN_FOR, districts, employees, move, open_district
from fotspor.simulation.families import families
from fotspor.simulation.models import Build
from fotspor.simulation.municipality import load_town, moment
from fotspor.simulation.population import Place
from fotspor.simulation.slips import report_slips
from fotspor.simulation.tests.conftest import AT, SEED
from fotspor.worklist import queries as worklist

TODAY = AT.date()
HAMLET = replace(
    SIZES["tiny"], pregnant=4, infants=8, toddlers=8, preschoolers=10, population="0001", has_every_story=False
)
FIRST, SECOND = demo().districts[:2]
TABLE = f"""# made up
municipality,district,name,age_0,age_1,age_2,age_3,age_4,age_5
0001,{FIRST.code},{FIRST.name},12,9,9,9,9,9
0001,000100,Utkanten,5,4,4,4,4,4
0002,000200,En annen kommune,90,90,90,90,90,90
"""
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(scope="module")
def hamlet(django_db_setup, django_db_blocker, tmp_path_factory):
    table = tmp_path_factory.mktemp("population") / "population.csv"
    table.write_text(TABLE, encoding="utf-8")
    told, steps = [], []
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setitem(SIZES, "hamlet", HAMLET)
        patch.setattr(population, "TABLE", table)
        population._table.cache_clear()
        built = building.build(size="hamlet", seed=SEED, at=AT, progress=steps.append, told=told.append)
        yield built, told[0], sum(steps)
        transaction.set_rollback(True)
    population._table.cache_clear()


def children_by_age(code: str) -> Counter:
    born = Journey.objects.filter(child__isnull=False).filter(child__district__code=code)
    ages = Counter()
    for day in born.values_list("child__born_on", flat=True):
        ages[TODAY.year - day.year - ((TODAY.month, TODAY.day) < (day.month, day.day))] += 1
    return ages


# --- who lives there -------------------------------------------------------------------------------------------


def test_every_place_has_as_many_children_of_each_age_as_the_table_says(hamlet):
    for place in population.places("0001"):
        ages = children_by_age(place.district)
        more = FIRST.code == place.district  # the scripted families are there besides
        for age, count in enumerate(place.children):
            assert count <= ages[age] <= count + (6 if more else 0), (place.name, age)


def test_some_are_expected_in_every_place(hamlet):
    expected = Journey.objects.open().filter(child=None, pregnancy__mother__district__code="000100")
    assert expected.count() == round(5 * volume.EXPECTED_SHARE)


def test_what_is_told_is_what_was_written(hamlet):
    built, told, _steps = hamlet
    assert told.lives > told.patterns > 10
    assert told.rows > 20 * told.lives
    assert built.played_to_on == TODAY


def test_the_progress_comes_to_the_end(hamlet):
    _built, _told, steps = hamlet
    promised = building.steps_to_build(size="hamlet", seed=SEED, at=AT)
    assert 0.6 * promised <= steps <= promised


def test_nobody_has_another_ones_number_and_none_is_a_real_one(hamlet):
    numbers = [person.identity_number for person in Person.objects.exclude(identity_index=None)]
    assert len(numbers) == len(set(numbers)) > 100
    assert {identifiers.parse(number).kind for number in numbers} <= {
        identifiers.Kind.SYNTHETIC, identifiers.Kind.SYNTHETIC_DNR,
    }  # fmt: skip
    assert find_by_number(numbers[-1]).identity_number == numbers[-1]


def test_no_two_households_share_an_address(hamlet):
    children = Person.objects.filter(journey__isnull=False).exclude(household="").filter(has_twin=False)
    assert Counter(children.values_list("household", flat=True)).most_common(1)[0][1] == 1


# --- that it hangs together --------------------------------------------------------------------------------------


def test_the_plan_follows_from_the_facts(hamlet, capsys, time_machine):
    time_machine.move_to(AT, tick=False)
    call_command("plan", check=True)
    assert "The plan is what follows" in capsys.readouterr().out


def test_each_open_journey_has_one_holder_in_its_own_district(hamlet):
    for journey in Journey.objects.open().select_related("pregnancy__mother", "child"):
        holder = Baton.objects.get(journey=journey, until_at=None)
        assert holder.unit.serves.filter(code=journey.subject.district.code).exists()


def test_every_slip_that_was_planted_is_still_found(hamlet):
    found = report_slips(today=TODAY)
    assert found.planted == 4
    assert found.missed == ()


def test_a_nurse_sees_those_of_her_own_unit_only(hamlet):
    town = load_town(on=TODAY)
    nurse = town.crew(town.unit("000100", Unit.Kind.HEALTH_STATION), "nurse")[0]
    assert nurse.may(Permission.SEE_DAY)
    tasks = worklist.tasks(viewer=nurse, purpose=Purpose.CARE, today=TODAY)
    assert tasks.exists()
    assert set(tasks.values_list("unit__district__code", flat=True)) == {"000100"}


# --- units and staff -----------------------------------------------------------------------------------------------


def test_one_municipality_holds_them_all_and_each_place_has_its_units(hamlet):
    assert Municipality.objects.count() == 1
    here = districts(on=TODAY)["000100"]
    assert set(here.units) == {"midwifery", "health_station", "school_health", "kindergarten"}
    assert {len(units) for units in here.units.values()} == {1}
    assert {post[1] for post in here.crews} == {"nurse", "midwife", "unit_leader", "kindergarten"}


def test_a_large_place_has_staff_enough(hamlet):
    place = Place("0003", "000300", "Storbygda", (100,) * 6)
    with transaction.atomic():
        posts = Membership.objects.count()
        open_district(place, employees(), on=TODAY - timedelta(days=9), at=moment(TODAY - timedelta(days=9)))
        here = districts(on=TODAY)["000300"]
        assert len(here.crews[("health_station", "nurse")]) == 2
        assert len(here.units["kindergarten"]) == -(-place.total // CHILDREN_FOR["kindergarten"]) == 8
        assert Membership.objects.count() == posts + 2 + 1 + 1 + 8 + 3
        transaction.set_rollback(True)


def test_a_move_takes_every_colleague_to_one_of_the_same_post(hamlet):
    every = districts(on=TODAY)
    there, here = every[SECOND.code], every["000100"]
    for turn in range(3):
        taken = move(there, here, turn)
        for (kind, role), crew in there.crews.items():
            colleagues = {staff.pk for staff in here.crews[(kind, role)]}
            assert {taken.ids[(type(staff), staff.pk)] for staff in crew} <= colleagues
        assert taken.names[there.units["health_station"][0].name] == here.units["health_station"][0].name


def test_no_two_employees_have_one_name():
    names = [name for name, _ in zip(employees(), range(12_000), strict=False)]
    assert len(set(names)) == 12_000


def test_nobody_is_booked_twice_while_a_colleague_is_free(hamlet):
    pattern = SimpleNamespace(family=SimpleNamespace(district=SECOND.code))
    every = districts(on=TODAY)
    nurses = [staff.pk for staff in every[SECOND.code].crews[("health_station", "nurse")]]
    assert len(nurses) == 2
    pattern.booked = [(nurses[0], TODAY, time(9))]
    diaries = volume.Diaries(every, SEED)
    moves = [diaries.move(pattern, pattern.family) for _ in range(3)]
    met = [each.ids[(Staff, nurses[0])] for each in moves]
    assert set(met[:2]) == set(nurses), "the third finds everybody busy, and is booked all the same"


# --- who they are -------------------------------------------------------------------------------------------------


def test_who_is_pressed_has_no_number_of_those_who_are_lived():
    for born_on in (TODAY, date(1990, 2, 28)):
        first = set(islice(identifiers.synthetic_numbers(born_on), 80))
        others = list(identifiers.synthetic_numbers(born_on, but_first=volume.LIVED_HAVE))
        assert len(others) > 250
        assert not first & set(others)


def test_the_numbers_of_a_day_run_out_and_nobody_gets_one_twice():
    newcomers, dealt = volume.Newcomers(1), list[str]()
    with pytest.raises(volume.NumbersRunOut):
        dealt.extend(newcomers._number(TODAY) for _ in range(2_000))
    assert 500 < len(dealt) == len(set(dealt)) < 900


def test_the_same_seed_makes_the_same_people(hamlet):
    built, _told, _steps = hamlet
    every = families(seed=SEED, size="hamlet", built_on=TODAY, until=TODAY)
    patterns = volume.patterns_of([family for family in every if family.story is None], districts(on=TODAY))
    once, again = ([family for _life, family in volume._everybody(built, patterns, TODAY)] for _ in range(2))
    assert len(once) == len(again) > 20
    assert once == again
    assert len({family.mother.number for family in once}) == len(once)


def test_an_age_that_nobody_was_lived_for_is_said():
    with pytest.raises(volume.CannotPress, match="make more families"):
        list(volume._missing([], 1, lambda pattern: None))
    assert list(volume._missing([], 0, lambda pattern: None)) == []


# --- the command ---------------------------------------------------------------------------------------------------


def test_it_stands_still_and_says_so(hamlet, capsys):
    with pytest.raises(building.StandsStill):
        building.play_forward(made=hamlet[0], at=AT + timedelta(days=30))
    before = Person.objects.count()
    call_command("build_municipality", size="tiny")
    assert "stands as it was built on 2026-11-24" in capsys.readouterr().out
    assert Person.objects.count() == before


def test_only_practice_is_built(monkeypatch):
    monkeypatch.setenv("FOTSPOR_MODE", "production")
    answer = CliRunner().invoke(main, ["build", "--size", "city"])
    assert answer.exit_code == 1
    assert "needs FOTSPOR_MODE=demo" in answer.output


def test_a_build_that_was_broken_off_is_said_and_not_taken_up(hamlet):
    with transaction.atomic():
        Build.objects.update(played_to_on=None)
        with pytest.raises(CommandError, match="broken off"):
            call_command("build_municipality", size="tiny")
        transaction.set_rollback(True)


def test_where_everybody_stands_adds_up_to_the_population(hamlet):
    """The set that figures and `make bench` count, and the rule asked journey by journey."""
    director = Membership.objects.filter(role="director").select_related("staff").first()
    viewer = viewer_for(staff=director.staff, membership_key=director.key, session_key=None, on=TODAY)
    for on in (TODAY - timedelta(days=60), TODAY, TODAY + timedelta(days=200)):
        found = ledger.ledger(viewer=viewer, on=on)
        strays = found.pop(ledger.NO_JOURNEY, ())
        assert found == by_hand(on)
        assert sum(map(sum, found.values())) == Journey.objects.open().count() > 74
        assert sum(strays) == ledger.without_journey(on).count()
