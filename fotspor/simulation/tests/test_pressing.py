"""A life that is pressed is the life that the actions would have made: the same rows in every table."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Count, Q

from fotspor.access.models import AuditEvent
from fotspor.instruments.models import Duty, Response
from fotspor.pathways.models import Baton, Contact, Enrolment, Handover, RegisterImport, RegisterRow
from fotspor.people.models import Journey, Person
from fotspor.people.queries import find_by_number
from fotspor.services.models import Unit
from fotspor.simulation.building import live_through
from fotspor.simulation.chance import epds
from fotspor.simulation.demo import SIZES, demo
from fotspor.simulation.districts import districts, move, named
from fotspor.simulation.families import Child, Family, families, named_as
from fotspor.simulation.lives import lives, tables_of_lives
from fotspor.simulation.municipality import set_up
from fotspor.simulation.people import Made, Numbers, grown_up, made
from fotspor.simulation.pressing import CannotPress, Pattern, Press
from fotspor.simulation.tests.conftest import AT, SEED
from fotspor.simulation.tests.pictures import Picture, differences
from fotspor.worklist.models import Task

TODAY = AT.date()
SIZE = "small"
SINCE = TODAY - timedelta(days=SIZES[SIZE].in_use_days)
THERE, HERE = demo().districts[:2]
STORIES = ("twins", "moved_out", "declined")
SLIPS = ("no_show", "home_visit", "support")
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def sample() -> list[Family]:
    """Some of every age, twins, a move out, some overdue, some whose form asks for more; all in one district."""
    every = list(families(seed=SEED, size=SIZE, built_on=TODAY, until=TODAY))
    ordinary = [family for family in every if family.story is None]
    ages = {"pregnant": (-200, -20), "weeks": (20, 80), "months": (100, 230), "two": (700, 800), "five": (2000, 2190)}
    chosen = [f for f in every if f.story and (f.story.name in STORIES or f.story.slip in SLIPS)]
    for youngest, oldest in ages.values():
        chosen += [f for f in ordinary if youngest <= (TODAY - f.born_on).days <= oldest][:1]
    recent = [f for f in ordinary if 60 <= (TODAY - f.born_on).days <= 180 and f not in chosen]
    chosen += [strained(each) for each in recent[:2]]
    home = {"district": THERE.code, "postcode": THERE.postcode}
    return [
        replace(f, **home, street=f"Øvingsvegen {n}", kindergarten=_place(f, THERE))
        for n, f in enumerate(chosen, start=1)
    ]


def strained(family: Family) -> Family:
    """The same family with as much strain as it takes for the form at six weeks to sum to ten or more."""
    steps = (replace(family, z=step / 4) for step in range(20))
    return next(each for each in steps if sum(epds(each, "H-03", demo().calibration).values()) >= 10)


def _place(family: Family, where) -> str:
    return where.kindergartens[family.index % 2] if family.kindergarten else ""


def likenesses(cast: Sequence[Family]) -> list[Family]:
    """Other people in the next district, to whom the same happens."""
    random, numbers = Random(7), Numbers(90)

    def other(like: Made, family: Family) -> Made:
        born_on = grown_up(random, family.due_on)
        number = numbers.next(born_on)
        return made(random, born_on=born_on, sex=like.sex, named=named_as(like), number=number)

    return [
        replace(
            family,
            district=HERE.code,
            postcode=HERE.postcode,
            street=f"Papirgata {number}",
            kindergarten=_place(family, HERE),
            mother=other(family.mother, family),
            other=other(family.other, family) if family.other else None,
            children=tuple(Child(c.sex, f"Lik{c.sex}", numbers.next(family.born_on)) for c in family.children),
        )
        for number, family in enumerate(cast, start=1)
    ]


def press_all(cast: Sequence[Family], others: Sequence[Family]) -> Press:
    there = districts(on=TODAY)
    here, press = there[HERE.code], Press(tables_of_lives())
    for life, other in zip(lives(cast), others, strict=True):
        pattern = Pattern(life, named(there[THERE.code]))
        press.press(pattern, other, move(there[THERE.code], here))
    press.write()
    return press


@pytest.fixture(scope="module")
def worlds(django_db_setup, django_db_blocker):
    """The same families twice: all of them by the actions, and half of them pressed."""
    cast = sample()
    others = likenesses(cast)
    with django_db_blocker.unblock():
        with transaction.atomic():
            set_up(size=SIZE, built_on=TODAY)
            live_through([*cast, *others], since=SINCE, at=AT)
            acted = Picture()
            transaction.set_rollback(True)
        with transaction.atomic():
            set_up(size=SIZE, built_on=TODAY)
            live_through(cast, since=SINCE, at=AT)
            half = Picture()
            press = press_all(cast, others)
            yield acted, Picture(), half, press
            transaction.set_rollback(True)


def test_what_is_pressed_is_what_the_actions_make_in_every_table(worlds):
    acted, pressed, _half, _press = worlds
    assert list(differences(acted, pressed)) == []
    assert acted.counts == pressed.counts


def test_the_sample_has_something_in_every_table_of_an_ordinary_life(worlds):
    acted, _pressed, half, press = worlds
    made_of_lives = {table._meta.label for table in tables_of_lives()}
    grown = {label for label, count in acted.counts.items() if count > half.counts[label]}
    assert grown <= made_of_lives
    assert {
        "access.CareRelation", "access.Consent", "access.AuditEvent", "people.Person", "people.Guardianship",
        "people.Pregnancy", "people.Journey", "worklist.Task", "instruments.Response", "instruments.Duty",
        "instruments.DutyOutcome", "pathways.Enrolment", "pathways.Contact", "pathways.MissedAppointment",
        "pathways.Baton", "pathways.Handover", "pathways.RegisterRow",
    } <= grown  # fmt: skip
    assert press.written == sum(acted.counts.values()) - sum(half.counts.values())


def test_the_sample_is_of_all_kinds(worlds):
    assert Journey.objects.filter(closed_on__isnull=False).count() == 2, "moved out"
    assert Person.objects.filter(has_twin=True).count() == 4
    assert Task.objects.open().filter(due_on__lt=TODAY).exists()
    assert Response.objects.filter(total__gte=10, signed_at__isnull=False).count() >= 4
    assert Duty.objects.open().exists()
    assert Duty.objects.filter(closed_on__isnull=False, step__in=("support", "letter")).exists()
    assert Contact.objects.filter(booked_on__gt=TODAY, outcome="").exists()


def test_the_plan_of_what_is_pressed_follows_from_its_facts(worlds, capsys, time_machine):
    time_machine.move_to(AT, tick=False)
    call_command("plan", check=True)
    assert "The plan is what follows from the facts." in capsys.readouterr().out


def test_one_holder_for_each_open_journey_and_none_twice(worlds):
    held = Journey.objects.open().annotate(holders=Count("batons", filter=Q(batons__until_at=None)))
    assert {journey.holders for journey in held} == {1}
    assert Baton.objects.filter(journey__closed_on__isnull=False, until_at=None).count() == 0


def test_they_are_found_by_number_and_by_name_and_live_at_the_other_unit(worlds):
    other = likenesses(sample())[-1]
    mother = find_by_number(other.mother.number)
    assert (mother.given_name, mother.street) == (other.mother.given_name, other.street)
    assert mother.identity_number == other.mother.number
    assert mother.district.code == HERE.code
    baton = Baton.objects.filter(journey__pregnancy__mother=mother).get(until_at=None)
    assert baton.unit == Unit.objects.get(kind=Unit.Kind.HEALTH_STATION, district__code=HERE.code)


def test_nothing_that_is_pressed_says_whose_life_it_was(worlds):
    keys = set(Person.objects.filter(district__code=THERE.code).values_list("key", flat=True))
    keys |= set(Unit.objects.filter(district__code=THERE.code).values_list("key", flat=True))
    names = set(Unit.objects.filter(district__code=THERE.code).values_list("name", flat=True))
    theirs = Person.objects.filter(district__code=HERE.code).values_list("key", flat=True)
    for event in AuditEvent.objects.filter(person__in=theirs):
        assert not keys & {event.unit, event.person, *event.people, *map(str, event.facts.values())}
    for task in Task.objects.filter(unit__district__code=HERE.code):
        assert not names & set(map(str, task.facts.values()))


def test_the_registers_files_count_those_who_were_pressed_too(worlds):
    for source in RegisterImport.objects.all():
        rows = RegisterRow.objects.filter(source=source)
        assert source.rows_read == rows.exclude(row=None).count()
        assert source.households == rows.exclude(household=None).values("household").distinct().count()


def test_the_next_row_by_the_actions_gets_an_id_of_its_own(worlds):
    made_up = Person.objects.create(born_on=TODAY, registered_at=AT)
    assert made_up.pk == max(Person.objects.values_list("pk", flat=True))
    made_up.delete()


# --- what cannot be pressed ----------------------------------------------------------------------------------


def test_families_that_share_a_row_are_not_lives_of_their_own(worlds):
    cast = sample()
    one, other = (find_by_number(family.mother.number) for family in cast[:2])
    with transaction.atomic():
        one.merged_into = other
        one.save()
        assert {life.family.index for life in lives(cast)} == {family.index for family in cast[2:]}
        transaction.set_rollback(True)


def test_somebody_in_the_life_who_is_not_of_the_family_is_not_pressed(worlds):
    cast = sample()
    family = next(each for each in cast if each.other is not None)
    life = next(life for life in lives(cast) if life.family is family)
    life.family = replace(family, other=None)
    with pytest.raises(CannotPress, match="none of the family"):
        Pattern(life, set())


def test_a_look_at_the_record_is_not_pressed(worlds):
    cast = sample()
    person = find_by_number(cast[0].mother.number)
    with transaction.atomic():
        AuditEvent.objects.create(type="access.record.read", at=AT, person=person.key, once="once")
        life = next(life for life in lives(cast) if life.family is cast[0])
        with pytest.raises(CannotPress, match="another's look"):
            Pattern(life, set())
        transaction.set_rollback(True)


def test_a_block_that_fails_leaves_nothing(worlds):
    cast = sample()
    before = Picture().counts
    with pytest.raises(Exception, match=r"(?i)unique"), transaction.atomic():
        press_all(cast, likenesses(cast))
    assert Picture().counts == before
    assert connection.in_atomic_block


# --- the picture itself ----------------------------------------------------------------------------------------


def first_handover():
    return Handover.objects.filter(from_unit__isnull=False).first()


CHANGES = {
    "a date": lambda: Enrolment.objects.filter(pk=Enrolment.objects.first().pk).update(anchor_on=TODAY),
    "encrypted text": lambda: Contact.objects.filter(pk=Contact.objects.first().pk).update(note="Noe annet"),
    "two units, changed about": lambda: Handover.objects.filter(pk=first_handover().pk).update(
        from_unit=first_handover().to_unit, to_unit=first_handover().from_unit
    ),
    "whose it is": lambda: Task.objects.filter(pk=Task.objects.exclude(person=None).first().pk).update(
        person=Person.objects.last()
    ),
    "a key in a text": lambda: Task.objects.filter(pk=Task.objects.first().pk).update(
        subject_key=Journey.objects.last().key
    ),
    "one row more": lambda: AuditEvent.objects.create(type="access.record.read", at=AT),
    "one row less": lambda: Task.objects.first().delete(),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_picture_shows_what_has_been_changed(worlds, change):
    before = worlds[1]
    with transaction.atomic():
        change()
        assert list(differences(before, Picture())) != []
        transaction.set_rollback(True)
