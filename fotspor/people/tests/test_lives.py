"""Moving, dying, guardians, adoption and corrections: each way out, and the line in the log."""

from datetime import date, timedelta

import pytest

from fotspor.access import actions as access
from fotspor.access.queries import NotVisible
from fotspor.access.rules import SYSTEM
from fotspor.kit.facts import Kind
from fotspor.people import actions, labels, queries
from fotspor.people.models import Correction, Guardianship, Journey, Person
from fotspor.people.tests.made import AT, DUE, TODAY, logged, make_birth, make_person, make_pregnancy

HOME = actions.Home("Ny vei 2", "7010", "Byen")


def born(house, *sexes):
    journeys = make_birth(house.midwife, *sexes)
    return journeys if sexes else journeys[0]


# --- moving -------------------------------------------------------------------------------------------------------


def test_a_move_within_changes_address_household_and_district_and_is_announced(house, announced):
    child = born(house).child
    announced.clear()
    home = actions.Home("Ny vei 2", "7010", "Byen", house.other_district)
    actions.record_move(person=child, home=home, moved_on=TODAY, by=house.midwife, at=AT)
    child.refresh_from_db()
    assert (child.street, child.district) == ("Ny vei 2", house.other_district)
    (fact,) = announced
    assert (fact.kind, fact.facts["district_id"], fact.facts["is_outside"]) == (
        Kind.MOVED, house.other_district.id, False
    )  # fmt: skip
    assert logged("people.person.moved")[-1].person == child.key


def test_the_household_moves_along_when_ticked(house):
    journey = born(house)
    mother, child = journey.pregnancy.mother, journey.child
    actions.record_move(person=child, home=HOME, moved_on=TODAY, also=[mother, child], by=house.midwife, at=AT)
    mother.refresh_from_db()
    child.refresh_from_db()
    assert mother.household == child.household != ""
    assert len(logged("people.person.moved")) == 2


def test_moving_out_closes_the_journey_and_moving_back_takes_it_up_again(house, announced):
    journey = born(house)
    actions.record_move(person=journey.child, home=HOME, moved_on=TODAY, outside=True, by=house.midwife, at=AT)
    journey.refresh_from_db()
    assert (journey.close_reason, journey.closed_on) == ("moved", TODAY)
    journey.child.refresh_from_db()
    announced.clear()
    actions.record_move(person=journey.child, home=HOME, moved_on=TODAY, by=house.midwife, at=AT)
    assert Journey.objects.get() == journey
    journey.refresh_from_db()
    assert (journey.close_reason, journey.closed_on, journey.closed_at) == ("", None, None)
    assert [fact.facts["is_reopened"] for fact in announced] == [True]


def test_a_pregnant_woman_moves_out_and_back_with_her_pregnancy(house):
    journey = make_pregnancy(house.midwife)
    actions.record_move(person=journey.subject, home=HOME, moved_on=TODAY, outside=True, by=house.midwife, at=AT)
    journey = Journey.objects.get()
    assert (journey.close_reason, journey.pregnancy.outcome) == ("moved", "moved")
    mother = Person.objects.get(pk=journey.pregnancy.mother_id)
    actions.record_move(person=mother, home=HOME, moved_on=TODAY, by=house.midwife, at=AT)
    journey = Journey.objects.get()
    assert (journey.closed_on, journey.pregnancy.outcome, journey.pregnancy.ended_on) == (None, "ongoing", None)


def test_a_pregnancy_carried_elsewhere_stays_closed_when_a_new_one_has_begun(house):
    journey = make_pregnancy(house.midwife)
    actions.record_move(person=journey.subject, home=HOME, moved_on=TODAY, outside=True, by=house.midwife, at=AT)
    mother = Person.objects.get(pk=journey.subject.pk)
    new = make_pregnancy(house.midwife, mother)
    actions.record_move(person=mother, home=HOME, moved_on=TODAY, by=house.midwife, at=AT)
    journey.refresh_from_db()
    assert (journey.close_reason, new.closed_on) == ("moved", None)


def test_moving_does_not_wake_a_loss_or_a_death(house):
    journey = make_pregnancy(house.midwife)
    mother = journey.subject
    actions.record_loss(journey=journey, outcome="loss", ended_on=TODAY, by=house.midwife, at=AT)
    actions.record_move(person=mother, home=HOME, moved_on=TODAY, by=house.midwife, at=AT)
    assert Journey.objects.get().close_reason == "loss"


