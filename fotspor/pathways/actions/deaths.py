"""A death was recorded by mistake: the person lives, and everything that the death ended goes on where it was."""

from datetime import datetime

from django.db import transaction

from fotspor.access.rules import Viewer
from fotspor.pathways.actions.closing import _require_words
from fotspor.pathways.queries.closings import death_by_key
from fotspor.people import actions as people
from fotspor.people.models import Person
from fotspor.worklist import actions as worklist
from fotspor.worklist.models import Task


@transaction.atomic
def undo_death(*, person: Person, reason: str, by: Viewer, at: datetime) -> Person:
    """Take back a death. Contacts, appointments, duties and tasks stand as before; what was done stays done.

    The register's question whether the person lives is answered by it. A handover that waited does not come back.
    Errors  NeedsReason; NotVisible for those who may not, and when no death is recorded.
    """
    _require_words(reason)
    person = death_by_key(viewer=by, key=person.key, at=at).person
    person = people.take_back_death(person=person, reason=reason.strip(), by=by, at=at)
    worklist.answer(source=Task.Source.REGISTER, scope=f"register:alive:{person.key}", by=by, at=at)
    return person
