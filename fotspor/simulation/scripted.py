"""What scripted families do beside what everybody does: one step at a time, each on its day, by the real actions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db import transaction

from fotspor.access.rules import Viewer
from fotspor.kit.encryption import blind_index
from fotspor.pathways import actions as pathways
from fotspor.pathways.models import Handover
from fotspor.people import actions as people
from fotspor.people.actions import NewGuardian
from fotspor.people.models import Guardianship, Journey
from fotspor.people.queries import find_by_number
from fotspor.services import actions as services
from fotspor.services.models import Staff, Unit
from fotspor.services.rules import Newcomer
from fotspor.simulation.clinic import Clinic
from fotspor.simulation.demo import demo
from fotspor.simulation.families import Family

Act = Callable[[Clinic, Family, Journey], None]


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happens so many days after (before, if negative) the build. Done once, however often it is run."""

    day: int
    act: Act


@transaction.atomic
def live(clinic: Clinic, family: Family) -> None:
    """Bring one family's history up to the day, scripted steps and all."""
    for step in STEPS.get(family.story.name, ()) if family.story is not None else ():
        on = family.day(step.day)
        if on > clinic.until:
            break
        then = clinic.up_to(on)
        then.live(family)
        for journey in then.journeys(family)[:1]:
            step.act(then, family, journey)
    clinic.live(family)


# --- an adoption -------------------------------------------------------------------------------------------


def _adopt(clinic: Clinic, family: Family, journey: Journey) -> None:
    if journey.is_sealed or journey.child is None or not family.is_adopted(clinic.until):
        return
    by, at, joint = clinic.nurse(family), clinic.at(clinic.until, 10), Guardianship.Custody.JOINT
    kinds = (Guardianship.Kind.MOTHER, Guardianship.Kind.FATHER)
    guardians = [
        NewGuardian(people.register_person(**clinic.who(made, family), by=by, at=at), kind, joint)
        for made, kind in zip(family.adopters, kinds, strict=True)
    ]
    reason = "Øvingsdata: adopsjonen er gjennomført."
    people.adopt(child=journey.child, guardians=guardians, on=clinic.until, reason=reason, by=by, at=at)
    child = journey.child
    child.refresh_from_db()
    name = family.adopters[0].family_name
    people.change_person(person=child, version=child.version, family_name=name, by=by, at=at)


# --- handovers that take another turn ----------------------------------------------------------------------


def _unit_next_door(clinic: Clinic, family: Family, kind: str) -> Unit:
    """The unit of that kind in the district after the family's own."""
    codes = [place.code for place in demo().districts if (place.code, kind) in clinic.town.units]
    return clinic.town.unit(codes[(codes.index(family.district) + 1) % len(codes)], kind)


def _send(clinic: Clinic, journey: Journey, to: Unit, reason: str, summary: str, by: Viewer) -> None:
    if not Handover.objects.filter(journey=journey, to_unit=to).exists():
        at = clinic.at(clinic.until, 9)
        pathways.hand_over(journey=journey, to_unit_id=to.pk, reason=reason, summary=summary, by=by, at=at)


def _open(journey: Journey) -> Handover | None:
    answered = {"accepted_at": None, "declined_at": None, "withdrawn_at": None, "superseded_at": None}
    return Handover.objects.filter(journey=journey, **answered).select_related("to_unit").first()


def _send_next_door(clinic: Clinic, family: Family, journey: Journey) -> None:
    to = _unit_next_door(clinic, family, Unit.Kind.MIDWIFERY)
    summary = "Ønsker samme jordmor til fødselen."
    _send(clinic, journey, to, "Skal flytte før fødselen", summary, clinic.midwife(family))


def _decline(clinic: Clinic, _family: Family, journey: Journey) -> None:
    if (handover := _open(journey)) is not None:
        by = clinic.town.crew(handover.to_unit, "midwife")[0]
        reason = "Familien har ikke fått ny adresse ennå. Send den igjen når flyttingen er klar."
        pathways.decline_handover(handover=handover, reason=reason, by=by, at=clinic.at(clinic.until, 14))


def _keep(clinic: Clinic, family: Family, journey: Journey) -> None:
    declined = Handover.objects.filter(journey=journey, declined_at__isnull=False, seen_at=None).first()
    if declined is not None:
        pathways.keep_baton(handover=declined, by=clinic.midwife(family), at=clinic.at(clinic.until, 9))


def _send_to_health_centre(clinic: Clinic, family: Family, journey: Journey) -> None:
    to = clinic.town.unit(family.district, Unit.Kind.HEALTH_STATION)
    summary = "Vil gjerne møte helsesykepleieren før barnet kommer."
    _send(clinic, journey, to, "Ber om plan før fødsel", summary, clinic.midwife(family))


def _withdraw(clinic: Clinic, family: Family, journey: Journey) -> None:
    if (handover := _open(journey)) is not None and journey.child_id is None:
        pathways.withdraw_handover(handover=handover, by=clinic.midwife(family), at=clinic.at(clinic.until, 14))


def _ask_leader(clinic: Clinic, family: Family, journey: Journey) -> None:
    handover = _open(journey)
    if handover is not None and handover.sent_to_leader_at is None:
        reason = "Barnet bor hos oss, men ingen av oss har ledig tid til hjemmebesøket denne uken."
        at = clinic.at(clinic.until, 14)
        pathways.send_to_leader(handover=handover, reason=reason, by=clinic.nurse(family), at=at)


def _send_to_other_school(clinic: Clinic, family: Family, journey: Journey) -> None:
    """The family has said which school, and says another one a few days later: see `batons.pass_on_to_school`."""
    to = _unit_next_door(clinic, family, Unit.Kind.SCHOOL_HEALTH)
    summary = "Følger programmet. Trives i barnehagen."
    _send(clinic, journey, to, "Begynner på skole i et annet område", summary, clinic.nurse(family))


# --- an employee's own child -------------------------------------------------------------------------------


def _know_employee(clinic: Clinic, family: Family, _journey: Journey) -> None:
    """The administrator writes who the nurse is in the population register, so that no family record opens for her."""
    mother = family.mother
    staff = Staff.objects.get(given_name=mother.given_name, family_name=mother.family_name)
    if staff.identity_index == blind_index(mother.number) or find_by_number(mother.number) is None:
        return
    who = Newcomer(
        email=staff.email,
        given_name=staff.given_name,
        family_name=staff.family_name,
        title=staff.title,
        identity_number=mother.number,
    )
    by = clinic.town.by_role("administrator")[0]
    services.change_staff(staff=staff, version=staff.version, who=who, by=by, at=clinic.at(clinic.until, 8, 15))


STEPS: Mapping[str, tuple[Step, ...]] = {
    "adopted": (Step(-78, _adopt),),
    "handover_declined": (Step(-6, _send_next_door), Step(0, _decline), Step(3, _keep)),
    "handover_withdrawn": (Step(-12, _send_to_health_centre), Step(-7, _withdraw)),
    "handover_to_leader": (Step(0, _ask_leader),),
    "handover_superseded": (Step(-13, _send_to_other_school),),
    "own_child": (Step(-200, _know_employee),),
}
