"""What follows from a form: its duties and their tasks, derived again each time a fact about it is recorded."""

from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_noop

from fotspor.access.rules import Viewer
from fotspor.instruments import queries, rules
from fotspor.instruments.actions.relations import keep_in_sight
from fotspor.instruments.models import Duty, Response
from fotspor.instruments.rules import Routine, RoutineStep, WantedDuty
from fotspor.kit.dates import add_working_days
from fotspor.people import queries as people
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
SEEN_BY_LEADER = gettext_noop(
    "No colleague of the one who withdrew it may open the form. You read the reason, and see no answers."
)
LEADER_TITLE = gettext_noop("A safety conversation is not done")
LEADER_OPEN_TITLE = gettext_noop("A follow-up has been tried and is still open")
LEADER_OPEN = gettext_noop("A colleague did not get through. See that somebody goes on with it.")
LEADER_AT_ONCE = gettext_noop(
    "It has been tried and is still open. See that somebody has taken over. "
    "Out of hours, this is agreed: %(route_title)s"
)
LEADER_TAKEN_BACK = gettext_noop(
    "An outcome was recorded wrongly and taken back, and it is open again. "
    "Out of hours, this is agreed: %(route_title)s"
)
LEADER_AT_CLOSING = gettext_noop("It is still open at closing time. Out of hours, this is agreed: %(route_title)s")
OUTCOME_TAKEN_BACK = gettext_noop("What asked for this was recorded wrongly and taken back.")
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
        wanted=list(_tasks(root, response, routine, at)),
        by=by,
        at=at,
        end_reason=end_reason,
    )
    keep_in_sight(response=root, by=by, at=at)
    return list(standing.values())


def _is_over(response: Response) -> bool:
    """Does the form demand nothing any more?"""
    return response.is_history or response.withdrawn_at is not None or response.subject.died_on is not None


def _wanted(routine: Routine, response: Response, standing: dict[str, Duty]) -> list[WantedDuty]:
    """What the result demands, and what outcomes that are recorded demand in turn."""
    found = list(_by_result(routine, response))
    for duty in standing.values():
        for recorded in duty.standing_outcomes:
            found += rules.duties_after(routine, duty.step, recorded.outcome, result=response, on=recorded.outcome_on)
    return found


def _by_result(routine: Routine, response: Response) -> tuple[WantedDuty, ...]:
    """What the answers themselves demand."""
    return rules.duties(
        routine,
        response,
        is_signed=response.is_signed,
        on=response.answered_on,
        starts_routine=response.starts_routine,
        started_on=timezone.localdate(response.started_at) if response.started_at else None,
        is_blank=bool(queries.unanswered(response)),
    )


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
        elif duty.closed_on is None and duty.due_on != (due_on := _due_on(duty, want)):
            duty.due_on = due_on
            duty.save(update_fields=["due_on"])


def _own_deadline(duty: Duty, response: Response) -> date:
    """By when does the routine itself ask for it, whatever has been agreed since?"""
    root = response.root
    standing = {each.step: each for each in root.duties.standing().prefetch_related("outcomes")}
    wanted = _wanted(queries.routine_of(root.instrument), response, standing)
    return max((want.due_on for want in wanted if want.step.key == duty.step), default=duty.due_on)


def _due_on(duty: Duty, want: WantedDuty) -> date:
    """By when is it due now? The day that is agreed; a safety duty opened again, that day; else the rule's."""
    if duty.agreed is not None:
        return duty.agreed.next_on
    if want.step.is_safety and duty.taken_back is not None:
        return timezone.localdate(duty.taken_back.taken_back_at)
    return max(want.due_on, duty.opened_on)


# --- tasks -----------------------------------------------------------------------------------------------


