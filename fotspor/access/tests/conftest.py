import pytest

from fotspor.access.tests.made import make_unit, viewer_in
from fotspor.pathways.tests.conftest import browser  # noqa: F401
from fotspor.pathways.tests.world import build


@pytest.fixture
def world(db):
    return build()


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def nurse(unit):
    return viewer_in(unit)
