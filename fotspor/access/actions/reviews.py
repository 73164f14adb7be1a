"""Going through looks: who, when, with what outcome. Nobody goes through her own."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access.actions.audit import log
from fotspor.access.models import AuditEvent, EmergencyAccess, LookReview
from fotspor.access.queries import NotVisible, person_by_key, privacy_unit_id, require
from fotspor.access.rules import Doing, Outcome, Part, Permission, Purpose, Reason, Viewer
from fotspor.access.rules.reviews import NOTE_LENGTH, needs_words
from fotspor.kit.errors import Refused
from fotspor.kit.facts import Fact, Kind, announce


class WordsNeeded(Refused):
    """An outcome that somebody must act on says what was found."""

    field = "note"


class OwnLooks(Refused):
    """Nobody goes through her own looks."""


@transaction.atomic
def review_looks(
    *,
    reason: Reason,
    staff_key: str,
    person_key: str,
    upto: int,
    outcome: Outcome,
    note: str,
    by: Viewer,
    at: datetime,
) -> LookReview:
    """Write what came of going through one employee's looks at one person, up to a line of the log.

    Follow-up gives the officer a task; any later outcome closes it. Emergency accesses among them are gone through too.
    The same outcome of the same lines twice is one.

    Errors  NotVisible for all but the officer, for her own family, and for a line that is not of the two; OwnLooks;
            WordsNeeded.
    """
    if not by.may(Permission.SEE_LOG):
        raise NotVisible
    person = person_by_key(person_key)
    require(viewer=by, person_id=person.id, purpose=Purpose.PRIVACY, part=Part.LOG, at=at, doing=Doing.CHANGE)
    if not AuditEvent.objects.filter(pk=upto, staff=staff_key, person=person_key).exists():
        raise NotVisible
    if staff_key == by.staff_key:
        raise OwnLooks(_("Nobody goes through her own looks. Ask your deputy. Nothing was saved."))
    note = " ".join(note.split())
    if needs_words(outcome) and len(note) < NOTE_LENGTH:
        raise WordsNeeded(_("Write what you found, in a sentence. Nothing was saved."))
    pair = {"reason": reason, "staff": staff_key, "person": person_key}
    last = LookReview.objects.filter(**pair).order_by("-pk").first()
    if last is not None and (last.upto, last.outcome, last.note or "") == (upto, outcome, note):
        return last
    review = LookReview.objects.create(
        **pair, upto=upto, outcome=outcome, note=note or None, reviewed_at=at, reviewed_by_id=by.staff_id
    )
    _log_and_tell(review, person.id, by, at)
    return review


def _log_and_tell(review: LookReview, person_id: int, by: Viewer, at: datetime) -> None:
    log(
        type="access.look.reviewed",
        by=by,
        at=at,
        person=review.person,
        purpose=Purpose.PRIVACY,
        object=f"access.look_review:{review.key}",
        staff=review.staff,
        reason=review.reason,
        outcome=review.outcome,
        upto=review.upto,
    )
    announce(
        Fact(
            Kind.LOOKS_REVIEWED,
            at=at,
            by_id=by.staff_id,
            person_id=person_id,
            facts={
                "ref": f"{review.reason}:{review.staff}:{review.person}",
                "subject_key": review.key,
                "needs_follow_up": review.outcome == Outcome.FOLLOW_UP,
                "emergencies": _emergencies(review, person_id),
                "unit_id": privacy_unit_id(on=timezone.localdate(at)),
            },
        )
    )


def _emergencies(review: LookReview, person_id: int) -> list[str]:
    """Which emergency accesses have been gone through with these looks: those taken before the last of them."""
    if review.reason != Reason.EMERGENCY:
        return []
    last_at = AuditEvent.objects.values_list("at", flat=True).get(pk=review.upto)
    taken = EmergencyAccess.objects.filter(staff__key=review.staff, person_id=person_id, opened_at__lte=last_at)
    return list(taken.values_list("key", flat=True))
