"""What must be seen whatever post somebody works from: the safety conversations of her other posts. Counts alone."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from fotspor.access.rules import Permission, Viewer
from fotspor.desk.queries import day, unit
from fotspor.services.labels import post_name
from fotspor.services.models import Staff
from fotspor.services.queries import posts_of, viewer_in
from fotspor.worklist.rules import Urgency


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """One other post with something that must be answered today."""

    key: str  # of the post, to change to it
    label: str
    count: int


def elsewhere(*, viewer: Viewer, staff: Staff, at: datetime) -> list[Elsewhere]:
    """In which of her other posts does a safety conversation wait? No names: those are seen, and logged, from there."""
    found = []
    for post in posts_of(staff=staff, on=timezone.localdate(at)):
        if post.pk == viewer.membership_id:
            continue
        count = _waiting(viewer_in(staff=staff, post=post, session_key=None), at)
        if count:
            found.append(Elsewhere(post.key, post_name(post.role, post.unit.name), count))
    return found


def _waiting(viewer: Viewer, at: datetime) -> int:
    today = timezone.localdate(at)
    if viewer.may(Permission.SEE_UNIT):
        tasks = unit.led(viewer=viewer, at=at)
    elif viewer.may(Permission.SEE_DAY):
        tasks = day.mine(viewer=viewer, today=today)
    else:
        return 0
    return tasks.visible_from(today).filter(urgency=Urgency.SAFETY).count()
