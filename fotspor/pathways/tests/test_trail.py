"""The way as footprints: arenas, passes, columns and words, from real journeys."""

from datetime import timedelta

import pytest

from fotspor.access.models import CareRelation
from fotspor.kit.trail import Arena, Pass, Step, StepState
from fotspor.pathways import actions
from fotspor.pathways.models import Contact, Handover
from fotspor.pathways.queries.footprints import with_week
from fotspor.pathways.queries.trail import trail
from fotspor.pathways.tests.world import AT, TODAY, noon
from fotspor.people.models import Journey

LATER = AT + timedelta(hours=1)


def arenas(way, lane=1):
    return [p for p in way.parts if isinstance(p, Arena) and p.lane == lane]


def passes(way):
    return [p for p in way.parts if isinstance(p, Pass)]


def steps(way):
    return [s for a in arenas(way) for s in a.steps]


def assert_columns_fit(way):
    """Lane 1 is one column after the other without holes, and never wider than the style sheet knows."""
    column = 1
    for part in way.parts:
        if isinstance(part, Arena) and part.lane == 2:
            assert part.start + part.span - 1 <= way.columns
            starts = [s.start for s in part.steps]
            assert starts == sorted(set(starts))
            assert all(1 <= s <= part.span for s in starts)
            continue
        assert part.start == column
        column += getattr(part, "span", 1)
    assert way.columns == column - 1 <= 32


def test_an_unborn_child_has_one_arena_that_ends_with_birth(world):
    way = trail(journey=world.pregnancy(), at=AT)
    (arena,) = arenas(way)
    assert arena.state == "now"
    assert arena.steps[-1].state == StepState.FUTURE
    assert passes(way) == []
    assert_columns_fit(way)


def test_exactly_one_step_is_now(world):
    way = trail(journey=world.pregnancy(), at=AT)
    assert sum(s.state == StepState.NOW for s in steps(way)) == 1


def test_a_newborn_not_yet_taken_over_waits_on_the_boundary(world):
    journey = world.birth()[0]
    way = trail(journey=journey, at=LATER)
    midwives, centre, _school = arenas(way)
    assert (midwives.state, centre.state) == ("now", "future")
    first = passes(way)[0]
    assert first.state == "future"
    assert Handover.objects.get(journey=journey).key in first.url
    assert_columns_fit(way)


def test_a_pass_says_from_to_and_how_long(world):
    journey = world.birth()[0]
    at = AT + timedelta(days=1)
    actions.accept_handover(handover=Handover.objects.get(journey=journey), by=world.nurse, at=at)
    way = trail(journey=journey, at=at)
    done = passes(way)[0]
    assert done.state == "done"
    for unit in ("midwives", "centre"):
        assert world.units[unit].name in done.sentence
    assert [a.state for a in arenas(way)] == ["done", "now", "future"]
    assert_columns_fit(way)


def test_a_baton_crossed_without_acceptance_is_a_gap(world):
    journey = world.pregnancy()
    chief = world.chief
    actions.close_baton(journey=journey, by=world.midwife, at=AT)
    actions.open_baton(journey=journey, unit_id=None, confirmed=False, by=world.midwife, at=LATER)
    actions.assign_unassigned(journey=journey, unit_id=world.units["midwives_south"].pk, by=chief, at=LATER)
    assert "gap" in [p.state for p in passes(trail(journey=journey, at=LATER))]


def test_states_of_the_footprints(world):
    journey = world.child(born_on=TODAY - timedelta(days=140), at=noon(TODAY - timedelta(days=120)))
    late, done, declined, *_rest = Contact.objects.expected().filter(journey=journey).order_by("due_on")
    Contact.objects.filter(pk=done.pk).update(outcome="held", outcome_on=done.closes_on + timedelta(days=3))
    Contact.objects.filter(pk=declined.pk).update(outcome="declined", outcome_on=declined.due_on)
    by_url = {s.url: s for s in steps(trail(journey=journey, at=AT))}

    def state(contact):
        return next(s.state for url, s in by_url.items() if contact.key in url)

    assert state(late) == StepState.LATE
    assert state(done) == StepState.DONE_LATE
    assert state(declined) == StepState.DECLINED


def test_every_expected_contact_stands_on_the_trail_once(world):
    journey = world.birth()[0]
    way = trail(journey=journey, at=LATER)
    keys = Contact.objects.filter(journey=journey, cancelled_on=None).values_list("key", flat=True)
    urls = [s.url for s in steps(way)]
    assert all(sum(key in url for url in urls) == 1 for key in keys)


