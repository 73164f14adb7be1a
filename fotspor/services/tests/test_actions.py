from dataclasses import replace
from datetime import time, timedelta

import pytest
from django.db import IntegrityError, transaction

from fotspor.kit.errors import Stale
from fotspor.kit.facts import Kind
from fotspor.services import actions, queries, rules
from fotspor.services.models import Absence, Membership, Municipality, Unit
from fotspor.services.tests import builders
from fotspor.services.tests.builders import AT, LONG_AGO, TODAY, events, make_post, make_staff, viewer_of

TOMORROW, WEEK = TODAY + timedelta(days=1), TODAY + timedelta(days=7)
LATER = AT + timedelta(days=8)


def details(unit, **more):
    values = {**queries.unit_values(unit), **more}
    return queries.details_from(values)


# --- places


def test_the_municipality_is_made_once(admin):
    made = actions.create_municipality(name="Fjordvik", number="9901", by=admin, at=AT)
    assert Municipality.objects.get() == made
    assert events("services.municipality.created")[0].object == f"services.municipality:{made.key}"
    with pytest.raises(actions.MunicipalityExists):
        actions.create_municipality(name="Nabo", number="9902", by=admin, at=AT)


def test_the_municipality_is_changed_under_a_lock(admin):
    made = actions.create_municipality(name="Fjordvik", number="9901", by=admin, at=AT)
    actions.change_municipality(municipality=made, version=1, values={"name": "Nyvik"}, by=admin, at=AT)
    assert queries.municipality().name == "Nyvik"
    assert events("services.municipality.changed")[0].facts == {"changed": ["name"]}
    with pytest.raises(Stale):
        actions.change_municipality(municipality=made, version=1, values={"name": "Annen"}, by=admin, at=AT)


def test_districts_have_codes_of_their_own(town, admin):
    with pytest.raises(actions.NameTaken):
        actions.create_district(code="gra", name="Annet", by=admin, at=AT)
    with pytest.raises(actions.NameTaken):
        actions.change_district(district=town.granby, version=1, values={"code": "fjo"}, by=admin, at=AT)
    actions.change_district(district=town.granby, version=1, values={"code": "gra", "name": "Nygran"}, by=admin, at=AT)
    assert events("services.district.changed")[-1].facts == {"changed": ["name"]}


def test_sector_and_arena_follow_from_the_kind(town, admin):
    unit = builders.make_unit("Familiens hus", "family_service")
    assert (unit.sector, unit.arena) == ("family", "other")
    assert (town.barnehage.sector, town.barnehage.arena) == ("education", "kindergarten")
    assert events("services.unit.created")[-1].facts == {"kind": "family_service"}
    assert builders.HEARD[-1].kind == Kind.UNIT_CHANGED


def test_a_ward_never_signs_in(town, admin):
    with pytest.raises(actions.CannotSignIn):
        builders.make_unit("Fødeavdelingen", "maternity_ward", signs_in=True)
    assert not Unit.objects.filter(name="Fødeavdelingen").exists()


def test_two_units_are_never_called_the_same(town):
    with pytest.raises(actions.NameTaken):
        builders.make_unit("granby HELSESTASJON")


def test_a_unit_is_changed_and_the_news_goes_up(town, admin):
    new = details(town.station, name="Nye Granby", serves=[town.granby.key, town.fjordby.key])
    builders.HEARD.clear()
    actions.change_unit(unit=town.station, version=1, details=new, by=admin, at=AT)
    town.station.refresh_from_db()
    assert (town.station.name, town.station.version, town.station.serves.count()) == ("Nye Granby", 2, 2)
    assert events("services.unit.changed")[0].facts == {"changed": ["name", "serves"]}
    assert builders.HEARD[0].facts == {"unit_id": town.station.pk, "changed": ["name", "serves"]}


def test_a_second_writer_does_not_win(town, admin):
    actions.change_unit(unit=town.station, version=1, details=details(town.station, name="En"), by=admin, at=AT)
    with pytest.raises(Stale):
        actions.change_unit(unit=town.station, version=1, details=details(town.station, name="To"), by=admin, at=AT)
    assert Unit.objects.get(pk=town.station.pk).name == "En"


def test_saving_a_unit_unchanged_is_no_news(town, admin):
    builders.HEARD.clear()
    actions.change_unit(unit=town.station, version=1, details=details(town.station), by=admin, at=AT)
    assert builders.HEARD == []


def test_a_unit_closes_and_its_posts_end(town, admin):
    future = make_post(make_staff("Ny Her"), town.station, from_on=WEEK + timedelta(days=5))
    builders.HEARD.clear()
    actions.close_unit(unit=town.station, version=1, until_on=WEEK, by=admin, at=AT)
    assert set(Membership.objects.filter(unit=town.station, from_on=LONG_AGO).values_list("until_on", flat=True)) == {
        WEEK
    }
    future.refresh_from_db()
    assert future.until_on == future.from_on  # it never began
    assert queries.posts_of(staff=town.nurse, on=TODAY)
    assert not queries.posts_of(staff=town.nurse, on=WEEK)
    assert builders.HEARD[0].facts["until_on"] == WEEK.isoformat()
    assert events("services.unit.closed")[0].facts == {"until_on": WEEK.isoformat()}


