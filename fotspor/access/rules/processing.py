"""The record of processing: what the municipality uses personal data for here, on what basis, and who receives any.

What is stored, of which kind and how long, is read from the tables. Only what no table can know stands here. A basis
that is not verified is recalled, and says so until the municipality's lawyer has read it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from fotspor.access.rules.roles import _


class Standing(StrEnum):
    """How sure is it? As the sources of the content are marked."""

    VERIFIED = "verified"
    SECONDARY = "secondary"  # seen in a secondary source only
    RECALLED = "recalled"  # not verified


@dataclass(frozen=True, slots=True)
class Law:
    """One basis. `source` is the row of the house's table of law, empty when it stands in none."""

    text: str  # English message id
    standing: Standing
    source: str = ""


@dataclass(frozen=True, slots=True)
class Processing:
    """One purpose, with what no table can know."""

    key: str
    title: str  # English message ids, from here on
    purpose: str
    subjects: tuple[str, ...]
    recipients: tuple[str, ...]
    laws: tuple[Law, ...]


TASK = Law(
    _("GDPR articles 6 (1) c and e and 9 (2) h: tasks the municipality has by law in the health services"),
    Standing.RECALLED,
)
JOURNAL = Law(_("Patient Records Act § 22: access control and logging"), Standing.RECALLED, "L-10")
SNOOPING = Law(
    _("Health Personnel Act § 21 a and Patient Records Act § 16: nobody opens a record without need"),
    Standing.VERIFIED,
    "L-09",
)
CONFIDENTIALITY = Law(
    _("Health Personnel Act §§ 21, 22 and 25, Patients' Rights Act chapter 3: confidentiality, consent and sharing"),
    Standing.RECALLED,
    "L-06",
)
ARCHIVED = Law(
    _("The National Archivist's regulations § 7-29: records of health centres are kept permanently"),
    Standing.VERIFIED,
    "L-21",
)
DEVIATIONS = Law(
    _("Regulations on patient records: a deviation from the guideline is written down"), Standing.VERIFIED, "L-30"
)
COOPERATION = Law(
    _("Health and Care Services Act § 3-4 and others: the duty to work together"), Standing.SECONDARY, "L-16"
)
WHO_LOOKED = Law(
    _("Patients' Rights Act § 5-1, Patient Records Act § 18, regulations on patient records § 14, GDPR article 15"),
    Standing.SECONDARY,
    "L-11",
)
LIMITED = Law(
    _("GDPR articles 5 and 17, Normen fact sheet 25: nothing is kept longer than needed"), Standing.VERIFIED, "L-24"
)

FAMILIES = (_("Pregnant women"), _("Children up to six"), _("Parents and guardians"))
STAFF = (_("Employees"),)
NOBODY = (_("Nobody outside the unit and its own health service"),)

PROCESSINGS: tuple[Processing, ...] = (
    Processing(
        "record",
        _("Following a pregnancy and a child's first six years"),
        _("To offer each family the contacts of the national programme, in time, and to know who holds the baton."),
        FAMILIES,
        (
            *NOBODY,
            _("The next unit of the municipality, when the baton is handed over"),
            _("The archive, when the time comes"),
        ),
        (TASK, CONFIDENTIALITY, DEVIATIONS, ARCHIVED),
    ),
    Processing(
        "forms",
        _("Screening forms and what they set off"),
        _("To see early who needs a conversation or help, and to make sure that somebody answers a result."),
        FAMILIES,
        (*NOBODY, _("The family's GP, in a letter that the parent agrees to")),
        (TASK, CONFIDENTIALITY, ARCHIVED),
    ),
    Processing(
        "cooperation",
        _("Working together with kindergartens"),
        _("To share agreed steps and invitations about a child, when everyone who must has consented."),
        FAMILIES,
        (_("The child's own kindergarten: invitations, and the steps consented to"),),
        (CONFIDENTIALITY, COOPERATION),
    ),
    Processing(
        "access",
        _("Who may see whom, and who has looked"),
        _("To keep records closed to everybody without a reason, and to be able to show who has opened them."),
        (*FAMILIES, *STAFF),
        (_("The person herself, on request: who has looked at her record"),),
        (JOURNAL, SNOOPING, WHO_LOOKED),
    ),
    Processing(
        "staff",
        _("Employees and their posts"),
        _("To let employees sign in safely, and to know who works where."),
        STAFF,
        (_("Colleagues: name, post and unit"),),
        (TASK, JOURNAL),
    ),
    Processing(
        "register",
        _("Facts from the population register"),
        _("To know which children live in the municipality, where, and who answers for them."),
        FAMILIES,
        NOBODY,
        (TASK, LIMITED),
    ),
    Processing(
        "operations",
        _("Running the system"),
        _("To receive each form once, and to know that what runs at night has run."),
        STAFF,
        NOBODY,
        (LIMITED,),
    ),
)

# Where each slice's tables belong, and the tables that belong elsewhere than their slice.
OF_SLICE: Mapping[str, str] = {
    "people": "record",
    "pathways": "record",
    "worklist": "record",
    "instruments": "forms",
    "access": "access",
    "services": "staff",
}
OF_TABLE: Mapping[str, str] = {
    "access.Consent": "cooperation",
    "pathways.Enrolment": "cooperation",
    "pathways.RegisterImport": "register",
    "pathways.RegisterRow": "register",
    "services.Municipality": "operations",
    "services.District": "operations",
    "services.Unit": "operations",
}


def processing_of(table: str) -> str:
    """Which processing does a table belong to? `table` as «people.Person»; what is nobody's belongs to the running."""
    return OF_TABLE.get(table) or OF_SLICE.get(table.partition(".")[0], "operations")


def not_verified(laws: Iterable[Law]) -> tuple[Law, ...]:
    """Which of these must somebody read before they are relied on?"""
    return tuple(law for law in laws if law.standing is not Standing.VERIFIED)
