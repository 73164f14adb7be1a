"""Which people may this viewer see, and may she see this one? The set form of `rules.decide`, and the rule on one.

Tables of the apps above are joined by lookup (`apps.get_model`) and never imported.
"""

from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access.models import CareRelation, Consent, EmergencyAccess
from fotspor.access.queries.kin import family_of
from fotspor.access.rules import (
    CARE_PARTS,
    EMERGENCY_PARTS,
    KIND_OF_CODE,
    LIST_PARTS,
    Ask,
    ConsentFacts,
    Decision,
    Doing,
    EmergencyFacts,
    GuardianFacts,
    Part,
    Permission,
    PersonFacts,
    Purpose,
    RelationFacts,
    Viewer,
    decide,
    latest_birth_of_age,
    may_do,
    role_of,
)
from fotspor.access.rules.facts import CONFIDENTIAL, ENROLLED, HEALTH, NO_GRADE, STRICT
from fotspor.kit.errors import Refused
from fotspor.kit.subqueries import IsAmong, compiled_once, fetched_once


class NotVisible(Http404):
    """There is no such person, or not for this viewer. Strangers cannot tell which."""


class NotInEmergency(Refused):
    """Emergency access opens the record for reading, and for what the emergency itself needs.

    `person_key` says whose page is shown instead, where a form is not opened.
    """

    def __init__(self, person_key: str = ""):
        self.person_key = person_key
        super().__init__(
            _(
                "The record is open by emergency access: you can read, fill in a form, and write down what you did. "
                "Take the person in to do more. Nothing was saved."
            )
        )


def table(name: str) -> Any:
    """Which table is it? `name` as «people.Person»: the layers above are looked up."""
    return apps.get_model(name)


def in_force(rows: QuerySet, on: date) -> QuerySet:
    """Which of the rows with a period are in force on that day?"""
    return rows.filter(from_on__lte=on).filter(Q(until_on=None) | Q(until_on__gt=on))


# --- the set form ----------------------------------------------------------------------------------------


def visible_person_ids(
    *, viewer: Viewer | None, purpose: Purpose, part: Part, at: datetime, on: date | None = None
) -> Combinable:
    """Which people may this viewer see this part of, for this purpose, now?

    Shape   person ids as an expression for `id__in=`; it asks the database nothing by itself. `on` is the day of `at`,
            for those whose `at` is only put in its place when the database is asked.
    """
    return _set_form(viewer=viewer, purpose=purpose, part=part, on=on or timezone.localdate(at), at=at, each=False)


def may_be_seen(
    column: str, *, viewer: Viewer | None, purpose: Purpose, part: Part, at: datetime, on: date | None = None
) -> Combinable:
    """May this viewer see the person in this column? As `visible_person_ids`, for few rows out of many.

    Shape   a condition. That set is made whole before anything is compared with it, some thousand people in a unit
            of a city; here each row is asked about by itself.
    """
    asked = {"viewer": viewer, "purpose": purpose, "part": part, "on": on or timezone.localdate(at), "at": at}
    return IsAmong(column, _set_form(**asked, each=True))


@compiled_once("at")
def _set_form(*, viewer: Viewer | None, purpose: Purpose, part: Part, on: date, at: datetime, each: bool) -> QuerySet:
    def among(rows: QuerySet) -> Q:
        return Q(Exists(rows.filter(person=OuterRef("pk")))) if each else Q(pk__in=rows.values("person"))

    people = table("people.Person").objects.filter(merged_into=None)
    if viewer is None or not _may_ever(viewer, purpose, part):
        return people.none().values("pk")
    people = without_own_and_family(people, viewer, on)
    if part is Part.LOG:
        return people.values("pk")
    relations = CareRelation.objects.in_force(on).filter(unit_id=viewer.unit_id)
    named = among(relations.filter(staff_id=viewer.staff_id))
    emergencies = _emergencies(viewer, purpose, part, at)
    seconded = emergencies.filter(seconded_at__lte=at, seconded_by__isnull=False).exclude(seconded_by=F("staff"))
    people = _without_what_nobody_is_shown(people, part, on)
    people = people.filter(~Q(protection=STRICT) | named | among(seconded))
    if part in LIST_PARTS:
        people = people.filter(~Q(protection=CONFIDENTIAL) | named)
    if part is Part.AGREED_STEPS:
        people = people.filter(agreed_by_all(what=part.value, to_unit_id=viewer.unit_id, on=on, at=at))
    counting = emergencies.filter(needs_second=False) | seconded
    related = _related(viewer, purpose, part, relations)
    if each:
        return people.filter(among(related) | among(counting)).values("pk")
    # One union rather than two alternatives: the database can then start from the few related, not from everybody.
    return people.filter(pk__in=related.values("person").union(counting.values("person"))).values("pk")


