"""Whether a journey is the viewer's own or her own family's, for lists of what other units send."""

from datetime import datetime

from django.db.models import QuerySet

from fotspor.access.queries import decision_for
from fotspor.access.rules import Part, Permission, Purpose, Viewer
from fotspor.kit.subqueries import fetched_once
from fotspor.pathways.models import Handover
from fotspor.people.models import Journey, Person
from fotspor.services.models import Staff


def has_own_record(viewer: Viewer) -> bool:
    """Is the viewer a person in the register herself? Few are, so that the check of each row costs nothing for most."""
    return viewer.staff_id is not None and bool(_own(staff_id=viewer.staff_id))


@fetched_once("staff_id")
def _own(*, staff_id: int | None) -> QuerySet:
    return own_person(staff_id).order_by().values_list("pk", flat=True)


def own_person(staff_id: int | None) -> QuerySet[Person]:
    """Who in the register is this member of staff?"""
    index = Staff.objects.filter(pk=staff_id).exclude(identity_index="").values("identity_index")
    return Person.objects.filter(identity_index__in=index)


def is_own(viewer: Viewer, journey: Journey, at: datetime) -> bool:
    """Is it the viewer's own or her own family's journey?"""
    clinical = viewer.may(Permission.HAND_OVER)
    purpose, part = (Purpose.CARE, Part.LISTED) if clinical else (Purpose.LEADERSHIP, Part.TASKS)
    decision = decision_for(viewer=viewer, person_id=journey.subject.pk, purpose=purpose, part=part, at=at)
    return decision.reason == "family"


def not_own(viewer: Viewer, handovers: list[Handover], at: datetime) -> list[Handover]:
    """Which of the handovers are left? Nobody sees their own or their family's; a colleague answers those."""
    if not handovers or not has_own_record(viewer):
        return handovers
    return [handover for handover in handovers if not is_own(viewer, handover.journey, at)]
