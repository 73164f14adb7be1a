"""What a result looks like on a page: the sum, the limits, what contributed, and what the routine says."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from fotspor.instruments import labels, rules
from fotspor.instruments.models import Approval, Duty, Response
from fotspor.instruments.queries.definitions import approved, instrument, routine_of
from fotspor.instruments.rules import Instrument
from fotspor.kit import charts, phrases
from fotspor.kit.labels import Label

Text = str | Promise
MOST = 4  # rows of what contributed


@dataclass(frozen=True, slots=True)
class Box:
    """One box on the paper."""

    value: int
    checked: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One question as the grid draws it, its boxes in the paper's order."""

    number: int
    topic: Text
    name: str
    options: tuple[Box, ...]
    alert: bool
    error: Text = ""

    @property
    def is_blank(self) -> bool:
        return not any(box.checked for box in self.options)


@dataclass(frozen=True, slots=True)
class Row:
    """What one answer gave."""

    number: int
    topic: Text
    points: int
    maximum: int
    alert: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the routine."""

    title: Text
    who: Text
    when: Text
    label: Label | None
    status: Text
    now: bool
    url_key: str = ""


@dataclass(frozen=True, slots=True)
class ResultCard:
    """The result of one form, ready to show. Nothing in it calls a low sum good."""

    instrument: Instrument
    total: str
    maximum: int
    label: Label
    scale: charts.Scale
    scale_text: str
    sentence: str
    is_complete: bool
    answered: str
    rows: tuple[Row, ...]
    rest: str
    has_alert: bool
    limits: tuple[str, ...]
    approval: Approval | None
    unanswered: tuple[str, ...] = ()  # questions that are acted on alone and are blank, in words


def unanswered(response: Response) -> tuple[rules.Item, ...]:
    """Which questions that are acted on alone have no answer in this form?"""
    return rules.unanswered(instrument(response.instrument, response.instrument_version), response.answers)


def why(step: rules.RoutineStep, response: Response) -> tuple[str, dict[str, int]]:
    """Why is the step asked for: a message id and its facts? After a correction, what stood and what stands now."""
    if step.is_put_right(response):
        form = instrument(response.instrument, response.instrument_version)
        return labels.PUT_RIGHT, {"number": form.alerted_by(step.when.alert).number}
    blank = unanswered(response) if step.asks_again else ()
    if not blank:
        return step.sentence, {}
    return labels.BLANK_UNDECIDED if step.when.holds(response) else labels.BLANK, {"number": blank[0].number}


def grid(form: Instrument, answers: dict[str, int], errors: dict[str, Text] | None = None) -> list[Line]:
    """How do the boxes stand on the paper, and which are ticked?"""
    wrong = errors or {}
    return [
        Line(
            number=item.number,
            topic=_(item.topic),
            name=item.key,
            options=tuple(Box(points, answers.get(item.key) == points) for points in item.paper),
            alert=any(a.item == item.key and (answers.get(item.key) or 0) >= a.at_least for a in form.alerts),
            error=wrong.get(item.key, ""),
        )
        for item in form.items
    ]


def result_card(response: Response, *, with_alerts: bool = True) -> ResultCard:
    """What does this form say? `with_alerts=False` leaves out every item that has an alert: for paper."""
    form = instrument(response.instrument, response.instrument_version)
    found = rules.score(form, response.answers)
    why = rules.explain(form, response.answers, found)
    guarded = {alert.item for alert in form.alerts}
    shown = [c for c in why.contributions if with_alerts or c.item.key not in guarded]
    most = [c for c in shown if c.points][:MOST]
    most += [c for c in shown if c.is_alert and c not in most]
    rest = [c for c in shown if c not in most]
    total = str(found.lowest) if found.is_complete else f"{found.lowest}–{found.highest}"
    return ResultCard(
        instrument=form,
        total=total,
        maximum=form.max_points,
        label=labels.band_label(form, found),
        scale=charts.scale(0, form.max_points, form.limits, found.lowest, found.highest),
        scale_text=_scale_text(form, total),
        sentence=_sentence(why, found),
        is_complete=found.is_complete,
        answered=_("%(answered)s of %(of)s answered") % {"answered": why.answered, "of": why.of},
        rows=tuple(Row(c.item.number, _(c.item.topic), c.points, max(c.item.paper), c.is_alert) for c in most),
        rest=_rest(rest),
        has_alert=bool(found.alerts),
        limits=labels.limits_of(form),
        approval=approved("instrument", form.slug, form.version),
        unanswered=tuple(str(labels.NOT_ANSWERED) % {"number": item.number} for item in _to_ask(form, response)),
    )


def _to_ask(form: Instrument, response: Response) -> tuple[rules.Item, ...]:
    return rules.unanswered(form, response.answers) if response.answers else ()


def _scale_text(form: Instrument, total: str) -> str:
    limits = phrases_and([str(limit) for limit in form.limits])
    return _("Scale from 0 to %(most)s. Limits at %(limits)s. The sum is %(total)s.") % {
        "most": form.max_points,
        "limits": limits,
        "total": total,
    }


def phrases_and(words: list[str]) -> str:
    """How are these said after each other? «10 and 13»"""
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s and %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}


def _sentence(why: rules.Explanation, found: rules.Score) -> str:
    """What the answers we have decide, and what they do not."""
    if not why.answered:
        return _("No question is answered yet.")
    if found.is_complete:
        return _("The sum is a starting point for a conversation, not a diagnosis.")
    facts: dict[str, Any] = {"lowest": found.lowest, "highest": found.highest}
    span = _("The sum will be at least %(lowest)s, at most %(highest)s.") % facts
    if why.undecided:
        facts = {"limit": why.undecided[0].at_least, "reached": why.reached[-1].at_least if why.reached else ""}
        if why.reached:
            decided = _(
                "It reaches %(reached)s whatever is missing. Whether it reaches %(limit)s is not decided: ask again. "
                "Until then the shorter deadline holds."
            )
        else:
            decided = _("Whether it reaches %(limit)s is not decided: ask again.")
        decided %= facts
    elif why.reached:
        decided = _("It reaches %(limit)s whatever is missing.") % {"limit": why.reached[-1].at_least}
    else:
        decided = _("It is under the limit whatever is missing.")
    return f"{span} {decided}"


def _rest(others: list[rules.Contribution]) -> str:
    points = sum(c.points for c in others)
    if not others:
        return ""
    text = ngettext(
        "%(count)s other answer gave %(points)s in all", "%(count)s other answers gave %(points)s in all", len(others)
    )
    return text % {"count": len(others), "points": points}


def routine_steps(response: Response, duties: list[Duty], today: date) -> list[Step]:
    """What does the routine say, with dates? A draft shows what signing it would open; a signed one what stands."""
    routine = routine_of(response.instrument)
    have = {duty.step: duty for duty in duties}
    is_blank = bool(unanswered(response))
    demanded = rules.duties(routine, response, is_signed=True, on=response.answered_on, is_blank=is_blank)
    wanted = {want.step.key: want for want in demanded}
    found = []
    for step in routine.steps:
        duty = have.get(step.key)
        if duty is not None:
            found.append(_standing(step, duty, today))
        elif step.key in wanted and not response.is_signed and response.answers:
            due = max(wanted[step.key].due_on, today)
            found.append(Step(_(step.title), labels.who(step), _by(due, today), None, "", now=False))
    return found


def _standing(step: rules.RoutineStep, duty: Duty, today: date) -> Step:
    label = labels.duty_label(duty, is_safety=step.is_safety, today=today)
    status = _by(duty.due_on, today) if duty.closed_on is None and not step.is_safety else ""
    if duty.agreed is not None and label is labels.AGREED:
        status = _("agreed %(day)s") % {"day": phrases.near_day(duty.agreed.next_on, today)}
    who = labels.outcome_word(step, duty.outcome) if duty.outcome else labels.who(step)
    is_open = duty.closed_on is None
    return Step(
        _(step.title), who, status, label, status or label.word, now=step.is_safety and is_open, url_key=duty.key
    )


def _by(due: date, today: date) -> str:
    if due <= today:
        return _("today") if due == today else phrases.near_day(due, today)
    return _("within %(day)s") % {"day": phrases.near_day(due, today)}
