"""What should have run and has not is a task for the administrator, until it has."""

import shutil
from collections import namedtuple
from datetime import timedelta

import pytest
import time_machine
from django.db import DatabaseError
from django.urls import reverse

from fotspor.access.models import AuditEvent
from fotspor.access.rules import SYSTEM
from fotspor.kit import clock
from fotspor.kit.models import Run
from fotspor.operation import actions, queries
from fotspor.operation.rules import GIGABYTE, State
from fotspor.pathways.models import RegisterImport
from fotspor.services.tests.builders import AT, viewer_of
from fotspor.worklist.actions import NotAllowed
from fotspor.worklist.models import Task

pytestmark = pytest.mark.django_db
NAMES = [each.name for each in queries.upkeep().runs]
Usage = namedtuple("Usage", "total used free")


def ran(name, at, failed="", ended=True):
    return Run.objects.create(name=name, began_at=at, ended_at=at if ended else None, failed=failed)


def taken_in(on):
    RegisterImport.objects.create(file_name="f.csv", digest="d", layout="default", layout_version="1", households=1,
                                  staged_at=AT, finished_on=on)  # fmt: skip


def everything_ran(at):
    for name in NAMES:
        taken_in(at.date()) if name == queries.REGISTER else ran(name, at)


def open_refs():
    return sorted(Task.objects.open().filter(source="operation").values_list("ref", flat=True))


@pytest.fixture(autouse=True)
def _plenty_of_room(monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(100 * GIGABYTE, 0, 50 * GIGABYTE))


@pytest.fixture(autouse=True)
def _installed_long_ago(monkeypatch):
    monkeypatch.setattr(queries, "installed_at", lambda: AT - timedelta(days=90))


def test_an_installation_in_order_has_no_task(town):
    everything_ran(AT)
    assert actions.watch(by=SYSTEM, at=AT) == 0
    assert open_refs() == []
    assert AuditEvent.objects.get(type="operation.watched").facts == {"tasks": []}


def test_each_thing_that_never_ran_is_one_task_of_the_administration_due_next_working_day(town):
    assert actions.watch(by=SYSTEM, at=AT) == len(NAMES)
    assert open_refs() == sorted(f"run:late:{name}" for name in NAMES)
    for task in Task.objects.open():
        assert task.unit == town["office"]
        assert task.person is None
        assert (task.opens_on, task.closes_on) == (AT.date(), AT.date() + timedelta(days=1))


def test_a_task_goes_when_the_command_has_run_and_says_why(town):
    everything_ran(AT - timedelta(days=60))
    actions.watch(by=SYSTEM, at=AT)
    ran("backup", AT)
    actions.watch(by=SYSTEM, at=AT)
    assert "run:late:backup" not in open_refs()
    ended = Task.objects.get(ref="run:late:backup")
    assert (ended.ended_on, ended.end_reason) == (AT.date(), "It is in order again.")
    assert len(open_refs()) == len(NAMES) - 1


def test_looking_again_never_moves_the_deadline_or_makes_a_second_task(town):
    actions.watch(by=SYSTEM, at=AT)
    before = list(Task.objects.order_by("pk").values_list("pk", "ref", "closes_on"))
    actions.watch(by=SYSTEM, at=AT + timedelta(days=3))
    assert list(Task.objects.order_by("pk").values_list("pk", "ref", "closes_on")) == before


def test_one_that_went_wrong_is_a_task_of_its_own_and_takes_the_place_of_late(town):
    everything_ran(AT)
    ran("audit_verify", AT + timedelta(minutes=10), failed="3 findings")
    actions.watch(by=SYSTEM, at=AT + timedelta(minutes=20))
    assert open_refs() == ["run:failed:audit_verify"]


def test_a_run_that_was_killed_counts_as_not_run_and_is_seen_as_not_ended(town):
    everything_ran(AT - timedelta(hours=27))
    ran("backup", AT - timedelta(hours=3), ended=False)
    line = next(each for each in queries.lines(at=AT) if each.expected.name == "backup")
    assert line.state is State.LATE
    assert line.ran.unended_since == AT - timedelta(hours=3)


def test_little_room_is_a_task_and_goes_when_there_is_room(town, monkeypatch):
    everything_ran(AT)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(100 * GIGABYTE, 0, 1 * GIGABYTE))
    actions.watch(by=SYSTEM, at=AT)
    assert open_refs() == ["run:room"]
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(100 * GIGABYTE, 0, 50 * GIGABYTE))
    actions.watch(by=SYSTEM, at=AT)
    assert open_refs() == []


def test_only_the_system_and_whoever_keeps_the_installation_may_look(town):
    actions.watch(by=viewer_of(town["administrator"]), at=AT)
    with pytest.raises(NotAllowed):
        actions.watch(by=viewer_of(town["nurse"]), at=AT)


def test_before_there_is_an_administration_the_task_waits_for_whoever_comes(db):
    actions.watch(by=SYSTEM, at=AT)
    assert set(Task.objects.values_list("unit", flat=True)) == {None}


# --- the page --------------------------------------------------------------------------------------------


def test_the_administrator_starts_at_the_installation_and_sees_what_is_late(enter):
    actions.watch(by=SYSTEM, at=AT)
    browser = enter("administrator")
    assert browser.get("/").url == reverse("operation:status")
    text = browser.get(reverse("operation:status")).content.decode()
    assert "Finn ut hvorfor dette ikke har gått: Kopi av databasen" in text
    assert "fotspor backup" in text
    assert text.count("For sent</span>") == len(NAMES)
    assert f">{len(NAMES)}<" in text, "the number in the menu"


def test_what_went_wrong_is_told_as_the_command_said_it(enter):
    everything_ran(AT - timedelta(hours=1))
    ran("backup", AT, failed="No room <left> on the disk")
    text = enter("administrator").get(reverse("operation:status")).content.decode()
    assert "No room &lt;left&gt; on the disk" in text
    assert "Gikk galt" in text


@pytest.mark.parametrize("role", ["nurse", "unit_leader"])
def test_others_find_no_such_page_and_no_such_task(enter, town, role):
    actions.watch(by=SYSTEM, at=AT)
    assert enter(role).get(reverse("operation:status")).status_code == 404
    assert list(queries.tasks(viewer=viewer_of(town[role]), at=AT)) == []


def test_the_number_of_questions_does_not_grow_with_the_runs(enter, django_assert_max_num_queries):
    browser = enter("administrator")
    browser.get(reverse("operation:status"))
    for hour in range(50):
        ran("audit_seal", AT - timedelta(hours=hour))
    with django_assert_max_num_queries(40):
        browser.get(reverse("operation:status"))


# --- a machine asks --------------------------------------------------------------------------------------


def test_health_is_told_to_anybody_and_says_nothing_else(client, db):
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert "no-store" in answer["Cache-Control"]


def test_health_says_so_when_the_database_is_gone(client, monkeypatch):
    def gone():
        raise DatabaseError("secret host name")

    monkeypatch.setattr(queries, "is_answering", gone)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"status": "no database"})


def test_the_clock_of_the_page_is_the_viewers(enter):
    everything_ran(AT)
    with time_machine.travel(AT + timedelta(hours=2), tick=False):
        assert clock.now() == AT + timedelta(hours=2)
        lines = {each.expected.name: each.state for each in queries.lines(at=clock.now())}
    assert lines["audit_seal"] is State.LATE
    assert lines["backup"] is State.FINE
