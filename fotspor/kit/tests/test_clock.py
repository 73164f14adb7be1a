"""«Today» is Oslo's date, also half an hour on either side of midnight and on the nights the clocks change."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from fotspor.kit import clock


@pytest.mark.parametrize(
    ("instant", "today"),
    [
        (datetime(2026, 11, 22, 22, 30, tzinfo=UTC), date(2026, 11, 22)),  # 23.30 in Oslo, winter
        (datetime(2026, 11, 22, 23, 30, tzinfo=UTC), date(2026, 11, 23)),  # 00.30
        (datetime(2026, 7, 1, 21, 30, tzinfo=UTC), date(2026, 7, 1)),  # 23.30 in Oslo, summer
        (datetime(2026, 7, 1, 22, 30, tzinfo=UTC), date(2026, 7, 2)),  # 00.30
        (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), date(2026, 3, 29)),  # the night to summer time
        (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), date(2026, 3, 29)),  # the hour that is not there
        (datetime(2026, 10, 24, 22, 30, tzinfo=UTC), date(2026, 10, 25)),  # the night to winter time
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), date(2026, 10, 25)),  # the hour that comes twice
    ],
)
def test_today_is_oslos_date(instant, today):
    with time_machine.travel(instant, tick=False):
        assert clock.today() == today
        assert clock.now() == instant


@pytest.mark.parametrize(
    ("day", "began"),
    [
        (date(2026, 3, 29), "2026-03-29T00:00:00+01:00"),  # summer time begins that night
        (date(2026, 7, 1), "2026-07-01T00:00:00+02:00"),
        (date(2026, 10, 25), "2026-10-25T00:00:00+02:00"),  # winter time begins that night
    ],
)
def test_a_date_begins_at_midnight_in_oslo(day, began):
    assert clock.start_of(day).isoformat() == began