@pytest.mark.parametrize("closes", [time(7, 30), time(8, 0)])
def test_a_unit_closes_later_in_the_day_than_it_opens(town, admin, closes):
    hours = details(town.station, opens_at_time=time(8, 0), closes_at_time=closes)
    with pytest.raises(actions.ClosesBeforeOpening):
        actions.change_unit(unit=town.station, version=1, details=hours, by=admin, at=AT)
    open_longer = replace(hours, closes_at_time=time(8, 1))
    actions.change_unit(unit=town.station, version=1, details=open_longer, by=admin, at=AT)
    town.station.refresh_from_db()
    assert (town.station.opens_at_time, town.station.closes_at_time) == (time(8, 0), time(8, 1))


def test_the_database_too_refuses_hours_that_end_before_they_begin(town):
    with pytest.raises(IntegrityError), transaction.atomic():
        Unit.objects.filter(pk=town.station.pk).update(opens_at_time=time(16, 0))


def test_a_unit_closes_once_and_not_before_it_opened(town, admin):
    with pytest.raises(actions.ClosesBeforeItOpened):
        actions.close_unit(unit=town.station, version=1, until_on=LONG_AGO, by=admin, at=AT)
    actions.close_unit(unit=town.station, version=1, until_on=TODAY, by=admin, at=AT)
    with pytest.raises(actions.AlreadyClosed):
        actions.close_unit(unit=town.station, version=2, until_on=WEEK, by=admin, at=AT)


def test_the_unit_of_the_last_administrator_cannot_close(town, admin):
    with pytest.raises(actions.LastAdministrator):
        actions.close_unit(unit=town.hall, version=1, until_on=WEEK, by=admin, at=AT)
    town.hall.refresh_from_db()
    assert town.hall.until_on is None


@pytest.mark.parametrize("who", ["nurse", "leader", "midwife", "kindergarten", "privacy_officer"])
def test_only_an_administrator_keeps_places_and_people(town, who):
    by = viewer_of(getattr(town, who))
    attempts = [
        lambda: actions.create_municipality(name="X", number="9901", by=by, at=AT),
        lambda: actions.create_district(code="x", name="X", by=by, at=AT),
        lambda: actions.change_district(district=town.granby, version=1, values={"name": "X"}, by=by, at=AT),
        lambda: actions.create_unit(kind="school", details=rules.UnitDetails(name="X"), from_on=TODAY, by=by, at=AT),
        lambda: actions.change_unit(unit=town.station, version=1, details=details(town.station), by=by, at=AT),
        lambda: actions.close_unit(unit=town.station, version=1, until_on=WEEK, by=by, at=AT),
        lambda: actions.register_staff(who=rules.Newcomer("x@example.org", "X", "Y"), by=by, at=AT),
        lambda: actions.invite_again(staff=town.nurse, by=by, at=AT),
        lambda: actions.change_staff(
            staff=town.nurse, version=1, who=rules.Newcomer("x@example.org", "X", "Y"), by=by, at=AT
        ),
        lambda: actions.reset_access(staff=town.nurse, identity_checked_how="møttes på kontoret", by=by, at=AT),
        lambda: actions.leave(staff=town.other_nurse, by=by, at=AT),
        lambda: actions.add_membership(staff=town.nurse, unit=town.hall, role="director", from_on=TODAY, by=by, at=AT),
        lambda: actions.end_membership(membership=town.posts["nurse"], until_on=TODAY, by=by, at=AT),
    ]
    for attempt in attempts:
        with pytest.raises(actions.NotAllowed):
            attempt()


# --- posts


def test_a_post_is_given_and_logged(town, admin):
    newcomer = make_staff("Ny Her")
    post = actions.add_membership(staff=newcomer, unit=town.station, role="nurse", from_on=WEEK, by=admin, at=AT)
    event = events("services.post.given")[-1]
    assert event.facts == {
        "post": post.key,
        "given_role": "nurse",
        "in_unit": town.station.key,
        "from_on": WEEK.isoformat(),
    }
    assert (event.staff, event.role) == (town.administrator.key, "administrator")


@pytest.mark.parametrize(
    ("unit", "role", "from_on", "until_on", "error"),
    [
        ("barnehage", "nurse", TODAY, None, actions.RoleDoesNotFit),
        ("station", "administrator", TODAY, None, actions.RoleDoesNotFit),
        ("station", "nonsense", TODAY, None, actions.RoleDoesNotFit),
        ("station", "unit_leader", TODAY, TODAY, actions.EndsBeforeStart),
        ("station", "unit_leader", LONG_AGO - timedelta(days=1), None, actions.UnitNotOpen),
        ("station", "nurse", WEEK, None, actions.AlreadyInPost),
    ],
)
def test_a_post_that_cannot_be(town, admin, unit, role, from_on, until_on, error):
    with pytest.raises(error):
        actions.add_membership(
            staff=town.nurse,
            unit=getattr(town, unit),
            role=role,
            from_on=from_on,
            until_on=until_on,
            by=admin,
            at=AT,
        )
    assert Membership.objects.filter(staff=town.nurse).count() == 1


