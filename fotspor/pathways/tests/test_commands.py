"""The operator's commands: the register, the plan, and what is slipping."""

import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from fotspor.pathways.models import Baton, Contact, RegisterImport
from fotspor.pathways.queries.slipping import slipping
from fotspor.pathways.tests.register_world import AT, FAMILY, OTHERS, TODAY, take_in, town
from fotspor.pathways.tests.test_register_rules import as_csv, cells
from fotspor.people.models import Person
from fotspor.worklist.models import Task

pytestmark = pytest.mark.django_db
__all__ = ["town"]


@pytest.fixture(autouse=True)
def noon(time_machine):
    time_machine.move_to(AT, tick=False)


def write(tmp_path, content, name="register.csv"):
    path = tmp_path / name
    path.write_bytes(content)
    return str(path)


# --- import_people -----------------------------------------------------------------------------------------


def test_without_apply_the_differences_are_only_shown(town, tmp_path, capsys):
    call_command("import_people", write(tmp_path, as_csv(*FAMILY, cells(identity_number="1"))), rows=3)
    said = capsys.readouterr().out
    assert re.search(r"2 New\n", said)
    assert "row 4, Identity number: Not an identity number" in said
    assert "Nothing has been applied" in said
    assert not Person.objects.exists()


def test_with_apply_every_household_is_taken_in_and_again_nothing_is(town, tmp_path, capsys):
    path = write(tmp_path, as_csv(*FAMILY, *OTHERS))
    call_command("import_people", path, rows=4)
    call_command("import_people", path, rows=4, apply=True)
    assert "2 households are whole" in capsys.readouterr().out
    assert (Person.objects.count(), RegisterImport.objects.count()) == (4, 1)
    call_command("import_people", path, rows=4, apply=True)
    said = capsys.readouterr().out
    assert "4 Unchanged" in said
    assert said.endswith("Everything is as the file says already. Nothing was changed.\n")
    assert "Applied" not in said
    assert "from before" not in said
    assert Person.objects.count() == 4


def test_a_file_that_does_not_say_how_many_rows_it_has_is_taken_in_when_somebody_does(town, tmp_path):
    path = write(tmp_path, as_csv(*FAMILY, *OTHERS))
    with pytest.raises(CommandError, match="Nothing tells whether the file is whole: 4 rows"):
        call_command("import_people", path, apply=True, accepts_missing=True)
    with pytest.raises(CommandError, match="4/9"):
        call_command("import_people", path, apply=True, rows=9)
    assert not RegisterImport.objects.exists()
    call_command("import_people", path, apply=True, rows=4)
    assert Person.objects.count() == 4


def test_a_file_whose_last_line_says_it_needs_nobody_to_type_a_number(town, tmp_path):
    call_command("import_people", write(tmp_path, as_csv(*FAMILY, *OTHERS) + b"#rows;4\r\n"), apply=True)
    assert Person.objects.count() == 4


def test_a_run_that_goes_on_says_how_far_it_had_come(town, tmp_path, capsys, monkeypatch):
    from fotspor.pathways.management.commands import import_people

    real = import_people.apply_households
    monkeypatch.setattr(import_people, "apply_households", lambda **how: real(**how, most=1))
    path = write(tmp_path, as_csv(*FAMILY, *OTHERS))
    call_command("import_people", path, apply=True, rows=4)
    monkeypatch.undo()
    capsys.readouterr()
    call_command("import_people", path, apply=True, rows=4)
    said = capsys.readouterr().out
    assert "1 of 2 households are as the file says" in said
    assert "2 households are whole" in said
    assert RegisterImport.objects.count() == 1


@pytest.mark.parametrize("content", [as_csv(*FAMILY)[:-9], b"", b"x" * 500])
def test_a_file_that_cannot_be_used_fails_and_stores_nothing(town, tmp_path, content):
    with pytest.raises(CommandError, match="Nothing was stored"):
        call_command("import_people", write(tmp_path, content), apply=True)
    assert not RegisterImport.objects.exists()


def test_a_mapping_that_is_none_fails_with_the_field(town, tmp_path):
    mapping = write(tmp_path, b'slug = "mine"\n', "mine.toml")
    with pytest.raises(CommandError, match="columns"):
        call_command("import_people", write(tmp_path, as_csv(*FAMILY)), mapping=mapping)


def test_another_mapping_reads_other_headings(town, tmp_path):
    from fotspor.pathways.queries.register_imports import DEFAULT_LAYOUT

    mapping = DEFAULT_LAYOUT.read_bytes().replace(b'"identity_number"', b'"fnr"')
    content = as_csv(*FAMILY).replace(b"identity_number", b"fnr", 1)
    call_command("import_people", write(tmp_path, content), mapping=write(tmp_path, mapping, "mine.toml"), apply=True,
                 rows=2)  # fmt: skip
    assert Person.objects.count() == 2


# --- plan --------------------------------------------------------------------------------------------------


def test_the_plan_is_checked_and_put_right(town, capsys):
    take_in(*FAMILY)
    call_command("plan", check=True)
    Task.objects.filter(source="contact").delete()
    with pytest.raises(CommandError, match="differences"):
        call_command("plan", check=True)
    assert not Task.objects.filter(source="contact").exists()
    call_command("plan")
    assert "put right" in capsys.readouterr().out
    call_command("plan", check=True)
    assert Task.objects.open().filter(source="contact").count() == Contact.objects.expected().count()


# --- slipping ----------------------------------------------------------------------------------------------


def test_what_is_slipping_is_counted_by_unit_and_named_by_nobody(town, capsys):
    take_in(*FAMILY)
    take_in(*(row | {"district_code": "02"} for row in OTHERS))
    later = TODAY + timedelta(days=200)
    rows = {row.unit: row for row in slipping(today=later)}
    station = rows["Helsestasjon Nord"]
    assert station.unconfirmed == 1
    assert rows[""].unheld == 1
    assert station.overdue == Task.objects.open().overdue(later).filter(for_leader=False, unit=town["station"]).count()
    call_command("slipping")
    said = capsys.readouterr().out
    assert "Helsestasjon Nord" in said
    assert "Lyng" not in said


def test_when_nothing_slips_it_says_so(town, capsys):
    call_command("slipping")
    assert "Nothing is about to slip" in capsys.readouterr().out
    assert not Baton.objects.exists()
