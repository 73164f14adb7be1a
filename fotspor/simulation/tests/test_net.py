"""What the lists show when nothing derives tasks: the slips are found because of the net, and by nothing else."""

import sys
from contextlib import contextmanager

import pytest

from fotspor.simulation import building
from fotspor.simulation.slips import report_slips
from fotspor.simulation.tests.conftest import AT, SEED
from fotspor.worklist import actions as worklist_actions

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@contextmanager
def net_switched_off():
    """No task is derived from anything, wherever it is asked for."""
    real = worklist_actions.reconcile
    modules = [m for m in list(sys.modules.values()) if getattr(m, "__dict__", {}).get("reconcile") is real]
    for module in modules:
        module.reconcile = lambda **wanted: None
    try:
        yield
    finally:
        for module in modules:
            module.reconcile = real


def test_with_the_net_switched_off_the_slips_are_not_found():
    with net_switched_off():
        building.build(size="tiny", seed=SEED, at=AT)
    report = report_slips(today=AT.date())
    assert report.planted == 4
    assert report.shown == frozenset()
