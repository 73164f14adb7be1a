"""What may happen in a municipality, in any order. A refusal is an answer too: nothing may have been stored then."""

from collections import Counter
from datetime import timedelta

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from fotspor.access.models import CareRelation
from fotspor.access.queries import NotVisible
from fotspor.access.rules import SYSTEM
from fotspor.instruments import actions as instruments
from fotspor.instruments.models import Duty, Response
from fotspor.instruments.tests.world import answers
from fotspor.kit.errors import Refused
from fotspor.pathways import actions
from fotspor.pathways.models import Baton, Contact, Handover, MissedAppointment
from fotspor.pathways.tests.world import TODAY, build, noon
from fotspor.people import actions as people
from fotspor.people.actions import Home
from fotspor.people.models import Journey
from fotspor.worklist.models import Task

WORKERS = {"midwives": "midwife", "centre": "nurse", "midwives_south": "midwife_south", "centre_south": "nurse_south"}
PICK = st.integers(0, 1000)
DID: Counter = Counter()  # what had an effect, over all lives of a run: a rule that never has one proves nothing
UNANSWERED = {"accepted_at": None, "declined_at": None, "withdrawn_at": None, "superseded_at": None}
OUTCOME = {"safety": ["no_danger", "declines", "needs_others_today"], "support": ["held", "agreed", "wants_no"],
           "letter": ["asked_no", "has_no_gp"], "talk": ["talked"]}  # fmt: skip


