"""Make the stored plan follow from the facts: contacts and their tasks. Nothing is deleted, nothing is lost."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from fotspor.access import actions as access
from fotspor.access.rules import SYSTEM, Viewer
from fotspor.kit.errors import Refused
from fotspor.kit.subqueries import fetched_once
from fotspor.pathways.actions.tasks import (
    _centre_task,
    _contact_task,
    _left_behind_tasks,
    _missed_tasks,
    _taken_along_tasks,
    _unplanned_task,
)
from fotspor.pathways.models import Baton, Contact, Enrolment, MissedAppointment
from fotspor.pathways.queries import approvals, definitions
from fotspor.pathways.queries.contacts import facts_of, step_of
from fotspor.pathways.queries.kindergartens import places_by_child
from fotspor.pathways.queries.units import names_centre, without_centre
from fotspor.pathways.rules.kindergartens import Place
from fotspor.pathways.rules.plans import Expected, expected_steps, passed_over
from fotspor.people.models import Journey
from fotspor.services.models import Unit
from fotspor.worklist import actions as worklist
from fotspor.worklist import queries as tasks
from fotspor.worklist.models import Task

CHUNK = 500
NOT_EXPECTED = gettext_noop("The contact is no longer expected.")
CLOSED_BEFORE_ARRIVAL = gettext_noop("The window had closed before the family came to the municipality.")
NOT_IN_PLAN = gettext_noop("The plan no longer has this step.")
PUT_RIGHT = gettext_noop("This has been put right.")
CLOSED = {
    Journey.CloseReason.LOSS: gettext_noop("The pregnancy has ended."),
    Journey.CloseReason.DIED: gettext_noop("The person has died."),
    Journey.CloseReason.MOVED: gettext_noop("Moved out of the municipality."),
    Journey.CloseReason.SCHOOL: gettext_noop("The school health service has taken over."),
    Journey.CloseReason.MERGED: gettext_noop("The record was joined with another."),
    Journey.CloseReason.MISTAKE: gettext_noop("The journey was opened by mistake."),
}
WINDOW = ("opens_on", "due_on", "closes_on")


class PathwayNotApproved(Refused):
    """Nothing is planned by a pathway that nobody has approved here."""

    def __init__(self, titles: Iterable[str]):
        names = ", ".join(f"«{title}»" for title in titles)
        super().__init__(
            _(
                "Not approved for use here yet: %(names)s. A leader or an administrator approves it on the page "
                "«Definitions». Nothing was changed."
            )
            % {"names": names}
        )


@dataclass(slots=True)
class Known:
    """What is stored about the journeys in hand."""

    enrolments: dict[int, list[Enrolment]]
    contacts: dict[int, list[Contact]]
    units: dict[int, int | None]
    missed: dict[int, list[MissedAppointment]]
    places: dict[int, list[Place]]  # by child
    without_centre: dict[int, bool] = field(default_factory=dict)  # born, no centre asked: does the address name one?
    since: dict[int, datetime] = field(default_factory=dict)  # when the unit that holds the baton got it
    approved: dict[tuple[str, str], bool] = field(default_factory=dict)

    def may_follow(self, enrolment: Enrolment) -> bool:
        """May the plan be made anew by the version that the enrolment follows?"""
        version = (enrolment.pathway, enrolment.pathway_version)
        if version not in self.approved:
            self.approved[version] = approvals.may_be_followed(*version)
        return self.approved[version]


@dataclass(slots=True)
class Changes:
    """What must be written so that the plan follows from the facts."""

    new: list[Contact] = field(default_factory=list)
    changed: list[Contact] = field(default_factory=list)
    cancelled: list[Contact] = field(default_factory=list)
    wanted: list[worklist.Wanted] = field(default_factory=list)
    missed: list[worklist.Wanted] = field(default_factory=list)
    plan: list[worklist.Wanted] = field(default_factory=list)  # where the plan itself needs somebody

    @property
    def journeys(self) -> set[int]:
        return {contact.journey_id for contact in (*self.new, *self.changed, *self.cancelled)}


@transaction.atomic
def plan_journey(*, journey: Journey, by: Viewer, at: datetime) -> None:
    """Bring one journey's contacts and tasks in line with its facts. Safe to repeat."""
    locked = Journey.objects.select_for_update(of=("self",)).select_related("pregnancy", "child").get(pk=journey.pk)
    _store([locked], by, at)


