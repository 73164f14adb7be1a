"""May this post write about people, and which numbers may stand here? Asked first by every action."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from fotspor.access import queries as access
from fotspor.access.rules import Part, Permission, Purpose, Viewer
from fotspor.kit.errors import Refused
from fotspor.people import identifiers
from fotspor.people.labels import FAULTS
from fotspor.people.models import Person


class NotAllowed(Refused):
    """This post may not register or change people."""


class BadNumber(Refused):
    """The number is not one, or not of a person who may stand here."""


def require_permission(by: Viewer) -> None:
    """May this post write about people at all? Errors: NotAllowed."""
    if not by.may(Permission.REGISTER_PEOPLE):
        raise NotAllowed(_("This post may not register or change people."))


def require_record(by: Viewer, person: Person, at: datetime) -> None:
    """May this post write in this person's record? Errors: NotAllowed; NotVisible for strangers.

    The system itself (import, commands) stands in no relation to anybody and writes what the register says.
    """
    require_permission(by)
    if by.staff_id is not None:
        access.require(viewer=by, person_id=person.id, purpose=Purpose.CARE, part=Part.RECORD, at=at)


def read_number(text: str) -> identifiers.Identifier | None:
    """Which number was typed? None when nothing was. Errors: BadNumber, also for one this installation may not hold."""
    if not text.strip():
        return None
    try:
        identifier = identifiers.parse(text)
    except identifiers.BadIdentifier as error:
        raise BadNumber(FAULTS[error.fault]) from None
    if not identifiers.acceptable(identifier, production=settings.IS_PRODUCTION):
        if settings.IS_PRODUCTION:
            raise BadNumber(_("This is the number of a synthetic test person. It cannot be used here."))
        raise BadNumber(_("This is practice. Only numbers of synthetic people are accepted here."))
    return identifier
