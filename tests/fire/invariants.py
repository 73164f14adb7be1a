"""What holds of a municipality whatever was killed, filled or locked. Asked in a child, of what stands there now."""

from collections import Counter

from django.db import connection
from django.db.models import Count

from fotspor.access import triggers
from fotspor.access.models import AuditEvent
from fotspor.access.queries.seals import verify
from fotspor.desk.queries.figures import _table
from fotspor.instruments.models import Duty, Response
from fotspor.kit.models import Submission
from fotspor.pathways import actions
from fotspor.pathways.models import Baton, Contact
from fotspor.pathways.tests.test_machine import demanded
from fotspor.people.models import Journey
from fotspor.services.models import Unit
from fotspor.worklist.models import Task
from tests.journeys.world import NOW


def broken() -> list[str]:
    """In words, and none when all is well."""
    return [*_of_the_database(), *_of_batons(), *_of_plans(), *_of_results(), *_of_sums(), *_of_the_log()]


def _of_the_database():
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA integrity_check")
            if (said := cursor.fetchone()[0]) != "ok":
                yield f"the file is not whole: {said}"
            cursor.execute("PRAGMA foreign_key_check")
            yield from (f"leads nowhere: {row[0]}" for row in cursor.fetchall())
    for each in Submission.objects.filter(location=""):
        yield f"a form that was received and led nowhere: {each.path}"


def _of_batons():
    held = Counter(Baton.objects.filter(until_at=None).values_list("journey", flat=True))
    for journey in Journey.objects.all():
        if held[journey.pk] != (1 if journey.closed_on is None else 0):
            yield f"{held[journey.pk]} hold the baton of journey {journey.pk}"
        if journey.child_id is None and journey.closed_on is None and journey.pregnancy_id is None:
            yield f"journey {journey.pk} is about nobody"


def _of_plans():
    yield from actions.rebuild(check=True, at=NOW)
    for contact in Contact.objects.filter(journey__closed_on__isnull=False, outcome="", cancelled_on=None):
        yield f"contact {contact.step} is expected of a journey that is closed"


def _of_results():
    tasks = set(Task.objects.open().filter(source=Task.Source.ROUTINE).values_list("ref", flat=True))
    for response in Response.objects.filter(corrected_by=None, withdrawn_at=None):
        for step in demanded(response):
            duties = Duty.objects.filter(response=response.first or response, step=step, ended_on=None)
            ref = f"response:{(response.first or response).key}:{step}"
            if not duties or not (ref in tasks or any(duty.closed_on for duty in duties)):
                yield f"a result demands {step}, and nobody has the task"


def _of_sums():
    """The ledger: what the units hold one by one is what is held in all."""
    held = Baton.objects.filter(until_at=None, journey__closed_on=None, unit__isnull=False)
    names = dict(Unit.objects.values_list("pk", "name"))
    rows = held.order_by().values_list("unit_id").annotate(count=Count("id"))
    if sum(count for _unit, count in rows) != held.count() or _table(rows, names, None) is None:
        yield "the ledger does not add up"


def _of_the_log():
    yield from (f"the log lacks its trigger {name}" for name in triggers.missing(connection))
    yield from (f"the log is not as it was sealed: {found.kind}" for found in verify().findings)
    numbers = list(AuditEvent.objects.order_by("pk").values_list("pk", flat=True))
    if connection.vendor == "sqlite" and numbers and numbers[-1] - numbers[0] + 1 != len(numbers):
        yield "the log has a gap"