def test_a_finished_year_is_one_double_print_when_room_is_short(world):
    journey = world.birth(born_on=TODAY - timedelta(days=1500), at=noon(TODAY - timedelta(days=1494)))[0]
    unit = world.units["centre"]
    for contact in Contact.objects.filter(journey=journey, cancelled_on=None, due_on__lt=TODAY):
        Contact.objects.filter(pk=contact.pk).update(outcome="held", outcome_on=contact.due_on, unit=unit)
    for number in range(20):
        Contact.objects.create(
            journey=journey, title="Extra", unit=unit, opens_on=TODAY, due_on=TODAY + timedelta(days=number),
            closes_on=TODAY + timedelta(days=30),
        )  # fmt: skip
    way = trail(journey=journey, at=AT)
    assert_columns_fit(way)
    assert any(s.url == "?vis=liste" for s in steps(way))


def test_kindergarten_runs_beside(world):
    journey = world.child(born_on=TODAY - timedelta(days=600), at=noon(TODAY - timedelta(days=500)))
    CareRelation.objects.create(
        person=journey.child, unit=world.units["kindergarten"], basis="enrolled",
        from_on=TODAY - timedelta(days=100), opened_at=AT,
    )  # fmt: skip
    way = trail(journey=journey, at=AT)
    (lane,) = arenas(way, lane=2)
    assert lane.steps[0].state == StepState.DONE
    assert_columns_fit(way)


def test_a_child_that_moved_in_shows_that_there_was_something_before(world):
    way = trail(journey=world.child(born_on=TODAY - timedelta(days=600)), at=AT)
    assert arenas(way)[0].steps == ()
    assert_columns_fit(way)


def test_a_twin_shares_the_way_before_birth(world):
    one, two = world.birth(children=2)
    assert arenas(trail(journey=two, at=LATER))[0].icon == arenas(trail(journey=one, at=LATER))[0].icon
    assert_columns_fit(trail(journey=two, at=LATER))


def test_an_adoption_hides_what_came_before(world):
    journey = world.birth()[0]
    Journey.objects.filter(pk=journey.pk).update(is_sealed=True)
    journey.refresh_from_db()
    pregnancy = Contact.objects.filter(journey=journey, enrolment__pathway="pregnancy").values_list("key", flat=True)
    urls = [s.url for s in steps(trail(journey=journey, at=LATER))]
    assert not any(key in url for key in pregnancy for url in urls)


def test_the_number_of_questions_does_not_grow_with_the_way(world, django_assert_max_num_queries):
    journey = world.birth()[0]
    journey = Journey.objects.select_related("child", "pregnancy").get(pk=journey.pk)
    with django_assert_max_num_queries(5):
        trail(journey=journey, at=LATER)


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_words_come_in_each_language(world, language):
    from django.utils.translation import override

    with override(language):
        way = trail(journey=world.pregnancy(), at=AT)
        assert way.summary
        assert all(s.age and s.sentence for s in steps(way))


# --- moved in ---------------------------------------------------------------------------------------------


def first_stop(journey):
    return arenas(trail(journey=journey, at=AT))[0]


@pytest.mark.parametrize(("said", "shown"), [("", "annet sted"), ("Bygda", "Bygda"), ("9998", "kommune 9998")])
def test_the_first_stop_says_where_a_child_moved_in_from(world, said, shown):
    journey = world.child(born_on=TODAY - timedelta(days=400), moved_from=said)
    first = first_stop(journey)
    assert (first.state, first.meta) == ("before", shown)


def test_a_newborn_has_such_a_stop_only_when_somebody_said_where(world):
    assert first_stop(world.child()).state != "before"
    assert first_stop(world.child(moved_from="Bygda")).meta == "Bygda"


def test_one_followed_here_since_before_the_birth_has_none(world):
    (journey,) = world.birth()
    journey.child.moved_from = "Bygda"
    journey.child.save()
    assert first_stop(journey).state != "before"


def test_the_first_week_says_that_it_is_one_unless_a_word_stands_beside_it():
    def step(age, *, week):
        return Step(1, StepState.FUTURE, age, "", "", week=week)

    weeks = with_week((step("12", week=True), step("18", week=True)))
    assert [(one.age, one.week) for one in weeks] == [("Uke 12", False), ("18", True)]
    beside = with_week((step("12", week=True), step("første", week=False)))
    assert [one.age for one in beside] == ["12", "første"]
    assert with_week(()) == ()
