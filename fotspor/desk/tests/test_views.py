"""Each page: who gets in, that strangers get 404, and that looks are logged."""

from datetime import timedelta

import pytest
from django.urls import reverse

from fotspor.access.models import AuditEvent, CareRelation, Consent
from fotspor.desk.queries import child as children
from fotspor.desk.queries import figures as sums
from fotspor.desk.queries import kindergarten as shared
from fotspor.desk.queries import people as lists
from fotspor.pathways import actions
from fotspor.pathways.models import Contact, Handover
from fotspor.pathways.tests.world import AT, TODAY, noon, protect
from fotspor.people.models import Person

DAYS = timedelta(days=1)


@pytest.fixture
def journey(world):
    return world.child(born_on=TODAY - 150 * DAYS, at=noon(TODAY - 100 * DAYS))


# --- the child's page ------------------------------------------------------------------------------------


def test_the_child_s_page(world, enter, journey):
    response = enter("nurse").get(reverse("desk:child", args=[journey.key]))
    html = response.content.decode()
    assert response.status_code == 200
    assert journey.child.name in html
    assert 'class="fs-trail"' in html
    assert html.count("<h1") == 1
    assert AuditEvent.objects.filter(type="access.record.read", person=journey.child.key).count() == 1


def test_the_same_as_a_list(world, enter, journey):
    html = enter("nurse").get(reverse("desk:child", args=[journey.key]) + "?vis=liste").content.decode()
    assert "fs-trail__lanes" not in html
    assert "ds-table" in html


@pytest.mark.parametrize("who", ["nurse_south", "midwife", "leader", "chief", "officer", "educator"])
def test_a_stranger_cannot_tell_a_child_from_nobody(world, enter, journey, who):
    browser = enter(who)
    for name in ("child", "person", "child_paper"):
        for key in (journey.key, journey.child.key, "finnesikkeher000"):
            assert browser.get(reverse(f"desk:{name}", args=[key])).status_code == 404
    assert not AuditEvent.objects.filter(type="access.record.read", role=getattr(world, who).role).exists()


def test_the_page_before_birth_is_the_mothers_record(world, enter):
    journey = world.pregnancy()
    html = enter("midwife").get(reverse("desk:child", args=[journey.key])).content.decode()
    assert reverse("desk:person", args=[journey.subject.key]) in html
    assert reverse("people:birth", args=[journey.key]) in html


def test_twins_lead_to_each_other(world, enter):
    one, two = world.birth(children=2)
    html = enter("midwife").get(reverse("desk:child", args=[one.key])).content.decode()
    assert reverse("desk:child", args=[two.key]) in html


def test_child_protection_is_the_same_words_for_everybody(world, enter, journey):
    def card(who, key):
        html = enter(who).get(reverse("desk:child", args=[key])).content.decode()
        start = html.index('aria-labelledby="protection"')
        return html[start : html.index("</section>", start)]

    assert card("nurse", journey.key) == card("midwife", world.pregnancy().key)


def test_no_parents_score_stands_on_the_childs_page(world, enter):
    from fotspor.worklist.models import Task

    one = world.birth()[0]
    actions.accept_handover(handover=Handover.objects.get(journey=one), by=world.nurse, at=AT)
    Task.objects.create(
        source="routine", ref="response:x:support", title="Støttesamtale-prøve", rule="r", person=one.pregnancy.mother,
        journey=one, unit=world.units["centre"], subject_key="k" * 16, opens_on=TODAY, due_on=TODAY, closes_on=TODAY,
        derived_at=AT,
    )  # fmt: skip
    browser = enter("nurse")
    assert "Støttesamtale-prøve" not in browser.get(reverse("desk:child", args=[one.key])).content.decode()
    mother = browser.get(reverse("desk:person", args=[one.pregnancy.mother.key])).content.decode()
    assert "Støttesamtale-prøve" in mother


