"""Who sees why an alarm was withdrawn: a colleague, another unit that follows the person, or the leader."""

import pytest
from django.urls import reverse
from django.utils import timezone

from fotspor.access.models import AuditEvent
from fotspor.access.queries import NotVisible
from fotspor.desk.queries.unit import unit as led_unit
from fotspor.instruments import actions, queries
from fotspor.instruments.models import Duty
from fotspor.instruments.tests.test_actions import draft
from fotspor.instruments.tests.test_duties import mistyped
from fotspor.instruments.tests.world import AT, DAY, answers, as_viewer, make_staff, make_unit, relate
from fotspor.kit import clock
from fotspor.services.models import Membership
from fotspor.worklist.models import Task
from fotspor.worklist.queries import personal

pytestmark = pytest.mark.django_db
REASON = "Krysset sto i ruta ved siden av"


def withdrawn(world):
    mistyped(world)
    duty = Duty.objects.get(step="safety")
    return actions.withdraw_alert(duty=duty, reason=REASON, by=world.nurse, at=AT)


def alone(world):
    """Nobody but the nurse works at her unit."""
    Membership.objects.filter(staff=world.staff["colleague"]).update(until_on=DAY)


def task_of(duty):
    return Task.objects.open().get(subject_key=duty.key)


def test_with_nobody_else_at_work_another_unit_that_follows_her_sees_it(world):
    alone(world)
    other = make_unit("Elva helsestasjon")
    theirs = as_viewer(make_staff(other, "nurse", "Nabo"))
    relate(world.mother, other)
    duty = withdrawn(world)
    task = task_of(duty)
    assert (task.unit, task.staff_id, task.for_leader) == (other, theirs.staff_id, False)
    assert personal(viewer=theirs, today=DAY).filter(pk=task.pk).exists()
    assert not personal(viewer=world.nurse, today=DAY).filter(pk=task.pk).exists()
    actions.confirm_withdrawal(duty=duty, by=theirs, at=AT)
    assert not Task.objects.open().filter(subject_key=duty.key).exists()


def test_with_nobody_anywhere_the_leader_reads_the_reason_and_it_closes(world):
    alone(world)
    duty = withdrawn(world)
    task = task_of(duty)
    assert (task.unit, task.staff_id, task.for_leader) == (world.unit, None, True)
    page = queries.withdrawal_page(viewer=world.leader, key=duty.key, at=AT)
    assert (page.name, page.may_confirm, page.duty.withdrawal_reason) == (world.mother.name, True, REASON)
    for who in (world.nurse, world.stranger):
        with pytest.raises(NotVisible):
            queries.withdrawal_page(viewer=who, key=duty.key, at=AT)
    actions.confirm_as_leader(duty=duty, by=world.leader, at=AT)
    duty.refresh_from_db()
    assert (duty.seen_by_id, timezone.localdate(duty.seen_at)) == (world.leader.staff_id, DAY)
    assert not Task.objects.open().filter(subject_key=duty.key).exists()
    with pytest.raises(NotVisible):
        actions.confirm_as_leader(duty=duty, by=world.leader, at=AT)


def test_a_colleague_who_is_back_has_it_instead_of_the_leader(world):
    alone(world)
    duty = withdrawn(world)
    Membership.objects.filter(staff=world.staff["colleague"]).update(until_on=None)
    draft(world, {"epds01": 1}, response=duty.response, version=duty.response.version)
    task = task_of(duty)
    assert (task.staff_id, task.for_leader) == (world.colleague.staff_id, False)


def test_a_leader_reads_nothing_that_has_a_colleague(world):
    duty = withdrawn(world)
    assert task_of(duty).staff_id == world.colleague.staff_id
    with pytest.raises(NotVisible):
        actions.confirm_as_leader(duty=duty, by=world.leader, at=AT)


def test_the_leaders_page_is_reached_from_the_unit_says_no_answer_and_closes_it(client, world, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)
    monkeypatch.setattr(clock, "today", lambda: DAY)
    alone(world)
    duty = withdrawn(world)
    address = reverse("instruments:withdrawal", args=[duty.key])
    assert [row.url for row in led_unit(viewer=world.leader, at=AT).for_me] == [address]
    backend = "allauth.account.auth_backends.AuthenticationBackend"
    client.force_login(world.staff["leader"], backend=backend)
    text = client.get(address).content.decode()
    assert REASON in text
    assert "epds" not in text.lower()
    assert AuditEvent.objects.filter(person=world.mother.key, basis="leadership", type="access.record.read").exists()
    assert client.post(address).status_code == 302
    assert client.get(address).status_code == 404
    client.force_login(world.staff["nurse"], backend=backend)
    assert client.get(address).status_code in (403, 404)


def test_a_form_on_the_wrong_person_is_to_be_written_on_the_right_one(world, client, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)
    monkeypatch.setattr(clock, "today", lambda: DAY)
    client.force_login(world.staff["nurse"], backend="allauth.account.auth_backends.AuthenticationBackend")
    said, search = "På feil person? Skriv det på den rette i dag", reverse("desk:search")
    calm, alarm = draft(world, answers(4)), draft(world, answers(4, item10=1))
    page = client.get(reverse("instruments:response_withdraw", args=[calm.key])).content.decode()
    assert said not in page
    address = reverse("instruments:response_withdraw", args=[alarm.key])
    page = client.get(address).content.decode()
    assert said in page
    assert f'href="{search}">Finn den rette' in page
    assert reverse("instruments:response_new", args=[world.child.key, "epds"]) in page
    reply = client.post(address, {"version": alarm.version, "reason": "Feil person"}, follow=True)
    assert "skriv det på den rette i dag" in reply.content.decode()
    assert said in client.get(reverse("instruments:response", args=[alarm.key])).content.decode()
    client.force_login(world.staff["colleague"], backend="allauth.account.auth_backends.AuthenticationBackend")
    duty = Duty.objects.get(step="safety")
    assert "Hele skjemaet ble trukket" in client.get(reverse("instruments:duty", args=[duty.key])).content.decode()
