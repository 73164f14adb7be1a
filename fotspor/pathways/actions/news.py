"""Let every fact from below be felt in what is expected and who holds the baton. Bereavement ends it gently."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_noop

from fotspor.access.rules import SYSTEM, Viewer
from fotspor.kit.dates import add_working_days
from fotspor.kit.facts import Fact, Kind
from fotspor.pathways.actions import handovers
from fotspor.pathways.actions.batons import _settle_stops
from fotspor.pathways.actions.closing import _take_up
from fotspor.pathways.actions.concerns import _require_answered, _take_along
from fotspor.pathways.actions.handovers import _hasten
from fotspor.pathways.actions.journeys import BORN, _end_enrolments, follow
from fotspor.pathways.actions.planning import CLOSED, NOT_EXPECTED, PUT_RIGHT, _let_follow, plan_journey
from fotspor.pathways.actions.units import _unit_changed
from fotspor.pathways.models import Baton, Contact, Enrolment, Group
from fotspor.pathways.queries import approvals, definitions, seals
from fotspor.pathways.rules.handovers import HOLDER_KINDS
from fotspor.people.models import Journey
from fotspor.services import queries as services
from fotspor.services.models import Unit
from fotspor.worklist import actions as worklist
from fotspor.worklist.models import Task
from fotspor.worklist.rules import Urgency

MOVED = gettext_noop("The family has moved to your area.")
CALL_RULE = gettext_noop(
    "Nothing more is expected on this journey, and no reminder is sent. Somebody who knew her calls."
)
CALL_UNDECIDED = gettext_noop(
    "Nothing more is expected on this journey, and no reminder is sent. What follows a loss is not approved here yet, "
    "so somebody who knew her decides."
)
CALLED = gettext_noop("No longer needed.")
PLANNED_AT_ONCE = 300  # journeys that wait for a pathway; more are planned by `fotspor plan`, which runs each night


def respond_to(fact: Fact) -> None:
    """What does this fact change in what is expected, and who holds the baton?"""
    by = SYSTEM if fact.by_id is None else replace(SYSTEM, staff_id=fact.by_id)
    if fact.kind in ANSWERS:
        ANSWERS[fact.kind](fact, by)


def _journeys(fact: Fact) -> Iterable[Journey]:
    """Which journeys is the fact about? The named one, the person's own, and those of her unborn children."""
    about = Q(pk=fact.journey_id) if fact.journey_id is not None else Q(pk__in=[])
    if fact.person_id is not None:
        about |= Q(child_id=fact.person_id) | Q(child=None, pregnancy__mother_id=fact.person_id)
    return Journey.objects.filter(about).select_related("pregnancy__mother", "child").order_by("pk")


def _born(fact: Fact, by: Viewer) -> None:
    journey = Journey.objects.select_related("pregnancy__mother", "child").get(pk=fact.journey_id)
    before = _holder(fact.facts.get("split_from_id")) if fact.facts.get("split_from_id") else None
    if _holder(journey.pk) is None:
        if before is not None and _goes_on(before):
            handovers.open_baton(
                journey=journey,
                unit_id=before.unit_id,
                staff_id=before.staff_id,
                confirmed=before.confirmed_at is not None,
                by=by,
                at=fact.at,
            )
        else:
            _open_by_address(journey, by, fact.at)
    _propose(journey, Unit.Kind.HEALTH_STATION, BORN, by, fact.at)  # first: without one, the plan asks for a unit
    _hasten(journey, by=by, at=fact.at)
    follow(journey=journey, by=by, at=fact.at)


def _goes_on(before: Baton) -> bool:
    """Can the next twin's baton stand where the first one's does?"""
    return before.unit is None or (before.unit.until_on is None and before.unit.kind in HOLDER_KINDS)


def _ended(fact: Fact, by: Viewer) -> None:
    journey = Journey.objects.select_related("pregnancy__mother").get(pk=fact.journey_id)
    _ask_for_call(journey, by, fact.at)
    follow(journey=journey, by=by, at=fact.at)


