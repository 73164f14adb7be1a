"""Sealing the log: in batches, of lines old enough that no transaction can still be writing among them."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Max

from fotspor.access.models import AuditEvent, AuditSeal
from fotspor.access.queries.seals import digests
from fotspor.access.rules import seals

OLD_ENOUGH = timedelta(minutes=1)
GAP_IS_LEFT = timedelta(minutes=10)  # a number nobody has used by then, nobody will: its transaction was taken back
BATCH = 10_000
ONE_AT_A_TIME = 0x666F7473  # any number of our own: PostgreSQL's name for «somebody is sealing»


@transaction.atomic
def seal_log(*, at: datetime) -> AuditSeal | None:
    """Seal the next stretch of the log; None when there is nothing old enough. Call until None.

    Two at once make one seal: the second waits, and goes on from there.
    """
    if connection.vendor == "postgresql":  # no cover: SQLite, where coverage is measured, has one writer as it is
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    before = AuditSeal.objects.order_by("-number").first()
    first = before.last + 1 if before else AuditEvent.objects.order_by("pk").values_list("pk", flat=True).first()
    if first is None:
        return None
    found = digests(_ripe(first, at))
    if not found:
        return None
    ids = list(found)
    lines, gaps = b"".join(found.values()), seals.gaps_in(ids, first)
    head = {"number": before.number + 1 if before else 1, "first": first, "last": ids[-1], "gaps": gaps, "lines": lines,
            "previous": before.digest if before else ""}  # fmt: skip
    return AuditSeal.objects.create(**head, digest=seals.seal_digest(**head), count=len(ids), at=at)


def _newest_settled(at: datetime) -> int:
    """Up to which line is everything older than a gap is left open, by the clock as it stands now?"""
    return AuditEvent.objects.filter(at__lte=at - GAP_IS_LEFT).aggregate(last=Max("pk"))["last"] or 0


def _ripe(first: int, at: datetime):
    """Lines from a number on, up to one that is too young, or a young gap that may still be filled."""
    rows = AuditEvent.objects.filter(pk__gte=first).order_by("pk")[:BATCH]
    ripe, expected, settled = [], first, None
    for row in rows:
        if row.at > at + GAP_IS_LEFT:  # written while the clock was ahead: as old as what has been written since
            settled = _newest_settled(at) if settled is None else settled
            if row.pk > settled:
                break
        elif row.at > at - OLD_ENOUGH or (row.pk > expected and row.at > at - GAP_IS_LEFT):
            break
        ripe.append(row)
        expected = row.pk + 1
    return ripe
