"""Whether a run is late, as a table; hours since it went well, since it went wrong, since the installation."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fotspor.operation.queries import upkeep
from fotspor.operation.rules import GIGABYTE, DiskLimit, Expected, Ran, State, is_short_of_room, late_from, standing

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
