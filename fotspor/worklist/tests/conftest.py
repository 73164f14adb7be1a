import pytest

from fotspor.pathways.tests.conftest import Browser, browser  # noqa: F401
from fotspor.pathways.tests.world import build


@pytest.fixture
def world(db):
    return build()


@pytest.fixture
def person(world):
    return world.mother(by=world.nurse)
