"""The director, the project leader and the council see suppressed figures, and nobody's record."""

import pytest
from django.urls import reverse

from fotspor.desk.queries import figures as sums
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