def test_a_protected_person_keeps_the_district_and_no_address(house):
    person = make_person(house.midwife, protection="confidential")
    home = actions.Home("Hemmelig 1", "7000", "Byen", house.district)
    actions.record_move(person=person, home=home, moved_on=TODAY, by=house.midwife, at=AT)
    person.refresh_from_db()
    assert (person.street, person.city, person.household, person.district) == ("", "", "", house.district)


def test_one_who_may_not_be_seen_moves_nobody(house):
    child, other = born(house).child, make_person(house.stranger, "Fremmed")
    with pytest.raises(NotVisible):
        actions.record_move(person=child, home=HOME, moved_on=TODAY, also=[other], by=house.midwife, at=AT)
    child.refresh_from_db()
    assert child.street == "Storgata 1"


# --- death --------------------------------------------------------------------------------------------------------


def test_one_twin_dies_and_the_other_lives(house, announced):
    first, second = born(house, "female", "male")
    announced.clear()
    actions.record_death(person=first.child, died_on=TODAY, by=house.midwife, at=AT)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.close_reason, second.closed_on) == ("died", None)
    (fact,) = announced
    assert (fact.kind, fact.person_id, fact.journey_id) == (Kind.DIED, first.child_id, first.id)
    assert logged("people.person.died")[0].person == first.child.key


def test_a_mother_dies_and_her_child_has_her_no_longer_as_guardian(house, announced):
    journey = born(house)
    announced.clear()
    actions.record_death(person=journey.pregnancy.mother, died_on=TODAY, by=house.midwife, at=AT)
    journey.refresh_from_db()
    assert journey.closed_on is None
    assert queries.guardians_of(child_id=journey.child_id, on=TODAY) == []
    assert [fact.kind for fact in announced] == [Kind.DIED, Kind.GUARDIAN_CHANGED]


def test_the_death_of_a_pregnant_woman_waits_for_what_became_of_the_child(house):
    journey = make_pregnancy(house.midwife)
    with pytest.raises(actions.StillPregnant):
        actions.record_death(person=journey.subject, died_on=TODAY, by=house.midwife, at=AT)


@pytest.mark.parametrize("died_on", [TODAY + timedelta(days=1), DUE - timedelta(days=1)])
def test_nobody_dies_tomorrow_or_before_birth(house, died_on):
    with pytest.raises(actions.BadDate):
        actions.record_death(person=born(house).child, died_on=died_on, by=house.midwife, at=AT)


def test_a_stranger_records_no_death(house):
    with pytest.raises(NotVisible):
        actions.record_death(person=born(house).child, died_on=TODAY, by=house.stranger, at=AT)


# --- guardians ----------------------------------------------------------------------------------------------------


def add(house, child, guardian, **terms):
    terms = {"kind": "father", "custody": "joint", "from_on": DUE, **terms}
    return actions.add_guardian(child=child, guardian=guardian, by=house.midwife, at=AT, **terms)


def test_one_code_of_parental_responsibility_holds_for_all_guardians(house, announced):
    child, father = born(house).child, make_person(house.midwife, "Ola", sex="male")
    announced.clear()
    add(house, child, father)
    assert set(Guardianship.objects.filter(child=child).values_list("custody", flat=True)) == {"joint"}
    assert [(fact.kind, fact.person_id) for fact in announced] == [(Kind.GUARDIAN_CHANGED, child.id)]
    assert logged("people.guardian.added")[0].facts == {"guardian": father.key}


def test_nobody_is_a_guardian_twice_or_of_herself(house):
    journey = born(house)
    for guardian in (journey.pregnancy.mother, journey.child):
        with pytest.raises(actions.AlreadyGuardian):
            add(house, journey.child, guardian)


def test_a_guardianship_ends_on_a_day_and_the_code_changes(house):
    child, father = born(house).child, make_person(house.midwife, "Ola")
    row = add(house, child, father)
    actions.end_guardian(guardianship=row, until_on=TODAY, custody="mother", by=house.midwife, at=AT)
    (mother,) = queries.guardians_of(child_id=child.id, on=TODAY)
    assert (mother.kind, mother.custody) == ("mother", "mother")
    assert logged("people.guardian.ended")[0].person == child.key


@pytest.mark.parametrize("again", [TODAY, DUE - timedelta(days=1)])
def test_a_guardianship_does_not_end_twice_or_before_it_began(house, again):
    row = add(house, born(house).child, make_person(house.midwife, "Ola"))
    if again == TODAY:
        actions.end_guardian(guardianship=row, until_on=TODAY, by=house.midwife, at=AT)
    with pytest.raises(actions.NotGuardian):
        actions.end_guardian(guardianship=row, until_on=again, by=house.midwife, at=AT)


