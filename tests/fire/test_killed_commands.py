"""Killed with SIGKILL at every point of a command: what stands is whole, run again it ends as if it never was killed.

And the next start says what was not done: a run that began and never ended is named, until it has gone well.
"""

import json
from pathlib import Path

import pytest
from django.db import connection

from fotspor.config import backup
from tests.fire.invariants import broken
from tests.fire.own import Points, command, contents, counted, killed, sampled

pytestmark = [pytest.mark.slow, pytest.mark.no_cover]


def ran_well(place, *arguments):
    code, said = place.ask(command(*arguments))
    assert code == 0, said
    return said


def kill_everywhere(place, act, look, *, most=3):
    """Yields what stood after each kill, with every rule of the house asked of it."""
    count, _said = counted(place, act)
    for point in sampled(count, most):
        place.anew()
        ended = killed(place, act, point)
        assert ended.was_killed, ended.said
        now, wrong = place.ask(lambda: [look(), broken()])
        yield f"killed at point {point} of {count}", now, wrong


# --- the plan -------------------------------------------------------------------------------------------------------


def spoil():
    """Contacts and tasks that do not follow from the facts, as an older version might have left them."""
    from fotspor.pathways.models import Contact
    from fotspor.worklist.models import Task

    Contact.objects.filter(outcome="", cancelled_on=None, step__startswith="H-1").update(title="Feil")
    Task.objects.open().filter(source="contact").update(title="Feil")


def test_a_plan_that_is_rebuilt_is_whole_for_each_chunk_and_ends_when_run_again(place):
    place.ask(spoil)
    place.become_template()
    for where, left, _wrong in kill_everywhere(place, command("plan"), how_much_differs):
        assert left >= 0, where
        ran_well(place, "plan")
        assert place.ask(broken) == [], where


def how_much_differs():
    from fotspor.pathways.actions import rebuild
    from tests.journeys.world import NOW

    return len(list(rebuild(check=True, at=NOW)))


# --- files that are taken in ------------------------------------------------------------------------------------------


@pytest.fixture
def register(place):
    """Two families nobody knew, and one household in the records already."""
    from fotspor.pathways.tests.test_register_rules import FATHER, GROWN, MOTHER, TWIN, as_csv, cells

    district = place.ask(first_district)
    alone = {"guardian_1_number": "", "guardian_1_kind": "", "custody": "", "birth_date": GROWN.isoformat()}
    rows = [
        cells(district_code=district),
        cells(district_code=district, identity_number=TWIN, given_name="Tvilling"),
        cells(district_code=district, identity_number=MOTHER, given_name="Varm", **alone),
        cells(district_code=district, identity_number=FATHER, given_name="Stø", sex="M", street="Annen vei 2", **alone),
    ]
    file = place.home / "register.csv"
    file.write_bytes(as_csv(*rows))
    return file


def first_district():
    from fotspor.services.models import District

    return District.objects.exclude(units=None).order_by("code").first().code


def taken_in():
    from fotspor.people.models import Guardianship, Journey, Person

    numbers = list(Person.objects.exclude(identity_index=None).values_list("identity_index", flat=True))
    assert len(numbers) == len(set(numbers))
    return [Person.objects.count(), Journey.objects.count(), Guardianship.objects.count()]


def test_a_register_that_is_killed_leaves_whole_households_and_goes_on(place, register):
    arguments = ("import", "people", register, "--apply", "--rows", "4")
    before = place.ask(taken_in)
    ran_well(place, *arguments)
    whole = place.ask(taken_in)
    assert whole[0] == before[0] + 3, "a grown-up whom no child names is nobody's concern"
    said = set()
    place.anew()
    for where, stands, wrong in kill_everywhere(place, command(*arguments), taken_in):
        assert wrong == [], where
        said.add(tuple(stands))
        ran_well(place, *arguments)
        assert place.ask(lambda: [taken_in(), broken()]) == [whole, []], where
    assert {tuple(before), tuple(whole)} <= said


@pytest.fixture
def forms(place):
    columns = ",".join(["pid", "wave", *(f"epds{number}" for number in range(1, 11))])
    file = place.home / "forms.csv"
    rows = ["a,survey,1,1,0,0,0,0,0,0,0,0", "b,survey,2,2,2,2,2,2,0,0,0,0", "c,survey,0,0,0,0,0,0,0,0,0,1"]
    file.write_text("\n".join([columns, *rows]) + "\n")
    return file


def forms_here():
    from fotspor.instruments.models import Duty, Response

    return [Response.objects.count(), Duty.objects.count()]


def test_forms_from_a_file_are_each_whole_with_what_they_ask_for(place, forms):
    from fotspor.instruments.queries import definitions

    mapping = definitions.__globals__["FOLDER"] / "imports" / "pdeps.toml"
    arguments = ("import", "responses", forms, "--instrument", "epds", "--mapping", mapping, "--wave", "survey", "--as",
                 "current", "--unit", place.ask(first_centre), "--answered-on", "2026-11-24")  # fmt: skip
    ran_well(place, *arguments)
    whole = place.ask(forms_here)
    for where, _stands, wrong in kill_everywhere(place, command(*arguments), forms_here):
        assert wrong == [], where
        ran_well(place, *arguments)
        assert place.ask(lambda: [forms_here(), broken()]) == [whole, []], where


