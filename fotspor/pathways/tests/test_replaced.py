"""A baton that takes the place of one sent before says so, and one that waits with the leader past its day too."""

from datetime import timedelta

import pytest
from django.urls import reverse

from fotspor.pathways import actions, labels
from fotspor.pathways.queries import batons
from fotspor.pathways.queries.trail import trail
from fotspor.pathways.tests.world import AT, TODAY, noon


@pytest.fixture
def journey(world):
    return world.pregnancy(due_on=TODAY + timedelta(days=20))


def send(world, journey, unit, at=AT):
    return actions.hand_over(
        journey=journey, to_unit_id=world.units[unit].pk, reason="Avtalt", summary="", by=world.midwife, at=at
    )


def test_the_sender_reads_which_one_it_replaces_and_the_receiver_does_not(world, journey):
    send(world, journey, "centre")
    newer = send(world, journey, "centre_south", AT + timedelta(hours=1))
    at = AT + timedelta(hours=2)
    assert batons.handover_by_key(viewer=world.midwife, key=newer.key, at=at).replaces == world.units["centre"].name
    assert batons.handover_by_key(viewer=world.nurse_south, key=newer.key, at=at).replaces == ""


def test_the_first_one_replaces_nothing(world, journey):
    first = send(world, journey, "centre")
    assert batons.handover_by_key(viewer=world.midwife, key=first.key, at=AT).replaces == ""


def test_with_the_leader_past_the_day_says_both(world, journey):
    sent = send(world, journey, "centre")
    actions.send_to_leader(handover=sent, reason="Hvem bør ta den?", by=world.nurse, at=AT)
    late = noon(TODAY + timedelta(days=14))
    row = batons.handover_by_key(viewer=world.nurse, key=sent.key, at=late)
    assert (row.is_late, row.label) == (True, labels.WITH_LEADER_LATE)
    assert batons.handover_by_key(viewer=world.nurse, key=sent.key, at=AT).label == labels.HANDOVERS["with_leader"]


def test_the_inbox_leads_to_each_by_a_link_and_a_button(world, journey, browser):
    sent = send(world, journey, "centre")
    html = browser.enter("nurse").get("pathways:batons").content.decode()
    url = reverse("pathways:handover", args=[sent.key])
    assert f'<a class="ds-link" href="{url}">' in html
    assert "Les og overta" in html


def test_where_they_lived_before_is_hatched_and_named(world):
    journey = world.child(born_on=TODAY - timedelta(days=400), at=AT)
    first = trail(journey=journey, at=AT).parts[0]
    assert (first.state, str(first.meta)) == ("before", "annet sted")


def test_the_first_footprint_of_a_pregnancy_says_that_it_counts_weeks(world, journey):
    arenas = (part for part in trail(journey=journey, at=AT).parts if not part.is_pass)
    words = [str(step.age) for step in next(arenas).steps]
    assert sum(word.startswith("Uke ") for word in words) <= 1
    assert words[0].startswith("Uke ") == (len(words) < 2 or words[1].isdigit()), "said where it runs into no word"


@pytest.mark.parametrize(("days", "label"), [(0, labels.TODAY), (1, labels.BOOKED), (-1, labels.NOT_RECORDED)])
def test_what_is_booked_is_labelled_by_its_day_in_the_calendar(days, label):
    class Booked:
        cancelled_on, outcome, booked_on = None, "", TODAY + timedelta(days=days)
        opens_on, closes_on = TODAY - timedelta(days=9), TODAY + timedelta(days=9)

    assert labels.appointment_label(Booked, TODAY) is label
