"""What a parent has released from her own form to the child's page, and who can read it there."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from fotspor.access import queries as access
from fotspor.access.models import CareRelation
from fotspor.access.rules import Part, Permission, Purpose, Viewer, role_of
from fotspor.instruments.models import ReleasedSummary, Response
from fotspor.instruments.queries.definitions import routine_of
from fotspor.instruments.queries.parents import held_by
from fotspor.instruments.queries.responses import response_by_key
from fotspor.people.models import Guardianship, Journey, Person
from fotspor.services.models import Membership


@dataclass(frozen=True, slots=True)
class Reader:
    """A unit whose staff can read the child's page today."""

    name: str


@dataclass(frozen=True, slots=True)
class Release:
    """What may be released from one form, to which child, and who would read it."""

    response: Response
    child: Person
    sentences: tuple[tuple[str, str], ...]
    readers: tuple[Reader, ...]
    guardians: tuple[str, ...]
    standing: tuple[ReleasedSummary, ...]


def release_page(*, viewer: Viewer, key: str, child_key: str, at: datetime) -> Release:
    """What may this parent release to this child's page? Errors: NotVisible, also for a child who is not theirs."""
    response = response_by_key(viewer=viewer, key=key, at=at)
    on = timezone.localdate(at)
    held = held_by(response.subject_id, on).filter(child__key=child_key).select_related("child").first()
    if held is None:
        raise access.NotVisible
    access.require(viewer=viewer, person_id=held.child_id, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    others = Guardianship.objects.filter(child_id=held.child_id, from_on__lte=on).exclude(until_on__lte=on)
    return Release(
        response,
        held.child,
        tuple((s.key, _(s.sentence)) for s in routine_of(response.instrument).summaries),
        readers_of(child_id=held.child_id, on=on),
        tuple(g.guardian.name for g in others.exclude(guardian_id=response.subject_id).select_related("guardian")),
        tuple(_standing(held.child_id, on).filter(consent__given_by_id=response.subject_id)),
    )


def readers_of(*, child_id: int, on: date) -> tuple[Reader, ...]:
    """Which units can read this child's page? Told to the parent before she says yes."""
    clinical = {role for role in ("midwife", "nurse") if Part.RECORD in role_of(role).parts[Purpose.CARE]}
    units = CareRelation.objects.in_force(on).filter(person_id=child_id).values("unit_id")
    posts = Membership.objects.in_force(on).filter(unit_id__in=units, role__in=clinical).select_related("unit")
    return tuple(Reader(name) for name in sorted({post.unit.name for post in posts}))


def _standing(child_id: int, on: date) -> QuerySet[ReleasedSummary]:
    released = ReleasedSummary.objects.filter(child_id=child_id, consent__withdrawn_at=None, consent__from_on__lte=on)
    if Journey.objects.filter(child_id=child_id, is_sealed=True).exists():  # nothing from former parents
        parents = Guardianship.objects.in_force(on).filter(child_id=child_id)
        released = released.filter(consent__given_by__in=parents.values("guardian"))
    released = released.exclude(consent__until_on__lte=on).filter(response__withdrawn_at=None)
    return released.select_related("consent__given_by").order_by("-consent__from_on", "-id")


def summary_by_key(*, viewer: Viewer, key: str, at: datetime) -> ReleasedSummary:
    """Which released sentence is it? `key` is its consent's. Errors: NotVisible."""
    released = ReleasedSummary.objects.filter(consent__key=key).select_related("consent", "response", "child").first()
    if released is None:
        raise access.NotVisible
    access.require(viewer=viewer, person_id=released.response.subject_id, purpose=Purpose.CARE, part=Part.FORMS, at=at)
    return released


def released_instruments(*, child_id: int, on: date) -> frozenset[str]:
    """Of which forms have the parents released a summary to this child's page, that stands?"""
    return frozenset(_standing(child_id, on).values_list("response__instrument", flat=True))


@dataclass(frozen=True, slots=True)
class Released:
    """One sentence a parent has released."""

    sentence: str
    by_name: str
    from_on: date


def released_summary(*, viewer: Viewer, person_id: int, at: datetime) -> list[Released]:
    """What have the parents released to this child's page? Empty for those who may not read the page.

    Shape   a message id was stored; it is said in the viewer's language. Never a score.
    """
    decision = access.decision_for(viewer=viewer, person_id=person_id, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    if not decision.allowed or not viewer.may(Permission.SEE_PEOPLE):
        return []
    return [
        Released(_(r.sentence), r.consent.given_by.name, r.consent.from_on)
        for r in _standing(person_id, timezone.localdate(at))
    ]
