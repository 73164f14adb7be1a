"""Who writes about a contact, on which days it can have happened, and what is taken back: each way out."""

from datetime import time, timedelta

import pytest
from django.db import IntegrityError, transaction

from fotspor.access.models import AuditEvent
from fotspor.kit.errors import Refused
from fotspor.pathways import actions
from fotspor.pathways.actions import stops
from fotspor.pathways.actions.batons import NotYours
from fotspor.pathways.models import MissedAppointment, Stop
from fotspor.pathways.queries import contacts as queries
from fotspor.pathways.rules.appointments import Trouble
from fotspor.pathways.tests.world import AT, TODAY, noon
from fotspor.worklist.models import Task

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def journey(world):
    """Nine days old, here for a week: the window of the home visit is open."""
    return world.child(born_on=TODAY - timedelta(days=9), at=noon(TODAY - timedelta(days=7)))


@pytest.fixture
def visit(journey):
    return journey.contacts.get(step="H-01")


def record(contact, by, on=TODAY, at=AT, **values):
    chosen = {"outcome": "held", "outcome_on": on} | values
    return actions.record_contact(contact=contact, version=contact.version, by=by, at=at, **chosen)


def book(contact, by, on=TOMORROW, at=AT, **values):
    chosen = {"on": on, "time": time(10), "confirmed": True} | values
    return actions.book_contact(contact=contact, version=contact.version, by=by, at=at, **chosen)


def miss(contact, by, on=TODAY, at=None):
    contact.refresh_from_db()
    at = at or noon(max(on, TODAY))
    return actions.mark_absent(
        contact=contact, version=contact.version, missed_on=on, reason=actions.NOT_KNOWN, by=by, at=at
    )


def asked_for(contact):
    found = Task.objects.open().filter(source="absence", subject_key=contact.key).order_by("ref")
    return list(found.values_list("title", flat=True))


# --- only the holder writes ------------------------------------------------------------------------------


@pytest.fixture
def passed_on(world, journey):
    """The baton has gone to the centre in the south. The north still reads."""
    sent = actions.hand_over(
        journey=journey, to_unit_id=world.units["centre_south"].pk, reason="Flyttet", summary="", by=world.nurse, at=AT
    )
    actions.accept_handover(handover=sent, by=world.nurse_south, at=AT)
    return journey


