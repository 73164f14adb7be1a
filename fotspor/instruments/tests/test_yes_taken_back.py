"""A yes to the letter that was taken back is made good only by somebody who says that she was asked again."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from fotspor.access.actions import withdraw_consent
from fotspor.access.models import Consent
from fotspor.instruments import actions
from fotspor.instruments.models import Duty
from fotspor.instruments.tests.test_actions import signed
from fotspor.instruments.tests.test_duties import answer
from fotspor.instruments.tests.world import AT, DAY, answers
from fotspor.kit import clock
from fotspor.kit.errors import LookFirst

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=2)


@pytest.fixture
def withdrawn(world):
    """She said yes, and took it back."""
    signed(world, answers(14))
    answer(world, "letter", "asked_yes_not_sent")
    withdraw_consent(consent=Consent.objects.get(), by=world.nurse, at=AT)
    return Duty.objects.get(step="letter")


def record(duty, world, outcome, **more):
    on = DAY + timedelta(days=2)
    return actions.record_outcome(duty=duty, outcome=outcome, outcome_on=on, by=world.nurse, at=LATER, **more)


@pytest.mark.parametrize("outcome", ["asked_yes_sent", "asked_yes_not_sent"])
def test_a_new_yes_stops_and_says_the_day_she_took_it_back(withdrawn, world, outcome):
    with pytest.raises(LookFirst) as found, transaction.atomic():
        record(withdrawn, world, outcome)
    assert "2026" in found.value.reasons[0]
    assert Consent.objects.filter(withdrawn_at=None).count() == 0
    with pytest.raises(LookFirst), transaction.atomic():
        record(withdrawn, world, outcome, confirmed=True, shown="about something else")
    record(withdrawn, world, outcome, confirmed=True, shown=found.value.shown)
    new = Consent.objects.get(withdrawn_at=None)
    assert new.from_on == DAY + timedelta(days=2)
    assert Consent.objects.count() == 2


def test_a_yes_to_one_withdrawal_is_not_a_yes_to_the_next(withdrawn, world):
    with pytest.raises(LookFirst) as first, transaction.atomic():
        record(withdrawn, world, "asked_yes_not_sent")
    record(withdrawn, world, "asked_yes_not_sent", confirmed=True, shown=first.value.shown)
    withdraw_consent(consent=Consent.objects.get(withdrawn_at=None), by=world.nurse, at=LATER)
    with pytest.raises(LookFirst), transaction.atomic():
        record(withdrawn, world, "asked_yes_sent", confirmed=True, shown=first.value.shown)


def test_a_no_and_a_first_yes_are_asked_about_nothing(withdrawn, world):
    record(withdrawn, world, "asked_no")
    assert Duty.objects.get(step="letter").closed_on is not None
    signed(world, answers(15))
    other = Duty.objects.get(step="letter", closed_on=None)
    record(other, world, "asked_yes_not_sent")
    assert Consent.objects.filter(withdrawn_at=None).count() == 1
    record(other, world, "asked_yes_not_sent", with_sum=True)  # she has not taken it back: it is about more now
    assert Consent.objects.filter(withdrawn_at=None).get().wording == Consent.Wording.LETTER_WITH_SUM


def test_what_was_recorded_wrongly_is_no_withdrawal_of_hers(world):
    signed(world, answers(14))
    answer(world, "letter", "asked_yes_not_sent")
    duty = Duty.objects.get(step="letter")
    actions.take_back(duty=duty, recorded=1, reason="Feil skjema", by=world.nurse, at=AT)
    assert Consent.objects.get().withdrawn_at is not None
    record(duty, world, "asked_yes_not_sent")
    assert Consent.objects.filter(withdrawn_at=None).count() == 1


def test_the_page_says_it_and_is_saved_with_the_box_ticked(withdrawn, nurse, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: LATER)
    monkeypatch.setattr(clock, "today", lambda: DAY + timedelta(days=2))
    address = reverse("instruments:duty", args=[withdrawn.key])
    given = {"outcome": "asked_yes_sent", "outcome_on": "2026-11-26"}
    reply = nurse.post(address, given)
    page = reply.content.decode()
    assert reply.status_code == 422
    assert "tok tilbake ja-et til dette brevet 24. nov 2026 kl. 09.50" in page
    assert "Forelderen er spurt på nytt, og har sagt ja" in page
    assert "Avtal dagen likevel" not in page
    shown = reply.context["form"].refused.shown
    assert nurse.post(address, {**given, "shown": shown}).status_code == 422
    assert nurse.post(address, {**given, "shown": shown, "confirmed": "on"}).status_code == 302
    assert Consent.objects.filter(withdrawn_at=None).count() == 1
