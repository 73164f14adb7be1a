"""Who may do what at all: roles, each in a sentence, with their permissions and the parts they may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


def _(message_id: str) -> str:
    """Mark a text for the catalogues; rules carry message ids and screens translate them."""
    return message_id


class Purpose(StrEnum):
    """Why somebody looks. It is asked, never assumed, and stands in the log."""

    CARE = "care"
    LEADERSHIP = "leadership"  # leadership and internal control
    PRIVACY = "privacy"  # the data-protection officer
    ADMINISTRATION = "administration"


class Part(StrEnum):
    """Which part of a person's record."""

    LISTED = "listed"  # name and journey in lists and search
    RECORD = "record"  # the page: journey, contacts, notes
    ADDRESS = "address"
    FORMS = "forms"  # the person's own answers, scores and what they set off
    INVITATIONS = "invitations"  # a kindergarten's own invitations and forms
    AGREED_STEPS = "agreed_steps"  # what health and family agreed to share with a kindergarten
    TASKS = "tasks"  # name, kind, deadline, holder
    LOG = "log"  # who has looked


class Permission(StrEnum):
    """What a role may do at all, before anyone asks about a person."""

    SEE_DAY = "see_day"
    SEE_PEOPLE = "see_people"
    SEARCH = "search"
    REGISTER_PEOPLE = "register_people"
    SCREEN = "screen"
    RECORD_CONTACT = "record_contact"
    BOOK = "book"
    HAND_OVER = "hand_over"
    BREAK_GLASS = "break_glass"
    SEE_UNIT = "see_unit"  # leader: own unit's tasks, batons, counts
    SEE_FIGURES = "see_figures"  # suppressed aggregates
    MANAGE_UNITS = "manage_units"
    MANAGE_STAFF = "manage_staff"
    APPROVE_DEFINITIONS = "approve_definitions"
    IMPORT = "import"
    OPERATE = "operate"  # the installation: copies, what runs by itself, what is missing
    SEE_LOG = "see_log"
    SEE_SHARED = "see_shared"  # a kindergarten's page


@dataclass(frozen=True, slots=True)
class Role:
    """A role, in one sentence, with what it may do and which parts it may see for which purpose."""

    key: str
    sentence: str  # English message id; shown translated
    permissions: frozenset[Permission]
    parts: Mapping[Purpose, frozenset[Part]]


_CLINICAL = frozenset({Part.LISTED, Part.RECORD, Part.ADDRESS, Part.FORMS, Part.TASKS})
_CLINICAL_WORK = frozenset(
    {
        Permission.SEE_DAY,
        Permission.SEE_PEOPLE,
        Permission.SEARCH,
        Permission.REGISTER_PEOPLE,
        Permission.SCREEN,
        Permission.RECORD_CONTACT,
        Permission.BOOK,
        Permission.HAND_OVER,
        Permission.BREAK_GLASS,
    }
)

ROLES: Mapping[str, Role] = {
    role.key: role
    for role in (
        Role(
            "midwife",
            _("Meets pregnant women, screens, opens the journey of an unborn child and hands it over."),
            _CLINICAL_WORK,
            {Purpose.CARE: _CLINICAL},
        ),
        Role(
            "nurse",
            _("Runs the 0–5 programme, screens, acts on results and takes over batons."),
            _CLINICAL_WORK,
            {Purpose.CARE: _CLINICAL},
        ),
        Role(
            "kindergarten",
            _("Sees invitations and agreed steps for the kindergarten's own children, and nothing else."),
            frozenset({Permission.SEE_SHARED}),
            {Purpose.CARE: frozenset({Part.INVITATIONS, Part.AGREED_STEPS})},
        ),
        Role(
            "unit_leader",
            _("Sees name, kind, deadline and holder of the unit's tasks and batons; never answers, scores or notes."),
            frozenset({Permission.SEE_UNIT, Permission.SEE_FIGURES, Permission.APPROVE_DEFINITIONS}),
            {Purpose.LEADERSHIP: frozenset({Part.TASKS})},
        ),
        Role(
            "administrator",
            _("Keeps units, staff and definitions; sees no person's record."),
            frozenset(
                {
                    Permission.MANAGE_UNITS,
                    Permission.MANAGE_STAFF,
                    Permission.APPROVE_DEFINITIONS,
                    Permission.IMPORT,
                    Permission.OPERATE,
                }
            ),
            {},
        ),
        Role(
            "privacy_officer",
            _("Sees who has looked at whom, and goes through emergency accesses."),
            frozenset({Permission.SEE_LOG}),
            {Purpose.PRIVACY: frozenset({Part.LOG})},
        ),
        Role(
            "director",
            _("Sees figures with small numbers suppressed, and no person."),
            frozenset({Permission.SEE_FIGURES}),
            {},
        ),
        Role(
            "project_leader",
            _("Leads the work on how things are done; sees figures with small numbers suppressed, and no person."),
            frozenset({Permission.SEE_FIGURES}),
            {},
        ),
        Role(
            "council",
            _("An elected member of the council; sees figures with small numbers suppressed, and no person."),
            frozenset({Permission.SEE_FIGURES}),
            {},
        ),
    )
}


# Imports, nightly commands and facts from the register: writes through the same actions, reads no page.
SYSTEM_ROLE = Role(
    "system",
    _("The system itself, when a command runs."),
    frozenset({Permission.REGISTER_PEOPLE, Permission.IMPORT}),
    {},
)


def role_of(key: str) -> Role:
    """Which role is this? Errors: KeyError for a role that does not exist."""
    return SYSTEM_ROLE if key == SYSTEM_ROLE.key else ROLES[key]


def sees_people(key: str) -> bool:
    """Does the role see any part of anybody's record? Errors: KeyError for a role that does not exist."""
    return bool(role_of(key).parts)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is looking: one member of staff in one post. Built by `services.queries.viewer_for`, never by hand."""

    staff_id: int | None
    membership_id: int | None
    role: str
    unit_id: int | None
    unit_kind: str
    sector: str
    district_id: int | None
    session: str  # digest of the session, for «once per session» in the log
    staff_key: str = ""
    unit_key: str = ""

    def may(self, permission: Permission) -> bool:
        """Does this post's role hold the permission?"""
        return permission in role_of(self.role).permissions


SYSTEM = Viewer(
    staff_id=None,
    membership_id=None,
    role="system",
    unit_id=None,
    unit_kind="",
    sector="",
    district_id=None,
    session="",
)
