"""What follows from a form: its duties and their tasks, derived again each time a fact about it is recorded."""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_noop

from fotspor.access.rules import Viewer
from fotspor.instruments import queries, rules
from fotspor.instruments.models import Duty, Response
from fotspor.instruments.rules import Routine, RoutineStep, WantedDuty
from fotspor.kit.dates import add_working_days
from fotspor.worklist import actions as worklist
from fotspor.worklist.models import Task
from fotspor.worklist.rules import Urgency

SOURCE = Task.Source.ROUTINE
CORRECTED = gettext_noop("The form was corrected, and its result does not ask for this.")
WITHDRAWN = gettext_noop("The form was withdrawn.")
ALERT_WITHDRAWN = gettext_noop("The answer was mistyped and has been withdrawn.")
DIED = gettext_noop("The person has died.")
SIGN_TITLE = gettext_noop("Sign the form")
SIGN_RULE = gettext_noop("A form that is not signed is not counted, and what its result asks for does not begin.")
SEEN_TITLE = gettext_noop("See that an alarm was withdrawn")
SEEN_RULE = gettext_noop("A colleague other than the one who withdrew it sees the reason.")
LEADER_TITLE = gettext_noop("A safety conversation is not done")
LEADER_AT_ONCE = gettext_noop("It has been tried and is still open. See that somebody has taken over.")
LEADER_AT_CLOSING = gettext_noop("It is still open at closing time. Out of hours, this is agreed: %(route)s")
NO_ROUTE = gettext_noop("Out-of-hours clinic 116 117; in danger 113.")


def reconcile(*, response: Response, by: Viewer, at: datetime, end_reason: str = CORRECTED) -> list[Duty]:
    """Make duties and tasks what follows from the form that stands now, in the caller's transaction.

    Shape   done duties stay done; open ones that are no longer demanded end with the reason. A safety duty is never
            ended by another answer: it is answered, or withdrawn with a reason that a colleague sees.
    """
    root, today = response.root, timezone.localdate(at)
    routine = queries.routine_of(root.instrument)
    standing = {duty.step: duty for duty in root.duties.standing().prefetch_related("outcomes")}
    wanted = [] if _is_over(response) else _wanted(routine, response, standing)
    _bring_to(wanted, root, standing, routine, today)
    demanded = {want.step.key for want in wanted}
    for duty in list(standing.values()):
        keeps = duty.step in demanded or (routine.step(duty.step).is_safety and not _is_over(response))
        if duty.closed_on is None and not keeps:
            duty.ended_on, duty.end_reason = today, end_reason
            duty.save(update_fields=["ended_on", "end_reason"])
            del standing[duty.step]
    worklist.reconcile(
        source=SOURCE,
        scope=f"response:{root.key}:",
        wanted=list(_tasks(root, response, routine)),
        by=by,
        at=at,
        end_reason=end_reason,
    )
    return list(standing.values())


def _is_over(response: Response) -> bool:
    """Does the form demand nothing any more?"""
    return response.is_history or response.withdrawn_at is not None or response.subject.died_on is not None


def _wanted(routine: Routine, response: Response, standing: dict[str, Duty]) -> list[WantedDuty]:
    """What the result demands, and what outcomes that are recorded demand in turn."""
    found = list(
        rules.duties(
            routine,
            response,
            is_signed=response.is_signed,
            on=response.answered_on,
            starts_routine=response.starts_routine,
        )
    )
    for duty in standing.values():
        for recorded in duty.outcomes.all():
            found += rules.duties_after(routine, duty.step, recorded.outcome, result=response, on=recorded.outcome_on)
    return found


def _bring_to(
    wanted: Iterable[WantedDuty], root: Response, standing: dict[str, Duty], routine: Routine, today: date
) -> None:
    """Open what is new, and move the deadline of what is open. Nothing is due before the day it was opened."""
    for want in wanted:
        duty = standing.get(want.step.key)
        if duty is None:
            standing[want.step.key] = Duty.objects.create(
                response=root,
                step=want.step.key,
                unit_id=root.unit_id,
                rule_version=routine.version,
                opened_on=today,
                due_on=max(want.due_on, today),
                due_before=root.unit.closes_at_time if want.step.is_safety and root.unit else None,
            )
        elif duty.closed_on is None and duty.due_on != max(want.due_on, duty.opened_on):
            duty.due_on = max(want.due_on, duty.opened_on)
            duty.save(update_fields=["due_on"])


