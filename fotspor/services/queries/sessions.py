"""Where is somebody signed in now? Asked for their own sake alone: the page shows nobody else's."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings

from fotspor.services import rules
from fotspor.services.models import Session, Staff
from fotspor.services.queries.posts import session_digest


@dataclass(frozen=True, slots=True)
class Browser:
    """One browser that somebody is signed in with. `digest` names it, and opens nothing."""

    digest: str
    family: str
    began_at: datetime
    seen_at: datetime
    is_locked: bool
    is_here: bool


def browsers_of(*, staff: Staff, session_key: str | None, at: datetime) -> list[Browser]:
    """Where is this person signed in at this instant? This browser first, then the last used."""
    limits = {
        "idle": timedelta(seconds=settings.SESSION_IDLE_SECONDS),
        "longest": timedelta(seconds=settings.SESSION_COOKIE_AGE),
    }
    found = [_read(row, session_key) for row in Session.objects.filter(staff=staff, expire_date__gt=at)]
    goes_on = [each for each in found if rules.session_ended(each.began_at, each.seen_at, at, **limits) is None]
    return sorted(goes_on, key=lambda each: (not each.is_here, -each.seen_at.timestamp(), each.digest))


def last_seen(*, staff: Staff, but: str | None) -> dict[str, datetime]:
    """When did somebody last do something in each session of this person, by its key? All but one of them."""
    rows = Session.objects.filter(staff=staff).exclude(session_key=but or "")
    return {row.session_key: _read(row, None).seen_at for row in rows}


def _read(row: Session, here: str | None) -> Browser:
    """One that has been signed in with and not used yet has no times of its own: it was saved when it began."""
    data = row.get_decoded()
    saved = int((row.expire_date - timedelta(seconds=settings.SESSION_COOKIE_AGE)).timestamp())
    began, seen = (datetime.fromtimestamp(data.get(name, saved), UTC) for name in (rules.BEGAN, rules.SEEN))
    return Browser(
        digest=session_digest(row.session_key),
        family=data.get(rules.BROWSER, ""),
        began_at=began,
        seen_at=seen,
        is_locked=rules.LOCKED in data,
        is_here=row.session_key == here,
    )
