"""P2, P7, P8 and P10: what is written, and what it costs beside the same rows written in bulk."""

import random
import resource
from dataclasses import replace
from datetime import date
from itertools import islice

from benchmarks.measure import Row, bare_statements, p95, seconds, side_by_side

FORMS, PEOPLE = 40, 2000
BIRTHDAYS = 420  # of the children in a register's file, five days apart: all are under school age
MEGABYTE = 1024  # ru_maxrss counts kilobytes


def rebuild(size: str) -> Row:
    """P2: every open task of an expected contact is taken away and made again from the facts, and taken back."""
    from django.db import connection, transaction

    from fotspor.kit import clock
    from fotspor.pathways.actions import rebuild as build_again
    from fotspor.worklist.models import Task

    with transaction.atomic():
        found = list(Task.objects.open().filter(source=Task.Source.CONTACT))
        (check,) = seconds(lambda: list(build_again(check=True, at=clock.now())), 1)
        Task.objects.filter(pk__in=[task.pk for task in found]).delete()
        (ours,) = seconds(lambda: list(build_again(check=False, at=clock.now())), 1)
        again = Task.objects.open().filter(source=Task.Source.CONTACT)
        assert again.count() == len(found), "the facts give other tasks"
        again.delete()
        (theirs,) = seconds(lambda: Task.objects.bulk_create(found, batch_size=500), 1)
        transaction.set_rollback(True)
    limit = 720 if size == "nation" else 25
    return Row(
        "P2",
        f"{len(found)} tasks made from facts ({connection.vendor}); --check {check:.1f} s",
        f"{ours:.2f} s",
        f"{theirs:.2f} s",
        ours / theirs,
        f"<= {limit} s, <= 2.5x, check faster",
        (ours <= limit and ours / theirs <= 2.5 and check < ours) if size in ("city", "nation") else None,
        against="the same tasks by `bulk_create` alone",
    )


def sign_form() -> Row:
    """P7: a form of ten items is saved and signed: scored, tasks made, logged. Each in a transaction taken back."""
    from django.db import connection, transaction

    from fotspor.instruments import actions, queries
    from fotspor.kit import clock
    from fotspor.people.models import Journey

    rng, today, at = random.Random(1), clock.today(), clock.now()  # noqa: S311 - made-up answers
    by, journey = _midwife_and_pregnancy(Journey, today)
    keys = [item.key for item in queries.instrument("epds").items]

    def save():
        with transaction.atomic():
            answers = {key: rng.randrange(4) for key in keys}
            draft = actions.save_draft(subject=journey.pregnancy.mother, informant_kind="mother", instrument="epds",
                                       answers=answers, answered_on=today, journey=journey, occasion="other",
                                       by=by, at=at)  # fmt: skip
            actions.sign(response=draft, version=draft.version, by=by, at=at)
            transaction.set_rollback(True)

    ours, reference = side_by_side(save, bare_statements(save))
    taken = p95(seconds(save, FORMS))
    return Row(
        "P7", f"a form saved and signed, p95 ({connection.vendor})",
        f"{taken * 1000:.0f} ms (quickest {ours * 1000:.0f})",
        f"{reference * 1000:.1f} ms", ours / reference, "<= 40 ms", taken <= 0.04,
        against="its statements to the database alone", milliseconds=taken * 1000, limit_milliseconds=40,
    )  # fmt: skip


def _midwife_and_pregnancy(journeys, today):
    """A midwife, and somebody of hers who is pregnant."""
    from fotspor.access.queries import decision_for
    from fotspor.access.rules import Part, Purpose
    from fotspor.kit import clock
    from fotspor.services.models import Membership
    from fotspor.services.queries import viewer_for

    expecting = list(
        journeys.objects.open().filter(child=None).select_related("pregnancy__mother").order_by("pk")[:200]
    )
    for post in Membership.objects.in_force(today).filter(role="midwife").select_related("staff"):
        viewer = viewer_for(staff=post.staff, membership_key=post.key, session_key=None, on=today)
        asked = {"viewer": viewer, "purpose": Purpose.CARE, "part": Part.FORMS, "at": clock.now()}
        for journey in expecting:
            if decision_for(person_id=journey.pregnancy.mother_id, **asked).allowed:
                return viewer, journey
    raise AssertionError("no midwife follows anybody who is pregnant")


