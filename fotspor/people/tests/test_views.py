"""The pages about people: who reaches them, what a refused form keeps, and that each look is logged."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from fotspor.access.models import CareRelation
from fotspor.people import actions, forms
from fotspor.people.models import Guardianship, Journey, Person
from fotspor.people.tests.made import AT, DUE, TODAY, logged, make_birth, make_person, make_pregnancy, number_of

BORN = date(1994, 6, 12)
ADULT = {
    "given_name": "Ola", "family_name": "Åsen", "born_on": "1990-01-02", "sex": "male",
    "protection": "none", "address_protection": "none",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _now(house):
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def as_midwife(client, house):
    client.force_login(house.staff(house.midwife))
    return client


def paths(person, journey):
    """Every page about one person, and those about a journey."""
    names = ("person", "person_change", "person_move", "person_death", "birth_correct", "guardian_new", "adoption",
             "merge_choose")  # fmt: skip
    found = [reverse(f"people:{name}", args=[person.key]) for name in names]
    return [*found, *(reverse(f"people:{name}", args=[journey.key]) for name in ("birth", "loss", "due_correct"))]


def test_everything_opens_for_the_midwife_has_one_heading_and_a_help_text(as_midwife, house):
    journey = make_pregnancy(house.midwife)
    for path in [*paths(journey.subject, journey), reverse("people:person_new"), reverse("people:take_in")]:
        response = as_midwife.get(path)
        assert response.status_code == 200, path
        page = response.content.decode()
        assert page.count("<h1") == 1, path
        assert "fs-help" in page, path
        assert "style=" not in page, path


def test_a_stranger_gets_404_everywhere_and_nothing_is_logged_as_read(client, house):
    journey = make_pregnancy(house.midwife)
    client.force_login(house.staff(house.stranger))
    for path in paths(journey.subject, journey):
        assert client.get(path).status_code == 404, path
        assert client.post(path, {}).status_code == 404, path
    assert not logged("access.record.read")


def test_a_leader_gets_404_and_a_guest_is_asked_to_sign_in(client, house):
    journey = make_pregnancy(house.midwife)
    path = reverse("people:person", args=[journey.subject.key])
    assert client.get(path).status_code == 302
    client.force_login(house.staff(house.leader))
    assert client.get(path).status_code == 404
    assert client.get(reverse("people:person_new")).status_code == 404
    assert client.get(reverse("people:take_in")).status_code == 404


def test_a_look_is_logged_once_and_the_number_is_masked(as_midwife, house):
    person = make_person(house.midwife, number=number_of(BORN))
    for _time in range(2):
        page = as_midwife.get(reverse("people:person", args=[person.key])).content.decode()
    assert number_of(BORN) not in page
    assert f"{number_of(BORN)[:6]} •••••" in page
    (event,) = logged("access.record.read")
    assert (event.person, event.purpose, event.basis) == (person.key, "care", "registered")


def test_the_page_asks_the_database_the_same_for_one_child_and_for_five(
    as_midwife, house, django_assert_max_num_queries
):
    for child in make_birth(house.midwife, *["female"] * 4):
        mother = child.pregnancy.mother
    path = reverse("people:person", args=[mother.key])
    as_midwife.get(path)
    with django_assert_max_num_queries(22):
        page = as_midwife.get(path).content.decode()
    assert all(f"jente {order}, født 20. nov." in page for order in range(1, 5))


# --- registering ---------------------------------------------------------------------------------------------------


def test_registering_an_adult_leads_to_the_person(as_midwife):
    response = as_midwife.post(f"{reverse('people:person_new')}?kind=adult", {**ADULT, "language": "pl"})
    person = Person.objects.get(given_name="Ola")
    assert response.url == reverse("people:person", args=[person.key])
    assert (person.languages, person.sort_name != "") == (["pl"], True)


def test_a_refused_form_is_422_keeps_what_was_typed_and_stores_nothing(as_midwife):
    response = as_midwife.post(
        f"{reverse('people:person_new')}?kind=adult", {**ADULT, "born_on": "2030-01-01", "number": "123"}
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "ds-error-summary" in page
    assert "Fødselsdatoen kan ikke være fram i tid." in page
    assert "Et fødselsnummer har elleve siffer." in page
    assert 'value="Åsen"' in page
    assert not Person.objects.exists()


def test_a_protected_person_is_not_registered_with_an_address(as_midwife):
    response = as_midwife.post(
        f"{reverse('people:person_new')}?kind=adult", {**ADULT, "protection": "strict", "street": "Vei 1"}
    )
    assert response.status_code == 422
    assert not Person.objects.exists()


def test_likely_duplicates_are_shown_masked_and_registered_after_a_tick(as_midwife, house):
    there = make_person(house.stranger, "Ola", "Aasen", born_on=date(1990, 1, 2))
    path = f"{reverse('people:person_new')}?kind=adult"
    refused = as_midwife.post(path, ADULT)
    page = refused.content.decode()
    assert refused.status_code == 422
    assert "O. A., født 1990" in page
    assert "Aasen" not in page
    assert reverse("people:person", args=[there.key]) not in page
    assert Person.objects.count() == 1
    assert as_midwife.post(path, {**ADULT, "dismissed": there.key}).status_code == 302
    assert Person.objects.count() == 2


def test_a_number_somebody_has_leads_to_taking_in(as_midwife, house):
    make_person(house.stranger, number=number_of(BORN))
    response = as_midwife.post(f"{reverse('people:person_new')}?kind=adult", {**ADULT, "number": number_of(BORN)})
    assert response.status_code == 422
    assert reverse("people:take_in") in response.content.decode()


def test_registering_a_child_opens_a_journey_with_the_guardian(as_midwife, house):
    mother = make_person(house.midwife, number=number_of(BORN))
    response = as_midwife.post(
        reverse("people:person_new"),
        {**ADULT, "born_on": "2024-05-06", "guardian_number": number_of(BORN), "guardian_kind": "mother",
         "custody": "mother", "district": house.district.key},
    )  # fmt: skip
    journey = Journey.objects.get()
    assert response.url == reverse("people:person", args=[journey.child.key])
    assert journey.child.district == house.district
    assert Guardianship.objects.get(child=journey.child).guardian == mother


def test_a_guardian_nobody_has_registered_is_said_so_and_no_child_is_left_behind(as_midwife):
    response = as_midwife.post(
        reverse("people:person_new"), {**ADULT, "born_on": "2024-05-06", "guardian_number": number_of(BORN)}
    )
    assert response.status_code == 422
    assert not Person.objects.exists()


def test_an_adult_registered_for_a_child_is_offered_as_its_guardian(as_midwife, house):
    (born,) = make_birth(house.midwife)
    path = f"{reverse('people:person_new')}?kind=adult&child={born.child.key}"
    url = as_midwife.post(path, ADULT).url
    new = Person.objects.get(given_name="Ola")
    assert url == f"{reverse('people:guardian_new', args=[born.child.key])}?person={new.key}"
    assert "Ola Åsen" in as_midwife.get(url).content.decode()
    sent = as_midwife.post(url, {"person": new.key, "kind": "father", "custody": "joint", "from_on": "2026-11-20"})
    assert sent.status_code == 302
    assert Guardianship.objects.filter(child=born.child, guardian=new, kind="father").exists()


def test_the_second_of_two_who_change_sees_what_the_first_wrote_and_loses_nothing(as_midwife, house):
    person = make_person(house.midwife)
    path = reverse("people:person_change", args=[person.key])
    typed = {**ADULT, "given_name": "Kari", "family_name": "Nordmann", "sex": "female", "version": 1}
    actions.change_person(person=person, version=1, phone="11111111", by=house.midwife, at=AT)
    response = as_midwife.post(path, {**typed, "phone": "22222222"})
    page = response.content.decode()
    assert response.status_code == 422
    assert ">11111111</td>" in page
    assert "Lagret av" in page
    assert 'value="22222222"' in page
    assert as_midwife.post(path, {**typed, "phone": "22222222", "version": 2}).status_code == 302
    assert Person.objects.get(pk=person.pk).phone == "22222222"


# --- births, loss and lives ----------------------------------------------------------------------------------------


def test_twins_are_recorded_on_one_page_without_javascript(as_midwife, house):
    journey = make_pregnancy(house.midwife)
    path = f"{reverse('people:birth', args=[journey.key])}?children=2"
    assert "Barn 2" in as_midwife.get(path).content.decode()
    response = as_midwife.post(path, {"born_on": DUE.isoformat(), "sex_1": "female", "sex_2": "male"})
    assert response.status_code == 302
    assert Journey.objects.filter(child__born_on=DUE).count() == 2
    assert as_midwife.get(path).status_code == 404


@pytest.mark.parametrize(("asked", "shown"), [("0", 1), ("99", forms.MOST_CHILDREN), ("x", 1), ("²", 1)])
def test_how_many_children_is_between_one_and_four(as_midwife, house, asked, shown):
    journey = make_pregnancy(house.midwife)
    page = as_midwife.get(f"{reverse('people:birth', args=[journey.key])}?children={asked}").content.decode()
    assert page.count('name="given_name_') == shown


def test_a_birth_that_cannot_be_is_refused_on_the_page(as_midwife, house):
    journey = make_pregnancy(house.midwife)
    response = as_midwife.post(
        reverse("people:birth", args=[journey.key]), {"born_on": "2026-01-01", "sex_1": "female", "given_name_1": "Siv"}
    )
    assert response.status_code == 422
    assert 'value="Siv"' in response.content.decode()
    assert not Journey.objects.exclude(child=None).exists()


def test_a_loss_is_recorded_and_the_page_leads_back_to_the_mother(as_midwife, house):
    journey = make_pregnancy(house.midwife)
    response = as_midwife.post(
        reverse("people:loss", args=[journey.key]), {"outcome": "loss", "ended_on": TODAY.isoformat()}
    )
    assert response.url == reverse("people:person", args=[journey.subject.key])
    assert Journey.objects.get().close_reason == "loss"


def test_a_due_date_is_corrected_with_a_reason(as_midwife, house):
    journey = make_pregnancy(house.midwife)
    path = reverse("people:due_correct", args=[journey.key])
    typed = {"due_on": "2026-12-01", "due_source": "ultrasound"}
    assert as_midwife.post(path, {**typed, "reason": "kort"}).status_code == 422
    assert as_midwife.post(path, {**typed, "reason": "Ultralyd i uke 18 viste det"}).status_code == 302
    assert Journey.objects.get().pregnancy.due_on == date(2026, 12, 1)


def test_the_household_is_offered_to_move_along(as_midwife, house):
    (born,) = make_birth(house.midwife)
    mother = born.pregnancy.mother
    path = reverse("people:person_move", args=[born.child.key])
    assert mother.key in as_midwife.get(path).content.decode()
    typed = {
        "moved_on": "2026-11-24",
        "where": "outside",
        "street": "Ny vei 2",
        "postcode": "7010",
        "also": [mother.key],
    }
    assert as_midwife.post(path, typed).status_code == 302
    mother.refresh_from_db()
    born.refresh_from_db()
    assert (mother.street, born.close_reason) == ("Ny vei 2", "moved")


@pytest.mark.parametrize("typed", [{}, {"moved_on": "2026-11-24", "where": "inside", "postcode": "70"}])
def test_a_move_without_a_date_or_with_half_a_postcode_is_refused(as_midwife, house, typed):
    person = make_person(house.midwife)
    assert as_midwife.post(reverse("people:person_move", args=[person.key]), typed).status_code == 422


def test_a_death_of_a_pregnant_woman_is_refused_with_the_reason(as_midwife, house):
    journey = make_pregnancy(house.midwife)
    response = as_midwife.post(reverse("people:person_death", args=[journey.subject.key]), {"died_on": "2026-11-24"})
    assert response.status_code == 422
    assert "Det er registrert et svangerskap som pågår." in response.content.decode()


def test_a_death_and_a_birth_date_are_recorded(as_midwife, house):
    person = make_person(house.midwife)
    typed = {"born_on": "1994-06-13", "reason": "Skrevet feil av etter passet"}
    assert as_midwife.post(reverse("people:birth_correct", args=[person.key]), typed).status_code == 302
    assert (
        as_midwife.post(reverse("people:person_death", args=[person.key]), {"died_on": "2026-11-24"}).status_code == 302
    )
    person.refresh_from_db()
    assert (person.born_on, person.died_on) == (date(1994, 6, 13), TODAY)


# --- families ------------------------------------------------------------------------------------------------------


def test_a_guardian_is_named_by_exact_number_and_ended_again(as_midwife, house):
    (born,) = make_birth(house.midwife)
    father = make_person(house.stranger, "Ola", number=number_of(BORN))
    path = reverse("people:guardian_new", args=[born.child.key])
    typed = {"number": number_of(BORN), "kind": "father", "custody": "joint", "from_on": "2026-11-20"}
    assert as_midwife.post(path, {**typed, "number": ""}).status_code == 422
    assert as_midwife.post(path, typed).status_code == 302
    assert [event.person for event in logged("people.person.looked_up")] == [father.key]
    end = reverse("people:guardian_end", args=[born.child.key, father.wards.get().key])
    assert as_midwife.get(end).status_code == 200
    assert as_midwife.post(end, {"until_on": "2026-11-24", "custody": "mother"}).status_code == 302
    assert as_midwife.get(end).status_code == 404


def test_an_adoption_demands_that_one_knows_what_it_seals(as_midwife, house):
    (born,) = make_birth(house.midwife)
    make_person(house.midwife, "Nye", number=number_of(BORN))
    typed = {"adopted_on": "2026-11-24", "number_1": number_of(BORN), "kind_1": "mother", "custody": "mother",
             "reason": "Vedtak om adopsjon av i dag"}  # fmt: skip
    path = reverse("people:adoption", args=[born.child.key])
    assert as_midwife.post(path, typed).status_code == 422
    assert as_midwife.post(path, {**typed, "understood": "on"}).status_code == 302
    assert Journey.objects.get().is_sealed


def test_two_entries_are_compared_before_they_are_joined(as_midwife, house):
    keep, drop = make_person(house.midwife), make_person(house.midwife, "Kari", "Nordman")
    choose = reverse("people:merge_choose", args=[keep.key])
    assert "Samme fødselsdato, én bokstav ulik" in as_midwife.get(choose).content.decode()
    assert as_midwife.post(choose, {}).status_code == 422
    compare = as_midwife.post(choose, {"other": drop.key}).url
    assert "Nordman" in as_midwife.get(compare).content.decode()
    assert as_midwife.post(compare, {"reason": "x"}).status_code == 422
    done = as_midwife.post(compare, {"reason": "Samme kvinne, skrevet feil"})
    assert done.url == reverse("people:person", args=[keep.key])
    old = as_midwife.get(reverse("people:person", args=[drop.key]))
    assert old.url == reverse("people:person", args=[keep.key])


def test_an_entry_is_not_joined_with_itself_or_with_a_strangers(as_midwife, house):
    mine, theirs = make_person(house.midwife), make_person(house.stranger)
    assert as_midwife.get(reverse("people:merge", args=[mine.key, mine.key])).status_code == 404
    assert as_midwife.get(reverse("people:merge", args=[mine.key, theirs.key])).status_code == 404


# --- take in today --------------------------------------------------------------------------------------------------


def take_in(client, number):
    return client.post(reverse("people:take_in"), {"number": number})


def test_taking_in_shows_name_year_and_holder_and_opens_the_record_with_a_reason(as_midwife, house):
    person = make_person(house.stranger, "Siv", "Lie", number=number_of(BORN), street="Hemmelig 1", postcode="7000")
    found = take_in(as_midwife, number_of(BORN))
    assert found.status_code == 302
    assert number_of(BORN) not in found.url
    assert person.key not in found.url
    page = as_midwife.get(found.url).content.decode()
    assert "Siv Lie" in page
    assert "1994" in page
    assert "Hemmelig" not in page
    assert "12. juni" not in page
    assert as_midwife.get(reverse("people:person", args=[person.key])).status_code == 404
    assert as_midwife.post(found.url, {"reason": "kort"}).status_code == 422
    done = as_midwife.post(found.url, {"reason": "Kom til vaksinering i dag", "until_on": ""})
    assert done.url == reverse("people:person", args=[person.key])
    assert as_midwife.get(done.url).status_code == 200
    assert CareRelation.objects.get(unit=house.midwifery, person=person).basis == "taken_in"


@pytest.mark.parametrize("why", [{"protection": "strict"}, {"died_on": TODAY}])
def test_who_is_not_taken_in_by_number_is_not_named_and_nobody_is_asked_for_a_reason(as_midwife, house, why):
    person = make_person(house.stranger, "Siv", "Lie", number=number_of(BORN))
    Person.objects.filter(pk=person.pk).update(**why)
    page = as_midwife.get(take_in(as_midwife, number_of(BORN)).url, follow=True)
    assert page.redirect_chain[-1][0] == reverse("people:take_in")
    said = page.content.decode()
    assert "Haster det, bruker du nødtilgang" in said
    assert "Siv" not in said
    assert logged("people.person.looked_up")


def test_what_a_number_revealed_is_not_for_others_and_not_for_long(as_midwife, client, house):
    make_person(house.stranger, number=number_of(BORN))
    url = take_in(as_midwife, number_of(BORN)).url
    with time_machine.travel(AT + timedelta(minutes=11), tick=False):
        assert as_midwife.get(url).status_code == 404
    client.force_login(house.staff(house.nurse))
    assert client.get(url).status_code == 404
    assert client.get(reverse("people:take_in_found", args=["tull"])).status_code == 404


@pytest.mark.parametrize("number", ["", "123", number_of(BORN)])
def test_a_number_that_finds_nobody_is_422(as_midwife, number):
    assert take_in(as_midwife, number).status_code == 422


def test_one_who_is_known_already_is_opened_at_once(as_midwife, house):
    person = make_person(house.midwife, number=number_of(BORN))
    url = take_in(as_midwife, number_of(BORN)).url
    assert as_midwife.get(url).url == reverse("people:person", args=[person.key])


@pytest.mark.parametrize(
    ("language", "word"), [("nb", "Registrer et barn"), ("nn", "Registrer eit barn"), ("en", "Register a child")]
)
def test_the_pages_speak_three_languages(as_midwife, house, language, word):
    staff = house.staff(house.midwife)
    staff.language = language
    staff.save()
    assert word in as_midwife.get(reverse("people:person_new")).content.decode()
