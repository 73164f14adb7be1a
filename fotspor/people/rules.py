"""Names as they are searched and sorted, households, likely duplicates: plain Python."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from fotspor.kit.dates import add_months, age_years

# Letters that stand for two, or that no decomposition takes apart. What is left of å after decomposition is a.
FOLDED = str.maketrans(
    {"æ": "ae", "ä": "ae", "ø": "o", "ö": "o", "œ": "o", "đ": "d", "ð": "d", "ŧ": "t", "þ": "th", "ŋ": "n", "ł": "l",
     "ħ": "h", "ı": "i", "’": "", "'": "", "ʼ": "", "`": "", "´": ""}
)  # fmt: skip
WORDS = re.compile(r"[^\W_]+")
JOINED = re.compile("[-\u2010\u2011\u2013]")  # hyphens that make one name of two
SHORTEST_PART = 2

ALPHABET = "abcdefghijklmnopqrstuvwxyzæøå"
SORTED_AS = str.maketrans(
    {"ä": "æ", "ö": "ø", "œ": "ø", "ü": "y", "đ": "d", "ð": "d", "ŧ": "t", "þ": "th", "ŋ": "n", "ł": "l", "ħ": "h",
     "ı": "i", "’": "", "'": "", "ʼ": "", "`": "", "´": ""}
)  # fmt: skip
BETWEEN_NAMES, BETWEEN_WORDS = "00", "01"
DIGITS = {str(digit): f"{digit + 2:02}" for digit in range(10)}
LETTERS = {letter: f"{index:02}" for index, letter in enumerate(ALPHABET, start=12)}
OTHER_LETTER = "99"
KEY_LENGTH = 500


def fold(name: str) -> str:
    """Which key finds this name whatever way it is typed?

    Case, accents, æ/ä/ae/a, ø/ö/oe/o, å/aa/a, Sami letters and hyphens do not count. Words with one space between;
    empty when there is no letter. Folding a folded key changes nothing, and the key of a beginning is the beginning of
    the key.
    """
    return re.sub("a[ae]+", "a", _plain(name))


def _plain(text: str) -> str:
    """The text without case, accents, double vowels and signs. Addresses are known again by this: æ stays ae."""
    plain = unicodedata.normalize("NFC", text).casefold().translate(FOLDED)
    plain = unicodedata.normalize("NFKD", plain)
    plain = "".join(char for char in plain if not unicodedata.combining(char)).casefold().translate(FOLDED)
    plain = re.sub("a{2,}", "a", re.sub("oe+", "o", plain))
    return " ".join(WORDS.findall(plain))


def search_key(given_name: str, family_name: str) -> str:
    """Which key is stored for search? A space before each word, so that « an» finds a word that begins with «an»."""
    folded = fold(f"{given_name} {family_name}")
    return f" {folded}"[:KEY_LENGTH] if folded else ""


def search_tokens(text: str) -> tuple[tuple[str, ...], ...]:
    """Which parts of a key must all be found, in any order? Of each, one of several that stand for the same.

    A word finds what begins with it, and two words that it is written from: «perolav» finds «Per-Olav». The later parts
    of «Per-Olav» are found inside a word too, so that it finds «Perolav».
    """
    found = []
    for typed in text.split():
        first, *later = [word for part in JOINED.split(typed) for word in fold(part).split()] or [""]
        if first:
            found += [_written(first), *((word,) for word in later)]
    return tuple(found)


def _written(word: str) -> tuple[str, ...]:
    """A word in one, and in two with a space between. One letter alone is no name."""
    parted = range(SHORTEST_PART, len(word) - SHORTEST_PART + 1)
    return (f" {word}", *(f" {word[:at]} {word[at:]}" for at in parted))


def sort_key(given_name: str, family_name: str) -> str:
    """Where does the name stand among others in the Norwegian alphabet, family name first?

    Two digits for each letter, so that every database and collation sorts it alike: aa counts as å, ä as æ, ö as ø.
    """
    key = BETWEEN_NAMES.join(_coded(name) for name in (family_name, given_name))
    return key[:KEY_LENGTH]


def _coded(name: str) -> str:
    text = unicodedata.normalize("NFC", name).casefold().translate(SORTED_AS).replace("aa", "å")
    kept = "".join(char if char in LETTERS else unicodedata.normalize("NFKD", char).casefold() for char in text)
    words = WORDS.findall("".join(char for char in kept if char in LETTERS or not unicodedata.combining(char)))
    return BETWEEN_WORDS.join("".join(_code(char) for char in word) for word in words)


def _code(char: str) -> str:
    return LETTERS.get(char) or DIGITS.get(char) or f"{OTHER_LETTER}{ord(char):08}"


DWELLING = re.compile("[HUKL][0-9]{4}")  # the floor: main, under the ground, basement, loft; which; and the door


def dwelling_number(text: str) -> str:
    """The dwelling number as it is kept, as «H0101»; empty when there is none. Errors: ValueError."""
    number = "".join(text.split()).upper()
    if number and not DWELLING.fullmatch(number):
        raise ValueError("a dwelling number is H, U, K or L and four digits")
    return number


def household_text(street: str, postcode: str, dwelling: str = "") -> str:
    """Which text do two spellings of one address have in common? Empty without both street and postcode.

    Shape   each dwelling of a house is an address of its own, and so is the house without one.
    """
    if not street.strip() or not postcode.strip():
        return ""
    spelled = re.sub(r"(vegen|veien|veg|vei)\b", "v", _plain(street))
    spelled = re.sub(r"(gaten|gata|gate|gt)\b", "g", spelled)
    spelled = re.sub(r"([0-9]+) ([a-z])", r"\1\2", spelled)
    return "|".join(filter(None, (spelled, postcode.strip(), dwelling)))


def may_be_one_home(one: tuple[str, str, str], other: tuple[str, str, str]) -> bool:
    """May two addresses be one: street, postcode, dwelling? Whoever wrote one may have left the dwelling out."""
    text = household_text(*one[:2])
    dwellings = {one[2], other[2]} - {""}
    return bool(text) and text == household_text(*other[:2]) and len(dwellings) < 2


# --- likely duplicates -----------------------------------------------------------------------------------


class Likeness(StrEnum):
    """Why two entries may be one person. The strongest reason first."""

    SAME = "same"  # same name and birth date
    SWAPPED = "swapped"  # given and family name changed about
    ONE_LETTER = "one_letter"  # one letter off, same birth date
    DATE_CLOSE = "date_close"  # same name, day and month changed about or one digit off
    HOUSEHOLD = "household"  # same address and birth date, and one of the given names is the same or missing


@dataclass(frozen=True, slots=True)
class Named:
    """What two entries are compared by. Names are as typed; `household` is any key of the address."""

    given_name: str
    family_name: str
    born_on: date | None
    household: str = ""


def near_duplicate(one: Named, other: Named) -> Likeness | None:
    """Why may these two be the same person? None when nothing says so."""
    given, family = fold(one.given_name), fold(one.family_name)
    other_given, other_family = fold(other.given_name), fold(other.family_name)
    whole, other_whole = f"{given} {family}".strip(), f"{other_given} {other_family}".strip()
    same_date = one.born_on is not None and one.born_on == other.born_on
    if same_date and whole:
        if whole == other_whole:
            return Likeness.SAME
        if (given, family) == (other_family, other_given) or sorted(whole.split()) == sorted(other_whole.split()):
            return Likeness.SWAPPED
        if one_edit_apart(whole, other_whole):
            return Likeness.ONE_LETTER
    if whole and whole == other_whole and dates_close(one.born_on, other.born_on):
        return Likeness.DATE_CLOSE
    if same_date and one.household and one.household == other.household:
        shared = set(given.split()) & set(other_given.split())
        if shared or not given or not other_given:
            return Likeness.HOUSEHOLD
    return None


def one_edit_apart(one: str, other: str) -> bool:
    """Is one letter added, left out, changed, or changed about with its neighbour?"""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, other_rest = one[start:], other[start:]
    return (
        rest[1:] == other_rest[1:]
        or rest[1:] == other_rest
        or rest == other_rest[1:]
        or (rest[:2] == other_rest[1::-1] and len(rest) > 1 and rest[2:] == other_rest[2:])
    )


def dates_close(one: date | None, other: date | None) -> bool:
    """May one date be a slip of the pen for the other: day and month changed about, or one digit off?"""
    if one is None or other is None or one == other:
        return False
    if (one.year, one.day, one.month) == (other.year, other.month, other.day):
        return True
    return sum(a != b for a, b in zip(f"{one:%Y%m%d}", f"{other:%Y%m%d}", strict=True)) == 1


def close_dates(day: date) -> tuple[date, ...]:
    """On which dates may the same person stand? The date itself, and with day and month changed about."""
    if day.day > 12 or day.day == day.month:
        return (day,)
    return (day, date(day.year, day.day, day.month))


# --- which two may be joined ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Merging:
    """What two entries that may be one person have, before anything is moved."""

    same: bool
    related: bool  # one is the other's guardian, ward or other parent
    both_expecting: bool
    both_numbered: bool  # each has a number of the same kind


class MergeRefusal(StrEnum):
    """Why two entries cannot be joined."""

    SAME = "same"
    RELATED = "related"
    BOTH_EXPECTING = "both_expecting"
    BOTH_NUMBERED = "both_numbered"


def merge_refusal(case: Merging) -> MergeRefusal | None:
    """Why can these two not be joined? None when they can."""
    refusals: Mapping[MergeRefusal, bool] = {
        MergeRefusal.SAME: case.same,
        MergeRefusal.RELATED: case.related,
        MergeRefusal.BOTH_NUMBERED: case.both_numbered,
        MergeRefusal.BOTH_EXPECTING: case.both_expecting,
    }
    return next((refusal for refusal, holds in refusals.items() if holds), None)


# --- births ----------------------------------------------------------------------------------------------

EARLIEST_BIRTH_WEEK, LATEST_BIRTH_WEEK = 20, 45
DUE_MAY_BE_PAST_DAYS = 28
YOUNGEST_MOTHER, OLDEST_MOTHER = 11, 60  # years, both included: outside these it is the wrong person
TERM_DAYS = 280
NEWBORN_DAYS = 3  # so far may the register's birth date be from the one that the midwife writes
CORRECTED_DAYS = 31  # a birth is written at once: a wrong month, and no more
OF_AGE = 18


@dataclass(frozen=True, slots=True)
class Newborn:
    """One child as it is recorded at birth. Without a given name or number until the parents and the register say."""

    sex: str
    given_name: str = ""
    family_name: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Numbered:
    """Somebody who has the number that is given for a newborn, as far as it tells whether this is the child."""

    born_on: date | None
    has_died: bool
    is_grown: bool  # somebody's parent or guardian, or pregnant, now or before
    is_of_another: bool  # has a mother, and it is another one
    is_known: bool  # to whoever records the birth, or as this mother's child


def is_the_newborn(numbered: Numbered, born_on: date) -> bool:
    """May this be the child that was born that day, registered before the birth was recorded?"""
    if numbered.born_on is None or abs((numbered.born_on - born_on).days) > NEWBORN_DAYS:
        return False
    return numbered.is_known and not (numbered.has_died or numbered.is_grown or numbered.is_of_another)


def birth_may_be_corrected(born_on: date, ended_on: date, due_on: date) -> bool:
    """May a child whose birth ended that pregnancy be born that day instead?"""
    return abs((born_on - ended_on).days) <= CORRECTED_DAYS and birth_is_plausible(born_on, due_on)


def loss_is_plausible(ended_on: date, due_on: date, today: date) -> bool:
    """May the pregnancy have ended that day? From its first day to today, also before anybody was told of it."""
    return due_on - timedelta(days=TERM_DAYS) <= ended_on <= today


# --- parents and guardians -------------------------------------------------------------------------------


def may_have_child(born_on: date | None, child_born_on: date | None) -> bool:
    """Is somebody old enough to be the guardian of this child? As old as the youngest mother, or of unknown age."""
    return born_on is None or child_born_on is None or age_years(born_on, child_born_on) >= YOUNGEST_MOTHER


def is_of_age(born_on: date | None, on: date) -> bool:
    """Is somebody of age that day? Also when the birth date is not known."""
    return born_on is None or age_years(born_on, on) >= OF_AGE


def guardianship_may_end(until_on: date, from_on: date, child_born_on: date | None, today: date) -> bool:
    """May a guardianship be written to end that day? Not before it began; ahead, to when the child is of age."""
    is_ahead = until_on > today and child_born_on is not None
    latest = add_months(child_born_on, OF_AGE * 12) if is_ahead and child_born_on else until_on
    return from_on <= until_on <= latest


def may_be_expecting(born_on: date | None, today: date) -> bool:
    """May somebody of this age be pregnant? Also when the birth date is not known."""
    return born_on is None or YOUNGEST_MOTHER <= age_years(born_on, today) <= OLDEST_MOTHER


def due_is_plausible(due_on: date, today: date) -> bool:
    """May a pregnancy registered today have this due date? From four weeks ago to forty weeks ahead."""
    return -DUE_MAY_BE_PAST_DAYS <= (due_on - today).days <= TERM_DAYS


def birth_is_plausible(born_on: date, due_on: date) -> bool:
    """May a child with this due date be born that day? Between pregnancy week 20 and 45."""
    week = (TERM_DAYS - (due_on - born_on).days) // 7
    return EARLIEST_BIRTH_WEEK <= week <= LATEST_BIRTH_WEEK
