"""A signed address is good for its own time, its own reader and its own purpose."""

from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.urls import reverse

from fotspor.people import actions as people
from fotspor.people import identifiers
from tests.journeys.world import NOW, day

TEN_MINUTES = timedelta(minutes=10)


@pytest.fixture
def found(town):
    """Where the nurse is led by the number of somebody whom her unit does not know."""
    number = next(iter(identifiers.synthetic_numbers(day(-3000).date())))
    people.register_person(
        given_name="Fjern", family_name="Hegg", born_on=day(-3000).date(), sex="female", number=number,
        by=town.world.viewer("nurse_elsewhere"), at=NOW,
    )  # fmt: skip
    answer = town.browser("nurse").post(reverse("people:take_in"), {"number": number})
    assert answer.status_code == 302
    return answer.url


def later(**more):
    return time_machine.travel(NOW + timedelta(**more), tick=False)


def test_what_a_number_showed_is_shown_for_ten_minutes(town, found):
    with later(minutes=9, seconds=59):
        answer = town.browser("nurse").get(found)
        assert answer.status_code == 200
        assert "Hegg" in answer.content.decode()


@pytest.mark.parametrize("method", ["get", "post"])
def test_an_old_one_shows_nothing_and_takes_nobody_in(town, found, method):
    with later(seconds=TEN_MINUTES.total_seconds() + 1):
        answer = getattr(town.browser("nurse"), method)(found, {"reason": "Står i resepsjonen med henvisning"})
        assert answer.status_code == 404
        assert "Hegg" not in answer.content.decode()


def test_nobody_else_reads_it(town, found):
    assert town.browser("midwife").get(found).status_code == 404


@pytest.mark.parametrize("change", [lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"), lambda t: "x" + t, lambda t: ""])
def test_a_changed_one_is_none(town, found, change):
    token = found.rstrip("/").rpartition("/")[2]
    where = found.replace(token, change(token) or "x")
    assert town.browser("nurse").get(where).status_code == 404


def test_one_for_another_purpose_is_none(town, found):
    """Signed by the same key for something else."""
    other = signing.dumps([town.key("child"), town.staff["nurse"].key], salt="something.else")
    assert town.browser("nurse").get(reverse("people:take_in_found", args=[other])).status_code == 404
