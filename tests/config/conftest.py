"""One installation in which `fotspor migrate` has been run: what others begin with is a copy of it."""

import pytest

from tests.config.installation import installation


@pytest.fixture(scope="session")
def migrated(tmp_path_factory, django_db_setup):
    with installation(tmp_path_factory.mktemp("migrated")) as first:
        first.run("migrate")
        yield first
