"""The tiny municipality: what it holds, that it may be played on, and that its slips are found on users' lists."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from fotspor.access.models import AuditEvent
from fotspor.access.rules import Purpose
from fotspor.instruments.models import Response
from fotspor.pathways.actions import rebuild
from fotspor.pathways.models import Baton, Contact
from fotspor.people.models import Journey, Person
from fotspor.services.models import Staff
from fotspor.simulation import building
from fotspor.simulation.models import Build, Plant
from fotspor.simulation.municipality import load_town
from fotspor.simulation.slips import report_slips
from fotspor.simulation.tests.conftest import AT
from fotspor.worklist import queries as worklist
from fotspor.worklist.models import Task

TODAY = AT.date()
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def tasks_of(staff_name: str):
    town = load_town(on=TODAY)
    given, family = staff_name.split()
    staff = Staff.objects.get(given_name=given, family_name=family)
    viewer = next(v for crew in town.crews.values() for v in crew if v.staff_id == staff.pk)
    return viewer, list(worklist.shown(worklist.personal(viewer=viewer, today=TODAY), TODAY))


def figures() -> tuple[int, ...]:
    tables = (Person, Journey, Contact, Task, Response, Baton, AuditEvent)
    return tuple(table.objects.count() for table in tables)


# --- what there is -----------------------------------------------------------------------------------------


def test_every_open_journey_has_one_holder_and_a_plan(tiny):
    for journey in Journey.objects.open():
        assert journey.batons.filter(until_at=None).count() == 1
        assert journey.contacts.exists()


def test_the_stored_plan_is_what_the_rules_say(tiny):
    assert list(rebuild(check=True, at=AT)) == []


def test_the_demo_nurse_has_a_day(tiny):
    _viewer, tasks = tasks_of("Klok Fjell")
    classes = {str(task.day_class) for task in tasks}
    assert {"overdue", "result", "baton", "today"} <= classes
    alarm = next(task for task in tasks if task.urgency == 0)
    assert alarm.person.name == "Varm Lyng"
    assert 8 <= len(tasks) <= 30


def test_a_kindergarten_has_no_tasks_and_a_leader_has_those_of_the_unit(tiny):
    town = load_town(on=TODAY)
    for viewer in town.by_role("kindergarten"):
        assert not worklist.tasks(viewer=viewer, purpose=Purpose.CARE, today=TODAY).exists()
    leader = town.by_role("unit_leader")[0]
    assert worklist.overdue(viewer=leader, purpose=Purpose.LEADERSHIP, today=TODAY).exists()


def test_nothing_is_dated_after_the_instant_it_was_built_for(tiny):
    assert not AuditEvent.objects.filter(at__gt=AT).exists()
    assert not Contact.objects.filter(outcome_on__gt=TODAY).exists()
    assert not Response.objects.filter(answered_on__gt=TODAY).exists()


def test_every_write_left_its_trace(tiny):
    held = Contact.objects.exclude(outcome="").count()
    assert AuditEvent.objects.filter(type="pathways.contact.recorded").count() == held > 20
    assert AuditEvent.objects.filter(type="people.birth.recorded").exists()
    assert AuditEvent.objects.filter(type="pathways.handover.accepted").exists()
    assert AuditEvent.objects.filter(type="pathways.register.household_applied").exists()


# --- slips -------------------------------------------------------------------------------------------------


def test_every_planted_slip_stands_on_somebodys_own_list(tiny):
    report = report_slips(today=TODAY)
    assert report.planted == Plant.objects.count() == 4
    assert report.missed == ()
    assert len(report.shown) == 4


# --- played on ---------------------------------------------------------------------------------------------


def test_building_again_to_the_same_instant_changes_nothing(tiny):
    before = figures()
    building.play_forward(made=tiny, at=AT)
    assert figures() == before


def test_a_build_that_is_broken_off_goes_on_and_becomes_the_same(tiny, monkeypatch):
    whole = figures()
    monkeypatch.setattr(building, "is_old", lambda made, today: True)
    tiny.played_to_on = None
    building.play_forward(made=tiny, at=AT)
    assert figures() == whole
    assert tiny.played_to_on == TODAY


def test_played_forward_children_are_born_and_contacts_held_and_the_slips_are_still_found(tiny):
    at = AT + timedelta(days=30)
    children, held = Person.objects.filter(journey__isnull=False).count(), Contact.objects.exclude(outcome="").count()
    assert building.is_old(tiny, at.date())
    made = building.play_forward(made=Build.objects.get(pk=tiny.pk), at=at)
    assert made.played_to_on == at.date()
    assert not building.is_old(made, at.date())
    assert Person.objects.filter(journey__isnull=False).count() > children
    assert Contact.objects.exclude(outcome="").count() > held
    assert list(rebuild(check=True, at=at)) == []
    assert report_slips(today=at.date()).missed == ()


# --- the command -------------------------------------------------------------------------------------------


def test_the_command_leaves_a_municipality_alone_that_it_did_not_make(tiny):
    Plant.objects.all().delete()
    Build.objects.all().delete()
    with pytest.raises(CommandError, match="did not make"):
        call_command("build_municipality", size="tiny")


def test_the_command_does_nothing_in_the_same_week(tiny, capsys, time_machine):
    time_machine.move_to(AT + timedelta(days=6), tick=False)
    before = figures()
    call_command("build_municipality", size="tiny")
    assert figures() == before
    assert capsys.readouterr().out == ""
