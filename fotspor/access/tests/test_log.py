"""The log: what is written in it, and what the officer, the person and a leader may read of it."""

from datetime import UTC, datetime, timedelta

import pytest

from fotspor.access import actions, queries
from fotspor.access.actions import log, log_list, log_read
from fotspor.access.models import AuditEvent, CareRelation
from fotspor.access.rules import ROLES, SYSTEM, Decision, Purpose
from fotspor.access.tests.made import AT, LONG_AGO, ON, make_person, make_staff, make_unit, viewer_in

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
YES = Decision(allowed=True, basis="baton")


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def nurse(unit):
    return viewer_in(unit)


def test_a_line_says_who_in_which_post_did_what_to_whom_and_why(nurse):
    actions.log(
        type="x.y.done",
        by=nurse,
        at=AT,
        person="p",
        people=["b", "a", "b"],
        purpose=Purpose.CARE,
        basis="baton",
        object="x.y:k",
        on=ON,
        count=2,
    )
    event = AuditEvent.objects.latest("id")
    assert (event.staff, event.role, event.unit, event.session) == (
        nurse.staff_key,
        "nurse",
        nurse.unit_key,
        nurse.session,
    )
    assert (event.person, event.people, event.purpose, event.basis) == ("p", ["a", "b"], "care", "baton")
    assert event.facts == {"on": "2026-11-24", "count": 2}


def test_a_read_is_one_line_for_each_viewer_post_person_purpose_basis_and_session(unit, nurse):
    def read(viewer=nurse, person="p", decision=YES, purpose=Purpose.CARE):
        actions.log_read(viewer=viewer, person_key=person, purpose=purpose, decision=decision, at=AT)
        return AuditEvent.objects.count()

    assert read() == 1
    assert read() == 1
    assert read(person="q") == 2
    assert read(decision=Decision(allowed=True, basis="emergency")) == 3
    assert read(purpose=Purpose.LEADERSHIP) == 4
    assert read(viewer=viewer_in(unit)) == 5
    assert read(viewer=viewer_in(unit, session="another")) == 6
    nobodys = viewer_in(unit, session="")
    assert read(viewer=nobodys) == 7
    assert read(viewer=nobodys) == 8


def test_a_refused_look_is_not_a_look(nurse):
    with pytest.raises(ValueError, match="refused"):
        actions.log_read(viewer=nurse, person_key="p", purpose=Purpose.CARE, decision=Decision(allowed=False), at=AT)
    assert not AuditEvent.objects.exists()


def test_a_list_is_one_line_for_each_filter_set_session_and_day(nurse):
    def listed(people, at=AT, **filter):
        actions.log_list(viewer=nurse, type="desk.day.listed", people=people, at=at, **filter)
        return AuditEvent.objects.count()

    assert listed(["a", "b"], unit="u") == 1
    assert listed(["b", "a"], unit="u") == 1
    assert listed(["a"], unit="u") == 2
    assert listed(["a"], unit="v") == 3
    assert listed(["a"], unit="v", at=AT + DAY) == 4
    assert listed([]) == 5
    assert AuditEvent.objects.latest("id").purpose == "care"


def test_the_day_of_a_list_is_that_of_those_who_look(nurse):
    """Half past eleven at night and half past midnight in Oslo are one day in the server's own time."""
    for minutes, lines in ((0, 1), (20, 1), (60, 2)):
        at = datetime(2026, 11, 24, 22, 30, tzinfo=UTC) + timedelta(minutes=minutes)
        actions.log_list(viewer=nurse, type="desk.day.listed", people=["a"], at=at)
        assert AuditEvent.objects.count() == lines


def test_a_list_by_somebody_without_a_role_or_session_is_a_line_each_time():
    for count in (1, 2):
        actions.log_list(viewer=SYSTEM, type="x.listed", people=["a"], at=AT)
        assert AuditEvent.objects.count() == count
    assert AuditEvent.objects.latest("id").purpose == ""


# --- who has looked ---------------------------------------------------------------------------------------


