from datetime import date, timedelta
from hashlib import sha256

import pytest
from django.http import Http404

from fotspor.access.rules import SYSTEM
from fotspor.services import actions, queries
from fotspor.services.tests.builders import AT, LONG_AGO, TODAY, make_post, make_staff, make_unit, viewer_of

TOMORROW = TODAY + timedelta(days=1)
WEEK = TODAY + timedelta(days=7)


def away(staff, substitute, *, from_on=TODAY, until_on=WEEK):
    return actions.record_absence(
        staff=staff, substitute=substitute, from_on=from_on, until_on=until_on, by=SYSTEM, at=AT
    )


# --- who is looking


def test_a_viewer_carries_unit_sector_and_a_digest_of_the_session(town):
    viewer = queries.viewer_for(staff=town.nurse, membership_key="", session_key="secret", on=TODAY)
    assert (viewer.role, viewer.unit_id, viewer.sector) == ("nurse", town.station.pk, "health")
    assert viewer.session == sha256(b"secret").hexdigest()
    assert (viewer.staff_key, viewer.unit_key) == (town.nurse.key, town.station.key)
    assert viewer.district_id == town.granby.pk


def test_a_chosen_post_is_the_one_in_use(town):
    second = make_post(town.nurse, town.midwives, "unit_leader", from_on=TODAY)
    chosen = queries.viewer_for(staff=town.nurse, membership_key=second.key, session_key="s", on=TODAY)
    assert (chosen.role, chosen.unit_id) == ("unit_leader", town.midwives.pk)
    assert viewer_of(town.nurse).role == "nurse"


@pytest.mark.parametrize("key", ["nonsense", ""])
def test_somebody_elses_post_cannot_be_chosen(town, key):
    key = key or town.posts["administrator"].key
    assert queries.viewer_for(staff=town.nurse, membership_key=key, session_key="s", on=TODAY).role == "nurse"


def test_without_a_post_that_counts_there_is_no_viewer(town):
    actions.end_membership(membership=town.posts["nurse"], until_on=TODAY, by=SYSTEM, at=AT)
    assert queries.viewer_for(staff=town.nurse, membership_key="", session_key="s", on=TODAY) is None
    assert queries.posts_of(staff=town.nurse, on=TODAY - timedelta(days=1)) == [town.posts["nurse"]]


def test_a_post_in_a_closed_unit_does_not_count(town):
    actions.close_unit(unit=town.station, version=1, until_on=TODAY, by=SYSTEM, at=AT)
    assert queries.posts_of(staff=town.nurse, on=TODAY) == []


def test_before_there_is_a_post_nobody_may_anything(town):
    self = queries.themselves(staff=town.nurse, session_key="s")
    assert (self.role, self.unit_id, self.staff_key) == ("", None, town.nurse.key)


def test_the_viewer_takes_one_query(town, django_assert_num_queries):
    with django_assert_num_queries(1):
        queries.viewer_for(staff=town.nurse, membership_key="", session_key="s", on=TODAY)


# --- the address rule


def test_the_unit_that_serves_the_district(town):
    on = {"kind": "health_station", "on": TODAY}
    assert queries.unit_for_area(district_id=town.granby.pk, **on) == town.station
    assert queries.unit_for_area(district_id=town.fjordby.pk, **on) is None
    assert queries.unit_for_area(district_id=None, **on) is None


def test_of_several_the_first_by_name(town):
    make_unit("Aker helsestasjon", serves=[town.granby])
    chosen = queries.unit_for_area(kind="health_station", district_id=town.granby.pk, on=TODAY)
    assert chosen.name == "Aker helsestasjon"


def test_a_unit_that_is_not_open_or_does_not_sign_in_serves_nobody(town):
    make_unit("Aker helsestasjon", serves=[town.granby], from_on=TOMORROW)
    make_unit("Borg helsestasjon", serves=[town.granby], signs_in=False)
    chosen = queries.unit_for_area(kind="health_station", district_id=town.granby.pk, on=TODAY)
    assert chosen == town.station


