"""How often each has asked, in one process."""

import json
import logging

import pytest
from django.test import RequestFactory

from fotspor.kit import log_lines, rates


def asked(meter, times, who="a", *, now=0.0):
    return [meter.wait(who, most=3, seconds=60, now=now) for _each in range(times)]


def test_so_many_in_a_window_and_then_a_wait_until_it_is_over():
    meter = rates.Meter()
    assert asked(meter, 5, now=100.0) == [0, 0, 0, 60, 60]
    assert asked(meter, 1, now=150.0) == [10]
    assert asked(meter, 4, now=160.0) == [0, 0, 0, 60]


def test_nobody_waits_for_somebody_else():
    meter = rates.Meter()
    assert asked(meter, 4)[-1] == 60
    assert asked(meter, 1, "b") == [0]


def test_those_of_long_ago_are_forgotten_when_they_are_many(monkeypatch):
    monkeypatch.setattr(rates, "MOST_KEPT", 3)
    meter = rates.Meter()
    for who in "abc":
        asked(meter, 4, who)
    assert asked(meter, 1, "d", now=61.0) == [0]
    assert asked(meter, 3, "a", now=61.0) == [0, 0, 0]


# --- lines for a machine ---------------------------------------------------------------------------------------


@pytest.fixture
def heard():
    """What is written by the formatter of production."""

    class Keeps(logging.Handler):
        def __init__(self):
            super().__init__()
            self.lines = []

        def emit(self, record):
            self.lines.append(json.loads(log_lines.Lines().format(record)))

    keeps = Keeps()
    logging.getLogger("fotspor").addHandler(keeps)
    yield keeps.lines
    logging.getLogger("fotspor").removeHandler(keeps)


def test_a_line_says_when_how_badly_who_and_what(heard):
    logging.getLogger("fotspor.anything").warning("%s files\nare gone", 3)
    (line,) = heard
    assert (line["level"], line["logger"], line["says"]) == ("WARNING", "fotspor.anything", "3 files\nare gone")
    assert line["at"].endswith("+00:00")
    assert "\n" not in log_lines.Lines().format(logging.LogRecord("a", 30, "f", 1, "two\nlines", (), None))


def test_a_fault_says_where(heard):
    try:
        raise ValueError("Sitronkanari")
    except ValueError:
        logging.getLogger("fotspor.anything").exception("It failed")
    (line,) = heard
    assert "ValueError" in line["trace"]
    assert "test_a_fault_says_where" in line["trace"]
    assert "Sitronkanari" not in json.dumps(line)


def test_who_was_turned_away_is_said_without_a_name(heard):
    request = RequestFactory().generic("EVIL\n", "/hjelp/?q=Sitronkanari")
    log_lines.note(request, "forged form")
    (line,) = heard
    assert (line["staff"], line["role"], line["address"], line["method"]) == ("", "", "/hjelp/", "other")
    assert line["says"].startswith("forged form: staff= role=")
    assert "Sitronkanari" not in json.dumps(line)
