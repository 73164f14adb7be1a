"""A municipality lives: births, twins, losses, deaths, moves, absences, refusals, handovers, corrections, time.

After every step: one baton holder for each open journey; no expected contact lost; a result that demands a response
has its open task; and what is overdue is the same in list, count and badge.
"""

import os
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from fotspor.access.models import CareRelation
from fotspor.access.rules import SYSTEM, Permission, Purpose
from fotspor.desk.queries import day as day_page
from fotspor.desk.queries import unit as unit_page
from fotspor.instruments import actions as instruments
from fotspor.instruments.models import Duty
from fotspor.instruments.tests.world import answers
from fotspor.kit.errors import Refused
from fotspor.pathways import actions
from fotspor.pathways.models import Baton, Contact, Handover
from fotspor.pathways.queries import definitions
from fotspor.pathways.queries.contacts import facts_of
from fotspor.pathways.rules.plans import expected_steps
from fotspor.pathways.tests.world import TODAY, build, noon
from fotspor.people import actions as people
from fotspor.people.actions import Home
from fotspor.people.models import Journey
from fotspor.worklist import queries as worklist
from fotspor.worklist import rules as worklist_rules
from fotspor.worklist.models import Task

WORKERS = {"midwives": "midwife", "centre": "nurse", "midwives_south": "midwife_south", "centre_south": "nurse_south"}
VIEWERS = (*WORKERS.values(), "leader", "chief")
PICK = st.integers(0, 1000)
DEMANDS = {"support", "letter"}
LIVES = int(os.environ.get("FOTSPOR_LIVES", "4"))  # `make test-all` sets more