# --- tasks -----------------------------------------------------------------------------------------------


def _tasks(root: Response, response: Response, routine: Routine) -> Iterable[worklist.Wanted]:
    """What the lists show. Tasks hang on the person who answered, never on the child's journey."""
    if response.is_history:
        return
    if not response.is_signed and not _is_over(response):
        day = timezone.localdate(response.saved_at)
        yield _task(
            root, "sign", SIGN_TITLE, SIGN_RULE, day, day, routine, key=response.key, staff_id=response.saved_by_id
        )
    for duty in root.duties.filter(ended_on=None).prefetch_related("outcomes"):
        step = routine.step(duty.step)
        if duty.withdrawn_at is not None:
            yield from _withdrawal(root, duty, routine)
            continue
        last = duty.outcomes.last()
        done_by = last.recorded_by_id if last is not None and duty.closed_on else None
        yield _task(
            root,
            duty.step,
            step.title,
            step.sentence,
            duty.opened_on,
            duty.due_on,
            routine,
            key=duty.key,
            urgency=Urgency.SAFETY if step.is_safety else Urgency.RESULT,
            due_before=duty.due_before,
            staff_id=response.saved_by_id if step.key == "talk" else None,
            done_on=duty.closed_on,
            done_by_id=done_by,
        )
        yield from _for_leader(root, duty, step, routine)


def _task(
    root: Response,
    name: str,
    title: str,
    rule: str,
    opens_on: date,
    due_on: date,
    routine: Routine,
    *,
    key: str,
    **more,
) -> worklist.Wanted:
    facts = {"answered_on": root.answered_on.isoformat(), **more.pop("facts", {})}
    return worklist.Wanted(
        ref=f"response:{root.key}:{name}",
        title=title,
        rule=rule,
        rule_version=f"{routine.slug} {routine.version}",
        facts=facts,
        opens_on=opens_on,
        due_on=due_on,
        closes_on=due_on,
        unit_id=root.unit_id,
        person_id=root.subject_id,
        subject_key=key,
        **{"urgency": Urgency.RESULT, **more},
    )


def _withdrawal(root: Response, duty: Duty, routine: Routine) -> Iterable[worklist.Wanted]:
    """A colleague sees a withdrawn alarm the next working day at the latest."""
    day = timezone.localdate(duty.withdrawn_at)
    yield _task(
        root,
        f"seen:{duty.key}",
        SEEN_TITLE,
        SEEN_RULE,
        day,
        add_working_days(day, 1),
        routine,
        key=duty.key,
        done_on=timezone.localdate(duty.seen_at) if duty.seen_at else None,
        done_by_id=duty.seen_by_id,
    )


def _for_leader(root: Response, duty: Duty, step: RoutineStep, routine: Routine) -> Iterable[worklist.Wanted]:
    """The leader is told at once when an outcome says so, else at closing time the same day.

    The task is there from the start, with the closing time in `due_before`: a leader's list shows such a task from that
    time on its day, and on every day after. So nothing has to run at closing time.
    """
    if duty.closed_on is not None or root.unit_id is None:
        return
    last = duty.outcomes.last()
    at_once = last is not None and step.outcome(last.outcome).tells_leader
    if not at_once and not step.is_safety:
        return
    day = last.outcome_on if at_once else duty.due_on
    route = root.unit.out_of_hours or NO_ROUTE
    yield _task(
        root,
        f"{duty.step}:leader:{root.unit_id}",
        LEADER_TITLE,
        LEADER_AT_ONCE if at_once else LEADER_AT_CLOSING,
        day,
        day,
        routine,
        key="",
        facts={} if at_once else {"route": route},
        urgency=Urgency.SAFETY,
        due_before=None if at_once else duty.due_before,
    )
