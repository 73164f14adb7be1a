"""The stored plan follows from the facts: created, moved, cancelled with a reason, never deleted."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import transaction

from fotspor.access.models import AuditEvent
from fotspor.access.rules import SYSTEM
from fotspor.kit.errors import Refused
from fotspor.kit.facts import Fact, Kind, announce
from fotspor.pathways import actions
from fotspor.pathways.models import Baton, Contact, Enrolment, Handover
from fotspor.pathways.queries import definitions
from fotspor.pathways.tests.world import AT, TODAY, noon
from fotspor.people import actions as people
from fotspor.people.actions import Home
from fotspor.people.models import Journey
from fotspor.worklist import actions as worklist
from fotspor.worklist.models import Task


def steps(journey, **filters):
    return list(journey.contacts.filter(cancelled_on=None, **filters).order_by("pk").values_list("step", flat=True))


def contact(journey, step):
    return journey.contacts.get(step=step, cancelled_on=None)


def open_tasks(journey, source="contact"):
    return Task.objects.open().filter(journey=journey, source=source)


def test_a_pregnancy_is_planned_with_its_windows_and_tasks(world):
    journey = world.pregnancy(due_on=TODAY + timedelta(days=84))  # week 28 today
    assert steps(journey) == ["P-1", "P-28", "P-32", "P-36", "P-38", "P-40", "P-41"]
    first = contact(journey, "P-1")
    assert (first.opens_on, first.closes_on, first.unit) == (TODAY, TODAY + timedelta(days=7), world.units["midwives"])
    assert {t.ref for t in open_tasks(journey)} == {f"contact:{c.key}" for c in journey.contacts.all()}
    assert Baton.objects.get(journey=journey, until_at=None).staff == world.staff["midwife"]
    assert AuditEvent.objects.filter(type="pathways.plan.changed", person=journey.subject.key).count() == 1


def test_a_new_mother_is_registered_in_the_same_transaction(world):
    mother = {"given_name": "Ny", "family_name": "Prøve", "born_on": date(1999, 1, 1), "sex": "female"}
    at = {"due_on": TODAY + timedelta(days=100), "due_source": "ultrasound", "by": world.midwife, "at": AT}
    journey = actions.open_journey(new_mother=mother, **at)
    assert journey.pregnancy.mother.given_name == "Ny"
    before = Journey.objects.count()
    with pytest.raises(people.BadDate):
        actions.open_journey(new_mother=mother, **at | {"due_on": TODAY + timedelta(days=900)})
    assert Journey.objects.count() == before
    assert not type(journey.pregnancy.mother).objects.filter(given_name="Ny").exclude(pk=journey.pregnancy.mother_id)


def test_planning_twice_changes_nothing(world):
    journey = world.pregnancy()
    before = list(Contact.objects.values()), list(Task.objects.values("ref", "opens_on", "derived_at"))
    events = AuditEvent.objects.count()
    actions.plan_journey(journey=journey, by=world.midwife, at=noon(TODAY + timedelta(days=30)))
    assert (list(Contact.objects.values()), list(Task.objects.values("ref", "opens_on", "derived_at"))) == before
    assert AuditEvent.objects.count() == events


def test_birth_continues_the_journey_and_offers_the_baton_to_the_health_centre(world):
    journey = world.pregnancy(due_on=TODAY, at=noon(TODAY - timedelta(days=100)))
    (born,) = world.birth(journey, born_on=TODAY - timedelta(days=6))
    assert born.pk == journey.pk
    assert steps(born, outcome="")[0] == "H-01"
    assert len(steps(born, outcome="")) == 15
    gone = born.contacts.filter(step__startswith="P-")
    assert set(gone.values_list("cancel_reason", flat=True)) == {"The child is born."}
    assert set(open_tasks(born).values_list("person", flat=True)) == {born.child_id}
    baton = Baton.objects.get(journey=born, until_at=None)
    assert baton.unit == world.units["midwives"]
    handover = Handover.objects.get(journey=born)
    assert handover.to_unit == world.units["centre"]
    # The sender holds it until it is taken over: the home visit stands on the midwife's list meanwhile.
    assert contact(born, "H-01").unit == world.units["midwives"]
    actions.accept_handover(handover=handover, by=world.nurse, at=AT)
    assert contact(born, "H-01").unit == world.units["centre"]
    assert open_tasks(born).values_list("unit", flat=True).distinct().get() == world.units["centre"].pk


def test_twins_get_a_plan_and_a_baton_each(world):
    first, second = world.birth(children=2)
    assert steps(first, outcome="", enrolment__pathway="infancy") == steps(second, enrolment__pathway="infancy")
    assert Baton.objects.filter(journey__in=[first, second], until_at=None).count() == 2
    assert Handover.objects.filter(journey__in=[first, second]).count() == 2


def test_a_child_that_moved_in_is_expected_only_from_then_on(world):
    journey = world.child(born_on=TODAY - timedelta(days=731))
    assert steps(journey) == ["H-13", "H-14", "SK-1"]
    baton = Baton.objects.get(journey=journey, until_at=None)
    assert (baton.unit, baton.confirmed_at) == (world.units["centre"], None)


def test_where_nobody_serves_the_district_the_journey_stands_on_the_unassigned_list(world):
    world.units["centre"].serves.clear()
    journey = world.child()
    assert Baton.objects.get(journey=journey, until_at=None).unit is None
    assert Task.objects.open().filter(journey=journey, source="unassigned").count() == 1
    assert set(journey.contacts.values_list("unit", flat=True)) == {None}


def test_a_corrected_due_date_moves_what_is_expected_and_keeps_what_was_held(world):
    journey = world.pregnancy()
    first = contact(journey, "P-1")
    actions.record_contact(
        contact=first, version=first.version, outcome="held", outcome_on=TODAY, by=world.midwife, at=AT
    )
    before = contact(journey, "P-32")
    actions.book_contact(
        contact=before, version=before.version, on=before.due_on, time=None, confirmed=True, by=world.midwife, at=AT
    )
    people.correct_due(
        pregnancy=journey.pregnancy, due_on=journey.pregnancy.due_on + timedelta(days=8), due_source="ultrasound",
        reason="Ultralyd", by=world.midwife, at=AT,
    )  # fmt: skip
    after = contact(journey, "P-32")
    assert after.pk == before.pk
    assert after.due_on - before.due_on == timedelta(days=8)
    assert after.booked_on == before.due_on  # the booking stands, outside the window now
    assert contact(journey, "P-1").outcome == "held"
    assert Enrolment.objects.get(journey=journey).anchor_on == TODAY + timedelta(days=92)
    task = Task.objects.open().get(ref=f"contact:{after.key}")
    assert (task.due_on, task.booked_on) == (after.due_on, before.due_on)


def test_a_corrected_birth_date_cancels_what_had_closed_before_arrival_and_says_so(world):
    journey = world.child(born_on=TODAY - timedelta(days=10))
    assert "H-01" in steps(journey)
    people.correct_birth(person=journey.child, born_on=TODAY - timedelta(days=40), reason="Feil", by=world.nurse, at=AT)
    gone = journey.contacts.get(step="H-01")
    assert (gone.cancelled_on, gone.cancel_reason) == (
        TODAY, "The window had closed before the family came to the municipality.",
    )  # fmt: skip
    assert not open_tasks(journey).filter(ref=f"contact:{gone.key}").exists()


def test_a_loss_cancels_gently_and_asks_one_person_to_call(world):
    journey = world.pregnancy(due_on=TODAY + timedelta(days=84), at=noon(TODAY - timedelta(days=3)))
    people.record_loss(journey=journey, outcome="loss", ended_on=TODAY, by=world.midwife, at=AT)
    assert steps(journey) == []
    assert set(journey.contacts.values_list("cancel_reason", flat=True)) == {"The pregnancy has ended."}
    assert not open_tasks(journey).exists()
    assert not Baton.objects.filter(journey=journey, until_at=None).exists()
    task = Task.objects.open().get(journey=journey)
    assert (task.source, task.unit, task.person) == ("loss", world.units["midwives"], journey.pregnancy.mother)
    assert task.due_on == TODAY + timedelta(days=1)


def test_a_death_cancels_what_is_expected(world):
    journey = world.child()
    people.record_death(person=journey.child, died_on=TODAY, by=world.nurse, at=AT)
    assert steps(journey) == []
    assert set(journey.contacts.values_list("cancel_reason", flat=True)) == {"The person has died."}
    assert not Task.objects.open().filter(journey=journey).exists()


def test_a_move_inside_offers_the_baton_to_the_unit_of_the_new_address(world):
    journey = world.child()
    home = Home(street="Sørvegen 1", postcode="7001", city="Prøvestad", district=world.south)
    people.record_move(person=journey.child, home=home, moved_on=TODAY, by=world.nurse, at=AT)
    assert Handover.objects.get(journey=journey).to_unit == world.units["centre_south"]
    assert Baton.objects.get(journey=journey, until_at=None).unit == world.units["centre"]


def test_moved_out_and_back_takes_up_the_plan_and_never_asks_for_what_was_held(world):
    journey = world.child(born_on=TODAY - timedelta(days=6))
    visit = contact(journey, "H-01")
    actions.record_contact(
        contact=visit, version=visit.version, outcome="held", outcome_on=TODAY, by=world.nurse, at=AT
    )
    out = Home(street="Annetsteds 1", postcode="0001", city="Annetsteds")
    people.record_move(person=journey.child, home=out, moved_on=TODAY, outside=True, by=world.nurse, at=AT)
    assert steps(journey) == ["H-01"]
    assert not Baton.objects.filter(journey=journey, until_at=None).exists()
    back = TODAY + timedelta(days=70)
    home = Home(street="Prøvevegen 2", postcode="7000", city="Prøvestad", district=world.north)
    people.record_move(person=journey.child, home=home, moved_on=back, by=replace(SYSTEM, staff_id=None), at=noon(back))
    assert Baton.objects.filter(journey=journey, until_at=None).count() == 1
    expected = steps(journey, outcome="")
    assert "H-01" not in expected
    assert expected[0] == "H-04"  # what had closed while they were away is not asked for
    assert steps(journey, outcome="held") == ["H-01"]


def test_joined_records_keep_one_plan_and_what_was_held_on_either(world):
    one, other = world.child(), world.child()
    visit = contact(other, "H-01")
    actions.record_contact(
        contact=visit, version=visit.version, outcome="held", outcome_on=TODAY, by=world.nurse, at=AT
    )
    people.merge_people(keep=one.child, drop=other.child, reason="Samme barn", by=world.nurse, at=AT)
    kept = Journey.objects.open().get(child=one.child)
    assert steps(kept, outcome="held") == ["H-01"]
    assert "H-01" not in steps(kept, outcome="")
    assert Baton.objects.filter(until_at=None).count() == 1
    assert not Contact.objects.expected().exclude(journey=kept).exists()


def test_adoption_looks_at_the_pregnancy_no_more(world):
    born_on = TODAY - timedelta(days=6)
    journey = world.pregnancy(due_on=TODAY + timedelta(days=50), at=noon(TODAY - timedelta(days=60)))
    (child_journey,) = world.birth(journey, born_on=born_on)
    early = contact(child_journey, "H-12").due_on
    new = people.NewGuardian(world.mother(), "mother", "mother")
    people.adopt(child=child_journey.child, on=TODAY, guardians=[new], reason="Adopsjon", by=world.midwife, at=AT)
    assert contact(child_journey, "H-12").due_on < early


def test_whoever_left_is_taken_off_appointments_that_still_stand(world):
    journey = world.child()
    visit = contact(journey, "H-01")
    actions.book_contact(
        contact=visit, version=visit.version, on=TODAY + timedelta(days=1), time=None,
        staff_id=world.colleague.staff_id, by=world.nurse, at=AT,
    )  # fmt: skip
    with transaction.atomic():
        announce(Fact(Kind.STAFF_LEFT, at=AT, facts={"staff_id": world.colleague.staff_id}))
    visit.refresh_from_db()
    assert (visit.booked_staff, visit.booked_on) == (None, TODAY + timedelta(days=1))
    assert Task.objects.open().get(ref=f"contact:{visit.key}").staff is None


def test_rebuild_finds_what_was_lost_and_puts_it_back(world):
    journey = world.child()
    assert list(actions.rebuild(check=True, at=AT)) == []
    lost = Contact.objects.get(step="H-03")
    Task.objects.filter(ref=f"contact:{lost.key}").delete()
    Contact.objects.filter(step="H-04").update(due_on=date(2030, 1, 1), closes_on=date(2030, 1, 1))
    Contact.objects.filter(step="H-05").delete()
    found = list(actions.rebuild(check=True, at=AT))
    assert any("missing" in line and lost.key in line for line in found)
    assert any("H-04: differs" in line for line in found)
    assert any("H-05: missing" in line for line in found)
    assert len(list(actions.rebuild(check=False, at=AT))) == len(found)
    assert list(actions.rebuild(check=True, at=AT)) == []
    assert contact(journey, "H-05").outcome == ""


def test_rebuild_cancels_a_step_the_version_does_not_have(world):
    journey = world.child()
    stray = contact(journey, "H-02")
    Contact.objects.filter(pk=stray.pk).update(step="H-99")
    list(actions.rebuild(check=False, at=AT))
    stray.refresh_from_db()
    assert stray.cancel_reason == "The plan no longer has this step."
    assert contact(journey, "H-02").outcome == ""


def test_replanning_one_child_takes_few_queries(world, django_assert_max_num_queries):
    journey = world.child()
    with django_assert_max_num_queries(13):
        actions.plan_journey(journey=journey, by=world.nurse, at=AT)


def test_every_step_of_the_version_is_on_the_plan(world):
    journey = world.child()
    wanted = {s.key for slug in ("infancy", "school_start") for s in definitions.pathway(slug).steps}
    assert set(steps(journey)) == wanted


def test_a_unit_that_holds_batons_or_tasks_cannot_close(world):
    world.child()
    facts = {"unit_id": world.units["centre"].pk, "changed": ["until_on"], "until_on": "2027-01-01"}
    for handler in (actions.respond_to, worklist.respond_to):
        with pytest.raises(Refused):
            handler(Fact(Kind.UNIT_CHANGED, at=AT, facts=facts))
        handler(Fact(Kind.UNIT_CHANGED, at=AT, facts=facts | {"unit_id": world.units["centre_south"].pk}))
        handler(Fact(Kind.UNIT_CHANGED, at=AT, facts={"unit_id": world.units["centre"].pk, "changed": ["name"]}))


def test_a_loss_that_nobody_signs_for_takes_an_open_offer_back(world):
    """Found by the state machine: the register has no hand, and the offer's row asked for one."""
    journey = world.pregnancy()
    offer = actions.hand_over(
        journey=journey, to_unit_id=world.units["centre"].pk, reason="Avtalt", summary="", by=world.midwife, at=AT
    )
    people.record_loss(journey=journey, outcome="loss", ended_on=TODAY, by=SYSTEM, at=AT)
    offer.refresh_from_db()
    assert offer.withdrawn_at == AT
    assert not Task.objects.open().filter(journey=journey).exclude(source="loss").exists()
