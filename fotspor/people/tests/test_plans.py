"""The questions asked most go by an index, on both databases."""

import pytest
from django.db import connection
from django.db.models import Q

from fotspor.kit.encryption import blind_index
from fotspor.people.models import Person
from fotspor.people.rules import close_dates, search_key
from fotspor.people.tests.made import DUE

pytestmark = pytest.mark.django_db


def plan(queryset) -> str:
    if connection.vendor == "postgresql":  # few rows: it would read them all, as it should
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    return queryset.explain()


def test_likely_duplicates_are_found_by_date_and_by_name():
    alike = Q(born_on__in=close_dates(DUE)) | Q(search_name=search_key("Kari", "Nordmann"), born_on__isnull=False)
    found = plan(Person.objects.kept().filter(alike))
    assert "person_by_birth" in found
    assert "search_name" in found


def test_a_number_is_found_by_its_digest():
    assert "identity_index" in plan(Person.objects.filter(identity_index=blind_index("12345678901")))


def test_a_household_is_found_by_its_digest():
    assert "household" in plan(Person.objects.filter(household="x", died_on=None))
