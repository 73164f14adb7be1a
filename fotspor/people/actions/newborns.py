"""Whose is the number that is given for a newborn? Nobody's yet, or the child's that the register sent first."""

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from fotspor.access import queries as access
from fotspor.access.rules import Part, Purpose, Viewer
from fotspor.kit.errors import Refused
from fotspor.people import identifiers, queries
from fotspor.people.actions.persons import AlreadyRegistered
from fotspor.people.models import Guardianship, Journey, Person, Pregnancy
from fotspor.people.rules import Newborn, Numbered, is_the_newborn


class OtherBirthDay(Refused):
    """The number begins with another day than the birth date that was written."""

    def __init__(self, field: str) -> None:
        super().__init__(
            _("The number is of somebody born another day. Look at the number and at the birth date: one is wrong.")
        )
        self.field = field


class SameNumber(Refused):
    """Two children of one birth were given one number."""

    def __init__(self, field: str) -> None:
        super().__init__(_("Another child of this birth has the same number. Look at both."))
        self.field = field


class NotTheNewborns(AlreadyRegistered):
    """The number is somebody else's. In the same words whoever it is, and says nothing about them."""

    def __init__(self, field: str, key: str) -> None:
        super().__init__(
            _("This number cannot be used for this child. Look at it again, or leave it empty. Nothing was stored."),
            key,
        )
        self.field = field


class HasRecord(AlreadyRegistered):
    """The child has been registered with a journey of its own."""

    def __init__(self, field: str, key: str) -> None:
        super().__init__(
            _("The child with this number has a record already. Record the birth without it, and join the two."), key
        )
        self.field = field


def _known_newborns(
    *, children: Sequence[Newborn], pregnancy: Pregnancy, born_on: date, by: Viewer, at: datetime
) -> list[Person | None]:
    """Which of these children are registered already? In the same order; a child without a number is not.

    Errors  OtherBirthDay, SameNumber; HasRecord; NotTheNewborns for anybody else who has the number.
    """
    found: list[Person | None] = []
    for order, newborn in enumerate(children, start=1):
        field, number = f"number_{order}", newborn.number
        if number and by.staff_id is not None and not identifiers.may_be_of(number, born_on):
            raise OtherBirthDay(field)
        if number and number in {each.number for each in children[: order - 1]}:
            raise SameNumber(field)
        known = queries.find_by_number(number) if number else None
        if known is not None:
            _require_the_newborn(known, field, pregnancy, born_on, by, at)
        found.append(known)
    return found


def _require_the_newborn(
    known: Person, field: str, pregnancy: Pregnancy, born_on: date, by: Viewer, at: datetime
) -> None:
    mothers = Guardianship.objects.filter(child=known, kind=Guardianship.Kind.MOTHER)
    mothers = set(mothers.lasting(timezone.localdate(at)).values_list("guardian_id", flat=True))
    is_hers = pregnancy.mother_id in mothers and not known.is_graded
    numbered = Numbered(
        born_on=known.born_on,
        has_died=known.died_on is not None,
        is_grown=known.wards.exists() or known.pregnancies.exists(),
        is_of_another=bool(mothers - {pregnancy.mother_id}),
        is_known=is_hers or _may_see(by, known, at),
    )
    if not is_the_newborn(numbered, born_on):
        raise NotTheNewborns(field, known.key)
    if Journey.objects.filter(child=known).exists():
        raise HasRecord(field, known.key)


def _may_see(by: Viewer, person: Person, at: datetime) -> bool:
    if by.staff_id is None:
        return True
    asked = {"person_id": person.id, "purpose": Purpose.CARE, "part": Part.RECORD, "at": at}
    return access.decision_for(viewer=by, **asked).allowed
