"""The table of how many children live where, which says where it is from."""

import csv
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from fotspor.simulation.demo import EVERYWHERE, demo
from fotspor.simulation.population import TABLE, places

SOURCE = Path(__file__).resolve().parents[4] / "shared" / "data" / "norway" / "population_age0_18_2026.csv"


def test_the_table_says_where_it_is_from():
    head = TABLE.read_text(encoding="utf-8").splitlines()[:3]
    assert all(line.startswith("#") for line in head)
    assert "Statistics Norway" in " ".join(head)


def test_a_town_has_its_districts_and_the_demos_are_among_them():
    town = places("5001")
    assert {place.district for place in town} == {district.code for district in demo().districts}
    assert {place.name for place in town} == {district.name for district in demo().districts}
    assert sum(place.total for place in town) == 12_640


def test_the_country_has_every_municipality_and_no_two_places_of_one_name():
    everywhere = places(EVERYWHERE)
    assert len({place.municipality for place in everywhere}) == 357
    assert len({place.name for place in everywhere}) == len({place.district for place in everywhere}) == len(everywhere)
    assert 331_500 < sum(place.total for place in everywhere) < 332_053
    assert all(len(place.children) == 6 for place in everywhere)


def test_nobody_lives_where_there_is_no_such_municipality():
    assert places("0000") == ()


@pytest.mark.skipif(not SOURCE.exists(), reason="the source stands beside the project only where it is developed")
def test_the_table_is_what_the_source_says():
    told: dict[str, dict[int, int]] = defaultdict(dict)
    with SOURCE.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["sex"] == "total" and int(row["age"]) < 6:
                told[row["location_code"].rpartition("nor")[2]][int(row["age"])] = int(row["pop_jan1_n"])
    by_municipality = Counter()
    for place in places(EVERYWHERE):
        code = place.district.removesuffix("00") if place.district not in told else place.district
        assert place.children == tuple(told[code][age] for age in range(6))
        by_municipality[place.municipality] += place.total
    for number, count in by_municipality.items():  # a town's districts hold all but a few of its children
        assert 0.98 * sum(told[number].values()) <= count <= sum(told[number].values())
