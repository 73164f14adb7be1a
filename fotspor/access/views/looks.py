"""A look at a person's record, written when the page is opened."""

from django.http import HttpRequest

from fotspor.access.actions import log_read
from fotspor.access.queries import decision_for
from fotspor.access.rules import Part, Purpose
from fotspor.kit import clock


def note_look(request: HttpRequest, person) -> None:
    """Write that the viewer looked at this person's record, for care."""
    viewer, at = request.viewer, clock.now()
    decision = decision_for(viewer=viewer, person_id=person.pk, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    log_read(viewer=viewer, person_key=person.key, purpose=Purpose.CARE, decision=decision, at=at)
