"""The municipality to build, as data: `demo.toml`."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fotspor.kit.definitions import load


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoDistrict:
    """One district, with the made-up streets of it."""

    code: str
    name: str
    percent: int
    postcode: str
    streets: tuple[str, ...]
    blocks: tuple[str, ...] = ()  # those of the streets where each house has several flats
    kindergartens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outsider:
    """A stop on the trail that does not sign in."""

    kind: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who works there; lists run through the districts in order."""

    midwives: tuple[str, ...]
    nurses: tuple[str, ...]
    school_nurses: tuple[str, ...]
    leaders: tuple[str, ...]
    kindergarten: tuple[str, ...]
    administrators: tuple[str, ...]
    privacy_officer: str
    director: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """How often things happen, in percent."""

    home_visit_percent: float
    six_weeks_percent: float
    two_years_percent: float
    four_years_percent: float
    other_contact_percent: float
    no_show_percent: float
    epds_ten_or_more_percent: float
    item_ten_percent: float
    kindergarten_percent: float
    minority_language_percent: float
    other_parent_percent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """The whole of `demo.toml`."""

    name: str
    number: str
    phone: str
    out_of_hours: str
    districts: tuple[DemoDistrict, ...]
    outsiders: tuple[Outsider, ...]
    staff: People
    calibration: Calibration


EVERYWHERE = "*"


@dataclass(frozen=True, slots=True)
class Size:
    """How many to make."""

    districts: int
    in_use_days: int  # how long the municipality has used the system: what is older comes from the register
    pregnant: int
    infants: int  # under two years
    toddlers: int  # two to four years
    preschoolers: int  # four years and more
    staff_per_unit: int
    has_every_story: bool
    population: str = ""  # filled up to the children of this municipality, or of all of them: see `volume`


SIZES = {
    "tiny": Size(
        districts=2,
        in_use_days=80,
        pregnant=1,
        infants=1,
        toddlers=1,
        preschoolers=1,
        staff_per_unit=2,
        has_every_story=False,
    ),
    "small": Size(
        districts=4,
        in_use_days=240,
        pregnant=32,
        infants=28,
        toddlers=30,
        preschoolers=36,
        staff_per_unit=3,
        has_every_story=True,
    ),
    "city": Size(
        districts=4,
        in_use_days=400,
        pregnant=60,
        infants=120,
        toddlers=90,
        preschoolers=110,
        staff_per_unit=3,
        has_every_story=True,
        population="5001",
    ),
    "nation": Size(
        districts=4,
        in_use_days=400,
        pregnant=110,
        infants=330,
        toddlers=330,
        preschoolers=410,
        staff_per_unit=3,
        has_every_story=True,
        population=EVERYWHERE,
    ),
}


@cache
def demo() -> Demo:
    """What are we to build?"""
    return load(Demo, Path(__file__).with_name("demo.toml"))
