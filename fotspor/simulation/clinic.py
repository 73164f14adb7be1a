"""How families and services live through the years: every step is a real action, at its own time.

`Clinic.live` may be run again for a later day. It looks at what has been done and goes on from there, so that a
municipality is played forward with the same code that built it. A slip is something this file does not do.
"""

from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q

from fotspor.access import actions as access
from fotspor.access.models import CareRelation, Consent
from fotspor.access.rules import Viewer
from fotspor.instruments.models import Response
from fotspor.kit.dates import add_months, add_working_days
from fotspor.pathways import actions as pathways
from fotspor.pathways.models import Baton, Contact
from fotspor.people import actions as people
from fotspor.people.models import Guardianship, Journey, Person, Pregnancy
from fotspor.people.queries import find_by_number
from fotspor.services.models import District, Unit
from fotspor.simulation import batons
from fotspor.simulation.chance import Fate, Turn, fate
from fotspor.simulation.demo import demo
from fotspor.simulation.families import Family
from fotspor.simulation.municipality import Town, moment
from fotspor.simulation.people import Made
from fotspor.simulation.screening import Forms

BOOKED_AHEAD_DAYS = 21
SCREENS = ("P-28", "H-03")
SCENES = ("safety_today", "today", "group", "result", "two_years")  # left to `scenes`
HOURS = ((8, 30), (9, 15), (10, 0), (10, 45), (12, 15), (13, 0), (13, 45), (14, 30))
REASONS = {
    Turn.DECLINED: "Foreldrene takket nei denne gangen.",
    Turn.MOVED: "Holdt hos fastlegen.",
    Turn.NOT_NEEDED: "Tatt sammen med forrige konsultasjon.",
}


