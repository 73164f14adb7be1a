"""A yes, on record, and its withdrawal."""

from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from fotspor.access.actions.audit import log
from fotspor.access.models import Consent
from fotspor.access.queries import NotVisible, facts_for, person_row, require
from fotspor.access.queries.visibility import table
from fotspor.access.rules import Doing, Part, Permission, PersonFacts, Purpose, Viewer, consent_demanded_of
from fotspor.kit import phrases
from fotspor.kit.dates import add_months
from fotspor.kit.errors import Refused
from fotspor.kit.facts import Fact, Kind, announce

MONTHS_AHEAD = 12  # a kindergarten place is agreed on at the most so long before


class CannotConsent(Refused):
    """This person's yes does not count: somebody else has parental responsibility, or it is not known who has."""


class ConsentIncomplete(Refused):
    """To whom or for how long is missing or impossible."""


class PurposeTellsOfAnswers(ConsentIncomplete):
    """The kindergarten would read a score from somebody's own form, or what was answered there."""

    field = "purpose"


class ImpossibleDay(ConsentIncomplete):
    """Before the person was born, too far ahead, or an end before the beginning."""

    def __init__(self, message, field: str = "from_on"):
        self.field = field
        super().__init__(message)


class AlreadyConsented(Refused):
    """The same person has said yes to the same, for the same unit, and it stands or is to begin."""


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
    Errors  CannotConsent when the custody code does not ask for this person's consent; AlreadyConsented while her
            own yes to the same stands, or is to begin; ConsentIncomplete, that is PurposeTellsOfAnswers or
            ImpossibleDay, too.
    """
    _require(by, person_id, at)
    person = facts_for(viewer=by, person_id=person_id, at=at)
    _require_giver(person, given_by_id, what, at)
    if what == Consent.What.AGREED_STEPS and to_unit_id is None:
        raise ConsentIncomplete(_("Choose which unit the consent is for."))
    _require_days(person, from_on, until_on, at)
    if import_string(settings.ANSWERS_TOLD)(purpose):
        raise PurposeTellsOfAnswers(
            _("The text tells of a form or a score. That stays in the parent's own record: write what was agreed.")
        )
    if not wording:
        _require_once(_same(person_id, given_by_id, to_unit_id, what), from_on, until_on, at)
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


def _require_giver(person: PersonFacts, given_by_id: int, what: str, at: datetime) -> None:
    demanded = consent_demanded_of(person, timezone.localdate(at), what)
    if not demanded:
        raise CannotConsent(
            _("It is not known who has parental responsibility, so nobody can consent yet. Nothing was saved.")
        )
    if given_by_id not in demanded:
        raise CannotConsent(_("Only those with parental responsibility can consent. Nothing was saved."))


def _require_days(person: PersonFacts, from_on: date, until_on: date | None, at: datetime) -> None:
    """A yes on paper may have begun before it is recorded: never before the life it is about, nor in a far future."""
    if until_on is not None and until_on <= from_on:
        raise ImpossibleDay(_("The last day must come after the first."), "until_on")
    if person.born_on is not None and from_on < person.born_on:
        raise ImpossibleDay(_("A consent cannot begin before the person was born."))
    if from_on > add_months(timezone.localdate(at), MONTHS_AHEAD):
        raise ImpossibleDay(_("A consent begins within a year. Choose an earlier day."))


def _same(person_id: int, given_by_id: int, to_unit_id: int | None, what: str) -> QuerySet[Consent]:
    """Her yes to this, for this unit, not taken back. What has our own wording is about one form, and not among them.

    Locked with the person, so that the same yes recorded by two at once is one.
    """
    table("people.Person").objects.select_for_update().filter(pk=person_id).first()
    mine = Consent.objects.filter(person_id=person_id, given_by_id=given_by_id, to_unit_id=to_unit_id, what=what)
    return mine.filter(wording="", withdrawn_at=None)


def _require_once(same: QuerySet[Consent], from_on: date, until_on: date | None, at: datetime) -> None:
    today = timezone.localdate(at)
    standing = same.filter(Q(until_on=None) | Q(until_on__gt=max(from_on, today))).order_by("from_on", "pk")
    if until_on is not None:
        standing = standing.filter(from_on__lt=until_on)
    if (other := standing.first()) is not None:
        day = phrases.day(other.from_on, year=True)
        raise AlreadyConsented(
            _("This person has said yes to it already, from %(day)s. Withdraw that one first to change it.")
            % {"day": day}
        )


@transaction.atomic
def withdraw_consent(*, consent: Consent, by: Viewer, at: datetime) -> Consent:
    """Record that a consent was taken back; from this moment it opens nothing. Errors: AlreadyWithdrawn.

    Whoever takes her yes back has taken back every yes of hers to the same: no other row of hers lets it stand again.
    """
    _require(by, consent.person_id, at)
    also = [] if consent.wording else _also_of(consent)
    _withdraw(consent, by, at)
    for other in also:
        _withdraw(other, by, at)
    consent.refresh_from_db()
    return consent


def _also_of(consent: Consent) -> list[Consent]:
    same = _same(consent.person_id, consent.given_by_id, consent.to_unit_id, consent.what)
    return list(same.exclude(pk=consent.pk).order_by("pk"))


def _withdraw(consent: Consent, by: Viewer, at: datetime) -> None:
    fields = {"withdrawn_at": at, "withdrawn_by_id": by.staff_id}
    if not Consent.objects.filter(pk=consent.pk, withdrawn_at=None).update(**fields):
        raise AlreadyWithdrawn(_("This consent was already withdrawn."))
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
