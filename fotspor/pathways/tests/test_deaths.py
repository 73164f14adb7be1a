"""A death that was recorded by mistake: everything stands as before, and nobody else can take it back."""

from datetime import timedelta

import pytest
from django.urls import reverse

from fotspor.access.models import AuditEvent, CareRelation
from fotspor.access.queries import NotVisible
from fotspor.access.rules import SYSTEM
from fotspor.instruments import actions as instruments
from fotspor.instruments.models import Duty
from fotspor.instruments.tests.world import answers
from fotspor.pathways import actions
from fotspor.pathways.actions.closing import NeedsReason
from fotspor.pathways.models import Baton, Contact, Enrolment, Handover
from fotspor.pathways.tests.register_world import AT as STAGED
from fotspor.pathways.tests.register_world import FAMILY, LATER, take_in, town  # noqa: F401
from fotspor.pathways.tests.test_register_rules import CHILD
from fotspor.pathways.tests.world import AT, TODAY, protect
from fotspor.people import actions as people
from fotspor.people.models import Correction, Guardianship, Person
from fotspor.people.queries import find_by_number
from fotspor.worklist import actions as worklist
from fotspor.worklist.models import Task

REASON = "Ført på feil barn"
pytestmark = pytest.mark.django_db


@pytest.fixture
def journey(world):
    found = world.child()
    actions.confirm_baton(journey=found, by=world.nurse, at=AT)
    return found


def die(person, by, on=TODAY):
    return people.record_death(person=Person.objects.get(pk=person.pk), died_on=on, by=by, at=AT)


def undo(person, by, at=AT, reason=REASON):
    return actions.undo_death(person=person, reason=reason, by=by, at=at)


def what_stands(journey):
    """The plan and the list, as somebody would read them."""
    contacts = Contact.objects.filter(journey=journey).order_by("pk")
    names = ("pk", "step", "opens_on", "due_on", "closes_on", "booked_on", "booked_time", "booked_staff_id", "place",
             "outcome", "cancelled_on", "unit_id")  # fmt: skip
    tasks = Task.objects.open().filter(journey=journey).order_by("ref")
    baton = (
        Baton.objects.filter(journey=journey, until_at=None)
        .values_list("pk", "unit_id", "staff_id", "since_at")
        .first()
    )
    return (
        list(contacts.values_list(*names)),
        list(tasks.values_list("pk", "ref", "staff_id", "opens_on", "due_on", "closes_on", "unit_id", "note")),
        list(Enrolment.objects.filter(journey=journey).values_list("pk", "ended_on").order_by("pk")),
        baton,
    )


def fill(world, journey):
    """A contact that was held, one that is booked, one that nobody came to, one given to a colleague, a typed task."""
    held, booked, *rest = list(journey.contacts.expected().order_by("opens_on", "pk"))
    actions.record_contact(
        contact=held, version=held.version, outcome="held", outcome_on=TODAY, reason="", late_reason="Prøve",
        note="", by=world.nurse, at=AT,
    )  # fmt: skip
    booked.refresh_from_db()
    actions.book_contact(
        contact=booked, version=booked.version, on=TODAY + timedelta(days=3), time=None, place="Rom 2",
        staff_id=world.nurse.staff_id, confirmed=True, by=world.nurse, at=AT,
    )  # fmt: skip
    worklist.type_task(
        kind="call", note="Ring", person=journey.child, journey=journey, due_on=TODAY, by=world.nurse, at=AT
    )
    given = Task.objects.open().get(ref=f"contact:{rest[0].key}")
    worklist.assign(task=given, staff_id=world.nurse.staff_id, by=world.nurse, at=AT)
    return held


def test_everything_stands_exactly_as_before(world, journey):
    held = fill(world, journey)
    before = what_stands(journey)
    die(journey.child, world.nurse)
    assert not journey.contacts.expected().exists()
    assert not Task.objects.open().filter(journey=journey).exists()
    undo(journey.child, world.nurse, AT + timedelta(days=1))
    assert what_stands(journey) == before
    journey.refresh_from_db()
    journey.child.refresh_from_db()
    assert (journey.closed_on, journey.close_reason, journey.child.died_on) == (None, "", None)
    assert journey.child.death_recorded_at is None
    held.refresh_from_db()
    assert held.outcome == "held"
    assert list(actions.rebuild(check=True, at=AT + timedelta(days=1))) == []


def test_it_is_kept_why_and_both_logs_say_it(world, journey):
    die(journey.child, world.nurse)
    undo(journey.child, world.nurse)
    kept = Correction.objects.get(what="died_on")
    assert (kept.person_id, kept.journey_id, kept.before, kept.reason) == (
        journey.child_id, journey.pk, TODAY.isoformat(), REASON
    )  # fmt: skip
    event = AuditEvent.objects.get(type="people.person.death_taken_back")
    assert (event.person, event.facts) == (journey.child.key, {"is_reopened": True})
    assert AuditEvent.objects.filter(type="pathways.baton.opened", person=journey.child.key).count() == 2
    assert REASON not in str(AuditEvent.objects.values_list("facts", flat=True))


