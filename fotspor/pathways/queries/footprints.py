"""What the trail says: the label and sentence of each footprint and of each pass of the baton."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from fotspor.access.models import CareRelation
from fotspor.kit import phrases
from fotspor.kit.dates import age_months, age_years, weeks_pregnant
from fotspor.kit.trail import Arena, Pass, Step, StepState
from fotspor.pathways.models import Baton, Contact, Handover, Stop
from fotspor.pathways.queries.definitions import pathway
from fotspor.pathways.rules.trail import Cell, Expected, Print
from fotspor.people.models import Journey
from fotspor.services.models import Unit

ARENAS = Unit.Arena
BIRTH = "birth"
WEEK = "wk "  # a week of pregnancy in a definition's short label: drawn as its number, read as a week


@dataclass(slots=True)
class Stretch:
    """One arena of lane 1 while it is being filled."""

    arena: str
    state: str  # done | now | future
    unit: Unit | None = None
    baton: Baton | None = None
    from_on: date | None = None
    until_on: date | None = None
    steps: list[Expected] = field(default_factory=list)
    cells: tuple[Cell, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """Everything that was read about one journey."""

    journey: Journey
    contacts: dict[str, Contact]
    stops: dict[str, Stop]
    batons: list[Baton]
    accepted: dict[datetime, Handover]
    handovers: list[Handover]
    waiting: Handover | None
    enrolled: list[CareRelation]
    today: date

    @property
    def born_on(self) -> date | None:
        return self.journey.child.born_on if self.journey.child_id else None

    @property
    def due_on(self) -> date | None:
        journey = self.journey
        return journey.pregnancy.due_on if journey.pregnancy_id and not journey.is_sealed else None


def step_of(way: Way, cell: Cell, start: int) -> Step:
    """One footprint with its words."""
    state, key = StepState(cell.state.value), cell.keys[0]
    if cell.year is not None:
        first, last = cell.year * 12 + (1 if cell.year == 0 else 0), (cell.year + 1) * 12
        age = gettext("%(first)s–%(last)s mo") % {"first": first, "last": last}
        count = phrases.grouped(len(cell.keys))
        words = gettext("%(age)s, all %(count)s done") % {"age": age, "count": count}
        return Step(start, state, age, words, "?vis=liste")
    if key == BIRTH:
        day = phrases.short_day(cell.on, year=True)
        words = gettext("Birth, %(day)s") if way.born_on else gettext("Birth expected %(day)s")
        return Step(start, state, gettext("Birth"), words % {"day": day}, "#trail", on=cell.on)
    if key.startswith("stop:"):
        return _stop_step(way.stops[key.removeprefix("stop:")], cell, start, way.today)
    if key.startswith("start:"):
        words = gettext("Started in kindergarten %(day)s") if cell.state == Print.DONE else gettext("Starts %(day)s")
        day = {"day": phrases.short_day(cell.on, year=True)}
        return Step(start, state, gettext("Start"), words % day, "#trail", on=cell.on)
    contact = way.contacts[key]
    age, is_week = _age(way, contact)
    url = reverse("pathways:contact", args=[contact.key])
    sentence = _sentence(contact, cell.state, way.today)
    word = gettext("Not needed:") if contact.outcome == Contact.Outcome.NOT_NEEDED else ""
    return Step(start, state, age, sentence, url, week=is_week, on=contact.due_on, word=word)


def with_week(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The first of a row of weeks says that they are weeks, where its neighbour is no word that it would run into."""
    if not steps or not steps[0].week or (len(steps) > 1 and not steps[1].week):
        return steps
    return (replace(steps[0], age=gettext("Week %(week)s") % {"week": steps[0].age}, week=False), *steps[1:])


