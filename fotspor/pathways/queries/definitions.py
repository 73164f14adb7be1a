"""The pathways and routines as files: loaded once, checked, and asked for by name and version."""

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_noop

from fotspor.instruments import queries as instruments
from fotspor.instruments.rules import told_by
from fotspor.kit.definitions import BadDefinition, load
from fotspor.pathways.rules.handovers import Deadlines
from fotspor.pathways.rules.plans import BadPathway, Booking, Call, Ladder, Loss, Pathway, Rung, Topics, check
from fotspor.pathways.rules.scores import says_a_score

FOLDER = Path(__file__).resolve().parents[1] / "definitions"
PREGNANCY, INFANCY, SCHOOL_START = "pregnancy", "infancy", "school_start"
SLUGS = (PREGNANCY, INFANCY, SCHOOL_START)
OF_CHILDREN = (INFANCY, SCHOOL_START)  # what every child who is born follows
KIND = "routine"
MISSED, LOSS, BOOKING, BATON, TOPICS = "missed", "loss", "booking", "baton", "topics"
ROUTINES = {MISSED: Ladder, LOSS: Loss, BOOKING: Booking, BATON: Deadlines, TOPICS: Topics}
DECIDE_MISSED = gettext_noop("Decide what follows: somebody did not come")
DECIDE_LOSS = gettext_noop("Decide what follows after the loss")


@cache
def pathway(slug: str, version: str = "") -> Pathway:
    """Which pathway is this, in the newest version or the named one?

    Shape   the newest version is `<slug>.toml`; those before it are kept as `earlier/<slug>-<version>.toml`.
    Errors  BadDefinition for a version that is not there, or a definition that contradicts itself.
    """
    found = read_pathway(FOLDER / f"{slug}.toml")
    if version in ("", found.version):
        return found
    earlier = FOLDER / "earlier" / f"{slug}-{version}.toml"
    if not earlier.exists():
        raise BadDefinition(f"{slug}: there is no version {version}")
    return read_pathway(earlier)


def pathway_files() -> list[Path]:
    """Which files hold a pathway: the newest versions, then those before them?"""
    newest = [FOLDER / f"{slug}.toml" for slug in SLUGS]
    return [*newest, *(path for slug in SLUGS for path in sorted((FOLDER / "earlier").glob(f"{slug}-*.toml")))]


def read_pathway(path: Path) -> Pathway:
    """The pathway of one file. Errors: BadDefinition, naming the file."""
    try:
        return check(load(Pathway, path))
    except BadPathway as error:
        raise BadDefinition(f"{path.name}: {error}") from error


# --- routines: what follows when somebody does not come, after a loss, a booking, a handover ------------------


def routine_files() -> list[Path]:
    """Which files hold a routine?"""
    return [
        *(FOLDER / "routines" / f"{slug}.toml" for slug in (MISSED, LOSS, BOOKING, TOPICS)),
        FOLDER / f"{BATON}.toml",
    ]


@cache
def read_routine(path: Path) -> Any:
    """The routine of one file. Errors: BadDefinition, naming the file."""
    return load(ROUTINES[path.stem], path)


def _read(slug: str) -> Any:
    return read_routine(next(path for path in routine_files() if path.stem == slug))


_approved: set[str] = set()  # an approval is never taken back, and the files do not change while the house runs


def _is_approved(slug: str) -> bool:
    """Asked once: a file of the register asks for each child."""
    if slug not in _approved and instruments.approved(KIND, slug) is None:
        return False
    transaction.on_commit(lambda: _approved.add(slug))
    return True


def _unless_approved(slug: str, **instead: Any) -> Any:
    """The routine, and in production, while nobody has approved it, what leaves the decision to somebody instead."""
    found = _read(slug)
    if not settings.IS_PRODUCTION or _is_approved(slug):
        return found
    return replace(found, byline=replace(found.byline, version=""), is_approved=False, **instead)


def missed() -> Ladder:
    """What follows when somebody does not come? Not approved: somebody decides each time, the next working day."""
    return _unless_approved(MISSED, rungs=(Rung(1, "decide", DECIDE_MISSED, working_days=1, needs_answer=True),))


def loss() -> Loss:
    """What follows a loss? Not approved: somebody who knew her decides, the next working day."""
    return _unless_approved(LOSS, call=Call(DECIDE_LOSS, due_working_days=1, latest_working_days=1))


def booking() -> Booking:
    """How long does an appointment usually last? Not approved: every other one that day is looked at."""
    return _unless_approved(BOOKING, minutes=None)


def deadlines() -> Deadlines:
    """Within how many working days is a baton answered? Not approved: the next one, whoever it is about.

    Shape   what protects holds whoever has approved it: which words tell a score, and how long the former unit can
            still open the record, so that a conversation which it owes is not lost.
    """
    return _unless_approved(BATON, newborn_working_days=1, other_working_days=1, confirm_working_days=1)


def topics() -> Topics:
    """What is each contact about? Not approved: in production nothing is said, elsewhere with a mark."""
    return replace(_unless_approved(TOPICS, always=(), contacts=()), is_approved=_is_approved(TOPICS))


def tells_a_score(text: str) -> bool:
    """Does the text tell a score from somebody's own form, by the words that `baton.toml` has?"""
    return says_a_score(text, deadlines().score_words)


def tells_of_answers(text: str) -> bool:
    """Does the text tell a score, that a parent answered a form, or of what it was about? Asked by lower slices."""
    return tells_a_score(text) or bool(told_by(text, instruments.telling()))
