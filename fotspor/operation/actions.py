"""Tasks for the administrator, of what has not run as it should."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access.actions import log
from fotspor.access.rules import SYSTEM, Permission, Viewer
from fotspor.kit.dates import add_working_days
from fotspor.operation import labels, queries
from fotspor.operation.queries import Line
from fotspor.operation.rules import State
from fotspor.services.actions import forget_old_drafts
from fotspor.services.queries import administration
from fotspor.worklist.actions import NotAllowed, reconcile
from fotspor.worklist.models import Task
from fotspor.worklist.rules import Urgency, Wanted

DAYS = 1  # working days: an installation without copies or seals waits for nobody


def watch(*, by: Viewer, at: datetime) -> int:
    """Make a task of each thing that is late or went wrong, and end those that are in order again.

    Shape   how many tasks there are now. Run every hour by cron; two at once make one task each.
    Errors  NotAllowed for anybody but the system and whoever keeps the installation.
    """
    if by != SYSTEM and not by.may(Permission.OPERATE):
        raise NotAllowed(_("Your role cannot do this."))
    today = timezone.localdate(at)
    unit = administration(on=today)
    stands = {"unit_id": unit.pk if unit else None, "opens_on": today, "due_on": add_working_days(today, DAYS)}
    wanted = [_of_run(line, stands) for line in queries.lines(at=at) if line.needs_somebody]
    if queries.room().is_short:
        wanted.append(_wanted("room", labels.ROOM_TITLE, labels.ROOM_RULE, {}, stands))
    with transaction.atomic():
        forget_old_drafts(at=at)
        wanted = _as_they_stand(wanted)
        reconcile(source=Task.Source.OPERATION, scope="", wanted=wanted, by=by, at=at, end_reason=labels.IN_ORDER)
        log(type="operation.watched", by=by, at=at, tasks=[want.ref for want in wanted])
    return len(wanted)


def _of_run(line: Line, stands: dict) -> Wanted:
    went_wrong = line.state is State.FAILED
    title = labels.FAILED_TITLE if went_wrong else labels.LATE_TITLE
    rule = labels.FAILED_RULE if went_wrong else labels.LATE_RULE
    facts = {"run_title": labels.TITLES[line.expected.name]}
    return _wanted(f"{line.state}:{line.expected.name}", title, rule, facts, stands)


def _wanted(ref: str, title: str, rule: str, facts: dict, stands: dict) -> Wanted:
    said = {"ref": ref, "title": title, "rule": rule, "rule_version": queries.upkeep().byline.version, "facts": facts}
    return Wanted(**said, urgency=Urgency.WINDOW, closes_on=stands["due_on"], **stands)


def _as_they_stand(wanted: list[Wanted]) -> list[Wanted]:
    """A task that waits already keeps its days: a new look every hour must not move the deadline."""
    open_ones = Task.objects.open().filter(source=Task.Source.OPERATION).select_for_update()
    days = {task.ref: (task.opens_on, task.due_on, task.closes_on) for task in open_ones}
    return [
        replace(want, **dict(zip(("opens_on", "due_on", "closes_on"), days[want.ref], strict=True)))
        if want.ref in days
        else want
        for want in wanted
    ]
