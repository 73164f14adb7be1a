"""A leader who is away, and a unit without one: what was hers to do is on the list of somebody at work."""

from datetime import timedelta

import pytest

from fotspor.access import queries
from fotspor.access.queries.following import Why
from fotspor.access.tests.test_fallen import family, keys, waiting
from fotspor.desk.queries import unit as led
from fotspor.pathways.queries.batons import keeps_list
from fotspor.pathways.tests.conftest import Browser, browser, world
from fotspor.pathways.tests.world import AT, TODAY
from fotspor.services.models import Absence, Membership

__all__ = ["Browser", "browser", "family", "world"]


@pytest.fixture
def person(world):
    return world.mother(world.nurse)


@pytest.fixture
def hers(world, person):
    """What the leader of the centre is told about, of somebody whom nothing protects."""
    return waiting(world, person, ref="response:x:leader:1", for_leader=True)


@pytest.fixture
def colleagues(world, person):
    return waiting(world, person, ref="typed:colleague")


def goes_away(world, who, days=3):
    return Absence.objects.create(
        staff=world.staff[who], substitute=world.staff["nurse"], from_on=TODAY, until_on=TODAY + timedelta(days=days),
        recorded_at=AT, recorded_by=world.staff["chief"],
    )  # fmt: skip


def test_while_she_is_at_work_it_is_hers_alone(world, hers):
    assert hers.key in keys(world.leader)
    assert hers.key not in keys(world.chief)


def test_while_she_is_away_the_leader_above_has_it_too_and_is_told_no_name(world, browser, person, hers, colleagues):
    goes_away(world, "leader")
    assert hers.key in keys(world.chief)
    assert colleagues.key not in keys(world.chief), "colleagues' own tasks stay with the colleagues"
    (row,) = led.led(viewer=world.chief, at=AT).filter(pk=hers.pk)
    assert row.hides_person
    html = browser.enter("chief").get("desk:unit").content.decode()
    assert person.family_name not in html
    assert hers.key in keys(world.leader), "it is still her unit's"
    assert led.badge(viewer=world.chief, at=AT) == 1


def test_when_she_is_back_it_is_hers_alone_again(world, hers):
    Absence.objects.filter(pk=goes_away(world, "leader").pk).update(until_on=TODAY, from_on=TODAY - timedelta(days=9))
    assert hers.key not in keys(world.chief)


def test_a_unit_that_nobody_leads(world, hers):
    Membership.objects.filter(staff=world.staff["leader"]).update(until_on=TODAY)
    assert hers.key in keys(world.chief)
    (fallen,) = queries.fallen(viewer=world.chief, at=AT)
    assert (fallen.why, fallen.unfollowed) == (Why.LED, frozenset())


def test_when_all_who_lead_are_away_nothing_is_on_no_list(world, hers):
    for who in ("leader", "chief"):
        goes_away(world, who)
    assert hers.key in keys(world.leader)


def test_what_is_about_nobody_falls_too(world, person):
    task = waiting(world, person, ref="typed:nobody:leader:1", for_leader=True)
    type(task).objects.filter(pk=task.pk).update(person=None)
    goes_away(world, "leader")
    assert task.key in keys(world.chief)


def test_a_leader_whose_family_it_is_about_leaves_it_to_the_one_above(world, family, hers):
    assert hers.key not in keys(world.leader)
    assert hers.key in keys(world.chief)


def test_who_keeps_the_list_of_journeys_that_nobody_holds(world):
    assert keeps_list(world.chief, on=TODAY)
    goes_away(world, "chief")
    assert keeps_list(world.leader, on=TODAY)
    assert not keeps_list(world.chief, on=TODAY)
    goes_away(world, "leader")
    assert keeps_list(world.chief, on=TODAY), "somebody keeps it, also when all are away"
