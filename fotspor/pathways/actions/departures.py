"""A move out was recorded by mistake: they live where they lived, and everything that it ended goes on."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from fotspor.access.rules import Viewer
from fotspor.pathways.actions.closing import _require_words
from fotspor.pathways.queries.closings import departure_by_key
from fotspor.people import actions as people
from fotspor.people.models import Person
from fotspor.worklist import actions as worklist
from fotspor.worklist.models import Task


@transaction.atomic
def undo_move(*, person: Person, reason: str, also: Collection[str] = (), by: Viewer, at: datetime) -> list[Person]:
    """Take back a move out of the municipality. Address, contacts, appointments, tasks and baton stand as before.

    Shape   `also` holds keys of those who were recorded in the same move and are taken back with it; others are left.
            The register's question is answered by it. A handover that waited does not come back.
    Errors  NeedsReason; NotVisible for those who may not, and when no move out is recorded.
    """
    _require_words(reason)
    found = departure_by_key(viewer=by, key=person.key, at=at)
    stayed = [found.person, *(each.person for each in found.along if each.person.key in set(also))]
    for each in stayed:
        people.take_back_move(person=each, reason=reason.strip(), by=by, at=at)
        worklist.answer(source=Task.Source.REGISTER, scope=f"register:moved:{each.key}", by=by, at=at)
    return stayed