def _ask_for_call(journey: Journey, by: Viewer, at: datetime) -> None:
    """One task: a personal call to the mother, by the midwives who held the baton."""
    on, routine = timezone.localdate(at), definitions.loss()
    mine = Q(journey=journey) | Q(journey__isnull=False, journey_id=journey.split_from_id)
    held = Baton.objects.filter(mine, unit__isnull=False).order_by("-since_at", "-pk").first()
    mother = journey.pregnancy.mother
    unit = (
        None
        if held
        else services.unit_for_area(kind=Unit.Kind.MIDWIFERY, district_id=mother.district_id, on=on, stays=True)
    )
    wanted = worklist.Wanted(
        ref=f"loss:{journey.key}",
        title=routine.call.title,
        rule=CALL_RULE if routine.is_approved else CALL_UNDECIDED,
        rule_version=routine.byline.version,
        facts={},
        opens_on=on,
        due_on=add_working_days(on, routine.call.due_working_days),
        closes_on=add_working_days(on, routine.call.latest_working_days),
        urgency=Urgency.RESULT,
        unit_id=held.unit_id if held else unit.pk if unit else None,
        staff_id=held.staff_id if held else None,
        person_id=mother.pk,
        journey_id=journey.pk,
        subject_key=mother.key,
    )
    worklist.reconcile(source=Task.Source.LOSS, scope=wanted.ref, wanted=[wanted], by=by, at=at, end_reason=CALLED)


def _moved(fact: Fact, by: Viewer) -> None:
    for journey in _journeys(fact):
        if fact.by_id is not None and journey.pk == fact.journey_id and journey.closed_on is not None:
            _require_answered(journey)
        if journey.closed_on is None and _holder(journey.pk) is None:
            _open_by_address(journey, by, fact.at)
            _settle_stops(journey=journey, by=by, at=fact.at)  # somebody asks after them again
        follow(journey=journey, by=by, at=fact.at)
        holder = _holder(journey.pk)
        if journey.closed_on is None and holder is not None and holder.unit_id is not None:
            waits = journey.child_id is not None and holder.unit.kind == Unit.Kind.MIDWIFERY
            waits |= holder.unit.kind not in HOLDER_KINDS
            kind = Unit.Kind.HEALTH_STATION if waits else holder.unit.kind  # born, and the address is known first now
            _propose(journey, kind, MOVED, by, fact.at)


def _open_by_address(journey: Journey, by: Viewer, at: datetime) -> None:
    """A journey without a sender starts, not confirmed, with the unit that the address names, else unassigned."""
    kind = Unit.Kind.HEALTH_STATION if journey.child_id else Unit.Kind.MIDWIFERY
    on, district_id = timezone.localdate(at), journey.subject.district_id
    unit = services.unit_for_area(kind=kind, district_id=district_id, on=on, stays=True)
    handovers.open_baton(journey=journey, unit_id=unit.pk if unit else None, confirmed=False, by=by, at=at)


def _propose(journey: Journey, kind: str, reason: str, by: Viewer, at: datetime) -> None:
    """Offer the baton to the unit of that kind that the address names. The holder keeps it until it is taken over."""
    holder = _holder(journey.pk)
    if holder is None or holder.unit_id is None:
        return
    on, district_id = timezone.localdate(at), journey.subject.district_id
    unit = services.unit_for_area(kind=kind, district_id=district_id, on=on, stays=True)
    if unit is None or unit.pk == holder.unit_id:
        return
    sender = by if by.staff_id is not None else replace(by, staff_id=holder.staff_id or holder.since_by_id)
    if sender.staff_id is not None:
        handovers.propose_handover(journey=journey, to_unit_id=unit.pk, reason=reason, by=sender, at=at)


def _holder(journey_id: int | None) -> Baton | None:
    return Baton.objects.filter(journey_id=journey_id, until_at=None).select_related("unit").first()


def _died(fact: Fact, by: Viewer) -> None:
    on = timezone.localdate(fact.at)
    for journey in _journeys(fact):
        if journey.child_id is None and journey.closed_on is None:
            _end_enrolments(journey=journey, slugs=definitions.SLUGS, reason=CLOSED[Journey.CloseReason.DIED], on=on)
            plan_journey(journey=journey, by=by, at=fact.at)
        else:
            follow(journey=journey, by=by, at=fact.at)


def _alive(fact: Fact, by: Viewer) -> None:
    """The death was recorded by mistake: what it ended goes on where it was."""
    for journey in _journeys(fact):
        if journey.closed_on is None:
            _take_up(journey, Journey.CloseReason.DIED, by, fact.at)


def _stayed(fact: Fact, by: Viewer) -> None:
    """The move out was recorded by mistake: what it closed goes on where it was. Nothing is offered to anybody."""
    for journey in Journey.objects.filter(pk__in=fact.facts["journey_ids"]).order_by("pk"):
        _take_up(journey, Journey.CloseReason.MOVED, by, fact.at)


