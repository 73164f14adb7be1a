"""A list whole, for paper and files: asked for page by page, as the screen asks."""

from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar


class Paged(Protocol):
    """One page of a list, which knows how many there are."""

    @property
    def pages(self) -> int: ...


Page = TypeVar("Page", bound=Paged)


def every_page(ask: Callable[[int], Page]) -> Iterator[Page]:
    """Which pages has the list, from the first to the last? `ask` gives the page of a number."""
    number, last = 1, 1
    while number <= last:
        found = ask(number)
        yield found
        number, last = number + 1, found.pages
