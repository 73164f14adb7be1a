"""Somebody who is here without a number and comes in a register's file: proposed, answered, never a second person."""

from datetime import timedelta

import pytest
from django.urls import reverse

from fotspor.access.rules import SYSTEM
from fotspor.pathways import actions as pathways
from fotspor.pathways.actions.register_import import apply_households
from fotspor.pathways.actions.register_proposals import MotherFirst, NoProposal, answer_proposal
from fotspor.pathways.actions.register_refusals import MayNotImport
from fotspor.pathways.queries.register_imports import preview
from fotspor.pathways.tests.register_world import (
    AT,
    NEW_NUMBER,
    NEWBORN,
    TODAY,
    adult,
    kinds,
    logged,
    newborn,
    stage,
    take_in,
    town,
)
from fotspor.pathways.tests.test_register_rules import FATHER, GROWN, MOTHER, as_xlsx, cells
from fotspor.people import actions as people
from fotspor.people.models import Guardianship, Journey, Person
from fotspor.people.queries import find_by_number

pytestmark = pytest.mark.django_db
__all__ = ["town"]


def mother(town, **changed):
    """A woman whom the midwife registered without a number, with the address of the file's family."""
    values = {
        "given_name": "Varm", "family_name": "Lyng", "born_on": GROWN, "sex": "female", "street": "Prøvegata 1",
        "postcode": "7991", "city": "Øving", "district": town["district"],
    }  # fmt: skip
    return people.register_person(**values | changed, by=town["midwife"], at=AT - timedelta(days=100))


def expecting(town, due_on=NEWBORN, **changed) -> Journey:
    return pathways.open_journey(
        mother=mother(town, **changed), due_on=due_on, due_source="ultrasound", by=town["midwife"],
        at=AT - timedelta(days=100),
    )  # fmt: skip


def answer(town, source, is_same=True, at=AT, **which):
    row = source.rows.get(change="proposed", applied_on=None, **which)
    return answer_proposal(row=row, is_same=is_same, by=town["administrator"], at=at)


# --- proposing -------------------------------------------------------------------------------------------


def test_she_is_proposed_by_name_birth_date_and_address_and_gets_the_number(town):
    her = mother(town, given_name="VÁRM", street="prøvegt. 1")
    source = take_in(adult(), cells())
    assert kinds(source) == {"proposed": 1, "new": 1}
    shown = preview(viewer=town["administrator"], key=source.key)
    assert ([row.person for row in shown.people], shown.proposed) == ([her], ())
    assert answer(town, source) == her
    her.refresh_from_db()
    assert (her.identity_number, her.given_name, her.street) == (MOTHER, "Varm", "Prøvegata 1")
    assert Person.objects.count() == 2
    child = Journey.objects.get().child
    assert Guardianship.objects.get(child=child, until_on=None).guardian == her  # the child came before the answer
    assert not source.rows.filter(record__isnull=False).exists()
    assert logged("pathways.register.proposal_answered") == 1
    assert kinds(take_in(content=as_xlsx(adult(), cells()), at=AT + timedelta(days=1))) == {"same": 2}
    with pytest.raises(NoProposal):
        answer_proposal(row=source.rows.get(person=her), is_same=True, by=town["administrator"], at=AT)


@pytest.mark.parametrize(
    "changed", [{"given_name": "Kald"}, {"born_on": GROWN + timedelta(days=1)}, {"street": "Lissomvegen 9"}]
)
def test_another_name_date_or_address_is_another_person(town, changed):
    mother(town, **changed)
    assert kinds(take_in(adult(), cells())) == {"new": 2}
    assert Person.objects.count() == 3


def test_without_an_address_a_birth_or_a_due_date_says_enough(town):
    elsewhere = {"street": "", "postcode": ""}
    expecting(town, **elsewhere)
    source = take_in(adult(), newborn())
    assert kinds(source) == {"proposed": 2}


def test_a_child_who_was_born_too_early_for_her_due_date_says_nothing(town):
    expecting(town, due_on=NEWBORN + timedelta(days=160), street="", postcode="")
    assert kinds(take_in(adult(), newborn())) == {"new": 2}


def test_a_pregnant_woman_without_a_child_is_read_only_to_be_proposed(town):
    her = expecting(town).pregnancy.mother
    source = take_in(adult(), adult(FATHER, street="Lissomvegen 2", sex="M"))
    assert kinds(source) == {"proposed": 1, "not_needed": 1}
    assert answer(town, source) == her
    other = take_in(adult(FATHER), at=AT + timedelta(days=1))
    assert kinds(other) == {"not_needed": 1}


