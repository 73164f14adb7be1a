"""What emergency access promises can be done, and what it refuses is said before anything is typed."""

from datetime import timedelta

import pytest

from fotspor.access import actions as access
from fotspor.access.models import AuditEvent
from fotspor.access.queries import NotVisible
from fotspor.kit.errors import Refused
from fotspor.pathways import actions
from fotspor.pathways.actions.batons import NotYours
from fotspor.pathways.actions.contacts import ContactSaysAScore
from fotspor.pathways.models import Contact
from fotspor.pathways.tests.world import AT, TODAY
from fotspor.worklist.models import Task

REASON = "Barnet er her med høy feber og ingen svarer"


@pytest.fixture
def journey(world):
    """A child of the centre in the north."""
    return world.child()


@pytest.fixture
def opened(world, journey):
    """The same child, opened by emergency access from the centre in the south."""
    access.break_glass(person_id=journey.child_id, reason=REASON, by=world.nurse_south, at=AT)
    return journey


def record(journey, by, note="Målt feber 39,5, sendt til legevakt", **values):
    return actions.record_in_emergency(journey=journey, kind="extra", note=note, by=by, at=AT, **values)


def test_what_was_done_is_written_down_and_leaves_nothing_to_be_done(world, opened):
    before = set(Task.objects.values_list("pk", "done_on", "ended_on"))
    planned = list(opened.contacts.values_list("pk", "outcome", "version"))
    contact = record(opened, world.nurse_south)
    assert (contact.outcome, contact.outcome_on, contact.unit_id) == ("held", TODAY, world.nurse_south.unit_id)
    assert list(opened.contacts.exclude(pk=contact.pk).values_list("pk", "outcome", "version")) == planned
    assert set(Task.objects.values_list("pk", "done_on", "ended_on")) == before
    actions.plan_journey(journey=opened, by=world.nurse, at=AT)
    assert set(Task.objects.values_list("pk", "done_on", "ended_on")) == before


def test_the_line_in_the_log_says_that_it_was_an_emergency(world, opened):
    record(opened, world.nurse_south)
    line = AuditEvent.objects.filter(type="pathways.contact.recorded").get()
    assert (line.basis, line.person) == ("emergency", opened.child.key)


def test_who_follows_the_child_up_writes_on_her_own_basis(world, opened):
    visit = opened.contacts.filter(outcome="").first()
    actions.record_contact(
        contact=visit, version=visit.version, outcome="declined", outcome_on=TODAY, reason="Foreldrene vil ikke",
        by=world.nurse, at=AT,
    )  # fmt: skip
    assert AuditEvent.objects.filter(type="pathways.contact.recorded").get().basis == ""


def test_nobody_records_so_without_emergency_access_or_when_it_is_over(world, journey):
    with pytest.raises(NotVisible):
        record(journey, world.nurse_south)
    with pytest.raises(NotYours):
        record(journey, world.nurse)
    with pytest.raises(actions.NotAllowed):
        record(journey, world.officer)
    access.break_glass(person_id=journey.child_id, reason=REASON, by=world.nurse_south, at=AT - timedelta(hours=3))
    with pytest.raises(NotVisible):
        record(journey, world.nurse_south)
    assert not Contact.objects.filter(outcome="held").exists()


def test_a_note_without_words_with_a_score_or_on_a_closed_journey_is_refused(world, opened):
    with pytest.raises(Refused, match="Skriv"):
        record(opened, world.nurse_south, note="  ")
    with pytest.raises(ContactSaysAScore):
        record(opened, world.nurse_south, note="Mor har EPDS 15 poeng")
    opened.closed_on = TODAY
    with pytest.raises(actions.NotExpected):
        record(opened, world.nurse_south)


def test_the_page_writes_it_and_the_child_page_leads_there(world, opened, browser):
    browser.enter("nurse_south")
    page = browser.get("desk:child", opened.key).content.decode()
    assert f"/lop/journal/{opened.key}/kontakt/ny/" in page
    form = browser.get("pathways:contact_new", opened.key)
    assert form.status_code == 200
    assert "det hastet" in form.content.decode()
    answer = browser.post("pathways:contact_new", opened.key, kind="phone", note="Ringt legevakta sammen")
    assert answer.status_code == 302
    assert browser.client.get(answer.url).status_code == 200
    assert "Ringt legevakta sammen" in browser.get("desk:child", opened.key).content.decode()
    assert browser.post("pathways:contact_new", opened.key, kind="phone", note="EPDS 15 poeng").status_code == 422


@pytest.mark.parametrize("name", ["person_change", "person_move", "person_death", "birth_correct", "guardian_new"])
def test_a_form_that_will_be_refused_does_not_open(opened, browser, name):
    browser.enter("nurse_south")
    answer = browser.get(f"people:{name}", opened.child.key)
    assert answer.status_code == 302
    page = browser.client.get(answer.url)
    assert page.status_code == 200
    assert "Journalen er åpen med nødtilgang: du kan lese, fylle ut et skjema" in page.content.decode()


def test_nor_does_a_birth_or_a_loss(world, browser):
    expecting = world.pregnancy()
    access.break_glass(person_id=expecting.subject.pk, reason=REASON, by=world.midwife_south, at=AT)
    browser.enter("midwife_south")
    for name in ("birth", "loss", "due_correct"):
        answer = browser.get(f"people:{name}", expecting.key)
        assert answer.status_code == 302
        assert answer.url.endswith(f"/personer/{expecting.subject.key}/")
