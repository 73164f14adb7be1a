"""Who an employee is, and that nobody opens doors for herself: posts that see records, numbers, and who is told."""

from datetime import date, timedelta

import pytest

from fotspor.access.rules import ROLES, SYSTEM, sees_people
from fotspor.kit.identifiers import example
from fotspor.services import actions, queries, rules
from fotspor.services.models import Membership, Staff
from fotspor.services.tests.builders import AT, LONG_AGO, TODAY, events, make_post, make_staff, make_unit, viewer_of

pytestmark = [pytest.mark.django_db, pytest.mark.urls("fotspor.services.tests.urls")]
MINE, OTHER = example(date(1984, 2, 3)), example(date(1985, 2, 3))


def who(staff, number):
    return rules.Newcomer(staff.email, staff.given_name, staff.family_name, identity_number=number)


def test_these_roles_see_people():
    assert {key for key in ROLES if sees_people(key)} == set(ROLES) - {
        "administrator",
        "director",
        "project_leader",
        "council",
    }
    assert not sees_people("system")


@pytest.mark.parametrize(
    ("unit", "role"),
    [("station", "nurse"), ("midwives", "midwife"), ("barnehage", "kindergarten"), ("station", "unit_leader"),
     ("hall", "privacy_officer")],
)  # fmt: skip
def test_a_post_that_sees_records_needs_the_employees_number(town, admin, unit, role):
    nameless = make_staff("Ukjent Li", number="")
    give = {"staff": nameless, "unit": getattr(town, unit), "role": role, "from_on": TODAY, "by": admin, "at": AT}
    with pytest.raises(actions.NumberMissing) as refused:
        actions.add_membership(**give)
    assert refused.value.field == "identity_number"
    assert not Membership.objects.filter(staff=nameless).exists()
    actions.change_staff(staff=nameless, version=1, who=who(nameless, MINE), by=admin, at=AT)
    assert actions.add_membership(**give).role == role


def test_an_administrator_and_a_director_see_nobody_and_need_no_number(town, admin):
    nameless = make_staff("Ukjent Li", number="")
    for role in ("administrator", "director"):
        make_post(nameless, town.hall, role)
    assert Membership.objects.filter(staff=nameless).count() == 2


@pytest.mark.parametrize("role", ["privacy_officer", "unit_leader"])
def test_nobody_gives_herself_a_post_that_sees_records(town, admin, role):
    give = {"staff": town.administrator, "unit": town.hall, "role": role, "from_on": TODAY, "at": AT}
    with pytest.raises(actions.NotOneself):
        actions.add_membership(by=admin, **give)
    assert not events("services.post.given")[7:]
    other = make_staff("Annen Li")
    make_post(other, town.hall, "administrator")
    assert actions.add_membership(by=viewer_of(other), **give).role == role
    actions.add_membership(by=admin, **give | {"role": "director"})  # sees figures, and nobody


def test_nobody_changes_her_own_number(town, admin):
    staff = town.administrator
    with pytest.raises(actions.NotOneself):
        actions.change_staff(staff=staff, version=staff.version, who=who(staff, OTHER), by=admin, at=AT)
    stored = Staff.objects.get(pk=staff.pk)
    assert stored.identity_index == staff.identity_index or stored.version == staff.version
    other = make_staff("Annen Li", number=MINE)
    make_post(other, town.hall, "administrator")
    stored = Staff.objects.get(pk=other.pk)
    actions.change_staff(staff=stored, version=1, who=who(stored, MINE), by=viewer_of(other), at=AT)  # the same number
    changed = actions.change_staff(staff=stored, version=2, who=who(stored, OTHER), by=admin, at=AT)
    assert changed.version == 3


def test_the_staff_list_says_whose_number_is_missing(town, admin, enter):
    Staff.objects.filter(pk__in=[town.nurse.pk, town.administrator.pk]).update(identity_index="")
    rows = queries.staff_rows(viewer=admin, on=TODAY)
    assert [row.staff for row in rows if row.lacks_number] == [town.nurse]
    client = enter(town.administrator)
    assert client.get("/ansatte/").content.decode().count("Fødselsnummer mangler") == 1
    assert "Mangler" in client.get(f"/ansatte/{town.nurse.key}/").content.decode()
    assert "Mangler" not in client.get(f"/ansatte/{town.other_nurse.key}/").content.decode()