def test_a_lost_pregnancy_is_seen_by_its_midwives_only(world, enter):
    from fotspor.people import actions as people

    journey = world.pregnancy()
    CareRelation.objects.create(
        person=journey.subject, unit=world.units["centre"], basis="baton", from_on=TODAY, opened_at=AT
    )
    people.record_loss(journey=journey, outcome="loss", ended_on=TODAY, by=world.midwife, at=AT)
    assert enter("nurse").get(reverse("desk:child", args=[journey.key])).status_code == 404
    assert enter("midwife").get(reverse("desk:child", args=[journey.key])).status_code == 200


def test_the_childs_page_stays_within_its_questions(world, enter, journey):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = enter("nurse")
    browser.get(reverse("desk:child", args=[journey.key]))
    with CaptureQueriesContext(connection) as asked:
        browser.get(reverse("desk:child", args=[journey.key]))
    assert len(asked) <= 25, [q["sql"][:110] for q in asked]


def test_printing_a_child_is_logged(world, enter, journey):
    browser = enter("nurse")
    paper = reverse("desk:child_paper", args=[journey.key])
    assert browser.get(paper).status_code == 302
    assert browser.post(reverse("desk:child_print", args=[journey.key]))["Location"] == paper
    html = browser.get(paper).content.decode()
    assert journey.child.name not in html
    assert AuditEvent.objects.filter(type="desk.child.printed", person=journey.child.key).count() == 1


# --- lists and search ------------------------------------------------------------------------------------


def test_families_are_those_of_the_unit_in_norwegian_order(world, enter, journey):
    for name in ("Åsen", "Berg", "Øien"):
        world.child(family_name=name, born_on=TODAY - 100 * DAYS)
    found = lists.families(viewer=world.nurse, chosen=lists.Chosen.ALL, page=1, at=AT)
    assert [row.name.split()[-1] for row in found.rows] == ["Berg", "Prøvesen", "Øien", "Åsen"]
    assert lists.families(viewer=world.nurse_south, chosen=lists.Chosen.ALL, page=1, at=AT).rows == []
    assert enter("nurse").get(reverse("desk:people")).status_code == 200


@pytest.mark.parametrize("chosen", list(lists.Chosen))
def test_each_filter_of_the_families_shows_its_count(world, journey, chosen):
    world.child(born_on=TODAY - 800 * DAYS)
    found = lists.families(viewer=world.nurse, chosen=chosen, page=1, at=AT)
    assert len(found.rows) == found.counts[chosen]


def test_families_ask_as_many_questions_whatever_their_number(world):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked():
        with CaptureQueriesContext(connection) as queries:
            lists.families(viewer=world.nurse, chosen=lists.Chosen.ALL, page=1, at=AT)
        return len(queries)

    world.child()
    few = asked()
    for _ in range(3):
        world.child()
    assert asked() == few


def test_a_search_leaves_no_name_in_the_address_and_none_in_the_log(world, enter, journey):
    browser = enter("nurse")
    response = browser.post(reverse("desk:search"), {"q": journey.child.given_name})
    assert response.status_code == 302
    assert journey.child.given_name not in response["Location"]
    html = browser.get(response["Location"]).content.decode()
    assert reverse("desk:child", args=[journey.key]) in html
    (event,) = AuditEvent.objects.filter(type="desk.searched")
    assert event.people == [journey.child.key]
    assert journey.child.given_name not in str(event.facts)
    assert journey.child.given_name not in str(browser.session.items())


@pytest.mark.parametrize("typed", ["24829612345", "248296 1234", "2482961234567"])
def test_a_mistyped_number_is_not_called_a_name(world, enter, typed):
    page = enter("nurse").post(reverse("desk:search"), {"q": typed}, follow=True).content.decode()
    assert "Dette er ikke et helt fødselsnummer" in page
    assert "Ingen med det navnet" not in page


def test_a_search_for_nothing_is_refused(world, enter):
    assert enter("nurse").post(reverse("desk:search"), {"q": ""}).status_code == 422


def test_another_session_does_not_open_my_search(world, enter):
    location = enter("nurse").post(reverse("desk:search"), {"q": "Barn"})["Location"]
    assert enter("colleague").get(location).status_code == 404


