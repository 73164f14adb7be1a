"""Passing the baton on. The sender holds it until the receiver has taken over; `rules.handovers` has the table."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from fotspor.access.actions import log
from fotspor.access.queries import NotVisible, require
from fotspor.access.rules import Doing, Part, Purpose, Viewer
from fotspor.kit.dates import add_working_days
from fotspor.kit.errors import Refused
from fotspor.pathways.actions.batons import (
    WrongAge,
    _end,
    _fade,
    _give,
    _held_by,
    _holder_of,
    _holding_unit,
    _settle,
    _told,
    assign_unassigned,
    confirm_baton,
    open_baton,
)
from fotspor.pathways.actions.planning import plan_journey
from fotspor.pathways.actions.sayings import _require_untold
from fotspor.pathways.actions.stops import _settle_stops, add_stop, finish_stop
from fotspor.pathways.models import Baton, Handover
from fotspor.pathways.queries.batons import deadlines, lives_in_area, sides_of, standing_of
from fotspor.pathways.queries.own import is_own
from fotspor.pathways.queries.units import HANDED_OVER_AHEAD, kinds_for
from fotspor.pathways.rules.handovers import (
    OPEN,
    Side,
    Standing,
    Verb,
    after,
    answer_by,
    is_newborn,
    trace_until,
)
from fotspor.people.models import Journey, Person
from fotspor.worklist.actions import Wanted, reconcile
from fotspor.worklist.models import Task
from fotspor.worklist.rules import Urgency

__all__ = [
    "accept_handover", "add_stop", "assign_unassigned", "close_baton", "confirm_baton", "decline_handover",
    "finish_stop", "hand_over", "keep_baton", "open_baton", "propose_handover", "redirect_handover",
    "send_to_leader", "withdraw_handover",
]  # fmt: skip

TAKE_OVER = gettext_noop("Read and take over the baton")
TAKE_OVER_UNSAID_RULE = gettext_noop("Whoever gets a baton answers within %(days)s working days.")
TAKE_OVER_RULE = gettext_noop("Whoever gets a baton answers within %(days)s working days. Sent by %(from)s.")
ASKED = gettext_noop("A baton was sent to the leader: decide who takes it")
ASKED_RULE = gettext_noop("A health centre cannot decline a child living in its area; it asks its leader.")
UNANSWERED = gettext_noop("A baton has not been answered")
UNANSWERED_RULE = gettext_noop("Unanswered after %(days)s working days: the leaders of both units are told.")
DECLINED = gettext_noop("The baton was declined: choose another unit, or keep it")
DECLINED_RULE = gettext_noop("The sender holds the baton until another unit has taken over.")


class NotPossible(Refused):
    """The handover is not where this step starts, or the viewer is not on the side that takes it."""

    def __init__(self):
        super().__init__(_("This handover has been answered or changed meanwhile. Nothing was stored."))


class LivesInArea(Refused):
    """A health centre may not decline a child living in its area."""

    def __init__(self):
        super().__init__(_("The child lives in your area, so the baton cannot be declined. Send it to your leader."))


class SameUnit(Refused):
    """The receiver holds the baton already."""

    def __init__(self):
        super().__init__(_("That unit holds the baton already."))


class NeedsReason(Refused):
    """A step that must be explained came without words."""

    def __init__(self):
        super().__init__(_("Write why."))


# --- sending ---------------------------------------------------------------------------------------------


@transaction.atomic
def hand_over(*, journey: Journey, to_unit_id: int, reason: str, summary: str, by: Viewer, at: datetime) -> Handover:
    """Offer the baton to another unit, with a reason and a short summary. A newer offer replaces an open one.

    Errors  NobodyHolds, NotYours, NotVisible, NotAHolder, UnitCloses, WrongAge, SameUnit, NeedsReason, SaysAScore,
            TellsOfAForm.
    """
    baton = _held_by(journey, by)
    asked = {"person_id": journey.subject.pk, "purpose": Purpose.CARE, "part": Part.RECORD, "at": at}
    require(viewer=by, doing=Doing.CHANGE, **asked)
    if not reason.strip():
        raise NeedsReason
    _require_untold(f"{reason}\n{summary}", journey=journey, at=at)
    _require_age(journey, to_unit_id, at)
    return _send(baton, to_unit_id, reason.strip(), summary.strip(), frozenset({Side.SENDER}), by=by, at=at)


@transaction.atomic
def propose_handover(*, journey: Journey, to_unit_id: int, reason: str, by: Viewer, at: datetime) -> Handover | None:
    """Offer the baton because a fact says so (birth, move). None when that unit holds it or is asked already.

    Shape   reason is a message id.
    Errors  NobodyHolds, NotAHolder.
    """
    baton = _holder_of(journey)
    asked = _open_of(journey)
    if baton.unit_id == to_unit_id or (asked and asked.to_unit_id == to_unit_id):
        return None
    return _send(baton, to_unit_id, reason, "", frozenset({Side.SYSTEM}), by=by, at=at)


def _hasten(journey: Journey, *, by: Viewer, at: datetime) -> None:
    """The child is born while an answer is waited for: a newborn's is due sooner. A deadline never moves later."""
    handover, (born_on, due_on) = _open_of(journey), _born_and_due(journey)
    on = timezone.localdate(at)
    if handover is None or not is_newborn(deadlines(), on, born_on, due_on):
        return
    handover.journey, handover.due_on = journey, min(handover.due_on, answer_by(deadlines(), on, born_on, due_on))
    handover.save(update_fields=["due_on"])
    _plan_handover(handover, by=by, at=at)


