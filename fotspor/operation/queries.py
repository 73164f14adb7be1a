"""How the installation stands: version, what it lacks, runs, room. No person is in it."""

import shutil
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.http import Http404
from django.utils import timezone

from fotspor import __version__
from fotspor.access.rules import Permission, Purpose, Viewer
from fotspor.instruments.queries import lacking_approval
from fotspor.kit import processes
from fotspor.kit.clock import start_of
from fotspor.kit.definitions import load
from fotspor.kit.models import Run
from fotspor.operation import rules
from fotspor.operation.models import Message, NewsRead
from fotspor.operation.rules import Expected, Ran, State, Step, Upkeep
from fotspor.pathways.queries.register_imports import last_applied_on
from fotspor.services import queries as services
from fotspor.worklist import queries as worklist
from fotspor.worklist.models import Task

MOST_SHOWN = 100
REGISTER = "register_import"  # known from the files that were taken in, whoever took them in


@cache
def upkeep() -> Upkeep:
    """What should run by itself here? From `definitions/upkeep.toml`."""
    return load(Upkeep, Path(__file__).parent / "definitions" / "upkeep.toml")


@dataclass(frozen=True, slots=True)
class Line:
    """One run and how it stands. `late_from` is when it becomes, or became, too late."""

    expected: Expected
    ran: Ran
    state: State
    late_from: datetime

    @property
    def needs_somebody(self) -> bool:
        return self.state in (State.LATE, State.FAILED)


@dataclass(frozen=True, slots=True)
class Room:
    """How much room is left where the database and the copies lie. Units: bytes."""

    free: int
    total: int
    is_short: bool

    @property
    def free_gigabytes(self) -> int:
        return self.free // rules.GIGABYTE


def ran(name: str, *, at: datetime) -> Ran:
    """What is known of this command's runs?

    Shape   a run is older than those noted after it, whatever the clock said; one that ended later than now was noted
            by a clock that stood wrong, and does not tell when anything went well.
    """
    if name == REGISTER:
        last = last_applied_on()
        known = last is not None and last <= timezone.localdate(at)
        return Ran(start_of(last) if known else None, None, None)
    runs = Run.objects.filter(name=name)
    ended = runs.filter(ended_at__isnull=False, ended_at__lte=at)
    good = ended.filter(failed="").aggregate(last=Max("ended_at"))["last"]
    bad = ended.exclude(failed="").order_by("-ended_at", "-pk").first()
    latest = runs.order_by("-pk").first()
    going = latest if latest is not None and latest.ended_at is None else None
    return Ran(
        succeeded_at=good,
        failed_at=bad.ended_at if bad else None,
        unended_since=going.began_at if going else None,
        failure=bad.failed if bad else "",
        is_cut_off=going is not None and _was_cut_off(going, at),
    )


def _was_cut_off(run: Run, at: datetime) -> bool:
    gone = processes.is_gone(run.facts.get(Run.PROCESS, ""))
    return rules.was_cut_off(began_at=run.began_at, is_gone=gone, ends_within=upkeep().ends_within, now=at)


def cut_off(*, at: datetime) -> list[Run]:
    """Which runs began and were killed, so that what they had not done is not done? Asks no permission: for the watch.

    Shape   the newest of each name, in the order they began; none that has gone well since.
    """
    found = {run.name: run for run in Run.objects.filter(ended_at=None).order_by("pk")}
    since = Run.objects.filter(name=OuterRef("name"), pk__gt=OuterRef("pk"), ended_at__isnull=False, failed="")
    mended = set(
        Run.objects.filter(Exists(since), pk__in=[run.pk for run in found.values()]).values_list("pk", flat=True)
    )
    return [run for run in found.values() if run.pk not in mended and _was_cut_off(run, at)]


def installed_at() -> datetime:
    """When was the first step of the database taken here?"""
    return MigrationRecorder.Migration.objects.order_by("applied").values_list("applied", flat=True)[0]


def lines(*, at: datetime) -> list[Line]:
    """How does everything that should run by itself stand? Asks no permission: for the watch."""
    since, found = installed_at(), []
    for expected in upkeep().runs:
        known = ran(expected.name, at=at)
        state = rules.standing(expected, known, installed_at=since, now=at)
        found.append(Line(expected, known, state, rules.late_from(expected, known, since)))
    return found


def room() -> Room:
    """How much room is left?"""
    home = Path(settings.HOME)
    usage = shutil.disk_usage(next(each for each in (home, *home.absolute().parents) if each.exists()))
    return Room(usage.free, usage.total, rules.is_short_of_room(upkeep().disk, free=usage.free, total=usage.total))