def re_plan() -> Row:
    """P8: one child planned anew, in its transaction."""
    from django.db import connection

    from fotspor.access.rules import SYSTEM
    from fotspor.kit import clock
    from fotspor.pathways.actions import plan_journey
    from fotspor.people.models import Journey

    journeys = list(Journey.objects.open()[:20])

    def ours():
        for journey in journeys:
            plan_journey(journey=journey, by=SYSTEM, at=clock.now())

    ours()
    mine, theirs = side_by_side(ours, bare_statements(ours))
    each, bare = mine / len(journeys) * 1000, theirs / len(journeys) * 1000
    return Row(
        "P8", f"one child re-planned in its transaction ({connection.vendor})", f"{each:.1f} ms", f"{bare:.1f} ms",
        mine / theirs, "<= 5 ms", each <= 5, against="its statements to the database alone", milliseconds=each,
        limit_milliseconds=5,
    )  # fmt: skip


def import_people() -> Row:
    """P10: a register file of made-up families, staged and applied, and taken back; the pace for 10,000 people."""
    from django.db import connection, transaction

    from fotspor.access.rules import SYSTEM
    from fotspor.kit import clock
    from fotspor.kit.models import new_key
    from fotspor.pathways.actions.register_import import apply_households, stage_register
    from fotspor.pathways.queries.register_imports import default_layout
    from fotspor.people.models import Person

    content, layout = _register_file(PEOPLE), default_layout()
    layout = replace(layout, file=replace(layout.file, is_complete=False))  # or everybody else is asked about
    with transaction.atomic():
        before = Person.objects.count()

        def take_in():
            said = {"by": SYSTEM, "at": clock.now()}
            source = stage_register(content=content, file_name="bench.csv", layout=layout, rows=PEOPLE, **said)
            return list(apply_households(source=source, **said))

        (ours,) = seconds(take_in, 1)
        new = list(Person.objects.order_by("-pk")[: Person.objects.count() - before])
        for person in new:  # the same rows without the number, which is one person's only
            person.pk, person.key = None, new_key()
            person.identity_number, person.identity_index, person.identity_kind = None, None, ""
        (theirs,) = seconds(lambda: Person.objects.bulk_create(new, batch_size=500), 1)
        transaction.set_rollback(True)
    pace, memory = ours / len(new) * 10_000, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
    return Row(
        "P10",
        f"10,000 people at the pace of {len(new)} ({connection.vendor}), {memory:.0f} MB",
        f"{pace:.0f} s",
        f"{theirs / len(new) * 10_000:.1f} s",
        ours / theirs,
        "<= 15 s",
        pace <= 15,
        against="the same people by `bulk_create` alone",
    )


def _unused(born_on: date, after: int = 0) -> str:
    """A made-up number that nobody here has; `after` so many others of the file with the same birthday."""
    from fotspor.kit.encryption import blind_index
    from fotspor.kit.identifiers import synthetic_numbers
    from fotspor.people.models import Person

    free = (
        number
        for number in synthetic_numbers(born_on)
        if not Person.objects.filter(identity_index=blind_index(number)).exists()
    )
    return next(islice(free, after, None))


def _register_file(people: int) -> bytes:
    """A file with mothers and children whom the municipality does not know, half of each."""
    import csv
    import io
    from datetime import timedelta

    from fotspor.kit import clock
    from fotspor.pathways.queries.register_imports import default_layout
    from fotspor.services.models import District

    layout, today = default_layout(), clock.today()
    heads = {**layout.columns, **layout.optional_columns}
    codes = list(District.objects.order_by("code").values_list("code", flat=True)[:50])
    stream = io.StringIO()
    writer = csv.DictWriter(stream, fieldnames=list(heads.values()), delimiter=layout.file.delimiter, restval="")
    writer.writeheader()
    for number in range(people // 2):
        round_, day = divmod(number, BIRTHDAYS)
        mother_born, child_born = date(1985, 1, 1) + timedelta(days=number), today - timedelta(days=30 + day * 5)
        mother, child = _unused(mother_born), _unused(child_born, round_)
        home = {"family_name": "Målt", "street": f"Prøveveien {number}", "postcode": "0001", "city": "Øving",
                "district": codes[number % len(codes)], "status": "bosatt", "protection": "ugradert"}  # fmt: skip
        rows = (
            {"identity_number": mother, "given_name": "Mor", "born_on": mother_born.isoformat(), "sex": "K"},
            {"identity_number": child, "given_name": "Barn", "born_on": child_born.isoformat(), "sex": "M",
             "guardian_1_number": mother, "guardian_1_kind": "mor", "birth_order": "1", "custody": "mor"},
        )  # fmt: skip
        for row in rows:
            writer.writerow({heads[name]: value for name, value in (home | row).items()})
    return stream.getvalue().encode()
