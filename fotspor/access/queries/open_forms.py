"""Who has the same form open, and who saved last: so that two who write at once know of each other."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fotspor.access.models import AuditEvent, OpenForm
from fotspor.access.queries.people import staff_names
from fotspor.access.rules import Viewer

LOOKED_BACK = timedelta(hours=12)  # longer than a session lasts, so longer than a form can stand open


@dataclass(frozen=True, slots=True)
class OpenWith:
    """A colleague who has the form open, and since when."""

    name: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Saved:
    """Who saved, and when."""

    who: str
    at: datetime


def also_open(*, viewer: Viewer, form: str, about: str, at: datetime) -> tuple[OpenWith, ...]:
    """Which colleagues have this form on this object open? Asks no permission: for whoever is let in to the form."""
    others = OpenForm.objects.open(at).filter(form=form, about=about).exclude(opened_by=viewer.staff_id)
    rows = others.select_related("opened_by").order_by("opened_at", "pk")
    return tuple(OpenWith(row.opened_by.name, row.opened_at) for row in rows)


def last_saved(*, viewer: Viewer, object: str, types: tuple[str, ...], at: datetime) -> Saved | None:
    """Who saved this object last, with one of these deeds? Asks no permission: for whoever has its form open."""
    events = AuditEvent.objects.filter(at__gt=at - LOOKED_BACK, object=object, type__in=types)
    event = events.order_by("-at", "-id").first()
    if event is None:
        return None
    return Saved(staff_names(keys=[event.staff]).get(event.staff, ""), event.at)
