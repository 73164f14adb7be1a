"""What a connection asks of PostgreSQL (ADR 0019): no machine code, and plans that are kept."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite makes neither machine code nor plans that are kept")
    return connection


def asked(connection, sql, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return cursor.fetchall()


def test_no_machine_code_is_made(postgresql):
    assert asked(postgresql, "SHOW jit") == [("off",)]


def test_what_is_asked_often_is_prepared_once(postgresql):
    text = "SELECT count(*) FROM services_unit WHERE id > %s"
    for least in range(6):
        asked(postgresql, text, least)
    prepared = asked(postgresql, "SELECT statement FROM pg_prepared_statements")
    assert [sql for (sql,) in prepared if "services_unit WHERE id >" in sql] == [text.replace("%s", "$1")]
