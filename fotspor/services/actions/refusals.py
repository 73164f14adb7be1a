"""What the log keeps of those who were turned away: who, in which role, where; once for each session and day."""

from datetime import datetime

from django.db import transaction

from fotspor.access.actions import log_list
from fotspor.access.rules import Viewer


@transaction.atomic
def note_turned_away(*, address: str, why: str, record: str, by: Viewer, at: datetime) -> None:
    """Somebody asked for what they may not see, and was told that there is nothing.

    Shape   address: its name; why: record or role; record: «app.model:key», or nothing.
    """
    log_list(viewer=by, type="services.turned_away", people=(), at=at, address=address, why=why, record=record)


@transaction.atomic
def note_too_many(*, kind: str, by: Viewer, at: datetime) -> None:
    """Somebody asked for more than one person may in a short while. `kind` is a word of the settings' RATES."""
    log_list(viewer=by, type="services.too_many", people=(), at=at, kind=kind)
