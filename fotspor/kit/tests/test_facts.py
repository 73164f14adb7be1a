"""A fact reaches every handler, lowest slice first, in the transaction that records it."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from fotspor.kit import facts
from fotspor.kit.facts import Fact, Kind

HEARD = []
AT = datetime(2026, 11, 22, 9, tzinfo=UTC)


def first(fact):
    HEARD.append(("first", fact.kind))


def second(fact):
    HEARD.append(("second", fact.kind))


def test_handlers_are_told_in_the_order_of_the_stack(settings, db):
    settings.FACT_HANDLERS = [f"{__name__}.first", f"{__name__}.second"]
    HEARD.clear()
    with transaction.atomic():
        facts.announce(Fact(Kind.BORN, at=AT))
    assert HEARD == [("first", Kind.BORN), ("second", Kind.BORN)]


@pytest.mark.django_db(transaction=True)
def test_a_fact_outside_a_transaction_is_refused(settings):
    settings.FACT_HANDLERS = []
    with pytest.raises(RuntimeError, match="transaction"):
        facts.announce(Fact(Kind.DIED, at=AT))
