"""Who exists is not told by how much is done: the same passwords worked out, the same questions to the database.

Work is counted, never timed: a clock on a busy machine says nothing.
"""

import re

import pytest
from django.contrib.auth import hashers
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fotspor.people import actions as people
from fotspor.people import identifiers
from tests.fire.town import PASSWORD, bare
from tests.journeys.world import NOW, day

LITERAL = re.compile(r"'[^']*'|\b\d+\b|%s|X'[0-9A-Fa-f]*'")
MARKS = re.compile(r"\b(s\d+_x\d+)\b|_django_curs_\w+")


def shape(queries):
    """What was asked, without what it was asked about."""
    asked = (MARKS.sub("mark", LITERAL.sub("?", each["sql"])) for each in queries)
    return [re.sub(r"\((\?(, )?)+\)", "(?)", each) for each in asked if "SAVEPOINT" not in each]


def watched(act):
    with CaptureQueriesContext(connection) as caught:
        answer = act()
    return answer, shape(caught.captured_queries)


@pytest.fixture
def worked_out(monkeypatch):
    """How many passwords are worked out."""
    made = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda self, *given: made.append(1) or encode(self, *given))
    assert isinstance(hashers.get_hasher(), MD5PasswordHasher)
    return made


def knock(email, password="feil passord, men langt nok"):
    return Client().post("/konto/inn/", {"login": email, "password": password})


def test_the_door_does_the_same_for_a_known_and_an_unknown_address(town, worked_out):
    known, unknown = town.staff["nurse"].email, "ukjent.ukjentsen@fotspor.example"
    knock("noen.annen@fotspor.example")  # what is asked for once and kept
    worked_out.clear()
    first, asked_of_known = watched(lambda: knock(known))
    worked_for_known = len(worked_out)
    worked_out.clear()
    second, asked_of_unknown = watched(lambda: knock(unknown))
    assert worked_for_known == len(worked_out) == 1
    assert bare(first, address=known) == bare(second, address=unknown)
    assert asked_of_known == asked_of_unknown


def test_the_door_does_the_same_for_somebody_who_has_left_or_has_no_password(town, worked_out):
    knock("noen.annen@fotspor.example")
    left, without = town.staff["midwife"], town.staff["kindergarten"]
    left.is_active = False
    left.save()
    without.set_unusable_password()
    without.save()
    worked_out.clear()
    counts, answers = [], []
    for email in (town.staff["nurse"].email, left.email, without.email, "ukjent@fotspor.example"):
        answers.append(bare(knock(email), address=email))
        counts.append(len(worked_out))
        worked_out.clear()
    assert answers == [answers[0]] * 4
    assert counts == [1] * 4


def test_the_right_password_of_somebody_unknown_is_no_password(town, worked_out):
    assert knock("ukjent@fotspor.example", PASSWORD).status_code == 422
    assert len(worked_out) == 1


@pytest.fixture
def numbers(town):
    """The number of somebody whom the nurse may not see, and one that nobody has."""
    ours, nobodys = list(identifiers.synthetic_numbers(day(-3000).date()))[:2]
    people.register_person(
        given_name="Fjern", family_name="Hegg", born_on=day(-3000).date(), sex="female", number=ours,
        by=town.world.viewer("nurse_elsewhere"), at=NOW,
    )  # fmt: skip
    return ours, nobodys


def search(browser, text):
    sent = browser.post(reverse("desk:search"), {"q": text})
    return browser.get(sent.url)


def test_a_search_by_number_asks_the_same_whether_there_is_such_a_person_or_not(town, numbers):
    ours, nobodys = numbers
    nurse = town.browser("nurse")
    search(nurse, nobodys)
    there, asked_of_ours = watched(lambda: search(nurse, ours))
    gone, asked_of_nobodys = watched(lambda: search(nurse, nobodys))
    assert asked_of_ours == asked_of_nobodys
    assert "Hegg" not in there.content.decode()
    assert bare(there, number=ours, url=there.wsgi_request.path) == bare(
        gone, number=nobodys, url=gone.wsgi_request.path
    )


def test_a_search_by_name_asks_the_same_whether_there_is_such_a_person_or_not(town, numbers):
    nurse = town.browser("nurse")
    search(nurse, "Finnesikke")
    there, asked = watched(lambda: search(nurse, "Hegg"))
    gone, asked_of_nobody = watched(lambda: search(nurse, "Bogg"))
    assert asked == asked_of_nobody
    assert bare(there, name="Hegg", url=there.wsgi_request.path) == bare(gone, name="Bogg", url=gone.wsgi_request.path)
