import pytest

from fotspor.pathways.tests.conftest import browser  # noqa: F401
from fotspor.pathways.tests.world import build


@pytest.fixture
def world(db):
    return build()
