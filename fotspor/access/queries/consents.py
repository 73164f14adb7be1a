"""What has been consented to, by whom, and does it stand?"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext

from fotspor.access import labels
from fotspor.access.models import CareRelation, Consent
from fotspor.access.queries.people import Choice, PersonRow, person_by_key
from fotspor.access.queries.visibility import NotVisible, facts_for, in_force, require, table, visible_person_ids
from fotspor.access.rules import (
    SYSTEM,
    Decision,
    Part,
    Purpose,
    Viewer,
    consent_demanded_of,
    consent_stands,
    instant_is_before,
)
from fotspor.kit.labels import Label


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """One consent as the screen shows it."""

    key: str
    what: str | Promise
    purpose: str
    given_by: str
    to_unit: str
    from_on: date
    until_on: date | None
    recorded_by: str
    recorded_at: datetime
    withdrawn_at: datetime | None
    state: Label
    may_be_withdrawn: bool


@dataclass(frozen=True, slots=True)
class ConsentPage:
    """A person's consents, and who can give one."""

    person: PersonRow
    decision: Decision
    rows: list[ConsentRow]
    givers: list[Choice]  # Person.key, name
    units: list[Choice]  # Unit.key, name: kindergartens where the child is enrolled, and units with a relation
    is_child: bool


def consents_of(*, viewer: Viewer, person_key: str, at: datetime) -> ConsentPage:
    """Which consents are there for this person, and who may give one? Errors: NotVisible."""
    person = person_by_key(person_key)
    decision = require(viewer=viewer, person_id=person.id, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    on = timezone.localdate(at)
    demanded = consent_demanded_of(facts_for(viewer=viewer, person_id=person.id, at=at), on)
    found = list(
        within_seal(Consent.objects.filter(person_id=person.id), on=on)
        .select_related("given_by", "to_unit", "recorded_by")
        .order_by("-recorded_at", "-pk")
    )
    names = _names_of_people({c.given_by_id for c in found} | demanded, viewer, at)
    keys = dict(table("people.Person").objects.filter(pk__in=demanded).values_list("pk", "key"))
    return ConsentPage(
        person=person,
        decision=decision,
        rows=[_row(c, names, at, on) for c in found],
        givers=sorted(((keys[pk], names[pk]) for pk in demanded), key=lambda choice: choice[1]),
        units=_units(person.id, on),
        is_child=demanded != {person.id},
    )


def within_seal(consents: QuerySet, *, on: date) -> QuerySet:
    """Which of the consents may be shown? After an adoption none of those given by somebody who was parent before."""
    sealed = table("people.Journey").objects.filter(child=OuterRef("person"), is_sealed=True)
    guardians = table("people.Guardianship").objects.filter(child=OuterRef("person"), guardian=OuterRef("given_by"))
    return consents.exclude(Exists(sealed) & ~Exists(in_force(guardians, on)) & ~Q(given_by=F("person")))


def _row(consent: Consent, names: dict[int, str], at: datetime, on: date) -> ConsentRow:
    state = consent_state(consent, at=at, on=on)
    return ConsentRow(
        key=consent.key,
        what=consent.get_what_display(),
        purpose=consent.purpose,
        given_by=names[consent.given_by_id],
        to_unit=consent.to_unit.name if consent.to_unit else "",
        from_on=consent.from_on,
        until_on=consent.until_on,
        recorded_by=consent.recorded_by.name,
        recorded_at=consent.recorded_at,
        withdrawn_at=consent.withdrawn_at,
        state=labels.CONSENT_STATES[state],
        may_be_withdrawn=state in {"in_force", "future"},
    )


def consent_state(consent: Consent, *, at: datetime, on: date) -> str:
    """What is this consent now? One of the keys of `labels.CONSENT_STATES`."""
    if not instant_is_before(at, consent.withdrawn_at):
        return "withdrawn"
    if consent.until_on is not None and consent.until_on <= on:
        return "expired"
    return "future" if consent.from_on > on else "in_force"


def _names_of_people(ids: set[int] | frozenset[int], viewer: Viewer, at: datetime) -> dict[int, str]:
    """Names of guardians; that of a protected one only where the viewer may open that record too."""
    people = table("people.Person").objects.filter(pk__in=ids)
    visible = visible_person_ids(viewer=viewer, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    open_ids = set(people.filter(protection="none").values_list("pk", flat=True))
    open_ids |= set(people.filter(pk__in=visible).values_list("pk", flat=True))
    hidden = gettext("A protected guardian")
    rows = people.values_list("pk", "given_name", "family_name")
    return {pk: f"{given} {family}".strip() if pk in open_ids else hidden for pk, given, family in rows}


def _units(person_id: int, on: date) -> list[Choice]:
    relations = CareRelation.objects.in_force(on).filter(person_id=person_id)
    units = table("services.Unit").objects.filter(pk__in=relations.values("unit"))
    return list(units.order_by("name").values_list("key", "name"))


def consent_by_key(*, viewer: Viewer, key: str, at: datetime) -> Consent:
    """Which consent is it? Errors: NotVisible for strangers to the person."""
    consent = Consent.objects.filter(key=key).first()
    if consent is None:
        raise NotVisible
    require(viewer=viewer, person_id=consent.person_id, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    return consent


def has_consented(*, person_id: int, what: str, to_unit_id: int | None, at: datetime) -> bool:
    """Has everyone whose consent is demanded consented to this, and does it stand now? Asks no permission."""
    person = facts_for(viewer=SYSTEM, person_id=person_id, at=at)
    return consent_stands(person, what=what, to_unit_id=to_unit_id, at=at, on=timezone.localdate(at))


def ids_of(*, person_key: str = "", unit_key: str = "") -> tuple[int | None, int | None]:
    """Which person and which unit were chosen in a form? None for what was left empty or does not exist."""
    person = table("people.Person").objects.filter(key=person_key).values_list("pk", flat=True).first()
    unit = table("services.Unit").objects.filter(key=unit_key).values_list("pk", flat=True).first()
    return person, unit
