"""The words for roles, kinds of unit and states of a person's access. One place; the colour never stands alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from fotspor.access.rules import ROLES
from fotspor.kit.labels import Label
from fotspor.services.rules.staff_files import COLUMNS as FILE_COLUMNS
from fotspor.services.rules.staff_files import OPTIONAL, Does, FileFault, RowFault

ROLE_NAMES: Mapping[str, Promise] = {
    "midwife": _("Midwife"),
    "nurse": _("Public-health nurse"),
    "kindergarten": _("Kindergarten staff"),
    "unit_leader": _("Unit leader"),
    "administrator": _("Administrator"),
    "privacy_officer": _("Data-protection officer"),
    "director": _("Director"),
    "project_leader": _("Project leader"),
    "council": _("Member of the council"),
    "system": _("The system itself"),
}

ROLE_ICONS: Mapping[str, str] = {
    "midwife": "PersonPregnant",
    "nurse": "HouseHeart",
    "kindergarten": "TeddyBear",
    "unit_leader": "PersonGroup",
    "administrator": "Cog",
    "privacy_officer": "ShieldLock",
    "director": "BarChart",
    "project_leader": "BarChart",
    "council": "BarChart",
}

KIND_ICONS: Mapping[str, str] = {
    "midwifery": "PersonPregnant",
    "health_station": "HouseHeart",
    "school_health": "Backpack",
    "kindergarten": "TeddyBear",
    "school": "HatSchool",
    "family_service": "HandHeart",
    "child_protection": "Shield",
    "adult_service": "Person",
    "administration": "Buildings2",
    "maternity_ward": "Hospital",
    "general_practice": "Heart",
    "outside": "ArrowForward",
}

ACCESS: Mapping[str, Label] = {
    "active": Label(_("Can sign in"), "CheckmarkCircle", "success"),
    "invited": Label(_("Invited"), "EnvelopeClosed", "info"),
    "lapsed": Label(_("The link has run out"), "Hourglass", "warning"),
    "away": Label(_("Away"), "CircleSlash", "neutral", outline=True),
    "no_post": Label(_("No post now"), "MinusCircle", "neutral", outline=True),
    "left": Label(_("Has left"), "Leave", "neutral", outline=True),
}

NUMBER_MISSING = Label(_("Identity number missing"), "QuestionmarkDiamond", "warning")

UNIT_STATES: Mapping[str, Label] = {
    "open": Label(pgettext_lazy("unit", "Open"), "CheckmarkCircle", "success"),
    "closing": Label(pgettext_lazy("unit", "Closes"), "Hourglass", "neutral"),
    "planned": Label(_("Opens later"), "Calendar", "info"),
    "closed": Label(pgettext_lazy("unit", "Closed"), "MinusCircle", "neutral", outline=True),
}

SERVED: Mapping[str, Label] = {
    "one": Label(pgettext_lazy("district", "Served"), "CheckmarkCircle", "success"),
    "several": Label(_("Several units"), "InformationSquare", "info"),
    "none": Label(_("Nobody yet"), "QuestionmarkDiamond", "warning"),
}

# What a line of a file of staff does, or why it cannot be taken in.
DOES: Mapping[Does, Label] = {
    Does.INVITES: Label(_("Is invited"), "PersonPlus", "success"),
    Does.GIVES_POST: Label(_("Known here: gets the post"), "Plus", "info"),
    Does.NOTHING: Label(_("Has the post: nothing changes"), "CheckmarkCircle", "neutral", outline=True),
}
REFUSED = Label(_("Cannot be taken in"), "ExclamationmarkTriangle", "danger")
ROW_FAULTS: Mapping[RowFault, Promise] = {
    RowFault.NAME: _("Given name and family name must both be there."),
    RowFault.EMAIL: _("Write an e-mail address, such as name@example.org."),
    RowFault.TOO_LONG: _("Something in the row is too long."),
    RowFault.TWICE: _("This e-mail address stands on a row above. More posts are given on the employee's page."),
    RowFault.HAS_LEFT: _("Somebody with this e-mail address has left."),
    RowFault.UNIT: _("No unit has this name. Write it as it stands under «Units»."),
    RowFault.ROLE: _("This is no role. Write it as it stands when you invite a colleague."),
    RowFault.ROLE_DOES_NOT_FIT: _("A unit of this kind has no such role."),
    RowFault.DAY: _("Write a date, such as 24.11.2026."),
    RowFault.UNIT_NOT_OPEN: _("The unit is not open on the first day of the post."),
    RowFault.NUMBER: _("This is no identity number. A digit may be wrong, or two changed about."),
    RowFault.NUMBER_SYNTHETIC: _("This is the number of a synthetic test person. It cannot be used here."),
    RowFault.NUMBER_REAL: _("This is practice. Only numbers of synthetic people are accepted here."),
    RowFault.NUMBER_MISSING: _("The post sees people's records, and the employee's identity number is not registered."),
    RowFault.ONESELF: _("Another administrator must give you a post that sees people's records."),
}
FILE_FAULTS: Mapping[FileFault, Promise] = {
    FileFault.EMPTY: _("The file is empty."),
    FileFault.TOO_LARGE: _("The file is too large. Take in a part at a time."),
    FileFault.TOO_MANY: _("The file has more than %(detail)s rows. Take in a part at a time."),
    FileFault.ENCODING: _("The file is not text. Save it as CSV from the spreadsheet, and choose it again."),
    FileFault.COLUMNS: _("The first row must have these headings, once each: %(detail)s."),
    FileFault.CUT: _("Row %(detail)s has more or fewer cells than the headings, or a quotation mark too many."),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file of staff, as the page tells of it."""

    heading: str
    what: Promise
    optional: bool


