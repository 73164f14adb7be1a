"""The director, the project leader and the council see suppressed figures, and nobody's record."""

from datetime import timedelta

import pytest
from django.urls import reverse

from fotspor.desk.queries import figures as sums
from fotspor.pathways.models import Baton
from fotspor.pathways.tests.world import TODAY

pytestmark = pytest.mark.django_db
ROLES = ("director", "project_leader", "council")


@pytest.mark.parametrize("role", ROLES)
def test_small_numbers_are_hidden_and_there_is_no_list_of_people(world, enter, role):
    for _child in range(3):
        child = world.child().child
    world.add_staff(role, "office", role)
    browser = enter(role)
    assert browser.get("/").url == reverse("desk:figures")
    page = browser.get(reverse("desk:figures")).content.decode()
    assert child.family_name not in page
    shown = sums.figures(viewer=getattr(world, role), on=TODAY).journeys
    assert not any(line.is_own for line in shown)
    assert {cell for line in shown for cell in line.cells} <= {None, 0, *range(5, 1000)}
    for name in ("people", "unit", "kindergarten", "search"):
        assert browser.get(reverse(f"desk:{name}")).status_code == 404


def test_a_leader_sees_where_her_own_children_stand_whole(world):
    for number in range(3):
        world.child(born_on=TODAY - timedelta(days=10 * number))
    (own,) = (line for line in sums.figures(viewer=world.leader, on=TODAY).standings if line.is_own)
    assert sum(own.cells[:-1]) == own.cells[-1] == 3


def test_a_second_table_of_the_same_sums_never_tells_what_the_first_hides(world, enter):
    for number in range(9):
        world.child(district=world.south if number < 7 else world.north)
    Baton.objects.filter(journey=world.child()).update(unit=None, staff=None)
    world.add_staff("director", "office", "director")
    assert sums.figures(viewer=world.director, on=TODAY).standings == []
    assert [line.is_own for line in sums.figures(viewer=world.leader, on=TODAY).standings] == [True]
    assert "Hvor barna står" not in enter("director").get(reverse("desk:figures")).content.decode()
    assert "Hvor barna står" in enter("leader").get(reverse("desk:figures")).content.decode()


def test_what_a_kind_of_unit_is_for_is_known_to_everybody_and_hides_nobody():
    assert sums.columns_without("school_health", on=TODAY) == [0, 1]
    assert sums.columns_without("midwifery", on=TODAY) == [2]
    assert sums.columns_without("health_station", on=TODAY) == []
