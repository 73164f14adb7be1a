"""The baton is passed on: each way out, who holds it meanwhile, who sees what, and which task asks whom."""

from datetime import timedelta

import pytest
from django.urls import reverse

from fotspor.access.models import AuditEvent, CareRelation
from fotspor.access.queries import NotVisible, decision_for
from fotspor.access.rules import Part, Purpose
from fotspor.instruments import actions as forms
from fotspor.instruments.tests.world import answers
from fotspor.kit.dates import add_working_days
from fotspor.pathways import actions
from fotspor.pathways.actions import handovers as errors
from fotspor.pathways.actions.batons import NobodyHolds, NotAHolder, NotYours
from fotspor.pathways.actions.sayings import SaysAScore, TellsOfAForm
from fotspor.pathways.models import Baton, Contact, Handover
from fotspor.pathways.queries import batons as queries
from fotspor.pathways.tests.world import AT, TODAY, is_the_same, noon, protect
from fotspor.worklist.models import Task

LATER = AT + timedelta(hours=2)


def holder(journey):
    return Baton.objects.get(journey=journey, until_at=None)


def sees(viewer, person, at=LATER, part=Part.RECORD):
    return decision_for(viewer=viewer, person_id=person.pk, purpose=Purpose.CARE, part=part, at=at).allowed


def tasks(handover):
    found = Task.objects.open().filter(source="baton", ref__startswith=f"handover:{handover.key}")
    return {task.ref.removeprefix(f"handover:{handover.key}"): task for task in found}


def logged(kind):
    return AuditEvent.objects.filter(type=kind).count()


@pytest.fixture
def journey(world):
    return world.pregnancy()


def send(world, journey, to="midwives_south", by=None, **details):
    values = {"reason": "Flyttet", "summary": "Ønsker hjemmebesøk. Ring mor.", "by": by or world.midwife, "at": AT}
    return actions.hand_over(journey=journey, to_unit_id=world.units[to].pk, **values | details)


def test_the_sender_holds_it_until_the_receiver_has_taken_over(world, journey):
    handover = send(world, journey)
    assert holder(journey).unit == world.units["midwives"]
    assert not sees(world.midwife_south, journey.subject)
    actions.accept_handover(handover=handover, by=world.midwife_south, at=LATER)
    baton = holder(journey)
    assert baton.unit == world.units["midwives_south"]
    assert baton.staff == world.staff["midwife_south"]
    assert baton.confirmed_at == LATER
    assert Baton.objects.filter(journey=journey).count() == 2
    assert logged("pathways.handover.sent") == logged("pathways.handover.accepted") == 1


def test_the_receiver_sees_the_record_from_acceptance_and_the_sender_for_thirty_days_more(world, journey):
    mother = journey.subject
    actions.accept_handover(handover=send(world, journey), by=world.midwife_south, at=LATER)
    assert sees(world.midwife_south, mother)
    assert sees(world.midwife, mother, LATER + timedelta(days=29))
    assert not sees(world.midwife, mother, LATER + timedelta(days=30))


def test_expected_contacts_follow_the_baton(world, journey):
    actions.accept_handover(handover=send(world, journey), by=world.midwife_south, at=LATER)
    units = set(Contact.objects.expected().filter(journey=journey).values_list("unit", flat=True))
    assert units == {world.units["midwives_south"].pk}


def test_sending_makes_a_task_for_the_receiver_and_one_for_each_leader_when_nobody_answered_in_time(world, journey):
    handover = send(world, journey)
    found = tasks(handover)
    receiver = found.pop("")
    assert (receiver.unit, receiver.person, receiver.closes_on) == (
        world.units["midwives_south"],
        None,
        handover.due_on,
    )
    leaders = {task.unit for task in found.values()}
    assert leaders == {world.units["midwives"], world.units["midwives_south"]}
    assert all(
        task.for_leader and task.opens_on == task.closes_on == add_working_days(handover.due_on, 1)
        for task in found.values()
    )


