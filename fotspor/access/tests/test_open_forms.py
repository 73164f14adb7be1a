"""An open form names who else has it open: noted when it is shown, gone when it is saved, told only to those let in."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse

from fotspor.access import actions, queries
from fotspor.access.models import AuditEvent, OpenForm
from fotspor.access.rules import SYSTEM
from fotspor.kit.htmx import POLLS
from fotspor.pathways.models import Contact
from fotspor.pathways.tests.world import AT, TODAY
from fotspor.services.middleware import SEEN

MINUTE = timedelta(minutes=1)
FORM = {"form": "people:person_change", "about": "KEY"}


def names(viewer, at=AT, **form):
    return [row.name for row in queries.also_open(viewer=viewer, at=at, **FORM | form)]


# --- noting ----------------------------------------------------------------------------------------------


def test_a_form_stands_open_for_the_others_and_not_for_oneself(world):
    actions.note_form_open(**FORM, by=world.nurse, at=AT)
    assert names(world.colleague) == ["Nurse Prøve"]
    assert names(world.nurse) == []
    assert names(world.colleague, about="OTHER") == []
    assert names(world.colleague, form="people:person_move") == []


def test_a_sign_of_life_keeps_it_and_does_not_change_since_when(world):
    actions.note_form_open(**FORM, by=world.nurse, at=AT)
    actions.note_form_open(**FORM, by=world.nurse, at=AT + 10 * MINUTE)
    (row,) = queries.also_open(viewer=world.colleague, at=AT + 20 * MINUTE, **FORM)
    assert row.since == AT
    assert OpenForm.objects.count() == 1


def test_without_a_sign_of_life_it_counts_as_left_after_a_quarter(world):
    actions.note_form_open(**FORM, by=world.nurse, at=AT)
    assert names(world.colleague, at=AT + 14 * MINUTE)
    assert not names(world.colleague, at=AT + 15 * MINUTE)


def test_rows_whose_time_is_out_are_removed_and_one_that_comes_back_begins_anew(world):
    actions.note_form_open(**FORM, by=world.nurse, at=AT)
    actions.note_form_open(form="people:person_move", about="X", by=world.colleague, at=AT + 15 * MINUTE)
    assert OpenForm.objects.get().about == "X"
    actions.note_form_open(**FORM, by=world.nurse, at=AT + 20 * MINUTE)
    (row,) = queries.also_open(viewer=world.colleague, at=AT + 20 * MINUTE, **FORM)
    assert row.since == AT + 20 * MINUTE


def test_saving_takes_away_ones_own_row_alone_and_the_system_has_no_form_open(world):
    for viewer in (world.nurse, world.colleague, SYSTEM):
        actions.note_form_open(**FORM, by=viewer, at=AT)
    actions.note_form_left(**FORM, by=world.nurse, at=AT)
    assert OpenForm.objects.get().opened_by_id == world.colleague.staff_id


def test_it_is_no_event_of_the_log(world):
    before = AuditEvent.objects.count()
    actions.note_form_open(**FORM, by=world.nurse, at=AT)
    actions.note_form_left(**FORM, by=world.nurse, at=AT)
    assert AuditEvent.objects.count() == before


def test_who_saved_last_is_read_from_the_log(world):
    asked = {"object": "people.person:KEY", "types": ("people.person.changed",)}
    assert queries.last_saved(viewer=world.nurse, at=AT, **asked) is None
    for deed, viewer, at in (
        ("changed", world.nurse, AT - 5 * MINUTE),
        ("changed", world.colleague, AT - 4 * MINUTE),
        ("looked_up", world.nurse, AT - 3 * MINUTE),
    ):
        actions.log(type=f"people.person.{deed}", by=viewer, at=at, object="people.person:KEY")
    saved = queries.last_saved(viewer=world.nurse, at=AT, **asked)
    assert (saved.who, saved.at) == ("Colleague Prøve", AT - 4 * MINUTE)
    assert queries.last_saved(viewer=world.nurse, at=AT + 13 * 60 * MINUTE, **asked) is None


# --- pages -----------------------------------------------------------------------------------------------


@pytest.fixture
def contact(world):
    journey = world.child(born_on=TODAY - timedelta(days=44))
    return Contact.objects.expected().filter(journey=journey, opens_on__lte=TODAY).first()


LINE = "har også dette skjemaet åpent (siden 12.00)."


def text(response):
    return response.content.decode()


def test_the_page_names_a_colleague_who_has_it_open(browser, world, contact):
    first = browser.enter("colleague").get("pathways:contact_record", contact.key)
    assert LINE not in text(first)
    second = browser.enter("nurse").get("pathways:contact_record", contact.key)
    assert f"Colleague Prøve {LINE}" in text(second)
    assert text(second).count("<h1") == 1


def test_another_form_on_the_same_contact_is_another_form(browser, contact):
    browser.enter("colleague").get("pathways:contact_record", contact.key)
    assert LINE not in text(browser.enter("nurse").get("pathways:contact_book", contact.key))


def test_saving_takes_the_name_away_and_a_refused_form_stays_open(browser, contact):
    browser.enter("colleague").get("pathways:contact_record", contact.key)
    values = {"outcome": "held", "outcome_on": TODAY.isoformat(), "version": contact.version}
    refused = browser.post("pathways:contact_record", contact.key, **values | {"outcome": "moon"})
    assert refused.status_code == 422
    assert LINE in text(browser.enter("nurse").get("pathways:contact_record", contact.key))
    assert browser.enter("colleague").post("pathways:contact_record", contact.key, **values).status_code == 302
    assert LINE not in text(browser.enter("nurse").get("pathways:contact_record", contact.key))


def test_a_stranger_is_neither_told_nor_noted(browser, world, contact):
    browser.enter("colleague").get("pathways:contact_record", contact.key)
    turned_away = browser.enter("nurse_south").get("pathways:contact_record", contact.key)
    assert turned_away.status_code == 404
    assert "Colleague" not in text(turned_away)
    assert [row.opened_by for row in OpenForm.objects.all()] == [world.staff["colleague"]]


def poll(browser, name, *args):
    return browser.client.get(reverse(name, args=args), headers={"HX-Request": "true", POLLS: "1"})


def test_a_poll_answers_with_the_line_alone(browser, contact):
    browser.enter("colleague").get("pathways:contact_record", contact.key)
    browser.enter("nurse").get("pathways:contact_record", contact.key)
    said = poll(browser, "pathways:contact_record", contact.key)
    assert said.status_code == 200
    assert f"Colleague Prøve {LINE}" in text(said)
    assert "<h1" not in text(said)
    assert "<form" not in text(said)


def test_a_poll_is_a_sign_of_life(browser, contact):
    browser.enter("nurse").get("pathways:contact_record", contact.key)
    with time_machine.travel(AT + 10 * MINUTE, tick=False):
        poll(browser, "pathways:contact_record", contact.key)
    with time_machine.travel(AT + 20 * MINUTE, tick=False):
        browser.enter("colleague")
        assert f"Nurse Prøve {LINE}" in text(browser.get("pathways:contact_record", contact.key))


def test_a_stranger_who_polls_gets_404(browser, contact):
    browser.enter("colleague").get("pathways:contact_record", contact.key)
    assert poll(browser.enter("nurse_south"), "pathways:contact_record", contact.key).status_code == 404


def test_a_poll_is_told_to_stop_when_the_form_leads_elsewhere(browser, world, monkeypatch, contact):
    from django.shortcuts import redirect

    monkeypatch.setattr("fotspor.pathways.views.contacts.form_page", lambda *a, **more: redirect("desk:day"))
    assert poll(browser.enter("nurse"), "pathways:contact_record", contact.key).status_code == 286


# --- a poll is not activity ------------------------------------------------------------------------------


def seen(browser):
    return browser.client.session[SEEN]


def test_a_poll_does_not_keep_a_session_alive_and_a_page_does(browser, contact):
    browser.enter("nurse").get("pathways:contact_record", contact.key)
    before = seen(browser)
    with time_machine.travel(AT + 5 * MINUTE, tick=False):
        poll(browser, "pathways:contact_record", contact.key)
        assert seen(browser) == before
        browser.get("pathways:contact_record", contact.key)
        assert seen(browser) == before + 300


def test_a_session_that_has_stood_idle_ends_though_it_polled_and_the_page_is_left_as_it_is(browser, contact):
    browser.enter("nurse").get("pathways:contact_record", contact.key)
    idle = timedelta(seconds=settings.SESSION_IDLE_SECONDS)
    for minutes in range(1, 30, 5):
        with time_machine.travel(AT + minutes * MINUTE, tick=False):
            assert poll(browser, "pathways:contact_record", contact.key).status_code == 200
    with time_machine.travel(AT + idle + MINUTE, tick=False):
        ended = poll(browser, "pathways:contact_record", contact.key)
        assert ended.status_code == 286
        assert ended.content == b""
        assert "HX-Redirect" not in ended
        assert browser.get("pathways:contact_record", contact.key).status_code == 302


def test_a_post_is_never_taken_for_a_poll(browser, contact):
    browser.enter("nurse")
    before = seen(browser)
    with time_machine.travel(AT + 5 * MINUTE, tick=False):
        browser.client.post(reverse("pathways:contact_record", args=[contact.key]), headers={POLLS: "1"})
    assert seen(browser) > before
