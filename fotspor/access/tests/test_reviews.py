"""The officer's lists of looks: what each finds, what it leaves, and that what is gone through stays so."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from fotspor.access import actions
from fotspor.access.models import AuditEvent, CareRelation, LookReview
from fotspor.access.queries import (
    NotVisible,
    follow_up_count,
    look_to_review,
    looks_to_review,
    waiting_follow_ups,
    waiting_reviews,
)
from fotspor.access.rules import Decision, Outcome, Purpose, Reason
from fotspor.access.tests.made import LONG_AGO, make_guardian, make_person, make_staff, make_unit, viewer_in
from fotspor.people.models import Person
from fotspor.services.models import Staff
from fotspor.worklist.actions import AlreadyClosed, finish_typed
from fotspor.worklist.models import Task

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)  # a Tuesday; ten in Oslo
NOON = datetime(2026, 11, 3, 11, 0, tzinfo=UTC)  # three weeks before, noon in Oslo
PERIOD = {"from_on": date(2026, 11, 1), "to_on": date(2026, 11, 24)}
WORDS = "Asked the leader, who knew of nothing"


@pytest.fixture
def unit():
    return make_unit(closes_at_time=time(15, 30))


@pytest.fixture
def officer(unit):
    return viewer_in(make_unit(kind="administration", sector="administration"), "privacy_officer")


@pytest.fixture
def nurse(unit):
    return viewer_in(unit, staff=make_staff(family_name="Tindved"))


@pytest.fixture
def child():
    return make_person(family_name="Lund")


def look(viewer, person, at=NOON, basis="baton"):
    yes = Decision(allowed=True, basis=basis)
    once = replace(viewer, session="")  # each its own line
    actions.log_read(viewer=once, person_key=person.key, purpose=Purpose.CARE, decision=yes, at=at)
    return AuditEvent.objects.latest("pk")


def write(viewer, person, at, type="pathways.contact.recorded"):
    actions.log(type=type, by=viewer, at=at, person=person.key)


def listed(officer, reason, **more):
    return looks_to_review(viewer=officer, reason=Reason(reason), at=NOW, **PERIOD | more)


def review(officer, line, reason="kin", outcome=Outcome.EXPLAINED, note="", at=NOW):
    return actions.review_looks(
        reason=Reason(reason), staff_key=line.staff, person_key=line.person, upto=line.pk, outcome=outcome,
        note=note, by=officer, at=at,
    )  # fmt: skip


# --- what each list finds --------------------------------------------------------------------------------


def test_same_surname_or_same_address(officer, nurse, unit, child):
    namesake = make_person(family_name="Berg Tindved")
    own = make_person(identity_number="x", identity_index="own", household="home")
    Staff.objects.filter(pk=nurse.staff_id).update(identity_index="own")
    neighbour = make_person(household="home", family_name="Lund")
    both = make_person(household="home", family_name="Tindved")
    for person in (child, namesake, neighbour, both):
        look(nurse, person)
    found = {row.person_key: row.why for row in listed(officer, "kin").rows}
    assert set(found) == {namesake.key, neighbour.key, both.key}
    assert [len(found[each.key]) for each in (namesake, neighbour, both)] == [1, 1, 2]
    assert own.key not in found


def test_a_look_with_nothing_written_afterwards(officer, nurse, unit, child):
    followed, by_colleague, by_another_unit, through_mother, taken_in, early = (make_person() for _ in range(6))
    mother = make_guardian(through_mother)
    colleague, stranger = viewer_in(unit), viewer_in(make_unit())
    for person in (child, followed, by_colleague, by_another_unit, through_mother, taken_in, early):
        look(nurse, person)
    write(nurse, followed, NOON + timedelta(days=14))
    write(colleague, by_colleague, NOON + timedelta(hours=1))
    write(stranger, by_another_unit, NOON + timedelta(days=1))
    write(nurse, mother, NOON + timedelta(days=2))
    write(nurse, taken_in, NOON, type="people.person.taken_in")
    write(nurse, child, NOON + timedelta(days=1), type="access.relation.opened")
    write(nurse, child, NOON + timedelta(days=1), type="desk.child.printed")  # paper is no entry
    write(nurse, early, NOON - timedelta(days=1))
    waits = {row.person_key for row in listed(officer, "no_entry").rows}
    assert waits == {child.key, by_another_unit.key, taken_in.key, early.key}


def test_a_look_of_the_last_fortnight_is_not_judged_yet(officer, nurse, child):
    look(nurse, child, at=NOW - timedelta(days=13))
    assert listed(officer, "no_entry").waiting == 0
    look(nurse, child, at=NOW - timedelta(days=15))
    assert listed(officer, "no_entry").waiting == 1
    (row,) = listed(officer, "no_entry").rows
    assert row.looks == 1


def test_one_pair_is_asked_about_with_the_same_answer(officer, nurse, child):
    mother = make_guardian(child)
    look(nurse, child)
    asked = {"staff_key": nurse.staff_key, "person_key": child.key, "at": NOW, **PERIOD}
    assert look_to_review(viewer=officer, reason=Reason.NO_ENTRY, **asked).looks == 1
    write(nurse, mother, NOON)
    with pytest.raises(NotVisible):
        look_to_review(viewer=officer, reason=Reason.NO_ENTRY, **asked)


def test_after_hours_asks_the_unit_when_it_closes(officer, nurse, unit, child):
    late = make_unit(closes_at_time=time(20, 0))
    evening = datetime(2026, 11, 3, 17, 0, tzinfo=UTC)  # six in Oslo
    sunday = datetime(2026, 11, 8, 11, 0, tzinfo=UTC)
    look(nurse, child, at=NOON)
    look(nurse, make_person(), at=NOON)
    look(viewer_in(late), child, at=evening)
    nowhere = replace(viewer_in(late), unit_key="")
    look(nowhere, child, at=evening)
    assert {row.staff_key for row in listed(officer, "after_hours").rows} == {nowhere.staff_key}
    look(nurse, child, at=evening)
    look(nurse, child, at=sunday)
    early = make_unit(opens_at_time=time(10, 0))
    look(viewer_in(early), child, at=datetime(2026, 11, 3, 7, 59, tzinfo=UTC))  # a minute to nine
    look(viewer_in(early), make_person(), at=datetime(2026, 11, 3, 8, 0, tzinfo=UTC))
    assert [row.looks for row in listed(officer, "after_hours").rows if row.unit == early.name] == [1]
    newest, *_others = [row for row in listed(officer, "after_hours").rows if row.unit != early.name]
    assert (newest.staff_key, newest.looks, newest.first_at, newest.last_at) == (nurse.staff_key, 2, evening, sunday)


def test_protected_persons_have_no_name(officer, nurse, child):
    hidden, elsewhere = make_person(protection="strict"), make_person(address_protection="confidential")
    for person in (hidden, elsewhere, child):
        look(nurse, person)
    rows = {row.person_key: row for row in listed(officer, "protected").rows}
    assert set(rows) == {hidden.key, elsewhere.key}
    assert hidden.name not in rows[hidden.key].person
    assert rows[elsewhere.key].person == elsewhere.name


def test_emergencies_and_what_was_opened_by_them(officer, nurse, child):
    look(nurse, child)
    look(nurse, child, basis="emergency")
    write(nurse, child, NOON, type="access.emergency.opened")
    (row,) = listed(officer, "emergency").rows
    assert (row.looks, row.staff, row.unit) == (2, "Kari Tindved", nurse_unit_name(nurse))


def nurse_unit_name(viewer):
    from fotspor.services.models import Unit

    return Unit.objects.get(pk=viewer.unit_id).name


def test_the_period_has_both_its_days_and_no_other(officer, nurse):
    hidden = make_person(protection="confidential")
    look(nurse, hidden, at=datetime(2026, 10, 31, 22, 59, tzinfo=UTC))  # one minute before November in Oslo
    assert listed(officer, "protected").waiting == 0
    look(nurse, hidden, at=datetime(2026, 10, 31, 23, 0, tzinfo=UTC))
    look(nurse, hidden, at=datetime(2026, 11, 24, 22, 59, tzinfo=UTC))
    look(nurse, hidden, at=datetime(2026, 11, 24, 23, 0, tzinfo=UTC))
    (row,) = listed(officer, "protected").rows
    assert row.looks == 2


def test_the_lists_are_paged_and_asked_for_in_few_questions(officer, nurse, django_assert_max_num_queries):
    people = [make_person(family_name="Tindved") for _ in range(60)]
    for person in people:
        look(nurse, person)
    with django_assert_max_num_queries(12):
        found = listed(officer, "kin")
    assert (len(found.rows), found.waiting, found.done) == (50, 60, 0)
    assert len(listed(officer, "kin", page=2).rows) == 10
    assert found.shown < {person.key for person in people}


# --- who may ask, and about whom -------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["nurse", "unit_leader", "administrator", "director", "kindergarten"])
def test_nobody_but_the_officer_asks(officer, nurse, child, role):
    line, other = look(nurse, child), viewer_in(make_unit(), role)
    with pytest.raises(NotVisible):
        listed(other, "kin")
    with pytest.raises(NotVisible):
        review(other, line)
    assert (waiting_follow_ups(viewer=other, at=NOW), follow_up_count(viewer=other, at=NOW)) == ([], 0)


def test_her_own_family_stands_in_no_list_of_hers(officer, nurse):
    herself = make_person(identity_number="x", identity_index="officer", protection="confidential")
    Staff.objects.filter(pk=officer.staff_id).update(identity_index="officer")
    hers = make_person(protection="confidential")
    make_guardian(hers, guardian=herself)
    line = look(nurse, hers)
    assert listed(officer, "protected").rows == ()
    pair = {"staff_key": line.staff, "person_key": line.person}
    with pytest.raises(NotVisible):
        look_to_review(viewer=officer, reason=Reason.PROTECTED, at=NOW, **pair, **PERIOD)
    with pytest.raises(NotVisible):
        review(officer, line)


# --- going through ---------------------------------------------------------------------------------------


def test_what_is_gone_through_says_by_whom_when_and_with_what_outcome(officer, nurse):
    namesake = make_person(family_name="Tindved")
    line = look(nurse, namesake)
    review(officer, line, note="Works in the same  team")
    assert (listed(officer, "kin").waiting, listed(officer, "kin").done) == (0, 1)
    (row,) = listed(officer, "kin", done=True).rows
    (past,) = row.past
    assert row.is_done
    assert (past.at, past.note, past.upto) == (NOW, "Works in the same team", line.pk)
    assert past.by == Staff.objects.get(pk=officer.staff_id).name
    event = AuditEvent.objects.get(type="access.look.reviewed")
    assert (event.person, event.purpose, event.facts["outcome"]) == (namesake.key, "privacy", "explained")
    assert "team" not in str(event.facts)


def test_a_newer_look_brings_the_row_back_with_what_was_written(officer, nurse):
    namesake = make_person(family_name="Tindved")
    review(officer, look(nurse, namesake))
    look(nurse, namesake, at=NOON + timedelta(days=1))
    (row,) = listed(officer, "kin").rows
    assert (row.is_done, len(row.past), row.looks) == (False, 1, 2)


def test_one_list_says_nothing_about_another(officer, nurse):
    hidden = make_person(family_name="Tindved", protection="strict")
    review(officer, look(nurse, hidden))
    assert listed(officer, "protected").waiting == 1


def test_the_same_outcome_twice_is_one(officer, nurse, child):
    line = look(nurse, child)
    assert review(officer, line).pk == review(officer, line).pk
    assert AuditEvent.objects.filter(type="access.look.reviewed").count() == 1
    review(officer, line, outcome=Outcome.BREACH, note=WORDS)
    assert LookReview.objects.count() == 2


@pytest.mark.parametrize("outcome", [Outcome.FOLLOW_UP, Outcome.BREACH])
def test_what_somebody_must_act_on_is_said_in_words(officer, nurse, child, outcome):
    with pytest.raises(actions.WordsNeeded):
        review(officer, look(nurse, child), outcome=outcome, note="  short  ")
    assert not LookReview.objects.exists()


def test_nobody_goes_through_her_own(officer, child):
    line = look(officer, child)
    with pytest.raises(actions.OwnLooks):
        review(officer, line)
    make_person()
    Person.objects.filter(pk=child.pk).update(protection="confidential")
    (row,) = listed(officer, "protected").rows
    assert row.is_own


def test_a_line_that_is_not_of_the_two_is_refused(officer, nurse, child):
    line, other = look(nurse, child), look(nurse, make_person())
    line.pk = other.pk
    with pytest.raises(NotVisible):
        review(officer, line)


def test_the_database_refuses_to_change_what_was_written(officer, nurse, child):
    made = review(officer, look(nurse, child), note=WORDS)
    for attempt in (
        lambda: LookReview.objects.update(outcome="breach"),
        lambda: LookReview.objects.update(reviewed_at=NOON),
        lambda: LookReview.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            attempt()
    made.refresh_from_db()
    assert (made.outcome, made.note) == ("explained", WORDS)


def test_a_rotation_of_keys_may_write_the_encrypted_words_anew(officer, nurse, child):
    made = review(officer, look(nurse, child), note=WORDS)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE access_lookreview SET note = note WHERE id = %s", [made.pk])
        assert cursor.rowcount == 1


# --- follow-up -------------------------------------------------------------------------------------------


def test_follow_up_gives_the_officer_a_task_until_another_outcome(officer, nurse, child):
    line = look(nurse, child)
    review(officer, line, outcome=Outcome.FOLLOW_UP, note=WORDS)
    task = Task.objects.open().get()
    assert (task.unit_id, task.person_id, task.source) == (officer.unit_id, child.pk, "emergency")
    (row,) = waiting_follow_ups(viewer=officer, at=NOW)
    assert (row.staff, row.person, row.note, row.from_on) == ("Kari Tindved", child.name, WORDS, date(2026, 11, 3))
    assert follow_up_count(viewer=officer, at=NOW) == 1
    assert waiting_reviews(viewer=officer, at=NOW) == 0  # it is no emergency access
    review(officer, line, outcome=Outcome.FOLLOW_UP, note=f"{WORDS}, again")
    assert Task.objects.open().count() == 1
    review(officer, line, outcome=Outcome.BREACH, note=WORDS)
    assert not Task.objects.open().exists()
    assert follow_up_count(viewer=officer, at=NOW) == 0


def test_such_a_task_is_not_finished_by_hand(officer, nurse, child):
    from fotspor.kit.errors import Refused

    review(officer, look(nurse, child), outcome=Outcome.FOLLOW_UP, note=WORDS)
    with pytest.raises(Refused):
        finish_typed(task=Task.objects.get(), by=officer, at=NOW)
    assert Task.objects.open().exists()


def test_a_row_that_lost_its_reason_can_still_be_closed(officer, nurse):
    namesake = make_person(family_name="Tindved")
    line = look(nurse, namesake)
    review(officer, line, outcome=Outcome.FOLLOW_UP, note=WORDS)
    Person.objects.filter(pk=namesake.pk).update(family_name="Lund")
    asked = {"staff_key": line.staff, "person_key": line.person, "at": NOW, **PERIOD}
    row = look_to_review(viewer=officer, reason=Reason.KIN, **asked)
    assert row.upto == line.pk
    with pytest.raises(NotVisible):
        look_to_review(viewer=officer, reason=Reason.PROTECTED, **asked)


def test_her_own_familys_follow_ups_are_another_officers(officer, nurse, child):
    review(officer, look(nurse, child), outcome=Outcome.FOLLOW_UP, note=WORDS)
    Person.objects.filter(pk=child.pk).update(identity_number="x", identity_index="officer")
    Staff.objects.filter(pk=officer.staff_id).update(identity_index="officer")
    assert waiting_follow_ups(viewer=officer, at=NOW) == []


def test_going_through_emergencies_finishes_their_tasks(officer, nurse, unit, child):
    reason = "The child is ill and nobody else is here"
    other = make_person()
    for person in (child, other):
        actions.break_glass(person_id=person.pk, reason=reason, by=nurse, at=NOON)
    CareRelation.objects.create(person=child, unit=unit, basis="baton", from_on=LONG_AGO, opened_at=NOON)
    line = AuditEvent.objects.get(type="access.emergency.opened", person=child.key)
    review(officer, line, reason="emergency")
    assert [task.person_id for task in Task.objects.open()] == [other.pk]
    assert waiting_reviews(viewer=officer, at=NOW) == 1
    done = Task.objects.exclude(done_on=None).get()
    assert (done.done_by_id, done.taken_at) == (officer.staff_id, NOW)
    with pytest.raises(AlreadyClosed):
        finish_typed(task=done, by=officer, at=NOW)
