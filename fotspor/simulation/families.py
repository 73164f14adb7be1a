"""Which families there are: who they are, when they expect, how they live. Decided by the seed, before any record.

A family's latent strain `z` is drawn once and bends everything else a little: answers, who comes and who does not.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count
from random import Random
from typing import Any

from fotspor.kit.dates import add_months, is_working_day
from fotspor.simulation.demo import SIZES, DemoDistrict, Size, demo
from fotspor.simulation.people import NORWEGIAN, OTHERS, SAMI, Made, Numbers, Tongue, grown_up, homes, made, tongue
from fotspor.simulation.stories import MORE_STORIES, STORIES, Story

KNOWN_WEEKS = (7, 11)  # in which weeks of pregnancy the midwife first meets her
TERM = 280
NEWCOMERS_EVERY_DAYS = 5  # after the build: one more pregnancy that often
MORE_FROM = 100_000  # the index, and with it the chance, of `MORE_STORIES`
MORE_NUMBERS_FROM, MORE_HOUSES_FROM = 60, 501
ADOPTED_AT_DAYS = 120


@dataclass(frozen=True, slots=True)
class Child:
    """One child that is born, or is to be."""

    sex: str
    given_name: str
    number: str


@dataclass(frozen=True, slots=True)
class Address:
    """Where a household is registered."""

    street: str
    postcode: str
    district: str
    dwelling: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One pregnancy and what comes of it."""

    index: int
    seed: int
    district: str
    postcode: str
    street: str
    z: float
    mother: Made
    other: Made | None
    other_kind: str
    custody: str
    due_on: date
    born_on: date
    children: tuple[Child, ...]
    known_on: date  # when the municipality first hears of them
    is_known_from_register: bool
    kindergarten: str
    kindergarten_from: date
    dwelling: str = ""
    story: Story | None = None
    other_home: Address | None = None  # None: the parents live together
    adopters: tuple[Made, ...] = ()
    new_home: Address | None = None  # the adopters'

    def random(self, *what: object) -> Random:
        """Chance that depends on nothing but the seed, the family and what it is about."""
        return Random(":".join(map(str, (self.seed, self.index, *what))))

    def is_about(self, name: str) -> bool:
        return self.story is not None and self.story.name == name

    def lets_slip(self, what: str) -> bool:
        return self.story is not None and self.story.slip == what

    @property
    def protection(self) -> str:
        return self.story.name if self.story and self.story.name in ("confidential", "strict") else "none"

    @property
    def lost_on(self) -> date | None:
        """When does the pregnancy end in loss? None when it does not."""
        if self.is_about("loss"):
            return self.due_on - timedelta(days=151)
        return self.due_on - timedelta(days=12) if self.is_about("stillbirth") else None

    @property
    def ends_on(self) -> date | None:
        """When does the child die, or move away? None when neither is told."""
        if self.is_about("death"):
            return self.born_on + timedelta(days=380)
        return self.born_on + timedelta(days=485) if self.is_about("moved_out") else None

    @property
    def is_thought_up_later(self) -> bool:
        return MORE_FROM <= self.index < MORE_FROM + len(MORE_STORIES)

    @property
    def home(self) -> Address:
        return Address(self.street, self.postcode, self.district, self.dwelling)

    def home_of(self, made: Made) -> Address:
        """Where does one of the family's adults live?"""
        if made in self.adopters and self.new_home is not None:
            return self.new_home
        return self.other_home if made == self.other and self.other_home is not None else self.home

    @property
    def adopted_on(self) -> date | None:
        return self.born_on + timedelta(days=ADOPTED_AT_DAYS) if self.adopters else None

    def is_adopted(self, on: date) -> bool:
        return self.adopted_on is not None and self.adopted_on <= on

    def parents(self, on: date) -> tuple[Made, ...]:
        """Whose is the child on that day? The mother first."""
        born_to = (self.mother,) if self.other is None else (self.mother, self.other)
        return self.adopters if self.is_adopted(on) else born_to

    def day(self, from_build: int) -> date:
        """Of a scripted family: the last working day up to so many days after (before, if negative) the build."""
        assert self.story is not None
        day = self.due_on + timedelta(days=from_build - self.story.due_in)
        while not is_working_day(day):
            day -= timedelta(days=1)
        return day

    @property
    def has_unknown_place(self) -> bool:
        return self.lets_slip("unheld")


