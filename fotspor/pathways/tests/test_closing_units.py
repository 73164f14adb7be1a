"""A unit with a closing date takes nothing that lies after it, and what it holds keeps it from closing."""

from datetime import timedelta

import pytest

from fotspor.access.models import AuditEvent, CareRelation
from fotspor.instruments import actions as instruments
from fotspor.instruments.tests.world import answers
from fotspor.kit.errors import Refused
from fotspor.pathways import actions
from fotspor.pathways.actions.batons import NotAHolder, UnitCloses
from fotspor.pathways.actions.stops import StopCloses
from fotspor.pathways.actions.units import HasAppointments, HoldsBatons
from fotspor.pathways.models import Baton, Contact, Handover
from fotspor.pathways.queries.batons import list_keeper
from fotspor.pathways.tests.world import AT, TODAY, noon
from fotspor.people import actions as people
from fotspor.services import actions as services
from fotspor.services.models import District, Unit
from fotspor.worklist.actions import type_task
from fotspor.worklist.models import Task

SOON, LATER = TODAY + timedelta(days=10), TODAY + timedelta(days=20)


@pytest.fixture
def town(world):
    world.add_staff("admin", "office", "administrator")
    world.add_staff("second", "office", "administrator")
    west = District.objects.create(code="V", name="Vest")
    world.add_unit("spare", "health_station", "health", west, serves=False)
    world.add_staff("spare_nurse", "spare", "nurse")
    return world


def close(world, key, until_on=SOON):
    unit = Unit.objects.get(pk=world.units[key].pk)
    return services.close_unit(unit=unit, version=unit.version, until_on=until_on, by=world.admin, at=AT)


def holder(journey):
    return Baton.objects.get(journey=journey, until_at=None).unit


def hand(world, journey, to):
    return actions.hand_over(
        journey=journey, to_unit_id=world.units[to].pk, reason="Flytter", summary="", by=world.nurse, at=AT
    )


def closed(world, key, until_on=SOON):
    Unit.objects.filter(pk=world.units[key].pk).update(until_on=until_on)


# --- batons ----------------------------------------------------------------------------------------------


def test_a_unit_that_is_to_close_takes_no_baton(town):
    close(town, "spare")
    journey = town.child()
    with pytest.raises(UnitCloses) as refused:
        hand(town, journey, "spare")
    assert "4. d" in str(refused.value)
    assert not Handover.objects.exists()
    assert not AuditEvent.objects.filter(type="pathways.handover.sent").exists()
    closed(town, "spare", TODAY)
    with pytest.raises(NotAHolder):
        hand(town, journey, "spare")


def test_what_was_sent_before_is_not_taken_over_after_that(town):
    handover = hand(town, town.child(), "spare")
    closed(town, "spare")
    with pytest.raises(UnitCloses):
        actions.accept_handover(handover=handover, by=town.spare_nurse, at=AT)
    assert holder(handover.journey) == town.units["centre"]


def test_the_address_rule_passes_by_a_unit_that_is_to_close(town):
    Unit.objects.get(pk=town.units["spare"].pk).serves.add(town.north)
    closed(town, "centre")
    assert holder(town.child()) == town.units["spare"]
    closed(town, "spare")
    assert holder(town.child()) is None  # on the list of a named leader, never with a unit that goes away
    assert Task.objects.open().filter(source="unassigned").exists()


def test_a_birth_is_recorded_although_the_midwives_are_to_close(town):
    journey = town.pregnancy(due_on=TODAY)
    closed(town, "midwives")
    first, second = town.birth(journey, born_on=TODAY, children=2)
    assert holder(first) == town.units["midwives"]  # who held it holds it until somebody takes over
    assert holder(second) == town.units["centre"]
    assert Handover.objects.get(journey=first).to_unit == town.units["centre"]


def test_a_midwife_whose_unit_closes_is_told_so(town):
    closed(town, "midwives")
    with pytest.raises(UnitCloses):
        town.pregnancy()


def test_the_unassigned_list_is_kept_where_somebody_stays(town):
    assert list_keeper(on=TODAY).unit_id == town.units["office"].pk
    closed(town, "office")
    assert list_keeper(on=TODAY).unit_id == town.units["centre"].pk


# --- bookings and tasks ------------------------------------------------------------------------------------


def book(world, contact, on, place=""):
    contact.refresh_from_db()
    values = {"on": on, "time": None, "place": place, "confirmed": True, "by": world.nurse, "at": AT}
    return actions.book_contact(contact=contact, version=contact.version, **values)


def test_nothing_is_booked_on_or_after_the_closing_date(town):
    contact = town.child().contacts.expected().order_by("due_on").first()
    closed(town, "centre")
    for on in (SOON, LATER):
        with pytest.raises(actions.UnitClosed):
            book(town, contact, on)
    assert not AuditEvent.objects.filter(type="pathways.contact.booked").exists()
    assert book(town, contact, SOON - timedelta(days=1)).booked_on == SOON - timedelta(days=1)