class Municipality(RuleBasedStateMachine):
    """What may happen, in any order. A refusal is an answer too: nothing may have been stored then."""

    @initialize()
    def open(self):
        self.outer = transaction.atomic()
        self.outer.__enter__()
        self.world, self.today = build(), TODAY
        self.seen, self.handed = set(), 0

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

    def tried(self, act):
        """Run it. A refusal must leave everything as it was."""
        before = self.stored()
        try:
            return act()
        except Refused:
            assert self.stored() == before
            return None

    def stored(self):
        return (Contact.objects.count(), Task.objects.open().count(), Baton.objects.count(), Handover.objects.count())

    @rule(weeks=st.integers(-1, 34), south=st.booleans())
    def a_pregnancy_is_registered(self, weeks, south):
        by = self.world.midwife_south if south else self.world.midwife
        district = self.world.south if south else self.world.north
        due_on = self.today + timedelta(weeks=weeks)
        self.tried(lambda: self.world.pregnancy(due_on=due_on, at=self.at, by=by, district=district))

    @rule(months=st.integers(0, 70))
    def a_child_moves_in(self, months):
        born_on = self.today - timedelta(days=months * 30 + 1)
        self.tried(lambda: self.world.child(born_on=born_on, at=self.at))

    @rule(number=PICK, children=st.integers(1, 3), ago=st.integers(0, 5))
    def a_birth(self, number, children, ago):
        journey = self.pick(self.journeys(child=None), number)
        if journey is None:
            return
        newborns = [people.Newborn(sex="female") for _ in range(children)]
        born_on = self.today - timedelta(days=ago)
        born = self.tried(
            lambda: people.record_birth(journey=journey, born_on=born_on, children=newborns, by=SYSTEM, at=self.at)
        )
        if born:
            assert len(born) == children
            assert born[0].pk == journey.pk

    @rule(number=PICK, outcome=st.sampled_from(["loss", "stillbirth"]))
    def a_loss(self, number, outcome):
        journey = self.pick(self.journeys(child=None), number)
        if journey is None:
            return
        self.tried(
            lambda: people.record_loss(journey=journey, outcome=outcome, ended_on=self.today, by=SYSTEM, at=self.at)
        )

    @rule(number=PICK)
    def a_death(self, number):
        journey = self.pick(self.journeys(child__isnull=False), number)
        if journey is not None:
            self.tried(lambda: people.record_death(person=journey.child, died_on=self.today, by=SYSTEM, at=self.at))

    @rule(number=PICK, where=st.sampled_from(["north", "south", "outside", "nowhere known"]))
    def a_move(self, number, where):
        found = Journey.objects.exclude(close_reason__in=["loss", "died", "merged"]).order_by("pk")
        journey = self.pick(list(found), number)
        if journey is None:
            return
        district = getattr(self.world, where, None)
        home = Home(street="Ny vei 1", postcode="7000", city="Prøvestad", district=district)
        self.tried(
            lambda: people.record_move(
                person=journey.subject,
                home=home,
                moved_on=self.today,
                outside=where == "outside",
                by=SYSTEM,
                at=self.at,
            )
        )

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
            self.tried(
                lambda: actions.book_contact(
                    contact=contact,
                    version=contact.version,
                    on=self.today + timedelta(days=days),
                    time=None,
                    staff_id=by.staff_id if staffed else None,
                    confirmed=True,
                    by=by,
                    at=self.at,
                )
            )

    @rule(number=PICK, outcome=st.sampled_from(["held", "held", "declined", "moved", "not_needed"]))
    def an_outcome(self, number, outcome):
        contact, by = self.a_contact(number)
        if contact is None:
            return
        self.tried(
            lambda: actions.record_contact(
                contact=contact,
                version=contact.version,
                outcome=outcome,
                outcome_on=self.today,
                reason="Prøve",
                late_reason="Prøve",
                by=by,
                at=self.at,
            )
        )

    @rule(number=PICK)
    def nobody_came(self, number):
        contact, by = self.a_contact(number)
        if contact is not None:
            self.tried(
                lambda: actions.mark_absent(
                    contact=contact, version=contact.version, missed_on=self.today, by=by, at=self.at
                )
            )

    @rule(number=PICK)
    def an_outcome_is_taken_back(self, number):
        found = Contact.objects.exclude(outcome="").filter(journey__closed_on=None).order_by("pk")
        contact = self.pick(list(found), number)
        by = None if contact is None else self.worker(contact.journey)
        if by and by is not SYSTEM:
            self.tried(
                lambda: actions.reopen_contact(
                    contact=contact, version=contact.version, reason="Feil", by=by, at=self.at
                )
            )

    @rule(number=PICK, to=st.sampled_from([*WORKERS, "office"]))
    def the_baton_is_offered(self, number, to):
        journey = self.pick(self.journeys(), number)
        by = None if journey is None else self.worker(journey)
        if by and by is not SYSTEM:
            unit_id = self.world.units[to].pk
            self.tried(
                lambda: actions.hand_over(
                    journey=journey, to_unit_id=unit_id, reason="Avtalt", summary="", by=by, at=self.at
                )
            )

    @rule(number=PICK, verb=st.sampled_from(["accept", "accept", "decline", "ask", "withdraw"]))
    def a_handover_is_answered(self, number, verb):
        found = Handover.objects.filter(accepted_at=None, declined_at=None, withdrawn_at=None, superseded_at=None)
        handover = self.pick(list(found.order_by("pk")), number)
        if handover is None:
            return
        receiver = next(
            (WORKERS[k] for k, u in self.world.units.items() if u == handover.to_unit and k in WORKERS), None
        )
        by = self.worker(handover.journey) if verb == "withdraw" else getattr(self.world, receiver or "", None)
        if by is None or by is SYSTEM:
            return
        act = {
            "accept": lambda: actions.accept_handover(handover=handover, by=by, at=self.at),
            "decline": lambda: actions.decline_handover(handover=handover, reason="Bor ikke her", by=by, at=self.at),
            "ask": lambda: actions.send_to_leader(handover=handover, reason="Usikker", by=by, at=self.at),
            "withdraw": lambda: actions.withdraw_handover(handover=handover, by=by, at=self.at),
        }[verb]
        self.tried(act)

    # --- corrections and forms ---------------------------------------------------------------------------

    @rule(number=PICK, days=st.integers(-20, 20))
    def a_date_is_corrected(self, number, days):
        journey = self.pick(self.journeys(), number)
        if journey is None:
            return
        by, moved = SYSTEM, timedelta(days=days)
        if journey.child_id:
            born_on = journey.child.born_on + moved
            self.tried(
                lambda: people.correct_birth(
                    person=journey.child, born_on=born_on, reason="Feil dato", by=by, at=self.at
                )
            )
        else:
            due_on = journey.pregnancy.due_on + moved
            self.tried(
                lambda: people.correct_due(
                    pregnancy=journey.pregnancy,
                    due_on=due_on,
                    due_source="ultrasound",
                    reason="Feil dato",
                    by=by,
                    at=self.at,
                )
            )

    @rule(number=PICK, total=st.integers(3, 27), item10=st.integers(0, 3), signs=st.booleans())
    def a_form_is_filled_in(self, number, total, item10, signs):
        journey = self.pick(self.journeys(pregnancy__isnull=False, is_sealed=False), number)
        by = None if journey is None else self.worker(journey)
        if not by or by is SYSTEM:
            return
        mother = journey.pregnancy.mother
        if not CareRelation.objects.in_force(self.today).filter(person=mother, unit_id=by.unit_id).exists():
            return
        form = instruments.save_draft(
            subject=mother,
            informant=mother,
            informant_kind="mother",
            instrument="epds",
            answers=answers(total, item10=item10),
            answered_on=self.today,
            unit_id=by.unit_id,
            journey=journey,
            by=by,
            at=self.at,
        )
        demanded = {"safety"} if item10 else set()
        if signs:
            form = instruments.sign(response=form, version=form.version, by=by, at=self.at)
            demanded |= DEMANDS if total >= 10 else set()
        assert demanded <= set(Duty.objects.open().filter(response=form).values_list("step", flat=True))

    @rule()
    def everything_is_planned_again(self):
        assert list(actions.rebuild(check=False, at=self.at)) == []

    # --- what always holds -------------------------------------------------------------------------------

    @invariant()
    def exactly_one_unit_or_list_holds_each_open_journey(self):
        for journey in Journey.objects.all():
            held = Baton.objects.filter(journey=journey, until_at=None).count()
            assert held == (1 if journey.closed_on is None else 0)

    @invariant()
    def no_expected_contact_is_lost(self):
        stored = {contact.pk: contact for contact in Contact.objects.select_related("enrolment", "journey")}
        assert self.seen <= set(stored)
        self.seen = set(stored)
        for contact in stored.values():
            assert not contact.cancelled_on or contact.cancel_reason
            assert not (contact.cancelled_on and contact.outcome)
            assert contact.journey.closed_on is None or contact.outcome or contact.cancelled_on
        for journey in Journey.objects.open().select_related("pregnancy", "child"):
            kept = {
                (c.enrolment.pathway, c.step)
                for c in stored.values()
                if c.journey_id == journey.pk and c.enrolment_id and not c.cancelled_on
            }
            enrolments = list(journey.enrolments.filter(ended_on=None))
            assert {e.pathway for e in enrolments} == (
                {"infancy", "school_start"} if journey.child_id else {"pregnancy"}
            )
            for enrolment in enrolments:
                pathway = definitions.pathway(enrolment.pathway, enrolment.pathway_version)
                wanted = {(pathway.slug, e.step.key) for e in expected_steps(pathway, facts_of(journey, enrolment))}
                assert wanted <= kept

    @invariant()
    def every_expected_contact_has_its_one_open_task(self):
        expected = {f"contact:{key}" for key in Contact.objects.expected().values_list("key", flat=True)}
        open_tasks = Task.objects.open().filter(source=Task.Source.CONTACT).values_list("ref", flat=True)
        assert sorted(expected) == sorted(open_tasks)

    @invariant()
    def the_plan_is_what_follows_from_the_facts(self):
        assert list(actions.rebuild(check=True, at=self.at)) == []

    @invariant()
    def a_result_that_demands_a_response_has_its_task(self):
        tasks = list(
            Task.objects.open().filter(source=Task.Source.ROUTINE, for_leader=False).values_list("person", "ref")
        )
        for duty in Duty.objects.open().select_related("response"):
            assert any(person == duty.response.subject_id and ref.endswith(f":{duty.step}") for person, ref in tasks), (
                duty.step
            )

    @invariant()
    def nothing_is_expected_after_a_loss(self):
        lost = Task.objects.open().filter(journey__close_reason="loss")
        assert set(lost.values_list("source", flat=True)) <= {Task.Source.LOSS, Task.Source.ROUTINE}
        assert not Contact.objects.expected().filter(journey__close_reason="loss").exists()

    @invariant()
    def what_is_overdue_is_the_same_everywhere(self):
        for name in VIEWERS:
            viewer = getattr(self.world, name)
            leads = viewer.may(Permission.SEE_UNIT)
            purpose = Purpose.LEADERSHIP if leads else Purpose.CARE
            about = {"viewer": viewer, "purpose": purpose, "today": self.today}
            rows = list(worklist.shown(worklist.tasks(**about), self.today))
            counts = worklist.counts(**about)
            late = {task.pk for task in rows if worklist_rules.is_overdue(task.closes_on, self.today)}
            assert late == {task.pk for task in rows if task.day_class == "overdue"}
            assert late == set(worklist.overdue(**about).values_list("pk", flat=True))
            assert counts["overdue"] == len(late)
            assert counts.all == len(rows)
            if leads:
                page = unit_page.unit(viewer=viewer, at=self.at)
                assert page.counts.all == len(rows)
                assert unit_page.badge(viewer=viewer, at=self.at) == len(page.for_me)
            else:
                page = day_page.day(viewer=viewer, at=self.at)
                assert page.counts.all == page.shown == day_page.badge(viewer=viewer, today=self.today)


@pytest.mark.slow
@pytest.mark.django_db
def test_a_municipality_lives():
    run_state_machine_as_test(
        Municipality,
        settings=settings(
            max_examples=LIVES, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
