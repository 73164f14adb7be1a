"""An assessment of concern is never lost by closing, moving or joining: answered first, kept on the list, or ended."""

from datetime import timedelta

import pytest
from django.urls import reverse

from fotspor.access.models import AuditEvent
from fotspor.access.rules import SYSTEM
from fotspor.pathways import actions
from fotspor.pathways.models import MissedAppointment
from fotspor.pathways.queries.contacts import missed_of
from fotspor.pathways.tests.world import AT, TODAY, noon
from fotspor.people import actions as people
from fotspor.people.models import Person
from fotspor.worklist import queries as worklist
from fotspor.worklist.models import Task

REASON = "Registrert på feil barn"
LAST_MISSED = (TODAY - timedelta(days=1)).isoformat()
AWAY = people.Home("Utveien 1", "7999", "Utvik")


def miss(world, contact, days=(3, 2, 1), by="nurse"):
    """Nobody came, day after day. The third time asks for an assessment of concern."""
    for back in days:
        contact.refresh_from_db()
        actions.mark_absent(
            contact=contact, version=contact.version, missed_on=TODAY - timedelta(days=back), reason=actions.NOT_KNOWN,
            by=getattr(world, by), at=AT,
        )  # fmt: skip
    return contact


@pytest.fixture
def journey(world):
    """A child with an assessment of concern that nobody has answered."""
    journey = world.child(born_on=TODAY - timedelta(days=45), at=noon(TODAY - timedelta(days=40)))
    miss(world, journey.contacts.get(step="H-03"))
    return journey


def open_concern():
    return Task.objects.open().filter(source="absence", ref__endswith=":3")


def answer(world, journey, by="nurse"):
    for missed in MissedAppointment.objects.filter(contact__journey=journey, answered_on=None).order_by("pk"):
        actions.answer_absence(missed=missed, answer="Vurdert sammen med Kari", by=getattr(world, by), at=AT)


def move_away(journey, by, at=AT):
    return people.record_move(person=journey.child, home=AWAY, moved_on=TODAY, outside=True, by=by, at=at)


# --- closed by somebody -----------------------------------------------------------------------------------


def test_nobody_closes_by_mistake_what_must_be_answered_first(world, journey):
    with pytest.raises(actions.OpenConcern) as refused:
        actions.close_by_mistake(journey=journey, reason=REASON, by=world.nurse, at=AT)
    assert "23." in str(refused.value)
    journey.refresh_from_db()
    assert journey.closed_on is None
    assert open_concern().exists()
    assert not AuditEvent.objects.filter(type="pathways.journey.closed_by_mistake").exists()
    answer(world, journey)
    actions.close_by_mistake(journey=journey, reason=REASON, by=world.nurse, at=AT)
    assert not open_concern().exists()


def test_two_missed_appointments_stop_nothing(world):
    journey = world.child(born_on=TODAY - timedelta(days=45), at=noon(TODAY - timedelta(days=40)))
    miss(world, journey.contacts.get(step="H-03"), days=(2, 1))
    actions.close_by_mistake(journey=journey, reason=REASON, by=world.nurse, at=AT)
    ended = Task.objects.filter(source="absence", journey=journey, done_on=None)
    assert set(ended.values_list("end_reason", flat=True)) == {"The journey was opened by mistake."}


def test_nobody_moves_a_child_out_before_the_answer(world, journey):
    with pytest.raises(actions.OpenConcern):
        move_away(journey, world.nurse)
    journey.refresh_from_db()
    assert journey.closed_on is None
    assert journey.child.street != AWAY.street
    answer(world, journey)
    move_away(journey, world.nurse)
    journey.refresh_from_db()
    assert journey.close_reason == "moved"


def test_the_pages_say_what_to_answer_first(browser, world, journey):
    browser.enter("nurse")
    refused = browser.post("pathways:journey_close", journey.key, reason=REASON)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert REASON in page
    assert "23." in page


