"""Open a journey, and let it follow the pathways that its state asks for."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from fotspor.access.rules import Viewer
from fotspor.pathways.actions import handovers
from fotspor.pathways.actions.concerns import _note_ended
from fotspor.pathways.actions.planning import CLOSED, PathwayNotApproved, plan_journey
from fotspor.pathways.models import Enrolment
from fotspor.pathways.queries import approvals, definitions
from fotspor.people import actions as people
from fotspor.people.models import Journey, Person

BORN = gettext_noop("The child is born.")


@transaction.atomic
def open_journey(
    *,
    mother: Person | None = None,
    new_mother: Mapping[str, Any] | None = None,
    due_on: date,
    due_source: str,
    is_first: bool | None = None,
    other_parent: Person | None = None,
    confirmed: bool = False,
    by: Viewer,
    at: datetime,
) -> Journey:
    """Register a pregnancy: from now on the midwife's unit holds the baton, and the antenatal contacts are expected.

    Shape   `new_mother` holds what `people.actions.register_person` takes, when she is not registered yet; the rest is
            what `people.actions.register_pregnancy` takes.
    Errors  PathwayNotApproved; those of `register_person`, `register_pregnancy` and `open_baton`. Nothing is stored
            then.
    """
    if not approvals.version_to_follow(definitions.PREGNANCY):
        raise PathwayNotApproved(approvals.titles([definitions.PREGNANCY]))
    if mother is None:
        mother = people.register_person(**(new_mother or {}), by=by, at=at)
    journey = people.register_pregnancy(
        mother=mother,
        due_on=due_on,
        due_source=due_source,
        is_first=is_first,
        other_parent=other_parent,
        confirmed=confirmed,
        by=by,
        at=at,
    )
    handovers.open_baton(
        journey=journey, unit_id=by.unit_id, staff_id=by.staff_id, confirmed=by.unit_id is not None, by=by, at=at
    )
    follow(journey=journey, by=by, at=at)
    return journey


@transaction.atomic
def follow(*, journey: Journey, by: Viewer, at: datetime) -> None:
    """Let the journey follow the pathways that its state asks for, and plan it. Safe to repeat.

    A pathway that is not approved leaves the journey with its baton and a task for whoever holds it, and is followed
    as soon as it is approved.
    """
    journey = Journey.objects.select_related("pregnancy", "child").get(pk=journey.pk)
    on = timezone.localdate(at)
    if journey.closed_on is not None:
        _end_enrolments(journey=journey, slugs=definitions.SLUGS, reason=CLOSED[journey.close_reason], on=on)
        _note_ended(journey=journey, by=by, at=at)
        plan_journey(journey=journey, by=by, at=at)
        handovers.close_baton(journey=journey, by=by, at=at)
        return
    if journey.child_id and journey.child.born_on:
        _end_enrolments(journey=journey, slugs=[definitions.PREGNANCY], reason=BORN, on=on)
        for slug in definitions.OF_CHILDREN:
            _enrol(
                journey=journey,
                slug=slug,
                anchor_on=journey.child.born_on,
                arrived_on=_arrived_on(journey, slug, on),
                on=on,
            )
    elif journey.pregnancy_id:
        _enrol(
            journey=journey,
            slug=definitions.PREGNANCY,
            anchor_on=journey.pregnancy.due_on,
            arrived_on=_arrived_on(journey, definitions.PREGNANCY, on),
            on=on,
        )
    plan_journey(journey=journey, by=by, at=at)


def _arrived_on(journey: Journey, slug: str, on: date) -> date | None:
    """Came they on the way? Back again: today. Registered without a pregnancy here: when the journey was opened."""
    if Enrolment.objects.filter(journey=journey, pathway=slug, ended_on__isnull=False).exists():
        return on
    return journey.opened_on if journey.pregnancy_id is None else None


def _enrol(*, journey: Journey, slug: str, anchor_on: date, arrived_on: date | None, on: date) -> Enrolment:
    """Let a journey follow the newest version of a pathway that may be followed, or wait for one.

    Once: an open enrolment with a version is returned as it is.
    """
    found = Enrolment.objects.filter(journey=journey, pathway=slug, ended_on=None).first()
    if found is not None:
        if not found.pathway_version:
            found.pathway_version = approvals.version_to_follow(slug)
            found.save(update_fields=["pathway_version"])
        return found
    return Enrolment.objects.create(
        journey=journey,
        pathway=slug,
        pathway_version=approvals.version_to_follow(slug),
        anchor_on=anchor_on,
        arrived_on=arrived_on,
        enrolled_on=on,
    )


def _end_enrolments(*, journey: Journey, slugs: Iterable[str], reason: str, on: date) -> None:
    """Stop following these pathways, and say why (a message id)."""
    Enrolment.objects.filter(journey=journey, pathway__in=list(slugs), ended_on=None).update(
        ended_on=on, end_reason=reason
    )
