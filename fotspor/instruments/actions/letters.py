"""The parent's yes to a letter to the GP, kept as a consent; and that the letter was printed."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from fotspor.access import actions as access
from fotspor.access.models import Consent
from fotspor.access.rules import Viewer
from fotspor.instruments import queries
from fotspor.instruments.actions.duties import _log
from fotspor.instruments.models import Duty
from fotspor.kit import phrases
from fotspor.kit.errors import LookFirst


def _standing(duty: Duty) -> list[Consent]:
    """The parent's yes that stands, from what was recorded about this letter."""
    consents = Consent.objects.filter(pk__in=duty.outcomes.exclude(consent=None).values("consent"))
    return list(consents.filter(withdrawn_at=None).order_by("pk"))


def _require_asked_again(duty: Duty, shown: str | None) -> None:
    """Did she take back her last yes to this letter? Then somebody says first that she has been asked again.

    Errors  LookFirst unless `shown` is about just that withdrawal, or None where nobody was asked.
    """
    recorded = duty.outcomes.filter(taken_back_at=None).exclude(consent=None).select_related("consent")
    given = recorded.order_by("id").last()
    if given is None or given.consent.withdrawn_at is None:
        return
    withdrawn = f"{given.consent.key} {given.consent.withdrawn_at.isoformat()}"
    if shown not in (None, withdrawn):
        reason = _("The parent took back the yes to this letter %(at)s.")
        reason %= {"at": phrases.instant(given.consent.withdrawn_at, year=True)}
        message = _("Ask the parent again before you record a new yes. Nothing has been stored yet.")
        raise LookFirst(message, [reason], withdrawn)


def _consent_for(duty: Duty, with_sum: bool, shown: str | None, by: Viewer, at: datetime) -> Consent:
    """The parent's own yes: the one that stands when it is about the same, else a new one in its place.

    Errors  LookFirst, see `_require_asked_again`.
    """
    _require_asked_again(duty, shown)
    for consent in _standing(duty):
        if duty.outcomes.filter(consent=consent, with_sum=with_sum, taken_back_at=None).exists():
            return consent
    _withdraw_consents(duty, by, at)
    parent = duty.response.subject_id
    return access.give_consent(
        person_id=parent,
        given_by_id=parent,
        to_unit_id=None,
        what=Consent.What.LETTER_TO_GP,
        wording=Consent.Wording.LETTER_WITH_SUM if with_sum else Consent.Wording.LETTER,
        from_on=timezone.localdate(at),
        by=by,
        at=at,
    )


def _withdraw_consents(duty: Duty, by: Viewer, at: datetime) -> None:
    for consent in _standing(duty):
        access.withdraw_consent(consent=consent, by=by, at=at)


@transaction.atomic
def print_letter(*, key: str, by: Viewer, at: datetime) -> None:
    """Say that the letter is printed: it leaves the house. Errors: NotVisible without a yes that stands."""
    letter = queries.letter_page(viewer=by, key=key, at=at)
    _log("letter_printed", letter.page.duty, by, at)
