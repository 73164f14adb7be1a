import pytest

from fotspor.instruments.tests.world import make_world


@pytest.fixture
def world(db):
    return make_world()


@pytest.fixture
def sign_in(client, world):
    def as_(who):
        client.force_login(world.staff[who], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return as_


@pytest.fixture
def nurse(sign_in):
    return sign_in("nurse")


@pytest.fixture
def contact(world):
    """One expected contact of the child, outside any plan."""
    from fotspor.instruments.tests.world import DAY
    from fotspor.pathways.models import Contact

    return Contact.objects.create(
        journey=world.journey, unit=world.unit, title="6-week consultation", opens_on=DAY, due_on=DAY, closes_on=DAY
    )