# --- moved out, as the register says ----------------------------------------------------------------------


def test_the_registers_move_keeps_the_assessment_on_the_holders_list(world, journey):
    move_away(journey, SYSTEM)
    journey.refresh_from_db()
    assert journey.close_reason == "moved"
    (task,) = Task.objects.open().filter(journey=journey)
    assert (task.source, task.unit, task.person) == ("absence", world.units["centre"], journey.child)
    assert task.facts["moved_on"] == TODAY.isoformat()
    assert list(actions.rebuild(check=True, at=AT)) == []
    seen = worklist.personal(viewer=world.nurse, today=TODAY)
    assert task in seen
    answer(world, journey)
    task.refresh_from_db()
    assert task.done_on == TODAY
    assert not Task.objects.open().filter(journey=journey).exists()
    assert AuditEvent.objects.filter(type="pathways.contact.absence_answered").count() >= 1
    assert list(actions.rebuild(check=True, at=AT)) == []


def test_its_page_leads_to_the_answer_after_the_move(browser, world, journey):
    move_away(journey, SYSTEM)
    contact = journey.contacts.get(step="H-03")
    browser.enter("nurse")
    url = reverse("pathways:contact_answer", args=[contact.key, LAST_MISSED])
    assert url in browser.get("pathways:contact", contact.key).content.decode()
    assert browser.post("pathways:contact_answer", contact.key, LAST_MISSED, answer="Meldt videre").status_code == 302
    assert not open_concern().exists()


def test_back_again_it_goes_on_with_the_unit_that_holds_the_baton(world, journey):
    move_away(journey, SYSTEM)
    child = Person.objects.get(pk=journey.child_id)
    home = people.Home("Prøvevegen 9", "7000", "Prøvestad", world.south)
    people.record_move(person=child, home=home, moved_on=TODAY, by=SYSTEM, at=noon(TODAY + timedelta(days=3)))
    assert open_concern().get().unit == world.units["centre_south"]


# --- bereavement, and two records of one child ------------------------------------------------------------


def test_death_ends_it_with_its_reason(world, journey):
    people.record_death(person=journey.child, died_on=TODAY, by=world.nurse, at=AT)
    assert not Task.objects.open().filter(journey=journey, source="absence").exists()
    ended = Task.objects.get(source="absence", ref__endswith=":3")
    assert (ended.ended_on, ended.end_reason) == (TODAY, "The person has died.")
    event = AuditEvent.objects.get(type="pathways.concern.ended")
    assert (event.person, event.facts) == (journey.child.key, {"reason": "died"})


def test_loss_ends_it_with_its_reason(world):
    journey = world.pregnancy(at=noon(TODAY - timedelta(days=20)))
    window = {"opens_on__lte": TODAY - timedelta(days=3), "closes_on__gte": TODAY}
    miss(world, journey.contacts.expected().filter(**window).order_by("due_on").first(), by="midwife")
    assert open_concern().exists()
    people.record_loss(journey=journey, outcome="loss", ended_on=TODAY, by=world.midwife, at=AT)
    ended = Task.objects.get(source="absence", ref__endswith=":3")
    assert ended.end_reason == "The pregnancy has ended."
    assert AuditEvent.objects.get(type="pathways.concern.ended").facts == {"reason": "loss"}


def test_joining_two_records_takes_it_along(world, journey):
    other = world.child(born_on=journey.child.born_on, at=noon(TODAY - timedelta(days=40)))
    actions_before = open_concern().get()
    people.merge_people(keep=other.child, drop=journey.child, reason="Samme barn", by=world.nurse, at=AT)
    task = open_concern().get()
    assert (task.journey, task.person) == (other, other.child)
    assert task.subject_key == actions_before.subject_key
    contact = other.contacts.get(key=task.subject_key)
    assert (contact.cancelled_on, len(missed_of(contact))) == (TODAY, 3)
    assert list(actions.rebuild(check=True, at=AT)) == []