def steps(*, at: datetime, runs: Iterable[Line]) -> tuple[Step, ...]:
    """What does the installation need, and how much of each is left? Asks no permission: for the watch."""
    on = timezone.localdate(at)
    there = services.staffed(on=on)
    went_well = {line.expected.name: line.ran.succeeded_at is not None for line in runs}
    counted = rules.Counted(
        has_number=there.has_number,
        without_codes=services.administrators_without_codes(on=on) if settings.IS_PRODUCTION else None,
        districts=there.districts,
        kinds_missing=there.kinds_missing,
        unserved=there.unserved,
        at_work=there.at_work,
        without_leader=there.without_leader,
        health_centres_missing=there.without_nurse,
        midwiferies_missing=there.without_midwife,
        officers=there.officers,
        register_taken_in=went_well[REGISTER],
        unapproved=Counter(kind for kind, _slug, _version in lacking_approval()),
        copied=went_well["backup"],
        tried=went_well["restore_tried"],
    )
    return rules.steps(counted)


def missing(*, at: datetime) -> int:
    """How much does the installation lack? Asks no permission: for the watch, which notes it."""
    return sum(not step.is_done for step in steps(at=at, runs=lines(at=at)))


def was_ready_before(on: date) -> bool:
    """Has a look at everything found nothing lacking, on a day before this?"""
    looks = Run.objects.filter(name="watch", ended_at__lt=start_of(on), failed="")
    return looks.filter(facts__missing=0).exists()


@dataclass(frozen=True, slots=True)
class Status:
    """The status page. `steps` are empty once nothing has been lacking for a day."""

    version: str
    steps: tuple[Step, ...]
    lines: list[Line]
    room: Room
    engine: str
    tasks: list[Task]
    cut_off: list[Run]  # of what does not run by itself, so that nothing but somebody runs it again

    @property
    def done(self) -> int:
        return sum(step.is_done for step in self.steps)

    @property
    def is_ready(self) -> bool:
        return rules.is_ready(self.steps)


def status(*, viewer: Viewer, at: datetime) -> Status:
    """How does the installation stand? Errors: Http404 for a role that does not keep it."""
    if not viewer.may(Permission.OPERATE):
        raise Http404
    waiting, runs = list(tasks(viewer=viewer, at=at)), lines(at=at)
    needed = steps(at=at, runs=runs)
    if rules.is_ready(needed) and was_ready_before(timezone.localdate(at)):
        needed = ()
    return Status(__version__, needed, runs, room(), connection.display_name, waiting, cut_off_by_hand(at=at))


def cut_off_by_hand(*, at: datetime) -> list[Run]:
    """Which runs were cut off that do not run again by themselves? Asks no permission: for the watch."""
    by_itself = {expected.name for expected in upkeep().runs}
    return [run for run in cut_off(at=at) if run.name not in by_itself]


def tasks(*, viewer: Viewer, at: datetime) -> QuerySet[Task]:
    """Which tasks has whoever keeps the installation? The most pressing first."""
    today = timezone.localdate(at)
    return worklist.shown(worklist.tasks(viewer=viewer, purpose=Purpose.ADMINISTRATION, today=today), today)


def badge(*, viewer: Viewer, at: datetime) -> int:
    """How many tasks wait? The number in the rail."""
    return tasks(viewer=viewer, at=at).count()


def is_answering() -> bool:
    """Does the database answer? Errors: DatabaseError when it does not."""
    return MigrationRecorder.Migration.objects.exists()


def messages(*, viewer: Viewer) -> list[Message]:
    """What has been told: everything for whoever keeps the installation, newest first; to others what they told."""
    found = Message.objects.select_related("written_by", "answered_by")
    mine = found if viewer.may(Permission.OPERATE) else found.filter(written_by=viewer.staff_id)
    return list(mine[:MOST_SHOWN])


def message_by_key(*, viewer: Viewer, key: str) -> Message:
    """Which message is to be answered? Errors: Http404 for all but whoever keeps the installation."""
    found = Message.objects.filter(key=key).select_related("written_by", "answered_by").first()
    if found is None or not viewer.may(Permission.OPERATE):
        raise Http404
    return found


def has_read_news(*, staff_id: int) -> bool:
    """Has this person read what is new in this version?"""
    return NewsRead.objects.filter(staff=staff_id, version=__version__).exists()
