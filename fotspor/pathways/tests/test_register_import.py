"""Taking in a population register: staged, compared, applied household by household, resumed, and repeated."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection

from fotspor.access.models import AuditEvent, CareRelation
from fotspor.access.rules import SYSTEM
from fotspor.kit.errors import Refused
from fotspor.pathways.actions import register_import
from fotspor.pathways.actions.register_import import (
    CannotUse,
    MayNotImport,
    apply_households,
    stage_register,
)
from fotspor.pathways.actions.register_proposals import answer_proposal
from fotspor.pathways.models import Baton, Contact, RegisterImport, RegisterRow
from fotspor.pathways.queries.register_imports import default_layout, preview, register_imports
from fotspor.pathways.rules.register_files import FileFault
from fotspor.pathways.tests.register_world import (
    AT,
    FAMILY,
    LATER,
    OTHERS,
    TODAY,
    adult,
    everything,
    kinds,
    logged,
    one_by_one,
    stage,
    take_in,
    town,
)
from fotspor.pathways.tests.test_register_rules import BORN, CHILD, FATHER, MOTHER, TWIN, as_csv, as_xlsx, cells
from fotspor.people import actions as people
from fotspor.people.identifiers import synthetic_numbers
from fotspor.people.models import Person
from fotspor.people.queries import find_by_number
from fotspor.worklist.models import Task

pytestmark = pytest.mark.django_db
__all__ = ["town"]


# --- staging -----------------------------------------------------------------------------------------------


def test_staging_changes_nobody_and_says_what_would_change(town):
    source = stage(*FAMILY, cells(identity_number="1"), by=town["administrator"])
    assert kinds(source) == {"new": 2, "refused": 1}
    assert (source.households, Person.objects.count()) == (1, 0)
    assert logged("pathways.register.staged") == 1
    (refused,) = preview(viewer=town["administrator"], key=source.key).refused
    assert (refused.row, str(refused.column), refused.reason) == (4, "Fødselsnummer", "Ikke et fødselsnummer")


def test_staged_rows_do_not_stand_in_the_clear(town):
    stage(*FAMILY)
    with connection.cursor() as cursor:
        cursor.execute("SELECT record FROM pathways_registerrow WHERE record IS NOT NULL")
        for (record,) in cursor.fetchall():
            assert CHILD.encode() not in bytes(record)
            assert b"Lyng" not in bytes(record)


def test_only_those_who_may_import_do(town):
    for act in (
        lambda: take_in(*FAMILY, by=town["nurse"]),
        lambda: list(apply_households(source=RegisterImport(), by=town["nurse"], at=AT)),
        lambda: answer_proposal(row=RegisterRow(), is_same=True, by=town["nurse"], at=AT),
    ):
        with pytest.raises(MayNotImport):
            act()
    assert register_imports(viewer=town["nurse"]) == []
    assert RegisterImport.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (as_csv(*FAMILY)[:-40], FileFault.CUT),
        (as_xlsx(*FAMILY)[:-60], FileFault.CUT_SHEET),
        (as_csv(*FAMILY, encoding="utf-16"), FileFault.ENCODING),
        (b"", FileFault.EMPTY),
        (b"a;b\r\n1;2\r\n", FileFault.COLUMNS),
    ],
)
def test_a_file_that_cannot_be_used_stores_nothing(town, content, fault):
    with pytest.raises(CannotUse) as caught:
        stage_register(content=content, file_name="r.csv", layout=default_layout(), by=SYSTEM, at=AT)
    assert caught.value.fault is fault
    assert isinstance(str(caught.value.message), str)
    assert not RegisterImport.objects.exists()
    assert not RegisterRow.objects.exists()


def test_a_file_without_many_of_our_children_is_refused_until_somebody_says_that_it_is_right(town):
    numbers = list(synthetic_numbers(BORN))[:12]
    rows = [cells(identity_number=n, street=f"Gata {i}", guardian_1_number="", guardian_1_kind="", custody="")
            for i, n in enumerate(numbers)]  # fmt: skip
    take_in(*rows)
    with pytest.raises(CannotUse) as caught:
        take_in(*rows[:9], at=LATER)
    assert caught.value.fault is FileFault.MISSING_MANY
    assert RegisterImport.objects.count() == 1
    source = take_in(*rows[:9], at=LATER, accepts_missing=True)
    assert kinds(source) == {"same": 9, "unmatched": 3}


# --- applying ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", [as_csv, as_xlsx])
def test_a_new_family_gets_a_journey_a_holder_to_confirm_and_a_plan(town, written):
    source = take_in(content=written(*FAMILY))
    child, mother = find_by_number(CHILD), find_by_number(MOTHER)
    assert (child.name, child.born_on, child.street, child.district) == (
        "Lita Lyng", BORN, "Prøvegata 1", town["district"],
    )  # fmt: skip
    assert child.household == mother.household != ""
    guardianship = child.guardianships.get()
    assert (guardianship.guardian, guardianship.kind, guardianship.custody) == (mother, "mother", "mother")
    baton = Baton.objects.get(journey=child.journey)
    assert (baton.unit, baton.confirmed_at) == (town["station"], None)
    steps = set(Contact.objects.filter(journey=child.journey).values_list("step", flat=True))
    assert {"H-14", "SK-1"} <= steps
    assert "H-03" not in steps  # its window had closed before they came
    assert Task.objects.open().filter(source="baton", journey=child.journey).count() == 1
    units = CareRelation.objects.filter(person__in=[child, mother]).values_list("unit", flat=True)
    assert set(units) == {town["station"].pk}
    assert source.finished_on == TODAY
    assert not source.rows.exclude(record=None).exists()
    assert logged("pathways.register.household_applied") == logged("pathways.register.finished") == 1


def test_a_child_whom_no_unit_serves_waits_on_the_list_of_a_named_leader(town):
    take_in(adult(district_code="02"), cells(district_code="02"))
    baton = Baton.objects.get(journey=find_by_number(CHILD).journey)
    assert baton.unit is None
    assert Task.objects.open().filter(source="unassigned", for_leader=True).count() == 1


def test_the_same_file_twice_changes_nothing(town):
    first = take_in(*FAMILY, *OTHERS)
    before, events = everything(), AuditEvent.objects.count()
    again = take_in(*FAMILY, *OTHERS, at=LATER)
    assert (again != first, kinds(again), everything()) == (True, {"same": 4}, before)
    said = AuditEvent.objects.order_by("-pk").values_list("type", flat=True)[: AuditEvent.objects.count() - events]
    assert set(said) == {"pathways.register.staged", "pathways.register.finished"}


def test_the_same_people_in_another_file_change_nothing(town):
    take_in(*FAMILY, *OTHERS)
    before = everything()
    again = take_in(content=as_xlsx(*FAMILY, *OTHERS), at=LATER)
    assert kinds(again) == {"same": 4}
    assert everything() == before


def test_a_killed_run_leaves_whole_households_and_resumes(town, monkeypatch):
    one_by_one(monkeypatch)
    source = stage(*FAMILY, *OTHERS)
    real = register_import._follow_child

    def killed(child, *rest):
        if child.identity_number == TWIN:
            raise KeyboardInterrupt
        real(child, *rest)

    monkeypatch.setattr(register_import, "_follow_child", killed)
    run = apply_households(source=source, by=SYSTEM, at=AT)
    assert next(run) == 1
    with pytest.raises(KeyboardInterrupt):
        next(run)
    assert find_by_number(CHILD).journey.batons.count() == 1
    assert find_by_number(FATHER) is None  # of the second household nothing
    seen = preview(viewer=SYSTEM, key=source.key)
    assert (seen.households_done, seen.households_left, seen.is_finished) == (1, 1, False)

    monkeypatch.undo()
    assert list(apply_households(source=source, by=SYSTEM, at=AT)) == [2]
    assert find_by_number(TWIN).journey.batons.count() == 1
    assert Person.objects.count() == 4
    source.refresh_from_db()
    assert source.finished_on == TODAY
    assert list(apply_households(source=source, by=SYSTEM, at=AT)) == []


def test_so_many_households_at_a_time(town):
    source = stage(*FAMILY, *OTHERS)
    assert list(apply_households(source=source, most=1, by=SYSTEM, at=AT)) == [1]
    source.refresh_from_db()
    assert source.finished_on is None


def test_a_household_that_the_records_refuse_is_refused_whole_and_the_others_go_on(town, monkeypatch):
    one_by_one(monkeypatch)
    real = people.open_child_journey

    def refuse(*, child, **rest):
        if child.identity_number == CHILD:
            raise Refused("no")
        return real(child=child, **rest)

    monkeypatch.setattr(register_import.people, "open_child_journey", refuse)
    source = take_in(*FAMILY, *OTHERS)
    assert (find_by_number(MOTHER), find_by_number(CHILD)) == (None, None)
    assert find_by_number(TWIN).journey.closed_on is None
    assert kinds(source) == {"new": 2, "refused": 2}
    assert source.rows.filter(fault="not_applied").count() == 2
    assert source.finished_on == TODAY
    assert logged("pathways.register.household_refused") == 1


def test_names_dates_and_grades_that_changed_are_changed(town):
    take_in(*FAMILY)
    changed = cells(given_name="Liten", birth_date="2024-03-06", protection_grade="fortrolig", custody="mor")
    source = take_in(adult(), changed, at=LATER)
    assert kinds(source) == {"same": 1, "changed": 1}
    child = find_by_number(CHILD)
    assert (child.given_name, child.born_on, child.protection, child.street) == (
        "Liten", date(2024, 3, 6), "confidential", "",
    )  # fmt: skip
    assert kinds(take_in(content=as_xlsx(adult(), changed), at=LATER)) == {"same": 2}


def test_guardians_follow_the_register_and_the_old_ones_end(town):
    take_in(*FAMILY)
    moved = cells(
        guardian_1_number=FATHER, guardian_1_kind="far", custody="far",
    )  # fmt: skip
    take_in(adult(), adult(FATHER, sex="M", street="Lissomvegen 2"), moved, at=LATER)
    child = find_by_number(CHILD)
    now = child.guardianships.filter(until_on=None).get()
    assert (now.guardian, now.kind, now.custody) == (find_by_number(FATHER), "father", "father")
    assert child.guardianships.get(kind="mother").until_on == LATER.date()


def test_a_guardian_found_nowhere_is_told_and_does_not_keep_the_child_out(town):
    source = take_in(cells())
    assert preview(viewer=SYSTEM, key=source.key).missing_guardians == 1
    assert find_by_number(CHILD).journey.closed_on is None


def test_a_move_within_follows_the_address_and_a_move_out_closes_the_journey(town):
    take_in(*FAMILY)
    source = take_in(adult(), cells(street="Lissomvegen 2", district_code="02"), at=LATER)
    assert kinds(source)["moved"] == 1
    assert find_by_number(CHILD).district.code == "02"
    gone = cells(status="utflyttet", status_date="2026-12-20", street="Utveien 1")
    take_in(adult(), gone, at=LATER + timedelta(days=1))
    journey = find_by_number(CHILD).journey
    assert (journey.closed_on, journey.close_reason) == (date(2026, 12, 20), "moved")
    assert not Contact.objects.filter(journey=journey).expected().exists()
    take_in(*FAMILY, at=LATER + timedelta(days=2), content=as_xlsx(*FAMILY))
    journey.refresh_from_db()
    assert journey.closed_on is None


def test_a_death_closes_the_journey_and_stays(town):
    take_in(*FAMILY)
    source = take_in(adult(), cells(status="død", status_date="2026-12-01"), at=LATER)
    assert kinds(source)["dead"] == 1
    child = find_by_number(CHILD)
    assert (child.died_on, child.journey.close_reason) == (date(2026, 12, 1), "died")
    take_in(*FAMILY, content=as_xlsx(*FAMILY), at=LATER + timedelta(days=1))
    child.refresh_from_db()
    assert child.died_on == date(2026, 12, 1)


def test_neighbours_are_not_kept(town):
    source = take_in(*FAMILY, adult(FATHER, street="Annensteds 9"))
    assert kinds(source) == {"new": 2, "not_needed": 1}
    assert find_by_number(FATHER) is None
    row = source.rows.get(change="not_needed")
    assert (row.record, row.person) == (None, None)


def test_a_child_who_is_not_in_the_file_is_asked_about_until_it_is(town):
    take_in(*FAMILY, *OTHERS)
    source = take_in(*FAMILY, at=LATER)
    assert kinds(source) == {"same": 2, "unmatched": 1}
    task = Task.objects.open().get(source="register")
    assert (task.person, task.unit) == (find_by_number(TWIN), town["station"])
    assert find_by_number(TWIN).journey.closed_on is None
    take_in(content=as_xlsx(*FAMILY, *OTHERS), at=LATER + timedelta(days=1))
    assert not Task.objects.open().filter(source="register").exists()


def test_a_list_of_changes_says_nothing_about_those_who_are_not_in_it(town):
    take_in(*FAMILY, *OTHERS)
    layout = default_layout()
    layout = replace(layout, file=replace(layout.file, is_complete=False))
    source = stage(*FAMILY, layout=layout, at=LATER)
    assert kinds(source) == {"same": 2}
