"""Tasks for the administrator, of what has not run as it should and what colleagues tell; and what is new."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor import __version__
from fotspor.access.actions import log
from fotspor.access.rules import SYSTEM, Permission, Viewer
from fotspor.kit.dates import add_working_days
from fotspor.kit.errors import Refused
from fotspor.operation import labels, queries
from fotspor.operation.models import Message, NewsRead
from fotspor.operation.queries import Line
from fotspor.operation.rules import State, may_name_somebody
from fotspor.services.actions import forget_old_drafts
from fotspor.services.queries import administration
from fotspor.worklist.actions import NotAllowed, reconcile
from fotspor.worklist.actions import answer as answer_task
from fotspor.worklist.models import Task
from fotspor.worklist.rules import Urgency, Wanted

RUN, SAID = "run:", "said:"  # refs: what runs by itself, and what a colleague told
ANSWER_DAYS = 5  # working days
DAYS = 1  # working days: an installation without copies or seals waits for nobody


class NamesSomebody(Refused):
    """What was written holds something like an identity number."""

    field = "text"


class AlreadyAnswered(Refused):
    """Somebody else has answered."""


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
    wanted += [_of_cut_off(run.name, stands) for run in queries.cut_off_by_hand(at=at)]
    if queries.room().is_short:
        wanted.append(_wanted(f"{RUN}room", labels.ROOM_TITLE, labels.ROOM_RULE, {}, stands))
    with transaction.atomic():
        forget_old_drafts(at=at)
        wanted = _as_they_stand(wanted)
        reconcile(source=Task.Source.OPERATION, scope=RUN, wanted=wanted, by=by, at=at, end_reason=labels.IN_ORDER)
        log(type="operation.watched", by=by, at=at, tasks=[want.ref for want in wanted])
    return len(wanted)


def _of_run(line: Line, stands: dict) -> Wanted:
    went_wrong = line.state is State.FAILED
    title = labels.FAILED_TITLE if went_wrong else labels.LATE_TITLE
    rule = labels.FAILED_RULE if went_wrong else labels.LATE_RULE
    facts = {"run_title": labels.TITLES[line.expected.name]}
    return _wanted(f"{RUN}{line.state}:{line.expected.name}", title, rule, facts, stands)


def _of_cut_off(name: str, stands: dict) -> Wanted:
    facts = {"run_title": labels.title_of(name)}
    return _wanted(f"{RUN}cut_off:{name}", labels.CUT_OFF_TITLE, labels.CUT_OFF_RULE, facts, stands)


def _wanted(ref: str, title: str, rule: str, facts: dict, stands: dict) -> Wanted:
    said = {"ref": ref, "title": title, "rule": rule, "rule_version": queries.upkeep().byline.version, "facts": facts}
    return Wanted(**said, urgency=Urgency.WINDOW, closes_on=stands["due_on"], **stands)


def _as_they_stand(wanted: list[Wanted]) -> list[Wanted]:
    """A task that waits already keeps its days: a new look every hour must not move the deadline."""
    open_ones = Task.objects.open().filter(source=Task.Source.OPERATION, ref__startswith=RUN).select_for_update()
    days = {task.ref: (task.opens_on, task.due_on, task.closes_on) for task in open_ones}
    return [
        replace(want, **dict(zip(("opens_on", "due_on", "closes_on"), days[want.ref], strict=True)))
        if want.ref in days
        else want
        for want in wanted
    ]


@transaction.atomic
def tell(*, text: str, page: str, by: Viewer, at: datetime) -> Message:
    """Tell the administrator something about the system. It is a task until it is answered.

    Errors  NamesSomebody when the text holds something written as an identity number.
    """
    _refuse_a_number(text)
    message = Message.objects.create(text=text, page=page, written_at=at, written_by_id=by.staff_id)
    today = timezone.localdate(at)
    unit, due_on = administration(on=today), add_working_days(today, ANSWER_DAYS)
    stands = {"unit_id": unit.pk if unit else None, "opens_on": today, "due_on": due_on}
    want = _wanted(f"{SAID}{message.key}", labels.SAID_TITLE, labels.SAID_RULE, {}, stands)
    want = replace(want, subject_key=message.key)
    reconcile(source=Task.Source.OPERATION, scope=want.ref, wanted=[want], by=by, at=at, end_reason=labels.IN_ORDER)
    log(type="operation.said", by=by, at=at, object=f"operation.message:{message.key}", page=page)
    return message


@transaction.atomic
def answer(*, key: str, text: str, by: Viewer, at: datetime) -> Message:
    """Answer a colleague. The task is done, and the colleague sees the answer.

    Errors  NotAllowed; NamesSomebody; AlreadyAnswered; Http404 when there is no such message.
    """
    if not by.may(Permission.OPERATE):
        raise NotAllowed(_("Your role cannot do this."))
    _refuse_a_number(text)
    message = Message.objects.select_for_update().filter(key=key).first()
    if message is None:
        raise Http404
    if message.answered_at is not None:
        raise AlreadyAnswered(_("A colleague has answered this already. Nothing was saved."))
    message.answer, message.answered_at, message.answered_by_id = text, at, by.staff_id
    message.save(update_fields=["answer", "answered_at", "answered_by"])
    answer_task(source=Task.Source.OPERATION, scope=f"{SAID}{key}", by=by, at=at)
    log(type="operation.answered", by=by, at=at, object=f"operation.message:{key}")
    return message


@transaction.atomic
def note_news_read(*, by: Viewer, at: datetime) -> None:
    """Note that somebody has read what is new in this version. Twice is once."""
    read = {"staff_id": by.staff_id, "version": __version__}
    _row, is_new = NewsRead.objects.get_or_create(**read, defaults={"read_on": timezone.localdate(at)})
    if is_new:
        log(type="operation.news.read", by=by, at=at, version=__version__)


def _refuse_a_number(text: str) -> None:
    if may_name_somebody(text):
        raise NamesSomebody(_("This looks like an identity number. Write what happened, and not whom it was about."))
