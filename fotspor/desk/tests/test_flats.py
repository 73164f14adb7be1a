"""Strangers in one house are two households on the day's page."""

from datetime import timedelta

from fotspor.desk.queries import day as queries
from fotspor.pathways import actions
from fotspor.pathways.tests.world import AT, TODAY, noon

HOUSE = {"street": "Skissegata 1"}


def a_child_in(world, family, dwelling):
    journey = world.child(
        born_on=TODAY - timedelta(days=150), at=noon(TODAY - timedelta(days=100)),
        family_name=family, dwelling=dwelling, **HOUSE,
    )  # fmt: skip
    actions.confirm_baton(journey=journey, by=world.nurse, at=AT)


def names_on(world):
    return [house.name for house in queries.day(viewer=world.nurse, at=AT).households]


def test_two_flats_of_one_house_are_two_households(world):
    a_child_in(world, "Furu", "H0101")
    a_child_in(world, "Lind", "H0102")
    assert sorted(names_on(world)) == ["Furu", "Lind"]


def test_those_of_one_flat_and_those_of_a_house_without_flats_stand_together(world):
    for dwelling in ("H0101", ""):
        a_child_in(world, "Furu", dwelling)
        a_child_in(world, "Furu", dwelling)
    assert names_on(world) == ["Furu", "Furu"]
