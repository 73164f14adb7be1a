"""How quickly a municipality is filled up, beside rows that Django writes in bulk in the same run."""

from itertools import cycle

from benchmarks.measure import Row, seconds

LIVES = 400
BLOCK = 200  # lives written together


def pressing() -> Row:
    """Needs the tiny municipality. What is written is taken back."""
    from django.db import connection, transaction

    from fotspor.simulation.lives import tables_of_lives

    with transaction.atomic():
        press, copy_all = _practice()
        last = {table: table._default_manager.order_by("pk").last() for table in tables_of_lives()}
        ours = _taken_back(copy_all, saved := [], last)
        (theirs,) = seconds(
            lambda: [table._default_manager.bulk_create(rows, batch_size=500) for table, rows in saved], 1
        )
        transaction.set_rollback(True)
    assert press.written, "nobody was pressed"
    return Row(
        "V1",
        f"rows a second, lives pressed ({connection.vendor})",
        f"{press.written / ours:.0f}",
        f"{press.written / theirs:.0f}",
        theirs / ours,
        "no slower than bulk_create of the same rows",
        ours <= theirs,
        against="`bulk_create` of the same rows",
    )


def _taken_back(work, saved, last) -> float:
    """How long does it take? What it wrote is read into `saved` and taken back."""
    from django.db import transaction

    with transaction.atomic():
        (taken,) = seconds(work, 1)
        for table, row in last.items():
            saved.append((table, list(table._default_manager.filter(pk__gt=row.pk if row else 0))))
        transaction.set_rollback(True)
    return taken


def _practice():
    """A press, and the work of pressing so many lives with it."""
    from fotspor.kit import clock
    from fotspor.simulation.districts import districts
    from fotspor.simulation.families import families
    from fotspor.simulation.lives import tables_of_lives
    from fotspor.simulation.models import Build
    from fotspor.simulation.population import Place
    from fotspor.simulation.pressing import Press
    from fotspor.simulation.volume import Diaries, Newcomers, patterns_of

    today, built = clock.today(), Build.objects.get()
    there = districts(on=today)
    cast = families(seed=built.seed, size=built.size, built_on=built.built_on, until=built.built_on)
    patterns = patterns_of([family for family in cast if family.story is None], there)
    newcomers, diaries, press = Newcomers(1), Diaries(there, 1), Press(tables_of_lives())
    where = next(iter(there))
    place = Place(where[:4], where, "", ())

    def copy_all() -> None:
        for number, pattern in zip(range(1, LIVES + 1), cycle(patterns), strict=False):
            family = newcomers.like(pattern, place, 0)
            press.press(pattern, family, diaries.move(pattern, family))
            if number % BLOCK == 0:
                press.write()

    return press, copy_all