_WHAT: Mapping[str, Promise] = {
    "given_name": _("Given name"),
    "family_name": _("Family name"),
    "email": _("Used to sign in. Nothing is sent to it."),
    "title": _("Title"),
    "identity_number": _("Must be there for a post that sees people's records. Kept only as a digest."),
    "unit": _("The unit's name, as it stands under «Units»."),
    "role": _("The role, as it stands when you invite a colleague."),
    "from_on": _("First day of the post, such as 24.11.2026. Empty: today."),
}
COLUMNS = tuple(Column(words[0], _WHAT[name], name in OPTIONAL) for name, words in FILE_COLUMNS.items())

# Field names as they are said when somebody else has changed the same thing meanwhile.
FIELDS: Mapping[str, Promise] = {
    "name": _("Name"),
    "number": _("Municipality number"),
    "organisation_number": _("Organisation number"),
    "phone": _("Telephone"),
    "code": _("District code"),
    "district": _("District"),
    "serves": _("Serves addresses in"),
    "signs_in": _("Signs in and can hold a baton"),
    "opens_at_time": _("Opening time"),
    "closes_at_time": _("Closing time"),
    "out_of_hours": _("Out-of-hours route"),
    "given_name": _("Given name"),
    "family_name": _("Family name"),
    "title": _("Title"),
    "email": _("E-mail address"),
}

