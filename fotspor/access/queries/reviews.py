"""Which looks are worth a question, and which have been gone through? Computed from the log, period by period.

A row is one employee and one person: what somebody goes through together. The log is read once, in order, and only
what has a reason is kept, so that a busy year is as cheap as its unusual looks are few.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from fotspor.access import labels
from fotspor.access.models import AuditEvent, LookReview
from fotspor.access.queries.log import names_in_log
from fotspor.access.queries.people import staff_names, unit_names
from fotspor.access.queries.unusual import Found, Period, looks_of_pair, unusual
from fotspor.access.queries.visibility import NotVisible, table, visible_person_ids
from fotspor.access.rules import Outcome, Part, Permission, Purpose, Reason, Viewer
from fotspor.kit.labels import Label

PAGE = 50


@dataclass(frozen=True, slots=True)
class Past:
    """What somebody wrote when she went through these looks."""

    by: str
    at: datetime
    outcome: Label
    note: str
    upto: int


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One employee's looks at one person, and what came of going through them: nothing yet when `past` is empty."""

    staff_key: str
    staff: str
    unit: str
    person_key: str
    person: str  # the name, or the word for a protected person; empty when the person is not known any more
    looks: int
    first_at: datetime
    last_at: datetime
    upto: int
    why: tuple[str | Promise, ...]
    past: tuple[Past, ...] = ()
    is_done: bool = False
    is_own: bool = False  # the officer's own looks, which somebody else goes through


@dataclass(frozen=True, slots=True)
class ReviewList:
    """A page of looks with one reason; how many of the period wait, and how many are gone through."""

    page: Page
    rows: tuple[ReviewRow, ...]
    waiting: int
    done: int

    @property
    def shown(self) -> set[str]:
        return {row.person_key for row in self.rows}


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Looks that were found to need following up, and are not yet."""

    reason: str
    word: str | Promise
    staff_key: str
    staff: str
    person_key: str
    person: str
    by: str
    at: datetime
    note: str
    from_on: date  # a period that holds the looks
    to_on: date


def looks_to_review(
    *, viewer: Viewer, reason: Reason, from_on: date, to_on: date, at: datetime, done: bool = False, page: int | str = 1
) -> ReviewList:
    """Which looks in the period are worth a question for this reason, newest first? `done`: those gone through.

    Errors  NotVisible for all but the officer. Her own family stands in no list of hers.
    """
    found = _found(viewer, reason, Period(from_on, to_on, at))
    finished = {pair for pair, pasts in _pasts(reason, found).items() if _is_done(pasts, found[pair].upto)}
    chosen = [each for pair, each in found.items() if (pair in finished) == done]
    chosen.sort(key=lambda each: each.upto, reverse=True)
    shown = Paginator(chosen, PAGE).get_page(page)
    rows = tuple(_rows(viewer, reason, list(shown.object_list), at))
    return ReviewList(shown, rows, waiting=len(found) - len(finished), done=len(finished))


def look_to_review(
    *, viewer: Viewer, reason: Reason, staff_key: str, person_key: str, from_on: date, to_on: date, at: datetime
) -> ReviewRow:
    """Which looks are they, of one employee at one person? Errors: NotVisible where the list has no such row."""
    period = Period(from_on, to_on, at, staff=staff_key, person=person_key)
    found = _found(viewer, reason, period)
    if not found and _pasts(reason, [(staff_key, person_key)]):
        found = {pair: each for pair, each in looks_of_pair(period).items() if each.person not in _hidden(viewer, at)}
    for row in _rows(viewer, reason, list(found.values()), at):
        return row
    raise NotVisible


def _found(viewer: Viewer, reason: Reason, period: Period) -> dict[tuple[str, str], Found]:
    if not viewer.may(Permission.SEE_LOG):
        raise NotVisible
    hidden = _hidden(viewer, period.at)
    return {pair: each for pair, each in unusual(reason, period).items() if each.person not in hidden}


def _hidden(viewer: Viewer, at: datetime) -> set[str]:
    """Whose log is closed to her? Her own and her family's."""
    people = table("people.Person").objects.filter(merged_into=None)
    visible = visible_person_ids(viewer=viewer, purpose=Purpose.PRIVACY, part=Part.LOG, at=at)
    return set(people.exclude(pk__in=visible).values_list("key", flat=True))


