"""A municipality lives: births, twins, losses, deaths, moves, absences, refusals, handovers, corrections, time.

After every step: one baton holder for each open journey; no expected contact lost; a result that demands a response
has its open task; and what is overdue is the same set in list, count and badge.
"""

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from fotspor.access.rules import Permission, Purpose
from fotspor.desk.queries import day as day_page
from fotspor.desk.queries import unit as unit_page
from fotspor.instruments.models import Duty, Response
from fotspor.pathways import actions
from fotspor.pathways.actions.concerns import _open_concerns
from fotspor.pathways.models import Baton, Contact
from fotspor.pathways.queries import definitions
from fotspor.pathways.queries.contacts import facts_of
from fotspor.pathways.rules.plans import expected_steps
from fotspor.pathways.tests.living import DID, EVERYTHING, WORKERS, Life
from fotspor.people.models import Journey
from fotspor.worklist import queries as worklist
from fotspor.worklist import rules as worklist_rules
from fotspor.worklist.models import Task

VIEWERS = (*WORKERS.values(), "leader", "chief")
LIVES = int(os.environ.get("FOTSPOR_LIVES", "5"))  # `make test-all` sets more


def demanded(response):
    """What a result demands, worked out here from the answers alone: EPDS's limits, not the product's own rules."""
    steps = {"safety"} if response.answers.get("epds10", 0) >= 1 else set()
    if response.signed_at is not None:
        steps |= {"talk"} | ({"support", "letter"} if sum(response.answers.values()) >= 10 else set())
    return steps


class Municipality(Life):
    """The lives, and what holds after each step of them."""

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
            follows = {"infancy", "school_start"} if journey.child_id else {"pregnancy"}
            assert {e.pathway for e in enrolments} == follows
            for enrolment in enrolments:
                pathway = definitions.pathway(enrolment.pathway, enrolment.pathway_version)
                wanted = {(pathway.slug, e.step.key) for e in expected_steps(pathway, facts_of(journey, enrolment))}
                assert wanted <= kept

    @invariant()
    def every_expected_contact_has_its_one_open_task(self):
        expected = {f"contact:{key}" for key in Contact.objects.expected().values_list("key", flat=True)}
        open_tasks = Task.objects.open().filter(source=Task.Source.CONTACT).values_list("ref", flat=True)
        assert sorted(expected) == sorted(open_tasks)
        ids = Journey.objects.exclude(close_reason__in=["loss", "died"]).values_list("pk", flat=True)
        concerns = {missed.contact.key for pk in ids for missed, _title in _open_concerns(pk)}
        assert concerns <= set(Task.objects.open().filter(source="absence").values_list("subject_key", flat=True))

    @invariant()
    def the_plan_is_what_follows_from_the_facts(self):
        assert list(actions.rebuild(check=True, at=self.at)) == []

    @invariant()
    def a_result_that_demands_a_response_has_its_task(self):
        open_tasks = set(
            Task.objects.open().filter(source=Task.Source.ROUTINE, for_leader=False).values_list("ref", flat=True)
        )
        for response in Response.objects.filter(corrected_by=None, withdrawn_at=None, subject__died_on=None):
            root = response.first or response
            for step in demanded(response):
                duties = Duty.objects.filter(response=root, step=step, ended_on=None)
                assert duties.exists(), (step, response.answers)
                answered = [duty for duty in duties if duty.closed_on or duty.withdrawn_at]
                assert answered or f"response:{root.key}:{step}" in open_tasks, step

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
            found = unit_page.led(viewer=viewer, at=self.at) if leads else worklist.tasks(**about)
            rows = list(worklist.shown(found, self.today))
            counts = worklist.counts(**about, found=found)
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
                mine = worklist.personal(viewer=viewer, today=self.today).overdue(self.today)
                listed = [row for row in page.flat if row.day_class == "overdue"]
                assert len(listed) == page.counts["overdue"] == mine.count() or page.pages > 1
                assert page.counts.all == page.shown == day_page.badge(viewer=viewer, today=self.today)


def hold(city):
    for name, each in vars(Municipality).items():
        if callable(each) and not name.startswith("_"):
            each(city)


def everything_once(city):
    """One life in which everything there is a rule for happens to somebody, in an order that lets it."""
    for number in range(6):
        yield lambda n=number: city.a_form_is_filled_in(n, 12 + n, n % 2, signs=True)
        yield lambda n=number: city.a_booking(n, n, staffed=bool(n % 2))
    for number in range(4):
        yield lambda n=number: city.nobody_came(n)
        yield lambda n=number: city.a_duty_is_answered(n * 5, n)
        yield lambda n=number: [city.an_outcome(each, "held") for each in range(n, 60, 7)]
    yield lambda: [city.an_absence_is_taken_back(number) for number in range(3)]
    yield lambda: [city.an_outcome_is_taken_back(number) for number in range(3)]
    yield lambda: city.a_form_is_corrected(0, 4, 0)
    yield lambda: city.a_form_is_withdrawn(1)
    yield lambda: city.a_date_is_corrected(2, 6)
    for journey, children in ((0, 1), (0, 2)):
        yield lambda n=journey, c=children: city.a_birth(n, c, 1)
    for number, verb in enumerate(("accept", "decline", "ask", "withdraw")):
        yield lambda n=number: city.the_baton_is_offered(n, "centre_south")
        yield lambda v=verb: city.a_handover_is_answered(0, v)
    yield lambda: city.time_passes(10)
    yield lambda: city.a_pregnancy_is_registered(10, south=False)
    yield lambda: city.a_child_moves_in(7)
    for where in ("south", "outside", "nowhere known"):
        yield lambda w=where: city.a_move(3, w)
    yield lambda: [city.a_death(number, of_mother=True) for number in range(2)]
    yield lambda: city.a_death(5, of_mother=False)
    yield lambda: city.a_loss(0, "stillbirth")
    yield lambda: city.everything_is_planned_again()
    yield lambda: city.time_passes(200)


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.django_db
def test_everything_there_is_a_rule_for_happens_and_holds():
    DID.clear()
    city = Municipality()
    city.open()
    try:
        hold(city)
        for step in everything_once(city):
            step()
            hold(city)
    finally:
        city.teardown()
    assert [what for what in EVERYTHING if not DID[what]] == []


@pytest.mark.slow
@pytest.mark.no_cover
@pytest.mark.django_db
def test_a_municipality_lives():
    DID.clear()
    run_state_machine_as_test(
        Municipality,
        settings=settings(
            max_examples=LIVES, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
    assert len(DID) >= min(len(EVERYTHING), LIVES + 1), f"too little happened: {dict(DID)}"
