"""How long a session has left, and what of an unsaved form may be kept. Plain Python, no clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

# What a session says of itself: when it began, when somebody last did something, since when it is locked, the browser.
BEGAN, SEEN, LOCKED, BROWSER = "began", "seen", "locked", "browser"

DRAFT_HOURS = 24
DRAFT_CHARACTERS = 100_000
DRAFTS_EACH = 40  # so many forms one person may have begun at a time
# What lets somebody in. Whatever begins with an underscore belongs to the sending itself.
NEVER_KEPT = frozenset(
    {"csrfmiddlewaretoken", "login", "password", "password1", "password2", "oldpassword", "again", "code", "credential"}
)
NOT_TYPED = frozenset(
    {"version", "digest", "seen", "confirmed", "step"}
)  # carried by the page, never by itself a draft
# What each calls itself by, and its name; the first that stands there counts, since most call themselves by others too.
BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"),
            ("Chrome/", "Chrome"), ("Safari/", "Safari"))  # fmt: skip
MACHINES = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"),
            ("Macintosh", "Mac"), ("CrOS", "Chromebook"), ("Linux", "Linux"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Left:
    """How long a session goes on when nothing happens, and which of the two limits ends it."""

    seconds: int
    why: str  # "idle" or "longest", as `session_ended` says it


def session_left(began_at: datetime, seen_at: datetime, at: datetime, *, idle: timedelta, longest: timedelta) -> Left:
    """How long is left of a session? Units: whole seconds, never below 0."""
    ends_at, why = min((seen_at + idle, "idle"), (began_at + longest, "longest"))
    return Left(max(0, int((ends_at - at).total_seconds())), why)


def keepable(posted: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What of a posted form may be kept for later?

    Never what lets somebody in, nor what belongs to the sending. Nothing at all of a form where nothing was typed, or
    of one too long to keep.
    """
    kept = {name: values for name, values in posted.items() if not name.startswith("_") and name not in NEVER_KEPT}
    is_typed = any(value.strip() for name, values in kept.items() if name not in NOT_TYPED for value in values)
    is_too_long = sum(len(value) for values in kept.values() for value in values) > DRAFT_CHARACTERS
    return kept if is_typed and not is_too_long else {}


def drafts_older_than(at: datetime) -> datetime:
    """What was kept at this instant or before is too old now."""
    return at - timedelta(hours=DRAFT_HOURS)


def browser_family(said: str) -> str:
    """Which browser, on what kind of machine, as it says itself? Never its version: nobody is told apart by it."""
    found = [next((name for mark, name in table if mark in said), "") for table in (BROWSERS, MACHINES)]
    return ", ".join(filter(None, found))


def left_alone_longest(seen: Mapping[str, datetime], most: int) -> list[str]:
    """Which sessions are more than there may be? Those that nobody has used for the longest; by key when equal."""
    in_order = sorted(seen, key=lambda key: (seen[key], key))
    return in_order[: max(0, len(in_order) - most)]