def _pasts(reason: Reason, found: Iterable[tuple[str, str]]) -> dict[tuple[str, str], list[LookReview]]:
    """What has been written about these pairs, in order."""
    wanted, pasts = set(found), {}
    for review in LookReview.objects.filter(reason=reason).select_related("reviewed_by").order_by("pk"):
        if (review.staff, review.person) in wanted:
            pasts.setdefault((review.staff, review.person), []).append(review)
    return pasts


def _is_done(pasts: list[LookReview], upto: int) -> bool:
    return any(review.upto >= upto for review in pasts)


def _rows(viewer: Viewer, reason: Reason, found: list[Found], at: datetime) -> Iterator[ReviewRow]:
    names, protected = names_in_log({each.person for each in found}, viewer, at)
    lines = {pk: (when, unit) for pk, when, unit in _ends(found).values_list("pk", "at", "unit")}
    staff = staff_names(keys={each.staff for each in found})
    units = unit_names(keys={unit for _when, unit in lines.values()})
    pasts = _pasts(reason, [(each.staff, each.person) for each in found])
    for each in found:
        mine = pasts.get((each.staff, each.person), [])
        yield ReviewRow(
            staff_key=each.staff,
            staff=staff.get(each.staff, each.staff),
            unit=units.get(lines[each.upto][1], ""),
            person_key=each.person,
            person=str(labels.PROTECTED) if each.person in protected else names.get(each.person, ""),
            looks=each.looks,
            first_at=lines[each.first][0],
            last_at=lines[each.upto][0],
            upto=each.upto,
            why=tuple(labels.REVIEW_WHY[word] for word in each.why),
            past=tuple(_past(review) for review in reversed(mine)),
            is_done=_is_done(mine, each.upto),
            is_own=each.staff == viewer.staff_key,
        )


def _ends(found: list[Found]) -> QuerySet:
    """The first and the last line of each."""
    return AuditEvent.objects.filter(pk__in={pk for each in found for pk in (each.first, each.upto)})


def _past(review: LookReview) -> Past:
    outcome = labels.REVIEW_OUTCOMES[review.outcome]
    return Past(review.reviewed_by.name, review.reviewed_at, outcome, review.note or "", review.upto)


def waiting_follow_ups(*, viewer: Viewer, at: datetime) -> list[FollowUp]:
    """Which looks were found to need following up, and have no later outcome? Oldest first. None but the officer's."""
    open_ = _follow_ups(viewer, at)
    names, protected = names_in_log({each.person for each in open_}, viewer, at)
    staff = staff_names(keys={each.staff for each in open_})
    line_at = dict(AuditEvent.objects.filter(pk__in=[each.upto for each in open_]).values_list("pk", "at"))
    rows = []
    for each in open_:
        looked_on = timezone.localdate(line_at[each.upto])
        rows.append(
            FollowUp(
                reason=each.reason,
                word=labels.REVIEW_REASONS[each.reason].word,
                staff_key=each.staff,
                staff=staff.get(each.staff, each.staff),
                person_key=each.person,
                person=str(labels.PROTECTED) if each.person in protected else names.get(each.person, ""),
                by=each.reviewed_by.name,
                at=each.reviewed_at,
                note=each.note or "",
                from_on=looked_on,
                to_on=looked_on,
            )
        )
    return rows


def follow_up_count(*, viewer: Viewer, at: datetime) -> int:
    """How many looks wait to be followed up? Equal to the rows of `waiting_follow_ups`."""
    return len(_follow_ups(viewer, at))


def _follow_ups(viewer: Viewer, at: datetime) -> list[LookReview]:
    if not viewer.may(Permission.SEE_LOG):
        return []
    last: dict[tuple[str, str, str], LookReview] = {}
    for review in LookReview.objects.select_related("reviewed_by").order_by("pk"):
        last[review.reason, review.staff, review.person] = review
    found = [review for review in last.values() if review.outcome == Outcome.FOLLOW_UP]
    hidden = _hidden(viewer, at) if found else set()
    return sorted((each for each in found if each.person not in hidden), key=lambda each: each.pk)