def _require_age(journey: Journey, to_unit_id: int, at: datetime) -> None:
    """Does that kind of unit follow somebody of this age? Errors: WrongAge, NotAHolder, UnitCloses."""
    on = timezone.localdate(at)
    if _holding_unit(to_unit_id, on).kind not in kinds_for(journey, on=on, ahead_years=HANDED_OVER_AHEAD):
        raise WrongAge


def _send(baton: Baton, to_unit_id: int, reason: str, summary: str, sides, *, by: Viewer, at: datetime) -> Handover:
    on, journey = timezone.localdate(at), baton.journey
    unit = _holding_unit(to_unit_id, on)
    if unit.pk == baton.unit_id:
        raise SameUnit
    if open_one := _open_of(journey):
        _move(open_one, Verb.SUPERSEDE, sides, "superseded", by=by, at=at)
    for declined in Handover.objects.filter(journey=journey, declined_at__isnull=False, seen_at=None):
        _seen(declined, by=by, at=at)
    handover = Handover.objects.create(
        journey=journey, from_unit_id=baton.unit_id, to_unit=unit, reason=reason[:200], summary=summary or None,
        due_on=answer_by(deadlines(), on, *_born_and_due(journey)), sent_at=at, sent_by_id=by.staff_id,
        sent_unit_id=by.unit_id,
    )  # fmt: skip
    _plan_handover(handover, by=by, at=at)
    _noted(handover, "sent", by=by, at=at)
    plan_journey(journey=journey, by=by, at=at)
    return handover


def _open_of(journey: Journey) -> Handover | None:
    return (
        Handover.objects.select_for_update()
        .filter(journey=journey, accepted_at=None, declined_at=None, withdrawn_at=None, superseded_at=None)
        .first()
    )


def _born_and_due(journey: Journey):
    born_on = journey.child.born_on if journey.child_id else None
    return born_on, journey.pregnancy.due_on if journey.pregnancy_id else None


# --- answering -------------------------------------------------------------------------------------------


@transaction.atomic
def accept_handover(*, handover: Handover, by: Viewer, at: datetime) -> Baton:
    """Take over: from this instant the receiver holds the baton, and the sender keeps a dated trace.

    Errors  NotPossible; NotVisible for one's own family; UnitCloses when the receiver is to close.
    """
    handover = _lock(handover)
    _refuse_own(handover.journey, by=by, at=at)
    _holding_unit(handover.to_unit_id, timezone.localdate(at))
    _move(handover, Verb.ACCEPT, _sides(by, handover, at), "accepted", by=by, at=at)
    former, on = _holder_of(handover.journey), timezone.localdate(at)
    _end(former, by=by, at=at)
    baton = _give(
        journey=handover.journey, unit_id=handover.to_unit_id, staff_id=by.staff_id, confirmed=True, by=by, at=at
    )
    if former.unit_id is not None:
        _fade(former, by=by, at=at, until_on=trace_until(deadlines(), on))
    _plan_handover(handover, by=by, at=at)
    _settle(baton=baton, by=by, at=at)
    _settle_stops(journey=handover.journey, by=by, at=at)
    plan_journey(journey=handover.journey, by=by, at=at)
    return baton


