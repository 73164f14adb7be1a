"""Build a made-up municipality, and play it forward: the same families, the same seed, a later day."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from fotspor.access.rules import SYSTEM
from fotspor.pathways.actions.register_import import apply_households, stage_register
from fotspor.pathways.models import RegisterImport
from fotspor.pathways.queries.register_imports import default_layout
from fotspor.people.queries import find_by_number
from fotspor.simulation import scripted
from fotspor.simulation.clinic import Clinic
from fotspor.simulation.demo import SIZES
from fotspor.simulation.families import Family, families
from fotspor.simulation.models import Build
from fotspor.simulation.municipality import first_day, load_town, moment, set_up
from fotspor.simulation.register import extract
from fotspor.simulation.scenes import set_the_day
from fotspor.simulation.slips import plant
from fotspor.simulation.volume import Filled, fill_up, is_filled, open_districts, steps_to_fill

EXTRACTS_EVERY_DAYS = 175  # how often the municipality fetches the whole register
LAST_EXTRACT_DAYS = 2  # before the day itself
NEW_DAY_AFTER = timedelta(days=7)

Progress = Callable[[int], None]
Told = Callable[[Filled], None]


@dataclass(frozen=True, slots=True)
class Round:
    """One stretch of time that is lived, with the register's files at its end."""

    until: datetime
    whole_register: bool
    is_last: bool = False


class StandsStill(Exception):
    """A municipality that is filled up by pressing is not played forward, and not taken up where it was broken off."""


def build(
    *,
    size: str,
    seed: int,
    at: datetime,
    progress: Progress | None = None,
    told: Told | None = None,
) -> Build:
    """Make the municipality as it stands at that instant. Deterministic by seed, relative to the day.

    Shape   `told` is called when it has been filled up to its real number of children.
    """
    today = timezone.localdate(at)
    with transaction.atomic():
        set_up(size=size, built_on=today)
        made = Build.objects.create(size=size, seed=seed, built_on=today)
    if not is_filled(size):
        return play_forward(made=made, at=at, progress=progress)
    opened_on = first_day(size, today)
    open_districts(size, on=opened_on, at=moment(opened_on, 8), progress=progress)
    clinic, cast = _live(made, since=_since(made), at=at, progress=progress)
    filled = fill_up(made, cast, today=today, progress=progress)
    if told is not None:
        told(filled)
    return _close(made, clinic, cast, at)


def play_forward(*, made: Build, at: datetime, progress: Progress | None = None) -> Build:
    """Let the days since then pass: people are born, contacts are held, results are answered.

    Shape   a build that was broken off goes on where it stopped: each family and each file is whole or not there.
    Errors  StandsStill for a size that is filled up.
    """
    if is_filled(made.size):
        raise StandsStill
    clinic, cast = _live(made, since=_since(made), at=at, progress=progress)
    return _close(made, clinic, cast, at)


def _close(made: Build, clinic: Clinic, cast: list[Family], at: datetime) -> Build:
    set_the_day(clinic, cast)
    plant(made, clinic, cast)
    made.played_to_on = timezone.localdate(at)
    made.save(update_fields=["played_to_on"])
    return made


def is_old(made: Build, today: date) -> bool:
    """Is it more than a week since anything happened there, or was it never finished?"""
    return made.played_to_on is None or today - made.played_to_on > NEW_DAY_AFTER


def _since(made: Build) -> date:
    if made.played_to_on is None:
        return made.built_on - timedelta(days=SIZES[made.size].in_use_days)
    return made.played_to_on + timedelta(days=1)


def steps_to_build(*, size: str, seed: int, at: datetime) -> int:
    """How many steps will `progress` be told of?"""
    today = timezone.localdate(at)
    cast = list(families(seed=seed, size=size, built_on=today, until=today))
    rounds = list(_rounds(cast, today - timedelta(days=SIZES[size].in_use_days), at))
    return len(cast) * len(rounds) + steps_to_fill(size)


