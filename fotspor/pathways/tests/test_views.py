"""The pages: status, what they show, that a stranger finds nothing, and that a refused form stores nothing."""

import re
from datetime import time, timedelta

import pytest
from django.urls import reverse

from fotspor.access.models import AuditEvent
from fotspor.instruments import queries as instruments
from fotspor.pathways import actions
from fotspor.pathways.models import Contact, Group, MissedAppointment
from fotspor.pathways.tests.world import AT, TODAY
from fotspor.people.models import Journey, Person
from fotspor.worklist.models import Task

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def visit(world):
    journey = world.child(born_on=TODAY - timedelta(days=9), at=AT - timedelta(days=7))
    return journey.contacts.get(step="H-01")


def text(response):
    return response.content.decode()


ADDRESSES = ["contact", "contact_book", "contact_record", "contact_absent"]


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_page_about_a_contact_opens_for_the_unit_and_for_nobody_else(browser, visit, name):
    address = f"pathways:{name}"
    page = browser.enter("nurse").get(address, visit.key)
    assert page.status_code == 200
    assert text(page).count("<h1") == 1
    assert "style=" not in text(page)
    assert AuditEvent.objects.filter(type__contains="read", person=visit.journey.child.key).exists()
    for stranger in ("nurse_south", "leader", "educator", "officer", "chief"):
        assert browser.enter(stranger).get(address, visit.key).status_code == 404
    assert browser.enter("nurse").get(address, "nobody-has-this").status_code == 404


def test_signed_out_is_sent_to_the_sign_in(client, visit):
    answer = client.get(reverse("pathways:contact", args=[visit.key]))
    assert answer.status_code == 302
    assert str(visit.key) in answer.url


def test_the_contact_page_shows_the_window_and_what_is_not_verified(browser, visit):
    shown = text(browser.enter("nurse").get("pathways:contact", visit.key))
    assert "fs-window" in shown
    assert "H-01" in shown
    assert "Barn1" in shown


def booking(visit, **values):
    return {
        "on": TOMORROW.isoformat(),
        "time": "10:00",
        "place": "Rom 2",
        "staff": "",
        "version": visit.version,
    } | values


def test_booking_moving_and_cancelling(browser, visit):
    browser.enter("nurse")
    done = browser.post("pathways:contact_book", visit.key, **booking(visit))
    assert (done.status_code, done.url) == (302, reverse("pathways:contact", args=[visit.key]))
    visit.refresh_from_db()
    assert (visit.booked_on, visit.booked_time) == (TOMORROW, time(10))
    assert "Rom 2" in text(browser.get("pathways:contact", visit.key))
    browser.post("pathways:contact_book", visit.key, **booking(visit, time="11:00"))
    visit.refresh_from_db()
    assert visit.booked_time == time(11)
    browser.post("pathways:contact_unbook", visit.key, version=visit.version)
    visit.refresh_from_db()
    assert visit.booked_on is None
    assert browser.get("pathways:contact_unbook", visit.key).status_code == 405
    browser.post("pathways:contact_unbook", visit.key, version="x")
    browser.post("pathways:contact_unbook", visit.key, version=visit.version)


def test_a_double_booking_is_shown_and_needs_a_tick(browser, world, visit):
    other = world.child().contacts.get(step="H-01")
    actions.book_contact(
        contact=other, version=other.version, on=TOMORROW, time=time(10), place="Rom 2", by=world.nurse, at=AT
    )
    browser.enter("nurse")
    refused = browser.post("pathways:contact_book", visit.key, **booking(visit))
    assert refused.status_code == 422
    assert 'name="confirmed"' in text(refused)
    assert "Rom 2" in text(refused)
    visit.refresh_from_db()
    assert visit.booked_on is None
    tick = {"confirmed": "on", "shown": shown_in(refused)}
    moved = browser.post("pathways:contact_book", visit.key, **tick, **booking(visit, time="10:15"))
    assert moved.status_code == 422  # the yes was given for another time
    assert 'name="confirmed"' in text(moved)
    assert not re.search('name="confirmed"[^>]*checked', text(moved))
    assert browser.post("pathways:contact_book", visit.key, confirmed="on", **booking(visit)).status_code == 422
    assert browser.post("pathways:contact_book", visit.key, **tick, **booking(visit)).status_code == 302


def shown_in(response):
    """What the page carries of what it showed."""
    return re.search(r'name="shown"[^>]*value="([0-9a-f]+)"', text(response)).group(1)


