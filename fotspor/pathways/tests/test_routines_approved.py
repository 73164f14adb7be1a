"""A routine that nobody has approved decides nothing in production: what it would have decided, somebody is asked."""

from datetime import time, timedelta

import pytest

from fotspor.instruments import queries as shelf
from fotspor.instruments.queries.definitions import check_definitions_are_approved
from fotspor.kit.dates import add_working_days
from fotspor.pathways import actions
from fotspor.pathways.models import Baton, Handover
from fotspor.pathways.queries import definitions
from fotspor.pathways.queries.contacts import concerns_of
from fotspor.pathways.rules.appointments import Concern, Slot, concerns, overlaps
from fotspor.pathways.tests.test_approvals import approve, earnest, earnest_pages
from fotspor.pathways.tests.world import AT, TODAY
from fotspor.people import actions as people
from fotspor.worklist.models import Task

__all__ = ["earnest", "earnest_pages"]
ROUTINES = ("missed", "loss", "booking", "baton", "topics")

# What is asked, while it is not approved in production, and once it is: title or number, working days.
READ = {
    "missed, first time": (lambda: _rung(1), ("Decide what follows: somebody did not come", 1, True),
                           ("Make a new appointment", 5, False)),
    "missed, third time": (lambda: _rung(3), ("Decide what follows: somebody did not come", 1, True),
                           ("Assess together with a colleague whether there is cause for concern", 1, True)),
    "loss": (lambda: _call(), ("Decide what follows after the loss", 1, 1), ("Call her yourself", 1, 3)),
    "booking": (lambda: definitions.booking().minutes, None, 30),
    "baton of a newborn": (lambda: definitions.deadlines().newborn_working_days, 1, 1),
    "baton of others": (lambda: definitions.deadlines().other_working_days, 1, 3),
    "baton to confirm": (lambda: definitions.deadlines().confirm_working_days, 1, 3),
    "what the former unit can open": (lambda: definitions.deadlines().trace_days, 30, 30),
    "words that tell a score": (lambda: "epds" in definitions.deadlines().score_words, True, True),
}  # fmt: skip


def _rung(count):
    rung = definitions.missed().rung(count)
    return rung.title, rung.working_days, rung.needs_answer


def _call():
    call = definitions.loss().call
    return call.title, call.due_working_days, call.latest_working_days


@pytest.mark.django_db
@pytest.mark.parametrize(("read", "undecided", "decided"), READ.values(), ids=READ)
def test_what_each_says_before_and_after_approval(world, earnest, read, undecided, decided):
    assert read() == undecided
    approve(world, *ROUTINES, kind="routine")
    assert read() == decided
    earnest.IS_PRODUCTION = False
    assert read() == decided


@pytest.mark.django_db
def test_an_approval_of_another_text_does_not_count(world, earnest):
    approve(world, "loss", kind="routine")
    assert definitions.loss().is_approved
    shelf.approved("routine", "loss").__class__.objects.update(digest="0" * 64)
    assert not definitions.loss().is_approved


@pytest.mark.django_db
def test_the_check_names_all_four(world, earnest):
    found = {message.msg.split("«")[1].split("»")[0] for message in check_definitions_are_approved(["default"])}
    assert set(ROUTINES) <= found
    approve(world, *ROUTINES, kind="routine")
    found = {message.msg.split("«")[1].split("»")[0] for message in check_definitions_are_approved(["default"])}
    assert not set(ROUTINES) & found


# --- nothing is refused, and somebody is asked ------------------------------------------------------------


@pytest.fixture
def planned(world, earnest):
    """Production, with pathways approved and none of the routines."""
    approve(world, "pregnancy", "infancy", "school_start")


def miss(world, journey, number=0):
    contact = journey.contacts.expected().order_by("opens_on", "pk").first()
    contact.refresh_from_db()
    return actions.mark_absent(
        contact=contact,
        version=contact.version,
        missed_on=TODAY - timedelta(days=number),
        reason=actions.NOT_KNOWN,
        by=world.nurse,
        at=AT,
    )


@pytest.mark.django_db
def test_each_time_nobody_came_is_written_down_and_somebody_decides(world, planned):
    journey = world.child(born_on=TODAY - timedelta(days=9), at=AT - timedelta(days=7))
    for number in (2, 1, 0):
        miss(world, journey, number)
    tasks = Task.objects.open().filter(source="absence").order_by("ref")
    assert {task.title for task in tasks} == {definitions.DECIDE_MISSED}
    assert {(task.unit, task.rule_version) for task in tasks} == {(world.units["centre"], "")}
    assert tasks.count() == 3
    assert max(task.due_on for task in tasks) == add_working_days(TODAY, 1)


@pytest.mark.django_db
def test_a_new_appointment_does_not_answer_for_whoever_should_decide(world, planned):
    journey = world.child()
    contact = miss(world, journey).contact
    contact.refresh_from_db()
    actions.book_contact(
        contact=contact, version=contact.version, on=TODAY + timedelta(days=1), time=None, confirmed=True,
        by=world.nurse, at=AT,
    )  # fmt: skip
    (task,) = Task.objects.open().filter(source="absence")
    missed = contact.missed.get()
    actions.answer_absence(missed=missed, answer="Ringte, ny time", by=world.nurse, at=AT)
    task.refresh_from_db()
    assert task.done_on == TODAY


