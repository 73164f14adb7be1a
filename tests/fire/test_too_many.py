"""Whoever asks for too much, or for everything, is stopped; nobody else notices, and no page costs more."""

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fotspor.access.models import AuditEvent
from fotspor.config import limits
from fotspor.kit.rates import Meter
from fotspor.services.middleware.refusals import InTurn
from tests.fire.town import addresses

NAMES = {name for name, _words in addresses()}


@pytest.fixture
def rates(settings, monkeypatch):
    """The rates of production: tests are let off otherwise."""
    settings.RATES = dict(limits.RATES)
    monkeypatch.setattr(InTurn, "meter", Meter())
    monkeypatch.setattr(InTurn, "told", Meter())
    return settings.RATES


def noted(kind):
    return AuditEvent.objects.filter(type="services.too_many", facts__kind=kind)


def test_what_is_rated_is_there_and_has_a_rate():
    assert set(limits.RATED) | limits.NEVER <= NAMES
    assert not set(limits.RATED) & limits.NEVER
    assert set(limits.RATED.values()) | {"pages"} == set(limits.RATES)
    assert set(limits.RATES) >= limits.OPENED
    assert all(most > 0 and seconds > 0 for most, seconds in limits.RATES.values())


def test_whatever_is_saved_to_a_file_or_printed_is_rated():
    heavy = {name for name in NAMES if name.endswith(("_file", "_print"))}
    assert heavy - {"desk:day_taken"} <= set(limits.RATED)


def test_production_is_never_let_off(monkeypatch):
    monkeypatch.setenv("FOTSPOR_RATES", "off")
    assert limits.rates(may_be_off=True) == {}
    assert limits.rates(may_be_off=False) == limits.RATES
    monkeypatch.delenv("FOTSPOR_RATES")
    assert limits.rates(may_be_off=True) == limits.RATES


def test_nobody_takes_everything_home(town, rates):
    """Files of the list, one after the other: stopped, said in words, and in the log once."""
    nurse, url = town.browser("nurse"), reverse("desk:people_file")
    most, seconds = rates["files"]
    answers = [nurse.get(url).status_code for _each in range(most + 3)]
    assert answers == [200] * most + [429] * 3
    stopped = nurse.get(url)
    assert stopped.headers["Retry-After"] == str(seconds)
    assert stopped.headers["Cache-Control"] == "no-store, private"
    assert stopped.content.decode().count("<h1") == 1
    assert [event.staff for event in noted("files")] == [town.staff["nurse"].key]
    assert nurse.get("/").status_code == 200, "the rest goes on"
    assert town.browser("midwife").get(url).status_code == 200, "and so do the others"


def test_nobody_tries_one_number_after_another(town, rates):
    nurse, url = town.browser("nurse"), reverse("people:take_in")
    most, _seconds = rates["number"]
    assert {nurse.post(url, {"number": "1"}).status_code for _each in range(most)} == {422}
    assert nurse.post(url, {"number": "1"}).status_code == 429
    assert nurse.get(url).status_code == 200, "to open the page is no try"


def test_nobody_searches_through_the_register(town, rates):
    nurse = town.browser("nurse")
    most, _seconds = rates["search"]
    answers = [nurse.post(reverse("desk:search"), {"q": f"a{each}"}, follow=True) for each in range(most + 1)]
    assert [answer.status_code for answer in answers] == [200] * most + [429]


def test_nobody_opens_page_upon_page(town, rates):
    rates["pages"] = (20, 60)
    nurse = town.browser("nurse")
    answers = [nurse.get(reverse("kit:help")).status_code for _each in range(22)]
    assert answers == [200] * 20 + [429] * 2
    assert noted("pages").count() == 1
    assert town.browser("midwife").get("/").status_code == 200


def test_to_be_refused_costs_nothing_and_the_way_out_stays_open(town, rates):
    rates["pages"] = (3, 60)
    nurse = town.browser("nurse")
    answers = [nurse.get(reverse("kit:help")).status_code for _each in range(5)]
    assert answers == [200] * 3 + [429] * 2
    with CaptureQueriesContext(connection) as caught:
        assert nurse.get(reverse("kit:help")).status_code == 429
    assert not [each["sql"] for each in caught if each["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert nurse.get(reverse("services:session_left")).status_code == 200
    assert nurse.post(reverse("services:draft_keep"), {"_at": "/enheter/ny/"}).status_code != 429
    assert nurse.post(reverse("services:lock"), {"back": "/"}).url == reverse("services:locked")
    assert nurse.get(reverse("services:locked")).status_code == 200
    assert nurse.post(reverse("account_logout")).status_code == 302


@pytest.mark.parametrize("path", ["/", "/barn/", "/innstillinger/"])
def test_a_page_asks_the_database_no_more_for_it(town, settings, rates, path):
    nurse = town.browser("nurse")
    nurse.get(path)
    with CaptureQueriesContext(connection) as rated:
        nurse.get(path)
    settings.RATES = {}
    with CaptureQueriesContext(connection) as unrated:
        nurse.get(path)
    assert len(rated) == len(unrated)


def test_workers_count_together_in_the_database(town, settings, rates):
    """In the table that production's cache is, on whichever database this is."""
    rates["files"] = (2, 600)
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "counted_together"}
    }
    call_command("createcachetable", verbosity=0)
    cache.clear()
    nurse, url = town.browser("nurse"), reverse("desk:people_file")
    assert [nurse.get(url).status_code for _each in range(3)] == [200, 200, 429]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM counted_together")
        assert cursor.fetchone()[0] >= 1


def test_whoever_is_signed_out_is_met_by_the_door_alone(town, rates, client):
    rates["pages"] = (1, 60)
    assert {client.get("/konto/inn/").status_code for _each in range(4)} == {200}