def first_centre():
    from fotspor.services.models import Unit

    return Unit.objects.filter(kind="health_station").order_by("pk").first().name


# --- copies ---------------------------------------------------------------------------------------------------------

STEPS = ("os.chmod", "Path.replace", "Path.write_text", "os.open", "Path.unlink", "sqlite3.connect", "subprocess.run")


class Files(Points):
    """Killed before something is done with a file, instead of before a statement."""

    def watching(self):
        import os
        import sqlite3
        import subprocess
        from contextlib import ExitStack, contextmanager
        from unittest.mock import patch

        owners = {"os": os, "sqlite3": sqlite3, "subprocess": subprocess, "Path": Path}

        def passing(real):
            def act(*given, **named):
                self.point()
                return real(*given, **named)

            return act

        @contextmanager
        def watched():
            with ExitStack() as all_of_them:
                for step in STEPS:
                    owner, name = step.split(".")
                    real = getattr(owners[owner], name)
                    all_of_them.enter_context(patch.object(owners[owner], name, passing(real)))
                yield

        return watched()


def count_files(place, act):
    points = Files()

    def counting():
        with points.watching():
            act()
        return points.passed

    return place.ask(counting)


def copies(place):
    return sorted(path for path in (place.home / "backups").glob("fotspor-*") if path.suffix in (".sqlite3", ".dump"))


def test_a_copy_that_is_cut_off_is_no_copy_and_leaves_nothing_behind(place):
    act = command("backup")
    count = count_files(place, act)
    for point in sampled(count, 4):
        had = copies(place)
        ended = place.do(act, wrapped=lambda p=point: Files(p).watching())
        assert ended.was_killed or (ended.code == 0 and point > count - 5), ended.said  # there was less to clear away
        for copy in set(copies(place)) - set(had):  # one that has its name is whole
            told = json.loads(backup.manifest_path(copy).read_text())
            assert backup.digest(copy) == told["sha256"], f"killed at point {point} of {count}"
        ran_well(place, "backup")
        left = {path.name for path in (place.home / "backups").iterdir()}
        assert left == {name for copy in copies(place) for name in (copy.name, copy.with_suffix(".json").name)}
    ran_well(place, "restore", copies(place)[-1], "--yes")
    assert place.ask(broken) == []


def test_a_restore_that_is_cut_off_leaves_one_whole_database(place):
    ran_well(place, "backup")
    copy, old = copies(place)[-1], place.ask(contents)
    place.ask(write_something)
    new = place.ask(contents)
    place.become_template()
    act = command("restore", copy, "--yes")
    count = count_files(place, act)
    for point in sampled(count, 4):
        place.anew()
        for other in set(copies(place)) - {copy}:  # so that there is as much to do each time
            other.unlink()
        ended = place.do(act, wrapped=lambda p=point: Files(p).watching())
        assert ended.was_killed or (ended.code == 0 and point > count - 5), ended.said
        place.settle()
        stands, wrong = place.ask(lambda: [without_the_note_of_it(), broken()])
        assert stands in (new, old), f"killed at point {point} of {count}"
        assert wrong == []
    ran_well(place, "restore", copy, "--yes")


def write_something():
    from fotspor.access.actions import log
    from fotspor.access.rules import SYSTEM
    from tests.journeys.world import NOW

    log(type="access.record.read", by=SYSTEM, at=NOW, person="nobody")


def without_the_note_of_it():
    """What stands, but for the line in the log that says that a copy was put back."""
    from django.db import transaction

    from fotspor.access.models import AuditEvent
    from fotspor.access.tests.fixtures import log_can_be_changed

    with transaction.atomic():
        with log_can_be_changed(connection):
            AuditEvent.objects.filter(type="access.database.restored").delete()
        found = contents()
        transaction.set_rollback(True)
    return found


# --- and it is said -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["backup", "plan"])
def test_the_next_start_names_what_was_cut_off_until_it_has_gone_well(place, name):
    act = command(name)
    points = Files(2) if name == "backup" else Points(2)
    assert place.do(act, wrapped=points.watching).was_killed
    said = ran_well(place, "check")
    assert f"Cut off: {name}, begun " in said
    assert f"Run it again: fotspor {name}" in said
    refs, page = place.ask(told_to_the_administrator(place))
    assert (f"run:cut_off:{name}" in refs) == (name == "plan"), "what runs by itself is told when it is late"
    assert "ble avbrutt" in page or "Avbrutt underveis" in page
    ran_well(place, name)
    assert "Cut off" not in ran_well(place, "check")
    refs, page = place.ask(told_to_the_administrator(place))
    assert f"run:cut_off:{name}" not in refs
    assert "vbrutt" not in page


def told_to_the_administrator(place):
    def act():
        from django.urls import reverse

        from fotspor.worklist.models import Task

        command("watch")()
        answer = place.browser("administrator").get(reverse("operation:status"))
        assert answer.status_code == 200, answer.headers
        page = answer.content.decode()
        return [list(Task.objects.open().filter(source="operation").values_list("ref", flat=True)), page]

    return act


def test_one_that_still_runs_was_not_cut_off(place):
    def watched_while_it_runs():
        from fotspor.kit import clock
        from fotspor.kit.models import Run

        with Run.noted("plan", clock=clock.now):
            return command("check")()

    code, said = place.ask(watched_while_it_runs)
    assert (code, "Cut off" in said) == (0, False)