def test_an_exact_number_outside_ones_relations_offers_to_take_in(world, enter):
    mother = world.mother(number=None)
    from fotspor.people import identifiers

    number = identifiers.example(mother.born_on)
    browser = enter("nurse")
    location = browser.post(reverse("desk:search"), {"q": number})["Location"]
    html = browser.get(location).content.decode()
    assert reverse("people:take_in") in html


def test_protected_people_are_never_found_by_name(world, journey):
    protect(journey.child, "confidential")
    assert lists.search(viewer=world.nurse, text=journey.child.given_name, at=AT).rows == []


# --- the leader ------------------------------------------------------------------------------------------


def test_the_leader_sees_name_kind_deadline_and_holder(world, enter, journey):
    html = enter("leader").get(reverse("desk:unit")).content.decode()
    assert journey.child.name in html
    event = AuditEvent.objects.get(type="desk.unit.listed")
    assert (event.purpose, journey.child.key in event.people) == ("leadership", True)


def test_the_leader_never_sees_what_a_result_asks_for(world, enter):
    from fotspor.worklist.models import Task

    mother = world.mother(world.nurse)
    Task.objects.create(
        source="routine", ref="response:x:support", title="Støttesamtale-prøve", rule="r", person=mother,
        unit=world.units["centre"], subject_key="k" * 16, opens_on=TODAY, due_on=TODAY, closes_on=TODAY, derived_at=AT,
    )  # fmt: skip
    html = enter("leader").get(reverse("desk:unit")).content.decode()
    assert mother.name in html
    assert "Støttesamtale-prøve" not in html


@pytest.mark.parametrize("who", ["nurse", "midwife", "educator", "officer"])
def test_only_leaders_have_the_leaders_page(world, enter, who):
    assert enter(who).get(reverse("desk:unit")).status_code == 404


# --- the kindergarten ------------------------------------------------------------------------------------


@pytest.fixture
def enrolled(world, journey):
    CareRelation.objects.create(
        person=journey.child, unit=world.units["kindergarten"], basis="enrolled", from_on=TODAY, opened_at=AT
    )
    return journey.child


def test_a_kindergarten_sees_when_its_own_children_are_invited_there(world, enter, journey, enrolled):
    contacts = list(Contact.objects.expected().filter(journey=journey).order_by("due_on"))
    place = world.units["kindergarten"].name
    Contact.objects.filter(pk=contacts[0].pk).update(booked_on=TODAY + DAYS, place=place, note=None)
    Contact.objects.filter(pk=contacts[1].pk).update(booked_on=TODAY + DAYS, place="Rom 4")
    (child,) = shared.enrolled(viewer=world.educator, at=AT)
    assert [row.on for row in child.invitations] == [TODAY + DAYS]
    html = enter("educator").get(reverse("desk:kindergarten")).content.decode()
    assert "Rom 4" not in html
    assert AuditEvent.objects.filter(type="desk.kindergarten.listed", people=[enrolled.key]).count() == 1


def test_agreed_steps_are_shown_only_under_a_consent_that_stands(world, journey, enrolled):
    from fotspor.people.models import Guardianship

    mother = world.mother(world.nurse)
    Guardianship.objects.create(
        child=enrolled, guardian=mother, kind="mother", custody="mother", from_on=TODAY, recorded_at=AT
    )
    consent = Consent.objects.create(
        person=enrolled, given_by=mother, to_unit=world.units["kindergarten"], what="agreed_steps", purpose="Morgener",
        summary="Bildekort ved levering", from_on=TODAY, recorded_at=AT, recorded_by=world.staff["nurse"],
    )  # fmt: skip
    (child,) = shared.enrolled(viewer=world.educator, at=AT)
    assert [row.text for row in child.agreed] == ["Bildekort ved levering"]
    Consent.objects.filter(pk=consent.pk).update(withdrawn_at=AT - DAYS, withdrawn_by=world.staff["nurse"])
    assert shared.enrolled(viewer=world.educator, at=AT)[0].agreed == []