def _may_ever(viewer: Viewer, purpose: Purpose, part: Part) -> bool:
    if viewer.staff_id is None or viewer.unit_id is None:
        return False
    if part is Part.FORMS and viewer.sector != HEALTH:
        return False
    return part in role_of(viewer.role).parts.get(purpose, frozenset())


def _own_person(staff_id: int | None) -> QuerySet:
    index = table("services.Staff").objects.filter(pk=staff_id).exclude(identity_index="")
    return table("people.Person").objects.filter(identity_index__in=index.values("identity_index"))


def without_own_and_family(people: QuerySet, viewer: Viewer, on: date) -> QuerySet:
    """Which of the people are neither the viewer nor her family?"""
    return people.exclude(pk__in=family_of(viewer.staff_id, on))


def _without_what_nobody_is_shown(people: QuerySet, part: Part, on: date) -> QuerySet:
    if part is Part.LISTED:
        return people.filter(Q(died_on=None) | Q(died_on__gt=on))
    if part is Part.ADDRESS:
        return people.filter(protection=NO_GRADE, address_protection=NO_GRADE)
    return people


def _emergencies(viewer: Viewer, purpose: Purpose, part: Part, at: datetime) -> QuerySet:
    if part not in EMERGENCY_PARTS or purpose is not Purpose.CARE or not viewer.may(Permission.BREAK_GLASS):
        return EmergencyAccess.objects.none()
    return EmergencyAccess.objects.filter(
        staff_id=viewer.staff_id, unit_id=viewer.unit_id, opened_at__lte=at, until__gt=at
    )


def _related(viewer: Viewer, purpose: Purpose, part: Part, relations: QuerySet) -> QuerySet:
    """Who is related in the way this part asks for? One line for each clause of the policy that says yes to one."""
    own = relations.filter(Q(staff=None) | Q(staff_id=viewer.staff_id))
    if purpose is Purpose.CARE and part in {Part.INVITATIONS, Part.AGREED_STEPS}:
        return own.filter(basis=ENROLLED)
    if purpose is Purpose.LEADERSHIP and part is Part.TASKS:
        return relations
    if purpose is Purpose.CARE and part in CARE_PARTS:
        return own.exclude(basis=ENROLLED)
    return relations.none()  # a part that a role was given and no clause speaks of


def agreed_by_all(*, what: str, to_unit_id: int | None, on: date, at: datetime) -> Q:
    """Of which people has everyone whose consent is demanded consented? The set form of `rules.consent_stands`."""
    given = in_force(Consent.objects.filter(what=what, to_unit_id=to_unit_id), on).filter(
        Q(withdrawn_at=None) | Q(withdrawn_at__gt=at)
    )
    of_age = Q(born_on__isnull=False, born_on__lte=latest_birth_of_age(on, what))
    by_self = Exists(given.filter(person=OuterRef("pk"), given_by=OuterRef("pk")))
    rows = in_force(table("people.Guardianship").objects.filter(child=OuterRef("pk")), on)
    said_yes = Exists(given.filter(person=OuterRef("child"), given_by=OuterRef("guardian")))
    two = rows.values("child").annotate(guardians=Count("guardian", distinct=True)).filter(guardians__gt=1)
    by_code = Exists(two) & Exists(rows.filter(custody="joint")) & ~Exists(rows.exclude(custody="joint"))
    by_guardians = Q(by_code & ~Exists(rows.filter(~said_yes)))
    for code, kind in KIND_OF_CODE.items():
        named = rows.filter(kind=kind)
        by_guardians |= Q(
            Exists(named.filter(custody=code)) & ~Exists(rows.exclude(custody=code)) & ~Exists(named.filter(~said_yes))
        )
    return (of_age & Q(by_self)) | (~of_age & by_guardians)


# --- one person ------------------------------------------------------------------------------------------


FACTS = ("born_on", "died_on", "protection", "address_protection", "household")


def facts_for(*, viewer: Viewer, person_id: int, at: datetime, consents: bool | None = True) -> PersonFacts:
    """What does a decision about this person stand on?

    Shape   `consents=False` leaves out what only a question about consent needs, and saves two queries; None asks
            them for the few about whom something has been consented to.
    Errors  NotVisible when there is no such person.
    """
    found = _facts(person_id=person_id, staff_id=viewer.staff_id or 0)
    if not found:
        raise NotVisible
    (row,) = found
    is_known = row["own_id"] is not None
    asked = row["is_shared"] if consents is None else consents
    return PersonFacts(
        person_id=person_id,
        **{name: row[name] for name in FACTS},
        is_merged=row["merged_into_id"] is not None,
        relations=_relations(person_id),
        emergencies=_emergency_facts(person_id),
        guardianships=_guardianships(person_id) if is_known or asked else (),
        consents=_consents(person_id) if asked and row["is_shared"] else (),
        shared=_shared(person_id) if is_known else frozenset(),
        own_person_id=row["own_id"],
        own_household=row["own_household"] or "",
    )


