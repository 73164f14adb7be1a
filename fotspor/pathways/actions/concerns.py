"""An assessment of concern that nobody has answered: what it stops, and how it ends."""

from datetime import datetime

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fotspor.access import actions as access
from fotspor.access.rules import Viewer
from fotspor.kit import phrases
from fotspor.kit.errors import Refused
from fotspor.pathways.actions.planning import CLOSED
from fotspor.pathways.actions.tasks import ENDS_WITH_JOURNEY
from fotspor.pathways.models import Contact, MissedAppointment
from fotspor.pathways.queries import definitions
from fotspor.people.models import Journey
from fotspor.worklist.models import Task


class OpenConcern(Refused):
    """The journey is to close while an assessment of concern has no answer."""

    def __init__(self, missed: MissedAppointment, title: str):
        self.missed = missed
        super().__init__(
            _("Answer this first: «%(title)s», after %(contact)s on %(day)s. Nothing was changed.")
            % {
                "title": gettext(title),
                "contact": f"«{gettext(missed.contact.title)}»",
                "day": phrases.short_day(missed.missed_on, year=True),
            }
        )


def _open_concerns(journey_id: int) -> list[tuple[MissedAppointment, str]]:
    """Which assessments of concern have no answer yet, with what each is called?"""
    found: list[tuple[MissedAppointment, str]] = []
    counted: dict[int, int] = {}
    rows = MissedAppointment.objects.standing().filter(contact__journey=journey_id).select_related("contact")
    rows = list(rows.defer("reason", "answer"))
    ladder = definitions.missed() if rows else None
    for row in rows:
        counted[row.contact_id] = counted.get(row.contact_id, 0) + 1
        rung = ladder.rung(counted[row.contact_id])
        if row.answered_on is None and rung.outlives_contact:
            found.append((row, rung.title))
    return found


def _require_answered(journey: Journey) -> None:
    """May somebody close this journey? Errors: OpenConcern, naming what to answer first."""
    for missed, title in _open_concerns(journey.pk)[:1]:
        raise OpenConcern(missed, title)


def _take_along(dropped_id: int, kept_id: int, at: datetime) -> None:
    """Two journeys have become one: what nobody has assessed yet follows the child."""
    ids = {missed.contact_id for missed, _title in _open_concerns(dropped_id)}
    contacts = Contact.objects.filter(pk__in=ids)
    contacts.filter(outcome="", cancelled_on=None).update(
        cancelled_on=timezone.localdate(at),
        cancel_reason=CLOSED[Journey.CloseReason.MERGED],
        version=F("version") + 1,
    )
    contacts.update(journey_id=kept_id)


def _note_ended(*, journey: Journey, by: Viewer, at: datetime) -> None:
    """Bereavement ends the assessment. Nobody is asked for one after a death or a loss, and the log says so."""
    waiting = Task.objects.open().filter(source=Task.Source.ABSENCE, journey=journey)
    if journey.close_reason not in ENDS_WITH_JOURNEY or not waiting.exists():
        return
    for missed, _title in _open_concerns(journey.pk):
        access.log(
            type="pathways.concern.ended",
            by=by,
            at=at,
            person=journey.subject.key,
            object=f"pathways.contact:{missed.contact.key}",
            reason=str(journey.close_reason),
        )