def test_a_child_who_moved_in_is_registered_with_guardian_and_journey(house, announced):
    mother = make_person(house.nurse)
    journey = actions.register_child(
        given_name="Ny",
        family_name="Nordmann",
        born_on=date(2023, 2, 1),
        sex="male",
        district=house.district,
        guardians=[actions.NewGuardian(mother, "mother", "mother")],
        by=house.nurse,
        at=AT,
    )
    assert [g.guardian for g in queries.guardians_of(child_id=journey.child_id, on=TODAY)] == [mother]
    (fact,) = announced
    assert (fact.kind, fact.journey_id, fact.facts["is_new"]) == (Kind.MOVED, journey.id, True)
    assert fact.facts["district_id"] == house.district.id
    assert logged("people.journey.opened")[0].person == journey.child.key


def test_a_child_has_one_journey(house):
    with pytest.raises(actions.HasJourney):
        actions.open_child_journey(child=born(house).child, opened_on=TODAY, by=house.midwife, at=AT)


def test_a_journey_is_closed_once(house):
    journey = born(house)
    actions.close_journey(journey=journey, reason="school", on=TODAY, by=house.midwife, at=AT)
    assert logged("people.journey.closed")[0].facts == {"reason": "school"}
    with pytest.raises(actions.AlreadyClosed):
        actions.close_journey(journey=journey, reason="school", on=TODAY, by=house.midwife, at=AT)


# --- adoption -----------------------------------------------------------------------------------------------------


def adopt(house, child, *guardians):
    """The midwife's unit takes care of the child itself; what it had through the pregnancy ends."""
    access.open_relation(
        person_id=child.id, unit_id=house.midwifery.id, basis="baton", from_on=TODAY, by=house.midwife, at=AT
    )
    chosen = [actions.NewGuardian(guardian, "mother", "mother") for guardian in guardians]
    return actions.adopt(
        child=child, guardians=chosen, on=TODAY, reason="Vedtak fra Bufdir i dag", by=house.midwife, at=AT
    )


def test_adoption_seals_the_way_back_to_the_pregnancy(house, announced):
    journey = born(house)
    birth_mother, child = journey.pregnancy.mother, journey.child
    new = make_person(house.midwife, "Nye", "Foreldre", street="Annen gate 9", postcode="7020")
    announced.clear()
    adopt(house, child, new)
    child = Person.objects.get(pk=child.pk)
    journey = Journey.objects.get(pk=journey.pk)
    assert journey.is_sealed
    assert queries.pregnancy_of(journey) is None
    assert [g.guardian for g in queries.guardians_of(child_id=child.id, on=TODAY)] == [new]
    assert (child.household, child.street) == (new.household, "Annen gate 9")
    assert labels.display_name(child, "nb") == "jente, født 20. nov., mor Nye Foreldre"
    page = queries.person_page(viewer=house.midwife, key=birth_mother.key, at=AT)
    assert (page.wards, page.pregnancies, page.household) == ([], [], [])
    assert queries.person_page(viewer=house.midwife, key=child.key, at=AT).corrections == []
    assert [fact.kind for fact in announced] == [Kind.ADOPTED, Kind.GUARDIAN_CHANGED]
    assert Correction.objects.get().reason == "Vedtak fra Bufdir i dag"
    assert logged("people.child.adopted")[0].person == child.key


def test_after_an_adoption_no_search_finds_the_child_by_its_birth_mother(house):
    journey = born(house)
    new = make_person(house.midwife, "Nye", "Foreldre")
    assert journey.child in [h.person for h in queries.search(viewer=house.midwife, text="Kari Nordmann", at=AT)]
    adopt(house, journey.child, new)
    assert journey.child not in [h.person for h in queries.search(viewer=house.midwife, text="Kari", at=AT)]
    assert journey.child in [h.person for h in queries.search(viewer=house.midwife, text="nye foreldre", at=AT)]


def test_a_step_parent_adopts_and_the_mother_stays(house):
    journey = born(house)
    mother = journey.pregnancy.mother
    step = make_person(house.midwife, "Ste", sex="male")
    adopt(house, journey.child, mother, step)
    journey.child.refresh_from_db()
    assert {g.guardian for g in queries.guardians_of(child_id=journey.child_id, on=TODAY)} == {mother, step}
    assert journey.child.street == "Storgata 1"


