"""What emergency access does not reach on the way, what unnamed colleagues see, and looks that stand in the log."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from fotspor.access import actions as access
from fotspor.access.models import AuditEvent, CareRelation
from fotspor.access.queries import NotInEmergency
from fotspor.desk.queries.child import child as child_page
from fotspor.desk.queries.kindergarten import enrolled
from fotspor.kit.identifiers import example
from fotspor.pathways import actions
from fotspor.pathways.models import Contact, Handover
from fotspor.pathways.queries import batons
from fotspor.pathways.queries import kindergartens as queries
from fotspor.pathways.tests.world import AT, TODAY, protect
from fotspor.services.models import District
from fotspor.worklist.actions import type_task
from fotspor.worklist.models import Task

REASON = "Barnet er her med høy feber og ingen svarer"


# --- emergency access -------------------------------------------------------------------------------------


@pytest.fixture
def inside(world):
    """A strictly protected child of the unit, opened to a colleague who is not named, agreed to by another."""
    journey = world.child()
    child = journey.child
    protect(child, "strict")
    world.add_staff("third", "centre", "nurse")
    emergency = access.break_glass(person_id=child.pk, reason=REASON, by=world.colleague, at=AT)
    access.second_emergency(emergency=emergency, by=world.third, at=AT)
    return journey


def attempts(world, journey):
    said = {"by": world.colleague, "at": AT}
    due = TODAY + timedelta(days=7)
    contact = Contact.objects.filter(journey=journey, outcome="", cancelled_on=None).first()
    south = world.units["centre_south"].pk
    kindergarten = world.units["kindergarten"]
    yield (
        "hand over",
        lambda: actions.hand_over(journey=journey, to_unit_id=south, reason="Flyttet", summary="", **said),
    )
    yield "confirm", lambda: actions.confirm_baton(journey=journey, **said)
    yield "book", lambda: actions.book_contact(contact=contact, version=contact.version, on=due, time=None, **said)
    yield "cancel", lambda: actions.cancel_booking(contact=contact, version=contact.version, **said)
    yield "reopen", lambda: actions.reopen_contact(contact=contact, version=contact.version, reason="Feil", **said)
    yield "close", lambda: actions.close_by_mistake(journey=journey, reason="Feil person her", **said)
    yield "enrol", lambda: actions.enrol_in_kindergarten(journey=journey, unit=kindergarten, from_on=TODAY, **said)
    yield (
        "add",
        lambda: actions.add_contact(journey=journey, kind="extra", opens_on=TODAY, due_on=due, closes_on=due, **said),
    )
    yield "task", lambda: type_task(kind="call", note="Ring", due_on=due, person=journey.child, **said)


def is_refused(attempt):
    try:
        attempt()
    except NotInEmergency:
        return True
    return False


def test_emergency_access_plans_and_hands_over_nothing(world, inside):
    for what, attempt in attempts(world, inside):
        assert is_refused(attempt), what
    assert not Handover.objects.filter(journey=inside, to_unit=world.units["centre_south"]).exists()
    assert not CareRelation.objects.filter(basis="enrolled").exists()


def test_what_came_of_a_contact_is_written_in_an_emergency_too(world, inside):
    contact = Contact.objects.filter(journey=inside, outcome="", opens_on__lte=TODAY).first()
    recorded = actions.record_contact(
        contact=contact, version=contact.version, outcome="held", outcome_on=TODAY, note="Kom akutt",
        late_reason="Akutt", by=world.colleague, at=AT,
    )  # fmt: skip
    assert recorded.outcome == "held"


def test_the_childs_page_shows_no_way_to_what_is_refused(world, inside, browser):
    shown = child_page(viewer=world.colleague, key=inside.key, at=AT, list_url="/")
    assert (shown.may_change, shown.may_hand_over) == (False, False)
    html = browser.enter("colleague").get("desk:child", inside.key).content.decode()
    for name, key in (
        ("pathways:journey_close", inside.key),
        ("pathways:kindergarten", inside.key),
        ("pathways:handover_new", inside.key),
        ("worklist:task_new", inside.child.key),
    ):
        assert reverse(name, args=[key]) not in html, name


# --- a protected child's baton, of either grade ---------------------------------------------------------


@pytest.fixture(params=["confidential", "strict"])
def sent(world, request):
    journey = world.pregnancy()
    handover = actions.hand_over(
        journey=journey, to_unit_id=world.units["midwives_south"].pk, reason="Grunnen-prøve", summary="Flyttet hit",
        by=world.midwife, at=AT,
    )  # fmt: skip
    protect(journey.subject, request.param)
    return handover


def test_those_not_named_know_only_that_there_is_one(world, sent, browser):
    row = batons.handover_by_key(viewer=world.midwife_south, key=sent.key, at=AT)
    assert (row.shows_name, row.shows_line) == (False, False)
    browser.enter("midwife_south")
    secrets = ("Grunnen-prøve", "Flyttet hit", world.units["midwives"].name)
    pages = [browser.get("pathways:handover", sent.key), browser.get("pathways:batons"), browser.get("desk:day")]
    for page in pages:
        html = page.content.decode()
        assert [secret for secret in secrets if secret in html] == []
    assert sent.key in pages[1].content.decode()
    assert "24. nov" not in pages[0].content.decode() + pages[1].content.decode()
    assert reverse("pathways:handover_accept", args=[sent.key]) in (
        browser.get("pathways:handover", sent.key).content.decode()
    )


def test_those_named_see_all_of_it(world, sent, browser):
    access.open_relation(
        person_id=sent.journey.subject.pk, unit_id=world.units["midwives_south"].pk, basis="named",
        staff_id=world.midwife_south.staff_id, from_on=TODAY, by=world.midwife, at=AT,
    )  # fmt: skip
    html = browser.enter("midwife_south").get("pathways:handover", sent.key).content.decode()
    assert "Grunnen-prøve" in html
    assert world.units["midwives"].name in html


def test_its_own_page_says_the_same_words_of_each_grade(world, browser):
    """Each standing in turn, as the receiver, the sender who is not named, and their leaders read it."""
    pages = {}
    for grade in ("confidential", "strict"):
        journey = world.birth()[0]
        protect(journey.subject, grade)
        access.end_relations(person_id=journey.subject.pk, by=world.nurse, at=AT)
        handover = journey.handovers.get()
        shown = []
        for who in ("nurse", "midwife", "leader"):
            html = browser.enter(who).get("pathways:handover", handover.key).content.decode()
            shown.append(html.split("<main")[1].split("</main>")[0])
        actions.decline_handover(handover=handover, reason="Bor ikke her", by=world.nurse, at=AT)
        html = browser.enter("midwife").get("pathways:handover", handover.key).content.decode()
        shown.append(html.split("<main")[1].split("</main>")[0])
        pages[grade] = [once_gone(page.replace(handover.key, "").replace(journey.key, "")) for page in shown]
    assert pages["confidential"] == pages["strict"]
    assert "Navn vises ikke" in pages["strict"][0]
    assert world.units["midwives"].name not in pages["strict"][0]


def once_gone(html):
    """Without the tokens that each page gets anew."""
    return re.sub(r'name="(csrfmiddlewaretoken|_?once)" value="[^"]*"', "", html)


@pytest.mark.parametrize("grade", ["confidential", "strict"])
def test_the_task_to_take_over_does_not_say_who_sent_it(world, grade):
    journey = world.pregnancy()
    protect(journey.subject, grade)
    access.open_relation(
        person_id=journey.subject.pk, unit_id=world.units["midwives"].pk, basis="named",
        staff_id=world.midwife.staff_id, from_on=TODAY, by=world.midwife, at=AT,
    )  # fmt: skip
    sent = actions.hand_over(
        journey=journey, to_unit_id=world.units["midwives_south"].pk, reason="Flyttet", summary="", by=world.midwife,
        at=AT,
    )  # fmt: skip
    task = Task.objects.get(ref=f"handover:{sent.key}")
    assert task.facts["from"] == ""
    assert "%(from)s" not in task.rule


# --- the kindergarten of a protected child ----------------------------------------------------------------


@pytest.fixture
def place(world):
    journey = world.child(born_on=TODAY - timedelta(days=730))
    actions.enrol_in_kindergarten(
        journey=journey, unit=world.units["kindergarten"], from_on=TODAY, by=world.nurse, at=AT
    )
    return journey


def test_the_nurse_is_told_that_the_kindergarten_sees_nothing_until_somebody_is_named(world, place, browser):
    assert queries.naming(viewer=world.nurse, journey=place, at=AT) is None
    protect(place.child, "confidential")
    assert enrolled(viewer=world.educator, at=AT) == []
    told = "Ingen i " + world.units["kindergarten"].name + " ser innkallingen"
    browser.enter("nurse")
    for name in ("desk:child", "pathways:kindergarten"):
        html = browser.get(name, place.key).content.decode()
        assert told in html
        assert reverse("pathways:kindergarten_staff", args=[place.key]) in html
    assert browser.post("pathways:kindergarten_staff", place.key).status_code == 422
    key = world.staff["educator"].key
    answer = browser.post("pathways:kindergarten_staff", place.key, staff=key)
    assert answer["Location"] == reverse("pathways:kindergarten", args=[place.key])
    assert [child.key for child in enrolled(viewer=world.educator, at=AT)] == [place.child.key]
    html = browser.get("desk:child", place.key).content.decode()
    assert told not in html
    assert world.staff["educator"].name in html


def test_naming_there_is_for_those_who_see_the_child_and_for_protected_children(world, place, browser):
    assert browser.enter("nurse").get("pathways:kindergarten_staff", place.key).status_code == 404
    protect(place.child, "confidential")
    for who in ("educator", "nurse_south", "leader"):
        assert browser.enter(who).get("pathways:kindergarten_staff", place.key).status_code == 404


def test_the_name_ends_with_the_place(world, place):
    protect(place.child, "confidential")
    unit = world.units["kindergarten"]
    ids = [world.educator.staff_id]
    actions.name_in_kindergarten(journey=place, unit_id=unit.pk, staff_ids=ids, by=world.nurse, at=AT)
    actions.end_kindergarten(journey=place, unit=unit, until_on=TODAY, by=world.nurse, at=AT)
    assert CareRelation.objects.get(unit=unit, basis="named").until_on == TODAY


# --- looks that stand in the log --------------------------------------------------------------------------


def read(type, key):
    return [event for event in AuditEvent.objects.filter(type=type) if key in (event.person, *event.people)]


def test_a_leader_who_opens_a_baton_that_nobody_holds_is_logged(world, browser):
    nowhere = District.objects.create(code="X", name="Øde")
    journey = world.child(district=nowhere)
    assert browser.enter("chief").get("pathways:unassigned_assign", journey.key).status_code == 200
    (event,) = read("pathways.unassigned.read", journey.child.key)
    assert (event.staff, event.purpose) == (world.chief.staff_key, "leadership")


@pytest.mark.parametrize("name", ["handover_to_leader", "handover_decline"])
def test_a_form_that_names_the_child_of_a_baton_is_a_look(world, browser, name):
    handover = Handover.objects.get(journey=world.birth()[0])
    before = len(read("access.record.read", handover.journey.child.key))
    assert browser.enter("nurse").get(f"pathways:{name}", handover.key).status_code == 200
    looks = read("access.record.read", handover.journey.child.key)
    assert len(looks) == before + 1
    assert looks[-1].basis == "handover"


def test_the_page_that_asks_who_answered_is_a_look_at_child_and_parents(world, browser):
    journey = world.birth()[0]
    child, mother = journey.child, journey.pregnancy.mother
    assert browser.enter("midwife").get("instruments:response_new", child.key, "epds").status_code == 200
    assert read("access.record.read", child.key)
    assert read("instruments.answerers.listed", mother.key)


def test_a_mothers_page_with_a_number_that_is_taken_is_logged(world, browser):
    known = world.mother(number=example(date(1994, 5, 2)))
    values = {
        "given_name": "Ny", "family_name": "Mor", "born_on": "1994-05-05", "sex": "female", "protection": "none",
        "address_protection": "none", "number": known.identity_number, "due_on": TODAY + timedelta(days=90),
        "due_source": "ultrasound",
    }  # fmt: skip
    answer = browser.enter("midwife_south").post("pathways:pregnancy_new", **values)
    assert answer.status_code == 422
    assert [event.person for event in AuditEvent.objects.filter(type="people.person.number_taken")] == [known.key]


def test_somebody_registered_as_male_is_asked_about_at_the_box(world, browser):
    values = {
        "given_name": "Ny", "family_name": "Far", "born_on": "1994-05-05", "sex": "male", "protection": "none",
        "address_protection": "none", "due_on": TODAY + timedelta(days=90), "due_source": "ultrasound",
    }  # fmt: skip
    browser.enter("midwife")
    assert "confirmed" not in browser.get("pathways:pregnancy_new").context["form"].fields
    answer = browser.post("pathways:pregnancy_new", **values)
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"confirmed"}
    assert browser.post("pathways:pregnancy_new", confirmed="on", **values).status_code == 302
    young = values | {"given_name": "Liten", "sex": "female", "born_on": "2024-11-01"}
    answer = browser.post("pathways:pregnancy_new", **young)
    assert answer.status_code == 422
    assert "kan denne personen ikke være gravid" in answer.content.decode()
