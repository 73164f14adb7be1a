"""What stands between a record and those who are only let in for a moment, or should not be told a name."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from fotspor.access import actions as access
from fotspor.access.models import CareRelation
from fotspor.access.queries import NotInEmergency, names_as_seen
from fotspor.people import actions, queries
from fotspor.people.labels import display_name
from fotspor.people.models import Guardianship, Journey, Person
from fotspor.people.rules import may_be_expecting
from fotspor.people.tests.made import (
    AT,
    DUE,
    TODAY,
    logged,
    make_birth,
    make_person,
    make_pregnancy,
    number_of,
)

BORN = date(1994, 6, 12)
HIDDEN = "Foresatt, navn vises ikke"


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def enter(client, house):
    def signed_in(viewer):
        client.force_login(house.staff(viewer))
        return client

    return signed_in


@pytest.fixture
def emergency(house):
    """A child of others, opened by emergency access."""
    child = make_birth(house.midwife)[0].child
    reason = "Barnet er her med høy feber, og ingen svarer"
    access.break_glass(person_id=child.id, reason=reason, by=house.stranger, at=AT)
    return child


# --- emergency access -------------------------------------------------------------------------------------


def attempts(child, by):
    home = actions.Home(street="Nygata 1")
    journey = Journey.objects.get(child=child)
    row = Guardianship.objects.get(child=child)
    said = {"by": by, "at": AT}
    yield "death", lambda: actions.record_death(person=child, died_on=TODAY, **said)
    yield "facts", lambda: actions.change_person(person=child, version=child.version, given_name="Ny", **said)
    yield "move", lambda: actions.record_move(person=child, home=home, moved_on=TODAY, **said)
    yield "birth date", lambda: actions.correct_birth(person=child, born_on=TODAY, reason="Skrevet feil", **said)
    yield "guardian ends", lambda: actions.end_guardian(guardianship=row, until_on=TODAY, **said)
    yield "closing", lambda: actions.close_journey(journey=journey, reason="mistake", on=TODAY, note="Feil", **said)
    yield "adoption", lambda: actions.adopt(child=child, guardians=[], on=TODAY, reason="Vedtak i dag", **said)
    yield "expecting", lambda: actions.register_pregnancy(mother=child, due_on=DUE, due_source="ultrasound", **said)


def test_emergency_access_changes_nothing_about_a_person(house, emergency):
    for what, attempt in attempts(emergency, house.stranger):
        with pytest.raises(NotInEmergency):
            attempt()
        emergency.refresh_from_db()
        assert (emergency.died_on, emergency.version) == (None, 1), what
    assert Journey.objects.get(child=emergency).closed_on is None


def test_one_who_is_taken_in_meanwhile_may_write_again(house, emergency):
    access.open_relation(
        person_id=emergency.id,
        unit_id=house.stranger.unit_id,
        basis="taken_in",
        from_on=TODAY,
        by=house.stranger,
        at=AT,
    )
    actions.change_person(person=emergency, version=1, given_name="Ny", by=house.stranger, at=AT)


def test_the_page_shows_no_way_to_what_is_refused(enter, house, emergency):
    page = enter(house.stranger).get(reverse("people:person", args=[emergency.key]))
    assert page.status_code == 200
    for name in ("person_change", "person_death", "person_move", "adoption", "guardian_new", "birth_correct"):
        assert reverse(f"people:{name}", args=[emergency.key]) not in page.content.decode(), name
        assert reverse(f"people:{name}", args=[emergency.key]) in (
            enter(house.midwife).get(reverse("people:person", args=[emergency.key])).content.decode()
        ), name
        enter(house.stranger)
    answer = enter(house.stranger).post(
        reverse("people:person_death", args=[emergency.key]), {"died_on": TODAY.isoformat()}
    )
    assert answer.status_code == 422
    assert "nødtilgang" in answer.content.decode()


# --- the name of a guardian -------------------------------------------------------------------------------


@pytest.fixture
def family(house):
    """A child known to the nurse's unit; its father is known to the midwives alone."""
    child = make_birth(house.midwife)[0].child
    father = make_person(house.midwife, "Fredrik", "Fristad", sex="male")
    actions.add_guardian(
        child=child, guardian=father, kind="father", custody="joint", from_on=TODAY, by=house.midwife, at=AT
    )
    access.open_relation(
        person_id=child.id, unit_id=house.station.id, basis="baton", from_on=TODAY, by=house.midwife, at=AT
    )
    return child, father


@pytest.mark.parametrize(
    "grade",
    [
        {"protection": "strict"},
        {"protection": "confidential"},
        {"address_protection": "client"},
    ],
)
def test_a_protected_guardian_has_no_name_for_those_who_may_not_open_the_record(enter, house, family, grade):
    child, father = family
    Person.objects.filter(pk=father.pk).update(street="", postcode="", city="", household="", **grade)
    assert names_as_seen(viewer=house.nurse, ids=[father.id], at=AT) == {father.id: HIDDEN}
    row = Guardianship.objects.get(child=child, guardian=father)
    pages = [reverse("people:person", args=[child.key]), reverse("people:guardian_end", args=[child.key, row.key])]
    for path in pages:
        page = enter(house.nurse).get(path).content.decode()
        assert HIDDEN in page
        assert "Fristad" not in page
        assert father.key not in page
    access.open_relation(
        person_id=father.id, unit_id=house.station.id, staff_id=house.nurse.staff_id, basis="named", from_on=TODAY,
        by=house.midwife, at=AT,
    )  # fmt: skip
    assert "Fristad" in enter(house.nurse).get(pages[0]).content.decode()


