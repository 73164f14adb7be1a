"""Who holds a baton that nobody sent, the unassigned list, stops, and what each role sees of it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from fotspor.access.models import AuditEvent
from fotspor.access.queries import NotVisible
from fotspor.access.rules import SYSTEM
from fotspor.pathways import actions
from fotspor.pathways.actions import batons as errors
from fotspor.pathways.actions import stops as stop_errors
from fotspor.pathways.actions.ahead import TooFarAhead
from fotspor.pathways.actions.sayings import SaysAScore, TellsOfAForm
from fotspor.pathways.models import Baton, Handover, Stop
from fotspor.pathways.queries import batons as queries
from fotspor.pathways.tests.world import AT, TODAY, is_the_same, protect
from fotspor.people import actions as people
from fotspor.services.models import District, Unit
from fotspor.worklist.models import Task

LATER = AT + timedelta(hours=2)


def holder(journey):
    return Baton.objects.get(journey=journey, until_at=None)


@pytest.fixture
def nowhere(world):
    """A district that no health centre serves."""
    return District.objects.create(code="X", name="Øde")


def test_registering_a_pregnancy_gives_the_midwife_the_baton(world):
    journey = world.pregnancy()
    baton = holder(journey)
    assert (baton.unit, baton.staff, baton.confirmed_at) == (world.units["midwives"], world.staff["midwife"], AT)


def test_two_open_batons_are_refused_by_the_database(world):
    journey = world.pregnancy()
    with pytest.raises(IntegrityError), transaction.atomic():
        Baton.objects.create(journey=journey, unit=world.units["centre"], since_at=AT)


def test_a_baton_is_opened_once(world):
    journey = world.pregnancy()
    with pytest.raises(errors.HasHolder):
        actions.open_baton(journey=journey, unit_id=world.units["centre"].pk, confirmed=True, by=world.midwife, at=AT)


def test_one_opened_by_the_register_waits_to_be_confirmed(world):
    journey = world.child(born_on=TODAY - timedelta(days=200))
    baton = holder(journey)
    assert (baton.unit, baton.confirmed_at) == (world.units["centre"], None)
    task = Task.objects.open().get(source="baton", ref=f"baton:{journey.key}")
    assert (task.unit, task.person) == (world.units["centre"], journey.child)
    actions.confirm_baton(journey=journey, by=world.colleague, at=LATER)
    baton.refresh_from_db()
    assert (baton.confirmed_at, baton.staff) == (LATER, world.staff["colleague"])
    task.refresh_from_db()
    assert task.done_on == TODAY
    assert AuditEvent.objects.filter(type="pathways.baton.confirmed").count() == 1
    with pytest.raises(errors.AlreadyConfirmed):
        actions.confirm_baton(journey=journey, by=world.nurse, at=LATER)


def test_only_the_unit_confirms(world):
    journey = world.child()
    with pytest.raises(errors.NotYours):
        actions.confirm_baton(journey=journey, by=world.midwife, at=LATER)


def test_without_a_unit_for_the_address_it_stands_on_the_named_leaders_list(world, nowhere):
    journey = world.child(district=nowhere)
    assert holder(journey).unit is None
    task = Task.objects.open().get(source="unassigned")
    assert (task.unit, task.staff, task.for_leader) == (world.units["office"], world.staff["chief"], True)
    assert [row.key for row in queries.unassigned(viewer=world.chief, on=TODAY)] == [journey.key]
    assert queries.unassigned(viewer=world.leader, on=TODAY) == []
    assert queries.unassigned(viewer=world.nurse, on=TODAY) == []


def test_the_leader_of_the_list_chooses_a_unit(world, nowhere):
    journey = world.child(district=nowhere)
    with pytest.raises(NotVisible):
        actions.assign_unassigned(journey=journey, unit_id=world.units["centre"].pk, by=world.leader, at=LATER)
    with pytest.raises(errors.NotAHolder):
        actions.assign_unassigned(journey=journey, unit_id=world.units["kindergarten"].pk, by=world.chief, at=LATER)
    actions.assign_unassigned(journey=journey, unit_id=world.units["centre_south"].pk, by=world.chief, at=LATER)
    baton = holder(journey)
    assert (baton.unit, baton.confirmed_at) == (world.units["centre_south"], None)
    assert not Task.objects.open().filter(source="unassigned").exists()
    assert Task.objects.open().get(source="baton").unit == world.units["centre_south"]
    with pytest.raises(errors.HasHolder):
        actions.assign_unassigned(journey=journey, unit_id=world.units["centre"].pk, by=world.chief, at=LATER)


def test_without_an_administration_any_leader_keeps_the_list(world):
    world.staff["chief"].memberships.update(until_on=TODAY)
    assert queries.list_keeper(on=TODAY).staff_id == world.staff["leader"].pk


@pytest.fixture
def leaderless(world):
    for who in ("chief", "leader"):
        world.staff[who].memberships.update(until_on=TODAY)


def test_without_any_leader_the_administration_gets_the_task(world, nowhere, leaderless):
    journey = world.child(district=nowhere)
    assert holder(journey).unit is None
    task = Task.objects.open().get(source="unassigned")
    assert (task.unit, task.staff, task.for_leader) == (world.units["office"], None, True)
    assert not AuditEvent.objects.filter(type="pathways.baton.unkept").exists()
    world.add_staff("newleader", "office", "unit_leader")
    assert [row.key for row in queries.unassigned(viewer=world.newleader, on=TODAY)] == [journey.key]
    actions.assign_unassigned(journey=journey, unit_id=world.units["centre"].pk, by=world.newleader, at=LATER)
    assert not Task.objects.open().filter(source="unassigned").exists()


def test_without_leader_and_administration_the_baton_is_kept_and_logged(world, nowhere, leaderless):
    Unit.objects.filter(kind="administration").update(until_on=TODAY)
    journey = world.child(district=nowhere)
    assert holder(journey).unit is None
    assert not Task.objects.filter(source="unassigned").exists()
    assert AuditEvent.objects.filter(type="pathways.baton.unkept", person=journey.child.key).count() == 1
    assert queries.list_keeper(on=TODAY) is None
    assert queries.unassigned(viewer=world.nurse, on=TODAY) == []
    with pytest.raises(NotVisible):
        actions.assign_unassigned(journey=journey, unit_id=world.units["centre"].pk, by=world.nurse, at=LATER)
    world.add_staff("newleader", "centre", "unit_leader")
    assert [row.key for row in queries.unassigned(viewer=world.newleader, on=TODAY)] == [journey.key]


# --- stops -----------------------------------------------------------------------------------------------


@pytest.fixture
def ward(world):
    return world.add_unit("ward", "maternity_ward", "specialist", world.north, serves=False, signs_in=False)


def add(world, journey, unit, **details):
    values = {"reason": "Fødsel", "from_on": TODAY, "due_on": TODAY + timedelta(days=3), "by": world.midwife, "at": AT}
    return actions.add_stop(journey=journey, unit_id=unit.pk, **values | details)


def test_a_stop_has_its_own_due_date_while_the_sender_holds_the_baton(world, ward):
    journey = world.pregnancy()
    stop = add(world, journey, ward)
    assert holder(journey).unit == world.units["midwives"]
    task = Task.objects.open().get(source="stop")
    assert (task.unit, task.closes_on) == (world.units["midwives"], TODAY + timedelta(days=3))
    actions.finish_stop(stop=stop, outcome="Hjemme", done_on=TODAY, by=world.midwife, at=LATER)
    task.refresh_from_db()
    assert task.done_on == TODAY
    kinds = set(AuditEvent.objects.filter(type__startswith="pathways.stop").values_list("type", flat=True))
    assert kinds == {"pathways.stop.added", "pathways.stop.finished"}


def test_an_open_stop_follows_the_baton(world, ward):
    journey = world.pregnancy()
    add(world, journey, ward)
    handover = actions.hand_over(
        journey=journey,
        to_unit_id=world.units["midwives_south"].pk,
        reason="Flyttet",
        summary="",
        by=world.midwife,
        at=AT,
    )
    actions.accept_handover(handover=handover, by=world.midwife_south, at=LATER)
    assert Task.objects.open().get(source="stop").unit == world.units["midwives_south"]


def test_a_stop_is_asked_after_again_when_the_family_moves_back(world, ward):
    journey = world.child()
    add(world, journey, ward, by=world.nurse)
    gone = people.Home("Utveien 1", "7999", "Utvik")
    people.record_move(person=journey.child, home=gone, moved_on=TODAY, outside=True, by=world.nurse, at=LATER)
    assert not Task.objects.open().filter(source="stop").exists()
    journey.child.refresh_from_db()
    home = people.Home("Prøvevegen 1", "7000", "Prøvestad", world.north)
    people.record_move(person=journey.child, home=home, moved_on=TODAY, by=SYSTEM, at=LATER)
    assert Task.objects.open().get(source="stop").unit == world.units["centre"]


def test_a_stop_is_asked_after_by_the_unit_that_the_leader_chose(world, ward):
    journey = world.child()
    add(world, journey, ward, by=world.nurse)
    gone = people.Home("Utveien 1", "7999", "Utvik")
    people.record_move(person=journey.child, home=gone, moved_on=TODAY, outside=True, by=world.nurse, at=LATER)
    journey.child.refresh_from_db()
    people.record_move(person=journey.child, home=people.Home("Nyveien 1"), moved_on=TODAY, by=SYSTEM, at=LATER)
    assert not Task.objects.open().filter(source="stop").exists()
    actions.assign_unassigned(journey=journey, unit_id=world.units["centre_south"].pk, by=world.chief, at=LATER)
    assert Task.objects.open().get(source="stop").unit == world.units["centre_south"]


def test_a_stop_is_asked_after_within_a_year(world, ward):
    journey = world.pregnancy()
    for field, day in (("due_on", TODAY.replace(year=2066)), ("from_on", TODAY.replace(year=2065))):
        with pytest.raises(TooFarAhead) as refused:
            add(world, journey, ward, **{"due_on": TODAY.replace(year=2066), field: day})
        assert "24. november 2027" in str(refused.value.message)
    assert add(world, journey, ward, due_on=TODAY.replace(year=TODAY.year + 1))


def test_what_a_stop_refuses(world, ward):
    journey = world.pregnancy()
    with pytest.raises(stop_errors.SignsIn):
        add(world, journey, world.units["centre"])
    with pytest.raises(stop_errors.EndsBeforeStart):
        add(world, journey, ward, due_on=TODAY - timedelta(days=1))
    with pytest.raises(SaysAScore):
        add(world, journey, ward, reason="EPDS 15")
    with pytest.raises(TellsOfAForm):
        add(world, journey, ward, reason="Angst")
    with pytest.raises(errors.NotYours):
        add(world, journey, ward, by=world.nurse)
    assert not Stop.objects.exists()
    stop = add(world, journey, ward)
    with pytest.raises(stop_errors.NotInTheFuture):
        actions.finish_stop(stop=stop, outcome="", done_on=TODAY + timedelta(days=1), by=world.midwife, at=LATER)
    actions.finish_stop(stop=stop, outcome="", done_on=TODAY, by=world.midwife, at=LATER)
    with pytest.raises(stop_errors.StopIsOver):
        actions.finish_stop(stop=stop, outcome="", done_on=TODAY, by=world.midwife, at=LATER)


# --- who sees what ---------------------------------------------------------------------------------------


def test_the_inbox_of_each_side(world):
    journey = world.birth()[0]
    handover = Handover.objects.get(journey=journey)
    assert [row.key for row in queries.received(viewer=world.nurse, at=LATER)] == [handover.key]
    assert queries.waiting_count(viewer=world.nurse, at=LATER) == 1
    assert [row.key for row in queries.sent(viewer=world.midwife, at=LATER, since=TODAY)] == [handover.key]
    assert queries.received(viewer=world.nurse_south, at=LATER) == []
    for who in ("educator", "officer"):
        assert queries.received(viewer=getattr(world, who), at=LATER) == []


def test_a_leader_sees_name_and_deadline_and_neither_reason_nor_summary(world):
    world.birth()
    (row,) = queries.received(viewer=world.leader, at=LATER)
    assert row.name
    assert not row.shows_text


def test_a_stranger_finds_no_handover(world):
    handover = Handover.objects.get(journey=world.birth()[0])
    assert queries.handover_by_key(viewer=world.nurse, key=handover.key, at=LATER).key == handover.key
    for who in ("nurse_south", "educator", "officer"):
        with pytest.raises(NotVisible):
            queries.handover_by_key(viewer=getattr(world, who), key=handover.key, at=LATER)


def test_a_protected_person_has_no_name_before_somebody_has_taken_over(world):
    journey = world.birth()[0]
    protect(journey.child, "confidential")
    (row,) = queries.received(viewer=world.nurse, at=LATER)
    assert not row.shows_name
    assert journey.pregnancy.mother.given_name not in row.name


def test_the_list_says_the_same_of_each_grade_and_not_that_there_is_one(world, browser):
    shown = []
    for grade in ("confidential", "strict"):
        journey = world.birth()[0]
        protect(journey.child, grade)
        handover = Handover.objects.get(journey=journey)
        html = browser.enter("nurse").get("pathways:batons").content.decode()
        row = html[html.index(handover.key) :].partition("</li>")[0]
        assert "Navn vises ikke" in row
        assert "Beskyttet" not in html
        assert world.units["midwives"].name not in row
        shown.append(row.replace(handover.key, ""))
    assert shown[0] == shown[1]


def test_the_inbox_asks_as_many_questions_whatever_its_length(world, django_assert_max_num_queries):
    for _ in range(2):
        world.birth()
    with django_assert_max_num_queries(4):
        assert len(queries.received(viewer=world.nurse, at=LATER)) == 2
    world.birth()
    with django_assert_max_num_queries(4):
        assert len(queries.received(viewer=world.nurse, at=LATER)) == 3


def test_own_family_is_answered_by_a_colleague(world):
    journey = world.birth()[0]
    mother = journey.pregnancy.mother
    is_the_same(mother, world.staff["nurse"])
    assert queries.received(viewer=world.nurse, at=LATER) == []
    assert queries.waiting_count(viewer=world.nurse, at=LATER) == 0
    assert len(queries.received(viewer=world.colleague, at=LATER)) == 1
