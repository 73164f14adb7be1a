"""Who of the unit follows a protected person up, and who may be asked to?"""

from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext

from fotspor.access import queries as access
from fotspor.access.rules import Part, Purpose, Viewer
from fotspor.people.labels import display_name
from fotspor.people.models import Person
from fotspor.people.queries import person_by_key
from fotspor.worklist import labels as words
from fotspor.worklist import queries as worklist
from fotspor.worklist.models import Task


@dataclass(frozen=True, slots=True)
class Following:
    """Who follows up, and whom the viewer may ask. For a leader without the person's name."""

    person_id: int
    unit_id: int | None  # whose colleagues
    person_key: str  # for the log; no page of a leader's writes it
    name: str
    kind: str
    closes_on: date | None
    followers: list[str]
    choices: list[tuple[str, str]]
    ids: dict[str, int]
    notes: dict[str, str] = field(default_factory=dict)


def nameless(*, viewer: Viewer, key: str, at: datetime) -> Following:
    """Which task of her unit does a leader find somebody for? Errors: NotVisible unless she sees it without a name."""
    task = worklist.nameless_task(viewer=viewer, key=key, today=timezone.localdate(at))
    person_id, person_key = Person.objects.values_list("pk", "key").get(pk=task.person_id)
    about = {"kind": kind_of(task), "closes_on": task.closes_on}
    return _following(task.unit_id, person_id, person_key, at, **about)


def named(*, viewer: Viewer, key: str, at: datetime) -> Following:
    """Who follows up together with the viewer? Errors: NotVisible unless the person is protected and she is named."""
    person = person_by_key(viewer=viewer, key=key, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    if not may_name(viewer=viewer, person=person, at=at):
        raise access.NotVisible
    return _following(viewer.unit_id, person.pk, person.key, at, name=display_name(person))


def may_name(*, viewer: Viewer, person: Person, at: datetime) -> bool:
    """May the viewer ask a colleague to follow this person up too? Only where nobody else sees the work."""
    if person.protection == Person.Protection.NONE:
        return False
    listed = {"purpose": Purpose.CARE, "part": Part.LISTED, "at": at}
    return access.decision_for(viewer=viewer, person_id=person.pk, **listed).allowed


def kind_of(task: Task) -> str:
    """What kind of task is it, in words that tell nothing about the person? Facts are never filled in."""
    if (task.source == Task.Source.ROUTINE and not task.for_leader) or "%(" in task.title:
        return str(task.get_source_display())
    return words.fill(task.title, {})


def _following(
    unit_id: int | None, person_id: int, person_key: str, at: datetime, *, name: str = "", kind: str = "",
    closes_on: date | None = None,
) -> Following:  # fmt: skip
    on = timezone.localdate(at)
    followers = list(access.followers_of(person_id=person_id, unit_id=unit_id, on=on))
    known = {staff.pk for staff in followers}
    others = [s for s in access.caring_staff(unit_id=unit_id, on=on) if s.pk not in known]
    others.sort(key=lambda staff: (staff.family_name, staff.given_name, staff.pk))
    at_work = set(access.staff_at_work(unit_id=unit_id, on=on).values_list("pk", flat=True))
    return Following(
        person_id=person_id,
        unit_id=unit_id,
        person_key=person_key,
        name=name,
        kind=kind,
        closes_on=closes_on,
        followers=[s.name if s.pk in at_work else gettext("%(name)s (away)") % {"name": s.name} for s in followers],
        choices=[(staff.key, staff.name) for staff in others],
        ids={staff.key: staff.pk for staff in others},
        notes={staff.key: gettext("Away today") for staff in others if staff.pk not in at_work},
    )
