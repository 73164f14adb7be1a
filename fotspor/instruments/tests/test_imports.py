"""Forms from a file: history, current, twice, cut off, changed, with bad rows; made-up forms, and the real ones."""

import os
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from fotspor.access.models import AuditEvent
from fotspor.access.queries import NotVisible
from fotspor.instruments import actions, queries
from fotspor.instruments.actions.imports import CannotUse
from fotspor.instruments.models import Duty, Response
from fotspor.instruments.rules import FileFault
from fotspor.instruments.tests.test_pages import sign_in, text, url
from fotspor.instruments.tests.world import AT, DAY, as_viewer, make_person, relate
from fotspor.people.models import Person
from fotspor.worklist.models import Task

pytestmark = pytest.mark.django_db
SHARED = Path(os.environ.get("FOTSPOR_SHARED") or Path(__file__).resolve().parents[4] / "shared")
PDEPS = SHARED / "data/pdeps_kenya/pdeps_epds_phq9_items.csv"
MADE_UP = Path(__file__).parent / "made_up_forms.csv"
HEADS = ["pid", "wave", *(f"epds{n}" for n in range(1, 11))]
CALM, DARK = "1111111110", "1111111112"


def row(pid, points=CALM, wave="survey"):
    return ",".join([pid, wave, *(sign.strip(".") for sign in points)])


def as_csv(*rows):
    return "\n".join([",".join(HEADS), *rows, ""]).encode()


def real_forms() -> bytes:
    """The forms of the study, when they are on this machine. Where they are required, a test without them fails."""
    if PDEPS.exists():
        return PDEPS.read_bytes()
    reason = f"the real forms are not at {PDEPS}"
    if os.environ.get("FOTSPOR_REQUIRE_SHARED") == "1":
        pytest.fail(f"{reason}, and FOTSPOR_REQUIRE_SHARED=1")
    pytest.skip(reason)


@pytest.fixture
def bring(world):
    """Import as the administrator, with one synthetic mother for each study id."""
    mothers: dict[str, Person] = {}

    def subject_for(study_id):
        if study_id not in mothers:
            mothers[study_id] = make_person(f"Studie {len(mothers)}")
        return mothers[study_id]

    def run(*rows, content=None, as_current=False, mapping=None, by=None, unit_id=None, **more):
        return actions.import_responses(
            instrument="epds", content=as_csv(*rows) if content is None else content,
            mapping=mapping or queries.mapping("pdeps"), as_current=as_current, subject_for=subject_for,
            unit_id=unit_id or (world.unit.pk if as_current else None), by=by or as_viewer(world.staff["admin"]),
            at=AT, **more,
        )  # fmt: skip

    return run


def current(wave="survey", days=3):
    return queries.mapping("pdeps").only(wave).dated(wave, DAY - timedelta(days=days))


def imported() -> int:
    return AuditEvent.objects.filter(type="instruments.response.imported").count()


def open_steps() -> list[str]:
    return sorted(Duty.objects.open().values_list("step", flat=True))


def test_history_is_counted_and_opens_nothing(bring):
    report = bring(row("a"), row("b", "3333333333"))
    assert (report.read, report.stored, report.refused, dict(report.opened)) == (2, 2, [], {})
    assert Response.objects.counted().filter(is_history=True).count() == 2
    assert not Duty.objects.exists()
    assert not Task.objects.exists()
    event = AuditEvent.objects.filter(type="instruments.response.imported").first()
    assert (event.facts["study"], event.facts["as_current"]) == ("pdeps", False)


def test_the_same_file_twice_changes_nothing(bring):
    rows = [row("a"), row("a", wave="retest_phone"), row("b")]
    bring(*rows)
    again = bring(*rows)
    people = Person.objects.filter(given_name__startswith="Studie").count()
    assert (again.stored, again.known, again.changed, Response.objects.count(), people) == (0, 3, 0, 3, 2)
    assert imported() == 3


def test_a_form_twice_in_one_file_is_stored_once_and_refused_when_it_differs(bring):
    assert bring(row("a"), row("a")).known == 1
    report = bring(row("b"), row("b", DARK))
    assert (report.stored, str(report.refused[0]).startswith("3: The form stands in row 2 too")) == (1, True)


