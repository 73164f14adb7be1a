"""Whoever must answer a result goes on seeing whom it is about, however she came to see her."""

from datetime import datetime, timedelta

from django.utils import timezone

from fotspor.access import actions as access
from fotspor.access.models import CareRelation
from fotspor.access.rules import Viewer
from fotspor.instruments.models import Duty, Response

BASIS = CareRelation.Basis.RESULT


def keep_in_sight(*, response: Response, by: Viewer, at: datetime) -> None:
    """Open the unit's relation while something of a form waits for it, and end it tomorrow when nothing does.

    Emergency access lasts three hours, what was taken in today some days, and a baton's former holder is a trace: a
    safety conversation that is still open would be on nobody's list.
    Shape   a draft waits too: it is to be signed. Everything of the person's that the unit must answer counts.
    """
    today, person_id = timezone.localdate(at), response.subject_id
    if response.unit_id is None:
        return
    if _waits(person_id, response.unit_id):
        access.open_relation(person_id=person_id, unit_id=response.unit_id, basis=BASIS, from_on=today, by=by, at=at)
    else:
        tomorrow = today + timedelta(days=1)  # she may still read what she has just answered
        access.end_relations(
            person_id=person_id, unit_id=response.unit_id, basis=BASIS, until_on=tomorrow, by=by, at=at
        )


def _waits(person_id: int, unit_id: int) -> bool:
    """Is there a draft, or something demanded and not answered?"""
    drafts = Response.objects.filter(subject_id=person_id, unit_id=unit_id, signed_at=None, withdrawn_at=None)
    duties = Duty.objects.open().filter(response__subject_id=person_id, unit_id=unit_id)
    return duties.exists() or drafts.filter(subject__died_on=None).exists()
