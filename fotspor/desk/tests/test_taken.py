"""A row that a colleague took, did or ended while the list stood on the screen: a calm receipt, and the list stays."""

import html
import json
import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from fotspor.access.models import AuditEvent
from fotspor.kit.htmx import POLLS
from fotspor.pathways import actions as pathways
from fotspor.pathways.models import Contact
from fotspor.pathways.tests.world import AT, TODAY, noon
from fotspor.services.middleware import SEEN
from fotspor.worklist import actions, queries
from fotspor.worklist.models import Task

DAY = reverse("desk:day")
HTMX = {"HX-Request": "true"}
LATER = timedelta(minutes=14)


@pytest.fixture
def task(world):
    person = world.mother(world.nurse)
    return actions.type_task(kind="call", note="Ring", due_on=TODAY, person=person, by=world.nurse, at=AT)


@pytest.fixture
def nurse(enter):
    return enter("nurse")


def text(response):
    return html.unescape(response.content.decode())


def row_url(client, task, query=""):
    """The address of the row's button on the list, as it was shown."""
    found = re.search(
        rf'href="({reverse("desk:day_task", args=[task.key])}\?[^"]*)"', client.get(DAY + query).content.decode()
    )
    return html.unescape(found[1])


def give(task, world, to="colleague", by="colleague"):
    with_whom = getattr(world, to).staff_id
    actions.assign(task=task, staff_id=with_whom, by=getattr(world, by), at=AT + LATER)


# --- pressing the button -----------------------------------------------------------------------------------


def test_the_button_leads_on_while_nobody_has_taken_it(nurse, task):
    url = row_url(nurse, task)
    onward = reverse("worklist:task", args=[task.key])
    assert nurse.get(url).url == onward
    assert nurse.get(url, headers=HTMX)["HX-Redirect"] == onward


def test_pressing_a_row_a_colleague_took_gives_the_receipt_in_its_place(nurse, world, task):
    url = row_url(nurse, task)
    give(task, world)
    with time_machine.travel(AT + 2 * LATER, tick=False):
        answer = nurse.get(url, headers=HTMX)
    assert answer.status_code == 200
    assert "Tatt av Colleague Prøve kl. 12.14" in text(answer)
    assert "autofocus" in text(answer)
    assert text(answer).count("<article") == 1
    assert "<a " not in text(answer)
    assert "<h1" not in text(answer)
    assert task.person.name in text(answer)


def test_without_javascript_the_page_says_it_at_the_top_and_the_list_is_the_same_one(nurse, world, task):
    url = row_url(nurse, task, "?vis=flat&hvem=enheten")
    give(task, world)
    answer = nurse.get(url, follow=True)
    assert answer.redirect_chain[0][0] == f"{DAY}?vis=flat&hvem=enheten&side=1"
    page = text(answer)
    message = f"{task.person.name}: Tatt av Colleague Prøve kl. 12.14"
    assert message in page
    assert page.index(message) < page.index('id="oppgaver"')


def test_one_that_a_colleague_finished_says_by_whom(nurse, world, task):
    url = row_url(nurse, task)
    actions.finish_typed(task=task, by=world.colleague, at=AT + LATER)
    assert "Gjort av Colleague Prøve kl. 12.14" in text(nurse.get(url, headers=HTMX))


def test_a_contact_that_a_colleague_recorded_is_a_receipt_and_no_error(nurse, world):
    journey = world.child(born_on=TODAY - timedelta(days=44), at=noon(TODAY - timedelta(days=10)))
    contact = Contact.objects.expected().filter(journey=journey, opens_on__lte=TODAY).first()
    task = queries.personal(viewer=world.nurse, today=TODAY).open().get(subject_key=contact.key)
    url = row_url(nurse, task)
    pathways.record_contact(
        contact=contact, version=contact.version, outcome="held", outcome_on=TODAY, reason="", late_reason="x", note="",
        by=world.colleague, at=AT + LATER,
    )  # fmt: skip
    assert "Gjort av Colleague Prøve kl. 12.14" in text(nurse.get(url, headers=HTMX))


def test_what_one_took_oneself_leads_on(nurse, world, task):
    url = row_url(nurse, task)
    give(task, world, to="nurse", by="leader")
    assert nurse.get(url).url == reverse("worklist:task", args=[task.key])


def test_a_colleagues_task_on_the_units_list_can_be_opened_when_it_was_theirs_already(nurse, world, task):
    give(task, world)
    with time_machine.travel(AT + 2 * LATER, tick=False):
        url = row_url(nurse, task, "?hvem=enheten")
        assert nurse.get(url).url == reverse("worklist:task", args=[task.key])