def test_a_bad_row_is_refused_with_row_and_reason_and_the_others_are_stored(bring):
    report = bring(row("a"), row("b", "9111111110"), row("", CALM), row("c"))
    assert report.stored == 2
    assert [(r.row, str(r).startswith(f"{r.row}: ")) for r in report.refused] == [(3, True), (4, True)]
    assert "epds1 holds 9" in str(report.refused[0])


# --- the file as a whole -----------------------------------------------------------------------------------


WHOLE = as_csv(row("a"), row("b", DARK))


@pytest.mark.parametrize(
    ("content", "fault", "detail"),
    [
        (as_csv(row("a"), ",".join(row("b", DARK).split(",")[:6])), FileFault.CUT, "3"),
        (WHOLE[:-1], FileFault.CUT, "3"),
        (WHOLE + b"c,survey\n", FileFault.CUT, "4"),
        (as_csv(row("a") + ",1"), FileFault.CUT, "2"),
        (as_csv('"a'), FileFault.CUT, "2"),
        (b"", FileFault.EMPTY, ""),
        (b"\xef\xbb\xbf\n", FileFault.EMPTY, ""),
        (as_csv(), FileFault.EMPTY, ""),
        (WHOLE.replace(b"epds4,", b"epds04,"), FileFault.COLUMNS, "epds4"),
        (WHOLE.replace(b"pid,", b"pid,pid,", 1), FileFault.COLUMNS, "pid ×2"),
        (WHOLE.replace(b"\na", b"\n\xe6"), FileFault.ENCODING, "2"),
        (WHOLE.replace(b"\na", b"\n\x00"), FileFault.ENCODING, "2"),
    ],
)
@pytest.mark.parametrize("as_current", [False, True])
def test_a_file_that_is_cut_or_broken_stores_nothing_and_says_where(bring, content, fault, detail, as_current):
    with pytest.raises(CannotUse) as caught:
        bring(content=content, as_current=as_current, mapping=current())
    assert (caught.value.fault, caught.value.detail) == (fault, detail)
    assert detail in str(caught.value)
    assert not Response.objects.exists()


def test_a_file_cut_anywhere_stores_nothing_or_whole_rows_only(bring):
    whole = as_csv(row("a"), row("b", DARK))
    for length in range(whole.index(b"\n") + 2, len(whole)):
        if whole[:length].endswith(b"\n"):
            continue
        with pytest.raises(CannotUse):
            bring(content=whole[:length])
    assert not Response.objects.exists()


def test_a_file_with_another_number_of_rows_than_was_said_stores_nothing(bring):
    with pytest.raises(CannotUse, match="2/3"):
        bring(row("a"), row("b"), rows=3)
    assert not Response.objects.exists()
    assert bring(row("a"), row("b"), rows=2).stored == 2


def test_forms_that_a_newer_file_has_not_are_counted_and_stand(bring):
    bring(row("a"), row("b"), row("a", wave="retest_phone"))
    report = bring(row("a"), mapping=queries.mapping("pdeps").only("survey"))
    assert (report.absent, Response.objects.count()) == (1, 3)


def test_a_run_that_stops_can_be_run_again(bring):
    rows = [row(name) for name in "abcd"]

    def stop(report):
        if report.stored == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring(*rows, progress=stop)
    assert Response.objects.count() == 2
    rest = bring(*rows)
    assert (rest.known, rest.stored, Response.objects.count()) == (2, 2, 4)


# --- current -----------------------------------------------------------------------------------------------


def test_current_forms_open_what_they_demand(bring, world):
    report = bring(row("a", "2222111111"), row("b", "2........."), as_current=True, mapping=current())
    assert report.opened == Counter(safety=1, talk=2, support=1, letter=1, ask_again=1)
    safety = Duty.objects.get(step="safety")
    assert (safety.due_on, safety.unit) == (DAY, world.unit)
    assert Duty.objects.get(step="support").due_on == DAY + timedelta(days=4)
    assert Task.objects.open().filter(urgency=0, for_leader=False).count() == 1


@pytest.mark.parametrize("days", [15, -1])
def test_current_forms_need_an_answer_date_within_a_fortnight(bring, days):
    report = bring(row("a"), as_current=True, mapping=current(days=days))
    assert (report.stored, len(report.refused)) == (0, 1)
    assert "14 days" in str(report.refused[0])


def test_only_those_with_the_right_to_import_do_and_current_forms_need_a_unit(bring, world):
    with pytest.raises(NotVisible):
        bring(row("a"), by=world.nurse)
    with pytest.raises(ValueError, match="unit"):
        actions.import_responses(
            instrument="epds", content=WHOLE, mapping=current(), as_current=True, subject_for=lambda _: None,
            by=as_viewer(world.staff["admin"]), at=AT,
        )  # fmt: skip


