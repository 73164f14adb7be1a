"""The clock is set forward or back, by an hour, a day or a year, and the nights when Norway changes it, and year's end.

Nobody is let in for longer, nothing is done twice, nothing is hidden as in order, and no page fails because of it.
"""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
import time_machine
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.urls import reverse

from fotspor.access.actions import log, seal_log
from fotspor.access.models import AuditEvent, AuditSeal
from fotspor.access.queries.seals import verify
from fotspor.access.rules import SYSTEM
from fotspor.config import backup
from fotspor.kit import clock
from fotspor.kit.models import Run
from fotspor.operation import actions as operation
from fotspor.operation import queries
from fotspor.operation.rules import State
from fotspor.pathways import actions as pathways
from fotspor.pathways.models import Baton
from fotspor.worklist.models import Task
from tests.fire.town import PASSWORD
from tests.journeys.world import NOW, TODAY

OSLO = ZoneInfo("Europe/Oslo")
HOUR, DAY, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(days=365)
MOVED = [HOUR, -HOUR, -DAY]


@pytest.fixture
def clock_at():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller.move_to


def line(name):
    return next(each for each in queries.lines(at=clock.now()) if each.expected.name == name)


# --- what runs by itself --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("moved", MOVED)
def test_a_run_ends_well_although_the_clock_was_moved_meanwhile(town, clock_at, moved):
    with Run.noted("backup", clock=clock.now) as facts:
        clock_at(NOW + moved)
        facts["copy"] = "one"
    run = Run.objects.get(name="backup")
    assert (run.failed, run.facts) == ("", {"copy": "one"})
    assert run.ended_at >= run.began_at


def test_a_run_that_a_wrong_clock_put_in_the_future_does_not_say_that_all_is_in_order(town, clock_at):
    clock_at(NOW + YEAR)
    with Run.noted("backup", clock=clock.now):
        pass
    clock_at(NOW)
    assert line("backup").ran.succeeded_at is None
    clock_at(NOW + 2 * DAY)
    assert line("backup").state is State.LATE
    with Run.noted("backup", clock=clock.now):
        pass
    assert line("backup").state is State.FINE


def test_a_failure_that_a_wrong_clock_put_in_the_future_is_not_told_for_a_year(town, clock_at):
    Run.objects.create(name="backup", began_at=NOW + YEAR, ended_at=NOW + YEAR, failed="No room")
    with Run.noted("backup", clock=clock.now):
        pass
    assert line("backup").state is State.FINE


def test_tasks_of_the_installation_stand_once_however_the_clock_goes(town, clock_at):
    for at in (NOW, NOW + YEAR, NOW - DAY, NOW + HOUR):
        clock_at(at)
        operation.watch(by=SYSTEM, at=clock.now())
        stand = Task.objects.open().filter(source="operation", ref__startswith="run:")
        waiting = list(stand.values_list("ref", flat=True))
        assert len(waiting) == len(set(waiting))


def sqlite_database(folder):
    import sqlite3

    path = folder / "fotspor.sqlite3"
    with sqlite3.connect(path) as db:
        db.execute("create table footprint (n integer)")
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path)}


@pytest.mark.parametrize("back", [HOUR, DAY, 40 * YEAR])
def test_the_copy_just_taken_is_the_newest_also_when_the_clock_was_set_back(tmp_path, back):
    database, folder = sqlite_database(tmp_path), tmp_path / "backups"
    ahead = [backup.take(database, folder, NOW + timedelta(minutes=n)) for n in range(backup.KEPT)]
    for n in range(3):
        taken = backup.take(database, folder, NOW - back + timedelta(minutes=n))
        assert taken.exists(), "it is not cleared away as the oldest"
        assert backup.newest(folder, database) == taken
    assert not any(copy.exists() for copy in ahead[:3])
    assert all(copy.exists() for copy in ahead[3:])


def test_copies_of_the_night_when_an_hour_comes_twice_each_have_their_name(tmp_path):
    database, folder = sqlite_database(tmp_path), tmp_path / "backups"
    twice = [datetime(2026, 10, 25, 2, 15, fold=fold, tzinfo=OSLO).astimezone(UTC) for fold in (0, 1)]
    names = [backup.take(database, folder, at).name for at in twice]
    assert names == sorted(set(names))


# --- the log --------------------------------------------------------------------------------------------------------


def test_a_line_from_a_clock_that_was_ahead_does_not_stop_the_sealing(town, clock_at):
    log(type="access.record.read", by=SYSTEM, at=NOW + YEAR, person="somebody")
    ahead = AuditEvent.objects.latest("pk").pk
    at = NOW + timedelta(minutes=2)
    while seal_log(at=at):
        pass
    before = AuditEvent.objects.filter(pk__lt=ahead).latest("pk").pk  # numbers may be left out
    assert AuditSeal.objects.order_by("number").last().last == before, "nobody knows yet how old it is"
    log(type="access.record.read", by=SYSTEM, at=at, person="somebody")
    while seal_log(at=at + timedelta(minutes=12)):
        pass
    assert AuditSeal.objects.order_by("number").last().last == ahead + 1
    assert list(verify().findings) == []


# --- who is signed in -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("moved", "is_in"), [(HOUR, False), (-HOUR, True), (-DAY, True)])
def test_a_clock_set_forward_signs_out_and_one_set_back_lets_nobody_in_for_longer(town, clock_at, moved, is_in):
    browser = town.browser("nurse")
    assert browser.get("/").status_code == 200
    clock_at(NOW + moved)
    assert (browser.get("/").status_code == 200) == is_in
    clock_at(NOW + max(moved, timedelta()) + 11 * HOUR)
    assert browser.get("/").status_code == 302, "the longest day is over by the clock as it stands then"


