"""Fill a municipality up to its real number of children: some hundred lives are lived, and pressed into the others.

See docs/adr/0016-lives-are-pressed.md for why, and `pressing` for how.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import chain, cycle, islice
from random import Random
from time import perf_counter, process_time

from django.db import transaction

from fotspor.people import identifiers
from fotspor.services.models import Staff
from fotspor.simulation.demo import SIZES, demo
from fotspor.simulation.districts import Here, districts, employees, move, named, open_district
from fotspor.simulation.families import Child, Family, named_as
from fotspor.simulation.lives import lives, tables_of_lives
from fotspor.simulation.models import Build
from fotspor.simulation.people import Made, grown_up, homes, made
from fotspor.simulation.population import AGES, Place, places
from fotspor.simulation.pressing import CannotPress, Move, Pattern, Press

LIVED_HAVE, HOUSES_FROM = 120, 1001  # the numbers and houses before are for the families that are lived
BLOCK = 200  # lives written together
EXPECTED_SHARE = 209 / 365  # of a year's births: those due within the days for which pregnant families are made
OLDEST_FATHER = 48
TURNS = 12  # so many sets of colleagues are asked before somebody is booked twice

Progress = Callable[[int], None]


class NumbersRunOut(LookupError):
    """Everybody who can be born that day has been."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What was pressed, and how quickly."""

    patterns: int
    lives: int
    rows: int
    seconds: float
    processor_seconds: float  # fewer when the machine does other things besides


def is_filled(size: str) -> bool:
    """Is a municipality of this size filled up by pressing?"""
    return bool(SIZES[size].population)


def steps_to_fill(size: str) -> int:
    """How many steps will `progress` be told of? One for each place that opens, and for each child."""
    found = places(SIZES[size].population) if is_filled(size) else ()
    return sum(1 + place.total + _expected(place) for place in found)


def open_districts(size: str, *, on: date, at: datetime, progress: Progress | None = None) -> None:
    """The units and staff of every place, before anybody lives there."""
    names = employees()
    for place in places(SIZES[size].population):
        with transaction.atomic():
            open_district(place, names, on=on, at=at)
        if progress is not None:
            progress(1)


def fill_up(made_up: Build, cast: Iterable[Family], *, today: date, progress: Progress | None = None) -> Filled:
    """Press the lives of those in the cast who are nobody in particular, until every place has its children."""
    began, worked = perf_counter(), process_time()
    there = districts(on=today)
    cast = [family for family in cast if family.story is None and family.known_on <= today]
    patterns = patterns_of(cast, there)
    press, diaries, count = Press(tables_of_lives()), Diaries(there, made_up.seed), 0
    everybody = _everybody(made_up, patterns, today)
    while block := list(islice(everybody, BLOCK)):
        with transaction.atomic():
            for pattern, family in block:
                press.press(pattern, family, diaries.move(pattern, family))
            press.write()
        count += len(block)
        if progress is not None:
            progress(sum(max(1, pattern.children) for pattern, _family in block))
    return Filled(len(patterns), count, press.written, perf_counter() - began, process_time() - worked)


def patterns_of(cast: Iterable[Family], there: Mapping[str, Here]) -> list[Pattern]:
    """The lives that can be pressed. What was made into one is let go at once."""
    found = []
    for life in lives(cast):
        try:
            found.append(Pattern(life, named(there[life.family.district])))
        except CannotPress:
            continue
    return found


class Diaries:
    """Gives each family colleagues who are free at the times that its life has booked, when there are any."""

    def __init__(self, there: Mapping[str, Here], seed: int) -> None:
        self._there, self._random = there, Random(f"{seed}:diaries")
        self._taken: set[tuple[int | None, date | None, time | None]] = set()

    def move(self, pattern: Pattern, family: Family) -> Move:
        there, here = self._there[pattern.family.district], self._there[family.district]
        for _ in range(TURNS):
            found = move(there, here, self._random.randrange(1_000_000))
            times = {(found.ids.get((Staff, who), who), on, at) for who, on, at in pattern.booked}
            if not times & self._taken:
                break
        self._taken |= times
        return found


