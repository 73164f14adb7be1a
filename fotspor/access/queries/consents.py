"""What has been consented to, by whom, and does it stand?"""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise

from fotspor.access import labels
from fotspor.access.models import CareRelation, Consent
from fotspor.access.queries.people import Choice, PersonRow, names_as_seen, person_by_key
from fotspor.access.queries.visibility import NotVisible, facts_for, in_force, require, table
from fotspor.access.rules import (
    SYSTEM,
    Decision,
    Doing,
    Part,
    PersonFacts,
    Purpose,
    Viewer,
    consent_demanded_of,
    consent_stands,
    instant_is_before,
    may_do,
)
from fotspor.kit.handles import handle
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
    is_demanded: bool  # false: somebody else has parental responsibility now, and this yes counts no more


@dataclass(frozen=True, slots=True)
class ConsentCard:
    """One thing that is consented to, for one unit: does it stand, who has said yes, and who has not?"""

    what: str | Promise
    to_unit: str
    state: Label
    stops: str | Promise
    given: list[ConsentRow]
    waits_for: list[tuple[str, Label]]  # name, and whether it was taken back or never said
    earlier: list[ConsentRow]


@dataclass(frozen=True, slots=True)
class ConsentPage:
    """A person's consents, and who can give one."""

    person: PersonRow
    decision: Decision
    cards: list[ConsentCard]
    givers: list[Choice]  # a word that leads nowhere, name: the viewer may not open a protected guardian's page
    giver_ids: dict[str, int]  # by the same word
    units: list[Choice]  # Unit.key, name: kindergartens where the child is enrolled, and units with a relation
    is_child: bool
    is_open: bool  # false: emergency access reads consents, and gives or withdraws none


