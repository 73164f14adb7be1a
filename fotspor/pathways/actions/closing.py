"""Close a journey that was opened by mistake: nothing more is expected on it, and nobody holds it."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access import actions as access
from fotspor.access.rules import Purpose, Viewer
from fotspor.kit.errors import Refused
from fotspor.pathways.actions.concerns import _require_answered
from fotspor.pathways.actions.journeys import follow
from fotspor.pathways.actions.planning import CLOSED
from fotspor.people import actions as people
from fotspor.people.models import Journey
from fotspor.worklist import actions as worklist
from fotspor.worklist.models import Task

REASON_LENGTH = 10
MISTAKE = Journey.CloseReason.MISTAKE


class NeedsReason(Refused):
    """Somebody must be able to read later why the journey was closed."""


@transaction.atomic
def close_by_mistake(*, journey: Journey, reason: str, by: Viewer, at: datetime) -> Journey:
    """Close a journey that should never have been opened. What is owed to a result stays on the list.

    Expected contacts and what follows from them are cancelled, typed tasks end, the baton and the stops are closed.
    Errors  NeedsReason; OpenConcern; people's NotAllowed, NotVisible and AlreadyClosed.
    """
    if len(reason.strip()) < REASON_LENGTH:
        raise NeedsReason(_("Write at least ten characters about why."))
    found = Journey.objects.select_for_update(of=("self",)).select_related("child", "pregnancy__mother")
    journey, on = found.get(pk=journey.pk), timezone.localdate(at)
    held = journey.contacts.exclude(outcome="").count()
    expected = journey.contacts.expected().count()
    people.close_journey(journey=journey, reason=MISTAKE, on=on, note=reason.strip(), by=by, at=at)
    _require_answered(journey)  # after those who may not close it have been told nothing
    follow(journey=journey, by=by, at=at)
    worklist.reconcile(
        source=Task.Source.TYPED,
        scope="typed:",
        wanted=[],
        by=by,
        at=at,
        end_reason=CLOSED[MISTAKE],
        journey_ids=[journey.pk],
    )
    access.log(
        type="pathways.journey.closed_by_mistake",
        by=by,
        at=at,
        person=journey.subject.key,
        purpose=Purpose.CARE,
        object=journey.in_log,
        cancelled=expected,
        held=held,
    )
    return journey