def test_an_adoption_without_new_guardians_is_refused(house):
    with pytest.raises(actions.NotGuardian):
        adopt(house, born(house).child)


# --- corrections --------------------------------------------------------------------------------------------------


def test_a_birth_date_is_corrected_with_a_reason_and_the_old_one_is_kept(house, announced):
    journey = born(house)
    announced.clear()
    right = DUE + timedelta(days=1)
    actions.correct_birth(person=journey.child, born_on=right, reason="Skrevet feil dag", by=house.midwife, at=AT)
    kept = Correction.objects.get()
    assert (kept.before, kept.after, kept.reason) == ("2026-11-20", "2026-11-21", "Skrevet feil dag")
    (fact,) = announced
    assert (fact.kind, fact.journey_id, fact.facts) == (Kind.CORRECTED, journey.id, {"born_on": right, "was_on": DUE})
    (event,) = logged("people.born_on.corrected")
    assert "Skrevet" not in str(event.facts)


def test_nobody_is_born_tomorrow_or_after_death(house):
    child = born(house).child
    with pytest.raises(actions.BadDate):
        actions.correct_birth(person=child, born_on=TODAY + timedelta(days=1), reason="x", by=house.midwife, at=AT)
    actions.record_death(person=child, died_on=DUE, by=house.midwife, at=AT)
    with pytest.raises(actions.BadDate):
        actions.correct_birth(person=child, born_on=TODAY, reason="x", by=house.midwife, at=AT)


def correct_due(house, journey, due_on):
    return actions.correct_due(
        pregnancy=journey.pregnancy, due_on=due_on, due_source="ultrasound", reason="Ultralyd", by=house.midwife, at=AT
    )


def test_a_due_date_is_corrected_before_and_after_birth(house, announced):
    journey = make_pregnancy(house.midwife)
    correct_due(house, journey, DUE + timedelta(days=9))
    assert announced[-1].facts == {"due_on": DUE + timedelta(days=9), "was_on": DUE}
    first, second = make_birth(house.midwife, "male", "male", journey=journey)
    announced.clear()
    correct_due(house, first, DUE + timedelta(days=50))
    assert [fact.journey_id for fact in announced] == [first.id, second.id]
    assert Correction.objects.filter(person=first.child, what="due_on").exists()


def test_a_due_date_is_not_corrected_after_a_loss_or_by_a_year(house):
    journey = make_pregnancy(house.midwife)
    with pytest.raises(actions.BadDate):
        correct_due(house, journey, DUE + timedelta(days=365))
    actions.record_loss(journey=journey, outcome="loss", ended_on=TODAY, by=house.midwife, at=AT)
    journey.pregnancy.refresh_from_db()
    with pytest.raises(actions.NotExpecting):
        correct_due(house, journey, DUE)


# --- the day of a move --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("outside", [True, False])
@pytest.mark.parametrize("moved_on", [date(2027, 6, 1), TODAY + timedelta(days=1), DUE - timedelta(days=1)])
def test_nobody_moves_ahead_of_time_or_before_birth(house, outside, moved_on):
    child = born(house).child
    with pytest.raises(actions.BadDate) as refused:
        actions.record_move(person=child, home=HOME, moved_on=moved_on, outside=outside, by=house.midwife, at=AT)
    assert refused.value.field == "moved_on"
    child.refresh_from_db()
    assert child.street != HOME.street
    assert Journey.objects.get().closed_on is None


def test_a_journey_is_not_closed_before_it_began_and_an_address_may_be_told_of_late(house):
    journey, earlier = make_pregnancy(house.midwife), TODAY - timedelta(days=1)
    said = {"person": journey.subject, "home": HOME, "moved_on": earlier, "by": house.midwife, "at": AT}
    with pytest.raises(actions.BadDate):
        actions.record_move(outside=True, **said)
    assert actions.record_move(**said) == [journey.subject]


def test_the_day_that_the_register_gives_is_taken_as_it_is(house):
    journey = born(house)
    actions.record_move(person=journey.child, home=HOME, moved_on=DUE, outside=True, by=SYSTEM, at=AT)
    journey.refresh_from_db()
    assert journey.closed_on == DUE


def test_one_of_the_household_was_not_born_then(house):
    journey = born(house)
    with pytest.raises(actions.BadDate):
        actions.record_move(
            person=journey.pregnancy.mother, home=HOME, moved_on=date(2020, 1, 1), also=[journey.child],
            by=house.midwife, at=AT,
        )  # fmt: skip
