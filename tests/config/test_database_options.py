"""What a connection asks of PostgreSQL (ADR 0019): that it makes no machine code."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite makes no machine code")
    return connection


def asked(connection, sql, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def test_no_machine_code_is_made(postgresql):
    assert asked(postgresql, "SHOW jit") == [("off",)]
