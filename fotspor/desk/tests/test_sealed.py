"""After an adoption nothing from before the birth stands on the child's page, its trail, lists, prints or addresses."""

from datetime import timedelta

import pytest
from django.urls import reverse

from fotspor.desk.queries import child as pages
from fotspor.desk.queries import day
from fotspor.desk.queries import people as lists
from fotspor.pathways import actions
from fotspor.pathways.models import Contact, Handover, Stop
from fotspor.pathways.queries import batons
from fotspor.pathways.queries.contacts import appointments
from fotspor.pathways.queries.trail import read
from fotspor.pathways.tests.world import AT, TODAY, noon
from fotspor.people.actions import NewGuardian, adopt
from fotspor.people.models import Journey
from fotspor.worklist.models import Task

DAYS = timedelta(days=1)
BORN = TODAY - 40 * DAYS
LATER = AT + timedelta(hours=1)
WORDS = ("Svangerskapssamtale", "Sykehusprøve", "Mor1")


@pytest.fixture
def midwives_note(world):
    """A pregnancy with a recorded contact, one outside the plan, and a hospital on the way."""
    journey = world.pregnancy(due_on=BORN, at=noon(BORN - 100 * DAYS))
    visit = Contact.objects.filter(journey=journey, enrolment__pathway="pregnancy").order_by("due_on").last()
    Contact.objects.filter(pk=visit.pk).update(
        outcome="held", outcome_on=BORN - 20 * DAYS, note="Svangerskapssamtale om mor", recorded_at=AT,
        recorded_by=world.staff["midwife"], booked_on=BORN - 20 * DAYS,
    )  # fmt: skip
    extra = Contact.objects.create(
        journey=journey, title="Svangerskapssamtale", unit=world.units["midwives"], opens_on=BORN - 30 * DAYS,
        due_on=BORN - 30 * DAYS, closes_on=BORN - 30 * DAYS,
    )  # fmt: skip
    ward = world.add_unit("ward", "maternity_ward", "specialist", world.north, serves=False, signs_in=False)
    stop = Stop.objects.create(
        journey=journey, unit=ward, reason="Sykehusprøve", from_on=BORN - 10 * DAYS, due_on=BORN, done_on=BORN,
        recorded_at=AT, recorded_by=world.staff["midwife"],
    )  # fmt: skip
    return journey, (visit.key, extra.key), stop.key


@pytest.fixture
def taken_over(world, midwives_note):
    """The child, born and taken over by the health centre."""
    journey, _contacts, _stop = midwives_note
    (born,) = world.birth(journey, born_on=BORN, at=noon(BORN + DAYS))
    handover = Handover.objects.get(journey=born)
    actions.accept_handover(handover=handover, by=world.nurse, at=noon(BORN + 2 * DAYS))
    return Journey.objects.get(pk=born.pk)


def sealed(world, journey):
    new = world.mother(world.nurse, given_name="Ny", family_name="Adoptant")
    return adopt(
        child=journey.child, guardians=[NewGuardian(new, "mother", "mother")], on=TODAY, reason="Vedtak",
        by=world.nurse, at=AT,
    )  # fmt: skip


def page(browser, key, query=""):
    return browser.get(reverse("desk:child", args=[key]) + query).content.decode()


def test_page_list_and_print_tell_nothing_from_before_the_birth(world, enter, taken_over, midwives_note):
    _journey, contacts, stop = midwives_note
    before = page(enter("nurse"), taken_over.key)
    assert all(key in before for key in contacts)
    assert "Svangerskapssamtale om mor" in before
    journey = sealed(world, taken_over)
    browser = enter("nurse")
    browser.post(reverse("desk:child_print", args=[journey.key]), {"once": "p"})
    paper = browser.get(reverse("desk:child_paper", args=[journey.key])).content.decode()
    for html in (page(browser, journey.key), page(browser, journey.key, "?vis=liste"), paper):
        assert not any(word in html for word in (*WORDS, *contacts, stop))
        assert world.units["midwives"].name not in html
        assert world.units["centre"].name in html