def test_accepting_closes_the_receivers_task_as_done(world, journey):
    handover = send(world, journey)
    actions.accept_handover(handover=handover, by=world.midwife_south, at=LATER)
    assert tasks(handover) == {}
    done = Task.objects.get(source="baton", ref=f"handover:{handover.key}")
    assert (done.done_on, done.done_by) == (TODAY, world.staff["midwife_south"])


def test_a_newborns_baton_is_answered_within_one_working_day(world):
    journey = world.birth()[0]
    handover = Handover.objects.get(journey=journey)
    assert handover.due_on == TODAY + timedelta(days=1)
    assert handover.to_unit == world.units["centre"]


def test_a_newer_handover_replaces_an_open_one(world, journey):
    first = send(world, journey)
    second = send(world, journey, to="centre")
    first.refresh_from_db()
    assert first.superseded_at == AT
    assert tasks(first) == {}
    assert "" in tasks(second)
    with pytest.raises(errors.NotPossible):
        actions.accept_handover(handover=first, by=world.midwife_south, at=LATER)
    assert logged("pathways.handover.superseded") == 1


def test_declining_needs_a_reason_and_asks_the_sender_again(world, journey):
    handover = send(world, journey)
    with pytest.raises(errors.NeedsReason):
        actions.decline_handover(handover=handover, reason=" ", by=world.midwife_south, at=LATER)
    actions.decline_handover(handover=handover, reason="Fullt", by=world.midwife_south, at=LATER)
    assert holder(journey).unit == world.units["midwives"]
    assert tasks(handover)[":declined"].unit == world.units["midwives"]
    actions.keep_baton(handover=handover, by=world.midwife, at=LATER)
    assert tasks(handover) == {}
    assert logged("pathways.handover.declined") == logged("pathways.handover.kept") == 1


def test_a_new_handover_answers_a_declined_one(world, journey):
    first = send(world, journey)
    actions.decline_handover(handover=first, reason="Fullt", by=world.midwife_south, at=LATER)
    send(world, journey, to="centre", at=LATER)
    assert tasks(first) == {}


def test_a_health_centre_cannot_decline_a_child_living_in_its_area(world):
    journey = world.birth()[0]
    handover = Handover.objects.get(journey=journey)
    with pytest.raises(errors.LivesInArea):
        actions.decline_handover(handover=handover, reason="Fullt", by=world.nurse, at=LATER)
    handover.refresh_from_db()
    assert handover.declined_at is None


def test_it_may_send_it_to_its_leader_who_names_another_unit(world):
    journey = world.birth()[0]
    handover = Handover.objects.get(journey=journey)
    actions.send_to_leader(handover=handover, reason="Vi er fulle", by=world.nurse, at=LATER)
    asked = tasks(handover)[f":leader:{world.units['centre'].pk}"]
    assert asked.opens_on == TODAY
    assert asked.title == errors.ASKED
    new = actions.redirect_handover(
        handover=handover, to_unit_id=world.units["centre_south"].pk, reason="Avtalt", by=world.leader, at=LATER
    )
    assert (new.to_unit, new.from_unit) == (world.units["centre_south"], world.units["midwives"])
    assert tasks(handover) == {}
    assert holder(journey).unit == world.units["midwives"]
    assert logged("pathways.handover.sent_to_leader") == 1


def test_it_can_still_be_taken_over_while_the_leader_thinks(world):
    journey = world.birth()[0]
    handover = Handover.objects.get(journey=journey)
    actions.send_to_leader(handover=handover, reason="Vi er fulle", by=world.nurse, at=LATER)
    actions.accept_handover(handover=handover, by=world.colleague, at=LATER)
    assert holder(journey).unit == world.units["centre"]


def test_the_sender_may_take_it_back(world, journey):
    handover = send(world, journey)
    actions.withdraw_handover(handover=handover, by=world.midwife, at=LATER)
    assert tasks(handover) == {}
    with pytest.raises(errors.NotPossible):
        actions.accept_handover(handover=handover, by=world.midwife_south, at=LATER)
    assert logged("pathways.handover.withdrawn") == 1