@pytest.mark.parametrize("moved", MOVED)
def test_a_form_sent_again_after_the_clock_was_moved_is_received_once(town, clock_at, moved):
    url = reverse("worklist:task_new", args=[town.key("mother")])
    values = {"kind": "call", "note": "Ringe", "due_on": "2026-11-30", "staff": "", "_once": "same"}
    assert town.browser("nurse").post(url, values).status_code == 302
    town.browsers.clear()
    clock_at(NOW + moved)
    assert town.browser("nurse").post(url, values).status_code == 302
    assert sum(task.note == "Ringe" for task in Task.objects.all()) == 1


def test_a_code_is_good_once_and_only_by_the_clock_as_it_stands(town, clock_at):
    secret = totp.generate_totp_secret()
    factor = totp.TOTP.activate(town.staff["nurse"], secret)

    def code():
        return totp.format_hotp_value(totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time())))

    now = code()
    assert (factor.validate_code(now), factor.validate_code(now)) == (True, False)
    for moved in (timedelta(seconds=61), *MOVED):
        clock_at(NOW + moved)
        assert not factor.validate_code(now), moved
        assert factor.validate_code(code()), moved


def test_the_door_opens_again_although_the_clock_was_set_back_after_too_many_tries(town, clock_at):
    from django.test import Client

    wrong = {"login": town.staff["nurse"].email, "password": "feil passord, men langt nok"}
    for _try in range(7):
        Client().post("/konto/inn/", wrong)
    right = {**wrong, "password": PASSWORD}
    assert Client().post("/konto/inn/", right).status_code in (422, 429)
    clock_at(NOW - HOUR)
    assert Client().post("/konto/inn/", right).status_code in (302, 422, 429)
    clock_at(NOW + timedelta(minutes=6))
    assert Client().post("/konto/inn/", right).status_code == 302


# --- the work itself ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("back", [HOUR, DAY])
def test_a_baton_taken_while_the_clock_was_ahead_is_handed_on_after_it_was_set_right(town, clock_at, back):
    world, journey = town.world, town.world.journey("six_weeks")
    clock_at(NOW + back)
    Baton.objects.filter(journey=journey, until_at=None).update(since_at=clock.now())
    clock_at(NOW)
    offered = pathways.hand_over(
        journey=journey, to_unit_id=world.unit("nurse_elsewhere").pk, reason="Flyttet", summary="",
        by=world.viewer("nurse"), at=clock.now(),
    )  # fmt: skip
    answer = town.browser("nurse elsewhere").post(reverse("pathways:handover_accept", args=[offered.key]))
    assert answer.status_code == 302
    held = Baton.objects.filter(journey=journey).order_by("pk")
    assert [baton.until_at is None for baton in held][-1]
    assert sum(baton.until_at is None for baton in held) == 1


@pytest.mark.parametrize("back", [HOUR, DAY])
def test_a_register_compared_after_the_clock_was_set_back_is_the_newer_one(town, clock_at, back):
    from fotspor.pathways.models import RegisterImport
    from fotspor.pathways.queries.register_imports import is_superseded
    from fotspor.pathways.tests.register_world import stage
    from fotspor.pathways.tests.test_register_rules import TWIN, cells

    first = stage(cells(), at=NOW)
    RegisterImport.objects.filter(pk=first.pk).update(finished_on=TODAY)
    second = stage(cells(identity_number=TWIN), at=NOW - back)
    assert not is_superseded(second)


PAGES = [("nurse", "desk:day"), ("nurse", "pathways:calendar"), ("administrator", "operation:status")]
NIGHTS = [datetime(2026, 10, 25, tzinfo=OSLO), datetime(2027, 3, 28, tzinfo=OSLO),
          datetime(2026, 12, 31, 22, tzinfo=OSLO), datetime(2028, 2, 28, 22, tzinfo=OSLO)]  # fmt: skip


@pytest.mark.parametrize("night", NIGHTS, ids=lambda night: f"{night:%Y-%m-%d}")
def test_through_the_nights_when_time_is_strange_the_pages_open(town, night):
    """The day's page, the calendar, the status page: and the day that is shown is Oslo's own."""
    start = night.astimezone(UTC)
    shown = []
    with time_machine.travel(start, tick=False) as traveller:
        for half_hour in (1, 4, 6):
            traveller.move_to(start + half_hour * timedelta(minutes=30))
            town.browsers.clear()
            cache.clear()
            for who, name in PAGES:
                assert town.browser(who).get(reverse(name)).status_code == 200, (who, name, clock.now())
            shown.append(clock.today())
    assert all(after - before in (timedelta(0), DAY) for before, after in pairwise(shown))


def test_the_last_evening_of_the_year_is_still_that_year(town):
    from fotspor.pathways.actions import rebuild

    for at, on in (
        (datetime(2026, 12, 31, 22, 59, tzinfo=UTC), date(2026, 12, 31)),
        (datetime(2026, 12, 31, 23, 1, tzinfo=UTC), date(2027, 1, 1)),
    ):
        with time_machine.travel(at, tick=False):
            assert clock.today() == on
            list(rebuild(check=False, at=clock.now()))
            assert list(rebuild(check=True, at=clock.now())) == []
    assert on > TODAY