@pytest.mark.parametrize(
    "values", [{"on": "31.02.2026"}, {"on": ""}, {"time": "25:99"}, {"on": "2020-01-01"}, {"staff": "somebody"}]
)
def test_a_refused_booking_keeps_what_was_typed_and_stores_nothing(browser, visit, values):
    refused = browser.enter("nurse").post("pathways:contact_book", visit.key, **booking(visit, place="Rom 7", **values))
    assert refused.status_code == 422
    assert "Rom 7" in text(refused)
    assert "data-errors" in text(refused)
    visit.refresh_from_db()
    assert visit.booked_on is None


def outcome(visit, **values):
    return {"outcome": "held", "outcome_on": TODAY.isoformat(), "version": visit.version} | values


def test_recording_and_taking_back(browser, visit):
    browser.enter("nurse")
    assert browser.get("pathways:contact_reopen", visit.key).status_code == 404
    assert browser.post("pathways:contact_record", visit.key, note="Alt vel", **outcome(visit)).status_code == 302
    visit.refresh_from_db()
    assert visit.outcome == "held"
    assert "Alt vel" in text(browser.get("pathways:contact", visit.key))
    assert browser.get("pathways:contact_reopen", visit.key).status_code == 200
    refused = browser.post("pathways:contact_reopen", visit.key, reason="", version=visit.version)
    assert refused.status_code == 422
    browser.post("pathways:contact_reopen", visit.key, reason="Feil barn", version=visit.version)
    visit.refresh_from_db()
    assert visit.outcome == ""
    assert "Feil barn" in text(browser.get("pathways:contact", visit.key))


def test_a_record_that_something_stands_in_the_way_of_says_what(browser, visit, monkeypatch):
    monkeypatch.setattr(instruments, "may_close", lambda contact_id: ["The safety conversation has no outcome."])
    refused = browser.enter("nurse").post("pathways:contact_record", visit.key, note="Beholdt", **outcome(visit))
    assert refused.status_code == 422
    assert "The safety conversation has no outcome." in text(refused)
    assert "Beholdt" in text(refused)
    visit.refresh_from_db()
    assert visit.outcome == ""


def test_the_second_writer_keeps_what_was_typed_and_may_save_again(browser, world, visit):
    browser.enter("nurse")
    stale = outcome(visit, note="Mitt notat")
    actions.book_contact(contact=visit, version=visit.version, on=TOMORROW, time=None, by=world.colleague, at=AT)
    refused = browser.post("pathways:contact_record", visit.key, **stale)
    assert refused.status_code == 422
    assert "Mitt notat" in text(refused)
    visit.refresh_from_db()
    assert visit.outcome == ""
    assert f'value="{visit.version}"' in text(refused)
    assert browser.post("pathways:contact_record", visit.key, **stale | {"version": visit.version}).status_code == 302


def test_nobody_came_and_what_it_came_to(browser, world, visit):
    browser.enter("nurse")
    for days in (2, 1):
        missed_on = (TODAY - timedelta(days=days)).isoformat()
        answer = browser.post(
            "pathways:contact_absent", visit.key, missed_on=missed_on, why="unknown", version=visit.version
        )
        assert answer.status_code == 302
        visit.refresh_from_db()
    second = (TODAY - timedelta(days=1)).isoformat()
    assert browser.get("pathways:contact_answer", visit.key, second).status_code == 200
    assert browser.get("pathways:contact_answer", visit.key, TODAY.isoformat()).status_code == 404
    assert browser.get("pathways:contact_answer", visit.key, "2").status_code == 404
    assert browser.post("pathways:contact_answer", visit.key, second, answer="").status_code == 422
    assert browser.post("pathways:contact_answer", visit.key, second, answer="Ny time").status_code == 302
    assert MissedAppointment.objects.filter(answered_on=TODAY).count() == 1
    future = browser.post(
        "pathways:contact_absent", visit.key, missed_on=TOMORROW.isoformat(), why="unknown", version=visit.version
    )
    assert future.status_code == 422


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ({"why": "unknown"}, "Not known"),
        ({"why": "known", "reason": "Syk "}, "Syk"),
        ({"why": "unknown", "reason": "Ringte ikke"}, "Ringte ikke"),
        ({"reason": "Bortreist"}, "Bortreist"),
        ({"why": "known"}, None),
        ({}, None),
        ({"why": "perhaps"}, None),
    ],
)
def test_why_nobody_came_is_chosen_or_written(browser, world, visit, typed, stored):
    browser.enter("nurse")
    values = {"missed_on": TODAY.isoformat(), "version": visit.version, **typed}
    answer = browser.post("pathways:contact_absent", visit.key, **values)
    assert (answer.status_code, [m.reason for m in visit.missed.all()]) == ((302, [stored]) if stored else (422, []))
    if typed == {"why": "unknown"}:
        shown = text(browser.get("pathways:contact", visit.key))
        assert ("Ikke kjent" in shown, "Not known" in shown) == (True, False)


