"""What a seal of the log is made of, and what differs from it. Plain Python: lines come in as values."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

WIDTH = 16  # bytes of digest kept for each line


@dataclass(frozen=True, slots=True)
class Seal:
    """A stretch of the log as it was sealed."""

    number: int
    first: int
    last: int
    gaps: tuple[tuple[int, int], ...]
    lines: bytes
    previous: str
    digest: str


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was sealed: «changed», «removed», «inserted» with a line, or «seal» with none."""

    kind: str
    seal: int
    line: int | None = None


def line_digest(line: Mapping[str, Any]) -> bytes:
    """What shows that a line is unchanged? Every column counts. Shape: 16 bytes."""
    text = json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).digest()[:WIDTH]


def gaps_in(ids: Sequence[int], first: int) -> tuple[tuple[int, int], ...]:
    """Which numbers from `first` on does no line have? Shape: (from, to) pairs, both included; ids ascending."""
    found, expected = [], first
    for number in ids:
        if number > expected:
            found.append((expected, number - 1))
        expected = number + 1
    return tuple(found)


def seal_digest(
    *, number: int, first: int, last: int, gaps: Iterable[Sequence[int]], lines: bytes, previous: str
) -> str:
    """What holds a seal together with the one before it?"""
    head = json.dumps([number, first, last, [list(gap) for gap in gaps], previous], separators=(",", ":"))
    return hashlib.sha256(head.encode() + lines).hexdigest()


def sealed_ids(seal: Seal) -> list[int]:
    """Which lines stood in this stretch?"""
    inside = {number for start, end in seal.gaps for number in range(start, end + 1)}
    return [number for number in range(seal.first, seal.last + 1) if number not in inside]


def differences(seal: Seal, *, previous: str, found: Mapping[int, bytes]) -> list[Finding]:
    """What differs between a seal and the lines that stand in its stretch now?

    Shape   `found` is line number: digest; `previous` the digest of the seal before as it was worked out.
    """
    expected = sealed_ids(seal)
    own = seal_digest(number=seal.number, first=seal.first, last=seal.last, gaps=seal.gaps, lines=seal.lines,
                      previous=seal.previous)  # fmt: skip
    if own != seal.digest or previous != seal.previous or len(seal.lines) != WIDTH * len(expected):
        return [Finding("seal", seal.number)]
    was = {line: seal.lines[n * WIDTH : (n + 1) * WIDTH] for n, line in enumerate(expected)}
    findings = [Finding("removed", seal.number, line) for line in expected if line not in found]
    findings += [Finding("inserted", seal.number, line) for line in found if line not in was]
    findings += [Finding("changed", seal.number, line) for line in found if line in was and found[line] != was[line]]
    return sorted(findings, key=lambda finding: finding.line or 0)