# --- who is to live where --------------------------------------------------------------------------------------


def _everybody(made_up: Build, patterns: Iterable[Pattern], today: date) -> Iterator[tuple[Pattern, Family]]:
    """Place by place and year by year, who is missing: which life, and whose."""
    by_age: dict[int | None, list[Pattern]] = defaultdict(list)
    for pattern in patterns:
        by_age[_age(pattern, today)].append(pattern)
    lived = Counter()
    for age, each in by_age.items():
        for pattern in each:
            lived[(pattern.family.district, age)] += max(1, pattern.children)
    newcomers = Newcomers(made_up.seed)
    random = Random(f"{made_up.seed}:pressed")
    for number, place in enumerate(places(SIZES[made_up.size].population)):
        wanted = [*zip(AGES, place.children, strict=True), (None, _expected(place))]
        for age, count in wanted:
            random.shuffle(by_age[age])
            missing = count - lived[(place.district, age)]
            yield from _missing(by_age[age], missing, lambda pattern, i=number, p=place: newcomers.like(pattern, p, i))


def _missing(
    patterns: list[Pattern], count: int, like: Callable[[Pattern], Family]
) -> Iterator[tuple[Pattern, Family]]:
    if count > 0 and not any(pattern.children < 2 for pattern in patterns):
        raise CannotPress("Nobody of that age was lived whose life can be pressed: make more families.")
    skipped = 0
    for pattern in cycle(patterns):
        if count <= 0:
            return
        if pattern.children > count:
            continue
        try:
            family = like(pattern)
        except NumbersRunOut:
            skipped += 1
            if skipped > len(patterns):
                raise
            continue
        skipped = 0
        count -= max(1, pattern.children)
        yield pattern, family


def _age(pattern: Pattern, today: date) -> int | None:
    """In whole years; None before there is a child."""
    born_on = pattern.family.born_on
    if not pattern.children:
        return None
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))


def _expected(place: Place) -> int:
    return round(place.children[0] * EXPECTED_SHARE)


class Newcomers:
    """Makes up who they are: other people at other addresses, with the same dates and the same languages."""

    def __init__(self, seed: int) -> None:
        self._random = Random(f"{seed}:newcomers")
        self._numbers: dict[date, Iterator[str]] = {}
        self._homes = [homes(each.streets, each.blocks, HOUSES_FROM) for each in demo().districts]

    def like(self, pattern: Pattern, place: Place, number: int) -> Family:
        """A family that lives that life in this place."""
        one = pattern.family
        children = [child.number and self._number(one.born_on) for child in one.children[: pattern.children]]
        mother = self._adult(one.mother, one, 41)
        other = self._adult(one.other, one, OLDEST_FATHER) if one.other is not None else None
        where = number % len(self._homes)
        street, dwelling = next(self._homes[where])
        return replace(
            one,
            district=place.district,
            postcode=demo().districts[where].postcode,
            street=street,
            dwelling=dwelling,
            mother=mother,
            other=other,
            children=tuple(
                Child(child.sex, self._random.choice(named_as(one.mother).qualities), number)
                for child, number in zip(one.children, children, strict=False)
            ),
        )

    def _adult(self, like: Made, family: Family, oldest: int) -> Made:
        while True:
            born_on = grown_up(self._random, family.due_on, oldest=oldest)
            try:
                number = self._number(born_on)
            except NumbersRunOut:
                continue
            return made(self._random, born_on=born_on, sex=like.sex, named=named_as(like), number=number)

    def _number(self, born_on: date) -> str:
        if born_on not in self._numbers:
            ordinary = identifiers.synthetic_numbers(born_on, but_first=LIVED_HAVE)
            self._numbers[born_on] = chain(ordinary, identifiers.synthetic_numbers(born_on, d_number=True))
        number = next(self._numbers[born_on], None)
        if number is None:
            raise NumbersRunOut(born_on)
        return number