@transaction.atomic
def decline_handover(*, handover: Handover, reason: str, by: Viewer, at: datetime) -> Handover:
    """Say no, and why. Errors: NotPossible, NeedsReason, LivesInArea for a health centre's own area."""
    handover = _lock(handover)
    if lives_in_area(handover):
        raise LivesInArea
    return _answered_with_reason(handover, Verb.DECLINE, "declined", reason, by=by, at=at)


@transaction.atomic
def send_to_leader(*, handover: Handover, reason: str, by: Viewer, at: datetime) -> Handover:
    """Ask one's own leader who should take it. It stays open, and the sender still holds the baton.

    Errors  NotPossible, NeedsReason.
    """
    return _answered_with_reason(_lock(handover), Verb.SEND_TO_LEADER, "sent_to_leader", reason, by=by, at=at)


def _answered_with_reason(handover, verb: Verb, word: str, reason: str, *, by: Viewer, at: datetime) -> Handover:
    if not reason.strip():
        raise NeedsReason
    _require_untold(reason, journey=handover.journey, at=at)
    handover.decline_reason = reason.strip()
    _move(handover, verb, _sides(by, handover, at), word, by=by, at=at, also=["decline_reason"])
    _plan_handover(handover, by=by, at=at)
    return handover


@transaction.atomic
def redirect_handover(*, handover: Handover, to_unit_id: int, reason: str, by: Viewer, at: datetime) -> Handover:
    """The receiver's leader names another unit. The sender still holds the baton. Errors: as hand_over, NotPossible."""
    handover = _lock(handover)
    if not reason.strip():
        raise NeedsReason
    _require_untold(reason, journey=handover.journey, at=at)
    sides, baton = _sides(by, handover, at), _holder_of(handover.journey)
    if to_unit_id == handover.to_unit_id:
        raise NotPossible
    _require_age(handover.journey, to_unit_id, at)
    _move(handover, Verb.REDIRECT, sides, "superseded", by=by, at=at)
    _plan_handover(handover, by=by, at=at)
    return _send(baton, to_unit_id, reason.strip(), handover.summary or "", sides, by=by, at=at)


@transaction.atomic
def withdraw_handover(*, handover: Handover, by: Viewer, at: datetime) -> Handover:
    """Take the offer back: the sender goes on holding the baton. Errors: NotPossible."""
    handover = _lock(handover)
    _move(handover, Verb.WITHDRAW, _sides(by, handover, at), "withdrawn", by=by, at=at)
    _plan_handover(handover, by=by, at=at)
    plan_journey(journey=handover.journey, by=by, at=at)
    return handover


@transaction.atomic
def keep_baton(*, handover: Handover, by: Viewer, at: datetime) -> Handover:
    """Read that it was declined, and keep the baton. Errors: NotPossible."""
    handover = _lock(handover)
    if standing_of(handover) != Standing.DECLINED or handover.seen_at or Side.SENDER not in _sides(by, handover, at):
        raise NotPossible
    _seen(handover, by=by, at=at)
    return handover


@transaction.atomic
def close_baton(*, journey: Journey, by: Viewer, at: datetime) -> None:
    """The journey is over (death, loss, moved out): nobody holds it, nothing waits to be answered. Safe to repeat."""
    if open_one := _open_of(journey):
        _move(open_one, Verb.WITHDRAW, frozenset({Side.SYSTEM}), "withdrawn", by=by, at=at)
        _plan_handover(open_one, by=by, at=at)
    for declined in Handover.objects.filter(journey=journey, declined_at__isnull=False, seen_at=None):
        _seen(declined, by=by, at=at)
    baton = Baton.objects.select_for_update().filter(journey=journey, until_at=None).first()
    if baton is not None:
        _end(baton, by=by, at=at)
        _settle(baton=baton, by=by, at=at)
        _settle_stops(journey=journey, by=by, at=at)
        _told(baton, "pathways.baton.closed", by=by, at=at)


# --- what they share -------------------------------------------------------------------------------------


def _refuse_own(journey: Journey, *, by: Viewer, at: datetime) -> None:
    """Nobody takes over their own or their own family's journey. Errors: NotVisible."""
    if is_own(by, journey, at):
        raise NotVisible


def _sides(by: Viewer, handover: Handover, at: datetime) -> frozenset[Side]:
    return sides_of(by, handover, on=timezone.localdate(at))