def test_a_contact_outside_the_plan(browser, visit):
    browser.enter("nurse")
    address = "pathways:contact_new"
    assert browser.get(address, visit.journey.key).status_code == 200
    days = {"opens_on": TODAY.isoformat(), "due_on": TODAY.isoformat(), "closes_on": TOMORROW.isoformat()}
    assert (
        browser.post(address, visit.journey.key, kind="support", **days | {"opens_on": "2026-12-24"}).status_code == 422
    )
    done = browser.post(address, visit.journey.key, kind="support", **days)
    assert done.status_code == 302
    assert browser.client.get(done.url).status_code == 200
    assert Contact.objects.filter(title="Support conversation").count() == 1
    assert browser.enter("nurse_south").get(address, visit.journey.key).status_code == 404


# --- a pregnancy -----------------------------------------------------------------------------------------

MOTHER = {
    "given_name": "Ny", "family_name": "Prøvesen", "born_on": "1994-05-01", "sex": "female", "protection": "none",
    "address_protection": "none", "due_on": (TODAY + timedelta(days=100)).isoformat(), "due_source": "ultrasound",
}  # fmt: skip


def test_a_midwife_registers_a_pregnancy(browser, world):
    browser.enter("midwife")
    assert browser.get("pathways:pregnancy_new").status_code == 200
    done = browser.post("pathways:pregnancy_new", **MOTHER)
    journey = Journey.objects.get()
    assert (done.status_code, done.url) == (302, reverse("desk:child", args=[journey.key]))
    assert Task.objects.open().filter(journey=journey, source="contact", opens_on__lte=TODAY).exists()


@pytest.mark.parametrize(
    "values", [{"due_on": ""}, {"due_on": "2030-01-01"}, {"born_on": "2030-01-01"}, {"number": "123"}]
)
def test_a_refused_pregnancy_stores_nobody(browser, world, values):
    refused = browser.enter("midwife").post("pathways:pregnancy_new", **MOTHER | values)
    assert refused.status_code == 422
    assert "Prøvesen" in text(refused)
    assert not Person.objects.exists()
    assert not Journey.objects.exists()


def test_a_near_duplicate_is_shown_before_anybody_is_registered_twice(browser, world):
    known = world.mother(given_name="Ny", born_on="1994-05-01")
    browser.enter("midwife")
    refused = browser.post("pathways:pregnancy_new", **MOTHER)
    assert refused.status_code == 422
    assert f"?mother={known.key}" in text(refused)
    assert Person.objects.count() == 1
    assert browser.post("pathways:pregnancy_new", dismissed=known.key, **MOTHER).status_code == 302
    assert Person.objects.count() == 2


def test_a_known_mother_is_found_by_her_number(browser, world):
    from fotspor.people.identifiers import make_synthetic

    number = make_synthetic(born_on=AT.date().replace(year=1994), individual=123)
    mother = world.mother(number=getattr(number, "number", number))
    browser.enter("midwife")
    typed = {"step": "find", "find-number": getattr(number, "number", number)}
    done = browser.post("pathways:pregnancy_new", **typed)
    assert done.status_code == 302
    assert done.url.endswith(f"?mother={mother.key}")
    assert browser.client.get(done.url).status_code == 200
    values = {name: MOTHER[name] for name in ("due_on", "due_source")}
    assert browser.post("pathways:pregnancy_new", query=f"?mother={mother.key}", **values).status_code == 302
    again = browser.post("pathways:pregnancy_new", query=f"?mother={mother.key}", **values)
    assert again.status_code == 422
    nobody = browser.post("pathways:pregnancy_new", **typed | {"find-number": "1"})
    assert nobody.status_code == 422
    stranger = browser.enter("midwife_south").post("pathways:pregnancy_new", **typed)
    assert stranger.url == reverse("people:take_in")
    assert browser.get("pathways:pregnancy_new", mother=mother.key).status_code == 404


# --- calendar and groups ---------------------------------------------------------------------------------


def test_the_calendar_shows_a_day_or_a_week_and_logs_whom(browser, world, visit):
    actions.book_contact(
        contact=visit,
        version=visit.version,
        on=TOMORROW,
        time=time(10),
        staff_id=world.nurse.staff_id,
        by=world.nurse,
        at=AT,
    )
    browser.enter("nurse")
    assert "Barn1" in text(browser.get("pathways:calendar"))
    assert "Barn1" in text(browser.get("pathways:calendar", span="day", day=TOMORROW.isoformat(), whose="mine"))
    assert "Barn1" not in text(browser.get("pathways:calendar", day="2026-01-01"))
    assert "Barn1" in text(browser.get("pathways:calendar", day="not a day"))
    listed = AuditEvent.objects.filter(type="pathways.calendar.listed")
    assert any(event.people == [visit.journey.child.key] for event in listed)
    assert "Barn1" not in text(browser.enter("nurse_south").get("pathways:calendar"))
    assert browser.enter("leader").get("pathways:calendar").status_code == 404


