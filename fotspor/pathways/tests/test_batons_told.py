"""What is read of a handover afterwards, in whose name it was sent on, who is chosen, and who finds a centre."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from fotspor.access.rules import ROLES, Permission
from fotspor.pathways import actions
from fotspor.pathways.actions.batons import HasHolder, NotAHolder, WrongAge
from fotspor.pathways.actions.handovers import _hasten
from fotspor.pathways.actions.sayings import SaysAScore
from fotspor.pathways.models import Baton, Handover
from fotspor.pathways.queries import batons as queries
from fotspor.pathways.queries.trail import trail
from fotspor.pathways.rules.handovers import HOLDER_KINDS, Standing, holder_kinds, reads_on
from fotspor.pathways.tests.world import AT, TODAY, noon
from fotspor.people import actions as people
from fotspor.people.actions import Home
from fotspor.people.labels import display_name
from fotspor.services.models import District, Unit
from fotspor.services.rules import roles_for
from fotspor.worklist.models import Task
from fotspor.worklist.rules import Urgency

LATER = AT + timedelta(hours=2)
SUMMARY = "Ønsker hjemmebesøk og er urolig"


@pytest.fixture
def journey(world):
    return world.pregnancy()


@pytest.fixture
def handover(world, journey):
    return send(world, journey)


@pytest.fixture
def nowhere(world):
    """A district that no health centre serves."""
    return District.objects.create(code="X", name="Øde")


def send(world, journey, to="midwives_south", by=None):
    return actions.hand_over(
        journey=journey, to_unit_id=world.units[to].pk, reason="Flyttet til søster", summary=SUMMARY,
        by=by or world.midwife, at=AT,
    )  # fmt: skip


def row(viewer, handover, at=LATER):
    return queries.handover_by_key(viewer=viewer, key=handover.key, at=at)


# --- what is read when it is closed -----------------------------------------------------------------------

CLOSED = {
    "withdrawn": lambda world, h: actions.withdraw_handover(handover=h, by=world.midwife, at=AT),
    "declined": lambda world, h: actions.decline_handover(handover=h, reason="Fullt", by=world.midwife_south, at=AT),
    "superseded": lambda world, h: send(world, h.journey, "centre"),
}


@pytest.mark.parametrize("how", CLOSED)
def test_who_was_asked_and_did_not_take_over_reads_no_more_than_that(world, browser, handover, how):
    assert row(world.midwife_south, handover).shows_text
    CLOSED[how](world, handover)
    asked = row(world.midwife_south, handover)
    assert (asked.standing, asked.shows_text, asked.shows_name, asked.shows_answer) == (how, False, False, False)
    address = reverse("pathways:handover", args=[handover.key])
    page = browser.enter("midwife_south").client.get(address).content.decode()
    for secret in (SUMMARY, "Flyttet til søster", "Fullt", handover.journey.subject.given_name):
        assert secret not in page
    assert world.units["midwives_south"].name in page
    sender = row(world.midwife, handover)
    assert (sender.shows_text, sender.shows_name) == (True, True)
    assert SUMMARY in browser.enter("midwife").client.get(address).content.decode()


def test_who_took_over_reads_on_and_the_sender_as_long_as_the_trace_lasts(world, handover):
    actions.accept_handover(handover=handover, by=world.midwife_south, at=AT)
    assert row(world.midwife_south, handover).shows_text
    assert row(world.midwife, handover, AT + timedelta(days=29)).shows_text
    faded = row(world.midwife, handover, AT + timedelta(days=31))
    assert (faded.shows_text, faded.standing) == (False, Standing.ACCEPTED)


def test_reading_on():
    assert {now for now in Standing if reads_on(now, is_sender=False)} == {
        Standing.SENT, Standing.WITH_LEADER, Standing.ACCEPTED,
    }  # fmt: skip
    assert all(reads_on(now, is_sender=True) for now in Standing)


def test_a_no_may_not_tell_a_score(world, handover):
    for act in (actions.decline_handover, actions.send_to_leader):
        with pytest.raises(SaysAScore):
            act(handover=handover, reason="EPDS ble fjorten", by=world.midwife_south, at=AT)


def test_after_a_leader_sent_it_on_the_receiver_reads_in_whose_name(world, browser):
    journey = world.birth()[0]
    asked = Handover.objects.get(journey=journey)
    actions.send_to_leader(handover=asked, reason="Vi er fulle", by=world.nurse, at=AT)
    new = actions.redirect_handover(
        handover=asked, to_unit_id=world.units["centre_south"].pk, reason="Avtalt", by=world.leader, at=AT
    )
    assert row(world.nurse_south, new).acted_for == world.units["centre"]
    page = browser.enter("nurse_south").client.get(reverse("pathways:handover", args=[new.key])).content.decode()
    assert f"{world.units['centre'].name} · Leader Prøve" in page
    assert f"{world.units['midwives'].name} · Leader Prøve" not in page
    assert row(world.nurse, asked).acted_for is None


# --- whom the keeper of the list may choose ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "kinds"),
    [
        (None, {"midwifery", "health_station"}),
        (10, {"midwifery", "health_station"}),
        (400, {"health_station"}),
        (2300, {"health_station", "school_health"}),  # turns six this year
    ],
)
def test_which_kinds_of_unit_follow_whom(age, kinds):
    born_on = None if age is None else TODAY - timedelta(days=age)
    assert set(holder_kinds(born_on=born_on, on=TODAY, newborn_days=28)) == kinds


def test_wherever_a_baton_may_stand_somebody_may_pass_it_on():
    may = {role.key for role in ROLES.values() if Permission.HAND_OVER in role.permissions}
    assert set(HOLDER_KINDS) == {kind for kind in Unit.Kind.values if may & {*roles_for(kind)}}
    ages = (None, *(TODAY - timedelta(days=days) for days in (0, 400, 2300)))
    assert {k for born_on in ages for k in holder_kinds(born_on=born_on, on=TODAY, newborn_days=28)} <= {*HOLDER_KINDS}


@pytest.fixture
def family(world):
    """A unit that no nurse or midwife can have a post in."""
    unit = world.add_unit("family", "family_service", "family", world.north)
    world.add_staff("counsellor", "family", "unit_leader")
    return unit


def test_a_family_service_is_neither_offered_nor_taken(world, browser, family, nowhere):
    journey = world.child(born_on=TODAY - timedelta(days=800))
    actions.confirm_baton(journey=journey, by=world.nurse, at=AT)
    page = browser.enter("nurse").get("pathways:handover_new", journey.key).content.decode()
    assert (f'value="{family.key}"' in page, f'value="{world.units["centre_south"].key}"' in page) == (False, True)
    offer = {"journey": journey, "reason": "Avtalt", "summary": "", "by": world.nurse, "at": AT}
    with pytest.raises(NotAHolder):
        actions.hand_over(to_unit_id=family.pk, **offer)
    waiting = world.child(born_on=TODAY - timedelta(days=800), district=nowhere)
    with pytest.raises(NotAHolder):
        actions.assign_unassigned(journey=waiting, unit_id=family.pk, by=world.chief, at=AT)


def stuck(world, family, journey):
    """As an earlier version let it be."""
    Baton.objects.filter(journey=journey, until_at=None).update(unit=family, staff=None)
    return journey


def test_a_baton_that_stands_where_nobody_can_pass_it_on_is_given_to_another_unit(world, browser, family):
    journey = stuck(world, family, world.child(born_on=TODAY - timedelta(days=800)))
    (row,) = queries.unassigned(viewer=world.chief, on=TODAY)
    assert row.key == journey.key
    page = browser.enter("chief").get("pathways:unassigned_assign", journey.key).content.decode()
    assert f'value="{family.key}"' not in page
    baton = actions.assign_unassigned(journey=journey, unit_id=world.units["centre"].pk, by=world.chief, at=AT)
    assert (baton.unit, queries.unassigned(viewer=world.chief, on=TODAY)) == (world.units["centre"], [])
    assert [b.unit for b in Baton.objects.filter(journey=journey).order_by("pk")] == [family, world.units["centre"]]
    actions.confirm_baton(journey=journey, by=world.nurse, at=LATER)
    with pytest.raises(HasHolder):
        actions.assign_unassigned(journey=journey, unit_id=world.units["centre_south"].pk, by=world.chief, at=LATER)


def test_what_happens_meanwhile_does_not_fail_on_it(world, family):
    moving = stuck(world, family, world.child(born_on=TODAY - timedelta(days=800)))
    home = Home(street="Ny vei 1", postcode="7000", city="Prøvestad", district=world.south)
    people.record_move(person=moving.child, home=home, moved_on=TODAY, by=world.nurse, at=AT)
    assert list(Handover.objects.values_list("to_unit", flat=True)) == [world.units["centre_south"].pk]
    before = stuck(world, family, world.pregnancy(due_on=TODAY, at=noon(TODAY - timedelta(days=100))))
    one, two = world.birth(before, children=2)
    assert Baton.objects.get(journey=one, until_at=None).unit == family
    assert Baton.objects.get(journey=two, until_at=None).unit == world.units["centre"]
    closed = stuck(world, family, world.child(born_on=TODAY - timedelta(days=900)))
    people.record_death(person=closed.child, died_on=TODAY, by=world.nurse, at=AT)
    people.take_back_death(person=closed.child, reason="Feil person", by=world.nurse, at=LATER)
    assert Baton.objects.get(journey=closed, until_at=None).unit is None


@pytest.mark.parametrize(("year", "ahead", "follows"), [(6, 0, True), (5, 0, False), (5, 1, True), (4, 1, False)])
def test_the_school_may_be_handed_the_baton_the_year_before(year, ahead, follows):
    born_on = TODAY.replace(year=TODAY.year - year)
    kinds = holder_kinds(born_on=born_on, on=TODAY, newborn_days=28, ahead_years=ahead)
    assert ("school_health" in kinds) is follows


def test_the_keeper_chooses_among_those_who_follow_that_age(world, browser, nowhere):
    world.add_unit("school", "school_health", "health", world.north)
    journey = world.child(born_on=TODAY - timedelta(days=800), district=nowhere)
    browser.enter("chief")
    page = browser.get("pathways:unassigned_assign", journey.key).content.decode()
    for key, is_offered in (("centre", True), ("centre_south", True), ("midwives", False), ("school", False)):
        assert (f'value="{world.units[key].key}"' in page) is is_offered
    with pytest.raises(WrongAge):
        actions.assign_unassigned(journey=journey, unit_id=world.units["school"].pk, by=world.chief, at=AT)
    assert Baton.objects.get(journey=journey, until_at=None).unit is None


def test_a_keeper_who_leads_a_health_centre_may_choose_it(world, browser, nowhere):
    journey = world.child(born_on=TODAY - timedelta(days=800), district=nowhere)
    world.staff["chief"].memberships.update(until_on=TODAY)
    browser.enter("leader")
    page = browser.get("pathways:unassigned_assign", journey.key).content.decode()
    assert f'value="{world.units["centre"].key}"' in page


def test_the_keeper_reads_on_her_own_page_whom_it_is_about(world, browser, nowhere):
    journey = world.child(born_on=TODAY - timedelta(days=800), district=nowhere)
    page = browser.enter("chief").get("desk:unit").content.decode()
    assert reverse("pathways:unassigned_assign", args=[journey.key]) in page
    assert journey.child.name in page


# --- born, and no health centre ---------------------------------------------------------------------------


def centre_tasks(journey):
    return list(Task.objects.open().filter(ref=f"centre:{journey.key}"))


def test_a_newborn_without_an_address_has_somebody_who_finds_a_health_centre(world, nowhere):
    before = world.pregnancy(due_on=TODAY, at=noon(TODAY - timedelta(days=100)), district=nowhere)
    (journey,) = world.birth(before)
    (task,) = centre_tasks(journey)
    assert (task.unit, task.due_on) == (world.units["midwives"], TODAY + timedelta(days=1))
    assert not Handover.objects.filter(journey=journey).exists()
    sent = send(world, journey, "centre")
    assert centre_tasks(journey) == []
    actions.withdraw_handover(handover=sent, by=world.midwife, at=AT)
    assert len(centre_tasks(journey)) == 1
    assert list(actions.rebuild(check=True, at=AT)) == []
    home = Home(street="Ny vei 1", postcode="7000", city="Prøvestad", district=world.north)
    people.record_move(person=journey.child, home=home, moved_on=TODAY, by=world.midwife, at=AT)
    offered = Handover.objects.get(journey=journey, withdrawn_at=None)  # the address is known, and names a centre
    assert offered.to_unit == world.units["centre"]
    assert centre_tasks(journey) == []
    assert list(actions.rebuild(check=True, at=AT)) == []


SENT = noon(TODAY - timedelta(days=1))
TERM = TODAY + timedelta(days=40)  # far enough ahead that an unborn child's baton has three working days


def waiting_for(world, *, to="centre", **birth):
    """Somebody was asked while she was pregnant, and the child is born before there is an answer."""
    journey = world.pregnancy(due_on=TERM, at=noon(TODAY - timedelta(days=100)))
    asked = actions.hand_over(
        journey=journey, to_unit_id=world.units[to].pk, reason="Avtalt", summary="", by=world.midwife, at=SENT
    )
    assert task_of(asked).due_on == asked.due_on == TODAY + timedelta(days=2)
    assert task_of(asked).urgency == Urgency.BATON
    return asked, world.birth(journey, born_on=TODAY, **birth)


def task_of(handover):
    return Task.objects.open().get(ref=f"handover:{handover.key}")


def test_a_birth_shortens_the_answer_that_is_waited_for(world):
    asked, (journey,) = waiting_for(world)
    (handover,) = Handover.objects.filter(journey=journey)
    assert (handover, handover.due_on) == (asked, TODAY + timedelta(days=1))
    assert (task_of(asked).due_on, task_of(asked).urgency) == (handover.due_on, Urgency.NEWBORN)
    leaders = Task.objects.open().filter(ref__startswith=f"handover:{asked.key}:leader")
    assert {task.opens_on for task in leaders} == {TODAY + timedelta(days=2)}
    assert list(actions.rebuild(check=True, at=AT)) == []


def test_each_twins_baton_is_answered_as_a_newborns(world):
    _asked, journeys = waiting_for(world, children=2)
    found = Handover.objects.filter(journey__in=journeys, superseded_at=None)
    assert [handover.due_on for handover in found] == [TODAY + timedelta(days=1)] * 2
    assert {task_of(handover).urgency for handover in found} == {Urgency.NEWBORN}


def test_a_birth_never_lengthens_it_and_one_recorded_late_is_no_newborns(world):
    asked, _journeys = waiting_for(world)
    Handover.objects.filter(pk=asked.pk).update(due_on=TODAY)
    _hasten(asked.journey, by=world.midwife, at=noon(TODAY + timedelta(days=3)))
    asked.refresh_from_db()
    assert asked.due_on == TODAY
    journey = world.pregnancy(due_on=TERM, at=noon(TODAY - timedelta(days=100)))
    late = actions.hand_over(
        journey=journey, to_unit_id=world.units["centre"].pk, reason="Avtalt", summary="", by=world.midwife, at=SENT
    )
    world.birth(journey, born_on=TODAY - timedelta(days=40))
    late.refresh_from_db()
    assert late.due_on == TODAY + timedelta(days=2)


def test_where_the_address_names_a_centre_nobody_is_asked_to_find_one(world):
    (journey,) = world.birth()
    assert not Task.objects.filter(ref=f"centre:{journey.key}").exists()
    actions.accept_handover(handover=Handover.objects.get(journey=journey), by=world.nurse, at=AT)
    assert not Task.objects.filter(ref=f"centre:{journey.key}").exists()


def test_twins_without_names_are_told_apart(world):
    one, two = world.birth(children=2)
    (alone,) = world.birth()
    with translation.override("nb"):
        names = [display_name(journey.child).split(",")[0] for journey in (one, two, alone)]
    family = one.child.family_name
    assert [name.replace(family, "").strip() for name in names] == ["jente 1", "jente 2", "jente"]


# --- the words of the trail -------------------------------------------------------------------------------


def test_what_was_not_needed_is_not_called_a_refusal(world):
    journey = world.child(born_on=TODAY - timedelta(days=9), at=noon(TODAY - timedelta(days=7)))
    for step, outcome in (("H-01", "not_needed"), ("H-02", "declined")):
        contact = journey.contacts.get(step=step)
        actions.record_contact(
            contact=contact, version=contact.version, outcome=outcome, outcome_on=TODAY, reason="Sett på sykehuset",
            by=world.nurse, at=AT,
        )  # fmt: skip
    with translation.override("nb"):
        steps = [s for part in trail(journey=journey, at=AT).parts if not part.is_pass for s in part.steps]
    unneeded, refused = sorted((s for s in steps if s.state == "declined"), key=lambda s: not s.word)
    assert unneeded.word == "Ikke nødvendig:"
    assert unneeded.sentence.endswith("Sett på sykehuset")
    assert refused.word == ""
    assert "Sett på sykehuset" not in refused.sentence


def test_the_next_contact_is_the_first_late_one(world, browser):
    journey = world.child(born_on=TODAY - timedelta(days=21), at=noon(TODAY - timedelta(days=20)))
    late, now = journey.contacts.get(step="H-01"), journey.contacts.get(step="H-02")
    page = browser.enter("nurse").get("desk:child", journey.key).content.decode()
    before_list = page.split('id="way"')[0]
    assert reverse("pathways:contact", args=[late.key]) in before_list
    assert reverse("pathways:contact", args=[now.key]) not in before_list
