"""Two entries are one person: everything moves to the one that is kept, or nothing does.

`queries.references` lists every column in the house that points to a person; the move stops at one that is not listed.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from fotspor.access import actions as access
from fotspor.access.rules import Purpose, Viewer
from fotspor.kit.errors import Refused
from fotspor.kit.facts import Fact, announce
from fotspor.kit.facts import Kind as News
from fotspor.people import queries
from fotspor.people.identifiers import Kind
from fotspor.people.labels import MERGE_REFUSALS
from fotspor.people.models import Correction, Departure, Guardianship, Journey, Person, Pregnancy
from fotspor.people.queries import require_record
from fotspor.people.rules import Merging, merge_refusal

LASTING = {Kind.FNR.value, Kind.SYNTHETIC.value}  # a D-number or help number gives way to these


class CannotMerge(Refused):
    """These two cannot be joined."""


class LeftBehind(Exception):
    """A table still points to the joined entry. A fault in the house, never in what the user did; nothing is stored."""


@transaction.atomic
def merge_people(*, keep: Person, drop: Person, reason: str, by: Viewer, at: datetime) -> Person:
    """Join two entries of one person. All that was written on either is then written on the one that is kept.

    Two journeys become one: the one that began with a pregnancy is kept, the other closes as joined.
    Errors  NotAllowed, NotVisible, CannotMerge.
    """
    require_record(by, keep, at)
    require_record(by, drop, at)
    locked = {each.id: each for each in Person.objects.select_for_update().filter(id__in=[keep.id, drop.id])}
    keep, drop = locked[keep.id], locked[drop.id]
    refusal = merge_refusal(_case(keep, drop))
    if refusal is not None:
        raise CannotMerge(MERGE_REFUSALS[refusal])
    journeys = _join_journeys(keep, drop, by, at)
    Departure.objects.filter(person=drop).delete()  # where the kept entry lives is what counts
    _move_guardianships(keep, drop)
    _take_over_number(keep, drop)
    # Before the others hear of it: the policy reads nobody who is joined into another.
    drop.merged_into = keep
    drop.save_if_unchanged(drop.version, ["merged_into"])
    announce(
        Fact(
            kind=News.MERGED,
            at=at,
            by_id=by.staff_id,
            person_id=drop.id,
            journey_id=journeys[1],
            facts={"into_id": keep.id, "into_journey_id": journeys[0]},
        )
    )
    _move_the_rest(keep, drop)
    _write_down(keep, drop, reason, by, at)
    return keep


def _write_down(keep: Person, drop: Person, reason: str, by: Viewer, at: datetime) -> None:
    said = {"what": Correction.What.MERGED, "before": drop.key, "after": keep.key, "reason": reason}
    Correction.objects.keep(person=keep, **said, by_id=by.staff_id, at=at)
    for person in (keep, drop):  # it stands in the log of both
        access.log(
            type="people.person.merged",
            by=by,
            at=at,
            person=person.key,
            purpose=Purpose.CARE,
            object=keep.in_log,
            joined=drop.key,
        )


def _case(keep: Person, drop: Person) -> Merging:
    pair = Q(child=keep, guardian=drop) | Q(child=drop, guardian=keep)
    parents = Q(mother=keep, other_parent=drop) | Q(mother=drop, other_parent=keep)
    expecting = Pregnancy.objects.filter(outcome=Pregnancy.Outcome.ONGOING, mother__in=[keep, drop])
    return Merging(
        same=keep.id == drop.id or drop.merged_into_id is not None or keep.merged_into_id is not None,
        related=Guardianship.objects.filter(pair).exists() or Pregnancy.objects.filter(parents).exists(),
        both_expecting=expecting.values("mother").distinct().count() > 1,
        both_numbered=bool(keep.identity_kind) and keep.identity_kind == drop.identity_kind,
    )


def _join_journeys(keep: Person, drop: Person, by: Viewer, at: datetime) -> tuple[int | None, int | None]:
    """Which journey goes on, and which one closes? Ids, either may be none."""
    mine = Journey.objects.select_for_update().filter(child=keep).first()
    other = Journey.objects.select_for_update().filter(child=drop).first()
    if other is None:
        return (mine.id if mine else None, None)
    if mine is None:
        other.child = keep
        other.save(update_fields=["child"])
        return (other.id, None)
    if mine.pregnancy_id is None and other.pregnancy_id is not None:
        mine, other = _change_about(mine, other)
    if other.closed_on is None:
        if mine.closed_on is not None:
            # The kept one had been closed, the other is in use: the child is expected, so the kept one goes on.
            mine.reopen()
        other.close(reason=Journey.CloseReason.MERGED, on=timezone.localdate(at), by_id=by.staff_id, at=at)
    return (mine.id, other.id)


def _change_about(mine: Journey, other: Journey) -> tuple[Journey, Journey]:
    """Let the two journeys change children, by way of none: no child has two at any moment."""
    keep, drop = mine.child, other.child
    for journey, child in ((other, None), (mine, drop), (other, keep)):
        journey.child = child
        journey.save(update_fields=["child"])
    return other, mine


def _move_guardianships(keep: Person, drop: Person) -> None:
    """Open guardianships that both have become one; the rest follow."""
    for mine, theirs in (("child", "guardian"), ("guardian", "child")):
        rows = Guardianship.objects.filter(**{mine: drop})
        known = Guardianship.objects.filter(**{mine: keep}, until_on=None).values(theirs)
        doubled = rows.filter(until_on=None, **{f"{theirs}__in": known})
        for row in doubled:
            row.until_on = row.from_on  # an empty period: it never counted
            row.save(update_fields=["until_on"])
        Guardianship.objects.filter(**{mine: drop}).update(**{mine: keep})


def _take_over_number(keep: Person, drop: Person) -> None:
    """The kept entry gets the better number; what the other one is left with still leads here."""
    if drop.identity_number is None or keep.identity_kind in LASTING:
        return
    if keep.identity_number is not None and drop.identity_kind not in LASTING:
        return
    fields = ["identity_number", "identity_index", "identity_kind"]
    better, other = ([getattr(each, name) for name in fields] for each in (drop, keep))
    for person, values in (
        (drop, (None, None, "")),
        (keep, better),
        (drop, other),
    ):  # no number stands twice on the way
        for name, value in zip(fields, values, strict=True):
            setattr(person, name, value)
        person.save_if_unchanged(person.version, fields)


def _move_the_rest(keep: Person, drop: Person) -> None:
    for name, relation in queries.columns_to_person().items():
        if name == "people.Person.merged_into":
            continue
        rows = relation.related_model._base_manager.filter(**{relation.field.name: drop})
        if name == "people.Journey.child":
            rows = rows.exclude(close_reason=Journey.CloseReason.MERGED)
        if not rows.exists():
            continue
        if name not in queries.MOVED:
            raise LeftBehind(f"{name} is not listed in people.queries.references.MOVED.")
        try:
            with transaction.atomic():
                rows.update(**{relation.field.name: keep})
        except IntegrityError as error:
            raise LeftBehind(f"{name} must be moved by its own slice when it hears that people are joined.") from error
    Person.objects.filter(merged_into=drop).update(merged_into=keep)
