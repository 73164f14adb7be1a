"""A group is booked with the same care as a single appointment, and no child comes to it twice."""

from datetime import time, timedelta

import pytest

from fotspor.kit.errors import Refused
from fotspor.pathways import actions
from fotspor.pathways.actions.contacts import ContactSaysAScore
from fotspor.pathways.actions.groups import TwiceInGroup
from fotspor.pathways.models import Contact, Group
from fotspor.pathways.rules.appointments import Concern
from fotspor.pathways.tests.world import AT, TODAY

TOMORROW = TODAY + timedelta(days=1)


def plan(world, contacts, **values):
    chosen = {"title": "Gruppe", "held_on": TOMORROW, "starts_at": time(10), "place": "Sal", "leader_id": None} | values
    return actions.plan_group(contacts=contacts, by=world.nurse, at=AT, **chosen)


def child(world, days, step="H-02"):
    return world.child(born_on=TODAY - timedelta(days=days)).contacts.get(step=step)


def test_a_window_that_is_not_open_is_looked_at_before_a_group_is_planned(world):
    young = child(world, 5)
    with pytest.raises(actions.NeedsConfirmation) as asked:
        plan(world, [child(world, 27), young])
    assert asked.value.concerns == (Concern.BEFORE_WINDOW,)
    assert not Group.objects.exists()
    group = plan(world, [young], confirmed=True, shown=None)
    assert group.contacts.get() == young


def test_a_yes_for_one_group_is_not_a_yes_for_another(world):
    with pytest.raises(actions.NeedsConfirmation) as asked:
        plan(world, [child(world, 5)])
    with pytest.raises(actions.NeedsConfirmation):
        plan(world, [child(world, 5)], confirmed=True, shown=asked.value.shown, starts_at=time(12))


def test_the_same_child_comes_once(world):
    journey = world.child(born_on=TODAY - timedelta(days=27))
    both = list(journey.contacts.filter(step__in=["H-02", "H-03"]))
    assert len(both) == 2
    with pytest.raises(TwiceInGroup, match="to ganger"):
        plan(world, both, confirmed=True)
    group = plan(world, both[:1], confirmed=True)
    with pytest.raises(TwiceInGroup):
        actions.join_group(group=group, contact=both[1], confirmed=True, by=world.nurse, at=AT)
    assert Contact.objects.filter(group=group).count() == 1


def test_one_who_comes_to_a_group_is_asked_about_too_and_the_others_are_no_hindrance(world):
    group = plan(world, [child(world, 27)], place="Sal 2")
    young = child(world, 5)
    with pytest.raises(actions.NeedsConfirmation) as asked:
        actions.join_group(group=group, contact=young, by=world.nurse, at=AT)
    assert asked.value.concerns == (Concern.BEFORE_WINDOW,)
    joined = {"group": group, "contact": young, "confirmed": True, "shown": asked.value.shown}
    assert actions.join_group(by=world.nurse, at=AT, **joined).group_id == group.pk
    group.held_on = TODAY - timedelta(days=1)
    with pytest.raises(Refused, match=r"passert|over"):
        actions.join_group(group=group, contact=child(world, 27), by=world.nurse, at=AT)


def test_the_page_of_a_new_group_asks_and_says_which_field(world, browser):
    journey = world.child(born_on=TODAY - timedelta(days=5))
    young = journey.contacts.get(step="H-02")
    sent = {"title": "Gruppe", "held_on": TOMORROW.isoformat(), "starts_at": "10:00", "contacts": [young.key]}
    browser.enter("nurse")
    asked = browser.post("pathways:group_new", **sent)
    assert asked.status_code == 422
    assert "confirmed" in asked.context["form"].fields
    shown = asked.context["form"].data["shown"]
    assert browser.post("pathways:group_new", **sent, confirmed="on", shown=shown).status_code == 302
    young.refresh_from_db()
    assert young.group_id is not None


@pytest.mark.parametrize("field", ["note", "reason", "late_reason"])
def test_no_score_stands_on_the_childs_page(world, field):
    contact = child(world, 27)
    with pytest.raises(ContactSaysAScore, match="på skjemaet") as refused:
        actions.record_contact(
            contact=contact, version=contact.version, outcome="held", outcome_on=TODAY, by=world.nurse, at=AT,
            **{field: "Mor har EPDS 15 poeng i dag"},
        )  # fmt: skip
    assert refused.value.field == field
