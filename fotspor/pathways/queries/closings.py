"""A journey that was closed as opened by mistake, as those who held it read of it."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext

from fotspor.access.queries import NotVisible
from fotspor.access.rules import Permission, Viewer
from fotspor.pathways.models import Baton
from fotspor.pathways.queries.batons import is_own, list_keeper
from fotspor.people.labels import display_name
from fotspor.people.models import Correction, Journey, Person
from fotspor.services.models import Unit


@dataclass(frozen=True, slots=True)
class Closing:
    """Who closed it, when and why, and who held the baton."""

    journey: Journey
    name: str
    unit: Unit | None
    reason: str
    may_undo: bool


def last_baton(journey: Journey) -> Baton | None:
    """Whose was the baton when the journey was closed?"""
    return Baton.objects.filter(journey=journey).select_related("unit").order_by("-since_at", "-pk").first()


def closing_by_key(*, viewer: Viewer, key: str, at: datetime) -> Closing:
    """Which mistaken closing is this? For the unit that held the baton, and its leader, who may take it back.

    Errors  NotVisible for everybody else, for one's own family, and for what was not closed by mistake.
    """
    found = Journey.objects.filter(key=key, close_reason=Journey.CloseReason.MISTAKE)
    journey = found.select_related("child", "pregnancy__mother", "closed_by").first()
    if journey is None or viewer.unit_id is None:
        raise NotVisible
    held = last_baton(journey)
    leads = viewer.may(Permission.SEE_UNIT)
    if not (leads or viewer.may(Permission.HAND_OVER)) or viewer.unit_id != _told_unit_id(held, at):
        raise NotVisible
    if is_own(viewer, journey, at):
        raise NotVisible
    graded = journey.subject.protection != Person.Protection.NONE
    said = Correction.objects.filter(journey=journey, what=Correction.What.MISTAKE).order_by("pk").last()
    return Closing(
        journey=journey,
        name=gettext("Protected person") if graded else display_name(journey.subject),
        unit=held.unit if held is not None else None,
        reason=said.reason if said is not None else "",
        may_undo=leads,
    )


def _told_unit_id(held: Baton | None, at: datetime) -> int | None:
    if held is not None and held.unit_id is not None:
        return held.unit_id
    keeper = list_keeper(on=timezone.localdate(at))
    return keeper.unit_id if keeper is not None else None
