from copy import deepcopy
from types import SimpleNamespace

import pytest
import time_machine
from django.core.cache import cache

from fotspor.services.tests import builders


@pytest.fixture(autouse=True)
def _alone(settings):
    """What the slices above do about news, and the rail they draw, is theirs to test."""
    settings.FACT_HANDLERS = ["fotspor.services.tests.builders.hear"]
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    templates = deepcopy(settings.TEMPLATES)
    templates[0]["OPTIONS"]["context_processors"].remove("fotspor.desk.context.rail")
    settings.TEMPLATES = templates
    builders.HEARD.clear()
    cache.clear()


@pytest.fixture
def town(db):
    """Two districts, a unit or two in each, and one person in each role."""
    granby, fjordby = builders.make_district("Granby"), builders.make_district("Fjordby")
    station = builders.make_unit("Granby helsestasjon", serves=[granby])
    midwives = builders.make_unit("Jordmortjenesten", "midwifery", serves=[granby, fjordby])
    barnehage = builders.make_unit("Kongleveien barnehage", "kindergarten")
    hall = builders.make_unit("Rådhuset", "administration")
    people = {
        "nurse": builders.make_post(builders.make_staff("Rolig Dal"), station),
        "other_nurse": builders.make_post(builders.make_staff("Stille Vann"), station),
        "leader": builders.make_post(builders.make_staff("Klar Li"), station, "unit_leader"),
        "midwife": builders.make_post(builders.make_staff("Varm Hånd"), midwives, "midwife"),
        "kindergarten": builders.make_post(builders.make_staff("Lys Skog"), barnehage, "kindergarten"),
        "administrator": builders.make_post(builders.make_staff("Orden Berg"), hall, "administrator"),
        "privacy_officer": builders.make_post(builders.make_staff("Vakt Som"), hall, "privacy_officer"),
    }
    return SimpleNamespace(
        granby=granby,
        fjordby=fjordby,
        station=station,
        midwives=midwives,
        barnehage=barnehage,
        hall=hall,
        posts=people,
        **{name: post.staff for name, post in people.items()},
    )


@pytest.fixture
def admin(town):
    return builders.viewer_of(town.administrator)


@pytest.fixture
def leads(town):
    return builders.viewer_of(town.leader)


@pytest.fixture
def enter(client):
    """Somebody opens the house in the morning of the tests' day."""
    with time_machine.travel(builders.AT, tick=False):

        def enter(staff):
            client.force_login(staff)
            client.get("/desk/")  # the first request of a session notes when it began
            return client

        yield enter