def steps_to_play(*, made: Build, at: datetime) -> int:
    """How many steps will `progress` be told of?"""
    cast = _cast(made, timezone.localdate(at))
    return len(cast) * len(list(_rounds(cast, _since(made), at)))


def _live(made: Build, *, since: date, at: datetime, progress: Progress | None) -> tuple[Clinic, list[Family]]:
    cast = _cast(made, timezone.localdate(at))
    return live_through(cast, since=since, at=at, progress=progress), cast


def live_through(cast: list[Family], *, since: date, at: datetime, progress: Progress | None = None) -> Clinic:
    """Let these families live until that instant, in the municipality there is, by the actions alone."""
    today = timezone.localdate(at)
    town = load_town(on=today)
    clinic = Clinic(town, until=at, today=today)
    for stretch in _rounds(cast, since, at):
        clinic = Clinic(town, until=stretch.until, today=today)
        for family in cast:
            if _has_news(family, stretch):
                scripted.live(clinic, family)
            if progress is not None:
                progress(1)
        _fetch_register(cast, stretch)
    return clinic


def _cast(made: Build, until: date) -> list[Family]:
    """Who lives there by then? A municipality built before a story was thought up goes on without it."""
    cast = families(seed=made.seed, size=made.size, built_on=made.built_on, until=until)
    return [family for family in cast if not (family.is_thought_up_later and _came_too_late(family, made))]


def _came_too_late(family: Family, made: Build) -> bool:
    was_known = made.played_to_on is not None and family.known_on <= made.played_to_on
    return was_known and find_by_number(family.mother.number) is None


def _rounds(cast: Iterable[Family], since: date, at: datetime) -> Iterator[Round]:
    today = timezone.localdate(at)
    whole = {since, today - timedelta(days=LAST_EXTRACT_DAYS)}
    day = since + timedelta(days=EXTRACTS_EVERY_DAYS)
    while day < today - timedelta(days=EXTRACTS_EVERY_DAYS // 2):
        whole.add(day)
        day += timedelta(days=EXTRACTS_EVERY_DAYS)
    arrivals = {family.known_on for family in cast if family.is_known_from_register}
    for day in sorted(day for day in whole | arrivals if since <= day < today):
        yield Round(moment(day, 18), day in whole)
    yield Round(at, whole_register=False, is_last=True)


def _has_news(family: Family, stretch: Round) -> bool:
    """Before the last stretch only births matter, for the register's file at its end. All else may come at once."""
    until = timezone.localdate(stretch.until)
    return stretch.is_last or until - timedelta(days=EXTRACTS_EVERY_DAYS + 30) < family.born_on <= until


def _fetch_register(cast: Iterable[Family], stretch: Round) -> None:
    """The register's file of that day: everybody, or only those who have moved in."""
    on = timezone.localdate(stretch.until)
    here = [f for f in cast if f.known_on <= on and (stretch.whole_register or _arrives(f, on))]
    if not here or (stretch.is_last and not any(_arrives(f, on) for f in here)):
        return
    name = f"folkeregister-{on}.csv"
    taken_in = RegisterImport.objects.filter(
        file_name=name, is_complete=stretch.whole_register, finished_on__isnull=False
    )
    if taken_in.exists():
        return  # by an earlier build, and what has happened since is not to be judged by an old file
    layout = default_layout()
    if not stretch.whole_register:
        layout = replace(layout, file=replace(layout.file, is_complete=False))
    content = extract(here, on)
    source = stage_register(
        content=content,
        file_name=name,
        layout=layout,
        rows=content.count(b"\n") - 1,
        by=SYSTEM,
        at=stretch.until,
    )
    for _household in apply_households(source=source, by=SYSTEM, at=stretch.until):
        pass


def _arrives(family: Family, on: date) -> bool:
    return family.is_known_from_register and family.known_on == on
