"""May this post write about people, and in this record? Asked first by every action."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from fotspor.access import queries as access
from fotspor.access.rules import Doing, Part, Permission, Purpose, Viewer
from fotspor.kit.errors import Refused
from fotspor.people.models import Person


class NotAllowed(Refused):
    """This post may not register or change people."""


def require_permission(by: Viewer) -> None:
    """May this post write about people at all? Errors: NotAllowed."""
    if not by.may(Permission.REGISTER_PEOPLE):
        raise NotAllowed(_("This post may not register or change people."))


def require_record(by: Viewer, person: Person, at: datetime) -> None:
    """May this post change this person's record? Errors: NotAllowed; NotVisible for strangers; NotInEmergency.

    The system itself (import, commands) stands in no relation to anybody and writes what the register says.
    """
    require_permission(by)
    if by.staff_id is not None:
        asked = {"person_id": person.id, "purpose": Purpose.CARE, "part": Part.RECORD, "at": at}
        access.require(viewer=by, doing=Doing.CHANGE, **asked)
