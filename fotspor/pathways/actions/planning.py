"""Make the stored plan follow from the facts: contacts and their tasks. Nothing is deleted, nothing is lost."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from fotspor.access import actions as access
from fotspor.access.rules import SYSTEM, Viewer
from fotspor.kit.dates import add_working_days
from fotspor.pathways.models import Baton, Contact, Enrolment, MissedAppointment
from fotspor.pathways.queries import definitions
from fotspor.pathways.queries.contacts import facts_of, step_of
from fotspor.pathways.rules.plans import Expected, Step, expected_steps, passed_over
from fotspor.people.models import Journey
from fotspor.worklist import actions as worklist
from fotspor.worklist import queries as tasks
from fotspor.worklist.models import Task
from fotspor.worklist.rules import Urgency

CHUNK = 500
IN_PLAN = gettext_noop(
    "Step %(step)s in the pathway, version %(version)s. Can be held from %(opens_on)s to %(closes_on)s."
)
OUTSIDE_PLAN = gettext_noop("Agreed outside the plan. Can be held from %(opens_on)s to %(closes_on)s.")
MISSED = gettext_noop("Did not come on %(missed_on)s to «%(contact_title)s». Number of times: %(count)s.")
NOT_EXPECTED = gettext_noop("The contact is no longer expected.")
CLOSED_BEFORE_ARRIVAL = gettext_noop("The window had closed before the family came to the municipality.")
NOT_IN_PLAN = gettext_noop("The plan no longer has this step.")
ANSWERED = gettext_noop("The missed appointment has been answered.")
CLOSED = {
    Journey.CloseReason.LOSS: gettext_noop("The pregnancy has ended."),
    Journey.CloseReason.DIED: gettext_noop("The person has died."),
    Journey.CloseReason.MOVED: gettext_noop("Moved out of the municipality."),
    Journey.CloseReason.SCHOOL: gettext_noop("The school health service has taken over."),
    Journey.CloseReason.MERGED: gettext_noop("The record was joined with another."),
    Journey.CloseReason.MISTAKE: gettext_noop("The journey was opened by mistake."),
}
WINDOW = ("opens_on", "due_on", "closes_on")


@dataclass(slots=True)
class Known:
    """What is stored about the journeys in hand."""

    enrolments: dict[int, list[Enrolment]]
    contacts: dict[int, list[Contact]]
    units: dict[int, int | None]
    missed: dict[int, list[MissedAppointment]]


@dataclass(slots=True)
class Changes:
    """What must be written so that the plan follows from the facts."""

    new: list[Contact] = field(default_factory=list)
    changed: list[Contact] = field(default_factory=list)
    cancelled: list[Contact] = field(default_factory=list)
    wanted: list[worklist.Wanted] = field(default_factory=list)
    missed: list[worklist.Wanted] = field(default_factory=list)

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
            changes.changed, [*WINDOW, "title", "rule_version", "unit", "booked_staff", "version"], batch_size=CHUNK
        )
    if changes.cancelled:
        Contact.objects.bulk_update(changes.cancelled, ["cancelled_on", "cancel_reason", "version"], batch_size=CHUNK)
    ids = [journey.pk for journey in journeys]
    for source, scope, wanted, reason in (
        (Task.Source.CONTACT, "contact:", changes.wanted, NOT_EXPECTED),
        (Task.Source.ABSENCE, "absence:", changes.missed, ANSWERED),
    ):
        worklist.reconcile(source=source, scope=scope, wanted=wanted, by=by, at=at, end_reason=reason, journey_ids=ids)
    _tell(journeys, changes, by, at)
    return changes


def _tell(journeys: Iterable[Journey], changes: Changes, by: Viewer, at: datetime) -> None:
    for journey in journeys:
        if journey.pk in changes.journeys:
            access.log(
                type="pathways.plan.changed",
                by=by,
                at=at,
                person=journey.subject.key,
                object=f"people.journey:{journey.key}",
                added=[contact.step for contact in changes.new if contact.journey_id == journey.pk],
                moved=[contact.step for contact in changes.changed if contact.journey_id == journey.pk],
                cancelled=[contact.step for contact in changes.cancelled if contact.journey_id == journey.pk],
            )


def rebuild(*, check: bool, by: Viewer = SYSTEM, at: datetime) -> Iterator[str]:
    """Plan every journey again, or with `check` only say what differs. Yields one line per difference.

    Shape   chunks of journeys, each in its own transaction; may be run in the middle of the day and be broken off.
    """
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
            lines = _differences(journeys, at)
            if lines and not check:
                _store(journeys, by, at)
        yield from lines


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
    ]


# --- from facts to a plan --------------------------------------------------------------------------------


def _known(journeys: Sequence[Journey]) -> Known:
    ids = [journey.pk for journey in journeys]
    known = Known(defaultdict(list), defaultdict(list), {}, defaultdict(list))
    for enrolment in Enrolment.objects.filter(journey_id__in=ids).order_by("pk"):
        known.enrolments[enrolment.journey_id].append(enrolment)
    contacts = Contact.objects.filter(journey_id__in=ids, cancelled_on=None).order_by("pk")
    for contact in contacts.select_related("enrolment").defer("note", "outcome_reason", "late_reason"):
        known.contacts[contact.journey_id].append(contact)
    known.units = dict(Baton.objects.filter(journey_id__in=ids, until_at=None).values_list("journey_id", "unit_id"))
    rows = MissedAppointment.objects.filter(contact__journey_id__in=ids).select_related("contact").order_by("pk")
    for row in rows.defer("reason", "answer", "contact__note", "contact__outcome_reason", "contact__late_reason"):
        known.missed[row.contact.journey_id].append(row)
    return known


def _changes(journeys: Sequence[Journey], at: datetime) -> Changes:
    known, changes = _known(journeys), Changes()
    for journey in journeys:
        _plan_one(journey, known, changes, timezone.localdate(at))
    return changes


def _plan_one(journey: Journey, known: Known, changes: Changes, today: date) -> None:
    contacts = known.contacts[journey.pk]
    unit_id = known.units.get(journey.pk)
    recorded = {(c.enrolment.pathway, c.step) for c in contacts if c.outcome and c.enrolment_id}
    kept = [c for c in contacts if c.outcome]
    open_contacts = {(c.enrolment_id, c.step): c for c in contacts if not c.outcome and c.enrolment_id}
    if journey.closed_on is None:
        for enrolment in known.enrolments[journey.pk]:
            if enrolment.ended_on is None:
                for expected in _expected(journey, enrolment, recorded):
                    contact = open_contacts.pop((enrolment.pk, expected.step.key), None)
                    kept.append(_fit(contact, expected, journey, enrolment, unit_id, changes))
        kept.extend(_outside_plan(contacts, unit_id, changes))
        left = list(open_contacts.values())
    else:
        left = [c for c in contacts if not c.outcome]
    for contact in left:
        contact.cancelled_on = today
        contact.cancel_reason = _why_not(journey, contact.enrolment, contact.step)
        changes.cancelled.append(contact)
    _wish_for_tasks(journey, kept, known.missed[journey.pk], unit_id, changes)


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


def _outside_plan(contacts: Iterable[Contact], unit_id: int | None, changes: Changes) -> Iterator[Contact]:
    for contact in contacts:
        if contact.enrolment_id is None and not contact.outcome:
            if contact.unit_id != unit_id:
                _move_to(contact, unit_id)
                changes.changed.append(contact)
            yield contact


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


# --- from a plan to tasks --------------------------------------------------------------------------------


def _wish_for_tasks(
    journey: Journey, contacts: list[Contact], missed: list[MissedAppointment], unit_id, changes: Changes
) -> None:
    changes.wanted.extend(_contact_task(journey, contact, step_of(contact)) for contact in contacts)
    if journey.closed_on is None:
        expected = {contact.pk for contact in contacts if not contact.outcome and contact.pk}
        changes.missed.extend(_missed_tasks(journey, missed, expected, unit_id))


def _subject_id(journey: Journey) -> int:
    """Whose record is it? The child's, or before birth the mother's."""
    return journey.child_id or journey.pregnancy.mother_id


def _contact_task(journey: Journey, contact: Contact, step: Step | None) -> worklist.Wanted:
    """Which task does this contact make? A recorded one closes it."""
    facts = {"opens_on": contact.opens_on.isoformat(), "closes_on": contact.closes_on.isoformat()}
    if step is not None:
        facts |= {"step": step.key, "version": contact.rule_version}
    return worklist.Wanted(
        ref=f"contact:{contact.key}",
        title=contact.title,
        rule=IN_PLAN if step is not None else OUTSIDE_PLAN,
        rule_version=contact.rule_version,
        facts=facts,
        opens_on=contact.opens_on,
        due_on=contact.due_on,
        closes_on=contact.closes_on,
        urgency=Urgency.NEWBORN if step is not None and step.is_newborn else Urgency.WINDOW,
        risk=step.risk if step is not None else 1,
        unit_id=contact.unit_id,
        staff_id=contact.booked_staff_id,
        person_id=_subject_id(journey),
        journey_id=journey.pk,
        subject_key=contact.key,
        booked_on=contact.booked_on,
        booked_time=contact.booked_time,
        done_on=contact.outcome_on,
        done_by_id=contact.recorded_by_id,
    )


def _missed_tasks(
    journey: Journey, missed: list[MissedAppointment], expected: set[int], unit_id: int | None
) -> Iterator[worklist.Wanted]:
    counted: dict[int, int] = defaultdict(int)
    ladder = definitions.missed()
    for row in missed:
        counted[row.contact_id] += 1
        count = counted[row.contact_id]
        rung = ladder.rung(count)
        if row.answered_on is None and not (row.contact_id in expected or rung.outlives_contact):
            continue
        due_on = add_working_days(row.missed_on, rung.working_days)
        yield worklist.Wanted(
            ref=f"absence:{row.contact.key}:{count}",
            title=rung.title,
            rule=MISSED,
            rule_version=ladder.byline.version,
            facts={"missed_on": row.missed_on.isoformat(), "contact_title": row.contact.title, "count": count},
            opens_on=row.missed_on,
            due_on=due_on,
            closes_on=due_on,
            urgency=Urgency.WINDOW,
            risk=count,
            unit_id=unit_id,
            person_id=_subject_id(journey),
            journey_id=journey.pk,
            subject_key=row.contact.key,
            done_on=row.answered_on,
        )