def test_a_wave_without_a_date_is_refused(bring):
    plan = queries.mapping("pdeps")
    dateless = replace(plan, waves=tuple(replace(w, answered_on=None) for w in plan.waves))
    assert "when the form was answered" in str(bring(row("a"), mapping=dateless).refused[0])


# --- a form that is here from before -----------------------------------------------------------------------


def test_an_alarm_that_an_earlier_file_lacked_is_opened_by_the_whole_one(bring):
    now = {"as_current": True, "mapping": current()}
    bring(row("a", "1111......"), **now)
    assert "safety" not in open_steps()
    report = bring(row("a", DARK), **now)
    assert (report.stored, report.known, report.corrected, report.opened["safety"]) == (0, 0, [2], 1)
    assert "safety" in open_steps()
    newest = Response.objects.counted().get()
    assert (newest.total, newest.corrects.answers["epds04"], newest.correction_reason != "") == (11, 1, True)
    assert Task.objects.open().filter(urgency=0, for_leader=False).count() == 1
    assert imported() == 2
    assert bring(row("a", DARK), **now).known == 1


def test_other_answers_correct_history_too_and_open_nothing(bring):
    bring(row("a", "1111......"))
    report = bring(row("a", DARK))
    assert (report.known, report.corrected) == (0, [2])
    assert (Response.objects.counted().get().total, Response.objects.count()) == (11, 2)
    assert not Duty.objects.exists()


def test_history_that_is_read_as_current_opens_what_it_demands(bring, world):
    bring(row("a", DARK), row("b"), mapping=current())
    assert not Duty.objects.exists()
    report = bring(row("a", DARK), row("b"), as_current=True, mapping=current())
    assert (report.stored, report.known, report.made_current, report.opened["safety"]) == (0, 0, [2, 3], 1)
    assert set(Response.objects.values_list("is_history", "unit")) == {(False, world.unit.pk)}
    assert Duty.objects.get(step="safety").unit == world.unit
    assert AuditEvent.objects.filter(type="instruments.response.made_current").count() == 2
    assert bring(row("a", DARK), row("b"), as_current=True, mapping=current()).known == 2


def test_history_with_other_answers_is_corrected_and_made_current_at_once(bring, world):
    bring(row("a", "1111......"), mapping=current())
    report = bring(row("a", DARK), as_current=True, mapping=current())
    assert (report.corrected, report.opened["safety"]) == ([2], 1)
    newest = Response.objects.counted().get()
    assert (newest.is_history, newest.unit, newest.total) == (False, world.unit, 11)


def refusal(report) -> str:
    assert (report.changed, report.known, len(report.refused)) == (0, 0, 1)
    return str(report.refused[0])


def test_history_that_is_too_old_to_open_anything_says_so(bring):
    bring(row("a", DARK))
    said = refusal(bring(row("a", DARK), as_current=True, mapping=queries.mapping("pdeps")))
    assert said.startswith("2: The form is here from before as history")


def test_another_date_is_refused_and_named(bring):
    bring(row("a", DARK))
    said = refusal(bring(row("a", DARK), as_current=True, mapping=current()))
    assert said.startswith("2: ")
    assert "2016-03-01" in said
    assert (DAY - timedelta(days=3)).isoformat() in said
    assert not Duty.objects.exists()


def test_no_file_takes_an_alarm_away(bring):
    now = {"as_current": True, "mapping": current()}
    bring(row("a", DARK), **now)
    said = refusal(bring(row("a", CALM), **now))
    assert "epds10" in said
    assert "alarm" in said
    assert "safety" in open_steps()


def test_history_does_not_change_a_form_that_is_followed_up(bring):
    bring(row("a"), as_current=True, mapping=current())
    assert "as current" in refusal(bring(row("a", DARK), mapping=current()))
    assert bring(row("a"), mapping=current()).known == 1


