"""A long run writes in turns, and as much in each as the machine is fast."""

import pytest
from django.db import connection

from fotspor.kit import turns
from fotspor.kit.models import Submission
from fotspor.kit.turns import LONG, SHORT, Turns

pytestmark = pytest.mark.django_db


def test_less_is_written_when_a_turn_was_long_and_more_when_it_was_short():
    run = Turns(40)
    for took, most in [
        (LONG + 1, 20), (LONG + 1, 10), (SHORT - 0.01, 12), (SHORT - 0.01, 15), ((LONG + SHORT) / 2, 15),
        (LONG + 1, 7), (LONG + 1, 3), (LONG + 1, 1), (LONG + 1, 1), (SHORT - 0.01, 2),
    ]:  # fmt: skip
        run._pace(took)
        assert run.most == most
    for _ in range(20):
        run._pace(0)
    assert run.most == 40


def test_a_turn_that_fails_leaves_nothing_and_the_next_goes_on():
    run = Turns()

    def failing():
        with run.turn():
            Submission.objects.create(token="one", path="/")
            raise KeyError

    with pytest.raises(KeyError):
        failing()
    with run.turn():
        Submission.objects.create(token="two", path="/")
    assert list(Submission.objects.values_list("token", flat=True)) == ["two"]


@pytest.mark.django_db(transaction=True)
def test_others_have_a_pause_between_two_turns_on_sqlite_only(monkeypatch):
    slept = []
    monkeypatch.setattr(turns.time, "sleep", slept.append)
    run = Turns()
    for token in ("one", "two"):
        with run.turn():
            Submission.objects.create(token=token, path="/")
    if connection.vendor == "sqlite":
        assert len(slept) == 2
        assert slept[0] == 0
        assert 0 < slept[1] <= turns.PAUSE
    else:
        assert slept == []
