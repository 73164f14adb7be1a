"""What a parent lets the child's page say. Default is nothing."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access import actions as access
from fotspor.access.models import Consent
from fotspor.access.rules import Doing, Purpose, Viewer
from fotspor.instruments import queries
from fotspor.instruments.actions.responses import _require
from fotspor.instruments.models import ReleasedSummary, Response
from fotspor.kit.errors import Refused


class NotASummary(Refused):
    """Only a sentence of the routine may be released, from a form that stands."""


@transaction.atomic
def release_summary(*, response: Response, child_key: str, summary: str, by: Viewer, at: datetime) -> ReleasedSummary:
    """Let those who read the child's page see one sentence, on the parent's own yes. The same one twice is one.

    Shape   the consent is the parent's, about herself; it stands until she takes it back.
    Errors  NotASummary; NotVisible for a child who is not this parent's.
    """
    _require(by, response.subject_id, at, Doing.CHANGE)
    page = queries.release_page(viewer=by, key=response.key, child_key=child_key, at=at)
    routine = queries.routine_of(response.instrument)
    chosen = next((s for s in routine.summaries if s.key == summary), None)
    if chosen is None or not response.is_signed or response.withdrawn_at is not None:
        raise NotASummary(_("Choose one of the sentences. The form must be signed."))
    standing = next((r for r in page.standing if r.sentence == chosen.sentence), None)
    if standing is not None:
        return standing
    consent = access.give_consent(
        person_id=response.subject_id,
        given_by_id=response.subject_id,
        to_unit_id=None,
        what=Consent.What.FORM_SUMMARY,
        wording=Consent.Wording.SENTENCE,
        from_on=timezone.localdate(at),
        by=by,
        at=at,
    )
    released = ReleasedSummary.objects.create(
        consent=consent, response=response, child=page.child, sentence=chosen.sentence
    )
    access.log(
        type="instruments.summary.released",
        by=by,
        at=at,
        person=response.subject.key,
        people=[page.child.key],
        purpose=Purpose.CARE,
        object=f"access.consent:{consent.key}",
        summary=summary,
    )
    return released


@transaction.atomic
def withdraw_summary(*, key: str, by: Viewer, at: datetime) -> ReleasedSummary:
    """Take back a released sentence: from this moment nobody reads it on the child's page. Errors: NotVisible."""
    released = queries.summary_by_key(viewer=by, key=key, at=at)
    access.withdraw_consent(consent=released.consent, by=by, at=at)
    return released
