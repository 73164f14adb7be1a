import pytest
import time_machine

from fotspor.pathways.tests.world import AT, build


@pytest.fixture(autouse=True)
def noon():
    """The clock stands at noon of the day the world was built."""
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def world(db):
    return build()


@pytest.fixture
def enter(client, world):
    """Sign somebody in by name, and get the browser."""

    def signed_in(name):
        client.force_login(world.staff[name])
        return client

    return signed_in