@pytest.mark.parametrize("text", ["EPDS 14, følges opp", "sum 13"])
def test_a_summary_that_says_a_score_is_refused_and_nothing_is_stored(world, journey, text):
    with pytest.raises(SaysAScore):
        send(world, journey, summary=text)
    assert not Handover.objects.exists()


@pytest.mark.parametrize("text", ["EPDS over grensen, følges med støttesamtaler", "Selvmordstanker, se skjema"])
def test_a_text_that_tells_of_a_form_is_refused_and_names_the_word(world, browser, journey, text):
    for words in ({"summary": text}, {"reason": text}):
        with pytest.raises(TellsOfAForm):
            send(world, journey, **words)
    typed = {"unit": world.units["midwives_south"].key, "reason": "Flytter", "summary": text}
    answer = browser.enter("midwife").client.post(reverse("pathways:handover_new", args=[journey.key]), typed)
    page = answer.content.decode()
    assert (answer.status_code, text in page, f"«{text.split()[0].strip(',')}»" in page) == (422, True, True)
    assert not Handover.objects.exists()


def test_the_form_may_be_named_when_the_parent_has_released_a_summary_and_no_more(world):
    journey = world.birth()[0]
    mother = journey.pregnancy.mother
    asked = Handover.objects.get(journey=journey)
    send(world, journey, to="centre_south", summary="Følges med støttesamtaler")
    with pytest.raises(TellsOfAForm):
        send(world, journey, summary="EPDS er snakket om", to="centre")
    form = forms.save_draft(
        subject=mother, informant_kind="mother", instrument="epds", answers=answers(12), answered_on=TODAY,
        unit_id=world.units["midwives"].pk, journey=journey, by=world.midwife, at=AT,
    )  # fmt: skip
    form = forms.sign(response=form, version=form.version, by=world.midwife, at=AT)
    forms.release_summary(response=form, child_key=journey.child.key, summary="talked", by=world.midwife, at=AT)
    send(world, journey, summary="EPDS er snakket om", to="centre")
    for text in ("EPDS over grensen", "Selvmordstanker", "EPDS 14"):
        with pytest.raises((TellsOfAForm, SaysAScore)):
            send(world, journey, summary=text, to="centre_south")
    asked.refresh_from_db()
    assert asked.superseded_at


@pytest.mark.parametrize("unit", ["kindergarten", "office"])
def test_only_units_that_can_take_over_get_a_baton(world, journey, unit):
    with pytest.raises(NotAHolder):
        send(world, journey, to=unit)


def test_an_outsider_gets_no_baton(world, journey):
    world.add_unit("ward", "maternity_ward", "specialist", world.north, serves=False, signs_in=False)
    with pytest.raises(NotAHolder):
        send(world, journey, to="ward")


def test_only_the_holder_hands_over(world, journey):
    with pytest.raises(NotYours):
        send(world, journey, by=world.midwife_south)
    with pytest.raises(errors.SameUnit):
        send(world, journey, to="midwives")


@pytest.mark.parametrize("who", ["midwife", "nurse", "leader", "chief", "educator", "officer"])
def test_only_the_receiving_unit_takes_over(world, journey, who):
    handover = send(world, journey)
    with pytest.raises(errors.NotPossible):
        actions.accept_handover(handover=handover, by=getattr(world, who), at=LATER)
    assert holder(journey).unit == world.units["midwives"]


def test_nobody_takes_over_their_own(world, journey):
    handover = send(world, journey)
    is_the_same(journey.subject, world.staff["midwife_south"])
    with pytest.raises(NotVisible):
        actions.accept_handover(handover=handover, by=world.midwife_south, at=LATER)


def test_taking_over_twice_is_refused(world, journey):
    handover = send(world, journey)
    actions.accept_handover(handover=handover, by=world.midwife_south, at=LATER)
    with pytest.raises(errors.NotPossible):
        actions.accept_handover(handover=handover, by=world.midwife_south, at=LATER)
    assert Baton.objects.filter(journey=journey, until_at=None).count() == 1