def test_the_way_keeps_what_came_after(world, taken_over):
    infancy = set(Contact.objects.filter(enrolment__pathway="infancy", cancelled_on=None).values_list("key", flat=True))
    way = read(journey=sealed(world, taken_over), at=LATER)
    assert infancy
    assert infancy <= set(way.contacts)
    assert [b.unit.name for b in way.batons] == [world.units["centre"].name]
    assert (way.stops, way.handovers, way.accepted) == ({}, [], {})


def test_addresses_from_before_lead_nowhere(world, enter, taken_over, midwives_note):
    _journey, contacts, stop = midwives_note
    handover = Handover.objects.get(journey=taken_over).key
    places = [reverse("pathways:contact", args=[key]) for key in contacts]
    places += [reverse("pathways:stop", args=[stop]), reverse("pathways:handover", args=[handover])]
    assert {enter("nurse").get(place).status_code for place in places} == {200}
    sealed(world, taken_over)
    assert {enter("nurse").get(place).status_code for place in places} == {404}
    day_before = BORN - 20 * DAYS
    found = appointments(viewer=world.midwife, from_on=day_before, until_on=BORN, only_mine=False, at=LATER)
    assert not any(d.contacts for d in found)
    assert batons.sent(viewer=world.midwife, at=LATER, since=BORN - 100 * DAYS) == []


def test_a_holder_from_before_still_holds_and_no_day_is_told(world, midwives_note):
    journey, _contacts, _stop = midwives_note
    (born,) = world.birth(journey, born_on=BORN, at=noon(BORN + DAYS))
    born = Journey.objects.get(pk=born.pk)
    way = read(journey=born, at=LATER)
    assert batons.holding(viewer=world.midwife, journey=born, batons=way.batons, handovers=[], stops=[]).since_at
    Journey.objects.filter(pk=born.pk).update(is_sealed=True)
    born.refresh_from_db()
    way = read(journey=born, at=LATER)
    held = batons.holding(viewer=world.midwife, journey=born, batons=way.batons, handovers=way.handovers, stops=[])
    assert (held.is_ours, held.since_at) == (True, None)
    assert held.handover is not None  # the open one still waits for its answer


def test_the_birth_mothers_task_stays_hers_away_from_the_child(world, taken_over):
    mother = taken_over.pregnancy.mother
    access_to_mother(world, mother)
    Task.objects.create(
        source="routine", ref="response:x:support", title="Samtale", rule="r", person=mother, journey=taken_over,
        subject_key="k" * 16,
        unit=world.units["centre"], opens_on=TODAY - DAYS, due_on=TODAY - DAYS, closes_on=TODAY - DAYS, derived_at=AT,
    )  # fmt: skip
    journey = sealed(world, taken_over)
    houses = day.day(viewer=world.nurse, at=LATER, whole_unit=True).households
    hers = next(h for h in houses if any(r.title == "Samtale" for r in h.tasks))
    assert mother.name in hers.people
    assert {row.title for row in hers.tasks} == {"Samtale"}
    shown = pages.child(viewer=world.nurse, key=journey.key, at=LATER, list_url="")
    assert "Samtale" not in {row.title for row in shown.steps}
    late = (
        Task.objects.open()
        .filter(journey=journey, unit=world.units["centre"], person=journey.child, closes_on__lt=TODAY)
        .count()
    )
    rows = lists.families(viewer=world.nurse, chosen=lists.Chosen.ALL, page=1, at=LATER).rows
    assert next(r for r in rows if r.person_key == journey.child.key).overdue == late


def test_what_was_open_from_before_ends_with_the_seal(world, taken_over, midwives_note):
    _journey, (_held, extra), _stop = midwives_note
    assert Task.objects.open().filter(ref=f"contact:{extra}").exists()
    sealed(world, taken_over)
    assert not Task.objects.open().filter(ref=f"contact:{extra}").exists()
    assert Contact.objects.get(key=extra).cancelled_on == TODAY
    after = Contact.objects.expected().filter(journey=taken_over, enrolment__pathway="infancy")
    assert after.exists()


def access_to_mother(world, mother):
    from fotspor.access.actions import open_relation

    open_relation(
        person_id=mother.pk, unit_id=world.units["centre"].pk, basis="baton", from_on=TODAY, by=world.nurse, at=AT
    )
