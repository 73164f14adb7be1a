"""A pathway that nobody has approved is not followed in production, and no child is lost by that."""

from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from fotspor.access.models import AuditEvent
from fotspor.desk.queries.rows import next_step
from fotspor.instruments import actions as instruments
from fotspor.instruments import queries as shelf
from fotspor.instruments.models import Approval
from fotspor.instruments.queries.definitions import check_definitions_are_approved
from fotspor.pathways import actions
from fotspor.pathways.models import Baton, Contact, Enrolment
from fotspor.pathways.queries import approvals
from fotspor.pathways.tests.world import AT, TODAY, noon
from fotspor.people.models import Journey, Person
from fotspor.worklist import queries as worklist
from fotspor.worklist.models import Task

TOMORROW = noon(TODAY + timedelta(days=1))


@pytest.fixture
def earnest(settings):
    settings.IS_PRODUCTION = True
    return settings


@pytest.fixture
def earnest_pages(monkeypatch):
    """Definitions count as in earnest; signing in does not ask for codes."""
    for name in ("instruments.queries.definitions", "instruments.actions.approvals", "pathways.queries.approvals"):
        monkeypatch.setattr(import_module(f"fotspor.{name}"), "settings", SimpleNamespace(IS_PRODUCTION=True))


def approve(world, *slugs, kind="pathway"):
    for slug in slugs:
        digest = shelf.digest_of(kind, slug)
        instruments.approve(kind=kind, slug=slug, digest=digest, by=world.chief, at=AT)


def waiting():
    return Task.objects.open().filter(source="plan", ref__startswith="plan:")


# --- opening a journey ------------------------------------------------------------------------------------


def test_a_pregnancy_is_refused_until_its_pathway_is_approved(world, earnest):
    before = Person.objects.count()
    values = {"given_name": "Ny", "family_name": "Mor", "born_on": TODAY.replace(year=1995), "sex": "female"}
    with pytest.raises(actions.PathwayNotApproved) as refused:
        actions.open_journey(
            new_mother=values, due_on=TODAY + timedelta(days=90), due_source="ultrasound", by=world.midwife, at=AT
        )
    assert "svangerskap" in str(refused.value).casefold() or "pregnancy" in str(refused.value).casefold()
    assert (Person.objects.count(), Journey.objects.count()) == (before, 0)
    approve(world, "pregnancy")
    journey = world.pregnancy()
    assert journey.contacts.expected().exists()
    assert not waiting().exists()


def test_practice_is_not_stopped_and_its_approvals_do_not_count_in_earnest(world, settings):
    assert world.pregnancy().contacts.expected().exists()
    approve(world, "pregnancy")
    assert Approval.objects.get(kind="pathway").is_practice
    settings.IS_PRODUCTION = True
    with pytest.raises(actions.PathwayNotApproved):
        world.pregnancy()


def test_a_birth_and_a_child_of_the_register_are_kept_with_baton_and_task(world, earnest):
    approve(world, "pregnancy")
    journey = world.pregnancy(due_on=TODAY)
    (born,) = world.birth(journey, born_on=TODAY)
    moved_in = world.child()
    for each, unit in ((born, "midwives"), (moved_in, "centre")):
        assert not Contact.objects.expected().filter(journey=each, enrolment__pathway="infancy").exists()
        assert Baton.objects.get(journey=each, until_at=None).unit == world.units[unit]
        tasks = waiting().filter(journey=each)
        assert {task.ref.split(":")[1] for task in tasks} == {"infancy", "school_start"}
        assert {(task.unit, task.person) for task in tasks} == {(world.units[unit], each.child)}
    assert approvals.waiting("infancy") == 2


def test_the_task_follows_the_baton(world, earnest):
    journey = world.child()
    handover = actions.hand_over(
        journey=journey, to_unit_id=world.units["centre_south"].pk, reason="Flytter", summary="", by=world.nurse, at=AT
    )
    actions.accept_handover(handover=handover, by=world.nurse_south, at=TOMORROW)
    assert set(waiting().values_list("unit", flat=True)) == {world.units["centre_south"].pk}