# A short help text for each screen.
HELP: Mapping[str, tuple[Promise, ...]] = {
    "units": (
        _("Every place that can hold a task is a unit. Those that sign in can hold a baton."),
        _("Maternity wards, general practices and other municipalities are stops on the trail: nobody signs in there."),
    ),
    "unit": (
        _("The kind decides the sector, and the sector decides who sees what. Therefore it cannot be changed."),
        _("A unit is closed, never deleted: what was done in it keeps its name."),
    ),
    "districts": (
        _("A child or a pregnancy without a sender comes to the unit that serves the address."),
        _("When several units of a kind serve a district, the first by name is used every time."),
        _("When nobody does, the baton waits on the list of those without a holder, until a leader places it."),
    ),
    "municipality": (_("Name and numbers stand on what is printed and sent."),),
    "staff_list": (
        _("Somebody new is invited here. A one-time link lets them choose a password of their own."),
        _("Where the identity number is missing, nothing keeps the employee from their own family's records."),
        _("Somebody who stops working here is signed out at once, and all their doors close the same minute."),
    ),
    "staff": (
        _("A post is a unit, a role and a period. Without a post that counts today nothing can be opened."),
        _("Lost password or phone: check who it is, and write how. Codes are then set up again."),
    ),
    "colleagues": (_("Those who work in your unit today. Here you record who is away and who answers meanwhile."),),
    "colleague": (_("What somebody who is away holds is shown to the substitute and to the whole unit."),),
    "invitation": (
        _("The link works once, for seven days. We keep only a digest of it, so it is shown once."),
        _("The identity number is kept only as a digest: nobody can open their own or their family's record."),
    ),
    "post": (
        _("The role decides what can be done; the relation to a child decides whose record can be opened."),
        _("The leader of the unit is told of a new post. Nobody gives themselves one that sees people's records."),
    ),
    "staff_change": (
        _("The name stands on what this employee does and has done. A new e-mail address is the one to sign in with."),
        _("The identity number keeps the employee from their own and their family's records."),
    ),
    "post_end": (
        _("The last day is the day before the date you write. What stood with the employee goes back to the unit."),
        _("An employee without a post that counts can sign in, and opens nothing. To end all at once: has left."),
    ),
    "district": (
        _("A district is a part of the municipality that one unit of each kind serves. Which, is chosen on the unit."),
        _("The code is what the population register's file says. It cannot stand on two districts."),
    ),
    "absence": (
        _("The reason is nobody's business here, so it is not asked."),
        _("If the substitute is away too, the substitute's own substitute answers, else the whole unit."),
        _("What waits for somebody as leader is shown to the leader above meanwhile, without names."),
    ),
    "absence_end": (_("From that day the tasks are the person's own again, and the substitute no longer sees them."),),
    "reset": (_("Meet in person, or call back on a number you already have. Never by e-mail alone."),),
    "leaving": (_("What the person held stays with the unit, and the leader sees it."),),
    "staff_import": (
        _("A row is one employee and one post. Nothing is stored before you have seen what each row does."),
        _("The whole file is taken in, or nothing of it. The same file once more changes nothing."),
        _("Nobody who is registered is changed by a file. The identity number is kept only as a digest."),
    ),
    "staff_links": (
        _("Each link works once, for seven days. We keep only a digest of it, so the page is shown once."),
        _("Print the page and cut it, or give each link in a safe message, never by ordinary e-mail."),
    ),
    "setup": (
        _("`fotspor setup` on the server prints the code. It works once, for a day, until there is an administrator."),
        _("Five wrong tries make you wait for five minutes, and ten make the code void."),
    ),
    "settings": (_("These settings are yours, in every browser. Nobody else sees them."),),
    "sessions": (
        _("Something here that you do not know? End it, change your password, and tell the administrator."),
        _("You are signed out by yourself after half an hour without use, and after ten hours at the longest."),
        _("You may be signed in in five places. One more ends the one you have left alone the longest."),
    ),
}


def role_name(key: str) -> str:
    """Which word is on the door? An unknown role is shown as it is stored."""
    return str(ROLE_NAMES.get(key, key))


def role_words() -> dict[str, str]:
    """By which words may a file call a role? The key, and the name in every language, in small letters."""
    words = {key: key for key in ROLE_ICONS}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            words |= {str(ROLE_NAMES[key]).lower(): key for key in ROLE_ICONS}
    return words


def role_sentence(key: str) -> str:
    """What does the role do, in one sentence?"""
    return gettext(ROLES[key].sentence)


def post_name(role: str, unit_name: str) -> str:
    """How is a post said?"""
    return f"{role_name(role)}, {unit_name}"


@dataclass(frozen=True, slots=True)
class RoleGroup:
    """One role on the demo's door, with those who have it."""

    key: str
    posts: tuple

    @property
    def name(self) -> str:
        return role_name(self.key)

    @property
    def sentence(self) -> str:
        return role_sentence(self.key)

    @property
    def icon(self) -> str:
        return ROLE_ICONS[self.key]


def by_role(posts: Iterable) -> list[RoleGroup]:
    """Which roles can one be in the demo? In the order of the roles; those that nobody has are left out."""
    held: dict[str, list] = {}
    for post in posts:
        held.setdefault(post.role, []).append(post)
    return [RoleGroup(key, tuple(held[key])) for key in ROLES if key in held]