def test_the_childs_page_has_one_line_for_what_two_guardians_consent_to(world, journey, enrolled):
    from fotspor.access.labels import CONSENT_STANDS, NOT_SAID
    from fotspor.people.models import Guardianship

    parents = [world.mother(world.nurse) for _each in range(2)]
    for parent, kind in zip(parents, ("mother", "father"), strict=True):
        Guardianship.objects.create(
            child=enrolled, guardian=parent, kind=kind, custody="joint", from_on=TODAY, recorded_at=AT
        )

    def lines():
        return children.child(viewer=world.nurse, key=journey.key, at=AT, list_url="").consents

    def says_yes(parent):
        Consent.objects.create(
            person=enrolled, given_by=parent, to_unit=world.units["kindergarten"], what="agreed_steps", purpose="p",
            from_on=TODAY, recorded_at=AT, recorded_by=world.staff["nurse"],
        )  # fmt: skip

    assert lines() == []
    says_yes(parents[0])
    (line,) = lines()
    assert (line.title, line.label) == (world.units["kindergarten"].name, CONSENT_STANDS["not_yet"])
    assert str(NOT_SAID.word).lower() in line.meta
    says_yes(parents[1])
    assert [line.label for line in lines()] == [CONSENT_STANDS["yes"]]


def test_a_kindergarten_reaches_nothing_else(world, enter, journey, enrolled):
    browser = enter("educator")
    for url in (
        reverse("desk:child", args=[journey.key]), reverse("desk:person", args=[enrolled.key]), reverse("desk:people"),
        reverse("desk:search"), reverse("desk:unit"), reverse("desk:figures"), reverse("pathways:batons"),
    ):  # fmt: skip
        assert browser.get(url).status_code == 404, url


# --- figures, concern ------------------------------------------------------------------------------------


def test_small_counts_are_hidden_from_others_and_shown_to_the_own_leader(world, journey):
    for _ in range(2):
        world.pregnancy()
    own = next(line for line in sums.figures(viewer=world.leader, on=TODAY).journeys if line.is_own)
    assert own.cells == (0, 1, 0, 1)
    others = [line for line in sums.figures(viewer=world.leader, on=TODAY).journeys if not line.is_own]
    cells = [cell for line in others if not line.is_total for cell in line.cells]
    assert not any(cell is not None and 0 < cell < 5 for cell in cells)
    assert sums.figures(viewer=world.nurse, on=TODAY).journeys == []


@pytest.mark.parametrize(("who", "status"), [("leader", 200), ("chief", 200), ("nurse", 404), ("educator", 404)])
def test_who_has_figures(world, enter, who, status):
    assert enter(who).get(reverse("desk:figures")).status_code == status


@pytest.mark.parametrize("who", ["nurse", "leader", "educator", "officer"])
def test_everybody_reads_where_to_turn_with_a_concern(world, enter, who):
    assert enter(who).get(reverse("desk:concern")).status_code == 200


@pytest.mark.parametrize("name", ["people", "search", "unit", "kindergarten", "figures", "concern", "day_paper"])
def test_signed_out_leads_to_sign_in(world, client, name):
    assert client.get(reverse(f"desk:{name}")).status_code == 302


def test_a_person_merged_away_has_no_page_of_its_own(world, enter, journey):
    assert Person.objects.filter(pk=journey.child.pk).exists()
    assert enter("nurse").get(reverse("desk:person", args=[journey.child.key])).status_code == 200


def test_whoever_takes_studies_in_has_a_door_to_their_figures(world, enter):
    world.add_staff("admin", "office", "administrator")
    address = reverse("instruments:distribution", args=["epds"])
    page = enter("admin").get(reverse("services:units")).content.decode()
    assert f'href="{address}"' in page
    assert enter("admin").get(address).status_code == 200
    for other in ("nurse", "leader"):
        assert f'href="{address}"' not in enter(other).get(reverse("services:settings")).content.decode()
