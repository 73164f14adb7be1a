"""An officer does not go through what was opened about her own family: another does, or a leader is told."""

import pytest

from fotspor.access.queries import NotVisible, unreviewed_person_ids
from fotspor.access.rules import Purpose
from fotspor.desk.queries import unit as led
from fotspor.pathways.tests.world import AT, TODAY, is_the_same
from fotspor.services.models import Membership
from fotspor.worklist import actions, queries
from fotspor.worklist.models import Task

ASKED = {"purpose": Purpose.PRIVACY, "today": TODAY}


@pytest.fixture
def task(world, person):
    """An emergency access to the record of somebody who is the officer herself."""
    is_the_same(person, world.staff["officer"])
    return Task.objects.create(
        source="emergency", ref="emergency:abc", subject_key="abc", title=actions.EMERGENCY_TITLE,
        rule=actions.EMERGENCY_RULE, facts={"opened_on": TODAY.isoformat()}, opens_on=TODAY, due_on=TODAY,
        closes_on=TODAY, person=person, unit=world.units["office"], derived_at=AT,
    )  # fmt: skip


def rows_of(viewer):
    return [row for row in led.unit(viewer=viewer, at=AT).rows if row.kind == "Gå gjennom en nødtilgang"]


def test_the_officer_neither_sees_nor_finishes_what_is_about_her_own(world, task):
    assert not queries.tasks(viewer=world.officer, **ASKED).exists()
    with pytest.raises(NotVisible):
        queries.task_by_key(viewer=world.officer, key=task.key, **ASKED)


def test_another_officer_goes_through_it_and_no_leader_is_told(world, task):
    world.add_staff("second", "office", "privacy_officer")
    assert queries.task_by_key(viewer=world.second, key=task.key, **ASKED) == task
    for leader in (world.chief, world.leader):
        assert not unreviewed_person_ids(viewer=leader, at=AT)
        assert rows_of(leader) == []
    actions.finish_typed(task=task, by=world.second, at=AT)


def test_without_another_officer_the_leader_above_sees_that_it_waits_and_not_whom_it_is_about(world, task, browser):
    (row,) = rows_of(world.chief)
    assert (row.name, row.is_nameless, row.url) == ("Ikke vist", True, "")
    assert rows_of(world.leader) == []
    page = browser.enter("chief").get("desk:unit").content.decode()
    assert "Gi noen andre også den rollen" in page
    assert not any(word in page for word in (task.person.key, task.person.given_name, task.key))
    assert browser.get("worklist:task", task.key).status_code == 404
    assert browser.get("desk:name_colleagues", task.key).status_code == 404
    assert led.badge(viewer=world.chief, at=AT) == 0


def test_a_leader_who_is_the_same_family_is_passed_over(world, task):
    Membership.objects.create(
        staff=world.staff["officer"], unit=world.units["office"], role="unit_leader", from_on=TODAY
    )  # fmt: skip
    Membership.objects.filter(staff=world.staff["chief"]).update(until_on=TODAY)
    assert len(rows_of(world.leader)) == 1


def test_with_no_officer_at_all_a_leader_knows(world, task):
    Membership.objects.filter(role="privacy_officer").update(until_on=TODAY)
    Task.objects.update(unit=None)
    (row,) = rows_of(world.chief)
    assert row.holder == "ingen navngitt"
    assert unreviewed_person_ids(viewer=world.nurse, at=AT) == frozenset()
