"""Which families there are: who they are, when they expect, how they live. Decided by the seed, before any record.

A family's latent strain `z` is drawn once and bends everything else a little: answers, who comes and who does not.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from random import Random

from fotspor.kit.dates import add_months
from fotspor.simulation.demo import SIZES, DemoDistrict, Size, demo
from fotspor.simulation.people import NORWEGIAN, OTHERS, SAMI, Made, Numbers, grown_up, made, streets, tongue
from fotspor.simulation.stories import STORIES, Story

KNOWN_WEEKS = (7, 11)  # in which weeks of pregnancy the midwife first meets her
TERM = 280
NEWCOMERS_EVERY_DAYS = 5  # after the build: one more pregnancy that often


@dataclass(frozen=True, slots=True)
class Child:
    """One child that is born, or is to be."""

    sex: str
    given_name: str
    number: str


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
    story: Story | None = None

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
    def has_unknown_place(self) -> bool:
        return self.lets_slip("unheld")


def families(*, seed: int, size: str, built_on: date, until: date) -> Iterator[Family]:
    """Which families are there by `until`, in the order in which they were thought up?"""
    plan, numbers = SIZES[size], Numbers()
    places = {d.code: streets(d.streets) for d in demo().districts}
    started_on = built_on - timedelta(days=plan.in_use_days)
    for index, (story, due_on) in enumerate(_dates(Random(f"{seed}:dates"), plan, built_on, until)):
        yield _family(index, seed, plan, story, due_on, started_on, places, numbers)


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
    mother_born = add_months(due_on, -12 * 16 - 5) if story and story.name == "minor" else grown_up(random, due_on)
    mother = made(random, born_on=mother_born, sex="female", named=named, number=numbers.next(mother_born))
    if story and story.mother:
        mother = _renamed(mother, *story.mother.split())
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
    return Family(
        index=index,
        seed=seed,
        district=where.code,
        postcode=where.postcode,
        street=next(places[where.code]),
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
    named = NORWEGIAN if mother.languages == ("no",) else _named_as(mother)
    sex = "female" if co_mother else "male"
    other = made(random, born_on=born_on, sex=sex, named=named, number=numbers.next(born_on))
    return other, "co_mother" if co_mother else "father"


def _named_as(mother: Made):
    return next((t for t in (SAMI, *OTHERS) if t.languages == mother.languages), NORWEGIAN)


def _renamed(person: Made, given_name: str, family_name: str) -> Made:
    return Made(
        given_name=given_name,
        family_name=family_name,
        born_on=person.born_on,
        sex=person.sex,
        number=person.number,
        languages=person.languages,
        interpreter=person.interpreter,
    )


def _children(random: Random, mother: Made, born_on: date, story: Story | None, numbers: Numbers) -> Iterable[Child]:
    how_many = 2 if (story and story.name == "twins") or (story is None and random.random() < 0.012) else 1
    named = _named_as(mother)
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
