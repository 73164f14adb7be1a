"""A register's file that comes again, cut off, with guardians who live elsewhere, or with the dead among the living."""

from dataclasses import replace
from datetime import timedelta

import pytest

from fotspor.access.models import CareRelation
from fotspor.access.rules import SYSTEM, Purpose
from fotspor.kit.errors import Refused
from fotspor.pathways.actions import register_import
from fotspor.pathways.actions.register_import import CannotUse, Superseded, apply_households
from fotspor.pathways.models import RegisterImport, RegisterRow
from fotspor.pathways.queries.register_imports import default_layout, preview
from fotspor.pathways.rules.register_files import FileFault
from fotspor.pathways.tests.register_world import (
    AT,
    FAMILY,
    LATER,
    OTHERS,
    adult,
    everything,
    expecting,
    kinds,
    one_by_one,
    stage,
    take_in,
    town,
)
from fotspor.pathways.tests.test_register_rules import BORN, CHILD, FATHER, GROWN, MOTHER, TWIN, as_csv, as_xlsx, cells
from fotspor.people import actions as people
from fotspor.people.identifiers import synthetic_numbers
from fotspor.people.models import Journey, Person
from fotspor.people.queries import find_by_number
from fotspor.services.models import Membership
from fotspor.services.queries import viewer_for
from fotspor.worklist import queries as worklist
from fotspor.worklist.models import Task

pytestmark = pytest.mark.django_db
__all__ = ["expecting", "town"]


# --- the same file again -----------------------------------------------------------------------------------


def test_a_file_that_was_only_compared_is_compared_anew_when_it_comes_again(town):
    first = stage(*FAMILY)
    take_in(*OTHERS, at=AT + timedelta(minutes=1), accepts_missing=True)
    again = stage(*FAMILY, *OTHERS, at=LATER)
    assert (kinds(again), again.staged_at) == ({"new": 2, "same": 2}, LATER)
    same = stage(*FAMILY, at=LATER, accepts_missing=True)
    assert (same, same.staged_at, kinds(same)) == (first, LATER, {"new": 2, "unmatched": 1})


def test_the_same_bytes_put_right_what_was_changed_here_meanwhile(town):
    take_in(*FAMILY)
    child = find_by_number(CHILD)
    people.change_person(person=child, version=child.version, given_name="Feil", by=SYSTEM, at=AT)
    again = take_in(*FAMILY, at=LATER)
    assert kinds(again) == {"same": 1, "changed": 1}
    assert find_by_number(CHILD).given_name == "Lita"


def test_unchanged_rows_of_an_import_that_was_broken_off_are_judged_again(town):
    take_in(*FAMILY)
    source = stage(*FAMILY, *OTHERS, at=LATER)
    child = find_by_number(CHILD)
    people.change_person(person=child, version=child.version, given_name="Feil", by=SYSTEM, at=LATER)
    again = stage(*FAMILY, *OTHERS, at=LATER)
    assert again == source
    assert kinds(again) == {"same": 1, "changed": 1, "new": 2}
    list(apply_households(source=again, by=SYSTEM, at=LATER))
    assert find_by_number(CHILD).given_name == "Lita"


def test_an_import_that_was_broken_off_keeps_what_it_had_done(town):
    source = stage(*FAMILY, *OTHERS)
    assert list(apply_households(source=source, most=1, by=SYSTEM, at=AT)) == [1]
    again = stage(*FAMILY, *OTHERS, at=LATER)
    assert (again, kinds(again)) == (source, {"new": 4})
    seen = preview(viewer=SYSTEM, key=again.key)
    assert (seen.households_done, seen.households_left) == (1, 1)
    assert list(apply_households(source=again, by=SYSTEM, at=LATER)) == [2]
    assert Person.objects.count() == 4


def test_a_household_that_the_records_refused_is_tried_again_with_the_same_file(town, monkeypatch):
    def refuse(**_rest):
        raise Refused("no")

    one_by_one(monkeypatch)
    monkeypatch.setattr(register_import.people, "open_child_journey", refuse)
    assert kinds(take_in(*FAMILY)) == {"refused": 2}
    monkeypatch.undo()
    again = take_in(*FAMILY, at=LATER)
    assert kinds(again) == {"new": 2}
    assert find_by_number(CHILD).journey.closed_on is None


def test_a_row_that_was_refused_for_its_district_is_tried_again_with_the_same_file(town):
    rows = (adult(), cells(district_code="03"))
    assert kinds(take_in(*rows)) == {"refused": 1, "not_needed": 1}
    type(town["district"]).objects.create(code="03", name="Ny")
    assert kinds(take_in(*rows, at=LATER)) == {"new": 2}


