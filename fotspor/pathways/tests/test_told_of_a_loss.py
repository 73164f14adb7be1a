"""Who reads that a pregnancy was lost: her midwives and the officer. Nobody else from a form, or from the log."""

from datetime import timedelta

import pytest
from django.urls import reverse

from fotspor.access import queries as access
from fotspor.access.models import CareRelation
from fotspor.instruments import actions as forms
from fotspor.instruments import queries as instruments
from fotspor.instruments.models import Response
from fotspor.instruments.tests.world import answers
from fotspor.pathways.tests.world import AT, TODAY, noon
from fotspor.people import actions as people

BEFORE = TODAY - timedelta(days=2)
LATER = AT + timedelta(hours=1)


@pytest.fixture
def journey(world):
    world.add_staff("head", "midwives", "unit_leader")
    return world.pregnancy(at=noon(TODAY - timedelta(days=60)))


@pytest.fixture
def response(world, journey):
    """Answered while she was pregnant. The health centre follows another child of hers."""
    mother = journey.subject
    CareRelation.objects.create(person=mother, unit=world.units["centre"], basis="baton", from_on=BEFORE, opened_at=AT)
    return draft(world, mother, journey)


def draft(world, mother, journey):
    return forms.save_draft(
        subject=mother, informant_kind="mother", instrument="epds", answers=answers(6), answered_on=BEFORE,
        unit_id=world.units["midwives"].pk, journey=journey, occasion="pregnancy", by=world.midwife, at=noon(BEFORE),
    )  # fmt: skip


def sign(world, response):
    return forms.sign(response=response, version=response.version, by=world.midwife, at=noon(BEFORE))


def lose(world, journey):
    return people.record_loss(journey=journey, outcome="stillbirth", ended_on=TODAY, by=world.midwife, at=AT)


def occasion(viewer, response):
    found = instruments.response_page(viewer=viewer, key=response.key, at=LATER)
    return "Pregnancy" in str(found.rows[-1][1]) or "Svangerskap" in str(found.rows[-1][1])


def test_a_form_says_pregnancy_to_all_who_read_it_while_it_lasts(world, response):
    assert [occasion(who, response) for who in (world.midwife, world.nurse)] == [True, True]


def test_when_it_was_lost_the_form_says_so_to_her_midwives_alone(world, journey, response):
    lose(world, journey)
    assert [occasion(who, response) for who in (world.midwife, world.nurse)] == [True, False]


def test_a_form_that_names_no_journey_says_no_more(world, journey, response):
    Response.objects.filter(pk=response.pk).update(journey=None)
    assert occasion(world.nurse, response)
    lose(world, journey)
    assert [occasion(who, response) for who in (world.midwife, world.nurse)] == [True, False]


@pytest.mark.parametrize("is_signed", [False, True])
def test_no_page_of_the_form_offers_the_word(world, browser, journey, response, is_signed):
    if is_signed:
        sign(world, response)
    lose(world, journey)
    names = ["response", "response_correct"] if is_signed else ["response"]
    for name in names:
        address = reverse(f"instruments:{name}", args=[response.key])
        for who, reads in (("midwife", True), ("nurse", False)):
            main = browser.enter(who).client.get(address).content.decode().split("<main")[1]
            assert ("vangerskap" in main, 'name="occasion"' in main) == (
                reads,
                reads and name + str(is_signed) != "responseTrue",
            )


def test_a_draft_and_a_correction_keep_the_occasion_that_is_not_shown(world, browser, journey, response):
    lose(world, journey)
    enter = browser.enter("nurse").client
    common = {"answered_on": BEFORE.isoformat(), "language": "nb", **{k: str(v) for k, v in answers(7).items()}}
    draft = enter.post(
        reverse("instruments:response_draft", args=[response.key]), {**common, "version": response.version}
    )
    response.refresh_from_db()
    assert (draft.status_code, response.total, response.occasion) == (302, 7, "pregnancy")
    signed = enter.post(
        reverse("instruments:response_sign", args=[response.key]), {**common, "version": response.version}
    )
    response.refresh_from_db()
    assert (signed.status_code, response.is_signed, response.occasion) == (302, True, "pregnancy")
    corrected = enter.post(
        reverse("instruments:response_correct", args=[response.key]),
        {**common, **{k: str(v) for k, v in answers(8).items()}, "informant_kind": "mother", "reason": "Lest feil"},
    )
    assert corrected.status_code == 302
    assert Response.objects.get(first=response).occasion == "pregnancy"


def lines(viewer):
    return access.who_has_looked(viewer=viewer, from_on=TODAY - timedelta(days=90), to_on=TODAY, at=LATER).rows


def test_the_leaders_log_of_her_staff_neither_says_nor_names_it(world, journey, response):
    before = {(row.type, row.people) for row in lines(world.head)}
    name = journey.subject.name
    assert ("people.pregnancy.registered", (name,)) in before
    lose(world, journey)
    new = [row for row in lines(world.head) if row.at == AT]
    assert new
    assert {(row.type, row.people) for row in new} == {("people.person.changed", ())}
    assert len({str(row.event) for row in new}) == 1
    assert {(row.type, row.people) for row in lines(world.head) if row.at < AT} == before


def test_the_officer_reads_what_was_done_and_with_whom(world, journey):
    lose(world, journey)
    lost = [row for row in lines(world.officer) if row.type == "people.pregnancy.lost"]
    assert [row.people for row in lost] == [(journey.subject.name,)]


def test_a_journey_that_ended_otherwise_is_named_as_before(world, browser):
    journey = world.child(born_on=TODAY - timedelta(days=800))
    people.record_death(person=journey.child, died_on=TODAY, by=world.nurse, at=AT)
    assert "people.person.died" in {row.type for row in lines(world.leader)}
