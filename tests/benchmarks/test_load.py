"""What the load says of itself: processor time, what broke, and on which settings the server runs."""

import pytest

from benchmarks import load
from benchmarks.load import Spent
from benchmarks.tally import Tally


def loaded(*, errors=0, seconds=0.1, aside=0.02):
    tally = Tally()
    for _request in range(100):
        tally.note("day", 200, seconds)
    for _request in range(errors):
        tally.note("day", 500, seconds)
    tally.note_aside(aside)
    return tally


def row(tally, log="", broken=()):
    return load._load_row(tally, log, list(broken), 60, "sqlite", 50)


def test_quick_without_errors_is_met():
    found = row(loaded())
    assert found.met
    assert (found.figure, found.reference, round(found.ratio, 3)) == ("100 ms", "20 ms", 5.0)
    assert "0 errors (were 0), 0 locked (were 0)" in found.target


@pytest.mark.parametrize(
    ("tally", "log", "broken"),
    [
        (loaded(errors=1), "", ()),
        (loaded(seconds=0.2), "", ()),
        (loaded(), "OperationalError: database is locked", ()),
        (loaded(), "", ("2 open journeys without exactly one holder",)),
    ],
)
def test_one_error_or_a_lock_or_a_broken_plan_is_not_met_however_quick(tally, log, broken):
    assert row(tally, log, broken).met is False


def test_processor_time_a_request_does_not_follow_from_what_else_runs():
    quiet, busy = Spent(5, 6, 60), Spent(5, 110, 60)
    assert quiet.said(100).startswith("50 ms of processor time a request")
    assert busy.said(100).startswith("50 ms of processor time a request")
    assert "83 % of it here" in quiet.said(100)
    assert Spent(0, 0, 60).said(0).startswith("0 ms")


def test_what_is_told_names_each_thing_that_is_broken():
    told = load._told(loaded(errors=2), "", ["plan --check: 3 differences"], Spent(5, 6, 60), "sqlite")
    assert "  2 x day: 500" in told
    assert "BROKEN AFTERWARDS: plan --check: 3 differences" in told
    assert "refused in words\n  none" in told
    fine = load._told(loaded(), "", [], Spent(5, 6, 60), "sqlite")
    assert "one holder per open journey" in fine


def test_the_server_runs_on_the_applications_own_settings(monkeypatch):
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "tests.settings")
    monkeypatch.setenv("FOTSPOR_MODE", "test")
    found = load.environment()
    assert "DJANGO_SETTINGS_MODULE" not in found
    assert found["FOTSPOR_MODE"] == "demo"


def test_memory_over_the_limit_is_not_met():
    assert load._memory_row(150, 90, "sqlite").met
    assert not load._memory_row(201, 90, "sqlite").met


@pytest.mark.django_db
def test_after_the_load_a_journey_that_nobody_holds_is_found(monkeypatch):
    from fotspor.pathways.models import Baton
    from fotspor.pathways.tests.world import AT, build

    class Fine:
        returncode, stdout, stderr = 0, "", ""

    monkeypatch.setattr(load.subprocess, "run", lambda *_words, **_more: Fine)  # it would look at another database
    monkeypatch.setattr("django.db.connection.close", lambda: None)
    world = build()
    world.child()
    lost = world.child()
    assert load.broken_after() == []
    Baton.objects.filter(journey=lost).update(until_at=AT, until_by=world.nurse.staff_id)
    assert load.broken_after() == ["1 open journeys without exactly one holder"]
