"""One town for each file of attacks: built once, and put back after each attack."""

import pytest
import time_machine
from django.core.cache import cache
from django.db import transaction

from tests.fire import own
from tests.fire.town import Town
from tests.journeys.world import NOW


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    """The town, in a transaction that is taken back when the file is done."""
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), transaction.atomic():
        yield Town()
        transaction.set_rollback(True)


@pytest.fixture
def town(built, db):
    """The town as it was built; what an attack does to it is taken back, and the door forgets who has knocked."""
    cache.clear()
    built.browsers.clear()
    yield built
    cache.clear()


@pytest.fixture(scope="session")
def own_towns(tmp_path_factory, django_db_setup, django_db_blocker):
    """Makes databases that are nobody else's, with the families in them: for what kills, fills and locks."""
    with own.towns(tmp_path_factory.mktemp("towns"), django_db_blocker) as make:
        yield make


@pytest.fixture
def place(own_towns, db):
    """A database of its own. The children are let into it; the test itself asks nothing of any database."""
    return own_towns()
