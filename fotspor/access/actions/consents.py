"""A yes, on record, and its withdrawal."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access.actions.audit import log
from fotspor.access.models import Consent
from fotspor.access.queries import NotVisible, facts_for, person_row, require
from fotspor.access.rules import Doing, Part, Permission, Purpose, Viewer, consent_demanded_of
from fotspor.kit.errors import Refused
from fotspor.kit.facts import Fact, Kind, announce


class CannotConsent(Refused):
    """This person's yes does not count: somebody else has parental responsibility, or it is not known who has."""


class ConsentIncomplete(Refused):
    """To whom or for how long is missing or impossible."""


class AlreadyWithdrawn(Refused):
    """It was taken back before."""


def _require(by: Viewer, person_id: int, at: datetime) -> None:
    if not by.may(Permission.RECORD_CONTACT):
        raise NotVisible
    asked = {"person_id": person_id, "purpose": Purpose.CARE, "part": Part.RECORD, "at": at}
    require(viewer=by, doing=Doing.CHANGE, **asked)


@transaction.atomic
def give_consent(
    *,
    person_id: int,
    given_by_id: int,
    to_unit_id: int | None,
    what: str,
    purpose: str = "",
    wording: str = "",
    from_on: date,
    until_on: date | None = None,
    summary: str | None = None,
    by: Viewer,
    at: datetime,
) -> Consent:
    """Record that one person said yes, for herself or for a child she has parental responsibility for.

    Shape   the purpose is either somebody's own words, or the code of a `Consent.Wording`.
    Errors  CannotConsent when the custody code does not ask for this person's consent; ConsentIncomplete.
    """
    _require(by, person_id, at)
    demanded = consent_demanded_of(facts_for(viewer=by, person_id=person_id, at=at), timezone.localdate(at))
    if not demanded:
        raise CannotConsent(
            _("It is not known who has parental responsibility, so nobody can consent yet. Nothing was saved.")
        )
    if given_by_id not in demanded:
        raise CannotConsent(_("Only those with parental responsibility can consent. Nothing was saved."))
    if what == Consent.What.AGREED_STEPS and to_unit_id is None:
        raise ConsentIncomplete(_("Choose which unit the consent is for."))
    if until_on is not None and until_on <= from_on:
        raise ConsentIncomplete(_("The last day must come after the first."))
    consent = Consent.objects.create(
        person_id=person_id,
        given_by_id=given_by_id,
        to_unit_id=to_unit_id,
        what=what,
        purpose=purpose,
        wording=wording,
        summary=summary,
        from_on=from_on,
        until_on=until_on,
        recorded_at=at,
        recorded_by_id=by.staff_id,
    )
    _log("access.consent.given", consent, by, at)
    return consent


@transaction.atomic
def withdraw_consent(*, consent: Consent, by: Viewer, at: datetime) -> Consent:
    """Record that a consent was taken back; from this moment it opens nothing. Errors: AlreadyWithdrawn."""
    _require(by, consent.person_id, at)
    fields = {"withdrawn_at": at, "withdrawn_by_id": by.staff_id}
    if not Consent.objects.filter(pk=consent.pk, withdrawn_at=None).update(**fields):
        raise AlreadyWithdrawn(_("This consent was already withdrawn."))
    consent.refresh_from_db()
    _log("access.consent.withdrawn", consent, by, at)
    announce(
        Fact(
            Kind.CONSENT_WITHDRAWN,
            at=at,
            by_id=by.staff_id,
            person_id=consent.person_id,
            facts={"consent_id": consent.pk, "what": consent.what, "to_unit_id": consent.to_unit_id},
        )
    )
    return consent


def _log(type: str, consent: Consent, by: Viewer, at: datetime) -> None:
    log(
        type=type,
        by=by,
        at=at,
        person=person_row(consent.person_id).key,
        object=f"access.consent:{consent.key}",
        what=consent.what,
        from_on=consent.from_on,
        until_on=consent.until_on,
    )
