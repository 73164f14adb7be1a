"""The words for roles, kinds of unit and states of a person's access. One place; the colour never stands alone."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from fotspor.kit.labels import Label

ROLE_NAMES: Mapping[str, Promise] = {
    "midwife": _("Midwife"),
    "nurse": _("Public-health nurse"),
    "kindergarten": _("Kindergarten staff"),
    "unit_leader": _("Unit leader"),
    "administrator": _("Administrator"),
    "privacy_officer": _("Data-protection officer"),
    "director": _("Director"),
    "system": _("The system itself"),
}

# The sentences of access.rules.ROLES, said again here so that they are found by the translators.
ROLE_SENTENCES: Mapping[str, Promise] = {
    "midwife": _("Meets the pregnant, screens, opens the journey of an unborn child and hands it over."),
    "nurse": _("Public-health nurse: runs the 0-5 programme, screens, acts on results and takes over batons."),
    "kindergarten": _("Sees own children's invitations and agreed steps, and nothing else."),
    "unit_leader": _(
        "Sees name, kind, deadline and holder of own unit's tasks and batons; never answers, scores or notes."
    ),
    "administrator": _("Keeps units, staff and definitions; sees no person's record."),
    "privacy_officer": _("Data-protection officer: sees who has looked at whom, and answers for emergency access."),
    "director": _("Sees figures with small numbers suppressed, and no person."),
}

ROLE_ICONS: Mapping[str, str] = {
    "midwife": "PersonPregnant",
    "nurse": "HouseHeart",
    "kindergarten": "TeddyBear",
    "unit_leader": "PersonGroup",
    "administrator": "Cog",
    "privacy_officer": "ShieldLock",
    "director": "BarChart",
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

UNIT_STATES: Mapping[str, Label] = {
    "open": Label(_("Open"), "CheckmarkCircle", "success"),
    "closing": Label(_("Closes"), "Hourglass", "neutral"),
    "planned": Label(_("Opens later"), "Calendar", "info"),
    "closed": Label(_("Closed"), "MinusCircle", "neutral", outline=True),
}

SERVED: Mapping[str, Label] = {
    "one": Label(_("Served"), "CheckmarkCircle", "success"),
    "several": Label(_("Several units"), "InformationSquare", "info"),
    "none": Label(_("Nobody yet"), "QuestionmarkDiamond", "warning"),
}

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
    "closes_at_time": _("Closing time"),
    "out_of_hours": _("Out-of-hours route"),
    "given_name": _("Given name"),
    "family_name": _("Family name"),
    "title": _("Title"),
    "email": _("E-mail address"),
}


def role_name(key: str) -> str:
    """Which word is on the door? An unknown role is shown as it is stored."""
    return str(ROLE_NAMES.get(key, key))