@transaction.atomic
def _store(journeys: Sequence[Journey], by: Viewer, at: datetime) -> Changes:
    changes = _changes(journeys, at)
    Contact.objects.bulk_create(changes.new)
    for contact in (*changes.changed, *changes.cancelled):
        contact.version += 1
    if changes.changed:
        Contact.objects.bulk_update(
            changes.changed,
            [*WINDOW, "title", "rule_version", "unit", "booked_staff", "place", "version"],
            batch_size=CHUNK,
        )
    if changes.cancelled:
        Contact.objects.bulk_update(changes.cancelled, ["cancelled_on", "cancel_reason", "version"], batch_size=CHUNK)
    ids = [journey.pk for journey in journeys]
    said = {"by": by, "at": at}
    for source, scope, wanted, reason in (
        (Task.Source.CONTACT, "contact:", changes.wanted, NOT_EXPECTED),
        (Task.Source.PLAN, "", changes.plan, PUT_RIGHT),
    ):
        worklist.reconcile(source=source, scope=scope, wanted=wanted, end_reason=reason, journey_ids=ids, **said)
    for reason, about in _by_reason(journeys).items():
        mine = [want for want in changes.missed if want.journey_id in about]
        worklist.reconcile(
            source=Task.Source.ABSENCE, scope="absence:", wanted=mine, end_reason=reason, journey_ids=about, **said
        )
    _tell(journeys, changes, by, at)
    return changes


def _by_reason(journeys: Iterable[Journey]) -> dict[str, set[int]]:
    """Why does what followed from a missed appointment end, when nothing asks for it any more?"""
    found: dict[str, set[int]] = defaultdict(set)
    for journey in journeys:
        found[CLOSED[journey.close_reason] if journey.closed_on is not None else NOT_EXPECTED].add(journey.pk)
    return found


def _tell(journeys: Iterable[Journey], changes: Changes, by: Viewer, at: datetime) -> None:
    for journey in journeys:
        if journey.pk in changes.journeys:
            access.log(by=by, at=at, **_about(journey, changes))


def _about(journey: Journey, changes: Changes) -> dict[str, Any]:
    """What the log says of a plan that was changed."""
    return {
        "type": "pathways.plan.changed",
        "person": journey.subject.key,
        "object": f"people.journey:{journey.key}",
        "added": [contact.step for contact in changes.new if contact.journey_id == journey.pk],
        "moved": [contact.step for contact in changes.changed if contact.journey_id == journey.pk],
        "cancelled": [contact.step for contact in changes.cancelled if contact.journey_id == journey.pk],
    }


def rebuild(*, check: bool, by: Viewer = SYSTEM, at: datetime) -> Iterator[str]:
    """Plan every journey again, or with `check` only say what differs. Yields one line per difference.

    Shape   chunks of journeys, each in its own transaction; may be run in the middle of the day and be broken off.
    Errors  PathwayNotApproved, before anything is looked at.
    """
    if titles := approvals.in_the_way():
        raise PathwayNotApproved(titles)
    last = 0
    while True:
        with transaction.atomic():
            found = Journey.objects.filter(pk__gt=last).order_by("pk").select_related("pregnancy__mother", "child")
            if not check:
                found = found.select_for_update(of=("self",))
            journeys = list(found[:CHUNK])
            if not journeys:
                return
            last = journeys[-1].pk
            lines = _waiting(journeys)
            if not check:
                _let_follow(Enrolment.objects.filter(journey__in=journeys))
            lines += _differences(journeys, at)
            if lines and not check:
                _store(journeys, by, at)
        yield from lines


def _let_follow(enrolments: QuerySet[Enrolment]) -> None:
    """Those that wait get the version that has been approved meanwhile. The caller plans them, which is logged."""
    waiting = enrolments.filter(pathway_version="", ended_on=None)
    for slug in waiting.order_by().values_list("pathway", flat=True).distinct():
        waiting.filter(pathway=slug).update(pathway_version=approvals.version_to_follow(slug))


def _waiting(journeys: Sequence[Journey]) -> list[str]:
    waiting = Enrolment.objects.filter(
        journey__in=journeys, journey__closed_on=None, pathway_version="", ended_on=None
    ).order_by("journey", "pk")
    return [f"{key} {slug}: waits for a plan" for key, slug in waiting.values_list("journey__key", "pathway")]


