"""Scoring, routines, days and imports, without a database."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fotspor.instruments import rules
from fotspor.instruments.queries.definitions import FOLDER, instrument, mapping, routine_of
from fotspor.instruments.tests.spec import epds
from fotspor.kit.definitions import BadDefinition, validate

DAY = date(2026, 11, 24)  # a Tuesday
EPDS, ROUTINE = instrument("epds"), routine_of("epds")
CASES = list(chain.from_iterable(epds.TABLES.values()))
FORMS = st.fixed_dictionaries({}, optional={item.key: st.sampled_from(item.paper) for item in EPDS.items})


def due_days(wanted):
    return tuple(f"{duty.step.key} {(duty.due_on - DAY).days}" for duty in wanted)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.why)
def test_the_table_a_clinician_has_read(case):
    answers = epds.as_answers(case.answers)
    found = rules.score(EPDS, answers)
    assert (found.lowest, found.highest, found.band.key if found.band else "") == (case.lowest, case.highest, case.band)
    assert found.total == (case.lowest if "." not in case.answers else None)
    is_blank = bool(rules.unanswered(EPDS, answers))
    assert due_days(rules.duties(ROUTINE, found, is_signed=True, on=DAY, is_blank=is_blank)) == case.demands
    drafted = due_days(rules.duties(ROUTINE, found, is_signed=False, on=DAY, is_blank=is_blank))
    assert drafted == tuple(demand for demand in case.demands if demand == epds.SAFETY)


def test_boxes_stand_as_on_the_paper_and_hold_the_scored_value():
    falling = {item.number for item in EPDS.items if item.paper == (3, 2, 1, 0)}
    assert falling == {3, 5, 6, 7, 8, 9, 10}
    assert EPDS.item("epds10").paper == (3, 2, 1, 0)
    assert {item.paper for item in EPDS.items if item.number not in falling} == {(0, 1, 2, 3)}


@given(FORMS)
def test_filling_in_what_is_missing_stays_inside_the_interval(answers):
    found = rules.score(EPDS, answers)
    assert found.highest - found.lowest == 3 * len(found.missing)
    for code in (0, 3):
        whole = rules.score(EPDS, {**{item.key: code for item in EPDS.items}, **answers})
        assert found.lowest <= whole.total <= found.highest
        assert found.band is None or whole.band is found.band
    assert ("safety" in found.alerts) == (answers.get("epds10", 0) >= 1)


@pytest.mark.parametrize("answers", [{"epds11": 1}, {"epds1": 1}])
def test_an_item_the_form_does_not_have_is_an_error(answers):
    with pytest.raises(rules.NoSuchItem):
        rules.score(EPDS, answers)


@pytest.mark.parametrize("code", [4, -1, True, "1", 1.0])
def test_a_code_the_item_does_not_have_is_an_error(code):
    with pytest.raises(rules.NoSuchCode):
        rules.score(EPDS, {"epds01": code})


def test_a_question_noted_as_empty_is_a_skipped_one():
    noted = rules.score(EPDS, {"epds01": 2, "epds02": None})
    assert noted == rules.score(EPDS, {"epds01": 2})
    assert noted.missing == tuple(f"epds{n:02}" for n in range(2, 11))


def test_a_form_is_complete_when_every_question_is_answered():
    assert rules.score(EPDS, epds.as_answers("0000000000")).is_complete
    assert not rules.score(EPDS, epds.as_answers("000000000.")).is_complete


def test_a_sum_below_the_scale_is_in_no_band():
    assert EPDS.limits == (10, 13)
    assert [EPDS.band_of(points) is EPDS.bands[n] for n, points in enumerate((9, 12, 30))] == [True] * 3
    with pytest.raises(ValueError, match="below the scale"):
        EPDS.band_of(-1)


def test_the_explanation_names_what_gave_points_and_what_is_undecided():
    answers = epds.as_answers("2222200001"[:9] + ".")
    found = rules.score(EPDS, answers)
    why = rules.explain(EPDS, answers, found)
    assert [c.item.number for c in why.contributions[:5]] == [1, 2, 3, 4, 5]
    assert ([b.at_least for b in why.reached], [b.at_least for b in why.undecided]) == ([10], [13])
    assert (why.answered, why.of) == (9, 10)
    alarmed = rules.score(EPDS, {"epds10": 2})
    assert rules.explain(EPDS, {"epds10": 2}, alarmed).contributions[0].is_alert


def test_the_worker_may_start_the_routine_at_any_sum_but_not_on_a_draft():
    low = rules.score(EPDS, epds.as_answers("0000000000"))
    started = rules.duties(ROUTINE, low, is_signed=True, on=DAY, starts_routine=True)
    assert due_days(started) == ("talk 0", "support 14", "letter 14")
    assert rules.duties(ROUTINE, low, is_signed=False, on=DAY, starts_routine=True) == ()


@pytest.mark.parametrize("outcome", ["needs_others_today", "acute_113"])
def test_when_others_were_needed_somebody_asks_how_it_went_the_next_working_day(outcome):
    low = rules.score(EPDS, {"epds10": 1})
    friday = date(2026, 11, 27)
    (wanted,) = rules.duties_after(ROUTINE, "safety", outcome, result=low, on=friday)
    assert (wanted.step.key, wanted.due_on) == ("follow_up", date(2026, 11, 30))
    assert rules.duties_after(ROUTINE, "safety", "no_danger", result=low, on=friday) == ()


def test_that_others_held_it_is_offered_only_after_it_could_not_be_held_here():
    safety = ROUTINE.step("safety")
    first = {o.key for o in rules.open_outcomes(safety, [])}
    assert first == {"no_danger", "needs_others_today", "acute_113", "declines", "not_reached"}
    assert {o.key for o in rules.open_outcomes(safety, ["not_reached"])} == first | {"others_held"}
    stays_open = {o.key for o in safety.outcomes if not o.closes}
    assert stays_open == {o.key for o in safety.outcomes if o.tells_leader} == {"declines", "not_reached"}


LEADER_KNOWS = [
    # step       recorded, the newest last          taken back?  does the leader know?
    ("safety", [], False, False),
    ("safety", [], True, True),
    ("safety", ["declines"], False, True),
    ("safety", ["not_reached"], False, True),
    ("safety", ["not_reached", "no_danger"], False, False),
    ("safety", ["not_reached", "no_danger"], True, True),
    ("talk", [], True, False),
]


@pytest.mark.parametrize(("step", "recorded", "is_reopened", "knows"), LEADER_KNOWS)
def test_the_leader_knows_before_closing_time_when_the_conversation_was_not_held_or_was_taken_back(
    step, recorded, is_reopened, knows
):
    assert rules.has_told_leader(ROUTINE.step(step), recorded, is_reopened=is_reopened) is knows


# --- definitions that do not load -------------------------------------------------------------------------


def document(kind):
    import tomllib

    path = FOLDER / ("epds.toml" if kind is rules.Instrument else "routines/epds.toml")
    return tomllib.loads(path.read_text())


def broken(kind, change):
    found = document(kind)
    change(found)
    with pytest.raises(BadDefinition) as error:
        validate(kind, found, "epds.toml")
    return str(error.value)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: d.update(colour="red"), "colour"),
        (lambda d: d["items"][0].update(reverse=True), "reverse"),
        (lambda d: d["items"][1].update(key="epds01"), "keys that differ"),
        (lambda d: d["items"][0].update(paper=[0, 0, 1, 2]), "its own points"),
        (lambda d: d["bands"].reverse(), "bands rise"),
        (lambda d: d["bands"][2].update(at_least=31), "never be reached"),
        (lambda d: d["alerts"][0].update(item="epds11"), "not there"),
        (lambda d: d["occasions"][0].update(anchor="moon"), "pregnancy or birth"),
        (lambda d: d["byline"].pop("source"), "source"),
    ],
)
def test_an_instrument_with_a_mistake_does_not_load(change, says):
    assert says in broken(rules.Instrument, change)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda d: d["steps"][0].update(when={"moon_is": "full"}), "moon_is"),
        (lambda d: d["steps"][0].update(when={}), "exactly one"),
        (lambda d: d["steps"][0].update(when={"at_least": 10, "alert": "safety"}), "exactly one"),
        (lambda d: d["steps"][1].update(when={"after_step": "safety"}), "after which outcomes"),
        (lambda d: d["steps"][1].update(when={"every_form": True, "and_at_least": 10}), "goes with undecided_at"),
        (
            lambda d: d["steps"][1].update(when={"after_step": "dance", "after_outcomes": ["no_danger"]}),
            "no step dance",
        ),
        (lambda d: d["steps"][1].update(when={"after_step": "safety", "after_outcomes": ["x"]}), "not there: x"),
        (lambda d: d["steps"][0].update(outcomes=[d["steps"][0]["outcomes"][4]]), "ever closes"),
        (lambda d: d["steps"][2]["outcomes"].append(d["steps"][2]["outcomes"][0]), "keys that differ"),
        (lambda d: d["steps"][2]["outcomes"][0].update(only_after=["x"]), "only_after"),
        (lambda d: d["steps"].append(d["steps"][0]), "keys that differ"),
    ],
)
def test_a_routine_with_a_mistake_does_not_load(change, says):
    assert says in broken(rules.Routine, change)


def test_a_routine_must_fit_its_instrument():
    safety, talk, support = (ROUTINE.step(key) for key in ("safety", "talk", "support"))
    for step, word in (
        (replace(safety, when=rules.When(alert="fire")), "fire"),
        (replace(support, when=rules.When(at_least=11)), "limit"),
        (replace(talk, soonest=(rules.Soonest(12, 1),)), "limit"),
    ):
        with pytest.raises(ValueError, match=word):
            replace(ROUTINE, steps=(step,)).fits(EPDS)


def test_a_step_where_a_day_may_be_agreed_says_how_late():
    (step,) = (each for each in ROUTINE.steps if each.key == "support")
    with pytest.raises(ValueError, match="how late"):
        replace(step, latest_agreed_days=None)


# --- rows of a file ---------------------------------------------------------------------------------------


def row(**more):
    return {**{f"epds{n}": "1" for n in range(1, 11)}, "pid": "a1", "wave": "survey", **more}


def read(found, plan=None):
    return rules.read_form(plan or mapping("pdeps"), EPDS, found)


def test_a_row_is_read_as_it_is_scored():
    form = read(row(epds1="0.0", epds2="", epds3="NA"))
    assert (form.study_id, form.wave, form.answered_on) == ("pdeps:a1", "survey", date(2016, 3, 1))
    assert form.answers == {"epds01": 0, **{f"epds{n:02}": 1 for n in range(4, 11)}}
    assert read(row(), mapping("pdeps").only("retest_phone")) is None


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"epds1": "x"}, "no number"),
        ({"epds1": "1.5"}, "no whole number"),
        ({"epds1": "7"}, "does not have"),
        ({"wave": "moon"}, "not in the mapping"),
        ({"pid": " "}, "whom it is"),
        ({f"epds{n}": "" for n in range(1, 11)}, "No question"),
    ],
)
def test_a_bad_row_says_why(change, says):
    with pytest.raises(rules.BadRow, match=says):
        read(row(**change))


def test_a_mapping_may_give_the_date_in_a_column_or_for_the_wave():
    from dataclasses import replace

    plan = replace(mapping("pdeps"), answered_on="day", language_column="tongue")
    assert read(row(day="2026-11-20", tongue="en"), plan).answered_on == date(2026, 11, 20)
    assert read(row(day="", tongue="en"), plan.dated("survey", DAY)).answered_on == DAY
    with pytest.raises(rules.BadRow, match="no date"):
        read(row(day="yesterday", tongue="en"), plan)
    with pytest.raises(ValueError, match="no wave"):
        plan.only("moon")
    with pytest.raises(ValueError, match="different items"):
        replace(plan, items={"epds01": "epds1"}).fits(EPDS)
    with pytest.raises(ValueError, match="exactly one wave"):
        replace(plan, wave="")


def test_a_file_must_have_every_column_the_mapping_reads():
    from dataclasses import replace

    plan, items = mapping("pdeps"), tuple(f"epds{n}" for n in range(1, 11))
    assert plan.columns == ("pid", "wave", *items)
    assert replace(plan, answered_on="day", language_column="tongue").columns == (
        "pid",
        "wave",
        "day",
        "tongue",
        *items,
    )


@pytest.mark.parametrize(("days", "current"), [(-1, False), (0, True), (14, True), (15, False)])
def test_a_form_is_current_for_a_fortnight(days, current):
    form = rules.Form("s", "w", {}, DAY - timedelta(days=days), "nb")
    assert rules.is_current(form, DAY) is current


def test_a_form_without_a_date_is_never_current():
    assert not rules.is_current(rules.Form("s", "w", {}, None, "nb"), DAY)


# --- counts -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answered_on", "trouble"),
    [
        (DAY, None),
        (DAY + timedelta(days=1), rules.DayTrouble.FUTURE),
        (date(1950, 5, 5), rules.DayTrouble.BEFORE_BIRTH),
        (date(2025, 11, 1), rules.DayTrouble.BEFORE_PREGNANCY),
        (DAY - timedelta(days=14), None),
        (DAY - timedelta(days=15), rules.DayTrouble.NEEDS_REASON),
    ],
)
def test_a_day_before_birth_or_pregnancy_or_long_ago_is_asked_about(answered_on, trouble):
    found = rules.day_trouble(
        answered_on, today=DAY, born_on=date(1994, 3, 1), earliest_on=date(2026, 1, 5), reason_after_days=14,
        has_reason=False,
    )  # fmt: skip
    assert found == trouble


def test_a_reason_lets_a_late_day_through_but_no_impossible_one():
    about = {"today": DAY, "born_on": None, "earliest_on": date(2026, 1, 5), "reason_after_days": 14}
    assert rules.day_trouble(date(2026, 2, 1), has_reason=True, **about) is None
    assert rules.day_trouble(date(2025, 2, 1), has_reason=True, **about) == rules.DayTrouble.BEFORE_PREGNANCY


def test_the_earliest_day_follows_from_the_pregnancy_or_else_from_the_birth():
    assert rules.earliest_answer(date(2026, 1, 5), DAY) == date(2026, 1, 5)
    assert rules.earliest_answer(None, DAY) == DAY - timedelta(days=294)
    assert rules.earliest_answer(None, None) is None


def test_a_deadline_is_past_by_the_hour_on_its_day():
    noon, late = datetime(2026, 11, 24, 12), datetime(2026, 11, 24, 15, 30)
    assert [rules.is_past(DAY, time(15, 30), at) for at in (noon, late)] == [False, True]
    assert [rules.is_past(DAY, None, at) for at in (late, late + timedelta(days=1))] == [False, True]


def test_the_workers_own_yes_counts_from_the_day_it_was_given():
    found = rules.score(EPDS, epds.as_answers("0000000000"))
    later = DAY + timedelta(days=20)
    wanted = rules.duties(ROUTINE, found, is_signed=True, on=DAY, starts_routine=True, started_on=later)
    assert {w.step.key: w.due_on for w in wanted} == {
        "talk": DAY,
        "support": later + timedelta(days=14),
        "letter": later + timedelta(days=14),
    }


def test_each_limit_alert_and_step_says_who_says_so_and_how_sure_it_is():
    assert all(band.source for band in EPDS.bands[1:])
    assert {(alert.source != "", alert.evidence) for alert in EPDS.alerts} == {(True, "secondary")}
    days = [step for step in ROUTINE.steps if step.soonest]
    assert {(step.key, step.evidence) for step in days} == {("support", "default"), ("letter", "default")}
    assert all(step.source for step in ROUTINE.steps)


def test_every_sentence_fits_where_tasks_keep_it():
    assert max(len(word) for step in ROUTINE.steps for word in (step.title, step.sentence)) <= 200
