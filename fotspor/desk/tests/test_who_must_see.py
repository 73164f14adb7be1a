"""What must be seen, wherever one sits: other posts, the leader's own list, journeys that nobody holds."""

import pytest
from django.urls import reverse

from fotspor.access.models import CareRelation
from fotspor.desk.context import TABS, places_of
from fotspor.desk.queries import elsewhere as elsewheres
from fotspor.desk.queries import unit as units
from fotspor.pathways.queries import batons
from fotspor.pathways.tests.world import AT, START, TODAY
from fotspor.services.models import Membership
from fotspor.worklist.models import Task
from fotspor.worklist.rules import Urgency


def safety(world, unit="centre_south", *, for_leader=True):
    mother = world.mother()
    CareRelation.objects.create(
        person=mother,
        unit=world.units[unit],
        basis="baton",
        from_on=START,
        opened_at=AT,
        opened_by=world.staff["nurse"],
    )
    return Task.objects.create(
        source="routine", ref=f"duty:{mother.key}:safety", subject_key=mother.key, title="Safety conversation",
        rule="Because", urgency=Urgency.SAFETY, for_leader=for_leader, person=mother, unit=world.units[unit],
        opens_on=TODAY, due_on=TODAY, closes_on=TODAY, derived_at=AT,
    )  # fmt: skip


@pytest.fixture
def two_posts(world):
    """The leader of the north leads the south too, and sits in the north."""
    unit = world.units["centre_south"]
    return Membership.objects.create(staff=world.staff["leader"], unit=unit, role="unit_leader", from_on=START)


def other_posts(world, who="leader"):
    return elsewheres.elsewhere(viewer=getattr(world, who), staff=world.staff[who], at=AT)


def test_a_leader_is_told_of_safety_in_her_other_unit(world, two_posts):
    safety(world)
    (found,) = other_posts(world)
    assert (found.key, found.count) == (two_posts.key, 1)
    assert world.units["centre_south"].name in found.label


def test_her_own_post_and_other_tasks_are_not_counted(world, two_posts):
    safety(world, "centre")
    task = safety(world)
    Task.objects.filter(pk=task.pk).update(urgency=Urgency.RESULT)
    assert other_posts(world) == []


def test_a_nurse_with_two_posts_is_told_too(world):
    unit = world.units["centre_south"]
    Membership.objects.create(staff=world.staff["nurse"], unit=unit, role="nurse", from_on=START)
    safety(world, for_leader=False)
    assert [each.count for each in other_posts(world, "nurse")] == [1]


def test_it_stands_on_her_page_in_the_rail_and_beside_the_post_without_a_name(world, enter, two_posts):
    task = safety(world)
    html = enter("leader").get(reverse("desk:unit")).content.decode()
    assert html.count("1 trygghetssamtale") >= 3
    assert f'value="{two_posts.key}"' in html
    assert task.person.name not in html


def test_with_one_post_nothing_more_is_asked(world, enter):
    safety(world)
    html = enter("leader").get(reverse("desk:unit")).content.decode()
    assert "trygghetssamtale" not in html


def test_the_badge_is_the_number_of_rows_for_the_leader_herself(world, enter):
    for _ in range(3):
        safety(world, "centre")
    found = units.unit(viewer=world.leader, at=AT)
    assert units.badge(viewer=world.leader, at=AT) == len(found.for_me)
    html = enter("leader").get(reverse("desk:unit")).content.decode()
    assert f'fs-count">{len(found.for_me)}<' in html


def test_who_keeps_the_list_reads_whom_nobody_holds_on_both_pages(world, enter):
    Membership.objects.filter(unit=world.units["midwives"]).update(until_on=TODAY)
    world.units["midwives"].serves.clear()
    journey = world.child(district=None)
    assert Task.objects.open().filter(source="unassigned").exists()
    (row,) = [row for row in units.unit(viewer=world.chief, at=AT).for_me if "unassigned" in row.url or row.name]
    (unheld,) = batons.unassigned(viewer=world.chief, on=TODAY)
    assert row.name == unheld.name == journey.child.name


def test_a_protected_child_that_nobody_holds_is_not_named_on_either(world):
    from fotspor.pathways.tests.world import protect

    journey = world.child(district=None)
    protect(journey.child, "strict")
    names = {row.name for row in units.unit(viewer=world.chief, at=AT).for_me}
    assert journey.child.name not in names


# --- the way there ---------------------------------------------------------------------------------------


def test_more_places_than_the_bottom_bar_holds_are_all_reached(world, enter):
    html = enter("leader").get(reverse("desk:unit")).content.decode()
    bar = html.split('class="fs-tabbar"')[1]
    places = [place.url for place in places_of(world.leader)]
    assert len(places) > TABS
    assert all(f'href="{url}"' in bar for url in places)
    assert bar.count("<details") == 1


def test_five_places_or_fewer_need_no_more(world, enter):
    bar = enter("nurse").get(reverse("desk:day")).content.decode().split('class="fs-tabbar"')[1]
    assert "<details" not in bar
    assert ">Barn<" in bar
    assert ">Stafett<" in bar


def test_a_page_that_is_not_there_keeps_the_menu_for_who_is_signed_in(world, enter, client):
    assert 'class="fs-rail"' not in client.get("/finnes-ikke/").content.decode()
    answer = enter("nurse").get("/finnes-ikke/")
    assert answer.status_code == 404
    assert 'class="fs-rail"' in answer.content.decode()
    assert 'role="search"' in answer.content.decode()


def test_the_page_where_to_turn_has_its_help(world, enter):
    assert "fs-help" in enter("educator").get(reverse("desk:concern")).content.decode()
