"""Of whom the one who answered is a parent: which pages may say something, and as what a form may be answered."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from fotspor.instruments import actions, queries
from fotspor.instruments.tests.test_actions import signed
from fotspor.instruments.tests.world import AT, DAY, answers, make_person, make_unit, relate
from fotspor.kit import clock
from fotspor.people.models import Guardianship, Journey, Pregnancy

pytestmark = pytest.mark.django_db
REASON = "Feil i den første"


@pytest.fixture(autouse=True)
def today(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: AT)
    monkeypatch.setattr(clock, "today", lambda: DAY)


def child_of(parent, kind, name, *, unit=None, **more):
    child = make_person(name, born_on=DAY - timedelta(days=800))
    values = {"kind": kind, "custody": "joint", "from_on": child.born_on, "recorded_at": AT, **more}
    Guardianship.objects.create(child=child, guardian=parent, **values)
    if unit:
        relate(child, unit)
    return child


def pregnancy_of(mother, other=None):
    found = Pregnancy.objects.create(
        mother=mother, other_parent=other, due_on=DAY + timedelta(days=90), due_source="ultrasound",
        registered_at=AT,
    )  # fmt: skip
    return Journey.objects.create(pregnancy=found, opened_on=DAY, opened_at=AT)


def his(world, **more):
    relate(world.father, world.unit)
    return signed(world, answers(4), subject=world.father, informant_kind="father", **more)


def links(client, response, *children):
    page = client.get(reverse("instruments:response", args=[response.key])).content.decode()
    return [reverse("instruments:summary_release", args=[response.key, each.key]) in page for each in children]


def test_a_form_begun_at_the_parents_own_page_leads_to_each_childs_page(world, nurse):
    older = child_of(world.mother, "mother", "Storesøster", unit=world.unit)
    response = signed(world, answers(4))
    assert response.journey is None
    assert links(nurse, response, world.child, older) == [True, True]
    assert nurse.get(reverse("instruments:summary_release", args=[response.key, older.key])).status_code == 200
    assert "Storesøster" in nurse.get(reverse("instruments:response", args=[response.key])).content.decode()


@pytest.mark.parametrize(("sex", "kind"), [("male", "father"), ("female", "co_mother")])
def test_so_does_the_other_parents_own_form(world, nurse, sex, kind):
    other = make_person("Andre", sex=sex)
    relate(other, world.unit)
    child = child_of(other, kind, "Lillebror", unit=world.unit)
    response = signed(world, answers(4), subject=other, informant_kind=kind)
    assert links(nurse, response, child, world.child) == [True, False]


def test_not_to_a_child_the_viewer_may_not_open_that_is_dead_or_no_longer_the_parents(world, nurse):
    elsewhere = child_of(world.mother, "mother", "Borte", unit=make_unit("Vika helsestasjon"))
    dead = child_of(world.mother, "mother", "Død", unit=world.unit)
    dead.died_on = DAY - timedelta(days=3)
    dead.save()
    former = child_of(world.mother, "mother", "Adoptert", unit=world.unit, until_on=DAY - timedelta(days=1))
    response = signed(world, answers(4))
    assert links(nurse, response, world.child, elsewhere, dead, former) == [True, False, False, False]


def test_a_draft_and_a_withdrawn_form_lead_nowhere(world, nurse):
    response = signed(world, answers(4))
    actions.withdraw(response=response, version=response.version, reason=REASON, by=world.nurse, at=AT)
    assert links(nurse, response, world.child) == [False]


def correct(world, response, kind):
    return actions.correct(
        response=response, answers=response.answers, reason=REASON, informant_kind=kind, by=world.nurse, at=AT
    )


@pytest.mark.parametrize("kind", ["father", "co_mother"])
def test_a_pregnant_womans_own_form_is_the_mothers(world, nurse, kind):
    journey = pregnancy_of(world.mother, world.father)
    response = signed(world, answers(4), journey=journey, occasion="pregnancy")
    assert queries.kinds_of(response) == ("mother",)
    with pytest.raises(actions.BadAnswers) as refused, transaction.atomic():
        correct(world, response, kind)
    assert refused.value.field == "informant_kind"
    address = reverse("instruments:response_correct", args=[response.key])
    page = nurse.get(address).content.decode()
    assert 'value="mother"' in page
    assert f'value="{kind}"' not in page
    given = {"epds01": "1", "informant_kind": kind, "answered_on": "2026-11-24", "language": "nb", "reason": REASON}
    reply = nurse.post(address, given)
    assert reply.status_code == 422
    assert "er ikke registrert som det her" in reply.content.decode()
    response.refresh_from_db()
    assert queries.current_of(response).informant_kind == "mother"


def test_the_other_parent_answers_as_what_that_parent_is(world):
    other = make_person("Medmor")
    relate(other, world.unit)
    journey = pregnancy_of(world.mother, other)
    hers = signed(world, answers(4), subject=other, informant_kind="co_mother", journey=journey, occasion="pregnancy")
    assert queries.kinds_of(hers) == ("co_mother",)
    with pytest.raises(actions.BadAnswers), transaction.atomic():
        correct(world, hers, "mother")
    assert queries.kinds_of(his(world, journey=world.journey)) == ("father",)


def test_somebody_who_is_both_to_different_children_may_be_put_right(world):
    child_of(world.mother, "co_mother", "Storebror")
    response = signed(world, answers(4))
    assert queries.kinds_of(response) == ("mother", "co_mother")
    assert correct(world, response, "co_mother").informant_kind == "co_mother"
    about = signed(world, answers(4), journey=world.journey)
    assert queries.kinds_of(about) == ("mother",)


def test_what_stands_wrong_already_is_put_right_by_correcting(world):
    journey = pregnancy_of(world.mother)
    response = signed(world, answers(4), journey=journey, occasion="pregnancy", informant_kind="father")
    again = actions.correct(response=response, answers=answers(5), reason=REASON, by=world.nurse, at=AT)
    assert again.informant_kind == "father"  # another correction is not kept from being made
    assert correct(world, again, "mother").informant_kind == "mother"


def test_with_no_child_here_and_from_a_file(world):
    alone, man = make_person("Alene"), make_person("Mann", sex="male")
    for person in (alone, man):
        relate(person, world.unit)
    forms = [signed(world, answers(4), subject=each, informant_kind="mother") for each in (alone, man)]
    assert [queries.kinds_of(each) for each in forms] == [("mother",), ("father",)]
    forms[1].study_id = "pdeps:1"
    assert queries.kinds_of(forms[1]) == ("mother",)


def test_a_co_mother_who_is_with_child_herself_begins_a_form_as_mother(world):
    child_of(world.mother, "co_mother", "Storebror", from_on=DAY)
    journey = pregnancy_of(world.mother)
    (own,) = queries.answerers(person=world.mother, journey=journey, on=DAY)
    assert own.kind == "mother"
