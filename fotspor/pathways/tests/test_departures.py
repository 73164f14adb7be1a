"""A move out that was recorded by mistake: everything stands as before, and nobody else can take it back."""

from datetime import timedelta

import pytest
from django.urls import reverse

from fotspor.access.models import AuditEvent
from fotspor.access.queries import NotVisible
from fotspor.access.rules import SYSTEM
from fotspor.pathways import actions
from fotspor.pathways.actions.closing import NeedsReason
from fotspor.pathways.models import Baton, Enrolment, Handover
from fotspor.pathways.tests.register_world import AT as STAGED
from fotspor.pathways.tests.register_world import FAMILY, LATER, take_in, town  # noqa: F401
from fotspor.pathways.tests.test_deaths import fill, what_stands
from fotspor.pathways.tests.test_register_rules import CHILD, MOTHER
from fotspor.pathways.tests.world import AT, TODAY, protect
from fotspor.people import actions as people
from fotspor.people.models import Correction, Journey, Person
from fotspor.people.queries import find_by_number
from fotspor.worklist.models import Task

REASON = "Ført på feil familie"
AWAY = people.Home(street="Ute 1", postcode="0150", city="Oslo")
pytestmark = pytest.mark.django_db


@pytest.fixture
def journey(world):
    found = world.child(street="Prøvegata 1", postcode="7991", city="Øving")
    actions.confirm_baton(journey=found, by=world.nurse, at=AT)
    return found


def leave(person, by, *, also=(), at=AT):
    person = Person.objects.get(pk=person.pk)
    return people.record_move(person=person, home=AWAY, moved_on=TODAY, outside=True, also=also, by=by, at=at)


def undo(person, by, at=AT, reason=REASON, also=()):
    return actions.undo_move(person=person, reason=reason, also=also, by=by, at=at)


def place(person):
    return Person.objects.values_list("street", "postcode", "city", "district", "household").get(pk=person.pk)


def test_everything_stands_exactly_as_before(world, journey):
    held = fill(world, journey)
    before, home = what_stands(journey), place(journey.child)
    leave(journey.child, world.nurse)
    assert not journey.contacts.expected().exists()
    assert not Baton.objects.filter(journey=journey, until_at=None).exists()
    assert not Task.objects.open().filter(journey=journey, source="contact").exists()
    undo(journey.child, world.nurse, AT + timedelta(days=1))
    assert what_stands(journey) == before
    assert place(journey.child) == home
    held.refresh_from_db()
    assert held.outcome == "held"
    assert list(actions.rebuild(check=True, at=AT + timedelta(days=1))) == []


def test_the_one_who_moved_back_in_truth_earlier_the_same_day_gets_one_plan(world, journey):
    leave(journey.child, world.nurse)
    child = Person.objects.get(pk=journey.child_id)
    people.record_move(person=child, home=people.Home("Ny 1"), moved_on=TODAY, by=world.nurse, at=AT)
    before = what_stands(journey)[0]
    leave(journey.child, world.nurse, at=AT + timedelta(hours=1))
    undo(journey.child, world.nurse, AT + timedelta(hours=2))
    assert Enrolment.objects.filter(journey=journey, ended_on=None).values("pathway").distinct().count() == 2
    standing = [contact for contact in what_stands(journey)[0] if contact[10] is None]
    assert standing == [contact for contact in before if contact[10] is None]


def test_a_pregnancy_goes_on_with_the_midwives(world):
    journey = world.pregnancy()
    before = what_stands(journey)
    leave(journey.pregnancy.mother, world.midwife)
    undo(journey.pregnancy.mother, world.midwife)
    assert what_stands(journey) == before
    assert Journey.objects.get(pk=journey.pk).pregnancy.outcome == "ongoing"


def test_those_who_were_recorded_with_it_come_along_when_they_are_chosen(world, journey):
    brother = world.child(street="Prøvegata 1", postcode="7991", city="Øving")
    sister = world.child(street="Prøvegata 1", postcode="7991", city="Øving")
    leave(journey.child, world.nurse, also=[brother.child, sister.child])
    undo(journey.child, world.nurse, also=[brother.child.key])
    closed = dict(Journey.objects.values_list("pk", "close_reason"))
    assert (closed[journey.pk], closed[brother.pk], closed[sister.pk]) == ("", "", "moved")


def test_nobody_comes_along_who_was_not_in_the_same_move(world, journey):
    other = world.child()
    leave(journey.child, world.nurse)
    leave(other.child, world.nurse, at=AT + timedelta(minutes=1))
    undo(journey.child, world.nurse, also=[other.child.key])
    assert Journey.objects.get(pk=other.pk).close_reason == "moved"


def test_it_is_kept_why_and_the_log_does_not_say_where(world, journey):
    leave(journey.child, world.nurse)
    undo(journey.child, world.nurse)
    kept = Correction.objects.get(what="moved_on")
    assert (kept.person_id, kept.before, kept.reason) == (journey.child_id, TODAY.isoformat(), REASON)
    said = str(AuditEvent.objects.values_list("facts", flat=True))
    assert REASON not in said
    assert "Prøvegata" not in said


def test_a_reason_is_asked_for_and_strangers_may_not(world, journey):
    leave(journey.child, world.nurse)
    with pytest.raises(NeedsReason):
        undo(journey.child, world.nurse, reason="Feil")
    for name in ("nurse_south", "midwife_south", "chief", "officer", "educator"):
        with pytest.raises(NotVisible):
            undo(journey.child, getattr(world, name))
    assert Journey.objects.get(pk=journey.pk).close_reason == "moved"
    undo(journey.child, world.leader)
    assert AuditEvent.objects.get(type="people.person.move_taken_back").purpose == "leadership"
    with pytest.raises(NotVisible):
        undo(journey.child, world.nurse)


