"""Which tasks follow from a plan: a contact's own, after a missed appointment, and where the plan needs somebody."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop

from fotspor.kit.dates import add_working_days
from fotspor.pathways.models import Contact, Enrolment, MissedAppointment
from fotspor.pathways.queries import definitions
from fotspor.pathways.queries.batons import deadlines
from fotspor.pathways.queries.contacts import answered
from fotspor.pathways.rules.kindergartens import Place, left_behind
from fotspor.pathways.rules.plans import Step
from fotspor.people.models import Journey
from fotspor.worklist.actions import Wanted
from fotspor.worklist.rules import Urgency

IN_PLAN = gettext_noop(
    "Step %(step)s in the pathway, version %(version)s. Can be held from %(opens_on)s to %(closes_on)s."
)
OUTSIDE_PLAN = gettext_noop("Agreed outside the plan. Can be held from %(opens_on)s to %(closes_on)s.")
MISSED = gettext_noop("Did not come on %(missed_on)s to «%(contact_title)s». Number of times: %(count)s.")
MISSED_AND_MOVED = gettext_noop(
    "Did not come on %(missed_on)s to «%(contact_title)s». Number of times: %(count)s. The family moved out on "
    "%(moved_on)s: assess it still, and tell those who meet the child now if it is needed."
)
MISSED_UNDECIDED = gettext_noop(
    "Did not come on %(missed_on)s to «%(contact_title)s». Number of times: %(count)s. What follows is not approved "
    "here yet, so somebody decides, and writes what was decided."
)
UNPLANNED = gettext_noop("Follow up without a plan: the pathway is not approved")
UNPLANNED_RULE = gettext_noop(
    "«%(pathway_title)s» is not approved here, so nothing is on the plan. A leader or an administrator approves it."
)
NO_CENTRE = gettext_noop("Find the address, and choose a health centre")
NO_CENTRE_RULE = gettext_noop(
    "The child is born, and the address names no health centre. You hold the baton until one has taken over."
)
NO_CENTRE_NOW = gettext_noop("Choose a health centre again")
NO_CENTRE_NOW_RULE = gettext_noop(
    "The child is born, and no health centre is asked any more. You hold the baton until one has taken over."
)
LEFT_BEHIND = gettext_noop("Move the appointment: the child has left the kindergarten")
LEFT_BEHIND_RULE = gettext_noop(
    "«%(contact_title)s» is booked on %(appointment_on)s in %(place)s, where the child has no place that day."
)
TAKEN_ALONG = gettext_noop("The appointment was made by the former unit: keep it or move it")
TAKEN_ALONG_RULE = gettext_noop(
    "«%(contact_title)s» is booked on %(appointment_on)s by the unit that held the baton before. Its room and its "
    "colleague were not taken along: save the appointment with your own, or move it."
)
RULE_VERSION = "1"
DAYS_TO_MOVE = 3
ENDS_WITH_JOURNEY = (Journey.CloseReason.LOSS, Journey.CloseReason.DIED)


def _subject_id(journey: Journey) -> int:
    """Whose record is it? The child's, or before birth the mother's."""
    return journey.child_id or journey.pregnancy.mother_id


def _contact_task(journey: Journey, contact: Contact, step: Step | None) -> Wanted:
    """Which task does this contact make? A recorded one closes it."""
    facts = {"opens_on": contact.opens_on.isoformat(), "closes_on": contact.closes_on.isoformat()}
    if step is not None:
        facts |= {"step": step.key, "version": contact.rule_version}
    return Wanted(
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
    journey: Journey, missed: Collection[MissedAppointment], expected: Collection[int], unit_id: int | None
) -> Iterator[Wanted]:
    """What somebody must do because nobody came. An assessment of concern outlives the contact, and a move away."""
    if not missed or journey.close_reason in ENDS_WITH_JOURNEY:
        return
    counted: dict[int, int] = defaultdict(int)
    rows = list(missed)
    ladder = definitions.missed() if rows else None
    for row in rows:
        counted[row.contact_id] += 1
        count = counted[row.contact_id]
        rung = ladder.rung(count)
        answered_on = answered(row, rung)
        if answered_on is None and not (row.contact_id in expected or rung.outlives_contact):
            continue
        due_on = add_working_days(row.missed_on, rung.working_days)
        facts = {"missed_on": row.missed_on.isoformat(), "contact_title": row.contact.title, "count": count}
        has_moved = journey.close_reason == Journey.CloseReason.MOVED
        if has_moved:
            facts["moved_on"] = journey.closed_on.isoformat()
        yield Wanted(
            ref=f"absence:{row.contact.key}:{count}",
            title=rung.title,
            rule=MISSED_AND_MOVED if has_moved else MISSED if ladder.is_approved else MISSED_UNDECIDED,
            rule_version=ladder.byline.version,
            facts=facts,
            opens_on=row.missed_on,
            due_on=due_on,
            closes_on=due_on,
            urgency=Urgency.WINDOW,
            risk=count,
            unit_id=unit_id,
            person_id=_subject_id(journey),
            journey_id=journey.pk,
            subject_key=row.contact.key,
            done_on=answered_on,
        )


def _asked(
    journey: Journey, ref: str, *, title: str, rule: str, on: date, working_days: int, unit_id: int | None, **more: Any
) -> Wanted:
    """A task about a whole journey, of a day, to be answered within so many working days of it."""
    due_on = add_working_days(on, working_days)
    about = {"person_id": _subject_id(journey), "journey_id": journey.pk, "subject_key": journey.key, "facts": {}}
    window = {"opens_on": on, "due_on": due_on, "closes_on": due_on}
    return Wanted(
        ref=ref, title=title, rule=rule, rule_version=RULE_VERSION, unit_id=unit_id, **(window | about | more)
    )  # fmt: skip


def _unplanned_task(journey: Journey, enrolment: Enrolment, unit_id: int | None) -> Wanted:
    """The journey waits for a pathway that nobody has approved: whoever holds it must know that no list will tell."""
    facts = {"pathway_title": definitions.pathway(enrolment.pathway).title}
    return _asked(
        journey, f"plan:{enrolment.pathway}:{journey.key}", title=UNPLANNED, rule=UNPLANNED_RULE, facts=facts,
        on=enrolment.enrolled_on, working_days=1, unit_id=unit_id, urgency=Urgency.NEWBORN, risk=2,
    )  # fmt: skip


def _centre_task(journey: Journey, enrolment: Enrolment, unit_id: int | None, *, has_address: bool) -> Wanted:
    """A child is born and no health centre is asked: the midwives who hold the baton find one.

    Shape   `has_address` says that the address names one, so that nobody looks for what is known.
    """
    title, rule = (NO_CENTRE_NOW, NO_CENTRE_NOW_RULE) if has_address else (NO_CENTRE, NO_CENTRE_RULE)
    return _asked(
        journey, f"centre:{journey.key}", title=title, rule=rule, on=enrolment.enrolled_on,
        working_days=deadlines().newborn_working_days, unit_id=unit_id, urgency=Urgency.NEWBORN, risk=2,
    )  # fmt: skip


def _left_behind_tasks(
    journey: Journey, contacts: Iterable[Contact], places: Collection[Place], unit_id: int | None
) -> Iterator[Wanted]:
    """Which appointments stand in a kindergarten on a day when the child has no place there?"""
    for contact in contacts:
        there = None if contact.outcome else left_behind(contact.booked_on, contact.place, places)
        if there is not None:
            on = max(there.written_on, timezone.localdate(contact.booked_at))
            said = {"title": LEFT_BEHIND, "rule": LEFT_BEHIND_RULE, "place": there.name}
            yield _move_task(journey, contact, unit_id, on=on, **said)


def _taken_along_tasks(
    journey: Journey, contacts: Iterable[Contact], since_at: datetime | None, unit_id: int | None
) -> Iterator[Wanted]:
    """Which appointments did a unit make that no longer holds the baton? A group's stands with the unit that runs it.

    Shape   `since_at` is when the holder got the baton. Saving the appointment once more keeps it.
    """
    for contact in contacts:
        if since_at is None or contact.outcome or contact.group_id or contact.booked_on is None:
            continue
        on = timezone.localdate(since_at)
        if contact.booked_at is not None and contact.booked_at < since_at and contact.booked_on >= on:
            yield _move_task(journey, contact, unit_id, on=on, title=TAKEN_ALONG, rule=TAKEN_ALONG_RULE)


def _move_task(
    journey: Journey, contact: Contact, unit_id: int | None, *, on: date, title: str, rule: str, **facts: str
) -> Wanted:
    """Look at an appointment, within some days of `on` and before it is held."""
    due_on = max(on, min(add_working_days(on, DAYS_TO_MOVE), contact.booked_on))
    return Wanted(
        ref=f"place:{contact.key}",
        title=title,
        rule=rule,
        rule_version=RULE_VERSION,
        facts={"contact_title": contact.title, "appointment_on": contact.booked_on.isoformat(), **facts},
        opens_on=on,
        due_on=due_on,
        closes_on=due_on,
        urgency=Urgency.WINDOW,
        risk=2,
        unit_id=unit_id,
        person_id=_subject_id(journey),
        journey_id=journey.pk,
        subject_key=contact.key,
    )
