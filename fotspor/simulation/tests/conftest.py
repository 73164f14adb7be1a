"""A tiny municipality, built once for a module and rolled back after it."""

from datetime import datetime

import pytest
from django.db import transaction
from django.utils import timezone

from fotspor.simulation import building

SEED = 2011
AT = timezone.make_aware(datetime(2026, 11, 24, 10, 0))


@pytest.fixture(scope="module")
def tiny(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield building.build(size="tiny", seed=SEED, at=AT)
        transaction.set_rollback(True)
