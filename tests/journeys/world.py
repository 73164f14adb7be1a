"""A few families in a small town, made through the real actions, as it stands on one Tuesday morning."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from fotspor.access import actions as access
from fotspor.access.models import CareRelation, Consent
from fotspor.access.rules import Viewer
from fotspor.pathways import actions as pathways
from fotspor.pathways.models import Contact, Handover
from fotspor.people import actions as people
from fotspor.people import identifiers
from fotspor.people.models import Journey, Person
from fotspor.services.models import District, Staff, Unit
from fotspor.services.queries import viewer_for
from fotspor.simulation.municipality import moment, set_up

TODAY = date(2026, 11, 24)  # a Tuesday
NOW = moment(TODAY, 9, 42)
EMAILS = {
    "midwife": "stodig.bekk",
    "nurse": "klok.fjell",
    "colleague": "mild.eng",
    "leader": "jevn.lid",
    "kindergarten": "leken.sand",
    "administrator": "ryddig.stein",
    "officer": "diskret.las",
    "director": "apen.utsikt",
    "nurse_elsewhere": "vennlig.tind",
}


def day(count: int, hour: int = 10) -> datetime:
    """That hour, so many days after today."""
    return moment(TODAY + timedelta(days=count), hour)


@dataclass
class World:
    """Who works there, and the families by name of what is special about them."""

    staff: dict[str, Staff] = field(default_factory=dict)
    journeys: dict[str, Journey] = field(default_factory=dict)
    handovers: dict[str, Handover] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)

    def viewer(self, who: str) -> Viewer:
        found = viewer_for(staff=self.staff[who], membership_key="", session_key=f"session-{who}", on=TODAY)
        assert found is not None
        return found

    def unit(self, who: str) -> Unit:
        return Unit.objects.get(pk=self.viewer(who).unit_id)

    def journey(self, name: str) -> Journey:
        return Journey.objects.select_related("pregnancy__mother", "child").get(pk=self.journeys[name].pk)

    def mother(self, name: str) -> Person:
        return self.journey(name).pregnancy.mother

    def contact(self, name: str, step: str) -> Contact:
        return Contact.objects.get(journey=self.journeys[name], step=step)

    # --- families ---------------------------------------------------------------------------------------------

    def expect(self, name: str, given: str, family: str, *, due_in: int, registered: int, district: int = 0) -> Journey:
        """A pregnancy, registered so many days ago by the midwife."""
        born_on = date(1994, 3, 1) + timedelta(days=31 * len(self.journeys))
        self.numbers[name] = next(identifiers.synthetic_numbers(born_on))
        details = {
            "given_name": given,
            "family_name": family,
            "born_on": born_on,
            "sex": "female",
            "number": self.numbers[name],
            "languages": ("no",),
            "street": f"Øvingsvegen {len(self.journeys) + 1}",
            "postcode": "7991",
            "city": "Øving",
            "district": District.objects.exclude(units=None).order_by("code").reverse()[district],
        }
        self.journeys[name] = pathways.open_journey(
            new_mother=details,
            due_on=TODAY + timedelta(days=due_in),
            due_source="ultrasound",
            is_first=True,
            by=self.viewer("midwife"),
            at=day(-registered),
        )
        return self.journeys[name]

    def bear(self, name: str, child: str, *, days_ago: int, taken_over: bool = True) -> Journey:
        """The child is born, and the health centre takes the baton over the next day, or not yet."""
        mother = self.mother(name)
        newborn = people.Newborn(
            sex="female",
            given_name=child,
            family_name=mother.family_name,
            number=next(identifiers.synthetic_numbers(TODAY - timedelta(days=days_ago))),
        )
        [journey] = people.record_birth(
            journey=self.journey(name),
            born_on=TODAY - timedelta(days=days_ago),
            children=[newborn],
            by=self.viewer("midwife"),
            at=day(1 - days_ago),
        )
        self.journeys[name] = journey
        self.handovers[name] = Handover.objects.get(journey=journey, accepted_at=None, withdrawn_at=None)
        if taken_over:
            pathways.accept_handover(handover=self.handovers[name], by=self.viewer("nurse"), at=day(2 - days_ago))
        return journey

    def enrol(self, name: str) -> None:
        """The child begins in the kindergarten, and both parents let it know what has been agreed."""
        by, unit, child = self.viewer("nurse"), self.unit("kindergarten"), self.journey(name).child
        access.open_relation(
            person_id=child.pk,
            unit_id=unit.pk,
            basis=CareRelation.Basis.ENROLLED,
            from_on=TODAY - timedelta(days=30),
            by=by,
            at=day(-30),
        )
        for parent in (self.mother(name), self._father(child, by)):
            access.give_consent(
                person_id=child.pk,
                given_by_id=parent.pk,
                to_unit_id=unit.pk,
                what=Consent.What.AGREED_STEPS,
                purpose="Vi øver på å være i liten gruppe",
                from_on=TODAY - timedelta(days=30),
                until_on=TODAY + timedelta(days=300),
                by=by,
                at=day(-30),
            )

    def _father(self, child: Person, by: Viewer) -> Person:
        father = people.register_person(
            given_name="Trygve", family_name="Furu", born_on=date(1991, 5, 3), sex="male", by=by, at=day(-30)
        )
        people.add_guardian(
            child=child, guardian=father, kind="father", custody="joint", from_on=child.born_on, by=by, at=day(-30)
        )
        return father


def build() -> World:
    """Four families: expecting, newborn with a baton that waits, ready for the six-week contact, in kindergarten."""
    set_up(size="tiny", built_on=TODAY - timedelta(days=365))
    world = World()
    for who, email in EMAILS.items():
        world.staff[who] = Staff.objects.get(email=f"{email}@fotspor.example")
    world.expect("expecting", "Ánne-Máret", "Ødegård", due_in=80, registered=20)
    world.expect("newborn", "Stille", "Selje", due_in=-4, registered=40)
    world.bear("newborn", "Rask", days_ago=4, taken_over=False)
    world.expect("six_weeks", "Varm", "Lyng", due_in=-41, registered=60)
    world.bear("six_weeks", "Lita", days_ago=41)
    world.expect("kindergarten", "Trygg", "Furu", due_in=-300, registered=310)
    world.bear("kindergarten", "Blid", days_ago=300)
    world.enrol("kindergarten")
    return world
