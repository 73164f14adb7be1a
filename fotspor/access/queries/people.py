"""The little that access itself must know of people, staff and units, by lookup."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from django.utils.translation import gettext

from fotspor.access.queries.visibility import NotVisible, in_force, table, visible_person_ids
from fotspor.access.rules import ROLES, SYSTEM, Part, Permission, Purpose, Viewer
from fotspor.access.rules.facts import NO_GRADE
from fotspor.kit.encryption import blind_index

Choice = tuple[str, str]


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as the log and the relations know one. The name is for those who have been let in."""

    id: int
    key: str
    protection: str
    name: str


def _row(people) -> PersonRow:
    values = people.values_list("pk", "key", "protection", "given_name", "family_name").first()
    if values is None:
        raise NotVisible
    pk, key, protection, given, family = values
    return PersonRow(pk, key, protection, f"{given} {family}".strip())


def person_row(person_id: int) -> PersonRow:
    """Which person is it? Asks no permission. Errors: NotVisible when there is none."""
    return _row(table("people.Person").objects.filter(pk=person_id))


def person_by_key(key: str) -> PersonRow:
    """Which person is at this address? Asks no permission; one joined into another leads there. Errors: NotVisible."""
    return _kept(table("people.Person").objects.filter(key=key))


def person_by_number(number: str) -> PersonRow | None:
    """Whose identity number is this, exactly? Asks no permission: for actions that log what they reveal."""
    digits = "".join(number.split()).replace("-", "")
    try:
        return _kept(table("people.Person").objects.filter(identity_index=blind_index(digits)))
    except NotVisible:
        return None


def _kept(people) -> PersonRow:
    into = people.values_list("merged_into", flat=True).first()
    return _row(people) if into is None else person_row(into)


NAMES = ("pk", "given_name", "family_name", "protection", "address_protection")


def names_as_seen(*, viewer: Viewer, ids: Iterable[int], at: datetime, read: Iterable[Any] = ()) -> dict[int, str]:
    """What are these guardians called, as far as this viewer may know?

    Shape   by person id. A protected person has a name only for those who may open that record too; to others the
            words are the same whatever the grade. `read` are people whom the caller has read already.
    """
    ids, known = set(ids), {person.pk: person for person in read}
    people = table("people.Person").objects.filter(pk__in=ids)
    named = attrgetter(*NAMES)
    found = [named(person) for pk, person in known.items() if pk in ids]
    found += people.exclude(pk__in=known).values_list(*NAMES) if ids - known.keys() else []
    graded = {pk for pk, _given, _family, *grades in found if set(grades) != {NO_GRADE}}
    seen: set[int] = set()
    if graded:
        visible = visible_person_ids(viewer=viewer, purpose=Purpose.CARE, part=Part.RECORD, at=at)
        seen = set(people.filter(pk__in=graded).filter(pk__in=visible).values_list("pk", flat=True))
    hidden = graded - seen
    return {
        pk: gettext("A guardian whose name is not shown") if pk in hidden else f"{given} {family}".strip()
        for pk, given, family, *_grades in found
    }


def viewer_of(staff_id: int | None) -> Viewer:
    """Who stands in the log when a fact is answered that this member of staff announced?"""
    key = table("services.Staff").objects.filter(pk=staff_id).values_list("key", flat=True).first()
    return replace(SYSTEM, staff_id=staff_id, staff_key=key or "")


def privacy_unit_id(*, on: date) -> int | None:
    """In which unit is the data-protection officer's post? None when nobody has it."""
    posts = in_force(table("services.Membership").objects.filter(role__in=_roles_with(Permission.SEE_LOG)), on)
    return posts.order_by("from_on", "pk").values_list("unit_id", flat=True).first()


def _roles_with(permission: Permission) -> list[str]:
    return [key for key, role in ROLES.items() if permission in role.permissions]


def staff_names(*, keys: Iterable[str]) -> dict[str, str]:
    """What are these members of staff called? By key."""
    rows = table("services.Staff").objects.filter(key__in=set(keys))
    return {key: f"{given} {family}" for key, given, family in rows.values_list("key", "given_name", "family_name")}


def unit_names(*, keys: Iterable[str]) -> dict[str, str]:
    """What are these units called? By key."""
    return dict(table("services.Unit").objects.filter(key__in=set(keys)).values_list("key", "name"))


def staff_who_may_be_asked_about(*, viewer: Viewer) -> list[Choice]:
    """Whose looks may this viewer ask about: everybody's, or those of her own unit?"""
    staff = table("services.Staff").objects.all()
    if not viewer.may(Permission.SEE_LOG):
        staff = staff.filter(memberships__unit_id=viewer.unit_id).distinct()
    return [(row.key, row.name) for row in staff.order_by("family_name", "given_name", "pk")]
