"""What forms and duties owe to facts recorded below."""

from fotspor.access.rules import SYSTEM
from fotspor.instruments.actions.routine import DIED, reconcile
from fotspor.instruments.models import Duty, ReleasedSummary, Response
from fotspor.kit.facts import Fact, Kind


def respond_to(fact: Fact) -> None:
    """End what waits for somebody who has died, and take it up when that was wrong; let forms follow a joined record.

    A pregnancy that ends changes nothing here: what answers the mother's own results stays.
    """
    if fact.person_id is None:
        return
    if fact.kind == Kind.MERGED:
        into = fact.facts["into_id"]
        # Both names of a form follow, also of a signed one: it is the same person, and nothing in the form changes.
        Response.objects.filter(subject_id=fact.person_id).update(subject_id=into)
        Response.objects.filter(informant_id=fact.person_id).update(informant_id=into)
        ReleasedSummary.objects.filter(child_id=fact.person_id).update(child_id=into)
        _reconcile_all(fact, into)
    elif fact.kind == Kind.DIED:
        _reconcile_all(fact, fact.person_id)
    elif fact.kind == Kind.ALIVE:
        ended = Duty.objects.filter(response__subject_id=fact.person_id, end_reason=DIED, ended_on__isnull=False)
        ended.update(ended_on=None, end_reason="")
        _reconcile_all(fact, fact.person_id)


def _reconcile_all(fact: Fact, person_id: int) -> None:
    standing = Response.objects.current().filter(subject_id=person_id, is_history=False)
    for response in standing.select_related("subject", "unit", "first__unit"):
        reconcile(response=response, by=SYSTEM, at=fact.at, end_reason=DIED)
