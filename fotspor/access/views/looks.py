"""A look at a person's record, written when the page is opened."""

from django.http import HttpRequest

from fotspor.access.actions import log_read
from fotspor.access.queries import NotInEmergency, decision_for
from fotspor.access.rules import Decision, Doing, Part, Purpose, may_do
from fotspor.kit import clock


def note_look(
    request: HttpRequest,
    person,
    *,
    purpose: Purpose = Purpose.CARE,
    part: Part = Part.RECORD,
    decision: Decision | None = None,
    doing: Doing = Doing.READ,
) -> None:
    """Write that the viewer looked at this person. `decision` is what let the viewer in, when that is known already.

    Errors  NotInEmergency when the page is for doing what emergency access does not reach.
    """
    viewer, at = request.viewer, clock.now()
    if decision is None:
        decision = decision_for(viewer=viewer, person_id=person.pk, purpose=purpose, part=part, at=at)
    log_read(viewer=viewer, person_key=person.key, purpose=purpose, decision=decision, at=at)
    if not may_do(decision, doing):
        raise NotInEmergency(person.key)
