"""What cannot be is refused: a guardian in the cradle, an adoption next week, a birth date far from the birth."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from fotspor.access import actions as access
from fotspor.access.rules import SYSTEM
from fotspor.people import actions, labels, queries
from fotspor.people.models import Correction, Guardianship, Journey, Person
from fotspor.people.rules import guardianship_may_end, loss_is_plausible, may_have_child
from fotspor.people.tests.made import AT, DUE, TODAY, logged, make_birth, make_person, make_pregnancy, number_of

BEFORE = TODAY - timedelta(days=1)
WHY = "Skrevet på feil dag"


def guard(house, child, guardian, kind="father", from_on=DUE, by=None):
    terms = {"kind": kind, "custody": "joint", "from_on": from_on}
    return actions.add_guardian(child=child, guardian=guardian, by=by or house.midwife, at=AT, **terms)


def end(house, row, until_on, **more):
    return actions.end_guardian(guardianship=row, until_on=until_on, by=house.midwife, at=AT, **more)


@pytest.fixture
def child(house):
    return make_birth(house.midwife)[0].child


@pytest.fixture
def browser(client, house, time_machine):
    time_machine.move_to(AT, tick=False)
    client.force_login(house.staff(house.midwife))
    return client


# --- a loss before anybody was told ------------------------------------------------------------------------


def test_a_loss_is_written_on_its_true_day_though_she_was_registered_later(house, announced):
    journey = make_pregnancy(house.midwife)
    actions.record_loss(journey=journey, outcome="loss", ended_on=BEFORE, by=house.midwife, at=AT)
    journey = Journey.objects.get()
    assert (journey.pregnancy.ended_on, journey.closed_on) == (BEFORE, TODAY)
    assert announced[0].facts["ended_on"] == BEFORE


@pytest.mark.parametrize(("days", "says"), [(0, True), (-280, True), (-281, False), (1, True), (2, False)])
def test_from_its_first_day_to_today(days, says):
    assert loss_is_plausible(DUE + timedelta(days=days), DUE, DUE + timedelta(days=1)) is says


# --- who may be a guardian ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["father", "other"])
def test_a_twin_is_nobodys_guardian(house, kind):
    girl, boy = (journey.child for journey in make_birth(house.midwife, "female", "male"))
    with pytest.raises(actions.CannotBeGuardian):
        guard(house, girl, boy, kind)
    assert girl.guardianships.count() == 1


def test_a_grown_brother_may_be_a_guardian_and_no_parent(house, child):
    brother = make_person(house.midwife, "Bror", born_on=date(2006, 1, 1), sex="male")
    Guardianship.objects.begin(
        child=brother, guardian=child.guardianships.get().guardian, kind="mother", from_on=DUE, by_id=None, at=AT
    )
    with pytest.raises(actions.CannotBeGuardian):
        guard(house, child, brother)
    assert guard(house, child, brother, "other").kind == "other"


def test_other_guardians_are_of_age(house, child):
    minor = make_person(house.midwife, "Ung", born_on=date(2009, 1, 1))
    with pytest.raises(actions.CannotBeGuardian):
        guard(house, child, minor, "other")
    assert guard(house, child, minor, "co_mother").guardian == minor


def test_the_register_is_believed(house, child):
    assert guard(house, child, make_person(house.midwife, born_on=date(2020, 1, 1)), by=SYSTEM)


@pytest.mark.parametrize(
    ("one", "other", "says"),
    [(date(2015, 11, 20), DUE, True), (date(2015, 11, 21), DUE, False), (None, DUE, True), (DUE, None, True)],
)
def test_how_much_older(one, other, says):
    assert may_have_child(one, other) is says


def test_the_list_offers_nobody_from_the_cradle(house, browser):
    girl, boy = (journey.child for journey in make_birth(house.midwife, "female", "male"))
    page = browser.get(reverse("people:guardian_new", args=[girl.key])).content.decode()
    assert boy.key not in page


# --- until when --------------------------------------------------------------------------------------------


def test_an_end_to_come_holds_until_then(house, child, browser):
    row, later = child.guardianships.get(), date(2037, 11, 1)
    path = reverse("people:guardian_end", args=[child.key, row.key])
    answer = browser.post(path, {"until_on": later.isoformat()}, follow=True).content.decode()
    assert "1. november 2037" in answer
    assert "Til 1. november 2037" in answer
    assert [each.row for each in queries.guardians_as_seen(viewer=house.midwife, child_id=child.id, at=AT)] == [row]
    assert labels.display_name(Person.objects.get(pk=child.pk), "nb") == "jente, født 20. nov., mor Kari Nordmann"
    with pytest.raises(actions.AlreadyGuardian):
        guard(house, child, row.guardian, "mother", from_on=TODAY)


def test_an_end_to_come_may_be_written_anew_and_an_end_may_not(house, child):
    row = child.guardianships.get()
    end(house, row, TODAY + timedelta(days=20))
    end(house, row, TODAY)
    with pytest.raises(actions.NotGuardian):
        end(house, row, TODAY)
    assert queries.guardians_of(child_id=child.id, on=TODAY) == []


def test_an_end_to_come_changes_no_responsibility_now(house, child):
    with pytest.raises(actions.NotGuardian):
        end(house, child.guardianships.get(), TODAY + timedelta(days=20), custody="father")
    assert child.guardianships.get().until_on is None


@pytest.mark.parametrize("until_on", [date(2044, 11, 21), DUE - timedelta(days=1)])
def test_no_end_before_it_began_nor_after_the_child_is_of_age(house, child, until_on):
    with pytest.raises(actions.NotGuardian):
        end(house, child.guardianships.get(), until_on)


def test_of_somebody_of_age_it_ends_today():
    assert guardianship_may_end(TODAY, date(2000, 1, 1), date(2000, 1, 1), TODAY)
    assert not guardianship_may_end(TODAY + timedelta(days=1), date(2000, 1, 1), date(2000, 1, 1), TODAY)


# --- adoption ----------------------------------------------------------------------------------------------


def adopt(house, child, guardian, on=TODAY):
    new = actions.NewGuardian(guardian, "father", "others")
    return actions.adopt(child=child, guardians=[new], on=on, reason="Vedtak i dag", by=house.midwife, at=AT)


@pytest.mark.parametrize("on", [TODAY + timedelta(days=3), DUE - timedelta(days=1)])
def test_an_adoption_has_happened_and_not_before_the_birth(house, child, on):
    with pytest.raises(actions.BadDate) as refused:
        adopt(house, child, make_person(house.midwife, "Ny"), on)
    assert refused.value.field == "adopted_on"
    assert not Journey.objects.get().is_sealed


def test_nobody_adopts_a_dead_child(house, child):
    actions.record_death(person=child, died_on=TODAY, by=house.midwife, at=AT)
    with pytest.raises(actions.HasDied):
        adopt(house, child, make_person(house.midwife, "Ny"))


@pytest.mark.parametrize("ends", [None, TODAY + timedelta(days=400)])
@pytest.mark.parametrize("on", [TODAY, DUE])
def test_the_former_mother_stands_nowhere_by_the_child_nor_the_child_by_her(house, browser, ends, on):
    child = make_birth(house.midwife)[0].child
    access.open_relation(
        person_id=child.id, unit_id=house.midwifery.id, basis="registered", from_on=TODAY, by=house.midwife, at=AT
    )
    row = child.guardianships.get()
    Guardianship.objects.filter(pk=row.pk).update(until_on=ends, from_on=DUE + timedelta(days=2))
    new = make_person(house.midwife, "Far", "Nyfamilie", sex="male")
    adopt(house, child, new, on)
    page = browser.get(reverse("people:person", args=[child.key])).content.decode()
    assert "Nyfamilie" in page
    assert "Kari" not in page.split("<main")[1]
    hers = browser.get(reverse("people:person", args=[row.guardian.key])).content.decode()
    assert child.key not in hers
    assert queries.wards_of(viewer=house.midwife, guardian_id=row.guardian_id, at=AT) == []
    assert "Kari" not in labels.display_name(Person.objects.get(pk=child.pk), "nb")


# --- dates -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born_on", "ok"),
    [(date(2026, 10, 20), True), (date(2026, 10, 19), False), (date(2026, 8, 15), False), (date(1990, 1, 1), False)],
)
def test_a_child_born_here_stays_near_its_birth(house, child, born_on, ok):
    if ok:
        actions.correct_birth(person=child, born_on=born_on, reason=WHY, by=house.midwife, at=AT)
    else:
        with pytest.raises(actions.BadDate):
            actions.correct_birth(person=child, born_on=born_on, reason=WHY, by=house.midwife, at=AT)
    assert (Person.objects.get(pk=child.pk).born_on == born_on) is ok


def test_the_register_and_the_adopted_are_not_held_to_the_birth(house, child):
    access.open_relation(
        person_id=child.id, unit_id=house.midwifery.id, basis="registered", from_on=TODAY, by=house.midwife, at=AT
    )
    adopt(house, child, make_person(house.midwife, "Ny"))
    child.refresh_from_db()
    actions.correct_birth(person=child, born_on=date(2026, 8, 15), reason=WHY, by=house.midwife, at=AT)
    actions.correct_birth(person=child, born_on=date(2026, 1, 15), reason=WHY, by=SYSTEM, at=AT)
    assert child.born_on == date(2026, 1, 15)


def test_nobody_is_moved_too_near_a_parent_or_a_child(house):
    child = make_person(house.midwife, born_on=date(2024, 1, 1))
    mother = make_person(house.midwife, "Mor")
    guard(house, child, mother, "mother")
    for person, born_on in ((child, date(1994, 1, 1)), (mother, date(2020, 1, 1))):
        with pytest.raises(actions.BadDate):
            actions.correct_birth(person=person, born_on=born_on, reason=WHY, by=house.midwife, at=AT)
    actions.correct_birth(person=mother, born_on=date(1995, 1, 1), reason=WHY, by=house.midwife, at=AT)


@pytest.mark.parametrize(("born_on", "ok"), [(date(2008, 11, 24), False), (date(2008, 11, 25), True)])
def test_no_adult_is_registered_as_a_child(house, born_on, ok):
    values = {"given_name": "Feil", "family_name": "Prøve", "born_on": born_on, "sex": "female"}
    if ok:
        assert actions.register_child(**values, by=house.nurse, at=AT)
    else:
        with pytest.raises(actions.NoChild):
            actions.register_child(**values, by=house.nurse, at=AT)
    assert Journey.objects.count() == int(ok)


def test_a_mother_is_older_than_her_child(house):
    born_on = date(2024, 3, 12)
    mother = make_person(house.nurse, "Jevngammel", born_on=born_on)
    values = {"given_name": "Feil", "family_name": "Prøve", "born_on": born_on, "sex": "female"}
    guardians = [actions.NewGuardian(mother, "mother", "mother")]
    with pytest.raises(actions.CannotBeGuardian):
        actions.register_child(guardians=guardians, **values, by=house.nurse, at=AT)
    assert not Person.objects.filter(given_name="Feil").exists()


# --- a second date of death --------------------------------------------------------------------------------


def test_another_day_of_death_needs_a_reason_and_all_that_ended_follows_it(house, child):
    mother = child.guardianships.get().guardian
    for person in (child, mother):
        actions.record_death(person=person, died_on=TODAY, by=house.midwife, at=AT)
        with pytest.raises(actions.DeathStands):
            actions.record_death(person=person, died_on=BEFORE, by=house.midwife, at=AT)
        with pytest.raises(actions.DeathStands):
            actions.record_death(person=person, died_on=TODAY, reason=WHY, by=house.midwife, at=AT)
        actions.record_death(person=person, died_on=BEFORE, reason=WHY, by=house.midwife, at=AT)
    assert Journey.objects.get(child=child).closed_on == BEFORE
    assert child.guardianships.get().until_on == BEFORE
    kept = Correction.objects.get(person=child)
    assert (kept.what, kept.before, kept.after, kept.reason) == (
        "died_on", TODAY.isoformat(), BEFORE.isoformat(), WHY
    )  # fmt: skip
    assert len(logged("people.died_on.corrected")) == 2
    actions.take_back_death(person=mother, reason=WHY, by=house.midwife, at=AT)
    assert child.guardianships.get().until_on is None


def test_the_page_of_a_death_that_stands_asks_why(house, child, browser):
    actions.record_death(person=child, died_on=TODAY, by=house.midwife, at=AT)
    path = reverse("people:person_death", args=[child.key])
    assert path in browser.get(reverse("people:person", args=[child.key])).content.decode()
    assert browser.post(path, {"died_on": BEFORE.isoformat()}).status_code == 422
    assert browser.post(path, {"died_on": BEFORE.isoformat(), "reason": WHY}).status_code == 302
    assert Person.objects.get(pk=child.pk).died_on == BEFORE


# --- forms about the dead ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["adoption", "person_move", "guardian_new"])
def test_a_form_about_the_living_says_so_before_anything_is_typed(house, child, browser, name):
    actions.record_death(person=child, died_on=TODAY, by=house.midwife, at=AT)
    answer = browser.get(reverse(f"people:{name}", args=[child.key]), follow=True)
    assert answer.redirect_chain[0][0] == reverse("people:person", args=[child.key])
    assert "Et dødsfall er registrert." in answer.content.decode()


def test_what_is_sent_all_the_same_is_kept_and_refused(house, child, browser):
    number = number_of(date(1990, 1, 2))
    make_person(house.midwife, "Ny", born_on=date(1990, 1, 2), number=number)
    actions.record_death(person=child, died_on=TODAY, by=house.midwife, at=AT)
    typed = {"number": number, "kind": "father", "custody": "joint", "from_on": DUE.isoformat()}
    answer = browser.post(reverse("people:guardian_new", args=[child.key]), typed)
    assert answer.status_code == 422
    assert number in answer.content.decode()
    assert child.guardianships.count() == 1