def _age(way: Way, contact: Contact) -> tuple[str, bool]:
    """The short label under a footprint: what the definition says, else the age or week it falls in."""
    if contact.enrolment_id and contact.step:
        step = pathway(contact.enrolment.pathway, contact.enrolment.pathway_version).step(contact.step)
        if step is not None and step.short.startswith(WEEK):
            return step.short.removeprefix(WEEK), True
        if step is not None:
            return gettext(step.short), False
    if way.born_on is not None and contact.due_on >= way.born_on:
        months = age_months(way.born_on, contact.due_on)
        if months >= 24:
            return gettext("%(count)s y") % {"count": age_years(way.born_on, contact.due_on)}, False
        if months >= 3:
            return gettext("%(count)s mo") % {"count": months}, False
        return gettext("%(count)s w") % {"count": (contact.due_on - way.born_on).days // 7}, False
    if way.due_on is not None:
        return str(weeks_pregnant(way.due_on, contact.due_on)[0]), True
    return phrases.short_day(contact.due_on), False


def _sentence(contact: Contact, state: Print, today: date) -> str:
    facts = {
        "title": gettext(contact.title),
        "day": phrases.short_day(contact.outcome_on or contact.closes_on, year=True),
        "window": phrases.day_range(contact.opens_on, contact.closes_on, year=True),
        "opens": phrases.short_day(contact.opens_on, year=True),
    }
    if state == Print.DONE_LATE:
        facts["days"] = phrases.days((contact.outcome_on - contact.closes_on).days)
        return gettext("%(title)s, held %(days)s after the window, %(day)s") % facts
    if state == Print.DECLINED and contact.outcome == Contact.Outcome.NOT_NEEDED:
        facts["reason"] = contact.outcome_reason or ""
        return gettext("%(title)s, %(day)s. %(reason)s") % facts
    if contact.outcome == Contact.Outcome.MOVED:
        return gettext("%(title)s, held elsewhere, %(day)s") % facts
    if state in (Print.DONE, Print.DECLINED):
        return gettext("%(title)s, %(day)s") % facts
    if state == Print.LATE:
        facts["days"] = phrases.days((today - contact.closes_on).days)
        return gettext("%(title)s. The deadline was %(day)s, %(days)s ago.") % facts
    if contact.booked_on is not None:
        facts["booked"] = _booked(contact)
        return gettext("%(title)s. Booked %(booked)s. The window is %(window)s.") % facts
    if contact.opens_on <= today:
        return gettext("%(title)s. The window is %(window)s.") % facts
    return gettext("%(title)s. The window opens %(opens)s.") % facts


def _booked(contact: Contact) -> str:
    day = phrases.short_day(contact.booked_on)
    if contact.booked_time is None:
        return day
    return gettext("%(day)s at %(time)s") % {"day": day, "time": phrases.clock(contact.booked_time)}


def _stop_step(stop: Stop, cell: Cell, start: int, today: date) -> Step:
    facts = {"place": stop.unit.name, "reason": stop.reason, "day": phrases.short_day(stop.due_on, year=True)}
    if stop.done_on:
        facts["day"] = phrases.short_day(stop.done_on, year=True)
        words = gettext("Stop at %(place)s (%(reason)s), closed %(day)s") % facts
    elif cell.state == Print.LATE:
        words = gettext("Stop at %(place)s (%(reason)s). Ask after it: the day was %(day)s.") % facts
    else:
        words = gettext("Stop at %(place)s (%(reason)s). Ask after it by %(day)s.") % facts
    url = reverse("pathways:stop", args=[stop.key])
    return Step(start, StepState(cell.state.value), gettext("Stop"), words, url, on=stop.from_on)


def pass_of(way: Way, former: Stretch, to: Stretch, start: int) -> Pass:
    """The baton on the boundary: from, to, sent, taken over; or waiting, planned, or picked up by nobody."""
    names = {"from": _pass_name(former), "to": _pass_name(to)}
    if to.baton is None:
        return _coming_pass(way, to, start, names)
    on = timezone.localdate(to.baton.since_at)
    names["day"] = phrases.short_day(on, year=True)
    handover = way.accepted.get(to.baton.since_at)
    if handover is not None:
        sent_on = timezone.localdate(handover.sent_at)
        waited = (on - sent_on).days
        names |= {"sent": phrases.short_day(sent_on, year=True), "days": phrases.days(waited)}
        words = (
            gettext("The baton went from %(from)s to %(to)s. Sent and taken over %(day)s, the same day.")
            if waited == 0
            else gettext("The baton went from %(from)s to %(to)s. Sent %(sent)s, taken over %(day)s, after %(days)s.")
        )
        return Pass(start, "done", (phrases.short_day(on), _short_days(waited)), words % names, on=on)
    if to.baton.confirmed_at is None:
        words = gettext("The baton went from %(from)s to %(to)s on %(day)s. Nobody has taken it over yet.") % names
        return Pass(start, "gap", (phrases.short_day(on), gettext("nobody")), words, on=on)
    words = gettext("The baton went from %(from)s to %(to)s, which has confirmed it. Since %(day)s.") % names
    return Pass(start, "done", (phrases.short_day(on), ""), words, on=on)


def _coming_pass(way: Way, to: Stretch, start: int, names: dict[str, str]) -> Pass:
    waiting = way.waiting
    if waiting is not None and to.unit is not None and to.unit.pk == waiting.to_unit_id:
        days = (way.today - timezone.localdate(waiting.sent_at)).days
        names |= {"sent": phrases.short_day(waiting.sent_at, year=True), "days": phrases.days(days)}
        words = gettext(
            "The baton was sent from %(from)s to %(to)s %(sent)s. It has not been taken over: waited %(days)s."
        )
        return Pass(start, "future", (gettext("waits"), _short_days(days)), words % names, _handover_url(waiting))
    first = min((s.opens_on for s in to.steps), default=way.today)
    month = phrases.short_day(first).split(" ")[-1] if " " in phrases.short_day(first) else phrases.short_day(first)
    names |= {"month": month, "year": str(first.year)}
    words = gettext("The baton is to go from %(from)s to %(to)s by the plan, from %(month)s %(year)s.")
    return Pass(start, "future", (month, str(first.year)), words % names)


def _handover_url(handover: Handover) -> str:
    return reverse("pathways:handover", args=[handover.key])


def _short_days(count: int) -> str:
    return gettext("%(count)s d") % {"count": count}


def _pass_name(stretch: Stretch) -> str:
    if stretch.unit is not None:
        return stretch.unit.name
    return gettext("nobody") if stretch.baton is not None else str(ARENAS(stretch.arena).label)


def summary_of(way: Way, road: Iterable[Stretch], lane: Iterable[Arena]) -> str:
    """What the picture says, in a sentence."""
    done = late = 0
    for stretch in road:
        done += sum(len(c.keys) for c in stretch.cells if c.state in (Print.DONE, Print.DONE_LATE))
        late += sum(c.state == Print.LATE for c in stretch.cells)
    for arena in lane:
        done += sum(s.state in (StepState.DONE, StepState.DONE_LATE) for s in arena.steps)
        late += sum(s.state == StepState.LATE for s in arena.steps)
    if way.journey.closed_on is not None and not done:
        return ""
    words = [ngettext("%(count)s step done", "%(count)s steps done", done) % {"count": done}]
    if late:
        words.append(ngettext("%(count)s past the deadline", "%(count)s past the deadline", late) % {"count": late})
    sentence = ", ".join(words) + "."
    taken = len(way.accepted)
    if taken:
        sentence += " " + ngettext("%(count)s takeover.", "%(count)s takeovers.", taken) % {"count": taken}
    if way.waiting is not None:
        sentence += " " + gettext("One baton waits to be taken over.")
    return sentence