def _differences(journeys: Sequence[Journey], at: datetime) -> list[str]:
    changes = _changes(journeys, at)
    keys = {journey.pk: journey.key for journey in journeys}
    ids = list(keys)
    return [
        *(f"{keys[c.journey_id]} {c.step}: missing" for c in changes.new),
        *(f"{keys[c.journey_id]} {c.step}: differs" for c in changes.changed),
        *(f"{keys[c.journey_id]} {c.step}: no longer expected" for c in changes.cancelled),
        *tasks.differences(source=Task.Source.CONTACT, scope="contact:", wanted=changes.wanted, journey_ids=ids),
        *tasks.differences(source=Task.Source.ABSENCE, scope="absence:", wanted=changes.missed, journey_ids=ids),
        *tasks.differences(source=Task.Source.PLAN, scope="", wanted=changes.plan, journey_ids=ids),
    ]


# --- from facts to a plan --------------------------------------------------------------------------------


def _known(journeys: Sequence[Journey], on: date) -> Known:
    ids = [journey.pk for journey in journeys]
    known = Known(defaultdict(list), defaultdict(list), {}, defaultdict(list), {})
    for enrolment in Enrolment.objects.filter(journey_id__in=ids).order_by("pk"):
        known.enrolments[enrolment.journey_id].append(enrolment)
    for contact in _contacts_of_one(journey_id=ids[0]) if len(ids) == 1 else _contacts(Q(journey_id__in=ids)):
        known.contacts[contact.journey_id].append(contact)
    booked = {c.journey_id for each in known.contacts.values() for c in each if c.booked_on and c.place}
    if children := [journey.child_id for journey in journeys if journey.pk in booked and journey.child_id]:
        known.places = places_by_child(children)
    rows = MissedAppointment.objects.standing().filter(contact__journey_id__in=ids).select_related("contact")
    for row in rows.defer("reason", "answer", "contact__note", "contact__outcome_reason", "contact__late_reason"):
        known.missed[row.contact.journey_id].append(row)
    held = Baton.objects.filter(journey_id__in=ids, until_at=None).select_related("unit").order_by("pk")
    known.units = _last_units(journeys, known.missed) | {baton.journey_id: baton.unit_id for baton in held}
    known.since = {baton.journey_id: baton.since_at for baton in held if baton.unit_id is not None}
    with_midwives = {b.journey_id for b in held if b.unit_id is not None and b.unit.kind == Unit.Kind.MIDWIFERY}
    unasked = without_centre([j.pk for j in journeys if j.child_id and j.pk in with_midwives])
    known.without_centre = {j.pk: names_centre(j, on=on) for j in journeys if j.pk in unasked}
    return known


def _contacts(which: Q) -> QuerySet[Contact]:
    found = Contact.objects.filter(which, cancelled_on=None).order_by("pk")
    return found.select_related("enrolment").defer("note", "outcome_reason", "late_reason")


@fetched_once("journey_id")
def _contacts_of_one(*, journey_id: int) -> QuerySet[Contact]:
    return _contacts(Q(journey_id=journey_id))


def _last_units(journeys: Sequence[Journey], missed: Collection[int]) -> dict[int, int | None]:
    """Which unit was the last to hold the baton of a closed journey, where somebody must still answer for it?"""
    closed = [j.pk for j in journeys if j.closed_on is not None and j.pk in missed]
    last = Baton.objects.filter(journey_id__in=closed, unit__isnull=False).order_by("since_at", "pk")
    return dict(last.values_list("journey_id", "unit_id")) if closed else {}


def _changes(journeys: Sequence[Journey], at: datetime) -> Changes:
    today = timezone.localdate(at)
    known, changes = _known(journeys, today), Changes()
    for journey in journeys:
        _plan_one(journey, known, changes, today)
    return changes


def _plan_one(journey: Journey, known: Known, changes: Changes, today: date) -> None:
    contacts = known.contacts[journey.pk]
    unit_id = known.units.get(journey.pk)
    _leave_rooms(contacts, unit_id, known.places.get(journey.child_id, []))
    recorded = {(c.enrolment.pathway, c.step) for c in contacts if c.outcome and c.enrolment_id}
    kept = [c for c in contacts if c.outcome]
    open_contacts = {(c.enrolment_id, c.step): c for c in contacts if not c.outcome and c.enrolment_id}
    if journey.closed_on is None:
        for enrolment in known.enrolments[journey.pk]:
            if enrolment.ended_on is not None:
                continue
            if enrolment.pathway == definitions.INFANCY and journey.pk in known.without_centre:
                has_address = known.without_centre[journey.pk]
                changes.plan.append(_centre_task(journey, enrolment, unit_id, has_address=has_address))
            if not enrolment.pathway_version:
                changes.plan.append(_unplanned_task(journey, enrolment, unit_id))
            elif known.may_follow(enrolment):
                for expected in _expected(journey, enrolment, recorded):
                    contact = open_contacts.pop((enrolment.pk, expected.step.key), None)
                    kept.append(_fit(contact, expected, journey, enrolment, unit_id, changes))
            else:  # the text is not the one that was approved: what is planned stands, and nothing is planned by it
                planned = [key for key in open_contacts if key[0] == enrolment.pk]
                kept.extend(_as_they_are([open_contacts.pop(key) for key in planned], unit_id, changes))
        outside = [c for c in contacts if c.enrolment_id is None and not c.outcome]
        kept.extend(_as_they_are(outside, unit_id, changes))
        left = list(open_contacts.values())
    else:
        left = [c for c in contacts if not c.outcome]
    for contact in left:
        contact.cancelled_on = today
        contact.cancel_reason = _why_not(journey, contact.enrolment, contact.step)
        changes.cancelled.append(contact)
    _wish_for_tasks(journey, kept, known, changes)