class Clinic:
    """The services at work, up to and with one instant."""

    def __init__(self, town: Town, *, until: datetime, today: date) -> None:
        self.town, self.until_at, self.today = town, until, today
        self.until = until.astimezone(moment(date(2026, 1, 1)).tzinfo).date()
        self.districts = {district.code: district for district in District.objects.all()}
        self.forms = Forms(self.until, self.at)
        self.mothers: dict[str, int] = {}
        self.taken: set[tuple[int, date, int, int]] = set()

    def up_to(self, day: date) -> "Clinic":
        """The same services on that day, or as far as this one goes when that is earlier."""
        earlier = copy(self)
        earlier.until_at = min(moment(day, 18), self.until_at)
        earlier.until = min(day, self.until)
        earlier.forms = Forms(earlier.until, earlier.at)
        return earlier

    def at(self, day: date, hour: int = 9, minute: int = 0) -> datetime:
        """That time of that day, but never later than now."""
        return min(moment(day, hour, minute), self.until_at)

    # --- one family ----------------------------------------------------------------------------------------

    @transaction.atomic
    def live(self, family: Family) -> None:
        """Bring one family's history up to the day."""
        if family.known_on > self.until:
            return
        journeys = self.journeys(family)
        if not journeys:
            if family.is_known_from_register:
                return  # comes with the register's extract, not by the midwife
            journeys = [self._register_pregnancy(family)]
        if any(journey.child_id is None for journey in journeys):
            if not self._expect(journeys[0], family):
                return
            journeys = self.journeys(family)
        for journey in journeys:
            if journey.closed_on is None:
                self._grow_up(journey, family)

    def mother_id(self, family: Family) -> int | None:
        """Which person is the family's mother? None before the municipality knows her."""
        number = family.mother.number
        if number not in self.mothers:
            found = find_by_number(number)
            if found is None:
                return None
            self.mothers[number] = found.pk
        return self.mothers[number]

    def journeys(self, family: Family) -> list[Journey]:
        mother = self.mother_id(family)
        if mother is None:
            return []
        hers = Q(pregnancy__mother=mother) | Q(child__guardianships__guardian=mother)
        found = Journey.objects.filter(hers).select_related("pregnancy__mother", "child").distinct().order_by("pk")
        return list(found)

    def nurse(self, family: Family) -> Viewer:
        crew = self.town.crew(self.town.unit(family.district, Unit.Kind.HEALTH_STATION), "nurse")
        if family.story is not None or len(crew) == 1:
            return crew[0]  # the first one is whom the demo is played as
        return crew[1 + family.index % (len(crew) - 1)]

    def midwife(self, family: Family) -> Viewer:
        crew = self.town.crew(self.town.unit(family.district, Unit.Kind.MIDWIFERY), "midwife")
        return crew[0] if family.story is not None else crew[family.index % len(crew)]

    # --- pregnancy -------------------------------------------------------------------------------------------

    def _register_pregnancy(self, family: Family) -> Journey:
        by, at = self.midwife(family), self.at(add_working_days(family.known_on, 0))
        other = None
        if family.other is not None:
            other = people.register_person(**self.who(family.other, family), by=by, at=at)
        return pathways.open_journey(
            new_mother=self.who(family.mother, family),
            due_on=family.due_on,
            due_source=Pregnancy.DueSource.ULTRASOUND,
            is_first=family.random("first").random() < 0.44,
            other_parent=other,
            by=by,
            at=at,
        )

    def who(self, made: Made, family: Family) -> dict[str, object]:
        home = family.home_of(made)
        return {
            "given_name": made.given_name,
            "family_name": made.family_name,
            "born_on": made.born_on,
            "sex": made.sex,
            "number": made.number,
            "languages": made.languages,
            "interpreter_language": made.interpreter,
            "is_new_to_norwegian": bool(made.interpreter),
            "street": home.street,
            "dwelling": home.dwelling,
            "postcode": home.postcode,
            "city": "Øving",
            "district": self.districts[home.district],
            "protection": family.protection,
        }

    def _expect(self, journey: Journey, family: Family) -> bool:
        """The time until birth, and the birth when it has come. False while, or when, no child has been born."""
        if journey.closed_on is not None:
            return False
        self._contacts(journey, family, before=family.lost_on or family.born_on)
        if family.lost_on is not None:
            self._lose(journey, family, family.lost_on)
            return False
        recorded_on = add_working_days(family.born_on + timedelta(days=1), 0)
        if recorded_on > self.until:
            return False
        newborns = [
            people.Newborn(
                sex=child.sex,
                given_name=child.given_name,
                family_name=family.mother.family_name if child.given_name else "",
                number=child.number,
            )
            for child in family.children
        ]
        people.record_birth(
            journey=journey,
            born_on=family.born_on,
            children=newborns,
            by=self.midwife(family),
            at=self.at(recorded_on, 8, 20),
        )
        return True

    def _lose(self, journey: Journey, family: Family, on: date) -> None:
        recorded_on = add_working_days(on + timedelta(days=1), 0)
        if recorded_on <= self.until:
            outcome = Pregnancy.Outcome.LOSS if family.is_about("loss") else Pregnancy.Outcome.STILLBIRTH
            by, at = self.midwife(family), self.at(recorded_on)
            people.record_loss(journey=journey, outcome=outcome, ended_on=on, by=by, at=at)

    # --- childhood ---------------------------------------------------------------------------------------------

    def _grow_up(self, journey: Journey, family: Family) -> None:
        if not batons.take_over(self, journey, family):
            return
        ends_on = family.ends_on
        horizon = self.until + timedelta(days=BOOKED_AHEAD_DAYS)
        self._contacts(journey, family, before=min(ends_on or horizon, horizon))
        self._start_kindergarten(journey, family)
        if ends_on is not None and ends_on <= self.until:
            self._end(journey, family, ends_on)
        elif family.lets_slip("stop"):
            batons.send_to_practice(self, journey, family)
        else:
            batons.pass_on_to_school(self, journey, family)

    def _start_kindergarten(self, journey: Journey, family: Family) -> None:
        unit = self.town.kindergartens.get(family.kindergarten)
        on = max(family.kindergarten_from, family.known_on)
        if unit is None or on > self.until or journey.child.protection != Person.Protection.NONE:
            return
        basis = CareRelation.Basis.ENROLLED
        if CareRelation.objects.filter(person=journey.child, unit=unit, basis=basis).exists():
            return
        # The day the family tells, which is not before the unit has taken over.
        by, at = self.nurse(family), self.at(max(on, self._held_since(journey)))
        pathways.enrol_in_kindergarten(journey=journey, unit=unit, from_on=on, by=by, at=at)
        if family.random("consent").random() < 0.8:
            self._consent(journey, family, unit, on, by)

    def _consent(self, journey: Journey, family: Family, unit: Unit, on: date, by: Viewer) -> None:
        """Nobody can consent before the register has said who has parental responsibility."""
        known_on = Guardianship.objects.filter(child=journey.child).exclude(custody="unknown").aggregate(Max("from_on"))
        if known_on["from_on__max"] is None:
            return
        on = max(on, known_on["from_on__max"])
        for made in family.parents(on):
            access.give_consent(
                person_id=journey.child_id,
                given_by_id=find_by_number(made.number).pk,
                to_unit_id=unit.pk,
                what=Consent.What.AGREED_STEPS,
                purpose="Samarbeid med barnehagen om det vi er blitt enige om",
                from_on=on,
                until_on=add_months(on, 12),
                by=by,
                at=self.at(on, 10),
            )

    def _end(self, journey: Journey, family: Family, on: date) -> None:
        by, at = self.nurse(family), self.at(on + timedelta(days=1))
        if family.is_about("death"):
            people.record_death(person=journey.child, died_on=on, by=by, at=at)
        else:
            home = people.Home("Utveien 1", "7999", "Utvik")
            people.record_move(person=journey.child, home=home, moved_on=on, outside=True, by=by, at=at)

    # --- contacts ----------------------------------------------------------------------------------------------

    def _contacts(self, journey: Journey, family: Family, *, before: date) -> None:
        """Hold, miss and book what is expected, in order of time, as far as the day allows."""
        for contact in self._expected(journey, before):
            if self._is_left_out(contact, family):
                continue
            found = self._fate(contact, family)
            found = replace(found, on=max(found.on, add_working_days(self._held_since(journey), 0)))
            if found.on >= before and before <= self.until:
                continue
            if (contact.booked_on or found.on) <= self.until:
                self._meet(contact, family, found)
            elif (
                self.until == self.today
                and contact.booked_on is None
                and contact.opens_on <= self.until + timedelta(days=BOOKED_AHEAD_DAYS)
            ):
                self.book(contact, family, found.on)
        self.forms.answer(family, self.mother_id(family), self.nurse(family), self.midwife(family))

    def _fate(self, contact: Contact, family: Family) -> Fate:
        """How the contact turns out: by chance, or in a scripted family early in its window."""
        if family.story is None:
            return fate(family, contact.step, contact.opens_on, contact.due_on, contact.closes_on, demo().calibration)
        turn = Turn.DECLINED if family.is_about("declined") and contact.step > "H-09" else Turn.HELD
        early = contact.opens_on + (contact.closes_on - contact.opens_on) / 4
        return Fate(turn, min(add_working_days(early, 0), contact.closes_on))

    def _expected(self, journey: Journey, before: date) -> Iterator[Contact]:
        rows = Contact.objects.filter(journey=journey, opens_on__lte=min(before, self.until + timedelta(days=21)))
        yield from rows.expected().select_related("unit").order_by("due_on", "pk")

    def _held_since(self, journey: Journey) -> date:
        return Baton.objects.filter(journey=journey, until_at=None).values_list("since_at", flat=True).get().date()

    def _is_left_out(self, contact: Contact, family: Family) -> bool:
        if family.story is None:
            return False
        left_out = {"home_visit": "H-01", "four_years": "H-14", "antenatal": "P-24"}
        if left_out.get(family.story.slip) == contact.step:
            return True
        if family.lets_slip("no_show"):
            return contact.step > "H-09" or bool(contact.missed.exists())
        if family.lets_slip("safety") and contact.step == "H-03":
            return Response.objects.filter(contact=contact).exists()
        return family.story.name in SCENES and contact.opens_on <= self.today <= contact.closes_on

    def _by(self, contact: Contact, family: Family) -> Viewer:
        """Who meets them: somebody at the unit that holds the baton."""
        for viewer in (self.nurse(family), self.midwife(family)):
            if viewer.unit_id == contact.unit_id:
                return viewer
        return self.town.crews[(contact.unit_id, "nurse")][0]

    def _meet(self, contact: Contact, family: Family, found: Fate) -> None:
        by = self._by(contact, family)
        if family.lets_slip("no_show") and contact.step == "H-09":
            self._miss(contact, by, found.on)
            return
        if contact.booked_on is not None and found.turn is Turn.HELD:
            found = Fate(Turn.HELD, contact.booked_on)
        first = max(contact.opens_on, contact.journey.opened_on)  # nobody is expected before the journey begins
        for count in range(found.missed, 0, -1):
            self._miss(contact, by, max(first, found.on - timedelta(days=4 * count)))
        if found.turn in (Turn.HELD, Turn.LATE):
            if contact.step in SCREENS:
                self.forms.screen(contact, family, by, found.on)
            if not family.lets_slip("safety") or contact.step != "H-03":
                self.record(contact, by, found)
        else:
            self.record(contact, by, found, reason=REASONS[found.turn])

    def _miss(self, contact: Contact, by: Viewer, on: date) -> None:
        if contact.missed.filter(missed_on=on).exists():
            return
        why = pathways.NOT_KNOWN
        pathways.mark_absent(
            contact=contact, version=contact.version, missed_on=on, reason=why, by=by, at=self.at(on, 15)
        )
        contact.refresh_from_db()

    def record(self, contact: Contact, by: Viewer, found: Fate, reason: str = "") -> None:
        held = found.turn in (Turn.HELD, Turn.LATE)
        contact.refresh_from_db(fields=["version"])
        pathways.record_contact(
            contact=contact,
            version=contact.version,
            outcome=Contact.Outcome.HELD if held else found.turn.value,
            outcome_on=found.on,
            reason=reason,
            late_reason="Familien var syk." if held and found.on > contact.closes_on else "",
            by=by,
            at=self.at(found.on, 14, 50),
        )

    def book(self, contact: Contact, family: Family, on: date, hour: tuple[int, int] | None = None) -> Contact:
        """Make an appointment at a time when the colleague is free."""
        by = self._by(contact, family)
        free = [h for h in HOURS if (by.staff_id, on, *h) not in self.taken] or [(15, 0)]
        time = hour or free[family.index % len(free)]
        self.taken.add((by.staff_id, on, *time))
        booked_at = self.at(max(self._held_since(contact.journey), min(self.until, on - timedelta(days=14))), 11)
        return pathways.book_contact(
            contact=contact,
            version=contact.version,
            on=on,
            time=moment(on, *time).time(),
            place=f"Rom {1 + family.index % 5}",
            staff_id=by.staff_id,
            confirmed=True,
            by=by,
            at=booked_at,
        )
