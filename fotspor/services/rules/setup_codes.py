"""The code that opens the first page of a new installation. Plain Python, no clock, no chance of its own."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

LETTERS: Final = "ABCDEFGHJKMNPQRTWXYZ"  # none that looks like another, or like a digit
GROUPS: Final = 4
IN_A_GROUP: Final = 4
VALID: Final = timedelta(hours=24)
MOST_WRONG: Final = 10
WRONG_RATE: Final = {"wrong": "5/300s/ip"}  # from one address; the code itself has an end as well


def new_code(pick: Callable[[str], str]) -> str:
    """Which code is it, when `pick` chooses one letter of those it is given?"""
    return "-".join("".join(pick(LETTERS) for _ in range(IN_A_GROUP)) for _ in range(GROUPS))


def letters_of(typed: str) -> str:
    """Which letters were meant? Spaces, dashes and small letters are forgiven."""
    return "".join(letter for letter in typed.upper() if letter.isalpha())


def made_after(at: datetime) -> datetime:
    """After which instant must a code have been made to be of use now?"""
    return at - VALID


def is_worn(wrong_tries: int) -> bool:
    """Have there been so many wrong tries that the code is void?"""
    return wrong_tries >= MOST_WRONG