def test_approval_gives_those_who_waited_their_plan(world, earnest):
    journey = world.child()
    approve(world, "infancy")
    assert journey.contacts.expected().filter(enrolment__pathway="infancy").exists()
    assert [task.ref.split(":")[1] for task in waiting()] == ["school_start"]
    ended = Task.objects.get(ref=f"plan:infancy:{journey.key}")
    assert ended.ended_on == TODAY
    approve(world, "school_start", "pregnancy")
    assert not waiting().exists()
    assert AuditEvent.objects.filter(type="pathways.plan.changed", person=journey.child.key).count() == 2
    assert list(actions.rebuild(check=True, at=AT)) == []


def test_more_than_at_once_are_planned_by_the_command(world, earnest, monkeypatch):
    monkeypatch.setattr("fotspor.pathways.actions.news.PLANNED_AT_ONCE", 1)
    children = [world.child() for _ in range(2)]
    approve(world, "pregnancy", "infancy", "school_start")
    late = children[1]
    assert list(actions.rebuild(check=True, at=AT)) == [
        f"{late.key} infancy: waits for a plan", f"{late.key} school_start: waits for a plan",
    ]  # fmt: skip
    assert Enrolment.objects.filter(pathway_version="").count() == 2
    list(actions.rebuild(check=False, at=AT))
    assert late.contacts.expected().exists()
    assert not waiting().exists()


# --- a text that is not the one that was approved ---------------------------------------------------------


def test_what_is_planned_stands_when_the_text_has_changed(world, earnest):
    approve(world, "pregnancy", "infancy", "school_start")
    journey = world.child()
    keys = set(journey.contacts.expected().values_list("key", flat=True))
    Approval.objects.filter(slug="infancy").update(digest="0" * 64)
    contact = journey.contacts.expected().order_by("due_on").first()
    Contact.objects.filter(pk=contact.pk).update(title="As it was")
    actions.plan_journey(journey=journey, by=world.nurse, at=AT)
    assert set(journey.contacts.expected().values_list("key", flat=True)) == keys
    contact.refresh_from_db()
    assert contact.title == "As it was"
    assert Task.objects.open().filter(source="contact", journey=journey).count() == len(keys)
    with pytest.raises(actions.PathwayNotApproved):
        list(actions.rebuild(check=True, at=AT))


def test_the_command_refuses_with_the_names(world, earnest):
    with pytest.raises(CommandError) as refused:
        call_command("plan", check=True)
    assert str(refused.value).count("«") == 4  # three pathways, and the page where they are approved
    earnest.IS_PRODUCTION = False
    call_command("plan", check=True)


# --- where it is seen --------------------------------------------------------------------------------------


def test_the_check_names_what_is_missing_in_production_only(world, settings):
    assert check_definitions_are_approved(databases=["default"]) == []
    settings.IS_PRODUCTION = True
    found = check_definitions_are_approved(databases=["default"])
    assert {message.id for message in found} == {"instruments.W001"}
    assert sum("pathway" in message.msg for message in found) == 3
    approve(world, "infancy")
    assert sum("pathway" in message.msg for message in check_definitions_are_approved(databases=["default"])) == 2
    assert check_definitions_are_approved(databases=None) == []


def test_whoever_approves_sees_what_is_missing_and_how_many_wait(browser, world, earnest_pages):
    world.child()
    browser.enter("chief")
    page = browser.get("instruments:definitions").content.decode()
    assert 'data-color="warning"' in page
    assert "instruments:definition" not in page
    for slug in ("pregnancy", "infancy", "school_start"):
        url = reverse("instruments:definition", args=["pathway", slug])
        assert url in page
        shown = browser.client.get(url)
        assert shown.status_code == 200
        assert shown.content.decode().count("<tbody>") == 1
    done = browser.post(
        "instruments:definition", "pathway", "infancy", has_read="on", digest=shelf.digest_of("pathway", "infancy")
    )
    assert done.status_code == 302
    assert approvals.waiting("infancy") == 0
    assert browser.enter("nurse").get("instruments:definitions").status_code == 404


def test_a_journey_without_a_plan_opens_and_its_task_leads_there(browser, world, earnest_pages):
    journey = world.child()
    browser.enter("nurse")
    assert browser.get("desk:child", journey.key).status_code == 200
    task = waiting().get(ref__startswith="plan:infancy")
    assert next_step(task, TODAY)[1] == reverse("desk:child", args=[journey.key])
    assert task in worklist.personal(viewer=world.nurse, today=TODAY)
