"""Whether a run is late, as a table: hours since it went well, since it went wrong, since the installation.

And what an installation lacks, one thing at a time.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fotspor.operation.labels import NEEDS
from fotspor.operation.queries import upkeep
from fotspor.operation.rules import (
    GIGABYTE,
    Counted,
    DiskLimit,
    Expected,
    Need,
    Ran,
    State,
    is_ready,
    is_short_of_room,
    late_from,
    standing,
    steps,
)

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
BACKUP = Expected(name="backup", every=24, late_after=26, command="fotspor backup")
LIMIT = DiskLimit(least_free_percent=10, least_free_gigabytes=2)


def ago(hours):
    return None if hours is None else NOW - timedelta(hours=hours)


@pytest.mark.parametrize(
    ("well", "wrong", "installed", "state"),
    [
        (1, None, 500, State.FINE),
        (25.9, None, 500, State.FINE),
        (26, None, 500, State.LATE),
        (400, None, 500, State.LATE),
        (None, None, 1, State.WAITS),  # just installed: nothing need have run yet
        (None, None, 26, State.LATE),
        (None, 1, 2, State.FAILED),
        (5, 1, 500, State.FAILED),  # a new failure counts although the last good one is young
        (1, 5, 500, State.FINE),  # it went well after that
        (30, 40, 500, State.LATE),
        (30, 3, 500, State.FAILED),  # why it is late
    ],
)
def test_how_a_run_stands(well, wrong, installed, state):
    known = Ran(ago(well), ago(wrong), None)
    assert standing(BACKUP, known, installed_at=ago(installed), now=NOW) is state


@given(st.integers(0, 2000), st.integers(0, 2000))
def test_time_alone_never_puts_a_run_in_order(hours, more):
    known, installed = Ran(ago(hours), None, None), ago(3000)
    later = NOW + timedelta(hours=more)
    before = standing(BACKUP, known, installed_at=installed, now=NOW)
    after = standing(BACKUP, known, installed_at=installed, now=later)
    assert (before, after) in {(State.FINE, State.FINE), (State.FINE, State.LATE), (State.LATE, State.LATE)}
    assert (after is State.LATE) == (later >= late_from(BACKUP, known, installed))


@pytest.mark.parametrize(
    ("free", "total", "short"),
    [(50, 100, False), (10, 100, False), (9, 100, True), (1.9, 10, True), (2, 10, False), (0, 100, True)],
)
def test_too_little_room_is_either_of_two_limits(free, total, short):
    assert is_short_of_room(LIMIT, free=int(free * GIGABYTE), total=int(total * GIGABYTE)) is short


def test_nothing_that_is_expected_is_late_as_soon_as_it_is_due():
    names = [each.name for each in upkeep().runs]
    assert len(names) == len(set(names))
    assert all(each.late_after > each.every > 0 for each in upkeep().runs)


# --- what an installation lacks ----------------------------------------------------------------------------

EVERYTHING = Counted(
    has_number=True, without_codes=0, districts=2, kinds_missing=0, unserved=0, at_work=4, without_leader=0,
    health_centres_missing=0, midwiferies_missing=0, officers=1, register_taken_in=True, unapproved={}, copied=True,
    tried=True,
)  # fmt: skip


@pytest.mark.parametrize(
    ("differs", "need", "left"),
    [
        ({"has_number": False}, Need.MUNICIPALITY, 1),
        ({"without_codes": 2}, Need.CODES, 2),
        ({"kinds_missing": 2}, Need.UNITS, 2),
        ({"unserved": 1}, Need.SERVED, 1),
        ({"without_leader": 3}, Need.LEADERS, 3),
        ({"health_centres_missing": 1}, Need.NURSES, 1),
        ({"midwiferies_missing": 2}, Need.MIDWIVES, 2),
        ({"officers": 0}, Need.OFFICER, 1),
        ({"register_taken_in": False}, Need.REGISTER, 1),
        ({"unapproved": {"instrument": 1}}, Need.INSTRUMENT, 1),
        ({"unapproved": {"routine": 1}}, Need.ROUTINE, 1),
        ({"unapproved": {"pathway": 3}}, Need.PATHWAY, 3),
        ({"copied": False}, Need.COPY, 1),
        ({"tried": False}, Need.TRIED, 1),
    ],
)
def test_one_thing_that_lacks_is_the_one_line_that_is_not_done(differs, need, left):
    found = steps(replace(EVERYTHING, **differs))
    assert [(step.need, step.left) for step in found if not step.is_done] == [(need, left)]
    assert not is_ready(found)


def test_when_nothing_lacks_the_installation_is_ready():
    found = steps(EVERYTHING)
    assert is_ready(found)
    assert [step.need for step in found] == list(Need)


def test_without_districts_no_district_is_served_and_without_staff_no_unit_is_led():
    found = {step.need: step.is_done for step in steps(replace(EVERYTHING, districts=0, at_work=0))}
    assert [need for need, done in found.items() if not done] == [
        Need.DISTRICTS, Need.SERVED, Need.STAFF, Need.LEADERS,
    ]  # fmt: skip


def test_second_factors_are_left_out_where_they_are_not_asked_for():
    assert Need.CODES not in {step.need for step in steps(replace(EVERYTHING, without_codes=None))}


def test_every_need_has_words_and_a_page_or_a_command():
    assert set(NEEDS) == set(Need)
    assert all(bool(words.page) != bool(words.command) for words in NEEDS.values())
