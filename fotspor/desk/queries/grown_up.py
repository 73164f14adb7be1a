"""The page of one grown-up: what waits for her or him, the forms, the children and pregnancies."""

from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from fotspor.access.queries import decision_for
from fotspor.access.rules import Decision, Part, Permission, Purpose, Viewer
from fotspor.desk.queries.child import Line, open_until
from fotspor.desk.queries.colleagues import may_name
from fotspor.desk.queries.rows import Row, row_of
from fotspor.kit import phrases
from fotspor.people import identifiers
from fotspor.people.labels import display_name, journey_label
from fotspor.people.models import Journey, Person
from fotspor.people.queries import Expecting, person_by_key, pregnancies_of, wards_of
from fotspor.worklist import queries as worklist


@dataclass(frozen=True, slots=True)
class OwnPage:
    """One adult: what waits for her or him, the forms, the children and pregnancies."""

    person: Person
    decision: Decision
    name: str
    facts: list[str]
    tasks: list[Row]
    children: list[Line]
    may_see_forms: bool
    may_name: bool
    emergency_until: datetime | None


def person(*, viewer: Viewer, key: str, at: datetime, hides: bool = False) -> OwnPage:
    """What does the page of one grown-up show? Errors: NotVisible."""
    found = person_by_key(viewer=viewer, key=key, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    decision = decision_for(viewer=viewer, person_id=found.pk, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    forms = decision_for(viewer=viewer, person_id=found.pk, purpose=Purpose.CARE, part=Part.FORMS, at=at)
    today = timezone.localdate(at)
    tasks = worklist.tasks(viewer=viewer, purpose=Purpose.CARE, today=today).filter(person=found)
    if not forms.allowed:
        tasks = tasks.exclude(source="routine")
    lines = [
        Line(_pregnancy(e, today), reverse("desk:child", args=[e.journey.key]), "", journey_label(e.journey))
        for e in pregnancies_of(viewer=viewer, mother_id=found.pk, at=at)
    ]
    wards = wards_of(viewer=viewer, guardian_id=found.pk, at=at)
    journeys = {j.child_id: j.key for j in Journey.objects.filter(child__in=wards)}
    for ward in wards:
        url = reverse("desk:child", args=[journeys[ward.pk]]) if ward.pk in journeys else ""
        lines.append(Line(display_name(ward), url, _age_of(ward, today)))
    return OwnPage(
        person=found,
        decision=decision,
        name=display_name(found),
        facts=_own_facts(found, today),
        tasks=[
            row_of(t, today=today, hides=hides, now=timezone.localtime(at).time()) for t in worklist.shown(tasks, today)
        ],
        children=lines,
        may_see_forms=forms.allowed and viewer.may(Permission.SCREEN),
        may_name=may_name(viewer=viewer, person=found, at=at),
        emergency_until=open_until(viewer, found, decision, at),
    )


def _pregnancy(expecting: Expecting, today: date) -> str:
    if expecting.journey.closed_on is not None:
        return gettext("Pregnancy")
    return gettext("Pregnancy, %(week)s") % {"week": phrases.pregnancy_week(expecting.pregnancy.due_on, today)}


def _age_of(ward: Person, today: date) -> str:
    return phrases.age(ward.born_on, today) if ward.born_on and ward.died_on is None else ""


def _own_facts(person: Person, today: date) -> list[str]:
    facts = []
    if person.born_on is not None:
        facts.append(phrases.age(person.born_on, today))
    if person.identity_number:
        facts.append(gettext("Identity no. %(number)s") % {"number": identifiers.masked(person.identity_number)})
    if person.phone and not person.is_graded:
        facts.append(gettext("Phone %(number)s") % {"number": person.phone})
    if person.gp_name:
        facts.append(gettext("GP: %(name)s") % {"name": person.gp_name})
    return facts
