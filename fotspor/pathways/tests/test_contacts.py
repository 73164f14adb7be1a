"""Booking, recording, missing, correcting: one test for each way out, each with its line in the log."""

from datetime import time, timedelta

import pytest

from fotspor.access.models import AuditEvent
from fotspor.instruments import queries as instruments
from fotspor.kit.errors import Refused, Stale
from fotspor.pathways import actions
from fotspor.pathways.models import Contact, Correction
from fotspor.pathways.queries import contacts as queries
from fotspor.pathways.rules.appointments import Concern, Trouble
from fotspor.pathways.tests.world import AT, TODAY, noon
from fotspor.services.models import Absence
from fotspor.worklist.models import Task

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def visit(world):
    """A home visit whose window is open from four days ago until five days ahead; the journey is a week old."""
    return newborn(world)


def newborn(world):
    journey = world.child(born_on=TODAY - timedelta(days=9), at=noon(TODAY - timedelta(days=7)))
    return journey.contacts.get(step="H-01")


def book(visit, world, **values):
    chosen = {"on": TOMORROW, "time": time(10), "place": "Rom 2", "staff_id": world.nurse.staff_id} | values
    return actions.book_contact(contact=visit, version=visit.version, by=world.nurse, at=AT, **chosen)


def record(visit, world, at=AT, **values):
    chosen = {"outcome": "held", "outcome_on": TODAY} | values
    return actions.record_contact(contact=visit, version=visit.version, by=world.nurse, at=at, **chosen)


def task_of(visit):
    return Task.objects.get(ref=f"contact:{visit.key}", ended_on=None)


def logged(kind, visit):
    return AuditEvent.objects.filter(type=f"pathways.contact.{kind}", object=f"pathways.contact:{visit.key}").count()


# --- booking ---------------------------------------------------------------------------------------------


def test_a_booking_shows_in_the_task_and_in_the_log(visit, world):
    booked = book(visit, world)
    task = task_of(visit)
    assert (task.booked_on, task.booked_time, task.staff_id) == (TOMORROW, time(10), world.nurse.staff_id)
    assert (booked.booked_by_id, booked.place) == (world.nurse.staff_id, "Rom 2")
    assert logged("booked", visit) == 1


def test_moving_and_cancelling_an_appointment_keeps_the_contact_expected(visit, world):
    booked = book(visit, world)
    moved = actions.move_booking(
        contact=booked, version=booked.version, on=TOMORROW, time=time(12), staff_id=None, by=world.nurse, at=AT
    )
    assert logged("moved", visit) == 1
    freed = actions.cancel_booking(contact=moved, version=moved.version, by=world.nurse, at=AT)
    assert (freed.booked_on, freed.booked_by_id, freed.place) == (None, None, "")
    assert task_of(visit).booked_on is None
    assert logged("booking_cancelled", visit) == 1
    with pytest.raises(actions.NotExpected):
        actions.cancel_booking(contact=freed, version=freed.version, by=world.nurse, at=AT)


def test_a_double_booking_warns_and_needs_a_yes(visit, world):
    book(visit, world)
    other = newborn(world)
    with pytest.raises(actions.NeedsConfirmation) as refusal:
        book(other, world, time=time(10, 15))
    assert refusal.value.concerns == (Concern.STAFF_BUSY, Concern.PLACE_BUSY)
    other.refresh_from_db()
    assert other.booked_on is None
    assert logged("booked", other) == 0
    assert book(other, world, time=time(10, 15), confirmed=True).booked_on == TOMORROW
    assert AuditEvent.objects.get(type="pathways.contact.booked", object=f"pathways.contact:{other.key}").facts[
        "despite"
    ]


def test_moving_an_appointment_does_not_collide_with_itself(visit, world):
    booked = book(visit, world)
    assert book(booked, world, time=time(10, 10)).booked_time == time(10, 10)


def test_a_day_outside_the_window_or_a_day_off_needs_a_yes(visit, world):
    saturday = TODAY + timedelta(days=4)
    with pytest.raises(actions.NeedsConfirmation) as refusal:
        book(visit, world, on=saturday)
    assert refusal.value.concerns == (Concern.DAY_OFF,)
    with pytest.raises(actions.NeedsConfirmation) as refusal:
        book(visit, world, on=visit.closes_on + timedelta(days=1))
    assert refusal.value.concerns == (Concern.AFTER_WINDOW,)


def test_a_colleague_who_is_away_is_named_before_booking(visit, world):
    Absence.objects.create(
        staff=world.staff["nurse"], substitute=world.staff["colleague"], from_on=TODAY,
        until_on=TODAY + timedelta(days=9), recorded_at=AT, recorded_by=world.staff["nurse"],
    )  # fmt: skip
    with pytest.raises(actions.NeedsConfirmation) as refusal:
        book(visit, world)
    assert refusal.value.concerns == (Concern.STAFF_AWAY,)


def test_the_past_cannot_be_booked_and_only_some_roles_may(visit, world):
    with pytest.raises(Refused, match=r".*"):
        book(visit, world, on=TODAY - timedelta(days=1))
    with pytest.raises(actions.NotAllowed):
        actions.book_contact(contact=visit, version=visit.version, on=TOMORROW, time=None, by=world.leader, at=AT)
    assert task_of(visit).booked_on is None