def consents_of(*, viewer: Viewer, person_key: str, at: datetime) -> ConsentPage:
    """Which consents are there for this person, and who may give one? Errors: NotVisible."""
    person = person_by_key(person_key)
    decision = require(viewer=viewer, person_id=person.id, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    on = timezone.localdate(at)
    facts = facts_for(viewer=viewer, person_id=person.id, at=at)
    demanded = consent_demanded_of(facts, on)
    found = _consents(person.id, on)
    names = _names_of_people(found, facts, viewer, at)
    asked = demanded.union(*(consent_demanded_of(facts, on, what) for what in labels.CONSENTS))
    givers = table("people.Person").objects.filter(pk__in=asked).values_list("key", "pk")
    giver_ids = {handle("consent", person.key, key): pk for key, pk in givers}
    return ConsentPage(
        person=person,
        decision=decision,
        cards=_cards(found, facts, names, at),
        givers=sorted(((word, names[pk]) for word, pk in giver_ids.items()), key=lambda choice: choice[1]),
        giver_ids=giver_ids,
        units=_units(person.id, on),
        is_child=demanded != {person.id},
        is_open=may_do(decision, Doing.CHANGE),
    )


def consent_cards(facts: PersonFacts, *, viewer: Viewer, at: datetime) -> list[ConsentCard]:
    """What is consented to for this person? For a page that has let the viewer in, on facts with the consents."""
    on = timezone.localdate(at)
    found = _consents(facts.person_id, on)
    return _cards(found, facts, _names_of_people(found, facts, viewer, at), at) if found else []


def _consents(person_id: int, on: date) -> list[Consent]:
    found = within_seal(Consent.objects.filter(person_id=person_id), on=on)
    return list(found.select_related("given_by", "to_unit", "recorded_by").order_by("-recorded_at", "-pk"))


def _cards(found: list[Consent], facts: PersonFacts, names: dict[int, str], at: datetime) -> list[ConsentCard]:
    """The consents by what and to whom, newest first; what nobody says yes to any more comes last."""
    together: dict[tuple[str, int | None], list[Consent]] = {}
    for consent in found:
        together.setdefault((consent.what, consent.to_unit_id), []).append(consent)
    cards = [_card(consents, facts, names, at) for consents in together.values()]
    return sorted(cards, key=lambda card: not card.given)


def _card(consents: list[Consent], facts: PersonFacts, names: dict[int, str], at: datetime) -> ConsentCard:
    on, first = timezone.localdate(at), consents[0]
    demanded = consent_demanded_of(facts, on, first.what)
    rows = [(c.given_by_id, _row(c, names, demanded, at, on)) for c in consents]
    stands = consent_stands(facts, what=first.what, to_unit_id=first.to_unit_id, at=at, on=on)
    given = [row for _giver, row in rows if row.may_be_withdrawn]
    silent = demanded - {giver for giver, row in rows if row.may_be_withdrawn}
    took_back = silent & {giver for giver, row in rows if row.withdrawn_at}
    said = [(names[pk], labels.TOOK_BACK if pk in took_back else labels.NOT_SAID) for pk in silent]
    not_now = "no" if took_back or not given else "not_yet"
    return ConsentCard(
        what=first.get_what_display(),
        to_unit=first.to_unit.name if first.to_unit else "",
        state=labels.CONSENT_STANDS["yes" if stands else not_now],
        stops=labels.CONSENT_STOPS[first.what],
        given=given,
        waits_for=sorted(said, key=lambda each: each[0]) if given else [],
        earlier=[row for _giver, row in rows if not row.may_be_withdrawn],
    )


def within_seal(consents: QuerySet, *, on: date) -> QuerySet:
    """Which of the consents may be shown? After an adoption none of those given by somebody who was parent before."""
    sealed = table("people.Journey").objects.filter(child=OuterRef("person"), is_sealed=True)
    guardians = table("people.Guardianship").objects.filter(child=OuterRef("person"), guardian=OuterRef("given_by"))
    return consents.exclude(Exists(sealed) & ~Exists(in_force(guardians, on)) & ~Q(given_by=F("person")))


def _row(consent: Consent, names: dict[int, str], demanded: frozenset[int], at: datetime, on: date) -> ConsentRow:
    state = consent_state(consent, at=at, on=on)
    return ConsentRow(
        key=consent.key,
        what=consent.get_what_display(),
        purpose=consent.said_purpose,
        given_by=names[consent.given_by_id],
        to_unit=consent.to_unit.name if consent.to_unit else "",
        from_on=consent.from_on,
        until_on=consent.until_on,
        recorded_by=consent.recorded_by.name,
        recorded_at=consent.recorded_at,
        withdrawn_at=consent.withdrawn_at,
        state=labels.SAID if state == "in_force" else labels.CONSENT_STATES[state],
        may_be_withdrawn=state in {"in_force", "future"},
        is_demanded=consent.given_by_id in demanded,
    )


def consent_state(consent: Consent, *, at: datetime, on: date) -> str:
    """What is this consent now? One of the keys of `labels.CONSENT_STATES`."""
    if not instant_is_before(at, consent.withdrawn_at):
        return "withdrawn"
    if consent.until_on is not None and consent.until_on <= on:
        return "expired"
    return "future" if consent.from_on > on else "in_force"


def _names_of_people(found: list[Consent], facts: PersonFacts, viewer: Viewer, at: datetime) -> dict[int, str]:
    """Those who have given consent or are asked for it, as the viewer may know them, and what they are to the child."""
    on = timezone.localdate(at)
    ids = {c.given_by_id for c in found}.union(*(consent_demanded_of(facts, on, what) for what in labels.CONSENTS))
    words = dict(table("people.Guardianship").Kind.choices)
    hers = (g for g in facts.guardianships if g.child_id == facts.person_id)
    kinds = {g.guardian_id: str(words[g.kind]).lower() for g in hers}
    names = names_as_seen(viewer=viewer, ids=ids, at=at, read=[c.given_by for c in found])
    return {pk: f"{name} ({kinds[pk]})" if pk in kinds else name for pk, name in names.items()}


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


def unit_id_of(*, key: str) -> int | None:
    """Which unit was chosen in a form? None for what was left empty or does not exist."""
    found: int | None = table("services.Unit").objects.filter(key=key).values_list("pk", flat=True).first()
    return found