def test_a_file_that_waited_while_a_newer_one_was_taken_in_is_compared_before_it_is_applied(town):
    old = stage(*FAMILY)
    take_in(adult(), cells(given_name="Nyest"), at=LATER)
    with pytest.raises(Superseded):
        list(apply_households(source=old, by=SYSTEM, at=LATER))
    assert find_by_number(CHILD).given_name == "Nyest"
    assert preview(viewer=SYSTEM, key=old.key).may_apply is False


def test_a_new_file_every_night_does_not_put_off_what_was_asked(town):
    take_in(*FAMILY, *OTHERS)
    take_in(*FAMILY, at=LATER)
    task = Task.objects.open().get(source="register")
    take_in(*FAMILY, at=LATER + timedelta(days=1))
    take_in(adult(street="Ny 1"), FAMILY[1], at=LATER + timedelta(days=2))
    same = Task.objects.open().get(source="register")
    assert (same.pk, same.opens_on, same.due_on, same.facts) == (task.pk, task.opens_on, task.due_on, task.facts)


# --- dead here, alive in the register ----------------------------------------------------------------------


def leader(town):
    post = Membership.objects.get(unit=town["station"], role="unit_leader")
    return viewer_for(staff=post.staff, membership_key=post.key, session_key="s", on=AT.date())


def test_the_register_brings_nobody_back_to_life_and_a_leader_finds_out(town):
    take_in(*FAMILY)
    child = find_by_number(CHILD)
    people.record_death(person=child, died_on=AT.date(), by=SYSTEM, at=AT)
    before = everything()[:4]
    source = take_in(*FAMILY, at=LATER)
    assert kinds(source) == {"same": 1, "alive": 1}
    assert everything()[:4] == before
    task = Task.objects.open().get(source="register")
    assert (task.person, task.unit, task.for_leader) == (child, town["station"], True)
    assert (task.facts["died_on"], task.facts["file_on"]) == (AT.date().isoformat(), LATER.date().isoformat())
    seen = worklist.tasks(viewer=leader(town), purpose=Purpose.LEADERSHIP, today=LATER.date())
    assert task in seen.visible_from(LATER.date())
    take_in(*FAMILY, at=LATER + timedelta(days=1))
    assert Task.objects.open().get(source="register") == task
    take_in(adult(), cells(status="død"), at=LATER + timedelta(days=2))
    assert not Task.objects.open().filter(source="register").exists()


def test_a_move_out_that_somebody_wrote_is_not_undone_by_an_old_address_and_a_leader_finds_out(town):
    take_in(*FAMILY)
    child = find_by_number(CHILD)
    away = people.Home("Ute 1", "0150", "Oslo")
    people.record_move(person=child, home=away, moved_on=AT.date(), outside=True, by=town["nurse"], at=AT)
    before = everything()[:4]
    assert kinds(take_in(*FAMILY, at=LATER)) == {"same": 1, "stayed": 1}
    assert everything()[:4] == before
    task = Task.objects.open().get(source="register")
    assert (task.person, task.unit, task.for_leader) == (child, town["station"], True)
    assert (task.facts["moved_on"], task.facts["file_on"]) == (AT.date().isoformat(), LATER.date().isoformat())
    again = take_in(FAMILY[0], cells(status="utflyttet"), at=LATER + timedelta(days=1))
    assert kinds(again) == {"same": 2}
    assert not Task.objects.open().filter(source="register").exists()


def test_the_register_may_take_a_family_back_to_another_address_or_after_its_own_word(town):
    take_in(*FAMILY)
    child, away = find_by_number(CHILD), people.Home("Ute 1", "0150", "Oslo")
    people.record_move(person=child, home=away, moved_on=AT.date(), outside=True, by=town["nurse"], at=AT)
    moved = cells(street="Lissomvegen 2")
    assert kinds(take_in(FAMILY[0], moved, at=LATER)) == {"same": 1, "moved": 1}
    take_in(FAMILY[0], cells(status="utflyttet"), at=LATER + timedelta(days=1))
    assert kinds(take_in(FAMILY[0], moved, at=LATER + timedelta(days=2))) == {"same": 1, "moved": 1}
    assert Journey.objects.get(child=child).closed_on is None


