"""Forms from a file: history and current, twice, cut off, and with bad rows; and the real forms when they are here."""

import csv
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from fotspor.access.models import AuditEvent
from fotspor.access.queries import NotVisible
from fotspor.instruments import actions, queries
from fotspor.instruments.models import Duty, Response
from fotspor.instruments.tests.world import AT, DAY, as_viewer, make_person
from fotspor.people.models import Person
from fotspor.worklist.models import Task

pytestmark = pytest.mark.django_db
PDEPS = Path(__file__).resolve().parents[4] / "shared/data/pdeps_kenya/pdeps_epds_phq9_items.csv"


def row(pid, points="1111111110", wave="survey"):
    return {"pid": pid, "wave": wave, **{f"epds{n}": sign.strip(".") for n, sign in enumerate(points, 1)}}


@pytest.fixture
def bring(world):
    """Import as the administrator, with one synthetic mother for each study id."""
    mothers: dict[str, Person] = {}

    def subject_for(study_id):
        if study_id not in mothers:
            mothers[study_id] = make_person(f"Studie {len(mothers)}")
        return mothers[study_id]

    def run(rows, *, as_current=False, mapping=None, by=None, **more):
        return actions.import_responses(
            instrument="epds", rows=rows, mapping=mapping or queries.mapping("pdeps"), as_current=as_current,
            subject_for=subject_for, unit_id=world.unit.pk, by=by or as_viewer(world.staff["admin"]), at=AT, **more,
        )  # fmt: skip

    return run


def current(wave="survey", days=3):
    return queries.mapping("pdeps").only(wave).dated(wave, DAY - timedelta(days=days))


def test_history_is_counted_and_opens_nothing(bring):
    report = bring([row("a"), row("b", "3333333333")])
    assert (report.read, report.stored, report.refused, dict(report.opened)) == (2, 2, [], {})
    assert Response.objects.counted().filter(is_history=True).count() == 2
    assert not Duty.objects.exists()
    assert not Task.objects.exists()
    event = AuditEvent.objects.filter(type="instruments.response.imported").first()
    assert (event.facts["study"], event.facts["as_current"]) == ("pdeps", False)


def test_the_same_file_twice_changes_nothing(bring):
    rows = [row("a"), row("a", wave="retest_phone"), row("b")]
    bring(rows)
    again = bring(rows)
    assert (
        again.stored,
        again.known,
        Response.objects.count(),
        Person.objects.filter(given_name__startswith="Studie").count(),
    ) == (0, 3, 3, 2)
    assert AuditEvent.objects.filter(type="instruments.response.imported").count() == 3


def test_a_form_twice_in_one_file_is_stored_once(bring):
    assert bring([row("a"), row("a")]).known == 1


def test_a_bad_row_is_refused_with_row_and_reason_and_the_others_are_stored(bring):
    report = bring([row("a"), row("b", "9111111110"), row("", "1111111110"), row("c")])
    assert report.stored == 2
    assert [(r.row, str(r).startswith(f"{r.row}: ")) for r in report.refused] == [(3, True), (4, True)]
    assert "epds1 holds 9" in str(report.refused[0])


def test_a_run_that_stops_can_be_run_again(bring):
    rows = [row(name) for name in "abcd"]

    def stop(report):
        if report.stored == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring(rows, progress=stop)
    assert Response.objects.count() == 2
    rest = bring(rows)
    assert (rest.known, rest.stored, Response.objects.count()) == (2, 2, 4)


def test_current_forms_open_what_they_demand(bring, world):
    report = bring([row("a", "2222111111"), row("b", "2.........")], as_current=True, mapping=current())
    assert report.opened == Counter(safety=1, talk=2, support=1, letter=1, ask_again=1)
    safety = Duty.objects.get(step="safety")
    assert (safety.due_on, safety.unit) == (DAY, world.unit)
    assert Duty.objects.get(step="support").due_on == DAY + timedelta(days=4)
    assert Task.objects.open().filter(urgency=0, for_leader=False).count() == 1


@pytest.mark.parametrize("days", [15, -1])
def test_current_forms_need_an_answer_date_within_a_fortnight(bring, days):
    report = bring([row("a")], as_current=True, mapping=current(days=days))
    assert (report.stored, len(report.refused)) == (0, 1)
    assert "14 days" in str(report.refused[0])


def test_only_those_with_the_right_to_import_do_and_current_forms_need_a_unit(bring, world):
    with pytest.raises(NotVisible):
        bring([row("a")], by=world.nurse)
    with pytest.raises(ValueError, match="unit"):
        actions.import_responses(
            instrument="epds", rows=[], mapping=current(), as_current=True, subject_for=lambda _: None,
            by=as_viewer(world.staff["admin"]), at=AT,
        )  # fmt: skip


def test_a_wave_without_a_date_is_refused(bring):
    from dataclasses import replace

    plan = queries.mapping("pdeps")
    dateless = replace(plan, waves=tuple(replace(w, answered_on=None) for w in plan.waves))
    assert "when the form was answered" in str(bring([row("a")], mapping=dateless).refused[0])


@pytest.mark.slow
@pytest.mark.skipif(not PDEPS.exists(), reason="the Kenyan forms are not on this machine")
@pytest.mark.parametrize(
    ("wave", "forms", "over", "upper", "alarms", "low_alarms"),
    [("survey", 193, 135, 97, 91, 7), ("retest_tablet", 96, 69, 50, 55, 5)],
)
def test_the_real_forms_add_up_to_what_is_known_of_them(bring, wave, forms, over, upper, alarms, low_alarms):
    with PDEPS.open() as file:
        report = bring(csv.DictReader(file), mapping=queries.mapping("pdeps").only(wave))
    found = Response.objects.counted()
    assert (report.stored, report.refused) == (forms, [])
    assert found.filter(lowest__gte=10).count() == over
    assert found.filter(lowest__gte=13).count() == upper
    rung = [r for r in found if r.alerts]
    assert (len(rung), sum(r.total < 10 for r in rung)) == (alarms, low_alarms)


@pytest.mark.slow
@pytest.mark.skipif(not PDEPS.exists(), reason="the Kenyan forms are not on this machine")
@pytest.mark.parametrize(
    ("wave", "opened"),
    [
        ("survey", {"support": 135, "letter": 135, "safety": 91, "talk": 193}),
        ("retest_phone", {"support": 74, "letter": 74, "safety": 63, "talk": 96, "ask_again": 1}),
    ],
)
def test_the_real_forms_read_as_current_open_what_the_routine_demands(bring, wave, opened):
    with PDEPS.open() as file:
        report = bring(csv.DictReader(file), as_current=True, mapping=current(wave))
    assert dict(report.opened) == opened
    tasks = Counter(
        ref.split(":")[2] for ref in Task.objects.open().filter(for_leader=False).values_list("ref", flat=True)
    )
    assert tasks == opened
    assert Task.objects.open().filter(for_leader=True).count() == opened["safety"]
