"""What each role sees and may, read from the rules themselves; and which relations a person has."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext

from fotspor.access import labels
from fotspor.access.models import CareRelation
from fotspor.access.queries.visibility import require
from fotspor.access.rules import POLICY, ROLES, Part, Permission, Purpose, Viewer
from fotspor.kit.labels import Label


@dataclass(frozen=True, slots=True)
class RoleRow:
    """One role: its name, its sentence, and a yes or no for each part in the order of `parts`."""

    name: str | Promise
    sentence: str
    cells: tuple[Label, ...]
    purposes: tuple[str | Promise, ...]


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """One clause of the policy, in order."""

    number: int
    sentence: str
    allows: bool


@dataclass(frozen=True, slots=True)
class RoleMatrix:
    """Roles by parts and by what they may do, and the policy that stands over them."""

    parts: tuple[str | Promise, ...]
    rows: tuple[RoleRow, ...]
    policy: tuple[PolicyLine, ...]
    doings: tuple[tuple[str | Promise, tuple[Label, ...]], ...] = ()  # each permission, and a yes or no for each role


def role_matrix() -> RoleMatrix:
    """Which role may see which part, and by which clauses is it decided?"""
    rows = tuple(
        RoleRow(
            name=labels.role_name(role.key),
            sentence=labels.role_sentence(role.key),
            cells=tuple(labels.YES if _sees(role.key, part) else labels.NO for part in Part),
            purposes=tuple(labels.PURPOSES[purpose] for purpose in role.parts),
        )
        for role in ROLES.values()
    )
    policy = tuple(
        PolicyLine(number, gettext(clause.sentence), clause.allows) for number, clause in enumerate(POLICY, start=1)
    )
    return RoleMatrix(
        parts=tuple(labels.PART_NAMES[part] for part in Part),
        rows=rows,
        policy=policy,
        doings=tuple(
            (
                labels.PERMISSION_NAMES.get(each, each),
                tuple(labels.YES if each in role.permissions else labels.NO for role in ROLES.values()),
            )
            for each in Permission
        ),
    )


def _sees(role: str, part: Part) -> bool:
    return any(part in parts for parts in ROLES[role].parts.values())


@dataclass(frozen=True, slots=True)
class RelationRow:
    """A unit, or one named member of it, and why it sees the person."""

    key: str
    unit: str
    staff: str
    basis: str | Promise
    from_on: date
    until_on: date | None


def relations_of(*, viewer: Viewer, person_id: int, at: datetime) -> list[RelationRow]:
    """Who has a relation to this person today? Errors: NotVisible for one who has none."""
    require(viewer=viewer, person_id=person_id, purpose=Purpose.CARE, part=Part.RECORD, at=at)
    found = CareRelation.objects.in_force(timezone.localdate(at)).filter(person_id=person_id)
    return [
        RelationRow(
            key=relation.key,
            unit=relation.unit.name,
            staff=relation.staff.name if relation.staff else "",
            basis=relation.get_basis_display(),
            from_on=relation.from_on,
            until_on=relation.until_on,
        )
        for relation in found.select_related("unit", "staff").order_by("from_on", "pk")
    ]