def _tasks(root: Response, response: Response, routine: Routine, at: datetime) -> Iterable[worklist.Wanted]:
    """What the lists show. Tasks hang on the person who answered, never on the child's journey."""
    if response.is_history:
        return
    if not response.is_signed and not _is_over(response):
        day = timezone.localdate(response.saved_at)
        yield _task(
            root, "sign", SIGN_TITLE, SIGN_RULE, day, day, routine, key=response.key, staff_id=response.saved_by_id
        )
    for duty in root.duties.filter(ended_on=None).prefetch_related("outcomes").order_by("id"):
        step = routine.step(duty.step)
        if duty.withdrawn_at is not None:
            yield from _withdrawal(root, duty, routine, at)
            continue
        last = duty.standing_outcomes[-1:]
        done_by = last[0].recorded_by_id if last and duty.closed_on else None
        rule, facts = queries.why(step, response)
        yield _task(
            root,
            duty.step,
            step.title,
            rule,
            duty.opened_on,
            duty.due_on,
            routine,
            key=duty.key,
            urgency=Urgency.SAFETY if step.is_safety else Urgency.RESULT,
            due_before=duty.due_before,
            booked_on=duty.agreed.next_on if duty.agreed else None,
            booked_time=duty.agreed.next_time if duty.agreed else None,
            staff_id=response.saved_by_id if step.key == "talk" else None,
            done_on=duty.closed_on,
            done_by_id=done_by,
            facts=facts,
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
        unit_id=more.pop("unit_id", None) or _answering_unit_id(root, due_on),
        person_id=root.subject_id,
        subject_key=key,
        **{"urgency": Urgency.RESULT, **more},
    )


def _answering_unit_id(root: Response, due_on: date) -> int | None:
    """The unit that screened; has it closed by then, the one that holds the journey's baton."""
    unit = root.unit
    if unit is None or unit.until_on is None or due_on < unit.until_on:
        return root.unit_id
    return people.answering_unit_id(person_id=root.subject_id, journey_id=root.journey_id) or root.unit_id


def _withdrawal(root: Response, duty: Duty, routine: Routine, at: datetime) -> Iterable[worklist.Wanted]:
    """Somebody sees a withdrawn alarm the next working day at the latest: never whoever withdrew it.

    A colleague who may open the form; with none, the unit's leader, who reads the reason and no answers.
    """
    day, name = timezone.localdate(duty.withdrawn_at), f"{queries.SEEN}:{duty.key}"
    begins = f"response:{root.key}:{name}"
    given = Task.objects.open().filter(source=SOURCE, ref__startswith=begins).first()
    own = _answering_unit_id(root, day)
    unit_id, colleague, rule = own, None, SEEN_RULE
    if given is not None and (given.staff_id or duty.seen_at):  # it stays with that colleague or whoever has it now
        name, unit_id, rule = given.ref.removeprefix(f"response:{root.key}:"), given.unit_id, given.rule
    elif duty.seen_at is None:
        found = queries.colleague_for(duty=duty, unit_id=own, at=at)
        if found is not None:
            unit_id, colleague = found
        elif own is not None:
            name, rule = f"{name}:leader:{own}", SEEN_BY_LEADER
    yield _task(
        root,
        name,
        SEEN_TITLE,
        rule,
        day,
        add_working_days(day, 1),
        routine,
        key=duty.key,
        unit_id=unit_id,
        staff_id=colleague,
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
    last = next(reversed(duty.standing_outcomes), None)
    tells = last is not None and step.outcome(last.outcome).tells_leader
    reopened = duty.taken_back if step.is_safety else None
    if not (tells or step.is_safety):
        return
    title, urgency = (LEADER_TITLE, Urgency.SAFETY) if step.is_safety else (LEADER_OPEN_TITLE, Urgency.RESULT)
    if reopened is not None:
        rule, day = LEADER_TAKEN_BACK, timezone.localdate(reopened.taken_back_at)
    elif tells:
        rule, day = LEADER_AT_ONCE if step.is_safety else LEADER_OPEN, last.outcome_on
    else:
        rule, day = LEADER_AT_CLOSING, duty.due_on
    yield _task(
        root,
        f"{duty.step}:leader:{_answering_unit_id(root, day)}",
        title,
        rule,
        day,
        day,
        routine,
        key="",
        facts={"route_title": root.unit.out_of_hours or NO_ROUTE},
        urgency=urgency,
        due_before=duty.due_before if rule == LEADER_AT_CLOSING else None,
    )
