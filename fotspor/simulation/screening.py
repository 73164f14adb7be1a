"""Forms in the consultations: filled in, signed, talked over, and answered afterwards as the routine asks."""

from collections.abc import Callable
from datetime import date, datetime

from fotspor.access.rules import Viewer
from fotspor.instruments import actions as instruments
from fotspor.instruments.models import Duty, Response
from fotspor.instruments.queries import Answerer
from fotspor.kit.dates import add_working_days
from fotspor.pathways.models import Contact
from fotspor.people.queries import find_by_number
from fotspor.simulation.chance import epds
from fotspor.simulation.demo import demo
from fotspor.simulation.families import Family

NOTE = "Øvingsdata: samtale etter rutinen, avtalt tid neste uke."
IN_THE_ROOM = {"talk": "talked", "safety": "no_danger"}
LATER = {"support": ("held", "held", "wants_no"), "letter": ("asked_yes_sent", "asked_no"), "ask_again": ("wants_no",)}
OCCASIONS = {"P-28": "pregnancy", "H-03": "six_weeks"}
OTHERS_FORM, OTHERS_SUM = "other_parents_form", 12
MET_OPEN_DAYS = 2  # after the build: somebody shall see in the demo what the result asks for
SUMS = {"support": 12, "letter": 11}  # what a planted slip's form must come to


class Forms:
    """What the services do with a form, up to a day."""

    def __init__(self, until: date, at: Callable[..., datetime]) -> None:
        self.until, self.at = until, at

    def screen(
        self, contact: Contact, family: Family, by: Viewer, on: date, *, total: int | None = None, alarm: bool = False
    ) -> Response:
        """She fills in the form on paper at the contact; it is entered, signed and talked over there."""
        is_slip = family.lets_slip("safety") and contact.step == "H-03"
        response = Response.objects.filter(contact=contact, withdrawn_at=None).first()
        if response is None:
            response = self.enter(contact, family, by, on, total=total, alarm=alarm or is_slip)
        instruments.sign(response=response, version=response.version, by=by, at=self.at(on, 9, 5))
        if not is_slip:
            self._answer_in_the_room(response, by, self.at(on, 9, 20))
        if family.is_about(OTHERS_FORM) and contact.step == "H-03":
            self._screen_other(contact, family, by, on)
        return response

    def _screen_other(self, contact: Contact, family: Family, by: Viewer, on: date) -> None:
        """The other parent has come along and answers too: the form is in that parent's own record."""
        child, other = contact.journey.child, find_by_number(family.other.number)
        if other is None or Response.objects.filter(subject=other).exists():
            return
        response = instruments.begin(
            person=child,
            answerer=Answerer(other, family.other_kind),
            instrument="epds",
            journey=contact.journey,
            contact=contact,
            language="nb",
            occasion=OCCASIONS[contact.step],
            answered_on=on,
            by=by,
            at=self.at(on, 9, 25),
        )
        answers = epds(family, "other", demo().calibration, total=OTHERS_SUM) | {"epds10": 0}
        at = self.at(on, 9, 30)
        instruments.sign(response=response, version=response.version, answers=answers, by=by, at=at)
        self._answer_in_the_room(response, by, self.at(on, 9, 40))

    def enter(
        self, contact: Contact, family: Family, by: Viewer, on: date, *, total: int | None = None, alarm: bool = False
    ) -> Response:
        """The form as a draft: an alarm opens its duty from here."""
        total = SUMS.get(family.story.slip, total) if family.story and contact.step == "H-03" else total
        answers = epds(family, contact.step, demo().calibration, total=total, alarm=alarm)
        if SUMS.get(family.story.slip if family.story else "") and not alarm:
            answers["epds10"] = 0
        return instruments.save_draft(
            subject=find_by_number(family.mother.number),
            informant_kind="mother",
            instrument="epds",
            answers=answers,
            answered_on=on,
            contact=contact,
            journey=contact.journey,
            occasion=OCCASIONS.get(contact.step, "other"),
            by=by,
            at=self.at(on, 8, 50),
        )

    def _answer_in_the_room(self, response: Response, by: Viewer, at: datetime) -> None:
        """The answers are talked over, and an alarm is met the same day."""
        for duty in response.duties.filter(step__in=IN_THE_ROOM, closed_on=None).order_by("pk"):
            note = NOTE if duty.step == "safety" else ""
            instruments.record_outcome(duty=duty, outcome=IN_THE_ROOM[duty.step], note=note, by=by, at=at)

    def answer(self, family: Family, mother_id: int | None, *at_work: Viewer) -> None:
        """What a result demands later: answered some days after, when that day has come."""
        subjects = {mother_id}
        if family.is_about(OTHERS_FORM) and (other := find_by_number(family.other.number)) is not None:
            subjects.add(other.pk)
        duties = Duty.objects.open().filter(response__subject__in=subjects, response__signed_at__isnull=False)
        for duty in duties.filter(step__in=LATER).select_related("response").order_by("pk"):
            random = family.random("duty", duty.step, duty.opened_on)
            on = add_working_days(duty.response.answered_on, random.randint(3, 5))
            if family.is_about("result") or family.is_about(OTHERS_FORM):
                on = max(on, add_working_days(family.day(MET_OPEN_DAYS), 1))
            if on > self.until or family.lets_slip(duty.step):
                continue
            by = next((viewer for viewer in at_work if viewer.unit_id == duty.unit_id), at_work[0])
            outcome = random.choice(LATER[duty.step])
            instruments.record_outcome(duty=duty, outcome=outcome, note=NOTE, by=by, at=self.at(on, 13))