@fetched_once("person_id", "staff_id")
def _facts(*, person_id: int, staff_id: int) -> QuerySet:
    own = _own_person(staff_id)
    return (
        table("people.Person")
        .objects.filter(pk=person_id)
        .annotate(own_id=Subquery(own.values("pk")[:1]), own_household=Subquery(own.values("household")[:1]))
        .annotate(is_shared=Exists(Consent.objects.filter(person=OuterRef("pk"))))
        .values(*FACTS, "merged_into_id", "own_id", "own_household", "is_shared")
    )


def _relations(person_id: int) -> tuple[RelationFacts, ...]:
    return tuple(RelationFacts(*row) for row in _related_to(person_id=person_id))


@fetched_once("person_id")
def _related_to(*, person_id: int) -> QuerySet:
    rows = CareRelation.objects.filter(person_id=person_id).order_by("id")
    return rows.values_list("unit_id", "staff_id", "basis", "from_on", "until_on")


def _emergency_facts(person_id: int) -> tuple[EmergencyFacts, ...]:
    return tuple(EmergencyFacts(*row) for row in _opened(person_id=person_id))


@fetched_once("person_id")
def _opened(*, person_id: int) -> QuerySet:
    fields = ("staff_id", "unit_id", "opened_at", "until", "needs_second", "seconded_by_id", "seconded_at")
    return EmergencyAccess.objects.filter(person_id=person_id).order_by("id").values_list(*fields)


def _guardianships(person_id: int) -> tuple[GuardianFacts, ...]:
    return tuple(GuardianFacts(*row[1:]) for row in _near(person_id=person_id))


@fetched_once("person_id")
def _near(*, person_id: int) -> QuerySet:
    """The person's own, and those of everybody they name. Each of the four is found by an index, as «or» would not."""
    rows = table("people.Guardianship").objects
    about = Q(child_id=person_id) | Q(guardian_id=person_id)
    near = [rows.filter(about).values(end) for end in ("child_id", "guardian_id")]
    fields = ("id", "child_id", "guardian_id", "kind", "custody", "from_on", "until_on")
    found = [rows.filter(**{f"{end}__in": ids}).values_list(*fields) for end in ("child", "guardian") for ids in near]
    return found[0].union(*found[1:]).order_by("id")


def _consents(person_id: int) -> tuple[ConsentFacts, ...]:
    fields = ("given_by_id", "to_unit_id", "what", "from_on", "until_on", "withdrawn_at")
    rows = Consent.objects.filter(person_id=person_id).order_by("id")
    return tuple(ConsentFacts(*row) for row in rows.values_list(*fields))


def _shared(person_id: int) -> frozenset[int]:
    pregnancies = table("people.Pregnancy").objects.filter(
        Q(mother_id=person_id) | Q(other_parent_id=person_id) | Q(journeys__child_id=person_id)
    )
    ids = pregnancies.values_list("mother_id", "other_parent_id", "journeys__child_id")
    about = {person for row in ids for person in row if person is not None}
    return frozenset(about - {person_id})


def decision_for(*, viewer: Viewer | None, person_id: int, purpose: Purpose, part: Part, at: datetime) -> Decision:
    """May this viewer see this part of this person, for this purpose, now, and why?"""
    if viewer is None:
        return Decision(allowed=False, reason="nobody")
    try:
        person = facts_for(viewer=viewer, person_id=person_id, at=at, consents=part is Part.AGREED_STEPS)
    except NotVisible:
        return Decision(allowed=False, reason="unknown")
    return decision_on(person, viewer=viewer, purpose=purpose, part=part, at=at)


def decision_on(person: PersonFacts, *, viewer: Viewer, purpose: Purpose, part: Part, at: datetime) -> Decision:
    """May this viewer see this part, on facts that are at hand already? For a page that asks of several parts."""
    return decide(Ask(viewer=viewer, person=person, purpose=purpose, part=part, at=at, on=timezone.localdate(at)))


def require(
    *,
    viewer: Viewer | None,
    person_id: int,
    purpose: Purpose,
    part: Part,
    at: datetime,
    doing: Doing = Doing.READ,
) -> Decision:
    """On what basis may this viewer see this part of this person, and do that there?

    Errors  NotVisible (404) when she may not see it; NotInEmergency when emergency access does not reach so far.
    """
    decision = decision_for(viewer=viewer, person_id=person_id, purpose=purpose, part=part, at=at)
    if not decision.allowed:
        raise NotVisible
    if not may_do(decision, doing):
        raise NotInEmergency
    return decision


def refuse_in_emergency(*, viewer: Viewer | None, person_id: int, at: datetime, doing: Doing = Doing.CHANGE) -> None:
    """Is the record open to this viewer by emergency access alone, and not for this? Errors: NotInEmergency.

    For what is allowed on other grounds than seeing the record, as a unit's own contacts and tasks are.
    """
    decision = decision_for(viewer=viewer, person_id=person_id, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    if decision.allowed and not may_do(decision, doing):
        raise NotInEmergency