def test_a_handover_that_waited_and_a_unit_that_has_closed_get_nothing_back(world, journey):
    south = world.units["centre_south"]
    actions.hand_over(journey=journey, to_unit_id=south.pk, reason="Flytter", summary="", by=world.nurse, at=AT)
    leave(journey.child, world.nurse)
    unit = world.units["centre"]
    unit.until_on = TODAY + timedelta(days=1)
    unit.save()
    undo(journey.child, world.nurse)
    assert Handover.objects.get(journey=journey).withdrawn_at is not None
    assert Baton.objects.get(journey=journey, until_at=None).unit is None


# --- the register has the old address --------------------------------------------------------------------


def test_the_question_of_the_register_leads_here_and_is_answered_for_each(town):  # noqa: F811
    take_in(*FAMILY)
    child, mother = find_by_number(CHILD), find_by_number(MOTHER)
    leave(child, town["nurse"], also=[mother], at=STAGED)
    take_in(*FAMILY, at=LATER)
    task = Task.objects.get(ref__startswith="register:moved:")
    assert (task.person, task.done_on) == (child, None)
    undo(child, town["nurse"], LATER, also=[mother.key])
    task.refresh_from_db()
    assert (task.done_on, task.ended_on) == (LATER.date(), None)
    assert Person.objects.get(pk=mother.pk).street == "Prøvegata 1"


def test_what_the_register_itself_moved_out_it_moves_in_again_and_a_person_may_too(town):  # noqa: F811
    take_in(*FAMILY)
    take_in(FAMILY[0], FAMILY[1] | {"status": "utflyttet"}, at=LATER)
    child = find_by_number(CHILD)
    undo(child, town["nurse"], LATER)
    assert Journey.objects.get(child=child).closed_on is None
    assert Person.objects.get(pk=child.pk).street == "Prøvegata 1"


# --- the screen ------------------------------------------------------------------------------------------


def test_the_page_says_where_they_lived_and_what_happens_and_does_it(browser, world, journey):
    person = reverse("people:person", args=[journey.child.key])
    link = reverse("pathways:move_undo", args=[journey.child.key])
    assert link not in browser.enter("nurse").client.get(person).content.decode()
    leave(journey.child, world.nurse)
    assert link in browser.client.get(person).content.decode()
    page = browser.get("pathways:move_undo", journey.child.key).content.decode()
    assert "Prøvegata 1, 7991 Øving" in page
    assert world.units["centre"].name in page
    refused = browser.post("pathways:move_undo", journey.child.key, reason="Feil")
    assert refused.status_code == 422
    done = browser.post("pathways:move_undo", journey.child.key, reason=REASON)
    assert done.url == person
    assert browser.get("pathways:move_undo", journey.child.key).status_code == 404
    page = browser.client.get(person).content.decode()
    assert REASON in page
    assert link not in page


def test_the_page_names_those_who_were_recorded_with_it_and_logs_the_look_at_each(browser, world, journey):
    brother = world.child(given_name="Snar", street="Prøvegata 1", postcode="7991", city="Øving")
    leave(journey.child, world.nurse, also=[brother.child])
    page = browser.enter("nurse").get("pathways:move_undo", journey.child.key).content.decode()
    assert f'value="{brother.child.key}"' in page
    assert AuditEvent.objects.filter(person=brother.child.key, basis="departure").exists()
    browser.post("pathways:move_undo", journey.child.key, reason=REASON, also=brother.child.key)
    assert Journey.objects.get(pk=brother.pk).closed_on is None


def test_the_leader_takes_it_back_from_her_list_and_sees_no_address_nor_a_protected_name(browser, world, journey):
    protect(journey.child, "strict")
    leave(journey.child, SYSTEM)
    Task.objects.create(
        source="register", ref=f"register:moved:{journey.child.key}:leader:{world.units['centre'].pk}",
        title="Find out", rule="", rule_version="1", facts={}, urgency=3, opens_on=TODAY, due_on=TODAY,
        closes_on=TODAY, unit=world.units["centre"], person=journey.child, journey=journey, for_leader=True,
        derived_at=AT,
    )  # fmt: skip
    page = browser.enter("leader").get("pathways:move_undo", journey.child.key).content.decode()
    assert journey.child.given_name not in page
    assert "Prøvegata" not in page
    done = browser.post("pathways:move_undo", journey.child.key, reason=REASON)
    assert done.url == reverse("desk:unit")
    assert Task.objects.get(source="register").done_by == world.staff["leader"]


def test_the_leaders_list_leads_to_the_page(browser, world, journey):
    leave(journey.child, world.nurse)
    Task.objects.create(
        source="register", ref=f"register:moved:{journey.child.key}:leader:{world.units['centre'].pk}",
        title="Find out", rule="", rule_version="1", facts={}, urgency=3, opens_on=TODAY, due_on=TODAY,
        closes_on=TODAY, unit=world.units["centre"], person=journey.child, journey=journey, for_leader=True,
        derived_at=AT,
    )  # fmt: skip
    page = browser.enter("leader").get("desk:unit").content.decode()
    assert reverse("pathways:move_undo", args=[journey.child.key]) in page


@pytest.mark.parametrize("name", ["nurse_south", "midwife"])
def test_others_do_not_know_the_page(browser, world, journey, name):
    leave(journey.child, world.nurse)
    assert browser.enter(name).get("pathways:move_undo", journey.child.key).status_code == 404
    assert browser.post("pathways:move_undo", journey.child.key, reason=REASON).status_code == 404
