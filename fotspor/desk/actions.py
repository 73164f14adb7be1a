"""What the pages of the desk themselves write: that a list or record was printed."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from fotspor.access.actions import log
from fotspor.access.queries import NotVisible
from fotspor.access.rules import Permission, Purpose, Viewer


@transaction.atomic
def note_print(*, what: str, person: str = "", people: Iterable[str] = (), by: Viewer, at: datetime) -> None:
    """Write that something was printed: what, and about whom. Errors: NotVisible for roles without lists or records."""
    if not (by.may(Permission.SEE_DAY) or by.may(Permission.SEE_PEOPLE)):
        raise NotVisible
    log(type=f"desk.{what}.printed", by=by, at=at, person=person, people=people, purpose=Purpose.CARE)
