"""What the lists show when nothing derives tasks: the slips are found because of the net, and by nothing else."""

import sys
from contextlib import contextmanager
from dataclasses import replace

import pytest

from fotspor.pathways.actions.register_newcomers import _Made as Newcomer
from fotspor.simulation import building, families
from fotspor.simulation.demo import SIZES
from fotspor.simulation.models import Plant
from fotspor.simulation.slips import SLIPS, report_slips
from fotspor.simulation.tests.conftest import AT, SEED
from fotspor.worklist import actions as worklist_actions
from fotspor.worklist.models import Task

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@contextmanager
def net_switched_off(*sources):
    """No task is derived from anything of these kinds, all when none is named, wherever it is asked for.

    Tasks are derived in two places: `reconcile`, and beside it for newcomers, whose rows are written many at once.
    """
    real, real_ask = worklist_actions.reconcile, Newcomer._ask
    modules = [m for m in list(sys.modules.values()) if getattr(m, "__dict__", {}).get("reconcile") is real]

    def torn(**wanted):
        if sources and wanted["source"] not in sources:
            real(**wanted)

    def ask(newcomer, source, wanted):
        if sources and source not in sources:
            real_ask(newcomer, source, wanted)

    for module in modules:
        module.reconcile = torn
    Newcomer._ask = ask
    try:
        yield
    finally:
        Newcomer._ask = real_ask
        for module in modules:
            module.reconcile = real


@pytest.fixture
def all_who_slip(monkeypatch):
    """A size with every family that slips, and nobody else: cheap to build. Its name."""
    nobody = replace(SIZES["small"], pregnant=0, infants=0, toddlers=0, preschoolers=0)
    monkeypatch.setitem(SIZES, "slips", nobody)
    for name in ("STORIES", "MORE_STORIES"):
        monkeypatch.setattr(families, name, tuple(story for story in getattr(families, name) if story.slip))
    return "slips"


def test_every_kind_of_slip_is_found_by_the_net_and_by_nothing_else(all_who_slip):
    building.build(size=all_who_slip, seed=SEED, at=AT)
    report = report_slips(today=AT.date())
    assert {plant.kind for plant in Plant.objects.all()} == set(SLIPS)
    assert (report.planted, report.missed) == (14, ())


def test_with_the_net_switched_off_no_kind_of_slip_is_found(all_who_slip):
    with net_switched_off():
        building.build(size=all_who_slip, seed=SEED, at=AT)
    report = report_slips(today=AT.date())
    assert {plant.kind for plant in Plant.objects.all()} == set(SLIPS)
    assert (report.planted, report.shown) == (14, frozenset())
    assert not Task.objects.filter(source__in={source for source, _ending in SLIPS.values()}).exists()


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