# --- answering -------------------------------------------------------------------------------------------


def test_another_person_who_is_nobodys_mother_here_is_not_kept(town):
    expecting(town)
    source = take_in(adult())
    assert answer(town, source, is_same=False) is None
    assert kinds(source) == {"not_needed": 1}
    assert find_by_number(MOTHER) is None
    assert not source.rows.filter(record__isnull=False).exists()


def test_another_person_with_a_child_here_is_a_new_one_and_its_guardian(town):
    her = mother(town)
    source = take_in(adult(), cells())
    other = answer(town, source, is_same=False)
    assert other != her
    child = Journey.objects.get().child
    assert Guardianship.objects.get(child=child, until_on=None).guardian == other == find_by_number(MOTHER)


def test_her_newborn_waits_until_somebody_has_said_who_she_is(town):
    (journey,) = people.record_birth(
        journey=expecting(town), born_on=NEWBORN, children=[people.Newborn(sex="female")], by=town["midwife"],
        at=AT - timedelta(days=13),
    )  # fmt: skip
    source = take_in(adult(), newborn())
    for is_same in (True, False):
        with pytest.raises(MotherFirst):
            answer(town, source, is_same, person=None)
    answer(town, source, person__isnull=False)
    assert answer(town, source, person=None) == journey.child
    journey.child.refresh_from_db()
    assert journey.child.identity_number == NEW_NUMBER
    assert Person.objects.count() == 2


def test_who_got_a_number_meanwhile_is_proposed_no_more(town):
    her = mother(town)
    source = take_in(adult())
    people.change_person(person=her, version=her.version, number=FATHER, by=town["midwife"], at=AT)
    with pytest.raises(NoProposal):
        answer(town, source)
    assert source.rows.filter(change="proposed", applied_on=None).exists()


def test_only_those_who_import_answer(town):
    mother(town)
    source = take_in(adult())
    with pytest.raises(MayNotImport):
        answer_proposal(row=source.rows.get(), is_same=True, by=town["nurse"], at=AT)


# --- between staging and applying --------------------------------------------------------------------------


def test_one_who_is_registered_after_the_file_was_staged_is_proposed_when_it_is_applied(town):
    source = stage(adult(), cells())
    assert kinds(source) == {"new": 2}
    her = mother(town)
    list(apply_households(source=source, by=SYSTEM, at=AT))
    source.refresh_from_db()
    assert (kinds(source), source.finished_on) == ({"new": 1, "proposed": 1}, TODAY)
    assert answer(town, source) == her
    assert Guardianship.objects.get(until_on=None).guardian == her
    assert Person.objects.count() == 2


def test_a_birth_recorded_after_the_file_was_staged_gives_no_second_child(town):
    journey = expecting(town, number=MOTHER)
    Journey.objects.filter(pk=journey.pk).update(closed_on=TODAY, close_reason="moved")
    source = stage(adult(), newborn())
    assert kinds(source)["new"] == 1
    Journey.objects.filter(pk=journey.pk).update(closed_on=None, close_reason="")
    list(apply_households(source=source, by=SYSTEM, at=AT))
    assert kinds(source)["proposed"] == 1
    assert Person.objects.count() == 1


def test_one_person_is_never_proposed_for_two_rows(town):
    mother(town)
    twin = adult(FATHER)
    source = take_in(adult(), twin, cells(), cells(identity_number=NEW_NUMBER, birth_date=NEWBORN.isoformat(),
                                                   guardian_1_number=FATHER))  # fmt: skip
    assert kinds(source)["proposed"] == 1


# --- the page --------------------------------------------------------------------------------------------


def test_the_page_asks_by_row_and_shows_no_name(town, client):
    from fotspor.services.models import Staff

    mother(town)
    source = take_in(adult(), cells())
    client.force_login(Staff.objects.get(pk=town["administrator"].staff_id))
    address = reverse("pathways:register_import", args=[source.key])
    page = client.get(address).content.decode()
    assert "Varm" not in page
    assert page.count("csrfmiddlewaretoken") >= 1
    row = source.rows.get(change="proposed").row
    url = reverse("pathways:register_proposal", args=[source.key, row])
    form = page[page.index(url) :]
    assert "csrfmiddlewaretoken" in form[: form.index("</form>")]
    assert client.post(url, {"answer": "same", "_once": "a"}).status_code == 302
    assert url not in client.get(address).content.decode()
    assert client.post(url, {"answer": "same", "_once": "b"}).status_code == 404
    assert Person.objects.count() == 2
