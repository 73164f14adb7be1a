"""National identity numbers: is it one, of which kind, and is it of a person who exists?

Plain Python. Neither sex nor birth date is ever read out of a number: numbers issued from 2032 carry neither century
nor sex, and a person keeps the number when the register corrects the date. The date digits are only checked to be one,
and at a birth to be that day.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

FIRST_WEIGHTS = (3, 7, 6, 1, 8, 9, 4, 5, 2)
SECOND_WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
# Until 2032 the weighted sum with the first control digit leaves 0; from 2032 it may leave 0 to 3. Both are in use for
# as long as people live, and nobody changes number.
REMAINDERS_FROM_2032 = frozenset({0, 1, 2, 3})
REMAINDERS_BEFORE_2032 = frozenset({0})
DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Kind(StrEnum):
    """Which register made the number. Synthetic ones name the real kind they stand for."""

    FNR = "fnr"  # fødselsnummer
    DNR = "dnr"  # D-number: +40 on the day
    HNR = "hnr"  # local H-number: +40 on the month
    FH = "fh"  # common help number: first digit 8 or 9, no date
    SYNTHETIC = "tnr"  # +80 or +65 on the month
    SYNTHETIC_DNR = "dnr-tnr"


class Fault(StrEnum):
    """What is wrong with the digits that were given."""

    LENGTH = "length"
    DATE = "date"
    CONTROL = "control"


class BadIdentifier(ValueError):
    """Not an identity number. `fault` says why; the number itself is never in the message."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Identifier:
    """One well-formed number."""

    number: str
    kind: Kind
    is_synthetic: bool


def parse(text: str) -> Identifier:
    """Which number is this? Spaces and a dash are forgiven. Errors: BadIdentifier with its fault."""
    number = "".join(text.split()).replace("-", "")
    if len(number) != 11 or not (number.isascii() and number.isdigit()):
        raise BadIdentifier(Fault.LENGTH)
    if number[0] in "89":
        if not controls_hold(number, REMAINDERS_BEFORE_2032):
            raise BadIdentifier(Fault.CONTROL)
        return Identifier(number, Kind.FH, is_synthetic=False)
    kind = _dated_kind(number)
    if not controls_hold(number, REMAINDERS_FROM_2032):
        raise BadIdentifier(Fault.CONTROL)
    return Identifier(number, kind, is_synthetic=kind in {Kind.SYNTHETIC, Kind.SYNTHETIC_DNR})


def may_be_of(number: str, day: date) -> bool:
    """May the number of somebody born that day be this one? Yes for a kind without a date, and in whatever century."""
    identifier = parse(number)
    if identifier.kind == Kind.FH:
        return True
    shifts = {Kind.HNR: (40,), Kind.SYNTHETIC: (65, 80), Kind.SYNTHETIC_DNR: (65, 80)}.get(identifier.kind, (0,))
    of_day = day.day + 40 * (identifier.kind in {Kind.DNR, Kind.SYNTHETIC_DNR})
    return identifier.number[:6] in {f"{of_day:02}{day.month + shift:02}{day.year % 100:02}" for shift in shifts}


def acceptable(identifier: Identifier, *, production: bool) -> bool:
    """May a system of this kind hold the number? Production holds no synthetic one; practice holds nothing else."""
    return identifier.is_synthetic is not production


def controls_hold(number: str, remainders: frozenset[int]) -> bool:
    """Do both control digits agree with the others, by one of the rules?"""
    digits = [int(digit) for digit in number]
    first = sum(weight * digit for weight, digit in zip(FIRST_WEIGHTS, digits, strict=False)) + digits[9]
    second = sum(weight * digit for weight, digit in zip(SECOND_WEIGHTS, digits, strict=False)) + digits[10]
    return first % 11 in remainders and second % 11 == 0


def make_synthetic(born_on: date, individual: int, *, d_number: bool = False) -> str | None:
    """Which synthetic number has this date and individual number (0 to 999)? None when a control digit would be 10."""
    day = born_on.day + (40 if d_number else 0)
    start = f"{day:02}{born_on.month + 80:02}{born_on.year % 100:02}{individual:03}"
    first = -sum(weight * int(digit) for weight, digit in zip(FIRST_WEIGHTS, start, strict=True)) % 11
    second = -sum(weight * int(digit) for weight, digit in zip(SECOND_WEIGHTS, f"{start}{first}", strict=False)) % 11
    return None if 10 in (first, second) else f"{start}{first}{second}"


def synthetic_numbers(born_on: date, *, d_number: bool = False, but_first: int = 0) -> Iterator[str]:
    """Which synthetic numbers are there for one birth date? In order, about 400 of them, as the register deals them.

    Shape   `but_first` leaves out those with the first so many individual numbers, a fifth of which make no number.
    """
    individuals = range(500, 1000) if born_on.year >= 2000 else range(500)
    for individual in individuals[but_first:]:
        number = make_synthetic(born_on, individual, d_number=d_number)
        if number is not None:
            yield number


def example(born_on: date) -> str:
    """Which number may stand as an example for somebody born that day?"""
    return next(synthetic_numbers(born_on))


def masked(number: str | None) -> str:
    """How is the number shown in a page? The last five digits stay hidden; nothing when there is none."""
    return f"{number[:6]} •••••" if number else ""


def _dated_kind(number: str) -> Kind:
    day, month, year = int(number[:2]), int(number[2:4]), int(number[4:6])
    is_d = 41 <= day <= 71
    shift = next((shift for shift in (0, 40, 65, 80) if 1 <= month - shift <= 12), None)
    if shift is None or (is_d and shift == 40) or not _is_date(day - 40 * is_d, month - shift, year):
        raise BadIdentifier(Fault.DATE)
    if shift in (65, 80):
        return Kind.SYNTHETIC_DNR if is_d else Kind.SYNTHETIC
    if shift == 40:
        return Kind.HNR
    return Kind.DNR if is_d else Kind.FNR


def _is_date(day: int, month: int, year: int) -> bool:
    # The century is not in the number, so 29 February stands in every fourth year, also in 00.
    return 1 <= day <= DAYS_IN_MONTH[month - 1] and ((day, month) != (29, 2) or year % 4 == 0)
