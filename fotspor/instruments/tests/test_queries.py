"""Figures, summaries, approvals, lists, and what news does to forms."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.http import Http404

from fotspor.access.models import AuditEvent, Consent
from fotspor.access.queries import NotVisible
from fotspor.instruments import actions, labels, queries
from fotspor.instruments.actions.approvals import ChangedSince
from fotspor.instruments.models import Approval, Duty, Response
from fotspor.instruments.tests.test_actions import draft, open_refs, signed
from fotspor.instruments.tests.world import AT, CALM, DAY, answers, as_viewer, make_person, make_unit, relate
from fotspor.kit.disclosure import suppress
from fotspor.kit.facts import Fact, Kind, announce
from fotspor.worklist.models import Task

pytestmark = pytest.mark.django_db


def counted(world, totals, *, unit=None, **more):
    """Signed history, straight into the table: only figures look at it."""
    Response.objects.bulk_create(
        Response(
            instrument="epds", instrument_version="2026.1", subject=world.mother, informant_kind="mother",
            unit=unit or world.unit, answered_on=DAY, total=t, lowest=t, highest=t, saved_at=AT, signed_at=AT, **more,
        )
        for t in totals
    )  # fmt: skip


def figures(viewer, **more):
    return queries.distribution(viewer=viewer, slug="epds", **more)


# --- figures ----------------------------------------------------------------------------------------------


def test_a_leader_sees_the_bands_of_her_own_unit_as_they_are(world):
    counted(world, [3, 9, 10, 13, 13])
    counted(world, [12], unit=make_unit("En annen"))
    found = figures(world.leader)
    assert [line.count for line in found.lines] == [2, 1, 2, 0]
    assert (found.total, found.is_suppressed) == (5, False)


@pytest.mark.parametrize("totals", [[3, 9, 10, 13, 13, 20, 21], [4] * 30 + [13], [4] * 29])
def test_sums_are_not_drawn_one_by_one_when_they_could_show_who_it_is(world, totals):
    counted(world, totals)
    assert figures(world.leader).chart is None
    assert (figures(world.leader).mean is None) == (len(totals) < 30)


def test_sums_of_many_forms_are_drawn_for_the_leader(world):
    counted(world, [4] * 25 + [13] * 5)
    found = figures(world.leader)
    assert (found.mean, len(found.chart.bars), found.chart.bars[13].value) == (5.5, 31, 5)
    assert [c.name for c in found.chart.cuts] == ["10", "13"]


def test_all_others_see_sums_of_all_units_by_the_one_rule_of_the_house(world):
    director = as_viewer(world.staff["director"])
    counted(world, [3] * 20 + [11] * 6 + [15] * 2)
    found = figures(director)
    assert [str(line.shown) for line in found.lines] == ["20", "skjult", "skjult", "0"]
    assert [line.count for line in found.lines] == list(suppress([20, 6, 2, 0]))
    assert (found.total, found.chart, found.mean, found.alerts) == (28, None, None, None)
    counted(world, [15] * 4, unit=make_unit("En annen"))
    assert [line.count for line in figures(director).lines] == [20, 6, 6, 0]


def test_hardly_any_forms_say_nothing_at_all(world):
    counted(world, [3, 15])
    found = figures(as_viewer(world.staff["director"]))
    assert found.total is None
    assert {str(line.shown) for line in found.lines} == {"skjult"}


def test_drafts_corrected_and_withdrawn_forms_are_not_counted(world):
    draft(world, answers(20))
    first = signed(world, answers(12))
    actions.correct(response=first, answers=answers(4), reason="Feil rute", by=world.nurse, at=AT)
    gone = signed(world, answers(14))
    actions.withdraw(response=gone, version=gone.version, reason="Feil person", by=world.nurse, at=AT)
    assert [line.count for line in figures(world.leader).lines] == [1, 0, 0, 0]


def test_a_study_is_never_mixed_with_our_own_forms(world):
    counted(world, [3, 4])
    for i, total in enumerate((12, 20)):
        counted(world, [total], study_id=f"pdeps:{i}", occasion="survey", is_history=True)
    own, study = figures(world.leader), figures(world.leader, material="pdeps:survey")
    assert [m.key for m in own.materials] == ["own", "pdeps:survey"]
    assert (own.total, study.total) == (2, 2)
    assert [line.count for line in study.lines] == [0, 1, 1, 0]


@pytest.mark.parametrize("who", ["director", "leader", "admin"])
def test_a_study_is_shown_whole_with_a_chart_to_those_who_lead_and_to_those_who_import(world, who):
    for i, total in enumerate((3, 12, 13, 20)):
        counted(world, [total], unit=make_unit(f"Sted {i}"), study_id=f"pdeps:{i}", occasion="survey", is_history=True)
    Response.objects.update(unit=None)
    counted(world, [9, 9])
    found = figures(as_viewer(world.staff[who]), material="pdeps:survey")
    assert [line.count for line in found.lines] == [1, 1, 2, 0]
    assert (found.total, found.mean, found.is_study, found.is_suppressed) == (4, 12.0, True, False)
    assert sum(bar.value for bar in found.chart.bars) == 4
    assert [m.key for m in found.materials] == (["pdeps:survey"] if who == "admin" else ["own", "pdeps:survey"])


def test_those_who_import_see_the_study_and_nothing_of_our_own(world):
    admin = as_viewer(world.staff["admin"])
    counted(world, [3, 4])
    counted(world, [12], study_id="moon:1", occasion="first", is_history=True)
    counted(world, [15], study_id="pdeps:1", occasion="survey")  # followed up here
    found = figures(admin)
    assert (found.material, [m.label for m in found.materials]) == ("moon:first", ["moon: first"])
    for hidden in ("own", "pdeps:survey"):
        with pytest.raises(Http404):
            figures(admin, material=hidden)


def test_a_study_that_is_followed_up_here_is_counted_as_our_own_are(world):
    counted(world, [12], study_id="pdeps:1", occasion="survey")
    found = figures(as_viewer(world.staff["director"]), material="pdeps:survey")
    assert (found.is_study, found.is_suppressed, found.chart, found.total) == (False, True, None, None)
    assert figures(world.leader, material="pdeps:survey").total == 1


@pytest.mark.parametrize("who", ["nurse", "kindergarten"])
def test_those_without_figures_get_none(world, who):
    with pytest.raises(Http404):
        figures(as_viewer(world.staff[who]))


def test_an_unknown_material_is_not_found(world):
    with pytest.raises(Http404):
        figures(world.leader, material="moon:survey")


# --- what a parent lets the child's page say --------------------------------------------------------------


def release(world, response, **more):
    values = {"child_key": world.child.key, "summary": "support", "by": world.nurse, "at": AT}
    return actions.release_summary(response=response, **{**values, **more})


def said(world, viewer):
    return [r.sentence for r in queries.released_summary(viewer=viewer, person_id=world.child.pk, at=AT)]


def test_by_default_the_childs_page_says_nothing(world):
    signed(world, answers(20))
    assert said(world, world.nurse) == []


def test_a_released_sentence_is_read_by_those_who_read_the_child_until_it_is_taken_back(world):
    response = signed(world, answers(20))
    released = release(world, response)
    assert release(world, response).pk == released.pk
    assert said(world, world.colleague) == ["Har støttesamtaler på helsestasjonen."]
    assert said(world, world.stranger) == said(world, world.leader) == []
    assert Consent.objects.get().person == world.mother
    assert AuditEvent.objects.filter(type="instruments.summary.released").get().people == [world.child.key]
    actions.withdraw_summary(key=released.consent.key, by=world.nurse, at=AT)
    assert said(world, world.colleague) == []


def test_the_parent_is_told_who_would_read_it(world):
    page = queries.release_page(viewer=world.nurse, key=signed(world, CALM).key, child_key=world.child.key, at=AT)
    assert [r.name for r in page.readers] == [world.unit.name]
    assert page.guardians == (world.father.name,)
    kindergarten = world.staff["kindergarten"].memberships.get().unit
    relate(world.child, kindergarten, "enrolled")
    assert queries.readers_of(child_id=world.child.pk, on=DAY) == page.readers


def test_only_a_sentence_of_the_routine_from_a_signed_form_on_ones_own_child(world):
    from fotspor.instruments.actions.summaries import NotASummary

    with pytest.raises(NotASummary), transaction.atomic():
        release(world, signed(world, CALM), summary="Hun har 14 poeng")
    with pytest.raises(NotASummary), transaction.atomic():
        release(world, draft(world, CALM))
    other = make_person("Annet barn")
    relate(other, world.unit)
    with pytest.raises(NotVisible), transaction.atomic():
        release(world, signed(world, CALM), child_key=other.key)
    assert not Consent.objects.exists()


# --- approval ---------------------------------------------------------------------------------------------


def approve(world, kind, who="leader", **more):
    digest = queries.digest_of(kind, "epds")
    return actions.approve(kind=kind, slug="epds", by=as_viewer(world.staff[who]), at=AT, **{"digest": digest, **more})


def test_an_approval_stands_under_a_name_for_the_text_that_was_read(world):
    first = approve(world, "instrument")
    assert approve(world, "instrument", "admin").pk == first.pk
    assert (first.version, first.is_practice, first.approved_by) == ("2026.1", True, world.staff["leader"])
    assert AuditEvent.objects.filter(type="instruments.definition.approved").count() == 2
    with pytest.raises(ChangedSince), transaction.atomic():
        approve(world, "routine", digest="0" * 64)
    with pytest.raises(Http404), transaction.atomic():
        approve(world, "instrument", "nurse")


def test_production_refuses_what_nobody_has_approved_and_practice_does_not_count(world, settings):
    approve(world, "instrument")
    approve(world, "routine")
    settings.IS_PRODUCTION = True
    with pytest.raises(actions.NotApproved), transaction.atomic():
        draft(world, CALM)
    approve(world, "instrument")
    with pytest.raises(actions.NotApproved), transaction.atomic():
        draft(world, CALM)
    approve(world, "routine")
    assert draft(world, CALM).instrument_version == "2026.1"
    Approval.objects.filter(is_practice=False).update(digest="0" * 64)
    with pytest.raises(actions.NotApproved), transaction.atomic():
        draft(world, CALM)


def test_the_list_of_definitions_says_where_each_stands(world):
    rows = queries.definitions(viewer=world.leader)
    assert [(r.kind, r.label) for r in rows if r.kind != "pathway"] == [
        ("instrument", labels.NOT_APPROVED),
        *[("routine", labels.NOT_APPROVED)] * 6,
    ]
    approve(world, "instrument")
    assert queries.definitions(viewer=world.leader)[0].label == labels.PRACTICE
    assert queries.definitions(viewer=world.nurse) == []
    with pytest.raises(Http404):
        queries.instrument("epds", "1999.1")


# --- lists and news ---------------------------------------------------------------------------------------


def test_a_persons_forms_newest_first_and_a_stranger_sees_none(world):
    signed(world, answers(4), answered_on=DAY - timedelta(days=30), late_reason="Lå i posten")
    draft(world, CALM)
    rows = queries.listed(viewer=world.nurse, person_id=world.mother.pk, at=AT)
    assert [row.label for row in rows] == [labels.DRAFT, labels.SIGNED]
    with pytest.raises(NotVisible):
        queries.listed(viewer=world.stranger, person_id=world.mother.pk, at=AT)
    with pytest.raises(NotVisible):
        queries.response_by_key(viewer=world.leader, key=Response.objects.first().key, at=AT)


def test_who_may_answer_is_read_from_the_childs_and_the_mothers_page(world):
    seen_from_child = queries.answerers_of(person=world.child, on=DAY)
    assert [(a.person, a.kind) for a in seen_from_child] == [(world.mother, "mother"), (world.father, "father")]
    assert [(a.person, a.kind) for a in queries.answerers_of(person=world.mother, on=DAY)] == [(world.mother, "mother")]
    start = queries.start(viewer=world.nurse, person_key=world.child.key, slug="epds", at=AT)
    assert (start.occasion, start.journey) == ("six_weeks", world.journey)
    with pytest.raises(NotVisible):
        queries.start(viewer=world.stranger, person_key=world.child.key, slug="epds", at=AT)


def test_nothing_more_is_asked_of_the_dead(world):
    response = signed(world, answers(14, item10=1))
    world.mother.died_on = DAY
    world.mother.save()
    with transaction.atomic():
        announce(Fact(Kind.DIED, at=AT, person_id=world.mother.pk))
    assert open_refs(response) == []
    assert not Duty.objects.open().exists()


def test_forms_follow_a_person_whose_records_were_joined(world):
    double = make_person("Lita")
    relate(double, world.unit)
    response = signed(world, answers(12), subject=double)
    with transaction.atomic():
        announce(Fact(Kind.MERGED, at=AT, person_id=double.pk, facts={"into_id": world.mother.pk}))
    response.refresh_from_db()
    assert (response.subject, response.informant) == (world.mother, world.mother)
    assert set(Task.objects.open().values_list("person_id", flat=True)) == {world.mother.pk}


def test_a_lost_pregnancy_leaves_what_answers_the_mothers_own_result(world):
    response = signed(world, answers(14))
    before = open_refs(response)
    with transaction.atomic():
        actions.respond_to(Fact(Kind.PREGNANCY_ENDED, at=AT, person_id=world.mother.pk, journey_id=world.journey.pk))
    assert open_refs(response) == before == ["letter", "support", "talk"]
