"""A process is known again while it runs, and known to be gone when it has ended; elsewhere nobody can tell."""

import subprocess
import sys

import pytest

from fotspor.kit import processes

SAYS = "from fotspor.kit.processes import this; print(this(), flush=True); input()"


@pytest.fixture
def other():
    """Another process, and what it says it is."""
    with subprocess.Popen(
        [sys.executable, "-c", SAYS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as one:
        yield one, one.stdout.readline().strip()


def test_this_one_runs():
    assert processes.is_gone(processes.this()) is False


def test_another_runs_until_it_is_killed(other):
    process, mark = other
    assert processes.is_gone(mark) is False
    process.kill()
    process.wait()
    assert processes.is_gone(mark) is True


def test_a_later_process_with_the_same_number_is_another():
    host, boot, number, _started = processes.this().split()
    assert processes.is_gone(f"{host} {boot} {number} 1") is True


def test_before_the_machine_was_started_anew_is_over():
    host, _boot, number, started = processes.this().split()
    assert processes.is_gone(f"{host} another-boot {number} {started}") is True


@pytest.mark.parametrize("mark", ["", "x", "elsewhere b 1 1", "a b c d e"])
def test_what_is_not_known_here_is_not_guessed(mark):
    assert processes.is_gone(mark) is None


def test_a_machine_that_says_nothing_of_its_processes_has_no_marks(monkeypatch):
    monkeypatch.setattr(processes, "_started", lambda pid: "")
    assert processes.this() == ""
