"""Is a password more than words that anybody here would guess? Plain Python."""

import re
from collections.abc import Iterable

REST = 8  # so many letters must be left when our own words are taken away
SHORTEST = 4  # shorter words are part of others
# What anybody would try first in a place like this. Names of the municipality's own units and districts come beside.
OUR_WORDS = frozenset({
    "fotspor", "kommune", "kommunen", "kommunens", "bydel", "helsestasjon", "helsestasjonen", "skolehelsetjenesten",
    "skulehelsetenesta", "barnehage", "barnehagen", "jordmor", "jordmødre", "helsesykepleier", "helsesjukepleiar",
    "helsesøster", "barn", "epds", "passord", "passordet", "password", "velkommen", "welcome", "qwerty", "sommer",
    "sommar", "vinter", "vår", "høst", "haust", "januar", "februar", "mars", "april", "juni", "juli", "august",
    "september", "oktober", "november", "desember", "mandag", "måndag", "tirsdag", "tysdag", "onsdag", "torsdag",
    "fredag", "lørdag", "laurdag", "søndag",
})  # fmt: skip


def words_of(names: Iterable[str]) -> frozenset[str]:
    """Which words are in these names? In small letters, without the shortest."""
    return frozenset(word for name in names for word in re.findall(r"\w+", name.lower()) if len(word) >= SHORTEST)


def is_made_of(password: str, words: Iterable[str]) -> bool:
    """Is it little else than these words, with numbers and signs between them?"""
    left = password.lower()
    for word in sorted(words, key=lambda word: (-len(word), word)):
        left = left.replace(word, " ")
    return sum(letter.isalpha() for letter in left) < REST and left != password.lower()
