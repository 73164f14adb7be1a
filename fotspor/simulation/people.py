"""Made-up people. Every name says so, every number has 80 added to its month, every street leads nowhere."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, islice
from random import Random

from fotspor.access.rules import SYSTEM
from fotspor.kit.clock import now
from fotspor.people import identifiers
from fotspor.people.actions import register_person
from fotspor.people.models import Person
from fotspor.people.queries import find_by_number

QUALITIES = (
    "Varm", "Munter", "Stille", "Rask", "Glad", "Blid", "Trygg", "Lun", "Kvikk", "Frisk", "Våken", "Modig",
    "Snill", "Sterk", "Klok", "Lita", "Fin", "Mild", "Lys", "Rolig", "Sprudlende", "Nysgjerrig", "Leken",
    "Stolt", "Myk", "Ærlig", "Øm", "Åpen", "Solrik", "Tapper", "Søt", "Kjapp", "Lett", "God", "Staut",
    "Blank", "Fornøyd", "Sindig", "Ivrig", "Vâr",
)  # fmt: skip
PLANTS = (
    "Lyng", "Rogn", "Selje", "Hassel", "Osp", "Furu", "Einer", "Bjørk", "Mose", "Vier", "Lønn", "Barlind",
    "Gran", "Ask", "Alm", "Eik", "Older", "Hegg", "Or", "Pil", "Bregne", "Tindved", "Krekling", "Molte",
    "Røsslyng", "Blåveis", "Syrin", "Kornell", "Lind", "Bøk", "Asal", "Svartor", "Nype", "Marikåpe",
    "Åkerbær", "Østersurt", "Ærenpris",
)  # fmt: skip


FLATS = ("H0101", "H0102", "H0201", "H0202")  # of each house in a street of blocks


@dataclass(frozen=True, slots=True)
class Tongue:
    """A way of naming, with the language that is spoken at home and whether an interpreter is needed."""

    qualities: tuple[str, ...]
    plants: tuple[str, ...]
    languages: tuple[str, ...]
    interpreter: str = ""


NORWEGIAN = Tongue(QUALITIES, PLANTS, ("no",))
SAMI = Tongue(("Čáppa", "Šiella", "Ánte", "Ŋiŋŋelas"), ("Soahki", "Geađgi", "Lieđđi", "Skierri"), ("se", "no"))
# Few of each, so that they are recognised; every one says a quality and a plant in its own script.
OTHERS = (
    Tongue(("Тепла", "Світла", "Добра"), ("Верба", "Калина", "Вишня"), ("uk",), "uk"),
    Tongue(("دافئة", "سعيد", "هادئة"), ("زيتون", "ياسمين", "نخيل"), ("ar",), "ar"),
    Tongue(("ምቅርቲ", "ሕጉስ"), ("ዳዕሮ", "ሽበት"), ("ti",), "ti"),
    Tongue(("Miła", "Cicha", "Żywa"), ("Brzoza", "Jarzębina", "Świerk"), ("pl", "no")),
    Tongue(("Diirran", "Faraxsan"), ("Geed", "Ubax"), ("so",), "so"),
)


@dataclass(frozen=True, slots=True)
class Made:
    """One made-up person, before the records know her."""

    given_name: str
    family_name: str
    born_on: date
    sex: str
    number: str
    languages: tuple[str, ...] = ("no",)
    interpreter: str = ""

    @property
    def name(self) -> str:
        return f"{self.given_name} {self.family_name}"


def tongue(random: Random, minority_percent: float) -> Tongue:
    """How is this family named?"""
    share = random.random() * 100
    if share < minority_percent:
        return random.choice(OTHERS)
    return SAMI if share < minority_percent + 3 else NORWEGIAN


def made(random: Random, *, born_on: date, sex: str, named: Tongue, family_name: str = "", number: str) -> Made:
    """One person with a name of that kind; children carry the family's."""
    return Made(
        given_name=random.choice(named.qualities),
        family_name=family_name or random.choice(named.plants),
        born_on=born_on,
        sex=sex,
        number=number,
        languages=named.languages,
        interpreter=named.interpreter,
    )


def number_for(born_on: date, place: int) -> str:
    """Which synthetic number has the person who is born that day as number `place`? Counted from 0."""
    return next(islice(identifiers.synthetic_numbers(born_on), place, None))


class Numbers:
    """Deals numbers so that nobody gets one twice, from the day's number `first` on."""

    def __init__(self, first: int = 0) -> None:
        self._first = first
        self._dealt: dict[date, int] = {}

    def next(self, born_on: date) -> str:
        place = self._dealt.get(born_on, self._first)
        self._dealt[born_on] = place + 1
        return number_for(born_on, place)


def grown_up(random: Random, on: date, *, youngest: int = 20, oldest: int = 41) -> date:
    """When is somebody born who has a child on that day?"""
    return on - timedelta(days=int(365.25 * min(oldest, max(youngest, random.gauss(31, 5)))) + random.randrange(365))


def homes(names: tuple[str, ...], blocks: tuple[str, ...] = (), first: int = 1) -> Iterator[tuple[str, str]]:
    """Addresses along made-up streets, one household each: the house, and in a street of blocks the flat."""
    for number in count(first):
        for street in names:
            house, flat = divmod(number - 1, len(FLATS))
            yield (f"{street} {house + 1}", FLATS[flat]) if street in blocks else (f"{street} {number}", "")


def mother_for_study_id(study_id: str) -> Person:
    """Which made-up mother stands for a study's participant? One for each, and the same one every time.

    Named by SUBJECT_FOR_STUDY_ID in the settings, outside production only: no real person gets such a form.
    """
    random = Random(f"study:{study_id}")
    born_on = date(1985, 1, 1) + timedelta(days=random.randrange(5500))
    for number in identifiers.synthetic_numbers(born_on):
        person = find_by_number(number)
        if person is None:
            named = made(random, born_on=born_on, sex="female", named=NORWEGIAN, family_name=study_id, number=number)
            return register_person(
                given_name=named.given_name,
                family_name=study_id,
                born_on=born_on,
                sex="female",
                number=number,
                by=SYSTEM,
                at=now(),
            )
        if person.family_name == study_id:
            return person
    raise LookupError(f"No synthetic number is left for {born_on}.")