# --- who answers


def test_the_substitute_answers_while_somebody_is_away(town):
    away(town.nurse, town.other_nurse)
    asked = {"staff_id": town.nurse.pk}
    assert queries.substitute_for(**asked, on=TODAY) == town.other_nurse.pk
    assert queries.substitute_for(**asked, on=WEEK) is None
    assert queries.substitute_for(**asked, on=TODAY - timedelta(days=1)) is None


def test_a_substitute_who_left_leaves_it_to_the_unit(town):
    away(town.nurse, town.other_nurse)
    actions.leave(staff=town.other_nurse, by=SYSTEM, at=AT)
    assert queries.substitute_for(staff_id=town.nurse.pk, on=TODAY) is None


def test_leaders_and_their_substitutes(town):
    assert queries.leaders_of(unit_id=town.station.pk, on=TODAY) == [town.leader]
    away(town.leader, town.nurse)
    assert set(queries.leaders_of(unit_id=town.station.pk, on=TODAY)) == {town.leader, town.nurse}
    assert queries.leaders_of(unit_id=town.midwives.pk, on=TODAY) == []


# --- choices and names


def test_units_to_choose_from(town):
    make_unit("Fødeavdelingen", "maternity_ward", signs_in=False)
    viewer = viewer_of(town.nurse)
    names = lambda **more: [name for _key, name in queries.unit_choices(viewer=viewer, on=TODAY, **more)]  # noqa: E731
    assert names(kinds=["health_station"]) == ["Granby helsestasjon"]
    assert "Fødeavdelingen" in names()
    assert "Fødeavdelingen" not in names(signs_in=True)
    assert names(signs_in=False) == ["Fødeavdelingen"]


def test_colleagues_to_choose_from(town):
    names = {name for _key, name in queries.staff_choices(unit_id=town.station.pk, on=TODAY)}
    assert names == {"Rolig Dal", "Stille Vann", "Klar Li"}


def test_names_by_id_also_of_those_who_left(town):
    actions.leave(staff=town.nurse, by=SYSTEM, at=AT)
    assert queries.staff_names([town.nurse.pk, None]) == {town.nurse.pk: "Rolig Dal"}
    assert queries.unit_names([town.station.pk, None]) == {town.station.pk: "Granby helsestasjon"}


def test_an_unknown_address_is_not_found(db):
    for look in (queries.unit_by_key, queries.staff_by_key, queries.district_by_key):
        with pytest.raises(Http404):
            look("nonsense")


# --- what is kept


def test_an_administrator_sees_everybody_and_a_leader_her_own(town, admin, leads):
    assert len(queries.staff_rows(viewer=admin, on=TODAY)) == 7
    assert {row.staff for row in queries.staff_rows(viewer=leads, on=TODAY)} == {
        town.nurse,
        town.other_nurse,
        town.leader,
    }


def test_others_see_nobody(town):
    for person in (town.nurse, town.midwife, town.kindergarten, town.privacy_officer):
        assert queries.staff_rows(viewer=viewer_of(person), on=TODAY) == []
        assert queries.unit_rows(viewer=viewer_of(person), on=TODAY) == []
        assert queries.coverage(viewer=viewer_of(person), on=TODAY) == []


def test_a_leader_cannot_open_somebody_of_another_unit(town, leads):
    assert queries.staff_page(viewer=leads, key=town.nurse.key, on=TODAY).staff == town.nurse
    with pytest.raises(Http404):
        queries.staff_page(viewer=leads, key=town.midwife.key, on=TODAY)


def test_a_leader_sees_only_the_posts_in_her_own_unit(town, leads, admin):
    make_post(town.nurse, town.midwives, "unit_leader")
    assert len(queries.staff_page(viewer=leads, key=town.nurse.key, on=TODAY).posts) == 1
    assert len(queries.staff_page(viewer=admin, key=town.nurse.key, on=TODAY).posts) == 2