def test_the_same_post_again_after_the_first_has_ended(town, admin):
    actions.end_membership(membership=town.posts["nurse"], until_on=TODAY, by=admin, at=AT)
    again = make_post(town.nurse, town.station, from_on=TODAY)
    assert queries.posts_of(staff=town.nurse, on=TODAY) == [again]
    assert events("services.post.ended")[0].facts["until_on"] == TODAY.isoformat()


def test_somebody_who_left_gets_no_post(town, admin):
    actions.leave(staff=town.nurse, by=admin, at=AT)
    with pytest.raises(actions.NotWorkingHere):
        make_post(town.nurse, town.station, from_on=WEEK)


def test_the_last_administrator_keeps_the_post(town, admin):
    post = town.posts["administrator"]
    with pytest.raises(actions.LastAdministrator):
        actions.end_membership(membership=post, until_on=WEEK, by=admin, at=AT)
    post.refresh_from_db()
    assert post.until_on is None
    make_post(town.nurse, town.hall, "administrator")
    assert actions.end_membership(membership=post, until_on=WEEK, by=admin, at=AT).until_on == WEEK


# --- absences


def record(town, *, by, staff=None, substitute=None, from_on=TODAY, until_on=WEEK):
    return actions.record_absence(
        staff=staff or town.nurse,
        substitute=substitute or town.other_nurse,
        from_on=from_on,
        until_on=until_on,
        by=by,
        at=AT,
    )


def test_a_leader_records_who_is_away_in_her_unit(town, leads):
    absence = record(town, by=leads)
    assert absence.recorded_by == town.leader
    event = events("services.absence.recorded")[0]
    assert (event.object, event.facts["substitute"]) == (f"services.staff:{town.nurse.key}", town.other_nurse.key)


def test_a_leader_records_nobody_of_another_unit(town, leads):
    helper = make_staff("Hjelp Som")
    make_post(helper, town.midwives, "midwife")
    with pytest.raises(actions.NotAllowed):
        record(town, by=leads, staff=town.midwife, substitute=helper)


def test_a_colleague_records_no_absence(town):
    with pytest.raises(actions.NotAllowed):
        record(town, by=viewer_of(town.other_nurse))


def test_absences_that_cannot_be(town, leads, admin):
    third = make_staff("Tredje Mann")
    make_post(third, town.station)
    with pytest.raises(actions.EndsBeforeStart):
        record(town, by=leads, until_on=TODAY)
    for from_on, until_on in (
        (TODAY - timedelta(days=50), TODAY - timedelta(days=40)),
        (TODAY - timedelta(days=50), TODAY),
        (TODAY, TODAY + timedelta(days=25 * 365)),
    ):
        with pytest.raises(actions.AbsenceNotNow):
            record(town, by=leads, from_on=from_on, until_on=until_on)
    with pytest.raises(actions.NotASubstitute):
        record(town, by=leads, substitute=town.nurse)
    with pytest.raises(actions.NotASubstitute):
        record(town, by=admin, substitute=town.midwife)
    record(town, by=leads)
    with pytest.raises(actions.AlreadyAway):
        record(town, by=leads, substitute=third, from_on=WEEK - timedelta(days=1), until_on=WEEK)
    with pytest.raises(actions.SubstituteAway):
        record(town, by=leads, staff=third, substitute=town.nurse)
    assert Absence.objects.count() == 1


def test_one_absence_may_follow_the_other(town, leads):
    record(town, by=leads)
    record(town, by=leads, from_on=WEEK, until_on=WEEK + timedelta(days=2))
    assert Absence.objects.count() == 2


def test_back_earlier(town, leads):
    absence = record(town, by=leads)
    actions.end_absence(absence=absence, until_on=TOMORROW, by=leads, at=AT)
    assert queries.substitute_for(staff_id=town.nurse.pk, on=TOMORROW) is None
    assert events("services.absence.ended")[0].facts["until_on"] == TOMORROW.isoformat()


def test_an_absence_that_had_not_begun_is_taken_away(town, leads):
    absence = record(town, by=leads, from_on=TOMORROW)
    actions.end_absence(absence=absence, until_on=TODAY, by=leads, at=AT)
    assert not Absence.objects.exists()


def test_an_absence_is_not_made_longer_nor_changed_when_over(town, leads):
    absence = record(town, by=leads)
    with pytest.raises(actions.NotEarlier):
        actions.end_absence(absence=absence, until_on=WEEK + timedelta(days=1), by=leads, at=AT)
    with pytest.raises(actions.AbsenceOver):
        actions.end_absence(absence=absence, until_on=TODAY, by=leads, at=LATER)
    with pytest.raises(actions.NotAllowed):
        actions.end_absence(absence=absence, until_on=TODAY, by=viewer_of(town.midwife), at=AT)