def test_the_second_time_there_is_nothing_to_take_back(world, journey):
    die(journey.child, world.nurse)
    undo(journey.child, world.nurse)
    with pytest.raises(NotVisible):
        undo(journey.child, world.nurse)
    with pytest.raises(people.NotDead):
        people.take_back_death(person=journey.child, reason=REASON, by=world.nurse, at=AT)


def test_it_can_die_again(world, journey):
    before = what_stands(journey)
    for _again in range(2):
        die(journey.child, world.nurse)
        undo(journey.child, world.nurse)
    assert what_stands(journey) == before


def test_a_reason_is_asked_for_and_strangers_may_not(world, journey):
    die(journey.child, world.nurse)
    with pytest.raises(NeedsReason):
        undo(journey.child, world.nurse, reason="Feil")
    for name in ("nurse_south", "midwife_south", "chief", "officer", "educator"):
        with pytest.raises(NotVisible):
            undo(journey.child, getattr(world, name))
    journey.child.refresh_from_db()
    assert journey.child.died_on == TODAY


def test_the_leader_of_the_unit_that_held_the_baton_may(world, journey):
    die(journey.child, world.nurse)
    undo(journey.child, world.leader)
    assert AuditEvent.objects.get(type="people.person.death_taken_back").purpose == "leadership"
    assert Baton.objects.get(journey=journey, until_at=None).unit == world.units["centre"]


def test_a_journey_that_had_ended_before_stays_ended(world, journey):
    home = people.Home(street="Ute 1", postcode="0150", city="Oslo")
    people.record_move(person=journey.child, home=home, moved_on=TODAY, outside=True, by=world.nurse, at=AT)
    die(journey.child, world.nurse)
    undo(journey.child, world.nurse)
    journey.refresh_from_db()
    assert journey.close_reason == "moved"
    assert not Baton.objects.filter(journey=journey, until_at=None).exists()


def test_a_handover_that_waited_does_not_come_back(world, journey):
    actions.hand_over(
        journey=journey, to_unit_id=world.units["centre_south"].pk, reason="Flytter", summary="", by=world.nurse, at=AT
    )
    die(journey.child, world.nurse)
    undo(journey.child, world.nurse)
    assert Handover.objects.get(journey=journey).withdrawn_at is not None
    assert not Task.objects.open().filter(ref__startswith="handover:").exists()


def test_a_unit_that_has_closed_since_gets_nothing_back(world, journey):
    die(journey.child, world.nurse)
    unit = world.units["centre"]
    unit.until_on = TODAY + timedelta(days=1)
    unit.save()
    undo(journey.child, world.nurse)
    assert Baton.objects.get(journey=journey, until_at=None).unit is None


def test_the_place_in_the_kindergarten_comes_back(world, journey):
    place = CareRelation.objects.create(
        person=journey.child, unit=world.units["centre"], basis="enrolled", from_on=TODAY, opened_at=AT
    )
    die(journey.child, world.nurse)
    place.refresh_from_db()
    assert place.until_on == TODAY
    undo(journey.child, world.nurse)
    place.refresh_from_db()
    assert (place.until_on, place.ended_at) == (None, None)
    assert AuditEvent.objects.filter(type="access.relation.opened", object=f"access.relation:{place.key}").exists()


# --- a parent --------------------------------------------------------------------------------------------


def test_a_guardian_is_one_again(world):
    (journey,) = world.birth()
    mother = journey.pregnancy.mother
    rows = Guardianship.objects.filter(guardian=mother)
    die(mother, world.midwife)
    assert not rows.filter(until_on=None).exists()
    undo(mother, world.midwife)
    assert rows.get().until_on is None
    journey.refresh_from_db()
    assert journey.closed_on is None


def test_an_adoption_since_is_not_undone(world):
    (journey,) = world.birth()
    mother, child = journey.pregnancy.mother, journey.child
    die(mother, world.midwife)
    new = people.NewGuardian(world.mother(), "other", "others")
    people.adopt(child=child, guardians=[new], on=TODAY, reason="Vedtak", by=SYSTEM, at=AT + timedelta(hours=1))
    undo(mother, world.midwife, AT + timedelta(hours=2))
    assert Guardianship.objects.get(guardian=mother, child=child).until_on == TODAY


# --- the register says that somebody lives --------------------------------------------------------------


def test_the_question_of_the_register_leads_here_and_is_answered(town):  # noqa: F811
    take_in(*FAMILY)
    child = find_by_number(CHILD)
    people.record_death(person=child, died_on=STAGED.date(), by=SYSTEM, at=STAGED)
    take_in(*FAMILY, at=LATER)
    task = Task.objects.get(ref__startswith="register:alive:")
    assert task.done_on is None
    actions.undo_death(person=child, reason=REASON, by=SYSTEM, at=LATER)
    task.refresh_from_db()
    assert (task.done_on, task.ended_on) == (LATER.date(), None)