def families(*, seed: int, size: str, built_on: date, until: date) -> Iterator[Family]:
    """Which families are there by `until`, in the order in which they were thought up?"""
    plan, numbers = SIZES[size], Numbers()
    places = {d.code: homes(d.streets, d.blocks) for d in demo().districts}
    started_on = built_on - timedelta(days=plan.in_use_days)
    if plan.has_every_story:
        yield from _more(seed, plan, built_on, started_on)
    for index, (story, due_on) in enumerate(_dates(Random(f"{seed}:dates"), plan, built_on, until)):
        yield _family(index, seed, plan, story, due_on, started_on, places, numbers)


def _more(seed: int, plan: Size, built_on: date, started_on: date) -> Iterator[Family]:
    numbers = Numbers(MORE_NUMBERS_FROM)
    places = {d.code: homes(d.streets, d.blocks, MORE_HOUSES_FROM) for d in demo().districts}
    for index, story in enumerate(MORE_STORIES, start=MORE_FROM):
        due_on = built_on + timedelta(days=story.due_in)
        family = _family(index, seed, plan, story, due_on, started_on, places, numbers)
        changes: dict[str, Any] = {}
        if family.other is not None and story.other:
            changes["other"] = _named(family.other, story.other)
        if story.other_lives_in is not None:
            changes["other_home"] = _address(demo().districts[story.other_lives_in % plan.districts], places)
        if story.adopters:
            changes["adopters"] = tuple(_adopters(family, numbers))
            changes["new_home"] = _address(_district(family.random("home"), plan, story), places)
        yield replace(family, **changes)


def _address(where: DemoDistrict, places) -> Address:
    street, dwelling = next(places[where.code])
    return Address(street, where.postcode, where.code, dwelling)


def _adopters(family: Family, numbers: Numbers) -> Iterator[Made]:
    assert family.story is not None
    for name, sex in zip(family.story.adopters, ("female", "male"), strict=True):
        random = family.random("adopter", sex)
        born_on = grown_up(random, family.born_on)
        made_up = made(random, born_on=born_on, sex=sex, named=NORWEGIAN, number=numbers.next(born_on))
        yield _named(made_up, name)


def _dates(random: Random, plan: Size, built_on: date, until: date) -> Iterator[tuple[Story | None, date]]:
    stories = [story for story in STORIES if plan.has_every_story or story.is_in_tiny]
    for story in stories:
        yield story, built_on + timedelta(days=story.due_in)
    for _ in range(plan.pregnant):
        yield None, built_on + timedelta(days=random.randrange(6, 215))
    for how_many, from_months, to_months in (
        (plan.infants, 0, 24),
        (plan.toddlers, 24, 48),
        (plan.preschoolers, 48, 78),
    ):
        for _ in range(how_many):
            days = random.randrange(from_months * 30 + 1, to_months * 30)
            yield None, built_on - timedelta(days=days)
    every = NEWCOMERS_EVERY_DAYS if plan.has_every_story else NEWCOMERS_EVERY_DAYS * 6
    for number in count(1):
        due_on = built_on + timedelta(days=214 + number * every)
        if due_on - timedelta(days=200) > until:
            return
        yield None, due_on