def test_the_second_writer_is_told(visit, world):
    book(visit, world)
    with pytest.raises(Stale):
        book(visit, world)  # `visit` is as it was before


# --- outcome ---------------------------------------------------------------------------------------------


def test_held_closes_the_task_with_its_true_day_and_who(visit, world):
    held = record(visit, world, outcome_on=TODAY - timedelta(days=1), note="Snakket om søvn")
    task = task_of(visit)
    assert (task.done_on, task.done_by_id) == (TODAY - timedelta(days=1), world.nurse.staff_id)
    assert (held.outcome, held.note, held.recorded_by_id) == ("held", "Snakket om søvn", world.nurse.staff_id)
    assert logged("recorded", visit) == 1
    event = AuditEvent.objects.get(type="pathways.contact.recorded")
    assert "søvn" not in str(event.facts)


@pytest.mark.parametrize("outcome", ["declined", "moved", "not_needed"])
def test_other_outcomes_need_a_reason(visit, world, outcome):
    with pytest.raises(actions.CannotRecord) as refusal:
        record(visit, world, outcome=outcome)
    assert refusal.value.troubles == (Trouble.NEEDS_REASON,)
    assert record(visit, world, outcome=outcome, reason="Etter avtale").outcome == outcome
    assert task_of(visit).done_on == TODAY


def test_late_is_possible_with_the_true_day_and_a_reason(visit, world):
    late = noon(visit.closes_on + timedelta(days=2))
    on = visit.closes_on + timedelta(days=1)
    with pytest.raises(actions.CannotRecord) as refusal:
        record(visit, world, at=late, outcome_on=on)
    assert refusal.value.troubles == (Trouble.NEEDS_LATE_REASON,)
    held = record(visit, world, at=late, outcome_on=on, late_reason="Familien var bortreist")
    assert (held.outcome_on, held.late_reason) == (on, "Familien var bortreist")


def test_however_late_it_is_held_it_can_be_recorded_with_its_true_day(world):
    journey = world.pregnancy(due_on=TODAY + timedelta(days=280 - 80), at=AT)  # 11 weeks and 3 days
    scan = journey.contacts.get(step="P-US1")
    on = TODAY + timedelta(days=40)  # past the day until which it may be late
    values = {"outcome": "held", "outcome_on": on, "by": world.midwife, "at": noon(on)}
    with pytest.raises(actions.CannotRecord) as refusal:
        actions.record_contact(contact=scan, version=scan.version, **values)
    assert refusal.value.troubles == (Trouble.NEEDS_LATE_REASON,)
    assert refusal.value.field == "late_reason"
    held = actions.record_contact(contact=scan, version=scan.version, late_reason="Kom sent", **values)
    assert (held.outcome, held.outcome_on, held.late_reason) == ("held", on, "Kom sent")


def test_the_future_and_the_time_before_birth_are_refused(visit, world):
    for on, trouble in (
        (TOMORROW, Trouble.FUTURE),
        (visit.journey.child.born_on - timedelta(days=1), Trouble.BEFORE_BIRTH),
    ):
        with pytest.raises(actions.CannotRecord) as refusal:
            record(visit, world, outcome_on=on)
        assert trouble in refusal.value.troubles


def test_closing_waits_for_what_a_form_demands_and_says_what(visit, world, monkeypatch):
    monkeypatch.setattr(instruments, "may_close", lambda contact_id: ["The safety conversation has no outcome."])
    with pytest.raises(actions.MustBeAnswered) as refusal:
        record(visit, world)
    assert refusal.value.reasons == ["The safety conversation has no outcome."]
    visit.refresh_from_db()
    assert visit.outcome == ""
    assert task_of(visit).done_on is None


def test_a_recorded_contact_is_not_recorded_again(visit, world):
    held = record(visit, world)
    with pytest.raises(actions.NotExpected):
        record(held, world)
    with pytest.raises(actions.NotExpected):
        book(held, world)


def test_a_wrong_record_is_taken_back_with_a_reason_and_kept(visit, world):
    held = record(visit, world, note="Feil barn")
    with pytest.raises(Refused):
        actions.reopen_contact(contact=held, version=held.version, reason=" ", by=world.nurse, at=AT)
    again = actions.reopen_contact(contact=held, version=held.version, reason="Feil barn", by=world.colleague, at=AT)
    assert (again.outcome, again.outcome_on, again.recorded_at) == ("", None, None)
    kept = Correction.objects.get(contact=visit)
    assert (kept.outcome, kept.outcome_on, kept.note, kept.reason) == ("held", TODAY, "Feil barn", "Feil barn")
    assert (kept.was_recorded_by, kept.corrected_by) == (world.staff["nurse"], world.staff["colleague"])
    assert Task.objects.open().filter(ref=f"contact:{visit.key}").count() == 1
    assert logged("reopened", visit) == 1
    with pytest.raises(actions.NotExpected):
        actions.reopen_contact(contact=again, version=again.version, reason="Igjen", by=world.nurse, at=AT)


