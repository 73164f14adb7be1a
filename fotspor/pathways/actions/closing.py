"""Close a journey that was opened by mistake, tell those who held it, and take a mistaken closing back."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from fotspor.access import actions as access
from fotspor.access.rules import Purpose, Viewer
from fotspor.kit.errors import Refused
from fotspor.pathways.actions.batons import NobodyHolds, _held_by, _let_see, _settle, _settle_stops, _told
from fotspor.pathways.actions.concerns import _require_answered
from fotspor.pathways.actions.journeys import follow
from fotspor.pathways.actions.planning import CLOSED, plan_journey
from fotspor.pathways.actions.tasks import _asked
from fotspor.pathways.models import Baton, Contact, Enrolment
from fotspor.pathways.queries.batons import list_keeper
from fotspor.pathways.queries.closings import closing_by_key, last_baton
from fotspor.pathways.rules.handovers import HOLDER_KINDS
from fotspor.people import actions as people
from fotspor.people.models import Journey
from fotspor.worklist import actions as worklist
from fotspor.worklist.actions import Wanted
from fotspor.worklist.models import Task
from fotspor.worklist.rules import Urgency

REASON_LENGTH = 10
MISTAKE = Journey.CloseReason.MISTAKE
WAS_CLOSED = gettext_noop("A journey was closed as opened by mistake: read why")
WAS_CLOSED_RULE = gettext_noop(
    "Nobody follows the family up on this journey any more. A leader can take it up again if that was wrong."
)


class NeedsReason(Refused):
    """Somebody must be able to read later why the journey was closed, or taken up again."""


class NotTheLeader(Refused):
    """Only a leader of the unit that held the baton takes a closing back."""

    def __init__(self):
        super().__init__(_("Only a leader of the unit that held the baton can take this up again."))


@transaction.atomic
def close_by_mistake(*, journey: Journey, reason: str, by: Viewer, at: datetime) -> Journey:
    """Close a journey that should never have been opened. What is owed to a result stays on the list.

    Expected contacts and what follows from them are cancelled, typed tasks end, the baton and the stops are closed.
    The leader is told, and whoever was the contact person, when somebody else did it.
    Errors  NeedsReason; OpenConcern; NotYours for others than the unit that holds the baton; people's NotAllowed,
            NotVisible and AlreadyClosed.
    """
    _require_words(reason)
    found = Journey.objects.select_for_update(of=("self",)).select_related("child", "pregnancy__mother")
    journey, on = found.get(pk=journey.pk), timezone.localdate(at)
    held = journey.contacts.exclude(outcome="").count()
    expected = journey.contacts.expected().count()
    people.close_journey(journey=journey, reason=MISTAKE, on=on, note=reason.strip(), by=by, at=at)
    baton = _ended_by(journey, by)  # after those who may not even see it have been told nothing
    _require_answered(journey)
    follow(journey=journey, by=by, at=at)
    worklist.reconcile(
        source=Task.Source.TYPED,
        scope="typed:",
        wanted=[],
        by=by,
        at=at,
        end_reason=CLOSED[MISTAKE],
        journey_ids=[journey.pk],
    )
    _tell(journey, baton, by, at)
    access.log(
        type="pathways.journey.closed_by_mistake",
        by=by,
        at=at,
        person=journey.subject.key,
        purpose=Purpose.CARE,
        object=journey.in_log,
        cancelled=expected,
        held=held,
    )
    return journey


@transaction.atomic
def note_closing(*, journey: Journey, by: Viewer, at: datetime) -> None:
    """Say that one has read that the journey was closed, and why. Errors: NotVisible for those who are not told."""
    closing = closing_by_key(viewer=by, key=journey.key, at=at)
    for task in Task.objects.open().filter(source=Task.Source.BATON, ref__startswith=f"closed:{journey.key}:"):
        if task.unit_id == by.unit_id and task.for_leader == closing.may_undo:
            worklist.answer(source=Task.Source.BATON, scope=task.ref, by=by, at=at)
    access.log(type="pathways.journey.closing_read", by=by, at=at, person=journey.subject.key, object=journey.in_log)


@transaction.atomic
def undo_closing(*, journey: Journey, reason: str, by: Viewer, at: datetime) -> Journey:
    """It was no mistake: the journey goes on where it was, with its plan, its appointments and its holder.

    A handover that waited then, and tasks that somebody had written, do not come back.
    Errors  NeedsReason; NotVisible; NotTheLeader; people's AlreadyClosed.
    """
    _require_words(reason)
    found = Journey.objects.select_for_update(of=("self",)).select_related("child", "pregnancy__mother")
    journey = found.get(pk=journey.pk)
    if not closing_by_key(viewer=by, key=journey.key, at=at).may_undo:
        raise NotTheLeader
    people.reopen_journey(journey=journey, note=reason.strip(), by=by, at=at)
    _take_up(journey, MISTAKE, by, at)
    _reconcile(f"closed:{journey.key}:", [], by, at)
    access.log(
        type="pathways.journey.closing_undone",
        by=by,
        at=at,
        person=journey.subject.key,
        purpose=Purpose.LEADERSHIP,
        object=journey.in_log,
    )
    return journey


def _take_up(journey: Journey, reason: str, by: Viewer, at: datetime) -> None:
    """What ended for that reason is expected again, with its appointments, and whoever held the baton holds it."""
    last = last_baton(journey)
    ended = Enrolment.objects.filter(journey=journey, end_reason=CLOSED[reason], ended_on__isnull=False)
    newest = {pathway: pk for pk, pathway in ended.order_by("pk").values_list("pk", "pathway")}  # one moves out twice
    ended.filter(pk__in=newest.values()).update(ended_on=None, end_reason="")
    cancelled = Contact.objects.filter(journey=journey, cancel_reason=CLOSED[reason], cancelled_on__isnull=False)
    cancelled.update(cancelled_on=None, cancel_reason="", version=F("version") + 1)
    if last is None or last.until_at is not None:
        _hold_again(journey, last, by, at)
    plan_journey(journey=journey, by=by, at=at)
    follow(journey=journey, by=by, at=at)


def _require_words(reason: str) -> None:
    if len(reason.strip()) < REASON_LENGTH:
        raise NeedsReason(_("Write at least ten characters about why."))


def _ended_by(journey: Journey, by: Viewer) -> Baton | None:
    """The baton that ends with the journey. Errors: NotYours when another unit holds it."""
    held = Baton.objects.filter(journey=journey, until_at=None).first()
    if held is None or held.unit_id is None:
        return held
    return _held_by(journey, by)


def _hold_again(journey: Journey, last: Baton | None, by: Viewer, at: datetime) -> None:
    """The unit that held it holds it; one that is to close, or can pass nothing on, does not: a leader chooses one."""
    if last is None:
        raise NobodyHolds
    if last.unit_id is not None and (last.unit.until_on is not None or last.unit.kind not in HOLDER_KINDS):
        baton = Baton.objects.create(journey=journey, since_at=at, since_by_id=by.staff_id)
    else:
        baton = last  # the same row: on the way it stands as if it had never been put down
        baton.until_at = baton.until_by_id = None
        baton.save(update_fields=["until_at", "until_by"])
        if baton.unit_id is not None:
            _let_see(baton, by=by, at=at)
    _settle(baton=baton, by=by, at=at)
    _settle_stops(journey=journey, by=by, at=at)
    _told(baton, "pathways.baton.opened", by=by, at=at, confirmed=baton.confirmed_at is not None)


# --- telling ----------------------------------------------------------------------------------------------


def _tell(journey: Journey, baton: Baton | None, by: Viewer, at: datetime) -> None:
    """The leader reads that it was closed, and why; so does the contact person, when a colleague closed it."""
    keeper = list_keeper(on=timezone.localdate(at)) if baton is None or baton.unit_id is None else None
    unit_id = keeper.unit_id if keeper is not None else baton.unit_id if baton is not None else None
    wanted = []
    if unit_id is not None:
        wanted.append(_wanted(journey, f"closed:{journey.key}:leader:{unit_id}", unit_id, named=keeper is None))
    if baton is not None and baton.unit_id is not None and baton.staff_id not in (None, by.staff_id):
        ref = f"closed:{journey.key}:holder"
        wanted.append(_wanted(journey, ref, baton.unit_id, staff_id=baton.staff_id))
    _reconcile(f"closed:{journey.key}:", wanted, by, at)


def _wanted(journey: Journey, ref: str, unit_id: int | None, *, named: bool = True, **more: Any) -> Wanted:
    """The task to read it; without the person's name for a leader who has nothing to do with the family."""
    if not named:
        more["person_id"] = None
    return _asked(
        journey, ref, title=WAS_CLOSED, rule=WAS_CLOSED_RULE, on=journey.closed_on, working_days=1, unit_id=unit_id,
        urgency=Urgency.BATON, **more,
    )  # fmt: skip


def _reconcile(scope: str, wanted: list[Wanted], by: Viewer, at: datetime) -> None:
    reason = gettext_noop("The journey was taken up again")
    worklist.reconcile(source=Task.Source.BATON, scope=scope, wanted=wanted, by=by, at=at, end_reason=reason)
