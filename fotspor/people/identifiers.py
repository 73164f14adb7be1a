"""National identity numbers, as people and the slices above know them. The rules stand in `kit.identifiers`."""

from fotspor.kit.identifiers import (
    BadIdentifier,
    Fault,
    Identifier,
    Kind,
    acceptable,
    example,
    make_synthetic,
    masked,
    may_be_of,
    parse,
    synthetic_numbers,
)

__all__ = [
    "BadIdentifier",
    "Fault",
    "Identifier",
    "Kind",
    "acceptable",
    "example",
    "make_synthetic",
    "masked",
    "may_be_of",
    "parse",
    "synthetic_numbers",
]
