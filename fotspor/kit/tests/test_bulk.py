"""Many rows at once: what stands in the tables is what Django would have written, row by row."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from fotspor.access.models import AuditEvent
from fotspor.kit.bulk import Block, Reserved, insert_statement, reserve, update, values_of, write
from fotspor.kit.encryption import decrypt
from fotspor.kit.models import Submission
from fotspor.people.models import Guardianship, Person
from fotspor.worklist.models import Task
from fotspor.worklist.rules import Urgency

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 24, 9, 30, 15, 250, tzinfo=UTC)


def person(**values) -> Person:
    return Person(
        given_name="Åse", born_on=date(2024, 2, 29), sex=Person.Sex.FEMALE, languages=["nb", "so"], registered_at=AT,
        has_twin=True, **values,
    )  # fmt: skip


def task(**values) -> Task:
    return Task(
        source=Task.Source.BATON, ref="ref", title="Tittel", rule="Regel", urgency=Urgency.BATON, opens_on=AT.date(),
        due_on=AT.date(), closes_on=AT.date(), derived_at=AT, facts={"days": 3, "from": "Nord «A»"}, **values,
    )  # fmt: skip


def stored(table) -> list[dict]:
    """Every column but what two rows never share."""
    rows = table.objects.order_by("pk").values()
    return [{name: value for name, value in row.items() if name not in ("id", "key", "ref")} for row in rows]


@pytest.mark.parametrize(
    ("table", "made"),
    [
        (Person, lambda: person()),
        (Person, lambda: person(identity_number=None, died_on=date(2024, 3, 1))),
        (Task, lambda: task(note="Ring", risk=2, for_leader=True)),
        (AuditEvent, lambda: AuditEvent(at=AT, type="a.b.c", people=["x"], facts={"on": "2026-11-24"})),
        (AuditEvent, lambda: AuditEvent(at=AT, type="a.b.c")),
    ],
)
def test_a_row_stands_as_django_writes_it(table, made):
    first, second = made(), made()
    if table is Task:
        second.ref = "another"
    first.save()
    write(table, values_of([second]))
    one, other = stored(table)
    assert one == other
    assert {type(value) for value in one.values()} == {type(value) for value in other.values()}


def test_what_is_secret_is_encrypted_each_time_anew():
    again = task(note="Ring")
    again.ref = "another"
    write(Task, values_of([task(note="Ring"), again]))
    with connection.cursor() as cursor:
        cursor.execute("SELECT note FROM worklist_task")
        notes = [bytes(note) for (note,) in cursor.fetchall()]
    assert len(set(notes)) == 2
    assert [decrypt(note) for note in notes] == ["Ring", "Ring"]


def test_rows_point_to_those_whose_ids_were_reserved_and_the_next_row_gets_another():
    mother, child = person(), person()
    mother.pk, child.pk = reserve(Person, 2)
    block = Block()
    block.add(Guardianship(child=child, guardian=mother, kind="mother", from_on=AT.date(), recorded_at=AT))
    block.add(mother, child)
    block.make_ready()
    with transaction.atomic():
        block.write()
    assert Guardianship.objects.get().guardian == mother
    later = person()
    later.save()
    assert later.pk not in (mother.pk, child.pk)
    assert Person.objects.count() == 3


def test_a_block_without_rows_writes_nothing():
    block = Block()
    block.make_ready()
    block.write()
    write(Person, values_of([]))
    assert reserve(Person, 0) == []
    assert not Person.objects.exists()


def test_nobody_gets_an_id_twice():
    person().save()
    ids = [*Person.objects.values_list("pk", flat=True), *reserve(Person, 3), *reserve(Person, 2)]
    reserved = Reserved()
    reserved.prepare(Person, 2)
    reserved.prepare(Person, 1)  # what is left is enough
    ids += [reserved.take(Person), reserved.take(Person)]
    reserved.prepare(Person, Reserved.AT_A_TIME + 10)
    ids += [reserved.take(Person) for _ in range(Reserved.AT_A_TIME + 10)]
    assert len(ids) == len(set(ids))


def test_rows_are_changed_while_a_column_is_empty_and_counted():
    Person.objects.bulk_create([person(), person(died_on=date(2024, 3, 1))])
    living, dead = Person.objects.order_by("pk")
    rows = [["Ny", living.pk], ["Ny", dead.pk]]
    assert update(Person, ("given_name",), rows, while_empty="died_on") == 1
    assert list(Person.objects.order_by("pk").values_list("given_name", flat=True)) == ["Ny", "Åse"]


def test_what_the_database_refuses_is_refused_whole():
    same = [Submission(token="a", path="/"), Submission(token="a", path="/")]
    for each in same:
        each.received_at = AT
    with pytest.raises(IntegrityError), transaction.atomic():
        write(Submission, values_of(same))
    assert not Submission.objects.exists()
    assert insert_statement(Submission, with_id=False).count("%s") == len(Submission._meta.concrete_fields) - 1
