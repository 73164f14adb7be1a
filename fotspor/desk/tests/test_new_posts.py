"""The leader is told on her own page who has got a post in the unit, and who gave it."""

from datetime import timedelta

from fotspor.access.rules import SYSTEM
from fotspor.pathways.tests.conftest import browser, world  # noqa: F401
from fotspor.pathways.tests.world import AT, TODAY
from fotspor.services import actions as services
from fotspor.services.models import Membership


def test_a_new_post_stands_on_the_leaders_page_for_two_weeks(world, browser):  # noqa: F811
    world.staff["midwife_south"].identity_index = "hers"
    world.staff["midwife_south"].save()
    assert "Nye i enheten" not in browser.enter("leader").get("desk:unit").content.decode()
    services.add_membership(
        staff=world.staff["midwife_south"],
        unit=world.units["centre"],
        role="nurse",
        from_on=TODAY - timedelta(days=90),  # also one that is dated back
        by=SYSTEM,
        at=AT,
    )
    html = browser.get("desk:unit").content.decode()
    assert "Nye i enheten" in html
    assert world.staff["midwife_south"].name in html
    Membership.objects.update(given_on=TODAY - timedelta(days=14))
    assert "Nye i enheten" not in browser.get("desk:unit").content.decode()
