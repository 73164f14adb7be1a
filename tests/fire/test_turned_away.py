"""Whoever is turned away stands in the log: who, in which role, from what. A mistake in typing does not."""

import logging

import pytest
from django.test import Client
from django.urls import reverse

from fotspor.access.models import AuditEvent
from tests.fire.town import NOBODY, with_ids


@pytest.fixture
def heard():
    class Keeps(logging.Handler):
        def __init__(self):
            super().__init__()
            self.lines = []

        def emit(self, record):
            self.lines.append(record.facts | {"says": record.getMessage()})

    keeps = Keeps()
    logging.getLogger("fotspor.security").addHandler(keeps)
    yield keeps.lines
    logging.getLogger("fotspor.security").removeHandler(keeps)


def away(who=None):
    found = AuditEvent.objects.filter(type="services.turned_away").order_by("pk")
    return list(found.filter(staff=who.key) if who else found)


def test_somebody_elses_id_is_noted_with_who_asked_and_for_what(town, heard):
    stranger, child = town.staff["nurse elsewhere"], town.key("child")
    assert town.browser("nurse elsewhere").get(reverse("people:person", args=[child])).status_code == 404
    (event,) = away(stranger)
    assert (event.role, event.person, event.people) == ("nurse", "", [])
    assert event.facts == {"address": "people:person", "why": "record", "record": f"people.person:{child}"}
    (line,) = heard
    assert (line["staff"], line["role"], line["why"]) == (stranger.key, "nurse", "record")
    assert line["address"] == "/personer/<str:key>/"
    assert child not in str(line)


def test_the_same_again_is_one_line_in_the_log_and_one_more_for_whoever_watches(town, heard):
    url = reverse("people:person", args=[town.key("child")])
    for _each in range(3):
        town.browser("nurse elsewhere").get(url)
    assert (len(away()), len(heard)) == (1, 3)


def test_a_page_that_is_not_for_the_role_is_noted(town):
    assert town.browser("nurse").get(reverse("services:staff_list")).status_code == 404
    (event,) = away(town.staff["nurse"])
    assert event.facts == {"address": "services:staff_list", "why": "role", "record": ""}


@pytest.mark.parametrize("path", ["/finnes-ikke/", "/personer/x/", f"/personer/{NOBODY}/", f"/oppgaver/{NOBODY}/"])
def test_a_mistake_in_typing_is_nobodys_business(town, heard, path):
    assert town.browser("nurse").get(path).status_code == 404
    assert away() == heard == []


def test_whoever_is_let_in_or_signed_out_is_not_noted(town, heard):
    url = reverse("people:person", args=[town.key("child")])
    assert town.browser("nurse").get(url).status_code == 200
    assert Client().get(url).status_code == 302
    assert away() == heard == []


def test_at_every_address_that_says_whom_it_is_about(town):
    """A leader of another place asks for each: what she is not shown is noted, once each."""
    asked = 0
    for name, words in with_ids():
        answer = town.browser("leader elsewhere").get(town.url(name, words))
        if answer.status_code == 404 and "token" not in words and "pk" not in words:
            asked += 1
            assert away(town.staff["leader elsewhere"])[-1].facts["address"] == name, name
    assert asked > 30


def test_a_forged_form_says_who_it_came_from(town, heard):
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(town.staff["nurse"])
    assert browser.post(reverse("desk:search"), {"q": "Lyng"}).status_code == 403
    assert Client(enforce_csrf_checks=True).post("/konto/inn/", {"login": "Lyng"}).status_code == 403
    mine, nobodys = heard
    assert (mine["staff"], mine["role"], mine["address"]) == (town.staff["nurse"].key, "nurse", "/sok/")
    assert mine["says"].startswith("forged form")
    assert nobodys["staff"] == ""
    assert "Lyng" not in str(heard)


def test_a_letter_that_no_text_has_says_who_sent_it(town, heard):
    assert town.browser("nurse").post(reverse("desk:search"), {"q": "Ly\x00ng"}).status_code == 400
    assert [(line["staff"], line["says"].split(":")[0]) for line in heard] == [
        (town.staff["nurse"].key, "nought in a form")
    ]