def test_a_list_of_changes_asks_about_the_dead_in_it_and_about_nobody_else(town):
    layout = replace(default_layout(), file=replace(default_layout().file, is_complete=False))
    take_in(*FAMILY, *OTHERS)
    for number in (CHILD, TWIN):
        people.record_death(person=find_by_number(number), died_on=AT.date(), by=SYSTEM, at=AT)
    take_in(*FAMILY, *OTHERS, at=LATER)
    assert Task.objects.open().filter(source="register").count() == 2
    take_in(OTHERS[0], OTHERS[1] | {"status": "død"}, layout=layout, at=LATER + timedelta(days=1))
    assert [task.person.identity_number for task in Task.objects.open().filter(source="register")] == [CHILD]


def test_a_dead_mother_who_lives_in_the_register_is_asked_of_a_unit_that_knew_her(town):
    take_in(*FAMILY)
    people.record_death(person=find_by_number(MOTHER), died_on=AT.date(), by=SYSTEM, at=AT)
    take_in(*FAMILY, at=LATER)
    task = Task.objects.open().get(source="register")
    assert (task.person, task.unit) == (find_by_number(MOTHER), town["station"])
    CareRelation.objects.all().update(until_on=AT.date())
    take_in(*FAMILY, at=LATER + timedelta(days=1))
    assert Task.objects.open().get(source="register").unit is not None


# --- guardians who live elsewhere --------------------------------------------------------------------------

AWAY = {"street": "Fjernvegen 3", "postcode": "0350", "city": "Fjern"}


@pytest.mark.parametrize(
    "away", [AWAY | {"district_code": "9999"}, AWAY | {"district_code": ""}, AWAY | {"status": "utflyttet"}]
)
@pytest.mark.parametrize("written", [as_csv, as_xlsx])
def test_a_guardian_who_lives_elsewhere_is_taken_in_with_an_address_and_no_district(town, away, written):
    rows = (
        adult(),
        adult(FATHER, sex="M", **away),
        cells(guardian_2_number=FATHER, guardian_2_kind="far", custody="felles"),
    )
    source = take_in(content=written(*rows))
    assert kinds(source) == {"new": 3}
    father = find_by_number(FATHER)
    assert (father.street, father.postcode, father.district) == ("Fjernvegen 3", "0350", None)
    assert find_by_number(CHILD).guardianships.filter(guardian=father, kind="father", until_on=None).exists()
    before = everything()
    again = take_in(content=written(*rows), at=LATER)
    assert (kinds(again), everything()) == ({"same": 3}, before)


def test_a_guardian_who_moves_away_stays_a_guardian_without_a_district_and_another_country_has_another_postcode(town):
    take_in(*FAMILY)
    gone = adult(street="Rue 1", postcode="F-75001", city="Fremmed", status="utvandret", status_date="2026-12-01")
    assert kinds(take_in(gone, cells(), at=LATER)) == {"moved": 1, "same": 1}
    mother = find_by_number(MOTHER)
    assert (mother.street, mother.postcode, mother.district) == ("Rue 1", "", None)
    assert kinds(take_in(gone, cells(), at=LATER + timedelta(days=1))) == {"same": 2}
    assert kinds(take_in(gone | {"given_name": "Ny"}, cells(), at=LATER + timedelta(days=2))) == {
        "changed": 1,
        "same": 1,
    }


def test_a_dead_guardian_whom_nobody_knew_is_not_taken_in_and_the_child_is_unchanged_next_time(town):
    rows = (adult(), adult(FATHER, status="død"), cells(guardian_2_number=FATHER, guardian_2_kind="far"))
    assert kinds(take_in(*rows)) == {"new": 2, "not_needed": 1}
    assert kinds(take_in(*rows, at=LATER)) == {"same": 2, "not_needed": 1}


def test_a_guardian_found_nowhere_does_not_make_the_child_changed_each_time(town):
    take_in(cells())
    assert kinds(take_in(cells(), at=LATER)) == {"same": 1}


def test_a_child_and_a_pregnant_woman_are_refused_in_a_district_that_we_have_not(town, expecting):
    source = take_in(adult(district_code="9999"), cells(district_code="9999"))
    assert kinds(source) == {"refused": 2}
    assert set(source.rows.values_list("fault", flat=True)) == {"district"}
    assert find_by_number(MOTHER).district == town["district"]


def test_a_district_whose_nought_a_spreadsheet_dropped_is_found(town):
    take_in(content=as_xlsx(adult(district_code=1), cells(district_code=1)))
    assert find_by_number(CHILD).district == town["district"]


# --- a file that is cut at the end of a line ---------------------------------------------------------------


