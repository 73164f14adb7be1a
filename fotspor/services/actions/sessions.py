"""What happens at the door: signing in and out, choosing a post, and one's own settings."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access.actions import log
from fotspor.access.rules import Viewer
from fotspor.kit.encryption import blind_index
from fotspor.kit.errors import Refused
from fotspor.services import queries, rules
from fotspor.services.models import Membership, Session, Staff

SETTINGS = ("language", "scheme", "hides_details", "uses_shortcuts")


class NotYourPost(Refused):
    def __init__(self):
        super().__init__(_("You do not have that post now."))


@transaction.atomic
def note_sign_in(*, staff: Staff, session_key: str | None, how: str, at: datetime) -> None:
    """Somebody came in. `how` is "password", "passkey", "demo" or, the first time of all, "setup".

    What has run out, of anybody, is cleared away by the way.
    """
    Session.objects.filter(expire_date__lt=at).delete()
    by = queries.themselves(staff=staff, session_key=session_key)
    log(type="services.session.signed_in", by=by, at=at, object=f"services.staff:{staff.key}", how=how)


@transaction.atomic
def note_failed_sign_in(*, email: str, step: str, by: Viewer, at: datetime) -> None:
    """Somebody tried and did not come in. The address is kept as a keyed digest, so that tries on one can be counted.

    Shape   step: password, throttled, code or passkey.
    """
    log(type="services.session.refused", by=by, at=at, step=step, email=blind_index(email.strip().lower()))


@transaction.atomic
def note_sign_out(*, staff: Staff, session_key: str | None, why: str, at: datetime) -> None:
    """Somebody went out. `why` is "asked", "idle" or "longest"."""
    by = queries.themselves(staff=staff, session_key=session_key)
    log(type="services.session.signed_out", by=by, at=at, object=f"services.staff:{staff.key}", why=why)


class NotSignedInThere(Refused):
    def __init__(self):
        super().__init__(_("You are not signed in there any more."))


@transaction.atomic
def end_session(*, staff: Staff, digest: str, session_key: str | None, at: datetime) -> None:
    """Somebody is signed out of one other browser of their own. Errors: NotSignedInThere, also for this very one."""
    keys = [key for key in _others(staff, session_key) if queries.session_digest(key) == digest]
    if not keys:
        raise NotSignedInThere
    _end(keys, staff=staff, session_key=session_key, why="asked", at=at)


@transaction.atomic
def end_other_sessions(*, staff: Staff, session_key: str | None, at: datetime) -> int:
    """Somebody is signed out everywhere else. In how many browsers?"""
    return _end(_others(staff, session_key), staff=staff, session_key=session_key, why="asked", at=at)


@transaction.atomic
def end_sessions_above(*, most: int, staff: Staff, session_key: str | None, at: datetime) -> int:
    """Somebody came in who was in so many places already: those left alone the longest end. How many were they?"""
    seen = queries.last_seen(staff=staff, but=session_key)
    return _end(rules.left_alone_longest(seen, most - 1), staff=staff, session_key=session_key, why="too_many", at=at)


def _others(staff: Staff, session_key: str | None) -> list[str]:
    return list(queries.last_seen(staff=staff, but=session_key))


def _end(keys: list[str], *, staff: Staff, session_key: str | None, why: str, at: datetime) -> int:
    if keys:
        Session.objects.filter(staff=staff, session_key__in=keys).delete()
        by = queries.themselves(staff=staff, session_key=session_key)
        ended = sorted(queries.session_digest(key) for key in keys)
        log(type="services.session.ended", by=by, at=at, object=f"services.staff:{staff.key}", why=why, sessions=ended)
    return len(keys)


@transaction.atomic
def note_lock(*, staff: Staff, session_key: str | None, at: datetime) -> None:
    """Somebody locked the screen and left it."""
    by = queries.themselves(staff=staff, session_key=session_key)
    log(type="services.session.locked", by=by, at=at, object=f"services.staff:{staff.key}")


@transaction.atomic
def note_unlock(*, staff: Staff, session_key: str | None, how: str, at: datetime) -> None:
    """Somebody came back to a locked screen. `how` is "password", "passkey" or "demo"."""
    by = queries.themselves(staff=staff, session_key=session_key)
    log(type="services.session.unlocked", by=by, at=at, object=f"services.staff:{staff.key}", how=how)


@transaction.atomic
def note_password_change(*, staff: Staff, session_key: str | None, at: datetime) -> None:
    """Somebody chose a new password of their own."""
    by = queries.themselves(staff=staff, session_key=session_key)
    log(type="services.session.password_changed", by=by, at=at, object=f"services.staff:{staff.key}")


@transaction.atomic
def note_codes_printed(*, staff: Staff, session_key: str | None, at: datetime) -> None:
    """Somebody put their recovery codes on paper."""
    by = queries.themselves(staff=staff, session_key=session_key)
    log(type="services.session.codes_printed", by=by, at=at, object=f"services.staff:{staff.key}")


@transaction.atomic
def note_codes_set_up(*, staff: Staff, session_key: str | None, at: datetime) -> None:
    """Somebody set up the second factor."""
    by = queries.themselves(staff=staff, session_key=session_key)
    log(type="services.session.codes_set_up", by=by, at=at, object=f"services.staff:{staff.key}")


@transaction.atomic
def note_passkey(*, staff: Staff, session_key: str | None, is_added: bool, at: datetime) -> None:
    """Somebody added a passkey of their own, or removed one."""
    by = queries.themselves(staff=staff, session_key=session_key)
    deed = "passkey_added" if is_added else "passkey_removed"
    log(type=f"services.session.{deed}", by=by, at=at, object=f"services.staff:{staff.key}")


@transaction.atomic
def choose_post(*, staff: Staff, post_key: str, by: Viewer, at: datetime) -> Membership:
    """Which post does this person work from now? Every look after this is logged with it.

    Errors  NotYourPost for one that is somebody else's, or over.
    """
    post = next((p for p in queries.posts_of(staff=staff, on=timezone.localdate(at)) if p.key == post_key), None)
    if post is None:
        raise NotYourPost
    log(type="services.post.chosen", by=by, at=at, object=f"services.membership:{post.key}", chosen_role=post.role)
    return post


@transaction.atomic
def change_settings(*, staff: Staff, version: int, values: dict[str, object], by: Viewer, at: datetime) -> Staff:
    """Change one's own language, colours, privacy of the screen and shortcuts.

    Shape   values: language, scheme, hides_details, uses_shortcuts.
    Errors  Stale when it was changed in another window since `version`.
    """
    before = {name: getattr(staff, name) for name in SETTINGS}
    for name in SETTINGS:
        setattr(staff, name, values[name])
    staff.save_if_unchanged(version, SETTINGS)
    names = list(rules.changed(before, {name: values[name] for name in SETTINGS}))
    log(type="services.settings.changed", by=by, at=at, object=f"services.staff:{staff.key}", changed=names)
    return staff