@pytest.mark.django_db
def test_approval_asks_what_the_ladder_says_at_once(world, planned):
    journey = world.child()
    miss(world, journey)
    approve(world, "missed", kind="routine")
    (task,) = Task.objects.open().filter(source="absence")
    assert (task.title, task.rule_version) == ("Make a new appointment", definitions.missed().version)
    assert list(actions.rebuild(check=True, at=AT)) == []


@pytest.mark.django_db
def test_a_loss_is_recorded_and_somebody_who_knew_her_decides(world, planned):
    journey = world.pregnancy()
    people.record_loss(journey=journey, outcome="loss", ended_on=TODAY, by=world.midwife, at=AT)
    (task,) = Task.objects.open().filter(source="loss")
    assert (task.title, task.unit, task.due_on) == (
        definitions.DECIDE_LOSS, world.units["midwives"], add_working_days(TODAY, 1)
    )  # fmt: skip
    assert "approved" in task.rule


@pytest.mark.django_db
def test_a_birth_and_a_child_of_the_register_have_a_baton_that_is_asked_for_the_next_working_day(world, planned):
    (born,) = world.birth()
    moved_in = world.child()
    assert Handover.objects.get(journey=born).due_on == add_working_days(TODAY, 1)
    assert Baton.objects.get(journey=moved_in, until_at=None).unit == world.units["centre"]
    confirm = Task.objects.open().get(ref__startswith=f"baton:{moved_in.key}")
    assert (confirm.due_on, confirm.facts["days"]) == (add_working_days(TODAY, 1), 1)


@pytest.mark.django_db
def test_a_handover_may_be_sent_and_is_to_be_answered_the_next_working_day(world, planned):
    journey = world.child(born_on=TODAY - timedelta(days=400))
    sent = actions.hand_over(
        journey=journey, to_unit_id=world.units["centre_south"].pk, reason="Flytter", summary="", by=world.nurse, at=AT
    )
    assert sent.due_on == add_working_days(TODAY, 1)


# --- how long an appointment lasts ------------------------------------------------------------------------

TEN = Slot(TODAY, time(10), 1, "Rom 1")
OTHERS = [
    (Slot(TODAY, time(10), 1, ""), True),
    (Slot(TODAY, time(15), 1, ""), True),
    (Slot(TODAY, time(8), 2, "rom 1"), True),
    (Slot(TODAY, time(15), 2, "Rom 2"), False),
    (Slot(TODAY, None, 1, ""), False),
    (Slot(TODAY + timedelta(days=1), time(10), 1, ""), False),
]


@pytest.mark.parametrize(("other", "is_said"), OTHERS)
def test_while_nobody_has_said_how_long_one_lasts_every_other_that_day_is_looked_at(other, is_said):
    found = concerns(TEN, opens_on=TODAY, closes_on=TODAY, others=[other], minutes=None)
    assert found == ((Concern.SAME_DAY,) if is_said else ())


def test_those_of_one_group_are_one_appointment_whoever_has_approved_what():
    one, other = (Slot(TODAY, time(10), 1, "", group_id=7) for _ in range(2))
    assert not overlaps(one, other, None)


@pytest.mark.django_db
def test_a_booking_is_warned_of_and_never_refused(world, planned):
    first, second, *_ = world.child().contacts.expected().order_by("opens_on", "pk")
    values = {"on": TODAY + timedelta(days=1), "place": "", "staff_id": world.nurse.staff_id, "by": world.nurse}
    actions.book_contact(
        contact=first, version=first.version, time=time(9), confirmed=True, at=AT, **values
    )  # fmt: skip
    second.refresh_from_db()
    assert Concern.SAME_DAY in concerns_of(second, Slot(values["on"], time(14), world.nurse.staff_id, ""))
    booked = actions.book_contact(
        contact=second, version=second.version, time=time(14), confirmed=True, at=AT, **values
    )
    assert booked.booked_time == time(14)
    approve(world, "booking", kind="routine")
    assert Concern.SAME_DAY not in concerns_of(second, Slot(values["on"], time(14), world.nurse.staff_id, ""))


# --- the page ---------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ROUTINES)
def test_each_is_read_with_its_numbers_and_approved_on_its_page(browser, world, earnest_pages, slug):
    browser.enter("chief")
    page = browser.get("instruments:definition", "routine", slug)
    assert page.status_code == 200
    html = page.content.decode()
    assert html.count("<tbody>") == 1
    assert any(word in html for word in ("arbeidsdag", "30 minutter", "Vekt og hodeomkrets"))
    done = browser.post(
        "instruments:definition", "routine", slug, has_read="on", digest=shelf.digest_of("routine", slug)
    )
    assert done.status_code == 302
    assert shelf.approved("routine", slug) is not None
