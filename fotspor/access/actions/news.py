"""What facts recorded elsewhere do to relations, consents and emergency access."""

from django.utils import timezone

from fotspor.access.actions.audit import log
from fotspor.access.actions.relations import end_each, end_relations
from fotspor.access.models import CareRelation, Consent, EmergencyAccess
from fotspor.access.queries import person_row, viewer_of
from fotspor.kit.facts import Fact, Kind

Basis = CareRelation.Basis


def respond_to(fact: Fact) -> None:
    """Answer the news that changes who may see whom; leave the rest.

    Shape   STAFF_LEFT: facts["staff_id"]. MERGED: person_id goes into facts["into_id"]. ADOPTED: person_id is the
            child, facts["holder_unit_id"] the unit that holds the baton (none: all pregnancy relations end).
    """
    answer = ANSWERS.get(fact.kind)
    if answer is not None:
        answer(fact)


def _died(fact: Fact) -> None:
    end_relations(person_id=fact.person_id, basis=Basis.ENROLLED, by=viewer_of(fact.by_id), at=fact.at)


def _alive(fact: Fact) -> None:
    """A death was recorded by mistake: the kindergarten that saw the child sees it again. The last day is not known."""
    recorded_at, by = fact.facts["recorded_at"], viewer_of(fact.by_id)
    mine = CareRelation.objects.filter(person_id=fact.person_id, basis=Basis.ENROLLED)
    has = set(mine.filter(until_on=None).values_list("unit_id", "staff_id"))
    for relation in mine.filter(ended_at=recorded_at).exclude(ended_at=None).select_related("person"):
        if (relation.unit_id, relation.staff_id) in has:
            continue
        has.add((relation.unit_id, relation.staff_id))
        relation.until_on = relation.ended_at = relation.ended_by_id = None
        relation.save(update_fields=["until_on", "ended_at", "ended_by"])
        said = {"basis": Basis.ENROLLED, "object": f"access.relation:{relation.key}", "from_on": relation.from_on}
        is_named = relation.staff_id is not None
        log(type="access.relation.opened", by=by, at=fact.at, person=relation.person.key, is_named=is_named, **said)


def _staff_left(fact: Fact) -> None:
    staff_id = fact.facts["staff_id"]
    end_relations(staff_id=staff_id, by=viewer_of(fact.by_id), at=fact.at)
    EmergencyAccess.objects.filter(staff_id=staff_id, opened_at__lt=fact.at, until__gt=fact.at).update(until=fact.at)


def _merged(fact: Fact) -> None:
    """The kept record gets every relation, consent and emergency access; one it already has is ended on the other."""
    by, kept_id = viewer_of(fact.by_id), fact.facts["into_id"]
    has = set(CareRelation.objects.filter(person_id=kept_id, until_on=None).values_list("unit_id", "staff_id", "basis"))
    double, moved = [], []
    for relation in CareRelation.objects.filter(person_id=fact.person_id):
        is_double = relation.until_on is None and (relation.unit_id, relation.staff_id, relation.basis) in has
        (double if is_double else moved).append(relation.pk)
    end_each(
        relations=CareRelation.objects.filter(pk__in=double), until_on=timezone.localdate(fact.at), by=by, at=fact.at
    )
    CareRelation.objects.filter(pk__in=moved).update(person_id=kept_id)
    consents = Consent.objects.filter(person_id=fact.person_id).update(person_id=kept_id)
    Consent.objects.filter(given_by_id=fact.person_id).update(given_by_id=kept_id)
    EmergencyAccess.objects.filter(person_id=fact.person_id).update(person_id=kept_id)
    log(
        type="access.relation.moved",
        by=by,
        at=fact.at,
        person=person_row(kept_id).key,
        people=[person_row(fact.person_id).key, person_row(kept_id).key],
        relations=len(moved),
        consents=consents,
    )


def _adopted(fact: Fact) -> None:
    through_pregnancy = CareRelation.objects.filter(person_id=fact.person_id, basis=Basis.PREGNANCY)
    holder = fact.facts.get("holder_unit_id")
    if holder is not None:
        through_pregnancy = through_pregnancy.exclude(unit_id=holder)
    end_each(relations=through_pregnancy, until_on=timezone.localdate(fact.at), by=viewer_of(fact.by_id), at=fact.at)


ANSWERS = {
    Kind.DIED: _died,
    Kind.ALIVE: _alive,
    Kind.STAFF_LEFT: _staff_left,
    Kind.MERGED: _merged,
    Kind.ADOPTED: _adopted,
}
