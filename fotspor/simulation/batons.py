"""How a child's baton passes in the made-up municipality: taken over, sent by the practice, passed on to the school."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from fotspor.kit.dates import add_months, add_working_days
from fotspor.pathways import actions as pathways
from fotspor.pathways.models import Baton, Handover
from fotspor.people.models import Journey
from fotspor.services.models import Unit
from fotspor.simulation.families import Family

if TYPE_CHECKING:
    from fotspor.simulation.clinic import Clinic

SCHOOL_HANDOVER_MONTHS = 70
MET_UNANSWERED = ("newborn", "handover_to_leader")  # nobody answers before somebody has seen them in the demo
ANSWERED_DAYS = 2  # after the build


def take_over(clinic: Clinic, journey: Journey, family: Family) -> bool:
    """Somebody answers for the baton. False while nobody does."""
    nurse = clinic.nurse(family)
    waiting = Handover.objects.filter(
        journey=journey, accepted_at=None, declined_at=None, withdrawn_at=None, superseded_at=None
    ).first()
    if waiting is not None and waiting.to_unit_id == nurse.unit_id:
        due = _not_before(add_working_days(waiting.sent_at.date() + timedelta(days=1), 0), family)
        if family.lets_slip("handover") or due > clinic.until:
            return False
        pathways.accept_handover(handover=waiting, by=nurse, at=clinic.at(due, 8, 40))
    baton = Baton.objects.filter(journey=journey, until_at=None).first()
    if baton is None or baton.unit_id is None:
        return False
    if baton.confirmed_at is None:
        due = add_working_days(baton.since_at.date() + timedelta(days=1), 0)
        is_new = family.is_about("moved_in") and (clinic.today - due).days < 3
        if family.lets_slip("unconfirmed") or is_new or due > clinic.until:
            return False
        pathways.confirm_baton(journey=journey, by=nurse, at=clinic.at(due, 8, 40))
    return True


def _not_before(due: date, family: Family) -> date:
    if family.story is None or family.story.name not in MET_UNANSWERED:
        return due
    return max(due, add_working_days(family.day(ANSWERED_DAYS), 1))


def send_to_practice(clinic: Clinic, journey: Journey, family: Family) -> None:
    """The child is sent to the doctor, while the health centre holds the baton."""
    on = family.born_on + timedelta(days=230)
    if journey.stops.exists() or on > clinic.until:
        return
    pathways.add_stop(
        journey=journey,
        unit_id=clinic.town.outsiders[Unit.Kind.GENERAL_PRACTICE][0].pk,
        reason="Undersøkes hos fastlegen",
        from_on=on,
        due_on=on + timedelta(days=28),
        by=clinic.nurse(family),
        at=clinic.at(on),
    )


def pass_on_to_school(clinic: Clinic, journey: Journey, family: Family) -> None:
    """Before school the baton goes to the school health service, which answers the next day."""
    on = add_working_days(max(add_months(family.born_on, SCHOOL_HANDOVER_MONTHS), family.known_on), 2)
    school = clinic.town.unit(family.district, Unit.Kind.SCHOOL_HEALTH)
    baton = Baton.objects.filter(journey=journey, until_at=None).get()
    if (
        on > clinic.until
        or baton.unit_id == school.pk
        or Handover.objects.filter(journey=journey, to_unit=school).exists()
    ):
        return
    handover = pathways.hand_over(
        journey=journey,
        to_unit_id=school.pk,
        reason="Begynner på skolen til høsten",
        summary="Følger programmet. Trives i barnehagen.",
        by=clinic.nurse(family),
        at=clinic.at(on, 13),
    )
    answered_on = add_working_days(on + timedelta(days=1), 0)
    if answered_on <= clinic.until and not family.is_about("to_school"):
        nurse = clinic.town.crew(school, "nurse")[0]
        pathways.accept_handover(handover=handover, by=nurse, at=clinic.at(answered_on, 10))
