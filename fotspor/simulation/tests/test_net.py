"""What the lists show when nothing derives tasks: the slips are found because of the net, and by nothing else."""

import sys
from contextlib import contextmanager

import pytest

from fotspor.simulation import building
from fotspor.simulation.models import Plant
from fotspor.simulation.slips import SLIPS, report_slips
from fotspor.simulation.tests.conftest import AT, SEED
from fotspor.worklist import actions as worklist_actions
from fotspor.worklist.models import Task

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@contextmanager
def net_switched_off(*sources):
    """No task is derived from anything of these kinds, all when none is named, wherever it is asked for."""
    real = worklist_actions.reconcile
    modules = [m for m in list(sys.modules.values()) if getattr(m, "__dict__", {}).get("reconcile") is real]

    def torn(**wanted):
        if sources and wanted["source"] not in sources:
            real(**wanted)

    for module in modules:
        module.reconcile = torn
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


@pytest.mark.parametrize("hole", [Task.Source.CONTACT, Task.Source.ROUTINE, Task.Source.BATON])
def test_a_hole_in_the_net_lets_through_the_slips_it_should_have_caught_and_no_others(hole):
    with net_switched_off(hole):
        building.build(size="tiny", seed=SEED, at=AT)
    report = report_slips(today=AT.date())
    assert {plant.kind for plant in report.missed} == {
        plant.kind for plant in Plant.objects.all() if SLIPS[plant.kind][0] == hole
    }
    assert report.missed