def test_the_leader_sees_who_got_a_post_and_who_gave_it(town, admin, leads):
    Membership.objects.update(given_on=None)
    assert queries.new_posts(viewer=leads, on=TODAY) == []
    new = make_staff("Ny Her")
    post = actions.add_membership(staff=new, unit=town.station, role="nurse", from_on=LONG_AGO, by=admin, at=AT)
    (seen,) = queries.new_posts(viewer=leads, on=TODAY)
    assert (seen.staff, seen.post, seen.given_by) == (new, post, town.administrator.name)
    assert queries.new_posts(viewer=leads, on=TODAY + timedelta(days=13)) == [seen]
    assert queries.new_posts(viewer=leads, on=TODAY + timedelta(days=14)) == []
    assert queries.new_posts(viewer=viewer_of(town.nurse), on=TODAY) == []
    elsewhere = make_post(make_staff("Annen Li"), make_unit("Enda en stasjon"), "unit_leader")
    assert queries.new_posts(viewer=viewer_of(elsewhere.staff), on=TODAY)[0].given_by == ""  # a command gave it
    actions.end_membership(membership=post, until_on=LONG_AGO, by=SYSTEM, at=AT)
    assert queries.new_posts(viewer=leads, on=TODAY) == []


def test_the_number_is_refused_at_its_field(town, enter):
    client = enter(town.administrator)
    form = {"given_name": "Ny", "family_name": "Her", "email": "ny@example.org", "unit": town.station.key}
    answer = client.post("/ansatte/ny/", {**form, "role": "nurse", "identity_number": "11111111111"})
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"identity_number"}
    answer = client.post("/ansatte/ny/", {**form, "role": "nurse", "identity_number": ""})
    assert answer.context["form"].errors.keys() == {"identity_number"}


# --- places -----------------------------------------------------------------------------------------------


def details(unit, **more):
    return queries.details_from({**queries.unit_values(unit), **more})


def test_two_units_of_a_kind_share_a_district_only_when_somebody_says_so(town, admin):
    served = frozenset({town.granby.pk})
    second = rules.UnitDetails(name="Bakke helsestasjon", serves=served)
    make = {"kind": "health_station", "from_on": TODAY, "by": admin, "at": AT}
    with pytest.raises(actions.AlreadyServed) as refused:
        actions.create_unit(details=second, **make)
    assert "Granby helsestasjon" in str(refused.value.message)
    assert refused.value.field == "shares"
    school = rules.UnitDetails(name="Granby skolehelse", serves=served)
    actions.create_unit(details=school, **make | {"kind": "school_health"})
    actions.create_unit(details=rules.UnitDetails(name="Stopp", serves=served, signs_in=False), **make)
    shared = actions.create_unit(details=rules.UnitDetails(name="Bakke", serves=served, shares=True), **make)
    # What was said once is not asked again when something else is changed.
    actions.change_unit(unit=shared, version=1, details=details(shared, phone="1"), by=admin, at=AT)


def test_a_district_taken_on_later_is_asked_about_too(town, admin):
    other = make_unit("Fjordby helsestasjon", serves=[town.fjordby], shares=False)
    both = {"serves": [town.fjordby.key, town.granby.key]}
    with pytest.raises(actions.AlreadyServed):
        actions.change_unit(unit=other, version=1, details=details(other, **both), by=admin, at=AT)
    other.refresh_from_db()
    assert list(other.serves.all()) == [town.fjordby]
    changed = actions.change_unit(unit=other, version=1, details=details(other, **both, shares=True), by=admin, at=AT)
    assert changed.serves.count() == 2


def test_a_closed_unit_stands_in_nobodys_way(town, admin):
    actions.close_unit(unit=town.station, version=town.station.version, until_on=TODAY, by=admin, at=AT)
    assert make_unit("Ny helsestasjon", serves=[town.granby], shares=False)


@pytest.mark.parametrize(("text", "is_one"), [("942110464", True), ("942110465", False), ("94211046", False),
                                              ("94211046x", False), ("", False), ("9421104640", False)])  # fmt: skip
def test_an_organisation_number_has_a_control_digit(text, is_one):
    assert rules.is_organisation_number(text) is is_one


def test_a_wrong_organisation_number_is_refused_at_its_field(town, enter):
    client = enter(town.administrator)
    form = {"name": "Fjordvik", "number": "9901", "phone": "", "version": "0"}
    answer = client.post("/kommunen/", {**form, "organisation_number": "123456789"})
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"organisation_number"}
