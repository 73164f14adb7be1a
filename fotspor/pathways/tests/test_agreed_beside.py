"""A conversation is agreed beside what is booked, as a contact is booked beside what is agreed: warned both ways."""

from datetime import time, timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from fotspor.instruments import actions as instruments
from fotspor.instruments.models import Duty, DutyOutcome
from fotspor.kit.errors import LookFirst
from fotspor.pathways import actions
from fotspor.pathways.queries.contacts import concerns_of
from fotspor.pathways.rules.appointments import Concern, Slot
from fotspor.pathways.tests.test_agreements import agree, mother
from fotspor.pathways.tests.world import AT, TODAY
from fotspor.services.models import Absence
from fotspor.worklist import actions as worklist
from fotspor.worklist.models import Task

__all__ = ["mother"]
pytestmark = pytest.mark.django_db
ON = TODAY + timedelta(days=2)  # a Thursday
BUSY, OFF, AWAY = "har en annen time", "helg eller helligdag", "borte den dagen"

# When the conversation is, beside a contact at 10.00 the same day, and whether it is warned of.
TIMES = [
    (time(9, 29), False),
    (time(9, 30), False),
    (time(9, 31), True),
    (time(10), True),
    (time(10, 29), True),
    (time(10, 30), False),
    (None, False),
]


@pytest.fixture
def booked(world):
    """A contact of another family that the midwife has at ten."""
    contact = world.pregnancy(due_on=TODAY + timedelta(days=90)).contacts.expected().order_by("opens_on", "pk").first()
    return actions.book_contact(
        contact=contact, version=contact.version, on=ON, time=time(10), place="Rom 1",
        staff_id=world.midwife.staff_id, confirmed=True, by=world.midwife, at=AT,
    )  # fmt: skip


@pytest.fixture
def duty(world, mother):
    """A support conversation that is agreed for today, and is to be agreed anew."""
    agree(world, mother)
    return Duty.objects.get(step="support")


def again(duty, by, *, on=ON, at_time=time(10), **more):
    return instruments.record_outcome(
        duty=duty, outcome="agreed", note="Ny dag", next_on=on, next_time=at_time, by=by, at=AT, **more
    )


def warned(duty, by, **more):
    """What was said, and that nothing was stored."""
    before = DutyOutcome.objects.count()
    with pytest.raises(LookFirst) as refusal, transaction.atomic():
        again(duty, by, **more)
    assert DutyOutcome.objects.count() == before
    return [str(reason) for reason in refusal.value.reasons], refusal.value.shown


@pytest.mark.parametrize(("at_time", "is_warned"), TIMES)
def test_a_contact_at_the_same_time_is_warned_of(world, booked, duty, at_time, is_warned):
    if not is_warned:
        assert again(duty, world.midwife, at_time=at_time).next_on == ON
        return
    (reason,), shown = warned(duty, world.midwife, at_time=at_time)
    assert BUSY in reason
    assert again(duty, world.midwife, at_time=at_time, confirmed=True, shown=shown).next_time == at_time


@pytest.mark.parametrize(("at_time", "is_warned"), TIMES)
def test_and_the_other_way(world, duty, at_time, is_warned):
    again(duty, world.midwife, at_time=at_time)
    contact = world.pregnancy(due_on=TODAY + timedelta(days=90)).contacts.expected().order_by("opens_on", "pk").first()
    found = concerns_of(contact, Slot(ON, time(10), world.midwife.staff_id, ""))
    assert (Concern.STAFF_BUSY in found) is is_warned


def test_it_is_about_whoever_has_the_conversation(world, booked, duty):
    other = world.add_staff("midwife_two", "midwives", "midwife")
    task = Task.objects.open().get(ref__endswith=":support")
    worklist.assign(task=task, staff_id=other.pk, by=world.midwife, at=AT)
    again(duty, world.midwife)
    assert DutyOutcome.objects.order_by("pk").last().next_on == ON


def test_its_own_day_is_not_in_its_way_and_another_conversation_is(world, mother, duty):
    again(duty, world.midwife)
    again(duty, world.midwife, at_time=time(10, 10))
    sister = world.pregnancy(due_on=TODAY + timedelta(days=80)).pregnancy.mother
    form = instruments.save_draft(
        subject=sister, informant=sister, informant_kind="mother", instrument="epds",
        answers={f"epds{number:02}": 1 for number in range(1, 10)} | {"epds10": 0, "epds01": 3, "epds02": 3},
        answered_on=TODAY, unit_id=world.midwife.unit_id, journey=None, by=world.midwife, at=AT,
    )  # fmt: skip
    instruments.sign(response=form, version=form.version, by=world.midwife, at=AT)
    other = Duty.objects.get(step="support", response__subject=sister)
    (reason,), _shown = warned(other, world.midwife)
    assert BUSY in reason


def test_a_day_off_and_somebody_who_is_away_are_said_too(world, duty):
    saturday = TODAY + timedelta(days=(5 - TODAY.weekday()) % 7)
    Absence.objects.create(
        staff_id=world.midwife.staff_id,
        substitute=world.staff["midwife_south"],
        from_on=saturday,
        until_on=saturday + timedelta(days=1),
        recorded_at=AT,
    )
    reasons, _shown = warned(duty, world.midwife, on=saturday)
    assert [OFF in reasons[0], AWAY in reasons[1]] == [True, True]


def test_a_yes_holds_for_what_was_shown_and_nothing_else(world, booked, duty):
    _reasons, shown = warned(duty, world.midwife)
    with pytest.raises(LookFirst), transaction.atomic():
        again(duty, world.midwife, at_time=time(10, 5), confirmed=True, shown=shown)
    with pytest.raises(LookFirst), transaction.atomic():
        again(duty, world.midwife, confirmed=True, shown="")


def test_the_page_shows_it_keeps_what_was_typed_and_saves_after_a_yes(browser, world, booked, duty):
    typed = {
        "outcome": "agreed", "note": "Ny dag", "next_on": ON.isoformat(), "next_time": "10:00",
        "outcome_on": TODAY.isoformat(),
    }  # fmt: skip
    page = browser.enter("midwife").post("instruments:duty", duty.key, **typed)
    html = page.content.decode()
    assert page.status_code == 422
    assert "Se på dette først" in html
    assert BUSY in html
    assert "Avtal dagen likevel" in html
    assert "Ny dag" in html
    shown = html.split('name="shown" value="')[1].split('"')[0]
    assert browser.post("instruments:duty", duty.key, **typed, shown=shown).status_code == 422
    done = browser.post("instruments:duty", duty.key, **typed, shown=shown, confirmed="on")
    assert done.status_code == 302
    assert DutyOutcome.objects.order_by("pk").last().next_time == time(10)
    assert reverse("instruments:duty", args=[duty.key]) not in done.url
