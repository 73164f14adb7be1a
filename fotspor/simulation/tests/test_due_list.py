"""The due list is the rule: what the lists show of a whole municipality is what the calendar says, person by person."""

from datetime import date

import pytest

from fotspor.pathways.models import Contact
from fotspor.pathways.queries import definitions
from fotspor.pathways.queries.contacts import facts_of
from fotspor.pathways.rules.plans import expected_steps
from fotspor.people.models import Journey
from fotspor.simulation.tests.conftest import AT
from fotspor.worklist.models import Task

TODAY = AT.date()
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def by_the_calendar(journey, answered, booked):
    """Which steps should stand on a list today? From the family's dates and the pathway alone."""
    for enrolment in journey.enrolments.filter(ended_on=None):
        pathway = definitions.pathway(enrolment.pathway, enrolment.pathway_version)
        for expected in expected_steps(pathway, facts_of(journey, enrolment)):
            key = (pathway.slug, expected.step.key)
            if key not in answered and (expected.opens_on <= TODAY or booked.get(key, date.max) <= TODAY):
                yield key, (expected.opens_on, expected.due_on, expected.closes_on)


def test_every_list_together_shows_what_the_calendar_says(tiny):
    shown = Task.objects.visible_from(TODAY).filter(source=Task.Source.CONTACT)
    compared = 0
    for journey in Journey.objects.open().select_related("child", "pregnancy"):
        contacts = {
            c.key: ((c.enrolment.pathway, c.step), c)
            for c in Contact.objects.filter(journey=journey, enrolment__isnull=False).select_related("enrolment")
        }
        answered = {key for key, c in contacts.values() if c.outcome or c.cancelled_on}
        booked = {key: c.booked_on for key, c in contacts.values() if c.booked_on}
        listed = {
            contacts[task.subject_key][0]: (task.opens_on, task.due_on, task.closes_on)
            for task in shown.filter(journey=journey)
            if task.subject_key in contacts
        }
        assert listed == dict(by_the_calendar(journey, answered, booked))
        compared += len(listed)
    assert compared > 5, "nothing was compared"