def families(many=12, *, adults_first=True):
    """So many mothers, each with a child, at as many addresses."""
    pairs = list(zip(list(synthetic_numbers(GROWN))[:many], list(synthetic_numbers(BORN))[:many], strict=True))
    mothers = [adult(mother, street=f"Gata {n}") for n, (mother, _child) in enumerate(pairs)]
    children = [
        cells(identity_number=child, street=f"Gata {n}", guardian_1_number=mother)
        for n, (mother, child) in enumerate(pairs)
    ]
    return [*mothers, *children] if adults_first else [*children, *mothers]


def fault(*rows, **how) -> FileFault:
    before = RegisterImport.objects.count()
    with pytest.raises(CannotUse) as caught:
        stage(*rows, **{"is_counted": False, **how})
    assert RegisterImport.objects.count() == before
    return caught.value.fault


CHANGES = replace(default_layout(), file=replace(default_layout().file, is_complete=False))


@pytest.mark.parametrize("layout", [default_layout(), CHANGES])
def test_every_file_proves_that_it_is_whole(town, layout):
    assert fault(*FAMILY, layout=layout) is FileFault.UNCOUNTED
    assert fault(*FAMILY, layout=layout, accepts_missing=True) is FileFault.UNCOUNTED
    with pytest.raises(CannotUse, match="2/4"):
        stage(*FAMILY, layout=layout, is_counted=False, rows=4)
    assert stage(*FAMILY, layout=layout, is_counted=False, rows=2).rows_read == 2
    assert stage(content=as_csv(*FAMILY) + b"#rows;2\r\n", layout=layout, is_counted=False).rows_read == 2


@pytest.mark.parametrize("layout", [default_layout(), CHANGES])
@pytest.mark.parametrize("mark", [b"#rows;44\r\n", b""])
def test_a_later_file_that_is_cut_between_two_lines_stores_nothing(town, layout, mark):
    rows = families(22)
    take_in(*rows)
    whole = as_csv(*(row | {"given_name": "Annerledes"} for row in rows)) + mark
    before, tables = everything(), (RegisterImport.objects.count(), RegisterRow.objects.count())
    lines = whole.splitlines(keepends=True)
    for kept in (len(rows) // 2, len(rows)):
        cut = b"".join(lines[:kept])
        with pytest.raises(CannotUse) as caught:
            stage(content=cut, layout=layout, is_counted=False, accepts_missing=True, at=LATER)
        assert caught.value.fault is FileFault.UNCOUNTED
        with pytest.raises(CannotUse, match=f"{kept - 1}/{len(rows)}"):
            stage(content=cut, layout=layout, is_counted=False, rows=len(rows), at=LATER)
    assert everything() == before
    assert (RegisterImport.objects.count(), RegisterRow.objects.count()) == tables


def test_an_end_mark_with_another_count_is_a_cut_file(town):
    for last in (b"#rows;3\r\n", b"#rows\r\n", b"#rows;\r\n"):
        with pytest.raises(CannotUse) as caught:
            stage(content=as_csv(*FAMILY) + last, is_counted=False, rows=2)
        assert caught.value.fault is FileFault.CUT


def test_a_file_with_far_fewer_rows_than_the_one_before_is_taken_to_be_cut(town):
    rows = [row for row in families() if row["guardian_1_number"] == ""]  # adults only: no child is missing
    take_in(*families()[:1], *rows, *FAMILY, accepts_missing=True)
    assert fault(*rows[:5], *FAMILY, at=LATER, is_counted=True) is FileFault.SHRUNK
    assert stage(*rows[:5], *FAMILY, at=LATER, accepts_missing=True)
    assert stage(*rows[:11], *FAMILY, at=LATER)


def test_a_file_whose_guardians_are_found_nowhere_is_taken_to_be_cut(town):
    take_in(*FAMILY)
    rows = families(adults_first=False)
    assert fault(*FAMILY, *rows[:14], at=LATER, is_counted=True) is FileFault.MISSING_GUARDIANS
    assert stage(*FAMILY, *rows[:22], at=LATER)
    assert fault(*rows[:14], layout=CHANGES, at=LATER, is_counted=True) is FileFault.MISSING_GUARDIANS
    children_alone = replace(default_layout(), file=replace(default_layout().file, guardians_percent=100))
    assert stage(*FAMILY, *rows[:14], at=LATER, layout=children_alone)


def test_a_counted_file_may_still_not_lack_many_of_our_children(town):
    take_in(*families(), accepts_missing=True)
    with pytest.raises(CannotUse) as caught:
        stage(*families()[:20], at=LATER)
    assert caught.value.fault is FileFault.MISSING_MANY