def _expected_again(fact: Fact, by: Viewer) -> None:
    """The loss was recorded by mistake: the pregnancy goes on where it was, and nobody is asked to call about it."""
    journey = Journey.objects.get(pk=fact.journey_id)
    scope = f"loss:{journey.key}"
    worklist.reconcile(source=Task.Source.LOSS, scope=scope, wanted=[], by=by, at=fact.at, end_reason=PUT_RIGHT)
    _take_up(journey, Journey.CloseReason.LOSS, by, fact.at)


def _corrected(fact: Fact, by: Viewer) -> None:
    for journey in _journeys(fact):
        for enrolment in journey.enrolments.filter(ended_on=None):
            anchor = journey.pregnancy.due_on if enrolment.pathway == definitions.PREGNANCY else journey.child.born_on
            Enrolment.objects.filter(pk=enrolment.pk).update(anchor_on=anchor)
        follow(journey=journey, by=by, at=fact.at)


def _merged(fact: Fact, by: Viewer) -> None:
    """What was held on the joined journey counts on the one that is kept."""
    dropped, kept = fact.journey_id, fact.facts.get("into_journey_id")
    if dropped is not None and kept is not None and dropped != kept:
        Contact.objects.filter(journey_id=dropped).exclude(outcome="").update(journey_id=kept)
        _take_along(dropped, kept, fact.at)
    for journey in Journey.objects.filter(pk__in=[pk for pk in (dropped, kept) if pk is not None]).order_by("pk"):
        if journey.closed_on is None and _holder(journey.pk) is None:
            _open_by_address(journey, by, fact.at)
        follow(journey=journey, by=by, at=fact.at)


def _followed(fact: Fact, by: Viewer) -> None:
    for journey in _journeys(fact):
        follow(journey=journey, by=by, at=fact.at)


def _adopted(fact: Fact, by: Viewer) -> None:
    """What was still open from before the birth ends with the seal: nobody could open it any more."""
    sealed = Contact.objects.expected().filter(seals.contacts(), journey_id=fact.journey_id)
    ids = list(sealed.values_list("pk", flat=True))
    Contact.objects.filter(pk__in=ids).update(
        cancelled_on=timezone.localdate(fact.at), cancel_reason=NOT_EXPECTED, version=F("version") + 1
    )
    _followed(fact, by)


def _staff_left(fact: Fact, by: Viewer) -> None:
    staff_id = fact.facts["staff_id"]
    Contact.objects.expected().filter(booked_staff_id=staff_id).update(booked_staff=None, version=F("version") + 1)
    Group.objects.filter(leader_id=staff_id, held_on__gte=timezone.localdate(fact.at)).update(leader=None)
    Baton.objects.filter(staff_id=staff_id, until_at=None).update(staff=None)


def _definition_approved(fact: Fact, by: Viewer) -> None:
    """Those who waited for this pathway get their plan, the oldest first."""
    slug = fact.facts["slug"]
    if (fact.facts["kind"], slug) == (definitions.KIND, definitions.MISSED):
        _ask_as_approved(by, fact.at)
    if fact.facts["kind"] != approvals.KIND or not approvals.version_to_follow(slug):
        return
    waiting = Enrolment.objects.filter(
        pathway=slug, pathway_version="", ended_on=None, journey__closed_on=None
    ).order_by("pk")
    ids = list(waiting.values_list("journey", flat=True)[:PLANNED_AT_ONCE])
    _let_follow(Enrolment.objects.filter(journey__in=ids))
    for journey in Journey.objects.filter(pk__in=ids).order_by("pk"):
        plan_journey(journey=journey, by=by, at=fact.at)


def _ask_as_approved(by: Viewer, at: datetime) -> None:
    """What was left to somebody while no ladder was approved is asked for as the ladder says."""
    waiting = Task.objects.open().filter(source=Task.Source.ABSENCE, journey__closed_on=None)
    ids = waiting.order_by("pk").values_list("journey", flat=True)[:PLANNED_AT_ONCE]
    for journey in Journey.objects.filter(pk__in=list(ids)).order_by("pk"):
        plan_journey(journey=journey, by=by, at=at)


ANSWERS = {
    Kind.BORN: _born,
    Kind.PREGNANCY_ENDED: _ended,
    Kind.EXPECTED_AGAIN: _expected_again,
    Kind.MOVED: _moved,
    Kind.STAYED: _stayed,
    Kind.DIED: _died,
    Kind.ALIVE: _alive,
    Kind.CORRECTED: _corrected,
    Kind.MERGED: _merged,
    Kind.ADOPTED: _adopted,
    Kind.STAFF_LEFT: _staff_left,
    Kind.UNIT_CHANGED: _unit_changed,
    Kind.DEFINITION_APPROVED: _definition_approved,
}