def test_states_of_access(town, admin):
    def state(staff):
        return queries.staff_page(viewer=admin, key=staff.key, on=TODAY).state

    assert state(town.nurse) == "active"
    away(town.nurse, town.other_nurse)
    assert state(town.nurse) == "away"
    newcomer = make_staff("Ny Her")
    assert state(newcomer) == "no_post"
    actions.invite_again(staff=newcomer, by=SYSTEM, at=AT)
    assert state(newcomer) == "invited"
    assert queries.staff_page(viewer=admin, key=newcomer.key, on=WEEK).state == "lapsed"
    actions.leave(staff=town.nurse, by=SYSTEM, at=AT)
    assert state(town.nurse) == "left"
    assert [row.state for row in queries.staff_rows(viewer=admin, on=TODAY, left=True)] == ["left"]


def test_finding_a_colleague_by_every_word(town, admin):
    found = lambda text: [row.staff for row in queries.staff_rows(viewer=admin, on=TODAY, text=text)]  # noqa: E731
    assert found("dal rolig") == [town.nurse]
    assert found("dal stille") == []


def test_the_list_of_staff_takes_as_many_queries_for_seven_as_for_one(town, admin, django_assert_num_queries):
    with django_assert_num_queries(4):
        queries.staff_rows(viewer=admin, on=TODAY)
    with django_assert_num_queries(4):
        queries.staff_rows(viewer=admin, on=TODAY, text="Rolig")


def test_the_list_of_units_counts_people_and_names_districts(town, admin, django_assert_num_queries):
    with django_assert_num_queries(3):
        rows = {row.unit.name: row for row in queries.unit_rows(viewer=admin, on=TODAY)}
    assert rows["Granby helsestasjon"].people == 3
    assert rows["Jordmortjenesten"].districts == "Fjordby, Granby"


@pytest.mark.parametrize(
    ("from_on", "until_on", "state"),
    [
        (TOMORROW, None, "planned"),
        (LONG_AGO, None, "open"),
        (LONG_AGO, WEEK, "closing"),
        (LONG_AGO, TODAY, "closed"),
    ],
)
def test_states_of_a_unit(town, from_on, until_on, state):
    town.station.from_on, town.station.until_on = from_on, until_on
    assert queries.unit_state(town.station, TODAY) == state


def test_closed_units_have_a_list_of_their_own(town, admin):
    actions.close_unit(unit=town.barnehage, version=1, until_on=TODAY, by=admin, at=AT)
    names = lambda **more: [r.unit.name for r in queries.unit_rows(viewer=admin, on=TODAY, **more)]  # noqa: E731
    assert "Kongleveien barnehage" not in names()
    assert names(closed=True) == ["Kongleveien barnehage"]


def test_coverage_says_none_one_and_several(town, admin):
    make_unit("Aker helsestasjon", serves=[town.granby])
    rows = {row.district.name: [cell.state for cell in row.cells] for row in queries.coverage(viewer=admin, on=TODAY)}
    assert rows == {"Granby": ["one", "several", "none"], "Fjordby": ["one", "none", "none"]}


def test_an_invitation_is_found_by_its_token_alone(town):
    invitation, token = actions.invite_again(staff=town.nurse, by=SYSTEM, at=AT)
    assert queries.invitation_by_token(token=token, on=TODAY) == invitation
    assert queries.invitation_by_token(token=invitation.token_digest, on=TODAY) is None
    assert queries.invitation_by_token(token=token, on=date(2026, 12, 1)) is None


def test_the_demo_shows_every_post_that_counts(town):
    assert set(queries.demo_people(on=TODAY)) == set(town.posts.values())
    with pytest.raises(Http404):
        queries.demo_person(key="nonsense", on=TODAY)
