"""Beginning a form: in whose record, and on what relation."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access import actions as access
from fotspor.access import queries as visibility
from fotspor.access.models import CareRelation
from fotspor.access.rules import Doing, Part, Permission, Purpose, Viewer
from fotspor.instruments import queries
from fotspor.instruments.actions.responses import _require, save_draft
from fotspor.instruments.models import Response
from fotspor.kit.dates import add_months
from fotspor.kit.errors import Refused
from fotspor.people.models import Journey, Person


class AlreadyBegun(Refused):
    """A form of the same parent is begun and not signed: go on with that one, or say that another is meant."""

    field = "another"

    def __init__(self, response: Response):
        super().__init__(_("A form is begun and not signed. Go on with that one, or tick that this is another."))
        self.response = response


@transaction.atomic
def answer_as_parent(*, person: Person, parent: Person, by: Viewer, at: datetime) -> None:
    """Open the unit's relation to a parent who answers about themselves, reached from the child's or mother's page.

    Shape   half a year; a relation that is there is kept.
    Errors  NotVisible when the parent is not one of those who may answer.
    """
    if not by.may(Permission.SCREEN) or by.unit_id is None:
        raise visibility.NotVisible
    asked = {"person_id": person.pk, "purpose": Purpose.CARE, "part": Part.RECORD, "at": at}
    visibility.require(viewer=by, doing=Doing.ANSWERS, **asked)
    on = timezone.localdate(at)
    may_answer = queries.answerers_of(person=person, on=on)
    if parent.pk not in {a.person.pk for a in may_answer}:
        raise visibility.NotVisible
    may_see = visibility.decision_for(viewer=by, person_id=parent.pk, purpose=Purpose.CARE, part=Part.FORMS, at=at)
    if not may_see.allowed:
        visibility.refuse_in_emergency(viewer=by, person_id=person.pk, at=at)  # half a year is no emergency
        access.open_relation(
            person_id=parent.pk,
            unit_id=by.unit_id,
            basis=CareRelation.Basis.INFORMANT,
            from_on=on,
            until_on=add_months(on, 6),
            by=by,
            at=at,
        )
        _require(by, parent.pk, at)
    access.log(type="instruments.parent.answers", by=by, at=at, person=parent.key, purpose=Purpose.CARE)


@transaction.atomic
def begin(
    *,
    person: Person,
    answerer: queries.Answerer,
    instrument: str,
    journey: Journey | None,
    contact: Any,
    language: str,
    occasion: str,
    answered_on: date,
    late_reason: str = "",
    another: bool = False,
    by: Viewer,
    at: datetime,
) -> Response:
    """Begin an empty form in the record of the parent who answered, reached from a child's or a parent's page.

    Errors  AlreadyBegun when one that the viewer may open is begun and not signed, unless `another` is meant.
    """
    begun = queries.begun_by(viewer=by, person_ids=[answerer.person.pk], slug=instrument, at=at).first()
    if begun is not None and not another:
        raise AlreadyBegun(begun)
    if answerer.person.pk != person.pk:
        answer_as_parent(person=person, parent=answerer.person, by=by, at=at)
    return save_draft(
        subject=answerer.person,
        informant_kind=answerer.kind,
        instrument=instrument,
        answers={},
        answered_on=answered_on,
        contact=contact,
        journey=journey,
        language=language,
        occasion=occasion,
        late_reason=late_reason,
        by=by,
        at=at,
    )