FORBIDDEN = {
    "not needed": lambda c, by: record(c, by, outcome="not_needed", reason="Trengs ikke"),
    "held": lambda c, by: record(c, by),
    "booked": lambda c, by: book(c, by),
    "unbooked": lambda c, by: actions.cancel_booking(contact=c, version=c.version, by=by, at=AT),
    "absent": lambda c, by: miss(c, by),
    "added": lambda c, by: actions.add_contact(
        journey=c.journey, kind="support", opens_on=TODAY, due_on=TODAY, closes_on=TODAY, by=by, at=AT
    ),
    "planned in a group": lambda c, by: actions.plan_group(
        title="G", held_on=TOMORROW, starts_at=time(10), place="", leader_id=None, contacts=[c], by=by, at=AT
    ),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_a_former_holder_writes_nothing(world, passed_on, what):
    contact = passed_on.contacts.get(step="H-02")
    if what == "unbooked":
        contact = book(contact, world.nurse_south)
    before = AuditEvent.objects.count()
    with pytest.raises(NotYours), transaction.atomic():
        FORBIDDEN[what](contact, world.nurse)
    contact.refresh_from_db()
    assert (contact.outcome, contact.missed.count()) == ("", 0)
    assert AuditEvent.objects.count() == before
    assert queries.may_write_about(world.nurse_south, passed_on, contact.unit_id)


def test_the_sender_writes_until_somebody_has_taken_over(world, journey, visit):
    actions.hand_over(
        journey=journey, to_unit_id=world.units["centre_south"].pk, reason="Flyttet", summary="", by=world.nurse, at=AT
    )
    with pytest.raises(NotYours):
        record(visit, world.nurse_south)
    assert record(visit, world.nurse).outcome == "held"


def test_what_a_unit_recorded_itself_it_takes_back_itself(world, journey, visit):
    held = record(visit, world.nurse)
    sent = actions.hand_over(
        journey=journey, to_unit_id=world.units["centre_south"].pk, reason="Flyttet", summary="", by=world.nurse, at=AT
    )
    actions.accept_handover(handover=sent, by=world.nurse_south, at=AT)
    held.refresh_from_db()
    taken = actions.reopen_contact(contact=held, version=held.version, reason="Feil barn", by=world.nurse, at=AT)
    with pytest.raises(NotYours):
        record(taken, world.nurse)  # expected again, and the new holder's
    with pytest.raises(NotYours):
        actions.reopen_contact(contact=record(again(taken), world.nurse_south), version=9, reason="x", by=world.nurse,
                               at=AT)  # fmt: skip


def again(contact):
    contact.refresh_from_db()
    return contact


def test_the_unit_of_a_group_says_who_came_and_nothing_else(world):
    journey = world.child(born_on=TODAY - timedelta(days=27), at=noon(TODAY - timedelta(days=9)))
    contact = journey.contacts.get(step="H-02")
    group = actions.plan_group(
        title="G",
        held_on=TODAY,
        starts_at=time(10),
        place="",
        leader_id=None,
        contacts=[contact],
        by=world.nurse,
        at=AT,
    )
    sent = actions.hand_over(
        journey=journey, to_unit_id=world.units["centre_south"].pk, reason="Flyttet", summary="", by=world.nurse, at=AT
    )
    actions.accept_handover(handover=sent, by=world.nurse_south, at=AT)
    with pytest.raises(NotYours):
        record(again(contact), world.nurse, outcome="not_needed", reason="x")
    actions.record_attendance(group=group, came={contact.key: True}, by=world.nurse, at=AT)
    assert again(contact).outcome == "held"


# --- true days -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "outcome"), [(-8, "held"), (-8, "declined"), (-10, "moved")])
def test_nothing_is_recorded_before_there_was_a_journey_or_a_child(world, visit, days, outcome):
    with pytest.raises(actions.CannotRecord) as refusal:
        record(visit, world.nurse, TODAY + timedelta(days=days), outcome=outcome, reason="x", late_reason="x")
    assert refusal.value.troubles[0] in (Trouble.TOO_EARLY, Trouble.BEFORE_BIRTH)
    assert refusal.value.field == "outcome_on"


def test_what_was_held_elsewhere_may_have_been_before_they_came(world, visit):
    on = TODAY - timedelta(days=8)  # born then, and not yet here
    assert record(visit, world.nurse, on, outcome="moved", reason="I forrige kommune").outcome_on == on


def test_a_pregnancy_has_a_first_day_too(world):
    journey = world.pregnancy(due_on=TODAY + timedelta(days=84), at=noon(TODAY - timedelta(days=3)))
    first = journey.contacts.get(step="P-1")
    for days, outcome in ((-4, "held"), (-300, "moved")):
        with pytest.raises(actions.CannotRecord) as refusal:
            record(first, world.midwife, TODAY + timedelta(days=days), outcome=outcome, reason="x", late_reason="x")
        assert refusal.value.troubles == (Trouble.TOO_EARLY,)


def test_before_its_window_it_is_held_with_a_reason(world, journey):
    contact = journey.contacts.get(step="H-02")
    with pytest.raises(actions.CannotRecord) as refusal:
        record(contact, world.nurse)
    assert (refusal.value.troubles, refusal.value.field) == ((Trouble.NEEDS_EARLY_REASON,), "late_reason")
    held = record(contact, world.nurse, late_reason="Familien reiser bort")
    assert (held.outcome_on, held.late_reason) == (TODAY, "Familien reiser bort")


def test_an_appointment_on_another_day_than_it_was_held_is_gone(world, visit):
    booked = book(visit, world.nurse)
    held = record(booked, world.nurse)
    assert (held.booked_on, held.booked_by_id, held.place) == (None, None, "")
    week = {"from_on": TODAY, "until_on": TODAY + timedelta(days=7), "only_mine": False, "at": AT}
    assert not any(day.contacts for day in queries.appointments(viewer=world.nurse, **week))
    event = AuditEvent.objects.get(type="pathways.contact.recorded")
    assert event.facts["was_booked"] == str(TOMORROW)


def test_an_appointment_on_the_day_it_was_held_stays(world, visit):
    assert record(book(visit, world.nurse, TODAY), world.nurse).booked_on == TODAY


@pytest.mark.parametrize(
    ("from_on", "due_on", "error"),
    [
        (TODAY - timedelta(days=30), TOMORROW, stops.StopBeginsTooEarly),
        (TODAY - timedelta(days=3), TODAY - timedelta(days=1), stops.AskedTooLate),
        (TOMORROW, TODAY, stops.EndsBeforeStart),
    ],
)
def test_a_stop_begins_with_the_journey_and_is_asked_after_from_today(world, journey, from_on, due_on, error):
    ward = world.add_unit("ward", "maternity_ward", "specialist", world.north, serves=False, signs_in=False)
    values = {"unit_id": ward.pk, "reason": "Undersøkes", "by": world.nurse, "at": AT}
    with pytest.raises(error):
        actions.add_stop(journey=journey, from_on=from_on, due_on=due_on, **values)
    assert not Stop.objects.exists()
    assert actions.add_stop(journey=journey, from_on=TODAY - timedelta(days=3), due_on=TODAY, **values).pk


# --- nobody came, and it was wrong ------------------------------------------------------------------------


@pytest.mark.parametrize("days", [-8, -5, 7])
def test_nobody_is_missed_who_was_not_expected(world, visit, days):
    on = TODAY + timedelta(days=days)  # before they came; before the window; after it
    with pytest.raises(actions.CannotRecord) as refusal:
        miss(visit, world.nurse, on)
    assert refusal.value.field == "missed_on"
    assert not MissedAppointment.objects.exists()


def test_outside_the_window_an_appointment_is_missed(world, journey):
    contact = book(journey.contacts.get(step="H-02"), world.nurse, TODAY)
    assert miss(contact, world.nurse).booked_time == time(10)


def test_a_wrong_absence_is_taken_back_and_the_ladder_counts_anew(world, visit):
    first = miss(visit, world.nurse, TODAY - timedelta(days=2))
    second = miss(visit, world.nurse, TODAY - timedelta(days=1))
    assert asked_for(visit) == ["Make a new appointment", "Call the family"]
    with pytest.raises(Refused):
        actions.take_back_absence(missed=first, reason=" ", by=world.nurse, at=AT)
    taken = actions.take_back_absence(missed=first, reason="Feil familie", by=world.colleague, at=AT)
    assert (taken.withdrawn_at, taken.withdrawn_by_id) == (AT, world.colleague.staff_id)
    assert taken.withdrawn_reason == "Feil familie"
    assert asked_for(visit) == ["Make a new appointment"]  # the second is the first now
    (task,) = Task.objects.open().filter(source="absence")
    assert task.facts["missed_on"] == str(second.missed_on)
    assert queries.missed_of(visit) == [second]
    assert queries.withdrawn_of(visit) == [first]
    with pytest.raises(Refused):
        actions.take_back_absence(missed=first, reason="Igjen", by=world.nurse, at=AT)
    with pytest.raises(Refused):
        actions.answer_absence(missed=first, answer="Ringt", by=world.nurse, at=AT)
    with pytest.raises(NotYours):
        actions.take_back_absence(missed=second, reason="Feil", by=world.nurse_south, at=AT)
    assert miss(visit, world.nurse, first.missed_on).pk  # the same day can be written anew
    assert AuditEvent.objects.filter(type="pathways.contact.absence_withdrawn").count() == 1
    assert list(actions.rebuild(check=True, at=AT)) == []


def test_the_database_keeps_one_absence_a_day(world, visit):
    row = miss(visit, world.nurse)
    with pytest.raises(Refused):
        miss(visit, world.nurse)
    with pytest.raises(IntegrityError), transaction.atomic():
        MissedAppointment.objects.create(
            contact=visit, missed_on=row.missed_on, recorded_at=AT, recorded_by=world.staff["nurse"]
        )


def test_taking_back_a_wrong_record_brings_the_ladder_back(world, visit):
    for days in (-2, -1):
        miss(visit, world.nurse, TODAY + timedelta(days=days))
    before = asked_for(visit)
    assert before == ["Make a new appointment", "Call the family"]
    held = record(again(visit), world.nurse)
    assert asked_for(visit) == []
    done = Task.objects.filter(source="absence", done_on=TODAY, done_by=world.staff["nurse"])
    assert done.count() == 2
    actions.reopen_contact(contact=held, version=held.version, reason="Feil barn", by=world.nurse, at=AT)
    assert asked_for(visit) == before
    assert list(actions.rebuild(check=True, at=AT)) == []


def test_an_answer_in_words_stands_when_the_record_is_taken_back(world, visit):
    miss(visit, world.nurse, TODAY - timedelta(days=2))
    second = miss(visit, world.nurse, TODAY - timedelta(days=1))
    actions.answer_absence(missed=second, answer="Syk, ny time avtalt", by=world.nurse, at=AT)
    held = record(again(visit), world.nurse)
    actions.reopen_contact(contact=held, version=held.version, reason="Feil barn", by=world.nurse, at=AT)
    assert asked_for(visit) == ["Make a new appointment"]
