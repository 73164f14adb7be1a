"""A run that began and was killed is named until it has gone well; one that goes on is left alone."""

from datetime import timedelta

import pytest
from django.urls import reverse

from fotspor.access.rules import SYSTEM
from fotspor.kit import processes
from fotspor.kit.models import Run
from fotspor.operation import actions, labels, queries, rules
from fotspor.services.tests.builders import AT
from fotspor.worklist.models import Task

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def begun(name, at=AT, mark=""):
    return Run.objects.create(name=name, began_at=at, facts={Run.PROCESS: mark})


def gone():
    host, boot, number, _started = processes.this().split()
    return f"{host} {boot} {number} 1"


def names(at=AT):
    return [run.name for run in queries.cut_off(at=at)]


@pytest.mark.parametrize(
    ("is_gone", "hours", "cut"),
    [(True, 0, True), (False, 100, False), (None, 0, False), (None, 11.9, False), (None, 12, True)],
)
def test_when_a_run_was_cut_off(is_gone, hours, cut):
    began = AT - timedelta(hours=hours)
    assert rules.was_cut_off(began_at=began, is_gone=is_gone, ends_within=12, now=AT) is cut


def test_one_whose_process_is_gone_is_named_at_once_and_one_that_runs_is_not():
    begun("plan", mark=gone())
    begun("restore", mark=processes.this())
    assert names() == ["plan"]


def test_one_of_another_machine_is_named_when_it_should_have_ended():
    begun("plan", mark="elsewhere b 12 34")
    assert names() == []
    assert names(AT + 12 * HOUR) == ["plan"]


def test_it_is_named_until_it_has_gone_well():
    begun("plan", mark=gone())
    Run.objects.create(name="plan", began_at=AT, ended_at=AT, failed="No")
    assert names() == ["plan"]
    Run.objects.create(name="plan", began_at=AT, ended_at=AT)
    assert names() == []


def test_it_is_named_once_however_often_it_was_killed():
    for minutes in range(3):
        begun("plan", AT + timedelta(minutes=minutes), gone())
    assert names() == ["plan"]


def test_what_no_timer_runs_again_is_a_task_until_it_has_run(town):
    begun("import_people", mark=gone())
    begun("backup", mark=gone())

    def refs():
        actions.watch(by=SYSTEM, at=AT)
        return [ref for ref in Task.objects.open().values_list("ref", flat=True) if ref.startswith("run:cut_off:")]

    assert refs() == ["run:cut_off:import_people"]
    Run.objects.create(name="import_people", began_at=AT, ended_at=AT)
    assert refs() == []


def test_the_page_says_what_was_cut_off_and_what_to_write(enter):
    begun("keys_rotated", mark=gone())
    begun("backup", mark=gone())
    text = enter("administrator").get(reverse("operation:status")).content.decode()
    assert "Avbrutt underveis" in text
    assert "fotspor keys rotate --keep" in text
    assert "og ble avbrutt" in text
    Run.objects.all().delete()
    assert "Avbrutt underveis" not in enter("administrator").get(reverse("operation:status")).content.decode()


@pytest.mark.parametrize("name", ["backup", "plan", "something_new"])
def test_every_run_has_a_name_and_a_command(name):
    assert labels.title_of(name)
    assert labels.command_of(name).startswith("fotspor ")


def test_in_a_copy_that_was_put_back_the_run_that_took_it_has_ended():
    run = begun("backup", mark=gone())
    Run.end_the_one_that_made("fotspor-1.sqlite3", taken_at=AT - HOUR)
    run.refresh_from_db()
    assert (run.ended_at, run.failed, run.facts) == (AT, "", {"copy": "fotspor-1.sqlite3"})
    Run.end_the_one_that_made("fotspor-2.sqlite3", taken_at=AT)
    run.refresh_from_db()
    assert run.facts == {"copy": "fotspor-1.sqlite3"}
