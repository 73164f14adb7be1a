"""`fotspor import responses`: what it stores, what it opens, what it refuses."""

from datetime import UTC, date, datetime

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from fotspor.access.models import CareRelation
from fotspor.instruments import queries
from fotspor.instruments.models import Duty, Response
from fotspor.people.models import Person
from fotspor.people.tests.made import make_unit

TODAY = date(2026, 11, 24)
COLUMNS = ",".join(["pid", "wave", *(f"epds{number}" for number in range(1, 11))])
LOW, HIGH, DARK = "1,1,0,0,0,0,0,0,0,0", "2,2,2,2,2,2,0,0,0,0", "0,0,0,0,0,0,0,0,0,1"
MAPPING = queries.definitions.__globals__["FOLDER"] / "imports" / "pdeps.toml"

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return make_unit("Helsestasjon Nord", "health_station", "health_station", None)


@pytest.fixture
def file(tmp_path, time_machine):
    time_machine.move_to(datetime(2026, 11, 24, 9, tzinfo=UTC), tick=False)
    path = tmp_path / "forms.csv"
    rows = [COLUMNS, f"a,survey,{LOW}", f"b,survey,{HIGH}", f"c,survey,{DARK}", f"a,retest_phone,{LOW}"]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def take_in(file, **options):
    call_command("import_responses", str(file), instrument="epds", mapping=str(MAPPING), **options)


def test_history_is_counted_and_opens_nothing(file, capsys):
    take_in(file, wave="survey")
    assert (Response.objects.count(), Person.objects.count(), Duty.objects.count()) == (3, 3, 0)
    assert "3 forms read, 3 stored" in capsys.readouterr().out
    take_in(file, wave="survey")
    assert Response.objects.count() == 3
    assert "0 stored, 3 here from before" in capsys.readouterr().out


def test_waves_share_the_person(file):
    take_in(file)
    assert (Response.objects.count(), Person.objects.count()) == (4, 3)


def test_current_forms_open_what_the_routine_says_with_a_unit_that_sees_the_person(file, unit):
    take_in(file, wave="survey", as_="current", unit=unit.name, answered_on=TODAY.isoformat())
    opened = sorted(Duty.objects.exclude(step="talk").values_list("step", flat=True))
    assert opened == ["letter", "safety", "support"]
    assert CareRelation.objects.filter(unit=unit, basis="registered").count() == 3


def test_current_forms_need_a_date_within_14_days_and_a_unit(file, unit, capsys):
    with pytest.raises(CommandError, match="--unit"):
        take_in(file, as_="current")
    with pytest.raises(CommandError, match="4 rows were refused"):
        take_in(file, as_="current", unit=unit.name)
    assert Response.objects.count() == 0
    assert "4 refused: The form has no answer date within 14 days" in capsys.readouterr().out


@pytest.mark.parametrize("kind", ["kindergarten", "administration"])
def test_a_unit_that_does_not_screen_gets_no_current_forms(file, kind):
    place = make_unit("Et annet sted", kind, kind, None)
    with pytest.raises(CommandError, match="does not screen"):
        take_in(file, wave="survey", as_="current", unit=place.name, answered_on=TODAY.isoformat())
    assert (Response.objects.count(), Duty.objects.count()) == (0, 0)


def test_a_day_that_is_written_otherwise_is_refused_in_words(file, unit):
    with pytest.raises(CommandError, match="write the day as 2026-11-20"):
        take_in(file, wave="survey", as_="current", unit=unit.name, answered_on="20.11.2026")
    assert Response.objects.count() == 0


def test_a_row_that_is_refused_says_why_with_its_values_and_the_others_are_stored(file, capsys):
    file.write_text(file.read_text("utf-8").replace("a,survey,1", "a,survey,9"), "utf-8")
    take_in(file)
    said = capsys.readouterr().out
    assert "row 2: Column epds1 holds 9, which the question does not have." in said
    assert "1 refused: Column epds1 holds 9" in said
    assert "%(" not in said
    assert "/epds/" in said
    assert Response.objects.count() == 3


def test_a_run_that_takes_in_nothing_fails(file, capsys):
    take_in(file, wave="survey")
    with pytest.raises(CommandError, match="no form"):
        take_in(file, wave="retest_tablet")
    file.write_text(file.read_text("utf-8").replace(DARK, LOW).replace(",survey,1", ",survey,9"), "utf-8")
    with pytest.raises(CommandError, match="Nothing was stored"):
        take_in(file, wave="survey")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("epds7,", "x7,", "lacks columns, or has one twice: epds7"),
        (f"c,survey,{DARK}", "c,survey,0,0,0,0", "row 4"),
        (f"a,retest_phone,{LOW}\n", f"a,retest_phone,{LOW}", "row 5"),
    ],
)
def test_a_file_that_is_cut_or_lacks_a_column_fails_before_any_row(file, unit, old, new, says):
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
    for how in ({}, {"as_": "current", "unit": unit.name, "wave": "survey", "answered_on": TODAY.isoformat()}):
        with pytest.raises(CommandError, match=says):
            take_in(file, **how)
    assert not Response.objects.exists()


def test_an_empty_file_fails_and_the_number_of_rows_is_checked(file):
    with pytest.raises(CommandError, match="4/9"):
        take_in(file, rows=9)
    file.write_text("", "utf-8")
    with pytest.raises(CommandError, match="no forms"):
        take_in(file)
    assert not Response.objects.exists()


def test_differences_from_an_earlier_file_are_told_with_their_rows(file, unit, capsys):
    now = {"wave": "survey", "as_": "current", "unit": unit.name, "answered_on": TODAY.isoformat()}
    take_in(file, wave="survey", answered_on=TODAY.isoformat())
    assert "fordeling" in capsys.readouterr().out
    take_in(file, **now)
    assert "3 here as history, and now current: rows 2, 3, 4" in capsys.readouterr().out
    file.write_text(file.read_text("utf-8").replace(f"a,survey,{LOW}", f"a,survey,{DARK}"), "utf-8")
    take_in(file, **now)
    said = capsys.readouterr().out
    assert "1 corrected: the file has other answers than the one before: rows 2" in said
    assert "1 safety" in said
    lines = [line for line in file.read_text("utf-8").splitlines() if not line.startswith("b,")]
    file.write_text("\n".join([*lines, ""]), "utf-8")
    take_in(file, **now)
    assert "1 forms are here from before, and not in this file" in capsys.readouterr().out


def test_outside_practice_nobody_is_made_for_a_study_id(file, settings):
    settings.SUBJECT_FOR_STUDY_ID = None
    with pytest.raises(CommandError, match="Only practice"):
        take_in(file)
    assert not Person.objects.exists()


def test_an_unknown_wave_and_a_mapping_that_is_none_are_refused(file, tmp_path):
    with pytest.raises(CommandError, match="no wave"):
        take_in(file, wave="never")
    bad = tmp_path / "bad.toml"
    bad.write_text('study = "x"\n', encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("import_responses", str(file), instrument="epds", mapping=str(bad))
    assert not Response.objects.exists()
