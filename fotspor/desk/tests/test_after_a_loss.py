"""A pregnancy that has ended, and a child who has died, are shown without anything that counts on."""

from datetime import timedelta

import pytest
from django.urls import reverse

from fotspor.desk.queries import child as pages_of
from fotspor.desk.queries import day as days
from fotspor.desk.queries import grown_up
from fotspor.desk.queries import people as lists
from fotspor.pathways.models import Baton
from fotspor.pathways.tests.world import AT, TODAY, noon
from fotspor.people import actions as people
from fotspor.people.models import Journey
from fotspor.people.rules import Newborn

SPEAKS_OF_MORE = ("gravid", "Termin", "Fødsel", "Uke ", "uke 4", "dager over", "har stafettpinnen nå", "Kommer:")


@pytest.fixture
def lost(world):
    """Past the day that was expected, so that anything that still counted would show."""
    journey = world.pregnancy(due_on=TODAY - timedelta(days=3), at=noon(TODAY - timedelta(days=90)))
    people.record_loss(journey=journey, outcome="stillbirth", ended_on=TODAY, by=world.midwife, at=AT)
    journey.refresh_from_db()
    return journey


def page(world, journey, who="midwife"):
    return pages_of.child(viewer=getattr(world, who), key=journey.key, at=AT, list_url="")


def words(trail):
    return [str(step.sentence) for part in trail.parts if not part.is_pass for step in part.steps]


def test_the_mothers_line_of_the_day_is_her_name_alone(world, lost):
    (household,) = days.day(viewer=world.midwife, at=AT).households
    assert (household.people, household.icon) == (lost.subject.name, "Person")


def test_the_page_counts_no_weeks_and_expects_no_birth(world, lost):
    found = page(world, lost)
    assert found.name == lost.subject.name
    assert not any(fact.startswith(("Uke", "Termin")) for fact in found.facts)
    assert words(found.trail) == []
    assert not found.trail.has_now
    assert {part.state for part in found.trail.parts} == {"done"}


def test_nothing_on_the_screen_speaks_of_what_was_to_come(enter, lost):
    html = enter("midwife").get(reverse("desk:child", args=[lost.key])).content.decode()
    main = html.split("<main")[1].split("fs-legend")[0]
    assert [word for word in SPEAKS_OF_MORE if word in main] == []
    assert "Svangerskapet ble avsluttet" in main


def test_her_own_page_names_the_pregnancy_without_a_week(world, lost):
    found = grown_up.person(viewer=world.midwife, key=lost.subject.key, at=AT)
    assert [line.title for line in found.children] == ["Svangerskap"]


def test_a_search_finds_her_and_no_weeks(world, lost):
    (found,) = lists.search(viewer=world.midwife, text=lost.subject.name, at=AT).rows
    assert "gravid" not in found.meta
    assert "ingen" not in found.meta


def test_one_lives_and_one_does_not(world):
    """The living twin's baton is still with the midwives; the other's journey speaks of none of it."""
    journey = world.pregnancy(due_on=TODAY + timedelta(days=10), at=noon(TODAY - timedelta(days=90)))
    born = people.record_birth(
        journey=journey, born_on=TODAY, children=[Newborn(sex="female")], stillborn=1, by=world.midwife, at=AT
    )
    other = Journey.objects.get(split_from=journey, child=None)
    assert Baton.objects.filter(journey=born[0], until_at=None).exists()
    found = page(world, other)
    assert found.name == other.pregnancy.mother.name
    assert words(found.trail) == []
    assert {part.state for part in found.trail.parts} == {"done"}
    households = days.day(viewer=world.midwife, at=AT).households
    assert not any("gravid" in house.people or house.icon == "PersonPregnant" for house in households)


def test_a_child_who_has_died_grows_no_older(world):
    journey = world.child(born_on=TODAY - timedelta(days=20), at=noon(TODAY - timedelta(days=10)))
    people.record_death(person=journey.child, died_on=TODAY, by=world.nurse, at=AT)
    found = page(world, journey, "nurse")
    assert "Født 4. november 2026, død 24. november 2026" in found.facts
    assert not any("uke" in fact or "dager" in fact for fact in found.facts)
    assert not found.trail.has_now


MEANT_FOR_THE_LIVING = ("Er du bekymret for barnet?", "Barnehage", "Registrer en adopsjon", "Før en adopsjon")


def offered(client, journey):
    html = client.get(reverse("desk:child", args=[journey.key])).content.decode()
    html += client.get(reverse("people:person", args=[journey.subject.key])).content.decode()
    return [word for word in MEANT_FOR_THE_LIVING if f">{word}<" in html or f">{word} <" in html]


def test_nothing_is_offered_for_a_child_who_is_not_there(world, enter, lost):
    assert offered(enter("midwife"), lost) == []
    journey = world.child(born_on=TODAY - timedelta(days=20))
    links = [reverse("desk:concern"), reverse("pathways:kindergarten", args=[journey.key])]
    links += [reverse(name, args=[journey.child.key]) for name in ("worklist:task_new", "people:guardian_new")]
    own = reverse("people:adoption", args=[journey.child.key])
    pages = (reverse("desk:child", args=[journey.key]), reverse("people:person", args=[journey.child.key]))

    def shown():
        return "".join(enter("nurse").get(page).content.decode().split("<main")[1] for page in pages)

    assert all(link in shown() for link in (*links, own))
    people.record_death(person=journey.child, died_on=TODAY, by=world.nurse, at=AT)
    assert [link for link in (*links, own) if link in shown()] == []
