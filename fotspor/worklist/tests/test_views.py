"""The page of one task: who opens it, what it shows, and what it lets them do."""

from datetime import timedelta

import pytest
from django.urls import reverse

from fotspor.access.models import AuditEvent
from fotspor.pathways.tests.world import AT, TODAY
from fotspor.worklist import actions
from fotspor.worklist.models import Task


@pytest.fixture
def task(world, person):
    return actions.type_task(
        kind="call", note="Ring om time", due_on=TODAY + timedelta(days=2), person=person, by=world.nurse, at=AT
    )


def text(response):
    return response.content.decode()


def test_a_task_opens_for_the_unit_and_for_nobody_else(browser, task):
    shown = browser.enter("nurse").get("worklist:task", task.key)
    assert shown.status_code == 200
    assert "Ring om time" in text(shown)
    assert text(shown).count("<h1") == 1
    for stranger in ("nurse_south", "midwife", "educator", "officer"):
        assert browser.enter(stranger).get("worklist:task", task.key).status_code == 404


def test_a_leader_never_reads_the_note(browser, task):
    shown = browser.enter("leader").get("worklist:task", task.key)
    assert shown.status_code == 200
    assert "Ring om time" not in text(shown)


def test_a_task_is_given_to_a_colleague_and_finished(browser, world, task):
    browser.enter("nurse")
    colleague = world.staff["colleague"]
    assert browser.post("worklist:task_assign", task.key, staff="nobody").status_code == 422
    assert browser.post("worklist:task_assign", task.key, staff=colleague.key).status_code == 302
    task.refresh_from_db()
    assert task.staff == colleague
    assert browser.post("worklist:task_finish", task.key).url == reverse("worklist:task", args=[task.key])
    task.refresh_from_db()
    assert task.done_on == TODAY
    assert browser.post("worklist:task_finish", task.key).status_code == 302
    assert browser.get("worklist:task_finish", task.key).status_code == 405
    assert browser.get("worklist:task", task.key).status_code == 200


def test_a_new_task_is_written_or_refused(browser, world, person):
    browser.enter("nurse")
    assert browser.get("worklist:task_new", person.key).status_code == 200
    values = {"kind": "check", "note": "Se etter vekt", "due_on": TODAY.isoformat(), "staff": ""}
    for wrong in ({"note": ""}, {"kind": "x"}, {"due_on": "2020-01-01"}):
        refused = browser.post("worklist:task_new", person.key, **values | wrong)
        assert refused.status_code == 422
        assert not Task.objects.exists()
    assert browser.post("worklist:task_new", person.key, **values).status_code == 302
    assert Task.objects.get().note == "Se etter vekt"
    assert browser.enter("nurse_south").get("worklist:task_new", person.key).status_code == 404
    assert browser.enter("leader").get("worklist:task_new", person.key).status_code == 404


def test_the_privacy_officer_goes_through_an_emergency_access(browser, world, person):
    from django.db import transaction

    from fotspor.kit.facts import Fact, Kind, announce

    facts = {"emergency_key": "abc", "until": AT.isoformat(), "unit_id": world.officer.unit_id}
    with transaction.atomic():
        announce(Fact(Kind.EMERGENCY_ACCESS, at=AT, person_id=person.pk, facts=facts))
    task = Task.objects.get()
    assert browser.enter("officer").get("worklist:task", task.key).status_code == 200
    assert browser.post("worklist:task_finish", task.key).status_code == 302
    task.refresh_from_db()
    assert task.done_on == TODAY


def test_a_new_task_begins_on_the_day_page_about_somebody_on_the_list(browser, world, task, person):
    browser.enter("nurse")
    assert reverse("worklist:task_write") in text(browser.get("desk:day"))
    page = text(browser.get("worklist:task_write"))
    assert f'value="{person.key}"' in page
    assert page.count("<h1") == 1
    values = {"person": person.key, "kind": "check", "note": "Se etter vekt", "due_on": TODAY.isoformat(), "staff": ""}
    stranger = world.mother(by=world.nurse_south)
    for wrong in ({"person": ""}, {"person": stranger.key}, {"note": ""}, {"due_on": "2020-01-01"}):
        assert browser.post("worklist:task_write", **values | wrong).status_code == 422
    assert Task.objects.count() == 1
    assert browser.post("worklist:task_write", **values).status_code == 302
    assert Task.objects.get(note__isnull=False, title="Check back").person == person
    for other in ("leader", "officer", "educator"):
        assert browser.enter(other).get("worklist:task_write").status_code == 404


def test_whoever_is_listed_to_be_chosen_is_in_the_log(browser, task, person):
    browser.enter("nurse").get("worklist:task_write")
    assert AuditEvent.objects.get(type="worklist.people.listed").people == [person.key]


def test_giving_away_what_a_colleague_has_finished_says_so_and_keeps_the_choice(browser, world, task):
    actions.finish_typed(task=task, by=world.colleague, at=AT)
    refused = browser.enter("nurse").post("worklist:task_assign", task.key, staff=world.staff["colleague"].key)
    assert refused.status_code == 422
    assert "Gjort av Colleague Prøve kl. 12.00" in text(refused)
    assert "Ingenting er endret" in text(refused)


def test_a_window_that_runs_into_another_year_says_both_years(browser, world, person):
    task = actions.type_task(
        kind="call", note="Ring", due_on=TODAY + timedelta(days=300), person=person, by=world.nurse, at=AT
    )
    page = text(browser.enter("nurse").get("worklist:task", task.key))
    assert f"{TODAY.year}–" in page
    assert str(task.closes_on.year) in page
