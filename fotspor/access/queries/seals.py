"""Does the log stand as it was sealed? Worked out anew from every line."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC

from fotspor.access.models import AuditEvent, AuditSeal
from fotspor.access.rules import seals
from fotspor.access.rules.seals import Finding, Seal

COLUMNS = tuple(field.attname for field in AuditEvent._meta.concrete_fields if field.attname != "at")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check of the whole log came to."""

    seals: int
    sealed: int  # lines
    unsealed: int
    gaps: int  # numbers that no line has
    last_number: int
    last_digest: str
    findings: tuple[Finding, ...]

    @property
    def stands(self) -> bool:
        return not self.findings


def digests(events: Iterable[AuditEvent]) -> dict[int, bytes]:
    """What shows that each line is unchanged? Shape: line number: digest, in the order given."""
    return {event.pk: seals.line_digest(_plain(event)) for event in events}


def _plain(event: AuditEvent) -> dict:
    """Every column, alike on both databases."""
    values = {name: getattr(event, name) for name in COLUMNS}
    return values | {"at": event.at.astimezone(UTC).isoformat(timespec="microseconds")}


def verify(*, progress: Callable[[int], None] = lambda lines: None) -> Verdict:
    """Is every sealed line there, unchanged, and none among them that was not?"""
    findings: list[Finding] = []
    previous, number, count, gaps, last = "", 0, 0, 0, 0
    for row in AuditSeal.objects.order_by("number").iterator(chunk_size=20):
        seal = Seal(row.number, row.first, row.last, tuple(tuple(gap) for gap in row.gaps), bytes(row.lines),
                    row.previous, row.digest)  # fmt: skip
        if row.number != number + 1 or (number and row.first != last + 1):
            findings.append(Finding("seal", row.number))
        found = digests(AuditEvent.objects.filter(pk__gte=row.first, pk__lte=row.last).order_by("pk").iterator())
        findings += seals.differences(seal, previous=previous, found=found)
        previous, number, last, count = row.digest, row.number, row.last, count + row.count
        gaps += sum(end - start + 1 for start, end in row.gaps)
        progress(row.count)
    before = AuditEvent.objects.filter(pk__lt=_first_sealed()).values_list("pk", flat=True) if number else ()
    findings += [Finding("inserted", 1, line) for line in before]
    unsealed = AuditEvent.objects.filter(pk__gt=last).count()
    return Verdict(number, count, unsealed, gaps, number, previous, tuple(findings))


def _first_sealed() -> int:
    return AuditSeal.objects.order_by("number").values_list("first", flat=True)[0]


def stands_as(expected: str) -> bool:
    """Is there a seal with this number and digest, kept elsewhere as «12:9f3c...»?"""
    number, _, digest = expected.partition(":")
    return number.isdecimal() and AuditSeal.objects.filter(number=int(number), digest=digest).exists()