def test_twins_have_separate_batons(world):
    one, two = world.birth(children=2)
    accepted = Handover.objects.get(journey=one)
    actions.accept_handover(handover=accepted, by=world.nurse, at=LATER)
    assert holder(one).unit == world.units["centre"]
    assert holder(two).unit == world.units["midwives"]
    mother = one.pregnancy.mother
    assert sees(world.midwife, mother, LATER + timedelta(days=60))  # still holds the other twin's


def test_the_receiver_of_a_child_sees_the_mother_too(world):
    journey = world.birth()[0]
    actions.accept_handover(handover=Handover.objects.get(journey=journey), by=world.nurse, at=LATER)
    assert sees(world.nurse, journey.subject)
    assert sees(world.nurse, journey.pregnancy.mother)


def test_a_protected_persons_contact_is_named(world, journey):
    mother = journey.subject
    protect(mother, "strict")
    CareRelation.objects.create(
        person=mother,
        unit=world.units["midwives"],
        staff=world.staff["midwife"],
        basis="named",
        from_on=TODAY,
        opened_at=AT,
    )
    actions.accept_handover(handover=send(world, journey), by=world.midwife_south, at=LATER)
    assert sees(world.midwife_south, mother)
    colleague = world.add_staff("other_south", "midwives_south", "midwife")
    assert colleague
    assert not sees(world.other_south, mother)


def test_closing_a_journey_leaves_nobody_waiting(world, journey):
    handover = send(world, journey)
    actions.close_baton(journey=journey, by=world.midwife, at=LATER)
    assert not Baton.objects.filter(journey=journey, until_at=None).exists()
    assert tasks(handover) == {}
    actions.close_baton(journey=journey, by=world.midwife, at=LATER)
    with pytest.raises(NobodyHolds):
        send(world, journey)


def test_unanswered_leaders_tasks_show_after_the_last_day_without_anything_being_run(world, journey):
    handover = send(world, journey)
    leaders = Task.objects.filter(for_leader=True, ref__startswith=f"handover:{handover.key}")
    late = add_working_days(handover.due_on, 1)
    assert not leaders.visible_from(handover.due_on).exists()  # the receiver has the whole of that day
    assert leaders.visible_from(late).count() == 2
    assert leaders.overdue(late + timedelta(days=1)).count() == 2
    assert noon(handover.due_on) > AT


def test_the_receivers_leader_sends_on_what_nobody_answered_and_nobody_asked_about(world):
    handover = Handover.objects.get(journey=world.birth()[0])
    to = {"to_unit_id": world.units["centre_south"].pk, "reason": "Sykdom hos oss", "by": world.leader}
    with pytest.raises(errors.NotPossible):
        actions.redirect_handover(handover=handover, at=noon(handover.due_on), **to)
    late = noon(handover.due_on + timedelta(days=1))
    assert "redirect" in queries.handover_by_key(viewer=world.leader, key=handover.key, at=late).verbs
    assert "redirect" not in queries.handover_by_key(viewer=world.nurse, key=handover.key, at=late).verbs
    new = actions.redirect_handover(handover=handover, at=late, **to)
    assert (new.to_unit, new.from_unit) == (world.units["centre_south"], world.units["midwives"])


def test_a_newborn_is_not_handed_to_the_school(world):
    school = world.add_unit("school", "school_health", "health", world.north)
    journey = world.child()
    with pytest.raises(errors.WrongAge):
        send(world, journey, to="school", by=world.nurse)
    handover = Handover.objects.get(journey=world.birth()[0])
    actions.send_to_leader(handover=handover, reason="Vi er fulle", by=world.nurse, at=LATER)
    with pytest.raises(errors.WrongAge):
        actions.redirect_handover(handover=handover, to_unit_id=school.pk, reason="Feil", by=world.leader, at=LATER)
    pupil = world.child(born_on=TODAY.replace(year=TODAY.year - 6))
    assert send(world, pupil, to="school", by=world.nurse).to_unit == school
