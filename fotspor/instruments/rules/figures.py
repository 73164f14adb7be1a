"""Counts that may be shown to those who may see no person."""

from collections.abc import Sequence

FEWEST = 5


def suppressed(counts: Sequence[int]) -> tuple[int | None, ...]:
    """Which of these counts may be shown beside their sum? None: hidden.

    Shape   counts under 5 are hidden. Is only one hidden, the smallest of the others is too, or the sum would tell.
            A sum under 5 hides everything.
    """
    if sum(counts) < FEWEST:
        return tuple(None for _ in counts)
    hidden = {i for i, count in enumerate(counts) if count < FEWEST}
    if len(hidden) == 1 and len(counts) > 1:
        hidden.add(min((i for i in range(len(counts)) if i not in hidden), key=lambda i: counts[i]))
    return tuple(None if i in hidden else count for i, count in enumerate(counts))
