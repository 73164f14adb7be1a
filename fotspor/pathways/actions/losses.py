"""A loss was recorded by mistake: the pregnancy goes on, and so does everything that the loss ended."""

from datetime import datetime

from django.db import transaction

from fotspor.access.rules import Viewer
from fotspor.pathways.actions.closing import _require_words
from fotspor.pathways.queries.closings import loss_by_key
from fotspor.people import actions as people
from fotspor.people.models import Journey


@transaction.atomic
def undo_loss(*, journey: Journey, reason: str, by: Viewer, at: datetime) -> Journey:
    """Take back a loss. Contacts, appointments, tasks and the baton stand as before; what was done stays done.

    A handover that waited does not come back.
    Errors  NeedsReason; NotVisible for all but midwives with a relation to her, and when no loss is recorded; people's
            AlreadyExpecting.
    """
    _require_words(reason)
    lost = loss_by_key(viewer=by, key=journey.key, at=at)
    return people.take_back_loss(journey=lost.journey, reason=reason.strip(), by=by, at=at)
