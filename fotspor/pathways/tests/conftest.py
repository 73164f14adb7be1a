import pytest
import time_machine
from django.urls import reverse

from fotspor.pathways.tests.world import AT, build


@pytest.fixture
def world(db):
    return build()


class Browser:
    """A signed-in colleague at noon of the tests' day. Posts what a page's form would send."""

    def __init__(self, client, world):
        self.client, self.world, self.count = client, world, 0

    def enter(self, name):
        self.client.force_login(self.world.staff[name])
        self.client.get(reverse("pathways:calendar"))
        return self

    def get(self, name, *args, **query):
        return self.client.get(reverse(name, args=args), query)

    def post(self, name, *args, query="", **values):
        self.count += 1
        values = {key: "" if value is None else value for key, value in values.items()}
        return self.client.post(reverse(name, args=args) + query, values | {"once": f"token-{self.count}"})


@pytest.fixture
def browser(client, world):
    with time_machine.travel(AT, tick=False):
        yield Browser(client, world)
