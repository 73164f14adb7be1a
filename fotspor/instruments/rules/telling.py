"""Does a text tell that a form was answered, or of what? Data says which words do. No database."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from fotspor.instruments.rules.instruments import STRICT
from fotspor.kit.definitions import Byline


@dataclass(frozen=True, slots=True)
class Telling:
    """The words of one instrument that tell of it, in every language somebody writes in here."""

    __pydantic_config__ = STRICT

    instrument: str
    names: tuple[str, ...]  # of the form
    words: tuple[str, ...]  # of what it asks about, and of where a sum lies
    byline: Byline

    def __post_init__(self) -> None:
        for stem in (*self.names, *self.words):
            try:
                re.compile(stem)
            except re.error as error:
                raise ValueError(f"{self.instrument}: «{stem}» is no expression: {error}") from error


@cache
def _pattern(stems: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(stems)})\w*", re.IGNORECASE)


def told_by(text: str, lists: Iterable[Telling], *, may_be_named: frozenset[str] = frozenset()) -> str:
    """Which word in the text tells of a form? Empty when none does.

    Shape   `may_be_named`: the instruments whose name may stand there; what they ask about may not all the same.
    """
    flat = " ".join(text.split())
    for each in lists:
        stems = each.words if each.instrument in may_be_named else (*each.names, *each.words)
        if found := _pattern(stems).search(flat):
            return found.group()
    return ""