def looks(viewer, **values):
    return queries.who_has_looked(viewer=viewer, at=AT, **{"from_on": ON, "to_on": ON, **values})


def test_the_officer_finds_every_kind_of_look_at_a_person(unit, nurse):
    officer, person, other = viewer_in(unit, "privacy_officer"), make_person(), make_person()
    read = {"purpose": Purpose.CARE, "decision": YES, "at": AT}
    log_read(viewer=nurse, person_key=person.key, **read)
    log_list(viewer=nurse, type="desk.tasks.listed", people=[person.key, other.key], at=AT)
    log_read(viewer=nurse, person_key=other.key, **read)
    log(type="people.person.changed", by=nurse, at=AT - 2 * DAY, person=person.key)
    found = looks(officer, person_key=person.key)
    assert [row.type for row in found.rows] == ["desk.tasks.listed", "access.record.read"]
    assert found.shown == {person.key}
    assert {row.unit for row in found.rows} == {unit.name}
    assert len(looks(officer).rows) == 3
    assert len(looks(officer, from_on=ON - 2 * DAY).rows) == 4


def test_what_was_logged_before_entries_were_joined_is_found_after(unit, nurse):
    officer, kept = viewer_in(unit, "privacy_officer"), make_person()
    joined = make_person(merged_into=kept)
    log_read(viewer=nurse, person_key=joined.key, purpose=Purpose.CARE, decision=YES, at=AT)
    assert len(looks(officer, person_key=kept.key).rows) == 1
    assert looks(officer, person_key=joined.key).person_key == kept.key


def test_keys_are_told_apart_whatever_they_hold(unit, nurse):
    officer, person = viewer_in(unit, "privacy_officer"), make_person(key="aaaa_aaaaaaaaaaa")
    make_person(key="aaaaXaaaaaaaaaaa")
    log_list(viewer=nurse, type="desk.tasks.listed", people=["aaaaXaaaaaaaaaaa"], at=AT)
    assert looks(officer, person_key=person.key).rows == []


def test_the_officer_does_not_read_her_own_familys_log(unit):
    officer = viewer_in(unit, "privacy_officer", staff=make_staff(identity_index="own"))
    own = make_person(identity_number="1", identity_index="own")
    with pytest.raises(queries.NotVisible):
        looks(officer, person_key=own.key)


def test_a_leader_sees_her_own_staff_in_her_own_unit_and_names_of_her_own_people(unit, nurse):
    leader, elsewhere = viewer_in(unit, "unit_leader"), make_unit()
    stranger = viewer_in(elsewhere)
    mine, theirs = make_person(), make_person()
    CareRelation.objects.create(person=mine, unit=unit, basis="baton", from_on=LONG_AGO, opened_at=AT)
    log_list(viewer=nurse, type="people.search.searched", people=[mine.key, theirs.key], at=AT)
    log_read(viewer=stranger, person_key=mine.key, purpose=Purpose.CARE, decision=YES, at=AT)
    found = looks(leader)
    assert [(row.people, row.others) for row in found.rows] == [((mine.name,), 1)]
    assert found.shown == {mine.key}
    assert len(looks(leader, staff_key=nurse.staff_key).rows) == 1
    for refused in ({"person_key": mine.key}, {"staff_key": stranger.staff_key}):
        with pytest.raises(queries.NotVisible):
            looks(leader, **refused)


@pytest.mark.parametrize("role", sorted(set(ROLES) - {"privacy_officer", "unit_leader"}))
def test_nobody_else_reads_the_log(unit, role):
    with pytest.raises(queries.NotVisible):
        looks(viewer_in(unit, role))


def test_the_page_of_the_log_takes_the_same_queries_however_long_it_is(unit, nurse, django_assert_num_queries):
    officer, people = viewer_in(unit, "privacy_officer"), [make_person() for _ in range(12)]
    for person in people:
        log_read(viewer=nurse, person_key=person.key, purpose=Purpose.CARE, decision=YES, at=AT)
    with django_assert_num_queries(6):
        assert len(looks(officer).rows) == 12
