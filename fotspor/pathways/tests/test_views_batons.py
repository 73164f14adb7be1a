"""The baton pages: what each button does, what a refused form keeps, and that strangers find nothing."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from fotspor.access.models import AuditEvent
from fotspor.pathways import actions
from fotspor.pathways.models import Baton, Handover, Stop
from fotspor.pathways.tests.world import AT, TODAY, protect
from fotspor.services.models import District

STRANGERS = ["nurse_south", "educator", "officer", "chief"]


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def enter(client, world):
    def signed_in(name):
        client.force_login(world.staff[name])
        return client

    return signed_in


@pytest.fixture
def handover(world):
    return Handover.objects.get(journey=world.birth()[0])


def url(name, handover):
    return reverse(f"pathways:handover{name}", args=[handover.key])


def holder(handover):
    return Baton.objects.get(journey=handover.journey, until_at=None).unit


def test_the_inbox_is_logged_and_shows_both_sides(world, enter, handover):
    for who in ("nurse", "midwife", "leader"):
        html = enter(who).get(reverse("pathways:batons")).content.decode()
        assert url("", handover) in html
    assert AuditEvent.objects.filter(type="pathways.batons.listed", people=[handover.journey.child.key]).count() == 3


@pytest.mark.parametrize("who", ["educator", "officer"])
def test_roles_without_batons_have_no_inbox(world, enter, who):
    assert enter(who).get(reverse("pathways:batons")).status_code == 404


def test_taking_over_leads_to_the_child(world, enter, handover):
    response = enter("nurse").post(url("_accept", handover))
    assert response["Location"] == reverse("desk:child", args=[handover.journey.key])
    assert holder(handover) == world.units["centre"]
    assert enter("nurse").get(response["Location"]).status_code == 200


def test_taking_over_too_late_says_so(world, enter, handover):
    actions.accept_handover(handover=handover, by=world.colleague, at=AT)
    response = enter("nurse").post(url("_accept", handover), follow=True)
    assert response.status_code == 200
    assert Baton.objects.filter(journey=handover.journey).count() == 2


def test_a_look_at_what_was_sent_is_logged_with_its_basis(world, enter, handover):
    assert enter("nurse").get(url("", handover)).status_code == 200
    event = AuditEvent.objects.get(type="access.record.read", person=handover.journey.child.key)
    assert (event.basis, event.purpose) == ("handover", "care")


def test_a_leader_reads_neither_reason_nor_summary(world, enter):
    journey = world.pregnancy()
    sent = actions.hand_over(
        journey=journey, to_unit_id=world.units["centre"].pk, reason="Grunnen-prøve", summary="Oppsummering-prøve",
        by=world.midwife, at=AT,
    )  # fmt: skip
    nurse = enter("nurse").get(url("", sent)).content.decode()
    assert "Grunnen-prøve" in nurse
    assert "Oppsummering-prøve" in nurse
    leader = enter("leader").get(url("", sent)).content.decode()
    assert "Grunnen-prøve" not in leader
    assert "Oppsummering-prøve" not in leader


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("name", ["", "_accept", "_decline", "_to_leader", "_redirect", "_withdraw", "_keep"])
def test_strangers_find_nothing(world, enter, handover, who, name):
    browser = enter(who)
    assert browser.post(url(name, handover)).status_code in (404, 405)
    assert browser.get(url(name, handover)).status_code in (404, 405)


@pytest.mark.parametrize("name", ["_accept", "_withdraw", "_keep"])
def test_what_changes_something_is_never_a_get(world, enter, handover, name):
    assert enter("nurse").get(url(name, handover)).status_code == 405


def test_the_button_to_decline_is_absent_in_the_own_area(world, enter, handover):
    html = enter("nurse").get(url("", handover)).content.decode()
    assert url("_decline", handover) not in html
    assert url("_to_leader", handover) in html
    assert enter("nurse").post(url("_decline", handover), {"reason": "Fullt"}).status_code == 422


def test_asking_the_leader_needs_a_reason(world, enter, handover):
    browser = enter("nurse")
    assert browser.get(url("_to_leader", handover)).status_code == 200
    assert browser.post(url("_to_leader", handover), {"reason": ""}).status_code == 422
    assert browser.post(url("_to_leader", handover), {"reason": "Fullt"}).status_code == 302
    leader = enter("leader")
    assert leader.get(url("_redirect", handover)).status_code == 200
    answer = {"unit": world.units["centre_south"].key, "reason": "Avtalt"}
    assert leader.post(url("_redirect", handover), answer).status_code == 302
    assert Handover.objects.filter(to_unit=world.units["centre_south"]).exists()


def test_sending_keeps_what_was_typed_when_a_score_is_refused(world, enter):
    journey = world.pregnancy()
    new = reverse("pathways:handover_new", args=[journey.key])
    browser = enter("midwife")
    assert browser.get(new).status_code == 200
    form = {"unit": world.units["midwives_south"].key, "reason": "Flyttet", "summary": "EPDS 14 i dag"}
    response = browser.post(new, form)
    assert response.status_code == 422
    assert "EPDS 14 i dag" in response.content.decode()
    assert not Handover.objects.exists()
    assert browser.post(new, form | {"summary": "Ring mor"}).status_code == 302
    assert Handover.objects.get().summary == "Ring mor"


def test_sending_twice_with_one_token_is_once(world, enter):
    journey = world.pregnancy()
    new = reverse("pathways:handover_new", args=[journey.key])
    form = {"unit": world.units["midwives_south"].key, "reason": "Flyttet", "summary": "", "_once": "a" * 32}
    browser = enter("midwife")
    first, second = browser.post(new, form), browser.post(new, form)
    assert first["Location"] == second["Location"]
    assert Handover.objects.count() == 1


def test_a_stranger_cannot_hand_over_a_child(world, enter):
    new = reverse("pathways:handover_new", args=[world.pregnancy().key])
    assert enter("midwife_south").get(new).status_code == 404
    assert enter("leader").get(new).status_code == 404


def test_taking_back_and_keeping(world, enter, handover):
    browser = enter("midwife")
    assert browser.post(url("_withdraw", handover)).status_code == 302
    handover.refresh_from_db()
    assert handover.withdrawn_at == AT
    sent = actions.hand_over(
        journey=handover.journey, to_unit_id=world.units["centre_south"].pk, reason="Prøve", summary="",
        by=world.midwife, at=AT,
    )  # fmt: skip
    actions.decline_handover(handover=sent, reason="Fullt", by=world.nurse_south, at=AT)
    assert browser.post(url("_keep", sent)).status_code == 302
    sent.refresh_from_db()
    assert sent.seen_at == AT


def test_confirming_from_the_childs_page(world, enter):
    journey = world.child()
    confirm = reverse("pathways:baton_confirm", args=[journey.key])
    assert confirm in enter("nurse").get(reverse("desk:child", args=[journey.key])).content.decode()
    assert enter("nurse").post(confirm).status_code == 302
    assert Baton.objects.get(journey=journey).confirmed_at == AT
    assert enter("nurse_south").post(confirm).status_code == 404


def test_the_list_of_those_whom_nobody_holds(world, enter):
    journey = world.child(district=District.objects.create(code="X", name="Øde"))
    assign = reverse("pathways:unassigned_assign", args=[journey.key])
    assert assign in enter("chief").get(reverse("pathways:batons")).content.decode()
    assert enter("chief").get(assign).status_code == 200
    assert enter("chief").post(assign, {"unit": ""}).status_code == 422
    assert enter("leader").get(assign).status_code == 404
    assert enter("chief").post(assign, {"unit": world.units["centre"].key}).status_code == 302
    assert Baton.objects.get(journey=journey, until_at=None).unit == world.units["centre"]


def test_a_stop_is_added_and_closed(world, enter):
    ward = world.add_unit("ward", "maternity_ward", "specialist", world.north, serves=False, signs_in=False)
    journey = world.pregnancy()
    browser = enter("midwife")
    new = reverse("pathways:stop_new", args=[journey.key])
    assert browser.get(new).status_code == 200
    form = {"unit": ward.key, "reason": "Fødsel", "from_on": TODAY.isoformat(), "due_on": TODAY.isoformat()}
    assert browser.post(new, form | {"due_on": "i morgen"}).status_code == 422
    assert browser.post(new, form).status_code == 302
    page = reverse("pathways:stop", args=[Stop.objects.get().key])
    assert browser.get(page).status_code == 200
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    assert browser.post(page, {"outcome": "Hjemme", "done_on": tomorrow}).status_code == 422
    assert browser.post(page, {"outcome": "Hjemme", "done_on": TODAY.isoformat()}).status_code == 302
    assert browser.get(page).status_code == 200
    assert enter("nurse").get(page).status_code == 404


def test_a_protected_childs_name_is_not_on_the_page_before_acceptance(world, enter, handover):
    child = handover.journey.child
    child.given_name = "Hemmelig"
    child.save()
    protect(child, "strict")
    html = enter("nurse").get(url("", handover)).content.decode()
    assert "Hemmelig" not in html
    assert child.born_on.isoformat() not in html


def test_who_held_it_before_finds_no_form_and_no_way_to_one(world, enter, handover):
    journey = handover.journey
    actions.accept_handover(handover=handover, by=world.nurse, at=AT)
    addresses = [
        reverse(name, args=[journey.key])
        for name in ("pathways:handover_new", "pathways:stop_new", "pathways:contact_new")
    ]
    for who, status in (("nurse", 200), ("midwife", 404)):
        assert [enter(who).get(address).status_code for address in addresses] == [status] * 3
        html = enter(who).get(reverse("desk:child", args=[journey.key])).content.decode()
        assert (addresses[2] in html) is (status == 200)
    typed = {"unit": world.units["centre_south"].key, "reason": "Flyttet", "summary": ""}
    assert enter("midwife").post(addresses[0], typed).status_code == 422


def test_a_baton_that_was_taken_over_leads_to_the_child(world, enter, handover):
    child = reverse("desk:child", args=[handover.journey.key])
    assert child not in enter("nurse").get(url("", handover)).content.decode()
    actions.accept_handover(handover=handover, by=world.nurse, at=AT)
    assert child in enter("nurse").get(url("", handover)).content.decode()
    assert child not in enter("leader").get(url("", handover)).content.decode()


def test_only_units_that_follow_somebody_of_that_age_are_offered(world, enter):
    school = world.add_unit("school", "school_health", "health", world.north)
    for born_on, offered in ((TODAY, False), (TODAY.replace(year=TODAY.year - 6), True)):
        journey = world.child(born_on=born_on)
        html = enter("nurse").get(reverse("pathways:handover_new", args=[journey.key])).content.decode()
        assert (school.key in html) is offered


def test_before_birth_it_says_when_the_child_is_due_and_nothing_of_the_mothers_age(world, enter):
    journey = world.pregnancy(due_on=TODAY + timedelta(days=20))
    sent = {"reason": "Snart født", "summary": "", "by": world.midwife, "at": AT}
    handover = actions.hand_over(journey=journey, to_unit_id=world.units["centre"].pk, **sent)
    html = enter("nurse").get(url("", handover)).content.decode()
    assert "Gravid</dt>" in html
    assert "Termin" in html
    assert f"<dd>{journey.subject.born_on.year}</dd>" not in html