class Life(RuleBasedStateMachine):
    """Begins with people at every age, so that whatever happens first can happen to somebody."""

    @initialize()
    def open(self):
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.world, self.today = build(), TODAY
        self.seen = set()
        for weeks in (0, 2, 20):
            self.world.pregnancy(due_on=TODAY + timedelta(weeks=weeks))
        for days in (20, 400, 1900):
            self.world.child(born_on=TODAY - timedelta(days=days))

    def teardown(self):
        transaction.set_rollback(True)
        self.outer.__exit__(None, None, None)

    @property
    def at(self):
        return noon(self.today)

    def journeys(self, **filters):
        return list(Journey.objects.open().filter(**filters).order_by("pk"))

    def pick(self, rows, number):
        return rows[number % len(rows)] if rows else None

    def worker(self, journey):
        """Somebody at the unit that holds the baton; the system when nobody does."""
        unit = Baton.objects.filter(journey=journey, until_at=None).values_list("unit_id", flat=True).first()
        name = next((WORKERS[key] for key, one in self.world.units.items() if one.pk == unit and key in WORKERS), None)
        return getattr(self.world, name) if name else SYSTEM

    def tried(self, what, act):
        """Run it, and note that it had an effect. A refusal must leave everything as it was."""
        before = self.stored()
        try:
            done = act()
        except (Refused, NotVisible):
            assert self.stored() == before
            return None
        DID[what] += 1
        return done

    def stored(self):
        return (Contact.objects.count(), Task.objects.open().count(), Baton.objects.count(), Handover.objects.count(),
                Response.objects.count(), Duty.objects.open().count())  # fmt: skip

    # --- lives -------------------------------------------------------------------------------------------

    @rule(weeks=st.integers(-1, 34), south=st.booleans())
    def a_pregnancy_is_registered(self, weeks, south):
        by = self.world.midwife_south if south else self.world.midwife
        district = self.world.south if south else self.world.north
        due_on = self.today + timedelta(weeks=weeks)
        self.tried("pregnancy", lambda: self.world.pregnancy(due_on=due_on, at=self.at, by=by, district=district))

    @rule(months=st.integers(0, 70))
    def a_child_moves_in(self, months):
        born_on = self.today - timedelta(days=months * 30 + 1)
        self.tried("moved in", lambda: self.world.child(born_on=born_on, at=self.at))

    @rule(number=PICK, children=st.integers(1, 3), ago=st.integers(0, 5))
    def a_birth(self, number, children, ago):
        journey = self.pick(self.journeys(child=None), number)
        if journey is None:
            return
        newborns = [people.Newborn(sex="female") for _ in range(children)]
        born_on = self.today - timedelta(days=ago)
        born = self.tried(
            "twins" if children > 1 else "birth",
            lambda: people.record_birth(journey=journey, born_on=born_on, children=newborns, by=SYSTEM, at=self.at),
        )
        if born:
            assert len(born) == children
            assert born[0].pk == journey.pk

    @rule(number=PICK, outcome=st.sampled_from(["loss", "stillbirth"]))
    def a_loss(self, number, outcome):
        journey = self.pick(self.journeys(child=None), number)
        if journey is not None:
            self.tried("loss", lambda: people.record_loss(
                journey=journey, outcome=outcome, ended_on=self.today, by=SYSTEM, at=self.at
            ))  # fmt: skip

    @rule(number=PICK, of_mother=st.sampled_from([False, False, True]))
    def a_death(self, number, of_mother):
        journey = self.pick(self.journeys(pregnancy__isnull=False) if of_mother else
                            self.journeys(child__isnull=False), number)  # fmt: skip
        if journey is not None:
            person = journey.pregnancy.mother if of_mother else journey.child
            what = "death of a mother" if of_mother else "death"
            self.tried(what, lambda: people.record_death(person=person, died_on=self.today, by=SYSTEM, at=self.at))

    @rule(number=PICK, where=st.sampled_from(["north", "south", "outside", "nowhere known"]))
    def a_move(self, number, where):
        found = Journey.objects.exclude(close_reason__in=["loss", "died", "merged"]).order_by("pk")
        journey = self.pick(list(found), number)
        if journey is None:
            return
        home = Home(street="Ny vei 1", postcode="7000", city="Prøvestad", district=getattr(self.world, where, None))
        self.tried("move", lambda: people.record_move(
            person=journey.subject, home=home, moved_on=self.today, outside=where == "outside", by=SYSTEM, at=self.at
        ))  # fmt: skip

    @rule(days=st.sampled_from([1, 3, 10, 40, 200]))
    def time_passes(self, days):
        self.today += timedelta(days=days)

    # --- contacts ----------------------------------------------------------------------------------------

    def a_contact(self, number):
        found = Contact.objects.expected().filter(
            journey__closed_on=None, opens_on__lte=self.today + timedelta(days=14)
        )
        contact = self.pick(list(found.order_by("pk")), number)
        by = None if contact is None else self.worker(contact.journey)
        return (contact, by) if by and by is not SYSTEM else (None, None)

    @rule(number=PICK, days=st.integers(0, 30), staffed=st.booleans())
    def a_booking(self, number, days, staffed):
        contact, by = self.a_contact(number)
        if contact is not None:
            self.tried("booking", lambda: actions.book_contact(
                contact=contact, version=contact.version, on=self.today + timedelta(days=days), time=None,
                staff_id=by.staff_id if staffed else None, confirmed=True, by=by, at=self.at,
            ))  # fmt: skip

    @rule(number=PICK, outcome=st.sampled_from(["held", "held", "declined", "moved", "not_needed"]))
    def an_outcome(self, number, outcome):
        contact, by = self.a_contact(number)
        if contact is not None:
            self.tried("outcome", lambda: actions.record_contact(
                contact=contact, version=contact.version, outcome=outcome, outcome_on=self.today, reason="Prøve",
                late_reason="Prøve", by=by, at=self.at,
            ))  # fmt: skip

    @rule(number=PICK)
    def nobody_came(self, number):
        contact, by = self.a_contact(number)
        if contact is not None:
            self.tried("absence", lambda: actions.mark_absent(
                contact=contact, version=contact.version, missed_on=self.today, reason=actions.NOT_KNOWN, by=by,
                at=self.at,
            ))  # fmt: skip

    @rule(number=PICK)
    def an_absence_is_taken_back(self, number):
        found = MissedAppointment.objects.filter(withdrawn_at=None, contact__journey__closed_on=None).order_by("pk")
        missed = self.pick(list(found), number)
        by = None if missed is None else self.worker(missed.contact.journey)
        if by and by is not SYSTEM:
            self.tried("absence taken back", lambda: actions.take_back_absence(
                missed=missed, reason="Feil dag", by=by, at=self.at
            ))  # fmt: skip

    @rule(number=PICK)
    def an_outcome_is_taken_back(self, number):
        found = Contact.objects.exclude(outcome="").filter(journey__closed_on=None).order_by("pk")
        contact = self.pick(list(found), number)
        by = None if contact is None else self.worker(contact.journey)
        if by and by is not SYSTEM:
            self.tried("outcome taken back", lambda: actions.reopen_contact(
                contact=contact, version=contact.version, reason="Feil", by=by, at=self.at
            ))  # fmt: skip

    # --- batons ------------------------------------------------------------------------------------------

    @rule(number=PICK, to=st.sampled_from([*WORKERS, "office"]))
    def the_baton_is_offered(self, number, to):
        journey = self.pick(self.journeys(), number)
        by = None if journey is None else self.worker(journey)
        if by and by is not SYSTEM:
            unit_id = self.world.units[to].pk
            self.tried("handover", lambda: actions.hand_over(
                journey=journey, to_unit_id=unit_id, reason="Avtalt", summary="", by=by, at=self.at
            ))  # fmt: skip

    @rule(number=PICK, verb=st.sampled_from(["accept", "accept", "decline", "ask", "withdraw"]))
    def a_handover_is_answered(self, number, verb):
        handover = self.pick(list(Handover.objects.filter(**UNANSWERED).order_by("pk")), number)
        if handover is None:
            return
        units = self.world.units.items()
        receiver = next((WORKERS[k] for k, u in units if u == handover.to_unit and k in WORKERS), None)
        by = self.worker(handover.journey) if verb == "withdraw" else getattr(self.world, receiver or "", None)
        if by is None or by is SYSTEM:
            return
        act = {
            "accept": lambda: actions.accept_handover(handover=handover, by=by, at=self.at),
            "decline": lambda: actions.decline_handover(handover=handover, reason="Bor ikke her", by=by, at=self.at),
            "ask": lambda: actions.send_to_leader(handover=handover, reason="Usikker", by=by, at=self.at),
            "withdraw": lambda: actions.withdraw_handover(handover=handover, by=by, at=self.at),
        }[verb]
        self.tried("accepted" if verb == "accept" else "not accepted", act)

    # --- corrections and forms ---------------------------------------------------------------------------

    @rule(number=PICK, days=st.integers(-20, 20))
    def a_date_is_corrected(self, number, days):
        journey = self.pick(self.journeys(), number)
        if journey is None:
            return
        moved, common = timedelta(days=days), {"reason": "Feil dato", "by": SYSTEM, "at": self.at}
        if journey.child_id:
            born_on = journey.child.born_on + moved
            self.tried("corrected", lambda: people.correct_birth(person=journey.child, born_on=born_on, **common))
        else:
            due_on = journey.pregnancy.due_on + moved
            self.tried("corrected", lambda: people.correct_due(
                pregnancy=journey.pregnancy, due_on=due_on, due_source="ultrasound", **common
            ))  # fmt: skip

    @rule(number=PICK, total=st.integers(3, 27), item10=st.integers(0, 3), signs=st.booleans())
    def a_form_is_filled_in(self, number, total, item10, signs):
        journey = self.pick(self.journeys(pregnancy__isnull=False, is_sealed=False), number)
        by = None if journey is None else self.worker(journey)
        if not by or by is SYSTEM or journey.pregnancy.mother.died_on:
            return
        mother = journey.pregnancy.mother
        if not CareRelation.objects.in_force(self.today).filter(person=mother, unit_id=by.unit_id).exists():
            return
        form = self.tried("form", lambda: instruments.save_draft(
            subject=mother, informant=mother, informant_kind="mother", instrument="epds",
            answers=answers(total, item10=item10), answered_on=self.today, unit_id=by.unit_id, journey=journey,
            by=by, at=self.at,
        ))  # fmt: skip
        if form and signs:
            self.tried("signed", lambda: instruments.sign(response=form, version=form.version, by=by, at=self.at))

    def a_form(self, number):
        found = Response.objects.filter(withdrawn_at=None, corrected_by=None, journey__closed_on=None).order_by("pk")
        form = self.pick(list(found), number)
        by = None if form is None else self.worker(form.journey)
        return (form, by) if by and by is not SYSTEM else (None, None)

    @rule(number=PICK, total=st.integers(3, 27), item10=st.integers(0, 3))
    def a_form_is_corrected(self, number, total, item10):
        form, by = self.a_form(number)
        if form is not None:
            self.tried("form corrected", lambda: instruments.correct(
                response=form, answers=answers(total, item10=item10), reason="Lest feil", by=by, at=self.at
            ))  # fmt: skip

    @rule(number=PICK)
    def a_form_is_withdrawn(self, number):
        form, by = self.a_form(number)
        if form is not None:
            self.tried("form withdrawn", lambda: instruments.withdraw(
                response=form, version=form.version, reason="Feil person", by=by, at=self.at
            ))  # fmt: skip

    @rule(number=PICK, choice=PICK)
    def a_duty_is_answered(self, number, choice):
        found = Duty.objects.open().filter(step__in=OUTCOME, response__journey__closed_on=None).order_by("pk")
        duty = self.pick(list(found), number)
        by = None if duty is None else self.worker(duty.response.journey)
        if by and by is not SYSTEM:
            self.tried("duty answered", lambda: instruments.record_outcome(
                duty=duty, outcome=self.pick(OUTCOME[duty.step], choice), note="Prøve", tried="Ringt",
                handed_to="Kollega", next_on=self.today + timedelta(days=3), confirmed=True, by=by, at=self.at,
            ))  # fmt: skip

    @rule()
    def everything_is_planned_again(self):
        assert list(actions.rebuild(check=False, at=self.at)) == []


EVERYTHING = ("pregnancy", "moved in", "birth", "twins", "loss", "death", "death of a mother", "move", "booking",
              "outcome", "absence", "absence taken back", "outcome taken back", "handover", "accepted",
              "not accepted", "corrected", "form", "signed", "form corrected", "form withdrawn",
              "duty answered")  # fmt: skip