# --- outside the plan, and groups ------------------------------------------------------------------------


def add(journey, world, **values):
    days = {"opens_on": TODAY, "due_on": TODAY, "closes_on": TOMORROW} | values
    return actions.add_contact(journey=journey, kind="support", by=world.nurse, at=AT, **days)


def test_a_contact_outside_the_plan_is_expected_too(visit, world):
    extra = add(visit.journey, world)
    assert (extra.enrolment, extra.step, extra.unit) == (None, "", world.units["centre"])
    assert task_of(extra).title == "Support conversation"
    assert logged("added", extra) == 1
    for wrong in ({"opens_on": TOMORROW}, {"opens_on": TODAY, "due_on": TODAY, "closes_on": TODAY - timedelta(days=1)}):
        with pytest.raises(Refused):
            add(visit.journey, world, **wrong)


def test_nothing_is_added_to_a_closed_journey(visit, world):
    from fotspor.people import actions as people

    people.record_death(person=visit.journey.child, died_on=TODAY, by=world.nurse, at=AT)
    visit.journey.refresh_from_db()
    with pytest.raises(actions.NotExpected):
        add(visit.journey, world)


def group(world, contacts, **values):
    chosen = {
        "title": "Firemånedersgruppe", "held_on": TOMORROW, "starts_at": time(10), "place": "Salen",
        "leader_id": world.nurse.staff_id,
    }  # fmt: skip
    return actions.plan_group(contacts=contacts, by=world.nurse, at=AT, **chosen | values)


def four_weeks(world):
    return world.child(born_on=TODAY - timedelta(days=27)).contacts.get(step="H-02")


def test_a_group_books_every_family_and_records_who_came(world):
    families = [four_weeks(world) for _ in range(3)]
    planned = group(world, families)
    assert Contact.objects.filter(group=planned, booked_on=TOMORROW).count() == 3
    assert len(queries.group_contacts(viewer=world.nurse, group=planned, at=AT)) == 3
    came = {families[0].key: True, families[1].key: False}
    actions.record_attendance(
        group=planned, came=came, reasons={families[1].key: "Syk"}, by=world.nurse, at=noon(TOMORROW)
    )
    for family in families:
        family.refresh_from_db()
    assert [family.outcome for family in families] == ["held", "", ""]
    assert [missed.reason for missed in families[1].missed.all()] == ["Syk"]
    assert families[2].booked_on == TOMORROW
    assert AuditEvent.objects.filter(type="pathways.group.planned").count() == 1


def test_one_more_family_joins_and_another_unit_cannot(world):
    planned = group(world, [four_weeks(world)])
    late = four_weeks(world)
    actions.join_group(group=planned, contact=late, by=world.nurse, at=AT)
    assert planned.contacts.count() == 2
    assert AuditEvent.objects.filter(type="pathways.group.joined").count() == 1
    with pytest.raises(actions.NotAllowed):
        actions.join_group(group=planned, contact=late, by=world.nurse_south, at=AT)
    with pytest.raises(actions.NotAllowed):
        actions.record_attendance(group=planned, came={late.key: True}, by=world.nurse_south, at=AT)


def test_a_group_is_refused_without_families_in_the_past_or_in_a_taken_room(world):
    family = four_weeks(world)
    with pytest.raises(Refused):
        group(world, [])
    with pytest.raises(Refused):
        group(world, [family], held_on=TODAY - timedelta(days=1))
    with pytest.raises(actions.NotAllowed):
        actions.plan_group(
            title="x", held_on=TOMORROW, starts_at=time(10), place="", leader_id=None, contacts=[family],
            by=world.leader, at=AT,
        )  # fmt: skip
    group(world, [family])
    with pytest.raises(actions.NeedsConfirmation):
        group(world, [four_weeks(world)])


def test_candidates_are_those_whose_contact_may_be_held_in_a_group(world):
    family = four_weeks(world)
    found = queries.group_candidates(viewer=world.nurse, today=TODAY, at=AT)
    assert [contact.key for contact in found] == [family.key]
    assert queries.group_candidates(viewer=world.nurse_south, today=TODAY, at=AT) == []


# --- calendar --------------------------------------------------------------------------------------------


def test_the_calendar_shows_the_units_and_ones_own_appointments(visit, world):
    book(visit, world)
    other = newborn(world)
    book(other, world, staff_id=world.colleague.staff_id, place="Rom 3", time=time(9))
    week = {"from_on": TODAY, "until_on": TODAY + timedelta(days=7), "at": AT}
    days = queries.appointments(viewer=world.nurse, only_mine=False, **week)
    assert [[c.key for c in day.contacts] for day in days][1] == [other.key, visit.key]
    mine = queries.appointments(viewer=world.nurse, only_mine=True, **week)
    assert [c.key for day in mine for c in day.contacts] == [visit.key]
    assert not any(day.contacts for day in queries.appointments(viewer=world.nurse_south, only_mine=False, **week))
    assert queries.booked_today(viewer=world.nurse, today=TOMORROW, at=AT) == [visit]