def _expected(journey: Journey, enrolment: Enrolment, recorded: set[tuple[str, str]]) -> Iterator[Expected]:
    pathway = definitions.pathway(enrolment.pathway, enrolment.pathway_version)
    for expected in expected_steps(pathway, facts_of(journey, enrolment)):
        if (enrolment.pathway, expected.step.key) not in recorded:
            yield expected


def _fit(
    contact: Contact | None, expected: Expected, journey: Journey, enrolment: Enrolment, unit_id, changes: Changes
) -> Contact:
    """The contact for an expected step: a new one, or the stored one with its window moved and its booking kept."""
    wished = {
        "opens_on": expected.opens_on,
        "due_on": expected.due_on,
        "closes_on": expected.closes_on,
        "title": expected.step.title,
        "rule_version": enrolment.pathway_version,
        "unit_id": unit_id,
    }
    if contact is None:
        contact = Contact(journey=journey, enrolment=enrolment, step=expected.step.key, **wished)
        changes.new.append(contact)
    elif any(getattr(contact, name) != value for name, value in wished.items()):
        _move_to(contact, unit_id)
        for name, value in wished.items():
            setattr(contact, name, value)
        changes.changed.append(contact)
    return contact


def _as_they_are(contacts: Iterable[Contact], unit_id: int | None, changes: Changes) -> Iterator[Contact]:
    """Contacts whose days nobody changes; they follow the baton."""
    for contact in contacts:
        if contact.unit_id != unit_id:
            _move_to(contact, unit_id)
            changes.changed.append(contact)
        yield contact


def _leave_rooms(contacts: Iterable[Contact], unit_id: int | None, places: Iterable[Place]) -> None:
    """A room in the former unit's house is not taken along. The child's own kindergarten is, and what a group has."""
    theirs = {place.name.casefold() for place in places}
    for contact in contacts:
        if contact.unit_id != unit_id and not contact.group_id and contact.place.strip().casefold() not in theirs:
            contact.place = ""


def _move_to(contact: Contact, unit_id: int | None) -> None:
    """Another unit takes over: the appointment stands, and the unit decides who holds it."""
    if contact.unit_id != unit_id:
        contact.unit_id, contact.booked_staff_id = unit_id, None


def _why_not(journey: Journey, enrolment: Enrolment | None, step: str) -> str:
    if journey.closed_on is not None:
        return CLOSED[journey.close_reason]
    if enrolment is not None and enrolment.ended_on is not None:
        return enrolment.end_reason
    if enrolment is not None:
        pathway = definitions.pathway(enrolment.pathway, enrolment.pathway_version)
        if any(expected.step.key == step for expected in passed_over(pathway, facts_of(journey, enrolment))):
            return CLOSED_BEFORE_ARRIVAL
    return NOT_IN_PLAN


def _wish_for_tasks(journey: Journey, contacts: list[Contact], known: Known, changes: Changes) -> None:
    unit_id, missed = known.units.get(journey.pk), known.missed.get(journey.pk, [])
    changes.wanted.extend(_contact_task(journey, contact, step_of(contact)) for contact in contacts)
    expected: set[int] = set()
    if journey.closed_on is None:
        expected = {contact.pk for contact in contacts if not contact.outcome and contact.pk}
        places = known.places.get(journey.child_id, [])
        moved = list(_left_behind_tasks(journey, contacts, places, unit_id))
        there = {task.subject_key for task in moved}
        others = [contact for contact in contacts if contact.key not in there]
        changes.plan += [*moved, *_taken_along_tasks(journey, others, known.since.get(journey.pk), unit_id)]
    changes.missed.extend(_missed_tasks(journey, missed, expected, unit_id))