def test_what_a_person_has_corrected_or_withdrawn_here_stands(bring, world):
    now = {"as_current": True, "mapping": current()}
    bring(row("a"), row("b"), **now)
    first, second = Response.objects.order_by("pk")
    for response in (first, second):
        relate(response.subject, world.unit)
    actions.correct(
        response=first, answers=first.answers | {"epds01": 3}, reason="Read the paper again", by=world.nurse, at=AT
    )
    actions.withdraw(response=second, version=second.version, reason="On the wrong woman", by=world.nurse, at=AT)
    assert bring(row("a"), row("b"), **now).known == 2
    report = bring(row("a", DARK), row("b", DARK), **now)
    assert [r.sentence.split(",")[0] for r in report.refused] == [
        "The form has been corrected here",
        "The form was withdrawn here",
    ]


# --- figures -----------------------------------------------------------------------------------------------


def figures_of(content: bytes, wave: str, bring) -> tuple:
    """How many forms, from 10 and from 13 points, with an alarm, and with an alarm below 10?"""
    report = bring(content=content, mapping=queries.mapping("pdeps").only(wave))
    assert report.refused == []
    found = Response.objects.counted()
    rung = [r for r in found if r.alerts]
    over, upper = found.filter(lowest__gte=10).count(), found.filter(lowest__gte=13).count()
    return report.stored, over, upper, len(rung), sum(r.lowest < 10 for r in rung)


def opened_by(content: bytes, wave: str, bring) -> dict:
    """What the routine demands of the forms read as current: counted by the import, and again in the lists."""
    report = bring(content=content, as_current=True, mapping=current(wave))
    refs = Task.objects.open().filter(for_leader=False).values_list("ref", flat=True)
    assert Counter(ref.split(":")[2] for ref in refs) == report.opened
    assert Task.objects.open().filter(for_leader=True).count() == report.opened["safety"]
    return dict(report.opened)


@pytest.mark.parametrize(("wave", "figures"), [("survey", (23, 14, 9, 9, 3)), ("retest_phone", (8, 5, 3, 3, 1))])
def test_the_made_up_forms_add_up(bring, wave, figures):
    assert figures_of(MADE_UP.read_bytes(), wave, bring) == figures


@pytest.mark.parametrize(
    ("wave", "opened"),
    [
        ("survey", {"support": 14, "letter": 14, "safety": 9, "talk": 23, "ask_again": 2}),
        ("retest_phone", {"support": 5, "letter": 5, "safety": 3, "talk": 8}),
    ],
)
def test_the_made_up_forms_open_what_the_routine_demands(bring, wave, opened):
    assert opened_by(MADE_UP.read_bytes(), wave, bring) == opened


def test_whoever_imported_a_study_and_a_director_see_its_chart_and_table(bring, client, world):
    address = url("distribution", "epds")
    empty = text(sign_in(client, world.staff["admin"]).get(address))
    assert "Ingen studie er tatt inn" in empty
    assert "<table" not in empty
    bring(content=MADE_UP.read_bytes())
    for who in ("admin", "director", "leader"):
        page = text(sign_in(client, world.staff[who]).get(f"{address}?material=pdeps%3Asurvey"))
        assert 'class="fs-figure"' in page
        assert "Anonyme skjemaer fra en studie" in page
        assert page.count("<table") == 2
    assert "PDEPS" in text(sign_in(client, world.staff["admin"]).get(address))
    assert "PDEPS" in text(sign_in(client, world.staff["director"]).get(address))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wave", "figures"), [("survey", (193, 135, 97, 91, 7)), ("retest_tablet", (96, 69, 50, 55, 5))]
)
def test_the_real_forms_add_up_to_what_is_known_of_them(bring, wave, figures):
    assert figures_of(real_forms(), wave, bring) == figures


@pytest.mark.slow
@pytest.mark.parametrize(
    ("wave", "opened"),
    [
        ("survey", {"support": 135, "letter": 135, "safety": 91, "talk": 193}),
        ("retest_phone", {"support": 74, "letter": 74, "safety": 63, "talk": 96, "ask_again": 1}),
    ],
)
def test_the_real_forms_read_as_current_open_what_the_routine_demands(bring, wave, opened):
    assert opened_by(real_forms(), wave, bring) == opened


def test_real_forms_that_are_required_and_missing_fail(monkeypatch):
    monkeypatch.setattr(f"{__name__}.PDEPS", Path("/nowhere"))
    monkeypatch.setenv("FOTSPOR_REQUIRE_SHARED", "1")
    with pytest.raises(pytest.fail.Exception, match="nowhere"):
        real_forms()
    monkeypatch.delenv("FOTSPOR_REQUIRE_SHARED")
    with pytest.raises(pytest.skip.Exception, match="nowhere"):
        real_forms()
