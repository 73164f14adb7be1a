"""Expected steps: the calendars, and what must hold for every child. No database."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fotspor.kit.dates import age_months
from fotspor.kit.definitions import BadDefinition
from fotspor.pathways.queries import definitions
from fotspor.pathways.rules.plans import (
    Anchor,
    BadPathway,
    Facts,
    Offset,
    check,
    expected_steps,
    passed_over,
    school_start,
    shift,
)
from fotspor.pathways.tests.spec.calendars import CALENDARS

DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize("calendar", CALENDARS, ids=lambda c: c.title[:40])
def test_calendar(calendar):
    pathway = definitions.pathway(calendar.pathway)
    found = expected_steps(pathway, calendar.facts)
    lines = [f"{e.step.key}  {e.opens_on}  {e.due_on}  {e.closes_on}" for e in found]
    assert [line.split() for line in lines] == [line.split() for line in calendar.expected.strip().splitlines()]
    assert [e.step.key for e in passed_over(pathway, calendar.facts)] == calendar.passed_over.split()


@pytest.mark.parametrize("slug", definitions.SLUGS)
def test_a_definition_has_a_byline_and_says_how_sure_it_is(slug):
    pathway = definitions.pathway(slug)
    assert pathway.byline.source
    assert pathway.byline.next_review > pathway.byline.valid_from
    assert all(step.evidence.age for step in pathway.steps)


def test_the_child_health_programme_has_fourteen_contacts():
    keys = [step.key for step in definitions.pathway("infancy").steps]
    assert keys == [f"H-{number:02}" for number in range(1, 15)]


def test_the_form_is_asked_for_in_pregnancy_and_at_six_weeks():
    asked = {s.key for slug in definitions.SLUGS for s in definitions.pathway(slug).steps if "epds" in s.instruments}
    assert asked == {"P-28", "H-03"}


def test_some_contacts_may_be_held_in_the_kindergarten_or_in_a_group():
    steps = definitions.pathway("infancy").steps
    assert [s.key for s in steps if s.may_be_in_kindergarten] == ["H-13", "H-14"]
    assert [s.key for s in steps if s.may_be_group] == ["H-02", "H-05", "H-06", "H-08", "H-09", "H-12"]
    assert [s.key for s in steps if s.has_doctor] == ["H-03", "H-07", "H-10", "H-13"]


@given(born_on=DAYS, early=st.integers(-14, 120))
def test_every_window_runs_forward_and_the_order_of_the_programme_is_kept(born_on, early):
    found = expected_steps(
        definitions.pathway("infancy"), Facts(born_on=born_on, due_on=born_on + timedelta(days=early))
    )
    assert len(found) == 14
    assert all(e.opens_on <= e.due_on <= e.closes_on for e in found)
    chronological = [e.due_on for e in found if e.step.anchor is Anchor.BIRTH]
    assert chronological == sorted(chronological)


@given(born_on=DAYS, arrived=st.integers(0, 2200))
def test_every_step_is_either_expected_or_said_to_be_passed_over(born_on, arrived):
    pathway = definitions.pathway("infancy")
    facts = Facts(born_on=born_on, arrived_on=born_on + timedelta(days=arrived))
    expected = {e.step.key for e in expected_steps(pathway, facts)}
    passed = {e.step.key for e in passed_over(pathway, facts)}
    assert expected | passed == {step.key for step in pathway.steps}
    assert not expected & passed
    assert all(e.closes_on >= facts.arrived_on for e in expected_steps(pathway, facts))


@given(due_on=DAYS, booked=st.integers(-280, 20))
def test_the_first_antenatal_contact_is_expected_however_late_the_pregnancy_is_registered(due_on, booked):
    facts = Facts(booked_on=due_on + timedelta(days=booked), due_on=due_on)
    found = expected_steps(definitions.pathway("pregnancy"), facts)
    assert found[0].step.key == "P-1"
    assert found[0].closes_on - facts.booked_on == timedelta(days=7)


@given(born_on=DAYS)
def test_school_starts_in_the_year_a_child_turns_six(born_on):
    starts = school_start(definitions.pathway("school_start"), born_on)
    assert (starts.month, starts.day) == (8, 20)
    assert 67 <= age_months(born_on, starts) <= 79


@pytest.mark.parametrize(("days", "expected"), [(0, True), (5, True), (7, True), (8, False)])
def test_a_woman_registered_past_her_due_date_is_met_too(days, expected):
    due_on = date(2026, 12, 1)
    facts = Facts(booked_on=due_on + timedelta(days=7 + days), due_on=due_on)  # 41 weeks and so many days
    found = expected_steps(definitions.pathway("pregnancy"), facts)
    assert [e.step.key for e in found] == (["P-1", "P-41"] if expected else ["P-1"])


@pytest.mark.parametrize("slug", definitions.SLUGS)
def test_a_version_that_somebody_follows_is_kept(slug):
    assert definitions.pathway(slug, "1").version == "1"
    assert definitions.pathway(slug).version == "2"
    assert {step.key for step in definitions.pathway(slug, "1").steps} == {
        s.key for s in definitions.pathway(slug).steps
    }


def test_a_step_says_what_else_is_to_be_known():
    assert definitions.pathway("infancy").step("H-14").sentence == "With a doctor when there is a reason to"


@pytest.mark.parametrize("path", sorted(definitions.FOLDER.glob("*.toml")), ids=lambda path: path.name)
def test_a_source_is_called_by_its_own_name(path):
    assert "content.md" not in path.read_text(encoding="utf-8")


def test_without_an_anchor_nothing_is_expected():
    assert expected_steps(definitions.pathway("infancy"), Facts(due_on=date(2026, 12, 1))) == ()
    assert expected_steps(definitions.pathway("pregnancy"), Facts(born_on=date(2026, 12, 1))) == ()


def test_moving_the_due_date_moves_every_window_by_as_many_days():
    pathway, booked = definitions.pathway("pregnancy"), date(2026, 4, 20)
    before = expected_steps(pathway, Facts(booked, date(2026, 12, 1)))
    after = expected_steps(pathway, Facts(booked, date(2026, 12, 8)))
    moved = [b.due_on - a.due_on for a, b in zip(before, after, strict=True) if a.step.anchor is Anchor.DUE]
    assert set(moved) == {timedelta(days=7)}


def test_months_first_then_days():
    assert shift(date(2024, 1, 31), Offset(months=1)) == date(2024, 2, 29)
    assert shift(date(2024, 1, 31), Offset(months=1, days=1)) == date(2024, 3, 1)
    assert shift(date(2024, 1, 31), Offset(weeks=1, days=1)) == date(2024, 2, 8)


def broken(**changes):
    pathway = definitions.pathway("school_start")
    return replace(pathway, steps=(replace(pathway.steps[0], **changes),))


def test_a_definition_that_contradicts_itself_is_refused():
    with pytest.raises(BadPathway, match="order"):
        check(broken(latest=Offset(days=1)))
    with pytest.raises(BadPathway, match="late"):
        check(broken(late_until=Offset(months=1)))
    pathway = definitions.pathway("school_start")
    twice = replace(pathway, steps=pathway.steps * 2)
    with pytest.raises(BadPathway, match="same key"):
        check(twice)


def test_an_unknown_version_is_refused(tmp_path: Path):
    with pytest.raises(BadDefinition, match="no version"):
        definitions.pathway("infancy", "99")
    assert definitions.pathway("infancy", definitions.pathway("infancy").version).step("H-99") is None


def test_the_ladder_goes_on_with_its_last_rung():
    ladder = definitions.missed()
    assert [ladder.rung(n).key for n in (1, 2, 3, 4, 9)] == ["new_appointment", "call", "concern", "concern", "concern"]
    assert definitions.loss().call.due_working_days == 1
