import pytest
import time_machine

from fotspor.services.tests.builders import AT, make_district, make_post, make_staff, make_unit


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def town(db):
    """An administration with an administrator, and a nurse at a health centre."""
    office = make_unit("Granby kommune", "administration")
    centre = make_unit(serves=[make_district()])
    staff = {
        "administrator": make_staff("Ryddig Stein"),
        "nurse": make_staff("Rolig Dal"),
        "unit_leader": make_staff("Jevn Lid"),
    }
    for role, person in staff.items():
        make_post(person, office if role == "administrator" else centre, role)
    return {"office": office, **staff}


@pytest.fixture
def enter(client, town):
    def signed_in(role):
        client.force_login(town[role])
        return client

    return signed_in
