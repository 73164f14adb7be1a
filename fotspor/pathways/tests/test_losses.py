"""A loss that was recorded by mistake: everything stands as before, and only those who saw the loss know of it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from fotspor.access import actions as access
from fotspor.access.models import AuditEvent, CareRelation
from fotspor.access.queries import NotVisible
from fotspor.pathways import actions
from fotspor.pathways.actions.closing import NeedsReason
from fotspor.pathways.tests.test_deaths import what_stands
from fotspor.pathways.tests.world import AT, TODAY, noon
from fotspor.people import actions as people
from fotspor.people.models import Correction, Journey, Pregnancy
from fotspor.people.queries import person_page
from fotspor.worklist import actions as worklist
from fotspor.worklist.models import Task

REASON = "Ført på feil kvinne"
pytestmark = pytest.mark.django_db


@pytest.fixture
def journey(world):
    return world.pregnancy(at=noon(TODAY - timedelta(days=60)))


def lose(world, journey, outcome="loss"):
    journey = Journey.objects.get(pk=journey.pk)
    return people.record_loss(journey=journey, outcome=outcome, ended_on=TODAY, by=world.midwife, at=AT)


def undo(journey, by, at=AT, reason=REASON):
    return actions.undo_loss(journey=journey, reason=reason, by=by, at=at)


@pytest.mark.parametrize("days", [0, 3])
@pytest.mark.parametrize("outcome", ["loss", "stillbirth"])
def test_everything_stands_exactly_as_before(world, journey, outcome, days):
    booked = journey.contacts.expected().order_by("opens_on", "pk").first()
    actions.book_contact(
        contact=booked, version=booked.version, on=TODAY + timedelta(days=5), time=None, place="Rom 2",
        staff_id=world.midwife.staff_id, confirmed=True, by=world.midwife, at=AT,
    )  # fmt: skip
    worklist.type_task(
        kind="call", note="Ring", person=journey.subject, journey=journey, due_on=TODAY, by=world.midwife, at=AT
    )
    before = what_stands(journey)
    lose(world, journey, outcome)
    assert not journey.contacts.expected().exists()
    assert [task.ref for task in Task.objects.open().filter(journey=journey)] == [f"loss:{journey.key}"]
    undo(journey, world.midwife, AT + timedelta(days=days))
    assert what_stands(journey) == before
    pregnancy = Pregnancy.objects.get()
    assert (pregnancy.outcome, pregnancy.ended_on) == ("ongoing", None)
    event = AuditEvent.objects.get(type="people.pregnancy.loss_taken_back")
    assert (event.person, event.object) == (journey.subject.key, journey.in_log)
    assert REASON not in str(event.__dict__)


def test_it_may_be_lost_after_all_and_she_is_called_then(world, journey):
    for _time in range(2):
        lose(world, journey)
        undo(journey, world.midwife)
    lose(world, journey)
    assert Task.objects.open().get(source="loss").unit == world.units["midwives"]
    assert Correction.objects.filter(what="lost").count() == 2


def test_a_call_that_was_made_stays_made(world, journey):
    lose(world, journey)
    worklist.finish_typed(task=Task.objects.open().get(source="loss"), by=world.midwife, at=AT)
    undo(journey, world.midwife)
    assert Task.objects.get(source="loss").done_on == TODAY


def test_why_is_kept_for_those_who_saw_the_loss(world, journey):
    mother = journey.subject
    CareRelation.objects.create(person=mother, unit=world.units["centre"], basis="baton", from_on=TODAY, opened_at=AT)
    lose(world, journey)
    undo(journey, world.midwife)
    kept = Correction.objects.get()
    assert (kept.what, kept.before, kept.reason) == ("lost", f"loss {TODAY}", REASON)
    assert person_page(viewer=world.midwife, key=mother.key, at=AT).corrections == [kept]
    assert person_page(viewer=world.nurse, key=mother.key, at=AT).corrections == []


def test_a_reason_is_asked_for(world, journey):
    lose(world, journey)
    with pytest.raises(NeedsReason):
        undo(journey, world.midwife, reason="Feil")
    assert Journey.objects.get().closed_on == TODAY


def test_nobody_takes_back_what_was_not_recorded(world, journey):
    with pytest.raises(NotVisible):
        undo(journey, world.midwife)
    with pytest.raises(people.NotLost):
        people.take_back_loss(journey=journey, reason=REASON, by=world.midwife, at=AT)


def test_she_has_one_ongoing_pregnancy(world, journey):
    mother = journey.subject
    lose(world, journey)
    due_on = TODAY + timedelta(days=200)
    actions.open_journey(mother=mother, due_on=due_on, due_source="ultrasound", by=world.midwife, at=AT)
    with pytest.raises(people.AlreadyExpecting):
        undo(journey, world.midwife)


def test_a_twin_who_did_not_live_is_part_of_the_birth(world, journey):
    born_on = journey.pregnancy.due_on
    at = noon(born_on)
    newborn = people.Newborn(sex="female")
    people.record_birth(journey=journey, born_on=born_on, children=[newborn], stillborn=1, by=world.midwife, at=at)
    lost = Journey.objects.get(close_reason="loss")
    with pytest.raises(NotVisible):
        undo(lost, world.midwife, at)


@pytest.mark.parametrize("name", ["nurse", "leader", "nurse_south"])
def test_others_do_not_know_the_page(browser, world, journey, name):
    mother = journey.subject
    CareRelation.objects.create(person=mother, unit=world.units["centre"], basis="baton", from_on=TODAY, opened_at=AT)
    lose(world, journey)
    assert browser.enter(name).get("pathways:loss_undo", journey.key).status_code in (403, 404)
    assert browser.post("pathways:loss_undo", journey.key, reason=REASON).status_code in (403, 404)
    assert Journey.objects.get().closed_on == TODAY


def test_nor_does_a_midwife_in_an_emergency(world, journey):
    lose(world, journey)
    access.end_relations(person_id=journey.subject.pk, by=world.midwife, at=AT)
    access.break_glass(person_id=journey.subject.pk, reason="Akutt spørsmål fra sykehuset", by=world.midwife, at=AT)
    with pytest.raises(NotVisible):
        undo(journey, world.midwife, AT + timedelta(minutes=5))


def test_the_page_says_what_happens_and_does_it(browser, world, journey):
    lose(world, journey, "stillbirth")
    mother, path = journey.subject, reverse("pathways:loss_undo", args=[journey.key])
    assert path in browser.enter("midwife").get("people:person", mother.key).content.decode()
    page = browser.get("pathways:loss_undo", journey.key)
    assert page.status_code == 200
    assert world.units["midwives"].name in page.content.decode()
    refused = browser.post("pathways:loss_undo", journey.key, reason="Feil")
    assert refused.status_code == 422
    assert "Feil" in refused.content.decode()
    done = browser.post("pathways:loss_undo", journey.key, reason=REASON)
    assert done.url == reverse("people:person", args=[mother.key])
    assert browser.get("pathways:loss_undo", journey.key).status_code == 404
    page = browser.get("people:person", mother.key).content.decode()
    assert REASON in page
    assert path not in page
