"""Two colleagues at one contact: the second is told who saved what, and loses nothing typed."""

from datetime import time, timedelta

import pytest

from fotspor.pathways import actions
from fotspor.pathways.models import Contact
from fotspor.pathways.tests.world import AT, TODAY


@pytest.fixture
def contact(world):
    journey = world.child(born_on=TODAY - timedelta(days=44))
    return Contact.objects.expected().filter(journey=journey, opens_on__lte=TODAY).first()


def text(response):
    return response.content.decode()


def test_the_second_who_books_sees_each_difference_and_may_save_again(browser, world, contact):
    version = contact.version
    actions.book_contact(
        contact=contact, version=version, on=TODAY + timedelta(days=1), time=time(10), place="Rom 2",
        staff_id=world.colleague.staff_id, confirmed=True, by=world.colleague, at=AT,
    )  # fmt: skip
    typed = {"on": TODAY.isoformat(), "time": "12:30", "place": "Rom 4", "staff": "", "confirmed": "on"}
    stale = browser.enter("nurse").post("pathways:contact_book", contact.key, version=version, **typed)
    assert stale.status_code == 422
    for said in ("Lagret av Colleague Prøve", ">25. november 2026<", ">24. november 2026<", ">Rom 2<", ">10.00<"):
        assert said in text(stale)
    assert 'value="Rom 4"' in text(stale)
    contact.refresh_from_db()
    assert f'name="version" value="{contact.version}"' in text(stale)
    again = browser.post("pathways:contact_book", contact.key, version=contact.version, **typed)
    assert again.status_code == 302
    contact.refresh_from_db()
    assert contact.place == "Rom 4"


def test_the_second_who_records_is_refused_and_sees_what_was_recorded(browser, world, contact):
    version = contact.version
    actions.record_contact(
        contact=contact, version=version, outcome="held", outcome_on=TODAY, reason="", late_reason="", note="Fin dag",
        by=world.colleague, at=AT,
    )  # fmt: skip
    typed = {"outcome": "declined", "outcome_on": TODAY.isoformat(), "reason": "Ønsket det", "version": version}
    refused = browser.enter("nurse").post("pathways:contact_record", contact.key, **typed)
    assert refused.status_code == 422
    assert "Lagret av Colleague Prøve" in text(refused)
    assert "Fin dag" in text(refused)
    assert "Ønsket det" in text(refused)
    contact.refresh_from_db()
    assert contact.outcome == "held"