def _family(index, seed, plan: Size, story: Story | None, due_on: date, started_on: date, places, numbers) -> Family:
    random = Random(f"{seed}:{index}")
    where = _district(random, plan, story)
    z = random.gauss(0, 1)
    named = _tongue(random, story)
    born_on = due_on if story else due_on + timedelta(days=_days_off_term(random))
    mother = _mother(random, due_on, story, named, numbers)
    other, kind = _other(random, mother, due_on, story, numbers)
    known_on = due_on - timedelta(days=TERM - 7 * random.randint(*KNOWN_WEEKS))
    if story and story.is_pilot:
        started_on = known_on
    from_register = born_on < started_on or bool(story and story.moved_in_days)
    if from_register:
        known_on = started_on
    if story and story.moved_in_days:
        known_on = due_on + timedelta(days=-story.due_in - story.moved_in_days)
    begins = add_months(born_on, random.randint(11, 19))
    goes = random.random() * 100 < demo().calibration.kindergarten_percent
    street, dwelling = next(places[where.code])
    return Family(
        index=index,
        seed=seed,
        district=where.code,
        postcode=where.postcode,
        street=street,
        dwelling=dwelling,
        z=z,
        mother=mother,
        other=other,
        other_kind=kind,
        custody="joint" if other else "mother",
        due_on=due_on,
        born_on=born_on,
        children=tuple(_children(random, mother, born_on, story, numbers)),
        known_on=max(known_on, started_on),
        is_known_from_register=from_register,
        kindergarten=random.choice(where.kindergartens) if goes else "",
        kindergarten_from=begins,
        story=story,
    )


def _mother(random: Random, due_on: date, story: Story | None, named: Tongue, numbers: Numbers) -> Made:
    born_on = add_months(due_on, -12 * 16 - 5) if story and story.name == "minor" else grown_up(random, due_on)
    mother = made(random, born_on=born_on, sex="female", named=named, number=numbers.next(born_on))
    return _named(mother, story.mother) if story and story.mother else mother


def _district(random: Random, plan: Size, story: Story | None) -> DemoDistrict:
    districts = demo().districts[: plan.districts]
    if story is not None:
        return districts[story.district % len(districts)]
    return random.choices(districts, weights=[d.percent for d in districts])[0]


def _tongue(random: Random, story: Story | None):
    drawn = tongue(random, demo().calibration.minority_language_percent)
    if story is None:
        return drawn
    return {"sami": SAMI, "arabic": OTHERS[1]}.get(story.named, NORWEGIAN)


def _days_off_term(random: Random) -> int:
    if random.random() < 0.055:  # born before week 37
        return -random.randint(22, 60)
    return max(-20, min(13, round(random.gauss(0, 8))))


def _other(
    random: Random, mother: Made, due_on: date, story: Story | None, numbers: Numbers
) -> tuple[Made | None, str]:
    alone = random.random() * 100 > demo().calibration.other_parent_percent
    co_mother = random.random() < 0.02
    if story and story.name in ("minor", "strict"):
        return None, "father"
    if story and story.name == "co_mother":
        alone, co_mother = False, True
    if alone and story is None:
        return None, "father"
    born_on = grown_up(random, due_on, oldest=48)
    named = NORWEGIAN if mother.languages == ("no",) else named_as(mother)
    sex = "female" if co_mother else "male"
    other = made(random, born_on=born_on, sex=sex, named=named, number=numbers.next(born_on))
    return other, "co_mother" if co_mother else "father"


def named_as(mother: Made) -> Tongue:
    """How is her family named?"""
    return next((t for t in (SAMI, *OTHERS) if t.languages == mother.languages), NORWEGIAN)


def _named(person: Made, name: str) -> Made:
    given_name, family_name = name.split()
    return replace(person, given_name=given_name, family_name=family_name)


def _children(random: Random, mother: Made, born_on: date, story: Story | None, numbers: Numbers) -> Iterable[Child]:
    how_many = 2 if (story and story.name == "twins") or (story is None and random.random() < 0.012) else 1
    named = named_as(mother)
    for place in range(how_many):
        sex = random.choice(("female", "male"))
        child = made(random, born_on=born_on, sex=sex, named=named, family_name=mother.family_name, number="")
        given_name = story.child if story and story.child and place == 0 else child.given_name
        is_nameless = story is not None and (story.name == "unnamed" or story.slip == "no_number")
        yield Child(
            sex=sex,
            given_name="" if is_nameless else given_name,
            number="" if is_nameless else numbers.next(born_on),
        )