def _lock(handover: Handover) -> Handover:
    Journey.objects.select_for_update().get(pk=handover.journey_id)
    joined = ("journey__child", "journey__pregnancy__mother", "to_unit", "from_unit")
    return Handover.objects.select_related(*joined).get(pk=handover.pk)


def _move(handover: Handover, verb: Verb, sides, word: str, *, by: Viewer, at: datetime, also=()) -> None:
    """Take one step of the table, and write who and when. Errors: NotPossible."""
    if after(verb, standing_of(handover), sides) is None:
        raise NotPossible
    setattr(handover, f"{word}_at", at)
    setattr(handover, f"{word}_by_id", by.staff_id)
    handover.save(update_fields=[f"{word}_at", f"{word}_by", *also])
    _noted(handover, word, by=by, at=at)
    if word == "superseded":
        _plan_handover(handover, by=by, at=at)


def _seen(handover: Handover, *, by: Viewer, at: datetime) -> None:
    handover.seen_at, handover.seen_by_id = at, by.staff_id
    handover.save(update_fields=["seen_at", "seen_by"])
    _plan_handover(handover, by=by, at=at)
    _noted(handover, "kept", by=by, at=at)


def _noted(handover: Handover, word: str, *, by: Viewer, at: datetime) -> None:
    log(
        type=f"pathways.handover.{word}", by=by, at=at, person=handover.journey.subject.key,
        object=f"pathways.handover:{handover.key}", to=handover.to_unit.key,
    )  # fmt: skip


def _plan_handover(handover: Handover, *, by: Viewer, at: datetime) -> None:
    """Bring the tasks of one handover in line with where it stands. May be repeated."""
    on, journey, now = timezone.localdate(at), handover.journey, standing_of(handover)
    born_and_due = _born_and_due(journey)
    sent_on = timezone.localdate(handover.sent_at)
    newborn = is_newborn(deadlines(), sent_on, *born_and_due)
    days = deadlines().newborn_working_days if newborn else deadlines().other_working_days
    is_graded = journey.subject.protection != Person.Protection.NONE  # whatever the grade, the same words
    sender = handover.from_unit.name if handover.from_unit_id and not is_graded else ""
    take_over = TAKE_OVER_RULE if sender else TAKE_OVER_UNSAID_RULE
    ref = f"handover:{handover.key}"

    def wanted(ref, title, rule, unit_id, opens_on, due_on, **more):
        return Wanted(
            ref=ref, title=title, rule=rule, rule_version=deadlines().byline.version,
            facts={"days": days, "from": sender}, opens_on=opens_on, due_on=due_on, closes_on=due_on,
            urgency=Urgency.NEWBORN if newborn else Urgency.BATON, unit_id=unit_id, journey_id=journey.pk,
            subject_key=handover.key, **more,
        )  # fmt: skip

    due, found = handover.due_on, []
    late = add_working_days(due, 1)  # the receiver has all of the last day to answer
    if now in OPEN:
        leader = f"{ref}:leader:{handover.to_unit_id}"
        found = [wanted(ref, TAKE_OVER, take_over, handover.to_unit_id, sent_on, due)]
        if now == Standing.WITH_LEADER:
            asked = timezone.localdate(handover.sent_to_leader_at)
            found.append(wanted(leader, ASKED, ASKED_RULE, handover.to_unit_id, asked, max(asked, due)))
        else:
            found.append(wanted(leader, UNANSWERED, UNANSWERED_RULE, handover.to_unit_id, late, late))
        if handover.from_unit_id:
            sent = f"{ref}:leader:{handover.from_unit_id}"
            found.append(wanted(sent, UNANSWERED, UNANSWERED_RULE, handover.from_unit_id, late, late))
    elif now == Standing.ACCEPTED:
        done = {"done_on": timezone.localdate(handover.accepted_at), "done_by_id": handover.accepted_by_id}
        found = [wanted(ref, TAKE_OVER, take_over, handover.to_unit_id, sent_on, due, **done)]
    elif now == Standing.DECLINED and handover.seen_at is None:
        said = timezone.localdate(handover.declined_at)
        found = [wanted(f"{ref}:declined", DECLINED, DECLINED_RULE, handover.from_unit_id, said, max(said, on))]
    reason = gettext_noop("The handover was answered or changed")
    reconcile(source=Task.Source.BATON, scope=ref, wanted=found, by=by, at=at, end_reason=reason)