# --- the screen ------------------------------------------------------------------------------------------


def test_the_page_says_what_happens_and_does_it(browser, world, journey):
    die(journey.child, world.nurse)
    page = browser.enter("nurse").get("people:person", journey.child.key)
    assert reverse("pathways:death_undo", args=[journey.child.key]) in page.content.decode()
    page = browser.get("pathways:death_undo", journey.child.key)
    assert page.status_code == 200
    assert world.units["centre"].name in page.content.decode()
    refused = browser.post("pathways:death_undo", journey.child.key, reason="Feil")
    assert refused.status_code == 422
    assert "Feil" in refused.content.decode()
    done = browser.post("pathways:death_undo", journey.child.key, reason=REASON)
    assert done.url == reverse("people:person", args=[journey.child.key])
    assert browser.get("pathways:death_undo", journey.child.key).status_code == 404
    page = browser.get("people:person", journey.child.key)
    assert REASON in page.content.decode()


def test_the_leader_takes_it_back_and_sees_no_name_of_a_protected_person(browser, world, journey):
    protect(journey.child, "strict")
    die(journey.child, SYSTEM)
    page = browser.enter("leader").get("pathways:death_undo", journey.child.key)
    assert page.status_code == 200
    assert journey.child.given_name not in page.content.decode()
    done = browser.post("pathways:death_undo", journey.child.key, reason=REASON)
    assert done.url == reverse("desk:unit")


@pytest.mark.parametrize("name", ["nurse_south", "midwife"])
def test_others_do_not_know_the_page(browser, world, journey, name):
    die(journey.child, world.nurse)
    assert browser.enter(name).get("pathways:death_undo", journey.child.key).status_code == 404
    assert browser.post("pathways:death_undo", journey.child.key, reason=REASON).status_code == 404


def test_nobody_takes_back_what_was_not_recorded(browser, world, journey):
    assert browser.enter("nurse").get("pathways:death_undo", journey.child.key).status_code == 404


# --- what a form asks for --------------------------------------------------------------------------------


def test_what_a_form_asked_for_stands_again_with_its_day_and_whoever_had_it(world):
    (journey,) = world.birth()
    mother = journey.pregnancy.mother
    form = instruments.save_draft(
        subject=mother, informant=mother, informant_kind="mother", instrument="epds", answers=answers(14),
        answered_on=TODAY, unit_id=world.midwife.unit_id, journey=None, by=world.midwife, at=AT,
    )  # fmt: skip
    instruments.sign(response=form, version=form.version, by=world.midwife, at=AT)
    support = Task.objects.open().get(ref__endswith=":support")
    worklist.assign(task=support, staff_id=world.midwife.staff_id, by=world.midwife, at=AT)
    names = ("pk", "ref", "staff_id", "due_on", "closes_on")
    before = list(Task.objects.open().filter(person=mother).order_by("pk").values_list(*names))
    duties = list(Duty.objects.open().order_by("pk").values_list("pk", "step", "due_on"))
    die(mother, world.midwife)
    assert not Task.objects.open().filter(person=mother, source="routine").exists()
    undo(mother, world.midwife, AT + timedelta(days=3))
    assert list(Task.objects.open().filter(person=mother).order_by("pk").values_list(*names)) == before
    assert list(Duty.objects.open().order_by("pk").values_list("pk", "step", "due_on")) == duties


def test_a_task_whose_colleague_has_left_comes_back_to_the_unit(world, journey):
    worklist.type_task(
        kind="call", note="Ring", person=journey.child, journey=journey, due_on=TODAY,
        staff_id=world.colleague.staff_id, by=world.nurse, at=AT,
    )  # fmt: skip
    die(journey.child, world.nurse)
    world.staff["colleague"].memberships.update(until_on=TODAY)
    undo(journey.child, world.nurse)
    task = Task.objects.open().get(source="typed")
    assert (task.staff_id, task.unit) == (None, world.units["centre"])


def test_the_leaders_list_leads_to_the_page(browser, world, journey):
    die(journey.child, SYSTEM)
    Task.objects.create(
        source="register", ref=f"register:alive:{journey.child.key}:leader:{world.units['centre'].pk}",
        title="Find out", rule="", rule_version="1", facts={}, urgency=3, opens_on=TODAY, due_on=TODAY,
        closes_on=TODAY, unit=world.units["centre"], person=journey.child, journey=journey, for_leader=True,
        derived_at=AT,
    )  # fmt: skip
    page = browser.enter("leader").get("desk:unit").content.decode()
    assert reverse("pathways:death_undo", args=[journey.child.key]) in page
    browser.post("pathways:death_undo", journey.child.key, reason=REASON)
    assert Task.objects.get(source="register").done_by == world.staff["leader"]