def test_nor_in_a_kindergarten_that_is_closed_then(town):
    contact = town.child().contacts.expected().order_by("due_on").first()
    closed(town, "kindergarten")
    with pytest.raises(actions.UnitClosed):
        book(town, contact, SOON, "Kindergarten nord")
    assert book(town, contact, SOON - timedelta(days=1), "Kindergarten nord").place


def test_no_group_is_planned_then(town):
    contacts = list(town.child().contacts.expected()[:1])
    closed(town, "centre")
    values = {"title": "Gruppe", "starts_at": noon(TODAY).time(), "place": "", "leader_id": None, "confirmed": True}
    with pytest.raises(actions.UnitClosed):
        actions.plan_group(held_on=SOON, contacts=contacts, by=town.nurse, at=AT, **values)


def test_no_task_is_written_and_no_stop_added_for_a_day_after_it(town):
    ward = town.add_unit("ward", "maternity_ward", "specialist", town.north, serves=False, signs_in=False)
    journey = town.child()
    closed(town, "centre")
    closed(town, "ward")
    written = {"kind": "call", "note": "", "person": journey.child, "by": town.nurse, "at": AT}
    with pytest.raises(Refused):
        type_task(due_on=SOON, **written)
    assert type_task(due_on=SOON - timedelta(days=1), **written)
    stop = {"journey": journey, "unit_id": ward.pk, "reason": "Kontroll", "from_on": TODAY, "by": town.nurse, "at": AT}
    with pytest.raises(StopCloses):
        actions.add_stop(due_on=SOON, **stop)
    assert actions.add_stop(due_on=SOON - timedelta(days=1), **stop)


def test_what_a_result_demands_later_goes_to_the_unit_that_holds_the_baton(town):
    (journey,) = town.birth()
    handover = Handover.objects.get(journey=journey)
    actions.accept_handover(handover=handover, by=town.nurse, at=AT)
    closed(town, "midwives", TODAY + timedelta(days=3))
    response = instruments.save_draft(
        subject=journey.pregnancy.mother, informant_kind="mother", instrument="epds", answers=answers(14),
        answered_on=TODAY, journey=journey, by=town.midwife, at=AT,
    )  # fmt: skip
    instruments.sign(response=response, version=response.version, by=town.midwife, at=AT)
    units = {t.ref.rsplit(":", 1)[-1]: t.unit for t in Task.objects.open().filter(source="routine", for_leader=False)}
    assert units["support"] == town.units["centre"]
    assert units["talk"] == town.units["midwives"]  # the same day


# --- closing ---------------------------------------------------------------------------------------------


def test_a_unit_that_holds_batons_does_not_close(town):
    town.child()
    Task.objects.open().update(unit=None)  # so that it is the baton that stops it
    with pytest.raises(HoldsBatons):
        close(town, "centre", LATER)
    assert Unit.objects.get(pk=town.units["centre"].pk).until_on is None
    assert not AuditEvent.objects.filter(type="services.unit.closed").exists()


def test_a_unit_with_appointments_after_the_day_does_not_close(town):
    journey = town.child()
    contact = journey.contacts.expected().order_by("due_on").first()
    Contact.objects.filter(pk=contact.pk).update(unit=town.units["spare"], booked_on=SOON)
    with pytest.raises(HasAppointments):
        close(town, "spare")
    close(town, "spare", SOON + timedelta(days=1))


def test_a_kindergarten_closes_and_its_places_end_that_day(town):
    journey, later = town.child(born_on=TODAY - timedelta(days=700)), town.child(born_on=TODAY - timedelta(days=600))
    kindergarten = town.units["kindergarten"]
    for each, from_on in ((journey, TODAY), (later, LATER)):
        actions.enrol_in_kindergarten(journey=each, unit=kindergarten, from_on=from_on, by=town.nurse, at=AT)
    contact = journey.contacts.expected().order_by("due_on").first()
    book(town, contact, LATER, kindergarten.name)
    close(town, "kindergarten")
    places = CareRelation.objects.filter(basis="enrolled").order_by("from_on")
    assert [(place.from_on, place.until_on) for place in places] == [(TODAY, SOON), (LATER, LATER)]
    assert Task.objects.open().get(source="plan").subject_key == contact.key
    assert AuditEvent.objects.filter(type="pathways.kindergarten.ended").count() == 2
    kindergarten.refresh_from_db()
    newcomer = town.child(born_on=TODAY - timedelta(days=500))
    place = actions.enrol_in_kindergarten(journey=newcomer, unit=kindergarten, from_on=TODAY, by=town.nurse, at=AT)
    assert place.until_on == SOON
    with pytest.raises(actions.CannotEnrol):
        actions.enrol_in_kindergarten(journey=town.child(), unit=kindergarten, from_on=SOON, by=town.nurse, at=AT)


def test_a_loss_after_that_still_calls_for_the_call(town):
    journey = town.pregnancy(at=noon(TODAY - timedelta(days=9)))
    closed(town, "midwives")
    people.record_loss(journey=journey, outcome="loss", ended_on=TODAY, by=town.midwife, at=AT)
    assert Task.objects.open().get(source="loss").unit == town.units["midwives"]
