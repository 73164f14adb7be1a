"""Journeys this viewer may see. A lost pregnancy is seen by the mother's midwives alone; a sealed one by nobody."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone

from fotspor.access import queries as access
from fotspor.access.models import CareRelation
from fotspor.access.rules import Part, Purpose, Viewer
from fotspor.kit.subqueries import fetched_once
from fotspor.people.models import Journey, Pregnancy

LOST = Q(close_reason=Journey.CloseReason.LOSS)


def visible_journeys(
    *, viewer: Viewer, purpose: Purpose, part: Part, at: datetime, few: bool = False
) -> QuerySet[Journey]:
    """Which journeys may this viewer see this part of? `few` as in `visible_people`.

    A journey is seen by those who may see its child, before birth its mother. One that ended in loss is seen only by
    midwives whose unit, or who themselves, have a relation to the mother: emergency access does not open it.
    """
    return _visible(viewer=viewer, purpose=purpose, part=part, on=timezone.localdate(at), at=at, few=few)


def _visible(
    *, viewer: Viewer, purpose: Purpose, part: Part, on: date, at: datetime, few: bool = False
) -> QuerySet[Journey]:
    asked = {"viewer": viewer, "purpose": purpose, "part": part, "on": on, "at": at}

    def is_seen(name: str) -> Q:
        if few:
            return Q(access.may_be_seen(name, **asked))
        return Q(**{f"{name}__in": access.visible_person_ids(**asked)})

    found = Journey.objects.filter(is_seen("child") | (Q(child=None) & is_seen("pregnancy__mother")))
    seen = found.select_related("child__district", "pregnancy__mother__district")
    if viewer.role != "midwife":
        return seen.exclude(LOST)
    return seen.filter(~LOST | Q(pregnancy__mother__in=_own_relations(viewer, on).values("person")))


def _own_relations(viewer: Viewer, on: date) -> QuerySet[CareRelation]:
    mine = Q(staff=None) | Q(staff=viewer.staff_id)
    return CareRelation.objects.in_force(on).filter(mine, unit=viewer.unit_id)


def may_see_loss(*, viewer: Viewer, mother_id: int, at: datetime) -> bool:
    """May this viewer see that a pregnancy of hers was lost, or was said to be? As `visible_journeys`."""
    on = timezone.localdate(at)
    return viewer.role == "midwife" and _own_relations(viewer, on).filter(person=mother_id).exists()


def journey_by_key(*, viewer: Viewer, key: str, purpose: Purpose, part: Part, at: datetime) -> Journey:
    """Which journey is this? Errors: NotVisible for strangers, alike for one that does not exist."""
    asked = {"viewer": viewer, "purpose": purpose, "part": part, "on": timezone.localdate(at)}
    found = _with_key(**asked, at=at, key=key)
    if not found:
        raise access.NotVisible
    return found[0]


@fetched_once("at", "key")
def _with_key(*, viewer: Viewer, purpose: Purpose, part: Part, on: date, at: datetime, key: str) -> QuerySet[Journey]:
    return _visible(viewer=viewer, purpose=purpose, part=part, on=on, at=at, few=True).filter(key=key)


def pregnancy_of(journey: Journey) -> Pregnancy | None:
    """Which pregnancy did the journey begin with, as far as anybody may know? None after an adoption."""
    return None if journey.is_sealed else journey.pregnancy


@dataclass(frozen=True, slots=True)
class Expecting:
    """A pregnancy with the one journey that is its own: ongoing, or ended in loss."""

    pregnancy: Pregnancy
    journey: Journey

    @property
    def may_be_taken_back(self) -> bool:
        """Was the whole pregnancy lost? A twin who did not live is part of the birth."""
        return self.pregnancy.outcome in (Pregnancy.Outcome.LOSS, Pregnancy.Outcome.STILLBIRTH)


def pregnancies_of(*, viewer: Viewer, mother_id: int, at: datetime) -> list[Expecting]:
    """Which pregnancies of this woman may the viewer see? Latest first; after birth the child stands for itself."""
    journeys = visible_journeys(viewer=viewer, purpose=Purpose.CARE, part=Part.RECORD, at=at, few=True).filter(
        child=None, pregnancy__mother=mother_id, is_sealed=False
    )
    return [Expecting(j.pregnancy, j) for j in journeys.order_by("-pregnancy__due_on", "-id")]