def test_others_have_their_names_and_no_page_leads_by_the_guardians_key(enter, house, family):
    child, father = family
    page = enter(house.nurse).get(reverse("people:person", args=[child.key])).content.decode()
    assert "Fredrik Fristad" in page
    assert father.key not in page
    assert enter(house.nurse).get(reverse("people:guardian_end", args=[child.key, "tull"])).status_code == 404
    assert [seen.name for seen in queries.guardians_as_seen(viewer=house.nurse, child_id=child.id, at=AT)] == [
        "Kari Nordmann", "Fredrik Fristad",
    ]  # fmt: skip


def test_a_newborn_is_not_called_by_a_protected_mothers_name(house):
    child = make_birth(house.midwife)[0].child
    assert "Kari Nordmann" in display_name(child)
    mother = Guardianship.objects.get(child=child).guardian_id
    Person.objects.filter(pk=mother).update(protection="strict", street="", postcode="", city="", household="")
    assert "Nordmann" not in display_name(Person.objects.get(pk=child.pk))


# --- taking in --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", [-400, -1, 0, 91, 27000])
def test_nobody_is_taken_in_until_a_past_day_or_for_ever(enter, house, days):
    person = make_person(house.midwife, number=number_of(BORN))
    client = enter(house.stranger)
    url = client.post(reverse("people:take_in"), {"number": number_of(BORN)}).url
    typed = {"reason": "Kom til vaksinering i dag", "until_on": (TODAY + timedelta(days=days)).isoformat()}
    answer = client.post(url, typed)
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"until_on"}
    assert not CareRelation.objects.filter(person=person, unit_id=house.stranger.unit_id).exists()


@pytest.mark.parametrize("days", [1, 90])
def test_a_day_within_a_quarter_is_kept(house, days):
    make_person(house.midwife, number=number_of(BORN))
    until_on = TODAY + timedelta(days=days)
    about = {"number": number_of(BORN), "reason": "Kom til vaksinering", "by": house.stranger, "at": AT}
    assert actions.take_in(until_on=until_on, **about)[1].until_on == until_on


def test_a_refusal_does_not_say_that_somebody_is_protected(house):
    make_person(house.midwife, number=number_of(BORN), protection="strict")
    dead = make_person(house.midwife, "Død", number=number_of(BORN, 1))
    actions.record_death(person=dead, died_on=TODAY, by=house.midwife, at=AT)
    said = set()
    for index in (0, 1):
        with pytest.raises(actions.NotTakenIn) as refused:
            actions.take_in(number=number_of(BORN, index), reason="Kom i dag", by=house.stranger, at=AT)
        said.add(str(refused.value.message))
    assert len(said) == 1


# --- what was shown stands in the log ---------------------------------------------------------------------

ADULT = {
    "given_name": "Ola", "family_name": "Nordmann", "born_on": "1994-06-12", "sex": "male", "protection": "none",
    "address_protection": "none", "_once": "token-1",
}  # fmt: skip


def test_a_number_that_is_taken_is_logged_though_nothing_is_saved(enter, house):
    known = make_person(house.midwife, number=number_of(BORN))
    path = f"{reverse('people:person_new')}?kind=adult"
    answer = enter(house.stranger).post(path, {**ADULT, "number": number_of(BORN)})
    assert answer.status_code == 422
    (event,) = logged("people.person.number_taken")
    assert (event.person, event.staff, event.basis) == (known.key, house.stranger.staff_key, "exact_number")
    assert Person.objects.count() == 1


def test_those_who_may_be_the_same_are_logged_when_they_are_shown(enter, house):
    known = make_person(house.midwife, "Ola")
    path = f"{reverse('people:person_new')}?kind=adult"
    answer = enter(house.stranger).post(path, {**ADULT, "number": ""})
    assert answer.status_code == 422
    (event,) = logged("people.person.alike_shown")
    assert (event.people, event.staff) == ([known.key], house.stranger.staff_key)


def test_a_registration_that_goes_well_shows_nobody(enter, house):
    path = f"{reverse('people:person_new')}?kind=adult"
    assert enter(house.stranger).post(path, {**ADULT, "number": ""}).status_code == 302
    assert not logged("people.person.alike_shown") + logged("people.person.number_taken")


# --- who may be pregnant ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born_on", "may_be"),
    [
        (TODAY - timedelta(days=730), False),
        (date(2015, 11, 24), True),
        (date(2015, 11, 25), False),
        (date(1965, 11, 25), True),
        (date(1965, 11, 24), False),
        (None, True),
    ],
)
def test_by_age(born_on, may_be):
    assert may_be_expecting(born_on, date(2026, 11, 24)) is (born_on is None or may_be)


def test_a_small_boy_is_not_pregnant_whatever_is_confirmed(house):
    boy = make_person(house.midwife, born_on=TODAY - timedelta(days=730), sex="male")
    for confirmed in (False, True):
        with pytest.raises(actions.ImplausibleMother):
            make_pregnancy(house.midwife, boy, confirmed=confirmed)
    assert not Journey.objects.exists()


def test_somebody_registered_as_male_is_asked_about_once_more(house):
    man = make_person(house.midwife, sex="male")
    with pytest.raises(actions.NotRegisteredFemale) as refused:
        make_pregnancy(house.midwife, man)
    assert refused.value.field == "confirmed"
    assert make_pregnancy(house.midwife, man, confirmed=True).pregnancy.mother == man