@pytest.mark.parametrize("seen", ["", "?sett=", "?sett=tull", "?sett=99999999999999999999"])
def test_nonsense_for_when_it_was_seen_counts_as_now(nurse, task, seen):
    url = reverse("desk:day_task", args=[task.key]) + seen
    assert nurse.get(url).url == reverse("worklist:task", args=[task.key])


def test_hidden_details_stay_hidden_in_the_receipt(nurse, world):
    world.staff["nurse"].hides_details = True
    world.staff["nurse"].save()
    task = Task.objects.create(
        source="routine", ref="response:x:support", title="Support conversation", rule="r", subject_key="x", urgency=1,
        person=world.mother(world.nurse), unit=world.units["centre"], opens_on=TODAY, due_on=TODAY, closes_on=TODAY,
        derived_at=AT,
    )  # fmt: skip
    url = row_url(nurse, task)
    Task.objects.filter(pk=task.pk).update(done_on=TODAY, taken_by=world.staff["colleague"], taken_at=AT)
    said = text(nurse.get(url, headers=HTMX))
    assert "Gjort av Colleague" in said
    assert ">Samtale<" in said


# --- strangers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["nurse_south", "midwife"])
def test_a_stranger_learns_nothing(enter, task, who):
    client, url = enter(who), reverse("desk:day_task", args=[task.key])
    assert client.get(url).status_code == 404
    missing = reverse("desk:day_task", args=["nothing"])
    answers = [client.get(address, headers=HTMX) for address in (url, missing)]
    assert {(a.status_code, a.content, a["HX-Redirect"]) for a in answers} == {(200, b"", DAY)}


@pytest.mark.parametrize("name", ["day_task", "day_taken"])
def test_those_without_a_day_have_no_such_pages(enter, task, name):
    url = reverse(f"desk:{name}", args=[task.key] if name == "day_task" else [])
    for who in ("leader", "officer"):
        assert enter(who).get(url).status_code == 404


# --- the row is refreshed ----------------------------------------------------------------------------------


def since(at=AT):
    return f"?sett={int(at.timestamp() * 1000)}"


def test_the_list_hears_which_rows_were_taken_and_of_no_others(nurse, world, task):
    url = reverse("desk:day_taken") + since()
    quiet = nurse.get(url, headers=HTMX | {POLLS: "1"})
    assert (quiet.status_code, quiet.content, "HX-Trigger" in quiet) == (204, b"", False)
    give(task, world)
    heard = nurse.get(url, headers=HTMX | {POLLS: "1"})
    assert heard.status_code == 204
    assert json.loads(heard["HX-Trigger"]) == {f"taken-{task.key}": {}}
    assert f'hx-trigger="taken-{task.key} from:body"' in text(nurse.get(DAY + "?hvem=enheten"))


def test_a_refreshed_row_has_its_receipt_and_takes_no_focus(nurse, world, task):
    url = row_url(nurse, task)
    give(task, world)
    answer = nurse.get(url, headers=HTMX | {POLLS: "1"})
    assert "Tatt av Colleague Prøve kl. 12.14" in text(answer)
    assert "autofocus" not in text(answer)
    assert 'role="status"' in text(answer)


def test_a_refreshed_row_that_nobody_took_stands_as_it_stood(nurse, task):
    answer = nurse.get(row_url(nurse, task), headers=HTMX | {POLLS: "1"})
    assert "HX-Redirect" not in answer
    assert 'class="ds-button"' in text(answer)


def test_asking_by_itself_is_no_activity(nurse, task):
    nurse.get(DAY)
    before = nurse.session[SEEN]
    with time_machine.travel(AT + LATER, tick=False):
        nurse.get(reverse("desk:day_taken") + since(), headers=HTMX | {POLLS: "1"})
        assert nurse.session[SEEN] == before


def test_the_row_that_is_shown_again_is_in_the_log(nurse, world, task):
    url = row_url(nurse, task)
    give(task, world)
    before = AuditEvent.objects.filter(type="desk.day.listed").count()
    nurse.get(url, headers=HTMX)
    event = AuditEvent.objects.filter(type="desk.day.listed").order_by("pk").last()
    assert AuditEvent.objects.filter(type="desk.day.listed").count() == before + 1
    assert event.people == [task.person.key]


# --- a new task from the day's page ------------------------------------------------------------------------


def test_the_day_has_a_way_to_write_a_task(nurse):
    page = text(nurse.get(DAY))
    assert f'href="{reverse("worklist:task_write")}"' in page
    assert "Ny oppgave" in page
