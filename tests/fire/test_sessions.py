"""A session that somebody else has chosen, kept or watched: never the one that is signed in with."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from fotspor.services.models import Membership, Session
from tests.fire.town import PASSWORD

COOKIE = settings.SESSION_COOKIE_NAME
IN, OUT = "/konto/inn/", "/konto/ut/"
PLANTED = "a" * 32


def enter(browser, town, who="nurse", **more):
    return browser.post(IN, {"login": town.staff[who].email, "password": PASSWORD, **more})


def session_of(browser):
    return browser.cookies[COOKIE].value


@pytest.mark.parametrize("planted", [PLANTED, "", "x", "../../etc", "é" * 32, "a" * 5_000])
def test_a_planted_session_is_never_signed_in_with(town, planted):
    browser = Client()
    browser.cookies[COOKIE] = planted
    assert enter(browser, town).status_code == 302
    assert session_of(browser) != planted
    thief = Client()
    thief.cookies[COOKIE] = planted
    assert thief.get(reverse("services:settings")).status_code == 302
    assert not Session.objects.filter(session_key=planted).exists()


def test_a_session_from_before_the_door_is_exchanged_and_gone(town):
    """The search that waits, the language, the code that is asked for: whatever made it, it gets a new name."""
    browser = Client()
    before = browser.session
    before["anything"] = "1"
    before.save()
    browser.cookies[COOKIE] = before.session_key
    enter(browser, town)
    assert session_of(browser) != before.session_key
    assert not Session.objects.filter(session_key=before.session_key).exists()


def test_another_who_signs_in_in_the_same_browser_gets_nothing_of_the_first(town):
    browser = Client()
    enter(browser, town, "nurse")
    browser.post(reverse("desk:search"), {"q": "Lyng"})
    first = session_of(browser)
    assert browser.session["searches"]
    browser.post(OUT)
    enter(browser, town, "midwife")
    assert session_of(browser) != first
    assert "searches" not in browser.session


def test_what_is_signed_out_is_gone_for_every_copy_of_it(town):
    browser, copy = Client(), Client()
    enter(browser, town)
    copy.cookies[COOKIE] = session_of(browser)
    assert copy.get(reverse("services:settings")).status_code == 200
    browser.post(OUT)
    assert copy.get(reverse("services:settings")).status_code == 302
    assert not Session.objects.filter(session_key=session_of(copy)).exists()


def test_signing_out_is_never_done_by_a_link(town):
    browser = Client()
    enter(browser, town)
    browser.get(OUT)
    assert browser.get(reverse("services:settings")).status_code == 200


def test_a_post_of_somebody_else_cannot_be_chosen(town):
    """Nor one that has ended, nor one that never was: 404, and the post stays as it was."""
    browser = town.browser("nurse")
    theirs = Membership.objects.get(staff=town.staff["administrator"]).key
    for chosen in (theirs, "", PLANTED, "a" * 5_000):
        assert browser.post(reverse("services:choose_post"), {"post": chosen}).status_code == 404
    assert browser.get(reverse("services:units")).status_code == 404


def test_a_change_of_post_keeps_the_person_and_changes_what_is_seen_at_once(town):
    """The key of the session stands: no more is allowed by another post than the person could choose before."""
    browser = town.browser("leader")
    posts = Membership.objects.filter(staff=town.staff["leader"]).order_by("pk")
    units = set()
    for post in posts:
        assert browser.post(reverse("services:choose_post"), {"post": post.key}).status_code == 302
        units.add(browser.get(reverse("desk:unit")).wsgi_request.viewer.unit_id)
    assert units == {post.unit_id for post in posts}


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(town):
    browser = Client()
    enter(browser, town)
    cookie = browser.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", "")


def test_what_the_browser_keeps_of_a_session_is_nothing_but_its_name(town):
    browser = Client()
    enter(browser, town)
    browser.get("/")
    assert set(browser.cookies) <= {COOKIE, settings.CSRF_COOKIE_NAME, settings.LANGUAGE_COOKIE_NAME, "messages"}
