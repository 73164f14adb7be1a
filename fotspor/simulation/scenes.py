"""The day itself: appointments, an alarm, a result and waiting batons for the people one plays in the demo."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import transaction

from fotspor.access.rules import Viewer
from fotspor.instruments import actions as instruments
from fotspor.instruments.models import Response
from fotspor.kit.dates import add_working_days
from fotspor.pathways import actions as pathways
from fotspor.pathways.models import Contact
from fotspor.services import actions as services
from fotspor.services.models import Absence, Staff, Unit
from fotspor.simulation.chance import Fate, Turn
from fotspor.simulation.clinic import Clinic
from fotspor.simulation.demo import demo
from fotspor.simulation.families import Family
from fotspor.simulation.municipality import moment

APPOINTMENTS = ((9, 0), (12, 30), (14, 0))
GROUP_AT, GROUP_TITLE, GROUP_STEP = (10, 15), "Barselgruppe 4 uker", "H-02"
ALARM_STEP = "H-03"
RESULT_STEP = "H-06"


def set_the_day(clinic: Clinic, cast: Iterable[Family]) -> None:
    """Give the first nurse of the first district something to do today. Safe to repeat the same day."""
    district = demo().districts[0].code
    station = clinic.town.unit(district, Unit.Kind.HEALTH_STATION)
    nurse = clinic.town.crew(station, "nurse")[0]
    if Contact.objects.filter(booked_staff_id=nurse.staff_id, booked_on=clinic.until, outcome="").count() > 2:
        return
    here = [family for family in cast if family.district == district]
    with transaction.atomic():
        _result(clinic, here, station.pk, nurse)
        waiting = _waiting(clinic, here, station.pk)
        _alarm(clinic, waiting, nurse)
        _appointments(clinic, waiting)
        _group(clinic, waiting, nurse)
        _plan_before_birth(clinic, here)
        _absence(clinic)


def _waiting(clinic: Clinic, here: Sequence[Family], unit_id: int) -> list[tuple[Family, Contact]]:
    """Contacts of the unit that can be held today and are not booked, the scripted families first."""
    found = []
    for family in sorted(here, key=lambda f: (f.story is None or bool(f.story.slip), f.index)):
        if family.story is not None and family.story.slip:
            continue
        for journey in clinic.journeys(family):
            contacts = Contact.objects.filter(
                journey=journey,
                unit_id=unit_id,
                opens_on__lte=clinic.until,
                closes_on__gte=clinic.until,
                booked_on=None,
            )
            found += [(family, contact) for contact in contacts.expected().order_by("due_on")]
    return found


def _alarm(clinic: Clinic, waiting: list[tuple[Family, Contact]], nurse: Viewer) -> None:
    """One mother has answered this morning, and the last question is not nought. The form is not signed yet."""
    for family, contact in waiting:
        if contact.step == ALARM_STEP and not Response.objects.filter(contact=contact).exists():
            clinic.book(contact, family, clinic.until, (12, 30))
            clinic.forms.enter(contact, family, nurse, clinic.until, total=14, alarm=True)
            waiting.remove((family, contact))
            return


def _result(clinic: Clinic, here: Sequence[Family], unit_id: int, nurse: Viewer) -> None:
    """A consultation some days ago, with a sum that asks for one more conversation within a week."""
    for family in here:
        if not family.is_about("result"):
            continue
        rows = Contact.objects.filter(
            journey__in=clinic.journeys(family), unit_id=unit_id, step=RESULT_STEP, outcome=""
        )
        for contact in rows.select_related("journey__child"):
            on = max(contact.opens_on, clinic.until - timedelta(days=3))
            if on <= clinic.until:
                response = clinic.forms.screen(contact, family, nurse, on, total=13)
                clinic.record(contact, nurse, Fate(Turn.HELD, on))
                for duty in response.duties.filter(
                    step="letter"
                ):  # she has been asked; the conversation is still to be
                    at = clinic.at(on, 9, 30)
                    instruments.record_outcome(duty=duty, outcome="asked_no", by=nurse, at=at)


def _appointments(clinic: Clinic, waiting: list[tuple[Family, Contact]]) -> None:
    times = [time for time in APPOINTMENTS if time != (12, 30)]
    chosen = [pair for pair in waiting if pair[1].step not in (GROUP_STEP, ALARM_STEP, "SK-1")]
    chosen.sort(key=lambda pair: not pair[0].is_about("today"))
    for (family, contact), time in zip(chosen, times, strict=False):
        clinic.book(contact, family, clinic.until, time)
        waiting.remove((family, contact))
    for number, (family, contact) in enumerate(chosen[len(times) :], start=1):
        clinic.book(contact, family, min(contact.closes_on, add_working_days(clinic.until, 2 + number)))
        waiting.remove((family, contact))


def _group(clinic: Clinic, waiting: list[tuple[Family, Contact]], nurse: Viewer) -> None:
    invited = [contact for _family, contact in waiting if contact.step == GROUP_STEP]
    if invited:
        pathways.plan_group(
            title=GROUP_TITLE,
            held_on=clinic.until,
            starts_at=moment(clinic.until, *GROUP_AT).time(),
            place="Sal 2",
            leader_id=nurse.staff_id,
            contacts=invited,
            confirmed=True,
            by=nurse,
            at=clinic.at(clinic.until, 7, 30),
        )


def _plan_before_birth(clinic: Clinic, here: Sequence[Family]) -> None:
    """The midwife asks the health centre to take over before the birth."""
    for family in here:
        for journey in clinic.journeys(family) if family.is_about("before_birth") else []:
            if journey.child_id is None and journey.closed_on is None and not journey.handovers.exists():
                station = clinic.town.unit(family.district, Unit.Kind.HEALTH_STATION)
                pathways.hand_over(
                    journey=journey,
                    to_unit_id=station.pk,
                    reason="Ber om plan før fødsel",
                    summary="Ønsker å møte helsesykepleieren før barnet kommer.",
                    by=clinic.midwife(family),
                    at=clinic.at(clinic.until, 7, 45),
                )


def _absence(clinic: Clinic) -> None:
    """In another health centre one nurse is away this week, and a colleague answers for her."""
    unit_id, crew = [(unit_id, crew) for (unit_id, role), crew in clinic.town.crews.items() if role == "nurse"][-2]
    away, substitute = crew[-1].staff_id, crew[0].staff_id
    if away == substitute or Absence.objects.filter(staff_id=away, until_on__gt=clinic.until).exists():
        return
    services.record_absence(
        staff=Staff.objects.get(pk=away),
        substitute=Staff.objects.get(pk=substitute),
        from_on=clinic.until,
        until_on=clinic.until + timedelta(days=4),
        by=clinic.town.crews[(unit_id, "unit_leader")][0],
        at=clinic.at(clinic.until, 7, 30),
    )