def test_the_calendar_costs_the_same_however_full(browser, world, django_assert_max_num_queries):
    browser.enter("nurse")
    for _ in range(3):
        visit = world.child().contacts.get(step="H-01")
        actions.book_contact(
            contact=visit, version=visit.version, on=TODAY, time=None, by=world.nurse, at=AT, confirmed=True
        )
    with django_assert_max_num_queries(20) as few:
        browser.get("pathways:calendar")
    for _ in range(4):
        visit = world.child().contacts.get(step="H-01")
        actions.book_contact(
            contact=visit, version=visit.version, on=TODAY, time=None, by=world.nurse, at=AT, confirmed=True
        )
    with django_assert_max_num_queries(len(few.captured_queries) + 1):
        browser.get("pathways:calendar")


def test_a_group_is_planned_and_who_came_is_recorded(browser, world):
    families = [world.child(born_on=TODAY - timedelta(days=27)).contacts.get(step="H-02") for _ in range(2)]
    browser.enter("nurse")
    assert browser.get("pathways:group_new").status_code == 200
    values = {
        "title": "Barselgruppe",
        "held_on": TODAY.isoformat(),
        "starts_at": "12:30",
        "place": "Salen",
        "staff": "",
    }
    keys = [family.key for family in families]
    assert browser.post("pathways:group_new", **values).status_code == 422
    done = browser.post("pathways:group_new", contacts=keys, **values)
    assert done.status_code == 302
    group = Group.objects.get()
    assert browser.get("pathways:group", group.key).status_code == 200
    came, why = {f"came-{keys[0]}": "yes", f"came-{keys[1]}": "known"}, {f"why-{keys[1]}": "Bortreist"}
    refused = browser.post("pathways:group", group.key, **came)
    assert (refused.status_code, MissedAppointment.objects.count()) == (422, 0)
    assert browser.post("pathways:group", group.key, **came, **why).status_code == 302
    assert [c.outcome for c in Contact.objects.filter(key__in=keys).order_by("pk")] == ["held", ""]
    assert [missed.reason for missed in MissedAppointment.objects.all()] == ["Bortreist"]
    assert browser.enter("nurse_south").get("pathways:group", group.key).status_code == 404


def test_a_family_that_did_not_come_to_the_group_for_a_reason_nobody_knows(browser, world):
    family = world.child(born_on=TODAY - timedelta(days=27)).contacts.get(step="H-02")
    group = actions.plan_group(
        title="Barselgruppe", held_on=TODAY, starts_at=time(12), place="", leader_id=None, contacts=[family],
        by=world.nurse, at=AT,
    )  # fmt: skip
    browser.enter("nurse")
    assert browser.post("pathways:group", group.key, **{f"came-{family.key}": "unknown"}).status_code == 302
    assert MissedAppointment.objects.get(contact=family).reason == actions.NOT_KNOWN


def test_a_group_in_a_taken_room_needs_a_tick(browser, world):
    families = [world.child(born_on=TODAY - timedelta(days=27)).contacts.get(step="H-02") for _ in range(2)]
    actions.book_contact(
        contact=families[0],
        version=families[0].version,
        on=TOMORROW,
        time=time(10),
        place="Salen",
        by=world.nurse,
        at=AT,
    )
    browser.enter("nurse")
    values = {
        "title": "G",
        "held_on": TOMORROW.isoformat(),
        "starts_at": "10:00",
        "place": "Salen",
        "contacts": [families[1].key],
    }
    refused = browser.post("pathways:group_new", **values)
    assert refused.status_code == 422
    assert 'name="confirmed"' in text(refused)
    tick = {"confirmed": "on", "shown": shown_in(refused)}
    assert browser.post("pathways:group_new", **tick, **values | {"starts_at": "10:15"}).status_code == 422
    assert browser.post("pathways:group_new", **tick, **values).status_code == 302


def test_steps_that_had_closed_before_a_child_moved_in_are_named(browser, world):
    journey = world.child(born_on=TODAY - timedelta(days=731))
    shown = text(browser.enter("nurse").get("pathways:contact_new", journey.key))
    assert 'id="passed"' in shown
    assert shown.count("<li>") >= 12
    newborn = world.child()
    assert 'id="passed"' not in text(browser.get("pathways:contact_new", newborn.key))
